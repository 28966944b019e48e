//! How records changed: what an index keeps of earlier versions, in which order they come, and what is told of them.
#![expect(
    clippy::unwrap_used,
    reason = "what the tests share fails by panicking"
)]

mod served;
mod told;

use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde_json::Value;
use trialfind::index::{BuildOptions, Index, Progress, Report, SchemaChoice, Span, TrialHistory};
use trialfind::search::Finder;

/// A folder with an index, removed when it goes out of use.
pub(crate) struct Place(tempfile::TempDir);

impl Place {
    pub(crate) fn new() -> Place {
        Place(tempfile::tempdir().unwrap())
    }

    pub(crate) fn index(&self) -> PathBuf {
        self.0.path().join("index")
    }

    /// Brings records in as one run.
    pub(crate) fn take(&self, records: &[String], options: &BuildOptions) -> Report {
        let path = self.0.path().join("records.ndjson");
        fs::write(&path, records.join("\n")).unwrap();
        self.take_files(&[path], options)
    }

    pub(crate) fn take_files(&self, paths: &[PathBuf], options: &BuildOptions) -> Report {
        let report = Index::build(
            &self.index(),
            SchemaChoice::bundled(),
            paths,
            options,
            &Progress::default(),
            &|rejected| assert!(rejected.reason.is_empty(), "{rejected:?}"),
        );
        let report = report.unwrap();
        assert!(report.adds_up(), "{report:?}");
        report
    }

    pub(crate) fn finder(&self) -> Finder {
        Finder::new(Index::open(&self.index(), SchemaChoice::bundled()).unwrap())
    }

    pub(crate) fn history(&self, id: &str) -> TrialHistory {
        let finder = self.finder();
        let searcher = finder.index().searcher();
        let found = finder.index().find(&searcher, id).unwrap();
        finder
            .index()
            .changes_of(&searcher, found[0], &Span::default())
            .unwrap()
    }

    /// The JSON of the record as it was on a day.
    pub(crate) fn as_of(&self, id: &str, day: &str) -> Option<String> {
        let finder = self.finder();
        let searcher = finder.index().searcher();
        let found = finder.index().find(&searcher, id).unwrap();
        let trial = finder.index().trial(&searcher, found[0]).unwrap();
        let version = trial.as_of(date(day)).unwrap()?;
        Some(String::from_utf8(version.json().unwrap()).unwrap())
    }
}

pub(crate) fn date(text: &str) -> Date {
    text.parse().unwrap()
}

/// A record: id, day of its update, day of its snapshot, status, number of participants.
pub(crate) fn record(id: &str, updated: &str, snapshot: &str, status: &str, size: u32) -> String {
    format!(
        r#"{{"protocolSection":{{"identificationModule":{{"nctId":"{id}","briefTitle":"Cells for discs"}},"statusModule":{{"overallStatus":"{status}","lastUpdatePostDateStruct":{{"date":"{updated}"}}}},"designModule":{{"enrollmentInfo":{{"count":{size},"type":"ACTUAL"}}}}}},"derivedSection":{{"miscInfoModule":{{"versionHolder":"{snapshot}"}}}},"hasResults":false}}"#
    )
}

const ID: &str = "NCT04000001";

/// Versions of one trial in the order of time: four, of which two are the same but for the snapshot.
fn versions() -> Vec<String> {
    vec![
        record(ID, "2025-01-10", "2025-02-01", "RECRUITING", 40),
        record(ID, "2025-01-10", "2025-03-01", "RECRUITING", 40),
        record(ID, "2025-05-05", "2025-06-01", "ACTIVE_NOT_RECRUITING", 113),
        record(ID, "2025-05-05", "2025-07-01", "UNKNOWN", 113),
    ]
}

/// A history without the moments at which it became known.
fn without_moments(history: &TrialHistory) -> Value {
    let mut value = serde_json::to_value(history).unwrap();
    for change in value["changes"].as_array_mut().unwrap() {
        change["knownSince"] = Value::Null;
        change["before"]["takenIn"] = Value::Null;
        change["after"]["takenIn"] = Value::Null;
    }
    value
}

fn days_and_texts(history: &TrialHistory) -> Vec<(String, Vec<String>)> {
    let changes = history.changes.iter();
    changes
        .map(|change| {
            let texts = change
                .differences
                .iter()
                .map(|difference| difference.text.clone());
            (change.day.clone(), texts.collect())
        })
        .collect()
}

#[test]
fn what_changed_is_kept_with_its_day_in_any_order() {
    let versions = versions();
    let orders: &[&[&[usize]]] = &[
        &[&[0], &[1], &[2], &[3]],
        &[&[3], &[2], &[1], &[0]],
        &[&[1], &[3], &[0], &[2]],
        &[&[2, 0, 3, 1]],
        &[&[3, 1], &[0, 2], &[0, 1, 2, 3]],
    ];
    let mut first = None;
    for order in orders {
        let place = Place::new();
        for run in *order {
            let records: Vec<String> = run.iter().map(|&number| versions[number].clone()).collect();
            place.take(&records, &BuildOptions::default());
        }
        let history = place.history(ID);
        assert_eq!(
            days_and_texts(&history),
            [
                (
                    "2025-07-01".to_owned(),
                    vec!["status ACTIVE_NOT_RECRUITING -> UNKNOWN".to_owned()]
                ),
                (
                    "2025-05-05".to_owned(),
                    vec![
                        "status RECRUITING -> ACTIVE_NOT_RECRUITING".to_owned(),
                        "enrollment 40 -> 113 (ACTUAL)".to_owned(),
                        "last update posted 2025-01-10 -> 2025-05-05".to_owned(),
                    ]
                ),
            ],
            "{order:?}"
        );
        let history = without_moments(&history);
        assert_eq!(*first.get_or_insert_with(|| history.clone()), history);
        for (day, expect) in [
            ("2025-01-09", None),
            ("2025-01-10", Some(1)),
            ("2025-05-05", Some(2)),
            ("2025-06-30", Some(2)),
            ("2025-07-01", Some(3)),
            ("2030-01-01", Some(3)),
        ] {
            assert_eq!(
                place.as_of(ID, day),
                expect.map(|number: usize| versions[number].clone()),
                "{day}"
            );
        }
    }
}

#[test]
fn another_snapshot_alone_is_no_change_but_the_newer_bytes_are_the_record() {
    let place = Place::new();
    for version in &versions()[..2] {
        place.take(std::slice::from_ref(version), &BuildOptions::default());
    }
    assert!(place.history(ID).changes.is_empty());
    assert_eq!(place.as_of(ID, "2030-01-01").unwrap(), versions()[1]);
    let everything = Span::default();
    assert!(
        place
            .finder()
            .changes(None, &everything)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_span_is_found_by_the_column() {
    let place = Place::new();
    let other = record("NCT04000002", "2025-04-01", "2025-06-01", "COMPLETED", 7);
    for version in versions() {
        place.take(&[version, other.clone()], &BuildOptions::default());
    }
    place.take(
        &[record(
            "NCT04000002",
            "2025-06-20",
            "2025-07-01",
            "TERMINATED",
            7,
        )],
        &BuildOptions::default(),
    );
    let check = |since: &str, until: &str, expect: &[(&str, usize)]| {
        let day = |text: &str| (!text.is_empty()).then(|| date(text));
        let span = Span {
            since: day(since),
            until: day(until),
            known_since: None,
        };
        let found = place.finder().changes(None, &span).unwrap();
        let found: Vec<(&str, usize)> = found
            .iter()
            .map(|history| (history.id.as_str(), history.changes.len()))
            .collect();
        assert_eq!(found, expect, "{since} {until}");
    };
    check("", "", &[(ID, 2), ("NCT04000002", 1)]);
    check("2025-07-02", "", &[]);
    check("2025-07-01", "", &[(ID, 1)]);
    check("2025-06-01", "2025-06-30", &[("NCT04000002", 1)]);
    check("2025-05-05", "2025-05-05", &[(ID, 1)]);
    check("", "2025-05-04", &[]);
}

#[test]
fn what_a_run_has_brought_is_known_since_it_began() {
    let place = Place::new();
    let versions = versions();
    for version in &versions[..3] {
        place.take(std::slice::from_ref(version), &BuildOptions::default());
    }
    let span = |moment: jiff::Timestamp| Span {
        known_since: Some(moment),
        ..Span::default()
    };
    let now = jiff::Timestamp::now();
    assert_eq!(
        place
            .finder()
            .changes(None, &span(now - jiff::SignedDuration::from_hours(1)))
            .unwrap()
            .len(),
        1
    );
    assert!(
        place
            .finder()
            .changes(None, &span(now + jiff::SignedDuration::from_hours(1)))
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_rebuild_carries_the_history_over() {
    let rebuild = BuildOptions {
        rebuild: true,
        ..BuildOptions::default()
    };
    let versions = versions();
    let place = Place::new();
    for version in &versions[..3] {
        place.take(std::slice::from_ref(version), &BuildOptions::default());
    }
    // The same record: its history stays. Another: the difference is added. None: trial and history go.
    let before = without_moments(&place.history(ID));
    let report = place.take(&versions[2..3], &rebuild);
    assert_eq!(report.history_lost, None);
    assert_eq!(without_moments(&place.history(ID)), before);
    place.take(&versions[3..], &rebuild);
    assert_eq!(days_and_texts(&place.history(ID)).len(), 2);
    // An older record than the index had: what is known to have come later is not forgotten.
    place.take(&versions[..1], &rebuild);
    assert_eq!(days_and_texts(&place.history(ID)).len(), 2);
    assert_eq!(place.as_of(ID, "2025-07-01").unwrap(), versions[3]);
    place.take(
        &[record(
            "NCT04000002",
            "2025-04-01",
            "2025-06-01",
            "COMPLETED",
            7,
        )],
        &rebuild,
    );
    assert_eq!(
        place
            .finder()
            .index()
            .find(&place.finder().index().searcher(), ID)
            .unwrap(),
        []
    );
}

#[test]
fn a_rebuild_beside_a_damaged_index_says_what_is_lost() {
    let place = Place::new();
    for version in versions() {
        place.take(&[version], &BuildOptions::default());
    }
    let generation = fs::read_to_string(place.index().join("CURRENT")).unwrap();
    let generation = place.index().join(generation.trim());
    for entry in fs::read_dir(generation).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "store" || extension == "term")
        {
            let length = fs::metadata(&path).unwrap().len();
            fs::write(&path, vec![0xa5; usize::try_from(length).unwrap()]).unwrap();
        }
    }
    let rebuild = BuildOptions {
        rebuild: true,
        ..BuildOptions::default()
    };
    let report = place.take(&versions()[3..], &rebuild);
    assert!(report.history_lost.is_some());
    assert_eq!(place.as_of(ID, "2030-01-01").unwrap(), versions()[3]);
}

#[test]
fn the_samples_keep_their_records_and_have_no_history() {
    let place = Place::new();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/records");
    let everything = BuildOptions::default();
    Index::build(
        &place.index(),
        SchemaChoice::bundled(),
        &[samples],
        &everything,
        &Progress::default(),
        &|_| {},
    )
    .unwrap();
    for history in place.finder().changes(None, &Span::default()).unwrap() {
        assert!(
            history
                .changes
                .iter()
                .all(|change| change.before.format == change.after.format),
            "{history:?}"
        );
    }
}
