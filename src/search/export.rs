//! All trials of a search, one after the other: records as they came in, or hits for a table.
//!
//! What is found is gathered once, as places in one commit; records are read a few at a time, so memory does not grow with their
//! number. Nothing is widened.

use std::sync::Arc;

use tantivy::DocAddress;

use crate::search::bonus::Bonus;
use crate::search::collect::{Ranked, Scored};
use crate::search::finder::{Finder, SearchError, View};
use crate::search::hits::{Hit, Notice};
use crate::search::lookup::Lookup;
use crate::search::lower::Plan;
use crate::search::present::Presenter;
use crate::search::request::{Request, Sort};
use crate::search::run::Answer;
use crate::search::sites::Near;

/// Records that are read at once: enough for all threads, few enough for memory when each is large.
const RECORDS: usize = 64;

/// Hits that are made at once.
const HITS: usize = 512;

/// Where the trials of an export go.
pub enum Exported<'e, E> {
    /// Records, whole: the bytes that came in, or for pages and XML the study that they were converted to. A line break stands for
    /// none in them, so that each can be a line.
    Records(&'e mut dyn FnMut(&[u8]) -> Result<(), E>),
    /// What an answer says of a trial, without passages.
    Hits(&'e mut dyn FnMut(&Hit) -> Result<(), E>),
}

/// All trials of a search, to be read some at a time: searched for once, as of one commit, however long the reading takes.
pub struct Walk {
    request: Request,
    view: View,
    lookup: Arc<Lookup>,
    plan: Plan,
    near: Option<Near>,
    bonus: Bonus,
    notices: Vec<Notice>,
    found: Vec<Scored>,
    /// How many have been read.
    read: usize,
}

impl Walk {
    /// Whether all have been read.
    pub fn is_done(&self) -> bool {
        self.read >= self.found.len()
    }

    /// The memory that it takes for the trials that it found, in bytes.
    pub fn bytes(&self) -> usize {
        self.found.len() * size_of::<Scored>()
    }
}

impl Finder {
    /// Searches for all trials that a request finds, in its order; [`Finder::walk_on`] reads them. The request's page, facets and
    /// passages are not heeded.
    ///
    /// # Errors
    /// As [`Finder::search`].
    pub fn walk(&self, request: Request) -> Result<Walk, SearchError> {
        let request = Request {
            limit: usize::MAX,
            offset: 0,
            passages: 0,
            facets: Vec::new(),
            explain: false,
            widen: false,
            ..request
        };
        let view = self.view()?;
        let run = self.run(&request, &view, self.uncounted())?;
        let Answer {
            plan,
            bonus,
            gathered,
            notices,
        } = run.find()?;
        let near = run.near(&plan).cloned();
        let lookup = run.lookup;
        Ok(Walk {
            found: gathered.hits.iter().map(Ranked::scored).collect(),
            request,
            view,
            lookup,
            plan,
            near,
            bonus,
            notices,
            read: 0,
        })
    }

    /// The next trials of a walk that this finder began, so many at most; none behind the last.
    ///
    /// # Errors
    /// If records cannot be read.
    pub fn walk_on(&self, walk: &mut Walk, most: usize) -> Result<Vec<Hit>, SearchError> {
        let rest = &walk.found[walk.read..];
        let next = &rest[..most.min(rest.len())];
        let presenter = Presenter {
            finder: self,
            view: &walk.view,
            request: &walk.request,
            lookup: walk.lookup.clone(),
            plan: &walk.plan,
            near: walk.near.as_ref(),
            bonus: &walk.bonus,
        };
        let hits = presenter.hits_from(walk.read, next)?;
        walk.read += hits.len();
        Ok(hits)
    }

    /// Hands on all trials that a request finds, by id, and says how many, and what is to be said of the answer. The request's
    /// limit, order, facets and passages are not heeded.
    ///
    /// # Errors
    /// As [`Finder::search`]; what the sink says ends the export.
    pub fn export<E: From<SearchError>>(
        &self,
        request: &Request,
        told: &mut dyn FnMut(&[Notice]),
        to: Exported<'_, E>,
    ) -> Result<u64, E> {
        let mut walk = self.walk(Request {
            sort: Sort::Id,
            ..request.clone()
        })?;
        told(&walk.notices);
        match to {
            Exported::Records(sink) => {
                for some in walk.found.chunks(RECORDS) {
                    let read = |found: &Scored| self.record(&walk.view.searcher, found.address);
                    for record in self.share(some, read) {
                        sink(&record?)?;
                    }
                }
            }
            Exported::Hits(sink) => {
                while !walk.is_done() {
                    for hit in self.walk_on(&mut walk, HITS)? {
                        sink(&hit)?;
                    }
                }
            }
        }
        Ok(walk.found.len() as u64)
    }

    fn record(
        &self,
        searcher: &tantivy::Searcher,
        address: DocAddress,
    ) -> Result<Vec<u8>, SearchError> {
        let (_, mut record) = self.index.record_text(searcher, address, true)?;
        on_one_line(&mut record);
        Ok(record)
    }
}

/// Takes line breaks out of JSON, with the indentation behind them. They can only stand between its parts, where they mean nothing:
/// in a string they are written as escapes.
fn on_one_line(json: &mut Vec<u8>) {
    if !json.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
        return;
    }
    let mut at_start = false;
    json.retain(|&byte| {
        match byte {
            b'\n' | b'\r' => at_start = true,
            b' ' | b'\t' => {}
            _ => at_start = false,
        }
        !at_start
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indented_records_become_lines() {
        for (json, line) in [
            ("{\"a\": 1}", "{\"a\": 1}"),
            ("{\r\n  \"a b\": [\n\t1,\n 2 ]\n}\n", "{\"a b\": [1,2 ]}"),
            ("{\"a\": \"x\\n  y\"}", "{\"a\": \"x\\n  y\"}"),
        ] {
            let mut bytes = json.as_bytes().to_vec();
            on_one_line(&mut bytes);
            assert_eq!(String::from_utf8(bytes).unwrap(), line);
        }
    }
}
