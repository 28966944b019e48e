//! What every page has: the head, the way to the other pages, the foot.

use askama::Template;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::server::page::assets;
use crate::server::problem::Problem;

/// What stands in a part of a path as it is.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What every page has.
pub(super) struct Layout {
    /// What the window is called.
    pub(super) title: String,
    /// The query in the box at the head; none on pages that have a box of their own.
    pub(super) box_at_head: Option<String>,
    /// Trials that are kept.
    pub(super) kept: usize,
    pub(super) style: &'static str,
    pub(super) script: &'static str,
    pub(super) icon: &'static str,
}

impl Layout {
    pub(super) fn new(title: impl Into<String>, kept: usize) -> Layout {
        Layout {
            title: title.into(),
            box_at_head: None,
            kept,
            style: assets::style(),
            script: assets::script(),
            icon: assets::icon(),
        }
    }

    /// The same with the box at the head.
    pub(super) fn with_box(self, q: impl Into<String>) -> Layout {
        Layout {
            box_at_head: Some(q.into()),
            ..self
        }
    }
}

/// A filled template as an answer.
pub(super) fn html(template: &impl Template) -> Result<Response, Problem> {
    let body = template.render().map_err(|error| {
        tracing::error!("cannot write a page: {error}");
        Problem::fault()
    })?;
    Ok(([(CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response())
}

/// The page of a trial, with the words that are to be marked in it.
pub(super) fn trial_address(id: &str, query: &str) -> String {
    let id = utf8_percent_encode(id, PATH);
    match query {
        "" => format!("/trials/{id}"),
        query => format!("/trials/{id}?{query}"),
    }
}

/// Trials like one.
pub(super) fn similar_address(id: &str) -> String {
    format!("/trials/{}/similar", utf8_percent_encode(id, PATH))
}
