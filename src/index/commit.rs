//! Commits of an index: how one is made, what it says of itself, and which one is the last, told without opening the index.

use std::path::Path;

use serde::{Deserialize, Serialize};
use tantivy::index::SegmentMeta;
use tantivy::schema::document::Document;
use tantivy::{Directory, IndexMeta, IndexWriter};

use crate::index::directory::COMMITTED;
use crate::index::errors::IndexError;
use crate::index::fetched::{Fetched, before_rebuild, remember};
use crate::index::generations;
use crate::index::open::Index;
use crate::schema::{Layout, content_hash};

/// What every commit says of itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CommitState {
    /// [`Layout::fingerprint`] of the schema it was made with.
    pub(crate) fingerprint: String,
    /// The version of trialfind that made the index.
    pub(crate) made_by: String,
    /// When, ISO.
    pub(crate) committed: String,
    /// What the index was fetched with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) fetched: Vec<Fetched>,
}

impl CommitState {
    /// What the last commit says; `None` if it is nothing that this version understands.
    pub(crate) fn of(engine: &tantivy::Index) -> tantivy::Result<Option<CommitState>> {
        let payload = engine.load_metas()?.payload;
        Ok(payload.and_then(|text| serde_json::from_str(&text).ok()))
    }
}

/// A name for the last commit of the index in a folder, the same in every process and on every day; `None` if there is no
/// index. It changes with each update and with each rebuild that is swapped in.
///
/// # Errors
/// If the folder cannot be read.
pub fn commit_name(directory: &Path) -> Result<Option<String>, IndexError> {
    generations::with_current(directory, |generation| {
        let path = generation.join(COMMITTED);
        let committed = std::fs::read(&path).map_err(|error| IndexError::io(&path, error))?;
        let number = generation.file_name().unwrap_or_default();
        let mut named = number.to_string_lossy().into_owned().into_bytes();
        named.extend_from_slice(&committed);
        Ok(format!("{:016x}", content_hash(&named)))
    })
}

impl Index {
    /// Makes everything that a writer has taken in visible to readers and proof against a kill; what the index was fetched with is
    /// remembered beside what is known of that.
    pub(crate) fn commit<D: Document>(
        &self,
        writer: &mut IndexWriter<D>,
        fetched: Vec<Fetched>,
    ) -> Result<(), IndexError> {
        let failed = |error| IndexError::engine(&self.directory, error);
        let state = self.payload(fetched)?;
        let mut commit = writer.prepare_commit().map_err(failed)?;
        commit.set_payload(&state);
        commit.commit().map_err(failed)?;
        generations::open_to_all(&self.generation)
    }

    /// Makes segments that were written without the engine's writer the whole of the index. What makes a commit is one file, which is
    /// replaced when all others are on disk.
    pub(crate) fn commit_segments(
        &self,
        mut segments: Vec<SegmentMeta>,
        fetched: Vec<Fetched>,
    ) -> Result<(), IndexError> {
        let failed = |error: std::io::Error| IndexError::engine(&self.directory, error.into());
        // The largest first, as the engine has them.
        segments.sort_by_key(|segment| std::cmp::Reverse(segment.max_doc()));
        let commit = IndexMeta {
            index_settings: self.engine.settings().clone(),
            persisted_custom_extensions: Vec::new(),
            // A stamp for each document, as the engine gives them out.
            opstamp: segments
                .iter()
                .map(|segment| u64::from(segment.max_doc()))
                .sum(),
            segments,
            schema: self.engine.schema(),
            payload: Some(self.payload(fetched)?),
        };
        let commit = serde_json::to_vec_pretty(&commit).expect("plain data");
        let folder = self.engine.directory();
        folder.sync_directory().map_err(failed)?;
        folder
            .atomic_write(Path::new(COMMITTED), &commit)
            .map_err(failed)?;
        generations::open_to_all(&self.generation)
    }

    /// What the next commit says of itself, as text.
    fn payload(&self, fetched: Vec<Fetched>) -> Result<String, IndexError> {
        let mut state = self.commit_state()?;
        for fetched in fetched {
            remember(&mut state.fetched, fetched);
        }
        Ok(serde_json::to_string(&state).expect("plain data"))
    }

    /// The payload of the next commit. What the index was fetched with is carried on from the last one, or in a rebuild from the
    /// generation that is replaced.
    fn commit_state(&self) -> Result<CommitState, IndexError> {
        let last = CommitState::of(&self.engine)
            .map_err(|error| IndexError::engine(&self.directory, error))?;
        let fetched = match last {
            Some(last) => last.fetched,
            None => match generations::current(&self.directory) {
                Ok(Some(before)) if before != self.generation => before_rebuild(&before),
                _ => Vec::new(),
            },
        };
        Ok(CommitState {
            fingerprint: Layout::fingerprint(&self.schema.fields),
            made_by: env!("CARGO_PKG_VERSION").to_owned(),
            committed: jiff::Timestamp::now().to_string(),
            fetched,
        })
    }
}
