//! What holds for every answer, from the outside in: the log and the measures, headers that keep browsers safe, compression,
//! problems as pages for people, panics as problems, the time that a request may take, and how long its parts may be.

use std::any::Any;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderValue, Response as HttpResponse, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use http_body_util::LengthLimitError;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::csrf::CsrfLayer;
use tower_http::limit::RequestBodyLimitLayer;

use crate::server::page;
use crate::server::parameters::Parameters;
use crate::server::prefix;
use crate::server::problem::Problem;
use crate::server::state::App;
use crate::server::unread::counted;

/// What a page may load and do: its own styles and scripts from files, forms to itself, nothing in line, nothing from
/// elsewhere, no frame around it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Headers of every answer. Addresses hold what people search for, so no other site is told of them.
const HEADERS: [(HeaderName, HeaderValue); 7] = [
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=()"),
    ),
];

/// Bytes from which on compressing an answer is worth the time.
const WORTH_COMPRESSING: u64 = 1_024;

/// Puts all that around the routes.
pub(super) fn around(routes: Router<App>, app: &App) -> Router<App> {
    let limits = &app.options().limits;
    let compressed = SizeAbove::new(WORTH_COMPRESSING).and(NotForContentType::IMAGES);
    let routes = routes
        .layer(DefaultBodyLimit::max(limits.body))
        .layer(RequestBodyLimitLayer::new(limits.body))
        .layer(CsrfLayer::new().with_rejection_response(|_| {
            Problem::new(StatusCode::FORBIDDEN, "another site sent this").into_response()
        }))
        .layer(middleware::from_fn_with_state(app.clone(), short_enough))
        .layer(middleware::from_fn_with_state(app.clone(), in_time))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(app.clone(), dressed));
    prefix::in_answers(routes, &app.options().base)
        .layer(middleware::from_fn_with_state(app.clone(), counted))
        .layer(CompressionLayer::new().compress_when(compressed))
        .layer(middleware::from_fn(safe))
        .layer(middleware::from_fn_with_state(app.clone(), logged))
}

/// Refuses what is longer than is taken, before anything of it is read.
async fn short_enough(State(app): State<App>, request: Request, next: Next) -> Response {
    let limits = &app.options().limits;
    let address =
        request.uri().path().len() + request.uri().query().map_or(0, |query| query.len() + 1);
    if address > limits.address {
        return Problem::too_large(StatusCode::URI_TOO_LONG, "the address", limits.address)
            .hint("send a patient's story and long lists of ids by POST")
            .into_response();
    }
    let headers: usize = request
        .headers()
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum();
    if headers > limits.headers {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        return Problem::too_large(status, "the head of the request", limits.headers)
            .into_response();
    }
    let response = next.run(request).await;
    let plain = response.extensions().get::<Problem>().is_none();
    if response.status() == StatusCode::PAYLOAD_TOO_LARGE && plain {
        return body_too_large(limits.body);
    }
    response
}

fn body_too_large(most: usize) -> Response {
    Problem::too_large(StatusCode::PAYLOAD_TOO_LARGE, "the body", most).into_response()
}

/// The whole body of a request, if it is not too long.
///
/// # Errors
/// A body that is too long, or breaks off.
pub(crate) async fn body(app: &App, body: Body) -> Result<axum::body::Bytes, Problem> {
    let most = app.options().limits.body;
    axum::body::to_bytes(body, most).await.map_err(|error| {
        let too_long = std::iter::successors(
            Some(&error as &(dyn std::error::Error + 'static)),
            |error| error.source(),
        )
        .any(<dyn std::error::Error>::is::<LengthLimitError>);
        match too_long {
            true => Problem::too_large(StatusCode::PAYLOAD_TOO_LARGE, "the body", most),
            false => Problem::new(
                StatusCode::BAD_REQUEST,
                "the body of the request breaks off",
            ),
        }
    })
}

/// Gives a request its time and no more. A search that has begun goes on and keeps its place until it ends.
async fn in_time(State(app): State<App>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(app.options().limits.request, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::too_slow().into_response(),
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the layer gives what was thrown away"
)]
fn panicked(what: Box<dyn Any + Send>) -> HttpResponse<Body> {
    let said = what
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| what.downcast_ref::<&str>().copied());
    tracing::error!("answering failed: {}", said.unwrap_or("a panic"));
    Problem::fault().into_response()
}

/// Says problems to people as a page, and to programs as they are.
async fn dressed(State(app): State<App>, request: Request, next: Next) -> Response {
    let for_programs = ["/api", "/healthz", "/readyz", "/metrics"]
        .iter()
        .any(|start| request.uri().path().starts_with(start));
    let q = Parameters::read(request.uri().query().unwrap_or_default().as_bytes());
    let q = q
        .ok()
        .and_then(|asked| asked.all("q").next().map(str::to_owned));
    let response = next.run(request).await;
    match response.extensions().get::<Problem>() {
        Some(problem) if !for_programs => {
            page::problem(&app, problem, q.as_deref().unwrap_or_default(), &response)
        }
        // An address whose parts cannot be read is refused before anything here sees it.
        None if !for_programs
            && response.status() == StatusCode::BAD_REQUEST
            && !is_page(&response) =>
        {
            let problem = Problem::new(StatusCode::BAD_REQUEST, "the address is not text in UTF-8");
            page::problem(&app, &problem, "", &response)
        }
        _ => response,
    }
}

fn is_page(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

async fn safe(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(value);
    }
    // What does not say how long it holds is asked for anew.
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    debug_assert!(
        response.status().is_redirection()
            || response.status() == StatusCode::NO_CONTENT
            || response.headers().contains_key(CONTENT_TYPE),
        "an answer without a type"
    );
    response
}

/// Writes a line for each request, without what was searched for unless that was asked for, and measures it.
async fn logged(State(app): State<App>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let uri = request.uri().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let took = started.elapsed();
    let status = response.status().as_u16();
    let route = route.as_ref().map_or("other", MatchedPath::as_str);
    // Methods of the client's own making would make measures without end.
    let known = match method.as_str() {
        "GET" | "HEAD" | "POST" | "OPTIONS" => method.as_str(),
        _ => "other",
    };
    app.metrics().answered(route, known, status, took);
    let milliseconds = took.as_secs_f64() * 1e3;
    let query = uri.query().filter(|_| app.options().log_queries);
    match query {
        Some(query) => tracing::info!(
            target: "trialfind::access",
            "{known} {}?{query} {status} {milliseconds:.1} ms",
            uri.path()
        ),
        None => tracing::info!(
            target: "trialfind::access",
            "{known} {} {status} {milliseconds:.1} ms",
            uri.path()
        ),
    }
    response
}

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use axum::routing::get;
    use tower::ServiceExt;

    use super::*;
    use crate::server::options::Options;

    async fn answer(app: &App, uri: &str) -> (StatusCode, String) {
        let fails = async |State(app): State<App>| -> Result<String, Problem> {
            app.work(|| panic!("in a search")).await
        };
        let breaks = async || -> String { panic!("in an answer") };
        let routes = Router::new()
            .route("/api/work", get(fails))
            .route("/page", get(breaks));
        let routes = around(routes, app).with_state(app.clone());
        let request = Request::get(uri).body(Body::empty()).unwrap();
        let response = routes.oneshot(request).await.unwrap();
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await;
        (status, String::from_utf8(body.unwrap().to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_panic_is_an_answer() {
        let app = App::new(Options::new("no-index-here".into()));
        let (status, text) = answer(&app, "/api/work").await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(
            text.contains("\"message\":\"the server failed to answer this\""),
            "{text}"
        );
        assert_eq!(app.working(), 0, "its place is given back");
        let (status, text) = answer(&app, "/page").await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(text.starts_with("<!DOCTYPE html>"), "{text}");
        assert!(!text.contains("in an answer"));
    }
}
