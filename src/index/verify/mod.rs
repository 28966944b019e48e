//! Whether an index is what was written and agrees with itself: files by their checksums, then every record by its columns and ids.
//!
//! Reads only. It must not mend, and must not give up at the first thing that is wrong: what it finds is listed.

mod columns;
mod ids;
mod records;

use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use rayon::prelude::*;
use serde::Serialize;
use tantivy::index::SegmentMeta;

use crate::index::commit::CommitState;
use crate::index::directory::COMMITTED;
use crate::index::errors::IndexError;
use crate::index::files::{Snapshot, of_segment, read_checked, uncommitted};
use crate::index::generations;
use crate::index::open::{Index, SchemaChoice};
use crate::schema::Layout;

/// Findings that are kept; all are counted.
const MOST_KEPT: usize = 10_000;

/// How often an index that changes while it is looked at is looked at again.
const MOST_ROUNDS: u32 = 100;

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The file, in the folder of the index.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The trial's own id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trial: Option<String>,
    /// What is wrong with it.
    pub what: String,
}

impl Finding {
    /// All of it for people: "`FILE`: what is wrong".
    pub(crate) fn in_words(&self) -> String {
        match &self.file {
            Some(file) => format!("`{file}`: {}", self.what),
            None => self.what.clone(),
        }
    }
}

/// What looking at an index came to.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verification {
    /// The folder of the index.
    pub directory: String,
    /// When the commit was made that was looked at, ISO.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub committed: Option<String>,
    /// Files whose checksums were compared.
    pub files: u64,
    /// Bytes of these files.
    pub bytes: u64,
    /// Trials whose records were read.
    pub trials: u64,
    /// What is wrong, up to 10,000 of it.
    pub findings: Vec<Finding>,
    /// How much is wrong.
    pub found: u64,
    /// What a killed run left behind, or one at work is about to commit. It does no harm; the next run removes it.
    pub leftovers: Vec<String>,
    /// How long it took.
    pub seconds: f64,
}

impl Verification {
    /// Whether nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.found == 0
    }
}

/// How far a look at an index has come; clones share their counts.
#[derive(Clone, Debug, Default)]
pub struct VerifyProgress {
    bytes: Arc<AtomicU64>,
    records: Arc<AtomicU64>,
}

impl VerifyProgress {
    /// Bytes of files compared so far.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Records read so far.
    pub fn records(&self) -> u64 {
        self.records.load(Ordering::Relaxed)
    }
}

/// How closely to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// Files, counts and ids.
    Files,
    /// Every record as well.
    Records,
}

/// Collects findings from any thread.
#[derive(Default)]
pub(super) struct Findings {
    kept: Mutex<Vec<Finding>>,
    count: AtomicU64,
}

impl Findings {
    fn add(&self, finding: Finding) {
        self.count.fetch_add(1, Ordering::Relaxed);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < MOST_KEPT {
            kept.push(finding);
        }
    }

    /// Something wrong with a file.
    fn of_file(&self, file: &Path, what: impl Into<String>) {
        self.add(Finding {
            file: Some(file.display().to_string()),
            trial: None,
            what: what.into(),
        });
    }

    /// Something wrong with a trial, as a file has it.
    pub(super) fn of_trial(&self, file: &Path, trial: &str, what: impl Into<String>) {
        self.add(Finding {
            file: Some(file.display().to_string()),
            trial: Some(trial.to_owned()),
            what: what.into(),
        });
    }

    fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }
}

impl Index {
    /// Looks at the whole index in a folder, on all cores.
    ///
    /// # Errors
    /// [`IndexError::Missing`] if there is none, or the system's if its folder cannot be read. What is wrong with an index is no
    /// error but a finding.
    pub fn verify(
        directory: &Path,
        schema: &SchemaChoice,
        progress: &VerifyProgress,
    ) -> Result<Verification, IndexError> {
        let started = Instant::now();
        let seen = generations::with_current(directory, |generation| {
            examine(directory, generation, schema, Depth::Records, progress)
        });
        let mut seen = match seen {
            Ok(Some(seen)) => seen,
            Ok(None) => return Err(IndexError::Missing(directory.to_path_buf())),
            Err(IndexError::Damaged { what, .. }) => Verification {
                directory: directory.display().to_string(),
                findings: vec![Finding {
                    file: None,
                    trial: None,
                    what,
                }],
                found: 1,
                ..Verification::default()
            },
            Err(error) => return Err(error),
        };
        let left = generations::leftovers(directory);
        let left = left.iter().filter_map(|path| path.file_name());
        seen.leftovers
            .extend(left.map(|name| name.to_string_lossy().into_owned()));
        seen.seconds = started.elapsed().as_secs_f64();
        Ok(seen)
    }
}

/// The first file of the index in a folder that is not as it was written, as an error; for telling a damaged file from a fault of
/// the program when something unthinkable has happened.
pub(crate) fn damage(directory: &Path) -> Option<IndexError> {
    let looked = generations::with_current(directory, |generation| {
        let findings = Findings::default();
        let snapshot = Snapshot::take(directory, generation)?;
        let mut compared = HashSet::new();
        compare_files(
            &snapshot,
            &mut compared,
            &findings,
            &VerifyProgress::default(),
        )?;
        Ok(findings
            .kept
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner))
    });
    match looked {
        Ok(Some(found)) => found
            .first()
            .map(|finding| IndexError::damaged(directory, finding.in_words())),
        Ok(None) => None,
        Err(error) => Some(error),
    }
}

/// Looks at one folder of the engine's files.
pub(crate) fn examine(
    directory: &Path,
    generation: &Path,
    schema: &SchemaChoice,
    depth: Depth,
    progress: &VerifyProgress,
) -> Result<Verification, IndexError> {
    let findings = Findings::default();
    let mut verification = Verification {
        directory: directory.display().to_string(),
        ..Verification::default()
    };
    // A writer may commit while files are compared: what is new then is compared as well, until the index that is opened has
    // nothing that was not.
    let mut compared: HashSet<PathBuf> = HashSet::new();
    for _ in 0..MOST_ROUNDS {
        let snapshot = Snapshot::take(directory, generation)?;
        compare_files(&snapshot, &mut compared, &findings, progress)?;
        if findings.count() > 0 {
            break;
        }
        let index = match Index::open_generation(directory, generation, schema.clone()) {
            Ok(index) => index,
            Err(error @ IndexError::OtherVersion { .. }) => {
                findings.add(Finding {
                    file: None,
                    trial: None,
                    what: error.to_string(),
                });
                break;
            }
            Err(error) => return Err(error),
        };
        if same_segments(&index, &snapshot.meta.segments) {
            look_inside(&index, &snapshot, depth, &findings, progress)?;
            verification.trials = index.searcher().num_docs();
            let state = CommitState::of(&index.engine);
            verification.committed = state.ok().flatten().map(|state| state.committed);
            verification.leftovers = uncommitted(generation, &snapshot.meta)
                .map_err(|error| IndexError::io(generation, error))?
                .iter()
                .map(|name| name.display().to_string())
                .collect();
            break;
        }
    }
    verification.files = compared.len() as u64;
    verification.bytes = progress.bytes();
    verification.found = findings.count();
    verification.findings = findings
        .kept
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    verification
        .findings
        .sort_by(|a, b| (&a.file, &a.trial, &a.what).cmp(&(&b.file, &b.trial, &b.what)));
    Ok(verification)
}

fn same_segments(index: &Index, segments: &[SegmentMeta]) -> bool {
    let searcher = index.searcher();
    let of_reader = searcher.segment_readers().iter();
    let mut of_reader: Vec<_> = of_reader
        .map(|segment| (segment.segment_id(), segment.delete_opstamp()))
        .collect();
    let of_commit = segments.iter();
    let mut of_commit: Vec<_> = of_commit
        .map(|segment| (segment.id(), segment.delete_opstamp()))
        .collect();
    of_reader.sort_unstable();
    of_commit.sort_unstable();
    of_reader == of_commit
}

/// Compares the checksums of files that have not been compared yet.
fn compare_files(
    snapshot: &Snapshot,
    compared: &mut HashSet<PathBuf>,
    findings: &Findings,
    progress: &VerifyProgress,
) -> Result<(), IndexError> {
    for (name, error) in &snapshot.unreadable {
        match error.kind() {
            io::ErrorKind::NotFound => findings.of_file(name, "the file is missing"),
            _ => findings.of_file(name, format!("the file cannot be read: {error}")),
        }
    }
    let fresh: Vec<&(PathBuf, File)> = snapshot
        .files
        .iter()
        .filter(|(name, _)| compared.insert(name.clone()))
        .collect();
    fresh.par_iter().try_for_each(|(name, file)| {
        let read = file.try_clone().and_then(|mut file| {
            read_checked(&mut file, &mut |piece| {
                progress
                    .bytes
                    .fetch_add(piece.len() as u64, Ordering::Relaxed);
                Ok(())
            })
        });
        match read {
            Ok(Ok(())) => {}
            Ok(Err(what)) => findings.of_file(name, what),
            Err(error) => findings.of_file(name, format!("the file cannot be read: {error}")),
        }
        Ok(())
    })
}

/// Looks at what is in files that are as they were written.
fn look_inside(
    index: &Index,
    snapshot: &Snapshot,
    depth: Depth,
    findings: &Findings,
    progress: &VerifyProgress,
) -> Result<(), IndexError> {
    let meta = Path::new(COMMITTED);
    if index.engine.schema() != Layout::new(&index.schema.fields).schema {
        findings.of_file(meta, "its fields are not those of this version");
        return Ok(());
    }
    let searcher = index.searcher();
    let mut known = HashSet::new();
    for (place, segment) in searcher.segment_readers().iter().enumerate() {
        let about = snapshot
            .meta
            .segments
            .iter()
            .find(|about| about.id() == segment.segment_id());
        let Some(about) = about else { continue };
        let files = of_segment(about);
        let counts = (segment.max_doc(), segment.num_docs());
        if counts != (about.max_doc(), about.num_docs()) {
            findings.of_file(
                meta,
                format!(
                    "it says that segment {} has {} documents and {} of them deleted; there are {} and {}",
                    about.id().short_uuid_string(),
                    about.max_doc(),
                    about.num_deleted_docs(),
                    segment.max_doc(),
                    segment.num_deleted_docs()
                ),
            );
        }
        let ids = ids::check(index, segment, &files, &mut known, findings)
            .map_err(|error| IndexError::engine(&index.directory, error))?;
        if depth == Depth::Records {
            let place = u32::try_from(place).unwrap_or(u32::MAX);
            records::check(index, &searcher, place, &files, &ids, findings, progress)?;
        }
    }
    Ok(())
}
