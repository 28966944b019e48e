//! The record: one clinical trial, shaped as a ClinicalTrials.gov API v2 study, and the words it is written in.
//!
//! This room knows no file format, no index and no screen.

mod age;
pub mod changes;
mod date;
pub mod eligibility;
mod id;
mod json_text;
mod lenient;
mod model;
mod record;
mod versions;
pub mod vocabulary;

pub(crate) use age::is_no_limit;
pub use age::{Age, AgeUnit, standard_ages};
pub use date::PartialDate;
pub(crate) use date::{day, days_of};
pub use id::{Registry, TrialId};
pub(crate) use json_text::{is_odd, member_of};
pub use model::*;
pub use record::{Note, Provenance, SourceFormat, Trial};
pub use versions::{Addition, Merged, Version, fill_from, merge};
