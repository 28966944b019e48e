//! Occurrences to highlights, and a stretch of text with its highlights to a line. Decides how overlapping places are told
//! apart; does not decide what matches.
use std::ops::Range;

use super::occurrence::{Occurrence, arranged, occurrences};
use super::pattern::Pattern;
use super::{Highlight, Passage};
use crate::analysis::Analyzer;

/// The places of a text that is shown whole and as it is (a title line, a condition) where what was searched stands. Sorted,
/// not overlapping, byte offsets into `text`.
pub fn highlights(
    text: &str,
    field: usize,
    pattern: &Pattern,
    analyzer: &mut Analyzer,
) -> Vec<Highlight> {
    if pattern.searched_in(field) == 0 || !pattern.prefilter().any(text) {
        return Vec::new();
    }
    let arranged = arranged(text, field, pattern, analyzer);
    spans(&occurrences(
        text,
        0..text.len(),
        field,
        pattern,
        &arranged,
        analyzer,
    ))
}

/// Highlights of occurrences that are ordered by place, the longer first. Where two overlap they make one, which bears the
/// first's concept: of "low back" and "back pain" in "low back pain", the whole.
pub(super) fn spans(occurrences: &[Occurrence]) -> Vec<Highlight> {
    let mut out: Vec<Highlight> = Vec::with_capacity(occurrences.len());
    for occurrence in occurrences {
        let Range { start, end } = occurrence.bytes;
        match out.last_mut() {
            Some(last) if start < last.end => last.end = last.end.max(end),
            _ if start < end => out.push(Highlight {
                start,
                end,
                concept: occurrence.concept,
            }),
            _ => {}
        }
    }
    out
}

/// The passage that `text[range]` makes: runs of white space become one space, highlights move along.
pub(super) fn lay_out(text: &str, range: Range<usize>, highlights: &[Highlight]) -> Passage {
    let mut line = String::with_capacity(range.len());
    let mut moved = Vec::with_capacity(highlights.len());
    let mut at = range.start;
    for highlight in highlights {
        push_collapsed(&mut line, &text[at..highlight.start]);
        let start = line.len();
        push_collapsed(&mut line, &text[highlight.start..highlight.end]);
        moved.push(Highlight {
            start,
            end: line.len(),
            concept: highlight.concept,
        });
        at = highlight.end;
    }
    push_collapsed(&mut line, &text[at..range.end]);
    Passage {
        field: 0,
        source: 0,
        text: line,
        highlights: moved,
        score: 0.0,
        cut_before: false,
        cut_after: false,
    }
}

fn push_collapsed(line: &mut String, text: &str) {
    for c in text.chars() {
        if !c.is_whitespace() {
            line.push(c);
        } else if !line.ends_with(' ') {
            line.push(' ');
        }
    }
}
