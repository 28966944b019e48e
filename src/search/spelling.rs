//! The nearest words that the index knows, for words that it does not.

use std::collections::BTreeMap;
use std::sync::Arc;

use tantivy::query::FuzzyTermQuery;
use tantivy::schema::Field;
use tantivy::{Searcher, Term};

use crate::analysis::{EXACT_MARK, exact_term, is_word_term, term_of_form};
use crate::search::concept::{Alternative, Concept, Origin};

/// Words shorter than this have too many neighbours to guess among, in characters.
const SHORTEST: usize = 4;

/// From this length on two letters may be wrong, in characters.
const LONG: usize = 7;

/// A concept with the nearest known spelling of its word, if no trial has the word in any writing and another is near.
pub(crate) fn respell(
    concept: &Arc<Concept>,
    searcher: &Searcher,
    handles: &[Field],
) -> tantivy::Result<Option<Arc<Concept>>> {
    // What was typed as an arrangement is meant as typed.
    let Some([placed]) = concept
        .alternatives
        .first()
        .filter(|_| concept.arrangements.is_empty())
        .map(|typed| typed.terms.as_slice())
    else {
        return Ok(None);
    };
    let length = placed.term.chars().count();
    if length < SHORTEST || placed.term.chars().any(|c| c.is_ascii_digit()) {
        return Ok(None);
    }
    for alternative in &concept.alternatives {
        if let [word] = alternative.terms.as_slice() {
            for &field in &concept.fields {
                if searcher.doc_freq(&Term::from_field_text(handles[field], &word.term))? > 0 {
                    return Ok(None);
                }
            }
        }
    }
    let distance = if length < LONG { 1 } else { 2 };
    let mut best: Option<(Nearness, String)> = None;
    for &field in &concept.fields {
        let query = FuzzyTermQuery::new(
            Term::from_field_text(handles[field], &placed.term),
            distance,
            true,
        );
        for segment in searcher.segment_readers() {
            let inverted = segment.inverted_index(handles[field])?;
            let mut stream = inverted.terms().search(query.automaton()?).into_stream()?;
            while stream.advance() {
                let frequency = stream.value().doc_freq;
                let Ok(term) = std::str::from_utf8(stream.key()) else {
                    continue;
                };
                if !is_word_term(term) {
                    continue;
                }
                let nearness = Nearness::of(&placed.term, term, frequency);
                if best.as_ref().is_none_or(|(known, _)| nearness > *known) {
                    best = Some((nearness, term.to_owned()));
                }
            }
        }
    }
    Ok(best.map(|(_, term)| {
        let alternatives = vec![Alternative::word(term, Origin::Spelling)];
        Arc::new(Concept::new(
            concept.typed.clone(),
            alternatives,
            concept.fields.clone(),
        ))
    }))
}

/// The terms of some fields that are spelt like a word, by the number of letters that differ: of words by their term, and words
/// as written whose term is none of those. `term` is the term of the word, `exact` the word as written, folded.
pub(crate) fn words_near(
    term: &str,
    exact: &str,
    edits: u8,
    searcher: &Searcher,
    handles: &[Field],
) -> tantivy::Result<Vec<Vec<String>>> {
    let mut words: BTreeMap<String, usize> = BTreeMap::from([(term.to_owned(), 0)]);
    let mut forms: BTreeMap<String, usize> = BTreeMap::new();
    for &field in handles {
        for (typed, forms_only) in [(term.to_owned(), false), (exact_term(exact), true)] {
            let query = FuzzyTermQuery::new(Term::from_field_text(field, &typed), edits, true);
            for segment in searcher.segment_readers() {
                let inverted = segment.inverted_index(field)?;
                let mut stream = inverted.terms().search(query.automaton()?).into_stream()?;
                while stream.advance() {
                    let Ok(found) = std::str::from_utf8(stream.key()) else {
                        continue;
                    };
                    let (far, into) = match (found.strip_prefix(EXACT_MARK), forms_only) {
                        (Some(form), true) => (distance(exact, form), &mut forms),
                        (None, false) if is_word_term(found) => (distance(term, found), &mut words),
                        _ => continue,
                    };
                    if far <= usize::from(edits) {
                        into.entry(found.to_owned()).or_insert(far);
                    }
                }
            }
        }
    }
    forms.retain(|form, _| !words.contains_key(&term_of_form(form.trim_start_matches(EXACT_MARK))));
    let mut by_distance = vec![Vec::new(); usize::from(edits) + 1];
    for (found, far) in words.into_iter().chain(forms) {
        by_distance[far].push(found);
    }
    Ok(by_distance)
}

/// How well a word may be the one that was meant; greater is better.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Nearness {
    /// Letters that differ, negative.
    distance: i64,
    /// People seldom get the first letter wrong.
    same_first: bool,
    frequency: u32,
}

impl Nearness {
    fn of(typed: &str, term: &str, frequency: u32) -> Nearness {
        Nearness {
            distance: -(distance(typed, term) as i64),
            same_first: typed.chars().next() == term.chars().next(),
            frequency,
        }
    }
}

/// Letters to insert, delete, replace or swap with their neighbour (optimal string alignment).
pub(super) fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before[j - 2] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        let check = |a: &str, b: &str, expect: usize| assert_eq!(distance(a, b), expect, "{a} {b}");
        check("melanoma", "melanoma", 0);
        check("melonoma", "melanoma", 1);
        check("mealnoma", "melanoma", 1);
        check("melanomas", "melanoma", 1);
        check("", "abc", 3);
        check("β", "b", 1);
    }
}
