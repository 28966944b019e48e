//! Trials side by side.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};

use crate::render::{ComparedRow, comparison};
use crate::server::page::choices::address;
use crate::server::page::layout::{Layout, html, trial_address};
use crate::server::page::selection::Selection;
use crate::server::parameters::Parameters;
use crate::server::problem::Problem;
use crate::server::state::App;

/// Trials that are compared at most: more columns cannot be read.
const MOST: usize = 8;

struct Column {
    id: String,
    title: String,
    address: String,
}

#[derive(Template)]
#[template(path = "compare.html")]
struct ComparePage {
    layout: Layout,
    columns: Vec<Column>,
    rows: Vec<ComparedRow>,
    missing: Vec<String>,
    /// How many were asked for beyond the most.
    more: usize,
}

/// Answers with the trials of `id`, or those that are kept.
pub(super) async fn compare(
    State(app): State<App>,
    headers: HeaderMap,
    RawQuery(asked): RawQuery,
) -> Result<Response, Problem> {
    let parameters = Parameters::read(asked.unwrap_or_default().as_bytes())?;
    let only = parameters.without(|name, value| name != "id" || value.trim().is_empty());
    // The form of the hits sends more than the address of a comparison is to hold.
    if only != parameters {
        return Ok(Redirect::to(&address("/compare", &only)).into_response());
    }
    let selection = Selection::of(&headers);
    let mut ids: Vec<String> = Vec::new();
    for id in parameters.all("id") {
        if !ids.iter().any(|known| known == id) {
            ids.push(id.to_owned());
        }
    }
    if ids.is_empty() {
        ids = selection.ids().to_vec();
    }
    let more = ids.len().saturating_sub(MOST);
    ids.truncate(MOST);
    let opened = app.opened()?;
    let today = app.today();
    app.work(move || {
        let index = opened.finder.index();
        let searcher = index.searcher();
        let (mut trials, mut missing) = (Vec::new(), Vec::new());
        for id in &ids {
            match index.find(&searcher, id)?.first() {
                Some(place) => trials.push(index.trial(&searcher, *place)?),
                None => missing.push(id.clone()),
            }
        }
        let columns = trials.iter().map(|trial| {
            let identification = &trial.study.protocol_section.identification_module;
            let title = identification
                .brief_title
                .as_ref()
                .or(identification.official_title.as_ref());
            Column {
                id: trial.id.to_string(),
                title: title.cloned().unwrap_or_default(),
                address: trial_address(trial.id.as_str(), ""),
            }
        });
        html(&ComparePage {
            columns: columns.collect(),
            rows: comparison(&trials, index.vocabulary(), today),
            missing,
            more,
            layout: Layout::new("Compare", selection.len()).with_box(""),
        })
    })
    .await?
}
