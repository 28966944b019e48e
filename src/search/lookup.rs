//! What one search looks up in the index, each thing once: where the postings of a term lie, the documents of a phrase. The same words stand in several of a search's concepts, and opening them is a good part of its time.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustc_hash::FxHashMap;
use tantivy::index::SegmentId;
use tantivy::postings::TermInfo;
use tantivy::schema::Field;
use tantivy::{DocId, Searcher};

use crate::search::concept::PlacedTerm;
use crate::search::scorer::{Occurrences, PhraseList};
use crate::search::texts::{FieldReader, NormTable, Norms, Texts, empty};

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
type Infos = Box<[Option<TermInfo>]>;

/// A term, and where its postings lie in each text field that was asked for it.
pub(crate) struct KnownTerm {
    term: String,
    infos: Vec<OnceLock<Infos>>,
}

/// Terms at given places to each other, and their documents where they were asked for.
pub(crate) struct KnownPhrase {
    /// Each with its place.
    terms: Vec<(Arc<KnownTerm>, u32)>,
    /// By segment and text field. Each has a lock of its own: who asks for one that is being found waits for it.
    found: Vec<Vec<Mutex<Option<Arc<Occurrences>>>>>,
}

/// The index as one search reads it.
pub(crate) struct Lookup {
    pub(crate) weights: Weights,
    pub(crate) searcher: Searcher,
    texts: Arc<Texts>,
    norms: Arc<Norms>,
    terms: Mutex<FxHashMap<String, Arc<KnownTerm>>>,
    phrases: Mutex<FxHashMap<Vec<PlacedTerm>, Arc<KnownPhrase>>>,
}

impl Lookup {
    pub(crate) fn new(weights: Weights, texts: &Arc<Texts>) -> Lookup {
        Lookup {
            searcher: texts.searcher.clone(),
            texts: texts.clone(),
            norms: texts.norms(&weights),
            weights,
            terms: Mutex::default(),
            phrases: Mutex::default(),
        }
    }

    /// The engine's field of a text field.
    pub(crate) fn handle(&self, field: usize) -> Field {
        self.texts.handle(field)
    }

    /// The place of a segment.
    pub(crate) fn segment(&self, id: SegmentId) -> Option<usize> {
        let mut segments = self.searcher.segment_readers().iter();
        segments.position(|segment| segment.segment_id() == id)
    }

    /// A text field of a segment.
    pub(crate) fn reader(&self, segment: usize, field: usize) -> tantivy::Result<&FieldReader> {
        self.texts.reader(segment, field)
    }

    /// The documents of a segment that are deleted, in order.
    pub(crate) fn deleted(&self, segment: usize) -> &[DocId] {
        self.texts.deleted(segment)
    }

    /// What lengths of a text field make of frequencies there.
    pub(crate) fn norms(&self, field: usize) -> tantivy::Result<&NormTable> {
        self.norms.table(&self.texts, field)
    }

    /// A term.
    pub(crate) fn term(&self, term: &str) -> Arc<KnownTerm> {
        let mut terms = self.terms.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = terms.get(term) {
            return known.clone();
        }
        let known = Arc::new(KnownTerm {
            term: term.to_owned(),
            infos: empty(self.texts.fields()),
        });
        terms.insert(term.to_owned(), known.clone());
        known
    }

    /// Where the postings of a term of a text field lie in each segment.
    pub(crate) fn infos<'t>(
        &self,
        field: usize,
        term: &'t KnownTerm,
    ) -> tantivy::Result<&'t [Option<TermInfo>]> {
        if let Some(infos) = term.infos[field].get() {
            return Ok(infos);
        }
        let mut infos = Vec::with_capacity(self.texts.segments());
        for segment in 0..self.texts.segments() {
            let inverted = &self.reader(segment, field)?.inverted;
            infos.push(inverted.terms().get(&term.term)?);
        }
        Ok(term.infos[field].get_or_init(|| infos.into_boxed_slice()))
    }

    /// Trials with a term in a text field, deleted ones among them.
    pub(crate) fn frequency(&self, field: usize, term: &str) -> tantivy::Result<u64> {
        self.frequency_of(field, &self.term(term))
    }

    fn frequency_of(&self, field: usize, term: &KnownTerm) -> tantivy::Result<u64> {
        let infos = self.infos(field, term)?.iter().flatten();
        Ok(infos.map(|info| u64::from(info.doc_freq)).sum())
    }

    /// Whether any of some text fields has a term.
    pub(crate) fn knows(&self, term: &str, fields: &[usize]) -> bool {
        let term = self.term(term);
        fields.iter().any(|&field| {
            let trials = self.frequency_of(field, &term);
            trials.is_ok_and(|trials| trials > 0)
        })
    }

    /// Trials with a term, in the one of some text fields that has most.
    pub(crate) fn most_trials(&self, fields: &[usize], term: &str) -> tantivy::Result<u64> {
        let term = self.term(term);
        let mut most = 0;
        for &field in fields {
            most = most.max(self.frequency_of(field, &term)?);
        }
        Ok(most)
    }

    /// Several terms at given places to each other.
    pub(crate) fn phrase(&self, terms: &[PlacedTerm]) -> Arc<KnownPhrase> {
        let mut phrases = self.phrases.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = phrases.get(terms) {
            return known.clone();
        }
        let placed = terms.iter();
        let cells = |_| (0..self.texts.fields()).map(|_| Mutex::default()).collect();
        let known = Arc::new(KnownPhrase {
            terms: placed
                .map(|placed| (self.term(&placed.term), placed.offset))
                .collect(),
            found: (0..self.texts.segments()).map(cells).collect(),
        });
        phrases.insert(terms.to_vec(), known.clone());
        known
    }

    /// Where a phrase stands; `None` if the field has not all of its terms.
    pub(crate) fn occurrences(
        &self,
        segment: usize,
        field: usize,
        phrase: &KnownPhrase,
    ) -> tantivy::Result<Option<Arc<Occurrences>>> {
        let known = phrase.found[segment][field].lock();
        let mut known = known.unwrap_or_else(PoisonError::into_inner);
        if known.is_none()
            && let Some(list) = self.phrase_list(segment, field, phrase)?
        {
            *known = Some(Arc::new(list.gather()?));
        }
        Ok(known.clone())
    }

    /// The postings of a phrase, to be read; `None` if the field has not all of its terms.
    pub(crate) fn phrase_list(
        &self,
        segment: usize,
        field: usize,
        phrase: &KnownPhrase,
    ) -> tantivy::Result<Option<PhraseList>> {
        let mut infos = Vec::with_capacity(phrase.terms.len());
        for (term, offset) in &phrase.terms {
            match &self.infos(field, term)?[segment] {
                Some(info) => infos.push((info.clone(), *offset)),
                None => return Ok(None),
            }
        }
        let inverted = &self.reader(segment, field)?.inverted;
        Ok(Some(PhraseList::new(infos, inverted)))
    }
}

impl std::fmt::Debug for Lookup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Lookup").field(&self.weights).finish()
    }
}
