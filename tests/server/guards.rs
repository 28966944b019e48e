//! What holds for every answer: headers, limits, the log, freshness, moving on with the index.

use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use trialfind::server::{Limits, Options};

use crate::{INDEX, Server, build, limited, options, server};

#[test]
fn every_answer_keeps_browsers_safe() {
    let server = server();
    for uri in [
        "/",
        "/search?q=knee",
        "/api/search?q=knee",
        "/nothing",
        "/healthz",
        "/search?phaze=1",
        "/metrics",
    ] {
        let answer = server.get(uri);
        let policy = answer.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(part), "{uri}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{uri}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{uri}");
        assert!(!answer.header("cache-control").is_empty(), "{uri}");
    }
}

#[test]
fn whoever_runs_it_is_told_how_it_is() {
    let server = server();
    assert_eq!(server.get("/healthz").text(), "alive\n");
    assert_eq!(server.get("/readyz").text(), "ready\n");
    server.get("/search?q=secretword");
    server.get("/api/nothing/at/all");
    let text = server.get("/metrics").text();
    assert!(
        text.contains(
            "trialfind_requests_total{method=\"GET\",route=\"/search\",status=\"200\"} 1"
        ),
        "{text}"
    );
    assert!(text.contains("trialfind_request_seconds_bucket"));
    assert!(!text.contains("secretword") && !text.contains("/at/all"));
}

fn asking(uri: &str) -> Request<Body> {
    Request::get(uri).body(Body::empty()).unwrap()
}

/// What is answered while the one thread that searches is kept busy: until the sender that `ask` is given is dropped.
fn while_searches_wait<T>(ask: impl AsyncFnOnce(std::sync::mpsc::Sender<()>) -> T) -> T {
    let searching = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(1)
        .build()
        .unwrap();
    let (release, held) = std::sync::mpsc::channel::<()>();
    searching.block_on(async {
        let busy = tokio::task::spawn_blocking(move || held.recv());
        // Given up, it drops the sender, and the searches go on.
        let answer = tokio::time::timeout(Duration::from_secs(60), ask(release));
        let answer = answer.await.expect("an answer while searches wait");
        busy.await.unwrap().unwrap_err();
        answer
    })
}

#[test]
fn what_is_too_much_is_refused() {
    let server = server();
    let long = "a".repeat(40 << 10);
    let words = "a ".repeat(9 << 10);
    let check = |answer: crate::Answer, status: u16, expect: &str| {
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
        assert!(answer.text().contains(expect), "{}", answer.text());
    };
    check(
        server.get(&format!("/api/search?q={long}")),
        414,
        "the address is longer",
    );
    check(
        server.get(&format!("/search?q={}", words.replace(' ', "+"))),
        400,
        "bytes long",
    );
    check(
        server.get_with("/api/search", &[("x-long", &long)]),
        431,
        "the head of the request",
    );
    check(
        server.post("/api/patient", &[("story", &"pain ".repeat(300_000))]),
        413,
        "the body is longer",
    );
    check(
        server.post("/patient", &[("story", &"pain ".repeat(300_000))]),
        413,
        "the body is longer",
    );
    check(
        server.get(&format!(
            "/api/search?q={}knee{}",
            "(".repeat(100),
            ")".repeat(100)
        )),
        400,
        "parentheses",
    );
    check(
        server.get(&format!("/api/search?{}", "a=1&".repeat(2_001))),
        400,
        "parameters",
    );
    check(server.get("/api/suggest?limit=1000"), 400, "limit");
    check(
        server.send("DELETE", "/api/search", &[], ""),
        405,
        "does not take",
    );
    let fast = limited(Limits {
        request: Duration::ZERO,
        ..Limits::default()
    });
    let slow = while_searches_wait(async |searches| {
        let answer = fast.answer(asking("/api/search?q=knee")).await;
        drop(searches);
        answer
    });
    assert_eq!(slow.header("retry-after"), "1");
    check(slow, 503, "longer than is allowed");
}

#[test]
fn a_long_query_takes_its_time_and_no_more() {
    // Two thousand words that no trial has: what grows with the square or the cube of the words is cut off and answered 503.
    let words: Vec<String> = (0..2_000).map(|number| format!("u{number}")).collect();
    let answer = server().get(&format!("/api/search?q={}", words.join("+")));
    assert_eq!(answer.status, 200, "{}", answer.text());
    // Words in which letters may differ are dear each.
    let words = vec!["osteoartritis~2"; 17].join("+");
    let answer = server().get(&format!("/api/search?q={words}"));
    assert_eq!(answer.status, 400);
    assert!(
        answer.text().contains("letters may differ in 16 words"),
        "{}",
        answer.text()
    );
}

#[test]
fn a_full_server_says_when_to_come_back() {
    let server = limited(Limits {
        at_once: 1,
        waiting: 1,
        ..Limits::default()
    });
    let answers = while_searches_wait(async |searches| {
        let ask = || server.answer(asking("/api/search?q=knee&facets=all"));
        let asked = futures_util::future::join_all((0..8).map(|_| ask()));
        // No place is given back before all have asked.
        let let_go = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            drop(searches);
        };
        futures_util::future::join(asked, let_go).await.0
    });
    let full: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status == 503)
        .collect();
    assert_eq!(full.len(), 6, "two have a place");
    assert!(
        full.iter()
            .all(|answer| answer.header("retry-after") == "1")
    );
    assert!(answers.iter().filter(|answer| answer.status == 200).count() == 2);
    assert_eq!(
        server.get("/api/search?q=knee").status,
        200,
        "places are given back"
    );
}

#[test]
fn an_answer_that_still_holds_is_not_sent_again() {
    let server = server();
    for uri in [
        "/search?q=knee",
        "/api/search?q=knee",
        "/trials/NCT03737461",
        "/api/trials/NCT03737461",
    ] {
        let first = server.get(uri);
        let tag = first.header("etag").to_owned();
        assert!(tag.starts_with("W/\""), "{uri}: {tag}");
        let again = server.get_with(uri, &[("if-none-match", &tag)]);
        assert_eq!(
            (again.status.as_u16(), again.bytes.len()),
            (304, 0),
            "{uri}"
        );
        assert_eq!(
            server
                .get_with(uri, &[("if-none-match", "W/\"other\"")])
                .status,
            200
        );
        assert_ne!(
            server
                .get_with(uri, &[("cookie", "trialfind_kept=NCT1")])
                .header("etag"),
            tag
        );
    }
    assert!(
        server.get("/search?q=%22").header("etag").is_empty(),
        "an error is no answer to keep"
    );
    let packed = server.get_with("/search", &[("accept-encoding", "gzip")]);
    assert_eq!(packed.header("content-encoding"), "gzip");
    let plain = server.get("/search").bytes.len();
    assert!(
        packed.bytes.len() * 3 < plain,
        "{} of {plain}",
        packed.bytes.len()
    );
    let page = server.get("/").text();
    let style = page
        .split("href=\"")
        .find(|part| part.contains("style.css"))
        .unwrap();
    let style = server.get(style.split('"').next().unwrap());
    assert!(style.header("cache-control").contains("immutable"));
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
}

#[test]
fn no_other_site_sends_forms_here() {
    let server = server();
    let from = |headers: &[(&str, &str)]| {
        server
            .post_with("/selection", &[("add", "NCT1")], headers)
            .status
            .as_u16()
    };
    assert_eq!(
        from(&[("sec-fetch-site", "cross-site"), ("host", "localhost")]),
        403
    );
    assert_eq!(
        from(&[
            ("origin", "https://example.org"),
            ("host", "localhost:7878")
        ]),
        403
    );
    assert_eq!(
        from(&[
            ("origin", "http://localhost:7878"),
            ("host", "localhost:7878")
        ]),
        303
    );
    assert_eq!(from(&[]), 303);
}

/// Lines of a log, kept.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The log of all servers of this process: a subscriber of one thread's own would miss what another one has met before.
static LOG: LazyLock<Lines> = LazyLock::new(|| {
    let lines = Lines::default();
    let kept = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || kept.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    lines
});

#[test]
fn what_was_searched_for_is_in_no_log() {
    let ask = |log_queries: bool, word: &str, story: &str| {
        let lines = LOG.clone();
        let server = Server::new(Options {
            log_queries,
            ..options(&INDEX)
        });
        server.get(&format!("/search?q={word}"));
        server.get(&format!("/api/search?q=%22{word}"));
        server.get(&format!("/trials/NCT03737461?q={word}"));
        server.post("/patient", &[("story", &format!("{story} with knee pain"))]);
        server.post("/api/patient", &[("story", story)]);
        server.post("/api/patient", &[("story", story), ("story", "too")]);
        let bytes = lines.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    };
    let log = ask(false, "hiddenword", "hiddenstory");
    assert!(log.contains("GET /search 200") && log.contains("POST /patient 200"));
    assert!(!log.contains("hidden"));
    let log = ask(true, "openword", "hiddenstory");
    assert!(log.contains("GET /search?q=openword 200"));
    assert!(!log.contains("hiddenstory"), "a story is never logged");
}

#[test]
fn the_server_moves_on_with_the_index() {
    let folder = tempfile::tempdir().unwrap();
    let index = folder.path().join("index");
    let record = |id: u32| {
        let path = folder.path().join(format!("{id}.json"));
        let study = serde_json::json!({ "protocolSection": {
            "identificationModule": { "nctId": format!("NCT{id:08}"), "briefTitle": "A trial of oranges" },
        }});
        std::fs::write(&path, study.to_string()).unwrap();
        path
    };
    let server = Server::new(options(&index));
    let first_run = server.get("/");
    assert_eq!(first_run.status, 503);
    assert!(
        first_run.text().contains("trialfind index --index"),
        "{}",
        first_run.text()
    );
    assert!(first_run.text().contains("There is no index to search yet"));
    assert_eq!(server.get("/readyz").status, 503);
    assert_eq!(server.get("/healthz").status, 200);
    assert_eq!(
        server.get("/api/search?q=oranges").header("retry-after"),
        "30"
    );
    let total = || server.get("/api/search?q=oranges").json()["total"].clone();
    build(&index, &[record(1)]);
    server.app.look();
    assert_eq!(total(), 1);
    let tag = server.get("/search?q=oranges").header("etag").to_owned();
    build(&index, &[record(2)]);
    assert_eq!(total(), 1, "until it looks");
    server.app.look();
    assert_eq!(total(), 2);
    assert_eq!(
        server
            .get_with("/search?q=oranges", &[("if-none-match", &tag)])
            .status,
        200
    );
    // A rebuild in another folder that is swapped in.
    let options = trialfind::index::BuildOptions {
        rebuild: true,
        ..trialfind::index::BuildOptions::default()
    };
    let schema = trialfind::index::SchemaChoice::bundled();
    trialfind::index::Index::build(
        &index,
        schema,
        &[record(3)],
        &options,
        &trialfind::index::Progress::default(),
        &|_| {},
    )
    .unwrap();
    server.app.look();
    assert_eq!(total(), 1);
    // One that has lost its pointer is still the only one there.
    std::fs::remove_file(index.join("CURRENT")).unwrap();
    server.app.look();
    assert_eq!(total(), 1);
    // An index that is gone leaves what was opened.
    std::fs::remove_dir_all(&index).unwrap();
    server.app.look();
    assert_eq!(total(), 1);
    assert!(
        server
            .get("/metrics")
            .text()
            .contains("trialfind_index_reload_failures_total 1")
    );
}
