//! The styles, the script and the icon of the pages, compiled in, so that nothing is fetched from elsewhere. Their addresses
//! hold what they say, so that browsers may keep them for good.

use std::hash::{Hash, Hasher};
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use axum::response::{IntoResponse, Response};
use rustc_hash::FxHasher;

use crate::server::problem;

const FOREVER: &str = "public, max-age=31536000, immutable";

struct Asset {
    name: &'static str,
    kind: &'static str,
    text: &'static str,
}

const ASSETS: [Asset; 3] = [
    Asset {
        name: "style.css",
        kind: "text/css; charset=utf-8",
        text: include_str!("../assets/style.css"),
    },
    Asset {
        name: "page.js",
        kind: "text/javascript; charset=utf-8",
        text: include_str!("../assets/page.js"),
    },
    Asset {
        name: "icon.svg",
        kind: "image/svg+xml",
        text: include_str!("../assets/icon.svg"),
    },
];

static ADDRESSES: LazyLock<[String; 3]> =
    LazyLock::new(|| ASSETS.map(|asset| format!("/assets/{:016x}/{}", tag(&asset), asset.name)));

fn tag(asset: &Asset) -> u64 {
    let mut hasher = FxHasher::default();
    asset.text.hash(&mut hasher);
    hasher.finish()
}

pub(super) fn style() -> &'static str {
    &ADDRESSES[0]
}

pub(super) fn script() -> &'static str {
    &ADDRESSES[1]
}

pub(super) fn icon() -> &'static str {
    &ADDRESSES[2]
}

/// Answers with an asset. A page from before an update asks for what was: it gets what is, not to be kept.
pub(super) async fn asset(Path((asked, name)): Path<(String, String)>) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.name == name) else {
        return problem::not_found().await.into_response();
    };
    let tag = format!("{:016x}", tag(asset));
    let kept = if asked == tag { FOREVER } else { "no-store" };
    let headers = [
        (CONTENT_TYPE, asset.kind.to_owned()),
        (CACHE_CONTROL, kept.to_owned()),
        (ETAG, format!("\"{tag}\"")),
    ];
    (headers, asset.text).into_response()
}
