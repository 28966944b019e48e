//! What could not be taken in: the first of it told at once, all of it to a file if one is named.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::cli::failure::Failure;
use crate::index::Rejected;
use crate::render::{clean, count, json_line};

/// Rejects that are told one by one.
const MOST_TOLD: u64 = 20;

/// Takes in rejects, from any thread.
pub(crate) struct Rejects<'r> {
    state: Mutex<State>,
    /// Paths that have been named as missing already.
    missing: &'r [PathBuf],
    tell: &'r (dyn Fn(&str) + Sync),
}

struct State {
    told: u64,
    untold: u64,
    file: Option<BufWriter<File>>,
    failure: Option<io::Error>,
}

impl<'r> Rejects<'r> {
    /// # Errors
    /// If the file cannot be written.
    pub(crate) fn new(
        file: Option<&Path>,
        missing: &'r [PathBuf],
        tell: &'r (dyn Fn(&str) + Sync),
    ) -> Result<Rejects<'r>, Failure> {
        let file = match file {
            Some(path) => Some(BufWriter::new(File::create(path).map_err(|error| {
                Failure::from(error)
                    .context(format!("cannot write rejects to `{}`", path.display()))
            })?)),
            None => None,
        };
        Ok(Rejects {
            state: Mutex::new(State {
                told: 0,
                untold: 0,
                file,
                failure: None,
            }),
            missing,
            tell,
        })
    }

    /// One more.
    pub(crate) fn add(&self, rejected: &Rejected) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = &mut state.file {
            let line = json_line(rejected).map_err(io::Error::other);
            if let Err(error) = line.and_then(|line| writeln!(file, "{line}")) {
                state.failure.get_or_insert(error);
            }
        }
        let named = |missing: &PathBuf| missing.display().to_string() == rejected.path;
        if rejected.member.is_none() && self.missing.iter().any(named) {
            return;
        }
        if state.told >= MOST_TOLD {
            state.untold += 1;
            return;
        }
        state.told += 1;
        let mut line = format!("rejected: {}: {}", rejected.place, clean(&rejected.reason));
        if let Some(hint) = rejected.hint {
            line.push_str(&format!(" (hint: {hint})"));
        }
        (self.tell)(&line);
    }

    /// Says how many were not told, and closes the file.
    ///
    /// # Errors
    /// If the file could not be written.
    pub(crate) fn finish(self, file: Option<&Path>) -> Result<(), Failure> {
        let mut state = self
            .state
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        if state.untold > 0 {
            let more = count(state.untold);
            (self.tell)(&match file {
                Some(path) => format!("rejected: and {more} more, all in {}", path.display()),
                None => format!("rejected: and {more} more: `--rejects FILE` writes them all down"),
            });
        }
        let flushed = state.file.as_mut().map_or(Ok(()), Write::flush);
        match (state.failure, flushed) {
            (None, Ok(())) => Ok(()),
            (Some(error), _) | (None, Err(error)) => {
                let path = file.unwrap_or(Path::new("-"));
                Err(Failure::from(error)
                    .context(format!("cannot write rejects to `{}`", path.display())))
            }
        }
    }
}
