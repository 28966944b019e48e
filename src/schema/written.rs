//! How a name is written, told by how that differs from its key: names and what is learnt are most of what the engine's dictionaries
//! spell out, and most spellings are the key in other letters with the endings that its stems lost.
//!
//! `c s` of the key `low back pain` is "Low Backs Pain": a letter for the capitals, then behind each word of the key what it goes
//! on with, empty ones at the end left out; each [`DROPPED`] takes a letter of the key away before. What does not fit is kept as
//! it is.

use std::borrow::Cow;

/// Takes a letter off the end of a word of the key.
const DROPPED: u8 = b'<';

/// How the words of a key are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Capitals {
    None,
    First,
    EachFirst,
    All,
}

const CAPITALS: [(Capitals, u8); 4] = [
    (Capitals::None, b'l'),
    (Capitals::First, b'f'),
    (Capitals::EachFirst, b'c'),
    (Capitals::All, b'u'),
];

/// Stands before a spelling that is kept as it is.
const AS_IS: char = 'x';

impl Capitals {
    /// Those that most words of a name have.
    fn of(words: &[&str]) -> Capitals {
        let begins_small =
            |word: &&str| word.as_bytes().first().is_some_and(u8::is_ascii_lowercase);
        let mut letters = words.iter().flat_map(|word| word.bytes());
        match words {
            [first, ..] if begins_small(first) => Capitals::None,
            _ if !letters.any(|letter| letter.is_ascii_lowercase()) => Capitals::All,
            [_, rest @ ..] if rest.iter().any(begins_small) => Capitals::First,
            _ => Capitals::EachFirst,
        }
    }

    /// A letter of the key as it is written.
    fn write(self, word: usize, place: usize, letter: u8) -> u8 {
        match (self, word, place) {
            (Capitals::All, ..) | (Capitals::EachFirst, _, 0) | (Capitals::First, 0, 0) => {
                letter.to_ascii_uppercase()
            }
            _ => letter,
        }
    }
}

/// Writes behind `out` how a name of a key is written; `words` are those of its spelling.
pub(super) fn push_written(out: &mut String, key: &str, words: &[&str]) {
    let is_plain = |word: &str| word.is_ascii() && !word.as_bytes().contains(&DROPPED);
    let fits = key.is_ascii()
        && key.split(' ').count() == words.len()
        && words.iter().all(|word| is_plain(word));
    if !fits {
        out.push(AS_IS);
        for (number, word) in words.iter().enumerate() {
            if number > 0 {
                out.push(' ');
            }
            out.push_str(word);
        }
        return;
    }
    let capitals = Capitals::of(words);
    out.extend(
        CAPITALS
            .iter()
            .filter(|(known, _)| *known == capitals)
            .map(|(_, letter)| char::from(*letter)),
    );
    let mut end = out.len();
    for (number, (stem, word)) in key.split(' ').zip(words).enumerate() {
        if number > 0 {
            out.push(' ');
        }
        let alike = stem
            .bytes()
            .enumerate()
            .zip(word.bytes())
            .take_while(|((place, of_key), letter)| {
                capitals.write(number, *place, *of_key) == *letter
            })
            .count();
        for _ in alike..stem.len() {
            out.push(char::from(DROPPED));
        }
        out.push_str(&word[alike..]);
        if !out.ends_with(' ') {
            end = out.len();
        }
    }
    out.truncate(end);
}

/// The spelling of a name of a key, from how it is written.
pub(crate) fn read_written<'w>(key: &str, written: &'w str) -> Option<Cow<'w, str>> {
    if let Some(as_is) = written.strip_prefix(AS_IS) {
        return Some(Cow::Borrowed(as_is));
    }
    let (letter, rest) = (*written.as_bytes().first()?, written.get(1..)?);
    let (capitals, _) = CAPITALS.iter().find(|(_, known)| *known == letter)?;
    let mut endings = rest.split(' ');
    let mut spelling = String::with_capacity(key.len() + rest.len());
    for (number, stem) in key.split(' ').enumerate() {
        if number > 0 {
            spelling.push(' ');
        }
        let ending = endings.next().unwrap_or_default();
        let added = ending.trim_start_matches(char::from(DROPPED));
        let kept = stem.len().checked_sub(ending.len() - added.len())?;
        let letters = stem.get(..kept)?.bytes().enumerate();
        spelling.extend(
            letters.map(|(place, letter)| char::from(capitals.write(number, place, letter))),
        );
        spelling.push_str(added);
    }
    Some(Cow::Owned(spelling))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(key: &str, spelling: &str) -> String {
        let words: Vec<&str> = spelling.split_whitespace().collect();
        let mut out = String::new();
        push_written(&mut out, key, &words);
        let read = read_written(key, &out);
        assert_eq!(
            read.as_deref(),
            Some(words.join(" ").as_str()),
            "{key}: {out}"
        );
        out
    }

    #[test]
    fn spellings_are_told_by_their_keys() {
        for (key, spelling, expect) in [
            ("low back pain", "Low Back Pain", "c"),
            ("low back pain", "low back pain", "l"),
            ("low back pain", "Low back pains", "f  s"),
            ("low back pain", "LOW BACK PAIN", "u"),
            ("low back pain", "Low Backs Pain", "c s"),
            ("radiat therapi", "Radiation Therapy", "cion <y"),
            ("covid19", "COVID-19", "u<<-19"),
            ("mrna vaccin", "mRNA vaccine", "l<<<RNA e"),
            ("il6", "IL 6", "xIL 6"),
            ("beta", "β", "xβ"),
            ("a", "a<b", "xa<b"),
            ("", "", "x"),
        ] {
            assert_eq!(written(key, spelling), expect, "{spelling}");
        }
    }

    #[test]
    fn what_does_not_fit_the_key_is_no_spelling() {
        assert_eq!(read_written("ab", "l<<<"), None);
        assert_eq!(read_written("ab", "?"), None);
        assert_eq!(read_written("ab", ""), None);
        assert_eq!(read_written("é", "l<"), None);
    }

    proptest! {
        #[test]
        fn every_spelling_comes_back(key in "[a-c<é ]{0,8}", spelling in "[a-cA-C<é9 -]{0,12}") {
            written(&key, &spelling);
        }

        #[test]
        fn no_text_panics(key in "\\PC{0,8}", text in "[lfcux]?\\PC{0,8}") {
            let _ = read_written(&key, &text);
        }
    }
}
