//! What an index that is made anew takes over from the one that it replaces: the versions of trials that no input has any more.
//!
//! The old index may have been made with other fields or another analysis, which is why it is replaced; so nothing of it is used but what
//! is stored, by the names of the fields. It must not be searched otherwise.

use std::path::Path;

use serde::Deserialize;
use tantivy::collector::DocSetCollector;
use tantivy::query::TermQuery;
use tantivy::schema::document::Value;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{ReloadPolicy, Searcher, TantivyDocument, Term};

use crate::index::directory::IndexFolder;
use crate::index::history::{Fresh, Past, States, taken_on};
use crate::index::open::open_engine;
use crate::index::stored::{read_json, read_sources};
use crate::schema::{StoredRecord, StoredRecordError};
use crate::trial::{Provenance, Study, TrialId};

/// An index that is about to be replaced.
pub(crate) struct Previous {
    searcher: Searcher,
    id: Field,
    record: Field,
    results: Field,
    sources: Field,
    /// Indexes of early versions have none.
    history: Option<Field>,
}

/// As much of what is stored about the sources as every version of the program has written.
#[derive(Deserialize)]
struct Sources {
    record: Provenance,
    hash: u64,
}

impl Previous {
    /// Opens the engine's files of an index.
    pub(crate) fn open(generation: &Path) -> tantivy::Result<Previous> {
        let folder = IndexFolder::open(generation)?;
        let engine = open_engine(folder)?;
        let schema = engine.schema();
        let reader: tantivy::IndexReader = engine
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        Ok(Previous {
            searcher: reader.searcher(),
            id: schema.get_field("trial_id")?,
            record: schema.get_field("record")?,
            results: schema.get_field("results")?,
            sources: schema.get_field("sources")?,
            history: schema.get_field("history").ok(),
        })
    }

    /// The versions of a trial that the old index knows; `None` if it has not the trial, or nothing but a record with this hash.
    pub(crate) fn past(
        &self,
        id: &TrialId,
        hash: Option<u64>,
    ) -> Result<Option<Past>, StoredRecordError> {
        let damaged = |error: tantivy::TantivyError| StoredRecordError::Damaged(error.to_string());
        let term = Term::from_field_text(self.id, id.as_str());
        let query = TermQuery::new(term, IndexRecordOption::Basic);
        let found = self
            .searcher
            .search(&query, &DocSetCollector)
            .map_err(damaged)?;
        let Some(address) = found.into_iter().next() else {
            return Ok(None);
        };
        let document: TantivyDocument = self.searcher.doc(address).map_err(damaged)?;
        let bytes = |field: Field| {
            let value = document.get_first(field).and_then(|value| value.as_bytes());
            value.unwrap_or_default()
        };
        let sources: Sources = read_sources(bytes(self.sources))?;
        let history = self.history.map(bytes).unwrap_or_default();
        if history.is_empty() && hash == Some(sources.hash) {
            return Ok(None);
        }
        let record = StoredRecord::whole(bytes(self.record), bytes(self.results))?;
        let states = if history.is_empty() {
            let study: Study = read_json(&record)?;
            let fresh = Fresh::of(
                &study,
                &sources.record,
                sources.hash,
                &record,
                taken_on(&sources.record),
            );
            let mut states = States::default();
            states.take(&[], fresh.into_iter().collect(), sources.hash, &record)?;
            states
        } else {
            States::read(history)?
        };
        Ok(Some(Past { states, record }))
    }
}
