//! Prose to sentences, as registrants write it: lists, headings, hard-wrapped lines, abbreviations, missing spaces. Finds
//! where to part a text for showing; analysis does not depend on it.
//!
//! Unicode's sentence boundaries know no abbreviations, end at every line break of hard-wrapped text and run through lists
//! whose items end in nothing, so the rules here stand in their place.
use std::ops::Range;

/// A sentence, list item or line of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sentence {
    /// All bytes up to the next sentence; these ranges follow one another without a gap.
    pub raw: Range<usize>,
    /// What is shown: without space around it and without a list marker.
    pub shown: Range<usize>,
    /// Whether it begins a line, a paragraph or a list item, and so is not the going on of the sentence before.
    pub opens: bool,
}

/// A line shorter than this many bytes ends where it ends: a heading, a list item, the last line of a paragraph.
const SHORT_LINE: usize = 45;

/// A line longer than this was not wrapped by a program: the break is meant. Legacy records are wrapped at 80 columns.
const WRAPPED_LINE: usize = 90;

/// Abbreviations after which a sentence goes on whatever follows. Sorted.
const INNER: &[&str] = &[
    "approx", "aprox", "ca", "cf", "dr", "drs", "e.g", "eg", "equiv", "esp", "excl", "fig", "figs",
    "i.e", "ie", "incl", "m.d", "mr", "mrs", "ms", "n.b", "no", "nos", "pp", "prof", "ref", "refs",
    "resp", "sect", "st", "v", "viz", "vol", "vs",
];

/// Abbreviations that may end a sentence, and do when a capital follows. Sorted.
const OUTER: &[&str] = &[
    "a.m", "al", "assoc", "b.d", "b.i.d", "co", "corp", "dept", "div", "e.v", "etc", "hr", "hrs",
    "i.m", "i.v", "inc", "jr", "lab", "ltd", "max", "min", "mins", "mo", "p.m", "p.o", "ph.d",
    "q.d", "q.i.d", "s.c", "sec", "spp", "sr", "t.i.d", "u.k", "u.s", "univ", "wk", "wks", "yr",
    "yrs",
];

/// The sentences of a text, in order. Every character but white space and list markers is in one.
pub(crate) fn sentences(text: &str) -> Vec<Sentence> {
    let mut out = Vec::new();
    let bytes = text.as_bytes();
    let (mut start, mut line, mut opens) = (0, 0, true);
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at] {
            b'\n' => {
                let begun = std::mem::replace(&mut line, at + 1);
                line_ends(text, begun, at)
            }
            b'.' | b'!' | b'?' => sentence_ends(text, start, at),
            0xE2 if at > start && text[at..].starts_with('•') => Some(at),
            0xE3 if text[at..].starts_with('。') => Some(at + '。'.len_utf8()),
            0xEF if text[at..].starts_with(['！', '？']) => Some(at + '！'.len_utf8()),
            _ => None,
        };
        let Some(end) = end else {
            at += 1;
            continue;
        };
        let gap = &text[end..text.len() - text[end..].trim_start().len()];
        let next = end + gap.len();
        if let Some(shown) = shown(text, start..end, opens) {
            out.push(Sentence {
                raw: start..next,
                shown,
                opens,
            });
            start = next;
            opens = begins_anew(text, line, end, next);
        }
        if let Some(newline) = text[end..next].rfind('\n') {
            line = end + newline + 1;
        }
        at = next.max(at + 1);
    }
    if let Some(shown) = shown(text, start..text.len(), opens) {
        out.push(Sentence {
            raw: start..text.len(),
            shown,
            opens,
        });
    } else if let Some(last) = out.last_mut() {
        last.raw.end = text.len();
    } else if let Some(shown) = shown(text, 0..text.len(), false) {
        // Nothing but list markers.
        out.push(Sentence {
            raw: 0..text.len(),
            shown,
            opens: true,
        });
    }
    out
}

/// Whether the sentence that begins at `next`, after one that ended at `end`, begins a line of its own.
fn begins_anew(text: &str, line: usize, end: usize, next: usize) -> bool {
    let gap = &text[end..next];
    if text[next..].starts_with('•') {
        return true;
    }
    let newlines = gap.bytes().filter(|&b| b == b'\n').count();
    newlines > 1
        || newlines == 1
            && (marker(&text[next..]) > 0
                || !(SHORT_LINE..=WRAPPED_LINE).contains(&text[line.min(end)..end].trim().len()))
}

/// The part of a stretch that is shown; none if there is nothing to show.
fn shown(text: &str, raw: Range<usize>, opens: bool) -> Option<Range<usize>> {
    let from = |at: usize| at + (text[at..raw.end].len() - text[at..raw.end].trim_start().len());
    let mut start = from(raw.start);
    if opens {
        let skip = marker(&text[start..raw.end]);
        start = from(start + skip);
    }
    let end = start + text[start..raw.end].trim_end().len();
    text[start..end]
        .contains(char::is_alphanumeric)
        .then_some(start..end)
}

/// Length of the list marker that a line begins with, 0 for none: `* `, `- `, `• `, `1. `, `2) `, `(3) `, `a. `, `iv) `.
fn marker(line: &str) -> usize {
    let Some(first) = line.chars().next() else {
        return 0;
    };
    let after = &line[first.len_utf8()..];
    if matches!(first, '•' | '▪' | '●' | '◦' | '‣' | '■' | '·' | '\u{F0B7}') {
        return first.len_utf8();
    }
    if matches!(first, '*' | '-' | '–' | '—' | '+') {
        return if after.starts_with(char::is_whitespace) {
            first.len_utf8()
        } else {
            0
        };
    }
    let bracket = usize::from(first == '(');
    let count = line[bracket..]
        .bytes()
        .take_while(u8::is_ascii_alphanumeric)
        .count();
    let label = &line[bracket..bracket + count];
    let digits = count <= 2 && count > 0 && label.bytes().all(|b| b.is_ascii_digit());
    let letter = count == 1 && label.bytes().all(|b| b.is_ascii_alphabetic());
    let roman = count > 0 && count <= 4 && label.bytes().all(|b| matches!(b, b'i' | b'v' | b'x'));
    let rest = &line[bracket + count..];
    let closed = if bracket == 1 {
        rest.starts_with(')')
    } else {
        rest.starts_with(['.', ')'])
    };
    let spaced = rest
        .get(1..)
        .is_some_and(|r| r.starts_with(char::is_whitespace));
    if (digits || letter || roman) && closed && spaced {
        bracket + count + 1
    } else {
        0
    }
}

/// Where the sentence ends if the line break at `at` ends it.
fn line_ends(text: &str, line: usize, at: usize) -> Option<usize> {
    let written = text[line..at].trim();
    let rest = &text[at + 1..];
    let next = rest.trim_start();
    let blank = rest[..rest.len() - next.len()].contains('\n');
    let last_word = written
        .trim_end_matches('-')
        .rsplit(char::is_whitespace)
        .next();
    if !blank && last_word.is_some_and(|word| word.eq_ignore_ascii_case("non")) {
        // The analyzer reads "non" and the word after it as one, over a line break too.
        return None;
    }
    if blank
        || next.is_empty()
        || marker(next) > 0
        || written.len() < SHORT_LINE
        || written.ends_with([':', ';'])
    {
        return Some(at);
    }
    let goes_on = written.len() <= WRAPPED_LINE || next.starts_with(char::is_lowercase);
    (!goes_on).then_some(at)
}

/// Where the sentence that began at `start` ends if the stop at byte `at` ends it.
fn sentence_ends(text: &str, start: usize, at: usize) -> Option<usize> {
    let mut end = at + 1;
    while let Some(c) = text[end..].chars().next().filter(|c| {
        matches!(
            c,
            ')' | ']' | '"' | '\'' | '”' | '’' | '»' | '.' | '!' | '?'
        )
    }) {
        end += c.len_utf8();
    }
    let rest = &text[end..];
    let Some(next) = rest.trim_start().chars().next() else {
        return Some(text.len());
    };
    let dot = text.as_bytes()[at] == b'.';
    let word = word_before(text, start, at);
    if !rest.starts_with(char::is_whitespace) {
        // "end.Next" is a missing space, "2.5" and "gov.uk" are not; "end.[12] Next" leaves its reference behind.
        let second = rest.chars().nth(1);
        let missing =
            dot && end == at + 1 && word.len() > 2 && word.bytes().all(|b| b.is_ascii_lowercase());
        return (missing
            && next.is_ascii_uppercase()
            && second.is_some_and(|c| c.is_lowercase() || c == ' '))
        .then_some(end);
    }
    if !dot {
        return (!next.is_lowercase()).then_some(end);
    }
    let lower = word.to_ascii_lowercase();
    let lower = lower.as_str();
    if lower == "no" {
        // "no. 5", but "yes or no."
        return (!next.is_ascii_digit()).then_some(end);
    }
    if INNER.binary_search(&lower).is_ok() {
        return None;
    }
    if OUTER.binary_search(&lower).is_ok() {
        return next.is_uppercase().then_some(end);
    }
    if is_list_number(text, start, at, word) || is_initial(text, start, at, word) {
        return None;
    }
    (!next.is_lowercase() || word.len() > 3 && !word.contains('.')).then_some(end)
}

/// The letters, digits and inner dots before a stop.
fn word_before(text: &str, start: usize, at: usize) -> &str {
    let count = text.as_bytes()[start..at]
        .iter()
        .rev()
        .take_while(|b| b.is_ascii_alphanumeric() || **b == b'.')
        .count();
    text[at - count..at].trim_start_matches('.')
}

/// Whether the stop belongs to the number or letter of a list item at the beginning of a sentence.
fn is_list_number(text: &str, start: usize, at: usize, word: &str) -> bool {
    let first = text[start..at - word.len()]
        .trim_start_matches(['(', '*', '-'])
        .trim()
        .is_empty();
    first && word.len() <= 2 && !word.is_empty()
}

/// Whether the stop belongs to an initial: J. B. Smith, by J. Smith, but neither "hepatitis B. The" nor "vitamins A and B. Then".
fn is_initial(text: &str, start: usize, at: usize, word: &str) -> bool {
    let single = word.len() == 1 && word.bytes().all(|b| b.is_ascii_uppercase());
    let before = text[start..at - word.len()]
        .trim_end()
        .rsplit(char::is_whitespace)
        .next();
    let after = text[at + 1..].trim_start().as_bytes();
    let another = matches!(after, [initial, b'.', ..] if initial.is_ascii_uppercase());
    single
        && (another
            || before
                .is_none_or(|w| w == "by" || w.ends_with('.') || w.starts_with(char::is_uppercase)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expect: &[&str]) {
        let shown: Vec<_> = sentences(text)
            .into_iter()
            .map(|s| &text[s.shown])
            .collect();
        assert_eq!(shown, expect, "in `{text}`");
    }

    #[test]
    fn tables_are_sorted() {
        assert!(INNER.is_sorted() && OUTER.is_sorted());
    }

    #[test]
    fn stops() {
        check(
            "One ends. Two ends! Does three?  Yes.",
            &["One ends.", "Two ends!", "Does three?", "Yes."],
        );
        check(
            "Some agents (e.g. aspirin, i.e. Aspirin) vs. Placebo by Dr. Who.",
            &["Some agents (e.g. aspirin, i.e. Aspirin) vs. Placebo by Dr. Who."],
        );
        check(
            "A dose of 2.5 mg as in Fig. 2 and No. 5 is given. Then rest.",
            &[
                "A dose of 2.5 mg as in Fig. 2 and No. 5 is given.",
                "Then rest.",
            ],
        );
        check(
            "Given i.v. on day 1. Then p.o. daily, etc. Later nothing.",
            &[
                "Given i.v. on day 1.",
                "Then p.o. daily, etc.",
                "Later nothing.",
            ],
        );
        check(
            "Chronic hepatitis B. The liver by J. B. Smith.",
            &["Chronic hepatitis B.", "The liver by J. B. Smith."],
        );
        check(
            "(It ends here.) Another one.[3] Third",
            &["(It ends here.)", "Another one.[3] Third"],
        );
        check(
            "A missing space.Next line. lower case follows",
            &["A missing space.", "Next line.", "lower case follows"],
        );
        check(
            "Asked yes or no. Then asked again.",
            &["Asked yes or no.", "Then asked again."],
        );
        check("第一句。第二句！end", &["第一句。", "第二句！", "end"]);
    }

    #[test]
    fn lines() {
        check(
            "Objectives:\n\n* first item\n* second item; more\n  3. third. One\n(b) fourth\n",
            &[
                "Objectives:",
                "first item",
                "second item; more",
                "third.",
                "One",
                "fourth",
            ],
        );
        check(
            "      The purpose of this study is to learn whether injections into the disc\n      help people. Others\n      do not take part in this.\n",
            &[
                "The purpose of this study is to learn whether injections into the disc\n      help people.",
                "Others",
                "do not take part in this.",
            ],
        );
        check("Aims: • one • two", &["Aims:", "one", "two"]);
        check("", &[]);
        check(" \n* \n. ", &[]);
    }

    proptest! {
        #[test]
        fn every_byte_is_in_one_sentence(text in r"([a-zA-Z.•。é?! \n*()\-0-9]|e\.g\. |\. ){0,80}") {
            let mut at = None;
            for sentence in sentences(&text) {
                prop_assert!(at.is_none_or(|at| at == sentence.raw.start));
                prop_assert!(sentence.raw.start <= sentence.shown.start && sentence.shown.end <= sentence.raw.end);
                prop_assert!(!text[sentence.shown.clone()].is_empty());
                at = Some(sentence.raw.end);
            }
            prop_assert!(at.is_none_or(|at| at == text.len()));
        }
    }
}
