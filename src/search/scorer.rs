//! Walks the documents of a concept: the union of its alternatives over its fields, scored as one term.
//!
//! Documents are taken in windows: each posting list adds its weighted frequencies into a table, and the window's
//! documents are then read off in order. That costs one addition a posting, whatever the number of fields.

use std::sync::Arc;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::Scorer;
use tantivy::{DocId, DocSet, InvertedIndexReader, Score, TERMINATED};

use crate::passage::Sought;
use crate::search::expansion::Expansion;
use crate::search::placed::{PlacedList, UnionList};

/// Documents in a window. 4096 floats are 16 KB, which stay in the first cache.
const WINDOW: usize = 4096;

/// The documents of a concept in one field. Several alternatives are writings of one occurrence ("BM-MSC" is indexed as a
/// word and as its parts), so the one that counts most is taken, not their sum.
pub(crate) struct Source {
    pub(crate) field: usize,
    lists: Vec<Listed>,
    doc: DocId,
    norms: Option<(FieldNormReader, Box<[f32; 256]>)>,
}

/// The documents of one alternative in one field.
pub(crate) struct Listed {
    /// Its number in the concept.
    pub(crate) alternative: usize,
    /// What an occurrence of it counts.
    pub(crate) weight: f32,
    pub(crate) list: List,
}

/// The documents of a word or a phrase in one field.
pub(crate) enum List {
    Word(Box<SegmentPostings>),
    Phrase(PhraseList),
    Union(UnionList),
    Placed(Box<PlacedList>),
}

impl List {
    /// At least one posting list, each with its place in the alternative.
    pub(crate) fn new(mut postings: Vec<(SegmentPostings, u32)>) -> List {
        match postings.pop() {
            Some((word, _)) if postings.is_empty() => List::Word(Box::new(word)),
            last => List::Phrase(PhraseList::new(postings.into_iter().chain(last).collect())),
        }
    }

    /// What is asked by its arrangement; nothing if the field has none of its terms.
    pub(crate) fn arranged(
        sought: &Arc<Sought>,
        expansion: &Expansion,
        inverted: &Arc<InvertedIndexReader>,
        documents: u32,
    ) -> tantivy::Result<Option<List>> {
        if expansion.terms.iter().all(|terms| terms.any.is_empty()) {
            return Ok(None);
        }
        Ok(Some(match (sought.single(), expansion.terms.first()) {
            (Some(_), Some(terms)) if terms.but.is_empty() => {
                List::Union(UnionList::new(terms, inverted, documents)?)
            }
            _ => List::Placed(Box::new(PlacedList::new(sought, expansion, inverted)?)),
        }))
    }

    fn doc(&self) -> DocId {
        match self {
            List::Word(postings) => postings.doc(),
            List::Phrase(phrase) => phrase.doc,
            List::Union(union) => union.doc(),
            List::Placed(placed) => placed.doc(),
        }
    }

    fn advance(&mut self) -> DocId {
        match self {
            List::Word(postings) => postings.advance(),
            List::Phrase(phrase) => phrase.advance(),
            List::Union(union) => union.advance(),
            List::Placed(placed) => placed.advance(),
        }
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc() >= target {
            return self.doc();
        }
        match self {
            List::Word(postings) => postings.seek(target),
            List::Phrase(phrase) => phrase.seek(target),
            List::Union(union) => union.seek(target),
            List::Placed(placed) => placed.seek(target),
        }
    }

    fn frequency(&self) -> u32 {
        match self {
            List::Word(postings) => postings.term_freq(),
            List::Phrase(phrase) => phrase.frequency,
            List::Union(union) => union.frequency(),
            List::Placed(placed) => placed.frequency(),
        }
    }

    fn size_hint(&self) -> u32 {
        match self {
            List::Word(postings) => postings.size_hint(),
            List::Phrase(phrase) => phrase
                .lists
                .iter()
                .map(|list| list.postings.size_hint())
                .min()
                .unwrap_or(0),
            List::Union(union) => union.size_hint(),
            List::Placed(placed) => placed.size_hint(),
        }
    }
}

impl Source {
    /// At least one list.
    pub(crate) fn new(
        field: usize,
        lists: Vec<Listed>,
        norms: Option<(FieldNormReader, Box<[f32; 256]>)>,
    ) -> Source {
        let mut source = Source {
            field,
            lists,
            doc: TERMINATED,
            norms,
        };
        source.stand();
        source
    }

    fn stand(&mut self) -> DocId {
        self.doc = self
            .lists
            .iter()
            .map(|listed| listed.list.doc())
            .min()
            .unwrap_or(TERMINATED);
        self.doc
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn advance(&mut self) -> DocId {
        for Listed { list, .. } in &mut self.lists {
            if list.doc() == self.doc {
                list.advance();
            }
        }
        self.stand()
    }

    /// Moves to the first document from `target` on.
    pub(crate) fn seek(&mut self, target: DocId) -> DocId {
        for Listed { list, .. } in &mut self.lists {
            list.seek(target);
        }
        self.stand()
    }

    /// The alternative that counts most in the current document's field: its number, how often it stands there, and that
    /// times its weight.
    pub(crate) fn frequency(&self) -> (usize, u32, f32) {
        let mut most = (0, 0, 0.0);
        for listed in &self.lists {
            if listed.list.doc() == self.doc {
                let frequency = listed.list.frequency();
                let counts = frequency as f32 * listed.weight;
                if counts > most.2 {
                    most = (listed.alternative, frequency, counts);
                }
            }
        }
        most
    }

    /// The frequency with the field's weight and length.
    pub(crate) fn weighted_frequency(&self) -> f32 {
        let norm = match &self.norms {
            Some((lengths, table)) => table[usize::from(lengths.fieldnorm_id(self.doc))],
            None => 0.0,
        };
        self.frequency().2 * norm
    }

    fn size_hint(&self) -> u32 {
        self.lists
            .iter()
            .map(|listed| listed.list.size_hint())
            .fold(0, u32::saturating_add)
    }
}

/// Documents in which terms stand at given places to each other.
pub(crate) struct PhraseList {
    lists: Vec<PhraseTerm>,
    doc: DocId,
    frequency: u32,
    starts: Vec<u32>,
    positions: Vec<u32>,
}

struct PhraseTerm {
    postings: SegmentPostings,
    offset: u32,
}

impl PhraseList {
    fn new(lists: Vec<(SegmentPostings, u32)>) -> PhraseList {
        let lists = lists
            .into_iter()
            .map(|(postings, offset)| PhraseTerm { postings, offset });
        let mut phrase = PhraseList {
            lists: lists.collect(),
            doc: 0,
            frequency: 0,
            starts: Vec::new(),
            positions: Vec::new(),
        };
        phrase.lists.sort_by_key(|list| list.postings.size_hint());
        phrase.find_from(0);
        phrase
    }

    fn advance(&mut self) -> DocId {
        if self.doc == TERMINATED {
            return TERMINATED;
        }
        self.find_from(self.doc + 1)
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.find_from(target)
    }

    fn find_from(&mut self, target: DocId) -> DocId {
        let mut target = target;
        'document: while target != TERMINATED {
            for list in &mut self.lists {
                let doc = if list.postings.doc() < target {
                    list.postings.seek(target)
                } else {
                    list.postings.doc()
                };
                if doc != target {
                    target = doc;
                    continue 'document;
                }
            }
            self.frequency = self.count();
            if self.frequency > 0 {
                break;
            }
            target += 1;
        }
        self.doc = target;
        target
    }

    /// How often the phrase stands in the document that all lists are at.
    fn count(&mut self) -> u32 {
        let PhraseList {
            lists,
            starts,
            positions,
            ..
        } = self;
        for (number, list) in lists.iter_mut().enumerate() {
            list.postings.positions(positions);
            let offset = list.offset;
            let here = positions
                .iter()
                .filter_map(|position| position.checked_sub(offset));
            if number == 0 {
                starts.clear();
                starts.extend(here);
            } else {
                keep_common(starts, here);
            }
            if starts.is_empty() {
                return 0;
            }
        }
        u32::try_from(starts.len()).unwrap_or(u32::MAX)
    }
}

/// Keeps of an ascending list what also is in another one.
fn keep_common(starts: &mut Vec<u32>, others: impl Iterator<Item = u32>) {
    let mut others = others.peekable();
    starts.retain(|&start| {
        while others.next_if(|&other| other < start).is_some() {}
        others.peek() == Some(&start)
    });
}

/// The documents of a concept, with scores.
pub(crate) struct ConceptScorer {
    sources: Vec<Source>,
    factor: f32,
    k1: f32,
    /// First document of the window; its documents are behind it up to [`WINDOW`].
    start: DocId,
    weighted: Box<[f32; WINDOW]>,
    members: Box<[u64; WINDOW / 64]>,
    doc: DocId,
    size: u32,
}

impl ConceptScorer {
    /// `factor` is everything in the score that does not depend on the document.
    pub(crate) fn new(sources: Vec<Source>, factor: f32, k1: f32) -> ConceptScorer {
        let size = sources
            .iter()
            .map(Source::size_hint)
            .fold(0, u32::saturating_add);
        let mut scorer = ConceptScorer {
            sources,
            factor,
            k1,
            start: 0,
            weighted: Box::new([0.0; WINDOW]),
            members: Box::new([0; WINDOW / 64]),
            doc: 0,
            size,
        };
        scorer.fill();
        scorer
    }

    /// Fills the next window that has documents and stands on its first.
    fn fill(&mut self) -> DocId {
        self.sources.retain(|source| source.doc() != TERMINATED);
        let Some(first) = self.sources.iter().map(Source::doc).min() else {
            self.doc = TERMINATED;
            return TERMINATED;
        };
        self.start = first - first % WINDOW as DocId;
        let end = self.start.saturating_add(WINDOW as DocId);
        for source in &mut self.sources {
            let mut doc = source.doc();
            while doc < end {
                let place = (doc - self.start) as usize;
                self.members[place / 64] |= 1 << (place % 64);
                self.weighted[place] += source.weighted_frequency();
                doc = source.advance();
            }
        }
        self.next_member(0)
    }

    /// Stands on the first document of the window from a place on, or on the first of the next windows.
    fn next_member(&mut self, place: usize) -> DocId {
        let mut word = place / 64;
        let mut bits = match self.members.get(word) {
            Some(bits) => bits & (u64::MAX << (place % 64)),
            None => 0,
        };
        loop {
            if bits != 0 {
                let place = word * 64 + bits.trailing_zeros() as usize;
                self.doc = self.start + place as DocId;
                return self.doc;
            }
            word += 1;
            match self.members.get(word) {
                Some(next) => bits = *next,
                None => break,
            }
        }
        self.clear();
        self.fill()
    }

    fn clear(&mut self) {
        for word in 0..self.members.len() {
            if self.members[word] != 0 {
                self.members[word] = 0;
                self.weighted[word * 64..word * 64 + 64].fill(0.0);
            }
        }
    }
}

impl DocSet for ConceptScorer {
    fn advance(&mut self) -> DocId {
        if self.doc == TERMINATED {
            return TERMINATED;
        }
        let place = (self.doc - self.start) as usize;
        self.next_member(place + 1)
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc >= target {
            return self.doc;
        }
        if ((target - self.start) as usize) < WINDOW {
            return self.next_member((target - self.start) as usize);
        }
        self.clear();
        for source in &mut self.sources {
            source.seek(target);
        }
        self.fill()
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.size
    }
}

impl Scorer for ConceptScorer {
    fn score(&mut self) -> Score {
        let weighted = self.weighted[(self.doc - self.start) as usize];
        self.factor * weighted / (weighted + self.k1)
    }
}
