//! The folder of the engine's files as a reader sees it: also one that it may not write to.
//!
//! The engine takes a lock to open segments, so that a writer does not remove files meanwhile, and makes a file for it. Where this
//! reader may not write, it goes without. It must not write anything else.
//!
//! The engine's threads do not say why they failed; what kept one of them from writing is noted here.

use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    AntiCallToken, DirectoryLock, FileHandle, FileSlice, Lock, MmapDirectory, TerminatingWrite,
    WatchCallback, WatchHandle, WritePtr,
};
use tantivy::{Directory, HasLen};

/// The file in which the engine writes down what a commit consists of; it is replaced whole.
pub(crate) const COMMITTED: &str = "meta.json";

/// The file in which the engine lists what it has written.
pub(crate) const MANAGED: &str = ".managed.json";

/// Bytes at the end of each file of the engine that say how long its footer is, and that it has one.
const FOOTER_END: usize = 8;

/// A folder whose lock is done without where it cannot be had for want of permission (tantivy #557). A writer that works at the same
/// moment can then remove a file before it is opened; that is an error which goes away when the command is repeated.
#[derive(Clone, Debug)]
pub(crate) struct IndexFolder(MmapDirectory, Failure);

/// The first error of a write that failed.
type Failure = Arc<Mutex<Option<io::Error>>>;

impl IndexFolder {
    /// Opens a folder that exists.
    pub(crate) fn open(folder: &Path) -> tantivy::Result<IndexFolder> {
        Ok(IndexFolder(
            MmapDirectory::open(folder)?,
            Failure::default(),
        ))
    }

    /// What kept the engine from writing, if something did; told once.
    pub(crate) fn failure(&self) -> Option<io::Error> {
        self.1.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Directory for IndexFolder {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.0.get_file_handle(path)
    }
    fn open_read(&self, path: &Path) -> Result<FileSlice, OpenReadError> {
        let file = self.0.open_read(path)?;
        // The engine reads so many bytes from the end on without looking whether they are there.
        match HasLen::len(&file) < FOOTER_END {
            true => Err(OpenReadError::wrap_io_error(
                io::ErrorKind::UnexpectedEof.into(),
                path.to_path_buf(),
            )),
            false => Ok(file),
        }
    }
    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.0.delete(path)
    }
    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.0.exists(path)
    }
    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        Ok(BufWriter::new(Box::new(Noted {
            writer: self.0.open_write(path)?,
            failure: self.1.clone(),
        })))
    }
    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.0.atomic_read(path)
    }
    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        noted(&self.1, self.0.atomic_write(path, data))
    }
    fn sync_directory(&self) -> io::Result<()> {
        noted(&self.1, self.0.sync_directory())
    }
    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.0.watch(callback)
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        match self.0.acquire_lock(lock) {
            // Only the lock of readers blocks; a writer needs its own.
            Err(LockError::IoError(error)) if lock.is_blocking && may_not_write(&error) => {
                Ok(DirectoryLock::from(Box::new(())))
            }
            locked => locked,
        }
    }
}

/// Hands a result on; keeps the first error.
fn noted<T>(failure: &Failure, result: io::Result<T>) -> io::Result<T> {
    if let Err(error) = &result {
        let copy = match error.raw_os_error() {
            Some(code) => io::Error::from_raw_os_error(code),
            None => io::Error::new(error.kind(), error.to_string()),
        };
        let mut failure = failure.lock().unwrap_or_else(PoisonError::into_inner);
        failure.get_or_insert(copy);
    }
    result
}

/// A file that is written to; what goes wrong with it is noted.
struct Noted {
    writer: WritePtr,
    failure: Failure,
}

impl Write for Noted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.writer.write(bytes);
        noted(&self.failure, written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.writer.flush();
        noted(&self.failure, flushed)
    }
}

impl TerminatingWrite for Noted {
    fn terminate_ref(&mut self, token: AntiCallToken) -> io::Result<()> {
        let ended = self.writer.terminate_ref(token);
        noted(&self.failure, ended)
    }
}

fn may_not_write(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
    )
}
