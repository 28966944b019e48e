//! What the analyzer remembers: surface forms of units and what they come to. A cache only: forgetting changes no token.
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::code::{Class, Role};
use super::dissect::dissect;
use super::stem::term_of;
use super::token::{Token, TokenKind};

/// Distinct units that an analyzer of whole records remembers before the memo is emptied. All units of 15,000 records are about
/// 375,000, and each of two threads meets some 260,000 of them; about 32 MB when full. Half as many made every unit be taken apart
/// twice.
const MEMO_UNITS: usize = 1 << 18;

/// The same of one that reads questions, names and the parts of records that are shown; about 4 MB. A server has one for each
/// search at a time, and what they remember shall not make it grow.
const FEW_UNITS: usize = 1 << 15;

/// Bytes of terms remembered before the memo is emptied, whatever the units are like.
const MEMO_BYTES: usize = 16 << 20;

/// Short words that an analyzer of whole records has at hand, a power of two: 4 MB, so that nearly all words are found with one look
/// at memory. With 4,096 of them a build took a twentieth longer.
const MANY_RECENT: usize = 1 << 17;

/// The same of one for questions and parts of records, or for one field of many: 128 kB.
const FEW_RECENT: usize = 1 << 12;

/// A token of a remembered unit.
#[derive(Clone, Copy)]
struct Remembered {
    term: (u32, u32),
    exact: (u32, u32),
    bytes: (u32, u32),
    position: u32,
    positions: u32,
    kind: TokenKind,
    form: u32,
}

/// A remembered unit; ranges into the memo.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    /// Its pieces; of a single word, which most units are, the term itself.
    pieces: (u32, u32),
    /// The bytes of a single word inside the unit; nothing for other units.
    word: Option<(u16, u16)>,
    /// Of a single word, what its term was made of.
    exact: (u32, u32),
    folded: (u32, u32),
    /// Of a single word, the number of its form.
    form: u32,
    pub positions: u32,
    pub class: Class,
    pub role: Role,
}

/// The surface form of a remembered unit, filled up with zeros, which occur in no unit. Longer ones than its 24 bytes are one in 300
/// and are dissected each time. Its derived hash is quick and good enough for words. No array: that would be written to memory piece
/// by piece and read back as a whole, for which the processor waits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key(u64, u64, u64);

/// A single short word with its entry, packed so that two of them fill a line of the processor's cache and none lies across
/// two.
#[derive(Clone, Copy, Default)]
#[repr(align(32))]
struct Recent {
    /// Its surface; zeros in a slot that is empty. Longer ones than its 16 bytes are one in forty.
    key: (u64, u64),
    /// Where its term begins in the memo, and how long it is.
    term: u32,
    term_bytes: u8,
    /// How long its folded form is, which stands before the term.
    folded_bytes: u8,
    form: u32,
    /// The bytes of the word inside the unit.
    word: (u8, u8),
    class: Class,
    role: Role,
}

impl Recent {
    /// Nothing for a unit of several words, or a longer one.
    fn of(key: Key, entry: &Entry) -> Option<Recent> {
        let Key(first, second, 0) = key else {
            return None;
        };
        if entry.exact != entry.folded || entry.folded.1 != entry.pieces.0 {
            return None;
        }
        let (start, end) = entry.word?;
        let bytes = |(from, to): (u32, u32)| u8::try_from(to - from).ok();
        Some(Recent {
            key: (first, second),
            term: entry.pieces.0,
            term_bytes: bytes(entry.pieces)?,
            form: entry.form,
            folded_bytes: bytes(entry.folded)?,
            word: (u8::try_from(start).ok()?, u8::try_from(end).ok()?),
            class: entry.class,
            role: entry.role,
        })
    }

    fn entry(&self) -> Entry {
        let folded = (self.term - u32::from(self.folded_bytes), self.term);
        Entry {
            pieces: (self.term, self.term + u32::from(self.term_bytes)),
            word: Some((self.word.0.into(), self.word.1.into())),
            exact: folded,
            folded,
            form: self.form,
            positions: 1,
            class: self.class,
            role: self.role,
        }
    }
}

/// What a unit is looked up by.
#[derive(Clone, Copy)]
pub(super) struct Sought {
    /// Nothing for one that is not remembered.
    key: Option<Key>,
    /// The place among the recent ones.
    slot: usize,
}

/// Surface forms and what they come to.
pub(super) struct Memo {
    /// Units from which on it is full.
    most: usize,
    entries: FxHashMap<Key, Entry>,
    /// The last short word of each hash: the frequent ones stay in the processor's cache, where the whole memo does not (it
    /// halved the time of a look-up).
    recent: Vec<Recent>,
    /// How many of them there may be, a power of two.
    most_recent: usize,
    pieces: Vec<Remembered>,
    letters: String,
    /// The number of the first form that is remembered, and of the next one that will be.
    forms: Range<u32>,
}

/// A unit at its place in the text.
#[derive(Clone, Copy)]
pub(super) struct Placed {
    pub entry: Entry,
    pub start: usize,
    pub end: usize,
    pub position: u32,
    /// Only the first letter of a compound that gives its own tokens later: the T of "CAR T-cells".
    pub letter: bool,
}

impl Memo {
    /// One for whole records, thousands of them.
    pub(super) fn large() -> Memo {
        Memo::of(MEMO_UNITS, MANY_RECENT)
    }

    /// One for a single field of whole records.
    pub(super) fn of_field() -> Memo {
        Memo::of(MEMO_UNITS, FEW_RECENT)
    }

    /// One for what is read in between.
    pub(super) fn small() -> Memo {
        Memo::of(FEW_UNITS, FEW_RECENT)
    }

    fn of(most: usize, most_recent: usize) -> Memo {
        Memo {
            most,
            most_recent,
            entries: FxHashMap::default(),
            recent: Vec::new(),
            pieces: Vec::new(),
            letters: String::new(),
            forms: 0..0,
        }
    }

    /// One of the same size that remembers nothing, and goes on numbering.
    pub(super) fn emptied(&self) -> Memo {
        Memo {
            forms: self.forms.end..self.forms.end,
            ..Memo::of(self.most, self.most_recent)
        }
    }

    pub(super) fn first_form(&self) -> u32 {
        self.forms.start
    }

    /// Numbers one more form. A number is used again after four thousand million of them, when the memo has been emptied
    /// thousands of times since and nobody goes by the first one any more.
    fn number(&mut self) -> u32 {
        let number = self.forms.end;
        self.forms.end = number.wrapping_add(1);
        number
    }

    pub(super) fn units(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn is_full(&self) -> bool {
        self.entries.len() >= self.most || self.letters.len() >= MEMO_BYTES
    }

    /// What a unit is looked up by. It asks for the memory where a short word has its place, so that this comes while other units
    /// are read: a look-up waits for nothing else as long. (Without the black box the compiler would leave that out.)
    #[inline]
    pub(super) fn seek(&self, surface: &str) -> Sought {
        let key = key(surface);
        let slot = key.map_or(0, |key| hash(key) & (self.most_recent - 1));
        std::hint::black_box(self.recent.get(slot).map(|recent| recent.form));
        Sought { key, slot }
    }

    pub(super) fn look_up(&mut self, surface: &str) -> Entry {
        let sought = self.seek(surface);
        self.find(surface, sought)
    }

    /// Looks a unit up by what [`Memo::seek`] has said of the same surface.
    #[inline]
    pub(super) fn find(&mut self, surface: &str, sought: Sought) -> Entry {
        debug_assert!(sought.key == key(surface));
        let Some(key) = sought.key else {
            return self.remember(surface);
        };
        if let Some(recent) = self.recent.get(sought.slot)
            && Key(recent.key.0, recent.key.1, 0) == key
        {
            return recent.entry();
        }
        let entry = match self.entries.get(&key) {
            Some(entry) => *entry,
            None => {
                let entry = self.remember(surface);
                self.entries.insert(key, entry);
                entry
            }
        };
        if let Some(recent) = Recent::of(key, &entry) {
            if self.recent.is_empty() {
                self.recent.resize(self.most_recent, Recent::default());
            }
            self.recent[sought.slot] = recent;
        }
        entry
    }

    #[cold]
    fn remember(&mut self, surface: &str) -> Entry {
        let dissection = dissect(surface);
        let folded = self.keep(&dissection.folded);
        let mut exact = folded;
        let (pieces, word) = match dissection.pieces.as_slice() {
            [only] if only.kind == TokenKind::Word => {
                let term = self.keep(&only.term);
                if only.exact != dissection.folded {
                    exact = self.keep(&only.exact);
                }
                // A unit is no longer than LONGEST_WORD, but for the four bytes of "non-".
                let [start, end] = [only.bytes.start, only.bytes.end]
                    .map(|byte| u16::try_from(byte).expect("units are short"));
                (term, Some((start, end)))
            }
            pieces => {
                let first = short(self.pieces.len());
                for piece in pieces {
                    let term = self.keep(&piece.term);
                    let exact = match piece.exact == piece.term {
                        true => term,
                        false => self.keep(&piece.exact),
                    };
                    let bytes = (short(piece.bytes.start), short(piece.bytes.end));
                    let (position, positions, kind) = (piece.position, piece.positions, piece.kind);
                    let form = self.number();
                    self.pieces.push(Remembered {
                        term,
                        exact,
                        bytes,
                        position,
                        positions,
                        kind,
                        form,
                    });
                }
                ((first, short(self.pieces.len())), None)
            }
        };
        Entry {
            pieces,
            word,
            exact,
            folded,
            form: if word.is_some() { self.number() } else { 0 },
            positions: dissection.positions,
            class: dissection.class,
            role: dissection.role,
        }
    }

    fn keep(&mut self, letters: &str) -> (u32, u32) {
        let start = self.letters.len();
        self.letters.push_str(letters);
        (short(start), short(self.letters.len()))
    }

    pub(super) fn folded(&self, entry: Entry) -> &str {
        &self.letters[entry.folded.0 as usize..entry.folded.1 as usize]
    }

    /// Gives out the tokens of a unit that takes its first position at `position`.
    pub(super) fn give(
        &self,
        entry: Entry,
        position: u32,
        sink: &mut dyn FnMut(Token<'_>),
        place: impl Fn(usize) -> usize,
    ) {
        if let Some((start, end)) = entry.word {
            let bytes = place(usize::from(start))..place(usize::from(end));
            let word = [entry.pieces, entry.exact].map(wide);
            return sink(Token {
                form: Some(entry.form),
                ..Token::of(&self.letters, word, position, bytes)
            });
        }
        for piece in &self.pieces[entry.pieces.0 as usize..entry.pieces.1 as usize] {
            let (start, end) = wide(piece.bytes);
            sink(Token {
                positions: piece.positions,
                kind: piece.kind,
                form: Some(piece.form),
                ..Token::of(
                    &self.letters,
                    [piece.term, piece.exact].map(wide),
                    position + piece.position,
                    place(start)..place(end),
                )
            });
        }
    }

    /// Gives out adjacent units written as one. A negating word after them makes them one position and takes one itself.
    pub(super) fn give_joined(
        &self,
        units: &[Placed],
        negating: Option<Placed>,
        sink: &mut dyn FnMut(Token<'_>),
    ) {
        let (Some(first), Some(last)) = (units.first(), negating.as_ref().or(units.last())) else {
            return;
        };
        let folded: String = units
            .iter()
            .chain(&negating)
            .map(|unit| self.folded(unit.entry))
            .collect();
        let positions = if negating.is_some() {
            2
        } else {
            last.position + last.entry.positions - first.position
        };
        let letters = format!("{folded}{}", term_of(&folded));
        let word = [(folded.len(), letters.len()), (0, folded.len())];
        sink(Token {
            positions,
            kind: TokenKind::Joined,
            ..Token::of(&letters, word, first.position, first.start..last.end)
        });
    }
}

/// Decides the place of a unit among the recent ones: multiplicative hashing by odd constants, the 24 high bits taken, more than
/// any memo has places.
fn hash(key: Key) -> usize {
    let mixed = key.0.wrapping_mul(0x9E37_79B9_7F4A_7C15)
        ^ key.1.wrapping_mul(0xC2B2_AE3D_27D4_EB4F)
        ^ key.2.wrapping_mul(0x1656_67B1_9E37_79F9);
    (mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as usize
}

/// Nothing for a unit that is longer than is remembered.
fn key(surface: &str) -> Option<Key> {
    let (first, rest) = eight(surface.as_bytes());
    let (second, rest) = eight(rest);
    let (third, rest) = eight(rest);
    rest.is_empty().then_some(Key(first, second, third))
}

/// The first eight bytes, or all with zeros behind them, and the rest.
fn eight(bytes: &[u8]) -> (u64, &[u8]) {
    if let Some((eight, rest)) = bytes.split_first_chunk() {
        return (u64::from_le_bytes(*eight), rest);
    }
    // Two numbers that may overlap: where they do, they are the same.
    let behind = |size: usize| 8 * (bytes.len() - size);
    let few = if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let [first, last] = [first, last].map(|four| u64::from(u32::from_le_bytes(*four)));
        first | last << behind(4)
    } else if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let [first, last] = [first, last].map(|two| u64::from(u16::from_le_bytes(*two)));
        first | last << behind(2)
    } else {
        bytes.first().copied().map_or(0, u64::from)
    };
    (few, &[])
}

fn wide((start, end): (u32, u32)) -> (usize, usize) {
    (start as usize, end as usize)
}

/// A number that the memo's limits keep far below 2^32: it is emptied at 16 MB, and one unit adds less than 1 MB.
fn short(n: usize) -> u32 {
    u32::try_from(n).expect("the memo is emptied long before")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_the_bytes_of_units() {
        for length in 0..=24 {
            let surface = &"abcdefghijklmnopqrstuvwxyz"[..length];
            let Key(first, second, third) = key(surface).unwrap();
            let bytes: Vec<u8> = [first, second, third]
                .into_iter()
                .flat_map(u64::to_le_bytes)
                .collect();
            assert_eq!(bytes[..length], *surface.as_bytes());
            assert!(bytes[length..].iter().all(|byte| *byte == 0));
        }
        assert!(key(&"a".repeat(25)).is_none());
    }
}
