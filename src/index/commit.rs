//! The last commit of an index: how it is made, and which one it is, told without opening the index.

use std::path::Path;

use tantivy::IndexWriter;
use tantivy::schema::document::Document;

use crate::index::errors::IndexError;
use crate::index::fetched::{Fetched, remember};
use crate::index::generations;
use crate::index::open::Index;
use crate::schema::content_hash;

/// The file in which the engine writes down what a commit consists of; it is replaced whole.
pub(crate) const COMMITTED: &str = "meta.json";

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
        let mut state = self.commit_state()?;
        for fetched in fetched {
            remember(&mut state.fetched, fetched);
        }
        let state = serde_json::to_string(&state).expect("plain data");
        let mut commit = writer.prepare_commit().map_err(failed)?;
        commit.set_payload(&state);
        commit.commit().map_err(failed)?;
        generations::open_to_all(&self.generation)
    }
}
