//! The way in: named paths to single records, in the same order every time, with nothing lost in silence.
//!
//! Files, folders, archives and standard input may be mixed. Every item ends in the sink, as a record or as a
//! rejection; one bad item never keeps the others out. The walk is sequential, and holds the names of the folders it
//! is in, the identities of the files it has read, and one record. It knows no parser and prints nothing.
use std::ffi::OsString;
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rustc_hash::FxHashSet;

use super::item::{Limits, Origin, RejectReason};
use super::stream::{Input, Sink, reject};
use super::unpack::Expansion;

/// How far a walk has come, for a progress bar in another thread. Clones share their counts.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    bytes: Arc<AtomicU64>,
    files: Arc<AtomicU64>,
}

impl Progress {
    /// Bytes of the named files used so far, as they lie on disk. Ends at [`Measured::bytes`] unless files changed in
    /// between; what standard input gives comes on top.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Files begun so far.
    #[must_use]
    pub fn files(&self) -> u64 {
        self.files.load(Ordering::Relaxed)
    }
}

/// What named paths hold, without opening a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Measured {
    /// Regular files that the walk will open.
    pub files: u64,
    /// Their length in bytes.
    pub bytes: u64,
    /// Named paths that do not exist. The walk rejects each; a caller may want to say so at once.
    pub missing: Vec<PathBuf>,
    /// Folders below the named ones that are an index of this program. The walk passes them over.
    pub indexes: Vec<PathBuf>,
    /// Whether standard input is among the paths, whose length is not known.
    pub stdin: bool,
}

/// What a walk passed over, besides the items it gave to the sink.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Walked {
    /// Files opened, standard input included.
    pub files: u64,
    /// Hidden files, folders and archive members that were passed over (`.git`, `.DS_Store`, `__MACOSX`). A path
    /// named by the user is read whatever its name.
    pub hidden: u64,
    /// Files and folders met again by another name, and read only once.
    pub repeated: u64,
    /// Folders that are an index of this program, whose files are no records ([`Measured::indexes`] names them).
    pub indexes: u64,
    /// Whether the sink ended the walk.
    pub stopped: bool,
}

/// Reads all records under `paths`, `-` being standard input, and gives each item to `sink` until that breaks off.
///
/// Folders are read in the order of their names' bytes, named paths in the order given.
pub fn walk(
    paths: &[PathBuf],
    limits: &Limits,
    progress: &Progress,
    sink: &mut Sink<'_>,
) -> Walked {
    let mut walked = Walked::default();
    let mut hidden_members = 0;
    let flow = visit(paths, &mut walked, &mut |found| match found {
        Found::Wrong { path, reason } => reject(Origin::file(path), 0, reason, sink),
        Found::Index(_) => ControlFlow::Continue(()),
        Found::Stdin => {
            progress.files.fetch_add(1, Ordering::Relaxed);
            let (flow, hidden) = stream(Path::new("-"), io::stdin().lock(), limits, progress, sink);
            hidden_members += hidden;
            flow
        }
        Found::File { path, metadata } => {
            progress.files.fetch_add(1, Ordering::Relaxed);
            let file = match File::open(path) {
                Ok(file) => file,
                Err(error) => {
                    progress.bytes.fetch_add(metadata.len(), Ordering::Relaxed);
                    return reject(Origin::file(path), 0, reason_of_path(&error), sink);
                }
            };
            let length = metadata.len();
            let mut input = Input {
                limits,
                expansion: Expansion::new(limits, length),
                modified: metadata.modified().ok(),
                hidden: 0,
            };
            let mut reader = Metered {
                inner: file,
                progress,
                used: 0,
                length,
                expansion: None,
            };
            let flow = input.file(Origin::file(path), &mut reader, sink);
            // What was skipped counts as used, so that the bar reaches its end.
            progress
                .bytes
                .fetch_add(length.saturating_sub(reader.used), Ordering::Relaxed);
            hidden_members += input.hidden;
            flow
        }
    });
    walked.hidden += hidden_members;
    walked.stopped = flow.is_break();
    walked
}

/// Reads all records of one stream, such as the answer to a request, exactly as [`walk`] reads a file.
///
/// `name` is the path of every [`Origin`]. An archive is copied first: to memory up to 8 MiB, above that to a file in the
/// system's folder for temporary files, which goes when the copy has been read. Breaks off when `sink` does.
pub fn read_stream(
    name: &Path,
    reader: &mut dyn Read,
    limits: &Limits,
    sink: &mut Sink<'_>,
) -> ControlFlow<()> {
    stream(name, reader, limits, &Progress::default(), sink).0
}

/// Reads one stream whose length nobody knows; also gives how many hidden members of archives were passed over.
fn stream(
    name: &Path,
    reader: impl Read,
    limits: &Limits,
    progress: &Progress,
    sink: &mut Sink<'_>,
) -> (ControlFlow<()>, u64) {
    let expansion = Expansion::new(limits, 0);
    let mut input = Input {
        limits,
        expansion: expansion.clone(),
        modified: None,
        hidden: 0,
    };
    let mut reader = Metered {
        inner: reader,
        progress,
        used: 0,
        length: u64::MAX,
        expansion: Some(expansion),
    };
    let flow = input.stream_of(Origin::file(name), &mut reader, sink);
    (flow, input.hidden)
}

/// Looks at what a walk over `paths` will open, for the length of a progress bar.
#[must_use]
pub fn measure(paths: &[PathBuf]) -> Measured {
    let mut measured = Measured::default();
    let _ = visit(paths, &mut Walked::default(), &mut |found| {
        match found {
            Found::Wrong {
                path,
                reason: RejectReason::NotFound,
            } => measured.missing.push(path.to_path_buf()),
            Found::Wrong { .. } => {}
            Found::Index(path) => measured.indexes.push(path.to_path_buf()),
            Found::Stdin => measured.stdin = true,
            Found::File { metadata, .. } => {
                measured.files += 1;
                measured.bytes += metadata.len();
            }
        }
        ControlFlow::Continue(())
    });
    measured
}

/// What a path turns out to be.
enum Found<'f> {
    Stdin,
    File {
        path: &'f Path,
        metadata: &'f Metadata,
    },
    /// A folder that is an index.
    Index(&'f Path),
    Wrong {
        path: &'f Path,
        reason: RejectReason,
    },
}

type Visit<'v> = dyn FnMut(Found<'_>) -> ControlFlow<()> + 'v;

/// Finds every file under `paths`, each once.
fn visit(paths: &[PathBuf], walked: &mut Walked, visit: &mut Visit<'_>) -> ControlFlow<()> {
    let mut folders = Folders {
        seen: FxHashSet::default(),
        around: Vec::new(),
        stdin: false,
    };
    for path in paths {
        if path.as_os_str() != "-" {
            folders.path(path, true, walked, visit)?;
        } else if folders.stdin {
            walked.repeated += 1;
        } else {
            folders.stdin = true;
            walked.files += 1;
            visit(Found::Stdin)?;
        }
    }
    ControlFlow::Continue(())
}

struct Folders {
    /// Every file and folder met: two numbers each on Unix, so a million files take some 30 MB.
    seen: FxHashSet<Identity>,
    /// The folders around the current one.
    around: Vec<Identity>,
    stdin: bool,
}

impl Folders {
    fn path(
        &mut self,
        path: &Path,
        named: bool,
        walked: &mut Walked,
        visit: &mut Visit<'_>,
    ) -> ControlFlow<()> {
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) => {
                let is_link =
                    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
                let reason = match error.kind() {
                    io::ErrorKind::NotFound if is_link => RejectReason::DanglingLink,
                    io::ErrorKind::NotFound if named => RejectReason::NotFound,
                    // Links that lead to each other have an error of their own, which has no stable name yet.
                    io::ErrorKind::PermissionDenied => RejectReason::NoPermission,
                    _ if is_link => RejectReason::FolderLoop,
                    _ => reason_of_path(&error),
                };
                return visit(Found::Wrong { path, reason });
            }
        };
        if let Some(kind) = special(&metadata) {
            // Never opened: reading a pipe nobody writes to would wait for ever.
            return visit(Found::Wrong {
                path,
                reason: RejectReason::NotAFile(kind),
            });
        }
        let identity = match identity(path, &metadata) {
            Ok(identity) => identity,
            Err(error) => {
                return visit(Found::Wrong {
                    path,
                    reason: reason_of_path(&error),
                });
            }
        };
        if self.around.contains(&identity) {
            return visit(Found::Wrong {
                path,
                reason: RejectReason::FolderLoop,
            });
        }
        if !self.seen.insert(Identity::clone(&identity)) {
            walked.repeated += 1;
            return ControlFlow::Continue(());
        }
        if !metadata.is_dir() {
            walked.files += 1;
            return visit(Found::File {
                path,
                metadata: &metadata,
            });
        }
        let names = match names(path) {
            Ok(names) => names,
            Err(error) => {
                return visit(Found::Wrong {
                    path,
                    reason: reason_of_path(&error),
                });
            }
        };
        if is_index(&names) {
            if named {
                let reason = RejectReason::AnIndex;
                return visit(Found::Wrong { path, reason });
            }
            walked.indexes += 1;
            return visit(Found::Index(path));
        }
        self.around.push(identity);
        for name in names {
            if is_hidden(&name) {
                walked.hidden += 1;
            } else {
                self.path(&path.join(&name), false, walked, visit)?;
            }
        }
        self.around.pop();
        ControlFlow::Continue(())
    }
}

/// The names in a folder, sorted by their bytes.
fn names(folder: &Path) -> io::Result<Vec<OsString>> {
    let mut names = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.file_name()))
        .collect::<io::Result<Vec<_>>>()?;
    names.sort_unstable();
    Ok(names)
}

/// Whether a folder of these names is an index of this program (`index/generations.rs` lays it out): whoever reads `.` has it among
/// the records, and none of its files is one.
fn is_index(names: &[OsString]) -> bool {
    let has = |known: &str| names.iter().any(|name| name == known);
    let is_generation = |name: &OsString| {
        let number = name
            .to_str()
            .and_then(|name| name.strip_prefix("generation-"));
        number.is_some_and(|number| number.parse::<u64>().is_ok())
    };
    (has("CURRENT") || has("WRITER.lock")) && names.iter().any(is_generation)
}

fn is_hidden(name: &OsString) -> bool {
    name.as_encoded_bytes().starts_with(b".") || name == "__MACOSX"
}

fn reason_of_path(error: &io::Error) -> RejectReason {
    match error.kind() {
        io::ErrorKind::PermissionDenied => RejectReason::NoPermission,
        io::ErrorKind::NotFound => RejectReason::Unreadable("it has vanished meanwhile".to_owned()),
        _ => RejectReason::Unreadable(error.to_string()),
    }
}

/// What makes two paths the same file: device and inode.
#[cfg(unix)]
type Identity = (u64, u64);

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "it can fail on other systems")]
fn identity(_: &Path, metadata: &Metadata) -> io::Result<Identity> {
    use std::os::unix::fs::MetadataExt;
    Ok((metadata.dev(), metadata.ino()))
}

/// What makes two paths the same file: the path they lead to.
#[cfg(not(unix))]
type Identity = PathBuf;

#[cfg(not(unix))]
fn identity(path: &Path, _: &Metadata) -> io::Result<Identity> {
    fs::canonicalize(path)
}

#[cfg(unix)]
fn special(metadata: &Metadata) -> Option<&'static str> {
    use std::os::unix::fs::FileTypeExt;
    let kind = metadata.file_type();
    match () {
        () if kind.is_fifo() => Some("named pipe"),
        () if kind.is_socket() => Some("socket"),
        () if kind.is_char_device() || kind.is_block_device() => Some("device"),
        () => None,
    }
}

#[cfg(not(unix))]
fn special(metadata: &Metadata) -> Option<&'static str> {
    (!metadata.is_file() && !metadata.is_dir()).then_some("device")
}

/// A reader of a named file that counts towards the progress, never beyond the file's length.
struct Metered<'p, R> {
    inner: R,
    progress: &'p Progress,
    used: u64,
    length: u64,
    /// For input whose length is not known: where to count it.
    expansion: Option<Expansion>,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(out)?;
        // The directory of a zip is read besides its members.
        let step = (read as u64).min(self.length - self.used);
        self.used += step;
        self.progress.bytes.fetch_add(step, Ordering::Relaxed);
        if let Some(expansion) = &self.expansion {
            expansion.read(read as u64);
        }
        Ok(read)
    }
}

impl<R: Seek> Seek for Metered<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}
