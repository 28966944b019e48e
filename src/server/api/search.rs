//! `/api/search`: hits, facets, passages and notices, as `search --format json` writes them.

use axum::extract::{RawQuery, State};
use axum::response::Response;

use crate::search::Hits;
use crate::server::api::json;
use crate::server::parameters::{Parameters, request};
use crate::server::problem::Problem;
use crate::server::state::App;

/// Answers a search.
pub(super) async fn search(
    State(app): State<App>,
    RawQuery(asked): RawQuery,
) -> Result<Response, Problem> {
    let parameters = Parameters::read(asked.unwrap_or_default().as_bytes())?;
    answer(app, parameters, None).await
}

/// Answers a search, for trials like one if its id is given.
pub(super) async fn answer(
    app: App,
    parameters: Parameters,
    like: Option<String>,
) -> Result<Response, Problem> {
    let opened = app.opened()?;
    let today = app.today();
    let limits = app.options().limits.clone();
    let work = move || -> Result<Response, Problem> {
        let finder = &opened.finder;
        // A page is an address's own way to say how many are passed over.
        parameters.check(finder, &[])?;
        let mut request = request(&parameters, finder, &limits, today)?;
        if like.is_some() {
            request.like = like;
            request.sort = crate::server::parameters::sort(&parameters, &request)?;
        }
        let hits: Hits = finder.search(&request)?;
        json(&hits)
    };
    app.work(work).await?
}
