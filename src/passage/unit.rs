//! What of the texts is analysed together: a whole value, or a run of sentences that no match may be parted from. Made from
//! the prefilter's view alone, so that the units that promise little are never analysed.
use std::ops::Range;

use super::occurrence::Stretch;
use super::pattern::Pattern;
use super::prefilter::{Concepts, bit};
use super::sentence::{Sentence, sentences};
use super::{Shape, Text};

/// A sentence with fewer characters than this says little alone: it is shown with its neighbour if both match, and a lead-in
/// ("Primary endpoint:") with what it leads to.
pub(super) const SHORT: usize = 70;

/// How far from a sentence's end a word can be that a phrase goes on from, in bytes: some
/// ten words.
const PHRASE_REACH: usize = 96;

/// Sentences that are analysed together.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    /// Index of the text.
    pub source: usize,
    /// Its sentences; the value itself is the only one of a [`Shape::Whole`].
    pub sentences: Vec<Sentence>,
    /// Concepts that it may hold.
    pub concepts: Concepts,
}

/// Adds the units of the text with index `source` that can hold anything, in the order of the text.
pub(super) fn units(
    source: usize,
    of: &Text<'_>,
    pattern: &Pattern,
    arranged: &[Stretch],
    longest: usize,
    out: &mut Vec<Unit>,
) {
    let Text { field, text, shape } = *of;
    let there = arranged
        .iter()
        .fold(0, |all, stretch| all | bit(stretch.meaning.concept));
    let searched = pattern.searched_in(field) & (there | !pattern.only_arranged());
    let filter = pattern.prefilter();
    if searched == 0 || !filter.any(text) {
        return;
    }
    if shape == Shape::Whole {
        let start = text.len() - text.trim_start().len();
        let shown = start..text.trim_end().len().max(start);
        let concepts = filter.concepts(text, 0, text.len()) & searched;
        if concepts != 0 {
            out.push(Unit {
                source,
                sentences: vec![Sentence {
                    raw: 0..text.len(),
                    shown,
                    opens: true,
                }],
                concepts,
            });
        }
        return;
    }
    let sentences = sentences(text);
    let held: Vec<Concepts> = sentences
        .iter()
        .map(|s| filter.concepts(text, s.raw.start, s.raw.end) & searched)
        .collect();
    let mut begin = 0;
    while begin < sentences.len() {
        let mut end = begin + 1;
        let mut concepts = held[begin];
        while end < sentences.len() && belongs(text, &sentences, &held, end, pattern, longest) {
            concepts |= held[end];
            end += 1;
        }
        if concepts != 0 {
            out.push(Unit {
                source,
                sentences: sentences[begin..end].to_vec(),
                concepts,
            });
        }
        begin = end;
    }
}

/// Whether a sentence and the one before are to be analysed, or may be shown, together.
fn belongs(
    text: &str,
    sentences: &[Sentence],
    held: &[Concepts],
    second: usize,
    pattern: &Pattern,
    longest: usize,
) -> bool {
    let (before, after) = (&sentences[second - 1], &sentences[second]);
    let (first_holds, second_holds) = (held[second - 1], held[second]);
    runs_on(text, before, after)
        || first_holds != 0 && leads(text, before, after, longest)
        || first_holds != 0
            && second_holds != 0
            && goes_with(text, before.shown.clone(), after, longest)
        || pattern.prefilter().phrase_across(first_holds, second_holds)
            && phrase_may_cross(text, before, after, pattern)
}

/// Whether the analyzer may see words of both as neighbours: nothing but white space with one line break at most between.
fn runs_on(text: &str, before: &Sentence, after: &Sentence) -> bool {
    let gap = &text[before.shown.end..after.shown.start];
    let breaks = gap.bytes().filter(|&b| b == b'\n').count() > 1;
    let stop = text[..before.shown.end].ends_with(|c: char| c.is_ascii_punctuation() && c != '-');
    let marked = gap.contains(|c: char| !c.is_whitespace() && !c.is_alphanumeric());
    !(breaks || stop || marked)
}

/// Whether a short sentence ends in a colon, and is shown with the next.
pub(super) fn leads(text: &str, sentence: &Sentence, next: &Sentence, longest: usize) -> bool {
    let line = &text[sentence.shown.clone()];
    line.ends_with(':')
        && characters(line) < SHORT
        && characters(&text[sentence.shown.start..next.shown.end]) <= longest
}

/// Whether a sentence is shown with the stretch before it, because one of the two is short.
pub(super) fn goes_with(
    text: &str,
    before: Range<usize>,
    after: &Sentence,
    longest: usize,
) -> bool {
    let short = |range: Range<usize>| range.len() < SHORT || characters(&text[range]) < SHORT;
    !after.opens
        && (short(before.clone()) || short(after.shown.clone()))
        && characters(&text[before.start..after.shown.end]) <= longest
}

/// Whether words that were searched stand at the end of one and at the beginning of the next. A phrase that runs through a
/// whole sentence of function words into a third is not foreseen.
fn phrase_may_cross(text: &str, before: &Sentence, after: &Sentence, pattern: &Pattern) -> bool {
    let filter = pattern.prefilter();
    let mut tail = before
        .raw
        .end
        .saturating_sub(PHRASE_REACH)
        .max(before.raw.start);
    tail = text[..text.ceil_char_boundary(tail)]
        .rfind(char::is_whitespace)
        .map_or(before.raw.start, |i| i.max(before.raw.start));
    let mut head = text.floor_char_boundary((after.raw.start + PHRASE_REACH).min(after.raw.end));
    head = text[head..after.raw.end]
        .find(char::is_whitespace)
        .map_or(after.raw.end, |i| head + i);
    filter.phrase_across(
        filter.concepts(text, tail, before.raw.end),
        filter.concepts(text, after.raw.start, head),
    )
}

pub(super) fn characters(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.chars().count()
    }
}
