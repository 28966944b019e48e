//! The terms of a segment that is being made, each known by a number. Their letters lie in one string, and looking one up compares
//! letters only where it has to.

use std::hash::Hasher;

use hashbrown::HashTable;
use rustc_hash::FxHasher;

/// Distinct terms, numbered from 0 in the order in which they came.
#[derive(Default)]
pub(super) struct Terms {
    letters: String,
    /// Where each one's letters end.
    ends: Vec<usize>,
    table: HashTable<u32>,
}

impl Terms {
    /// The number of a term, whose first letter may be given apart.
    pub(super) fn number(&mut self, mark: Option<char>, letters: &str) -> u32 {
        let start = self.letters.len();
        self.letters.extend(mark);
        self.letters.push_str(letters);
        let hash = hash(&self.letters[start..]);
        let (all, ends) = (&self.letters, &self.ends);
        let is_it = |&number: &u32| slice(all, ends, number) == &all[start..];
        if let Some(&known) = self.table.find(hash, is_it) {
            self.letters.truncate(start);
            return known;
        }
        let number = u32::try_from(self.ends.len()).expect("a segment's memory is bounded");
        self.ends.push(self.letters.len());
        let (all, ends) = (&self.letters, &self.ends);
        self.table.insert_unique(hash, number, |&number| {
            self::hash(slice(all, ends, number))
        });
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
            + self.table.allocation_size()
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

fn slice<'l>(letters: &'l str, ends: &[usize], number: u32) -> &'l str {
    let number = number as usize;
    let start = number.checked_sub(1).map_or(0, |before| ends[before]);
    &letters[start..ends[number]]
}

fn hash(letters: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(letters.as_bytes());
    hasher.finish()
}

/// The first eight bytes as a number that is ordered as they are.
fn first_bytes(letters: &str) -> u64 {
    let mut first = [0; 8];
    let bytes = &letters.as_bytes()[..letters.len().min(8)];
    first[..bytes.len()].copy_from_slice(bytes);
    u64::from_be_bytes(first)
}
