//! The folder of an index: the engine's files lie in one numbered folder, and `CURRENT` names it.
//!
//! A rebuild writes the next folder and then renames `CURRENT` into place, so readers see the old index or the new, never half.
//!
//! Where `CURRENT` is gone, the one folder that holds a commit is the index. Nothing is guessed where there are several: a folder that
//! holds records is only ever removed when `CURRENT` names another.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::index::directory::{COMMITTED, MANAGED};
use crate::index::errors::IndexError;

const POINTER: &str = "CURRENT";
const LOCK: &str = "WRITER.lock";
const PREFIX: &str = "generation-";

/// Characters behind the name of a pointer that is being written.
const RANDOM: usize = 6;

/// The folder of the engine's files that is current; `None` if there is no index here.
pub(crate) fn current(directory: &Path) -> Result<Option<PathBuf>, IndexError> {
    let Some(mut name) = pointer(directory)? else {
        return unnamed(directory);
    };
    loop {
        let folder = directory.join(&name);
        if number(&name).is_some() && folder.is_dir() {
            return Ok(Some(folder));
        }
        // A rebuild may have been swapped in between the two looks.
        match pointer(directory)? {
            Some(now) if now != name => name = now,
            _ => return Err(misled(directory, &name)),
        }
    }
}

/// The folder that is the index although nothing names it: `CURRENT` was deleted, or the first run was killed just before it wrote it.
fn unnamed(directory: &Path) -> Result<Option<PathBuf>, IndexError> {
    let mut held = all_that_hold(directory);
    // It may have been written, and the folder with it, since the first look.
    if let Some(name) = pointer(directory)? {
        let folder = directory.join(&name);
        return match number(&name).is_some() && folder.is_dir() {
            true => Ok(Some(folder)),
            false => Err(misled(directory, &name)),
        };
    }
    match held.as_slice() {
        [] => Ok(None),
        [(_, Holds::Records)] => Ok(held.pop().map(|(folder, _)| folder)),
        _ => Err(lost(directory, "is missing".to_owned(), &held)),
    }
}

/// The error of a `CURRENT` that names no folder of the index.
fn misled(directory: &Path, name: &str) -> IndexError {
    let what = match number(name) {
        Some(_) => format!("names `{name}`, which is not there"),
        // It may hold anything, of any length.
        None => "names no folder of an index".to_owned(),
    };
    unheeded(directory, what)
}

/// The error of a `CURRENT` that is there and is of no use.
fn unheeded(directory: &Path, what: String) -> IndexError {
    let held = all_that_hold(directory);
    match held.is_empty() {
        false => lost(directory, what, &held),
        true => IndexError::damaged(directory, format!("`{POINTER}` {what}")),
    }
}

fn lost(directory: &Path, what: String, held: &[(PathBuf, Holds)]) -> IndexError {
    IndexError::LostPointer {
        path: directory.join(POINTER),
        what,
        folders: held
            .iter()
            .filter_map(|(folder, _)| folder.file_name())
            .map(|name| name.to_string_lossy().into_owned())
            .collect(),
    }
}

/// What a folder of the engine's files holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    /// Nothing that was ever committed.
    Nothing,
    /// Records.
    Records,
    /// What it holds cannot be told.
    Unknown,
}

/// The folders that hold records, or may, in the order of their numbers.
fn all_that_hold(directory: &Path) -> Vec<(PathBuf, Holds)> {
    let Ok(entries) = fs::read_dir(directory) else {
        return Vec::new();
    };
    let mut all: Vec<(u64, PathBuf, Holds)> = entries
        .flatten()
        .filter_map(|entry| {
            let number = number(&entry.file_name().to_string_lossy())?;
            let folder = entry.path();
            let holds = holds(&folder);
            (holds != Holds::Nothing).then_some((number, folder, holds))
        })
        .collect();
    all.sort_by_key(|(number, ..)| *number);
    all.into_iter()
        .map(|(_, folder, holds)| (folder, holds))
        .collect()
}

fn holds(folder: &Path) -> Holds {
    /// As much of the engine's file as tells that something was committed.
    #[derive(Deserialize)]
    struct Committed {
        payload: Option<IgnoredAny>,
    }
    let text = match fs::read(folder.join(COMMITTED)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Holds::Nothing,
        Err(_) => return Holds::Unknown,
    };
    match serde_json::from_slice(&text) {
        Ok(Committed { payload: Some(_) }) => Holds::Records,
        Ok(Committed { payload: None }) => Holds::Nothing,
        Err(_) => Holds::Unknown,
    }
}

/// What a function finds in the folder that is current; `None` if there is no index here. It is asked again if it fails because
/// a rebuild has taken that folder's place meanwhile.
pub(crate) fn with_current<T>(
    directory: &Path,
    look: impl Fn(&Path) -> Result<T, IndexError>,
) -> Result<Option<T>, IndexError> {
    let Some(mut folder) = current(directory)? else {
        return Ok(None);
    };
    loop {
        match look(&folder) {
            Ok(found) => return Ok(Some(found)),
            Err(error) => match current(directory)? {
                Some(now) if now != folder => folder = now,
                _ => return Err(error),
            },
        }
    }
}

/// What the pointer says.
fn pointer(directory: &Path) -> Result<Option<String>, IndexError> {
    let pointer = directory.join(POINTER);
    match fs::read(&pointer) {
        Ok(name) => Ok(Some(String::from_utf8_lossy(&name).trim().to_owned())),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(None)
        }
        Err(error) if error.kind() == io::ErrorKind::IsADirectory => {
            // Nobody's folder is cleared away; what the message goes on with works once it is gone.
            let what = "is a folder, which has to be moved away first";
            Err(unheeded(directory, what.to_owned()))
        }
        Err(error) => Err(IndexError::io(&pointer, error)),
    }
}

/// A new, empty folder for the engine's files, numbered after all others. The caller holds the lock.
pub(crate) fn begin(directory: &Path) -> Result<PathBuf, IndexError> {
    let mut last = 0;
    for entry in fs::read_dir(directory).map_err(|error| IndexError::io(directory, error))? {
        let entry = entry.map_err(|error| IndexError::io(directory, error))?;
        let name = entry.file_name();
        last = last.max(number(&name.to_string_lossy()).unwrap_or(0));
    }
    let folder = directory.join(format!("{PREFIX}{}", last + 1));
    fs::create_dir(&folder).map_err(|error| IndexError::io(&folder, error))?;
    Ok(folder)
}

/// Makes a finished folder the current one.
pub(crate) fn publish(directory: &Path, folder: &Path) -> Result<(), IndexError> {
    let name = folder
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let write = || -> io::Result<()> {
        let mut file = tempfile::Builder::new()
            .prefix(POINTER)
            .rand_bytes(RANDOM)
            .tempfile_in(directory)?;
        writeln!(file, "{name}")?;
        readable_by_all(file.path())?;
        file.as_file().sync_all()?;
        file.persist(directory.join(POINTER))
            .map_err(|error| error.error)?;
        fs::File::open(directory)?.sync_all()
    };
    write().map_err(|error| IndexError::io(directory, error))
}

/// Removes what [`leftovers`] lists. Readers that have an old folder open keep it until they close it. Called by the writer
/// only; what cannot be removed is left for the next time.
pub(crate) fn sweep(directory: &Path) {
    for path in leftovers(directory) {
        let _ = match path.is_dir() {
            true => fs::remove_dir_all(path),
            false => fs::remove_file(path),
        };
    }
}

/// The folders that are not current, and pointers that were never put into place: what a rebuild replaced, and what a killed
/// one left. Nothing if it cannot be told which folder is current.
pub(crate) fn leftovers(directory: &Path) -> Vec<PathBuf> {
    let (Ok(kept), Ok(entries)) = (current(directory), fs::read_dir(directory)) else {
        return Vec::new();
    };
    let is_left = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_unused_pointer = name.strip_prefix(POINTER).is_some_and(|rest| {
            rest.len() == RANDOM && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
        is_unused_pointer || number(&name).is_some() && Some(path) != kept.as_ref()
    };
    let mut left: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(is_left)
        .collect();
    left.sort();
    left
}

fn number(name: &str) -> Option<u64> {
    name.strip_prefix(PREFIX)?.parse().ok()
}

/// Held by the one process that writes to an index; the system gives it back when that process ends, however it ends.
pub(crate) struct WriterLock(#[expect(dead_code, reason = "held for its lock")] fs::File);

/// Becomes the one writer of an index, making its folder if need be. If nothing named the folder that holds its records, that is made
/// good.
pub(crate) fn lock(directory: &Path) -> Result<WriterLock, IndexError> {
    if !directory.is_dir() && directory.symlink_metadata().is_ok() {
        return Err(IndexError::NotAFolder(directory.to_path_buf()));
    }
    fs::create_dir_all(directory).map_err(|error| IndexError::io(directory, error))?;
    let path = directory.join(LOCK);
    let foreign = !path.exists() && current(directory)?.is_none() && !is_empty(directory)?;
    if foreign {
        return Err(IndexError::NotAnIndex(directory.to_path_buf()));
    }
    let file = fs::OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| IndexError::io(&path, error))?;
    match file.try_lock() {
        Ok(()) => {
            if pointer(directory)?.is_none()
                && let Some(folder) = current(directory)?
            {
                publish(directory, &folder)?;
            }
            Ok(WriterLock(file))
        }
        Err(fs::TryLockError::WouldBlock) => Err(IndexError::Locked(directory.to_path_buf())),
        Err(fs::TryLockError::Error(error)) => Err(IndexError::io(&path, error)),
    }
}

fn is_empty(directory: &Path) -> Result<bool, IndexError> {
    let mut entries = fs::read_dir(directory).map_err(|error| IndexError::io(directory, error))?;
    Ok(entries.next().is_none())
}

/// The engine makes some files for their owner only; an index is for all who may read its folder.
pub(crate) fn open_to_all(folder: &Path) -> Result<(), IndexError> {
    for name in [COMMITTED, MANAGED] {
        let path = folder.join(name);
        if path.exists() {
            readable_by_all(&path).map_err(|error| IndexError::io(&path, error))?;
        }
    }
    Ok(())
}

/// Opens a file to all who may read its folder: one that was made as a temporary file is for its owner only.
pub(crate) fn readable_by_all(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o644))?;
    }
    let _ = path;
    Ok(())
}
