//! The options that say where a site has to be.

use clap::Args;

use crate::cli::failure::Failure;
use crate::cli::filters::values;
use crate::schema::FacetElement;
use crate::search::{Filter, Finder, SiteFilter, USUAL_KM};

/// The most kilometres that say anything: half the way around the earth.
const MOST_KM: f64 = 20_040.0;

/// Kilometres in a mile.
const KM_IN_MILE: f64 = 1.609_344;

/// What was typed of a place.
#[derive(Debug, Args)]
#[command(next_help_heading = "Filters")]
pub(crate) struct PlaceArguments {
    /// Only trials with a site near a place: a town ("Lyon, France") or degrees north and east (45.76,4.84)
    #[arg(long, value_name = "PLACE", allow_hyphen_values = true)]
    pub(crate) near: Option<String>,
    /// How near, with --near: 30, 30km or 20mi [default: 50km]
    #[arg(long, value_name = "DISTANCE", requires = "near", value_parser = kilometres)]
    pub(crate) within: Option<f64>,
    /// What that site's own status has to be, with --near
    #[arg(long, value_name = "STATUS", requires = "near")]
    pub(crate) site_status: Vec<String>,
}

/// The filter that was typed. A status that trials have to have, that site has to have too.
pub(crate) fn near(
    typed: &PlaceArguments,
    filters: &[Filter],
    finder: &Finder,
) -> Result<Option<SiteFilter>, Failure> {
    let Some(place) = &typed.near else {
        return Ok(None);
    };
    let mut filter = SiteFilter::new(finder.place(place)?, typed.within.unwrap_or(USUAL_KM));
    let facets = &finder.index().fields().facets;
    let status = facets
        .iter()
        .find(|facet| facet.element == FacetElement::OverallStatus);
    if let Some(status) = status {
        for text in &typed.site_status {
            filter.statuses.extend(values(finder, &status.name, text)?);
        }
        if typed.site_status.is_empty() {
            let chosen = filters.iter().filter(|filter| filter.facet == status.name);
            filter
                .statuses
                .extend(chosen.flat_map(|filter| filter.values.iter().cloned()));
        }
    }
    Ok(Some(filter))
}

/// An order by distance from nowhere.
pub(crate) fn no_place() -> Failure {
    Failure::new(
        "`--sort distance` without a place",
        "name one with `--near`, as in `--near \"Lyon, France\"`",
    )
}

fn kilometres(typed: &str) -> Result<f64, String> {
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
