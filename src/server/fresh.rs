//! Answers that hold until the index changes: each carries a tag of the commit and of all that it was asked with, and who has
//! the answer of that tag is told so before anything is searched.

use std::hash::{Hash, Hasher};
use std::sync::LazyLock;
use std::time::SystemTime;

use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, CACHE_CONTROL, COOKIE, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use rustc_hash::FxHasher;

use crate::server::state::App;

/// Tags the answers to GET and answers `304` to who has them.
pub(crate) async fn tagged(State(app): State<App>, request: Request, next: Next) -> Response {
    let asks = matches!(*request.method(), Method::GET | Method::HEAD);
    let Some(tag) = asks.then(|| tag(&app, &request)).flatten() else {
        return next.run(request).await;
    };
    if has(request.headers(), &tag) {
        let mut response = StatusCode::NOT_MODIFIED.into_response();
        mark(response.headers_mut(), tag);
        return response;
    }
    let mut response = next.run(request).await;
    if response.status() == StatusCode::OK {
        mark(response.headers_mut(), tag);
    }
    response
}

fn mark(headers: &mut HeaderMap, tag: HeaderValue) {
    headers.insert(ETAG, tag);
    // A copy may be kept, and is asked about every time.
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("private, no-cache"));
    headers.append(VARY, HeaderValue::from_static("accept, cookie"));
}

/// Which program answers: another build may write its pages otherwise, also under the same version.
static PROGRAM: LazyLock<(&str, Option<SystemTime>)> = LazyLock::new(|| {
    let program = std::env::current_exe().and_then(std::fs::metadata);
    let changed = program.and_then(|file| file.modified()).ok();
    (env!("CARGO_PKG_VERSION"), changed)
});

/// A weak tag: compression and the time that a search took make answers differ that mean the same.
fn tag(app: &App, request: &Request) -> Option<HeaderValue> {
    let opened = app.opened().ok()?;
    let mut hasher = FxHasher::default();
    PROGRAM.hash(&mut hasher);
    opened.commit.hash(&mut hasher);
    app.today().to_string().hash(&mut hasher);
    request.uri().path().hash(&mut hasher);
    request.uri().query().hash(&mut hasher);
    for name in [ACCEPT, COOKIE] {
        for value in request.headers().get_all(name) {
            value.as_bytes().hash(&mut hasher);
        }
    }
    HeaderValue::try_from(format!("W/\"{}-{:016x}\"", opened.commit, hasher.finish())).ok()
}

/// Whether a client says that it has the answer of a tag.
fn has(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let weak = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let Ok(tag) = tag.to_str().map(weak) else {
        return false;
    };
    headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|known| known.trim() == "*" || weak(known) == tag)
}
