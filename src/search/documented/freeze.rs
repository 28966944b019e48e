//! What a query was expanded to, kept word by word: the writings, abbreviations and synonyms of each of its concepts as they
//! were on the day, so that a later list or a grown index changes nothing in silence.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::passage::Sought;
use crate::search::concept::{Alternative, Arranged, Concept, Origin, PlacedTerm};
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
    /// What was searched for it by how words stand to each other, or of words that are spelt nearly so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arrangements: Vec<FrozenArranged>,
}

/// An arrangement of a concept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FrozenArranged {
    /// What had to stand where.
    pub sought: Sought,
    /// The same as people read it.
    pub text: String,
    /// How it came about, as [`crate::search::AlternativeAsked::origin`] says it.
    pub origin: String,
    /// What an occurrence counts.
    pub weight: f32,
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
        arrangements: concept
            .arrangements
            .iter()
            .map(|arranged| FrozenArranged {
                sought: Sought::clone(&arranged.sought),
                text: arranged.text.clone(),
                origin: arranged.origin.name().to_owned(),
                weight: arranged.weight,
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
        Some(known) if fits_to(known, concept) => Arc::new(with_alternatives(concept, known)),
        _ => {
            fits = false;
            concept.clone()
        }
    });
    (fits && left.next().is_none()).then_some(thawed)
}

/// Whether a frozen concept is one of a plan and says what can be searched: a log may have been written by hand.
fn fits_to(frozen: &FrozenConcept, concept: &Concept) -> bool {
    let all_sound = frozen
        .alternatives
        .iter()
        .all(|known| !known.terms.is_empty())
        && frozen
            .arrangements
            .iter()
            .all(|known| known.sought.is_sound());
    frozen.typed == concept.typed
        && frozen.alternatives.is_empty() == concept.alternatives.is_empty()
        && frozen.arrangements.is_empty() == concept.arrangements.is_empty()
        && all_sound
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
    let arrangements = frozen.arrangements.iter().map(|known| Arranged {
        sought: Arc::new(known.sought.clone()),
        text: known.text.clone(),
        origin: Origin::of_name(&known.origin),
        weight: known.weight,
        node: None,
        runs: Vec::new(),
    });
    thawed.arrangements = arrangements.collect();
    thawed
}

impl Finder {
    /// What a request's words are expanded to now.
    pub(super) fn frozen(&self, request: &Request) -> Result<Vec<FrozenConcept>, SearchError> {
        let view = self.view()?;
        let (plan, _) = self.run(request, &view, Vec::new())?.typed()?;
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
