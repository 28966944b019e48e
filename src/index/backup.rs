//! One file that holds one commit of an index, and back.
//!
//! The file is a tar archive in zstd with a checksum over all of it (`tar --zstd -tf FILE` lists it). First comes a manifest, then
//! the engine's files as they are. What a backup is read from may be written to meanwhile; what it is restored to is verified
//! before it takes the place of what was there.

use std::fs::{self, File};
use std::io::{self, Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use tar::{Archive, Builder, EntryType, Header};
use zstd::stream::read::Decoder;
use zstd::stream::write::Encoder;

use crate::index::commit::CommitState;
use crate::index::directory::{COMMITTED, MANAGED};
use crate::index::errors::IndexError;
use crate::index::files::{Snapshot, read_checked};
use crate::index::generations;
use crate::index::open::SchemaChoice;
use crate::index::verify::{Depth, VerifyProgress, examine};
use crate::schema::Layout;

/// The manifest's name in the archive.
const MANIFEST: &str = "trialfind-backup.json";

/// The folder of the engine's files in the archive.
const FOLDER: &str = "index/";

/// Version of the archive's form.
const FORM: u32 = 1;

/// A manifest is not larger, in bytes; it has a line of some 80 bytes for each file.
const LARGEST_MANIFEST: u64 = 16 << 20;

/// Level of zstd. Records are packed already: level 1 takes a third off what is left, higher ones hardly more.
const LEVEL: i32 = 1;

/// What a backup holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Backup {
    /// Version of the archive's form.
    pub form: u32,
    /// The version of trialfind that made the index.
    pub made_by: String,
    /// The fingerprint of the index's fields and analysis.
    pub fingerprint: String,
    /// When the commit was made that it holds, ISO.
    pub committed: String,
    /// When the backup was made, ISO.
    pub created: String,
    /// Trials in it.
    pub trials: u64,
    /// Bytes of its files when they are unpacked.
    pub bytes: u64,
    /// The files, in their order.
    files: Vec<Member>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Member {
    name: String,
    bytes: u64,
}

/// How far a backup or a restore has come; clones share their counts.
#[derive(Clone, Debug, Default)]
pub struct BackupProgress {
    bytes: Arc<AtomicU64>,
}

impl BackupProgress {
    /// Bytes of the index's files so far.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    fn add(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

/// Why an archive could not be written.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The index it is made from.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// Where it is written to.
    #[error("cannot write the backup: {0}")]
    Write(#[from] io::Error),
}

impl crate::index::Index {
    /// Writes the last commit of the index in a folder as one archive. Files are compared with their checksums as they are read, so
    /// a damaged index makes no backup; a writer may work meanwhile. An index of another version can be backed up as well.
    ///
    /// # Errors
    /// [`IndexError::Missing`], [`IndexError::Damaged`], or what the writer says. What was written is of no use then.
    pub fn backup(
        directory: &Path,
        to: &mut dyn Write,
        progress: &BackupProgress,
    ) -> Result<Backup, BackupError> {
        let snapshot = generations::with_current(directory, |generation| {
            Snapshot::take(directory, generation)
        })?;
        let snapshot = snapshot.ok_or_else(|| IndexError::Missing(directory.to_path_buf()))?;
        let damaged = |name: &Path, what: &str| {
            IndexError::damaged(directory, format!("`{}`: {what}", name.display()))
        };
        if let Some((name, error)) = snapshot.unreadable.first() {
            Err(damaged(name, &error.to_string()))?;
        }
        let (backup, head) =
            describe(&snapshot).map_err(|what| IndexError::damaged(directory, what))?;
        let mut encoder = Encoder::new(to, LEVEL)?;
        encoder.include_checksum(true)?;
        let mut archive = Builder::new(encoder);
        let manifest = serde_json::to_vec_pretty(&backup).map_err(io::Error::other)?;
        append(&mut archive, MANIFEST, &manifest)?;
        for (name, bytes) in head {
            append(&mut archive, &format!("{FOLDER}{name}"), &bytes)?;
        }
        for (name, mut file) in snapshot.files {
            let length = file.metadata()?.len();
            let path = format!("{FOLDER}{}", name.display());
            // The archive pulls, the checksum is read by pushing: the header is written first and the bytes behind it.
            let checked = append_checked(&mut archive, &path, length, &mut file, progress)?;
            checked.map_err(|what| damaged(&name, &what))?;
        }
        let encoder = archive.into_inner()?;
        encoder.finish()?.flush()?;
        Ok(backup)
    }

    /// Makes an archive the index of a folder, whole or not at all. The files are written beside an index that is there, compared
    /// with their checksums, opened and counted before they take its place; readers and a running server move on to them.
    ///
    /// # Errors
    /// [`IndexError::Exists`] if there is an index and it is not to be replaced; [`IndexError::NotABackup`] if the archive is cut
    /// off, has other bytes than were written or is something else; [`IndexError::BackupOfOtherVersion`]; also if another process
    /// writes, or the disk is full. What was there is as it was then.
    pub fn restore(
        directory: &Path,
        schema: &SchemaChoice,
        from: &mut dyn Read,
        name: &Path,
        replace: bool,
        progress: &BackupProgress,
    ) -> Result<Backup, IndexError> {
        let is_there = !matches!(generations::current(directory), Ok(None));
        if is_there && !replace {
            return Err(IndexError::Exists(directory.to_path_buf()));
        }
        let existed = directory.exists();
        let restored = restore_beside(directory, schema, from, name, progress);
        if restored.is_err() && !existed {
            // Nothing is left of a folder that was made for this.
            let _ = fs::remove_dir_all(directory);
        }
        restored
    }
}

fn restore_beside(
    directory: &Path,
    schema: &SchemaChoice,
    from: &mut dyn Read,
    name: &Path,
    progress: &BackupProgress,
) -> Result<Backup, IndexError> {
    let _lock = generations::lock(directory)?;
    generations::sweep(directory);
    let generation = generations::begin(directory)?;
    let restored = unpack(&generation, schema, from, name, progress).and_then(|backup| {
        let seen = examine(
            directory,
            &generation,
            schema,
            Depth::Files,
            &VerifyProgress::default(),
        );
        let wrong = match seen {
            Ok(seen) if seen.is_clean() && seen.trials == backup.trials => return Ok(backup),
            Ok(seen) => match seen.findings.first() {
                Some(finding) => finding.in_words(),
                None => format!("it holds {} trials, not {}", seen.trials, backup.trials),
            },
            Err(IndexError::Damaged { what, .. }) => what,
            Err(error) => return Err(error),
        };
        Err(IndexError::NotABackup {
            path: name.to_path_buf(),
            what: wrong,
        })
    });
    match restored {
        Ok(backup) => {
            generations::publish(directory, &generation)?;
            generations::sweep(directory);
            Ok(backup)
        }
        Err(error) => {
            let _ = fs::remove_dir_all(&generation);
            Err(error)
        }
    }
}

/// Files that are no segment's, with their bytes.
type Head = [(&'static str, Vec<u8>); 2];

/// The manifest of a commit, and those of its files that are no segment's.
fn describe(snapshot: &Snapshot) -> Result<(Backup, Head), String> {
    let state = snapshot.meta.payload.as_deref();
    let state: Option<CommitState> = state.and_then(|text| serde_json::from_str(text).ok());
    let state = state.ok_or(format!("`{COMMITTED}` does not say what made it"))?;
    let names: Vec<&PathBuf> = snapshot.files.iter().map(|(name, _)| name).collect();
    let mut managed = serde_json::to_vec(&names).map_err(|error| error.to_string())?;
    managed.push(b'\n');
    let head = [(COMMITTED, snapshot.committed.clone()), (MANAGED, managed)];
    let mut files: Vec<Member> = Vec::with_capacity(snapshot.files.len() + head.len());
    files.extend(head.iter().map(|(name, bytes)| Member {
        name: (*name).to_owned(),
        bytes: bytes.len() as u64,
    }));
    for (name, file) in &snapshot.files {
        let metadata = file.metadata().map_err(|error| error.to_string())?;
        files.push(Member {
            name: name.display().to_string(),
            bytes: metadata.len(),
        });
    }
    let segments = snapshot.meta.segments.iter();
    let backup = Backup {
        form: FORM,
        made_by: state.made_by,
        fingerprint: state.fingerprint,
        committed: state.committed,
        created: jiff::Timestamp::now().to_string(),
        trials: segments.map(|segment| u64::from(segment.num_docs())).sum(),
        bytes: files.iter().map(|member| member.bytes).sum(),
        files,
    };
    Ok((backup, head))
}

fn header(length: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::Regular);
    header.set_size(length);
    header.set_mode(0o644);
    let seconds = jiff::Timestamp::now().as_second();
    header.set_mtime(u64::try_from(seconds).unwrap_or(0));
    header
}

fn append<W: Write>(archive: &mut Builder<W>, path: &str, bytes: &[u8]) -> io::Result<()> {
    archive.append_data(&mut header(bytes.len() as u64), path, Cursor::new(bytes))
}

/// Appends a file of a segment; what is wrong with it, if its checksum does not hold.
fn append_checked<W: Write>(
    archive: &mut Builder<W>,
    path: &str,
    length: u64,
    file: &mut File,
    progress: &BackupProgress,
) -> io::Result<Result<(), String>> {
    /// Bytes in a block of a tar archive.
    const BLOCK: u64 = 512;
    let mut header = header(length);
    header.set_path(path)?;
    header.set_cksum();
    let to = archive.get_mut();
    to.write_all(header.as_bytes())?;
    let mut written = 0_u64;
    let checked = read_checked(file, &mut |piece| {
        written += piece.len() as u64;
        progress.add(piece.len());
        to.write_all(piece)
    })?;
    if written != length {
        return Ok(Err("it changed while it was read".to_owned()));
    }
    let padding = written.next_multiple_of(BLOCK) - written;
    io::copy(&mut io::repeat(0).take(padding), to)?;
    Ok(checked)
}

/// Unpacks an archive into an empty folder.
fn unpack(
    generation: &Path,
    schema: &SchemaChoice,
    from: &mut dyn Read,
    name: &Path,
    progress: &BackupProgress,
) -> Result<Backup, IndexError> {
    let refused = |what: String| IndexError::NotABackup {
        path: name.to_path_buf(),
        what,
    };
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::UnexpectedEof => refused("it ends too early".to_owned()),
        _ => refused(error.to_string()),
    };
    let decoder = Decoder::new(from).map_err(unreadable)?;
    let mut archive = Archive::new(decoder);
    let mut entries = archive.entries().map_err(unreadable)?;
    let not_ours = |_: io::Error| refused("it is something else".to_owned());
    let first = entries
        .next()
        .ok_or_else(|| refused("it is empty".to_owned()))?;
    let first = first.map_err(not_ours)?;
    if first.path_bytes().as_ref() != MANIFEST.as_bytes() {
        return Err(refused("it is something else".to_owned()));
    }
    let mut text = Vec::new();
    first
        .take(LARGEST_MANIFEST)
        .read_to_end(&mut text)
        .map_err(unreadable)?;
    let backup: Backup = serde_json::from_slice(&text)
        .map_err(|error| refused(format!("its manifest cannot be read: {error}")))?;
    if backup.form != FORM || backup.fingerprint != Layout::fingerprint(&schema.fields) {
        // Or is it that the file is damaged just here? The checksum at its end tells.
        io::copy(&mut archive.into_inner(), &mut io::sink()).map_err(unreadable)?;
        return Err(IndexError::BackupOfOtherVersion {
            path: name.to_path_buf(),
            made_by: backup.made_by,
        });
    }
    for member in &backup.files {
        if !is_plain(&member.name) {
            return Err(refused(
                "its manifest names a file of another folder".to_owned(),
            ));
        }
        let entry = entries
            .next()
            .ok_or_else(|| refused(format!("`{}` is not in it", member.name)))?
            .map_err(unreadable)?;
        let path = format!("{FOLDER}{}", member.name);
        if entry.path_bytes().as_ref() != path.as_bytes()
            || entry.size() != member.bytes
            || entry.header().entry_type() != EntryType::Regular
        {
            return Err(refused(format!("`{}` is not in its place", member.name)));
        }
        write_file(&generation.join(&member.name), entry, progress, &unreadable)?;
    }
    if entries.next().is_some() {
        return Err(refused(
            "there is more in it than its manifest names".to_owned(),
        ));
    }
    // The checksum of all is behind the last file.
    io::copy(&mut archive.into_inner(), &mut io::sink()).map_err(unreadable)?;
    let sync = || File::open(generation)?.sync_all();
    sync().map_err(|error| IndexError::io(generation, error))?;
    Ok(backup)
}

/// Whether a name is that of a file in the folder itself.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name != "."
        && name != ".."
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}

fn write_file(
    path: &Path,
    mut entry: impl Read,
    progress: &BackupProgress,
    unreadable: &dyn Fn(io::Error) -> IndexError,
) -> Result<(), IndexError> {
    let failed = |error| IndexError::io(path, error);
    let mut file = File::create_new(path).map_err(failed)?;
    let mut piece = vec![0; 1 << 20];
    loop {
        match entry.read(&mut piece) {
            Ok(0) => break,
            Ok(read) => {
                file.write_all(&piece[..read]).map_err(failed)?;
                progress.add(read);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(unreadable(error)),
        }
    }
    file.sync_all().map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_other_folders_are_refused() {
        for (name, plain) in [
            ("meta.json", true),
            (".managed.json", true),
            ("0a1b.12.del", true),
            ("..", false),
            ("", false),
            ("../CURRENT", false),
            ("/etc/passwd", false),
            ("a\\b", false),
        ] {
            assert_eq!(is_plain(name), plain, "{name}");
        }
    }
}
