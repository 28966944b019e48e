//! Age and sex of a patient as filters: a trial that is open to them, or does not say, passes.

use crate::narrative::{AgeSaid, Sex, SexSaid};
use crate::schema::{FacetElement, Fields, NOT_STATED, UNRECOGNISED};
use crate::search::request::Filter;

/// The standard age groups with the years at which they begin and end (data element `StdAge`).
const AGE_GROUPS: [(&str, f64, f64); 3] = [
    ("CHILD", 0.0, 18.0),
    ("ADULT", 18.0, 65.0),
    ("OLDER_ADULT", 65.0, f64::INFINITY),
];

/// The trials that admit an age: those of its age groups. `None` if the schema has no such facet.
pub(super) fn age(fields: &Fields, said: &AgeSaid) -> Option<Filter> {
    let groups = AGE_GROUPS
        .iter()
        .filter(|(_, begins, ends)| said.from < *ends && *begins <= said.to)
        .map(|(group, ..)| *group);
    filter(fields, FacetElement::StdAge, groups)
}

/// The trials that admit a sex. `None` if the schema has no such facet.
pub(super) fn sex(fields: &Fields, said: &SexSaid) -> Option<Filter> {
    let own = match said.sex {
        Sex::Female => "FEMALE",
        Sex::Male => "MALE",
    };
    filter(fields, FacetElement::Sex, ["ALL", own].into_iter())
}

fn filter<'v>(
    fields: &Fields,
    element: FacetElement,
    values: impl Iterator<Item = &'v str>,
) -> Option<Filter> {
    let facet = fields
        .facets
        .iter()
        .find(|facet| facet.element == element)?;
    Some(Filter {
        facet: facet.name.clone(),
        values: values
            .chain([NOT_STATED, UNRECOGNISED])
            .map(str::to_owned)
            .collect(),
    })
}
