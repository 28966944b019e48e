//! From what people type beside the words of a query to the parts of a [`crate::search::Request`]: values of facets, facets to
//! count, a place with a distance. One reading for the command line and the server; it knows of neither.

use crate::schema::{FacetElement, NOT_STATED};
use crate::search::finder::{Finder, SearchError};
use crate::search::request::{Filter, Request, Sort};
use crate::search::sites::{SiteFilter, USUAL_KM};

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

/// The most kilometres that say anything: half the way around the earth.
const MOST_KM: f64 = 20_040.0;

/// Kilometres in a mile.
const KM_IN_MILE: f64 = 1.609_344;

/// Adds values of a facet to those that are chosen.
pub fn choose(filters: &mut Vec<Filter>, facet: String, values: Vec<String>) {
    match filters.iter_mut().find(|filter| filter.facet == facet) {
        Some(filter) => filter.values.extend(values),
        None => filters.push(Filter { facet, values }),
    }
}

/// The values that a text means: one, or several with commas between. A name may have a comma of its own ("Active, not
/// recruiting", "Korea, Republic of"), so the longest stretch that is known as one value is one.
///
/// # Errors
/// An unknown facet or value.
pub fn chosen_values(finder: &Finder, facet: &str, text: &str) -> Result<Vec<String>, SearchError> {
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

/// The choice of open trials that nobody has verified for two years; `None` if the schema has no such facet.
pub fn not_verified(finder: &Finder) -> Option<(String, Vec<String>)> {
    let name = facet_of(finder, FacetElement::VerificationState)?;
    Some((name, vec![STALE.to_owned()]))
}

/// The facets to count: those asked for by names with commas between (`all` and `none` are understood), else the usual ones
/// and those that are filtered by.
pub fn counted_facets(asked: Option<&str>, filters: &[Filter], finder: &Finder) -> Vec<String> {
    let known = &finder.index().fields().facets;
    match asked.map(str::trim) {
        Some("none" | "") => Vec::new(),
        Some("all") => known.iter().map(|facet| facet.name.clone()).collect(),
        Some(names) => names
            .split(',')
            .map(|name| name.trim().replace('-', "_"))
            .filter(|name| !name.is_empty())
            .collect(),
        None => known
            .iter()
            .filter(|facet| {
                USUAL_FACETS.contains(&facet.element)
                    || filters.iter().any(|filter| filter.facet == facet.name)
            })
            .map(|facet| facet.name.clone())
            .collect(),
    }
}

/// Sites near a place. A status that trials have to have, that site has to have too, unless its own is asked for.
///
/// # Errors
/// An unknown place or status.
pub fn near_filter(
    finder: &Finder,
    place: &str,
    km: Option<f64>,
    site_status: &[String],
    filters: &[Filter],
) -> Result<SiteFilter, SearchError> {
    let mut filter = SiteFilter::new(finder.place(place)?, km.unwrap_or(USUAL_KM));
    if let Some(status) = facet_of(finder, FacetElement::OverallStatus) {
        for text in site_status {
            filter
                .statuses
                .extend(chosen_values(finder, &status, text)?);
        }
        if site_status.is_empty() {
            let chosen = filters.iter().filter(|filter| filter.facet == status);
            filter
                .statuses
                .extend(chosen.flat_map(|filter| filter.values.iter().cloned()));
        }
    }
    Ok(filter)
}

/// A distance as it is typed: `30`, `30km`, `20 mi`.
///
/// # Errors
/// What is wrong with it, in words.
pub fn kilometres(typed: &str) -> Result<f64, String> {
    let lower = typed.trim().to_lowercase();
    let digits = lower.trim_end_matches(char::is_alphabetic).trim_end();
    let factor = match lower[digits.len()..].trim() {
        "" | "km" | "kms" | "kilometres" | "kilometers" => 1.0,
        "mi" | "mile" | "miles" => KM_IN_MILE,
        unit => return Err(format!("`{unit}` is neither km nor mi")),
    };
    match digits.parse::<f64>() {
        Ok(number) if number > 0.0 && number * factor <= MOST_KM => Ok(number * factor),
        _ => Err("a distance is a number over 0, as in 30km".to_owned()),
    }
}

impl Request {
    /// The order of a search that does not say one: without words the nearest site first if there is a place, else the last
    /// update; with words the best first.
    pub fn usual_sort(&self) -> Sort {
        let without_words =
            self.query.root.is_without_words() && self.patient.is_none() && self.like.is_none();
        match without_words {
            true if self.has_place() => Sort::Distance,
            true => Sort::Updated,
            false => Sort::Relevance,
        }
    }

    /// Whether trials are sought near a place, so that they can be ordered by distance.
    pub fn has_place(&self) -> bool {
        self.near.is_some() || self.query.root.is_near_a_place()
    }
}

fn facet_of(finder: &Finder, element: FacetElement) -> Option<String> {
    let facets = &finder.index().fields().facets;
    let facet = facets.iter().find(|facet| facet.element == element)?;
    Some(facet.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        let check = |typed: &str, expect: Option<f64>| {
            assert_eq!(kilometres(typed).ok().map(f64::round), expect, "{typed}");
        };
        check("50km", Some(50.0));
        check("50", Some(50.0));
        check("50 KM", Some(50.0));
        check("20mi", Some(32.0));
        check("0.5km", Some(1.0));
        check("0", None);
        check("-5km", None);
        check("nan", None);
        check("5 leagues", None);
        check("99999", None);
        check("", None);
    }
}
