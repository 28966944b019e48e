//! How answers of the API are written: JSON, tables, and problems as plain text.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, HeaderName};
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::server::problem::Problem;

/// Something wrong, in the API's own words.
pub(super) fn wrong(message: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, message)
}

/// Text of a kind.
pub(super) fn text(kind: &'static str, body: String) -> Response {
    ([(CONTENT_TYPE, HeaderValue::from_static(kind))], body).into_response()
}

/// A value as JSON.
pub(super) fn json<T: Serialize>(value: &T) -> Result<Response, Problem> {
    let body = serde_json::to_string(value).map_err(|error| {
        tracing::error!("cannot write an answer: {error}");
        Problem::fault()
    })?;
    Ok(text("application/json", body))
}

/// A header of an answer, if its value can stand in one.
pub(super) fn with_header(mut response: Response, name: &'static str, value: &str) -> Response {
    if let Ok(value) = HeaderValue::try_from(value) {
        response
            .headers_mut()
            .insert(HeaderName::from_static(name), value);
    }
    response
}

pub(super) async fn no_such_address(uri: Uri) -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        format!("`{}` is no address of this API", uri.path()),
    )
}

/// Problems as the plain text that clients of this API expect.
pub(super) async fn in_plain_text(response: Response) -> Response {
    let Some(problem) = response.extensions().get::<Problem>() else {
        return response;
    };
    let mut body = problem.message.clone();
    if let Some(hint) = &problem.hint {
        body.push_str(": ");
        body.push_str(hint);
    }
    let (mut parts, _) = response.into_parts();
    parts.extensions.remove::<Problem>();
    parts.headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    parts.headers.remove(axum::http::header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(body))
}
