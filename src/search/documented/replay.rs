//! A log run again with the expansions as they were, and what differs.

use jiff::civil::Date;
use rustc_hash::FxHashSet;
use serde::Serialize;

use super::log::{LineCount, LogError, SearchLog};
use crate::search::finder::Finder;
use crate::search::request::Request;

/// What a rerun found beside what the log says.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Replay {
    /// The day of the search that was logged, ISO.
    pub day: String,
    /// The newest data then and now, ISO.
    pub data_as_of: (Option<String>, Option<String>),
    /// Trials in the index then and now.
    pub trials: (u64, u64),
    /// Whether fields and analysis are those of the log.
    pub same_fingerprint: bool,
    /// Each line.
    pub lines: Vec<LineDifference>,
    /// Ids that the last line finds now and did not then, in order of rank.
    pub new: Vec<String>,
    /// Ids that the last line found then and does not now, in the order of the log.
    pub vanished: Vec<String>,
    /// The ids that the last line finds now.
    pub ids: Vec<String>,
}

/// A line then and now.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LineDifference {
    /// Its number.
    pub number: usize,
    /// What was typed.
    pub text: String,
    /// Trials then.
    pub then: u64,
    /// Trials now.
    pub now: u64,
    /// Whether it was searched with what the log has for its words. If not, this version reads the line differently, and what it reads
    /// now was searched.
    pub as_frozen: bool,
}

impl Replay {
    /// Whether the search found the same trials, line by line.
    pub fn is_same(&self) -> bool {
        let same = |line: &LineDifference| line.then == line.now && line.as_frozen;
        self.new.is_empty() && self.vanished.is_empty() && self.lines.iter().all(same)
    }
}

impl Finder {
    /// Runs a log again: its lines, filters, settings, day and expansions on the index as it is now. What trials are to be like
    /// is read from the record as the index has it now.
    pub fn replay(&self, log: &SearchLog) -> Result<Replay, LogError> {
        let day: Date = log
            .day
            .parse()
            .map_err(|_| LogError::Day(log.day.clone()))?;
        let lines = log.read_lines(self.index().fields())?;
        let mut differences = Vec::with_capacity(lines.len());
        let mut ids = Vec::new();
        for (line, logged) in lines.iter().zip(&log.lines) {
            let mut request = Request {
                filters: log.filters.clone(),
                widen: false,
                today: day,
                frozen: Some(logged.concepts.clone()),
                ..log.settings.request(line.query.clone())
            };
            let as_frozen = self.frozen_fits(&request)?;
            if !as_frozen {
                request.frozen = None;
            }
            let LineCount { trials, .. } = self.count(&request)?;
            differences.push(LineDifference {
                number: logged.number,
                text: logged.text.clone(),
                then: logged.trials,
                now: trials,
                as_frozen,
            });
            if line.number == lines.len() {
                request.limit = usize::MAX;
                ids = self.ids(&request)?;
            }
        }
        let then: FxHashSet<&str> = log.ids.iter().map(String::as_str).collect();
        let now: FxHashSet<&str> = ids.iter().map(String::as_str).collect();
        let only = |these: &[String], others: &FxHashSet<&str>| -> Vec<String> {
            let only = these.iter().filter(|id| !others.contains(id.as_str()));
            only.cloned().collect()
        };
        let fingerprint = crate::schema::Layout::fingerprint(self.index().fields());
        Ok(Replay {
            day: log.day.clone(),
            data_as_of: (
                log.data_as_of.clone(),
                self.index()
                    .data_as_of()
                    .map_err(crate::search::SearchError::from)?,
            ),
            trials: (log.trials, self.index().searcher().num_docs()),
            same_fingerprint: fingerprint == log.fingerprint,
            lines: differences,
            new: only(&ids, &then),
            vanished: only(&log.ids, &now),
            ids,
        })
    }
}
