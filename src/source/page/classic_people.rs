//! People, sponsors and sites of the classic layout.
//!
//! A site's country and state are those of the row above its group; what cannot be told is left out.

use super::classic_blocks::{Block, Token};
use super::places::{add_reach, contact_of_line, place_parts};
use super::text::{key, said, stated};
use crate::source::reading::Reading;
use crate::trial::{Contact, Location, Official, Sponsor, Study};

/// Reads all blocks about people and places.
pub(super) fn read(blocks: &[Block], reading: &mut Reading, study: &mut Study) {
    let mut contacts: Vec<Token> = Vec::new();
    for block in blocks {
        match block.label {
            "contacts" => contacts.extend(&block.tokens),
            "principal investigator" | "study director" | "study chair" => {
                let mut lines = block.lines().into_iter();
                let official = Official {
                    name: lines.next().and_then(stated),
                    affiliation: lines.next().and_then(stated),
                    role: reading.value("role", block.label),
                };
                if official.name.is_some() {
                    study
                        .protocol_section
                        .contacts_locations_module
                        .overall_officials
                        .push(official);
                }
            }
            "sponsors and collaborators" => {
                let module = &mut study.protocol_section.sponsor_collaborators_module;
                let mut names = block.lines().into_iter().map(str::to_owned);
                module.lead_sponsor.name = names.next();
                module.collaborators = names
                    .map(|name| Sponsor {
                        name: Some(name),
                        class: None,
                    })
                    .collect();
            }
            _ => {}
        }
    }
    responsible_party(blocks, study);
    sites(&contacts, reading, study);
}

/// The responsible party is printed long (name, title, affiliation) and short (name, affiliation), for a sponsor the
/// same in both; either may be missing.
fn responsible_party(blocks: &[Block], study: &mut Study) {
    let of = |label: &str| {
        let block = blocks.iter().find(|block| block.label == label)?;
        Some(said(&block.value_and_rest().0).join(" "))
    };
    let verified = of("verified").and_then(|line| {
        line.split_once(" by ")
            .map(|(_, by)| by.trim_end_matches('.').to_owned())
    });
    let long = of("responsible party");
    let short = of("information provided by (responsible party)").or(verified);
    let Some(text) = long
        .as_deref()
        .or(short.as_deref())
        .map(|text| text.trim_end_matches('.').trim())
    else {
        return;
    };
    let module = &mut study.protocol_section.sponsor_collaborators_module;
    let sponsor = module.lead_sponsor.name.as_deref();
    let party = &mut module.responsible_party;
    if text.is_empty() {
        return;
    }
    let same = |other: &str| other.trim_end_matches('.') == text;
    if sponsor.is_some_and(same)
        || (sponsor.is_none() && long.is_some() && short.as_deref().is_some_and(same))
    {
        party.kind = Some("SPONSOR".to_owned());
        return;
    }
    // the affiliation: what both writings end with, else the sponsor; then the name before, and a title between
    let short_tail = short
        .as_deref()
        .filter(|short| *short != text)
        .and_then(|short| {
            short
                .match_indices(", ")
                .map(|(at, comma)| &short[at + comma.len()..])
                .find(|tail| text.ends_with(tail))
        });
    let tail = short_tail.or(sponsor.filter(|sponsor| text.ends_with(sponsor)));
    let head = tail
        .and_then(|tail| text.strip_suffix(tail))
        .map(|head| head.trim_end_matches([',', ' ']));
    let (head, affiliation) = match (head, tail) {
        (Some(head), Some(tail)) if !head.is_empty() => (head, Some(tail)),
        _ => match text.rsplit_once(", ") {
            Some((head, tail)) if head.contains(", ") => (head, Some(tail)),
            _ => return, // one name, or two parts: a person or an organisation
        },
    };
    let name = short_tail
        .zip(short.as_deref())
        .and_then(|(tail, short)| short.strip_suffix(tail))
        .map(|name| name.trim_end_matches([',', ' ']))
        .filter(|name| head.starts_with(name));
    let (name, title) = match name {
        Some(name) => (name, head[name.len()..].trim_start_matches([',', ' '])),
        None => head.split_once(", ").unwrap_or((head, "")),
    };
    let kind = if sponsor == Some(name) {
        "SPONSOR_INVESTIGATOR"
    } else {
        "PRINCIPAL_INVESTIGATOR"
    };
    party.kind = Some(kind.to_owned());
    party.investigator_full_name = stated(name);
    party.investigator_title = stated(title);
    party.investigator_affiliation = affiliation.and_then(stated);
}

/// What the lines begin with that all pages have among the contacts.
const HINTS: &[&str] = &[
    "information from the national library",
    "to learn more about this study",
    "please refer to this study",
    "for general information",
    "choosing to participate",
];

/// What a line of the contacts is.
enum Row<'a> {
    Person(Contact),
    Status(String),
    Place(&'a str),
}

/// Central contacts, then per country and state the sites: facility with status, address, people.
fn sites(tokens: &[Token], reading: &mut Reading, study: &mut Study) {
    let module = &mut study.protocol_section.contacts_locations_module;
    let rows = rows(tokens, reading);
    let place = |at: usize| match rows.get(at) {
        Some(Row::Place(text)) => Some(*text),
        _ => None,
    };
    // the places after one, over people and statuses
    let next_place = |at: usize| (at + 1..rows.len()).find(|next| place(*next).is_some());
    let mut area: Vec<String> = Vec::new();
    let mut address = None; // the row that the site before it has taken
    for (at, row) in rows.iter().enumerate() {
        match row {
            Row::Person(contact) => match module.locations.last_mut() {
                Some(location) => location.contacts.push(contact.clone()),
                None => module.central_contacts.push(contact.clone()),
            },
            Row::Status(status) => {
                if let Some(location) = module.locations.last_mut() {
                    location.status = Some(status.clone());
                }
            }
            Row::Place(_) if address == Some(at) => {}
            Row::Place(text) => {
                let next = next_place(at);
                let next_is_address = next
                    .and_then(place)
                    .is_some_and(|next| is_address(next, &area));
                let mut location = Location::default();
                let parts = place_parts(text);
                if parts.len() <= 2 && parts.first() == area.first() {
                    // the next state of the same country
                    area = parts;
                    continue;
                }
                if next_is_address && !is_whole_address(text, &area) {
                    location.facility = stated(text);
                    address = next;
                    if let Some(text) = next.and_then(place) {
                        set_place(&mut location, text, &area);
                    }
                } else if is_address(text, &area) {
                    set_place(&mut location, text, &area);
                } else {
                    area = place_parts(text);
                    continue;
                }
                module.locations.push(location);
            }
        }
    }
}

fn rows<'a>(tokens: &[Token<'a>], reading: &mut Reading) -> Vec<Row<'a>> {
    let people = [
        ("Contact:", "CONTACT"),
        ("Principal Investigator:", "PRINCIPAL_INVESTIGATOR"),
        ("Sub-Investigator:", "SUB_INVESTIGATOR"),
    ];
    let mut rows = Vec::new();
    let mut placed = false;
    for token in tokens {
        let Token::Line(line) = token else { continue };
        let line = line.trim().trim_start_matches("- ");
        let words = key(line);
        let hint = HINTS.iter().any(|hint| words.starts_with(hint));
        let shown = words.starts_with("show ") && words.ends_with("locations");
        let heading = [
            "contacts",
            "locations",
            "location",
            "sponsors and collaborators",
            "layout table for location information",
        ];
        if hint || shown || heading.contains(&words.as_str()) {
            continue;
        }
        if let Some((label, role)) = people.iter().find(|(label, _)| line.starts_with(label)) {
            let mut contact = contact_of_line(&line[label.len()..]);
            contact.role = Some((*role).to_owned());
            rows.push(Row::Person(contact));
            continue;
        }
        // telephone and e-mail in cells of their own
        if let Some(Row::Person(contact)) = rows.last_mut() {
            if add_reach(contact, line) {
                continue;
            }
            // in its own cell a number may have words: "1-800-555-0199 (TRIAL-0)"
            let digits = line.chars().filter(char::is_ascii_digit).count();
            if !placed && contact.phone.is_none() && digits >= 5 {
                contact.phone = Some(line.to_owned());
                continue;
            }
        }
        if reading.knows("status", line) {
            rows.extend(reading.value("status", line).map(Row::Status));
        } else {
            placed = true;
            rows.push(Row::Place(line));
        }
    }
    rows
}

/// Whether a line is an address in an area: its country after a city, with or without a postal code.
fn is_address(text: &str, area: &[String]) -> bool {
    let parts = place_parts(text);
    area.first().is_some_and(|country| {
        parts.len() > 1 && parts[1..].iter().rev().take(2).any(|part| part == country)
    })
}

/// Whether a line is a city with the state and country of the area: a site without a name, whatever comes next.
fn is_whole_address(text: &str, area: &[String]) -> bool {
    let parts = place_parts(text);
    area.len() > 1 && parts.len() == 3 && parts[1] == area[1] && parts[2] == area[0]
}

/// `City, State, Country, postal code` in an area of a country and, for some countries, a state.
fn set_place(location: &mut Location, address: &str, area: &[String]) {
    let mut parts = place_parts(address);
    let Some(country) = area.first() else { return };
    let Some(at) = parts.iter().rposition(|part| part == country) else {
        return;
    };
    let zip = parts.split_off(at + 1);
    parts.pop();
    location.country = Some(country.clone());
    location.zip = stated(&zip.join(", "));
    let state = area[1..].join(", ");
    if !state.is_empty() && parts.len() > 1 && parts.last() == Some(&state) {
        location.state = parts.pop();
    }
    location.city = stated(&parts.join(", "));
}
