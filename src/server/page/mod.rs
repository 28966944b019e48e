//! What people see.

use axum::Router;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use crate::server::problem::Problem;
use crate::server::state::App;

/// The pages.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/", get(async || Html("trialfind")))
}

/// A problem as a page.
pub(super) fn problem(_app: &App, problem: &Problem, _response: &Response) -> Response {
    (problem.status, problem.message.clone()).into_response()
}
