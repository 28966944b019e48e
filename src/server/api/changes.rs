//! `/api/trials/{id}/changes`: what changed in a trial, as `diff --format json` writes it.

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;

use crate::index::Span;
use crate::server::api::json;
use crate::server::api::trials::unknown;
use crate::server::parameters::{Parameters, brief};
use crate::server::problem::Problem;
use crate::server::state::App;
use crate::trial::PartialDate;

/// Answers with the changes of a trial, from `since` to `until` if these are given.
pub(super) async fn changes(
    State(app): State<App>,
    Path(id): Path<String>,
    RawQuery(asked): RawQuery,
) -> Result<Response, Problem> {
    let parameters = Parameters::read(asked.unwrap_or_default().as_bytes())?;
    for (name, _) in parameters.pairs() {
        if !["since", "until"].contains(&name) {
            let message = format!(
                "unknown parameter `{}`; known are `since` and `until`",
                brief(name)
            );
            return Err(Problem::parameter(name, message));
        }
    }
    let span = Span {
        since: day(&parameters, "since", PartialDate::first_day)?,
        until: day(&parameters, "until", PartialDate::last_day)?,
        known_since: None,
    };
    let opened = app.opened()?;
    app.work(move || {
        let index = opened.finder.index();
        let searcher = index.searcher();
        let found = index.find(&searcher, &id)?;
        match found.as_slice() {
            [] => Err(unknown(&id)),
            [address] => json(&index.changes_of(&searcher, *address, &span)?),
            several => Err(Problem::new(
                StatusCode::MULTIPLE_CHOICES,
                format!("{} trials have the id `{}`", several.len(), brief(&id)),
            )
            .hint("`/api/search?q=ID` lists them; ask for one by its own registry id")),
        }
    })
    .await?
}

fn day(
    parameters: &Parameters,
    name: &str,
    of: fn(PartialDate) -> Date,
) -> Result<Option<Date>, Problem> {
    let Some(text) = parameters.one(name)? else {
        return Ok(None);
    };
    match PartialDate::parse(text) {
        Some(date) => Ok(Some(of(date))),
        None => Err(Problem::parameter(
            name,
            format!(
                "`{name}` is a date like 2026-03-05, 2026-03 or 2026, not `{}`",
                brief(text)
            ),
        )),
    }
}
