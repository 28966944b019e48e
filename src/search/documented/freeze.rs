//! What a query was expanded to, kept word by word: the writings, abbreviations and synonyms of each of its concepts as they
//! were on the day, so that a later list or a grown index changes nothing in silence.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::search::concept::{Alternative, Concept, Origin, PlacedTerm};
use crate::search::finder::{Finder, SearchError};
use crate::search::lower::Plan;
use crate::search::request::Request;

/// One concept of a query with everything that stood for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FrozenConcept {
    /// What was typed.
    pub typed: String,
    /// What was searched for it.
    pub alternatives: Vec<FrozenAlternative>,
}

/// One writing of a concept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FrozenAlternative {
    /// Its index terms at their places.
    pub terms: Vec<FrozenTerm>,
    /// How it came about, as [`crate::search::AlternativeAsked::origin`] says it.
    pub origin: String,
    /// What an occurrence counts.
    pub weight: f32,
}

/// An index term at its place in a writing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FrozenTerm {
    /// The term.
    pub term: String,
    /// Positions from the first term.
    pub offset: u32,
}

/// The concepts of a plan in their order, those under a `not` left out: nothing stands for them.
fn freeze(plan: &Plan) -> Vec<FrozenConcept> {
    let concepts = plan.concepts();
    let concepts = concepts.iter().map(|concept| FrozenConcept {
        typed: concept.typed.clone(),
        alternatives: concept
            .alternatives
            .iter()
            .map(|alternative| FrozenAlternative {
                terms: alternative
                    .terms
                    .iter()
                    .map(|placed| FrozenTerm {
                        term: placed.term.clone(),
                        offset: placed.offset,
                    })
                    .collect(),
                origin: alternative.origin.name().to_owned(),
                weight: alternative.weight,
            })
            .collect(),
    });
    concepts.collect()
}

/// A plan with the alternatives of frozen concepts in place of its own; `None` if the plan has other concepts than were frozen.
pub(crate) fn thaw(plan: &Plan, frozen: &[FrozenConcept]) -> Option<Plan> {
    let mut left = frozen.iter();
    let mut fits = true;
    let thawed = plan.map(&mut |concept| match left.next() {
        Some(known) if known.typed == concept.typed && !known.alternatives.is_empty() => {
            Arc::new(with_alternatives(concept, known))
        }
        _ => {
            fits = false;
            concept.clone()
        }
    });
    (fits && left.next().is_none()).then_some(thawed)
}

fn with_alternatives(concept: &Concept, frozen: &FrozenConcept) -> Concept {
    let alternatives = frozen.alternatives.iter().map(|known| Alternative {
        terms: known
            .terms
            .iter()
            .map(|placed| PlacedTerm {
                term: placed.term.clone(),
                offset: placed.offset,
            })
            .collect(),
        origin: Origin::of_name(&known.origin),
        weight: known.weight,
    });
    let mut thawed = Concept::new(
        concept.typed.clone(),
        alternatives.collect(),
        concept.fields.clone(),
    );
    thawed.boost = concept.boost;
    thawed.literal = concept.literal;
    thawed.arrangements = concept.arrangements.clone();
    thawed
}

impl Finder {
    /// What a request's words are expanded to now.
    pub(super) fn frozen(&self, request: &Request) -> Result<Vec<FrozenConcept>, SearchError> {
        let view = self.view()?;
        let (plan, _) = self.run(request, &view, Vec::new())?.expanded()?;
        Ok(freeze(&plan))
    }

    /// Whether the frozen concepts of a request are those that its words are read as now.
    pub(super) fn frozen_fits(&self, request: &Request) -> Result<bool, SearchError> {
        let view = self.view()?;
        let plan = self.run(request, &view, Vec::new())?.plan()?;
        let frozen = request.frozen.as_deref().unwrap_or_default();
        Ok(thaw(&plan, frozen).is_some())
    }
}
