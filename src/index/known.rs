//! Which trials an index holds and how they stand, told from columns without reading a record.

use jiff::civil::Date;
use rustc_hash::FxHashMap;

use crate::index::errors::IndexError;
use crate::index::open::{Index, first_text};
use crate::schema::FacetElement;

/// How a trial of the index stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownTrial {
    /// The canonical status; `None` if the schema has no facet of statuses.
    pub status: Option<String>,
    /// The day of its last update.
    pub updated: Option<Date>,
}

impl Index {
    /// All trials of the index by their own ids.
    pub fn known_trials(&self) -> Result<FxHashMap<String, KnownTrial>, IndexError> {
        let searcher = self.searcher();
        let total = usize::try_from(searcher.num_docs()).unwrap_or(0);
        let mut known = FxHashMap::with_capacity_and_hasher(total, Default::default());
        let layout = self.layout();
        let mut facets = self.fields().facets.iter().zip(&layout.facets);
        let status = facets.find(|(facet, _)| facet.element == FacetElement::OverallStatus);
        let status = status.and_then(|(_, column)| *column);
        let name = |field| layout.schema.get_field_name(field);
        let mut read = || -> tantivy::Result<()> {
            for segment in searcher.segment_readers() {
                let columns = segment.fast_fields();
                let updated = columns.i64(name(layout.updated))?;
                let ids = columns.str(name(layout.id))?;
                let statuses = match status {
                    Some(field) => columns.str(name(field))?,
                    None => None,
                };
                for document in segment.doc_ids_alive() {
                    let Some(id) = first_text(ids.as_ref(), document)? else {
                        continue;
                    };
                    let status = first_text(statuses.as_ref(), document)?;
                    let updated = updated.first(document).map(crate::trial::day);
                    known.insert(id, KnownTrial { status, updated });
                }
            }
            Ok(())
        };
        read().map_err(|error| IndexError::engine(&self.directory, error))?;
        Ok(known)
    }
}
