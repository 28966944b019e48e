//! Which concepts a stretch of text can hold at all, seen from the first letters of its words. Analysis costs ten times as
//! much. It errs on one side only: it may let through what does not match, never keep out what does (checked for every word
//! and term of 15,000 real records).
//!
//! A token's surface begins with the first letters of its term, but for these, which are allowed for:
//! - case, and joints inside compounds (`bmmsc` of BM-MSC): folded, passed over;
//! - stems end differently (study, `studi`): at most three letters are compared, never the last, and y counts as i;
//! - British spelling (`edema` of oedema, `hem` of haem, `mold` of mould): ae and oe are tried for each e, ou for each o; what
//!   is spelt differently beyond the third letter (sulphate, leucocyte, fibre) is the reason for three;
//! - irregular words (`mouse` of mice): looked up;
//! - the plural of a code inside a compound (`dccik` of DCs-CIK): tried for codes of two letters, the only ones that are short
//!   enough to matter;
//! - the minus of ER- (`erneg`), which has no letters: not compared;
//! - a possessive inside a compound ("NK's-cell"), letters beyond ASCII (université, β, µ, ﬁ): let their place through.
use std::sync::LazyLock;

use super::arrangement::Terms;
use super::pattern::Concept;
use crate::analysis::{EXACT_MARK, exceptions, is_stop_word};

/// Concepts by bit; all from the 63rd on share the last one.
pub(super) type Concepts = u64;

/// Letters compared at most.
const LETTERS: usize = 3;

/// How a term may end that stands for a minus.
const NEGATIVE: [&str; 2] = ["negat", "neg"];

/// A byte's code: no letter and no digit.
const JOINT: u8 = 0;
/// A byte's code: the first byte of a character beyond ASCII, or an apostrophe. To be looked at.
const SPECIAL: u8 = u8::MAX;
/// Bits of the codes of letters and digits. Two digits share one, y has that of i.
const CODE_BITS: usize = 5;
/// Codes of three letters in a row.
const ROWS: usize = 1 << (LETTERS * CODE_BITS);

static CODES: [u8; 256] = {
    let mut table = [JOINT; 256];
    let mut b: u8 = 0;
    loop {
        let lower = b.to_ascii_lowercase();
        table[b as usize] = match lower {
            b'y' => b'i' - b'a' + 1,
            b'a'..=b'z' => lower - b'a' + 1,
            b'0'..=b'9' => 27 + (b - b'0') / 2,
            b'\'' | b'`' | 0xC0..=0xFF => SPECIAL,
            _ => JOINT,
        };
        if b == u8::MAX {
            break;
        }
        b += 1;
    }
    table
};

/// Words that do not begin as their terms do, with the term.
static IRREGULAR: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    exceptions()
        .filter(|(word, term)| {
            word.bytes()
                .zip(term.bytes())
                .take(LETTERS)
                .any(|(a, b)| a != b)
        })
        .collect()
});

/// How far a byte moves the row of codes on: not at all for a joint.
static SHIFTS: [u8; 256] = {
    let mut table = [CODE_BITS as u8; 256];
    let mut b = 0;
    while b < 256 {
        if CODES[b] == JOINT {
            table[b] = 0;
        }
        b += 1;
    }
    table
};

/// First letters of a term, by their codes.
#[derive(Debug, Clone, Copy)]
struct Key {
    codes: [u8; LETTERS],
    len: usize,
    concepts: Concepts,
}

/// First letters of the terms of a pattern.
#[derive(Debug, Clone)]
pub(super) struct Prefilter {
    keys: Vec<Key>,
    /// One bit for each row of three codes that begins with a key.
    rows: Box<[u64; ROWS / 64]>,
    all: Concepts,
    /// Concepts with phrases, and those with phrases of which some words are not looked for.
    phrases: Concepts,
    loose_phrases: Concepts,
}

/// The bit of a concept.
pub(super) fn bit(concept: usize) -> Concepts {
    1 << concept.min(63)
}

impl Prefilter {
    pub(super) fn new(concepts: &[Concept]) -> Prefilter {
        let mut filter = Prefilter {
            keys: Vec::new(),
            rows: Box::new([0; ROWS / 64]),
            all: 0,
            phrases: 0,
            loose_phrases: 0,
        };
        for (index, concept) in concepts.iter().enumerate() {
            filter.all |= bit(index);
            for alternative in &concept.alternatives {
                let terms = &alternative.terms;
                // Function words, numbers and single letters stand everywhere; the other words of a phrase tell where it can be.
                let tells = |term: &str| {
                    term.len() > 1
                        && !is_stop_word(term)
                        && term.bytes().any(|b| !b.is_ascii_digit())
                };
                let told = terms.iter().any(|term| tells(&term.term));
                if terms.len() > 1 {
                    filter.phrases |= bit(index);
                    if told && !terms.iter().all(|term| tells(&term.term)) {
                        filter.loose_phrases |= bit(index);
                    }
                }
                for term in terms {
                    if terms.len() == 1 || !told || tells(&term.term) {
                        filter.add(&term.term, false, bit(index));
                    }
                }
            }
        }
        for (index, concept) in concepts.iter().enumerate() {
            for arranged in &concept.arrangements {
                for terms in arranged.sought.terms() {
                    match terms {
                        Terms::One(term) | Terms::Unvaried(term) => {
                            filter.add(term.trim_start_matches(EXACT_MARK), false, bit(index));
                        }
                        Terms::Prefix(prefix) => filter.add(prefix, true, bit(index)),
                        Terms::Among(terms) => terms.iter().for_each(|term| {
                            filter.add(term.trim_start_matches(EXACT_MARK), false, bit(index));
                        }),
                    }
                }
            }
        }
        for key in &filter.keys {
            let open = 1 << (CODE_BITS * (LETTERS - key.len));
            let row = key.codes[..key.len]
                .iter()
                .fold(0, |row, code| row << CODE_BITS | *code as usize)
                * open;
            for row in row..row + open {
                filter.rows[row / 64] |= 1 << (row % 64);
            }
        }
        filter
    }

    fn add(&mut self, term: &str, prefix: bool, concepts: Concepts) {
        if !term.is_ascii() {
            // Its surface is not ASCII either, and is let through for that.
            return;
        }
        let letters: Vec<u8> = term.bytes().filter(u8::is_ascii_alphanumeric).collect();
        let stable = match NEGATIVE.iter().find_map(|ending| term.strip_suffix(ending)) {
            _ if prefix => letters.len(),
            Some(before) if !before.is_empty() => before.len().min(letters.len()),
            _ if letters.len() > 2 => letters.len() - 1,
            _ => letters.len(),
        };
        let letters = &letters[..stable];
        let with = |at: usize, letter: u8| {
            let mut spelling = letters.to_vec();
            spelling.insert(at, letter);
            spelling
        };
        let mut spellings = vec![letters.to_vec()];
        for (at, letter) in letters.iter().enumerate().take(LETTERS) {
            match letter {
                b'e' => spellings.extend([with(at, b'a'), with(at, b'o')]),
                b'o' => spellings.push(with(at + 1, b'u')),
                _ => {}
            }
        }
        if letters.len() >= LETTERS {
            spellings.push(with(LETTERS - 1, b's'));
        }
        let irregular = IRREGULAR
            .iter()
            .filter(|(_, of)| *of == term || prefix && of.starts_with(term));
        spellings.extend(irregular.map(|(word, _)| word.bytes().collect()));
        for spelling in spellings.iter().filter(|spelling| !spelling.is_empty()) {
            let len = spelling.len().min(LETTERS);
            let mut codes = [0; LETTERS];
            for (code, letter) in codes.iter_mut().zip(&spelling[..len]) {
                *code = CODES[*letter as usize];
            }
            match self
                .keys
                .iter_mut()
                .find(|key| key.codes == codes && key.len == len)
            {
                Some(key) => key.concepts |= concepts,
                None => self.keys.push(Key {
                    codes,
                    len,
                    concepts,
                }),
            }
        }
    }

    /// Whether any concept can stand in a text.
    pub(super) fn any(&self, text: &str) -> bool {
        self.scan(text, 0, text.len(), true) != 0
    }

    /// The concepts that can begin in `text[from..to]`. Both must be character boundaries with no word across them.
    pub(super) fn concepts(&self, text: &str, from: usize, to: usize) -> Concepts {
        self.scan(text, from, to, false)
    }

    /// Whether a phrase can stand across the place where two stretches meet, of which the first ends and the second begins with
    /// these concepts.
    pub(super) fn phrase_across(&self, before: Concepts, after: Concepts) -> bool {
        before & after & self.phrases != 0 || (before | after) & self.loose_phrases != 0
    }

    fn scan(&self, text: &str, from: usize, to: usize, any: bool) -> Concepts {
        let bytes = text.as_bytes();
        let mut found = 0;
        let mut row = 0usize;
        for (at, &byte) in bytes[..to].iter().enumerate().skip(from) {
            let code = CODES[byte as usize];
            if code == SPECIAL {
                if lets_through(text, from, at) {
                    return self.all;
                }
                continue;
            }
            // A joint leaves the row as it is. No branch: every sixth byte is one, and none knows which.
            row = (row << SHIFTS[byte as usize] | code as usize) & (ROWS - 1);
            if self.rows[row / 64] >> (row % 64) & 1 != 0 && code != JOINT {
                found |= self.at(bytes, from, at);
                if any && found != 0 || found == self.all {
                    return found;
                }
            }
        }
        // What begins in the last two letters goes on after them, or ends there.
        let after = bytes[to..]
            .iter()
            .map(|b| CODES[*b as usize])
            .filter(|code| !matches!(*code, JOINT | SPECIAL));
        for code in after.chain([JOINT; LETTERS]).take(LETTERS - 1) {
            row = (row << CODE_BITS | code as usize) & (ROWS - 1);
            if self.rows[row / 64] >> (row % 64) & 1 != 0 {
                let last = (from..to)
                    .rev()
                    .filter(|at| !matches!(CODES[bytes[*at] as usize], JOINT | SPECIAL));
                found |= last
                    .take(LETTERS - 1)
                    .map(|at| self.beginning_at(bytes, from, at))
                    .fold(0, |all, one| all | one);
            }
        }
        found
    }

    /// The concepts whose key stands where the row of letters begins that ends at byte `at`, if a token can begin there.
    fn at(&self, bytes: &[u8], from: usize, at: usize) -> Concepts {
        let mut start = at;
        for _ in 1..LETTERS {
            let before = bytes[from..start]
                .iter()
                .rposition(|b| !matches!(CODES[*b as usize], JOINT | SPECIAL));
            let Some(before) = before else { return 0 };
            start = from + before;
        }
        self.beginning_at(bytes, from, start)
    }

    fn beginning_at(&self, bytes: &[u8], from: usize, start: usize) -> Concepts {
        // The 6 of IL6 begins a token, the 6 of 16 does not.
        let inside = start > from
            && bytes[start - 1].is_ascii_alphanumeric()
            && bytes[start - 1].is_ascii_digit() == bytes[start].is_ascii_digit();
        if inside {
            return 0;
        }
        self.keys
            .iter()
            .filter(|key| key.stands_at(bytes, start))
            .fold(0, |all, key| all | key.concepts)
    }
}

impl Key {
    /// Whether the letters stand at byte `at`, joints passed over.
    fn stands_at(&self, bytes: &[u8], at: usize) -> bool {
        let codes = bytes[at..]
            .iter()
            .map(|b| CODES[*b as usize])
            .filter(|code| !matches!(*code, JOINT | SPECIAL));
        codes
            .take(self.len)
            .eq(self.codes[..self.len].iter().copied())
    }
}

/// Whether the character at byte `at`, beyond ASCII or an apostrophe, makes the letters around it tell nothing.
fn lets_through(text: &str, from: usize, at: usize) -> bool {
    let Some(c) = text[at..].chars().next() else {
        return false;
    };
    if !matches!(
        c,
        '\'' | '`' | '\u{B4}' | '\u{2018}' | '\u{2019}' | '\u{201B}'
    ) {
        return matters(c);
    }
    // A possessive after a word too short to tell.
    let rest = &text.as_bytes()[at + c.len_utf8()..];
    let possessive = matches!(rest, [b's' | b'S', after, ..] if !after.is_ascii_alphanumeric());
    possessive
        && text.as_bytes()[from..at]
            .iter()
            .rev()
            .take_while(|b| b.is_ascii_alphanumeric())
            .count()
            < LETTERS
}

/// Whether a character beyond ASCII can be part of a word: all but the signs that clinical texts are full of (≥ – • ® ±).
fn matters(c: char) -> bool {
    let sign = matches!(c, '\u{A0}'..='\u{AC}' | '\u{AE}'..='\u{BF}' | '×' | '÷' | '\u{2010}'..='\u{205E}' | '\u{2190}'..='\u{2205}'
        | '\u{2207}'..='\u{22FF}' | '\u{2500}'..='\u{27BF}' | '\u{3000}'..='\u{3003}' | '\u{FF01}'..='\u{FF0F}' | '\u{2122}');
    !sign || c.is_alphanumeric()
}
