//! A trial as the index holds it.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tantivy::schema::Field;
use tantivy::schema::document::{
    DeserializeError, DocumentDeserialize, DocumentDeserializer, ValueDeserialize,
    ValueDeserializer, ValueVisitor,
};
use tantivy::{DocAddress, Searcher};

use crate::index::errors::IndexError;
use crate::index::open::Index;
use crate::schema::{StoredRecord, StoredRecordError, compress, decompress};
use crate::trial::{Addition, Merged, Provenance, Study, TrialId, Version, fill_from};

/// Bytes from which on compressing what is stored about the sources saves more than some bytes: most of it is the name of a file and
/// two days.
const WORTH_COMPRESSING: usize = 400;

/// Something of what is stored, read from its JSON.
pub(crate) fn read_json<T: DeserializeOwned>(json: &[u8]) -> Result<T, StoredRecordError> {
    serde_json::from_slice(json).map_err(|error| StoredRecordError::Damaged(error.to_string()))
}

/// What is stored about the sources of a trial.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sources {
    /// Where the record came from.
    pub(crate) record: Provenance,
    /// Tells its bytes.
    pub(crate) hash: u64,
    /// What other records add.
    pub(crate) additions: Vec<Addition>,
}

impl Sources {
    pub(crate) fn new(merged: &Merged) -> Sources {
        Sources {
            record: merged.winner.provenance.clone(),
            hash: merged.winner.hash,
            additions: merged.additions.clone(),
        }
    }

    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, StoredRecordError> {
        let json = serde_json::to_vec(self)
            .map_err(|error| StoredRecordError::Damaged(error.to_string()))?;
        if json.len() < WORTH_COMPRESSING {
            return Ok(json);
        }
        compress(&json)
    }
}

/// Reads what [`Sources::to_bytes`] made.
pub(crate) fn read_sources<T: DeserializeOwned>(stored: &[u8]) -> Result<T, StoredRecordError> {
    match stored.starts_with(b"{") {
        true => read_json(stored),
        false => read_json(&decompress(stored)?),
    }
}

/// A trial read back from the index.
#[derive(Clone, Debug)]
pub struct StoredTrial {
    /// Its own id.
    pub id: TrialId,
    /// The record with what other records of the trial add; without results unless they were asked for.
    pub study: Study,
    /// Where the record came from.
    pub provenance: Provenance,
    /// What other records add, and where they came from.
    pub additions: Vec<Addition>,
    hash: u64,
    record: Vec<u8>,
    results: Vec<u8>,
    /// Its versions ([`crate::index::history`]); empty unless it was read with its results.
    history: Vec<u8>,
}

/// The stored fields of a document, in the order that they are stored in. Without `RESULTS` the reading stops before the results.
#[derive(Default)]
struct StoredFields<const RESULTS: bool> {
    id: Option<String>,
    /// Record, sources, results and history, by the field.
    bytes: Vec<(Field, Vec<u8>)>,
}

/// A trial's record as text, not read into a study.
pub(crate) struct StoredJson {
    /// The trial's own id.
    pub(crate) id: String,
    record: Vec<u8>,
    results: Vec<u8>,
}

impl StoredJson {
    /// Reads what is stored, with or without the results.
    pub(crate) fn read(
        index: &Index,
        searcher: &Searcher,
        address: DocAddress,
        with_results: bool,
    ) -> Result<StoredJson, IndexError> {
        let layout = index.layout();
        let (mut record, mut results) = (Vec::new(), Vec::new());
        let mut take = |id: Option<String>, bytes: Vec<(Field, Vec<u8>)>| {
            for (field, bytes) in bytes {
                if field == layout.record {
                    record = bytes;
                } else if field == layout.results {
                    results = bytes;
                }
            }
            id.unwrap_or_default()
        };
        let failed = |error| IndexError::engine(&index.directory, error);
        let id = match with_results {
            true => {
                let fields: StoredFields<true> = searcher.doc(address).map_err(failed)?;
                take(fields.id, fields.bytes)
            }
            false => {
                let fields: StoredFields<false> = searcher.doc(address).map_err(failed)?;
                take(fields.id, fields.bytes)
            }
        };
        Ok(StoredJson {
            id,
            record,
            results,
        })
    }

    /// Whether results were cut from the record; only if it was read with the results.
    pub(crate) fn has_results(&self) -> bool {
        !self.results.is_empty()
    }

    /// The record's text with `null` in the place of its results.
    pub(crate) fn without_results(&self) -> Result<Vec<u8>, StoredRecordError> {
        StoredRecord::without_results(&self.record)
    }

    /// The record's text as it came in; only if it was read with the results.
    pub(crate) fn whole(&self) -> Result<Vec<u8>, StoredRecordError> {
        StoredRecord::whole(&self.record, &self.results)
    }
}

impl Index {
    /// The text of a trial's record, with or without its results, behind the trial's own id.
    pub(crate) fn record_text(
        &self,
        searcher: &Searcher,
        address: DocAddress,
        with_results: bool,
    ) -> Result<(String, Vec<u8>), IndexError> {
        let stored = StoredJson::read(self, searcher, address, with_results)?;
        let json = match with_results {
            true => stored.whole(),
            false => stored.without_results(),
        };
        match json {
            Ok(json) => Ok((stored.id, json)),
            Err(error) => {
                let what = format!("{}: {error}", stored.id);
                Err(IndexError::damaged(&self.directory, what))
            }
        }
    }
}

/// A stored value: the id, or bytes.
enum StoredValue {
    Text(String),
    Bytes(Vec<u8>),
}

impl ValueDeserialize for StoredValue {
    fn deserialize<'de, D: ValueDeserializer<'de>>(
        deserializer: D,
    ) -> Result<Self, DeserializeError> {
        struct Visitor;
        impl ValueVisitor for Visitor {
            type Value = StoredValue;

            fn visit_string(&self, value: String) -> Result<StoredValue, DeserializeError> {
                Ok(StoredValue::Text(value))
            }

            fn visit_bytes(&self, value: Vec<u8>) -> Result<StoredValue, DeserializeError> {
                Ok(StoredValue::Bytes(value))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl<const RESULTS: bool> DocumentDeserialize for StoredFields<RESULTS> {
    fn deserialize<'de, D: DocumentDeserializer<'de>>(
        mut deserializer: D,
    ) -> Result<Self, DeserializeError> {
        let mut fields = StoredFields::default();
        while RESULTS || fields.bytes.len() < 2 {
            match deserializer.next_field::<StoredValue>()? {
                Some((_, StoredValue::Text(id))) => fields.id = Some(id),
                Some((field, StoredValue::Bytes(bytes))) => fields.bytes.push((field, bytes)),
                None => break,
            }
        }
        Ok(fields)
    }
}

impl StoredTrial {
    /// Reads a trial; without `RESULTS` its results stay where they are and [`StoredTrial::json`] has none.
    pub(crate) fn read<const RESULTS: bool>(
        index: &Index,
        searcher: &Searcher,
        address: DocAddress,
    ) -> Result<StoredTrial, IndexError> {
        let damaged = |what: String| IndexError::damaged(&index.directory, what);
        let fields: StoredFields<RESULTS> = searcher
            .doc(address)
            .map_err(|error| IndexError::engine(&index.directory, error))?;
        let layout = index.layout();
        let [mut record, mut sources, mut results, mut history] = [const { Vec::new() }; 4];
        for (field, bytes) in fields.bytes {
            match field {
                field if field == layout.record => record = bytes,
                field if field == layout.sources => sources = bytes,
                field if field == layout.results => results = bytes,
                _ => history = bytes,
            }
        }
        let sources: Sources =
            read_sources(&sources).map_err(|error| damaged(error.to_string()))?;
        let json =
            StoredRecord::without_results(&record).map_err(|error| damaged(error.to_string()))?;
        let mut study: Study =
            serde_json::from_slice(&json).map_err(|error| damaged(error.to_string()))?;
        for addition in &sources.additions {
            fill_from(&mut study, addition);
        }
        let id = fields.id.as_deref().and_then(TrialId::parse);
        Ok(StoredTrial {
            id: id.ok_or_else(|| damaged("a document without an id".into()))?,
            study,
            provenance: sources.record,
            additions: sources.additions,
            hash: sources.hash,
            record,
            results,
            history,
        })
    }

    /// A trial of one record alone.
    pub(crate) fn from_parts(
        id: TrialId,
        study: Study,
        provenance: Provenance,
        hash: u64,
        stored: StoredRecord,
    ) -> StoredTrial {
        StoredTrial {
            id,
            study,
            provenance,
            additions: Vec::new(),
            hash,
            record: stored.record,
            results: stored.results,
            history: Vec::new(),
        }
    }

    /// The JSON text of the record that won: the bytes that came in, or for pages and XML the study they were converted to.
    pub fn json(&self) -> Result<Vec<u8>, StoredRecordError> {
        StoredRecord::whole(&self.record, &self.results)
    }

    /// The results as JSON text: those of the record that won, else those that another record adds. None if there are none, or
    /// they were not read.
    pub(crate) fn results(&self) -> Option<Vec<u8>> {
        let own = match self.results.is_empty() {
            true => None,
            false => decompress(&self.results).ok(),
        };
        own.or_else(|| {
            let added = self.study.results_section.as_ref()?;
            Some(added.get().as_bytes().to_vec())
        })
    }

    /// Its versions as they are stored; empty if only the record is known.
    pub(crate) fn history(&self) -> &[u8] {
        &self.history
    }

    /// Whether more is known of it than its record.
    pub(crate) fn has_history(&self) -> bool {
        !self.history.is_empty()
    }

    /// Tells the bytes of its record.
    pub(crate) fn hash(&self) -> u64 {
        self.hash
    }

    /// Whether the index has these bytes of the trial, as its record or as one that adds to it.
    pub(crate) fn has(&self, hash: u64) -> bool {
        self.hash == hash || self.additions.iter().any(|addition| addition.hash == hash)
    }

    /// The records that the trial was merged from, as far as they are kept.
    pub(crate) fn versions(self) -> Result<Vec<Version>, StoredRecordError> {
        let json = self.json()?;
        let mut versions = vec![Version {
            study: read_json(&json)?,
            json,
            provenance: self.provenance,
            hash: self.hash,
        }];
        versions.extend(self.additions.into_iter().map(Version::from));
        Ok(versions)
    }
}
