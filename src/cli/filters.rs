//! From what was typed for facets to filters with the values of the index.

use crate::cli::arguments::SearchArguments;
use crate::cli::facet_arguments::FacetArguments;
use crate::cli::failure::Failure;
use crate::search::{Filter, Finder, choose, chosen_values, not_verified};

/// The filters that were typed, of the facets in their order and by name.
pub(crate) fn chosen(
    facets: &FacetArguments,
    by_name: &[(String, String)],
    finder: &Finder,
) -> Result<Vec<Filter>, Failure> {
    let mut filters: Vec<Filter> = Vec::new();
    let of_options = facets
        .chosen
        .iter()
        .flat_map(|(facet, texts)| texts.iter().map(move |text| (facet, text)));
    let by_name = by_name.iter().map(|(facet, text)| (facet, text));
    for (facet, text) in of_options.chain(by_name) {
        let name = facet.replace('-', "_");
        let values = chosen_values(finder, &name, text)?;
        choose(&mut filters, name, values);
    }
    Ok(filters)
}

/// All filters that were typed for a search.
pub(crate) fn filters(typed: &SearchArguments, finder: &Finder) -> Result<Vec<Filter>, Failure> {
    let mut filters = chosen(&typed.facets_chosen, &typed.filters, finder)?;
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
