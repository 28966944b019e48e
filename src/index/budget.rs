//! A bound on the bytes of records in flight: whoever reads one waits until there is room.
//!
//! The engine's own queue, which an index that is brought up to date is written through, counts documents, whatever their size; ten
//! thousand large ones would not fit in memory.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

use tantivy::TantivyDocument;
use tantivy::schema::Field;
use tantivy::schema::document::Document;

/// How many bytes may be in flight.
#[derive(Clone)]
pub(crate) struct Budget(Arc<(Mutex<usize>, Condvar, usize)>);

/// Room that was taken; given back when dropped.
pub(crate) struct Permit {
    budget: Budget,
    bytes: usize,
}

impl Budget {
    pub(crate) fn new(bytes: usize) -> Budget {
        Budget(Arc::new((Mutex::new(bytes), Condvar::new(), bytes)))
    }

    /// Waits for room. A record larger than the whole budget gets all of it and goes alone.
    pub(crate) fn take(&self, bytes: usize) -> Permit {
        let (free, given_back, total) = &*self.0;
        let bytes = bytes.min(*total);
        let mut free = free.lock().unwrap_or_else(PoisonError::into_inner);
        while *free < bytes {
            free = given_back
                .wait(free)
                .unwrap_or_else(PoisonError::into_inner);
        }
        *free -= bytes;
        drop(free);
        Permit {
            budget: self.clone(),
            bytes,
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let (free, given_back, _) = &*self.budget.0;
        *free.lock().unwrap_or_else(PoisonError::into_inner) += self.bytes;
        given_back.notify_all();
    }
}

/// A document on its way through the engine's queue, with the room that its record takes.
pub(crate) struct Metered {
    pub(crate) document: TantivyDocument,
    pub(crate) permit: Option<Permit>,
}

impl Document for Metered {
    type Value<'a> = <TantivyDocument as Document>::Value<'a>;
    type FieldsValuesIter<'a> = <TantivyDocument as Document>::FieldsValuesIter<'a>;

    fn iter_fields_and_values(&self) -> Self::FieldsValuesIter<'_> {
        self.document.iter_fields_and_values()
    }

    fn into_tantivy_document(self) -> TantivyDocument {
        drop(self.permit);
        self.document
    }

    fn get_sorted_field_values(&self) -> Vec<(Field, Vec<Self::Value<'_>>)> {
        self.document.get_sorted_field_values()
    }
}
