//! One segment out of many, without the documents that were deleted or replaced.

use std::path::Path;
use std::time::Instant;

use serde::Serialize;
use tantivy::IndexWriter;
use tantivy::indexer::NoMergePolicy;

use crate::index::catalogue::folder_bytes;
use crate::index::errors::IndexError;
use crate::index::generations;
use crate::index::open::{Index, SchemaChoice};
use crate::index::writing::LEAST_MEMORY_PER_THREAD;

/// What compacting came to.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Compaction {
    /// The index as it was, with what a killed run had left in it.
    pub before: Extent,
    /// The index as it is.
    pub after: Extent,
    /// How long it took.
    pub seconds: f64,
}

/// How much room an index takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Extent {
    /// Bytes on disk.
    pub bytes: u64,
    /// Parts, each of which a search looks into.
    pub segments: usize,
    /// Trials.
    pub trials: u64,
    /// Documents that no search sees: those of trials that were deleted, and records that were replaced.
    pub deleted: u64,
}

impl Index {
    /// Merges the segments of an index into one and lets go of deleted documents. Readers keep what they have open and move on
    /// when they like; a kill leaves the index as it was. While it runs it needs as much room again as the index takes.
    ///
    /// # Errors
    /// As [`Index::open`]; also if another process writes, or this one may not, or the disk is full. The index is as it was then.
    pub fn compact(directory: &Path, schema: SchemaChoice) -> Result<Compaction, IndexError> {
        let started = Instant::now();
        let generation = generations::current(directory)?;
        let bytes = generation.as_deref().map_or(0, folder_bytes);
        let (_lock, index) = Index::open_to_write(directory, schema)?;
        let before = Extent {
            bytes,
            ..index.extent()
        };
        if before.segments > 1 || before.deleted > 0 {
            let merged = index.with_cause(index.merge_all());
            index.drop_uncommitted();
            merged?;
            index.reload()?;
        }
        Ok(Compaction {
            before,
            after: index.extent(),
            seconds: started.elapsed().as_secs_f64(),
        })
    }

    fn merge_all(&self) -> Result<(), IndexError> {
        let failed = |error| IndexError::engine(&self.directory, error);
        let mut writer = self.lean_writer()?;
        let segments = self.engine.searchable_segment_ids().map_err(failed)?;
        writer.merge(&segments).wait().map_err(failed)?;
        writer.wait_merging_threads().map_err(failed)?;
        generations::open_to_all(&self.generation)
    }

    /// A writer for a run that brings no records in: one thread with the least memory. It merges only what it is told to, so that it
    /// is quick; `compact` and larger runs merge.
    pub(crate) fn lean_writer(&self) -> Result<IndexWriter, IndexError> {
        let writer = self
            .engine
            .writer_with_num_threads(1, LEAST_MEMORY_PER_THREAD)
            .map_err(|error| IndexError::engine(&self.directory, error))?;
        writer.set_merge_policy(Box::new(NoMergePolicy));
        Ok(writer)
    }

    fn extent(&self) -> Extent {
        let searcher = self.searcher();
        let segments = searcher.segment_readers();
        Extent {
            bytes: folder_bytes(&self.generation),
            segments: segments.len(),
            trials: searcher.num_docs(),
            deleted: segments
                .iter()
                .map(|segment| u64::from(segment.num_deleted_docs()))
                .sum(),
        }
    }
}
