//! The terms of a segment that is being made, each known by a number. Their letters lie behind each other, as bytes, since nobody here
//! needs them to be text. Looking one up waits for memory once where it is short, and twice where it is not: for its hash and for
//! its letters.

use std::hash::Hasher;

use hashbrown::HashTable;
use rustc_hash::{FxHashMap, FxHasher};

/// Distinct terms, numbered from 0 in the order in which they came.
#[derive(Default)]
pub(super) struct Terms {
    letters: Vec<u8>,
    /// Where each one's letters end.
    ends: Vec<u32>,
    /// Those of eight bytes at most, by these bytes.
    short: FxHashMap<u64, u32>,
    /// The others.
    long: HashTable<Long>,
}

/// A term of more than eight bytes.
struct Long {
    /// The lower half of its hash.
    hash: u32,
    number: u32,
    /// Where its letters begin and end.
    letters: [u32; 2],
}

impl Terms {
    /// The number of a term, whose first letter may be given apart.
    pub(super) fn number(&mut self, mark: Option<char>, letters: &str) -> u32 {
        let key = short_key(mark, letters);
        if let Some(known) = key.and_then(|key| self.short.get(&key)) {
            return *known;
        }
        let start = self.letters.len();
        if let Some(mark) = mark {
            let mut bytes = [0; 4];
            self.letters
                .extend_from_slice(mark.encode_utf8(&mut bytes).as_bytes());
        }
        self.letters.extend_from_slice(letters.as_bytes());
        let number = small(self.ends.len());
        if let Some(key) = key {
            self.short.insert(key, number);
        } else {
            let term = &self.letters[start..];
            let hash = hash(term);
            let known = self.long.find(spread(hash), |known| {
                let [start, end] = known.letters;
                known.hash == hash && &self.letters[start as usize..end as usize] == term
            });
            if let Some(known) = known {
                let number = known.number;
                self.letters.truncate(start);
                return number;
            }
            let long = Long {
                hash,
                number,
                letters: [start, self.letters.len()].map(small),
            };
            self.long
                .insert_unique(spread(hash), long, |known| spread(known.hash));
        }
        self.ends.push(small(self.letters.len()));
        number
    }

    /// The letters of a term.
    pub(super) fn get(&self, number: u32) -> &[u8] {
        slice(&self.letters, &self.ends, number)
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Bytes of memory that they take.
    pub(super) fn memory(&self) -> usize {
        self.letters.capacity()
            + self.ends.capacity() * size_of::<u32>()
            + self.short.capacity() * size_of::<(u64, u32)>()
            + self.long.allocation_size()
    }

    /// The numbers of all terms in the order of their bytes. The first eight bytes decide nearly always, and lie side by side.
    pub(super) fn in_order(&self) -> Vec<u32> {
        let mut keys: Vec<(u64, u32)> = (0..)
            .take(self.len())
            .map(|number| (first_bytes(self.get(number)), number))
            .collect();
        keys.sort_unstable_by(|a, b| {
            let by_rest = || self.get(a.1).cmp(self.get(b.1));
            a.0.cmp(&b.0).then_with(by_rest)
        });
        keys.into_iter().map(|(_, number)| number).collect()
    }
}

/// One of the terms that lie behind each other.
pub(super) fn slice<'l>(letters: &'l [u8], ends: &[u32], number: u32) -> &'l [u8] {
    let number = number as usize;
    let start = number.checked_sub(1).map_or(0, |before| ends[before]);
    &letters[start as usize..ends[number] as usize]
}

/// A number of terms, or of their letters: both take more memory than they count, and a segment's is bounded below four gigabytes.
pub(super) fn small(number: usize) -> u32 {
    u32::try_from(number).expect("a segment's memory is bounded")
}

/// All bytes of a short term, filled up with a byte that is in no text, so that none is the beginning of another.
fn short_key(mark: Option<char>, letters: &str) -> Option<u64> {
    let mut key = [u8::MAX; 8];
    let marked = mark.map_or(0, |mark| mark.encode_utf8(&mut key).len());
    let rest = key.get_mut(marked..marked + letters.len())?;
    rest.copy_from_slice(letters.as_bytes());
    Some(u64::from_le_bytes(key))
}

/// The lower half of a hash, which the mixing at its end has made as good as the upper one.
fn hash(term: &[u8]) -> u32 {
    let mut hasher = FxHasher::default();
    hasher.write(term);
    hasher.finish() as u32
}

/// The half of a hash as the table wants it: it looks at the highest bits and the lowest.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// The first eight bytes as a number that is ordered as they are.
fn first_bytes(term: &[u8]) -> u64 {
    let mut first = [0; 8];
    let bytes = &term[..term.len().min(8)];
    first[..bytes.len()].copy_from_slice(bytes);
    u64::from_be_bytes(first)
}
