//! The engine's files: which of them a commit consists of, whether they are what was written, and what lies beside them.
//!
//! Each file of a segment ends with a checksum of what is before it. The engine writes it and does not look at it when it opens
//! the file; this is where it is looked at. Nothing here knows what is in the files.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use flate2::Crc;
use tantivy::directory::footer::Footer;
use tantivy::directory::{FileSlice, META_LOCK};
use tantivy::index::{IndexMeta, SegmentComponent, SegmentMeta};
use tantivy::{Directory, TantivyError};

use crate::index::directory::{COMMITTED, IndexFolder, MANAGED};
use crate::index::errors::IndexError;
use crate::index::open::{Index, open_engine};

/// What every segment has.
const PARTS: [SegmentComponent; 6] = [
    SegmentComponent::Terms,
    SegmentComponent::Postings,
    SegmentComponent::Positions,
    SegmentComponent::FieldNorms,
    SegmentComponent::FastFields,
    SegmentComponent::Store,
];

/// The end of a file that its checksum is looked for in; the engine's own bound of it is 50,000 bytes.
const LONGEST_FOOTER: u64 = 64 << 10;

/// Bytes that are read at a time.
const PIECE: usize = 1 << 20;

/// How often a commit's files are looked up anew because a writer has removed some of them meanwhile.
const MOST_LOOKS: u32 = 1_000;

/// The files of one commit, held open, so that they stay readable whatever a writer does meanwhile.
pub(crate) struct Snapshot {
    /// The text that says what the commit consists of.
    pub(crate) committed: Vec<u8>,
    /// The same, read.
    pub(crate) meta: IndexMeta,
    /// The segments' files by their names.
    pub(crate) files: Vec<(PathBuf, File)>,
    /// Files that cannot be opened, and why.
    pub(crate) unreadable: Vec<(PathBuf, io::Error)>,
}

/// The files of the segments of a commit, by their names in the folder.
pub(crate) fn of_commit(meta: &IndexMeta) -> Vec<PathBuf> {
    meta.segments.iter().flat_map(of_segment).collect()
}

/// The files of one segment.
pub(crate) fn of_segment(segment: &SegmentMeta) -> Vec<PathBuf> {
    let deleted = segment.has_deletes().then_some(SegmentComponent::Delete);
    let parts = PARTS.into_iter().chain(deleted);
    parts.map(|part| segment.relative_path(part)).collect()
}

impl Snapshot {
    /// Opens the files of the last commit in a folder of the engine's files.
    ///
    /// # Errors
    /// If what the commit consists of cannot be read; files that cannot are listed.
    pub(crate) fn take(directory: &Path, generation: &Path) -> Result<Snapshot, IndexError> {
        let path = generation.join(COMMITTED);
        let read = || {
            fs::read(&path).map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => {
                    IndexError::damaged(directory, format!("`{COMMITTED}` is missing"))
                }
                _ => IndexError::io(&path, error),
            })
        };
        let failed = |error| IndexError::in_generation(directory, generation, error);
        let mut looks = 0;
        loop {
            looks += 1;
            let committed = read()?;
            let meta = IndexFolder::open(generation)
                .and_then(open_engine)
                .and_then(|engine| engine.load_metas())
                .map_err(failed)?;
            let (mut files, mut unreadable) = (Vec::new(), Vec::new());
            for name in of_commit(&meta) {
                match File::open(generation.join(&name)) {
                    Ok(file) => files.push((name, file)),
                    Err(error) => unreadable.push((name, error)),
                }
            }
            if read()? == committed || looks == MOST_LOOKS {
                return Ok(Snapshot {
                    committed,
                    meta,
                    files,
                    unreadable,
                });
            }
        }
    }
}

/// Reads a file of a segment from its start, handing on its bytes, and compares its checksum.
///
/// # Errors
/// What is wrong with it, in words that go behind its name; the system's own errors, and those of the sink, as they are.
pub(crate) fn read_checked(
    file: &mut File,
    sink: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<Result<(), String>> {
    let (footer, body) = match footer(file)? {
        Ok(found) => found,
        Err(what) => {
            // Whoever wants the bytes gets them; that they are wrong is said.
            file.seek(SeekFrom::Start(0))?;
            read_to_end(file, &mut |piece| sink(piece))?;
            return Ok(Err(what));
        }
    };
    file.seek(SeekFrom::Start(0))?;
    let mut crc = Crc::new();
    let mut left = body;
    read_to_end(file, &mut |piece| {
        let of_body = piece.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        crc.update(&piece[..of_body]);
        left -= of_body as u64;
        sink(piece)
    })?;
    Ok(match crc.sum() == footer.crc && left == 0 {
        true => Ok(()),
        false => Err("its checksum is wrong: bytes have changed since it was written".to_owned()),
    })
}

/// The footer of a file, and how many bytes are before it.
fn footer(file: &mut File) -> io::Result<Result<(Footer, u64), String>> {
    let length = file.metadata()?.len();
    let start = length.saturating_sub(LONGEST_FOOTER);
    file.seek(SeekFrom::Start(start))?;
    let mut end = Vec::new();
    file.take(LONGEST_FOOTER).read_to_end(&mut end)?;
    let found = Footer::extract_footer(FileSlice::from(end)).and_then(|(footer, body)| {
        footer
            .is_compatible()
            .map_err(|_| io::Error::other("it is of another version of the engine"))?;
        Ok((footer, start + tantivy::HasLen::len(&body) as u64))
    });
    Ok(found.map_err(|_| {
        "its end is not that of a whole file: it was cut off or overwritten".to_owned()
    }))
}

fn read_to_end(file: &mut File, sink: &mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
        match file.read(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(read) => sink(&piece[..read])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Files in a folder of the engine's that its last commit does not name: those that a writer is about to commit, or that one left
/// when it was killed.
///
/// # Errors
/// If the folder cannot be read.
pub(crate) fn uncommitted(generation: &Path, meta: &IndexMeta) -> io::Result<Vec<PathBuf>> {
    let living: HashSet<PathBuf> = of_commit(meta).into_iter().collect();
    let mut left = Vec::new();
    for entry in fs::read_dir(generation)? {
        let entry = entry?;
        let name = PathBuf::from(entry.file_name());
        let text = name.to_string_lossy();
        let is_kept = text == COMMITTED || text == MANAGED || text.ends_with(".lock");
        if !is_kept && !living.contains(&name) && entry.file_type()?.is_file() {
            left.push(name);
        }
    }
    left.sort();
    Ok(left)
}

impl Index {
    /// Removes the files that no commit names: those of a run that failed would keep a full disk full. The caller is the one
    /// writer, and has no writer of the engine open. What cannot be removed is left for the next run.
    pub(crate) fn drop_uncommitted(&self) {
        let remove = || -> Result<(), TantivyError> {
            // A reader that is opening the files of the commit before holds this.
            let _lock = self.engine.directory().acquire_lock(&META_LOCK)?;
            for name in uncommitted(&self.generation, &self.engine.load_metas()?)? {
                let _ = fs::remove_file(self.generation.join(name));
            }
            Ok(())
        };
        let _ = remove();
    }
}
