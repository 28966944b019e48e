//! Every way in which servers and networks fail: what passes is outlasted, what does not is told.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use trialfind::fetch::{FetchError, FetchOptions};
use trialfind::index::{Index, SchemaChoice};
use trialfind::render::{Look, fetch_report_text};

use crate::registry::{Asked, Registry, Reply, lines, page, page_of};
use crate::{all, download, download_into, many, quick};

/// The JSON of the page that would be right.
fn right(asked: &Asked) -> String {
    match page(&many(30), asked) {
        Reply::Packed(body) => body,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_passes_is_outlasted() {
    type Fault = fn(&Asked) -> Reply;
    let faults: [(&str, Fault, &str); 17] = [
        (
            "too many requests, seconds",
            |_| Reply::Status(429, vec![("Retry-After", "0".into())], String::new()),
            "429",
        ),
        (
            "too many requests, a moment",
            |_| {
                let past = "Sun, 06 Nov 1994 08:49:37 GMT".to_owned();
                Reply::Status(429, vec![("Retry-After", past)], "slow down".into())
            },
            "429: slow down",
        ),
        (
            "an unreadable wait",
            |_| Reply::Status(429, vec![("Retry-After", "later".into())], String::new()),
            "429",
        ),
        (
            "a fault of the server",
            |_| Reply::Status(500, vec![], "out of memory".into()),
            "500: out of memory",
        ),
        (
            "a page for people",
            |_| {
                let html = vec![("Content-Type", "text/html".to_owned())];
                Reply::Status(502, html, "<html><h1>Bad Gateway</h1></html>".into())
            },
            "the server answered 502",
        ),
        (
            "a request that took too long",
            |_| Reply::Status(408, vec![], String::new()),
            "408",
        ),
        (
            "a cut-off body",
            |asked| Reply::CutOff(right(asked)),
            "cut off",
        ),
        (
            "cut-off chunks",
            |asked| Reply::CutOffChunks(right(asked)),
            "cut off",
        ),
        (
            "cut-off packed data",
            |asked| Reply::CutOffPacked(right(asked)),
            "cut off",
        ),
        ("a connection that closes", |_| Reply::Gone, "asking again"),
        (
            "a late answer",
            |asked| {
                Reply::Late(
                    Duration::from_millis(900),
                    Box::new(Reply::Page(right(asked))),
                )
            },
            "too long",
        ),
        (
            "a late body",
            |asked| Reply::LateBody(Duration::from_millis(900), right(asked)),
            "too long",
        ),
        (
            "half of the JSON",
            |asked| {
                let body = right(asked);
                Reply::Page(body[..body.len() - 20].to_owned())
            },
            "cut off",
        ),
        (
            "JSON of something else",
            |_| Reply::Page(r#"{"message":"busy"}"#.into()),
            "no page of studies",
        ),
        (
            "a page for people as an answer",
            |_| Reply::Page("<!DOCTYPE html><title>Maintenance</title>".into()),
            "begins with `<!DOCTYPE html>",
        ),
        ("nothing", |_| Reply::Page(String::new()), "it is empty"),
        (
            "studies that are none",
            |_| Reply::Page(page_of(&["7".to_owned()], None, None)),
            "no studies",
        ),
    ];
    for (name, fault, expect) in faults {
        // The second page fails twice.
        let registry = Registry::new(move |asked| match asked.number {
            1 | 2 => fault(asked),
            _ => page(&many(30), asked),
        });
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.ndjson");
        let options = FetchOptions {
            answer_time: Duration::from_millis(400),
            body_time: Duration::from_millis(400),
            ..quick(10)
        };
        let (report, told) = download(&all(&registry.base_url), &path, &options)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(lines(&path), many(30), "{name}");
        assert_eq!(registry.asked().len(), 5, "{name}");
        assert_eq!((report.repeated, report.restarts), (0, 0), "{name}");
        assert_eq!(told.len(), 2, "{name}: {told:?}");
        assert!(
            told.iter().all(|line| line.contains(expect)),
            "{name}: {told:?}"
        );
    }
}

#[test]
fn what_does_not_pass_is_told() {
    type Fault = fn(&Asked) -> Reply;
    let faults: [(&str, Fault, usize, &str, &str); 11] = [
        (
            "a wrong selection",
            |_| Reply::Status(400, vec![], "Error parsing query:\n  (knee\n  ^".into()),
            1,
            "answered 400: Error parsing query:\n  (knee\n  ^",
            "",
        ),
        (
            "a wrong address",
            |_| Reply::Status(404, vec![], String::new()),
            1,
            "404: nothing more",
            "--base-url",
        ),
        (
            "no admission",
            |_| Reply::Status(403, vec![], "<html>Go away</html>".into()),
            1,
            "403: nothing more",
            "",
        ),
        (
            "a fault that stays",
            |_| Reply::Status(500, vec![], String::new()),
            4,
            "in 4 attempts; the last one: the server answered 500",
            "goes on",
        ),
        (
            "no page",
            |_| Reply::Page("<html>".into()),
            4,
            "no JSON (it begins with `<html>`)",
            "goes on",
        ),
        (
            "a hostile message",
            |_| Reply::Status(400, vec![], "a\u{1b}[31mb\u{7}".into()),
            1,
            "400: a [31mb",
            "",
        ),
        (
            "a long wait",
            |_| Reply::Status(429, vec![("Retry-After", "3600".into())], String::new()),
            1,
            "asks to wait 3600 seconds",
            "later",
        ),
        (
            "redirects without end",
            |asked| Reply::Status(302, vec![("Location", asked.target.clone())], String::new()),
            11,
            "cannot ask",
            "",
        ),
        (
            "a circle of pages",
            |_| Reply::Page(page_of(&many(2), Some("again"), None)),
            2,
            "leads in a circle",
            "",
        ),
        (
            "pages without end",
            |asked| {
                let next = format!("page{}", asked.number);
                Reply::Page(page_of(&many(200), Some(&next), Some(300)))
            },
            9,
            "leads on and on: there were 1800 studies on its pages, where the server counts 300",
            "at fault",
        ),
        (
            "empty pages without end",
            |asked| {
                let next = format!("page{}", asked.number);
                Reply::Page(page_of(&[], Some(&next), Some(0)))
            },
            1_001,
            "leads on and on",
            "at fault",
        ),
    ];
    for (name, fault, requests, expect, hint) in faults {
        let registry = Registry::new(fault);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.ndjson");
        let error = download(&all(&registry.base_url), &path, &quick(10)).unwrap_err();
        assert!(error.to_string().contains(expect), "{name}: {error}");
        assert!(!error.to_string().contains('\u{1b}'), "{name}");
        assert!(
            error.hint().unwrap_or_default().contains(hint),
            "{name}: {:?}",
            error.hint()
        );
        assert_eq!(registry.asked().len(), requests, "{name}");
        assert!(!path.exists(), "{name}");
    }
}

#[test]
fn nobody_there_is_told_after_some_attempts() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}/api/v2", free.local_addr().unwrap());
    drop(free);
    let folder = tempfile::tempdir().unwrap();
    let error = download(&all(&base_url), &folder.path().join("a.ndjson"), &quick(10)).unwrap_err();
    assert!(
        matches!(error, FetchError::GaveUp { attempts: 4, .. }),
        "{error}"
    );
}

#[test]
fn redirects_are_followed() {
    let registry = Registry::new(|asked| match asked.path.strip_prefix("/old") {
        Some(_) => {
            let target = asked.target.replacen("/old", "/api/v2", 1);
            Reply::Status(301, vec![("Location", target)], String::new())
        }
        None => page(&many(20), asked),
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.ndjson");
    let old = registry.base_url.replace("/api/v2", "/old");
    download(&all(&old), &path, &quick(10)).unwrap();
    assert_eq!(lines(&path), many(20));
}

#[test]
fn waits_and_the_pace_are_kept() {
    let registry = Registry::new(|asked| match asked.number {
        1 => Reply::Status(503, vec![("Retry-After", "1".into())], String::new()),
        _ => page(&many(20), asked),
    });
    let folder = tempfile::tempdir().unwrap();
    let started = Instant::now();
    download(
        &all(&registry.base_url),
        &folder.path().join("a.ndjson"),
        &quick(10),
    )
    .unwrap();
    assert!(
        started.elapsed() >= Duration::from_secs(1),
        "{:?}",
        started.elapsed()
    );

    let registry = Registry::new(|asked| page(&many(40), asked));
    let options = FetchOptions {
        per_minute: 600,
        ..quick(10)
    };
    let started = Instant::now();
    download(
        &all(&registry.base_url),
        &folder.path().join("b.ndjson"),
        &options,
    )
    .unwrap();
    let elapsed = started.elapsed();
    assert!(
        elapsed >= Duration::from_millis(300),
        "four requests in {elapsed:?}"
    );
}

/// A server whose tokens hold for so many pages, until so many of them have expired.
fn expiring(studies: Vec<String>, pages: usize, times: usize) -> Registry {
    let (since, expired) = (AtomicUsize::new(0), AtomicUsize::new(0));
    Registry::new(move |asked| {
        let count = match asked.query.contains_key("pageToken") {
            true => since.fetch_add(1, Ordering::SeqCst) + 1,
            false => {
                since.store(0, Ordering::SeqCst);
                0
            }
        };
        if count >= pages && expired.fetch_add(1, Ordering::SeqCst) < times {
            return Reply::Status(400, vec![], "`pageToken` has expired".into());
        }
        page(&studies, asked)
    })
}

#[test]
fn a_token_that_expires_begins_the_pages_again() {
    let registry = expiring(many(50), 3, 1);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.ndjson.gz");
    let (report, told) = download(&all(&registry.base_url), &path, &quick(10)).unwrap();
    assert_eq!(lines(&path), many(50));
    assert_eq!(
        (
            report.studies,
            report.restarts,
            report.repeated,
            report.replaced
        ),
        (50, 1, 30, 0)
    );
    assert!(told[0].contains("expired"), "{told:?}");
}

#[test]
fn tokens_that_always_expire_are_told() {
    let registry = expiring(many(50), 3, usize::MAX);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.ndjson");
    let error = download(&all(&registry.base_url), &path, &quick(10)).unwrap_err();
    assert!(matches!(error, FetchError::Expiring { .. }), "{error}");
    assert!(error.to_string().contains("has expired"), "{error}");
    // Larger pages come farther, and what is there already is not lost.
    let (report, _) = download(&all(&registry.base_url), &path, &quick(25)).unwrap();
    assert_eq!((report.studies, report.resumed), (50, 30));
    assert_eq!(lines(&path), many(50));
}

#[test]
fn an_answer_that_does_not_end_is_given_up() {
    let registry = Registry::new(|_| {
        let spaces = " ".repeat(300 << 20);
        Reply::Packed(format!("{{\"studies\":[{spaces}]}}"))
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.ndjson");
    let options = FetchOptions {
        answer_time: Duration::from_secs(60),
        body_time: Duration::from_secs(60),
        ..quick(10)
    };
    let error = download(&all(&registry.base_url), &path, &options).unwrap_err();
    assert!(
        error.to_string().contains("answered with more than 256 MB"),
        "{error}"
    );
    assert!(error.hint().unwrap().contains("--page-size"));
}

/// A server that counts more studies than its pages have.
fn short_of(given: u32, counted: u32) -> Registry {
    Registry::new(move |asked| {
        let Reply::Packed(body) = page(&many(given), asked) else {
            panic!("a page is packed");
        };
        let (given, counted) = (
            format!("\"totalCount\":{given},"),
            format!("\"totalCount\":{counted},"),
        );
        Reply::Packed(body.replace(&given, &counted))
    })
}

#[test]
fn what_did_not_come_is_told_and_asked_for_again() {
    for (counted, day) in [(30, Some("2024-01-01")), (31, None)] {
        let registry = short_of(30, counted);
        let folder = tempfile::tempdir().unwrap();
        let directory = folder.path().join("trials");
        let report = download_into(&all(&registry.base_url), None, &directory, &quick(10)).unwrap();
        assert_eq!(
            (report.studies, report.total),
            (30, Some(u64::from(counted)))
        );
        let index = Index::open(&directory, SchemaChoice::bundled()).unwrap();
        let fetched = index.fetched().unwrap();
        assert_eq!(
            fetched[0].updated_through.is_some(),
            day.is_some(),
            "{fetched:?}"
        );
        let look = Look {
            width: 80,
            colour: false,
        };
        let told = fetch_report_text(&report, Some("trials"), look);
        assert_eq!(told.contains("1 of the 31"), day.is_none(), "{told}");
    }
}
