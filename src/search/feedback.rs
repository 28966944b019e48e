//! Pseudo-relevance feedback: what the best trials of a question have in common says more of what is sought than the
//! question alone.
//!
//! The relevance model RM3 (Abdul-Jaleel and others 2004): the terms of the best trials, each trial's share of terms weighed by
//! its score, added to the question as bonus concepts. Terms are taken from the fields that `fields.toml` marks `feedback`,
//! which name what a trial is about in few words: prose brings no better terms (measured) and costs much to analyse.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::analysis::{Analyzer, is_stop_word};
use crate::schema::{Element, Fields, section_texts};
use crate::search::concept::{Alternative, Concept, Origin};
use crate::trial::Study;
use crate::trial::eligibility::items;

/// How much feedback there is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Feedback {
    /// How many of the best trials are looked at.
    pub(crate) trials: usize,
    /// How many terms are taken from them.
    pub(crate) terms: usize,
    /// What they count together, beside everything that was asked counting 1.
    pub(crate) share: f32,
    /// Terms that more than this share of all trials have say nothing of what is sought.
    pub(crate) most_common: f32,
}

/// Chosen by cross-validation over judged topics; the figures change little around it.
pub(crate) const FEEDBACK: Feedback = Feedback {
    trials: 20,
    terms: 30,
    share: 0.8,
    most_common: 0.1,
};

/// Characters of a term that can be taken; longer ones are names of a single thing.
const TERM_LENGTHS: std::ops::RangeInclusive<usize> = 2..=20;

/// The terms of some trials, what counts most first.
#[derive(Default)]
pub(crate) struct TermModel {
    terms: FxHashMap<String, f32>,
}

impl TermModel {
    /// Adds a trial; `weight` is its part among the trials.
    pub(crate) fn add(
        &mut self,
        study: &Study,
        weight: f32,
        fields: &Fields,
        analyzer: &mut Analyzer,
    ) {
        let told = telling_terms(
            study,
            fields,
            &|field| fields.text[field].feedback,
            analyzer,
        );
        let total: u32 = told.values().flat_map(BTreeMap::values).sum();
        for (term, count) in told.into_values().flatten() {
            *self.terms.entry(term).or_default() += weight * count as f32 / total as f32;
        }
    }

    /// The terms with their parts, greatest first; equal ones by name.
    pub(crate) fn into_terms(self) -> Vec<(String, f32)> {
        let mut terms: Vec<(String, f32)> = self.terms.into_iter().collect();
        terms.sort_by(|(a, x), (b, y)| y.total_cmp(x).then_with(|| a.cmp(b)));
        terms
    }
}

/// How often each term that may say what a trial is about stands in each of the wanted fields.
pub(crate) fn telling_terms(
    study: &Study,
    fields: &Fields,
    wanted: &dyn Fn(usize) -> bool,
    analyzer: &mut Analyzer,
) -> BTreeMap<usize, BTreeMap<String, u32>> {
    let criteria = &study.protocol_section.eligibility_module;
    let criteria = criteria.eligibility_criteria.as_deref();
    let of_items = |field: &usize| {
        fields.text[*field]
            .elements
            .contains(&Element::InclusionItem)
    };
    let wants_items = (0..fields.text.len()).filter(of_items).any(wanted);
    let items = criteria
        .filter(|_| wants_items)
        .map(items)
        .unwrap_or_default();
    let mut told: BTreeMap<usize, BTreeMap<String, u32>> = BTreeMap::new();
    section_texts(fields, study, &items, &mut |section| {
        if wanted(section.field) {
            let counts = told.entry(section.field).or_default();
            for token in analyzer.analyze(&section.text) {
                if is_telling(&token.term) {
                    *counts.entry(token.term).or_default() += 1;
                }
            }
        }
    });
    told
}

/// Whether a term may say what a trial is about: a word or code, no function word, no bare number.
fn is_telling(term: &str) -> bool {
    TERM_LENGTHS.contains(&term.chars().count())
        && term.chars().all(char::is_alphanumeric)
        && term.contains(char::is_alphabetic)
        && !is_stop_word(term)
}

/// A term of feedback as a concept.
pub(crate) fn concept_of(term: &str, fields: Vec<usize>) -> Concept {
    let word = Alternative::word(term, Origin::Feedback);
    Concept::new(term.to_owned(), vec![word], fields)
}

/// The concepts with boosts: together `share` of what was asked, each by its part.
pub(crate) fn boosted(concepts: Vec<(Concept, f32)>, asked: f32, share: f32) -> Vec<Arc<Concept>> {
    let whole: f32 = concepts.iter().map(|(_, part)| part).sum();
    let boosted = concepts.into_iter().map(|(mut concept, part)| {
        concept.boost = share * asked * part / whole;
        Arc::new(concept)
    });
    boosted.collect()
}
