//! Documents that have any of some terms, without a score.
//!
//! The engine's own set of terms builds an automaton for each query, with tables for ten thousand states: half of the time of a
//! page of studies. A few terms are quicker looked up one by one.

use tantivy::Term;
use tantivy::query::{BooleanQuery, EmptyQuery, Occur, Query, TermQuery, TermSetQuery};
use tantivy::schema::IndexRecordOption;

/// Terms beyond which one pass over the dictionary is quicker than as many looks into it.
const FEW: usize = 64;

/// The documents that have any of some terms.
pub(crate) fn any_term(terms: impl IntoIterator<Item = Term>) -> Box<dyn Query> {
    let mut terms: Vec<Term> = terms.into_iter().collect();
    terms.sort_unstable();
    terms.dedup();
    let one =
        |term: Term| -> Box<dyn Query> { Box::new(TermQuery::new(term, IndexRecordOption::Basic)) };
    match terms.len() {
        0 => Box::new(EmptyQuery),
        1 => one(terms.remove(0)),
        2..=FEW => Box::new(BooleanQuery::new(
            terms
                .into_iter()
                .map(|term| (Occur::Should, one(term)))
                .collect(),
        )),
        _ => Box::new(TermSetQuery::new(terms)),
    }
}
