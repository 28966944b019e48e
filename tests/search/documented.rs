//! Searches that are documented and run again.

use trialfind::search::{Line, Request, SearchLog, SearchSettings, SiteFilter, Sort, read_lines};

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

/// A line referred to inside a boost or beside `~n` was searched as the word that stood in for it.
#[test]
fn lines_are_put_in_wherever_they_stand() {
    let log = document("knee OR back\npain\n#1^2 #2\n#1 ~5 #2\n(#1 OR hip) ~5 #2");
    let full: Vec<&str> = log.lines.iter().map(|line| line.in_full.as_str()).collect();
    assert_eq!(
        full[2..],
        [
            "(knee OR back)^2 pain",
            "(knee OR back) ~5 pain",
            "(knee OR back OR hip) ~5 pain",
        ]
    );
    assert!(log.lines[3].trials > 0 && log.lines[2].trials > log.lines[3].trials);
    let check = |text: &str, expect: &str| {
        let error = read_lines(text, FINDER.index().fields()).unwrap_err();
        assert!(error.shown.starts_with(expect), "{text}: {}", error.shown);
    };
    check("knee pain\n#1 ~5 hip", "only words, phrases");
    check(
        "title:knee\n#1 ~5 hip",
        "words near each other stand in one field",
    );
    check(
        "knee\nexclusion:{#1 pain}",
        "a line cannot be searched in a field",
    );
}

/// Lines with arrangements were never replayed with what they were expanded to.
#[test]
fn arrangements_are_frozen_and_replayed() {
    let lines = [
        "MSC ~5 (disc OR pain)",
        "\"MSC disc\"~9",
        "inclusion:{MRI disc}^2",
        "osteoarthritiss~",
        "inject*",
        "=cells",
        "updated:<90d -start:..2018 pain",
    ];
    let log = document(&lines.join("\n"));
    let read = SearchLog::parse(&serde_json::to_string(&log).unwrap()).unwrap();
    assert_eq!(read, log);
    let replay = FINDER.replay(&read).unwrap();
    assert!(replay.is_same(), "{replay:?}");
    let days: Vec<_> = log.lines[6]
        .dates
        .iter()
        .map(|meant| {
            (
                meant.filter.as_str(),
                meant.from.as_deref(),
                meant.to.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        days,
        [
            ("updated:<90d", Some("2026-03-03"), Some("2026-06-01")),
            ("start:..2018", None, Some("2018-12-31")),
        ]
    );
    // What was frozen is searched, whatever the words would be expanded to now.
    let mut other = document("oedema~ pain\nMSC ~5 disc");
    assert!(other.lines[1].trials > 0);
    for line in &mut other.lines {
        for concept in &mut line.concepts {
            let text = serde_json::to_string(&concept.arrangements).unwrap();
            let text = text.replace("\"disc\"", "\"melanoma\"");
            concept.arrangements = serde_json::from_str(&text).unwrap();
        }
    }
    let replay = FINDER.replay(&other).unwrap();
    assert!(replay.lines.iter().all(|line| line.as_frozen), "{replay:?}");
    assert_ne!(replay.lines[1].now, replay.lines[1].then);
    // A log that was written by hand asks for nothing that cannot be searched.
    let text = serde_json::to_string(&other).unwrap();
    let near = text.find("\"parts\":[").unwrap();
    let end = text[near..].find("],\"within\"").unwrap() + near;
    let broken = format!("{}\"parts\":[{}", &text[..near], &text[end..]);
    let replay = FINDER.replay(&SearchLog::parse(&broken).unwrap()).unwrap();
    assert!(!replay.lines[1].as_frozen);
}

/// A log kept the filters of facets only, and was replayed wherever sites are, in the usual order and by the usual weights.
#[test]
fn whatever_held_for_all_lines_is_replayed() {
    let check = |text: &str, change: &dyn Fn(&mut Request)| {
        let line = Line::alone(crate::request(text).query);
        let mut request = Request {
            today: TODAY,
            ..Request::new(line.query.clone())
        };
        let plain = FINDER
            .document(std::slice::from_ref(&line), &request)
            .unwrap();
        change(&mut request);
        let log = FINDER.document(&[line], &request).unwrap();
        assert_ne!(log.settings, plain.settings);
        assert_ne!(log.ids, plain.ids, "{:?}", log.settings);
        let read = SearchLog::parse(&serde_json::to_string(&log).unwrap()).unwrap();
        assert_eq!(read, log);
        let replay = FINDER.replay(&read).unwrap();
        assert!(replay.is_same(), "{:?} {replay:?}", log.settings);
        assert_eq!(replay.ids, log.ids, "{:?}", log.settings);
    };
    let place = FINDER.place("Madrid, Spain").unwrap();
    check("pain", &|request| {
        request.near = Some(SiteFilter::new(place.clone(), 500.0));
    });
    for text in ["", "allogeneic", "msc"] {
        check(text, &|request| {
            request.like = Some("NCT03737461".to_owned());
        });
    }
    check("knee pain", &|request| request.any = true);
    check("mesenchymal stem cells", &|request| request.expand = false);
    check("pain", &|request| request.sort = Sort::Start);
    check("pain", &|request| {
        request.weights = vec![("title".to_owned(), 90.0)];
    });
    check("low back pain", &|request| request.k1 = Some(0.1));
    check("low back pain", &|request| request.b = Some(0.0));
    check("low back pain", &|request| request.rarity = Some(9.0));
    check("low back pain", &|request| request.feedback = true);
}

#[test]
fn a_log_without_settings_is_read_with_the_usual_ones() {
    let mut log = serde_json::to_value(document(LINES)).unwrap();
    log.as_object_mut().unwrap().remove("settings");
    let read = SearchLog::parse(&log.to_string()).unwrap();
    assert_eq!(read.settings, SearchSettings::default());
    assert!(FINDER.replay(&read).unwrap().is_same());
}
