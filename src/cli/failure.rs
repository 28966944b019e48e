//! What goes wrong at the command line: a message, and what to do about it.

use std::error::Error;
use std::io;
use std::path::Path;

use crate::evaluate::EvaluateError;
use crate::fetch::FetchError;
use crate::index::{BackupError, IndexError, SchemaError};
use crate::query::QueryError;
use crate::schema::StoredRecordError;
use crate::search::{LogError, SearchError};
use crate::server::ServeError;

/// Why a command failed.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What went wrong; the first line goes behind `error: `.
    error: anyhow::Error,
    /// What to do about it, if the message does not say so.
    hint: Option<String>,
}

impl Failure {
    /// A failure with a hint.
    pub(crate) fn new(message: impl Into<String>, hint: impl Into<String>) -> Failure {
        Failure {
            error: anyhow::Error::msg(message.into()),
            hint: Some(hint.into()),
        }
    }

    /// An error with what to do about it.
    pub(crate) fn of(error: impl Into<anyhow::Error>, hint: Option<String>) -> Failure {
        Failure {
            error: error.into(),
            hint,
        }
    }

    /// A query that is wrong, with carets under the place.
    pub(crate) fn query(error: &QueryError, text: &str) -> Failure {
        let rendered = error.render(text);
        let hint = error.hint();
        let message = rendered
            .strip_suffix(&format!("\nhint: {hint}"))
            .unwrap_or(&rendered);
        Failure::new(message, hint)
    }

    /// The same failure, saying what was tried.
    pub(crate) fn context(self, tried: impl Into<String>) -> Failure {
        Failure {
            error: self.error.context(tried.into()),
            hint: self.hint,
        }
    }

    /// The same failure; the commands that it advises are to be typed with the index that was named.
    pub(crate) fn with_index(self, typed: Option<&Path>) -> Failure {
        let of_index = self.error.chain().any(is_of_index);
        // A sign that quotes in a message and stands in the path as well would be taken for a quote.
        let named = typed.filter(|folder| of_index && !folder.to_string_lossy().contains('`'));
        match named {
            Some(folder) => Failure {
                error: anyhow::Error::msg(naming(&self.message(), folder)),
                hint: self.hint,
            },
            None => self,
        }
    }

    /// The message with its causes.
    pub(crate) fn message(&self) -> String {
        format!("{:#}", self.error)
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// Whether the reader of our output has gone away, which is its right.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        self.error.chain().any(|cause| {
            let of_csv = cause
                .downcast_ref::<csv::Error>()
                .and_then(|error| match error.kind() {
                    csv::ErrorKind::Io(error) => Some(error.kind()),
                    _ => None,
                });
            let kind = cause
                .downcast_ref::<io::Error>()
                .map(io::Error::kind)
                .or(of_csv);
            kind == Some(io::ErrorKind::BrokenPipe)
        })
    }
}

/// Whether an error is one of the index, alone or in that of what was done with it.
fn is_of_index(error: &(dyn Error + 'static)) -> bool {
    error.is::<IndexError>()
        || matches!(error.downcast_ref(), Some(SearchError::Index(_)))
        || matches!(error.downcast_ref(), Some(BackupError::Index(_)))
        || matches!(error.downcast_ref(), Some(FetchError::Index(_)))
}

/// A message with the index named in each command of ours that it quotes.
fn naming(message: &str, folder: &Path) -> String {
    let parts = message.split('`').enumerate().map(|(place, part)| {
        let is_command = place % 2 == 1 && part.starts_with("trialfind ");
        match is_command {
            true => format!("{part} --index {}", as_argument(folder)),
            false => part.to_owned(),
        }
    });
    parts.collect::<Vec<String>>().join("`")
}

/// A path as it is typed in a shell.
pub(crate) fn as_argument(path: &Path) -> String {
    match path.to_str() {
        Some(path)
            if path
                .chars()
                .all(|c| c.is_alphanumeric() || "/\\:._-".contains(c)) =>
        {
            path.to_owned()
        }
        _ => format!("'{}'", path.display().to_string().replace('\'', r"'\''")),
    }
}

macro_rules! from {
    ($($error:ty),*) => {
        $(impl From<$error> for Failure {
            fn from(error: $error) -> Failure {
                Failure::of(error, None)
            }
        })*
    };
}

from!(
    io::Error,
    csv::Error,
    serde_json::Error,
    IndexError,
    BackupError,
    EvaluateError,
    SchemaError,
    StoredRecordError,
    LogError
);

impl From<SearchError> for Failure {
    fn from(error: SearchError) -> Failure {
        let hint = error.hint().map(str::to_owned);
        match error {
            SearchError::Query { error, query } => Failure::query(&error, &query),
            error => Failure::of(error, hint),
        }
    }
}

macro_rules! from_hinted {
    ($($error:ty),*) => {
        $(impl From<$error> for Failure {
            fn from(error: $error) -> Failure {
                let hint = error.hint().map(str::to_owned);
                Failure::of(error, hint)
            }
        })*
    };
}

from_hinted!(FetchError, ServeError);
