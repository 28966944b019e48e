//! The documents of a concept in one segment: found once, counted, and then walked as often as a search needs.
//!
//! A word's rarity is that of the documents that have it in any field. No index holds that number, and adding up fields or
//! taking the largest is wrong by a third to a half on real records, most for the words of running text. So a concept's
//! documents are gathered before any is scored, which costs no more than scoring them as they come: one addition a posting. A
//! list is read from end to end before the next is begun, so that what is unpacked of it stays in the first cache.

use std::cell::Cell;
use std::sync::Arc;

use tantivy::query::Scorer;
use tantivy::{DocId, DocSet, Score, TERMINATED};

use crate::search::lists::{Listed, Source};
use crate::search::texts::Lengths;
use crate::search::weights::saturated;

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
    /// What a single list has.
    pub(crate) fn of_list(listed: &mut Listed, lengths: Lengths<'_>, deleted: &[DocId]) -> Found {
        let mut found = Found::default();
        let mut deleted = deleted.iter().copied().peekable();
        listed.list.each(|doc, frequency| {
            while deleted.next_if(|deleted| *deleted < doc).is_some() {}
            if deleted.peek() != Some(&doc) {
                found.docs.push(doc);
                let counts = frequency as f32 * listed.weight;
                found.weighted.push(counts * lengths.norm(doc));
            }
        });
        if listed.own {
            found.typed = found.docs.len();
        }
        found
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

/// Documents whose being found is noted together, so that the empty stretches between those of a rare word are passed over.
const STRETCH: usize = 64;

/// A document was found, and in a writing of the concept's own.
const FOUND: u32 = 1;
const TYPED: u32 = 2;

/// What is gathered of a document.
#[derive(Clone, Copy, Default)]
struct Slot {
    /// The weighted frequency over the fields so far.
    weighted: f32,
    /// [`FOUND`] and [`TYPED`].
    marks: u32,
}

/// What a thread gathers into: a place for each document of a segment, all of them empty between two concepts.
#[derive(Default)]
struct Table {
    slots: Vec<Slot>,
    /// Of each stretch whether a document was found.
    stretches: Vec<bool>,
    /// Of the field at hand, if it has several lists.
    in_field: Vec<InField>,
    /// Of each stretch whether a document of that field was found.
    stretches_of_field: Vec<bool>,
}

/// What is gathered of a document in one field that has several lists.
#[derive(Clone, Copy, Default)]
struct InField {
    /// What counts most in it so far.
    most: f32,
    /// The weighted frequency over the fields before it.
    before: f32,
}

thread_local! {
    static TABLE: Cell<Table> = Cell::default();
}

/// Gathers the documents of a concept in one segment, field by field.
pub(crate) struct Gathering {
    table: Table,
}

impl Gathering {
    /// In a segment of so many documents.
    pub(crate) fn new(documents: DocId) -> Gathering {
        let mut table = TABLE.take();
        let stretches = (documents as usize).div_ceil(STRETCH);
        if table.stretches.len() < stretches {
            table.slots.resize(stretches * STRETCH, Slot::default());
            let nothing = InField::default();
            table.in_field.resize(stretches * STRETCH, nothing);
            table.stretches.resize(stretches, false);
            table.stretches_of_field.resize(stretches, false);
        }
        Gathering { table }
    }

    /// Adds what a field has.
    pub(crate) fn add(&mut self, source: &mut Source<'_>) {
        let Source { lists, lengths, .. } = source;
        let Table {
            slots,
            stretches,
            in_field,
            stretches_of_field,
        } = &mut self.table;
        let marks = |listed: &Listed| match listed.own {
            true => FOUND | TYPED,
            false => FOUND,
        };
        if let [listed] = lists.as_mut_slice() {
            let (weight, marks) = (listed.weight, marks(listed));
            listed.list.each(|doc, frequency| {
                let slot = &mut slots[doc as usize];
                slot.weighted += frequency as f32 * weight * lengths.norm(doc);
                slot.marks |= marks;
                stretches[doc as usize / STRETCH] = true;
            });
            return;
        }
        for listed in lists {
            let (weight, marks) = (listed.weight, marks(listed));
            listed.list.each(|doc, frequency| {
                let (slot, here) = (&mut slots[doc as usize], &mut in_field[doc as usize]);
                let counts = frequency as f32 * weight;
                if here.most == 0.0 {
                    here.before = slot.weighted;
                }
                if counts > here.most {
                    here.most = counts;
                    slot.weighted = here.before + counts * lengths.norm(doc);
                }
                slot.marks |= marks;
                stretches_of_field[doc as usize / STRETCH] = true;
            });
        }
        let stretches = stretches.iter_mut().zip(stretches_of_field);
        for ((stretch, of_field), here) in stretches.zip(in_field.chunks_mut(STRETCH)) {
            if std::mem::take(of_field) {
                *stretch = true;
                here.fill(InField::default());
            }
        }
    }

    /// What was gathered, but for documents that are deleted.
    pub(crate) fn finish(mut self, deleted: &[DocId]) -> Found {
        let Table {
            slots, stretches, ..
        } = &mut self.table;
        for &doc in deleted {
            slots[doc as usize] = Slot::default();
        }
        let mut found = Found::default();
        let (mut docs, mut weighted) = ([0; STRETCH], [0.0; STRETCH]);
        let slots = slots.chunks_mut(STRETCH);
        for ((stretch, has), slots) in stretches.iter_mut().enumerate().zip(slots) {
            if !std::mem::take(has) {
                continue;
            }
            let first = (stretch * STRETCH) as DocId;
            // Without a branch for each document: whether it was found is a toss-up for common words.
            let mut count = 0;
            for (doc, slot) in (first..).zip(slots.iter()) {
                docs[count % STRETCH] = doc;
                weighted[count % STRETCH] = slot.weighted;
                count += (slot.marks & FOUND) as usize;
                found.typed += (slot.marks / TYPED) as usize;
            }
            found.docs.extend_from_slice(&docs[..count]);
            found.weighted.extend_from_slice(&weighted[..count]);
            slots.fill(Slot::default());
        }
        TABLE.set(self.table);
        found
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

    /// Gives every document with its score.
    pub(crate) fn each(&self, sink: &mut dyn FnMut(DocId, Score)) {
        for (&doc, &weighted) in self.found.docs.iter().zip(&self.found.weighted) {
            sink(doc, self.score_of(weighted));
        }
    }

    fn score_of(&self, weighted: f32) -> Score {
        self.factor * saturated(weighted, self.k1)
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
        self.score_of(weighted)
    }
}
