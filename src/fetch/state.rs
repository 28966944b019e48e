//! Where a download stands: written beside its file behind each page, and read when it is gone on with.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::fetch::errors::FetchError;
use crate::index::Selection;

/// The form of the state; another one is not read.
const VERSION: u32 = 1;

/// Where a download stands. What it says of the file is on disk before it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct State {
    version: u32,
    /// What is downloaded.
    pub(crate) selection: Selection,
    /// The day on which it was begun, ISO: what was updated later may be missing.
    pub(crate) started: String,
    /// The token of the next page; none before the first page and behind the last.
    pub(crate) next_page_token: Option<String>,
    /// Whether there are no more pages.
    pub(crate) complete: bool,
    /// Records in the file.
    pub(crate) records: u64,
    /// Bytes of the file that count; what is behind them is of a page that was not finished.
    pub(crate) bytes: u64,
    /// How many studies the server says there are.
    pub(crate) total: Option<u64>,
}

impl State {
    /// The state of a download that has not begun.
    pub(crate) fn new(selection: &Selection) -> State {
        State {
            version: VERSION,
            selection: selection.clone(),
            started: today().to_string(),
            next_page_token: None,
            complete: false,
            records: 0,
            bytes: 0,
            total: None,
        }
    }

    /// Reads a state; `None` if there is none.
    pub(crate) fn read(path: &Path) -> Result<Option<State>, FetchError> {
        let unusable = |reason: String| FetchError::Unusable {
            path: path.to_path_buf(),
            reason,
        };
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unusable(error.to_string())),
        };
        let state: State =
            serde_json::from_slice(&text).map_err(|error| unusable(error.to_string()))?;
        match state.version {
            VERSION => Ok(Some(state)),
            other => Err(unusable(format!(
                "it was written in form {other} by another version of trialfind"
            ))),
        }
    }

    /// Puts this state in the place of the last one, whole.
    pub(crate) fn write(&self, path: &Path) -> Result<(), FetchError> {
        let write = || -> io::Result<()> {
            // Always the same name, so that a kill leaves nothing that nobody takes away.
            let next = with_ending(path, ".new");
            let mut file = fs::File::create(&next)?;
            serde_json::to_writer(&mut file, self)?;
            file.flush()?;
            file.sync_data()?;
            fs::rename(&next, path)?;
            sync_folder(&folder_of(path))
        };
        write().map_err(|error| FetchError::io(path, error))
    }
}

/// The day by universal time, which is everywhere the same.
pub(crate) fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}

/// A path with something more at the end of its name.
pub(crate) fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    PathBuf::from(name)
}

/// The folder that a file is in.
pub(crate) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// Makes the names in a folder last through a power cut.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    let _ = folder;
    Ok(())
}
