//! A stretch of text to the places where concepts stand in it. Here the analyzer decides, and nothing else: a place is a token
//! that equals a term, or tokens that stand as a phrase says.
use std::ops::Range;

use super::pattern::{Meaning, Pattern, Phrase};
use crate::analysis::Analyzer;

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

/// Occurrences of the pattern in `text[range]`, ordered by place, the longer first. Positions are counted from `range.start`,
/// so `range` must not part what belongs to one phrase or compound.
pub(super) fn occurrences(
    text: &str,
    range: Range<usize>,
    field: usize,
    pattern: &Pattern,
    analyzer: &mut Analyzer,
) -> Vec<Occurrence> {
    let mut found = Vec::new();
    let mut placed: Vec<Placed> = Vec::new();
    let base = range.start;
    analyzer.tokens(&text[range], &mut |token| {
        pattern.numbers(token.term, |number| {
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
