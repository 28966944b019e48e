//! Who runs a trial, whom to ask, and where it takes place.

use crate::render::document::{Document, Tone, piece};
use crate::render::numbers::counted;
use crate::render::status::label;
use crate::render::table::{Side, table};
use crate::trial::vocabulary::Vocabulary;
use crate::trial::{
    Contact, ContactsLocationsModule, Location, ResponsibleParty, Sponsor,
    SponsorCollaboratorsModule,
};

/// Writes sponsors and who answers for the record.
pub(crate) fn sponsors(
    document: &mut Document,
    module: &SponsorCollaboratorsModule,
    vocabulary: &Vocabulary,
) {
    if *module == SponsorCollaboratorsModule::default() {
        return;
    }
    document.heading("Sponsors");
    let named = |sponsor: &Sponsor| {
        let name = sponsor.name.as_deref()?;
        Some(match &sponsor.class {
            Some(class) => format!("{name} ({})", label(vocabulary, "agency_class", class)),
            None => name.to_owned(),
        })
    };
    document.field(
        "Lead sponsor",
        named(&module.lead_sponsor).unwrap_or_default(),
    );
    let collaborators: Vec<String> = module.collaborators.iter().filter_map(named).collect();
    document.field("Collaborators", collaborators.join("; "));
    let party = responsible_party(&module.responsible_party, vocabulary);
    document.field("Responsible party", party);
}

/// The responsible party in one line.
pub(crate) fn responsible_party(party: &ResponsibleParty, vocabulary: &Vocabulary) -> String {
    let parts: Vec<String> = [
        party
            .kind
            .as_deref()
            .map(|kind| label(vocabulary, "responsible_party", kind)),
        party.investigator_full_name.clone(),
        party.investigator_title.clone(),
        party.investigator_affiliation.clone(),
        party.old_name_title.clone(),
        party.old_organization.clone(),
    ]
    .into_iter()
    .flatten()
    .collect();
    parts.join(", ")
}

/// Writes officials and central contacts.
pub(crate) fn people(
    document: &mut Document,
    module: &ContactsLocationsModule,
    vocabulary: &Vocabulary,
) {
    if module.overall_officials.is_empty() && module.central_contacts.is_empty() {
        return;
    }
    document.heading("People");
    for official in &module.overall_officials {
        let parts: Vec<&str> = [&official.name, &official.affiliation]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        let role = official.role.as_deref().unwrap_or("Official");
        document.field(&label(vocabulary, "role", role), parts.join(", "));
    }
    for contact in &module.central_contacts {
        document.field("Contact", contact_in_words(contact));
    }
}

/// Whom to ask, how.
pub(crate) fn contact_in_words(contact: &Contact) -> String {
    let phone = contact
        .phone
        .as_deref()
        .map(|phone| match &contact.phone_ext {
            Some(extension) => format!("{phone} ext. {extension}"),
            None => phone.to_owned(),
        });
    let parts: Vec<String> = [contact.name.clone(), phone, contact.email.clone()]
        .into_iter()
        .flatten()
        .collect();
    parts.join(", ")
}

/// Writes the first `most` sites as a table. A site's own status is shown as the record has it.
pub(crate) fn sites(
    document: &mut Document,
    module: &ContactsLocationsModule,
    vocabulary: &Vocabulary,
    most: usize,
) {
    let sites = &module.locations;
    if sites.is_empty() {
        if let Some(number) = module.number_of_locations {
            document.heading("Sites");
            let number = counted(u64::from(number), "site", "sites");
            document.say(
                0,
                Tone::Plain,
                format!("{number}; the saved page does not name them"),
            );
        }
        return;
    }
    document.heading(&counted(sites.len() as u64, "site", "sites"));
    let mut rows = vec![["facility", "place", "status"].map(str::to_owned).to_vec()];
    let shown = &sites[..sites.len().min(most)];
    rows.extend(shown.iter().map(|site| row(site, vocabulary)));
    table(document, 2, &[Side::Left; 3], &rows);
    let contacts = shown
        .iter()
        .flat_map(|site| site.contacts.iter().map(move |contact| (site, contact)));
    for (site, contact) in contacts {
        let place = site.facility.as_ref().or(site.city.as_ref());
        let place = place.map_or_else(String::new, |place| format!(" ({place})"));
        document.line(
            2,
            4,
            &[
                piece(Tone::Plain, contact_in_words(contact)),
                piece(Tone::Faint, place),
            ],
        );
    }
    if sites.len() > shown.len() {
        let more = sites.len() - shown.len();
        document.say(2, Tone::Faint, format!("and {more} more: `--all-sites`"));
    }
}

fn row(site: &Location, vocabulary: &Vocabulary) -> Vec<String> {
    let place: Vec<&str> = [&site.city, &site.state, &site.country]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let status = site.status.as_deref();
    vec![
        site.facility.clone().unwrap_or_default(),
        place.join(", "),
        status.map_or_else(String::new, |status| label(vocabulary, "status", status)),
    ]
}
