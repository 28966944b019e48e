//! From what was typed for facets to filters with the values of the index.

use clap::Args;

use crate::cli::arguments::pair;
use crate::cli::facet_arguments::FacetArguments;
use crate::cli::failure::Failure;
use crate::cli::place_arguments::PlaceArguments;
use crate::search::{Filter, Finder, choose, chosen_values, not_verified};

/// What narrows a search beside its words.
#[derive(Debug, Args)]
pub(crate) struct FilterArguments {
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    #[command(flatten)]
    pub(crate) facets: FacetArguments,
    /// A filter by name, also of a facet that only --schema has
    #[arg(long = "filter", value_name = "FACET=VALUE", help_heading = "Filters", value_parser = pair)]
    pub(crate) filters: Vec<(String, String)>,
    /// Only open trials that nobody has verified for two years
    #[arg(long, help_heading = "Filters")]
    pub(crate) not_verified: bool,
}

/// The filters that were typed, of the facets in their order.
pub(crate) fn filters(typed: &FilterArguments, finder: &Finder) -> Result<Vec<Filter>, Failure> {
    let mut filters: Vec<Filter> = Vec::new();
    let of_options = typed
        .facets
        .chosen
        .iter()
        .flat_map(|(facet, texts)| texts.iter().map(move |text| (facet, text)));
    let by_name = typed.filters.iter().map(|(facet, text)| (facet, text));
    for (facet, text) in of_options.chain(by_name) {
        let name = facet.replace('-', "_");
        let values = chosen_values(finder, &name, text)?;
        choose(&mut filters, name, values);
    }
    if typed.not_verified {
        let Some((facet, values)) = not_verified(finder) else {
            return Err(Failure::new(
                "`--not-verified` is a facet that this schema has not",
                "add one with `element = \"VerificationState\"` to its fields.toml",
            ));
        };
        choose(&mut filters, facet, values);
    }
    Ok(filters)
}
