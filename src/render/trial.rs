//! One trial in full, in reading order.

use jiff::civil::Date;

use crate::index::StoredTrial;
use crate::render::document::{Document, Tone, piece};
use crate::render::prose::prose;
use crate::render::source::{attribution, source_in_words, url};
use crate::render::status::{date_in_words, dated, label, phase_in_words, status_piece};
use crate::render::{Look, design, eligibility, people};
use crate::search::HitStatus;
use crate::trial::vocabulary::Vocabulary;
use crate::trial::{
    Addition, DocumentSection, IdentificationModule, ReferencesModule, StatusModule, Study,
};

/// What of a trial is shown, and how.
#[derive(Clone, Copy, Debug)]
pub struct TrialView<'v> {
    /// Labels of canonical values.
    pub vocabulary: &'v Vocabulary,
    /// Width and colours.
    pub look: Look,
    /// The day that a status is judged on.
    pub today: Date,
    /// Sites that are named; the rest is counted.
    pub sites: usize,
}

/// The whole trial as text: the record that won, and marked as such what other records add.
pub fn trial_text(trial: &StoredTrial, view: &TrialView<'_>) -> String {
    let mut document = Document::new(view.look);
    let study = &trial.study;
    let protocol = &study.protocol_section;
    head(&mut document, trial, view);
    let description = &protocol.description_module;
    let paragraphs = [
        ("Summary", &description.brief_summary),
        ("Description", &description.detailed_description),
    ];
    for (heading, text) in paragraphs {
        if let Some(text) = text {
            document.heading(heading);
            prose(&mut document, 0, text);
        }
    }
    design::arms(
        &mut document,
        &protocol.arms_interventions_module,
        view.vocabulary,
    );
    design::outcomes(&mut document, &protocol.outcomes_module);
    eligibility::eligibility(&mut document, &protocol.eligibility_module, view.vocabulary);
    people::sponsors(
        &mut document,
        &protocol.sponsor_collaborators_module,
        view.vocabulary,
    );
    people::people(
        &mut document,
        &protocol.contacts_locations_module,
        view.vocabulary,
    );
    people::sites(
        &mut document,
        &protocol.contacts_locations_module,
        view.vocabulary,
        view.sites,
    );
    references(&mut document, &protocol.references_module);
    documents(&mut document, &study.document_section);
    sources(&mut document, trial);
    document.finish()
}

fn head(document: &mut Document, trial: &StoredTrial, view: &TrialView<'_>) {
    let study = &trial.study;
    let protocol = &study.protocol_section;
    let identification = &protocol.identification_module;
    let mut title = vec![
        piece(Tone::Label, trial.id.as_str()),
        piece(Tone::Plain, "  "),
    ];
    let shown = identification
        .brief_title
        .as_ref()
        .or(identification.official_title.as_ref());
    title.push(piece(
        Tone::Strong,
        shown.map_or("(no title)", String::as_str),
    ));
    document.line(0, 2, &title);
    document.gap();
    if shown != identification.official_title.as_ref() {
        document.field(
            "Official title",
            identification.official_title.as_deref().unwrap_or_default(),
        );
    }
    document.field(
        "Acronym",
        identification.acronym.as_deref().unwrap_or_default(),
    );
    ids(document, identification, trial.id.as_str());
    let status = HitStatus::of(study, view.today);
    document.labelled("Status", &[status_piece(&status, view.vocabulary)]);
    document.field(
        "Why stopped",
        status.why_stopped.as_deref().unwrap_or_default(),
    );
    dates(document, &protocol.status_module, view.vocabulary);
    design::design(document, &protocol.design_module, view.vocabulary);
    let design = &protocol.design_module;
    let study_type = design.study_type.as_deref();
    if !design.phases.is_empty() || study_type.is_none_or(|kind| kind == "INTERVENTIONAL") {
        let phase = phase_in_words(&design.phases, study_type, view.vocabulary);
        document.field("Phase", phase.trim_start_matches("phase "));
    }
    document.field(
        "Conditions",
        protocol.conditions_module.conditions.join("; "),
    );
    document.field("Keywords", protocol.conditions_module.keywords.join("; "));
    mesh(document, study);
    document.field("Results", results(study));
    document.field("Registry page", url(trial.id.as_str()).unwrap_or_default());
}

fn ids(document: &mut Document, identification: &IdentificationModule, own: &str) {
    let mut ids: Vec<String> = Vec::new();
    if let Some(id) = &identification.org_study_id_info.id {
        ids.push(format!("{id} (sponsor's own)"));
    }
    for info in &identification.secondary_id_infos {
        let Some(id) = &info.id else { continue };
        match info.domain.as_ref().or(info.kind.as_ref()) {
            Some(giver) => ids.push(format!("{id} ({giver})")),
            None => ids.push(id.clone()),
        }
    }
    let aliases = identification
        .nct_id_aliases
        .iter()
        .filter(|alias| *alias != own);
    ids.extend(aliases.map(|alias| format!("{alias} (earlier number)")));
    document.field("Other ids", ids.join("; "));
}

fn dates(document: &mut Document, status: &StatusModule, vocabulary: &Vocabulary) {
    let mut dates = Vec::new();
    let mut add = |name: &str, text: Option<String>| {
        if let Some(text) = text {
            dates.push(format!("{name} {text}"));
        }
    };
    add("start", dated(&status.start_date_struct, vocabulary));
    add(
        "primary completion",
        dated(&status.primary_completion_date_struct, vocabulary),
    );
    add(
        "completion",
        dated(&status.completion_date_struct, vocabulary),
    );
    document.field("Dates", dates.join("; "));
    let mut record = Vec::new();
    let mut add = |name: &str, text: Option<&String>| {
        if let Some(text) = text {
            record.push(format!("{name} {}", date_in_words(text)));
        }
    };
    let posted = &status.study_first_post_date_struct.date;
    add(
        "first posted",
        posted.as_ref().or(status.study_first_submit_date.as_ref()),
    );
    let updated = &status.last_update_post_date_struct.date;
    add(
        "last updated",
        updated.as_ref().or(status.last_update_submit_date.as_ref()),
    );
    add("verified", status.status_verified_date.as_ref());
    document.field("Record", record.join("; "));
}

fn mesh(document: &mut Document, study: &Study) {
    let derived = &study.derived_section;
    let modules = [
        &derived.condition_browse_module,
        &derived.intervention_browse_module,
    ];
    let terms: Vec<&str> = modules
        .into_iter()
        .flat_map(|module| &module.meshes)
        .filter_map(|mesh| mesh.term.as_deref())
        .collect();
    document.field("MeSH terms", terms.join("; "));
}

fn results(study: &Study) -> String {
    let posted = &study
        .protocol_section
        .status_module
        .results_first_post_date_struct
        .date;
    match (study.has_results, posted) {
        (Some(true), Some(posted)) => format!(
            "posted {} (whole in `--format json`)",
            date_in_words(posted)
        ),
        (Some(true), None) => "posted (whole in `--format json`)".to_owned(),
        (Some(false), _) => "none posted".to_owned(),
        (None, _) => String::new(),
    }
}

fn references(document: &mut Document, module: &ReferencesModule) {
    let mut lines = Vec::new();
    for reference in &module.references {
        let Some(citation) = reference.citation.as_ref().or(reference.pmid.as_ref()) else {
            continue;
        };
        let mut line = citation.clone();
        if let Some(pmid) = reference.pmid.as_ref().filter(|pmid| *pmid != citation) {
            line.push_str(&format!(" PMID {pmid}"));
        }
        if let Some(kind) = &reference.kind {
            line.push_str(&format!(" ({})", kind.to_lowercase()));
        }
        if !reference.retractions.is_empty() {
            line.push_str(" RETRACTED");
        }
        lines.push(line);
    }
    for link in &module.see_also_links {
        let parts: Vec<&str> = [&link.label, &link.url]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        lines.push(parts.join(" "));
    }
    for data in &module.avail_ipds {
        let parts: Vec<&str> = [&data.kind, &data.id, &data.url, &data.comment]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        lines.push(format!("data of participants: {}", parts.join(" ")));
    }
    list(document, "References and links", &lines);
    let related: Vec<String> = module
        .related_trials
        .iter()
        .map(|trial| {
            let id = trial.nct_id.as_deref().unwrap_or_default();
            format!("{id} {}", trial.title.as_deref().unwrap_or_default())
        })
        .collect();
    list(
        document,
        "Similar trials, as the saved page names them",
        &related,
    );
}

fn documents(document: &mut Document, section: &DocumentSection) {
    let lines: Vec<String> = section
        .large_document_module
        .large_docs
        .iter()
        .map(|doc| {
            let parts: Vec<&str> = [&doc.label, &doc.date, &doc.filename]
                .into_iter()
                .flatten()
                .map(String::as_str)
                .collect();
            parts.join(", ")
        })
        .collect();
    list(document, "Documents", &lines);
}

fn list(document: &mut Document, heading: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    document.heading(heading);
    for line in lines {
        document.line(
            0,
            2,
            &[piece(Tone::Plain, "• "), piece(Tone::Plain, line.trim())],
        );
    }
}

fn sources(document: &mut Document, trial: &StoredTrial) {
    document.heading("Sources");
    document.field(
        "This record",
        format!(
            "{}: {}",
            source_in_words(&trial.provenance),
            trial.provenance.file
        ),
    );
    for addition in &trial.additions {
        let what = adds(addition, &trial.study);
        let updated = addition.updated.as_deref().map(date_in_words);
        let updated = updated.map_or_else(String::new, |day| format!(", updated {day}"));
        document.field(
            "Another record",
            format!(
                "{}{updated}: {}. {what}",
                source_in_words(&addition.provenance),
                addition.provenance.file
            ),
        );
    }
    document.gap();
    document.say(0, Tone::Faint, attribution(&trial.provenance));
}

/// The dates by which an addition is told from others: they are its own, and the record that is shown never takes them from it.
const UPDATE_DATES: [&str; 2] = ["lastUpdatePostDateStruct", "lastUpdateSubmitDate"];

/// What an addition brings, by the modules of its study that say something.
pub(crate) fn adds(addition: &Addition, shown: &Study) -> String {
    let named = serde_json::to_value(&addition.study).unwrap_or_default();
    let mut parts: Vec<String> = Vec::new();
    if addition.later_status {
        let status = &shown.protocol_section.status_module.overall_status;
        parts.push(format!(
            "the later status ({})",
            status.as_deref().unwrap_or("not stated")
        ));
    }
    let modules = named
        .get("protocolSection")
        .and_then(serde_json::Value::as_object);
    for (module, value) in modules.into_iter().flatten() {
        if module == "statusModule" && addition.later_status {
            continue;
        }
        let names = value
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name);
        let pieces: Vec<String> = names
            .filter(|name| !UPDATE_DATES.contains(&name.as_str()))
            .map(|name| spaced(name))
            .collect();
        if !pieces.is_empty() {
            parts.push(pieces.join(", "));
        }
    }
    for section in ["documentSection", "derivedSection"] {
        let section_value = named.get(section).and_then(serde_json::Value::as_object);
        if section_value.is_some_and(|value| !value.is_empty()) {
            parts.push(spaced(section));
        }
    }
    if parts.is_empty() {
        "Adds nothing that is shown.".to_owned()
    } else {
        format!("Adds: {}.", parts.join("; "))
    }
}

/// `briefSummary` as `brief summary`.
fn spaced(name: &str) -> String {
    let mut words = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            words.push(' ');
        }
        words.push(c.to_ascii_lowercase());
    }
    for (structure, plain) in [(" struct", ""), (" info", ""), (" module", "")] {
        words = words.replace(structure, plain);
    }
    words
}

/// The words for people of an optional canonical value.
pub(crate) fn value(
    vocabulary: &Vocabulary,
    element: &str,
    value: Option<&String>,
) -> Option<String> {
    value.map(|value| label(vocabulary, element, value))
}
