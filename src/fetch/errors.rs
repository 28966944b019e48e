//! What can go wrong while downloading, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use crate::index::IndexError;
use crate::schema::StoredRecordError;

/// Why a download or a sync stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// A parameter that chooses no studies.
    #[error("`{name}` is no parameter that chooses studies")]
    Parameter {
        /// Its name.
        name: String,
    },
    /// A parameter without a value.
    #[error("`{name}` has no value")]
    NoValue {
        /// Its name.
        name: String,
    },
    /// An address that is none.
    #[error("`{0}` is no address of a server: it must begin with `https://` or `http://`")]
    BaseUrl(String),
    /// The server does not want to answer this.
    #[error("{address} answered {status}: {message}")]
    Refused {
        /// What was asked.
        address: String,
        /// The HTTP status.
        status: u16,
        /// What the server said of it.
        message: String,
    },
    /// Asked again and again without a good answer.
    #[error("no good answer from {address} in {attempts} attempts; the last one: {reason}")]
    GaveUp {
        /// What was asked.
        address: String,
        /// How often.
        attempts: u32,
        /// What came last.
        reason: String,
    },
    /// The server asks for a wait that is too long.
    #[error("{address} asks to wait {seconds} seconds before the next request ({reason})")]
    TooLongAWait {
        /// What was asked.
        address: String,
        /// The wait that it asks for.
        seconds: u64,
        /// Why.
        reason: String,
    },
    /// Asking again would not help.
    #[error("cannot ask {address}: {reason}")]
    Impossible {
        /// What was asked.
        address: String,
        /// Why.
        reason: String,
    },
    /// An answer that does not end, or is longer than can be held.
    #[error("{address} answered with more than {megabytes} MB")]
    TooLong {
        /// What was asked.
        address: String,
        /// What is read at most.
        megabytes: u64,
    },
    /// Pages without end.
    #[error(
        "{address} leads on and on: there were {seen} studies on its pages, where the server counts {total}"
    )]
    Endless {
        /// What was asked.
        address: String,
        /// Studies on the pages so far; an empty page counts as one.
        seen: u64,
        /// How many there are by the server's own count.
        total: u64,
    },
    /// A server that gives the same token again.
    #[error("{address} leads in a circle: the token of its next page has been there before")]
    Circle {
        /// What was asked.
        address: String,
    },
    /// The token of the next page is refused every time.
    #[error(
        "{address} lets its tokens expire before a download can be completed; the last answer was {status}: {message}"
    )]
    Expiring {
        /// What was asked.
        address: String,
        /// The HTTP status.
        status: u16,
        /// What the server said of it.
        message: String,
    },
    /// There is a file of that name.
    #[error("`{0}` is there already")]
    Exists(PathBuf),
    /// Something that no file can take the place of.
    #[error("`{0}` is no place for a download")]
    NoPlace(PathBuf),
    /// A half download of something else.
    #[error("`{path}` is the beginning of another download ({other})")]
    OtherDownload {
        /// The file.
        path: PathBuf,
        /// What is in it.
        other: String,
    },
    /// A half download that cannot be gone on with.
    #[error("`{path}` cannot be gone on with: {reason}")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// Another process downloads to the same file.
    #[error("another process is downloading to `{0}`")]
    Busy(PathBuf),
    /// The system failed.
    #[error("cannot write `{path}`: {error}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// An index that nothing was fetched into.
    #[error("the index at `{0}` was not fetched from a server, so there is nothing to repeat")]
    NotFetched(PathBuf),
    /// The index.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// A record of the index.
    #[error(transparent)]
    Record(#[from] StoredRecordError),
}

impl FetchError {
    pub(crate) fn io(path: &Path, error: io::Error) -> FetchError {
        FetchError::Io {
            path: path.to_path_buf(),
            error,
        }
    }

    /// What the user can do about it, where there is something; a lower-case fragment without full stop.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            FetchError::Parameter { .. } => {
                "names begin with `query.`, `filter.` or `postFilter.`, or are `aggFilters`; `trialfind help fetch` lists them"
            }
            FetchError::NoValue { .. } => "give one, or leave the option out",
            FetchError::BaseUrl(_) => {
                "the API's address ends in `/api/v2`, as in `http://127.0.0.1:7878/api/v2`"
            }
            FetchError::Refused {
                status: 200..400 | 404,
                ..
            } => "look whether `--base-url` is the address of an API: it ends in `/api/v2`",
            FetchError::GaveUp { .. } => {
                "look whether the network and the server are well, and `--base-url` is the address of an API; the same command \
                 goes on where this one stopped"
            }
            FetchError::TooLongAWait { .. } => {
                "run the same command again later: it goes on where this one stopped; `--rate` asks less often"
            }
            FetchError::Circle { .. } | FetchError::Endless { .. } => {
                "the server is at fault; try again later, or another page size"
            }
            FetchError::TooLong { .. } => {
                "ask for fewer studies at once, as with `--page-size 100`; the same command goes on where this one stopped"
            }
            FetchError::NoPlace(_) => {
                "a download goes into a file, so that it can be gone on with: name one with `-o FILE`"
            }
            FetchError::Io { error, .. } => match error.kind() {
                io::ErrorKind::StorageFull
                | io::ErrorKind::QuotaExceeded
                | io::ErrorKind::FileTooLarge => {
                    "free some room and run the same command again: it goes on where this one stopped"
                }
                io::ErrorKind::PermissionDenied
                | io::ErrorKind::ReadOnlyFilesystem
                | io::ErrorKind::NotFound => "name a file in another folder with `-o FILE`",
                _ => return None,
            },
            FetchError::Expiring { .. } => {
                "choose less at once, by condition or by year (`--filter.advanced 'AREA[StartDate]RANGE[2020-01-01,2020-12-31]'`)"
            }
            FetchError::Exists(_) => {
                "name another file with `-o FILE`, or put a new download in its place with `--restart`"
            }
            FetchError::OtherDownload { .. } => {
                "name another file with `-o FILE`, or give the other download up with `--restart`"
            }
            FetchError::Unusable { .. } => "begin anew with `--restart`",
            FetchError::Busy(_) => "wait until it is done, or name another file with `-o FILE`",
            FetchError::NotFetched(_) => {
                "`trialfind fetch --into-index` makes an index that can be kept up to date; with the parameters that its \
                 records were downloaded by it goes into this one too"
            }
            _ => return None,
        })
    }
}
