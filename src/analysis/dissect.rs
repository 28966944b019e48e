//! One unit to its tokens: parts, wholes and negations, with positions from 0 and byte ranges inside the unit. Runs once per
//! surface form (the analyzer remembers); knows nothing of what stands before or after.
use std::ops::Range;

use super::code::{Class, Role, class_of_letters, is_counting, is_negating, is_unit};
use super::fold::is_hyphen;
use super::segment::{Atom, Joint, Segment, segments};
use super::stem::term_of;
use super::token::TokenKind;

/// The longest whole, in parts and bytes: "video-fluoroscopic-swallowing" is one, a chemical name in full is not written
/// without its hyphens by anybody.
const WHOLE_PARTS: usize = 8;
const WHOLE_BYTES: usize = 80;

/// A token of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub term: String,
    /// What the term was made of.
    pub exact: String,
    pub bytes: Range<usize>,
    pub position: u32,
    pub positions: u32,
    pub kind: TokenKind,
}

/// All that is to be known of a unit.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Dissection {
    /// In order of position, wholes before parts.
    pub pieces: Vec<Piece>,
    /// Positions that the unit takes.
    pub positions: u32,
    /// The unit written as one, unstemmed.
    pub folded: String,
    pub class: Class,
    pub role: Role,
}

/// Takes a unit apart.
pub(super) fn dissect(surface: &str) -> Dissection {
    match surface.as_bytes() {
        [first, rest @ ..]
            if first.is_ascii_alphabetic() && rest.iter().all(u8::is_ascii_lowercase) =>
        {
            plain_word(surface)
        }
        _ => unit(surface),
    }
}

/// What [`unit()`] gives for a word of ASCII letters, small but for the first. Half of all units are such words.
fn plain_word(surface: &str) -> Dissection {
    let folded = surface.to_ascii_lowercase();
    let upper = usize::from(surface.as_bytes()[0].is_ascii_uppercase());
    let word = Piece {
        term: term_of(&folded),
        exact: folded.clone(),
        bytes: 0..surface.len(),
        position: 0,
        positions: 1,
        kind: TokenKind::Word,
    };
    Dissection {
        pieces: vec![word],
        positions: 1,
        class: class_of_letters(surface, &folded, upper, surface.len() - upper),
        role: role_of(&folded),
        folded,
    }
}

fn role_of(word: &str) -> Role {
    match word {
        "non" => Role::Non,
        word if is_negating(word) => Role::Negating,
        _ => Role::None,
    }
}

fn unit(surface: &str) -> Dissection {
    let mut segments = segments(surface);
    absorb_non(&mut segments);
    for i in 1..segments.len() {
        if parts_hard(&segments[i - 1], &segments[i]) {
            segments[i].joint = Joint::Hard;
        }
    }
    let folded: String = segments.iter().map(|s| s.folded.as_str()).collect();
    let minus = surface.chars().next_back().is_some_and(is_hyphen);
    let mut pieces = Vec::new();
    let mut positions = 0;
    if minus {
        // HER2-: the sign for HER2-negative.
        let exact = format!("{folded}negative");
        pieces.push(Piece {
            term: term_of(&exact),
            exact,
            bytes: 0..surface.len(),
            position: 0,
            positions: 1,
            kind: TokenKind::Whole,
        });
        positions = 1;
    } else {
        let mut from = 0;
        while from < segments.len() {
            let to = (from + 1..segments.len())
                .find(|&i| segments[i].joint == Joint::Hard)
                .unwrap_or(segments.len());
            cluster(&segments[from..to], &mut positions, &mut pieces);
            from = to;
        }
        pieces.sort_by_key(|p| (p.position, std::cmp::Reverse(p.positions)));
    }
    let role = match segments.as_slice() {
        [only] => role_of(&only.folded),
        _ => Role::None,
    };
    let class = if minus {
        Class::Plain
    } else {
        class_of(surface, &segments, &folded)
    };
    Dissection {
        pieces,
        positions,
        folded,
        class,
        role,
    }
}

/// A cluster is a chain of segments without a hard joint. Its whole, the wholes inside it, its atoms.
fn cluster(segments: &[Segment], positions: &mut u32, pieces: &mut Vec<Piece>) {
    // A negation needs its whole, or what it negates would be lost.
    let negating = (1..segments.len())
        .rev()
        .find(|&i| is_negating(&segments[i].folded) && fits(&segments[..=i]));
    // First position of each segment, and one past the last. What stands before "-negative" takes one position in all.
    let mut starts = Vec::with_capacity(segments.len() + 1);
    let first = *positions;
    for (i, segment) in segments.iter().enumerate() {
        starts.push(*positions);
        *positions += match negating {
            Some(n) if i < n => u32::from(i == 0),
            _ => segment.atoms.len() as u32,
        };
    }
    if let Some(n) = negating {
        starts[..n].fill(first);
    }
    starts.push(*positions);

    let mut whole = |range: Range<usize>| {
        let folded: String = segments[range.clone()]
            .iter()
            .map(|s| s.folded.as_str())
            .collect();
        let raw = segments[range.start].raw.start..segments[range.end - 1].raw.end;
        let (position, end) = (starts[range.start], starts[range.end]);
        if fits(&segments[range]) {
            pieces.push(Piece {
                term: term_of(&folded),
                exact: folded,
                bytes: raw,
                position,
                positions: end - position,
                kind: TokenKind::Whole,
            });
        }
    };
    let all = segments.len();
    whole(0..all);
    let spoken = match negating {
        Some(n) => {
            if n + 1 < all {
                whole(0..n + 1);
            }
            n
        }
        None => 0,
    };
    // Codes inside a longer compound: the PD-L1 of anti-PD-L1, the BM-MSC of BM-MSC-derived, the IL6 of anti-IL6.
    if all - spoken > 1 {
        for start in spoken..all {
            if segments[start].atoms.len() > 1 {
                whole(start..start + 1);
            }
            for end in start + 2..=all.min(start + 3) {
                let inside = end - start < all && segments[start..end].iter().all(|s| s.code);
                let named = segments[start..end].iter().any(|s| !s.number)
                    && !(segments[start].number && segments[start].folded.len() > 1);
                if inside && named {
                    whole(start..end);
                }
            }
        }
    }
    let atoms: usize = segments.iter().map(|s| s.atoms.len()).sum();
    let kind = if atoms == 1 {
        TokenKind::Word
    } else {
        TokenKind::Part
    };
    for (segment, start) in segments.iter().zip(&starts).skip(spoken) {
        for (atom, position) in segment.atoms.iter().zip(*start..) {
            let term = term_of(&atom.folded);
            pieces.push(Piece {
                term,
                exact: atom.folded.clone(),
                bytes: atom.raw.clone(),
                position,
                positions: 1,
                kind,
            });
        }
    }
}

/// Whether segments are few and short enough to have a whole, and more than one atom.
fn fits(segments: &[Segment]) -> bool {
    let atoms: usize = segments.iter().map(|s| s.atoms.len()).sum();
    let bytes: usize = segments.iter().map(|s| s.folded.len()).sum();
    (2..=WHOLE_PARTS).contains(&atoms) && bytes <= WHOLE_BYTES
}

/// "non-X" is one atom: non-Hodgkin is not Hodgkin. A code after it goes along as far as it reaches: non-IL-2.
fn absorb_non(segments: &mut Vec<Segment>) {
    if segments.len() < 2 || segments[0].folded != "non" || segments[1].joint == Joint::Hard {
        return;
    }
    let mut end = 2;
    while segments[1].code
        && end < segments.len().min(4)
        && segments[end].code
        && segments[end].joint == Joint::Soft
    {
        end += 1;
    }
    let raw = segments[0].raw.start..segments[end - 1].raw.end;
    let folded: String = segments[..end].iter().map(|s| s.folded.as_str()).collect();
    let atoms = vec![Atom {
        folded: folded.clone(),
        raw: raw.clone(),
    }];
    let one = Segment {
        joint: Joint::Hard,
        atoms,
        folded,
        raw,
        code: false,
        number: false,
        upper: 0,
        lower: 1,
    };
    segments.splice(..end, [one]);
}

/// Whether two segments joined by a hyphen are words apart all the same: ranges (18-65), measures (50-mg, 24-hour), numbered
/// things (phase-2).
fn parts_hard(first: &Segment, second: &Segment) -> bool {
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let (Some(last), Some(next)) = (first.atoms.last(), second.atoms.first()) else {
        return false;
    };
    let decimal = |s: &str| digits(s) && s.contains('.');
    digits(&last.folded) && digits(&next.folded)
        || decimal(&last.folded)
        || decimal(&next.folded)
        || first.number && is_unit(&second.folded)
        || second.number && is_counting(&first.folded)
}

fn class_of(surface: &str, segments: &[Segment], folded: &str) -> Class {
    match segments {
        [only] if only.number => {
            let whole = only.folded.len() <= 8 && only.folded.bytes().all(|b| b.is_ascii_digit());
            if whole { Class::Number } else { Class::Plain }
        }
        [only] if only.upper + only.lower == folded.len() => {
            class_of_letters(&surface[only.raw.clone()], folded, only.upper, only.lower)
        }
        _ => {
            let letter_first = folded
                .bytes()
                .next()
                .is_some_and(|b| b.is_ascii_alphabetic());
            let soft = segments.iter().skip(1).all(|s| s.joint == Joint::Soft);
            let capital = segments.iter().any(|s| s.upper > 0);
            let longest = if segments.len() == 1 { 6 } else { 12 };
            if !(letter_first
                && soft
                && capital
                && folded.len() <= longest
                && segments.iter().all(|s| s.code))
            {
                return Class::Plain;
            }
            if folded.bytes().any(|b| b.is_ascii_digit()) {
                Class::Coded
            } else {
                Class::Code
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn plain_words_are_units_like_others(word in "[A-Za-z][a-z]{0,9}|non|negative|Naive|alpha|Beta|hb|Ig|week|Mg") {
            prop_assert_eq!(plain_word(&word), unit(&word));
        }
    }
}
