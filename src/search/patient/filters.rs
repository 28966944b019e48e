//! Age and sex of a patient as filters: a trial that is open to them, or does not say, passes. The age is judged as `age:` in a
//! query judges it, by the trial's own bounds.

use serde::Serialize;

use crate::narrative::{AgeSaid, Sex, SexSaid};
use crate::query::{self, Node, Test};
use crate::schema::{FacetElement, Fields, NOT_STATED, UNRECOGNISED};
use crate::search::columns::Ages;
use crate::search::request::Filter;

/// What the filter by age is called in a query.
pub(crate) const AGE: &str = "age";

/// The trials that admit an age: the filter `age:45` of a query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AgeFilter {
    /// The filter's name in a query: `age`.
    pub facet: String,
    /// What is asked of it, as a query says it: `45`, `60..69`, `6m`.
    pub values: Vec<String>,
    #[serde(skip)]
    pub(crate) ages: Ages,
}

/// The trials that admit an age. `None` if the age cannot be written, which no age that is read comes to.
pub(super) fn age(fields: &Fields, said: &AgeSaid) -> Option<AgeFilter> {
    let value = match said.from.total_cmp(&said.to) {
        std::cmp::Ordering::Equal => in_units(said.from),
        _ => format!("{}..{}", in_units(said.from), in_units(said.to)),
    };
    let query = query::parse(&format!("{AGE}:{value}"), fields).ok()?;
    let Node::Filter {
        test: Test::Ages { from, before },
        ..
    } = query.root
    else {
        return None;
    };
    Some(AgeFilter {
        facet: AGE.to_owned(),
        values: vec![value],
        ages: Ages { from, before },
    })
}

/// An age as a query says it, in the largest unit of which it is a whole number.
fn in_units(years: f64) -> String {
    let is_whole = |count: f64| count >= 1.0 && (count - count.round()).abs() < 1e-6;
    let months = years * 12.0;
    if is_whole(years) {
        format!("{years:.0}")
    } else if is_whole(months) {
        format!("{months:.0}m")
    } else if months >= 1.0 && years >= 2.0 {
        format!("{:.0}m", months.floor())
    } else {
        format!("{:.0}d", (years * 365.25 + 1e-6).floor())
    }
}

/// The trials that admit a sex. `None` if the schema has no such facet.
pub(super) fn sex(fields: &Fields, said: &SexSaid) -> Option<Filter> {
    let own = match said.sex {
        Sex::Female => "FEMALE",
        Sex::Male => "MALE",
    };
    let facet = fields
        .facets
        .iter()
        .find(|facet| facet.element == FacetElement::Sex)?;
    let values = ["ALL", own, NOT_STATED, UNRECOGNISED];
    Some(Filter {
        facet: facet.name.clone(),
        values: values.into_iter().map(str::to_owned).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_as_a_query_says_them() {
        let check = |from: f64, to: f64, expect: &str| {
            let said = AgeSaid {
                from,
                to,
                bytes: 0..0,
            };
            let filter = age(Fields::bundled(), &said).unwrap();
            assert_eq!(filter.values, [expect]);
        };
        check(45.0, 45.0, "45");
        check(60.0, 69.0, "60..69");
        check(0.5, 0.5, "6m");
        check(1.5, 1.5, "18m");
        check(2.55, 2.55, "30m");
        check(14.0 / 365.25, 14.0 / 365.25, "14d");
        check(5.0 / 8766.0, 5.0 / 8766.0, "0d");
        check(0.0, 28.0 / 365.25, "0d..28d");
        check(0.0, 1.0, "0d..1");
        check(125.0, 125.0, "125");
    }
}
