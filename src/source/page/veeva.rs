//! The ClinicalTrials.Veeva layout: headings in one order, values in words, criteria as nested lists.
//!
//! The page's navigation, its avatar letters and its footer are not content.

use super::shared::{self, file_intervention, typed_name};
use super::text::{criteria, markdown, said, stated};
use super::veeva_sections::{GROUPS, sections};
use super::veeva_values::{ages, arms, enrollment};
use crate::source::reading::Reading;
use crate::trial::{Contact, Sponsor, Study};

/// Where the page's own footer begins.
const FOOTER: &[&str] = &["Data sourced from clinicaltrials.gov", "© Copyright"];

/// Lines of navigation that a site's pages share.
const NAVIGATION: &[&str] = &[
    "ClinicalTrials.Veeva",
    "Menu",
    "Clinical trials",
    "Find clinical trials",
    "Trials by location",
    "Log in",
    "Loading...",
];

/// Reads a ClinicalTrials.Veeva page into a study.
pub(super) fn read(lines: &[String], reading: &mut Reading, study: &mut Study) {
    let footer = lines
        .iter()
        .position(|line| FOOTER.iter().any(|footer| line.trim().starts_with(footer)));
    let sections = sections(&lines[..footer.unwrap_or(lines.len())]);
    if let Some(date) = lines
        .iter()
        .find_map(|line| line.trim().strip_prefix("Last updated:"))
    {
        study
            .protocol_section
            .status_module
            .last_update_post_date_struct = reading.date_struct("date", date, None);
    }
    let mut parts = [None, None, None];
    let mut funders = Vec::new();
    for (heading, lines) in &sections {
        let protocol = &mut study.protocol_section;
        let design = &mut protocol.design_module;
        let eligibility = &mut protocol.eligibility_module;
        let words = said(lines);
        let first = words.first().copied().unwrap_or_default();
        match *heading {
            "" => head(&words, study),
            "Status and phase" => status_and_phase(&words, reading, study),
            "Conditions" => {
                protocol.conditions_module.conditions =
                    words.iter().copied().filter_map(stated).collect();
            }
            "Treatments" => {
                for line in words {
                    let (kind, name) = typed_name(reading, line)
                        .map_or((None, line), |(kind, name)| (Some(kind), name));
                    file_intervention(
                        &mut protocol.arms_interventions_module,
                        kind,
                        name,
                        None,
                        Vec::new(),
                        None,
                    );
                }
            }
            "Study type" => design.study_type = reading.value("study_type", first),
            "Funder types" => {
                funders = words
                    .iter()
                    .flat_map(|line| reading.values("agency_class", line))
                    .collect();
            }
            "Identifiers" => identifiers(&words, reading, study),
            "About" => protocol.description_module.brief_summary = markdown(lines),
            "Full description" => {
                protocol.description_module.detailed_description = markdown(lines);
            }
            "Enrollment" => enrollment(first, reading, study),
            "Sex" => eligibility.sex = reading.value("sex", first),
            "Ages" => ages(first, reading, study),
            "Volunteers" => eligibility.healthy_volunteers = reading.yes_no(first),
            "Inclusion and exclusion criteria" => parts[0] = markdown(lines),
            "Inclusion criteria" => parts[1] = markdown(lines),
            "Exclusion criteria" => parts[2] = markdown(lines),
            "Primary purpose" => {
                design.design_info.primary_purpose = reading.value("primary_purpose", first);
            }
            "Allocation" => design.design_info.allocation = reading.value("allocation", first),
            "Interventional model" => {
                design.design_info.intervention_model = reading.value("intervention_model", first);
            }
            "Observational model" => {
                design.design_info.observational_model =
                    reading.value("observational_model", first);
            }
            "Time perspective" => {
                design.design_info.time_perspective = reading.value("time_perspective", first);
            }
            "Masking" => design.design_info.masking_info.masking = reading.value("masking", first),
            GROUPS => arms(&words, reading, study),
            "Trial contacts and locations" => {
                protocol.contacts_locations_module.number_of_locations =
                    words.iter().find_map(|line| line.parse().ok());
            }
            "Central trial contact" => {
                protocol.contacts_locations_module.central_contacts = words
                    .iter()
                    .flat_map(|line| line.split(';'))
                    .filter_map(stated)
                    .map(|name| Contact {
                        name: Some(name),
                        role: Some("CONTACT".to_owned()),
                        ..Contact::default()
                    })
                    .collect();
            }
            "Start date" => protocol.status_module.start_date_struct = date(first, reading),
            "Primary completion date" => {
                protocol.status_module.primary_completion_date_struct = date(first, reading);
            }
            "End date" => protocol.status_module.completion_date_struct = date(first, reading),
            _ => {}
        }
    }
    let [before, inclusion, exclusion] = parts;
    study
        .protocol_section
        .eligibility_module
        .eligibility_criteria = criteria(before, inclusion, exclusion);
    // the types are those of all funders together: only a single type is surely the lead sponsor's
    let sponsors = &mut study.protocol_section.sponsor_collaborators_module;
    if let ([class], Some(_)) = (&funders[..], &sponsors.lead_sponsor.name) {
        sponsors.lead_sponsor.class = Some(class.clone());
    }
}

fn is_navigation(line: &str) -> bool {
    NAVIGATION.contains(&line)
}

/// The title, an avatar letter, the sponsor.
fn head(words: &[&str], study: &mut Study) {
    let mut words = words
        .iter()
        .map(|line| super::text::bare(line))
        .filter(|line| !is_navigation(line) && !line.is_empty());
    study.protocol_section.identification_module.brief_title = words.next().map(str::to_owned);
    let mut names: Vec<&str> = words
        .filter(|line| !line.starts_with("Last updated:"))
        .collect();
    // the letter in the sponsor's round is the first of its name; with nothing after it, it is all that there is
    if names.len() > 1 && names[0].chars().count() == 1 {
        names.remove(0);
    }
    let mut collaborators = Vec::new();
    let mut lead = None;
    for name in names {
        match name.to_lowercase().as_str() {
            "lead sponsor"
            | "sponsor"
            | "collaborating sponsor"
            | "collaborating sponsors"
            | "collaborators" => {}
            _ if lead.is_none() => lead = Some(name.to_owned()),
            _ if name.chars().count() == 1 => {}
            _ => collaborators.push(Sponsor {
                name: Some(name.to_owned()),
                class: None,
            }),
        }
    }
    let module = &mut study.protocol_section.sponsor_collaborators_module;
    module.lead_sponsor.name = lead;
    module.collaborators = collaborators;
}

fn status_and_phase(words: &[&str], reading: &mut Reading, study: &mut Study) {
    for line in words {
        let status = &mut study.protocol_section.status_module.overall_status;
        if line.starts_with("Begins enrollment") {
            // "Begins enrollment in 2 months": it has not begun
            *status = Some("NOT_YET_RECRUITING".to_owned());
        } else if reading.knows("phase", line) || line.to_lowercase().contains("phase") {
            study
                .protocol_section
                .design_module
                .phases
                .extend(reading.values("phase", line));
        } else if status.is_none() {
            *status = reading.value("status", line);
        } else {
            reading.note("status", line);
        }
    }
}

fn identifiers(words: &[&str], reading: &mut Reading, study: &mut Study) {
    let module = &mut study.protocol_section.identification_module;
    for line in words {
        if module.nct_id.is_none() && shared::nct_id(line).is_some() {
            module.nct_id = shared::nct_id(line);
        } else {
            let id = shared::secondary_id(reading, line);
            // the sponsor's own id is the one without a type after it
            if module.org_study_id_info.id.is_none() && id.kind.is_none() {
                module.org_study_id_info.id = id.id;
            } else {
                module.secondary_id_infos.push(id);
            }
        }
    }
}

/// `Jan 01, 2020 • 4 years ago`: the words after the dot are not the date's.
fn date(text: &str, reading: &mut Reading) -> crate::trial::DateStruct {
    reading.date_struct("date", text.split('•').next().unwrap_or_default(), None)
}
