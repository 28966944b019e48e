//! What can go wrong with an index, and what mends it.

use std::io;
use std::path::{Path, PathBuf};

use tantivy::TantivyError;
use tantivy::directory::error::{LockError, OpenReadError, OpenWriteError};

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
        "the index at `{path}` is damaged ({what}): build it anew from its sources with `trialfind index --rebuild PATH...`"
    )]
    Damaged {
        /// The index.
        path: PathBuf,
        /// What was found.
        what: String,
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
    #[error("cannot use the index at `{path}`: {error}")]
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

    /// An error of the engine, told apart where the user can do something about it.
    pub(crate) fn engine(path: &Path, error: TantivyError) -> IndexError {
        let owned = |error: &io::Error| match error.raw_os_error() {
            Some(code) => io::Error::from_raw_os_error(code),
            None => io::Error::new(error.kind(), error.to_string()),
        };
        match &error {
            TantivyError::LockFailure(LockError::LockBusy, _) => {
                IndexError::Locked(path.to_path_buf())
            }
            TantivyError::LockFailure(LockError::IoError(cause), _)
            | TantivyError::IoError(cause) => IndexError::io(path, owned(cause)),
            TantivyError::OpenReadError(OpenReadError::IoError { io_error, .. })
            | TantivyError::OpenWriteError(OpenWriteError::IoError { io_error, .. }) => {
                IndexError::io(path, owned(io_error))
            }
            TantivyError::OpenReadError(_)
            | TantivyError::DataCorruption(_)
            | TantivyError::IncompatibleIndex(_) => IndexError::Damaged {
                path: path.to_path_buf(),
                what: error.to_string(),
            },
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
