//! What is one thing though it is several words to the analyzer: a number with a power, and two words of a phrase that a record writes
//! as one.

use std::ops::Range;

use crate::analysis::{OwnedToken, join, longest_path};
use crate::search::concept::{Origin, PlacedTerm};
use crate::search::lower::words::{PlacedConcept, Planner, alternative_of, ends};

/// Words of the longest phrase of which two are also looked for as one.
const LONGEST_JOINED: usize = 6;

/// Letters of the shortest word that is part of another, and of the longest before or behind the digits of a code.
const SHORTEST_PART: usize = 4;

impl Planner<'_> {
    /// The same concepts with each word that is a number with a power, "2x10^7", as a phrase: its digits mean nothing apart.
    pub(super) fn with_powers_whole(
        &mut self,
        text: &str,
        placed: Vec<PlacedConcept>,
        fields: &[usize],
    ) -> Vec<PlacedConcept> {
        if !text.contains('^') {
            return placed;
        }
        let mut whole: Vec<PlacedConcept> = Vec::with_capacity(placed.len());
        for (positions, bytes, concept) in placed {
            let word = word_around(text, bytes.start);
            let again = whole.last_mut().filter(|(_, known, _)| *known == word);
            if let Some((known, ..)) = again {
                known.end = positions.end;
                continue;
            }
            let power = is_power(&text[word.clone()])
                .then(|| self.phrase(&text[word.clone()], fields.to_vec()));
            whole.push(match power.flatten() {
                Some(power) => (positions, word, power),
                None => (positions, bytes, concept),
            });
        }
        whole
    }

    /// A phrase with two of its words as one, where a record has that: "p 53", "beta blocker".
    pub(super) fn joined_in_phrase(
        &self,
        text: &str,
        tokens: &[OwnedToken],
        fields: &[usize],
    ) -> Vec<Vec<PlacedTerm>> {
        let apart = longest_path(tokens, |token| token.positions == 1);
        let mut all = Vec::new();
        if apart.len() > LONGEST_JOINED || ends(&apart) != ends(&longest_path(tokens, |_| true)) {
            return all;
        }
        for (place, pair) in apart.windows(2).enumerate() {
            let [left, right] = [pair[0], pair[1]].map(|token| &text[token.bytes.clone()]);
            let between = text.get(pair[0].bytes.end..pair[1].bytes.start);
            let is_gap = between.is_some_and(|gap| !gap.is_empty() && gap.trim().is_empty());
            if !is_gap || !may_be_one(left, right) {
                continue;
            }
            let term = join(&[left, right]);
            let is_another = pair.iter().all(|token| token.term != term);
            if !is_another || !(self.knows)(&term, fields) {
                continue;
            }
            let mut terms = alternative_of(&apart, Origin::Writing).terms;
            terms[place].term = term;
            terms.remove(place + 1);
            for behind in &mut terms[place + 1..] {
                behind.offset -= 1;
            }
            all.push(terms);
        }
        all
    }
}

/// The stretch without white space around a place in a text.
fn word_around(text: &str, place: usize) -> Range<usize> {
    let start = text[..place].rfind(char::is_whitespace);
    let start = start.map_or(0, |space| {
        space + text[space..].chars().next().map_or(1, char::len_utf8)
    });
    let end = text[place..].find(char::is_whitespace);
    start..end.map_or(text.len(), |length| place + length)
}

/// Whether a word is a number with a power.
fn is_power(word: &str) -> bool {
    let ends = |base: &str| base.ends_with(|c: char| c.is_ascii_digit());
    let begins = |power: &str| {
        power
            .trim_start_matches('-')
            .starts_with(|c: char| c.is_ascii_digit())
    };
    word.split_once('^')
        .is_some_and(|(base, power)| ends(base) && begins(power))
}

/// Whether two words may be one in a record: a code of a few letters with its number, or two words of some length. "Vitamin E" and
/// "car T" are two.
fn may_be_one(left: &str, right: &str) -> bool {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let letters = |part: &str| part.chars().all(char::is_alphabetic);
    let length = |part: &str| part.chars().count();
    match (digits(left), digits(right)) {
        (true, true) => false,
        (true, false) => letters(right) && length(right) <= SHORTEST_PART,
        (false, true) => letters(left) && length(left) <= SHORTEST_PART,
        (false, false) => [left, right]
            .iter()
            .all(|part| letters(part) && length(part) >= SHORTEST_PART),
    }
}
