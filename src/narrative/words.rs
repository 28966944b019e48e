//! The words of a sentence as wordings are looked for in it: lower case, with their places. These are not index terms.

use std::ops::Range;

use super::cue::is_relative;

/// A word of a story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// In lower case, with a plain apostrophe.
    pub(super) lower: String,
    /// As written.
    pub(super) written: String,
    pub(super) bytes: Range<usize>,
    /// The sign behind it that parts clauses or list items, if any: `,` `;` `:` `(` `)`.
    pub(super) behind: Option<char>,
    /// Whether it names a relative who is not the patient.
    pub(super) relative: bool,
    /// Whether it names a relative who is the patient: "my daughter", as a parent tells it.
    pub(super) patient: bool,
    /// Whether it is said of a relative, so that no age and no sex in it is the patient's.
    pub(super) of_relative: bool,
}

impl Word {
    pub(super) fn is(&self, words: &[&str]) -> bool {
        words.contains(&self.lower.as_str())
    }

    /// A number as it is written in figures, with a decimal point, a slash, a range or a per cent sign.
    pub(super) fn is_number(&self) -> bool {
        self.lower.starts_with(|c: char| c.is_ascii_digit())
            && self
                .lower
                .chars()
                .all(|c| c.is_ascii_digit() || matches!(c, '.' | '/' | '-' | ','))
    }
}

/// The words of a stretch of text, in order. A hyphen, an apostrophe, a decimal point stay inside a word; a slash only in short
/// forms such as `s/p` and between figures (`120/80`).
pub(super) fn words(text: &str, within: Range<usize>) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let Some(part) = text.get(within.clone()) else {
        return words;
    };
    let mut characters = part.char_indices().peekable();
    while let Some((start, c)) = characters.next() {
        if !c.is_alphanumeric() {
            if let Some(last) = words.last_mut()
                && matches!(c, ',' | ';' | ':' | '(' | ')')
                && last.behind.is_none()
            {
                last.behind = Some(c);
            }
            continue;
        }
        let mut end = start + c.len_utf8();
        let mut before = c;
        while let Some(&(place, c)) = characters.peek() {
            let after = part[place + c.len_utf8()..].chars().next();
            let inside = c.is_alphanumeric()
                || after.is_some_and(|after| {
                    after.is_alphanumeric() && joins(part, start, place, c, before, after)
                });
            if !inside {
                break;
            }
            end = place + c.len_utf8();
            before = c;
            characters.next();
        }
        let written = &part[start..end];
        let lower = written.to_lowercase().replace('’', "'");
        words.push(Word {
            relative: is_relative(&lower),
            patient: false,
            of_relative: false,
            lower,
            written: written.to_owned(),
            bytes: within.start + start..within.start + end,
            behind: None,
        });
    }
    words
}

/// Whether a sign at `place` between two letters or figures belongs to the word that begins at `start`.
fn joins(part: &str, start: usize, place: usize, sign: char, before: char, after: char) -> bool {
    match sign {
        '-' | '‐' | '‑' | '\'' | '’' => true,
        '.' | ',' => before.is_ascii_digit() && after.is_ascii_digit(),
        '/' => {
            let figures = before.is_ascii_digit() && after.is_ascii_digit();
            let rest = part[place + 1..]
                .chars()
                .take_while(|c| c.is_alphanumeric())
                .count();
            // s/p, h/o, w/o, y/o, c/b, f/u
            figures || (place - start == 1 && rest == 1)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_their_places_and_the_signs_behind_them() {
        let check = |text: &str, expect: &str| {
            let words = words(text, 0..text.len());
            let shown: Vec<String> = words
                .iter()
                .map(|word| format!("{}{}", word.lower, word.behind.unwrap_or(' ')))
                .collect();
            assert_eq!(shown.concat().trim_end(), expect, "{text}");
            for word in &words {
                assert_eq!(&text[word.bytes.clone()], word.written);
            }
        };
        check("Denies CP/SOB.", "denies cp sob");
        check("s/p CABG, w/o angina", "s/p cabg,w/o angina");
        check("BP 120/80; T 36.6°C", "bp 120/80;t 36.6 c");
        check(
            "a 45-year-old man’s knee (left)",
            "a 45-year-old man's knee(left)",
        );
        check("[**2148-10-1**] β-hCG", "2148-10-1 β-hcg");
        check("", "");
    }
}
