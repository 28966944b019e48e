//! What could not be taken in: the first of it told at once, all of it to a file if one is named.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::cli::failure::Failure;
use crate::cli::outfile::{OutFile, cannot};
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
    file: Option<OutFile>,
    failure: Option<io::Error>,
}

impl<'r> Rejects<'r> {
    /// The file appears when the run is over: it may lie in a folder that is being read.
    ///
    /// # Errors
    /// If the file cannot be written, or is there and something else, as one of the inputs.
    pub(crate) fn new(
        file: Option<&Path>,
        missing: &'r [PathBuf],
        tell: &'r (dyn Fn(&str) + Sync),
    ) -> Result<Rejects<'r>, Failure> {
        let file = match file {
            Some(path) if is_something_else(path) => {
                return Err(Failure::new(
                    format!(
                        "`{}` is there already and is no list of rejects",
                        path.display()
                    ),
                    "name another file with `--rejects FILE`",
                ));
            }
            Some(path) => Some(OutFile::create(Some(path))?),
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
        let state = self
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
        match (state.failure, state.file, file) {
            (Some(error), _, path) => Err(cannot(path.unwrap_or(Path::new("-")), error)),
            (None, Some(out), _) => out.finish(),
            (None, None, _) => Ok(()),
        }
    }
}

/// Whether a file is there that no run has written its rejects to.
fn is_something_else(path: &Path) -> bool {
    /// A line of rejects is not longer, in bytes.
    const LONGEST: u64 = 1 << 20;
    #[derive(Deserialize)]
    struct Line {
        #[serde(rename = "path")]
        _path: IgnoredAny,
        #[serde(rename = "reason")]
        _reason: IgnoredAny,
    }
    if !path.is_file() {
        return false;
    }
    let first = File::open(path).and_then(|file| {
        let mut line = Vec::new();
        BufReader::new(file.take(LONGEST)).read_until(b'\n', &mut line)?;
        Ok(line)
    });
    first.is_ok_and(|line| !line.is_empty() && serde_json::from_slice::<Line>(&line).is_err())
}
