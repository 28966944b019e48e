//! Searches that are documented and run again.

use trialfind::search::{Line, Request, SearchLog, read_lines};

use crate::{FINDER, TODAY};

const LINES: &str =
    "1. knee OR back\n2. pain\n\n// both\n3. #1 AND #2\n4. #3 NOT (\"stem cell\" OR msc)\n";

fn document(text: &str) -> SearchLog {
    let lines = read_lines(text, FINDER.index().fields()).unwrap();
    let request = Request {
        today: TODAY,
        ..Request::new(lines[0].query.clone())
    };
    FINDER.document(&lines, &request).unwrap()
}

#[test]
fn lines_count_as_their_full_queries_do() {
    let log = document(LINES);
    assert_eq!(log.lines.len(), 4);
    for line in &log.lines {
        let mut request = crate::request(&line.in_full);
        request.expand = true;
        let alone = FINDER.search(&request).unwrap();
        assert_eq!(alone.total, line.trials, "{}", line.in_full);
    }
    assert_eq!(log.ids.len() as u64, log.lines[3].trials);
    assert!(log.lines[2].trials > log.lines[3].trials);
}

#[test]
fn a_log_run_again_finds_the_same() {
    let log = document(LINES);
    let text = serde_json::to_string(&log).unwrap();
    let read = SearchLog::parse(&text).unwrap();
    assert_eq!(read, log);
    let replay = FINDER.replay(&read).unwrap();
    assert!(replay.is_same() && replay.same_fingerprint, "{replay:?}");
}

#[test]
fn frozen_expansions_are_searched_instead_of_todays() {
    let mut log = document("msc");
    let writings = &mut log.lines[0].concepts[0].alternatives;
    writings.truncate(1);
    writings[0].terms[0].term = "melanoma".to_owned();
    let replay = FINDER.replay(&log).unwrap();
    assert!(replay.lines[0].as_frozen);
    assert_eq!(replay.ids, FINDER.ids(&crate::request("melanoma")).unwrap());
}

#[test]
fn what_differs_is_said() {
    let mut log = document(LINES);
    let gone = "NCT00000000".to_owned();
    let known = log.ids.remove(0);
    log.ids.push(gone.clone());
    log.lines[0].trials += 1;
    log.fingerprint.push('x');
    log.lines[1].concepts.clear();
    let replay = FINDER.replay(&log).unwrap();
    assert_eq!(replay.new, [known]);
    assert_eq!(replay.vanished, [gone]);
    assert!(!replay.is_same() && !replay.same_fingerprint);
    assert_ne!(replay.lines[0].then, replay.lines[0].now);
    assert!(!replay.lines[1].as_frozen && replay.lines[0].as_frozen);
}

#[test]
fn a_blank_query_and_a_wrong_log() {
    let query = crate::request("").query;
    let request = Request {
        today: TODAY,
        ..Request::new(query.clone())
    };
    let log = FINDER.document(&[Line::alone(query)], &request).unwrap();
    assert_eq!(log.lines[0].trials, log.trials);
    assert!(FINDER.replay(&log).unwrap().is_same());
    let check = |text: &str, expect: &str| {
        let error = SearchLog::parse(text).unwrap_err().to_string();
        assert!(error.contains(expect), "{error}");
    };
    check("{", "this is no log of a search");
    check("{}", "this is no log of a search");
    check("{\"version\": 7}", "version 7");
}
