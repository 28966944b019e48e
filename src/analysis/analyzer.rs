//! A text to its tokens: positions, words that negate their neighbours, codes written apart.
//! Must give the same tokens with a warm memo as with a cold one.
use std::collections::VecDeque;

use super::code::{Class, Role, may_join};
use super::fold::{is_apostrophe, is_hyphen, push_folded, recompose};
use super::memo::{Entry, Memo, Placed, Sought};
use super::scan::{Unit, marker_minus, next_unit};
use super::stem::{is_plural_code, term_of};
use super::stop_words::is_stop_surface;
use super::token::{OwnedToken, Token};

/// Capitalised words in a row beyond which it is a sentence in capitals and no code.
const CAPITALS_IN_A_ROW: usize = 3;

/// Units of a code written apart: SARS CoV 2.
const JOINED_UNITS: usize = 3;

/// Units kept back at most; more are a table of figures and no code.
const PENDING_UNITS: usize = 8;

/// Units that are scanned before the first of them is looked up.
const AHEAD: usize = 16;

/// A unit that was scanned ahead.
#[derive(Clone, Copy)]
struct Ahead {
    /// Where its scanning began.
    from: usize,
    unit: Unit,
    /// Nothing for digits, which hardly ever are looked up.
    sought: Option<Sought>,
}

/// Where the reading of a text is.
struct Reading {
    position: u32,
    /// The unit before, when nothing has been done with it that forbids to join it.
    previous: Option<Placed>,
    /// In a row of capitals too long for codes.
    shouting: bool,
}

/// Text to tokens, for indexing, querying and highlighting alike. Cheap to clone; each clone fills a memo of its own, so one
/// per thread. The same text gives the same tokens whatever was analysed before.
pub struct Analyzer {
    memo: Memo,
    /// Units that were scanned and not yet taken.
    ahead: VecDeque<Ahead>,
    /// Units that may be part of a code written apart, not yet given out.
    pending: Vec<Placed>,
    positions_used: u32,
}

impl Default for Analyzer {
    fn default() -> Self {
        Self::new()
    }
}

impl Clone for Analyzer {
    fn clone(&self) -> Self {
        Self::with(self.memo.emptied())
    }
}

impl std::fmt::Debug for Analyzer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Analyzer")
            .field("remembered", &self.memo.units())
            .finish_non_exhaustive()
    }
}

impl Analyzer {
    /// An analyzer that remembers nothing yet, and never more than 4 MB: for questions and for parts of records.
    pub fn new() -> Self {
        Self::with(Memo::small())
    }

    /// An analyzer for whole records, thousands of them, that takes up to 36 MB to be quick.
    pub fn for_records() -> Self {
        Self::with(Memo::large())
    }

    /// The same for one field of such records, where each field has its own: no room is set aside for words that it does not have.
    pub(crate) fn for_field() -> Self {
        Self::with(Memo::of_field())
    }

    fn with(memo: Memo) -> Self {
        Analyzer {
            memo,
            ahead: VecDeque::new(),
            pending: Vec::new(),
            positions_used: 0,
        }
    }

    /// Gives every token of `text` to `sink`, in order of position; of those that begin at one position the longer first.
    /// Positions begin at 0.
    pub fn tokens(&mut self, text: &str, sink: &mut dyn FnMut(Token<'_>)) {
        self.pending.clear();
        self.ahead.clear();
        let mut reading = Reading {
            position: 0,
            previous: None,
            shouting: false,
        };
        let mut from = 0;
        while let Some(Ahead {
            mut unit,
            mut sought,
            ..
        }) = self.scan(text, from)
        {
            from = unit.next;
            if unit.digits && self.pending.is_empty() && unit.end - unit.start > 1 {
                let bytes = unit.start..unit.end;
                sink(Token::as_written(
                    &text[bytes.clone()],
                    reading.position,
                    bytes,
                ));
                reading = Reading {
                    position: reading.position + 1,
                    previous: None,
                    shouting: false,
                };
                continue;
            }
            if self.memo.is_full() && self.pending.is_empty() {
                self.memo = self.memo.emptied();
                if let Some(previous) = &mut reading.previous {
                    previous.entry = self.memo.look_up(&text[previous.start..previous.end]);
                }
            }
            // A minus, or the first byte of one that is not ASCII.
            if matches!(text.as_bytes().get(unit.end), Some(b'-' | 0xE2 | 0xEF))
                && let Some(end) = marker_minus(text, unit)
            {
                unit.end = end;
                from = end;
                sought = None;
            }
            let surface = &text[unit.start..unit.end];
            let sought = sought.unwrap_or_else(|| self.memo.seek(surface));
            let entry = self.memo.find(surface, sought);
            let placed = Placed {
                entry,
                start: unit.start,
                end: unit.end,
                position: reading.position,
                letter: false,
            };
            match entry.role {
                Role::None if entry.class == Class::Plain && self.pending.is_empty() => {
                    self.memo
                        .give(entry, reading.position, sink, |at| unit.start + at);
                    reading = Reading {
                        position: reading.position + entry.positions,
                        previous: Some(placed),
                        shouting: false,
                    };
                }
                Role::None => self.ordinary(text, placed, &mut reading, sink),
                Role::Negating => self.negating(text, placed, &mut reading, sink),
                Role::Non => match self.negated_word(text, unit) {
                    Some((entry, word)) => {
                        self.flush(sink);
                        // Bytes of "non-word" to those of "non  word".
                        let place = |at: usize| {
                            if at <= 3 {
                                unit.start + at
                            } else {
                                word.start + at - 4
                            }
                        };
                        self.memo.give(entry, reading.position, sink, place);
                        reading = Reading {
                            position: reading.position + entry.positions,
                            previous: None,
                            shouting: false,
                        };
                        from = word.next;
                    }
                    None => self.ordinary(text, placed, &mut reading, sink),
                },
            }
        }
        self.flush(sink);
        self.positions_used = reading.position;
    }

    /// The next unit from a place on.
    #[inline]
    fn scan(&mut self, text: &str, from: usize) -> Option<Ahead> {
        // A unit may have taken in what stands behind it.
        while self.ahead.front().is_some_and(|ahead| ahead.from < from) {
            self.ahead.pop_front();
        }
        if self.ahead.front().is_none_or(|ahead| ahead.from != from) {
            self.ahead.clear();
            let mut from = from;
            while self.ahead.len() < AHEAD
                && let Some(unit) = next_unit(text, from)
            {
                let sought = (!unit.digits).then(|| self.memo.seek(&text[unit.start..unit.end]));
                self.ahead.push_back(Ahead { from, unit, sought });
                from = unit.next;
            }
        }
        self.ahead.pop_front()
    }

    /// A unit that does nothing to its neighbours: given out at once, or kept back while it may be part of a code.
    fn ordinary(
        &mut self,
        text: &str,
        unit: Placed,
        reading: &mut Reading,
        sink: &mut dyn FnMut(Token<'_>),
    ) {
        let follows = (unit.entry.class != Class::Plain || !self.pending.is_empty())
            && reading
                .previous
                .is_some_and(|p| is_gap(&text[p.end..unit.start]));
        let keep = match unit.entry.class {
            Class::Plain => false,
            Class::Code | Class::Coded | Class::Capitals => true,
            Class::Number if unit.end - unit.start == 1 => true,
            Class::Number | Class::Greek | Class::Letter => {
                follows && (reading.shouting || !self.pending.is_empty())
            }
        };
        if follows && !keep {
            self.keep_letter(text, unit);
        }
        if !(keep && follows) {
            self.flush(sink);
            reading.shouting = false;
        }
        if keep && !reading.shouting {
            self.pending.push(unit);
            let capitals = self
                .pending
                .iter()
                .filter(|p| matches!(p.entry.class, Class::Capitals | Class::Code))
                .count();
            if capitals > CAPITALS_IN_A_ROW {
                reading.shouting = true;
                self.flush_apart(sink);
            } else if self.pending.len() >= PENDING_UNITS {
                self.flush(sink);
            }
        } else {
            self.memo
                .give(unit.entry, unit.position, sink, |at| unit.start + at);
        }
        reading.position += unit.entry.positions;
        reading.previous = Some(unit);
    }

    /// The capital that opens a compound after a code: "CAR T-cells" is CAR-T as well.
    fn keep_letter(&mut self, text: &str, unit: Placed) {
        if let [b'A'..=b'Z', b'-', ..] = text.as_bytes()[unit.start..unit.end]
            && self
                .pending
                .last()
                .is_some_and(|code| code.entry.class == Class::Code)
        {
            let end = unit.start + 1;
            let entry = self.memo.look_up(&text[unit.start..end]);
            self.pending.push(Placed {
                entry,
                end,
                letter: true,
                ..unit
            });
        }
    }

    /// "negative", "naive": a code before it is negated (HER2 negative is HER2-negative and not HER2); another word before it
    /// keeps its own term beside the joined one, since "cancer negative for HER2" is about cancer.
    fn negating(
        &mut self,
        text: &str,
        unit: Placed,
        reading: &mut Reading,
        sink: &mut dyn FnMut(Token<'_>),
    ) {
        let before = reading
            .previous
            .filter(|p| is_gap(&text[p.end..unit.start]));
        let mut at = unit.position;
        if let Some(first) = before.and_then(|_| self.code_before()) {
            let code = self.pending.split_off(first);
            self.flush(sink);
            at = code[0].position;
            self.memo.give_joined(&code, Some(unit), sink);
            at += 1;
        } else {
            self.flush(sink);
            let word = before.filter(|p| {
                p.entry.positions == 1
                    && p.entry.class != Class::Number
                    && !text[p.end..unit.start].contains('\n')
            });
            if let Some(word) = word.filter(|p| !is_stop_surface(self.memo.folded(p.entry))) {
                self.memo.give_joined(&[word], Some(unit), sink);
            }
        }
        self.memo
            .give(unit.entry, at, sink, |byte| unit.start + byte);
        *reading = Reading {
            position: at + unit.entry.positions,
            previous: None,
            shouting: false,
        };
    }

    /// Where in the pending units the code begins that a negating word after them negates: "PD L1 negative", but only AGA in
    /// "NSCLC AGA negative".
    fn code_before(&self) -> Option<usize> {
        let fragment = |unit: &Placed| match unit.entry.class {
            Class::Number | Class::Greek | Class::Letter => true,
            Class::Coded => self
                .memo
                .folded(unit.entry)
                .as_bytes()
                .get(1)
                .is_some_and(u8::is_ascii_digit),
            _ => false,
        };
        let mut first = self.pending.len().checked_sub(1)?;
        while first > 0 && fragment(&self.pending[first]) && self.may_join(first - 1, first) {
            first -= 1;
        }
        matches!(self.pending[first].entry.class, Class::Code | Class::Coded).then_some(first)
    }

    /// The word after "non" or "non-" and the entry of both as one compound; nothing when no word follows that can be negated.
    fn negated_word(&mut self, text: &str, non: Unit) -> Option<(Entry, Unit)> {
        let rest = &text[non.end..];
        let gap = rest.strip_prefix(is_hyphen).unwrap_or(rest);
        let at = non.end + (rest.len() - gap.len()) + (gap.len() - gap.trim_start().len());
        let word = next_unit(text, at).filter(|word| word.start == at)?;
        let surface = &text[word.start..word.end];
        if !is_gap(&gap[..gap.len() - gap.trim_start().len()]) {
            return None;
        }
        let first = surface
            .split(|c| is_hyphen(c) || is_apostrophe(c))
            .next()
            .unwrap_or_default();
        let capital = first
            .chars()
            .next()
            .filter(|c| c.is_alphabetic())?
            .is_uppercase();
        let folded: String = first.chars().flat_map(char::to_lowercase).collect();
        // "non- or late responders", French "non à"; two letters in capitals are a code.
        if is_stop_surface(&folded) || (folded.chars().count() < 3 && !capital) {
            return None;
        }
        Some((self.memo.look_up(&format!("non-{surface}")), word))
    }

    /// Gives out the pending units, each after the codes written apart that begin with it.
    fn flush(&mut self, sink: &mut dyn FnMut(Token<'_>)) {
        for first in 0..self.pending.len() {
            for units in (2..=JOINED_UNITS).rev() {
                let end = first + units;
                if end <= self.pending.len()
                    && (first + 1..end).all(|second| self.may_join(second - 1, second))
                {
                    self.memo.give_joined(&self.pending[first..end], None, sink);
                }
            }
            let unit = self.pending[first];
            if !unit.letter {
                self.memo
                    .give(unit.entry, unit.position, sink, |at| unit.start + at);
            }
        }
        self.pending.clear();
    }

    /// Gives out the pending units as words of a sentence in capitals.
    fn flush_apart(&mut self, sink: &mut dyn FnMut(Token<'_>)) {
        for unit in self.pending.drain(..) {
            self.memo
                .give(unit.entry, unit.position, sink, |at| unit.start + at);
        }
    }

    /// Whether two neighbours among the pending units may belong to one code.
    fn may_join(&self, first: usize, second: usize) -> bool {
        let [a, b] = [first, second].map(|i| self.pending[i].entry);
        let after_code = first > 0
            && matches!(
                self.pending[first - 1].entry.class,
                Class::Code | Class::Greek
            );
        match (a.class, b.class) {
            // TGF beta 1
            (Class::Greek, Class::Number) => return after_code,
            // 5 FU, but not the 2 FU of "IL 2 FU"
            (Class::Number, Class::Code) if after_code => return false,
            _ => {}
        }
        may_join(
            (a.class, self.memo.folded(a)),
            (b.class, self.memo.folded(b)),
        )
    }

    /// Every token of `text` in one list, as [`Analyzer::tokens`] gives them.
    pub fn analyze(&mut self, text: &str) -> Vec<OwnedToken> {
        let mut tokens = Vec::new();
        self.tokens(text, &mut |token| tokens.push(token.into()));
        tokens
    }

    /// The first [`Token::form`] that is still remembered; those of tokens to come are not below it.
    pub(crate) fn first_form(&self) -> u32 {
        self.memo.first_form()
    }

    /// Positions that the last text took: where the next value of the same field may begin.
    pub fn positions_used(&self) -> u32 {
        self.positions_used
    }

    /// The term of one word, as it would be indexed standing alone.
    pub fn stem(&mut self, word: &str) -> String {
        join(&[word])
    }
}

/// The term that a compound of these words has as a whole: `join(&["bm", "MSCs"])` is `bmmsc`. Takes words as they are
/// written, in any case; a token's own bytes, not its stem, since stems of parts need not make the stem of the whole
/// (post + operative).
pub fn join(words: &[&str]) -> String {
    let mut folded = String::new();
    for word in words {
        let singular = if is_plural_code(word) {
            &word[..word.len() - 1]
        } else {
            word
        };
        for c in singular.chars() {
            push_folded(c, &mut folded);
        }
    }
    term_of(&recompose(folded))
}

/// Whether nothing but white space, with one line break at most, lies between two words.
fn is_gap(between: &str) -> bool {
    !between.is_empty()
        && between.chars().all(char::is_whitespace)
        && between.bytes().filter(|&b| b == b'\n').count() <= 1
}
