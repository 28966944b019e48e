//! A file that appears under its name when it is complete, or standard output. It must not take the place of what is no file.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::cli::failure::Failure;
use crate::index::readable_by_all;

/// Bytes that are gathered before they are written.
const BUFFER: usize = 1 << 18;

/// Where an answer is written.
pub(crate) enum OutFile {
    /// Standard output.
    Stream(BufWriter<io::Stdout>),
    /// A file beside its place, and its place.
    File(BufWriter<NamedTempFile>, PathBuf),
    /// What is there and no file, as a device or a pipe: written to as it is, for nothing may take its place.
    Device(BufWriter<File>, PathBuf),
}

impl OutFile {
    /// Opens a file, or standard output for none and `-`. What a link leads to is written, and the link stays.
    ///
    /// # Errors
    /// If its folder is not there or cannot be written to.
    pub(crate) fn create(path: Option<&Path>) -> Result<OutFile, Failure> {
        let Some(path) = path.filter(|path| *path != Path::new("-")) else {
            return Ok(OutFile::Stream(BufWriter::with_capacity(
                BUFFER,
                io::stdout(),
            )));
        };
        let there = fs::metadata(path).ok();
        if there.as_ref().is_some_and(fs::Metadata::is_dir) {
            return Err(Failure::new(
                format!("`{}` is a folder", path.display()),
                "name a file in it",
            ));
        }
        if there.is_some_and(|there| !there.is_file()) {
            let device = File::options().write(true).open(path);
            let device = device.map_err(|error| cannot(path, error))?;
            let device = BufWriter::with_capacity(BUFFER, device);
            return Ok(OutFile::Device(device, path.to_path_buf()));
        }
        let place = match path.is_symlink() {
            true => fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf()),
            false => path.to_path_buf(),
        };
        let folder = place
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let file = tempfile::Builder::new()
            .prefix(".trialfind-")
            .tempfile_in(folder.unwrap_or(Path::new(".")))
            .and_then(|file| {
                readable_by_all(file.path())?;
                Ok(file)
            })
            .map_err(|error| cannot(path, error))?;
        Ok(OutFile::File(BufWriter::with_capacity(BUFFER, file), place))
    }

    /// Puts what was written into its place.
    ///
    /// # Errors
    /// If it cannot be written out; a file that was there before is as it was.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        match self {
            OutFile::Stream(mut stream) => Ok(stream.flush()?),
            OutFile::Device(mut device, path) => {
                device.flush().map_err(|error| cannot(&path, error))
            }
            OutFile::File(file, path) => {
                let put = || -> io::Result<()> {
                    let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
                    file.as_file().sync_all()?;
                    file.persist(&path).map_err(|error| error.error)?;
                    Ok(())
                };
                put().map_err(|error| cannot(&path, error))
            }
        }
    }

    /// The place of the file; none for standard output.
    pub(crate) fn name(&self) -> Option<&Path> {
        match self {
            OutFile::Stream(_) => None,
            OutFile::File(_, path) | OutFile::Device(_, path) => Some(path),
        }
    }
}

/// Why a file could not be written, and what to do about it.
pub(crate) fn cannot(path: &Path, error: io::Error) -> Failure {
    let error = bare(error);
    let is_full = matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    );
    let failure = Failure::of(
        error,
        is_full.then(|| "free some room, or name a file on another disk".to_owned()),
    );
    failure.context(format!("cannot write `{}`", path.display()))
}

/// The system's own error: that of a temporary file names it, and nobody else knows its name.
fn bare(error: io::Error) -> io::Error {
    let text = error.to_string();
    match (error.raw_os_error(), text.split_once(" at path \"")) {
        (None, Some((said, _))) => io::Error::new(error.kind(), said),
        _ => error,
    }
}

impl Write for OutFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            OutFile::Stream(stream) => stream.write(bytes),
            OutFile::File(file, _) => file.write(bytes).map_err(bare),
            OutFile::Device(device, _) => device.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            OutFile::Stream(stream) => stream.flush(),
            OutFile::File(file, _) => file.flush().map_err(bare),
            OutFile::Device(device, _) => device.flush(),
        }
    }
}
