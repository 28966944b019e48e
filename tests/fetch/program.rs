//! The program itself: killed in the middle, run again, and what it says.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::registry::{Registry, Reply, lines, page};
use crate::{all, download, many, quick, study};

fn trialfind(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trialfind"));
    command
        .current_dir(folder)
        .env("TRIALFIND_INDEX", folder.join("trials"))
        .stdin(Stdio::null());
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    trialfind(folder).args(arguments).output().unwrap()
}

/// Kills the program some time after it was begun; whether it was still at work.
fn is_killed_after(milliseconds: u64, folder: &Path, arguments: &[&str]) -> bool {
    let mut child = trialfind(folder)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    thread::sleep(Duration::from_millis(milliseconds));
    let is_at_work = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    is_at_work
}

/// A server that takes its time, so that a kill comes in the middle.
fn slow() -> Registry {
    Registry::new(|asked| Reply::Late(Duration::from_millis(20), Box::new(page(&many(200), asked))))
}

#[test]
fn a_download_that_is_killed_again_and_again_gives_the_same_file() {
    let registry = slow();
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole.ndjson.gz");
    download(&all(&registry.base_url), &whole, &quick(10)).unwrap();
    let arguments = [
        "fetch",
        "--base-url",
        &registry.base_url,
        "--rate",
        "0",
        "--page-size",
        "10",
        "-o",
        "killed.ndjson.gz",
    ];
    let times = [60, 150, 90, 230, 120, 300];
    let kills = times.map(|milliseconds| is_killed_after(milliseconds, folder.path(), &arguments));
    assert!(kills.contains(&true), "none came in the middle");
    if !folder.path().join("killed.ndjson.gz").exists() {
        let last = run(folder.path(), &arguments);
        assert!(last.status.success(), "{}", text(&last.stderr));
    }
    let killed = folder.path().join("killed.ndjson.gz");
    assert_eq!(fs::read(killed).unwrap(), fs::read(whole).unwrap());
}

#[test]
fn an_index_is_whole_after_kills() {
    let registry = slow();
    let folder = tempfile::tempdir().unwrap();
    let arguments = [
        "fetch",
        "--base-url",
        &registry.base_url,
        "--rate",
        "0",
        "--page-size",
        "10",
        "--into-index",
        "--format",
        "json",
    ];
    for milliseconds in [150, 250, 350] {
        is_killed_after(milliseconds, folder.path(), &arguments);
    }
    let last = run(folder.path(), &arguments);
    assert!(last.status.success(), "{}", text(&last.stderr));
    let report: Value = serde_json::from_slice(&last.stdout).unwrap();
    assert_eq!(report["studies"], 200);
    assert_eq!(report["index"]["trials"], 200);
    assert_eq!(report["selection"]["baseUrl"], registry.base_url.as_str());
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(names.len(), 1, "only the index is left: {names:?}");

    let info = run(folder.path(), &["info"]);
    let said = text(&info.stdout);
    assert!(said.contains("all studies (http://127.0.0.1:"), "{said}");
    assert!(said.contains("updates up to 2 January 2024"), "{said}");
    let info = run(folder.path(), &["info", "--format", "json"]);
    let info: Value = serde_json::from_slice(&info.stdout).unwrap();
    assert_eq!(info["fetched"][0]["updatedThrough"], "2024-01-02");
}

#[test]
fn the_account_and_errors_are_told() {
    let registry = Registry::new(
        |asked| match asked.query.get("query.cond").map(String::as_str) {
            Some("none") => page(&[], asked),
            Some("(") => Reply::Status(400, vec![], "Error parsing query".into()),
            _ => page(&many(12), asked),
        },
    );
    let folder = tempfile::tempdir().unwrap();
    let fetch = |more: &[&str]| {
        let mut arguments = vec!["fetch", "--rate", "0", "--base-url", &registry.base_url];
        arguments.extend(more);
        let output = run(folder.path(), &arguments);
        (
            output.status.code().unwrap(),
            text(&output.stdout),
            text(&output.stderr),
        )
    };
    let (code, out, err) = fetch(&[
        "--query.cond",
        "knee",
        "--status",
        "Recruiting,active_not_recruiting",
        "--page-size=5",
    ]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(
        out.starts_with("12 studies in studies.ndjson.gz\n"),
        "{out}"
    );
    assert_eq!(lines(&folder.path().join("studies.ndjson.gz")), many(12));
    let asked = registry.asked();
    assert_eq!(asked[0].query["query.cond"], "knee");
    assert_eq!(
        asked[0].query["filter.overallStatus"],
        "RECRUITING|ACTIVE_NOT_RECRUITING"
    );

    let (code, _, err) = fetch(&[]);
    assert_eq!(code, 2);
    assert!(
        err.contains("error: `studies.ndjson.gz` is there already"),
        "{err}"
    );
    assert!(err.contains("hint: name another file"), "{err}");
    let (code, out, _) = fetch(&["--cond", "none", "-o", "none.ndjson"]);
    assert_eq!(code, 1);
    assert!(out.starts_with("0 studies"), "{out}");
    let (code, _, err) = fetch(&["--cond", "(", "-o", "wrong.ndjson"]);
    assert_eq!(code, 2);
    assert!(err.contains("answered 400: Error parsing query"), "{err}");
    assert!(
        !folder.path().join("wrong.ndjson.part").exists(),
        "nothing is left of it"
    );
    for (typed, expect) in [
        (
            &["--param", "sort=@relevance"][..],
            "`sort` is no parameter that chooses",
        ),
        (&["--param", "sort"], "a name, `=` and a value"),
        (&["--cond", ""], "`query.cond` has no value"),
        (
            &["--base-url", "clinicaltrials"],
            "cannot be used multiple times",
        ),
    ] {
        let (code, _, err) = fetch(typed);
        assert_eq!(code, 2);
        assert!(err.contains(expect), "{typed:?}: {err}");
    }

    let indexed = run(folder.path(), &["index", "--quiet", "studies.ndjson.gz"]);
    assert!(indexed.status.success());
    let synced = run(folder.path(), &["sync"]);
    assert_eq!(synced.status.code(), Some(2));
    let err = text(&synced.stderr);
    assert!(err.contains("was not fetched from a server"), "{err}");
    assert!(
        err.contains("hint: `trialfind fetch --into-index`"),
        "{err}"
    );
    let (code, out, _) = fetch(&["--into-index"]);
    assert_eq!(code, 0);
    assert!(out.contains("12 unchanged"), "{out}");
    let synced = run(folder.path(), &["sync", "--rate", "0"]);
    assert_eq!(synced.status.code(), Some(0), "{}", text(&synced.stderr));
    let out = text(&synced.stdout);
    assert!(
        out.starts_with("0 added, 0 changed, 12 unchanged\n"),
        "{out}"
    );
    let quiet = run(folder.path(), &["sync", "--rate", "0", "--quiet"]);
    assert_eq!(
        (text(&quiet.stdout), text(&quiet.stderr)),
        (String::new(), String::new())
    );
}

#[test]
fn a_sync_with_a_log_tells_what_changed() {
    let later = Arc::new(AtomicBool::new(false));
    let registry = Registry::new({
        let later = later.clone();
        move |asked| {
            let first = match later.load(Ordering::Relaxed) {
                false => study(1, "Cells for discs", "RECRUITING", "2024-01-02"),
                true => study(1, "Cells for backs", "COMPLETED", "2024-03-05"),
            };
            let other = study(2, "Rest", "COMPLETED", "2024-01-02");
            page(&[first, other], asked)
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let connection = ["--rate", "0"];
    let fetch = ["fetch", "--base-url", &registry.base_url, "--into-index"];
    let fetched = run(folder.path(), &[&fetch[..], &connection].concat());
    assert!(fetched.status.success(), "{}", text(&fetched.stderr));
    later.store(true, Ordering::Relaxed);
    let synced = run(
        folder.path(),
        &[&["sync", "--log"][..], &connection].concat(),
    );
    let said = text(&synced.stdout);
    assert!(synced.status.success(), "{}", text(&synced.stderr));
    for expect in [
        "status RECRUITING -> COMPLETED",
        "title Cells for discs -> Cells for backs",
    ] {
        assert!(said.contains(expect), "{said}");
    }
    let again = run(
        folder.path(),
        &[&["sync", "--log", "--format", "json"][..], &connection].concat(),
    );
    let report: Value = serde_json::from_slice(&again.stdout).unwrap();
    assert!(report["log"].is_array(), "{report}");
}
