//! A concept: one thing that a query asks for, in any of its writings, in any of some fields.
//!
//! "BM-MSC" is one concept with two alternatives: the word `bmmsc`, and `bm` followed by `msc`. This file says what a concept is
//! and how rare it is; [`crate::search::scorer`] walks its documents.

use std::sync::{Arc, OnceLock};

use tantivy::index::SegmentId;
use tantivy::postings::TermInfo;
use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, Score, Searcher, SegmentReader, Term};

use crate::passage::Sought;
use crate::search::expansion::Expansion;
use crate::search::scorer::{ConceptScorer, List, Listed, Source};

/// A term at its place in an alternative.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct PlacedTerm {
    pub(crate) term: String,
    /// Positions from the first term of the alternative.
    pub(crate) offset: u32,
}

/// How an alternative came to be searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Origin {
    /// As typed.
    Typed,
    /// The same word in another writing: hyphenated, written as one or apart.
    Writing,
    /// The nearest word that the index knows.
    Spelling,
    /// A word that begins as was typed.
    Prefix,
    /// A word spelt nearly as was typed.
    Fuzzy,
}

impl Origin {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Origin::Typed => "typed",
            Origin::Writing => "writing",
            Origin::Spelling => "spelling",
            Origin::Prefix => "prefix",
            Origin::Fuzzy => "fuzzy",
        }
    }
}

/// One way of writing a concept: a word, or words at given places.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Alternative {
    pub(crate) terms: Vec<PlacedTerm>,
    pub(crate) origin: Origin,
    /// What an occurrence counts beside one of what was typed: 1 for another writing of it, less for what only stands for it.
    pub(crate) weight: f32,
}

impl Alternative {
    pub(crate) fn word(term: impl Into<String>, origin: Origin) -> Alternative {
        let terms = vec![PlacedTerm {
            term: term.into(),
            offset: 0,
        }];
        Alternative::phrase(terms, origin)
    }

    /// Terms at given places, worth as much as what was typed.
    pub(crate) fn phrase(terms: Vec<PlacedTerm>, origin: Origin) -> Alternative {
        Alternative {
            terms,
            origin,
            weight: 1.0,
        }
    }

    /// The terms as people read them.
    pub(crate) fn to_text(&self) -> String {
        let words: Vec<&str> = self
            .terms
            .iter()
            .map(|placed| placed.term.as_str())
            .collect();
        words.join(" ")
    }
}

/// A way of writing a concept that is no word and no plain phrase.
#[derive(Clone, Debug)]
pub(crate) struct Arranged {
    /// What must stand where.
    pub(crate) sought: Arc<Sought>,
    /// The same as people read it.
    pub(crate) text: String,
    pub(crate) origin: Origin,
    /// As [`Alternative::weight`].
    pub(crate) weight: f32,
}

/// One thing that a query asks for.
#[derive(Clone, Debug)]
pub(crate) struct Concept {
    /// What was typed for it.
    pub(crate) typed: String,
    /// Its writings, the typed one first; none if it was typed as an arrangement.
    pub(crate) alternatives: Vec<Alternative>,
    /// Its other writings, numbered on from the alternatives.
    pub(crate) arrangements: Vec<Arranged>,
    /// Positions of the fields in [`crate::schema::Fields::text`].
    pub(crate) fields: Vec<usize>,
    /// What its score is multiplied by; 1 unless it was asked for with a boost.
    pub(crate) boost: f32,
    /// What is known of it over the index of the search; looked up once.
    statistics: OnceLock<Statistics>,
}

impl Concept {
    pub(crate) fn new(
        typed: String,
        alternatives: Vec<Alternative>,
        fields: Vec<usize>,
    ) -> Concept {
        Concept {
            typed,
            alternatives,
            arrangements: Vec::new(),
            fields,
            boost: 1.0,
            statistics: OnceLock::new(),
        }
    }

    /// A concept that is found by arrangements.
    pub(crate) fn arranged(
        typed: String,
        arrangements: Vec<Arranged>,
        fields: Vec<usize>,
    ) -> Concept {
        Concept {
            arrangements,
            ..Concept::new(typed, Vec::new(), fields)
        }
    }

    /// A writing by its number, as people read it, how it came to be searched, and its weight.
    pub(crate) fn writing(&self, number: usize) -> (String, Origin, f32) {
        let arranged = || number.checked_sub(self.alternatives.len());
        match (self.alternatives.get(number), arranged()) {
            (Some(alternative), _) => (
                alternative.to_text(),
                alternative.origin,
                alternative.weight,
            ),
            (None, Some(place)) if place < self.arrangements.len() => {
                let arranged = &self.arrangements[place];
                (arranged.text.clone(), arranged.origin, arranged.weight)
            }
            (None, _) => (self.typed.clone(), Origin::Typed, 1.0),
        }
    }

    /// How many writings it has.
    pub(crate) fn writings(&self) -> usize {
        self.alternatives.len() + self.arrangements.len()
    }
}

/// How terms are weighed: BM25F (Robertson, Zaragoza and Taylor 2004), the frequencies of all fields summed with their
/// weights before saturation.
#[derive(Clone, Debug)]
pub(crate) struct Weights {
    pub(crate) k1: f32,
    pub(crate) b: f32,
    /// One for each of [`crate::schema::Fields::text`].
    pub(crate) fields: Vec<f32>,
}

/// A concept as a query of the engine.
#[derive(Clone, Debug)]
pub(crate) struct ConceptQuery {
    pub(crate) concept: Arc<Concept>,
    pub(crate) weights: Arc<Weights>,
    /// The engine's field of each text field.
    pub(crate) handles: Arc<Vec<Field>>,
}

impl ConceptQuery {
    /// Where the postings of the arrangements lie in a segment: for each field those of every arrangement.
    fn expansions(&self, segment: &SegmentReader) -> tantivy::Result<Vec<Vec<Expansion>>> {
        let mut by_field = Vec::with_capacity(self.concept.fields.len());
        for &field in &self.concept.fields {
            let inverted = segment.inverted_index(self.handles[field])?;
            let mut expanded = Vec::with_capacity(self.concept.arrangements.len());
            for arranged in &self.concept.arrangements {
                expanded.push(Expansion::new(
                    &arranged.sought,
                    self.handles[field],
                    &inverted,
                )?);
            }
            by_field.push(expanded);
        }
        Ok(by_field)
    }
}

impl Query for ConceptQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(match scoring.searcher() {
            Some(searcher) => ConceptWeight::new(self, searcher)?,
            None => ConceptWeight {
                query: self.clone(),
                statistics: None,
            },
        }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        // Terms are made from text on demand; nothing in this house asks a query for them.
        let _ = visitor;
    }
}

/// What is known of a concept over the whole index, so that a score does not depend on how documents lie in segments.
#[derive(Clone, Debug)]
pub(crate) struct Statistics {
    /// Inverse document frequency.
    pub(crate) idf: f32,
    /// Mean length of each of the concept's fields, in tokens.
    mean_lengths: Vec<f32>,
    /// Where the postings of each segment lie: for each field the terms of all alternatives one after the other. Looking terms
    /// up is a good part of a search, so it is done once.
    postings: Vec<(SegmentId, Vec<Option<TermInfo>>)>,
    /// The same of the arrangements: for each field those of every arrangement.
    expansions: Vec<(SegmentId, Arc<Vec<Vec<Expansion>>>)>,
}

impl Statistics {
    pub(crate) fn new(query: &ConceptQuery, searcher: &Searcher) -> tantivy::Result<Statistics> {
        let ConceptQuery {
            concept, handles, ..
        } = query;
        let documents = searcher.num_docs();
        let terms = concept
            .alternatives
            .iter()
            .flat_map(|alternative| &alternative.terms);
        let terms: Vec<&str> = terms.map(|placed| placed.term.as_str()).collect();
        let mut frequencies = vec![0_u64; concept.fields.len() * terms.len()];
        let mut tokens = vec![0_u64; concept.fields.len()];
        let mut postings = Vec::with_capacity(searcher.segment_readers().len());
        let mut expansions = Vec::new();
        for segment in searcher.segment_readers() {
            let mut found = Vec::with_capacity(frequencies.len());
            for (place, &field) in concept.fields.iter().enumerate() {
                let inverted = segment.inverted_index(handles[field])?;
                tokens[place] += inverted.total_num_tokens();
                for term in &terms {
                    let info =
                        inverted.get_term_info(&Term::from_field_text(handles[field], term))?;
                    frequencies[found.len()] +=
                        info.as_ref().map_or(0, |info| u64::from(info.doc_freq));
                    found.push(info);
                }
            }
            postings.push((segment.segment_id(), found));
            if !concept.arrangements.is_empty() {
                let expanded = Arc::new(query.expansions(segment)?);
                expansions.push((segment.segment_id(), expanded));
            }
        }
        let most = |term: usize| {
            let in_fields =
                (0..concept.fields.len()).map(|place| frequencies[place * terms.len() + term]);
            in_fields.max().unwrap_or(0)
        };
        let mut words = 0;
        let mut phrase: Option<f32> = None;
        let mut first = 0;
        for alternative in &concept.alternatives {
            let after = first + alternative.terms.len();
            if alternative.terms.len() == 1 {
                words += most(first);
            } else if phrase.is_none() {
                phrase = Some((first..after).map(|term| idf(most(term), documents)).sum());
            }
            first = after;
        }
        for (number, arranged) in concept.arrangements.iter().enumerate() {
            let most = documents_of_terms(number, &arranged.sought, concept.fields.len(), &expansions);
            match arranged.sought.single() {
                Some(_) => words += most.first().copied().unwrap_or(0),
                None if phrase.is_none() => {
                    let idfs: Vec<f32> = most.into_iter().map(|most| idf(most, documents)).collect();
                    phrase = Some(arranged.sought.rarity(&idfs));
                }
                None => {}
            }
        }
        let mean = |tokens: u64| (tokens as f32 / documents.max(1) as f32).max(1.0);
        Ok(Statistics {
            idf: match phrase {
                Some(phrase) if words == 0 => phrase,
                _ => idf(words, documents),
            },
            mean_lengths: tokens.into_iter().map(mean).collect(),
            postings,
            expansions,
        })
    }

    /// Where the postings of the arrangements in a segment lie.
    fn expansions_of(&self, segment: SegmentId) -> Option<Arc<Vec<Vec<Expansion>>>> {
        let found = self.expansions.iter().find(|(id, _)| *id == segment);
        found.map(|(_, expansions)| expansions.clone())
    }

    /// Where the postings of a segment lie.
    fn postings_of(&self, segment: SegmentId) -> Option<&[Option<TermInfo>]> {
        let found = self.postings.iter().find(|(id, _)| *id == segment);
        found.map(|(_, postings)| postings.as_slice())
    }
}

/// For each of an arrangement's terms the most documents that one field has of it, at most.
fn documents_of_terms(
    number: usize,
    sought: &Sought,
    fields: usize,
    expansions: &[(SegmentId, Arc<Vec<Vec<Expansion>>>)],
) -> Vec<u64> {
    let in_field = |term: usize, field: usize| -> u64 {
        let segments = expansions.iter();
        segments
            .map(|(_, expanded)| expanded[field][number].terms[term].documents())
            .sum()
    };
    (0..sought.terms().len())
        .map(|term| (0..fields).map(|field| in_field(term, field)).max().unwrap_or(0))
        .collect()
}

/// Inverse document frequency, never negative (Robertson and Walker 1997, with one added as in Lucene).
fn idf(frequency: u64, documents: u64) -> f32 {
    let (frequency, documents) = (frequency.min(documents) as f32, documents as f32);
    (1.0 + (documents - frequency + 0.5) / (frequency + 0.5)).ln()
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

pub(crate) struct ConceptWeight {
    query: ConceptQuery,
    statistics: Option<Statistics>,
}

impl ConceptWeight {
    pub(crate) fn new(query: &ConceptQuery, searcher: &Searcher) -> tantivy::Result<ConceptWeight> {
        let known = &query.concept.statistics;
        let statistics = match known.get() {
            Some(statistics) => statistics.clone(),
            None => {
                let found = Statistics::new(query, searcher)?;
                known.get_or_init(|| found).clone()
            }
        };
        Ok(ConceptWeight {
            query: query.clone(),
            statistics: Some(statistics),
        })
    }

    /// The postings of every alternative in every field of a segment.
    fn sources(&self, reader: &SegmentReader) -> tantivy::Result<Vec<Source>> {
        let ConceptQuery {
            concept,
            weights,
            handles,
        } = &self.query;
        let known = self
            .statistics
            .as_ref()
            .and_then(|known| known.postings_of(reader.segment_id()));
        let expansions = match self.statistics.as_ref() {
            _ if concept.arrangements.is_empty() => Arc::default(),
            Some(known) => match known.expansions_of(reader.segment_id()) {
                Some(known) => known,
                None => Arc::new(self.query.expansions(reader)?),
            },
            None => Arc::new(self.query.expansions(reader)?),
        };
        let mut looked_up = 0;
        let mut sources = Vec::new();
        for (place, &field) in concept.fields.iter().enumerate() {
            let inverted = reader.inverted_index(handles[field])?;
            let mut lists = Vec::new();
            for (number, alternative) in concept.alternatives.iter().enumerate() {
                let option = match alternative.terms.len() {
                    1 => IndexRecordOption::WithFreqs,
                    _ => IndexRecordOption::WithFreqsAndPositions,
                };
                let mut postings = Vec::with_capacity(alternative.terms.len());
                for placed in &alternative.terms {
                    let known = known.map(|known| known[looked_up].clone());
                    looked_up += 1;
                    let info = match known {
                        Some(info) => info,
                        None => inverted
                            .get_term_info(&Term::from_field_text(handles[field], &placed.term))?,
                    };
                    if let Some(info) = info {
                        postings.push((
                            inverted.read_postings_from_terminfo(&info, option)?,
                            placed.offset,
                        ));
                    }
                }
                if postings.len() == alternative.terms.len() {
                    lists.push(Listed {
                        alternative: number,
                        weight: alternative.weight,
                        list: List::new(postings),
                    });
                }
            }
            for (number, arranged) in concept.arrangements.iter().enumerate() {
                let expansion = &expansions[place][number];
                let list = List::arranged(&arranged.sought, expansion, &inverted, reader.max_doc())?;
                lists.extend(list.map(|list| Listed {
                    alternative: concept.alternatives.len() + number,
                    weight: arranged.weight,
                    list,
                }));
            }
            if lists.is_empty() {
                continue;
            }
            let norms = match &self.statistics {
                Some(statistics) => {
                    let lengths = reader.get_fieldnorms_reader(handles[field])?;
                    let mean = statistics.mean_lengths[place];
                    Some((lengths, norm_table(weights.fields[field], weights.b, mean)))
                }
                None => None,
            };
            sources.push(Source::new(field, lists, norms));
        }
        Ok(sources)
    }

    pub(crate) fn idf(&self) -> f32 {
        self.statistics
            .as_ref()
            .map_or(0.0, |statistics| statistics.idf)
    }

    /// What each field adds for a document; empty if the concept is not in it.
    pub(crate) fn contributions(
        &self,
        reader: &SegmentReader,
        doc: DocId,
    ) -> tantivy::Result<Vec<Contribution>> {
        let mut contributions = Vec::new();
        for mut source in self.sources(reader)? {
            if source.seek(doc) == doc {
                let (alternative, frequency, _) = source.frequency();
                contributions.push(Contribution {
                    field: source.field,
                    alternative,
                    frequency,
                    weighted: source.weighted_frequency(),
                });
            }
        }
        Ok(contributions)
    }

    /// The score that weighted frequencies amount to.
    pub(crate) fn score(&self, weighted: f32) -> f32 {
        let k1 = self.query.weights.k1;
        self.query.concept.boost * self.idf() * weighted * (k1 + 1.0) / (weighted + k1)
    }
}

impl Weight for ConceptWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let factor = self.query.concept.boost * self.idf() * (self.query.weights.k1 + 1.0) * boost;
        Ok(Box::new(ConceptScorer::new(
            self.sources(reader)?,
            factor,
            self.query.weights.k1,
        )))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let weighted = self
            .contributions(reader, doc)?
            .iter()
            .map(|found| found.weighted)
            .sum();
        Ok(Explanation::new_with_string(
            format!("concept `{}`", self.query.concept.typed),
            self.score(weighted),
        ))
    }
}

/// Weight over length normalisation, for each of the 256 lengths that the engine distinguishes.
fn norm_table(weight: f32, b: f32, mean_length: f32) -> Box<[f32; 256]> {
    let mut table = Box::new([0.0; 256]);
    for (id, norm) in (0_u8..=255).zip(table.iter_mut()) {
        let length = tantivy::fieldnorm::FieldNormReader::id_to_fieldnorm(id) as f32;
        *norm = weight / (1.0 - b + b * length / mean_length);
    }
    table
}
