//! What a value of a piece must be, judged on the value as it stands in a record.

use std::cell::RefCell;

use crate::analysis::{Analyzer, OwnedToken};
use crate::place::Circle;
use crate::place::Point;
use crate::query::Coverage;
use crate::schema::{PieceKind, PieceValue, comparable_value, ordinal};
use crate::search::concept::Concept;
use crate::trial::eligibility::unescape_markdown;

thread_local! {
    // Values are tried one by one, and each of them is short.
    static ANALYZER: RefCell<Analyzer> = RefCell::new(Analyzer::new());
}

/// What a value must be.
#[derive(Clone, Debug)]
pub(crate) enum ValueTest {
    /// Words, in any of a concept's writings.
    Words {
        concept: Concept,
        coverage: Coverage,
    },
    /// A text exactly as written, but for the number of spaces.
    Exactly { text: String, coverage: Coverage },
    /// One of some values of an enumeration.
    AnyOf(Vec<String>),
    /// A place in the order of the values, both ends included.
    Between(Option<i64>, Option<i64>),
    /// Coordinates in a circle.
    Near(Circle),
    /// Anything.
    Anything,
}

impl ValueTest {
    /// Whether a value passes.
    pub(crate) fn admits(&self, kind: PieceKind, value: &PieceValue<'_>) -> bool {
        match self {
            ValueTest::Words { concept, coverage } => {
                text_of(value).is_some_and(|text| stands_in(concept, *coverage, &text))
            }
            ValueTest::Exactly { text, coverage } => {
                text_of(value).is_some_and(|value| stands_exactly(text, *coverage, &value))
            }
            ValueTest::AnyOf(values) => match value {
                PieceValue::Text(text) => values.iter().any(|value| value == text),
                _ => false,
            },
            ValueTest::Between(from, to) => ordinal(kind, value).is_some_and(|at| {
                from.is_none_or(|from| from <= at) && to.is_none_or(|to| at <= to)
            }),
            ValueTest::Near(circle) => match value {
                PieceValue::Point(lat, lon) => {
                    Point::new(*lat, *lon).is_some_and(|point| circle.distance(point).is_some())
                }
                _ => false,
            },
            ValueTest::Anything => match value {
                PieceValue::Text(text) => !text.trim().is_empty(),
                PieceValue::Count(count) => *count > 0,
                _ => true,
            },
        }
    }
}

/// A value as the text that its words are looked for in.
fn text_of(value: &PieceValue<'_>) -> Option<String> {
    match value {
        PieceValue::Text(text) => Some(readable(text)),
        PieceValue::Number(number) => Some(number.to_string()),
        PieceValue::Flag(flag) => Some(flag.to_string()),
        PieceValue::Count(count) => Some(count.to_string()),
        PieceValue::Point(..) | PieceValue::Present => None,
    }
}

/// A text without Markdown escapes; of a value of an enumeration its words.
fn readable(text: &str) -> String {
    match is_code(text) {
        true => label(text),
        false => unescape_markdown(text).into_owned(),
    }
}

/// `NOT_YET_RECRUITING`, `PHASE2`: how the API writes the values of enumerations, and no text.
fn is_code(text: &str) -> bool {
    text.len() > 2
        && text.contains('_')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// The words of a value of an enumeration, with those that stand for it: `PHASE2` is also "Phase 2".
pub(super) fn label(value: &str) -> String {
    let words = value.replace('_', " ").to_lowercase();
    match words.find(|c: char| c.is_ascii_digit()) {
        Some(digit) if digit > 0 => {
            let (name, number) = words.split_at(digit);
            format!("{words} / {name} {number}")
        }
        _ => words,
    }
}

/// Whether a text has a concept in any of its writings.
pub(super) fn stands_in(concept: &Concept, coverage: Coverage, text: &str) -> bool {
    let (tokens, end) = ANALYZER.with_borrow_mut(|analyzer| {
        let tokens = analyzer.analyze(text);
        (tokens, analyzer.positions_used())
    });
    let is_at = |term: &str, position: u32| {
        tokens
            .iter()
            .find(|token| token.position == position && token.term == term)
    };
    concept.alternatives.iter().any(|alternative| {
        let Some(first) = alternative.terms.first() else {
            return false;
        };
        let starts = tokens.iter().filter(|token| token.term == first.term);
        starts.into_iter().any(|start| {
            let Some(origin) = start.position.checked_sub(first.offset) else {
                return false;
            };
            let mut last: &OwnedToken = start;
            let is_here = alternative.terms.iter().all(|placed| {
                match is_at(&placed.term, origin + placed.offset) {
                    Some(token) => {
                        if token.position >= last.position {
                            last = token;
                        }
                        true
                    }
                    None => false,
                }
            });
            let (at_start, at_end) = (origin == 0, last.position + last.positions >= end);
            is_here
                && match coverage {
                    Coverage::Contains => true,
                    Coverage::FullMatch => at_start && at_end,
                    Coverage::StartsWith => at_start,
                    Coverage::EndsWith => at_end,
                }
        })
    })
}

/// Whether a text stands in another exactly as written, from one end of a word to another.
fn stands_exactly(wanted: &str, coverage: Coverage, text: &str) -> bool {
    let one_space = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (wanted, text) = (one_space(wanted), one_space(text));
    let is_apart = |before: Option<char>, after: Option<char>| {
        !(before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric))
    };
    text.match_indices(&wanted).any(|(start, found)| {
        let (before, after) = (&text[..start], &text[start + found.len()..]);
        let is_word = is_apart(before.chars().next_back(), wanted.chars().next())
            && is_apart(wanted.chars().next_back(), after.chars().next());
        is_word
            && match coverage {
                Coverage::Contains => true,
                Coverage::FullMatch => before.is_empty() && after.is_empty(),
                Coverage::StartsWith => before.is_empty(),
                Coverage::EndsWith => after.is_empty(),
            }
    })
}

/// The values of an enumeration that have a concept in their words.
pub(super) fn values_with(concept: &Concept, values: &[String]) -> Vec<String> {
    let typed = comparable_value(&concept.typed);
    values
        .iter()
        .filter(|value| {
            comparable_value(value) == typed
                || stands_in(concept, Coverage::Contains, &label(value))
        })
        .cloned()
        .collect()
}
