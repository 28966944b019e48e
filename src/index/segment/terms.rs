//! The terms of a segment that is being made, each known by a number. Their letters lie in one string; looking one up waits for
//! memory once where it is short, and twice where it is not.

use std::hash::Hasher;

use hashbrown::HashTable;
use rustc_hash::{FxHashMap, FxHasher};

/// Distinct terms, numbered from 0 in the order in which they came.
#[derive(Default)]
pub(super) struct Terms {
    letters: String,
    /// Where each one's letters end.
    ends: Vec<usize>,
    /// Those of eight bytes at most, by these bytes.
    short: FxHashMap<u64, u32>,
    /// The others with their hashes.
    long: HashTable<(u64, u32)>,
}

impl Terms {
    /// The number of a term, whose first letter may be given apart.
    pub(super) fn number(&mut self, mark: Option<char>, letters: &str) -> u32 {
        let key = short_key(mark, letters);
        if let Some(known) = key.and_then(|key| self.short.get(&key)) {
            return *known;
        }
        let start = self.letters.len();
        self.letters.extend(mark);
        self.letters.push_str(letters);
        let number = u32::try_from(self.ends.len()).expect("a segment's memory is bounded");
        if let Some(key) = key {
            self.short.insert(key, number);
        } else {
            let term = &self.letters[start..];
            let hash = hash(term);
            let (all, ends) = (&self.letters, &self.ends);
            let known = self.long.find(hash, |&(other, number)| {
                other == hash && slice(all, ends, number) == term
            });
            if let Some(&(_, known)) = known {
                self.letters.truncate(start);
                return known;
            }
            self.long
                .insert_unique(hash, (hash, number), |&(hash, _)| hash);
        }
        self.ends.push(self.letters.len());
        number
    }

    /// The letters of a term.
    pub(super) fn get(&self, number: u32) -> &str {
        slice(&self.letters, &self.ends, number)
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Bytes of memory that they take.
    pub(super) fn memory(&self) -> usize {
        self.letters.capacity()
            + self.ends.capacity() * size_of::<usize>()
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
            let by_rest = || self.get(a.1).as_bytes().cmp(self.get(b.1).as_bytes());
            a.0.cmp(&b.0).then_with(by_rest)
        });
        keys.into_iter().map(|(_, number)| number).collect()
    }
}

/// One of the strings that lie behind each other in one.
pub(super) fn slice<'l>(letters: &'l str, ends: &[usize], number: u32) -> &'l str {
    let number = number as usize;
    let start = number.checked_sub(1).map_or(0, |before| ends[before]);
    &letters[start..ends[number]]
}

/// All bytes of a short term, filled up with a byte that is in no text, so that none is the beginning of another.
fn short_key(mark: Option<char>, letters: &str) -> Option<u64> {
    let mut key = [u8::MAX; 8];
    let marked = mark.map_or(0, |mark| mark.encode_utf8(&mut key).len());
    let rest = key.get_mut(marked..marked + letters.len())?;
    rest.copy_from_slice(letters.as_bytes());
    Some(u64::from_le_bytes(key))
}

fn hash(term: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(term.as_bytes());
    hasher.finish()
}

/// The first eight bytes as a number that is ordered as they are.
fn first_bytes(term: &str) -> u64 {
    let mut first = [0; 8];
    let bytes = &term.as_bytes()[..term.len().min(8)];
    first[..bytes.len()].copy_from_slice(bytes);
    u64::from_be_bytes(first)
}
