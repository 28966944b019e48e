//! What changed in a trial between two of its records, field by field.
//!
//! Works on the JSON of the records, so that nothing that changed is lost: elements that people have a name for are told by it
//! (`elements`), all others by their dotted path in the API. Items of lists are matched by what they are (a site by its
//! facility and town, an arm by its label; `lists`), never by where they stand: order alone is no change. It must not know
//! where records are kept or when they changed.

mod criteria;
mod elements;
mod lists;
mod phrases;
mod same;
mod walk;
mod words;

use serde::Serialize;
use serde_json::Value;

pub use same::is_same;

/// What became of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// It was not there.
    Added,
    /// It is no longer there.
    Removed,
    /// It says something else.
    Changed,
}

impl What {
    /// In a word: "added".
    pub(crate) fn verb(self) -> &'static str {
        match self {
            What::Added => "added",
            What::Removed => "removed",
            What::Changed => "changed",
        }
    }
}

/// One element that differs between two records of a trial.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// Where it stands in the study, in the API's names; of an item in a list, what it is stands behind the list:
    /// `protocolSection.contactsLocationsModule.locations[Hospital, Lyon, France].status`.
    pub path: String,
    /// What it is called: `status`, `site`, `inclusion criterion`; the path if it has no name.
    pub name: String,
    /// What became of it.
    pub what: What,
    /// What it says in the earlier record; `None` if it was added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What it says in the later record; `None` if it was removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// All of it in words: `status RECRUITING -> COMPLETED`. Long texts are told by the places that changed.
    pub text: String,
}

/// What differs between the JSON of an earlier and of a later record of one trial: what people ask for first (status,
/// size, dates) first, what the registry derives last.
///
/// A difference in `derivedSection.miscInfoModule.versionHolder` alone, and one in the order of lists alone, is none:
/// the list is empty if and only if [`is_same`].
///
/// ```
/// use serde_json::json;
/// use trialfind::trial::changes::differences;
/// let record = |status: &str| json!({"protocolSection": {"statusModule": {"overallStatus": status}}});
/// let found = differences(&record("RECRUITING"), &record("COMPLETED"));
/// assert_eq!(found[0].text, "status RECRUITING -> COMPLETED");
/// ```
#[must_use]
pub fn differences(earlier: &Value, later: &Value) -> Vec<Difference> {
    walk::differences(earlier, later)
}
