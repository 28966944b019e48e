//! What a trial need not have, but ranks higher for having: it never changes which trials are found.
//!
//! Of every question, words that stand side by side in it, side by side in the trial too ([`crate::search::pairs`]). On request,
//! the terms of feedback ([`crate::search::feedback`]).

use std::sync::Arc;

use tantivy::query::{BooleanQuery, Occur, Query};

use crate::search::concept::Concept;
use crate::search::concept_query::ConceptQuery;
use crate::search::lookup::Lookup;
use crate::search::pairs::Pair;

/// What else speaks for a trial.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bonus {
    /// Looked for in the best trials only, when all have been found.
    pub(crate) pairs: Vec<Pair>,
    /// Terms of feedback.
    pub(crate) feedback: Vec<Arc<Concept>>,
}

/// What the engine is asked, with the terms of feedback beside what must be.
pub(crate) fn with_feedback(
    wanted: Box<dyn Query>,
    terms: &[Arc<Concept>],
    lookup: &Arc<Lookup>,
) -> Box<dyn Query> {
    if terms.is_empty() {
        return wanted;
    }
    let mut clauses = vec![(Occur::Must, wanted)];
    clauses.extend(terms.iter().map(|concept| {
        let query = ConceptQuery::new(concept.clone(), lookup);
        (Occur::Should, Box::new(query) as Box<dyn Query>)
    }));
    Box::new(BooleanQuery::new(clauses))
}
