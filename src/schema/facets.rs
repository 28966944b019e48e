//! The values that trials are counted and filtered by.

use jiff::ToSpan;
use jiff::civil::Date;
use rustc_hash::FxHashSet;

use crate::schema::fields::FacetField;
use crate::trial::vocabulary::Vocabulary;
use crate::trial::{Age, PartialDate, Study, days_of, is_no_limit};

/// The bucket of trials that state no value. `NA` ("not applicable") is a value of its own.
pub const NOT_STATED: &str = "not_stated";

/// The bucket of trials whose value no vocabulary knows.
pub const UNRECOGNISED: &str = "unrecognised";

/// How long an open status may go without being verified before a search says so.
const STALE_AFTER_YEARS: i32 = 2;

macro_rules! facet_elements {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// An element that can be a facet, by its piece name in the ClinicalTrials.gov API v2, or a derived one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum FacetElement { $($(#[$doc])* $name,)* }

        impl FacetElement {
            /// The element of a name.
            pub fn parse(name: &str) -> Option<FacetElement> {
                match name { $(stringify!($name) => Some(FacetElement::$name),)* _ => None }
            }

            /// All names.
            pub fn names() -> impl Iterator<Item = &'static str> {
                [$(stringify!($name)),*].into_iter()
            }
        }
    };
}

facet_elements! {
    /// Overall recruitment status.
    OverallStatus,
    /// Phase; a phase 2/3 trial has two.
    Phase,
    /// Study type.
    StudyType,
    /// Types of the interventions.
    InterventionType,
    /// Sex that may take part.
    Sex,
    /// Standard age groups that may take part.
    StdAge,
    /// Class of the lead sponsor.
    LeadSponsorClass,
    /// Countries of the sites.
    LocationCountry,
    /// Whether results are posted.
    HasResults,
    /// Year that the study starts.
    StartYear,
    /// Allocation.
    DesignAllocation,
    /// Masking.
    DesignMasking,
    /// Primary purpose.
    DesignPrimaryPurpose,
    /// Whether an open status has gone unverified for two years. Depends on the day of the search, so it is worked out then.
    VerificationState,
}

/// Whether a status lets people in now or soon.
pub fn is_open(status: &str) -> bool {
    matches!(
        status,
        "RECRUITING" | "NOT_YET_RECRUITING" | "ENROLLING_BY_INVITATION" | "AVAILABLE"
    )
}

/// The day before which a verification is too old on a given day.
fn stale_before(today: Date) -> Date {
    today.saturating_sub(STALE_AFTER_YEARS.years())
}

/// Whether an open status is too old to be believed: not verified for two years, and the primary completion past or absent. Days are
/// since 1970-01-01; `None` if the record states neither a verification nor an update.
pub fn is_stale(
    is_open: bool,
    verified: Option<i64>,
    primary_completion: Option<i64>,
    today: Date,
) -> Option<bool> {
    if !is_open {
        return Some(false);
    }
    let over = primary_completion.is_none_or(|day| day < days_of(today));
    Some(verified? < days_of(stale_before(today)) && over)
}

/// The buckets that a study falls into, each once; [`NOT_STATED`] if the record says nothing. Nothing at all for
/// [`FacetElement::VerificationState`].
pub fn facet_values(facet: &FacetField, vocabulary: &Vocabulary, study: &Study) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    let mut known: FxHashSet<String> = FxHashSet::default();
    let mut add = |value: &str| {
        let value = match &facet.vocabulary {
            Some(element) if vocabulary.label(element, value).is_none() => UNRECOGNISED,
            _ => value,
        };
        if !known.contains(value) {
            known.insert(value.to_owned());
            values.push(value.to_owned());
        }
    };
    let protocol = &study.protocol_section;
    let design = &protocol.design_module;
    let each =
        |texts: &[String], add: &mut dyn FnMut(&str)| texts.iter().for_each(|text| add(text));
    match facet.element {
        FacetElement::OverallStatus => protocol
            .status_module
            .overall_status
            .iter()
            .for_each(|v| add(v)),
        FacetElement::Phase => each(&design.phases, &mut add),
        FacetElement::StudyType => design.study_type.iter().for_each(|v| add(v)),
        FacetElement::InterventionType => {
            let interventions = &protocol.arms_interventions_module.interventions;
            interventions
                .iter()
                .filter_map(|intervention| intervention.kind.as_deref())
                .for_each(&mut add);
        }
        FacetElement::Sex => protocol.eligibility_module.sex.iter().for_each(|v| add(v)),
        FacetElement::StdAge => {
            let eligibility = &protocol.eligibility_module;
            each(&eligibility.std_ages, &mut add);
            let stated = [&eligibility.minimum_age, &eligibility.maximum_age];
            let unread = |age: &str| !is_no_limit(age) && Age::parse(age).is_none();
            if eligibility.std_ages.is_empty()
                && stated.into_iter().flatten().any(|age| unread(age))
            {
                add(UNRECOGNISED);
            }
        }
        FacetElement::LeadSponsorClass => {
            protocol
                .sponsor_collaborators_module
                .lead_sponsor
                .class
                .iter()
                .for_each(|v| add(v));
        }
        FacetElement::LocationCountry => {
            let locations = &protocol.contacts_locations_module.locations;
            locations
                .iter()
                .filter_map(|location| location.country.as_deref())
                .for_each(&mut add);
        }
        FacetElement::HasResults => match study.has_results {
            Some(true) => add("POSTED"),
            Some(false) => add("NONE"),
            None => {}
        },
        FacetElement::StartYear => {
            let start = protocol.status_module.start_date_struct.date.as_deref();
            match start.map(PartialDate::parse) {
                Some(Some(date)) => add(&date.year().to_string()),
                Some(None) => add(UNRECOGNISED),
                None => {}
            }
        }
        FacetElement::DesignAllocation => design.design_info.allocation.iter().for_each(|v| add(v)),
        FacetElement::DesignMasking => design
            .design_info
            .masking_info
            .masking
            .iter()
            .for_each(|v| add(v)),
        FacetElement::DesignPrimaryPurpose => design
            .design_info
            .primary_purpose
            .iter()
            .for_each(|v| add(v)),
        FacetElement::VerificationState => return values,
    }
    if values.is_empty() {
        values.push(NOT_STATED.to_owned());
    }
    values
}
