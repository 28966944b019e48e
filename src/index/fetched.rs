//! What an index was fetched with: kept in each of its commits, so that the same can be asked for again.
//!
//! Plain data; asking is `fetch`'s.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::index::commit::CommitState;
use crate::index::directory::COMMITTED;
use crate::index::errors::IndexError;
use crate::index::open::Index;

/// Some of the studies of a server that speaks the ClinicalTrials.gov API 2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Selection {
    /// The address of its API, without a slash at the end (`https://clinicaltrials.gov/api/v2`).
    pub base_url: String,
    /// The parameters of `/studies` that choose them (`query.cond` and the like), by their own names; without any, all studies.
    pub parameters: BTreeMap<String, String>,
}

/// A selection, and how far it is in the index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fetched {
    /// What was asked for.
    #[serde(flatten)]
    pub selection: Selection,
    /// All that was last updated up to this day is in the index, ISO. `None` if that is not known: after a rebuild from files.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub updated_through: Option<String>,
}

/// Puts a selection among others, in the place of what was known of the same one.
pub(crate) fn remember(known: &mut Vec<Fetched>, new: Fetched) {
    match known
        .iter_mut()
        .find(|fetched| fetched.selection == new.selection)
    {
        Some(fetched) => *fetched = new,
        None => known.push(new),
    }
}

/// What the engine's file of a commit says of its payload.
#[derive(Deserialize)]
struct Committed {
    payload: Option<String>,
}

/// The selections of the generation that a rebuild is about to replace. Which of their trials the new one gets is not known, so
/// they hold for no day. Nothing if there was none, or it cannot be read: a rebuild mends what is damaged.
pub(crate) fn before_rebuild(generation: &Path) -> Vec<Fetched> {
    let read = || -> Option<CommitState> {
        let text = std::fs::read_to_string(generation.join(COMMITTED)).ok()?;
        let committed: Committed = serde_json::from_str(&text).ok()?;
        serde_json::from_str(&committed.payload?).ok()
    };
    let fetched = read().map(|state| state.fetched).unwrap_or_default();
    fetched
        .into_iter()
        .map(|fetched| Fetched {
            updated_through: None,
            ..fetched
        })
        .collect()
}

impl Index {
    /// What the index was fetched with, in the order that it was; empty if it was made from files alone.
    pub fn fetched(&self) -> Result<Vec<Fetched>, IndexError> {
        let state = CommitState::of(&self.engine);
        let state = state.map_err(|error| IndexError::engine(&self.directory, error))?;
        Ok(state.map(|state| state.fetched).unwrap_or_default())
    }
}
