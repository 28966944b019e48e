//! Which commit of an index is the last one on disk, told without opening it.

use std::path::Path;

use crate::index::errors::IndexError;
use crate::index::generations;
use crate::schema::content_hash;

/// The file in which the engine writes down what a commit consists of; it is replaced whole.
const COMMITTED: &str = "meta.json";

/// A name for the last commit of the index in a folder, the same in every process and on every day; `None` if there is no
/// index. It changes with each update and with each rebuild that is swapped in.
///
/// # Errors
/// If the folder cannot be read.
pub fn commit_name(directory: &Path) -> Result<Option<String>, IndexError> {
    let Some(generation) = generations::current(directory)? else {
        return Ok(None);
    };
    let path = generation.join(COMMITTED);
    let committed = std::fs::read(&path).map_err(|error| IndexError::io(&path, error))?;
    let number = generation.file_name().unwrap_or_default();
    let mut named = number.to_string_lossy().into_owned().into_bytes();
    named.extend_from_slice(&committed);
    Ok(Some(format!("{:016x}", content_hash(&named))))
}
