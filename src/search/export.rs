//! All trials of a search, one after the other, in the order of their ids: records as they came in, or hits for a table.
//!
//! What is found is gathered once, as places in one commit; records are read a few at a time, so memory does not grow with their
//! number. Nothing is widened.

use crate::search::collect::{Gathered, Ranked};
use crate::search::finder::{Finder, SearchError};
use crate::search::hits::{Hit, Notice};
use crate::search::present::Presenter;
use crate::search::request::{Request, Sort};
use crate::search::run::Answer;

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

impl Finder {
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
        let request = Request {
            sort: Sort::Id,
            limit: usize::MAX,
            offset: 0,
            passages: 0,
            facets: Vec::new(),
            explain: false,
            widen: false,
            ..request.clone()
        };
        let view = self.view().map_err(SearchError::from)?;
        let run = self.run(&request, &view, self.uncounted())?;
        let Answer {
            plan,
            bonus,
            gathered,
            notices,
        } = run.find()?;
        told(&notices);
        match to {
            Exported::Records(sink) => {
                for some in gathered.hits.chunks(RECORDS) {
                    for record in self.share(some, |ranked| self.record(&view.searcher, ranked)) {
                        sink(&record?)?;
                    }
                }
            }
            Exported::Hits(sink) => {
                let presenter = Presenter::new(&run, &plan, &bonus);
                for some in gathered.hits.chunks(HITS) {
                    let page = Gathered {
                        hits: some.to_vec(),
                        ..Gathered::default()
                    };
                    for hit in presenter.hits(&page)? {
                        sink(&hit)?;
                    }
                }
            }
        }
        Ok(gathered.hits.len() as u64)
    }

    fn record(
        &self,
        searcher: &tantivy::Searcher,
        ranked: &Ranked,
    ) -> Result<Vec<u8>, SearchError> {
        let (_, mut record) = self.index.record_text(searcher, ranked.address, true)?;
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
