//! The records of a segment: each can be unpacked and read, is of the trial that it is filed under, and has the columns that it
//! should have.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use rayon::prelude::*;
use tantivy::schema::document::Value;
use tantivy::store::StoreReader;
use tantivy::{DocSet, Searcher, SegmentReader, TERMINATED, TantivyDocument, Term};

use crate::index::errors::IndexError;
use crate::index::history::checked;
use crate::index::open::Index;
use crate::index::stored::{Sources, read_sources};
use crate::index::verify::columns::Columns;
use crate::index::verify::{Findings, VerifyProgress};
use crate::schema::{Stored, StoredHistory, StoredRecord, content_hash};
use crate::trial::{Study, TrialId, fill_from};

/// Documents that one thread reads at a time.
const TOGETHER: u32 = 256;

/// Blocks of stored documents that a thread keeps.
const BLOCKS: usize = 4;

/// Checks the records of a segment of a view.
pub(super) fn check(
    index: &Index,
    searcher: &Searcher,
    segment: u32,
    files: &[PathBuf],
    ids: &[Option<String>],
    findings: &Findings,
    progress: &VerifyProgress,
) -> Result<(), IndexError> {
    let [_, postings, _, _, column_file, store_file, ..] = files else {
        return Ok(());
    };
    let failed = |error| IndexError::engine(&index.directory, error);
    let segment = searcher.segment_reader(segment);
    let columns = Columns::open(index, segment).map_err(failed)?;
    let places = Places {
        index,
        segment,
        columns: &columns,
        postings,
        column_file,
        store_file,
        findings,
    };
    let starts: Vec<u32> = (0..segment.max_doc()).step_by(TOGETHER as usize).collect();
    starts.into_par_iter().try_for_each(|start| {
        let store = segment
            .get_store_reader(BLOCKS)
            .map_err(|error| IndexError::engine(&index.directory, error.into()))?;
        let end = start.saturating_add(TOGETHER).min(segment.max_doc());
        for doc in (start..end).filter(|doc| !segment.is_deleted(*doc)) {
            let id = ids.get(doc as usize).and_then(Option::as_deref);
            places.check(&store, doc, id.unwrap_or_default());
            progress.records.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    })
}

/// A segment with what its documents are compared with.
struct Places<'p> {
    index: &'p Index,
    segment: &'p SegmentReader,
    columns: &'p Columns,
    postings: &'p Path,
    column_file: &'p Path,
    store_file: &'p Path,
    findings: &'p Findings,
}

/// What is stored of a trial, read.
struct Read {
    json: Vec<u8>,
    study: Study,
    sources: Sources,
    history: Option<StoredHistory>,
}

impl Places<'_> {
    fn check(&self, store: &StoreReader, doc: u32, id: &str) {
        let read = match self.read(store, doc, id) {
            Ok(read) => read,
            Err(what) => return self.findings.of_trial(self.store_file, id, what),
        };
        let hash = content_hash(&read.json);
        if hash != read.sources.hash {
            self.findings.of_trial(
                self.store_file,
                id,
                "its record is not the one that came in: their hashes differ",
            );
        }
        if !self.leads_here(id, doc) {
            self.findings
                .of_trial(self.postings, id, "the trial is not found by its id");
        }
        let mut study = read.study;
        for addition in &read.sources.additions {
            fill_from(&mut study, addition);
        }
        let mut document = TantivyDocument::default();
        let stored = Stored {
            json: &read.json,
            provenance: &read.sources.record,
            sources: &[],
            hash,
            history: read.history,
        };
        self.index.layout().columns(
            &mut document,
            self.index.fields(),
            self.index.vocabulary(),
            &study,
            &stored,
        );
        if let Err(what) = self.columns.compare(self.index.layout(), &document, doc) {
            self.findings.of_trial(self.column_file, id, what);
        }
    }

    /// Unpacks and reads what is stored.
    fn read(&self, store: &StoreReader, doc: u32, id: &str) -> Result<Read, String> {
        let layout = self.index.layout();
        let stored: TantivyDocument = store
            .get(doc)
            .map_err(|error| format!("its stored document cannot be read: {error}"))?;
        let bytes = |field| {
            let value = stored.get_first(field);
            value.and_then(|value| value.as_bytes().map(<[u8]>::to_vec))
        };
        let filed = stored.get_first(layout.id);
        let filed = filed.and_then(|value| value.as_str().map(str::to_owned));
        if filed.as_deref() != Some(id) {
            return Err(format!(
                "its stored document has the id `{}`",
                filed.unwrap_or_default()
            ));
        }
        let packed = bytes(layout.sources).ok_or("it is not stored where its record came from")?;
        let sources: Sources = read_sources(&packed)
            .map_err(|error| format!("where its record came from cannot be read: {error}"))?;
        let record = bytes(layout.record).ok_or("no record is stored")?;
        let results = bytes(layout.results).unwrap_or_default();
        let json = StoredRecord::whole(&record, &results)
            .map_err(|error| format!("its record cannot be unpacked: {error}"))?;
        let study: Study = serde_json::from_slice(&json)
            .map_err(|error| format!("its record is no study: {error}"))?;
        let named = study
            .protocol_section
            .identification_module
            .nct_id
            .as_deref();
        if named.and_then(TrialId::parse).as_ref().map(TrialId::as_str) != Some(id) {
            return Err(format!(
                "its record is of the trial `{}`",
                named.unwrap_or_default()
            ));
        }
        let history = checked(bytes(layout.history).unwrap_or_default(), &json)
            .map_err(|error| format!("its history cannot be unpacked: {error}"))?;
        Ok(Read {
            json,
            study,
            sources,
            history,
        })
    }

    /// Whether the document is among those that have an id, as ids are looked up.
    fn leads_here(&self, id: &str, doc: u32) -> bool {
        let field = self.index.layout().ids;
        let term = Term::from_field_text(field, &TrialId::comparable(id));
        let found = self.segment.inverted_index(field).and_then(|inverted| {
            let option = tantivy::schema::IndexRecordOption::Basic;
            Ok(inverted.read_postings(&term, option)?)
        });
        let Ok(Some(mut postings)) = found else {
            return false;
        };
        let mut at = postings.doc();
        while at < doc && at != TERMINATED {
            at = postings.seek(doc);
        }
        at == doc
    }
}
