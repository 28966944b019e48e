//! A concept as the engine is asked for it: how rare it is, which documents have it, what they score.
//!
//! [`crate::search::lists`] reads its posting lists, [`crate::search::found`] gathers and walks its documents.

use std::sync::Arc;

use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, Score, SegmentReader, TantivyError, Term};

use crate::search::concept::Concept;
use crate::search::expansion::Expansion;
use crate::search::finder::{Finder, SearchError};
use crate::search::found::{ConceptScorer, Found, Gathering};
use crate::search::lists::{List, Listed, Source};
use crate::search::lookup::{KnownPhrase, KnownTerm, Lookup};
use crate::search::weights::{idf, saturated};

/// A concept as a query of the engine.
#[derive(Clone, Debug)]
pub(crate) struct ConceptQuery {
    pub(crate) concept: Arc<Concept>,
    pub(crate) lookup: Arc<Lookup>,
}

impl Query for ConceptQuery {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(ConceptWeight::new(self)?))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        // Terms are made from text on demand; nothing in this house asks a query for them.
        let _ = visitor;
    }
}

/// What is known of a concept over the whole index, so that a score does not depend on how documents lie in segments.
#[derive(Debug)]
pub(crate) struct Statistics {
    /// Inverse document frequency, over the documents that have the concept in any of its fields.
    idf: f32,
    /// The documents of each segment.
    found: Vec<Arc<Found>>,
}

impl Statistics {
    /// Of what was found in each segment.
    fn new(query: &ConceptQuery, found: Vec<Found>) -> Statistics {
        // How rare a concept is, is judged without what only stands for it, unless there is nothing else.
        let own: u64 = found.iter().map(|found| found.typed() as u64).sum();
        let all: u64 = found.iter().map(|found| found.count() as u64).sum();
        let documents = match query.concept.has_own_writing() {
            true => own,
            false => all,
        };
        Statistics {
            idf: idf(documents, query.lookup.texts.searcher.num_docs()),
            found: found.into_iter().map(Arc::new).collect(),
        }
    }
}

/// What one field adds to a document's score for a concept.
#[derive(Clone, Debug)]
pub(crate) struct Contribution {
    /// Position in [`crate::schema::Fields::text`].
    pub(crate) field: usize,
    /// Which alternative counts most there.
    pub(crate) alternative: usize,
    /// How often it stands there.
    pub(crate) frequency: u32,
    /// Weighted, length-normalised frequency.
    pub(crate) weighted: f32,
}

/// Finds the documents of some concepts, several at once if that saves time; `share` gives what a function makes of each
/// argument. A search may do without: what is not found yet is found when it is asked for.
pub(crate) fn gather_all(
    concepts: &[Arc<Concept>],
    lookup: &Arc<Lookup>,
    share: impl FnOnce(
        &[(usize, usize)],
        &(dyn Fn(&(usize, usize)) -> tantivy::Result<Found> + Sync),
    ) -> Vec<tantivy::Result<Found>>,
) -> tantivy::Result<()> {
    let unknown = concepts
        .iter()
        .filter(|concept| concept.statistics.get().is_none());
    let queries: Vec<ConceptQuery> = unknown
        .map(|concept| ConceptQuery::new(concept.clone(), lookup))
        .collect();
    let segments = lookup.texts.searcher.segment_readers();
    let mut parts: Vec<(usize, usize)> = (0..queries.len())
        .flat_map(|query| (0..segments.len()).map(move |segment| (query, segment)))
        .collect();
    // One concept after the other, so that two threads seldom ask for the same phrase; its long segments first, so that nobody
    // waits for one that was begun last.
    parts.sort_by_key(|(query, segment)| (*query, std::cmp::Reverse(segments[*segment].max_doc())));
    let found = share(&parts, &|(query, segment)| queries[*query].gather(*segment));
    let mut by_query: Vec<Vec<(usize, Found)>> = queries.iter().map(|_| Vec::new()).collect();
    for ((query, segment), found) in parts.into_iter().zip(found) {
        by_query[query].push((segment, found?));
    }
    for (query, mut found) in queries.iter().zip(by_query) {
        found.sort_by_key(|(segment, _)| *segment);
        let found = found.into_iter().map(|(_, found)| found).collect();
        let statistics = Statistics::new(query, found);
        query
            .concept
            .statistics
            .get_or_init(|| Arc::new(statistics));
    }
    Ok(())
}

impl Finder {
    /// A concept with its documents and rarity.
    pub(crate) fn weight(
        &self,
        concept: Arc<Concept>,
        lookup: &Arc<Lookup>,
    ) -> Result<ConceptWeight, SearchError> {
        let weight = ConceptWeight::new(&ConceptQuery::new(concept, lookup));
        Ok(weight.map_err(|error| self.engine_error(error))?)
    }
}

impl ConceptQuery {
    pub(crate) fn new(concept: Arc<Concept>, lookup: &Arc<Lookup>) -> ConceptQuery {
        ConceptQuery {
            concept,
            lookup: lookup.clone(),
        }
    }

    /// The documents of a segment.
    fn gather(&self, segment: usize) -> tantivy::Result<Found> {
        let reader = self.lookup.texts.searcher.segment_reader(segment as u32);
        let deleted = self.lookup.texts.deleted(segment);
        let in_one_field = self.concept.fields.len() == 1;
        let mut found = Found::default();
        let mut gathering = None;
        self.each_source(segment, |source| match source.lists.as_mut_slice() {
            [listed] if in_one_field => found = Found::of_list(listed, source.lengths, deleted),
            _ => gathering
                .get_or_insert_with(|| Gathering::new(reader.max_doc()))
                .add(source),
        })?;
        Ok(gathering.map_or(found, |gathering| gathering.finish(deleted)))
    }

    /// Gives the postings of every writing in a segment, field by field; nothing of fields that have none.
    fn each_source(
        &self,
        segment: usize,
        mut sink: impl FnMut(&mut Source<'_>),
    ) -> tantivy::Result<()> {
        let ConceptQuery { concept, lookup } = self;
        let alternatives = concept.alternatives.iter();
        let known: Vec<Known> = alternatives
            .map(|alternative| match alternative.terms.as_slice() {
                [word] => Known::Word(lookup.term(&word.term)),
                phrase => Known::Phrase(lookup.phrase(phrase)),
            })
            .collect();
        let mut unused = Vec::new();
        for &field in &concept.fields {
            let mut lists = Vec::new();
            let alternatives = concept.alternatives.iter().zip(&known);
            for (number, (alternative, known)) in alternatives.enumerate() {
                let list = match known {
                    Known::Word(term) => match &lookup.infos(field, term)?[segment] {
                        Some(info) => {
                            let inverted = &lookup.texts.reader(segment, field)?.inverted;
                            Some(List::word(info, inverted, unused.pop())?)
                        }
                        None => None,
                    },
                    Known::Phrase(phrase) => lookup
                        .occurrences(segment, field, phrase)?
                        .map(List::Phrase),
                };
                lists.extend(list.map(|list| Listed {
                    alternative: number,
                    weight: alternative.weight,
                    own: !alternative.origin.stands_for(),
                    list,
                }));
            }
            for (number, arranged) in concept.arrangements.iter().enumerate() {
                let inverted = &lookup.texts.reader(segment, field)?.inverted;
                let expansion =
                    Expansion::new(&arranged.sought, lookup.texts.handle(field), inverted)?;
                let documents = lookup
                    .texts
                    .searcher
                    .segment_reader(segment as u32)
                    .max_doc();
                let list = List::arranged(&arranged.sought, &expansion, inverted, documents)?;
                lists.extend(list.map(|list| Listed {
                    alternative: concept.alternatives.len() + number,
                    weight: arranged.weight,
                    own: !arranged.origin.stands_for(),
                    list,
                }));
            }
            if !lists.is_empty() {
                let mut source = Source {
                    field,
                    lists,
                    lengths: lookup.lengths(segment, field)?,
                };
                sink(&mut source);
                let lists = source.lists.into_iter();
                unused.extend(lists.filter_map(|listed| listed.list.into_postings()));
            }
        }
        Ok(())
    }
}

/// An alternative as the index knows it.
enum Known {
    Word(Arc<KnownTerm>),
    Phrase(Arc<KnownPhrase>),
}

/// A concept with what is known of it.
pub(crate) struct ConceptWeight {
    query: ConceptQuery,
    statistics: Arc<Statistics>,
}

impl ConceptWeight {
    pub(crate) fn new(query: &ConceptQuery) -> tantivy::Result<ConceptWeight> {
        let known = &query.concept.statistics;
        let statistics = match known.get() {
            Some(statistics) => statistics.clone(),
            None => {
                let segments = 0..query.lookup.texts.searcher.segment_readers().len();
                let found: tantivy::Result<Vec<Found>> =
                    segments.map(|segment| query.gather(segment)).collect();
                let statistics = Arc::new(Statistics::new(query, found?));
                known.get_or_init(|| statistics).clone()
            }
        };
        Ok(ConceptWeight {
            query: query.clone(),
            statistics,
        })
    }

    /// The concept, with what was found of it.
    pub(crate) fn concept(&self) -> &Concept {
        &self.query.concept
    }

    /// How many documents have the concept.
    pub(crate) fn documents(&self) -> u64 {
        let found = self.statistics.found.iter();
        found.map(|found| found.count() as u64).sum()
    }

    /// Inverse document frequency as it counts: raised to the power that the weights say.
    pub(crate) fn idf(&self) -> f32 {
        self.statistics.idf.powf(self.query.lookup.weights.rarity)
    }

    /// What each field adds for a document; empty if the concept is not in it.
    pub(crate) fn contributions(
        &self,
        segment: usize,
        doc: DocId,
    ) -> tantivy::Result<Vec<Contribution>> {
        let mut contributions = Vec::new();
        self.query.each_source(segment, |source| {
            if let Some((alternative, frequency, counts)) = source.counts_most(doc) {
                contributions.push(Contribution {
                    field: source.field,
                    alternative,
                    frequency,
                    weighted: counts * source.lengths.norm(doc),
                });
            }
        })?;
        Ok(contributions)
    }

    /// Everything in the score that does not depend on the document.
    fn factor(&self) -> f32 {
        self.query.concept.boost * self.idf()
    }

    /// The score that weighted frequencies amount to.
    pub(crate) fn score(&self, weighted: f32) -> f32 {
        self.factor() * saturated(weighted, self.query.lookup.weights.k1)
    }

    fn concept_scorer(
        &self,
        reader: &SegmentReader,
        boost: Score,
    ) -> tantivy::Result<ConceptScorer> {
        let found = self.statistics.found[self.segment(reader)?].clone();
        let k1 = self.query.lookup.weights.k1;
        Ok(ConceptScorer::new(found, self.factor() * boost, k1))
    }

    fn segment(&self, reader: &SegmentReader) -> tantivy::Result<usize> {
        let place = self.query.lookup.texts.segment(reader.segment_id());
        place.ok_or_else(|| TantivyError::InternalError("a segment of another commit".to_owned()))
    }
}

impl Weight for ConceptWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        Ok(Box::new(self.concept_scorer(reader, boost)?))
    }

    fn for_each(
        &self,
        reader: &SegmentReader,
        callback: &mut dyn FnMut(DocId, Score),
    ) -> tantivy::Result<()> {
        self.concept_scorer(reader, 1.0)?.each(callback);
        Ok(())
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let contributions = self.contributions(self.segment(reader)?, doc)?;
        let weighted = contributions.iter().map(|found| found.weighted).sum();
        Ok(Explanation::new_with_string(
            format!("concept `{}`", self.query.concept.typed),
            self.score(weighted),
        ))
    }
}
