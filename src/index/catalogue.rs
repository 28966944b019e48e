//! What an index holds, counted.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::index::commit::CommitState;
use crate::index::errors::IndexError;
use crate::index::fetched::Fetched;
use crate::index::open::{Index, all_texts};
use crate::index::sites::SiteCounts;
use crate::place::ATTRIBUTION;
use crate::schema::{FacetElement, Layout};

/// Trials by the values of one column, most frequent first.
pub type Counts = Vec<Count>;

/// Trials with one value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The value.
    pub value: String,
    /// Trials with it.
    pub count: u64,
}

/// What an index holds.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Catalogue {
    /// Where it lies.
    pub directory: String,
    /// Trials in it.
    pub trials: u64,
    /// Bytes on disk.
    pub bytes: u64,
    /// The fingerprint of its fields and analysis.
    pub schema: String,
    /// When the last commit was made, ISO.
    pub committed: Option<String>,
    /// What it was fetched with, if anything.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fetched: Vec<Fetched>,
    /// The day of the newest snapshot that a record belongs to, ISO.
    pub data_as_of: Option<String>,
    /// The day of the newest update of a record, ISO.
    pub last_update: Option<String>,
    /// Trials by the format of their record.
    pub formats: Counts,
    /// Trials by status.
    pub statuses: Counts,
    /// Trials by phase; a phase 2/3 trial counts under both.
    pub phases: Counts,
    /// Sites by how it is known where they are.
    pub sites: SiteCounts,
    /// Whose data places are known by.
    pub places: &'static str,
}

impl Index {
    /// Counts what is in the index.
    pub fn catalogue(&self) -> Result<Catalogue, IndexError> {
        let failed = |error| IndexError::engine(&self.directory, error);
        let searcher = self.searcher();
        let state = CommitState::of(&self.engine).map_err(failed)?;
        let layout = self.layout();
        let count = |element| {
            let mut facets = self.fields().facets.iter().zip(&layout.facets);
            match facets.find(|(facet, _)| facet.element == element) {
                Some((_, &Some(column))) => self.count_column(layout.schema.get_field_name(column)),
                _ => Ok(Vec::new()),
            }
        };
        Ok(Catalogue {
            directory: self.directory.display().to_string(),
            trials: searcher.num_docs(),
            bytes: folder_bytes(&self.generation),
            schema: Layout::fingerprint(self.fields()),
            committed: state.as_ref().map(|state| state.committed.clone()),
            fetched: state.map(|state| state.fetched).unwrap_or_default(),
            data_as_of: self.newest("snapshot")?,
            last_update: self.newest("updated")?,
            formats: self.count_column("format")?,
            statuses: count(FacetElement::OverallStatus)?,
            phases: count(FacetElement::Phase)?,
            sites: self.count_sites()?,
            places: ATTRIBUTION,
        })
    }

    /// The newest day of a column of days, ISO. Read from the columns' own bounds, so it costs nothing; documents that were
    /// replaced count until they are merged away.
    pub(crate) fn newest(&self, column: &str) -> Result<Option<String>, IndexError> {
        let mut newest: Option<i64> = None;
        for segment in self.searcher().segment_readers() {
            let values = segment
                .fast_fields()
                .i64(column)
                .map_err(|error| IndexError::engine(&self.directory, error))?;
            if values.values.num_vals() > 0 {
                newest = newest.max(Some(values.max_value()));
            }
        }
        Ok(newest.map(|days| crate::trial::day(days).to_string()))
    }

    fn count_column(&self, column: &str) -> Result<Counts, IndexError> {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for segment in self.searcher().segment_readers() {
            let values = segment
                .fast_fields()
                .str(column)
                .map_err(|error| IndexError::engine(&self.directory, error))?;
            let Some(values) = values else { continue };
            let names = all_texts(&values)
                .map_err(|error| IndexError::engine(&self.directory, error.into()))?;
            let mut by_ordinal = vec![0_u64; names.len()];
            for doc in segment.doc_ids_alive() {
                for ordinal in values.term_ords(doc) {
                    if let Some(count) = by_ordinal.get_mut(ordinal as usize) {
                        *count += 1;
                    }
                }
            }
            for (name, count) in names.into_iter().zip(by_ordinal) {
                if count > 0 {
                    *counts.entry(name).or_default() += count;
                }
            }
        }
        let counts = counts
            .into_iter()
            .map(|(value, count)| Count { value, count });
        let mut counts: Counts = counts.collect();
        counts.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        Ok(counts)
    }
}

pub(crate) fn folder_bytes(folder: &std::path::Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.metadata().ok())
        .map(|metadata| metadata.len())
        .sum()
}
