//! Pages into a file, one record a line: after a kill the file holds whole pages, and the download goes on behind them.
//!
//! While it is not complete the file is called `NAME.part`, and `NAME.state` says where it stands. A page is on disk before the
//! state says so; what a kill leaves behind the state's length is cut off. A trial that comes a second time (pages overlap when
//! the server's data changes under a download) is written again only if it is newer, and the older line is left out at the end.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::bufread::MultiGzDecoder;
use flate2::write::GzEncoder;
use jiff::civil::Date;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::de::IgnoredAny;

use crate::fetch::client::Client;
use crate::fetch::errors::FetchError;
use crate::fetch::marks::{Age, Marks};
use crate::fetch::page::on_one_line;
use crate::fetch::pages::{Next, Pages};
use crate::fetch::selection::described;
use crate::fetch::state::{State, folder_of, sync_folder, with_ending};
use crate::index::{Fetched, Selection};

/// A record that is written down, and what is known of it.
pub(crate) struct Written {
    /// Its trial's own id, if it states one.
    pub(crate) id: Option<String>,
    /// Its bytes, without a line break.
    pub(crate) bytes: Vec<u8>,
}

/// The line of a trial.
struct Line {
    number: u64,
    age: Age,
    hash: u64,
}

/// A download into a file.
pub(crate) struct Download<'d, 'c> {
    output: PathBuf,
    part: PathBuf,
    state_path: PathBuf,
    file: File,
    state: State,
    pages: Pages<'d, 'c>,
    lines: FxHashMap<String, Line>,
    /// Lines of which a newer one stands further down.
    outdated: FxHashSet<u64>,
    newest: Option<Date>,
    /// Studies that came again and were left out.
    pub(crate) repeated: u64,
    /// Records that state no id.
    pub(crate) without_id: u64,
    client: &'d Client<'c>,
}

impl<'d, 'c> Download<'d, 'c> {
    /// Begins a download into a file, or takes up the one that was begun there. [`Download::earlier`] has to come next.
    ///
    /// # Errors
    /// A file that is complete, or the beginning of another download, unless the options say that it may be given up.
    pub(crate) fn open(
        selection: &'d Selection,
        output: &Path,
        client: &'d Client<'c>,
    ) -> Result<Download<'d, 'c>, FetchError> {
        let restart = client.options.restart;
        let (part, state_path) = (with_ending(output, ".part"), with_ending(output, ".state"));
        if !restart && output.exists() {
            return Err(FetchError::Exists(output.to_path_buf()));
        }
        let failed = |error| FetchError::io(&part, error);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&part)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(FetchError::Busy(output.to_path_buf())),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let known = match restart {
            true => None,
            false => State::read(&state_path)?,
        };
        let state = known.unwrap_or_else(|| State::new(selection));
        if state.selection != *selection {
            return Err(FetchError::OtherDownload {
                path: part,
                other: described(&state.selection),
            });
        }
        let length = file.metadata().map_err(failed)?.len();
        if length < state.bytes {
            return Err(FetchError::Unusable {
                path: part,
                reason: format!(
                    "it is shorter than the {} bytes that were written",
                    state.bytes
                ),
            });
        }
        file.set_len(state.bytes).map_err(failed)?;
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        state.write(&state_path)?;
        let next = match (&state.next_page_token, state.complete) {
            (_, true) => Next::End,
            (Some(token), false) => Next::Token(token.clone()),
            (None, false) => Next::First,
        };
        client.progress.set_earlier(state.records);
        client.progress.set_total(state.total.unwrap_or(0));
        Ok(Download {
            output: output.to_path_buf(),
            part,
            state_path,
            file,
            pages: Pages::new(client, &selection.base_url, &selection.parameters, next),
            state,
            lines: FxHashMap::default(),
            outdated: FxHashSet::default(),
            newest: None,
            repeated: 0,
            without_id: 0,
            client,
        })
    }

    /// Records that are in the file from before this run.
    pub(crate) fn records(&self) -> u64 {
        self.state.records
    }

    /// How many studies the server says there are.
    pub(crate) fn total(&self) -> Option<u64> {
        self.state.total
    }

    /// How often the pages were begun again because a token had expired.
    pub(crate) fn restarts(&self) -> u32 {
        self.pages.restarts
    }

    /// Reads what an earlier run has written, gives it to `sink` until that breaks off, and learns what is there.
    pub(crate) fn earlier(
        &mut self,
        sink: &mut dyn FnMut(Written) -> std::ops::ControlFlow<()>,
    ) -> Result<(), FetchError> {
        let mut number = 0;
        let path = self.part.clone();
        for line in lines_of(&path, self.is_packed())? {
            let bytes = line.map_err(|error| self.unusable(&error.to_string()))?;
            let marks = Marks::of(&bytes);
            let is_json = || serde_json::from_slice::<IgnoredAny>(&bytes).is_ok();
            if marks.id.is_none() && !is_json() {
                return Err(self.unusable(&format!("line {} is no record", number + 1)));
            }
            self.learn(&marks, number);
            number += 1;
            let id = marks.id;
            if sink(Written { id, bytes }).is_break() {
                return Ok(());
            }
        }
        if number == self.state.records {
            return Ok(());
        }
        Err(self.unusable(&format!(
            "it has {number} records where {} were written",
            self.state.records
        )))
    }

    /// The next page, written down: the records of it that are new. `None` if there are no more.
    pub(crate) fn next_records(&mut self) -> Result<Option<Vec<Written>>, FetchError> {
        let Some(page) = self.pages.next_page()? else {
            return Ok(None);
        };
        let mut records = Vec::with_capacity(page.studies.len());
        let mut number = self.state.records;
        for study in page.studies {
            let bytes = on_one_line(study);
            let marks = Marks::of(&bytes);
            if self.is_known(&marks) {
                self.repeated += 1;
                continue;
            }
            self.learn(&marks, number);
            number += 1;
            let id = marks.id;
            records.push(Written { id, bytes });
        }
        let added = self
            .write(&records)
            .map_err(|error| FetchError::io(&self.part, error))?;
        self.state.records = number;
        self.state.bytes += added;
        self.state.total = page.total_count.or(self.state.total);
        self.state.complete = self.pages.next == Next::End;
        self.state.next_page_token = match &self.pages.next {
            Next::Token(token) => Some(token.clone()),
            _ => None,
        };
        self.state.write(&self.state_path)?;
        self.client.progress.add_studies(records.len());
        self.client
            .progress
            .set_total(self.state.total.unwrap_or(0));
        Ok(Some(records))
    }

    /// Gives the file its name. Lines of which there is a newer one go.
    ///
    /// Returns the records and bytes in it.
    pub(crate) fn finish(mut self) -> Result<(u64, u64), FetchError> {
        let failed = |path: &Path| {
            let path = path.to_path_buf();
            move |error| FetchError::io(&path, error)
        };
        if self.state.bytes == 0 && self.is_packed() {
            // Packed data of nothing is not nothing.
            let packer = GzEncoder::new(&mut self.file, Compression::default());
            packer.finish().map_err(failed(&self.part))?;
        }
        if !self.outdated.is_empty() {
            self.leave_out_outdated().map_err(failed(&self.output))?;
        } else {
            fs::rename(&self.part, &self.output).map_err(failed(&self.output))?;
        }
        let bytes = fs::metadata(&self.output).map_err(failed(&self.output))?;
        sync_folder(&folder_of(&self.output)).map_err(failed(&self.output))?;
        fs::remove_file(&self.state_path).map_err(failed(&self.state_path))?;
        self.state.records -= self.outdated.len() as u64;
        Ok((self.state.records, bytes.len()))
    }

    /// Removes the file: its records are elsewhere.
    pub(crate) fn discard(self) -> Result<(), FetchError> {
        for path in [&self.state_path, &self.part] {
            fs::remove_file(path).map_err(|error| FetchError::io(path, error))?;
        }
        Ok(())
    }

    /// What to remember of it once it is complete.
    pub(crate) fn fetched(&self) -> Fetched {
        Fetched {
            selection: self.state.selection.clone(),
            updated_through: through(self.newest, self.state.started.parse().ok())
                .map(|day| day.to_string()),
        }
    }

    /// Lines that are newer versions of earlier ones.
    pub(crate) fn replaced(&self) -> u64 {
        self.outdated.len() as u64
    }

    fn is_known(&self, marks: &Marks) -> bool {
        let line = marks.id.as_ref().and_then(|id| self.lines.get(id));
        line.is_some_and(|line| line.hash == marks.hash || line.age > marks.age)
    }

    fn learn(&mut self, marks: &Marks, number: u64) {
        self.newest = self.newest.max(marks.age.0);
        let Some(id) = &marks.id else {
            self.without_id += 1;
            return;
        };
        let line = Line {
            number,
            age: marks.age,
            hash: marks.hash,
        };
        if let Some(earlier) = self.lines.insert(id.clone(), line) {
            self.outdated.insert(earlier.number);
        }
    }

    fn is_packed(&self) -> bool {
        let ending = self.output.extension().unwrap_or_default();
        ending.eq_ignore_ascii_case("gz")
    }

    /// Appends records, as a gzip member of its own where the file is packed; on disk when it returns. Gives the bytes added.
    fn write(&mut self, records: &[Written]) -> io::Result<u64> {
        if records.is_empty() {
            return Ok(0);
        }
        let packed = self.is_packed();
        let start = self.file.stream_position()?;
        let lines = records.iter().map(|record| Ok(&record.bytes));
        write_lines(lines, packed, &mut self.file)?;
        self.file.sync_data()?;
        Ok(self.file.stream_position()? - start)
    }

    /// Copies the file without its outdated lines to its final name.
    fn leave_out_outdated(&self) -> io::Result<()> {
        let copy_path = with_ending(&self.output, ".new");
        let mut copy = File::create(&copy_path)?;
        let lines = lines_of(&self.part, self.is_packed()).map_err(io::Error::other)?;
        let kept = lines
            .enumerate()
            .filter(|(number, _)| !self.outdated.contains(&(*number as u64)))
            .map(|(_, line)| line);
        write_lines(kept, self.is_packed(), &mut copy)?;
        copy.sync_data()?;
        fs::rename(&copy_path, &self.output)?;
        fs::remove_file(&self.part)
    }

    fn unusable(&self, reason: &str) -> FetchError {
        FetchError::Unusable {
            path: self.part.clone(),
            reason: reason.to_owned(),
        }
    }
}

/// Writes lines to a file, packed as one gzip member or as they are.
fn write_lines(
    lines: impl Iterator<Item = io::Result<impl AsRef<[u8]>>>,
    packed: bool,
    file: &mut File,
) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, file);
    let write = |to: &mut dyn Write| -> io::Result<()> {
        for line in lines {
            to.write_all(line?.as_ref())?;
            to.write_all(b"\n")?;
        }
        Ok(())
    };
    if packed {
        let mut packer = GzEncoder::new(&mut out, Compression::default());
        write(&mut packer)?;
        packer.finish()?;
    } else {
        write(&mut out)?;
    }
    out.flush()
}

/// The lines of a file without their ends.
fn lines_of(
    path: &Path,
    packed: bool,
) -> Result<impl Iterator<Item = io::Result<Vec<u8>>>, FetchError> {
    let file = File::open(path).map_err(|error| FetchError::io(path, error))?;
    let file = BufReader::with_capacity(1 << 20, file);
    let is_empty = file.get_ref().metadata().map_or(0, |data| data.len()) == 0;
    let reader: Box<dyn Read> = match packed {
        // A file that has not been begun is no packed data.
        true if is_empty => Box::new(io::empty()),
        true => Box::new(MultiGzDecoder::new(file)),
        false => Box::new(file),
    };
    Ok(BufReader::with_capacity(1 << 20, reader).split(b'\n'))
}

/// The day up to which everything is there that was last updated by then: no later than the newest update that was seen, since the
/// server may lag behind, and no later than the day on which it was begun, since pages are not read at one moment.
pub(crate) fn through(newest: Option<Date>, started: Option<Date>) -> Option<Date> {
    match (newest, started) {
        (Some(newest), Some(started)) => Some(newest.min(started)),
        _ => None,
    }
}
