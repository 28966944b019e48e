//! What one search looks up in the index, each thing once: where the postings of a term lie, the documents of a phrase. The same
//! words stand in several of a search's concepts, and opening them is a good part of its time.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustc_hash::FxHashMap;
use tantivy::postings::TermInfo;

use crate::search::concept::PlacedTerm;
use crate::search::lists::{Occurrences, PhraseList};
use crate::search::texts::{Lengths, Norms, Texts, empty, known_or};
use crate::search::weights::Weights;

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
    pub(crate) texts: Arc<Texts>,
    norms: Arc<Norms>,
    terms: Mutex<FxHashMap<String, Arc<KnownTerm>>>,
    phrases: Mutex<FxHashMap<Vec<PlacedTerm>, Arc<KnownPhrase>>>,
}

impl Lookup {
    pub(crate) fn new(weights: Weights, texts: &Arc<Texts>) -> Lookup {
        Lookup {
            texts: texts.clone(),
            norms: texts.norms(&weights),
            weights,
            terms: Mutex::default(),
            phrases: Mutex::default(),
        }
    }

    /// The lengths of a text field in a segment.
    pub(crate) fn lengths(&self, segment: usize, field: usize) -> tantivy::Result<Lengths<'_>> {
        Ok(Lengths {
            lengths: &self.texts.reader(segment, field)?.lengths,
            norms: self.norms.table(&self.texts, field)?,
        })
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
        let infos = known_or(&term.infos[field], || {
            let mut infos = Vec::with_capacity(self.texts.segments());
            for segment in 0..self.texts.segments() {
                let inverted = &self.texts.reader(segment, field)?.inverted;
                infos.push(inverted.terms().get(&term.term)?);
            }
            Ok(infos.into_boxed_slice())
        });
        infos.map(Box::as_ref)
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
        let known = Arc::new(KnownPhrase {
            terms: placed
                .map(|placed| (self.term(&placed.term), placed.offset))
                .collect(),
            found: (0..self.texts.segments())
                .map(|_| empty(self.texts.fields()))
                .collect(),
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
        let inverted = &self.texts.reader(segment, field)?.inverted;
        Ok(Some(PhraseList::new(infos, inverted)))
    }
}

impl std::fmt::Debug for Lookup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Lookup").field(&self.weights).finish()
    }
}
