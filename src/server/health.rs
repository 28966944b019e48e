//! For whoever runs the server: whether it lives, whether it can answer, what it has done.

use axum::Router;
use axum::extract::State;
use axum::routing::get;

use crate::server::metrics;
use crate::server::problem::Problem;
use crate::server::state::App;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/healthz", get(async || "alive\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics::text))
}

/// Whether there is an index to answer from.
async fn ready(State(app): State<App>) -> Result<&'static str, Problem> {
    app.opened().map(|_| "ready\n")
}
