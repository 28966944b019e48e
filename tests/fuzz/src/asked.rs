//! Searches and requests to the server against the index of the bundled records.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use axum::body::{Body, to_bytes};
use axum::http::{Request as HttpRequest, StatusCode, header::CONTENT_TYPE};
use serde_json::Value;
use tower::ServiceExt;
use trialfind::query::{Query, parse};
use trialfind::render::{Look, csv_header, csv_row, hits_text, json_line, ris_record};
use trialfind::search::{Hits, Notice, Request};
use trialfind::server::router;
use trialfind::trial::vocabulary::Vocabulary;

use super::is_place;
use super::sample::{SAMPLE, TODAY};

/// A query searched: every hit can be shown in every form, and a query with its opposite finds all trials, none of them twice.
pub fn search(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let finder = &SAMPLE.finder;
    let Ok(query) = parse(&text, finder.index().fields()) else {
        return;
    };
    let request = |query: Query| Request {
        today: TODAY,
        limit: 5,
        facets: vec!["status".into(), "country".into()],
        ..Request::new(query)
    };
    let widened = finder.search(&request(query.clone()));
    if let Ok(hits) = &widened {
        sound_hits(hits);
    }
    // Ids go straight to their trials, and some of several are no less an answer: nothing is the opposite of that.
    let is_straight = |hits: &Hits| {
        let mut notices = hits.notices.iter();
        notices.any(|notice| matches!(notice, Notice::Straight { .. }))
    };
    if widened.is_ok_and(|hits| is_straight(&hits)) {
        return;
    }
    let ids = |query: Query| {
        let strict = Request {
            widen: false,
            expand: false,
            limit: usize::MAX,
            ..request(query)
        };
        finder.ids(&strict).ok().map(|ids| {
            let count = ids.len();
            let set: BTreeSet<String> = ids.into_iter().collect();
            assert_eq!(set.len(), count, "a trial is found twice");
            set
        })
    };
    let opposite = parse(&format!("-({})", query.to_text()), finder.index().fields());
    if let (Some(with), Some(without)) = (ids(query), opposite.ok().and_then(ids)) {
        assert!(
            with.is_disjoint(&without),
            "found with and without: `{text}`"
        );
        let all = finder.index().searcher().num_docs();
        assert_eq!(
            (with.len() + without.len()) as u64,
            all,
            "found neither with nor without: `{text}`"
        );
    }
}

/// Hits that can be shown in every form, with passages whose highlights exist.
pub(super) fn sound_hits(hits: &Hits) {
    assert!(
        hits.total >= hits.hits.len() as u64 || hits.hits.is_empty() || !hits.notices.is_empty()
    );
    let mut table = csv::Writer::from_writer(Vec::new());
    csv_header(&mut table).expect("memory takes it");
    for hit in &hits.hits {
        assert!(hit.score.is_none_or(f32::is_finite), "{:?}", hit.score);
        for passage in &hit.passages {
            let marked = &passage.text;
            let mut end = 0;
            for mark in &marked.highlights {
                is_place(&marked.text, mark.start, mark.end);
                assert!(end <= mark.start && mark.start < mark.end);
                end = mark.end;
            }
        }
        csv_row(&mut table, hit).expect("memory takes it");
        assert!(ris_record(hit).contains("ER  -"));
    }
    json_line(hits).expect("hits are JSON");
    let shown = hits_text(hits, Vocabulary::bundled(), Look::PLAIN);
    let stray = shown.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(stray, None, "a control character is shown");
}

/// Addresses below which a query string means something.
const ADDRESSES: [&str; 16] = [
    "/api/v2/studies",
    "/api/v2/studies/NCT03737461",
    "/api/v2/studies/metadata",
    "/api/v2/studies/search-areas",
    "/api/v2/studies/enums",
    "/api/v2/stats/size",
    "/api/v2/stats/field/values",
    "/api/v2/stats/field/sizes",
    "/api/v2/studies",
    "/api/search",
    "/api/suggest",
    "/search",
    "/export",
    "/compare",
    "/trials/NCT03737461",
    "/api/trials/NCT03737461/similar",
];

/// A request with any parameters: answered or refused, never a fault of the server; JSON is JSON. The first byte chooses the
/// address.
pub fn parameters(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let path = ADDRESSES[usize::from(first % 16)];
    ask(&format!("{path}?{}", in_address(rest)));
}

/// Where the first page of [`page_token`] ends, for tokens that are nearly right.
static TOKEN: LazyLock<String> = LazyLock::new(|| {
    let (_, body) = ask(PAGE);
    let page: Value = serde_json::from_str(&body).expect("a page is JSON");
    page["nextPageToken"]
        .as_str()
        .expect("there are more trials")
        .to_owned()
});

/// A page of few trials.
const PAGE: &str = "/api/v2/studies?pageSize=7&fields=NCTId";

/// A page's token: one that was not given out is refused or followed, never a fault. The first byte says whether the rest is the
/// token or is put into a true one, at the place of the second byte and instead of as many characters as the third says.
pub fn page_token(bytes: &[u8]) {
    let Some((&[how, place, instead], rest)) = bytes.split_first_chunk::<3>() else {
        return;
    };
    let text = String::from_utf8_lossy(rest);
    let token = match how % 2 {
        0 => text.into_owned(),
        _ => {
            let start = usize::from(place).min(TOKEN.len());
            let end = (start + usize::from(instead)).min(TOKEN.len());
            format!("{}{text}{}", &TOKEN[..start], &TOKEN[end..])
        }
    };
    let escaped: String = form_urlencoded::byte_serialize(token.as_bytes()).collect();
    let (status, body) = ask(&format!("{PAGE}&pageToken={escaped}"));
    assert!(
        matches!(status, StatusCode::OK | StatusCode::BAD_REQUEST),
        "{status}"
    );
    if status == StatusCode::OK {
        let page: Value = serde_json::from_str(&body).expect("a page is JSON");
        assert!(
            page["studies"]
                .as_array()
                .is_some_and(|studies| studies.len() <= 7)
        );
    }
}

/// A query string whose bytes may stand in an address.
fn in_address(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for &byte in bytes {
        match byte {
            b'!'
            | b'$'
            | b'%'..=b';'
            | b'='
            | b'?'..=b'Z'
            | b'['
            | b']'
            | b'_'
            | b'a'..=b'z'
            | b'~' => text.push(char::from(byte)),
            byte => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

fn ask(address: &str) -> (StatusCode, String) {
    let Ok(request) = HttpRequest::get(address).body(Body::empty()) else {
        return (StatusCode::BAD_REQUEST, String::new());
    };
    let sample = &*SAMPLE;
    sample.runtime.block_on(async {
        let answer = router(&sample.app)
            .oneshot(request)
            .await
            .expect("it never fails");
        let (parts, body) = answer.into_parts();
        let body = to_bytes(body, 64 << 20).await.expect("a body that ends");
        let status = parts.status;
        assert!(
            !status.is_server_error(),
            "{status} of {address}: {}",
            String::from_utf8_lossy(&body)
        );
        let kind = parts
            .headers
            .get(CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or_default();
        if kind.starts_with("application/json") && !body.is_empty() {
            let read: Result<Value, _> = serde_json::from_slice(&body);
            assert!(read.is_ok(), "{address} is answered with broken JSON");
        }
        (status, String::from_utf8_lossy(&body).into_owned())
    })
}
