//! What a record says of its trial's status, seen on a day. One reading for hits and for whole records; its words are `render`'s.

use jiff::civil::Date;
use serde::Serialize;

use crate::schema::{is_open, is_stale};
use crate::trial::{PartialDate, Study};

/// A trial's status: a claim of a date.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HitStatus {
    /// The overall status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overall: Option<String>,
    /// For an unknown status, the last known one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_known: Option<String>,
    /// Why the study stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why_stopped: Option<String>,
    /// When it was verified, ISO.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified: Option<String>,
    /// Open, but not verified for two years, and past its primary completion or without one.
    pub not_verified_for_two_years: bool,
    /// When the record was last updated, ISO.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated: Option<String>,
    /// Start, ISO.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// Primary completion, ISO.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_completion: Option<String>,
    /// Completion, ISO.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion: Option<String>,
    /// Whether results are posted, if the record says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_results: Option<bool>,
}

impl HitStatus {
    /// What a study says of its status, seen on a day.
    pub fn of(study: &Study, today: Date) -> HitStatus {
        let status = &study.protocol_section.status_module;
        let primary_completion = &status.primary_completion_date_struct.date;
        let checked = status
            .status_verified_date
            .as_deref()
            .and_then(PartialDate::parse);
        let checked = checked.or_else(|| study.last_update());
        HitStatus {
            overall: status.overall_status.clone(),
            last_known: status.last_known_status.clone(),
            why_stopped: status.why_stopped.clone(),
            verified: status.status_verified_date.clone(),
            not_verified_for_two_years: is_stale(
                status.overall_status.as_deref().is_some_and(is_open),
                checked.map(PartialDate::last_days),
                primary_completion
                    .as_deref()
                    .and_then(PartialDate::parse)
                    .map(PartialDate::last_days),
                today,
            ) == Some(true),
            updated: study.last_update().map(|date| date.to_string()),
            start: status.start_date_struct.date.clone(),
            primary_completion: primary_completion.clone(),
            completion: status.completion_date_struct.date.clone(),
            has_results: study.has_results,
        }
    }
}
