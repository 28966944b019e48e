//! References, links, shared data, documents, MeSH terms, and the history of results that are not posted yet.
//!
//! It must not fetch anything, and it must not decide which MeSH terms are meant well: the registry warns that they are
//! assigned with an imperfect algorithm.

use serde_json::value::RawValue;

use super::UNKNOWN_ELEMENT;
use super::json::Json;
use super::tree::Element;
use crate::source::reading::Reading;
use crate::trial::{
    AvailIpd, BrowseModule, IpdSharingStatementModule, LargeDoc, Mesh, Reference, SeeAlsoLink,
    Study,
};

/// Takes the element if it belongs to these modules.
pub(super) fn take(element: Element, study: &mut Study, reading: &mut Reading) -> bool {
    let derived = &mut study.derived_section;
    let protocol = &mut study.protocol_section;
    let references = &mut protocol.references_module;
    match element.name() {
        "reference" => references
            .references
            .push(reference(element, "BACKGROUND", reading)),
        "results_reference" => references
            .references
            .push(reference(element, "RESULT", reading)),
        "link" => references.see_also_links.push(link(element, reading)),
        "study_docs" => {
            let documents = element.all("study_doc");
            references
                .avail_ipds
                .extend(documents.map(|document| shared_data(document, reading)));
        }
        "patient_data" => sharing(element, &mut protocol.ipd_sharing_statement_module, reading),
        "provided_document_section" => {
            let documents = element.all("provided_document");
            let module = &mut study.document_section.large_document_module;
            module
                .large_docs
                .extend(documents.map(|document| large_document(document, reading)));
        }
        "condition_browse" => terms(element, &mut derived.condition_browse_module),
        "intervention_browse" => terms(element, &mut derived.intervention_browse_module),
        "pending_results" => {}
        _ => return false,
    }
    true
}

/// Submissions of results that are not posted yet, as the annotation that the API has for them.
pub(super) fn complete(root: Element, study: &mut Study, reading: &mut Reading) {
    let Some(pending) = root.child("pending_results") else {
        return;
    };
    study.annotation_section = annotation(pending, reading);
}

fn reference(element: Element, kind: &str, reading: &mut Reading) -> Reference {
    let mut reference = Reference {
        kind: Some(kind.to_owned()),
        ..Reference::default()
    };
    for child in element.children() {
        match child.name() {
            "citation" => reference.citation = child.line(),
            "PMID" => reference.pmid = child.line(),
            name => reading.note(UNKNOWN_ELEMENT, name),
        }
    }
    reference
}

fn link(element: Element, reading: &mut Reading) -> SeeAlsoLink {
    let mut link = SeeAlsoLink::default();
    for child in element.children() {
        match child.name() {
            "url" => link.url = child.line(),
            "description" => link.label = child.line(),
            name => reading.note(UNKNOWN_ELEMENT, name),
        }
    }
    link
}

fn shared_data(element: Element, reading: &mut Reading) -> AvailIpd {
    let mut document = AvailIpd::default();
    for child in element.children() {
        match child.name() {
            "doc_id" => document.id = child.line(),
            "doc_type" => document.kind = child.line(),
            "doc_url" => document.url = child.line(),
            "doc_comment" => document.comment = child.lines(),
            name => reading.note(UNKNOWN_ELEMENT, name),
        }
    }
    document
}

fn sharing(element: Element, module: &mut IpdSharingStatementModule, reading: &mut Reading) {
    for child in element.children() {
        match child.name() {
            "sharing_ipd" => module.ipd_sharing = reading.value("ipd_sharing", child.raw()),
            "ipd_description" => module.description = child.lines(),
            "ipd_info_type" => module
                .info_types
                .extend(reading.value("ipd_info_type", child.raw())),
            "ipd_time_frame" => module.time_frame = child.lines(),
            "ipd_access_criteria" => module.access_criteria = child.lines(),
            "ipd_url" => module.url = child.line(),
            name => reading.note(UNKNOWN_ELEMENT, name),
        }
    }
}

fn large_document(element: Element, reading: &mut Reading) -> LargeDoc {
    let mut document = LargeDoc::default();
    for child in element.children() {
        let text = child.raw();
        match child.name() {
            "document_type" => document.label = child.line(),
            "document_has_protocol" => document.has_protocol = reading.yes_no(text),
            "document_has_sap" => document.has_sap = reading.yes_no(text),
            "document_has_icf" => document.has_icf = reading.yes_no(text),
            "document_date" => document.date = reading.date("document_date", text),
            "document_url" => {
                document.filename = child
                    .line()
                    .and_then(|url| Some(url.rsplit('/').next()?.to_owned()))
                    .filter(|name| !name.is_empty());
            }
            name => reading.note(UNKNOWN_ELEMENT, name),
        }
    }
    let parts = [
        (document.has_protocol, "Prot"),
        (document.has_sap, "SAP"),
        (document.has_icf, "ICF"),
    ];
    let parts: Vec<&str> = parts
        .into_iter()
        .filter_map(|(has, part)| has?.then_some(part))
        .collect();
    document.type_abbrev = Some(parts.join("_")).filter(|abbreviation| !abbreviation.is_empty());
    document
}

/// The terms of a `<condition_browse>` or `<intervention_browse>`. All are terms that the registry's algorithm found, none
/// is listed only because it stands above another in the MeSH tree: compared with the API's records of the same studies, whole chains
/// of ancestors are never there, and a term that is another's ancestor (`Diabetes Mellitus` beside `Diabetes Mellitus, Type 1`)
/// was found by itself. So ancestors stay absent.
fn terms(element: Element, module: &mut BrowseModule) {
    module
        .meshes
        .extend(element.all("mesh_term").filter_map(|term| {
            Some(Mesh {
                id: None,
                term: Some(term.line()?),
            })
        }));
}

/// `submitted`, `returned` and `submission_canceled` in the API's words: release, reset, unrelease.
fn annotation(pending: Element, reading: &mut Reading) -> Option<Box<RawValue>> {
    let mut json = Json::default();
    json.object("annotationModule", |json| {
        json.object("unpostedAnnotation", |json| {
            json.array("unpostedEvents", |json| {
                for event in pending.children() {
                    let kind = match event.name() {
                        "submitted" => "RELEASE",
                        "returned" => "RESET",
                        "submission_canceled" => "UNRELEASE",
                        name => {
                            reading.note(UNKNOWN_ELEMENT, name);
                            continue;
                        }
                    };
                    json.item(|json| {
                        json.text("type", Some(kind));
                        if event.raw().trim().eq_ignore_ascii_case("unknown") {
                            json.flag("dateUnknown", Some(true));
                        } else {
                            json.text("date", reading.date("pending_results", event.raw()));
                        }
                    });
                }
            });
        });
    });
    json.finish()
}
