//! Who runs a trial, whom to ask, where it takes place.

use crate::render::html::escape::Html;
use crate::render::html::piece::{Block, Fields, Row, Section, section};
use crate::render::html::prose::mark;
use crate::render::html::record::RecordView;
use crate::render::numbers::counted;
use crate::render::people::{contact_in_words, responsible_party};
use crate::render::status::label;
use crate::schema::Element;
use crate::trial::{ContactsLocationsModule, Location, ProtocolSection, Sponsor};

/// Sponsors, officials and central contacts.
pub(super) fn people(
    sections: &mut Vec<Section>,
    protocol: &ProtocolSection,
    view: &RecordView<'_>,
) {
    let module = &protocol.sponsor_collaborators_module;
    let mut fields = Fields::default();
    let named = |sponsor: &Sponsor, element: Element| -> Option<Html> {
        let name = mark(view.marker, sponsor.name.as_deref()?, element);
        Some(match &sponsor.class {
            Some(class) => {
                let class = label(view.vocabulary, "agency_class", class);
                name.and(&format!(" ({class})"))
            }
            None => name,
        })
    };
    let lead = named(&module.lead_sponsor, Element::LeadSponsorName);
    fields.html("Lead sponsor", lead.into_iter().collect());
    let others = module.collaborators.iter();
    let others = others.filter_map(|sponsor| named(sponsor, Element::CollaboratorName));
    fields.html("Collaborators", others.collect());
    let party = responsible_party(&module.responsible_party, view.vocabulary);
    fields.add("Responsible party", party);
    for official in &protocol.contacts_locations_module.overall_officials {
        let parts = [
            (&official.name, Element::OverallOfficialName),
            (&official.affiliation, Element::OverallOfficialAffiliation),
        ];
        let parts = parts.into_iter().filter_map(|(text, element)| {
            let text = text.as_deref()?;
            Some(mark(view.marker, text, element))
        });
        let parts: Vec<Html> = parts.collect();
        let role = official.role.as_deref().unwrap_or("Official");
        fields.html(
            &label(view.vocabulary, "role", role),
            vec![Html::joined(&parts, ", ")],
        );
    }
    section(
        sections,
        "people",
        "Sponsors and officials",
        vec![Block::Fields(fields.0)],
    );
    let mut fields = Fields::default();
    for contact in &protocol.contacts_locations_module.central_contacts {
        fields.add("Contact", contact_in_words(contact));
    }
    section(
        sections,
        "contacts",
        "Contacts",
        vec![Block::Fields(fields.0)],
    );
}

/// The sites, as the record has them.
pub(super) fn sites(
    sections: &mut Vec<Section>,
    module: &ContactsLocationsModule,
    view: &RecordView<'_>,
) {
    let sites = &module.locations;
    let (title, block) = match (sites.len(), module.number_of_locations) {
        (0, Some(number)) => (
            "Sites".to_owned(),
            Block::Note(format!(
                "{}; the saved page does not name them.",
                counted(u64::from(number), "site", "sites")
            )),
        ),
        (0, None) => return,
        (some, _) => (
            counted(some as u64, "site", "sites"),
            Block::Sites(sites.iter().map(|site| row(site, view)).collect()),
        ),
    };
    section(sections, "sites", title, vec![block]);
}

fn row(site: &Location, view: &RecordView<'_>) -> Row {
    let place: Vec<&str> = [&site.city, &site.state, &site.country]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let facility = site.facility.as_deref().unwrap_or_default();
    Row {
        facility: mark(view.marker, facility, Element::LocationSite),
        place: mark(view.marker, &place.join(", "), Element::LocationSite),
        status: site
            .status
            .as_deref()
            .map(|status| label(view.vocabulary, "status", status))
            .unwrap_or_default(),
        contacts: site.contacts.iter().map(contact_in_words).collect(),
    }
}
