//! The fields and filters that a query may name, as the schema has them.

use crate::query::{FieldNames, FilterKind, FilterName};
use crate::schema::{FacetElement, Fields};
use crate::search::columns::NumberColumn;

/// Filters that are no facets: the name, second names, what its values are.
const FILTERS: [(&str, &[&str], FilterKind); 8] = [
    ("age", &["ages"], FilterKind::Age),
    (
        "enrollment",
        &["enrolment", "participants"],
        FilterKind::Number,
    ),
    ("start", &["started"], FilterKind::Date),
    ("updated", &["update"], FilterKind::Date),
    (
        "completion",
        &["primary_completion", "completed"],
        FilterKind::Date,
    ),
    ("verified", &[], FilterKind::Date),
    ("has", &[], FilterKind::Presence),
    ("near", &[], FilterKind::Place),
];

/// The column of a filter by number or date.
pub(crate) fn number_column(filter: &str) -> Option<NumberColumn> {
    Some(match filter {
        "enrollment" => NumberColumn::Enrollment,
        "start" => NumberColumn::Start,
        "updated" => NumberColumn::Updated,
        "completion" => NumberColumn::PrimaryCompletion,
        "verified" => NumberColumn::Verified,
        _ => return None,
    })
}

/// The filters that are no facets, with their second names, for a reference.
pub fn query_filters() -> impl Iterator<Item = (&'static str, &'static [&'static str], FilterKind)>
{
    FILTERS.into_iter()
}

impl FieldNames for Fields {
    fn resolve(&self, name: &str) -> Option<String> {
        self.names().find(|known| *known == name)?;
        let canonical = self
            .text
            .iter()
            .find(|field| field.name == name || field.also.iter().any(|also| also == name));
        Some(
            canonical
                .map_or(name, |field| field.name.as_str())
                .to_owned(),
        )
    }

    fn names(&self) -> Vec<String> {
        Fields::names(self).map(str::to_owned).collect()
    }

    fn filter(&self, name: &str) -> Option<FilterName> {
        let own = FILTERS
            .iter()
            .find(|(known, also, _)| *known == name || also.contains(&name));
        if let Some((name, _, kind)) = own {
            return Some(FilterName {
                name: (*name).to_owned(),
                kind: *kind,
            });
        }
        let (_, facet) = self.facet(name)?;
        Some(FilterName {
            name: facet.name.clone(),
            kind: match facet.element {
                FacetElement::Phase => FilterKind::OrderedValues,
                _ => FilterKind::Values,
            },
        })
    }

    fn filter_names(&self) -> Vec<String> {
        let own = FILTERS.iter().map(|(name, ..)| (*name).to_owned());
        self.facets
            .iter()
            .map(|facet| facet.name.clone())
            .chain(own)
            .collect()
    }
}
