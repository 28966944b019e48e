//! Legacy ClinicalTrials.gov XML: one `<clinical_study>` becomes one study in the shape of the API v2.
//!
//! Each file beside this one takes the elements of some modules; an element that none of them takes is noted, so that nothing
//! is dropped in silence. What the API has no place for is listed in [`WITHOUT_COUNTERPART`].
//!
//! It must not guess: a value that the record does not state stays absent (sites have no coordinates, references are never
//! `DERIVED`, outcomes no safety issue), except for what the API derives by rule (standard ages, names of interventions of arms).

mod design;
mod documents;
mod json;
pub(crate) mod legacy_text;
mod people;
mod protocol;
mod results;
mod search_result;
mod tree;

#[cfg(test)]
mod tests;

use crate::source::reading::Reading;
use crate::source::{Parsed, ReadError};
use crate::trial::vocabulary::Vocabulary;
use crate::trial::{PartialDate, SourceFormat, Study};

use tree::{Element, Tree};

/// Elements directly under `<clinical_study>` that the API v2 has no place for, or that follow from others there:
/// counts of arms, countries of the sites, dates of quality control of updates, and rules and bodies of former times.
const WITHOUT_COUNTERPART: [&str; 6] = [
    "is_fda_regulated",
    "is_section_801",
    "last_update_submitted_qc",
    "location_countries",
    "number_of_arms",
    "number_of_groups",
];

/// Reads one record: UTF-8 with or without a byte order mark and prolog, one `<clinical_study>`, in full or as a search
/// result shows it.
pub(crate) fn read(bytes: &[u8], vocabulary: &Vocabulary) -> Result<Parsed, ReadError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let place = error.valid_up_to();
        ReadError::Xml(format!("not UTF-8 (at byte {place})"))
    })?;
    let tree = Tree::parse(text.strip_prefix('\u{feff}').unwrap_or(text))?;
    let root = tree.root();
    if root.name() != "clinical_study" {
        return Err(ReadError::NotATrial(format!(
            "the root element is `<{}>`, not `<clinical_study>`",
            root.name()
        )));
    }
    let mut reading = Reading::new(vocabulary);
    let mut study = Study::default();
    let mut snapshot = None;
    let format = if root.child("id_info").is_none() && root.child("nct_id").is_some() {
        search_result::read(root, &mut study, &mut reading);
        SourceFormat::SearchResult
    } else {
        snapshot = record(root, &mut study, &mut reading);
        SourceFormat::CtgovXml
    };
    let identification = &study.protocol_section.identification_module;
    if identification.nct_id.is_none()
        && identification.nct_id_aliases.is_empty()
        && identification.org_study_id_info.id.is_none()
        && identification.secondary_id_infos.is_empty()
    {
        return Err(ReadError::NoId(SourceFormat::CtgovXml));
    }
    Ok(Parsed {
        study,
        format,
        snapshot,
        notes: reading.notes,
    })
}

/// Fills the study from a full record and gives back the day that it was downloaded.
fn record(root: Element, study: &mut Study, reading: &mut Reading) -> Option<String> {
    let mut snapshot = None;
    study.has_results = Some(root.child("clinical_results").is_some());
    for element in root.children() {
        let taken = protocol::take(element, study, reading)
            || design::take(element, study, reading)
            || people::take(element, study, reading)
            || documents::take(element, study, reading);
        match element.name() {
            _ if taken => {}
            "required_header" => snapshot = downloaded(element, reading),
            "clinical_results" => study.results_section = results::read(element, reading),
            name if WITHOUT_COUNTERPART.contains(&name) => {}
            name => reading.note(UNKNOWN_ELEMENT, name),
        }
    }
    protocol::complete(study);
    design::complete(study);
    people::complete(study);
    documents::complete(root, study, reading);
    snapshot
}

/// What the names of elements are noted under that are not known.
const UNKNOWN_ELEMENT: &str = "xml_element";

/// The day of the snapshot, from the sentence that ends with it (`... processed this data on June 09, 2023`).
fn downloaded(header: Element, reading: &mut Reading) -> Option<String> {
    let sentence = header.child_line("download_date")?;
    let date = sentence
        .rsplit_once(" on ")
        .map_or(sentence.as_str(), |(_, date)| date);
    match PartialDate::parse(date.trim_end_matches('.')) {
        Some(date) => Some(date.to_string()),
        None => {
            reading.note("download_date", &sentence);
            None
        }
    }
}

/// Sets a value unless the record already gave one under a newer element's name.
fn fill<T>(slot: &mut Option<T>, value: Option<T>) {
    if slot.is_none() {
        *slot = value;
    }
}
