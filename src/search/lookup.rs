//! What one search looks up in the index, each thing once: where the postings of a term lie, the documents of a phrase, the
//! lengths of a field. The same words stand in several of a search's concepts, and opening them is a good part of its time.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustc_hash::FxHashMap;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::index::SegmentId;
use tantivy::postings::TermInfo;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{InvertedIndexReader, Searcher, Term};

use crate::search::concept::PlacedTerm;
use crate::search::scorer::{Occurrences, PhraseList};

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

/// Where the postings of a term lie in each segment.
type Infos = Arc<[Option<TermInfo>]>;

/// A field in one segment.
pub(crate) struct FieldReader {
    pub(crate) inverted: Arc<InvertedIndexReader>,
    pub(crate) lengths: FieldNormReader,
}

/// Weight over length normalisation, for each of the 256 lengths that the engine distinguishes.
pub(crate) type NormTable = [f32; 256];

/// Phrases by segment, field and terms. Each has a lock of its own: who asks for one that is being found waits for it.
type Phrases = FxHashMap<(usize, usize, Vec<PlacedTerm>), Arc<Mutex<Option<Arc<Occurrences>>>>>;

/// The index as one search reads it.
pub(crate) struct Lookup {
    pub(crate) weights: Weights,
    pub(crate) searcher: Searcher,
    /// The engine's field of each text field.
    handles: Arc<Vec<Field>>,
    /// Of each segment, each text field.
    readers: Vec<Vec<OnceLock<FieldReader>>>,
    norms: Vec<OnceLock<NormTable>>,
    terms: Mutex<Vec<FxHashMap<String, Infos>>>,
    phrases: Mutex<Phrases>,
}

impl Lookup {
    pub(crate) fn new(weights: Weights, searcher: &Searcher, handles: &Arc<Vec<Field>>) -> Lookup {
        let fields = handles.len();
        let segments = searcher.segment_readers().len();
        Lookup {
            weights,
            searcher: searcher.clone(),
            handles: handles.clone(),
            readers: (0..segments).map(|_| empty(fields)).collect(),
            norms: empty(fields),
            terms: Mutex::new(vec![FxHashMap::default(); fields]),
            phrases: Mutex::default(),
        }
    }

    /// The engine's field of a text field.
    pub(crate) fn handle(&self, field: usize) -> Field {
        self.handles[field]
    }

    /// The place of a segment.
    pub(crate) fn segment(&self, id: SegmentId) -> Option<usize> {
        let mut segments = self.searcher.segment_readers().iter();
        segments.position(|segment| segment.segment_id() == id)
    }

    /// A text field of a segment.
    pub(crate) fn reader(&self, segment: usize, field: usize) -> tantivy::Result<&FieldReader> {
        let known = &self.readers[segment][field];
        if let Some(reader) = known.get() {
            return Ok(reader);
        }
        let (reader, handle) = (
            self.searcher.segment_reader(segment as u32),
            self.handles[field],
        );
        let opened = FieldReader {
            inverted: reader.inverted_index(handle)?,
            lengths: reader.get_fieldnorms_reader(handle)?,
        };
        Ok(known.get_or_init(|| opened))
    }

    /// What a length of a text field makes of a frequency there. The mean length is that of the whole index, so that a score does
    /// not depend on how documents lie in segments.
    pub(crate) fn norms(&self, field: usize) -> tantivy::Result<&NormTable> {
        if let Some(table) = self.norms[field].get() {
            return Ok(table);
        }
        let mut tokens = 0;
        for segment in 0..self.readers.len() {
            tokens += self.reader(segment, field)?.inverted.total_num_tokens();
        }
        let mean = (tokens as f32 / self.searcher.num_docs().max(1) as f32).max(1.0);
        let Weights { b, fields, .. } = &self.weights;
        Ok(self.norms[field].get_or_init(|| norm_table(fields[field], *b, mean)))
    }

    /// Where the postings of a term of a text field lie in each segment.
    pub(crate) fn infos(&self, field: usize, term: &str) -> tantivy::Result<Infos> {
        let known = |terms: &Vec<FxHashMap<String, Infos>>| terms[field].get(term).cloned();
        if let Some(infos) = known(&self.terms.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(infos);
        }
        let asked = Term::from_field_text(self.handles[field], term);
        let mut infos = Vec::with_capacity(self.readers.len());
        for segment in 0..self.readers.len() {
            infos.push(
                self.reader(segment, field)?
                    .inverted
                    .get_term_info(&asked)?,
            );
        }
        let infos: Infos = infos.into();
        let mut terms = self.terms.lock().unwrap_or_else(PoisonError::into_inner);
        terms[field].insert(term.to_owned(), infos.clone());
        Ok(infos)
    }

    /// Trials with a term in a text field, deleted ones among them.
    pub(crate) fn frequency(&self, field: usize, term: &str) -> tantivy::Result<u64> {
        let infos = self.infos(field, term)?;
        let frequencies = infos.iter().flatten();
        Ok(frequencies.map(|info| u64::from(info.doc_freq)).sum())
    }

    /// Whether any of some text fields has a term.
    pub(crate) fn knows(&self, term: &str, fields: &[usize]) -> bool {
        fields.iter().any(|&field| {
            let trials = self.frequency(field, term);
            trials.is_ok_and(|trials| trials > 0)
        })
    }

    /// Trials with a term, in the one of some text fields that has most.
    pub(crate) fn most_trials(&self, fields: &[usize], term: &str) -> tantivy::Result<u64> {
        let mut most = 0;
        for &field in fields {
            most = most.max(self.frequency(field, term)?);
        }
        Ok(most)
    }

    /// Where several terms stand at given places to each other; `None` if the field has not all of them.
    pub(crate) fn phrase(
        &self,
        segment: usize,
        field: usize,
        terms: &[PlacedTerm],
    ) -> tantivy::Result<Option<Arc<Occurrences>>> {
        let mut infos = Vec::with_capacity(terms.len());
        for placed in terms {
            match &self.infos(field, &placed.term)?[segment] {
                Some(info) => infos.push(info.clone()),
                None => return Ok(None),
            }
        }
        let key = (segment, field, terms.to_vec());
        let known = {
            let mut phrases = self.phrases.lock().unwrap_or_else(PoisonError::into_inner);
            phrases.entry(key).or_default().clone()
        };
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.is_some() {
            return Ok(known.clone());
        }
        let inverted = &self.reader(segment, field)?.inverted;
        let option = IndexRecordOption::WithFreqsAndPositions;
        let mut postings = Vec::with_capacity(terms.len());
        for (info, placed) in infos.iter().zip(terms) {
            let list = inverted.read_postings_from_terminfo(info, option)?;
            postings.push((list, placed.offset));
        }
        *known = Some(Arc::new(PhraseList::new(postings).gather()));
        Ok(known.clone())
    }
}

impl std::fmt::Debug for Lookup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Lookup").field(&self.weights).finish()
    }
}

fn empty<T>(length: usize) -> Vec<OnceLock<T>> {
    (0..length).map(|_| OnceLock::new()).collect()
}

fn norm_table(weight: f32, b: f32, mean_length: f32) -> NormTable {
    let mut table = [0.0; 256];
    for (id, norm) in (0_u8..=255).zip(table.iter_mut()) {
        let length = FieldNormReader::id_to_fieldnorm(id) as f32;
        *norm = weight / (1.0 - b + b * length / mean_length);
    }
    table
}
