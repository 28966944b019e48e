//! What people see: pages made on the server, whole without a script. Addresses hold the whole search, a patient's story never
//! stands in one.

mod assets;
mod choices;
mod compare;
mod export;
mod home;
mod layout;
mod notices;
mod patient;
mod search;
mod selection;
mod trial;

use axum::Router;
use axum::routing::get;

use crate::server::state::App;

pub(super) use home::problem;

/// The pages.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(home::home))
        .route("/search", get(search::search))
        .route(
            "/trials/{id}",
            get(trial::trial).post(trial::trial_of_story),
        )
        .route("/trials/{id}/similar", get(search::similar))
        .route("/compare", get(compare::compare))
        .route(
            "/selection",
            get(selection::selection).post(selection::change),
        )
        .route("/export", get(export::export))
        .route("/patient", get(patient::form).post(patient::patient))
        .route("/help", get(home::help))
}

/// What the pages load.
pub(super) fn assets() -> Router<App> {
    Router::new().route("/assets/{tag}/{name}", get(assets::asset))
}
