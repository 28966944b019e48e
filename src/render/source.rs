//! Where what is shown comes from, as the registries ask those who show it to say.

use crate::render::status::date_in_words;
use crate::trial::{Provenance, Registry, SourceFormat, TrialId};

/// Where the registry shows a trial.
pub(crate) fn url(id: &str) -> Option<String> {
    let id = TrialId::parse(id)?;
    match id.registry() {
        Registry::ClinicalTrialsGov => Some(format!("https://clinicaltrials.gov/study/{id}")),
        Registry::Isrctn => Some(format!("https://www.isrctn.com/{id}")),
        Registry::EudraCt => Some(format!(
            "https://www.clinicaltrialsregister.eu/ctr-search/search?query={id}"
        )),
        Registry::Ctis => Some(format!("https://euclinicaltrials.eu/ctis-public/view/{id}")),
        Registry::Utn => None,
    }
}

/// The source of one record, with the dates that say how fresh it is.
pub(crate) fn source_in_words(source: &Provenance) -> String {
    match &source.snapshot {
        Some(snapshot) => format!(
            "{}, snapshot of {}",
            source.format.label(),
            date_in_words(snapshot)
        ),
        None => format!("{}, read {}", source.format.label(), source.read),
    }
}

/// Who is to be named for a record of a format.
pub(crate) fn owner(format: SourceFormat) -> &'static str {
    match format {
        SourceFormat::ApiJson
        | SourceFormat::CtgovXml
        | SourceFormat::ClassicPage
        | SourceFormat::SearchResult => "ClinicalTrials.gov (U.S. National Library of Medicine)",
        SourceFormat::VeevaPage => "ClinicalTrials.Veeva, after ClinicalTrials.gov",
        SourceFormat::DigestPage => "a digest page, after ClinicalTrials.gov",
    }
}

/// The line under an answer: whose data, of which day, and that they were rearranged here.
pub(crate) fn attribution(source: &Provenance) -> String {
    let day = match &source.snapshot {
        Some(snapshot) => format!("processed {}", date_in_words(snapshot)),
        None => format!("read {}", source.read),
    };
    format!(
        "Data: {}, {day}; arranged by trialfind. The registry's own page may have changed since.",
        owner(source.format)
    )
}
