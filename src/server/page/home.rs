//! The first page, the help, and problems as pages.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::RETRY_AFTER;
use axum::response::Response;

use crate::query;
use crate::render::count;
use crate::server::page::layout::{Layout, html};
use crate::server::page::selection::Selection;
use crate::server::problem::Problem;
use crate::server::state::App;

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    layout: Layout,
    trials: String,
    data_as_of: String,
}

#[derive(Template)]
#[template(path = "help.html")]
struct HelpPage {
    layout: Layout,
    reference: &'static str,
    fields: Vec<(String, String)>,
    facets: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    layout: Layout,
    heading: &'static str,
    message: Vec<(bool, String)>,
    hint: Vec<(bool, String)>,
    carets: Option<String>,
    no_index: bool,
    index: String,
}

/// Answers with the first page.
pub(super) async fn home(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    let selection = Selection::of(&headers);
    let opened = app.opened()?;
    app.work(move || {
        let index = opened.finder.index();
        html(&HomePage {
            layout: Layout::new("Search clinical trials", selection.len()),
            trials: count(index.searcher().num_docs()),
            data_as_of: index.data_as_of()?.unwrap_or_default(),
        })
    })
    .await?
}

/// Answers with the query language.
pub(super) async fn help(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    let fields = &app.options().schema.fields;
    let about = |label: &str, also: &[String]| match also {
        [] => label.to_lowercase(),
        also => format!("{}; also {}", label.to_lowercase(), also.join(", ")),
    };
    let texts = fields.text.iter();
    let facets = fields.facets.iter();
    html(&HelpPage {
        layout: Layout::new("Help", Selection::of(&headers).len()).with_box(""),
        reference: query::reference(),
        fields: texts
            .map(|field| (field.name.clone(), about(&field.label, &field.also)))
            .collect(),
        facets: facets
            .map(|facet| (facet.name.clone(), about(&facet.label, &facet.also)))
            .collect(),
    })
}

/// A problem as a page; `q` is the query of the address, so that it can be mended.
pub(crate) fn problem(app: &App, problem: &Problem, q: &str, before: &Response) -> Response {
    let no_index = app.opened().is_err() && problem.status.is_server_error();
    let status = problem.status;
    let page = ProblemPage {
        layout: Layout::new("Something is wrong", 0).with_box(q),
        heading: match status.as_u16() {
            _ if no_index => "There is no index to search yet",
            400 => "This cannot be searched",
            404 => "Not found",
            500..=599 => "The server cannot answer this now",
            _ => "This cannot be answered",
        },
        no_index,
        index: app.options().index.display().to_string(),
        message: parts(&problem.message),
        hint: parts(problem.hint.as_deref().unwrap_or_default()),
        carets: problem.place.as_ref().map(|place| place.carets.clone()),
    };
    let Ok(mut response) = html(&page) else {
        return Response::default();
    };
    *response.status_mut() = status;
    for name in [RETRY_AFTER, axum::http::header::ALLOW] {
        if let Some(value) = before.headers().get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response
}

/// A message in its parts, each with whether it stands between backticks, as what was typed and what is to be typed does.
fn parts(message: &str) -> Vec<(bool, String)> {
    // A backtick without another is one.
    let paired = message.matches('`').count() / 2 * 2;
    let pieces = message.splitn(paired + 1, '`').enumerate();
    let pieces = pieces.filter(|(_, part)| !part.is_empty());
    pieces
        .map(|(place, part)| (place % 2 == 1, part.to_owned()))
        .collect()
}
