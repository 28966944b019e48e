//! Words that stand side by side in a question, side by side in a trial too (the ordered windows of Metzler and Croft 2005).
//!
//! Where a pair stands is read from positions, which takes longer than all its words do. But a pair adds little, and no more than is
//! known beforehand, so it is looked for only in trials that it can bring among the best: those whose words alone come as near to
//! the last of the best as all pairs together may add. The order is the same as if it had been looked for in all.
//!
//! For the same reason a pair is taken to be as rare as the rarer of its words (as in Büttcher, Clarke and Lushman 2006): how rare
//! it is itself only its positions in all trials would tell.

use std::sync::Arc;

use tantivy::{DocAddress, DocId};

use crate::search::collect::{Gather, Ranked, comes_near};
use crate::search::concept::{Concept, PlacedTerm};
use crate::search::concept_query::{ConceptQuery, ConceptWeight, Contribution};
use crate::search::lookup::{KnownPhrase, Lookup};
use crate::search::lower::Plan;
use crate::search::weights::saturated;

/// What two neighbours side by side count, beside each of them being there at all. Small: it is to decide between trials
/// that are about as good by their words.
const SIDE_BY_SIDE: f32 = 0.1;

/// The most concepts of a question whose neighbours are looked at: a text of eighty words is no phrase.
const MOST_NEIGHBOURS: usize = 24;

/// Documents that are looked at in one go: opening the postings takes as long as reading them for so many.
const AT_ONCE: usize = 64;

/// Two words of a question, the second right behind the first.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    /// As they were typed.
    pub(crate) typed: String,
    terms: [PlacedTerm; 2],
    words: [Arc<Concept>; 2],
    /// What the score is multiplied by.
    pub(crate) boost: f32,
}

/// The neighbours in a question.
pub(crate) fn neighbours(plan: &Plan) -> Vec<Pair> {
    let parts = match plan {
        Plan::And(parts) | Plan::Or(parts) if parts.len() <= MOST_NEIGHBOURS => parts,
        _ => return Vec::new(),
    };
    let pairs = parts.windows(2).filter_map(|pair| match pair {
        [Plan::Concept(left), Plan::Concept(right)] if left.fields == right.fields => {
            Pair::of(left, right)
        }
        _ => None,
    });
    pairs.collect()
}

impl Pair {
    /// Two words, each as typed; `None` unless both are plain words that count.
    fn of(left: &Arc<Concept>, right: &Arc<Concept>) -> Option<Pair> {
        let word = |concept: &Concept| match concept.alternatives.first()?.terms.as_slice() {
            [single] => Some(single.term.clone()),
            _ => None,
        };
        let (first, second) = (word(left)?, word(right)?);
        let boost = SIDE_BY_SIDE * left.boost.min(right.boost);
        if first == second || boost <= 0.0 {
            return None;
        }
        let placed = |term, offset| PlacedTerm { term, offset };
        Some(Pair {
            typed: format!("{} {}", left.typed, right.typed),
            terms: [placed(first, 0), placed(second, 1)],
            words: [left.clone(), right.clone()],
            boost,
        })
    }

    /// The two terms as people read them.
    pub(crate) fn to_text(&self) -> String {
        let [first, second] = &self.terms;
        format!("{} {}", first.term, second.term)
    }
}

/// A pair with how rare it is.
pub(crate) struct PairWeight<'p> {
    pair: &'p Pair,
    phrase: Arc<KnownPhrase>,
    lookup: &'p Lookup,
    pub(crate) idf: f32,
}

impl<'p> PairWeight<'p> {
    pub(crate) fn new(pair: &'p Pair, lookup: &'p Arc<Lookup>) -> tantivy::Result<PairWeight<'p>> {
        let mut idf: f32 = 0.0;
        for word in &pair.words {
            idf = idf.max(ConceptWeight::new(&ConceptQuery::new(word.clone(), lookup))?.idf());
        }
        Ok(PairWeight {
            pair,
            phrase: lookup.phrase(&pair.terms),
            lookup,
            idf,
        })
    }

    /// The most that [`PairWeight::score`] comes to.
    fn most(&self) -> f32 {
        self.pair.boost * self.idf * (self.lookup.weights.k1 + 1.0)
    }

    /// The score that weighted frequencies amount to.
    pub(crate) fn score(&self, weighted: f32) -> f32 {
        self.pair.boost * self.idf * saturated(weighted, self.lookup.weights.k1)
    }

    /// Gives where the pair stands in some documents of a segment, which ascend: field by field, with the place of the document.
    pub(crate) fn each(
        &self,
        segment: usize,
        docs: &[DocId],
        mut sink: impl FnMut(usize, Contribution),
    ) -> tantivy::Result<()> {
        for &field in &self.pair.words[0].fields {
            let Some(mut list) = self.lookup.phrase_list(segment, field, &self.phrase)? else {
                continue;
            };
            let lengths = self.lookup.lengths(segment, field)?;
            for (place, &doc) in docs.iter().enumerate() {
                let frequency = list.frequency_in(doc)?;
                if frequency > 0 {
                    sink(
                        place,
                        Contribution {
                            field,
                            alternative: 0,
                            frequency,
                            weighted: frequency as f32 * lengths.norm(doc),
                        },
                    );
                }
            }
        }
        Ok(())
    }

    /// What each field adds for a document; empty if the pair is not in it.
    pub(crate) fn contributions(&self, address: DocAddress) -> tantivy::Result<Vec<Contribution>> {
        let mut found = Vec::new();
        let segment = address.segment_ord as usize;
        self.each(segment, &[address.doc_id], |_, contribution| {
            found.push(contribution);
        })?;
        Ok(found)
    }
}

/// The pairs of one search, ready to be looked for.
pub(crate) struct Pairs<'p> {
    weights: Vec<PairWeight<'p>>,
}

impl<'p> Pairs<'p> {
    pub(super) fn new(pairs: &'p [Pair], lookup: &'p Arc<Lookup>) -> tantivy::Result<Pairs<'p>> {
        let weights = pairs.iter().map(|pair| PairWeight::new(pair, lookup));
        Ok(Pairs {
            weights: weights.collect::<tantivy::Result<_>>()?,
        })
    }

    /// The most that all of them add to any score.
    pub(super) fn most(&self) -> f32 {
        self.weights.iter().map(PairWeight::most).sum()
    }

    /// The best of some documents with what the pairs add. They come in the order of their scores without it, and all are among
    /// them that may come up to the last that is kept: the slack that is wanted is [`Pairs::most`].
    pub(super) fn best(
        &self,
        mut hits: Vec<Ranked>,
        wanted: &Gather<'_>,
    ) -> tantivy::Result<Vec<Ranked>> {
        let mut rest = hits.split_off(wanted.keep.max(AT_ONCE).min(hits.len()));
        self.add_to(&mut hits)?;
        wanted.keep_best(&mut hits);
        // What the best have is known now, so fewer of the rest can still come before them.
        if let Some(last) = hits.last() {
            rest.retain(|ranked| comes_near(ranked.score, last.score, wanted.slack));
        }
        self.add_to(&mut rest)?;
        hits.extend(rest);
        wanted.keep_best(&mut hits);
        Ok(hits)
    }

    /// Adds to the scores of some documents what the pairs make of them: their sum, which is no more than [`Pairs::most`] however it
    /// is rounded.
    fn add_to(&self, hits: &mut [Ranked]) -> tantivy::Result<()> {
        hits.sort_unstable_by_key(|ranked| ranked.address);
        for hits in hits.chunk_by_mut(|a, b| a.address.segment_ord == b.address.segment_ord) {
            let segment = hits[0].address.segment_ord as usize;
            let docs: Vec<DocId> = hits.iter().map(|ranked| ranked.address.doc_id).collect();
            let mut scores = vec![0.0; docs.len()];
            for weight in &self.weights {
                let mut weighted = vec![0.0; docs.len()];
                weight.each(segment, &docs, |place, found| {
                    weighted[place] += found.weighted;
                })?;
                for (score, weighted) in scores.iter_mut().zip(weighted) {
                    *score += weight.score(weighted);
                }
            }
            for (ranked, score) in hits.iter_mut().zip(scores) {
                ranked.add(score);
            }
        }
        Ok(())
    }
}
