//! The tokens of one field of a segment: written down as they come, and put in the order of their terms when the segment is
//! written.
//!
//! The engine looks up each token's list and adds to its end, which waits for memory two or three times. Here a token is a number
//! and a step behind the one before, and all of them are dealt out to their terms in two passes over what lies in a row.

use std::io;

use tantivy::DocId;
use tantivy::postings::FieldSerializer;

use crate::index::segment::terms::Terms;

/// Stands for a step that does not fit in a byte: the position itself is in [`Tokens::far`].
const FAR: u8 = u8::MAX;

/// The tokens of one field, of one document after the other.
#[derive(Default)]
pub(super) struct Tokens {
    /// The number of each one's term.
    terms: Vec<u32>,
    /// How far each one is behind the one before it in its document; nothing in a field without positions.
    steps: Vec<u8>,
    /// The positions of those that are farther, or before it.
    far: Vec<u32>,
    /// Each document that has tokens, and its first one.
    documents: Vec<(DocId, usize)>,
    /// The position of the last one.
    position: u32,
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
    }

    pub(super) fn push_at(&mut self, term: u32, position: u32) {
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
    }

    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        self.terms.len() as u64
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
            if self.steps.is_empty() {
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

/// The order of a segment's terms, and room to deal tokens out in, for one field after the other.
pub(super) struct Dealer<'t> {
    terms: &'t Terms,
    /// The place of each term in the order of their bytes.
    ranks: Vec<u32>,
    /// Of each place, while a field is dealt out, where its next token goes; 0 between fields.
    next: Vec<usize>,
    /// The terms in order.
    order: Vec<u32>,
    /// Documents and positions, by term.
    dealt: Vec<(DocId, u32)>,
}

impl<'t> Dealer<'t> {
    pub(super) fn new(terms: &'t Terms) -> Dealer<'t> {
        let order = terms.in_order();
        let mut ranks = vec![0; order.len()];
        for (rank, &term) in (0..).zip(&order) {
            ranks[term as usize] = rank;
        }
        Dealer {
            terms,
            next: vec![0; ranks.len()],
            ranks,
            order,
            dealt: Vec::new(),
        }
    }

    /// Writes the terms of a field with their documents, and with frequencies and positions where it has them.
    pub(super) fn write(
        &mut self,
        tokens: &Tokens,
        has_positions: bool,
        serializer: &mut FieldSerializer<'_>,
    ) -> io::Result<()> {
        // How many tokens each term has.
        let mut present: Vec<u32> = Vec::new();
        for &term in &tokens.terms {
            let rank = self.ranks[term as usize];
            let count = &mut self.next[rank as usize];
            if *count == 0 {
                present.push(rank);
            }
            *count += 1;
        }
        present.sort_unstable();
        let mut start = 0;
        for &rank in &present {
            let next = &mut self.next[rank as usize];
            start += std::mem::replace(next, start);
        }
        self.dealt.clear();
        self.dealt.resize(tokens.terms.len(), (0, 0));
        let (dealt, ranks, next) = (&mut self.dealt, &self.ranks, &mut self.next);
        tokens.each(|term, document, position| {
            let next = &mut next[ranks[term as usize] as usize];
            dealt[*next] = (document, position);
            *next += 1;
        });
        let mut start = 0;
        let mut steps: Vec<u32> = Vec::new();
        for rank in present {
            let end = std::mem::take(&mut self.next[rank as usize]);
            let places = &self.dealt[start..end];
            start = end;
            let documents = places.chunk_by(|a, b| a.0 == b.0);
            let frequency = match has_positions {
                true => u32::try_from(documents.clone().count()).unwrap_or(u32::MAX),
                // As the engine has it: without frequencies it does not want to know.
                false => 0,
            };
            let term = self.terms.get(self.order[rank as usize]);
            serializer.new_term(term.as_bytes(), frequency, has_positions)?;
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
