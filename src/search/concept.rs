//! A concept: one thing that a query asks for, in any of its writings, in any of some fields.
//!
//! "BM-MSC" is one concept with two alternatives: the word `bmmsc`, and `bm` followed by `msc`. This file says what a concept is
//! and how rare it is; [`crate::search::scorer`] reads its posting lists, [`crate::search::found`] walks its documents.

use std::sync::{Arc, OnceLock};

use tantivy::index::SegmentId;
use tantivy::postings::TermInfo;
use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, Score, Searcher, SegmentReader, Term};

use crate::passage::Sought;
use crate::search::expansion::Expansion;
use crate::search::found::{ConceptScorer, Found};
use crate::search::scorer::{List, Listed, Source};

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
    /// The long form of an abbreviation, or the abbreviation, as the records define it.
    Abbreviation,
    /// Another name of the same thing.
    Synonym,
    /// Two words of the question, side by side.
    SideBySide,
    /// What the best trials have in common.
    Feedback,
}

impl Origin {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Origin::Typed => "typed",
            Origin::Writing => "writing",
            Origin::Spelling => "spelling",
            Origin::Prefix => "prefix",
            Origin::Fuzzy => "fuzzy",
            Origin::Abbreviation => "abbreviation",
            Origin::Synonym => "synonym",
            Origin::SideBySide => "side by side",
            Origin::Feedback => "feedback",
        }
    }

    /// The one of a name; what is not known counts as typed.
    pub(crate) fn of_name(name: &str) -> Origin {
        [
            Origin::Writing,
            Origin::Spelling,
            Origin::Prefix,
            Origin::Fuzzy,
            Origin::Abbreviation,
            Origin::Synonym,
            Origin::SideBySide,
            Origin::Feedback,
        ]
        .into_iter()
        .find(|origin| origin.name() == name)
        .unwrap_or(Origin::Typed)
    }

    /// Whether it only stands for what was typed. How rare a concept is, is judged without such alternatives, so that they
    /// do not change what the typed words count.
    pub(crate) fn stands_for(self) -> bool {
        matches!(self, Origin::Abbreviation | Origin::Synonym)
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
    /// Whether it is wanted as it stands, as in quotes: nothing else stands for it.
    pub(crate) literal: bool,
    /// What is known of it over the index of the search; looked up once.
    statistics: OnceLock<Arc<Statistics>>,
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
            literal: false,
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
            literal: true,
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

impl Concept {
    /// The same concept in some fields only.
    pub(crate) fn in_fields(&self, fields: Vec<usize>) -> Concept {
        Concept {
            boost: self.boost,
            literal: self.literal,
            arrangements: self.arrangements.clone(),
            ..Concept::new(self.typed.clone(), self.alternatives.clone(), fields)
        }
    }

    /// The same concept with further alternatives, those that it has already left out.
    pub(crate) fn with(&self, alternatives: &[Alternative]) -> Concept {
        let mut all = self.alternatives.clone();
        for alternative in alternatives {
            if !all.iter().any(|known| known.terms == alternative.terms) {
                all.push(alternative.clone());
            }
        }
        Concept {
            boost: self.boost,
            literal: self.literal,
            arrangements: self.arrangements.clone(),
            ..Concept::new(self.typed.clone(), all, self.fields.clone())
        }
    }
}

/// How terms are weighed: BM25F (Robertson, Zaragoza and Taylor 2004), the frequencies of all fields summed with their
/// weights before saturation.
#[derive(Clone, Debug)]
pub(crate) struct Weights {
    pub(crate) k1: f32,
    pub(crate) b: f32,
    /// The power that inverse document frequency is raised to: above 1, a rare word says more than several common ones.
    pub(crate) rarity: f32,
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
    /// Inverse document frequency, over the documents that have the concept in any of its fields.
    pub(crate) idf: f32,
    /// Mean length of each of the concept's fields, in tokens.
    mean_lengths: Vec<f32>,
    /// Where the postings of each segment lie: for each field the terms of all alternatives one after the other. Looking terms
    /// up is a good part of a search, so it is done once.
    postings: Vec<(SegmentId, Vec<Option<TermInfo>>)>,
    /// The documents of each segment.
    found: Vec<(SegmentId, Arc<Found>)>,
}

impl Statistics {
    /// Where the postings lie; rarity and documents are still to be found.
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
        // Phrases that stand for one another share words: each is looked up where it stands first.
        let first: Vec<usize> = terms
            .iter()
            .map(|term| terms.iter().take_while(|other| *other != term).count())
            .collect();
        let mut tokens = vec![0_u64; concept.fields.len()];
        let mut postings = Vec::with_capacity(searcher.segment_readers().len());
        for segment in searcher.segment_readers() {
            let mut found: Vec<Option<TermInfo>> =
                Vec::with_capacity(concept.fields.len() * terms.len());
            for (place, &field) in concept.fields.iter().enumerate() {
                let inverted = segment.inverted_index(handles[field])?;
                tokens[place] += inverted.total_num_tokens();
                let start = found.len();
                for (number, term) in terms.iter().enumerate() {
                    let info = match first[number] {
                        earlier if earlier < number => found[start + earlier].clone(),
                        _ => {
                            inverted.get_term_info(&Term::from_field_text(handles[field], term))?
                        }
                    };
                    found.push(info);
                }
            }
            postings.push((segment.segment_id(), found));
        }
        let mean = |tokens: u64| (tokens as f32 / documents.max(1) as f32).max(1.0);
        Ok(Statistics {
            idf: 0.0,
            mean_lengths: tokens.into_iter().map(mean).collect(),
            postings,
            found: Vec::new(),
        })
    }

    /// The documents of a segment.
    fn found_in(&self, segment: SegmentId) -> Option<Arc<Found>> {
        let found = self.found.iter().find(|(id, _)| *id == segment);
        found.map(|(_, found)| found.clone())
    }

    /// Where the postings of a segment lie.
    fn postings_of(&self, segment: SegmentId) -> Option<&[Option<TermInfo>]> {
        let found = self.postings.iter().find(|(id, _)| *id == segment);
        found.map(|(_, postings)| postings.as_slice())
    }
}

/// Inverse document frequency, never negative (Robertson and Walker 1997, with one added as in Lucene).
pub(crate) fn idf(frequency: u64, documents: u64) -> f32 {
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
    statistics: Option<Arc<Statistics>>,
}

impl ConceptWeight {
    pub(crate) fn new(query: &ConceptQuery, searcher: &Searcher) -> tantivy::Result<ConceptWeight> {
        let mut weight = ConceptWeight {
            query: query.clone(),
            statistics: query.concept.statistics.get().cloned(),
        };
        if weight.statistics.is_none() {
            weight.statistics = Some(Arc::new(Statistics::new(query, searcher)?));
            let mut found = Vec::with_capacity(searcher.segment_readers().len());
            for segment in searcher.segment_readers() {
                let gathered = Found::gather(weight.sources(segment)?, segment.alive_bitset());
                found.push((segment.segment_id(), Arc::new(gathered)));
            }
            let looked_up = weight.statistics.take();
            let Some(mut statistics) = looked_up.map(Arc::unwrap_or_clone) else {
                return Ok(weight);
            };
            statistics.found = found;
            let counts = statistics
                .found
                .iter()
                .map(|(_, found)| found.count() as u64);
            let own: Vec<Alternative> = query
                .concept
                .alternatives
                .iter()
                .filter(|alternative| !alternative.origin.stands_for())
                .cloned()
                .collect();
            let documents = match own.len() == query.concept.alternatives.len() || own.is_empty() {
                true => counts.sum(),
                false => {
                    let concept = Concept::new(String::new(), own, query.concept.fields.clone());
                    let alone = ConceptQuery {
                        concept: Arc::new(concept),
                        ..query.clone()
                    };
                    ConceptWeight::new(&alone, searcher)?.documents()
                }
            };
            statistics.idf = idf(documents, searcher.num_docs());
            let known = &query.concept.statistics;
            weight.statistics = Some(known.get_or_init(|| Arc::new(statistics)).clone());
        }
        Ok(weight)
    }

    /// The concept, with what was found of it.
    pub(crate) fn concept(&self) -> &Concept {
        &self.query.concept
    }

    /// How many documents have the concept.
    pub(crate) fn documents(&self) -> u64 {
        let statistics = self.statistics.iter();
        statistics
            .flat_map(|statistics| &statistics.found)
            .map(|(_, found)| found.count() as u64)
            .sum()
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
                let expansion = Expansion::new(&arranged.sought, handles[field], &inverted)?;
                let list =
                    List::arranged(&arranged.sought, &expansion, &inverted, reader.max_doc())?;
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

    /// Inverse document frequency as it counts: raised to the power that the weights say.
    pub(crate) fn idf(&self) -> f32 {
        let plain = self.statistics.as_ref();
        plain.map_or(0.0, |statistics| {
            statistics.idf.powf(self.query.weights.rarity)
        })
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
        let known = self.statistics.as_ref();
        let found = match known.and_then(|known| known.found_in(reader.segment_id())) {
            Some(found) => found,
            None => Arc::new(Found::gather(self.sources(reader)?, reader.alive_bitset())),
        };
        let k1 = self.query.weights.k1;
        Ok(Box::new(ConceptScorer::new(found, factor, k1)))
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
