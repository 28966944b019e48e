//! A trial's page: all of its record, the searched words marked, and trials like it. The words of an address are marked, or
//! those of a patient's story, which comes in the body of a POST and leads to no address.

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::civil::Date;

use crate::query::Query;
use crate::render::{Record, RecordView, record};
use crate::search::{Finder, Request};
use crate::server::api::trials::unknown;
use crate::server::layers::body;
use crate::server::options::Limits;
use crate::server::page::choices::address;
use crate::server::page::layout::{Layout, html, similar_address, trial_address};
use crate::server::page::patient::FORM_NAMES;
use crate::server::page::selection::Selection;
use crate::server::parameters::{Parameters, request};
use crate::server::problem::Problem;
use crate::server::state::App;
use crate::server::story::with_story;

/// Trials like it that are named.
const LIKE: usize = 5;

/// A trial that is named beside another.
struct Like {
    id: String,
    title: String,
    address: String,
}

#[derive(Template)]
#[template(path = "trial.html")]
struct TrialPage {
    layout: Layout,
    back: Option<String>,
    record: Record,
    kept: bool,
    here: String,
    json: String,
    like: Vec<Like>,
    all_like: String,
    marked: bool,
}

#[derive(Template)]
#[template(path = "several.html")]
struct SeveralPage {
    layout: Layout,
    id: String,
    trials: Vec<Like>,
}

/// Answers with a trial's page.
pub(super) async fn trial(
    State(app): State<App>,
    headers: HeaderMap,
    Path(id): Path<String>,
    RawQuery(asked): RawQuery,
) -> Result<Response, Problem> {
    let parameters = Parameters::read(asked.unwrap_or_default().as_bytes())?;
    shown(app, &headers, id, parameters, false).await
}

/// Answers with a trial's page, the words of a patient's story marked.
pub(super) async fn trial_of_story(
    State(app): State<App>,
    headers: HeaderMap,
    Path(id): Path<String>,
    sent: Body,
) -> Result<Response, Problem> {
    let parameters = Parameters::read(&body(&app, sent).await?)?;
    shown(app, &headers, id, parameters, true).await
}

async fn shown(
    app: App,
    headers: &HeaderMap,
    id: String,
    parameters: Parameters,
    has_story: bool,
) -> Result<Response, Problem> {
    let selection = Selection::of(headers);
    let opened = app.opened()?;
    let today = app.today();
    let limits = app.options().limits.clone();
    app.work(move || {
        let finder = &opened.finder;
        let index = finder.index();
        let searcher = index.searcher();
        let found = index.find(&searcher, &id)?;
        let address_of_trial = match found.as_slice() {
            [] => return Err(unknown(&id)),
            [only] => *only,
            several => {
                let mut trials = Vec::with_capacity(several.len());
                for place in several {
                    let trial = index.trial(&searcher, *place)?;
                    trials.push(named(&trial.id.to_string(), &trial.study));
                }
                return html(&SeveralPage {
                    layout: Layout::new(&id, selection.len()).with_box(""),
                    id,
                    trials,
                });
            }
        };
        let trial = index.trial(&searcher, address_of_trial)?;
        let searched = match has_story {
            true => Some(of_story(&parameters, finder, &limits, today)?),
            false => searched(&parameters, finder, &limits, today)?,
        };
        let marker = searched
            .as_ref()
            .map(|request| finder.marker(request))
            .transpose()?;
        let own = trial.id.to_string();
        let json = format!("/api{}", trial_address(&own, ""));
        let view = RecordView {
            vocabulary: index.vocabulary(),
            today,
            marker: marker.as_ref(),
            whole: &json,
        };
        // What comes with a story stands in no address.
        let parameters = match has_story {
            true => Parameters::default(),
            false => parameters,
        };
        let q = parameters.one("q")?.unwrap_or_default();
        let page = TrialPage {
            record: record(&trial, &view),
            layout: Layout::new(title(&trial.study, &own), selection.len()).with_box(q),
            back: (parameters.pairs().count() > 0).then(|| address("/search", &parameters)),
            kept: selection.has(&own),
            here: address(&trial_address(&own, ""), &parameters),
            like: like(&own, finder, today)?,
            all_like: similar_address(&own),
            marked: searched.is_some(),
            json,
        };
        html(&page)
    })
    .await?
}

/// The search whose words are marked, if there is one. The words of a page's address are only for marking: one that is not
/// understood is told by the search page.
fn searched(
    parameters: &Parameters,
    finder: &Finder,
    limits: &Limits,
    today: Date,
) -> Result<Option<Request>, Problem> {
    parameters.check(finder, &["page"])?;
    let request = request(parameters, finder, limits, today)?;
    Ok((!request.query.root.is_without_words()).then_some(request))
}

/// The search of a story, with its words for marking.
fn of_story(
    parameters: &Parameters,
    finder: &Finder,
    limits: &Limits,
    today: Date,
) -> Result<Request, Problem> {
    parameters.check(finder, &FORM_NAMES)?;
    with_story(
        request(parameters, finder, limits, today)?,
        parameters,
        finder,
    )
}

fn title(study: &crate::trial::Study, id: &str) -> String {
    let identification = &study.protocol_section.identification_module;
    let title = identification
        .brief_title
        .as_ref()
        .or(identification.official_title.as_ref());
    title.map_or_else(|| id.to_owned(), |title| format!("{title} · {id}"))
}

fn named(id: &str, study: &crate::trial::Study) -> Like {
    let identification = &study.protocol_section.identification_module;
    let title = identification.brief_title.as_ref();
    Like {
        title: title.cloned().unwrap_or_default(),
        address: trial_address(id, ""),
        id: id.to_owned(),
    }
}

fn like(id: &str, finder: &Finder, today: Date) -> Result<Vec<Like>, Problem> {
    let request = Request {
        like: Some(id.to_owned()),
        limit: LIKE,
        passages: 0,
        today,
        ..Request::new(Query::of_words(""))
    };
    let hits = finder.search(&request)?.hits.into_iter();
    let like = hits.map(|hit| Like {
        address: trial_address(&hit.id, ""),
        title: hit.title.text,
        id: hit.id,
    });
    Ok(like.collect())
}
