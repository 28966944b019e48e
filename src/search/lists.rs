//! Posting lists: the documents of a word or a phrase in one field, and of all alternatives of a concept there.
//!
//! A list is either read from its beginning to its end ([`List::each`], as [`crate::search::found`] does) or asked of one document
//! ([`List::frequency_in`], as explanations do).

use std::cmp::Reverse;
use std::sync::Arc;

use tantivy::postings::{BlockSegmentPostings, Postings, SegmentPostings, TermInfo};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, InvertedIndexReader, TERMINATED};

use crate::passage::Sought;
use crate::search::expansion::Expansion;
use crate::search::placed::{PlacedList, UnionList};
use crate::search::texts::Lengths;

/// The documents of a concept in one field. Several alternatives are writings of one occurrence ("BM-MSC" is indexed as a
/// word and as its parts), so the one that counts most is taken, not their sum.
pub(crate) struct Source<'l> {
    pub(crate) field: usize,
    pub(crate) lists: Vec<Listed>,
    pub(crate) lengths: Lengths<'l>,
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
    Word(Box<BlockSegmentPostings>),
    Phrase(Arc<Occurrences>),
    Union(UnionList),
    Placed(Box<PlacedList>),
}

impl List {
    /// The documents of a word; with postings that are not used any more, which are opened anew in a fraction of the time. They
    /// must be of a field that is indexed in the same way, as all text fields are.
    pub(crate) fn word(
        info: &TermInfo,
        inverted: &InvertedIndexReader,
        unused: Option<Box<BlockSegmentPostings>>,
    ) -> tantivy::Result<List> {
        Ok(List::Word(match unused {
            Some(mut postings) => {
                inverted.reset_block_postings_from_terminfo(info, &mut postings)?;
                postings
            }
            None => {
                let option = IndexRecordOption::WithFreqs;
                Box::new(inverted.read_block_postings_from_terminfo(info, option)?)
            }
        }))
    }

    /// The postings of a word, when they are not used any more.
    pub(crate) fn into_postings(self) -> Option<Box<BlockSegmentPostings>> {
        match self {
            List::Word(postings) => Some(postings),
            _ => None,
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

    /// Gives every document from where the list stands, in order, with how often it stands there.
    #[inline]
    pub(crate) fn each(&mut self, mut sink: impl FnMut(DocId, u32)) {
        match self {
            List::Word(postings) => {
                while postings.block_len() > 0 {
                    for (place, &doc) in postings.docs().iter().enumerate() {
                        sink(doc, postings.freq(place));
                    }
                    postings.advance();
                }
            }
            List::Phrase(found) => found.each(&mut sink),
            List::Union(union) => union.each(&mut sink),
            List::Placed(placed) => {
                while placed.doc() != TERMINATED {
                    sink(placed.doc(), placed.frequency());
                    placed.advance();
                }
            }
        }
    }

    /// How often it stands in a document; nought if it does not.
    pub(crate) fn frequency_in(&mut self, doc: DocId) -> u32 {
        match self {
            List::Word(postings) => {
                let place = postings.seek(doc);
                match postings.doc(place) == doc {
                    true => postings.freq(place),
                    false => 0,
                }
            }
            List::Phrase(found) => found.frequency_in(doc),
            List::Union(union) => union.frequency_in(doc),
            List::Placed(placed) => match placed.seek(doc) == doc {
                true => placed.frequency(),
                false => 0,
            },
        }
    }
}

impl Source<'_> {
    /// The alternative that counts most in a document's field: its number, how often it stands there, and that times its
    /// weight.
    pub(crate) fn counts_most(&mut self, doc: DocId) -> Option<(usize, u32, f32)> {
        let mut most: Option<(usize, u32, f32)> = None;
        for listed in &mut self.lists {
            let frequency = listed.list.frequency_in(doc);
            let counts = frequency as f32 * listed.weight;
            if frequency > 0 && most.is_none_or(|(.., most)| counts > most) {
                most = Some((listed.alternative, frequency, counts));
            }
        }
        most
    }
}

/// The documents of a phrase in one field, found once for all concepts that have it.
#[derive(Debug, Default)]
pub(crate) struct Occurrences {
    docs: Vec<DocId>,
    frequencies: Vec<u32>,
}

impl Occurrences {
    fn each(&self, sink: &mut impl FnMut(DocId, u32)) {
        for (&doc, &frequency) in self.docs.iter().zip(&self.frequencies) {
            sink(doc, frequency);
        }
    }

    fn frequency_in(&self, doc: DocId) -> u32 {
        let place = self.docs.binary_search(&doc);
        place.map_or(0, |place| self.frequencies[place])
    }
}

/// Documents in which terms stand at given places to each other.
pub(crate) struct PhraseList {
    inverted: Arc<InvertedIndexReader>,
    /// The postings of the rarest terms, each with its place; opening them takes a good part of the time that rare words take, so
    /// the next are opened when a document has all before them.
    lists: Vec<(SegmentPostings, u32)>,
    /// The other terms, the rarest last.
    unopened: Vec<(TermInfo, u32)>,
    starts: Vec<u32>,
    positions: Vec<u32>,
}

impl PhraseList {
    /// Of where the postings of at least two terms lie, each with its place.
    pub(crate) fn new(
        mut terms: Vec<(TermInfo, u32)>,
        inverted: &Arc<InvertedIndexReader>,
    ) -> PhraseList {
        terms.sort_by_key(|(info, _)| Reverse(info.doc_freq));
        PhraseList {
            inverted: inverted.clone(),
            lists: Vec::with_capacity(terms.len()),
            unopened: terms,
            starts: Vec::new(),
            positions: Vec::new(),
        }
    }

    /// How often the phrase stands in a document; nought if it does not. Documents are asked for in order.
    pub(crate) fn frequency_in(&mut self, doc: DocId) -> tantivy::Result<u32> {
        match self.first_with_all(doc)? == doc {
            true => Ok(self.count()),
            false => Ok(0),
        }
    }

    /// All documents.
    pub(crate) fn gather(mut self) -> tantivy::Result<Occurrences> {
        let mut found = Occurrences::default();
        let mut target = 0;
        loop {
            let doc = self.first_with_all(target)?;
            if doc == TERMINATED {
                return Ok(found);
            }
            if doc != target {
                target = doc;
                continue;
            }
            let frequency = self.count();
            if frequency > 0 {
                found.docs.push(doc);
                found.frequencies.push(frequency);
            }
            target += 1;
        }
    }

    /// A document if it has all terms, else one behind it before which none has.
    fn first_with_all(&mut self, target: DocId) -> tantivy::Result<DocId> {
        let mut number = 0;
        loop {
            if number == self.lists.len() {
                let Some((info, offset)) = self.unopened.pop() else {
                    return Ok(target);
                };
                let option = IndexRecordOption::WithFreqsAndPositions;
                let postings = self.inverted.read_postings_from_terminfo(&info, option)?;
                self.lists.push((postings, offset));
            }
            let postings = &mut self.lists[number].0;
            let doc = match postings.doc() {
                doc if doc >= target => doc,
                _ => postings.seek(target),
            };
            if doc != target {
                return Ok(doc);
            }
            number += 1;
        }
    }

    /// How often the phrase stands in the document that all lists are at.
    fn count(&mut self) -> u32 {
        let PhraseList {
            lists,
            starts,
            positions,
            ..
        } = self;
        for (number, (postings, offset)) in lists.iter_mut().enumerate() {
            postings.positions(positions);
            let here = positions
                .iter()
                .filter_map(|position| position.checked_sub(*offset));
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
