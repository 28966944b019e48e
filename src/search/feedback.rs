//! Pseudo-relevance feedback: what the best trials of a question have in common says more of what is sought than the
//! question alone.
//!
//! The relevance model RM3 (Abdul-Jaleel and others 2004): the terms of the best trials, each trial's share of terms weighed by
//! its score, added to the question as bonus concepts. Terms are taken from the fields that `fields.toml` marks `feedback`,
//! which name what a trial is about in few words: prose brings no better terms (measured) and costs much to analyse.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::analysis::{Analyzer, is_stop_word};
use crate::schema::{Element, Fields, section_texts};
use crate::search::bonus::Bonus;
use crate::search::collect::{Gather, Gathered};
use crate::search::concept::{Alternative, Concept, Origin};
use crate::search::finder::SearchError;
use crate::search::lower::Plan;
use crate::search::patient::searched_fields;
use crate::search::run::Run;
use crate::trial::Study;
use crate::trial::eligibility::items;

// How much feedback there is was chosen by cross-validation over judged topics; the figures change little around it.

/// How many of the best trials are looked at.
const BEST_TRIALS: usize = 20;

/// How many terms are taken from them.
const TERMS: usize = 30;

/// What they count together, beside everything that was asked counting 1.
const SHARE: f32 = 0.8;

/// The same beside a story, which says several times as much as a question: its own words lead further, and so do the wrong
/// trials among its best.
const STORY_SHARE: f32 = 0.5;

/// Terms that more than this share of all trials have say nothing of what is sought.
const MOST_COMMON: f32 = 0.1;

/// Characters of a term that can be taken; longer ones are names of a single thing.
const TERM_LENGTHS: std::ops::RangeInclusive<usize> = 2..=20;

/// The terms of some trials.
#[derive(Default)]
pub(crate) struct TermModel {
    /// Each trial's part among the trials, and how often each term stands in its fields.
    trials: Vec<(f32, BTreeMap<String, u32>)>,
}

impl TermModel {
    /// Adds a trial; `part` is its part among the trials.
    pub(crate) fn add(
        &mut self,
        study: &Study,
        part: f32,
        fields: &Fields,
        analyzer: &mut Analyzer,
    ) {
        let wanted = |field: usize| fields.text[field].feedback;
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        for (term, count) in telling_terms(study, fields, &wanted, analyzer)
            .into_values()
            .flatten()
        {
            *counts.entry(term).or_default() += count;
        }
        self.trials.push((part, counts));
    }

    /// The best terms with their parts, greatest first; equal ones by name. Those that are `common` are taken out before the
    /// others' shares of a trial are worked out, so that a trial counts the same whether its title is wordy or not.
    pub(crate) fn best(mut self, most: usize, common: &dyn Fn(&str) -> bool) -> Vec<(String, f32)> {
        // Only candidates are looked up in the index: what is far down here stays there.
        let candidates = self.parts().into_iter().take(3 * most);
        let taken_out: BTreeSet<String> = candidates
            .map(|(term, _)| term)
            .filter(|term| common(term))
            .collect();
        for (_, counts) in &mut self.trials {
            counts.retain(|term, _| !taken_out.contains(term));
        }
        let mut best = self.parts();
        best.truncate(most);
        best
    }

    fn parts(&self) -> Vec<(String, f32)> {
        let mut parts: BTreeMap<&str, f32> = BTreeMap::new();
        for (part, counts) in &self.trials {
            let total: u32 = counts.values().sum();
            for (term, count) in counts {
                *parts.entry(term).or_default() += part * *count as f32 / total as f32;
            }
        }
        let mut parts: Vec<(&str, f32)> = parts.into_iter().collect();
        parts.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        let owned = parts
            .into_iter()
            .map(|(term, part)| (term.to_owned(), part));
        owned.collect()
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

/// A term that trials have as a concept.
pub(crate) fn concept_of(term: &str, origin: Origin, fields: Vec<usize>) -> Concept {
    let word = Alternative::word(term, origin);
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

impl Run<'_> {
    /// The terms of the best trials without any filter, which never changes a score.
    pub(super) fn feedback(
        &self,
        plan: &Plan,
        bonus: &Bonus,
        gathered: &Gathered,
    ) -> Result<Vec<Arc<Concept>>, SearchError> {
        let fields = self.finder.index.fields();
        let facets = self.chosen.len();
        let (unfiltered, uncounted) = (vec![Vec::new(); facets], vec![false; facets]);
        let lifted = plan.unfiltered();
        let has_best = lifted.is_none()
            && gathered.total == gathered.words
            && self.near.is_none()
            && (gathered.hits.len() >= BEST_TRIALS || gathered.hits.len() as u64 == gathered.total);
        let plan = lifted.as_ref().unwrap_or(plan);
        let asked_again;
        let best = match has_best {
            true => &gathered.hits,
            false => {
                let wanted = Gather {
                    counted: &uncounted,
                    keep: BEST_TRIALS,
                    ..self.collector(&unfiltered)
                };
                asked_again = self.pass(plan, bonus, &wanted)?;
                &asked_again.hits
            }
        };
        let best = best.get(..BEST_TRIALS).unwrap_or(best);
        let scores: f32 = best.iter().map(|ranked| ranked.score).sum();
        let mut model = TermModel::default();
        for ranked in best.iter().filter(|ranked| ranked.score > 0.0) {
            let index = &self.finder.index;
            let trial = index.trial_without_results(&self.view.searcher, ranked.address)?;
            self.finder.with_analyzer(|analyzer| {
                model.add(&trial.study, ranked.score / scores, fields, analyzer);
            });
        }
        let documents = self.view.searcher.num_docs() as f32;
        let most = (documents * MOST_COMMON).max(2.0) as u64;
        let (searched, share) = match self.request.patient {
            Some(_) => (searched_fields(fields), STORY_SHARE),
            None => (fields.default_fields(), SHARE),
        };
        let common = |term: &str| self.is_common(term, &searched, most);
        let mut taken = Vec::with_capacity(TERMS);
        for (term, part) in model.best(TERMS, &common) {
            let concept = concept_of(&term, Origin::Feedback, searched.clone());
            let weight = self.finder.weight(concept.into(), &self.lookup)?;
            // What only one trial says leads to no other.
            if weight.documents() > 1 {
                taken.push((weight.concept().clone(), part));
            }
        }
        let asked = plan.concepts().iter().map(|concept| concept.boost).sum();
        Ok(boosted(taken, asked, share))
    }

    /// Whether more documents than some have a term, by what each field says of it: counting them would cost as much as
    /// searching for it. The fields' numbers add up as lengths do, to the power that fits real records best (error 21 %).
    fn is_common(&self, term: &str, fields: &[usize], most: u64) -> bool {
        const POWER: f64 = 1.3;
        let limit = (most as f64).powf(POWER);
        let mut sum = 0.0;
        fields.iter().any(|&field| {
            let documents = self.lookup.frequency(field, term).unwrap_or(0);
            sum += (documents as f64).powf(POWER);
            sum > limit
        })
    }
}
