//! A stretch of text to the places where concepts stand in it. Here the analyzer decides, and nothing else: a place is a token
//! that equals a term, or tokens that stand as a phrase says.
use std::ops::Range;

use super::arrangement::Values;
use super::pattern::{ArrangedTerms, Meaning, Pattern, Phrase};
use crate::analysis::{Analyzer, Token};

/// A concept at its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Occurrence {
    pub concept: usize,
    /// Weight of the concept in this form.
    pub weight: f32,
    /// Bytes of the text.
    pub bytes: Range<usize>,
    /// Positions that it takes, to tell how near two occurrences are.
    pub positions: Range<u32>,
}

/// A token that is a term of a phrase.
struct Placed {
    number: usize,
    bytes: Range<usize>,
    positions: Range<u32>,
}

/// What an arrangement covers in a text.
#[derive(Debug, Clone)]
pub(super) struct Stretch {
    pub meaning: Meaning,
    /// Bytes of the text.
    pub bytes: Range<usize>,
}

/// What stands in a whole text by its arrangement, ordered by place: each term on its own, those that are side by side as one.
pub(super) fn arranged(
    text: &str,
    field: usize,
    pattern: &Pattern,
    analyzer: &mut Analyzer,
) -> Vec<Stretch> {
    let searched: Vec<&ArrangedTerms> = pattern
        .arranged()
        .iter()
        .filter(|arranged| pattern.searches(arranged.meaning.concept, field))
        .collect();
    if searched.is_empty() || !pattern.prefilter().any(text) {
        return Vec::new();
    }
    let mut placed: Vec<Placed> = Vec::new();
    analyzer.tokens(text, &mut |token| {
        pattern.numbers(&token, |number| {
            if pattern.uses(number).arranged {
                placed.push(Placed {
                    number,
                    bytes: token.bytes.clone(),
                    positions: token.position..token.position + token.positions,
                });
            }
        });
    });
    let mut stretches = Vec::new();
    for arranged in searched {
        let positions: Vec<Vec<u32>> = arranged
            .numbers
            .iter()
            .map(|numbers| {
                let is = |token: &&Placed| numbers.contains(&token.number);
                let here = placed.iter().filter(is).map(|token| token.positions.start);
                let mut here: Vec<u32> = here.collect();
                here.sort_unstable();
                here.dedup();
                here
            })
            .collect();
        for found in arranged.sought.matches(&positions, &Values::ONE) {
            let mut bytes: Vec<Range<usize>> = Vec::new();
            for (terms, position) in &found.places {
                let numbers = &arranged.numbers[*terms];
                let token = placed.iter().find(|token| {
                    token.positions.start == *position && numbers.contains(&token.number)
                });
                bytes.extend(token.map(|token| token.bytes.clone()));
            }
            let mut places: Vec<u32> = found.places.iter().map(|(_, position)| *position).collect();
            places.sort_unstable();
            places.dedup();
            let side_by_side = places.len() == (found.end - found.start) as usize;
            if side_by_side
                && let (Some(start), Some(end)) = (
                    bytes.iter().map(|b| b.start).min(),
                    bytes.iter().map(|b| b.end).max(),
                )
            {
                bytes = std::iter::once(start..end).collect();
            }
            stretches.extend(bytes.into_iter().map(|bytes| Stretch {
                meaning: arranged.meaning,
                bytes,
            }));
        }
    }
    stretches.sort_by_key(|stretch| {
        (
            stretch.bytes.start,
            std::cmp::Reverse(stretch.bytes.end),
            stretch.meaning.concept,
        )
    });
    stretches.dedup_by(|later, earlier| {
        later.bytes == earlier.bytes && later.meaning.concept == earlier.meaning.concept
    });
    stretches
}

/// Notes the positions that a token has of the stretches that begin or end with it.
fn place_arranged(
    arranged: &[Stretch],
    token: &Token<'_>,
    base: usize,
    placed: &mut [Option<Range<u32>>],
) {
    let bytes = base + token.bytes.start..base + token.bytes.end;
    for (stretch, placed) in arranged.iter().zip(placed) {
        let end = token.position + token.positions;
        if stretch.bytes.start == bytes.start {
            placed.get_or_insert(token.position..end);
        }
        if stretch.bytes.end == bytes.end
            && let Some(placed) = placed
        {
            placed.end = placed.end.max(end);
        }
    }
}

/// Occurrences of the pattern in `text[range]`, with those of `arranged` that begin there, ordered by place, the longer first. Positions are counted from `range.start`,
/// so `range` must not part what belongs to one phrase or compound.
pub(super) fn occurrences(
    text: &str,
    range: Range<usize>,
    field: usize,
    pattern: &Pattern,
    arranged: &[Stretch],
    analyzer: &mut Analyzer,
) -> Vec<Occurrence> {
    let mut found = Vec::new();
    let mut placed: Vec<Placed> = Vec::new();
    let base = range.start;
    let first = arranged.partition_point(|stretch| stretch.bytes.start < range.start);
    let count = arranged[first..].partition_point(|stretch| stretch.bytes.start < range.end);
    let arranged = &arranged[first..first + count];
    let mut placed_arranged: Vec<Option<Range<u32>>> = vec![None; arranged.len()];
    analyzer.tokens(&text[range], &mut |token| {
        place_arranged(arranged, &token, base, &mut placed_arranged);
        pattern.numbers(&token, |number| {
            let uses = pattern.uses(number);
            let bytes = base + token.bytes.start..base + token.bytes.end;
            let positions = token.position..token.position + token.positions;
            for meaning in uses
                .alone
                .iter()
                .filter(|meaning| pattern.searches(meaning.concept, field))
            {
                found.push(occurrence(*meaning, bytes.clone(), positions.clone()));
            }
            if uses.in_phrase {
                placed.push(Placed {
                    number,
                    bytes,
                    positions,
                });
            }
        });
    });
    for (stretch, positions) in arranged.iter().zip(placed_arranged) {
        if let Some(positions) = positions {
            found.push(occurrence(
                stretch.meaning,
                stretch.bytes.clone(),
                positions,
            ));
        }
    }
    if !placed.is_empty() {
        placed.sort_by_key(|token| (token.number, token.positions.start));
        for phrase in pattern
            .phrases()
            .iter()
            .filter(|phrase| pattern.searches(phrase.meaning.concept, field))
        {
            stand_together(phrase, &placed, &mut found);
        }
    }
    found.sort_by(|a, b| {
        let order = |o: &Occurrence| (o.bytes.start, std::cmp::Reverse(o.bytes.end), o.concept);
        order(a).cmp(&order(b)).then(b.weight.total_cmp(&a.weight))
    });
    found.dedup_by(|later, earlier| {
        later.bytes == earlier.bytes && later.concept == earlier.concept
    });
    found
}

fn occurrence(meaning: Meaning, bytes: Range<usize>, positions: Range<u32>) -> Occurrence {
    Occurrence {
        concept: meaning.concept,
        weight: meaning.weight,
        bytes,
        positions,
    }
}

/// Adds the places where all terms of a phrase stand at their positions. `placed` is ordered by number and position.
fn stand_together(phrase: &Phrase, placed: &[Placed], found: &mut Vec<Occurrence>) {
    let of = |number: usize| {
        let from = placed.partition_point(|token| token.number < number);
        let count = placed[from..].partition_point(|token| token.number == number);
        &placed[from..from + count]
    };
    let Some(&(rarest, rarest_offset)) = phrase
        .terms
        .iter()
        .min_by_key(|(number, _)| of(*number).len())
    else {
        return;
    };
    'places: for token in of(rarest) {
        let start = i64::from(token.positions.start) - i64::from(rarest_offset);
        let (mut bytes, mut positions) = (token.bytes.clone(), token.positions.clone());
        for &(number, offset) in &phrase.terms {
            let at = start + i64::from(offset);
            let tokens = of(number);
            let first = tokens.partition_point(|other| i64::from(other.positions.start) < at);
            let Some(other) = tokens[first..]
                .first()
                .filter(|other| i64::from(other.positions.start) == at)
            else {
                continue 'places;
            };
            bytes = bytes.start.min(other.bytes.start)..bytes.end.max(other.bytes.end);
            positions =
                positions.start.min(other.positions.start)..positions.end.max(other.positions.end);
        }
        found.push(occurrence(phrase.meaning, bytes, positions));
    }
}
