//! The text fields of one view: opened once, and read by every search on it.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tantivy::fieldnorm::FieldNormReader;
use tantivy::schema::Field;
use tantivy::{DocId, InvertedIndexReader, Searcher};

use crate::search::lookup::Weights;

/// A field in one segment.
pub(crate) struct FieldReader {
    pub(crate) inverted: Arc<InvertedIndexReader>,
    pub(crate) lengths: FieldNormReader,
}

/// Weight over length normalisation, for each of the 256 lengths that the engine distinguishes.
pub(crate) type NormTable = [f32; 256];

/// What lengths make of frequencies, by field.
pub(crate) struct Norms {
    b: f32,
    fields: Vec<f32>,
    tables: Vec<OnceLock<NormTable>>,
}

/// The text fields of one view.
pub(crate) struct Texts {
    pub(crate) searcher: Searcher,
    /// The engine's field of each text field.
    handles: Arc<Vec<Field>>,
    /// Of each segment, each text field.
    readers: Vec<Vec<OnceLock<FieldReader>>>,
    /// Of each segment, the documents that are deleted.
    deleted: Vec<OnceLock<Box<[DocId]>>>,
    /// The latest that searches asked for.
    norms: Mutex<Vec<Arc<Norms>>>,
}

/// Settings of the ranking whose norms are kept: nearly all searches have the usual one.
const MOST_NORMS: usize = 8;

impl Texts {
    pub(crate) fn new(searcher: &Searcher, handles: &Arc<Vec<Field>>) -> Texts {
        let segments = searcher.segment_readers().iter();
        Texts {
            deleted: empty(segments.len()),
            readers: segments.map(|_| empty(handles.len())).collect(),
            searcher: searcher.clone(),
            handles: handles.clone(),
            norms: Mutex::default(),
        }
    }

    /// The engine's field of a text field.
    pub(crate) fn handle(&self, field: usize) -> Field {
        self.handles[field]
    }

    /// How many text fields there are.
    pub(crate) fn fields(&self) -> usize {
        self.handles.len()
    }

    /// How many segments there are.
    pub(crate) fn segments(&self) -> usize {
        self.readers.len()
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

    /// The documents of a segment that are deleted, in order.
    pub(crate) fn deleted(&self, segment: usize) -> &[DocId] {
        self.deleted[segment].get_or_init(|| {
            let reader = self.searcher.segment_reader(segment as u32);
            let alive = reader.alive_bitset().into_iter();
            let all = alive.flat_map(|alive| (0..reader.max_doc()).map(move |doc| (alive, doc)));
            all.filter(|(alive, doc)| alive.is_deleted(*doc))
                .map(|(_, doc)| doc)
                .collect()
        })
    }

    /// The norms of some weights.
    pub(crate) fn norms(&self, weights: &Weights) -> Arc<Norms> {
        let mut kept = self.norms.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |norms: &&Arc<Norms>| norms.b == weights.b && norms.fields == weights.fields;
        if let Some(known) = kept.iter().find(same) {
            return known.clone();
        }
        if kept.len() >= MOST_NORMS {
            kept.clear();
        }
        let norms = Arc::new(Norms {
            b: weights.b,
            fields: weights.fields.clone(),
            tables: empty(self.fields()),
        });
        kept.push(norms.clone());
        norms
    }
}

impl Norms {
    /// What a length of a text field makes of a frequency there. The mean length is that of the whole index, so that a score does
    /// not depend on how documents lie in segments.
    pub(crate) fn table(&self, texts: &Texts, field: usize) -> tantivy::Result<&NormTable> {
        if let Some(table) = self.tables[field].get() {
            return Ok(table);
        }
        let mut tokens = 0;
        for segment in 0..texts.segments() {
            tokens += texts.reader(segment, field)?.inverted.total_num_tokens();
        }
        let mean = (tokens as f32 / texts.searcher.num_docs().max(1) as f32).max(1.0);
        let table = || norm_table(self.fields[field], self.b, mean);
        Ok(self.tables[field].get_or_init(table))
    }
}

pub(crate) fn empty<T>(length: usize) -> Vec<OnceLock<T>> {
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
