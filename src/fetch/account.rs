//! What came of a sync.

use serde::Serialize;

use crate::index::{Report, Selection};

/// One selection that was repeated.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncedSelection {
    /// What was asked for.
    #[serde(flatten)]
    pub selection: Selection,
    /// The first day of the updates that were asked for, ISO; `None` if all ids were compared.
    pub updated_since: Option<String>,
    /// Studies that it has at the server, if all ids were compared.
    pub listed: Option<u64>,
}

/// A trial that the server gives under another id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Moved {
    /// The id in the index.
    pub id: String,
    /// The trial that has taken it over.
    pub now: String,
}

/// What came of a sync. Each trial is in one of `added`, `changed` and `unchanged`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncReport {
    /// What was repeated.
    pub selections: Vec<SyncedSelection>,
    /// Records that came.
    pub received: u64,
    /// Trials that the index did not have.
    pub added: Vec<String>,
    /// Trials whose records differ from those of the index in more than the day of the snapshot.
    pub changed: Vec<String>,
    /// Of the changed ones, those with another status.
    pub changed_status: u64,
    /// Trials that were asked about and are as they were, whether their records came or not.
    pub unchanged: u64,
    /// Open trials that were asked about beside what was updated.
    pub open: u64,
    /// Trials that were fetched from the server and are no longer there, not even under another id. That is not the status
    /// `WITHDRAWN`, which is a status of trials that are there. They stay in the index.
    pub removed: Vec<String>,
    /// Trials that the server has under another id now. The old ones stay in the index.
    pub moved: Vec<Moved>,
    /// Trials of the index that no selection has (any more) and the server still has. Told if all ids were compared.
    pub outside: Option<u64>,
    /// Trials of the index that came from files and that the server does not have.
    pub unknown_to_server: u64,
    /// What became of the records that came.
    pub index: Report,
    /// Wall time, in seconds.
    pub seconds: f64,
}
