//! The ClinicalTrials.gov API 2.0.5, so that tools that speak it need only another base address. Here HTTP is translated and no
//! more: searching is `search`'s, cutting studies `render`'s.
//!
//! ```text
//! parameters  names and values of an address, which are known, lists
//! asked       what they ask, as a search; aggregations: the filters that the site puts into its addresses
//! studies     a page of studies; study: one of them; token: where a page ends
//! described   metadata, search areas, enumerations (legacy: what values were called), version; statistics: sizes and values
//! answer      JSON, tables and plain-text problems
//! ```
//!
//! Wrong requests are answered in plain text, in the API's own wording where that is documented. It never falls back to partial
//! matches.

mod aggregations;
mod answer;
mod asked;
mod described;
mod legacy;
mod parameters;
mod statistics;
mod studies;
mod study;
mod token;

use axum::Router;
use axum::middleware;
use axum::routing::get;

use crate::server::problem;
use crate::server::state::App;

/// The version of the API that is spoken.
pub(crate) const API_VERSION: &str = "2.0.5";

/// What of `/api/openapi.json` describes these addresses.
pub(crate) const DESCRIPTION: &str = include_str!("openapi.json");

/// Everything below `/api/v2`.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/studies", get(studies::studies))
        .route("/studies/metadata", get(described::metadata))
        .route("/studies/search-areas", get(described::search_areas))
        .route("/studies/enums", get(described::enumerations))
        .route("/studies/{id}", get(study::study))
        .route("/stats/size", get(statistics::sizes))
        .route("/stats/field/values", get(statistics::values))
        .route("/stats/field/sizes", get(statistics::list_sizes))
        // Some clients write the two so.
        .route("/stats/field-values", get(statistics::values))
        .route("/stats/field-sizes", get(statistics::list_sizes))
        .route("/version", get(described::version))
        .fallback(answer::no_such_address)
        .method_not_allowed_fallback(problem::not_allowed)
        .layer(middleware::map_response(answer::in_plain_text))
}
