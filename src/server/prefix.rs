//! Served below a path, as behind a reverse proxy that has other things at its root: requests lose the path before they are
//! answered, and the addresses in answers gain it.
//!
//! Everything else here speaks of addresses from `/` on. Pages are made by our own templates, in which attributes stand in
//! double quotes and text of records has none, so that an attribute that holds an address is found by its name. Bodies other
//! than pages hold no addresses of this server.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION, SET_COOKIE};
use axum::http::uri::{PathAndQuery, Uri};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower::ServiceExt;

use crate::server::problem::Problem;

/// Attributes of the pages that hold addresses.
const ATTRIBUTES: [&str; 4] = ["href", "src", "action", "formaction"];

/// Why a path cannot be served below.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no path to serve below: one or more names, each behind a `/`, as in `/trials`")]
pub struct BasePathError(String);

/// The path that the server's addresses begin with: nothing, or names each behind a `/`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BasePath(String);

impl std::str::FromStr for BasePath {
    type Err = BasePathError;

    fn from_str(typed: &str) -> Result<BasePath, BasePathError> {
        let path = typed.trim_end_matches('/');
        let is_name = |name: &str| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
            !name.is_empty() && !matches!(name, "." | "..") && name.bytes().all(plain)
        };
        let names = path.strip_prefix('/').map(|names| names.split('/'));
        match names {
            _ if path.is_empty() => Ok(BasePath::default()),
            Some(names) if names.clone().all(is_name) => Ok(BasePath(path.to_owned())),
            _ => Err(BasePathError(typed.to_owned())),
        }
    }
}

impl std::fmt::Display for BasePath {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

/// Lets answers gain the path. Stands inside of what compresses them.
pub(super) fn in_answers<S: Clone + Send + Sync + 'static>(
    routes: Router<S>,
    base: &BasePath,
) -> Router<S> {
    if base.0.is_empty() {
        return routes;
    }
    let base: Arc<str> = base.0.as_str().into();
    routes.layer(middleware::from_fn(move |request: Request, next: Next| {
        let base = base.clone();
        async move { with_prefix(&base, next.run(request).await).await }
    }))
}

/// Lets requests lose the path. What comes without it is answered as well: some proxies take it off.
pub(super) fn in_requests(routes: Router, base: &BasePath) -> Router {
    if base.0.is_empty() {
        return routes;
    }
    let base: Arc<str> = base.0.as_str().into();
    Router::new().fallback(move |mut request: Request| {
        let (routes, base) = (routes.clone(), base.clone());
        async move {
            if let Some(uri) = without_prefix(&base, request.uri()) {
                *request.uri_mut() = uri;
            }
            routes.oneshot(request).await.into_response()
        }
    })
}

fn without_prefix(base: &str, uri: &Uri) -> Option<Uri> {
    let rest = uri.path().strip_prefix(base)?;
    let path = match rest {
        "" => "/",
        rest if rest.starts_with('/') => rest,
        _ => return None,
    };
    let query = uri.query().map(|query| format!("?{query}"));
    let path = format!("{path}{}", query.unwrap_or_default());
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(path).ok()?);
    Uri::from_parts(parts).ok()
}

async fn with_prefix(base: &str, response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    headers_with_prefix(base, &mut parts.headers);
    let kind = parts.headers.get(CONTENT_TYPE);
    let is_page = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if !is_page {
        return Response::from_parts(parts, body);
    }
    // Pages are written whole before they are sent.
    let page = to_bytes(body, usize::MAX).await.ok();
    let Some(page) = page.and_then(|bytes| String::from_utf8(bytes.into()).ok()) else {
        tracing::error!("a page is no text");
        return Problem::fault().into_response();
    };
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(page_with_prefix(base, &page)))
}

fn headers_with_prefix(base: &str, headers: &mut HeaderMap) {
    let location = headers.get(LOCATION).and_then(|value| value.to_str().ok());
    let location = location.filter(|address| is_own(address));
    if let Some(Ok(location)) =
        location.map(|address| HeaderValue::try_from(format!("{base}{address}")))
    {
        headers.insert(LOCATION, location);
    }
    let cookie = headers
        .get(SET_COOKIE)
        .and_then(|value| value.to_str().ok());
    let cookie = cookie.map(|cookie| cookie.replacen("; Path=/;", &format!("; Path={base};"), 1));
    if let Some(Ok(cookie)) = cookie.map(HeaderValue::try_from) {
        headers.insert(SET_COOKIE, cookie);
    }
}

/// Whether an address is one of this server and not of another.
fn is_own(address: &str) -> bool {
    address.starts_with('/') && !address.starts_with("//")
}

fn page_with_prefix(base: &str, page: &str) -> String {
    let mut out = String::with_capacity(page.len() + page.len() / 16);
    let mut rest = page;
    while let Some(place) = rest.find("=\"/") {
        let (before, value) = rest.split_at(place + 2);
        out.push_str(before);
        let name = before[..place]
            .rsplit([' ', '\n'])
            .next()
            .unwrap_or_default();
        if ATTRIBUTES.contains(&name) && is_own(value) {
            out.push_str(base);
        }
        rest = value;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_gain_the_path() {
        for (page, expect) in [
            (r#"<a href="/search?q=a">"#, r#"<a href="/t/search?q=a">"#),
            (
                r#"<a href="/"><img src="/i">"#,
                r#"<a href="/t/"><img src="/t/i">"#,
            ),
            (
                r#"<form action="/s"><button formaction="/c">"#,
                r#"<form action="/t/s"><button formaction="/t/c">"#,
            ),
            (
                r#"<input name="back" value="/s">"#,
                r#"<input name="back" value="/s">"#,
            ),
            (r#"<a href="//elsewhere">"#, r#"<a href="//elsewhere">"#),
            (
                r##"<a href="#main" title="a=&quot;/b">"##,
                r##"<a href="#main" title="a=&quot;/b">"##,
            ),
        ] {
            assert_eq!(page_with_prefix("/t", page), expect);
        }
    }

    #[test]
    fn requests_lose_it() {
        for (asked, expect) in [
            ("/t/search?q=a/t", Some("/search?q=a/t")),
            ("/t", Some("/")),
            ("/t?q=1", Some("/?q=1")),
            ("/trials", None),
            ("/", None),
        ] {
            let found = without_prefix("/t", &asked.parse().unwrap());
            assert_eq!(
                found.map(|uri| uri.to_string()).as_deref(),
                expect,
                "{asked}"
            );
        }
    }

    #[test]
    fn paths_are_names() {
        for (typed, expect) in [
            ("/trials", Some("/trials")),
            ("/a/b/", Some("/a/b")),
            ("/", Some("")),
            ("", Some("")),
        ] {
            assert_eq!(
                typed.parse::<BasePath>().ok().map(|path| path.0).as_deref(),
                expect
            );
        }
        for wrong in ["trials", "/a//b", "/..", "/a b", "/a\"b", "//x"] {
            assert!(wrong.parse::<BasePath>().is_err(), "{wrong}");
        }
    }
}
