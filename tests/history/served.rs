//! What the server says of a trial's history.

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt;
use trialfind::index::BuildOptions;
use trialfind::server::{App, Options, router};

use crate::{ID, Place, versions};

fn get(place: &Place, uri: &str) -> (StatusCode, String) {
    let routes = router(&App::new(Options::new(place.index())));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let request = Request::get(uri).body(Body::empty()).unwrap();
        let response = routes.oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    })
}

#[test]
fn the_page_and_the_programs_are_told_what_changed() {
    let place = Place::new();
    for version in versions() {
        place.take(&[version], &BuildOptions::default());
    }
    let (status, text) = get(&place, &format!("/api/trials/{ID}/changes?since=2025-06"));
    assert_eq!(status, StatusCode::OK, "{text}");
    let json: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["changes"].as_array().unwrap().len(), 1);
    assert_eq!(json["changes"][0]["differences"][0]["after"], "UNKNOWN");
    for (uri, expect) in [
        (
            format!("/api/trials/{ID}/changes?since=soon"),
            StatusCode::BAD_REQUEST,
        ),
        (
            format!("/api/trials/{ID}/changes?from=2025"),
            StatusCode::BAD_REQUEST,
        ),
        (
            "/api/trials/NCT09999998/changes".to_owned(),
            StatusCode::NOT_FOUND,
        ),
    ] {
        let (status, text) = get(&place, &uri);
        assert_eq!(status, expect, "{uri} {text}");
    }
    let (status, page) = get(&place, &format!("/trials/{ID}"));
    assert_eq!(status, StatusCode::OK, "{page}");
    assert!(
        page.contains("status ACTIVE_NOT_RECRUITING -&gt; UNKNOWN")
            || page.contains("status ACTIVE_NOT_RECRUITING -&#62; UNKNOWN"),
        "{page}"
    );
}
