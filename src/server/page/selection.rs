//! Trials that somebody keeps: their ids in a cookie of that browser, for this server only, so that nothing is stored here and
//! no script is needed.

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::query::Query;
use crate::render::{Card, Link};
use crate::search::{Finder, Request, Sort};
use crate::server::layers::body;
use crate::server::page::layout::{Layout, html, similar_address, trial_address};
use crate::server::parameters::Parameters;
use crate::server::problem::Problem;
use crate::server::state::App;

const NAME: &str = "trialfind_kept";

/// Trials that are kept at most: what a cookie holds.
const MOST: usize = 200;

/// The longest id that is kept, in bytes.
const LONGEST: usize = 40;

/// How long a browser keeps them, in seconds: a year.
const KEPT_FOR: u32 = 31_536_000;

/// The ids that are kept, in the order that they were ticked in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Selection(Vec<String>);

impl Selection {
    /// What a request's cookie says.
    pub(super) fn of(headers: &HeaderMap) -> Selection {
        let mut selection = Selection::default();
        let cookies = headers.get_all(COOKIE).iter();
        let cookies = cookies.filter_map(|value| value.to_str().ok());
        let pairs = cookies.flat_map(|value| value.split(';'));
        for pair in pairs {
            if let Some((NAME, ids)) = pair.trim().split_once('=') {
                for id in ids.split('~').filter(|id| !id.is_empty()) {
                    selection.add(&percent_decode_str(id).decode_utf8_lossy());
                }
            }
        }
        selection
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.0.iter().any(|known| known == id)
    }

    pub(super) fn ids(&self) -> &[String] {
        &self.0
    }

    fn add(&mut self, id: &str) {
        let sound = !id.trim().is_empty() && id.len() <= LONGEST && !id.contains(char::is_control);
        if sound && !self.has(id) && self.0.len() < MOST {
            self.0.push(id.to_owned());
        }
    }

    /// The cookie that says it. Scripts need not read it, and other sites cannot have it sent.
    fn cookie(&self) -> Option<HeaderValue> {
        let ids = self.0.iter();
        let ids = ids.map(|id| utf8_percent_encode(id, NON_ALPHANUMERIC).to_string());
        let ids: Vec<String> = ids.collect();
        let age = if ids.is_empty() { 0 } else { KEPT_FOR };
        let cookie = format!(
            "{NAME}={}; Path=/; Max-Age={age}; HttpOnly; SameSite=Strict",
            ids.join("~")
        );
        HeaderValue::try_from(cookie).ok()
    }
}

/// Changes what is kept: `shown` are the trials on the page, `id` those of them that are ticked, `add`, `remove` and `clear`
/// change single ones or all. Leads back to where it came from, or answers scripts with how many are kept.
pub(super) async fn change(
    State(app): State<App>,
    headers: HeaderMap,
    sent: Body,
) -> Result<Response, Problem> {
    let form = Parameters::read(&body(&app, sent).await?)?;
    let mut selection = Selection::of(&headers);
    if form.flag("clear")? {
        selection.0.clear();
    }
    let ticked: Vec<&str> = form.all("id").collect();
    let gone = |id: &str| {
        form.all("remove").any(|removed| removed == id)
            || form.all("shown").any(|shown| shown == id) && !ticked.contains(&id)
    };
    selection.0.retain(|id| !gone(id));
    for id in ticked.into_iter().chain(form.all("add")) {
        selection.add(id);
    }
    let mut response = match form.flag("script")? {
        true => axum::Json(serde_json::json!({ "kept": selection.len() })).into_response(),
        false => {
            let mut response = StatusCode::SEE_OTHER.into_response();
            let back = form.all("back").next().filter(|back| is_own(back));
            let back = HeaderValue::try_from(back.unwrap_or("/selection"));
            let back = back.unwrap_or(HeaderValue::from_static("/selection"));
            response.headers_mut().insert(LOCATION, back);
            response
        }
    };
    if let Some(cookie) = selection.cookie() {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Whether an address is one of this server's own.
fn is_own(address: &str) -> bool {
    address.starts_with('/') && !address.starts_with("//") && !address.contains(['\\', '\r', '\n'])
}

#[derive(Template)]
#[template(path = "selection.html")]
struct SelectionPage {
    layout: Layout,
    cards: Vec<Card>,
    /// Kept, and no longer in the index.
    missing: Vec<String>,
    compare: String,
    export: String,
}

/// Answers with what is kept.
pub(super) async fn selection(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let selection = Selection::of(&headers);
    let opened = app.opened()?;
    let today = app.today();
    app.work(move || {
        let finder = &opened.finder;
        let hits = match selection.len() {
            0 => Vec::new(),
            _ => {
                finder
                    .search(&of_ids(selection.ids(), finder, today)?)?
                    .hits
            }
        };
        let missing = selection.ids().iter();
        let missing = missing.filter(|id| hits.iter().all(|hit| hit.id != **id));
        let missing: Vec<String> = missing.cloned().collect();
        let cards = hits.iter().map(|hit| {
            let link = Link {
                trial: trial_address(&hit.id, ""),
                similar: similar_address(&hit.id),
                with_story: false,
            };
            Card::new(hit, finder.index().vocabulary(), link, Some(true))
        });
        html(&SelectionPage {
            cards: cards.collect(),
            missing,
            compare: format!("/compare?{}", id_pairs(selection.ids())),
            export: format!("/export?{}", id_pairs(selection.ids())),
            layout: Layout::new("Selection", selection.len()).with_box(""),
        })
    })
    .await?
}

/// `id=A&id=B`.
fn id_pairs(ids: &[String]) -> String {
    let mut out = form_urlencoded::Serializer::new(String::new());
    for id in ids {
        out.append_pair("id", id);
    }
    out.finish()
}

/// The search that shows some trials by their ids, in their order.
pub(super) fn of_ids(
    ids: &[String],
    finder: &Finder,
    today: jiff::civil::Date,
) -> Result<Request, Problem> {
    // Ids of registries that are not recognised by their form are asked for by their field.
    let known = ids
        .iter()
        .all(|id| crate::trial::TrialId::parse(id).is_some());
    let text = match known {
        true => ids.join(" "),
        false => {
            let quoted = ids
                .iter()
                .map(|id| format!("id:\"{}\"", id.replace('"', " ")));
            quoted.collect::<Vec<_>>().join(" OR ")
        }
    };
    let query: Query = crate::query::parse(&text, finder.index().fields())
        .map_err(|error| Problem::query(&error, &text))?;
    Ok(Request {
        limit: ids.len().max(1),
        passages: 0,
        expand: false,
        widen: false,
        sort: Sort::Relevance,
        today,
        ..Request::new(query)
    })
}
