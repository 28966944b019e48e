//! `/api/suggest`: what half-typed words may become, as `suggest --format json` writes it.

use axum::extract::{RawQuery, State};
use axum::response::Response;

use crate::server::api::json;
use crate::server::parameters::{Parameters, USUAL_LIMIT};
use crate::server::problem::Problem;
use crate::server::state::App;

/// Completions at most.
const MOST: usize = 100;

/// The longest text that is completed, in bytes; no name is longer.
const LONGEST: usize = 400;

/// Answers with completions of `q`, `limit` of them.
pub(super) async fn suggest(
    State(app): State<App>,
    RawQuery(asked): RawQuery,
) -> Result<Response, Problem> {
    let parameters = Parameters::read(asked.unwrap_or_default().as_bytes())?;
    let limit = parameters.number("limit", MOST)?.unwrap_or(USUAL_LIMIT);
    let typed = parameters.one("q")?.unwrap_or_default().to_owned();
    if typed.len() > LONGEST {
        return Err(Problem::parameter(
            "q",
            format!("`q` is longer than {LONGEST} bytes"),
        ));
    }
    let opened = app.opened()?;
    app.work(move || json(&opened.finder.suggest(&typed, limit)?))
        .await?
}
