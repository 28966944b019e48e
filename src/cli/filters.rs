//! From what was typed for facets to filters with the values of the index.

use crate::cli::arguments::SearchArguments;
use crate::cli::failure::Failure;
use crate::schema::{FacetElement, NOT_STATED};
use crate::search::{Filter, Finder, SearchError};

/// Facets that are counted unless others are asked for: what most people narrow a list down by.
const USUAL_FACETS: [FacetElement; 5] = [
    FacetElement::OverallStatus,
    FacetElement::Phase,
    FacetElement::InterventionType,
    FacetElement::LocationCountry,
    FacetElement::VerificationState,
];

/// The value of [`FacetElement::VerificationState`] for open trials that nobody has verified for long.
const STALE: &str = "STALE";

/// The filters that were typed, of the facets in their order.
pub(crate) fn filters(typed: &SearchArguments, finder: &Finder) -> Result<Vec<Filter>, Failure> {
    let mut filters: Vec<Filter> = Vec::new();
    let mut add = |facet: String, values: Vec<String>| match filters
        .iter_mut()
        .find(|filter| filter.facet == facet)
    {
        Some(filter) => filter.values.extend(values),
        None => filters.push(Filter { facet, values }),
    };
    let of_options = typed
        .facets_chosen
        .chosen
        .iter()
        .flat_map(|(facet, texts)| texts.iter().map(move |text| (facet, text)));
    let by_name = typed.filters.iter().map(|(facet, text)| (facet, text));
    for (facet, text) in of_options.chain(by_name) {
        let name = facet.replace('-', "_");
        let values = values(finder, &name, text)?;
        add(name, values);
    }
    if typed.not_verified {
        let fields = finder.index().fields();
        let verification = fields
            .facets
            .iter()
            .find(|facet| facet.element == FacetElement::VerificationState);
        match verification {
            Some(facet) => add(facet.name.clone(), vec![STALE.to_owned()]),
            None => {
                return Err(Failure::new(
                    "`--not-verified` is a facet that this schema has not",
                    "add one with `element = \"VerificationState\"` to its fields.toml",
                ));
            }
        }
    }
    Ok(filters)
}

/// The values that a text means: one, or several with commas between. A name may have a comma of its own ("Active, not
/// recruiting", "Korea, Republic of"), so the longest stretch that is known as one value is one.
pub(crate) fn values(finder: &Finder, facet: &str, text: &str) -> Result<Vec<String>, SearchError> {
    let one = |text: &str| {
        let values = finder.facet_values(facet, text)?;
        // A spelling of "none" ("not given") stands for no value at all.
        Ok(if values.is_empty() {
            vec![NOT_STATED.to_owned()]
        } else {
            values
        })
    };
    let parts: Vec<&str> = text
        .split(',')
        .filter(|part| !part.trim().is_empty())
        .collect();
    let has_vocabulary = finder
        .index()
        .fields()
        .facet(facet)
        .is_some_and(|(_, facet)| facet.vocabulary.is_some());
    if parts.len() < 2 {
        return one(text);
    }
    if !has_vocabulary {
        // Here a name that no trial has is no error, so single names are tried first.
        let each: Result<Vec<Vec<String>>, SearchError> = parts.iter().copied().map(one).collect();
        return match each {
            Ok(values) => Ok(values.concat()),
            Err(error) => one(text).map_err(|_: SearchError| error),
        };
    }
    let mut values = Vec::new();
    let mut start = 0;
    while start < parts.len() {
        let longest = (start + 1..=parts.len()).rev().find_map(|end| {
            let known = one(&parts[start..end].join(",")).ok()?;
            Some((end, known))
        });
        let Some((end, known)) = longest else {
            return one(parts[start]);
        };
        values.extend(known);
        start = end;
    }
    Ok(values)
}

/// The facets to count: those asked for, else the usual ones and those that are filtered by.
pub(crate) fn facets(
    asked: Option<&str>,
    filters: &[Filter],
    finder: &Finder,
) -> Result<Vec<String>, Failure> {
    let known = &finder.index().fields().facets;
    match asked.map(str::trim) {
        Some("none" | "") => Ok(Vec::new()),
        Some("all") => Ok(known.iter().map(|facet| facet.name.clone()).collect()),
        Some(names) => Ok(names
            .split(',')
            .map(|name| name.trim().replace('-', "_"))
            .filter(|name| !name.is_empty())
            .collect()),
        None => Ok(known
            .iter()
            .filter(|facet| {
                USUAL_FACETS.contains(&facet.element)
                    || filters.iter().any(|filter| filter.facet == facet.name)
            })
            .map(|facet| facet.name.clone())
            .collect()),
    }
}
