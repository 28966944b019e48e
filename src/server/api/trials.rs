//! `/api/trials/{id}`: a trial's record, as `show --format json` writes it, and the trials that are like it.

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use crate::search::SearchError;
use crate::server::api::search::answer;
use crate::server::opened::Opened;
use crate::server::parameters::{Parameters, brief};
use crate::server::problem::Problem;
use crate::server::state::App;

/// Answers with the record: one of API v2 byte for byte, others as they were converted.
pub(super) async fn trial(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let opened = app.opened()?;
    app.work(move || record(&opened, &id)).await?
}

fn record(opened: &Opened, id: &str) -> Result<Response, Problem> {
    let index = opened.finder.index();
    let searcher = index.searcher();
    let found = index.find(&searcher, id)?;
    let [address] = found.as_slice() else {
        return Err(match found.len() {
            0 => unknown(id),
            several => Problem::new(
                StatusCode::MULTIPLE_CHOICES,
                format!("{several} trials have the id `{}`", brief(id)),
            )
            .hint("`/api/search?q=ID` lists them; ask for one by its own registry id"),
        });
    };
    let trial = index.trial(&searcher, *address)?;
    let json = trial.json().map_err(|error| {
        tracing::error!("cannot read the record of {}: {error}", trial.id);
        Problem::fault()
    })?;
    Ok(([(CONTENT_TYPE, "application/json")], json.to_vec()).into_response())
}

/// No trial of an id.
pub(crate) fn unknown(id: &str) -> Problem {
    SearchError::UnknownTrial { id: brief(id) }.into()
}

/// Answers with trials like one; the parameters are those of a search.
pub(super) async fn similar(
    State(app): State<App>,
    Path(id): Path<String>,
    RawQuery(asked): RawQuery,
) -> Result<Response, Problem> {
    let parameters = Parameters::read(asked.unwrap_or_default().as_bytes())?;
    answer(app, parameters, Some(id)).await
}
