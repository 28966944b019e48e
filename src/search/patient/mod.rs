//! Searching with a patient's story instead of words: what it says of the patient becomes weighted concepts, any of which
//! makes a trial match; age and sex become filters; exclusion criteria that it touches are shown as warnings.
//!
//! ```text
//! narrative (the room)  the story to stretches that bear on the patient, on others, on nothing
//! concepts              stretches to concepts with weights, and what was left out
//! filters               age and sex to filters
//! warnings              exclusion criteria of a hit that name what the patient has
//! ```
//!
//! A story stays in the request: nothing here logs or stores it.

mod concepts;
mod filters;
mod warnings;

use std::sync::Arc;

use serde::Serialize;

use crate::narrative::{self, AgeSaid, Bearing, SexSaid};
use crate::search::concept::Concept;
use crate::search::finder::{Finder, SearchError};
use crate::search::lower::Plan;
use crate::search::names::NameCount;
use crate::search::request::Filter;

pub(crate) use concepts::searched_fields;
pub(crate) use filters::AGE;
pub use filters::AgeFilter;
pub use warnings::Touched;
pub(crate) use warnings::{Findings, findings, warnings};

/// A patient's story, read against the names that an index knows.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PatientQuery {
    /// The age that is said, in years.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age: Option<AgeSaid>,
    /// The sex that is said or can be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sex: Option<SexSaid>,
    /// The filter that follows from the age; take it out to search for trials of any age.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_filter: Option<AgeFilter>,
    /// The filter that follows from the sex; take it out to search for trials of either.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sex_filter: Option<Filter>,
    /// What is searched for, what counts most first.
    pub concepts: Vec<PatientConcept>,
    /// What is not searched for, in the order of the story; what is said several times once.
    pub left_out: Vec<LeftOut>,
}

/// One thing that a patient's story says of the patient.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PatientConcept {
    /// As the story says it first.
    pub text: String,
    /// What the index knows it as; a plain word has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known_as: Option<NameUse>,
    /// How often the story says it.
    pub times: usize,
    /// What its score is multiplied by.
    pub weight: f32,
    /// How what is said bears on the patient, where it counts most.
    pub bearing: Bearing,
    /// What trials use it as; nothing for a plain word.
    #[serde(skip)]
    pub(crate) uses: Vec<NameCount>,
    #[serde(skip)]
    pub(crate) concept: Arc<Concept>,
}

/// What trials use a name for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NameUse {
    /// A condition or a MeSH term of one.
    Condition,
    /// An intervention or a MeSH term of one.
    Intervention,
    /// A keyword.
    Keyword,
}

/// Something that a patient's story says and that is not searched for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LeftOut {
    /// As the story says it.
    pub text: String,
    /// Why it is left out.
    pub reason: Reason,
}

/// Why something is not searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The patient does not have it.
    Absent,
    /// Somebody else has it.
    Other,
    /// A vital sign, a laboratory value, a dose, a date.
    Measured,
    /// A word of every story.
    Common,
    /// No trial in the index has it.
    Unknown,
    /// It counts less than the most that are searched for.
    Least,
}

impl PatientQuery {
    /// The plan: any of the concepts.
    pub(crate) fn plan(&self) -> Plan {
        let concepts = self
            .concepts
            .iter()
            .map(|found| Plan::Concept(found.concept.clone()));
        match self.concepts.len() {
            0 => Plan::Nothing,
            _ => Plan::Or(concepts.collect()),
        }
    }
}

impl Finder {
    /// Reads a patient's story of any length against this index; put it into [`crate::search::Request::patient`].
    pub fn read_patient(&self, story: &str) -> Result<PatientQuery, SearchError> {
        let view = self.view()?;
        let narrative = narrative::read(story);
        let read = concepts::read(self, &view.searcher, story, &narrative)
            .map_err(|error| self.engine_error(error))?;
        let fields = self.index().fields();
        Ok(PatientQuery {
            age_filter: narrative
                .age
                .as_ref()
                .and_then(|age| filters::age(fields, age)),
            sex_filter: narrative
                .sex
                .as_ref()
                .and_then(|sex| filters::sex(fields, sex)),
            age: narrative.age,
            sex: narrative.sex,
            concepts: read.concepts,
            left_out: read.left_out,
        })
    }
}
