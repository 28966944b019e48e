//! Trials out of the index, by any of their ids.

use std::path::Path;

use serde::Serialize;
use tantivy::Term;

use crate::index::errors::IndexError;
use crate::index::open::{Index, SchemaChoice};
use crate::trial::TrialId;

/// What became of the ids that were to be deleted; each is in one of the lists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Deletion {
    /// Trials that are gone, by their own ids, each once.
    pub deleted: Vec<String>,
    /// Ids that no trial has, as they were given.
    pub missing: Vec<String>,
    /// Ids of several trials, none of which was deleted for it.
    pub ambiguous: Vec<Ambiguous>,
    /// Trials that are left in the index.
    pub trials: u64,
}

/// An id that several trials have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ambiguous {
    /// The id as it was given.
    pub id: String,
    /// The trials' own ids.
    pub trials: Vec<String>,
}

impl Index {
    /// Deletes trials by ids in any registry's or sponsor's writing, all in one commit. An id that is a trial's own means that
    /// trial; one that several trials have beside their own means none. A trial whose record is indexed again is back.
    ///
    /// # Errors
    /// As [`Index::open`]; also if another process writes, or this one may not. Nothing is deleted then.
    pub fn delete(
        directory: &Path,
        schema: SchemaChoice,
        ids: &[String],
    ) -> Result<Deletion, IndexError> {
        let (_lock, index) = Index::open_to_write(directory, schema)?;
        let searcher = index.searcher();
        let mut deletion = Deletion::default();
        for id in ids {
            let found = index.find(&searcher, id)?;
            let own = found.iter().map(|&address| index.id_of(&searcher, address));
            let own: Vec<String> = own.collect::<Result<_, _>>()?;
            let asked = TrialId::parse(id);
            match own.as_slice() {
                [] => deletion.missing.push(id.clone()),
                [first, ..]
                    if own.len() == 1
                        || asked.as_ref().is_some_and(|asked| asked.as_str() == first) =>
                {
                    if !deletion.deleted.contains(first) {
                        deletion.deleted.push(first.clone());
                    }
                }
                _ => deletion.ambiguous.push(Ambiguous {
                    id: id.clone(),
                    trials: own,
                }),
            }
        }
        if !deletion.deleted.is_empty() {
            index.with_cause(index.delete_own(&deletion.deleted))?;
            index.reload()?;
            index.drop_uncommitted();
        }
        deletion.trials = index.searcher().num_docs();
        Ok(deletion)
    }

    fn delete_own(&self, ids: &[String]) -> Result<(), IndexError> {
        let mut writer = self.lean_writer()?;
        for id in ids {
            writer.delete_term(Term::from_field_text(self.layout.id, id));
        }
        self.commit(&mut writer, Vec::new())?;
        writer
            .wait_merging_threads()
            .map_err(|error| IndexError::engine(&self.directory, error))
    }
}
