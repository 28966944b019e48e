//! What became of everything that was read: the numbers add up to what was seen.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::source::{Origin, Reject};
use crate::trial::{Note, SourceFormat};

/// One item that could not be taken in.
#[derive(Clone, Debug, Serialize)]
pub struct Rejected {
    /// File, archive member and place, for people.
    pub place: String,
    /// The file or archive.
    pub path: String,
    /// The member of the archive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// The record's number in its stream, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<u64>,
    /// Byte offset of the record in its stream.
    pub offset: u64,
    /// Why.
    pub reason: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<&'static str>,
}

impl Rejected {
    pub(crate) fn new(origin: &Origin, reason: String, hint: Option<&'static str>) -> Rejected {
        Rejected {
            place: origin.to_string(),
            path: origin.path.display().to_string(),
            member: origin.member.clone(),
            record: origin.record,
            offset: origin.offset,
            reason,
            hint,
        }
    }
}

impl From<&Reject> for Rejected {
    fn from(reject: &Reject) -> Rejected {
        Rejected::new(
            &reject.origin,
            reject.reason.to_string(),
            reject.reason.hint(),
        )
    }
}

/// What became of one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Its trial was not in the index.
    New,
    /// It took the place of another record of its trial.
    Updated,
    /// Its bytes are in the index already.
    Unchanged,
    /// Another record of its trial is newer or fuller.
    Older,
}

/// Stands for the format of what is of no known one.
const NO_FORMAT: &str = "unknown";

/// Counts of one format: `seen = indexed + superseded + rejected`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FormatCounts {
    /// Records read.
    pub seen: u64,
    /// Records that are now the record of their trial.
    pub indexed: u64,
    /// Records of trials that have a better one, or the same.
    pub superseded: u64,
    /// Items that could not be taken in.
    pub rejected: u64,
}

/// The account of one run: `seen = indexed + superseded + rejected`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Items that came out of the inputs.
    pub seen: u64,
    /// Records that are now the record of their trial.
    pub indexed: u64,
    /// Of these, trials that were not in the index before.
    pub added: u64,
    /// Of the indexed, trials whose record was replaced.
    pub updated: u64,
    /// Records that did not become the record of their trial.
    pub superseded: u64,
    /// Of these, records whose bytes were in the index already.
    pub unchanged: u64,
    /// Of the superseded, records that are older or poorer than their trial's.
    pub older: u64,
    /// Items that could not be taken in.
    pub rejected: u64,
    /// Records that had to be decoded from another encoding than UTF-8, by encoding.
    pub recoded: BTreeMap<String, u64>,
    /// Counts by format; they add up to the counts of the run. What is of no known format is under `unknown`.
    pub formats: BTreeMap<&'static str, FormatCounts>,
    /// Spellings that no vocabulary knows, by data element: how many records have them.
    pub unknown_spellings: BTreeMap<&'static str, BTreeMap<String, u64>>,
    /// Files opened, standard input included.
    pub files: u64,
    /// Hidden files, folders and archive members that were passed over.
    pub hidden: u64,
    /// Files and folders met again by another name, and read only once.
    pub repeated: u64,
    /// Bytes of records read, after unpacking.
    pub bytes: u64,
    /// Why the history of the index that was made anew could not be taken over, if it could not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history_lost: Option<String>,
    /// Trials in the index after the run.
    pub trials: u64,
    /// Wall time, in seconds.
    pub seconds: f64,
}

impl Report {
    pub(crate) fn count(&mut self, format: SourceFormat, outcome: Outcome) {
        let counts = self.formats.entry(format.name()).or_default();
        self.seen += 1;
        counts.seen += 1;
        match outcome {
            Outcome::New | Outcome::Updated => {
                self.indexed += 1;
                counts.indexed += 1;
            }
            Outcome::Unchanged | Outcome::Older => {
                self.superseded += 1;
                counts.superseded += 1;
            }
        }
        match outcome {
            Outcome::New => self.added += 1,
            Outcome::Updated => self.updated += 1,
            Outcome::Unchanged => self.unchanged += 1,
            Outcome::Older => self.older += 1,
        }
    }

    /// A record of this run that had become its trial's was replaced by a later one of the same run.
    pub(crate) fn supersede(&mut self, format: SourceFormat, was: Outcome) {
        let counts = self.formats.entry(format.name()).or_default();
        counts.indexed -= 1;
        counts.superseded += 1;
        self.indexed -= 1;
        self.superseded += 1;
        self.older += 1;
        match was {
            Outcome::New => self.added -= 1,
            _ => self.updated -= 1,
        }
    }

    /// An item could not be taken in; `format` is that of the record that it would be, if it is known.
    pub(crate) fn reject(&mut self, format: Option<SourceFormat>) {
        let name = format.map_or(NO_FORMAT, SourceFormat::name);
        let counts = self.formats.entry(name).or_default();
        counts.seen += 1;
        counts.rejected += 1;
        self.seen += 1;
        self.rejected += 1;
    }

    pub(crate) fn note(&mut self, notes: &[Note]) {
        let mut once: Vec<&Note> = notes.iter().collect();
        once.sort();
        once.dedup();
        for note in once {
            let spellings = self.unknown_spellings.entry(note.element).or_default();
            *spellings.entry(note.spelling.clone()).or_default() += 1;
        }
    }

    pub(crate) fn add(&mut self, other: Report) {
        self.seen += other.seen;
        self.indexed += other.indexed;
        self.added += other.added;
        self.updated += other.updated;
        self.superseded += other.superseded;
        self.unchanged += other.unchanged;
        self.older += other.older;
        self.rejected += other.rejected;
        self.bytes += other.bytes;
        for (encoding, count) in other.recoded {
            *self.recoded.entry(encoding).or_default() += count;
        }
        for (format, counts) in other.formats {
            let total = self.formats.entry(format).or_default();
            total.seen += counts.seen;
            total.indexed += counts.indexed;
            total.superseded += counts.superseded;
            total.rejected += counts.rejected;
        }
        for (element, spellings) in other.unknown_spellings {
            let total = self.unknown_spellings.entry(element).or_default();
            for (spelling, count) in spellings {
                *total.entry(spelling).or_default() += count;
            }
        }
    }

    pub(crate) fn took(&mut self, time: Duration) {
        self.seconds = time.as_secs_f64();
    }

    /// Whether every item seen is accounted for.
    pub fn adds_up(&self) -> bool {
        self.seen == self.indexed + self.superseded + self.rejected
            && self.indexed == self.added + self.updated
            && self.superseded == self.unchanged + self.older
            && self.formats_add_up()
    }

    fn formats_add_up(&self) -> bool {
        let of_all =
            |count: fn(&FormatCounts) -> u64| self.formats.values().map(count).sum::<u64>();
        self.formats
            .values()
            .all(|counts| counts.seen == counts.indexed + counts.superseded + counts.rejected)
            && self.seen == of_all(|counts| counts.seen)
            && self.indexed == of_all(|counts| counts.indexed)
            && self.superseded == of_all(|counts| counts.superseded)
    }

    /// Megabytes (10^6 bytes) of records a second.
    pub fn megabytes_per_second(&self) -> f64 {
        if self.seconds > 0.0 {
            self.bytes as f64 / 1e6 / self.seconds
        } else {
            0.0
        }
    }
}
