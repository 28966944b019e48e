//! The folder of an index: the engine's files lie in one numbered folder, and `CURRENT` names it.
//!
//! A rebuild writes the next folder and then renames `CURRENT` into place, so readers see the old index or the new, never half.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::index::errors::IndexError;

const POINTER: &str = "CURRENT";
const LOCK: &str = "WRITER.lock";
const PREFIX: &str = "generation-";

/// The folder of the engine's files that is current; `None` if there is no index here.
pub(crate) fn current(directory: &Path) -> Result<Option<PathBuf>, IndexError> {
    let pointer = directory.join(POINTER);
    let name = match fs::read_to_string(&pointer) {
        Ok(name) => name,
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(IndexError::io(&pointer, error)),
    };
    let name = name.trim();
    let folder = directory.join(name);
    if number(name).is_none() || !folder.is_dir() {
        return Err(IndexError::Damaged {
            path: directory.to_path_buf(),
            what: format!("`{POINTER}` names `{name}`, which is not there"),
        });
    }
    Ok(Some(folder))
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

/// Removes the folders that are not current: what a rebuild replaced, and what a killed one left. Readers that have the old
/// one open keep it until they close it. Called by the writer only; what cannot be removed is left for the next time.
pub(crate) fn sweep(directory: &Path) {
    let kept = current(directory).unwrap_or(None);
    let Ok(entries) = fs::read_dir(directory) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if Some(&path) != kept.as_ref() && number(&name.to_string_lossy()).is_some() {
            let _ = fs::remove_dir_all(path);
        }
    }
}

fn number(name: &str) -> Option<u64> {
    name.strip_prefix(PREFIX)?.parse().ok()
}

/// Held by the one process that writes to an index; the system gives it back when that process ends, however it ends.
pub(crate) struct WriterLock(#[expect(dead_code, reason = "held for its lock")] fs::File);

/// Becomes the one writer of an index, making its folder if need be.
pub(crate) fn lock(directory: &Path) -> Result<WriterLock, IndexError> {
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
        Ok(()) => Ok(WriterLock(file)),
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
    for name in ["meta.json", ".managed.json"] {
        let path = folder.join(name);
        if path.exists() {
            readable_by_all(&path).map_err(|error| IndexError::io(&path, error))?;
        }
    }
    Ok(())
}

fn readable_by_all(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o644))?;
    }
    let _ = path;
    Ok(())
}
