//! A log of a search: everything that a rerun needs and that a report of the search must say, as JSON.
//!
//! The shape is versioned by [`LOG_VERSION`]; fields may be added within one version, none are removed or renamed.

use serde::{Deserialize, Serialize};

use super::dates::dates_meant;
use super::{DatesMeant, FrozenConcept, Line, LineError, SearchSettings, read_lines};
use crate::query::{self, FieldNames};
use crate::search::finder::{Finder, SearchError};
use crate::search::request::{Filter, Request};

/// The value of [`SearchLog::version`].
pub const LOG_VERSION: u32 = 1;

/// A documented search.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SearchLog {
    /// Version of this shape.
    pub version: u32,
    /// The version of trialfind that searched.
    pub searched_with: String,
    /// The day of the search, ISO. Dates relative to "today" in the lines mean this day, also when the log is run again.
    pub day: String,
    /// The day of the newest snapshot or update in the index, ISO.
    pub data_as_of: Option<String>,
    /// The fingerprint of fields and analysis.
    pub fingerprint: String,
    /// Trials in the index.
    pub trials: u64,
    /// Filters that held for every line.
    pub filters: Vec<Filter>,
    /// What else held for every line. Logs that were written before it was kept say nothing, which is read as the defaults.
    #[serde(default)]
    pub settings: SearchSettings,
    /// The lines.
    pub lines: Vec<LoggedLine>,
    /// The ids that the last line found, in order.
    pub ids: Vec<String>,
}

/// A line of a documented search.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoggedLine {
    /// Its number, from 1.
    pub number: usize,
    /// What was typed.
    pub text: String,
    /// The same in full, with the lines that it refers to and without abbreviations of the language.
    pub in_full: String,
    /// Trials that it found, by the words and the filters.
    pub trials: u64,
    /// Trials that it found by the words alone.
    pub trials_without_filters: u64,
    /// The days that its filters by date meant on the day of the search.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dates: Vec<DatesMeant>,
    /// What was searched for each of its words.
    pub concepts: Vec<FrozenConcept>,
}

/// How many trials a line finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LineCount {
    /// By the words and the filters.
    pub trials: u64,
    /// By the words alone.
    pub without_filters: u64,
}

/// Why a log cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// Not JSON, or of another shape.
    #[error("this is no log of a search")]
    Shape(#[from] serde_json::Error),
    /// Of a version that this program does not know.
    #[error("the log has version {0}; this program reads version {LOG_VERSION}")]
    Version(u32),
    /// A number that is none, of a word or a setting.
    #[error("the log has a weight without bounds for `{0}`")]
    Boundless(String),
    /// A line that is not understood.
    #[error("the log's {0}")]
    Line(#[from] LineError),
    /// The day is no date.
    #[error("`{0}` is no day")]
    Day(String),
    /// The search.
    #[error(transparent)]
    Search(#[from] SearchError),
}

impl SearchLog {
    /// Reads a log.
    ///
    /// # Errors
    /// Text that is no log, or one of another version.
    pub fn parse(text: &str) -> Result<SearchLog, LogError> {
        let value: serde_json::Value = serde_json::from_str(text)?;
        let version = value.get("version").and_then(serde_json::Value::as_u64);
        match version {
            Some(version) if version != u64::from(LOG_VERSION) => Err(LogError::Version(
                u32::try_from(version).unwrap_or(u32::MAX),
            )),
            _ => {
                let log: SearchLog = serde_json::from_value(value)?;
                match log.boundless() {
                    Some(what) => Err(LogError::Boundless(what)),
                    None => Ok(log),
                }
            }
        }
    }

    /// What bears a number beyond all numbers (`1e99`), which could be neither searched with nor written again.
    fn boundless(&self) -> Option<String> {
        let concepts = self.lines.iter().flat_map(|line| &line.concepts);
        let weights = concepts.flat_map(|concept| {
            let written = concept.alternatives.iter().map(|known| known.weight);
            let arranged = concept.arrangements.iter().map(|known| known.weight);
            written
                .chain(arranged)
                .map(|weight| (concept.typed.as_str(), weight))
        });
        weights
            .chain(self.settings.numbers())
            .find(|(_, number)| !number.is_finite())
            .map(|(what, _)| what.to_owned())
    }

    /// The lines, read again.
    pub(super) fn read_lines(&self, fields: &dyn FieldNames) -> Result<Vec<Line>, LogError> {
        if let [only] = self.lines.as_slice() {
            // A single query was typed, not read from a file of lines; it may be blank.
            if let Ok(query) = query::parse(&only.text, fields) {
                return Ok(vec![Line::alone(query)]);
            }
        }
        let texts: Vec<&str> = self.lines.iter().map(|line| line.text.as_str()).collect();
        Ok(read_lines(&texts.join("\n"), fields)?)
    }
}

impl Finder {
    /// How many trials a request finds, without reading records and without widening.
    pub fn count(&self, request: &Request) -> Result<LineCount, SearchError> {
        let hits = self.search(&Request {
            widen: false,
            limit: 0,
            offset: 0,
            passages: 0,
            facets: Vec::new(),
            ..request.clone()
        })?;
        Ok(LineCount {
            trials: hits.total,
            without_filters: hits.total_without_filters,
        })
    }

    /// Runs every line and the last one in full, and logs it all. `request` is how the last line is searched; its query is put
    /// in line by line, and it is never widened.
    pub fn document(&self, lines: &[Line], request: &Request) -> Result<SearchLog, SearchError> {
        let mut logged = Vec::with_capacity(lines.len());
        let mut ids = Vec::new();
        for line in lines {
            let request = Request {
                query: line.query.clone(),
                widen: false,
                ..request.clone()
            };
            let count = self.count(&request)?;
            logged.push(LoggedLine {
                number: line.number,
                text: line.text.clone(),
                in_full: line.query.to_text(),
                trials: count.trials,
                trials_without_filters: count.without_filters,
                dates: dates_meant(&line.query.root, request.today),
                concepts: self.frozen(&request)?,
            });
            if line.number == lines.len() {
                ids = self.ids(&Request {
                    limit: usize::MAX,
                    offset: 0,
                    ..request
                })?;
            }
        }
        Ok(SearchLog {
            version: LOG_VERSION,
            searched_with: env!("CARGO_PKG_VERSION").to_owned(),
            day: request.today.to_string(),
            data_as_of: self.index().data_as_of()?,
            fingerprint: crate::schema::Layout::fingerprint(self.index().fields()),
            trials: self.index().searcher().num_docs(),
            filters: request.filters.clone(),
            settings: SearchSettings::of(request),
            lines: logged,
            ids,
        })
    }
}
