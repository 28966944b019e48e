//! A trial: the study, where it came from, and what its source could not say clearly.

use serde::{Deserialize, Serialize};

use crate::trial::{PartialDate, Study, TrialId};

/// The formats that records come in, from the poorest to the richest (the order decides between
/// two versions of one trial of the same date).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceFormat {
    /// A line of a search result, with little more than a title and a status.
    SearchResult,
    /// A page of ClinicalTrials.Veeva.
    VeevaPage,
    /// A digest page.
    DigestPage,
    /// A page of the classic ClinicalTrials.gov.
    ClassicPage,
    /// A legacy ClinicalTrials.gov XML record.
    CtgovXml,
    /// A ClinicalTrials.gov API v2 study.
    ApiJson,
}

impl SourceFormat {
    /// The name that reports and the index use.
    pub fn name(self) -> &'static str {
        match self {
            SourceFormat::SearchResult => "search-result",
            SourceFormat::VeevaPage => "veeva-page",
            SourceFormat::DigestPage => "digest-page",
            SourceFormat::ClassicPage => "classic-page",
            SourceFormat::CtgovXml => "ctgov-xml",
            SourceFormat::ApiJson => "api-json",
        }
    }

    /// The words that a reader is shown.
    pub fn label(self) -> &'static str {
        match self {
            SourceFormat::SearchResult => "ClinicalTrials.gov search result",
            SourceFormat::VeevaPage => "ClinicalTrials.Veeva page",
            SourceFormat::DigestPage => "digest page",
            SourceFormat::ClassicPage => "classic ClinicalTrials.gov page",
            SourceFormat::CtgovXml => "ClinicalTrials.gov XML",
            SourceFormat::ApiJson => "ClinicalTrials.gov API v2",
        }
    }

    /// All formats, poorest first.
    pub const ALL: [SourceFormat; 6] = [
        SourceFormat::SearchResult,
        SourceFormat::VeevaPage,
        SourceFormat::DigestPage,
        SourceFormat::ClassicPage,
        SourceFormat::CtgovXml,
        SourceFormat::ApiJson,
    ];
}

/// Where a record came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Provenance {
    /// File, archive member and place in it, for people.
    pub file: String,
    /// What it was written in.
    pub format: SourceFormat,
    /// The day of the snapshot that it belongs to (`versionHolder`, XML `download_date`), ISO.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub snapshot: Option<String>,
    /// The day that it was read, ISO.
    pub read: String,
}

/// Something that a source said in words that are not known.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Note {
    /// The data element.
    pub element: &'static str,
    /// The spelling as it came.
    pub spelling: String,
}

/// One record of one trial from one source.
#[derive(Clone, Debug)]
pub struct Trial {
    /// What names it.
    pub id: TrialId,
    /// What it says.
    pub study: Study,
    /// The JSON text of the study: the bytes that came in for an API record, written by us for others.
    pub json: Vec<u8>,
    /// Where it came from.
    pub provenance: Provenance,
    /// Spellings that no vocabulary knows.
    pub notes: Vec<Note>,
}

impl Study {
    /// The date of the last update (posted, else submitted), if the record states one.
    pub fn last_update(&self) -> Option<PartialDate> {
        let status = &self.protocol_section.status_module;
        [
            &status.last_update_post_date_struct.date,
            &status.last_update_submit_date,
        ]
        .into_iter()
        .flatten()
        .find_map(|date| PartialDate::parse(date))
    }
}
