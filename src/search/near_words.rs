//! The terms of the index that are spelt like a typed word, for `word~1`: all of them.

use std::collections::BTreeMap;

use tantivy::query::FuzzyTermQuery;
use tantivy::schema::Field;
use tantivy::{Searcher, Term};

use crate::analysis::{EXACT_MARK, exact_term, is_word_term, letters_apart, term_of_form};

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
                        (Some(form), true) => (letters_apart(exact, form), &mut forms),
                        (None, false) if is_word_term(found) => {
                            (letters_apart(term, found), &mut words)
                        }
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
