//! A file that appears under its name when it is complete, or standard output.

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
}

impl OutFile {
    /// Opens a file, or standard output for none and `-`.
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
        if path.is_dir() {
            return Err(Failure::new(
                format!("`{}` is a folder", path.display()),
                "name a file in it",
            ));
        }
        let folder = path
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
        Ok(OutFile::File(
            BufWriter::with_capacity(BUFFER, file),
            path.to_path_buf(),
        ))
    }

    /// Puts what was written into its place.
    ///
    /// # Errors
    /// If it cannot be written out; a file that was there before is as it was.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        match self {
            OutFile::Stream(mut stream) => Ok(stream.flush()?),
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
            OutFile::File(_, path) => Some(path),
        }
    }
}

fn cannot(path: &Path, error: io::Error) -> Failure {
    Failure::from(error).context(format!("cannot write `{}`", path.display()))
}

impl Write for OutFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            OutFile::Stream(stream) => stream.write(bytes),
            OutFile::File(file, _) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            OutFile::Stream(stream) => stream.flush(),
            OutFile::File(file, _) => file.flush(),
        }
    }
}
