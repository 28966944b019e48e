//! References, links, related trials and ids of the digest layout.
//!
//! Must not take the page's own trial for a related one.

use super::shared;
use super::text::{after_label, join_labels, said, stated};
use crate::source::reading::Reading;
use crate::trial::{Reference, RelatedTrial, SecondaryIdInfo, SeeAlsoLink, Study};

/// A citation, its PubMed id, its type.
pub(super) fn publications(lines: &[&str], reading: &mut Reading) -> Vec<Reference> {
    let mut publications: Vec<Reference> = Vec::new();
    for line in join_labels(lines, &["reference type", "pmid", "pubmed id"]) {
        let pmid = after_label(&line, "pmid").or_else(|| after_label(&line, "pubmed id"));
        let kind = after_label(&line, "reference type");
        match (publications.last_mut(), pmid, kind) {
            (Some(publication), Some(pmid), _) => publication.pmid = stated(pmid),
            (Some(publication), None, Some(kind)) => {
                publication.kind =
                    stated(kind).and_then(|kind| reading.value("reference_type", &kind));
            }
            (_, None, None) => publications.push(Reference {
                citation: Some(line),
                ..Reference::default()
            }),
            _ => {}
        }
    }
    publications
}

/// A label, then its address.
pub(super) fn links(lines: &[&str]) -> Vec<SeeAlsoLink> {
    let mut links: Vec<SeeAlsoLink> = Vec::new();
    let mut label = None;
    for line in said(lines) {
        if line.starts_with("http") {
            links.push(SeeAlsoLink {
                label: label.take(),
                url: Some(line.to_owned()),
            });
        } else {
            label = stated(line);
        }
    }
    links
}

/// A title, then the NCT number; what else the page prints of the trial is not kept.
pub(super) fn related(lines: &[&str], reading: &mut Reading, study: &mut Study) {
    let own = &study.protocol_section.identification_module.nct_id;
    let related = &mut study.protocol_section.references_module.related_trials;
    let mut title = None;
    for line in said(lines) {
        if let Some(id) = shared::nct_id(line).filter(|id| line.len() < id.len() + 20) {
            let known = |trial: &RelatedTrial| trial.nct_id.as_ref() == Some(&id);
            if own.as_ref() != Some(&id) && !related.iter().any(known) {
                related.push(RelatedTrial {
                    nct_id: Some(id),
                    title: title.take(),
                });
            }
        } else if !reading.knows("status", line) && !reading.knows("phase", line) {
            title = stated(line);
        }
    }
}

/// An id, its type, its source.
pub(super) fn identifiers(lines: &[&str], reading: &mut Reading, study: &mut Study) {
    let module = &mut study.protocol_section.identification_module;
    let mut current: Option<SecondaryIdInfo> = None;
    for line in join_labels(
        lines,
        &[
            "identifier type",
            "identifier source",
            "identifier domain",
            "identifier link",
        ],
    ) {
        if let Some(kind) = after_label(&line, "identifier type") {
            if let Some(id) = &mut current {
                id.kind = stated(kind).and_then(|kind| reading.value("secondary_id_type", &kind));
            }
        } else if let Some(domain) = after_label(&line, "identifier domain") {
            if let Some(id) = &mut current {
                id.domain = stated(domain);
            }
        } else if let Some(link) = after_label(&line, "identifier link") {
            if let Some(id) = &mut current {
                id.link = stated(link);
            }
        } else if let Some(source) = after_label(&line, "identifier source") {
            let Some(id) = current.take() else { continue };
            match source.to_lowercase().as_str() {
                "org_study_id" => {
                    module.org_study_id_info.id = id.id;
                    module.org_study_id_info.kind = id.kind;
                    module.org_study_id_info.link = id.link;
                }
                "nct_alias" => module.nct_id_aliases.extend(id.id),
                "secondary_id" => module.secondary_id_infos.push(id),
                other => {
                    reading.note("identifier_source", other);
                    module.secondary_id_infos.push(id);
                }
            }
        } else {
            module.secondary_id_infos.extend(current.take());
            current = stated(&line).map(|id| SecondaryIdInfo {
                id: Some(id),
                ..SecondaryIdInfo::default()
            });
        }
    }
    module.secondary_id_infos.extend(current);
}
