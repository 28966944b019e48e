//! Notations that other search tools know and this language does not.
//!
//! Taken as plain words they would make a different search than was meant, with nothing said. So each is refused, with
//! the way to write it here. Only what is unmistakable is refused: `2*10^7`, `mm^3`, `STAR*D`, `HLA-A*02:01` and
//! `2[18F]FA-85380` are words of trial records. In quotes everything is text. The signs that this language does know are read by
//! `signs`.

use super::lex::{is_quote, is_separator};
use super::signs::is_digits;
use super::tree::Span;

/// A notation that is not of this language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// `osteo$`, `"osteo"*`: words that start so.
    Truncation,
    /// `wom?n`, `an*mia`, `wom#n`: letters left open inside a word.
    Wildcard,
    /// `ADJ3`, `NEAR/3`, `w/5`: words near each other.
    Proximity,
    /// `#1`, `#1-2`, `or/1-2`: numbered lines of a search.
    LineNumber,
    /// `knee/`: a MeSH heading.
    Heading,
    /// `AREA[Condition]`: an expression of ClinicalTrials.gov.
    Expression,
    /// `word[ti]`, `word.ti,ab.`: a field behind the word.
    FieldTag,
    /// `||` or `|`: any of.
    Bars,
    /// `!word`: none of.
    Exclamation,
    /// A long dash right before a word: a `-` that a word processor changed, or a dash between two thoughts.
    LongDash,
}

/// Field tags of PubMed in square brackets, by their first word.
const BRACKET_TAGS: [&str; 26] = [
    "ab",
    "abstract",
    "ad",
    "all",
    "au",
    "author",
    "dp",
    "filter",
    "la",
    "lang",
    "majr",
    "mesh",
    "mh",
    "nm",
    "noexp",
    "ot",
    "pt",
    "publication",
    "sb",
    "sh",
    "si",
    "text",
    "ti",
    "tiab",
    "title",
    "tw",
];

/// Field tags of Ovid between full stops.
const DOT_TAGS: [&str; 11] = [
    "ab", "af", "hw", "kf", "kw", "mp", "pt", "sh", "ti", "tw", "ot",
];

/// Operators of ClinicalTrials.gov's expressions that stand before a square bracket.
const EXPRESSIONS: [&str; 7] = [
    "AREA",
    "COVERAGE",
    "DISTANCE",
    "EXPANSION",
    "RANGE",
    "SEARCH",
    "TILT",
];

/// The notation in `word`, a run of the query without white space, and where in `word` it is.
pub(super) fn in_word(word: &str) -> Option<(Notation, Span)> {
    let whole = Span::new(0, word.len());
    let mut chars = word.chars();
    match chars.next()? {
        '!' if chars.next().is_some_and(char::is_alphanumeric) => {
            return Some((Notation::Exclamation, Span::new(0, 1)));
        }
        '–' | '—' | '―' if chars.next().is_some_and(char::is_alphanumeric) => {
            let dash = word.chars().next().map_or(0, char::len_utf8);
            return Some((Notation::LongDash, Span::new(0, dash)));
        }
        _ => {}
    }
    if is_adjacency(word) {
        return Some((Notation::Proximity, whole));
    }
    if is_line_number(word) || is_line_range(word) {
        return Some((Notation::LineNumber, whole));
    }
    if is_heading(word) {
        return Some((Notation::Heading, whole));
    }
    if let Some((operator, _)) = word.split_once('[')
        && EXPRESSIONS.contains(&operator)
    {
        return Some((Notation::Expression, whole));
    }
    let stem = word.trim_end_matches('$');
    if stem.len() < word.len() && stem.ends_with(char::is_lowercase) {
        return Some((Notation::Truncation, Span::new(stem.len(), word.len())));
    }
    if let Some(span) = field_tag(word) {
        return Some((Notation::FieldTag, span));
    }
    wildcard(word).map(|span| (Notation::Wildcard, span))
}

/// Whether a word that looks like a heading stands where one does: behind `exp`, or before an operator or an end. The first
/// word of "relapsed/ refractory" does not.
pub(super) fn is_heading_between(before: &str, behind: &str) -> bool {
    let mut words = before.split(is_separator);
    let last = words.rfind(|word| word.contains(char::is_alphanumeric));
    let exploded = last == Some("exp");
    // Signs by themselves are passed over, as everywhere.
    let opens = |c: char| is_quote(c) || matches!(c, '(' | ')' | '{' | '}');
    let behind = behind.trim_start_matches(|c: char| !c.is_alphanumeric() && !opens(c));
    let next = behind.split(|c: char| !c.is_alphabetic()).next();
    let operator = next.unwrap_or_default().to_ascii_lowercase();
    exploded
        || behind.is_empty()
        || behind.starts_with(')')
        || ["and", "or", "not"].contains(&operator.as_str())
}

/// The notation that opens `run`, which stands right behind a closing quote or parenthesis.
pub(super) fn behind_group(run: &str) -> Option<(Notation, Span)> {
    let whole = Span::new(0, run.len());
    match run.chars().next()? {
        '*' if run.len() == 1 => Some((Notation::Truncation, whole)),
        '[' | '.' => field_tag(run).map(|span| (Notation::FieldTag, span)),
        _ => None,
    }
}

/// The notation that a run without a letter or digit is, if it is not mere punctuation.
pub(super) fn in_signs(run: &str) -> Option<Notation> {
    match run {
        "|" | "||" => Some(Notation::Bars),
        _ => None,
    }
}

/// `ADJ` in capitals; `adj3`, `near/3`, `next/3`, `w/5`, `pre/3`, in any case. `N3` is a stage.
fn is_adjacency(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let distance = ["adj", "near/", "next/", "w/", "pre/"]
        .into_iter()
        .find_map(|operator| lower.strip_prefix(operator));
    word == "ADJ" || distance.is_some_and(is_digits)
}

/// `#1`; a number of more digits is a name, `NSC #715055`.
fn is_line_number(word: &str) -> bool {
    word.strip_prefix('#')
        .is_some_and(|number| number.len() <= 3 && is_digits(number))
}

/// `#1-2`, `#1-#2`, `or/1-2`, `and/1,3`.
fn is_line_range(word: &str) -> bool {
    if let Some((first, last)) = word.split_once('-') {
        let last = last.strip_prefix('#').unwrap_or(last);
        if is_line_number(first) && last.len() <= 3 && is_digits(last) {
            return true;
        }
    }
    let Some((operator, lines)) = word.split_once('/') else {
        return false;
    };
    let combines = ["or", "and"].contains(&operator.to_ascii_lowercase().as_str());
    combines && lines.split(['-', ',']).all(is_digits) && !is_digits(lines)
}

/// `knee/`: three letters or more and a slash. `w/`, `mg/` and `and/ or` are no headings, nor is `HER2/ neu`.
fn is_heading(word: &str) -> bool {
    word.strip_suffix('/').is_some_and(|heading| {
        let letters = |c: char| c.is_alphabetic() || matches!(c, '-' | '\'' | '’');
        heading.chars().all(letters)
            && heading.chars().count() > 2
            && !heading.eq_ignore_ascii_case("and")
    })
}

/// `[ti]`, or as much of `[MeSH Terms]` as stands in one run; `.ti,ab.` with both its full stops.
fn field_tag(word: &str) -> Option<Span> {
    if let Some(open) = word.rfind('[') {
        let tag = word[open + 1..].trim_end_matches(']');
        let first = tag.split(|c: char| !c.is_ascii_alphabetic()).next()?;
        let behind = word[..open]
            .chars()
            .next_back()
            .is_none_or(char::is_alphanumeric);
        if behind && BRACKET_TAGS.contains(&first.to_ascii_lowercase().as_str()) {
            return Some(Span::new(open, word.len()));
        }
    }
    let tags_and_before = word.strip_suffix('.')?;
    let dot = tags_and_before.rfind('.')?;
    tags_and_before[dot + 1..]
        .split(',')
        .all(|tag| DOT_TAGS.contains(&tag))
        .then(|| Span::new(dot, word.len()))
}

/// The sign between two lower-case letters, or a star before letters, that leaves letters open.
fn wildcard(word: &str) -> Option<Span> {
    let behind = word.strip_prefix('*').and_then(|rest| rest.chars().next());
    if behind.is_some_and(char::is_alphabetic) && !word[1..].contains('*') {
        return Some(Span::new(0, 1));
    }
    let mut before = ' ';
    let mut chars = word.char_indices().peekable();
    while let Some((place, c)) = chars.next() {
        let after = chars.peek().map_or(' ', |(_, next)| *next);
        if matches!(c, '*' | '?' | '#') && before.is_lowercase() && after.is_lowercase() {
            return Some(Span::new(place, place + 1));
        }
        before = c;
    }
    None
}
