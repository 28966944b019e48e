//! The text fields of one view: opened once, and read by every search on it.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tantivy::fieldnorm::FieldNormReader;
use tantivy::index::SegmentId;
use tantivy::schema::Field;
use tantivy::{DocId, InvertedIndexReader, Searcher};

use crate::search::weights::{NormTable, Weights, norm_table};

/// A field in one segment.
pub(crate) struct FieldReader {
    pub(crate) inverted: Arc<InvertedIndexReader>,
    pub(crate) lengths: FieldNormReader,
}

/// The lengths of a field in the documents of a segment, and what they make of a frequency.
#[derive(Clone, Copy)]
pub(crate) struct Lengths<'l> {
    pub(crate) lengths: &'l FieldNormReader,
    pub(crate) norms: &'l NormTable,
}

impl Lengths<'_> {
    /// What the field's weight and a document's length there make of a frequency.
    #[inline]
    pub(crate) fn norm(self, doc: DocId) -> f32 {
        self.norms[usize::from(self.lengths.fieldnorm_id(doc))]
    }
}

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
    handles: Vec<Field>,
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
    pub(crate) fn new(searcher: &Searcher, handles: &[Field]) -> Texts {
        let segments = searcher.segment_readers().iter();
        Texts {
            deleted: empty(segments.len()),
            readers: segments.map(|_| empty(handles.len())).collect(),
            searcher: searcher.clone(),
            handles: handles.to_vec(),
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

    /// The place of a segment.
    pub(crate) fn segment(&self, id: SegmentId) -> Option<usize> {
        let mut segments = self.searcher.segment_readers().iter();
        segments.position(|segment| segment.segment_id() == id)
    }

    /// How many segments there are.
    pub(crate) fn segments(&self) -> usize {
        self.readers.len()
    }

    /// A text field of a segment.
    pub(crate) fn reader(&self, segment: usize, field: usize) -> tantivy::Result<&FieldReader> {
        known_or(&self.readers[segment][field], || {
            let reader = self.searcher.segment_reader(segment as u32);
            let handle = self.handles[field];
            Ok(FieldReader {
                inverted: reader.inverted_index(handle)?,
                lengths: reader.get_fieldnorms_reader(handle)?,
            })
        })
    }

    /// The documents of a segment that are deleted, in order.
    pub(crate) fn deleted(&self, segment: usize) -> &[DocId] {
        self.deleted[segment].get_or_init(|| {
            let reader = self.searcher.segment_reader(segment as u32);
            let Some(alive) = reader.alive_bitset() else {
                return Box::default();
            };
            let all = 0..reader.max_doc();
            all.filter(|doc| alive.is_deleted(*doc)).collect()
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
        known_or(&self.tables[field], || {
            let mut tokens = 0;
            for segment in 0..texts.segments() {
                tokens += texts.reader(segment, field)?.inverted.total_num_tokens();
            }
            let mean = (tokens as f32 / texts.searcher.num_docs().max(1) as f32).max(1.0);
            Ok(norm_table(self.fields[field], self.b, mean))
        })
    }
}

/// So many values that are not known yet.
pub(crate) fn empty<T: Default>(length: usize) -> Vec<T> {
    (0..length).map(|_| T::default()).collect()
}

/// What is in a cell, made if it is not known yet.
pub(crate) fn known_or<T>(
    cell: &OnceLock<T>,
    make: impl FnOnce() -> tantivy::Result<T>,
) -> tantivy::Result<&T> {
    if let Some(known) = cell.get() {
        return Ok(known);
    }
    let made = make()?;
    Ok(cell.get_or_init(|| made))
}
