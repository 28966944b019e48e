//! What is answered when something is wrong: a status, what is wrong in words, where in the query, and what to do about it.
//!
//! A problem is JSON until a room of the server says it otherwise: the page turns it into a page, the tools' API into the
//! plain text that its clients expect. It travels with the answer for that.

use axum::Json;
use axum::http::header::{ALLOW, RETRY_AFTER};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::index::IndexError;
use crate::query::{QueryError, Span};
use crate::search::SearchError;

/// Seconds after which a full server is worth asking again: most searches take a small part of one.
const RETRY_SECONDS: u16 = 1;

/// Seconds after which a server without an index is worth asking again.
const RETRY_INDEX_SECONDS: u16 = 30;

/// Something wrong with a request, or with answering it.
#[derive(Clone, Debug, Serialize, thiserror::Error)]
#[error("{message}")]
#[serde(rename_all = "camelCase")]
pub(crate) struct Problem {
    /// The HTTP status.
    #[serde(serialize_with = "as_number")]
    pub(crate) status: StatusCode,
    /// What is wrong, without a full stop.
    pub(crate) message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hint: Option<String>,
    /// The parameter that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parameter: Option<String>,
    /// The query that is wrong, with the place.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(crate) place: Option<Box<Place>>,
    #[serde(skip)]
    retry_seconds: Option<u16>,
}

/// A place in a query.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Place {
    /// The query as typed.
    pub(crate) query: String,
    /// The place in it, in bytes.
    pub(crate) span: Span,
    /// The line around the place, and a line with carets under it.
    pub(crate) carets: String,
}

fn as_number<S: serde::Serializer>(status: &StatusCode, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_u16(status.as_u16())
}

impl Problem {
    /// A problem with a status.
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Problem {
        Problem {
            status,
            message: message.into(),
            hint: None,
            parameter: None,
            place: None,
            retry_seconds: None,
        }
    }

    /// The same with what to do about it.
    pub(crate) fn hint(self, hint: impl Into<String>) -> Problem {
        Problem {
            hint: Some(hint.into()),
            ..self
        }
    }

    /// A parameter that cannot be used.
    pub(crate) fn parameter(name: &str, message: impl Into<String>) -> Problem {
        Problem {
            parameter: Some(name.to_owned()),
            ..Problem::new(StatusCode::BAD_REQUEST, message)
        }
    }

    /// The same, laid at the door of a parameter.
    pub(crate) fn of(self, parameter: &str) -> Problem {
        Problem {
            parameter: Some(parameter.to_owned()),
            ..self
        }
    }

    /// A query that is wrong.
    pub(crate) fn query(error: &QueryError, text: &str) -> Problem {
        let rendered = error.render(text);
        // The first line is the message and the last one the hint.
        let lines: Vec<&str> = rendered.lines().collect();
        let carets = lines.get(1..lines.len().saturating_sub(1));
        Problem {
            parameter: Some("q".to_owned()),
            place: Some(Box::new(Place {
                query: text.to_owned(),
                span: error.span,
                carets: carets.unwrap_or_default().join("\n"),
            })),
            ..Problem::new(StatusCode::BAD_REQUEST, error.message()).hint(error.hint())
        }
    }

    /// No index to answer from.
    pub(crate) fn no_index(error: &IndexError) -> Problem {
        Problem {
            retry_seconds: Some(RETRY_INDEX_SECONDS),
            ..Problem::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string())
                .hint("the server finds the index by itself as soon as it is there")
        }
    }

    /// No place for another search.
    pub(crate) fn busy() -> Problem {
        Problem {
            retry_seconds: Some(RETRY_SECONDS),
            ..Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "more searches are waiting than can be answered",
            )
            .hint("ask again in a second")
        }
    }

    /// A request that took too long.
    pub(crate) fn too_slow() -> Problem {
        Problem {
            retry_seconds: Some(RETRY_SECONDS),
            ..Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "the request took longer than is allowed",
            )
            .hint("ask for less at once, or again later")
        }
    }

    /// Something that is not the client's doing; what it was is in the log.
    pub(crate) fn fault() -> Problem {
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the server failed to answer this",
        )
        .hint("its log says why")
    }

    /// More of something than is taken.
    pub(crate) fn too_large(status: StatusCode, what: &str, most: usize) -> Problem {
        Problem::new(
            status,
            format!("{what} is longer than the {most} bytes that are taken"),
        )
    }
}

impl From<SearchError> for Problem {
    fn from(error: SearchError) -> Problem {
        let hint = error.hint().map(str::to_owned);
        let problem = match &error {
            SearchError::Query { error, query } => return Problem::query(error, query),
            SearchError::UnknownTrial { .. } => {
                Problem::new(StatusCode::NOT_FOUND, error.to_string())
                    .hint("look at its number again, or search for words of its title")
            }
            SearchError::Index(cause) => {
                tracing::error!("{cause}");
                return Problem::fault();
            }
            SearchError::OutOfTime => Problem {
                retry_seconds: Some(RETRY_SECONDS),
                ..Problem::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string())
            },
            _ => Problem::new(StatusCode::BAD_REQUEST, error.to_string()),
        };
        match hint {
            Some(hint) => problem.hint(hint),
            None => problem,
        }
    }
}

impl From<IndexError> for Problem {
    fn from(error: IndexError) -> Problem {
        SearchError::from(error).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::json!({ "error": self });
        let mut response = (self.status, Json(body)).into_response();
        if let Some(seconds) = self.retry_seconds {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Answers an address that there is nothing at.
pub(super) async fn not_found() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "there is nothing at this address").hint(
        "the search is at `/`, the addresses for programs are described at `/api/openapi.json`",
    )
}

/// Answers a method that an address does not take.
pub(super) async fn not_allowed(method: Method) -> Response {
    let problem = Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        format!("this address does not take {method}"),
    );
    let mut response = problem.into_response();
    // The router adds the methods that are taken if it knows them.
    response
        .headers_mut()
        .entry(ALLOW)
        .or_insert(HeaderValue::from_static("GET, HEAD"));
    response
}
