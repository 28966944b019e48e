//! The classic ClinicalTrials.gov layout: labels with values in table cells, with or without the section headings.
//!
//! The disclaimers and hints that all pages share are not content.

use super::classic_blocks::{Block, blocks};
use super::shared;
use super::text::{bare, markdown, stated};
use super::{classic_people, classic_tables};
use crate::source::reading::Reading;
use crate::trial::{DateStruct, Reference, Sponsor, Study};

/// Reads a classic page into a study.
pub(super) fn read(lines: &[String], reading: &mut Reading, study: &mut Study) {
    let blocks = blocks(lines);
    for block in &blocks {
        if !classic_tables::read(block, reading, study) {
            value(block, reading, study);
        }
    }
    classic_people::read(&blocks, reading, study);
}

/// `April 21, 2015 (Estimated)`, with the words of links behind it.
fn date(text: &str, kind: Option<&str>, reading: &mut Reading) -> DateStruct {
    let text = text.trim_end_matches("Key Record Dates").trim();
    match text.strip_suffix(')').and_then(|text| text.split_once('(')) {
        Some((date, kind)) => reading.date_struct("date", date, Some(kind)),
        None => reading.date_struct("date", text, kind),
    }
}

fn value(block: &Block, reading: &mut Reading, study: &mut Study) {
    let protocol = &mut study.protocol_section;
    let status = &mut protocol.status_module;
    let design = &mut protocol.design_module;
    let info = &mut design.design_info;
    let oversight = &mut protocol.oversight_module;
    let sharing = &mut protocol.ipd_sharing_statement_module;
    let first = block.first();
    let text = || markdown(&block.lines());
    let kind = ["actual", "estimated"]
        .into_iter()
        .find(|kind| block.label.starts_with(kind));
    match block.label {
        "" => {
            let title = block.lines().into_iter().map(bare).find(|line| {
                !line.is_empty() && !line.starts_with("![") && *line != "ClinicalTrials.gov"
            });
            protocol.identification_module.brief_title = title
                .filter(|title| !title.starts_with("The safety and scientific validity"))
                .map(str::to_owned);
        }
        "clinicaltrials.gov identifier" if protocol.identification_module.nct_id.is_none() => {
            protocol.identification_module.nct_id = shared::nct_id(first);
        }
        "recruitment status" | "expanded access status" if status.overall_status.is_none() => {
            // a stopped trial gives its reason in brackets
            let all = block.lines().join(" ");
            match all.strip_suffix(')').and_then(|text| text.split_once('(')) {
                Some((word, reason))
                    if !reading.knows("status", &all) && reading.knows("status", word) =>
                {
                    status.overall_status = reading.value("status", word);
                    status.why_stopped = Some(reason.trim().to_owned());
                }
                _ => status.overall_status = reading.value("status", first),
            }
        }
        "recruitment status was" => status.last_known_status = reading.value("status", first),
        "verified" | "last verified" if status.status_verified_date.is_none() => {
            let date = first.split(" by ").next().unwrap_or_default();
            status.status_verified_date = reading.date("date", date);
        }
        "first posted" => status.study_first_post_date_struct = date(first, None, reading),
        "results first posted" => {
            status.results_first_post_date_struct = date(first, None, reading);
            study.has_results = Some(true);
        }
        "last update posted" => status.last_update_post_date_struct = date(first, None, reading),
        "brief summary" => protocol.description_module.brief_summary = text(),
        "detailed description" => protocol.description_module.detailed_description = text(),
        "official title" => protocol.identification_module.official_title = text(),
        "study type" => {
            design.study_type = reading.value("study_type", first);
            if first.to_lowercase().contains("patient registry") {
                design.patient_registry = Some(true);
            }
        }
        "estimated enrollment" | "actual enrollment" | "enrollment" => {
            let count: String = first
                .chars()
                .take_while(|c| c.is_ascii_digit() || *c == ',')
                .collect();
            design.enrollment_info.count = count.replace(',', "").parse().ok();
            design.enrollment_info.kind = kind.and_then(|kind| reading.value("date_type", kind));
        }
        "allocation" => info.allocation = reading.value("allocation", first),
        "intervention model" => {
            info.intervention_model = reading.value("intervention_model", first);
        }
        "intervention model description" => info.intervention_model_description = text(),
        "observational model" => {
            info.observational_model = reading.value("observational_model", first);
        }
        "time perspective" => info.time_perspective = reading.value("time_perspective", first),
        "primary purpose" => info.primary_purpose = reading.value("primary_purpose", first),
        "masking description" => info.masking_info.masking_description = text(),
        "masking" => {
            // "Double (Participant, Investigator)", but also "None (Open Label)"
            let roles = first
                .strip_suffix(')')
                .and_then(|text| text.split_once('('));
            let roles = roles.filter(|(_, roles)| {
                roles
                    .split(',')
                    .all(|role| reading.knows("who_masked", role))
            });
            info.masking_info.masking =
                reading.value("masking", roles.map_or(first, |(masking, _)| masking));
            for role in roles.iter().flat_map(|(_, roles)| roles.split(',')) {
                info.masking_info
                    .who_masked
                    .extend(reading.value("who_masked", role));
            }
        }
        "target follow-up duration" => design.target_duration = text(),
        "biospecimen retention" => {
            design.bio_spec.retention = reading.value("bio_spec_retention", first);
        }
        "biospecimen description" => design.bio_spec.description = text(),
        "expanded access type" => {
            let words = first.to_lowercase();
            let types = &mut design.expanded_access_types;
            types.individual = words.contains("individual").then_some(true);
            types.intermediate = words.contains("intermediate").then_some(true);
            types.treatment = words.contains("treatment").then_some(true);
        }
        label if label.ends_with("start date") => {
            status.start_date_struct = date(first, kind, reading);
        }
        label if label.ends_with("primary completion date") => {
            status.primary_completion_date_struct = date(first, kind, reading);
        }
        label if label.ends_with("completion date") => {
            status.completion_date_struct = date(first, kind, reading);
        }
        "other study id numbers" => {
            let identification = &mut protocol.identification_module;
            for line in block.lines() {
                let id = shared::secondary_id(reading, line);
                if identification.org_study_id_info.id.is_none() && id.kind.is_none() {
                    identification.org_study_id_info.id = id.id;
                } else {
                    identification.secondary_id_infos.push(id);
                }
            }
        }
        "publications"
        | "publications of results"
        | "publications automatically indexed to this study" => {
            let kind = match block.label {
                "publications of results" => Some("RESULT"),
                "publications" => None,
                _ => Some("DERIVED"),
            };
            let citations = block.lines().into_iter().filter(|line| line.len() > 30);
            protocol
                .references_module
                .references
                .extend(citations.map(|citation| Reference {
                    citation: Some(citation.trim_start_matches("- ").to_owned()),
                    kind: kind.map(str::to_owned),
                    ..Reference::default()
                }));
        }
        "has data monitoring committee" => oversight.oversight_has_dmc = reading.yes_no(first),
        "studies a u.s. fda-regulated drug product" => {
            oversight.is_fda_regulated_drug = reading.yes_no(first);
        }
        "studies a u.s. fda-regulated device product" => {
            oversight.is_fda_regulated_device = reading.yes_no(first);
        }
        "device product not approved or cleared by u.s. fda" => {
            oversight.is_unapproved_device = reading.yes_no(first);
        }
        "pediatric postmarket surveillance of a device product" => {
            oversight.is_ppsd = reading.yes_no(first);
        }
        "product manufactured in and exported from the u.s." => {
            oversight.is_us_export = reading.yes_no(first);
        }
        "plan to share ipd" => sharing.ipd_sharing = reading.value("ipd_sharing", first),
        "plan description" => sharing.description = text(),
        "supporting materials" => {
            sharing.info_types = block
                .lines()
                .iter()
                .flat_map(|line| reading.values("ipd_info_type", line))
                .collect();
        }
        "time frame" => sharing.time_frame = text(),
        "access criteria" => sharing.access_criteria = text(),
        "url" => sharing.url = text(),
        "sponsor" => protocol.sponsor_collaborators_module.lead_sponsor.name = stated(first),
        "collaborator" => {
            // the page's tabs, a list, may follow
            let names = block
                .lines()
                .into_iter()
                .take_while(|line| !line.starts_with(['-', '*']));
            let collaborators = names.map(|name| Sponsor {
                name: Some(name.to_owned()),
                class: None,
            });
            protocol
                .sponsor_collaborators_module
                .collaborators
                .extend(collaborators);
        }
        _ => {}
    }
}
