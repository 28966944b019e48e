//! Reading one record: spellings become canonical values, and what is not understood is noted.
//!
//! Shared by all formats. It must not know any of them.

use crate::trial::vocabulary::Vocabulary;
use crate::trial::{Age, DateStruct, Note, PartialDate, SourceFormat, is_no_limit};

/// What a format's reader gives back for one record.
#[derive(Debug)]
pub struct Parsed {
    /// The study as the record tells it.
    pub study: crate::trial::Study,
    /// The format, finer than what could be told from the first bytes.
    pub format: SourceFormat,
    /// The day of the snapshot that the record belongs to, ISO, if the record states one.
    pub snapshot: Option<String>,
    /// Spellings that no vocabulary knows.
    pub notes: Vec<Note>,
}

/// Why bytes are not a trial record.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The JSON is broken.
    #[error("broken JSON: {0}")]
    Json(String),
    /// The XML is broken.
    #[error("broken XML: {0}")]
    Xml(String),
    /// Well-formed, but not a trial.
    #[error("not a trial record: {0}")]
    NotATrial(String),
    /// A trial without an id that could name it.
    #[error("no registry id in the record: nothing to file it under")]
    NoId(SourceFormat),
    /// An id that no registry gives.
    #[error("`{id}` is not a registry id (`NCT` and eight digits)")]
    BadId {
        /// The id.
        id: String,
        /// The format of the record.
        format: SourceFormat,
    },
}

impl ReadError {
    /// What the user can do about it, where there is something; a lower-case fragment without full stop.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            ReadError::Json(_) | ReadError::Xml(_) => {
                Some("download it again, or look at the place named")
            }
            ReadError::NotATrial(_) => Some("take it out of the folder if it is no trial record"),
            ReadError::NoId(_) | ReadError::BadId { .. } => None,
        }
    }

    /// The format that the bytes have all the same; none if they are no trial of any that is known.
    pub fn format(&self) -> Option<SourceFormat> {
        match self {
            ReadError::Json(_) => Some(SourceFormat::ApiJson),
            ReadError::Xml(_) => Some(SourceFormat::CtgovXml),
            ReadError::NotATrial(_) => None,
            ReadError::NoId(format) | ReadError::BadId { format, .. } => Some(*format),
        }
    }
}

/// Collects notes while the values of one record are read.
pub(crate) struct Reading<'v> {
    vocabulary: &'v Vocabulary,
    pub(crate) notes: Vec<Note>,
}

impl<'v> Reading<'v> {
    pub(crate) fn new(vocabulary: &'v Vocabulary) -> Reading<'v> {
        Reading {
            vocabulary,
            notes: Vec::new(),
        }
    }

    /// Keeps a spelling that is not understood, and says so.
    pub(crate) fn note(&mut self, element: &'static str, spelling: &str) {
        self.notes.push(Note {
            element,
            spelling: spelling.to_owned(),
        });
    }

    /// The canonical value of a spelling, or the spelling itself with a note. Nothing for blank text.
    pub(crate) fn value(&mut self, element: &'static str, spelling: &str) -> Option<String> {
        self.values(element, spelling).into_iter().next()
    }

    /// As [`Reading::value`], for spellings that stand for several values (`Phase 1/Phase 2`).
    pub(crate) fn values(&mut self, element: &'static str, spelling: &str) -> Vec<String> {
        let spelling = spelling.trim();
        if spelling.is_empty() {
            return Vec::new();
        }
        if let Some(values) = self.vocabulary.canonical_values(element, spelling) {
            return values.to_vec();
        }
        self.note(element, spelling);
        vec![spelling.to_owned()]
    }

    /// Whether a spelling is known, without a note: for telling a value from other text.
    pub(crate) fn knows(&self, element: &str, spelling: &str) -> bool {
        self.vocabulary
            .canonical_values(element, spelling)
            .is_some()
    }

    /// Whether a text is a canonical value to the letter.
    pub(crate) fn is_canonical(&self, element: &str, value: &str) -> bool {
        self.vocabulary.label(element, value).is_some()
    }

    /// Yes or no.
    pub(crate) fn yes_no(&mut self, spelling: &str) -> Option<bool> {
        match self.value("yes_no", spelling)?.as_str() {
            "YES" => Some(true),
            "NO" => Some(false),
            _ => None,
        }
    }

    /// Notes a number of participants that is below zero.
    pub(crate) fn check_enrollment(&mut self, count: Option<i64>) {
        if let Some(count) = count.filter(|count| *count < 0) {
            self.note("enrollment", &count.to_string());
        }
    }

    /// A date in ISO form, or the text itself with a note.
    pub(crate) fn date(&mut self, element: &'static str, text: &str) -> Option<String> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        if let Some(date) = PartialDate::parse(text) {
            return Some(date.to_string());
        }
        self.note(element, text);
        Some(text.to_owned())
    }

    /// A date with the type that it was given with (`Anticipated`), if any.
    pub(crate) fn date_struct(
        &mut self,
        element: &'static str,
        text: &str,
        kind: Option<&str>,
    ) -> DateStruct {
        DateStruct {
            date: self.date(element, text),
            kind: kind.and_then(|kind| self.value("date_type", kind)),
        }
    }

    /// An age as the API writes it (`18 Years`); nothing for `N/A`, `None` and the like, which mean "no limit".
    pub(crate) fn age(&mut self, element: &'static str, text: &str) -> Option<String> {
        let text = text.trim();
        if is_no_limit(text) {
            return None;
        }
        if let Some(age) = Age::parse(text) {
            return Some(age.to_string());
        }
        self.note(element, text);
        Some(text.to_owned())
    }
}
