//! The tokens of one field of a segment: written down as they come, and put in the order of their terms when the segment is
//! written.
//!
//! The engine looks up each token's list and adds to its end, which waits for memory two or three times. Here a token is a number
//! and a step behind the one before, and all of them are dealt out to their terms in two passes over what lies in a row.

use std::io;

use tantivy::DocId;
use tantivy::postings::FieldSerializer;

use crate::index::segment::terms::{Terms, slice, small};

/// Marks a token that has two terms, the word as written beside the other one; the rest of its number is the place of the two among
/// the segment's pairs. The numbers of terms stay below it: so many would take tens of gigabytes.
pub(super) const PAIR: u32 = 1 << 31;

/// Stands for a step that does not fit in a byte: the position itself is in [`Tokens::far`].
const FAR: u8 = u8::MAX;

/// The tokens of one field, of one document after the other.
#[derive(Default)]
pub(super) struct Tokens {
    /// The number of each one's term, or of its two.
    terms: Vec<u32>,
    /// How far each one is behind the one before it in its document; nothing in a field without positions.
    steps: Vec<u8>,
    /// The positions of those that are farther, or before it.
    far: Vec<u32>,
    /// Each document that has tokens, and its first one.
    documents: Vec<(DocId, usize)>,
    /// The position of the last one.
    position: u32,
    /// How many there are, those with two terms counted twice.
    count: u64,
}

impl Tokens {
    /// The tokens that come from now on are of this document.
    pub(super) fn begin(&mut self, document: DocId) {
        self.documents.push((document, self.terms.len()));
        self.position = 0;
    }

    /// One of a field without positions.
    pub(super) fn push(&mut self, term: u32) {
        self.terms.push(term);
        self.count += 1;
    }

    /// One with one or two terms; says which.
    pub(super) fn push_at(&mut self, term: u32, position: u32) -> u32 {
        self.terms.push(term);
        let step = position
            .checked_sub(self.position)
            .and_then(|step| u8::try_from(step).ok())
            .unwrap_or(FAR);
        self.steps.push(step);
        if step == FAR {
            self.far.push(position);
        }
        self.position = position;
        let terms = 1 + (term / PAIR);
        self.count += u64::from(terms);
        terms
    }

    /// How many there are, those with two terms counted twice.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Whether they are of a field with positions; nothing is known of it before the first has come.
    fn have_positions(&self) -> bool {
        !self.steps.is_empty()
    }

    /// Bytes of memory that they take.
    pub(super) fn memory(&self) -> usize {
        self.terms.capacity() * size_of::<u32>()
            + self.steps.capacity()
            + self.far.capacity() * size_of::<u32>()
            + self.documents.capacity() * size_of::<(DocId, usize)>()
    }

    /// Gives the number, the document and the position of each token to a function; 0 for the position in a field without.
    fn each(&self, mut take: impl FnMut(u32, DocId, u32)) {
        let mut far = self.far.iter();
        let ends = self.documents.iter().skip(1).map(|&(_, start)| start);
        let ends = ends.chain([self.terms.len()]);
        for (&(document, start), end) in self.documents.iter().zip(ends) {
            let terms = &self.terms[start..end];
            if !self.have_positions() {
                for &term in terms {
                    take(term, document, 0);
                }
                continue;
            }
            let mut position = 0;
            for (&term, &step) in terms.iter().zip(&self.steps[start..end]) {
                position = match step {
                    FAR => *far.next().expect("one for each far step"),
                    step => position + u32::from(step),
                };
                take(term, document, position);
            }
        }
    }
}

/// The order of a segment's terms, and room to deal tokens out in, for one field after the other. What each token needs lies by the
/// number of its term: the terms that come often came early and so lie side by side.
pub(super) struct Dealer<'s> {
    /// The letters of all terms in the order of their bytes: a field's terms are read in it, one behind the other.
    letters: Vec<u8>,
    /// Where each one's letters end.
    ends: Vec<u32>,
    /// The place of each term in the order of their bytes.
    ranks: Vec<u32>,
    /// The terms of each pair.
    pairs: &'s [[u32; 2]],
    /// Of each term, while a field is dealt out, where its next token goes; 0 between fields. A segment's memory holds far fewer than
    /// 2^32 tokens.
    next: Vec<u32>,
    /// Documents and positions, by term.
    dealt: Vec<(DocId, u32)>,
}

impl<'s> Dealer<'s> {
    pub(super) fn new(terms: &Terms, pairs: &'s [[u32; 2]]) -> Dealer<'s> {
        let (mut letters, mut ends) = (Vec::new(), Vec::with_capacity(terms.len()));
        let mut ranks = vec![0; terms.len()];
        for (rank, term) in (0..).zip(terms.in_order()) {
            ranks[term as usize] = rank;
            letters.extend_from_slice(terms.get(term));
            ends.push(small(letters.len()));
        }
        Dealer {
            letters,
            ends,
            pairs,
            next: vec![0; ranks.len()],
            ranks,
            dealt: Vec::new(),
        }
    }

    /// Writes the terms of a field with their documents, and with frequencies and positions where it has them.
    pub(super) fn write(
        &mut self,
        tokens: &Tokens,
        serializer: &mut FieldSerializer<'_>,
    ) -> io::Result<()> {
        let has_positions = tokens.have_positions();
        // How many tokens each term has.
        let mut present: Vec<(u32, u32)> = Vec::new();
        let (next, ranks) = (&mut self.next, &self.ranks);
        let mut count = |term: u32| {
            let count = &mut next[term as usize];
            if *count == 0 {
                present.push((ranks[term as usize], term));
            }
            *count += 1;
        };
        for &term in &tokens.terms {
            match term.checked_sub(PAIR) {
                None => count(term),
                Some(pair) => self.pairs[pair as usize].into_iter().for_each(&mut count),
            }
        }
        present.sort_unstable();
        let mut start = 0;
        for &(_, term) in &present {
            let next = &mut self.next[term as usize];
            start += std::mem::replace(next, start);
        }
        // What an earlier field left there is written over.
        let room = self.dealt.len().max(start as usize);
        self.dealt.resize(room, (0, 0));
        let (dealt, next) = (&mut self.dealt, &mut self.next);
        tokens.each(|term, document, position| {
            let mut deal = |term: u32| {
                let next = &mut next[term as usize];
                dealt[*next as usize] = (document, position);
                *next += 1;
            };
            match term.checked_sub(PAIR) {
                None => deal(term),
                Some(pair) => self.pairs[pair as usize].into_iter().for_each(deal),
            }
        });
        let mut start = 0;
        let mut steps: Vec<u32> = Vec::new();
        for (rank, term) in present {
            let end = std::mem::take(&mut self.next[term as usize]) as usize;
            let places = &self.dealt[start..end];
            start = end;
            let documents = places.chunk_by(|a, b| a.0 == b.0);
            let frequency = match has_positions {
                true => u32::try_from(documents.clone().count()).unwrap_or(u32::MAX),
                // As the engine has it: without frequencies it does not want to know.
                false => 0,
            };
            let term = slice(&self.letters, &self.ends, rank);
            serializer.new_term(term, frequency, has_positions)?;
            for places in documents {
                let document = places[0].0;
                if !has_positions {
                    serializer.write_doc(document, 0, &[]);
                    continue;
                }
                steps.clear();
                let mut before = 0;
                for &(_, position) in places {
                    steps.push(position - before);
                    before = position;
                }
                let frequency = u32::try_from(steps.len()).unwrap_or(u32::MAX);
                serializer.write_doc(document, frequency, &steps);
            }
            serializer.close_term()?;
        }
        Ok(())
    }
}
