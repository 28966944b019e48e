//! Bonus concepts: what a trial need not have, but ranks higher for having. They never change which trials are found.
//!
//! Of every question: words that stand side by side in it, side by side in the trial too (the ordered windows of Metzler and
//! Croft 2005). On request, the terms of feedback ([`crate::search::feedback`]).

use std::sync::Arc;

use tantivy::query::{BooleanQuery, Occur, Query};

use crate::search::concept::{Alternative, Concept, Origin, PlacedTerm};
use crate::search::concept_query::ConceptQuery;
use crate::search::lookup::Lookup;
use crate::search::lower::Plan;

/// What two neighbours side by side count, beside each of them being there at all. Small: it is to decide between trials
/// that are about as good by their words.
const SIDE_BY_SIDE: f32 = 0.1;

/// The most concepts of a question whose neighbours are looked at. Reading positions for each pair of a text of eighty words
/// takes longer (23 ms on 15,000 records) than all its words together (17 ms).
const MOST_NEIGHBOURS: usize = 24;

/// Neighbours in a question as concepts of their own.
pub(crate) fn neighbours(plan: &Plan) -> Vec<Arc<Concept>> {
    let parts = match plan {
        Plan::And(parts) | Plan::Or(parts) if parts.len() <= MOST_NEIGHBOURS => parts,
        _ => return Vec::new(),
    };
    let pairs = parts.windows(2).filter_map(|pair| match pair {
        [Plan::Concept(left), Plan::Concept(right)] if left.fields == right.fields => {
            side_by_side(left, right)
        }
        _ => None,
    });
    pairs.collect()
}

/// Two words, each as typed, the second right behind the first; `None` unless both are plain words.
fn side_by_side(left: &Concept, right: &Concept) -> Option<Arc<Concept>> {
    let word = |concept: &Concept| match concept.alternatives.first()?.terms.as_slice() {
        [single] => Some(single.term.clone()),
        _ => None,
    };
    let terms = [word(left)?, word(right)?];
    if terms[0] == terms[1] {
        return None;
    }
    let placed = (0_u32..)
        .zip(terms)
        .map(|(offset, term)| PlacedTerm { term, offset });
    let phrase = Alternative::phrase(placed.collect(), Origin::SideBySide);
    let typed = format!("{} {}", left.typed, right.typed);
    let mut concept = Concept::new(typed, vec![phrase], left.fields.clone());
    concept.boost = SIDE_BY_SIDE * left.boost.min(right.boost);
    Some(Arc::new(concept))
}

/// What the engine is asked, with bonus concepts beside what must be.
pub(crate) fn with_bonus(
    wanted: Box<dyn Query>,
    bonus: &[Arc<Concept>],
    lookup: &Arc<Lookup>,
) -> Box<dyn Query> {
    if bonus.is_empty() {
        return wanted;
    }
    let mut clauses = vec![(Occur::Must, wanted)];
    clauses.extend(bonus.iter().map(|concept| {
        let query = ConceptQuery::new(concept.clone(), lookup);
        (Occur::Should, Box::new(query) as Box<dyn Query>)
    }));
    Box::new(BooleanQuery::new(clauses))
}
