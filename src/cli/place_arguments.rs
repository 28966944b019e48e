//! The options that say where a site has to be.

use clap::Args;

use crate::cli::failure::Failure;
use crate::search::{Filter, Finder, SiteFilter, kilometres, near_filter};

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

/// The filter that was typed.
pub(crate) fn near(
    typed: &PlaceArguments,
    filters: &[Filter],
    finder: &Finder,
) -> Result<Option<SiteFilter>, Failure> {
    let Some(place) = &typed.near else {
        return Ok(None);
    };
    let filter = near_filter(finder, place, typed.within, &typed.site_status, filters)?;
    Ok(Some(filter))
}

/// An order by distance from nowhere.
pub(crate) fn no_place() -> Failure {
    Failure::new(
        "`--sort distance` without a place",
        "name one with `--near`, as in `--near \"Lyon, France\"`",
    )
}
