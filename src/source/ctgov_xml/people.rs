//! Who may take part, who answers for the study, and where it is run.
//!
//! It must not sort criteria into inclusion and exclusion, and it must not place sites on a map.

use super::UNKNOWN_ELEMENT;
use super::tree::Element;
use crate::source::reading::Reading;
use crate::trial::{Age, Contact, EligibilityModule, Location, Official, Study, standard_ages};

/// Takes the element if it belongs to these modules.
pub(super) fn take(element: Element, study: &mut Study, reading: &mut Reading) -> bool {
    let protocol = &mut study.protocol_section;
    let module = &mut protocol.contacts_locations_module;
    match element.name() {
        "eligibility" => protocol.eligibility_module = eligibility(element, reading),
        "overall_official" => module.overall_officials.push(official(element, reading)),
        "overall_contact" | "overall_contact_backup" => {
            module.central_contacts.extend(contact(element, reading));
        }
        "location" => module.locations.push(location(element, reading)),
        "removed_countries" => {
            let removed = &mut study.derived_section.misc_info_module.removed_countries;
            removed.extend(element.all("country").filter_map(Element::line));
        }
        _ => return false,
    }
    true
}

/// What follows from the elements together: the standard ages, unless a bound is not understood.
pub(super) fn complete(study: &mut Study) {
    let module = &mut study.protocol_section.eligibility_module;
    if *module == EligibilityModule::default() {
        return;
    }
    let bound = |text: &Option<String>| match text {
        None => Some(None),
        Some(text) => Age::parse(text).map(Some),
    };
    if let (Some(low), Some(high)) = (bound(&module.minimum_age), bound(&module.maximum_age)) {
        module.std_ages = standard_ages(low, high);
    }
}

fn eligibility(element: Element, reading: &mut Reading) -> EligibilityModule {
    let mut module = EligibilityModule::default();
    for child in element.children() {
        let text = child.raw();
        match child.name() {
            "criteria" => module.eligibility_criteria = child.block(),
            "study_pop" => module.study_population = child.block(),
            "sampling_method" => {
                module.sampling_method = reading.value("sampling_method", text);
            }
            "gender" => module.sex = reading.value("sex", text),
            "gender_based" => module.gender_based = reading.yes_no(text),
            "gender_description" => module.gender_description = child.lines(),
            "minimum_age" => module.minimum_age = reading.age("minimum_age", text),
            "maximum_age" => module.maximum_age = reading.age("maximum_age", text),
            "healthy_volunteers" => module.healthy_volunteers = reading.yes_no(text),
            name => reading.note(UNKNOWN_ELEMENT, name),
        }
    }
    module
}

/// A person's parts of a name; the later years write all of it, with degrees, as the last name.
#[derive(Default)]
struct Name {
    first: Option<String>,
    middle: Option<String>,
    last: Option<String>,
    degrees: Option<String>,
}

impl Name {
    /// Takes the element if it is a part of a name.
    fn take(&mut self, element: Element) -> bool {
        let part = match element.name() {
            "first_name" => &mut self.first,
            "middle_name" => &mut self.middle,
            "last_name" => &mut self.last,
            "degrees" => &mut self.degrees,
            _ => return false,
        };
        *part = element.line();
        true
    }

    fn in_full(self) -> Option<String> {
        let names: Vec<String> = [self.first, self.middle, self.last]
            .into_iter()
            .flatten()
            .collect();
        let mut name = names.join(" ");
        if let Some(degrees) = self.degrees {
            if !name.is_empty() {
                name.push_str(", ");
            }
            name.push_str(&degrees);
        }
        Some(name).filter(|name| !name.is_empty())
    }
}

fn official(element: Element, reading: &mut Reading) -> Official {
    let mut official = Official::default();
    let mut name = Name::default();
    for child in element.children() {
        match child.name() {
            _ if name.take(child) => {}
            "role" => official.role = reading.value("role", child.raw()),
            "affiliation" => official.affiliation = child.line(),
            other => reading.note(UNKNOWN_ELEMENT, other),
        }
    }
    official.name = name.in_full();
    official
}

/// A contact, or an investigator of a site, who has a role of their own. Nothing for an empty element.
fn contact(element: Element, reading: &mut Reading) -> Option<Contact> {
    let mut contact = Contact::default();
    let mut name = Name::default();
    for child in element.children() {
        match child.name() {
            _ if name.take(child) => {}
            "role" => contact.role = reading.value("role", child.raw()),
            "phone" => contact.phone = child.line(),
            "phone_ext" => contact.phone_ext = child.line(),
            "email" => contact.email = child.line(),
            other => reading.note(UNKNOWN_ELEMENT, other),
        }
    }
    contact.name = name.in_full();
    if contact == Contact::default() {
        return None;
    }
    if element.name() != "investigator" {
        contact.role = Some("CONTACT".to_owned());
    }
    Some(contact)
}

fn location(element: Element, reading: &mut Reading) -> Location {
    let mut location = Location::default();
    for child in element.children() {
        match child.name() {
            "facility" => facility(child, &mut location, reading),
            "status" => location.status = reading.value("status", child.raw()),
            "contact" | "contact_backup" | "investigator" => {
                location.contacts.extend(contact(child, reading));
            }
            name => reading.note(UNKNOWN_ELEMENT, name),
        }
    }
    location
}

fn facility(element: Element, location: &mut Location, reading: &mut Reading) {
    for child in element.children() {
        match child.name() {
            "name" => location.facility = child.line(),
            "address" => {
                for part in child.children() {
                    match part.name() {
                        "city" => location.city = part.line(),
                        "state" => location.state = part.line(),
                        "zip" => location.zip = part.line(),
                        "country" => location.country = part.line(),
                        name => reading.note(UNKNOWN_ELEMENT, name),
                    }
                }
            }
            name => reading.note(UNKNOWN_ELEMENT, name),
        }
    }
}
