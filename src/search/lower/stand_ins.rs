//! What stands for words inside an arrangement: `MSC ~5 knee` also with "mesenchymal stem cells", `"MSC knee"~3` with them in
//! the phrase, `exclusion:{heart attack}` with "myocardial infarction" for both words. Which names those are is decided
//! elsewhere; here they take the places of the words that they stand for.

use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::analysis::OwnedToken;
use crate::passage::{Arrangement, Terms};
use crate::search::concept::Alternative;

/// Words side by side that may be one name.
pub(crate) const MOST_WORDS: usize = 6;

/// Ways of a phrase in which names stand for its words: each is walked in every field.
const MOST_WAYS: usize = 24;

/// The words of an arrangement that something may stand for, and what does.
#[derive(Debug, Default)]
pub(crate) struct StandIns {
    /// Runs of words in the order in which they stand in the query, those under a `not` left out.
    pub(crate) runs: Vec<Vec<String>>,
    /// What stands for some words, by the words with a space between.
    pub(crate) known: FxHashMap<String, Vec<Alternative>>,
}

impl StandIns {
    /// Where in a run of words something stands for some of them, the longest name at each place.
    pub(crate) fn of<'s>(&'s self, words: &[String]) -> Vec<(Range<usize>, &'s [Alternative])> {
        let mut found = Vec::new();
        if self.known.is_empty() {
            return found;
        }
        let mut place = 0;
        while place < words.len() {
            let longest = words.len().min(place + MOST_WORDS);
            let here = (place + 1..=longest).rev().find_map(|end| {
                let known = self.known.get(&words[place..end].join(" "))?;
                Some((place..end, known.as_slice()))
            });
            place = here.as_ref().map_or(place + 1, |(range, _)| range.end);
            found.extend(here);
        }
        found
    }
}

/// Runs of words that may be one name, the longest at each place first, for whoever looks names up: `look_up` says whether
/// there is something for them.
pub(crate) fn names_in<E>(
    words: &[String],
    mut look_up: impl FnMut(Range<usize>, String) -> Result<bool, E>,
) -> Result<(), E> {
    let mut place = 0;
    while place < words.len() {
        let mut next = place + 1;
        for end in (place + 1..=words.len().min(place + MOST_WORDS)).rev() {
            if look_up(place..end, words[place..end].join(" "))? {
                next = end;
                break;
            }
        }
        place = next;
    }
    Ok(())
}

/// A name as an arrangement.
pub(super) fn of_alternative(alternative: &Alternative) -> Arrangement {
    match alternative.terms.as_slice() {
        [only] => Arrangement::Place(Terms::One(only.term.clone())),
        terms => Arrangement::Phrase {
            terms: terms
                .iter()
                .map(|placed| (Terms::One(placed.term.clone()), placed.offset))
                .collect(),
            slop: 0,
        },
    }
}

/// The words of a phrase, and where in it they stand.
pub(super) fn words_of(text: &str) -> (Vec<String>, Vec<Range<usize>>) {
    let mut words = Vec::new();
    let mut ranges = Vec::new();
    let mut rest = 0;
    for word in text.split_whitespace() {
        let start = rest + text[rest..].find(word).unwrap_or(0);
        rest = start + word.len();
        words.push(word.to_owned());
        ranges.push(start..rest);
    }
    (words, ranges)
}

/// The ways of a phrase with names in place of some of its words; `placed` is the phrase as typed, `standing` which bytes of it
/// something stands for.
pub(super) fn ways_of_phrase(
    placed: &[(&OwnedToken, Terms, u32)],
    standing: &[(Range<usize>, &[Alternative])],
    slop: u32,
) -> Vec<Arrangement> {
    type Way = Vec<(Terms, u32, usize)>;
    let typed = placed
        .iter()
        .map(|(token, terms, offset)| (terms.clone(), *offset, token.bytes.start));
    let mut ways: Vec<Way> = vec![typed.collect()];
    for (bytes, alternatives) in standing.iter().rev() {
        let inside =
            |token: &OwnedToken| bytes.start <= token.bytes.start && token.bytes.end <= bytes.end;
        let taken: Vec<&(&OwnedToken, Terms, u32)> =
            placed.iter().filter(|(token, ..)| inside(token)).collect();
        let (Some(first), Some(last)) = (taken.first(), taken.last()) else {
            continue;
        };
        let (start, end) = (first.2, last.2 + last.0.positions);
        let mut more = Vec::new();
        for way in &ways {
            for alternative in *alternatives {
                let length = alternative
                    .terms
                    .iter()
                    .map(|placed| placed.offset + 1)
                    .max();
                let length = length.unwrap_or(0);
                let mut changed: Way = Vec::with_capacity(way.len());
                for (terms, offset, at) in way {
                    if *at < bytes.start {
                        changed.push((terms.clone(), *offset, *at));
                    } else if *at >= bytes.end {
                        // Ways that were changed behind this place are moved on as a whole.
                        changed.push((terms.clone(), offset - (end - start) + length, *at));
                    }
                }
                let name = alternative.terms.iter().map(|placed| {
                    (
                        Terms::One(placed.term.clone()),
                        start + placed.offset,
                        bytes.start,
                    )
                });
                changed.extend(name);
                more.push(changed);
            }
        }
        ways.extend(more);
        ways.truncate(MOST_WAYS);
    }
    let arrangement = |mut way: Way| {
        way.sort_by_key(|(_, offset, _)| *offset);
        let first = way.first().map_or(0, |(_, offset, _)| *offset);
        let terms = way
            .into_iter()
            .map(|(terms, offset, _)| (terms, offset - first));
        Arrangement::Phrase {
            terms: terms.collect(),
            slop,
        }
    };
    ways.into_iter().skip(1).map(arrangement).collect()
}
