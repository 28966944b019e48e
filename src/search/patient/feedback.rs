//! Pseudo-relevance feedback for a patient's story: words that the best trials have in common are searched as well.
//!
//! After RM3 (Abdul-Jaleel et al. 2004): each of the best trials votes for its words by its own score; the words with most
//! votes get a share of the weight that the story's concepts have together, those of the story among them as well. The
//! best trials are those of the story alone, whatever the filters.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::PatientWeighing;
use crate::analysis::{TokenKind, is_stop_word, longest_path};
use crate::narrative::is_boilerplate;
use crate::schema::{Element, section_texts};
use crate::search::collect::Ranked;
use crate::search::concept::{Alternative, Concept, Origin, idf};
use crate::search::finder::{Finder, SearchError, View};
use crate::search::lower::Plan;

/// Words of one trial that are read; its names and its summary stand before.
const MOST_WORDS: usize = 600;

/// Shortest word that is taken from a trial, in characters.
const SHORTEST: usize = 3;

/// What a word counts that stands in an element; 0 for elements that say what is done, where and by whom.
fn counts(element: Element) -> f32 {
    match element {
        Element::BriefTitle
        | Element::Condition
        | Element::Keyword
        | Element::ConditionMeshTerm => 2.0,
        Element::OfficialTitle | Element::BriefSummary | Element::InterventionName => 1.0,
        _ => 0.0,
    }
}

struct Voted {
    surface: String,
    votes: f32,
}

/// The plan of a story with the words of its best trials; the plan itself if they have none.
pub(crate) fn with_feedback(
    finder: &Finder,
    view: &View,
    plan: &Plan,
    best: &[Ranked],
    weighing: &PatientWeighing,
) -> Result<Plan, SearchError> {
    let Plan::Or(parts) = plan else {
        return Ok(plan.clone());
    };
    let mut votes: FxHashMap<String, Voted> = FxHashMap::default();
    let all: f32 = best.iter().map(|ranked| ranked.score).sum();
    for ranked in best.iter().filter(|ranked| ranked.score > 0.0) {
        vote(finder, view, ranked, ranked.score / all, &mut votes)?;
    }
    let documents = view.searcher.num_docs();
    let fields = finder.index.fields().default_fields();
    let mut chosen = Vec::new();
    for (term, voted) in votes {
        let mut frequency = 0;
        for &field in &fields {
            let term = tantivy::Term::from_field_text(finder.handles[field], &term);
            let found = view.searcher.doc_freq(&term);
            frequency = frequency.max(found.map_err(|error| finder.engine_error(error))?);
        }
        chosen.push((voted.votes * idf(frequency, documents), term, voted));
    }
    chosen.sort_by(|(worth, term, _), (other_worth, other_term, _)| {
        other_worth
            .total_cmp(worth)
            .then_with(|| term.cmp(other_term))
    });
    chosen.truncate(weighing.feedback_words);
    let votes: f32 = chosen.iter().map(|(.., voted)| voted.votes).sum();
    if votes <= 0.0 {
        return Ok(plan.clone());
    }
    let weight: f32 = plan.concepts().iter().map(|concept| concept.boost).sum();
    let unit = weighing.feedback * weight / votes;
    let mut parts = parts.clone();
    for (_, term, voted) in chosen {
        let boost = unit * voted.votes;
        let known = parts.iter_mut().find_map(|part| match part {
            Plan::Concept(concept) if is_word(concept, &term) => Some(concept),
            _ => None,
        });
        match known {
            Some(concept) => {
                let mut raised = Concept::clone(concept);
                raised.boost += boost;
                *concept = Arc::new(raised);
            }
            None => {
                let alternatives = vec![Alternative::word(term, Origin::Feedback)];
                let mut concept = Concept::new(voted.surface, alternatives, fields.clone());
                concept.boost = boost;
                parts.push(Plan::Concept(Arc::new(concept)));
            }
        }
    }
    Ok(Plan::Or(parts))
}

fn is_word(concept: &Concept, term: &str) -> bool {
    matches!(concept.alternatives[0].terms.as_slice(), [placed] if placed.term == term)
}

/// The votes of one trial.
fn vote(
    finder: &Finder,
    view: &View,
    ranked: &Ranked,
    share: f32,
    votes: &mut FxHashMap<String, Voted>,
) -> Result<(), SearchError> {
    let trial = finder
        .index
        .trial_without_results(&view.searcher, ranked.address)?;
    let mut own: FxHashMap<String, Voted> = FxHashMap::default();
    let mut words = 0;
    let mut length = 0.0;
    finder.with_analyzer(|analyzer| {
        section_texts(finder.index.fields(), &trial.study, &[], &mut |section| {
            let counts = counts(section.element);
            if counts == 0.0 || words > MOST_WORDS {
                return;
            }
            let tokens = analyzer.analyze(&section.text);
            for token in longest_path(&tokens, |token| token.kind != TokenKind::Joined) {
                words += 1;
                let term = token.term.as_str();
                let says_nothing = is_stop_word(term)
                    || is_boilerplate(term)
                    || term.chars().count() < SHORTEST
                    || term.starts_with(|c: char| c.is_ascii_digit());
                if says_nothing {
                    continue;
                }
                length += counts;
                own.entry(term.to_owned())
                    .or_insert_with(|| Voted {
                        surface: section
                            .text
                            .get(token.bytes.clone())
                            .unwrap_or(term)
                            .to_owned(),
                        votes: 0.0,
                    })
                    .votes += counts;
            }
        });
    });
    for (term, voted) in own {
        let share = share * voted.votes / length;
        votes
            .entry(term)
            .or_insert(Voted {
                surface: voted.surface,
                votes: 0.0,
            })
            .votes += share;
    }
    Ok(())
}
