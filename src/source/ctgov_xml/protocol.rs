//! Identification, status and dates, sponsors, oversight, descriptions, conditions.
//!
//! It must not read the design, the people or the results.

use std::borrow::Cow;

use super::tree::Element;
use super::{UNKNOWN_ELEMENT, fill};
use crate::source::reading::Reading;
use crate::trial::{
    DateStruct, IdentificationModule, OversightModule, ResponsibleParty, SecondaryIdInfo, Sponsor,
    SponsorCollaboratorsModule, StatusModule, Study,
};

/// Takes the element if it belongs to these modules.
pub(super) fn take(element: Element, study: &mut Study, reading: &mut Reading) -> bool {
    let protocol = &mut study.protocol_section;
    let identification = &mut protocol.identification_module;
    match element.name() {
        "id_info" => ids(element, identification, reading),
        "brief_title" => identification.brief_title = element.line(),
        "official_title" => identification.official_title = element.line(),
        "acronym" => identification.acronym = element.line(),
        "source" => identification.organization.full_name = element.line(),
        "sponsors" => sponsors(element, &mut protocol.sponsor_collaborators_module, reading),
        "responsible_party" => {
            protocol.sponsor_collaborators_module.responsible_party =
                responsible_party(element, reading);
        }
        "oversight_info" => oversight(element, &mut protocol.oversight_module, reading),
        "brief_summary" => protocol.description_module.brief_summary = element.block(),
        "detailed_description" => {
            protocol.description_module.detailed_description = element.block();
        }
        "condition" => protocol.conditions_module.conditions.extend(element.line()),
        "keyword" => protocol.conditions_module.keywords.extend(element.line()),
        _ => return status(element, &mut protocol.status_module, reading),
    }
    true
}

/// What follows from the elements together: the organisation has the class of the sponsor or collaborator of its name.
pub(super) fn complete(study: &mut Study) {
    let protocol = &mut study.protocol_section;
    let module = &protocol.sponsor_collaborators_module;
    let organization = &mut protocol.identification_module.organization;
    let same = std::iter::once(&module.lead_sponsor)
        .chain(&module.collaborators)
        .find(|sponsor| sponsor.name.is_some() && sponsor.name == organization.full_name);
    if let Some(sponsor) = same {
        organization.class.clone_from(&sponsor.class);
    }
}

fn ids(element: Element, identification: &mut IdentificationModule, reading: &mut Reading) {
    for child in element.children() {
        match child.name() {
            "nct_id" => identification.nct_id = child.line(),
            "nct_alias" => identification.nct_id_aliases.extend(child.line()),
            "org_study_id" => identification.org_study_id_info.id = child.line(),
            "secondary_id" => {
                let kind = child.attribute("type");
                let info = SecondaryIdInfo {
                    id: child.line(),
                    kind: kind.and_then(|kind| reading.value("secondary_id_type", &kind)),
                    domain: child.attribute("domain").map(Cow::into_owned),
                    link: child.attribute("link").map(Cow::into_owned),
                };
                if info.id.is_some() {
                    identification.secondary_id_infos.push(info);
                }
            }
            name => reading.note(UNKNOWN_ELEMENT, name),
        }
    }
}

fn status(element: Element, status: &mut StatusModule, reading: &mut Reading) -> bool {
    let text = element.raw();
    match element.name() {
        "overall_status" => status.overall_status = reading.value("status", text),
        "last_known_status" => status.last_known_status = reading.value("status", text),
        "why_stopped" => status.why_stopped = element.lines(),
        "delayed_posting" => status.delayed_posting = reading.yes_no(text),
        "results_waived" => status.results_waived = reading.yes_no(text),
        "has_expanded_access" => {
            status.expanded_access_info.has_expanded_access = reading.yes_no(text);
        }
        "verification_date" => {
            status.status_verified_date = reading.date("verification_date", text);
        }
        "start_date" => status.start_date_struct = dated("start_date", element, reading),
        "primary_completion_date" => {
            status.primary_completion_date_struct =
                dated("primary_completion_date", element, reading);
        }
        "completion_date" => {
            status.completion_date_struct = dated("completion_date", element, reading);
        }
        "study_first_submitted" | "firstreceived_date" => fill(
            &mut status.study_first_submit_date,
            reading.date("study_first_submitted", text),
        ),
        "study_first_submitted_qc" => {
            status.study_first_submit_qc_date = reading.date("study_first_submitted_qc", text);
        }
        "study_first_posted" => {
            status.study_first_post_date_struct = dated("study_first_posted", element, reading);
        }
        "results_first_submitted" | "firstreceived_results_date" => fill(
            &mut status.results_first_submit_date,
            reading.date("results_first_submitted", text),
        ),
        "results_first_submitted_qc" => {
            status.results_first_submit_qc_date = reading.date("results_first_submitted_qc", text);
        }
        "results_first_posted" => {
            status.results_first_post_date_struct = dated("results_first_posted", element, reading);
        }
        "disposition_first_submitted" | "firstreceived_results_disposition_date" => fill(
            &mut status.disp_first_submit_date,
            reading.date("disposition_first_submitted", text),
        ),
        "disposition_first_submitted_qc" => {
            status.disp_first_submit_qc_date = reading.date("disposition_first_submitted_qc", text);
        }
        "disposition_first_posted" => {
            status.disp_first_post_date_struct =
                dated("disposition_first_posted", element, reading);
        }
        "last_update_submitted" | "lastchanged_date" => fill(
            &mut status.last_update_submit_date,
            reading.date("last_update_submitted", text),
        ),
        "last_update_posted" => {
            status.last_update_post_date_struct = dated("last_update_posted", element, reading);
        }
        _ => return false,
    }
    true
}

fn dated(name: &'static str, element: Element, reading: &mut Reading) -> DateStruct {
    reading.date_struct(name, element.raw(), element.attribute("type").as_deref())
}

fn sponsors(element: Element, sponsors: &mut SponsorCollaboratorsModule, reading: &mut Reading) {
    for child in element.children() {
        let mut sponsor = || Sponsor {
            name: child.child_line("agency"),
            class: child
                .child("agency_class")
                .and_then(|class| reading.value("agency_class", class.raw())),
        };
        match child.name() {
            "lead_sponsor" => sponsors.lead_sponsor = sponsor(),
            "collaborator" => sponsors.collaborators.push(sponsor()),
            name => reading.note(UNKNOWN_ELEMENT, name),
        }
    }
}

fn responsible_party(element: Element, reading: &mut Reading) -> ResponsibleParty {
    let mut party = ResponsibleParty::default();
    for child in element.children() {
        match child.name() {
            "responsible_party_type" => {
                party.kind = reading.value("responsible_party", child.raw());
            }
            "investigator_full_name" => party.investigator_full_name = child.line(),
            "investigator_title" => party.investigator_title = child.line(),
            "investigator_affiliation" => party.investigator_affiliation = child.line(),
            "name_title" => party.old_name_title = child.line(),
            "organization" => party.old_organization = child.line(),
            name => reading.note(UNKNOWN_ELEMENT, name),
        }
    }
    party
}

fn oversight(element: Element, oversight: &mut OversightModule, reading: &mut Reading) {
    for child in element.children() {
        let text = child.raw();
        match child.name() {
            "has_dmc" => oversight.oversight_has_dmc = reading.yes_no(text),
            "is_fda_regulated_drug" => oversight.is_fda_regulated_drug = reading.yes_no(text),
            "is_fda_regulated_device" => oversight.is_fda_regulated_device = reading.yes_no(text),
            "is_unapproved_device" => oversight.is_unapproved_device = reading.yes_no(text),
            "is_ppsd" => oversight.is_ppsd = reading.yes_no(text),
            "is_us_export" => oversight.is_us_export = reading.yes_no(text),
            // The bodies that once oversaw a study have no place in the API.
            "authority" => {}
            name => reading.note(UNKNOWN_ELEMENT, name),
        }
    }
}
