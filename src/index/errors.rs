//! What can go wrong with an index, and what mends it.

use std::io;
use std::path::{Path, PathBuf};

use tantivy::TantivyError;
use tantivy::directory::error::{LockError, OpenReadError, OpenWriteError};

use crate::index::directory::{COMMITTED, MANAGED};
use crate::index::generations;

/// Why an index cannot be opened, read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// No index where one was looked for.
    #[error(
        "no index at `{0}`: make one with `trialfind index PATH...`, or name another with `--index DIR`"
    )]
    Missing(PathBuf),
    /// A folder with other things in it.
    #[error(
        "`{0}` is a folder with other files in it, not an index: name an empty or new folder with `--index DIR`"
    )]
    NotAnIndex(PathBuf),
    /// A file, or a link to nothing.
    #[error(
        "`{0}` is a file or leads nowhere, and an index is a folder: name a new or empty one with `--index DIR`"
    )]
    NotAFolder(PathBuf),
    /// Nothing says which folder holds the index; nothing was changed.
    #[error(
        "`{path}` {what}, and it is what names the folder that the index lies in: write it anew, with `echo {} > {path}`, and \
         `trialfind verify` says whether that one is whole{}",
        folders.first().map_or("", String::as_str),
        others(folders)
    )]
    LostPointer {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
        /// The names of the folders beside it that hold records, or may.
        folders: Vec<String>,
    },
    /// Made by another version or with another schema.
    #[error(
        "the index at `{path}` was made by trialfind {made_by} with other fields or analysis: \
         build it anew from its sources with `trialfind index --rebuild PATH...`"
    )]
    OtherVersion {
        /// The index.
        path: PathBuf,
        /// The version that made it.
        made_by: String,
    },
    /// What was to take the place of an index has no trial.
    #[error(
        "nothing that was read gave a trial, so the index at `{0}` stays as it was: name the files or folders that its records are in"
    )]
    NothingToRebuildFrom(PathBuf),
    /// Two writers.
    #[error(
        "another process is writing to the index at `{0}`: wait until it is done; searching works meanwhile"
    )]
    Locked(PathBuf),
    /// The disk is full.
    #[error(
        "no space left on the disk of `{0}`: free some and run the same command again; what was committed before is kept"
    )]
    DiskFull(PathBuf),
    /// No permission.
    #[error(
        "no permission to use `{0}`: choose another folder with `--index DIR`, or change its permissions"
    )]
    NoPermission(PathBuf),
    /// Files of the index are damaged or gone.
    #[error(
        "the index at `{path}` is damaged ({what}): `trialfind verify` names all that is wrong; take it back from a backup with \
         `trialfind restore FILE --replace`, or build it anew from its sources with `trialfind index --rebuild PATH...`"
    )]
    Damaged {
        /// The index.
        path: PathBuf,
        /// What was found.
        what: String,
    },
    /// A rebuilt or restored index has taken the place of one that is open.
    #[error("the index at `{0}` was made anew meanwhile: open it again")]
    MadeAnew(PathBuf),
    /// A restore where an index is.
    #[error(
        "there is an index at `{0}` already: `--replace` lets the backup take its place, `--index DIR` names another folder"
    )]
    Exists(PathBuf),
    /// A file that is no whole backup; nothing was changed.
    #[error("`{path}` is no whole backup ({what}): nothing was restored")]
    NotABackup {
        /// The file.
        path: PathBuf,
        /// What was found.
        what: String,
    },
    /// A backup of an index with other fields or analysis; nothing was changed.
    #[error(
        "the backup `{path}` is of an index that trialfind {made_by} made with other fields or analysis: restore it with that \
         version, or build an index anew from its sources with `trialfind index PATH...`"
    )]
    BackupOfOtherVersion {
        /// The file.
        path: PathBuf,
        /// The version that made the index.
        made_by: String,
    },
    /// The system failed in another way.
    #[error("cannot use the index at `{path}`: {error}")]
    Io {
        /// The index or a file of it.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The engine failed in another way.
    #[error(
        "cannot use the index at `{path}`: {error}; `trialfind verify` says whether its files are as they were written"
    )]
    Engine {
        /// The index.
        path: PathBuf,
        /// What the engine said.
        error: TantivyError,
    },
}

impl IndexError {
    /// An error of the system, told apart where the user can do something about it.
    pub(crate) fn io(path: &Path, error: io::Error) -> IndexError {
        let path = path.to_path_buf();
        let error = match error.raw_os_error() {
            None => system_error(&error.to_string()).unwrap_or(error),
            Some(_) => error,
        };
        match error.kind() {
            io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::FileTooLarge => IndexError::DiskFull(path),
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                IndexError::NoPermission(path)
            }
            _ => IndexError::Io { path, error },
        }
    }

    /// Something in the index in a folder is not as it was written.
    pub(crate) fn damaged(path: &Path, what: impl Into<String>) -> IndexError {
        IndexError::Damaged {
            path: path.to_path_buf(),
            what: what.into(),
        }
    }

    /// An error of the engine, told apart where the user can do something about it.
    pub(crate) fn engine(path: &Path, error: TantivyError) -> IndexError {
        let generation = generations::current(path).unwrap_or(None);
        IndexError::in_generation(path, generation.as_deref().unwrap_or(path), error)
    }

    /// The same of an index whose files lie in a folder that need not be the current one.
    pub(crate) fn in_generation(path: &Path, generation: &Path, error: TantivyError) -> IndexError {
        let owned = |error: &io::Error| match error.raw_os_error() {
            Some(code) => io::Error::from_raw_os_error(code),
            None => io::Error::new(error.kind(), error.to_string()),
        };
        let damaged = |what: String| IndexError::damaged(path, what);
        // What the system does not refuse was read, and is not what it should be.
        let is_damage = |cause: &io::Error| {
            cause.raw_os_error().is_none() && system_error(&cause.to_string()).is_none()
        };
        let of_file = |file: &Path, cause: &io::Error| match is_damage(cause) {
            // The engine's own words are of its file format and its versions; `verify` says in ours what is wrong.
            true => damaged(format!("`{}` was cut off or overwritten", file.display())),
            false => IndexError::io(&generation.join(file), owned(cause)),
        };
        match &error {
            TantivyError::LockFailure(LockError::LockBusy, _) => {
                IndexError::Locked(path.to_path_buf())
            }
            TantivyError::LockFailure(LockError::IoError(cause), _) => {
                IndexError::io(path, owned(cause))
            }
            TantivyError::IoError(cause) => match is_damage(cause) {
                true => damaged(cause.to_string()),
                false => IndexError::io(path, owned(cause)),
            },
            TantivyError::OpenReadError(OpenReadError::FileDoesNotExist(file)) => {
                damaged(format!("`{}` is missing", file.display()))
            }
            TantivyError::OpenReadError(OpenReadError::IoError { io_error, filepath }) => {
                of_file(filepath, io_error)
            }
            TantivyError::OpenWriteError(OpenWriteError::IoError { io_error, filepath }) => {
                IndexError::io(&generation.join(filepath), owned(io_error))
            }
            TantivyError::OpenReadError(_)
            | TantivyError::DataCorruption(_)
            | TantivyError::IncompatibleIndex(_) => damaged(damage_in_words(&error.to_string())),
            _ => match system_error(&error.to_string()) {
                Some(cause) => IndexError::io(path, cause),
                None => IndexError::Engine {
                    path: path.to_path_buf(),
                    error,
                },
            },
        }
    }
}

/// What the engine says of a damaged file, without the file's contents.
fn damage_in_words(said: &str) -> String {
    /// Characters that tell enough.
    const MOST: usize = 300;
    let is_of = |name: &str| said.contains(&format!("\"{name}\""));
    if is_of(COMMITTED) {
        return format!("`{COMMITTED}` was cut off or overwritten");
    }
    if is_of(MANAGED) {
        return format!(
            "`{MANAGED}` was cut off or overwritten; remove that file, nothing is lost with it"
        );
    }
    match said.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}...", &said[..end]),
        None => said.to_owned(),
    }
}

/// The further folders that might be the index, in words.
fn others(folders: &[String]) -> String {
    match folders {
        [] | [_] => String::new(),
        [_, others @ ..] => format!("; it might also be `{}`", others.join("` or `")),
    }
}

/// The system's error in the words of one that was wrapped: the engine hands some on as text only.
fn system_error(text: &str) -> Option<io::Error> {
    let (_, code) = text.rsplit_once("(os error ")?;
    let (code, _) = code.split_once(')')?;
    code.parse().ok().map(io::Error::from_raw_os_error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_full_disk_is_named_however_the_engine_says_it() {
        let full = || io::Error::from_raw_os_error(28);
        let path = Path::new("index");
        let said = [
            IndexError::io(path, full()),
            IndexError::io(path, io::Error::other(full())),
            IndexError::engine(path, TantivyError::from(io::Error::other(full()))),
            IndexError::engine(path, TantivyError::ErrorInThread(full().to_string())),
        ];
        for error in said {
            assert!(matches!(error, IndexError::DiskFull(_)), "{error:?}");
        }
    }
}
