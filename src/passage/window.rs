//! What to keep of a stretch that is too long to be shown: the part with the most of what was searched, cut between words.
use std::ops::Range;

use super::occurrence::Occurrence;
use super::sentence::sentences;
use super::unit::characters;

/// What a second occurrence of a concept adds, beside 1 for the first.
const REPEAT: f32 = 0.1;

/// How far a cut looks for the end of a word, in bytes. Text without spaces (Chinese, a sequence) is cut between characters.
const WORD: usize = 40;

/// The part of `text[range]` to show, at most `longest` characters unless one occurrence is longer. `occurrences` lie inside
/// `range`, ordered by place.
pub(super) fn window(
    text: &str,
    range: Range<usize>,
    occurrences: &[Occurrence],
    longest: usize,
) -> Range<usize> {
    // Bytes are an upper bound for characters, and nearly always the same.
    if range.len() <= longest || characters(&text[range.clone()]) <= longest {
        return range;
    }
    let densest = densest(text, occurrences, longest);
    let Some(core) = densest.map(|d| d.start..d.end) else {
        return range.start
            ..cut_after(
                text,
                range.start,
                forward(text, range.start, longest, range.end),
            );
    };
    let shown = characters(&text[core.clone()]);
    let slack = longest.saturating_sub(shown);
    // A third of what is left goes before the matches; all that there is, if that is the beginning.
    let from_start = characters(&text[range.start..core.start]);
    let to_end = characters(&text[core.end..range.end]);
    let before = if from_start <= slack * 2 / 3 {
        from_start
    } else {
        (slack / 3)
            .max(slack.saturating_sub(to_end))
            .min(from_start)
    };
    let mut start = backward(text, core.start, before, range.start);
    if let Some(begun) = sentence_start(text, range.start, core.start)
        .filter(|begun| characters(&text[*begun..core.start]) <= slack)
    {
        start = begun;
    } else if start > range.start {
        start = cut_before(text, start, core.start);
        for occurrence in occurrences {
            if occurrence.bytes.start < start && occurrence.bytes.end > start {
                start = cut_before(text, occurrence.bytes.end.min(core.start), core.start);
            }
        }
    }
    let used = characters(&text[start..core.end]);
    let mut end = forward(text, core.end, longest.saturating_sub(used), range.end);
    if end < range.end {
        end = cut_after(text, core.end, end);
        for occurrence in occurrences.iter().rev() {
            if occurrence.bytes.start < end && occurrence.bytes.end > end {
                end = occurrence.bytes.start.max(core.end);
            }
        }
        end = core.end
            + text[core.end..end]
                .trim_end_matches(|c: char| {
                    c.is_whitespace() || matches!(c, ',' | ';' | ':' | '(' | '-' | '–')
                })
                .len();
    }
    start..end
}

/// The bytes from the first to the last of the occurrences that together show the most within `longest` characters.
fn densest(text: &str, occurrences: &[Occurrence], longest: usize) -> Option<Range<usize>> {
    let mut best: Option<(f32, Range<usize>)> = None;
    for (i, first) in occurrences.iter().enumerate() {
        let start = first.bytes.start;
        let mut end = first.bytes.end;
        let mut length = characters(&text[first.bytes.clone()]);
        let mut worth = 0.0;
        let mut seen: Vec<usize> = Vec::new();
        for occurrence in &occurrences[i..] {
            let reach = end.max(occurrence.bytes.end);
            length += characters(&text[end..reach]);
            if reach > end && length > longest {
                break;
            }
            end = reach;
            // A little for a concept of no weight, so that it is seen all the same.
            let weight = occurrence.weight.max(f32::MIN_POSITIVE);
            worth += if seen.contains(&occurrence.concept) {
                REPEAT * weight
            } else {
                weight
            };
            seen.push(occurrence.concept);
        }
        if best.as_ref().is_none_or(|(most, _)| worth > *most) {
            best = Some((worth, start..end));
        }
    }
    best.map(|(_, range)| range)
}

/// Where the sentence begins that holds byte `at`, not before `floor`.
fn sentence_start(text: &str, floor: usize, at: usize) -> Option<usize> {
    sentences(&text[floor..at])
        .last()
        .map(|sentence| floor + sentence.shown.start)
}

/// `count` characters before byte `at`, not before `floor`.
fn backward(text: &str, at: usize, count: usize, floor: usize) -> usize {
    if count == 0 {
        return at;
    }
    text[floor..at]
        .char_indices()
        .rev()
        .nth(count - 1)
        .map_or(floor, |(i, _)| floor + i)
}

/// `count` characters after byte `at`, not after `ceiling`.
fn forward(text: &str, at: usize, count: usize, ceiling: usize) -> usize {
    text[at..ceiling]
        .char_indices()
        .nth(count)
        .map_or(ceiling, |(i, _)| at + i)
}

/// The first beginning of a word at or after `at`; after a comma or semicolon if one is near.
fn cut_before(text: &str, at: usize, latest: usize) -> usize {
    let stretch = &text[at..latest];
    let begins = |i: usize| {
        let rest = &stretch[i..];
        at + i + rest.len() - rest.trim_start().len()
    };
    if let Some((i, mark)) = stretch
        .match_indices([',', ';', ':', '('])
        .find(|(i, mark)| {
            *i <= WORD && (*mark == "(" || stretch[i + 1..].starts_with(char::is_whitespace))
        })
    {
        return if mark == "(" { at + i } else { begins(i + 1) };
    }
    if text[..at].ends_with(char::is_whitespace) {
        return begins(0);
    }
    match stretch.find(char::is_whitespace) {
        Some(i) if i <= WORD => begins(i),
        None if stretch.len() <= WORD => latest,
        _ => at,
    }
}

/// The last end of a word at or before `at`.
fn cut_after(text: &str, earliest: usize, at: usize) -> usize {
    if text[at..].starts_with(char::is_whitespace) {
        return at;
    }
    let stretch = &text[earliest..at];
    match stretch.rfind(char::is_whitespace) {
        Some(i) if stretch.len() - i <= WORD => earliest + i,
        None if stretch.len() <= WORD => earliest,
        _ => at,
    }
}
