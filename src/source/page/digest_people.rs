//! Sponsors, people and sites of the digest layout.
//!
//! Must not guess to which site a contact belongs: only a page with one site, or one that names the site, says it.

use super::digest::Sections;
use super::digest_references::{identifiers, links, publications, related};
use super::places::{add_reach, place_parts};
use super::text::{after_label, join_labels, stated};
use crate::source::reading::Reading;
use crate::trial::{Contact, Location, Official, Sponsor, Study};

/// Reads the sections about who and where.
pub(super) fn read(sections: &Sections, reading: &mut Reading, study: &mut Study) {
    sponsors(&sections.get("sponsors"), reading, study);
    responsible_party(&sections.get("responsible party"), reading, study);
    let module = &mut study.protocol_section.contacts_locations_module;
    module.overall_officials = officials(&sections.get("principal investigators"), reading);
    module.locations = locations(&sections.get("locations"), reading);
    module.central_contacts = contacts(&sections.get("central contacts"), reading)
        .into_iter()
        .map(|(_, contact)| contact)
        .collect();
    facility_contacts(
        &sections.get("facility contacts"),
        reading,
        &mut module.locations,
    );
    let references = &mut study.protocol_section.references_module;
    references.references = publications(&sections.get("references"), reading);
    references.see_also_links = links(&sections.get("related links"));
    for heading in ["related clinical trials", "more related trials"] {
        related(&sections.get(heading), reading, study);
    }
    identifiers(&sections.get("other identifiers"), reading, study);
}

/// Name, class, role. Without roles the last organisation is the lead: that is the order of the layout.
fn sponsors(lines: &[&str], reading: &mut Reading, study: &mut Study) {
    let mut organisations: Vec<(Sponsor, Option<String>)> = Vec::new();
    for line in join_labels(lines, &["sponsor role"]) {
        if let Some(role) = after_label(&line, "sponsor role") {
            if let Some(last) = organisations.last_mut() {
                last.1 = Some(role.to_lowercase());
            }
            continue;
        }
        // a class is written in capitals, as the API writes it: an organisation may be called "Network"
        let is_class =
            !line.chars().any(char::is_lowercase) && reading.knows("agency_class", &line);
        match organisations.last_mut() {
            Some((last, None)) if is_class && last.class.is_none() => {
                last.class = reading.value("agency_class", &line);
            }
            _ => {
                let sponsor = Sponsor {
                    name: Some(line),
                    class: None,
                };
                organisations.push((sponsor, None));
            }
        }
    }
    let module = &mut study.protocol_section.sponsor_collaborators_module;
    let stated_roles = organisations.iter().any(|(_, role)| role.is_some());
    if !stated_roles && let Some((lead, _)) = organisations.pop() {
        module.lead_sponsor = lead;
    }
    for (sponsor, role) in organisations {
        if role.is_some_and(|role| role.starts_with("lead")) {
            module.lead_sponsor = sponsor;
        } else {
            module.collaborators.push(sponsor);
        }
    }
}

fn responsible_party(lines: &[&str], reading: &mut Reading, study: &mut Study) {
    let party = &mut study
        .protocol_section
        .sponsor_collaborators_module
        .responsible_party;
    let mut words = Vec::new();
    for line in join_labels(
        lines,
        &["responsibility role", "investigator title", "affiliation"],
    ) {
        if let Some(role) = after_label(&line, "responsibility role") {
            party.kind = stated(role).and_then(|role| reading.value("responsible_party", &role));
        } else if let Some(title) = after_label(&line, "investigator title") {
            party.investigator_title = stated(title);
        } else if let Some(affiliation) = after_label(&line, "affiliation") {
            party.investigator_affiliation = stated(affiliation);
        } else {
            words.extend(stated(&line));
        }
    }
    let mut words = words.into_iter();
    party.investigator_full_name = words.next();
    for place in [
        &mut party.investigator_title,
        &mut party.investigator_affiliation,
    ] {
        if place.is_none() {
            *place = words.next();
        }
    }
}

/// Name, role, affiliation.
fn officials(lines: &[&str], reading: &mut Reading) -> Vec<Official> {
    let lines = join_labels(lines, &["role"]);
    let mut officials: Vec<Official> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let before_role = lines
            .get(at + 1)
            .is_some_and(|next| after_label(next, "role").is_some());
        match (officials.last_mut(), after_label(line, "role")) {
            (Some(official), Some(role)) => {
                official.role = stated(role).and_then(|role| reading.value("role", &role));
            }
            (Some(official), None) if !before_role && official.affiliation.is_none() => {
                official.affiliation = stated(line);
            }
            (_, None) => officials.push(Official {
                name: stated(line),
                ..Official::default()
            }),
            (None, Some(_)) => {}
        }
    }
    officials
}

/// Facility, `City, State, Country`, status.
fn locations(lines: &[&str], reading: &mut Reading) -> Vec<Location> {
    let lines = join_labels(lines, &["site status"]);
    let is_address = |at: usize| {
        lines
            .get(at)
            .is_some_and(|line| place_parts(line).len() >= 3)
    };
    let status_at = |at: usize| {
        lines
            .get(at)
            .and_then(|line| after_label(line, "site status"))
    };
    let mut locations = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        if status_at(at).is_some() {
            at += 1;
            continue;
        }
        let mut location = Location::default();
        if is_address(at) && (status_at(at + 1).is_some() || !is_address(at + 1)) {
            // a site without a name
        } else {
            location.facility = stated(&lines[at]);
            at += 1;
        }
        if is_address(at) && status_at(at).is_none() {
            set_place(&mut location, &lines[at]);
            at += 1;
        }
        if let Some(status) = status_at(at) {
            location.status = stated(status).and_then(|status| reading.value("status", &status));
            at += 1;
        }
        locations.push(location);
    }
    locations
}

fn set_place(location: &mut Location, text: &str) {
    let mut parts = place_parts(text);
    location.country = parts.pop().and_then(|part| stated(&part));
    location.state = parts.pop().and_then(|part| stated(&part));
    location.city = stated(&parts.join(", "));
}

/// Name, role, telephone, e-mail; each with the lines of text right before it that are no contact.
fn contacts(lines: &[&str], reading: &mut Reading) -> Vec<(Vec<String>, Contact)> {
    let lines = join_labels(lines, &["role"]);
    let mut contacts: Vec<(Vec<String>, Contact)> = Vec::new();
    let mut before = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if let Some(role) = after_label(line, "role") {
            if let Some((_, contact)) = contacts.last_mut() {
                contact.role = stated(role).and_then(|role| reading.value("role", &role));
            }
        } else if lines
            .get(at + 1)
            .is_some_and(|next| after_label(next, "role").is_some())
        {
            let contact = Contact {
                name: stated(line),
                ..Contact::default()
            };
            contacts.push((std::mem::take(&mut before), contact));
        } else if !contacts
            .last_mut()
            .is_some_and(|(_, contact)| add_reach(contact, line))
        {
            before.push(line.clone());
        }
    }
    contacts
}

fn facility_contacts(lines: &[&str], reading: &mut Reading, locations: &mut [Location]) {
    let mut site = (locations.len() == 1).then_some(0);
    for (before, contact) in contacts(lines, reading) {
        let named = before.iter().rev().find_map(|line| {
            locations
                .iter()
                .position(|location| location.facility.as_ref() == Some(line))
        });
        site = named.or(site);
        match site {
            Some(site) => locations[site].contacts.push(contact),
            None => reading.note(
                "facility_contact",
                contact.name.as_deref().unwrap_or_default(),
            ),
        }
    }
}
