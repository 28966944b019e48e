//! What data elements are called when they change, and how they are compared.
//!
//! The order is that in which differences are told. An element that is not here is told by its path, behind these.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::trial::changes::lists::{Keys, LEAST_LIKE};

/// How an element is compared and told.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    /// One value; a set of values is told whole.
    Plain,
    /// A date and whether it is an estimate.
    Date,
    /// A number of participants and whether it is an estimate.
    Size,
    /// An organisation and its class.
    Party,
    /// Degrees north and east.
    Point,
    /// Running text: told by the places that differ.
    Words,
    /// Eligibility criteria: told item by item.
    Criteria,
    /// A part that is told as one thing when it comes or goes, element by element when it changes.
    Part,
    /// Items, each told as one thing when it comes or goes.
    Items(Items),
}

/// Items of a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Items {
    /// What they are known by.
    pub(super) keys: Keys,
    /// The elements that an item is called by.
    pub(super) label: &'static [&'static str],
    /// What else is said of an item that comes or goes.
    pub(super) aside: &'static [&'static str],
    /// How an item may be another one reworded, if at all.
    pub(super) reworded: Option<Reworded>,
}

/// When an item is taken for another one reworded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reworded {
    /// The element whose words are compared.
    pub(super) words: &'static str,
    /// Elements that have to be the same.
    pub(super) same: &'static [&'static str],
    /// The least part of words in common, from 0 to 1.
    pub(super) least: f32,
}

/// A data element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element {
    /// What it, or one of its items, is called; within an item of a list only what it is there.
    pub(super) name: &'static str,
    /// Its place in the order of telling.
    pub(super) place: usize,
    pub(super) form: Form,
}

const fn items(keys: Keys, label: &'static [&'static str], aside: &'static [&'static str]) -> Form {
    Form::Items(Items {
        keys,
        label,
        aside,
        reworded: None,
    })
}

/// Items that are named by words, which may be written anew.
const fn reworded(
    keys: Keys,
    label: &'static [&'static str],
    aside: &'static [&'static str],
) -> Form {
    Form::Items(Items {
        keys,
        label,
        aside,
        reworded: Some(Reworded {
            words: label[0],
            same: &[],
            least: LEAST_LIKE,
        }),
    })
}

/// Plain values of a list: known by themselves.
const VALUES: Form = items(&[], &[], &[]);
/// MeSH descriptors.
const DESCRIPTORS: Form = items(&[&["id"]], &["term", "name"], &[]);
const OUTCOMES: Form = reworded(
    &[&["measure", "timeFrame"], &["measure"]],
    &["measure"],
    &["timeFrame"],
);
const CONTACTS: Form = items(
    &[&["name", "role"], &["name"], &["role"]],
    &["name", "role"],
    &["phone", "email"],
);
const EVENTS: Form = items(
    &[
        &["term", "organSystem", "assessmentType", "sourceVocabulary"],
        &["term", "organSystem"],
    ],
    &["term"],
    &["organSystem"],
);
/// Hospitals are renamed; another one in the same town is another site.
const SITES: Form = Form::Items(Items {
    keys: &[
        &["facility", "city", "state", "zip", "country"],
        &["facility", "city", "country"],
    ],
    label: &["facility", "city", "state", "country"],
    aside: &["status"],
    reworded: Some(Reworded {
        words: "facility",
        same: &["city", "country"],
        least: 0.5,
    }),
});

/// Where an element stands in its section, what it is called and how it is compared.
type Row = (&'static str, &'static str, Form);

/// The elements: where they stand below their section, what they are called, how they are compared.
#[rustfmt::skip]
const ELEMENTS: &[(&str, &[Row])] = &[
    ("protocolSection.statusModule", &[
        ("overallStatus", "status", Form::Plain),
        ("lastKnownStatus", "last known status", Form::Plain),
        ("whyStopped", "reason for stopping", Form::Words),
    ]),
    ("", &[
        ("resultsSection", "results", Form::Part),
        ("hasResults", "results posted", Form::Plain),
    ]),
    ("protocolSection.designModule", &[
        ("enrollmentInfo", "enrollment", Form::Size),
    ]),
    ("protocolSection.statusModule", &[
        ("startDateStruct", "start date", Form::Date),
        ("primaryCompletionDateStruct", "primary completion date", Form::Date),
        ("completionDateStruct", "completion date", Form::Date),
    ]),
    ("protocolSection.identificationModule", &[
        ("briefTitle", "title", Form::Words),
        ("officialTitle", "official title", Form::Words),
        ("acronym", "acronym", Form::Plain),
        ("nctId", "number", Form::Plain),
        ("nctIdAliases", "earlier number", VALUES),
        ("orgStudyIdInfo", "sponsor's own id", Form::Part),
        ("orgStudyIdInfo.id", "sponsor's own id", Form::Plain),
        ("secondaryIdInfos", "other id", items(&[&["id", "type", "domain"], &["id"]], &["id"], &["type", "domain"])),
        ("organization", "organisation", Form::Party),
    ]),
    ("protocolSection.sponsorCollaboratorsModule", &[
        ("leadSponsor", "lead sponsor", Form::Party),
        ("collaborators", "collaborator", items(&[&["name"]], &["name"], &["class"])),
        ("responsibleParty", "responsible party", Form::Part),
        ("responsibleParty.type", "kind of responsible party", Form::Plain),
        ("responsibleParty.investigatorFullName", "responsible investigator", Form::Plain),
        ("responsibleParty.investigatorTitle", "title of the responsible investigator", Form::Plain),
        ("responsibleParty.investigatorAffiliation", "affiliation of the responsible investigator", Form::Plain),
        ("responsibleParty.oldNameTitle", "responsible party", Form::Plain),
        ("responsibleParty.oldOrganization", "organisation of the responsible party", Form::Plain),
    ]),
    ("protocolSection.designModule", &[
        ("studyType", "study type", Form::Plain),
        ("phases", "phase", Form::Plain),
        ("designInfo.allocation", "allocation", Form::Plain),
        ("designInfo.interventionModel", "intervention model", Form::Plain),
        ("designInfo.interventionModelDescription", "description of the intervention model", Form::Words),
        ("designInfo.primaryPurpose", "primary purpose", Form::Plain),
        ("designInfo.observationalModel", "observational model", Form::Plain),
        ("designInfo.timePerspective", "time perspective", Form::Plain),
        ("designInfo.maskingInfo.masking", "masking", Form::Plain),
        ("designInfo.maskingInfo.maskingDescription", "description of the masking", Form::Words),
        ("designInfo.maskingInfo.whoMasked", "who is masked", Form::Plain),
        ("bioSpec.retention", "biospecimens kept", Form::Plain),
        ("bioSpec.description", "description of the biospecimens", Form::Words),
        ("patientRegistry", "patient registry", Form::Plain),
        ("targetDuration", "duration of follow-up", Form::Plain),
    ]),
    ("protocolSection.conditionsModule", &[
        ("conditions", "condition", VALUES),
        ("keywords", "keyword", VALUES),
    ]),
    ("protocolSection.armsInterventionsModule", &[
        ("armGroups", "arm", reworded(&[&["label"]], &["label"], &["type"])),
        ("armGroups.label", "name", Form::Plain),
        ("armGroups.type", "type", Form::Plain),
        ("armGroups.description", "description", Form::Words),
        ("armGroups.interventionNames", "intervention", VALUES),
        ("interventions", "intervention", reworded(&[&["type", "name"], &["name"]], &["name"], &["type"])),
        ("interventions.name", "name", Form::Plain),
        ("interventions.type", "type", Form::Plain),
        ("interventions.description", "description", Form::Words),
        ("interventions.armGroupLabels", "arm", VALUES),
        ("interventions.otherNames", "other name", VALUES),
    ]),
    ("protocolSection.outcomesModule", &[
        ("primaryOutcomes", "primary outcome", OUTCOMES),
        ("primaryOutcomes.measure", "measure", Form::Words),
        ("primaryOutcomes.description", "description", Form::Words),
        ("primaryOutcomes.timeFrame", "time frame", Form::Words),
        ("secondaryOutcomes", "secondary outcome", OUTCOMES),
        ("secondaryOutcomes.measure", "measure", Form::Words),
        ("secondaryOutcomes.description", "description", Form::Words),
        ("secondaryOutcomes.timeFrame", "time frame", Form::Words),
        ("otherOutcomes", "other outcome", OUTCOMES),
        ("otherOutcomes.measure", "measure", Form::Words),
        ("otherOutcomes.description", "description", Form::Words),
        ("otherOutcomes.timeFrame", "time frame", Form::Words),
    ]),
    ("protocolSection.eligibilityModule", &[
        ("minimumAge", "minimum age", Form::Plain),
        ("maximumAge", "maximum age", Form::Plain),
        ("sex", "sex", Form::Plain),
        ("genderBased", "eligibility by gender", Form::Plain),
        ("genderDescription", "eligibility by gender in words", Form::Words),
        ("healthyVolunteers", "healthy volunteers", Form::Plain),
        ("eligibilityCriteria", "eligibility criteria", Form::Criteria),
        ("studyPopulation", "study population", Form::Words),
        ("samplingMethod", "sampling method", Form::Plain),
        ("stdAges", "age groups", Form::Plain),
    ]),
    ("protocolSection.contactsLocationsModule", &[
        ("locations", "site", SITES),
        ("locations.facility", "facility", Form::Plain),
        ("locations.status", "status", Form::Plain),
        ("locations.city", "city", Form::Plain),
        ("locations.state", "state", Form::Plain),
        ("locations.zip", "postal code", Form::Plain),
        ("locations.country", "country", Form::Plain),
        ("locations.contacts", "contact", CONTACTS),
        ("locations.contacts.name", "name", Form::Plain),
        ("locations.contacts.role", "role", Form::Plain),
        ("locations.contacts.phone", "telephone", Form::Plain),
        ("locations.contacts.phoneExt", "extension", Form::Plain),
        ("locations.contacts.email", "e-mail", Form::Plain),
        ("locations.geoPoint", "place on the map", Form::Point),
        ("centralContacts", "contact", CONTACTS),
        ("centralContacts.name", "name", Form::Plain),
        ("centralContacts.role", "role", Form::Plain),
        ("centralContacts.phone", "telephone", Form::Plain),
        ("centralContacts.phoneExt", "extension", Form::Plain),
        ("centralContacts.email", "e-mail", Form::Plain),
        ("overallOfficials", "investigator", items(&[&["name"]], &["name"], &["role", "affiliation"])),
        ("overallOfficials.affiliation", "affiliation", Form::Plain),
        ("overallOfficials.role", "role", Form::Plain),
    ]),
    ("protocolSection.descriptionModule", &[
        ("briefSummary", "summary", Form::Words),
        ("detailedDescription", "description", Form::Words),
    ]),
    ("protocolSection.referencesModule", &[
        ("references", "reference", items(&[&["pmid"], &["citation"]], &["citation", "pmid"], &["type"])),
        ("references.type", "type", Form::Plain),
        ("references.citation", "citation", Form::Words),
        ("references.pmid", "PMID", Form::Plain),
        ("references.retractions", "retraction", items(&[&["pmid", "source"]], &["source"], &["pmid"])),
        ("seeAlsoLinks", "link", items(&[&["url"]], &["label", "url"], &[])),
        ("availIpds", "data of participants", items(&[&["id", "url"], &["url"]], &["type", "id", "url"], &[])),
    ]),
    ("protocolSection.ipdSharingStatementModule", &[
        ("ipdSharing", "plan to share data", Form::Plain),
        ("description", "plan to share data in words", Form::Words),
        ("infoTypes", "what is shared", Form::Plain),
        ("timeFrame", "when data are shared", Form::Words),
        ("accessCriteria", "with whom data are shared", Form::Words),
        ("url", "where data are shared", Form::Plain),
    ]),
    ("protocolSection.oversightModule", &[
        ("oversightHasDmc", "data monitoring committee", Form::Plain),
        ("isFdaRegulatedDrug", "FDA-regulated drug", Form::Plain),
        ("isFdaRegulatedDevice", "FDA-regulated device", Form::Plain),
        ("isUnapprovedDevice", "unapproved device", Form::Plain),
        ("isUsExport", "exported from the U.S.", Form::Plain),
        ("fdaaa801Violation", "violation of FDAAA 801", Form::Plain),
    ]),
    ("documentSection.largeDocumentModule", &[
        ("largeDocs", "document", items(&[&["filename"], &["typeAbbrev", "date"]], &["label", "filename"], &["date"])),
        ("noSap", "no statistical analysis plan", Form::Plain),
    ]),
    ("annotationSection.annotationModule", &[
        ("unpostedAnnotation.unpostedEvents", "event of results not posted yet", items(&[&["type", "date"]], &["type", "date"], &[])),
        ("unpostedAnnotation.unpostedResponsibleParty", "responsible party of results not posted yet", Form::Plain),
        ("violationAnnotation.violationEvents", "violation", items(&[&["type", "issuedDate", "creationDate"]], &["type", "description"], &["issuedDate"])),
    ]),
    ("protocolSection.statusModule", &[
        ("expandedAccessInfo.hasExpandedAccess", "expanded access", Form::Plain),
        ("expandedAccessInfo.nctId", "trial of expanded access", Form::Plain),
        ("expandedAccessInfo.statusForNctId", "status of expanded access", Form::Plain),
        ("delayedPosting", "delayed posting", Form::Plain),
        ("resultsWaived", "results waived", Form::Plain),
        ("resultsFirstSubmitDate", "results first submitted", Form::Plain),
        ("resultsFirstSubmitQcDate", "results first passed quality control", Form::Plain),
        ("resultsFirstPostDateStruct", "results first posted", Form::Date),
        ("dispFirstSubmitDate", "certificate of delay first submitted", Form::Plain),
        ("dispFirstSubmitQcDate", "certificate of delay first passed quality control", Form::Plain),
        ("dispFirstPostDateStruct", "certificate of delay first posted", Form::Date),
        ("studyFirstSubmitDate", "first submitted", Form::Plain),
        ("studyFirstSubmitQcDate", "first passed quality control", Form::Plain),
        ("studyFirstPostDateStruct", "first posted", Form::Date),
        ("statusVerifiedDate", "verified", Form::Plain),
        ("lastUpdateSubmitDate", "last update submitted", Form::Plain),
        ("lastUpdatePostDateStruct", "last update posted", Form::Date),
    ]),
    ("resultsSection", &[
        ("participantFlowModule", "participant flow", Form::Part),
        ("participantFlowModule.groups", "group", items(&[&["id"], &["title"]], &["title"], &[])),
        ("participantFlowModule.periods", "period", items(&[&["title"]], &["title"], &[])),
        ("participantFlowModule.periods.milestones", "milestone", items(&[&["type"]], &["type"], &[])),
        ("participantFlowModule.periods.dropWithdraws", "reason for leaving", items(&[&["type"]], &["type"], &[])),
        ("baselineCharacteristicsModule", "baseline characteristics", Form::Part),
        ("baselineCharacteristicsModule.measures", "baseline measure", items(&[&["title"]], &["title"], &[])),
        ("outcomeMeasuresModule", "outcome measures with results", Form::Part),
        ("outcomeMeasuresModule.outcomeMeasures", "outcome measure with results", reworded(&[&["type", "title", "timeFrame"], &["type", "title"]], &["title"], &["type"])),
        ("adverseEventsModule", "adverse events", Form::Part),
        ("adverseEventsModule.eventGroups", "group of adverse events", items(&[&["id"], &["title"]], &["title"], &[])),
        ("adverseEventsModule.seriousEvents", "serious event", EVENTS),
        ("adverseEventsModule.otherEvents", "other event", EVENTS),
        ("moreInfoModule", "more about the results", Form::Part),
    ]),
    ("derivedSection", &[
        ("miscInfoModule.removedCountries", "former country", VALUES),
        ("miscInfoModule.submissionTracking.submissionInfos", "submission of results", items(&[&["releaseDate", "mcpReleaseN"], &["releaseDate"]], &["releaseDate"], &["unreleaseDate", "resetDate"])),
        ("miscInfoModule.submissionTracking.estimatedResultsFirstSubmitDate", "results first submitted (estimated)", Form::Plain),
        ("conditionBrowseModule.meshes", "MeSH term of a condition", DESCRIPTORS),
        ("conditionBrowseModule.ancestors", "broader MeSH term of a condition", DESCRIPTORS),
        ("conditionBrowseModule.browseLeaves", "MeSH leaf of a condition", DESCRIPTORS),
        ("conditionBrowseModule.browseBranches", "MeSH branch of a condition", items(&[&["abbrev"]], &["name"], &[])),
        ("interventionBrowseModule.meshes", "MeSH term of an intervention", DESCRIPTORS),
        ("interventionBrowseModule.ancestors", "broader MeSH term of an intervention", DESCRIPTORS),
        ("interventionBrowseModule.browseLeaves", "MeSH leaf of an intervention", DESCRIPTORS),
        ("interventionBrowseModule.browseBranches", "MeSH branch of an intervention", items(&[&["abbrev"]], &["name"], &[])),
    ]),
];

/// Elements that tell one item of an unnamed list of objects from another.
const TELLING: &[&str] = &[
    "groupId", "id", "nctId", "title", "term", "type", "units", "measure", "name", "label",
    "filename",
];

static BY_PATH: LazyLock<FxHashMap<String, Element>> = LazyLock::new(|| {
    let sections = ELEMENTS
        .iter()
        .flat_map(|(section, elements)| elements.iter().map(move |element| (*section, element)));
    let named = sections
        .enumerate()
        .map(|(place, (section, &(path, name, form)))| {
            let path = match section {
                "" => path.to_owned(),
                section => format!("{section}.{path}"),
            };
            (path, Element { name, place, form })
        });
    named.collect()
});

/// The element at a path without items (`protocolSection.contactsLocationsModule.locations.status`), if it has a name.
pub(super) fn element(path: &str) -> Option<Element> {
    BY_PATH.get(path).copied()
}

/// What items of a list that is not in the table are known by: the first element that tells that all of them have.
pub(super) fn telling<'v>(
    mut items: impl Iterator<Item = &'v serde_json::Value> + Clone,
) -> Option<&'static &'static str> {
    TELLING.iter().find(|name| {
        let mut items = items.by_ref().clone();
        items.all(|item| item.get(**name).is_some_and(serde_json::Value::is_string))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_element_is_named_once() {
        let all: usize = ELEMENTS.iter().map(|(_, elements)| elements.len()).sum();
        assert_eq!(BY_PATH.len(), all);
        assert!(element("protocolSection.statusModule.overallStatus").is_some());
    }
}
