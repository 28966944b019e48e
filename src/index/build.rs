//! From records, of paths or of whatever else feeds a run, to a committed index: one thread reads and several parse; into a new index
//! these write too, into one that is there the engine's own threads do. The bytes between them are bounded.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use tantivy::Searcher;

use crate::index::budget::{Budget, Permit};
use crate::index::errors::IndexError;
use crate::index::fetched::Fetched;
use crate::index::generations;
use crate::index::history::Previous;
use crate::index::ingest::{Ingest, Taken};
use crate::index::open::{Index, SchemaChoice};
use crate::index::report::{Rejected, Report};
use crate::index::writing::{Begun, Means};
use crate::source::{self, Item, Limits, RawRecord, Walked};

/// How a run goes about it.
#[derive(Clone, Debug)]
pub struct BuildOptions {
    /// Threads that parse records and write a new index; as many more write into one that is there. By default one for each core.
    pub threads: usize,
    /// Memory of all writing threads together, in bytes. 256 MB: larger ones make fewer segments but no faster run.
    pub writer_memory: usize,
    /// Bytes of records that may be in flight between reading and writing. 48 MB: enough to keep all threads busy.
    pub in_flight: usize,
    /// What one input may cost.
    pub limits: Limits,
    /// Make the index anew and swap it in when it is complete.
    pub rebuild: bool,
}

impl Default for BuildOptions {
    fn default() -> Self {
        BuildOptions {
            threads: thread::available_parallelism().map_or(1, usize::from),
            writer_memory: 256_000_000,
            in_flight: 48_000_000,
            limits: Limits::default(),
            rebuild: false,
        }
    }
}

/// How far a run has come; clones share their counts.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// How far the reading of files has come.
    pub input: source::Progress,
    records: Arc<AtomicU64>,
}

impl Progress {
    /// Items dealt with so far.
    pub fn records(&self) -> u64 {
        self.records.load(Ordering::Relaxed)
    }
}

/// Told of each item that could not be taken in, from any thread.
pub type RejectSink<'s> = &'s (dyn Fn(Rejected) + Sync);

/// Gives each item of a run to the sink, until that breaks off. Called once, in the thread that began the run.
pub type Feed<'f> = &'f mut dyn FnMut(&mut dyn FnMut(Item) -> ControlFlow<()>) -> Fed;

/// How a feed ended.
#[derive(Clone, Debug, Default)]
pub struct Fed {
    /// What was passed over, for the report.
    pub walked: Walked,
    /// What the index is remembered to have been fetched with, from the last commit of the run on.
    pub fetched: Vec<Fetched>,
}

/// Records between the reading thread and the parsing ones; their bytes are bounded by the budget.
const QUEUE: usize = 256;

/// Bytes of records after which a long run commits, so that a kill does not cost all of it.
const COMMIT_EVERY: u64 = 4 << 30;

impl Index {
    /// Brings the records of some paths into the index in a folder, making the index if there is none. Existing trials are updated
    /// by the rule of [`crate::trial::merge`]; nothing is removed.
    ///
    /// # Errors
    /// Only what stops the whole run; an input that cannot be read goes to `rejects` and the run goes on.
    pub fn build(
        directory: &Path,
        schema: SchemaChoice,
        paths: &[PathBuf],
        options: &BuildOptions,
        progress: &Progress,
        rejects: RejectSink<'_>,
    ) -> Result<Report, IndexError> {
        let mut feed = |sink: &mut dyn FnMut(Item) -> ControlFlow<()>| Fed {
            walked: source::walk(paths, &options.limits, &progress.input, sink),
            fetched: Vec::new(),
        };
        Index::bring_in(directory, schema, &mut feed, options, progress, rejects)
    }

    /// As [`Index::build`], with records from wherever `feed` has them.
    ///
    /// # Errors
    /// Only what stops the whole run.
    pub fn bring_in(
        directory: &Path,
        schema: SchemaChoice,
        feed: Feed<'_>,
        options: &BuildOptions,
        progress: &Progress,
        rejects: RejectSink<'_>,
    ) -> Result<Report, IndexError> {
        let _lock = generations::lock(directory)?;
        generations::sweep(directory);
        let fresh = options.rebuild || generations::current(directory)?.is_none();
        let previous = previous(directory, options.rebuild)?;
        let index = if fresh {
            Index::create(directory, schema)?
        } else {
            let index = Index::open(directory, schema)?;
            // A run that was killed may have filled the disk.
            index.drop_uncommitted();
            index
        };
        let run = Run {
            index: &index,
            options,
            progress,
            rejects,
            anew: fresh,
            // A first index is published with its first commit, a rebuilt one when it is complete.
            publish_early: fresh && !options.rebuild,
        };
        let report = index.with_cause(run.bring_in(feed, previous));
        let report = report.and_then(|report| match generations::current(directory) {
            Ok(Some(now)) if now != index.generation && report.trials == 0 => {
                Err(IndexError::NothingToRebuildFrom(directory.to_path_buf()))
            }
            _ => Ok(report),
        });
        if fresh && report.is_ok() {
            generations::publish(directory, &index.generation)?;
        }
        // Also what was merged while this run itself had it open.
        index.drop_uncommitted();
        generations::sweep(directory);
        report
    }
}

/// The index that a rebuild is going to replace, for what it knows of earlier versions; why not, if it cannot be read: an index may be
/// made anew because it is damaged.
fn previous(
    directory: &Path,
    rebuild: bool,
) -> Result<Result<Option<Previous>, String>, IndexError> {
    let generation = match generations::current(directory) {
        Err(IndexError::LostPointer { path, what, .. }) if rebuild => {
            return Ok(Err(format!("`{}` {what}", path.display())));
        }
        Err(error) if rebuild => return Ok(Err(error.to_string())),
        current => current?.filter(|_| rebuild),
    };
    Ok(match generation {
        None => Ok(None),
        Some(generation) => Previous::open(&generation)
            .map(Some)
            .map_err(|error| error.to_string()),
    })
}

/// One run of a writer.
struct Run<'r> {
    index: &'r Index,
    options: &'r BuildOptions,
    progress: &'r Progress,
    rejects: RejectSink<'r>,
    /// Nothing has been committed to the index.
    anew: bool,
    publish_early: bool,
}

impl Run<'_> {
    fn bring_in(
        &self,
        feed: Feed<'_>,
        previous: Result<Option<Previous>, String>,
    ) -> Result<Report, IndexError> {
        let started = Instant::now();
        let means = Means {
            threads: self.options.threads.max(1),
            memory: self.options.writer_memory,
        };
        let mut ingest = Ingest::new(self.index, self.anew, means, previous)?;
        self.index.reload()?;
        let (mut report, fetched) = self.first_pass(&ingest, feed)?;
        if ingest.has_set_aside() {
            // The second pass reads what the first one has committed.
            ingest.commit()?;
            self.index.reload()?;
            ingest.settle_set_aside(&self.index.searcher(), &mut |format, outcome, replaced| {
                report.count(format, outcome);
                if let Some((format, was)) = replaced {
                    report.supersede(format, was);
                }
            })?;
        }
        report.history_lost = ingest.lost();
        ingest.finish(fetched)?;
        self.index.reload()?;
        report.trials = self.index.searcher().num_docs();
        report.took(started.elapsed());
        Ok(report)
    }

    /// Takes all items from the feed in this thread and parses them in others.
    fn first_pass(
        &self,
        ingest: &Ingest<'_>,
        feed: Feed<'_>,
    ) -> Result<(Report, Vec<Fetched>), IndexError> {
        let searcher = self.index.searcher();
        let budget = Budget::new(self.options.in_flight);
        let failure: Mutex<Option<IndexError>> = Mutex::new(None);
        let uncommitted = AtomicU64::new(0);
        let fail = |error| {
            failure
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .get_or_insert(error);
        };
        let (sender, receiver) = crossbeam_channel::bounded::<(RawRecord, Permit)>(QUEUE);
        let (mut report, mut fetched) = (Report::default(), Vec::new());
        thread::scope(|scope| {
            let workers: Vec<_> = (0..self.options.threads.max(1))
                .map(|_| {
                    let (receiver, searcher, fail, uncommitted) =
                        (receiver.clone(), &searcher, &fail, &uncommitted);
                    scope.spawn(move || {
                        let mut counted = Report::default();
                        let mut begun = Begun::default();
                        for (raw, permit) in receiver {
                            let size = raw.bytes.len() as u64;
                            let taken = self
                                .take(ingest, searcher, raw, permit, &mut begun, &mut counted)
                                .and_then(|()| {
                                    let written =
                                        uncommitted.fetch_add(size, Ordering::Relaxed) + size;
                                    if written < COMMIT_EVERY {
                                        return Ok(());
                                    }
                                    uncommitted.store(0, Ordering::Relaxed);
                                    ingest.commit()?;
                                    if self.publish_early {
                                        generations::publish(
                                            &self.index.directory,
                                            &self.index.generation,
                                        )?;
                                    }
                                    Ok(())
                                });
                            if let Err(error) = taken {
                                fail(error);
                                break;
                            }
                        }
                        if let Err(error) = ingest.complete(&mut begun) {
                            fail(error);
                        }
                        counted
                    })
                })
                .collect();
            drop(receiver);
            let fed = feed(&mut |item| {
                match item {
                    Ok(raw) => {
                        let permit = budget.take(raw.bytes.len());
                        if sender.send((raw, permit)).is_err() {
                            return ControlFlow::Break(());
                        }
                    }
                    Err(reject) => {
                        report.reject(reject.format);
                        self.progress.records.fetch_add(1, Ordering::Relaxed);
                        (self.rejects)(Rejected::from(&reject));
                    }
                }
                let failed = failure
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .is_some();
                if failed {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            });
            drop(sender);
            report.files = fed.walked.files;
            report.hidden = fed.walked.hidden;
            report.repeated = fed.walked.repeated;
            fetched = fed.fetched;
            for worker in workers {
                match worker.join() {
                    Ok(counted) => report.add(counted),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
        });
        match failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(error) => Err(error),
            None => Ok((report, fetched)),
        }
    }

    /// One record: parsed and taken in, or rejected.
    fn take(
        &self,
        ingest: &Ingest<'_>,
        searcher: &Searcher,
        raw: RawRecord,
        permit: Permit,
        begun: &mut Begun,
        counted: &mut Report,
    ) -> Result<(), IndexError> {
        counted.bytes += raw.bytes.len() as u64;
        self.progress.records.fetch_add(1, Ordering::Relaxed);
        if let Some(encoding) = raw.recoded {
            *counted.recoded.entry(encoding.to_owned()).or_default() += 1;
        }
        let origin = raw.origin.clone();
        match source::read_trial(raw, self.index.vocabulary()) {
            Ok(trial) => {
                counted.note(&trial.notes);
                let format = trial.provenance.format;
                if let Taken::Counted(outcome) = ingest.take(searcher, trial, permit, begun)? {
                    counted.count(format, outcome);
                }
            }
            Err(error) => {
                counted.reject(error.format());
                (self.rejects)(Rejected::new(&origin, error.to_string(), error.hint()));
            }
        }
        Ok(())
    }
}
