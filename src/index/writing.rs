//! Where the documents of a run go: into an index that is made anew each thread writes segments of its own
//! ([`crate::index::segment`]); into one that is there the engine's writer does, which alone can take documents back.

use std::sync::{Mutex, PoisonError, RwLock};

use tantivy::index::SegmentMeta;
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy, MergeCandidate, MergePolicy};
use tantivy::{IndexWriter, TantivyDocument, Term};

use crate::index::budget::{Metered, Permit};
use crate::index::errors::IndexError;
use crate::index::fetched::Fetched;
use crate::index::generations;
use crate::index::open::Index;
use crate::index::segment::SegmentBuilder;

/// Bytes for each writing thread: the engine wants at least 15 MB, and what is written without it gets no less.
pub(crate) const LEAST_MEMORY_PER_THREAD: usize = 15_000_000;

/// Bytes for each writing thread at most: the engine takes no more than 4 GB, and terms are numbered in 31 bits, of which this much
/// memory holds a tenth, and their letters in 32.
const MOST_MEMORY_PER_THREAD: usize = 2_000_000_000;

/// A segment with more than this part of deleted documents is merged, so that they do not count in document frequencies for long.
const MOST_DELETED: f32 = 0.2;

/// Segments of about one size that are merged into one, and so the most that there are of it.
const MERGED_AT_A_TIME: usize = 8;

/// How many threads write, and with how much memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Means {
    /// Threads that write.
    pub(crate) threads: usize,
    /// Bytes that all of them together may take, within the bounds for each.
    pub(crate) memory: usize,
}

impl Means {
    fn memory_per_thread(self) -> usize {
        (self.memory / self.threads).clamp(LEAST_MEMORY_PER_THREAD, MOST_MEMORY_PER_THREAD)
    }
}

/// Takes documents of many threads, and commits them.
pub(crate) struct Writing<'i> {
    index: &'i Index,
    means: Means,
    into: Into,
}

enum Into {
    /// Segments that are complete, of an index that is made anew.
    Segments(Mutex<Vec<SegmentMeta>>),
    /// Many threads add under the read lock, one commits under the write lock.
    Engine(Box<RwLock<IndexWriter<Metered>>>),
}

/// What one thread has begun to write.
#[derive(Default)]
pub(crate) struct Begun(Option<SegmentBuilder>);

impl<'i> Writing<'i> {
    /// Begins to write into an index; `anew` if nothing has been committed to it.
    ///
    /// # Errors
    /// If the engine's writer cannot be had.
    pub(crate) fn begin(index: &'i Index, anew: bool, means: Means) -> Result<Self, IndexError> {
        let into = match anew {
            true => Into::Segments(Mutex::default()),
            false => Into::Engine(Box::new(RwLock::new(writer(index, means)?))),
        };
        Ok(Writing { index, means, into })
    }

    /// From now on the engine's writer writes, so that what has been committed can be replaced. What is complete and has not been
    /// is lost.
    ///
    /// # Errors
    /// If it cannot be had.
    pub(crate) fn go_on_with_engine(&mut self) -> Result<(), IndexError> {
        if matches!(self.into, Into::Segments(_)) {
            // What is left is given by one thread, and each that writes makes a segment.
            let means = Means {
                threads: 1,
                ..self.means
            };
            self.into = Into::Engine(Box::new(RwLock::new(writer(self.index, means)?)));
        }
        Ok(())
    }

    /// Adds a document, in the place of that with the term if one is given; in an index that is made anew there is none yet.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(crate) fn add(
        &self,
        begun: &mut Begun,
        document: TantivyDocument,
        permit: Option<Permit>,
        replaced: Option<Term>,
    ) -> Result<(), IndexError> {
        let failed = |error| IndexError::engine(&self.index.directory, error);
        match &self.into {
            Into::Segments(_) => {
                // One that a document is half in is not begun any more: nothing may be written of it.
                let mut segment = match begun.0.take() {
                    Some(segment) => segment,
                    None => SegmentBuilder::new(&self.index.engine).map_err(failed)?,
                };
                segment.add(&document).map_err(failed)?;
                let is_full = segment.memory() >= self.means.memory_per_thread();
                begun.0 = Some(segment);
                if is_full {
                    self.complete(begun)?;
                }
            }
            Into::Engine(writer) => {
                let writer = writer.read().unwrap_or_else(PoisonError::into_inner);
                if let Some(term) = replaced {
                    writer.delete_term(term);
                }
                writer
                    .add_document(Metered { document, permit })
                    .map_err(failed)?;
            }
        }
        Ok(())
    }

    /// Writes what a thread has begun, for the next commit to list.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(crate) fn complete(&self, begun: &mut Begun) -> Result<(), IndexError> {
        if let (Some(segment), Into::Segments(complete)) = (begun.0.take(), &self.into) {
            let segment = segment
                .finish()
                .map_err(|error| IndexError::engine(&self.index.directory, error))?;
            let mut complete = complete.lock().unwrap_or_else(PoisonError::into_inner);
            complete.push(segment);
        }
        Ok(())
    }

    /// Makes what is complete visible to readers and proof against a kill; what the index was fetched with is remembered.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(crate) fn commit(&self, fetched: Vec<Fetched>) -> Result<(), IndexError> {
        match &self.into {
            Into::Segments(complete) => {
                let complete = complete.lock().unwrap_or_else(PoisonError::into_inner);
                self.index.commit_segments(complete.clone(), fetched)
            }
            Into::Engine(writer) => {
                let mut writer = writer.write().unwrap_or_else(PoisonError::into_inner);
                self.index.commit(&mut writer, fetched)
            }
        }
    }

    /// The last commit, and what is to be merged after it.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(crate) fn finish(self, fetched: Vec<Fetched>) -> Result<(), IndexError> {
        self.commit(fetched)?;
        let index = self.index;
        let writer = match self.into {
            Into::Segments(complete) => {
                let complete = complete
                    .into_inner()
                    .unwrap_or_else(PoisonError::into_inner);
                if complete.len() < MERGED_AT_A_TIME {
                    return Ok(());
                }
                // With nothing else to do all threads merge; a commit makes the engine look whether it should.
                let mut writer = writer(index, self.means)?;
                index.commit(&mut writer, Vec::new())?;
                writer
            }
            Into::Engine(writer) => writer.into_inner().unwrap_or_else(PoisonError::into_inner),
        };
        writer
            .wait_merging_threads()
            .map_err(|error| IndexError::engine(&index.directory, error))?;
        generations::open_to_all(&index.generation)
    }
}

fn writer(index: &Index, means: Means) -> Result<IndexWriter<Metered>, IndexError> {
    let options = IndexWriterOptions::builder()
        .num_worker_threads(means.threads)
        .memory_budget_per_thread(means.memory_per_thread())
        .num_merge_threads(means.threads)
        .build();
    let writer = index
        .engine
        .writer_with_options(options)
        .map_err(|error| IndexError::engine(&index.directory, error))?;
    writer.set_merge_policy(Box::new(Merging::default()));
    Ok(writer)
}

/// The engine's policy of merging segments of about one size, but not all of them into one: two merges go side by side, and a
/// large index keeps parts that all threads search.
#[derive(Debug)]
struct Merging(LogMergePolicy);

impl Default for Merging {
    fn default() -> Self {
        let mut policy = LogMergePolicy::default();
        policy.set_min_num_segments(MERGED_AT_A_TIME);
        policy.set_del_docs_ratio_before_merge(MOST_DELETED);
        Merging(policy)
    }
}

impl MergePolicy for Merging {
    fn compute_merge_candidates(&self, segments: &[SegmentMeta]) -> Vec<MergeCandidate> {
        let candidates = self.0.compute_merge_candidates(segments);
        candidates.into_iter().flat_map(apart).collect()
    }
}

/// Merges of eight to fifteen segments instead of one of more.
fn apart(MergeCandidate(segments): MergeCandidate) -> Vec<MergeCandidate> {
    let parts = (segments.len() / MERGED_AT_A_TIME).max(1);
    let most = segments.len().div_ceil(parts);
    segments
        .chunks(most)
        .map(|part| MergeCandidate(part.to_vec()))
        .collect()
}
