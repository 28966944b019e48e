//! `/api/patient`: a search with a patient's story. The story comes in the body of a POST and nowhere else: addresses are
//! logged, kept and handed on by browsers and proxies.

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;

use crate::server::api::json;
use crate::server::layers::body;
use crate::server::parameters::{Parameters, request};
use crate::server::problem::Problem;
use crate::server::state::App;
use crate::server::story::{STORY_NAMES, with_story};

/// Answers a search with a story: a form with `story` and the parameters of `/api/search`.
pub(super) async fn patient(State(app): State<App>, sent: Body) -> Result<Response, Problem> {
    let sent = body(&app, sent).await?;
    let parameters = Parameters::read(&sent)?;
    let opened = app.opened()?;
    let today = app.today();
    let limits = app.options().limits.clone();
    let work = move || -> Result<Response, Problem> {
        let finder = &opened.finder;
        parameters.check(finder, &STORY_NAMES)?;
        let request = request(&parameters, finder, &limits, today)?;
        let request = with_story(request, &parameters, finder)?;
        json(&finder.search(&request)?)
    };
    app.work(work).await?
}
