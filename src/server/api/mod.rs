//! Our own answers for programs, as JSON: what the command line writes with `--format json`.

mod changes;
mod openapi;
mod patient;
mod search;
mod suggest;
pub(crate) mod trials;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Serialize;

use crate::render::json_line;
use crate::server::problem::Problem;
use crate::server::state::App;

/// Everything below `/api`.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/search", get(search::search))
        .route("/patient", post(patient::patient))
        .route("/trials/{id}", get(trials::trial))
        .route("/trials/{id}/changes", get(changes::changes))
        .route("/trials/{id}/similar", get(trials::similar))
        .route("/openapi.json", get(openapi::openapi))
        .route("/suggest", get(suggest::suggest))
}

/// A value as a JSON answer.
pub(crate) fn json<T: Serialize>(value: &T) -> Result<Response, Problem> {
    let body = json_line(value).map_err(|error| {
        tracing::error!("cannot write an answer: {error}");
        Problem::fault()
    })?;
    Ok(([(CONTENT_TYPE, "application/json")], body + "\n").into_response())
}
