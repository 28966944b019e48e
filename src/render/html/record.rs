//! One trial in full as the sections of a page, in reading order.

use askama::Template;
use jiff::civil::Date;

use crate::index::StoredTrial;
use crate::render::eligibility::ages;
use crate::render::html::card::{Badge, status_badge};
use crate::render::html::criteria::criteria_lists;
use crate::render::html::escape::Html;
use crate::render::html::history::history;
use crate::render::html::piece::{Block, Fields, Line, Section, section};
use crate::render::html::prose::{mark, prose};
use crate::render::html::{people, plan, results};
use crate::render::source::{attribution, source_in_words, url};
use crate::render::status::{date_in_words, dated, phase_in_words};
use crate::render::trial::{adds, value};
use crate::schema::Element;
use crate::search::{HitStatus, Marker};
use crate::trial::vocabulary::Vocabulary;
use crate::trial::{EligibilityModule, Study};

/// How a trial is shown.
#[derive(Clone, Copy)]
pub struct RecordView<'v> {
    /// Labels of canonical values.
    pub vocabulary: &'v Vocabulary,
    /// The day that a status is judged on.
    pub today: Date,
    /// The words that were searched, if any.
    pub marker: Option<&'v Marker<'v>>,
    /// The address of the whole record, for what is too long for a page.
    pub whole: &'v str,
}

/// A trial in full, ready to be shown.
#[derive(Template)]
#[template(path = "record.html")]
pub struct Record {
    /// The trial's own id.
    pub id: String,
    /// Its title, marked.
    pub title: Html,
    /// Its title as plain text.
    pub plain_title: String,
    official_title: Html,
    badges: Vec<Badge>,
    why_stopped: Html,
    sections: Vec<Section>,
    attribution: String,
}

/// A trial as it is shown: the record that won, and marked as such what other records add.
pub fn record(trial: &StoredTrial, view: &RecordView<'_>) -> Record {
    let study = &trial.study;
    let protocol = &study.protocol_section;
    let identification = &protocol.identification_module;
    let status = HitStatus::of(study, view.today);
    let brief = identification.brief_title.as_deref();
    let official = identification.official_title.as_deref();
    let title = brief.or(official).unwrap_or("(no title)");
    let design = &protocol.design_module;
    let phase = phase_in_words(
        &design.phases,
        design.study_type.as_deref(),
        view.vocabulary,
    );
    let mut sections = Vec::new();
    overview(&mut sections, trial, view);
    let description = &protocol.description_module;
    let texts = [
        (
            "summary",
            "Summary",
            &description.brief_summary,
            Element::BriefSummary,
        ),
        (
            "description",
            "Description",
            &description.detailed_description,
            Element::DetailedDescription,
        ),
    ];
    for (id, heading, text, element) in texts {
        if let Some(text) = text {
            let lines = prose(view.marker, text, element);
            section(&mut sections, id, heading, vec![Block::Lines(lines)]);
        }
    }
    plan::arms(&mut sections, &protocol.arms_interventions_module, view);
    plan::outcomes(&mut sections, &protocol.outcomes_module, view);
    eligibility(&mut sections, &protocol.eligibility_module, view);
    if let Some(found) = trial
        .results()
        .and_then(|json| serde_json::from_slice(&json).ok())
    {
        results::results(&mut sections, &found, view.whole);
    }
    people::people(&mut sections, protocol, view);
    people::sites(&mut sections, &protocol.contacts_locations_module, view);
    references(&mut sections, study);
    more(&mut sections, study);
    history(&mut sections, trial);
    sources(&mut sections, trial);
    Record {
        id: trial.id.to_string(),
        title: mark(view.marker, title, Element::BriefTitle),
        plain_title: title.to_owned(),
        official_title: match official.filter(|official| *official != title) {
            Some(official) => mark(view.marker, official, Element::OfficialTitle),
            None => Html::default(),
        },
        badges: vec![
            status_badge(&status, view.vocabulary),
            Badge::plain(&phase, "phase"),
        ],
        why_stopped: match &status.why_stopped {
            Some(why) => mark(view.marker, why, Element::WhyStopped),
            None => Html::default(),
        },
        sections,
        attribution: attribution(&trial.provenance),
    }
}

fn overview(sections: &mut Vec<Section>, trial: &StoredTrial, view: &RecordView<'_>) {
    let study = &trial.study;
    let protocol = &study.protocol_section;
    let status = &protocol.status_module;
    let words = view.marker;
    let marked = |texts: &[String], element: Element| -> Vec<Html> {
        let texts = texts.iter();
        texts.map(|text| mark(words, text, element)).collect()
    };
    let mut fields = Fields::default();
    let conditions = &protocol.conditions_module;
    fields.html(
        "Conditions",
        marked(&conditions.conditions, Element::Condition),
    );
    fields.html("Keywords", marked(&conditions.keywords, Element::Keyword));
    plan::design(&mut fields, &protocol.design_module, view);
    for (name, date) in [
        ("Start", &status.start_date_struct),
        ("Primary completion", &status.primary_completion_date_struct),
        ("Completion", &status.completion_date_struct),
    ] {
        fields.add_if(name, dated(date, view.vocabulary));
    }
    let posted = &status.study_first_post_date_struct.date;
    let updated = &status.last_update_post_date_struct.date;
    for (name, date) in [
        (
            "First posted",
            posted.as_ref().or(status.study_first_submit_date.as_ref()),
        ),
        (
            "Last updated",
            updated.as_ref().or(status.last_update_submit_date.as_ref()),
        ),
        ("Verified", status.status_verified_date.as_ref()),
    ] {
        fields.add_if(name, date.map(|date| date_in_words(date)));
    }
    fields.add(
        "Results",
        match (
            study.has_results,
            &status.results_first_post_date_struct.date,
        ) {
            (Some(true), Some(posted)) => format!("posted {}", date_in_words(posted)),
            (Some(true), None) => "posted".to_owned(),
            (Some(false), _) => "none posted".to_owned(),
            (None, _) => String::new(),
        },
    );
    let access = &status.expanded_access_info;
    if access.has_expanded_access == Some(true) {
        let id = access.nct_id.as_deref().unwrap_or("yes");
        fields.link("Expanded access", id, url(id));
    }
    let derived = &study.derived_section;
    let meshes = |module: &crate::trial::BrowseModule| -> Vec<String> {
        let terms = module.meshes.iter().filter_map(|mesh| mesh.term.clone());
        terms.collect()
    };
    let mut mesh = marked(
        &meshes(&derived.condition_browse_module),
        Element::ConditionMeshTerm,
    );
    mesh.extend(marked(
        &meshes(&derived.intervention_browse_module),
        Element::InterventionMeshTerm,
    ));
    fields.html("MeSH terms", mesh);
    ids(&mut fields, trial);
    section(
        sections,
        "overview",
        "Overview",
        vec![Block::Fields(fields.0)],
    );
}

/// The trial's ids, each with where its registry shows it.
fn ids(fields: &mut Fields, trial: &StoredTrial) {
    let own = trial.id.as_str();
    let identification = &trial.study.protocol_section.identification_module;
    fields.link("Registry", own, url(own));
    for alias in &identification.nct_id_aliases {
        if alias != own {
            fields.link("Earlier number", alias, url(alias));
        }
    }
    let sponsors_own = &identification.org_study_id_info;
    if let Some(id) = &sponsors_own.id {
        fields.link("Sponsor's own id", id, None);
    }
    for info in &identification.secondary_id_infos {
        let Some(id) = &info.id else { continue };
        let giver = info.domain.as_ref().or(info.kind.as_ref());
        let shown = giver.map_or_else(|| id.clone(), |giver| format!("{id} ({giver})"));
        fields.link("Other id", &shown, url(id));
    }
}

fn eligibility(sections: &mut Vec<Section>, module: &EligibilityModule, view: &RecordView<'_>) {
    if *module == EligibilityModule::default() {
        return;
    }
    let mut fields = Fields::default();
    fields.add("Ages", ages(module));
    fields.add_if("Sex", value(view.vocabulary, "sex", module.sex.as_ref()));
    fields.add_if("Sex in words", module.gender_description.as_deref());
    fields.add(
        "Healthy volunteers",
        match module.healthy_volunteers {
            Some(true) => "yes",
            Some(false) => "no",
            None => "",
        },
    );
    fields.add_if(
        "Sampling",
        value(
            view.vocabulary,
            "sampling_method",
            module.sampling_method.as_ref(),
        ),
    );
    let mut blocks = vec![Block::Fields(fields.0)];
    if let Some(population) = &module.study_population {
        let lines = prose(view.marker, population, Element::StudyPopulation);
        blocks.push(Block::Lists(vec![("Study population".to_owned(), lines)]));
    }
    if let Some(criteria) = &module.eligibility_criteria {
        blocks.push(Block::Lists(criteria_lists(criteria, view.marker)));
    }
    section(sections, "eligibility", "Eligibility", blocks);
}

fn references(sections: &mut Vec<Section>, study: &Study) {
    let module = &study.protocol_section.references_module;
    let mut lines = Vec::new();
    for reference in &module.references {
        let Some(citation) = reference.citation.as_ref().or(reference.pmid.as_ref()) else {
            continue;
        };
        let mut text = citation.clone();
        if let Some(pmid) = reference.pmid.as_ref().filter(|pmid| *pmid != citation) {
            text.push_str(&format!(" PMID {pmid}"));
        }
        if let Some(kind) = &reference.kind {
            text.push_str(&format!(" ({})", kind.to_lowercase()));
        }
        if !reference.retractions.is_empty() {
            text.push_str(" RETRACTED");
        }
        let pmid = reference.pmid.as_deref();
        let numbers = pmid.filter(|pmid| pmid.bytes().all(|byte| byte.is_ascii_digit()));
        lines.push(Line {
            address: numbers.map(|pmid| format!("https://pubmed.ncbi.nlm.nih.gov/{pmid}/")),
            ..Line::bullet(Html::text(&text))
        });
    }
    for link in &module.see_also_links {
        let label = link.label.as_ref().or(link.url.as_ref());
        let Some(label) = label else { continue };
        lines.push(Line {
            address: link.url.as_deref().and_then(outside),
            ..Line::bullet(Html::text(label))
        });
    }
    for data in &module.avail_ipds {
        let parts: Vec<&str> = [&data.kind, &data.id, &data.comment]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        lines.push(Line {
            address: data.url.as_deref().and_then(outside),
            ..Line::bullet(Html::text(&format!(
                "Data of participants: {}",
                parts.join(" ")
            )))
        });
    }
    let related = module.related_trials.iter().map(|trial| {
        let id = trial.nct_id.as_deref().unwrap_or_default();
        let title = trial.title.as_deref().unwrap_or_default();
        Line {
            address: url(id),
            ..Line::bullet(Html::text(format!("{id} {title}").trim()))
        }
    });
    let related: Vec<Line> = related.collect();
    let mut blocks = vec![Block::Lines(lines)];
    if !related.is_empty() {
        let heading = "Similar trials, as the saved page names them";
        blocks.push(Block::Lists(vec![(heading.to_owned(), related)]));
    }
    section(sections, "references", "References and links", blocks);
}

/// An address that a record names, if it is one of the web: a record may name anything.
fn outside(address: &str) -> Option<String> {
    let lower = address.trim().to_ascii_lowercase();
    let web = lower.starts_with("https://") || lower.starts_with("http://");
    web.then(|| address.trim().to_owned())
}

/// Sharing of data, oversight, documents.
fn more(sections: &mut Vec<Section>, study: &Study) {
    let sharing = &study.protocol_section.ipd_sharing_statement_module;
    let mut fields = Fields::default();
    fields.add_if("Plan to share data", sharing.ipd_sharing.as_deref());
    fields.add_if("In words", sharing.description.as_deref());
    fields.add("What is shared", sharing.info_types.join(", "));
    fields.add_if("When", sharing.time_frame.as_deref());
    fields.add_if("With whom", sharing.access_criteria.as_deref());
    if let Some(address) = &sharing.url {
        fields.link("Where", address, outside(address));
    }
    section(
        sections,
        "sharing",
        "Sharing of participants' data",
        vec![Block::Fields(fields.0)],
    );
    let oversight = &study.protocol_section.oversight_module;
    let mut fields = Fields::default();
    let yes_no = |said: Option<bool>| said.map(|said| if said { "yes" } else { "no" });
    for (name, said) in [
        ("Data monitoring committee", oversight.oversight_has_dmc),
        ("FDA-regulated drug", oversight.is_fda_regulated_drug),
        ("FDA-regulated device", oversight.is_fda_regulated_device),
        ("Unapproved device", oversight.is_unapproved_device),
        ("Exported from the U.S.", oversight.is_us_export),
    ] {
        fields.add_if(name, yes_no(said));
    }
    section(
        sections,
        "oversight",
        "Oversight",
        vec![Block::Fields(fields.0)],
    );
    let documents = study
        .document_section
        .large_document_module
        .large_docs
        .iter();
    let lines = documents.map(|document| {
        let parts: Vec<&str> = [&document.label, &document.date, &document.filename]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        Line::bullet(Html::text(&parts.join(", ")))
    });
    let lines = Block::Lines(lines.collect());
    section(sections, "documents", "Documents", vec![lines]);
}

fn sources(sections: &mut Vec<Section>, trial: &StoredTrial) {
    // Where the files lie is the business of who runs the server.
    let name = |file: &str| {
        let end = file.rsplit(['/', '\\']).next();
        end.unwrap_or(file).to_owned()
    };
    let mut fields = Fields::default();
    fields.add(
        "This record",
        format!(
            "{}: {}",
            source_in_words(&trial.provenance),
            name(&trial.provenance.file)
        ),
    );
    for addition in &trial.additions {
        let what = adds(addition, &trial.study);
        let updated = addition.updated.as_deref().map(date_in_words);
        let updated = updated.map_or_else(String::new, |day| format!(", updated {day}"));
        fields.add(
            "Another record",
            format!(
                "{}{updated}: {}. {what}",
                source_in_words(&addition.provenance),
                name(&addition.provenance.file)
            ),
        );
    }
    section(
        sections,
        "sources",
        "Sources",
        vec![Block::Fields(fields.0)],
    );
}
