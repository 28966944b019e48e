//! Posting lists: the documents of a word or a phrase in one field, and of all alternatives of a concept there.

use std::sync::Arc;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::{DocId, DocSet, InvertedIndexReader, TERMINATED};

use crate::passage::Sought;
use crate::search::expansion::Expansion;
use crate::search::lookup::NormTable;
use crate::search::placed::{PlacedList, UnionList};

/// The documents of a concept in one field. Several alternatives are writings of one occurrence ("BM-MSC" is indexed as a
/// word and as its parts), so the one that counts most is taken, not their sum.
pub(crate) struct Source<'l> {
    pub(crate) field: usize,
    lists: Vec<Listed>,
    doc: DocId,
    /// Whether some of the lists are of what only stands for the concept.
    has_others: bool,
    lengths: FieldNormReader,
    norms: &'l NormTable,
}

/// The documents of one alternative in one field.
pub(crate) struct Listed {
    /// Its number in the concept.
    pub(crate) alternative: usize,
    /// What an occurrence of it counts.
    pub(crate) weight: f32,
    /// Whether it is a writing of the concept itself, not what only stands for it.
    pub(crate) own: bool,
    pub(crate) list: List,
}

/// The documents of a word or a phrase in one field.
pub(crate) enum List {
    Word(Box<SegmentPostings>),
    Phrase(OccurrenceList),
    Union(UnionList),
    Placed(Box<PlacedList>),
}

impl List {
    /// Where a phrase stands.
    pub(crate) fn phrase(found: Arc<Occurrences>) -> List {
        List::Phrase(OccurrenceList { found, place: 0 })
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
            List::Phrase(phrase) => phrase.doc(),
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
            List::Phrase(phrase) => phrase.frequency(),
            List::Union(union) => union.frequency(),
            List::Placed(placed) => placed.frequency(),
        }
    }
}

impl<'l> Source<'l> {
    /// At least one list; the field's lengths, and what they make of a frequency.
    pub(crate) fn new(
        field: usize,
        lists: Vec<Listed>,
        lengths: FieldNormReader,
        norms: &'l NormTable,
    ) -> Source<'l> {
        let mut source = Source {
            field,
            has_others: lists.iter().any(|listed| !listed.own),
            lists,
            doc: TERMINATED,
            lengths,
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

    pub(crate) fn doc(&self) -> DocId {
        self.doc
    }

    pub(crate) fn advance(&mut self) -> DocId {
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

    /// Whether a writing of the concept itself stands in the current document's field.
    pub(crate) fn has_own(&self) -> bool {
        let mut lists = self.lists.iter();
        !self.has_others || lists.any(|listed| listed.own && listed.list.doc() == self.doc)
    }

    /// The frequency with the field's weight and length.
    pub(crate) fn weighted_frequency(&self) -> f32 {
        self.frequency().2 * self.norms[usize::from(self.lengths.fieldnorm_id(self.doc))]
    }
}

/// The documents of a phrase in one field, found once for all concepts that have it.
#[derive(Debug, Default)]
pub(crate) struct Occurrences {
    docs: Vec<DocId>,
    frequencies: Vec<u32>,
}

/// Walks the documents of a phrase.
pub(crate) struct OccurrenceList {
    found: Arc<Occurrences>,
    place: usize,
}

impl OccurrenceList {
    fn doc(&self) -> DocId {
        let docs = &self.found.docs;
        docs.get(self.place).copied().unwrap_or(TERMINATED)
    }

    fn advance(&mut self) -> DocId {
        self.place += 1;
        self.doc()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        let left = self.found.docs.get(self.place..).unwrap_or_default();
        self.place += left.partition_point(|doc| *doc < target);
        self.doc()
    }

    fn frequency(&self) -> u32 {
        let frequencies = &self.found.frequencies;
        frequencies.get(self.place).copied().unwrap_or(0)
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
    /// At least two lists, each with the place of its term.
    pub(crate) fn new(lists: Vec<(SegmentPostings, u32)>) -> PhraseList {
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

    /// All documents.
    pub(crate) fn gather(mut self) -> Occurrences {
        let mut found = Occurrences::default();
        while self.doc != TERMINATED {
            found.docs.push(self.doc);
            found.frequencies.push(self.frequency);
            self.find_from(self.doc + 1);
        }
        found
    }

    fn find_from(&mut self, mut target: DocId) {
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
