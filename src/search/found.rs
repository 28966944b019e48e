//! The documents of a concept in one segment: found once, counted, and then walked as often as a search needs.
//!
//! A word's rarity is that of the documents that have it in any field. No index holds that number, and adding up fields or
//! taking the largest is wrong by a third to a half on real records, most for the words of running text. So a concept's
//! documents are gathered before any is scored, which costs no more than scoring them as they come: one addition a posting.

use std::sync::Arc;

use tantivy::fastfield::AliveBitSet;
use tantivy::query::Scorer;
use tantivy::{DocId, DocSet, Score, TERMINATED};

use crate::search::scorer::Source;

/// Documents that are gathered at once. 4096 floats are 16 KB, which stay in the first cache.
const WINDOW: usize = 4096;

/// The documents of a concept in one segment, in order, those that are deleted left out.
#[derive(Debug, Default)]
pub(crate) struct Found {
    docs: Vec<DocId>,
    /// The weighted frequency in each.
    weighted: Vec<f32>,
    /// How many of them have it in a writing of its own, not only what stands for it.
    typed: usize,
}

impl Found {
    /// Gathers what the fields have.
    pub(crate) fn gather(mut sources: Vec<Source<'_>>, alive: Option<&AliveBitSet>) -> Found {
        let mut found = Found::default();
        let mut weighted = Box::new([0.0_f32; WINDOW]);
        let mut members = Box::new([0_u64; WINDOW / 64]);
        let mut typed = Box::new([0_u64; WINDOW / 64]);
        loop {
            sources.retain(|source| source.doc() != TERMINATED);
            let Some(first) = sources.iter().map(Source::doc).min() else {
                return found;
            };
            let start = first - first % WINDOW as DocId;
            let end = start.saturating_add(WINDOW as DocId);
            for source in &mut sources {
                let mut doc = source.doc();
                while doc < end {
                    let place = (doc - start) as usize;
                    members[place / 64] |= 1 << (place % 64);
                    typed[place / 64] |= u64::from(source.has_own()) << (place % 64);
                    weighted[place] += source.weighted_frequency();
                    doc = source.advance();
                }
            }
            for (word, bits) in members.iter_mut().enumerate() {
                let mut left = std::mem::take(bits);
                let own = std::mem::take(&mut typed[word]);
                while left != 0 {
                    let place = word * 64 + left.trailing_zeros() as usize;
                    left &= left - 1;
                    let doc = start + place as DocId;
                    let sum = std::mem::take(&mut weighted[place]);
                    if alive.is_none_or(|alive| alive.is_alive(doc)) {
                        found.docs.push(doc);
                        found.weighted.push(sum);
                        found.typed += (own >> (place % 64) & 1) as usize;
                    }
                }
            }
        }
    }

    /// How many documents there are.
    pub(crate) fn count(&self) -> usize {
        self.docs.len()
    }

    /// How many of them have the concept in a writing of its own.
    pub(crate) fn typed(&self) -> usize {
        self.typed
    }
}

/// Walks what was found, with scores.
pub(crate) struct ConceptScorer {
    found: Arc<Found>,
    place: usize,
    factor: f32,
    k1: f32,
}

impl ConceptScorer {
    /// `factor` is everything in the score that does not depend on the document.
    pub(crate) fn new(found: Arc<Found>, factor: f32, k1: f32) -> ConceptScorer {
        ConceptScorer {
            found,
            place: 0,
            factor,
            k1,
        }
    }
}

impl DocSet for ConceptScorer {
    fn advance(&mut self) -> DocId {
        self.place += 1;
        self.doc()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        let left = self.found.docs.get(self.place..).unwrap_or_default();
        // Steps that double until they pass the target, then the place between the last two.
        let mut step = 1;
        while left.get(step).is_some_and(|doc| *doc < target) {
            step *= 2;
        }
        let within = &left[step / 2..left.len().min(step + 1)];
        self.place += step / 2 + within.partition_point(|doc| *doc < target);
        self.doc()
    }

    fn doc(&self) -> DocId {
        self.found
            .docs
            .get(self.place)
            .copied()
            .unwrap_or(TERMINATED)
    }

    fn size_hint(&self) -> u32 {
        u32::try_from(self.found.docs.len()).unwrap_or(u32::MAX)
    }
}

impl Scorer for ConceptScorer {
    fn score(&mut self) -> Score {
        let weighted = self.found.weighted.get(self.place).copied().unwrap_or(0.0);
        self.factor * weighted / (weighted + self.k1)
    }
}
