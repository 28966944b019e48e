//! Which sections of the index hold the words of which pieces.

use crate::schema::{Element, Fields, Pieces};

/// The sections that hold words of some pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sections {
    /// Those that hold nothing else, by their places in [`Fields::text`].
    pub(super) sure: Vec<usize>,
    /// Those that hold other pieces as well.
    pub(super) maybe: Vec<usize>,
    /// The pieces that those hold.
    pub(super) checked: Vec<usize>,
    /// The pieces that no section holds whole.
    pub(super) outside: Vec<usize>,
}

/// The names of the pieces that an element is made of.
fn pieces_of(element: Element) -> &'static [&'static str] {
    match element {
        Element::InclusionItem | Element::ExclusionItem | Element::CriterionItem => {
            &["EligibilityCriteria"]
        }
        Element::OutcomeMeasure => &[
            "PrimaryOutcomeMeasure",
            "SecondaryOutcomeMeasure",
            "OtherOutcomeMeasure",
        ],
        Element::OutcomeDescription => &[
            "PrimaryOutcomeDescription",
            "SecondaryOutcomeDescription",
            "OtherOutcomeDescription",
        ],
        Element::LocationSite => &[
            "LocationFacility",
            "LocationCity",
            "LocationState",
            "LocationCountry",
        ],
        Element::RegistryId => &["NCTId", "NCTIdAlias", "OrgStudyId", "SecondaryId"],
        element => {
            let name = Element::names().find(|name| Element::parse(name) == Some(element));
            name.as_ref().map_or(&[], |_| single(element))
        }
    }
}

/// The piece of an element that is a piece itself.
fn single(element: Element) -> &'static [&'static str] {
    macro_rules! named {
        ($($name:ident),* $(,)?) => {
            match element { $(Element::$name => &[stringify!($name)],)* _ => &[] }
        };
    }
    named!(
        BriefTitle,
        OfficialTitle,
        Acronym,
        Condition,
        Keyword,
        InterventionName,
        InterventionOtherName,
        InterventionDescription,
        ArmGroupLabel,
        ArmGroupDescription,
        BriefSummary,
        DetailedDescription,
        StudyPopulation,
        ConditionMeshTerm,
        ConditionAncestorTerm,
        InterventionMeshTerm,
        InterventionAncestorTerm,
        LeadSponsorName,
        CollaboratorName,
        OrgFullName,
        OverallOfficialName,
        OverallOfficialAffiliation,
        ResponsiblePartyInvestigatorFullName,
        LocationFacility,
        LocationCity,
        LocationState,
        LocationCountry,
        WhyStopped,
    )
}

/// The sections for some pieces, by their places. A piece whose words are indexed one by one needs no section that holds others.
pub(super) fn sections_of(fields: &Fields, pieces: &Pieces, wanted: &[usize]) -> Sections {
    let mut sections = Sections::default();
    let mut held: Vec<usize> = Vec::new();
    for (place, field) in fields.text.iter().enumerate() {
        let elements = field.elements.iter();
        let names = elements.flat_map(|element| pieces_of(*element));
        let mut of_field: Vec<usize> = names.filter_map(|name| pieces.piece(name)).collect();
        of_field.dedup();
        let asked: Vec<usize> = of_field
            .iter()
            .copied()
            .filter(|piece| wanted.contains(piece))
            .collect();
        if asked.is_empty() {
            continue;
        }
        if asked.len() == of_field.len() {
            sections.sure.push(place);
        } else if asked.iter().all(|piece| pieces.indexed.contains(piece)) {
            continue;
        } else {
            sections.maybe.push(place);
            sections.checked.extend(&asked);
        }
        held.extend(asked);
    }
    sections.checked.sort_unstable();
    sections.checked.dedup();
    let outside = wanted.iter().filter(|piece| !held.contains(piece));
    sections.outside = outside.copied().collect();
    sections
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Searched;

    fn check(area: &str, sure: &str, maybe: &str, outside: &str) {
        let (fields, pieces) = (Fields::bundled(), Pieces::bundled());
        let members = pieces.members(pieces.resolve(area).unwrap());
        let wanted: Vec<usize> = members.iter().map(|(piece, _)| *piece).collect();
        let sections = sections_of(fields, pieces, &wanted);
        let named = |places: &[usize]| {
            let names = places.iter().map(|place| fields.text[*place].name.as_str());
            names.collect::<Vec<_>>().join(" ")
        };
        let outside_names = sections
            .outside
            .iter()
            .map(|piece| pieces.pieces[*piece].name);
        assert_eq!(
            (
                named(&sections.sure).as_str(),
                named(&sections.maybe).as_str(),
                outside_names.collect::<Vec<_>>().join(" ").as_str()
            ),
            (sure, maybe, outside),
            "{area}"
        );
    }

    #[test]
    fn areas_are_searched_in_sections() {
        check("TitleSearch", "title", "", "");
        check(
            "ConditionSearch",
            "condition keyword",
            "title id",
            "ConditionMeshTerm ConditionAncestorTerm",
        );
        check("SponsorSearch", "sponsor", "", "");
        check("LeadSponsorName", "", "sponsor", "");
        check("LocationSearch", "location", "", "LocationZip");
        check("EligibilitySearch", "inclusion exclusion criterion", "", "");
        check("OutcomeMeasureTitle", "", "", "OutcomeMeasureTitle");
        assert!(matches!(
            Pieces::bundled().resolve("idsearch"),
            Some(Searched::Area(_))
        ));
    }
}
