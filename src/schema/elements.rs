//! The pieces of a record that text fields are made of.
//!
//! The same texts are indexed, shown as passages and highlighted, so that a match can always be pointed at.

use std::borrow::Cow;

use crate::schema::fields::Fields;
use crate::trial::eligibility::{Item, ItemKind, unescape_markdown};
use crate::trial::{Location, Mesh, Outcome, Study, TrialId};

macro_rules! elements {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// A piece of the record, by its piece name in the ClinicalTrials.gov API v2 (data element `piece`),
        /// or one derived from such a piece.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Element { $($(#[$doc])* $name,)* }

        impl Element {
            /// The element of a piece name.
            pub fn parse(name: &str) -> Option<Element> {
                match name { $(stringify!($name) => Some(Element::$name),)* _ => None }
            }

            /// All piece names.
            pub fn names() -> impl Iterator<Item = &'static str> {
                [$(stringify!($name)),*].into_iter()
            }
        }
    };
}

elements! {
    /// Short title.
    BriefTitle,
    /// Scientific title.
    OfficialTitle,
    /// Acronym.
    Acronym,
    /// Condition studied.
    Condition,
    /// Keyword.
    Keyword,
    /// Name of an intervention.
    InterventionName,
    /// Another name of an intervention.
    InterventionOtherName,
    /// Description of an intervention.
    InterventionDescription,
    /// Label of an arm.
    ArmGroupLabel,
    /// Description of an arm.
    ArmGroupDescription,
    /// Brief summary.
    BriefSummary,
    /// Detailed description.
    DetailedDescription,
    /// One inclusion criterion.
    InclusionItem,
    /// One exclusion criterion.
    ExclusionItem,
    /// One criterion that cannot be told to include or exclude.
    CriterionItem,
    /// Population of an observational study.
    StudyPopulation,
    /// Name of an outcome measure of any level.
    OutcomeMeasure,
    /// Description of an outcome measure of any level.
    OutcomeDescription,
    /// MeSH term of the conditions.
    ConditionMeshTerm,
    /// MeSH ancestor of the conditions.
    ConditionAncestorTerm,
    /// MeSH term of the interventions.
    InterventionMeshTerm,
    /// MeSH ancestor of the interventions.
    InterventionAncestorTerm,
    /// Lead sponsor.
    LeadSponsorName,
    /// Collaborator.
    CollaboratorName,
    /// Organisation that registered the study.
    OrgFullName,
    /// Official of the study.
    OverallOfficialName,
    /// Where the official works.
    OverallOfficialAffiliation,
    /// Investigator who is the responsible party.
    ResponsiblePartyInvestigatorFullName,
    /// Facility of a site.
    LocationFacility,
    /// City of a site.
    LocationCity,
    /// State of a site.
    LocationState,
    /// Country of a site.
    LocationCountry,
    /// A site: facility, city, state and country as one text.
    LocationSite,
    /// Why the study stopped.
    WhyStopped,
    /// Every id that the record gives the trial.
    RegistryId,
}

/// One text of a record, as it is indexed and shown.
#[derive(Clone, Debug)]
pub struct SectionText<'s> {
    /// Position of its field in [`Fields::text`].
    pub field: usize,
    /// The piece that it is.
    pub element: Element,
    /// The text, Markdown escapes removed.
    pub text: Cow<'s, str>,
}

/// Every text of a study that a text field holds, in the order of the fields.
pub fn section_texts<'s>(
    fields: &Fields,
    study: &'s Study,
    items: &'s [Item],
    sink: &mut dyn FnMut(SectionText<'s>),
) {
    for (field, config) in fields.text.iter().enumerate() {
        for &element in &config.elements {
            values(element, study, items, &mut |text| {
                if !text.trim().is_empty() {
                    sink(SectionText {
                        field,
                        element,
                        text,
                    });
                }
            });
        }
    }
}

/// The values of one element, in the order of the record. Values that stand for a place (a city) are given once.
pub(crate) fn values<'s>(
    element: Element,
    study: &'s Study,
    items: &'s [Item],
    sink: &mut dyn FnMut(Cow<'s, str>),
) {
    let protocol = &study.protocol_section;
    let identification = &protocol.identification_module;
    let sponsors = &protocol.sponsor_collaborators_module;
    let description = &protocol.description_module;
    let arms = &protocol.arms_interventions_module;
    let contacts = &protocol.contacts_locations_module;
    let derived = &study.derived_section;
    let mut one = |text: &'s Option<String>| {
        if let Some(text) = text {
            sink(unescape_markdown(text));
        }
    };
    match element {
        Element::BriefTitle => one(&identification.brief_title),
        Element::OfficialTitle => one(&identification.official_title),
        Element::Acronym => one(&identification.acronym),
        Element::BriefSummary => one(&description.brief_summary),
        Element::DetailedDescription => one(&description.detailed_description),
        Element::StudyPopulation => one(&protocol.eligibility_module.study_population),
        Element::LeadSponsorName => one(&sponsors.lead_sponsor.name),
        Element::OrgFullName => {
            if identification.organization.full_name != sponsors.lead_sponsor.name {
                one(&identification.organization.full_name);
            }
        }
        Element::ResponsiblePartyInvestigatorFullName => {
            one(&sponsors.responsible_party.investigator_full_name);
        }
        Element::WhyStopped => one(&protocol.status_module.why_stopped),
        Element::CollaboratorName => sponsors
            .collaborators
            .iter()
            .for_each(|sponsor| one(&sponsor.name)),
        Element::Condition => all(&protocol.conditions_module.conditions, sink),
        Element::Keyword => all(&protocol.conditions_module.keywords, sink),
        Element::InterventionName => arms
            .interventions
            .iter()
            .for_each(|intervention| one(&intervention.name)),
        Element::InterventionOtherName => {
            for intervention in &arms.interventions {
                all(&intervention.other_names, sink);
            }
        }
        Element::InterventionDescription => arms
            .interventions
            .iter()
            .for_each(|intervention| one(&intervention.description)),
        Element::ArmGroupLabel => arms.arm_groups.iter().for_each(|arm| one(&arm.label)),
        Element::ArmGroupDescription => {
            arms.arm_groups.iter().for_each(|arm| one(&arm.description));
        }
        Element::InclusionItem => items_of(items, ItemKind::Inclusion, sink),
        Element::ExclusionItem => items_of(items, ItemKind::Exclusion, sink),
        Element::CriterionItem => items_of(items, ItemKind::Criterion, sink),
        Element::OutcomeMeasure => outcomes(study).for_each(|outcome| one(&outcome.measure)),
        Element::OutcomeDescription => {
            outcomes(study).for_each(|outcome| one(&outcome.description));
        }
        Element::ConditionMeshTerm => terms(&derived.condition_browse_module.meshes, sink),
        Element::ConditionAncestorTerm => terms(&derived.condition_browse_module.ancestors, sink),
        Element::InterventionMeshTerm => terms(&derived.intervention_browse_module.meshes, sink),
        Element::InterventionAncestorTerm => {
            terms(&derived.intervention_browse_module.ancestors, sink);
        }
        Element::OverallOfficialName => contacts
            .overall_officials
            .iter()
            .for_each(|official| one(&official.name)),
        Element::OverallOfficialAffiliation => contacts
            .overall_officials
            .iter()
            .for_each(|official| one(&official.affiliation)),
        Element::LocationFacility => {
            distinct(contacts.locations.iter().map(|site| &site.facility), sink);
        }
        Element::LocationCity => distinct(contacts.locations.iter().map(|site| &site.city), sink),
        Element::LocationState => distinct(contacts.locations.iter().map(|site| &site.state), sink),
        Element::LocationCountry => {
            distinct(contacts.locations.iter().map(|site| &site.country), sink);
        }
        Element::LocationSite => sites(&contacts.locations, sink),
        Element::RegistryId => registry_ids(study).for_each(|id| sink(Cow::Borrowed(id))),
    }
}

/// Every id that a record gives its trial: the registry's, its aliases, the sponsor's, other registries'.
pub(crate) fn registry_ids(study: &Study) -> impl Iterator<Item = &str> {
    let identification = &study.protocol_section.identification_module;
    identification
        .nct_id
        .iter()
        .chain(&identification.nct_id_aliases)
        .chain(&identification.org_study_id_info.id)
        .chain(
            identification
                .secondary_id_infos
                .iter()
                .filter_map(|info| info.id.as_ref()),
        )
        .map(String::as_str)
        .filter(|id| !TrialId::comparable(id).is_empty())
}

fn outcomes(study: &Study) -> impl Iterator<Item = &Outcome> {
    let outcomes = &study.protocol_section.outcomes_module;
    outcomes
        .primary_outcomes
        .iter()
        .chain(&outcomes.secondary_outcomes)
        .chain(&outcomes.other_outcomes)
        .chain(&outcomes.outcomes_of_unknown_level)
}

fn all<'s>(texts: &'s [String], sink: &mut dyn FnMut(Cow<'s, str>)) {
    for text in texts {
        sink(unescape_markdown(text));
    }
}

fn terms<'s>(meshes: &'s [Mesh], sink: &mut dyn FnMut(Cow<'s, str>)) {
    for term in meshes.iter().filter_map(|mesh| mesh.term.as_deref()) {
        sink(Cow::Borrowed(term));
    }
}

fn items_of<'s>(items: &'s [Item], kind: ItemKind, sink: &mut dyn FnMut(Cow<'s, str>)) {
    for item in items.iter().filter(|item| item.kind == kind) {
        sink(Cow::Borrowed(&item.text));
    }
}

/// Sites with all that is said of their place, each once.
fn sites<'s>(locations: &'s [Location], sink: &mut dyn FnMut(Cow<'s, str>)) {
    let mut seen = rustc_hash::FxHashSet::default();
    for site in locations {
        let parts = [&site.facility, &site.city, &site.state, &site.country];
        let parts: Vec<&str> = parts
            .into_iter()
            .flatten()
            .map(|part| part.trim())
            .filter(|part| !part.is_empty())
            .collect();
        let text = parts.join(", ");
        if seen.insert(text.clone()) {
            sink(Cow::Owned(text));
        }
    }
}

/// A trial with 1,400 sites names its country once: repeats would only lengthen the field.
fn distinct<'s>(
    texts: impl Iterator<Item = &'s Option<String>>,
    sink: &mut dyn FnMut(Cow<'s, str>),
) {
    let mut seen = rustc_hash::FxHashSet::default();
    for text in texts.flatten() {
        if seen.insert(text.as_str()) {
            sink(Cow::Borrowed(text));
        }
    }
}
