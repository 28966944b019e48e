//! Runs one after another: new, unchanged, updated, older, rebuilt.

use trialfind::index::{BuildOptions, IndexError};

use crate::{Place, corpus, study};

#[test]
fn the_sample_records_all_go_in() {
    let place = Place::new();
    let (report, rejects) = place.build(&[corpus()]);
    assert!(rejects.is_empty(), "{rejects:?}");
    assert_eq!(
        (
            report.seen,
            report.indexed,
            report.superseded,
            report.trials
        ),
        (45, 44, 1, 44)
    );
    assert!(
        report.unknown_spellings.is_empty(),
        "{:?}",
        report.unknown_spellings
    );
    let (again, _) = place.build(&[corpus()]);
    assert_eq!((again.seen, again.unchanged, again.indexed), (45, 45, 0));
}

#[test]
fn records_come_back_byte_for_byte() {
    let place = Place::new();
    let odd = " {\"hasResults\" : true,\n \"resultsSection\":{\"x\" : 1.50},\"protocolSection\":{\"identificationModule\":{\"nctId\":\"NCT00000007\"}} } ";
    place.build(&[place.file("a.json", odd)]);
    assert_eq!(place.json("NCT00000007").unwrap(), odd.trim());
}

#[test]
fn the_later_update_wins_whatever_the_order() {
    let old = study("NCT00000001", "old", "2020-01-01");
    let new = study("NCT00000001", "new", "2021-01-01");
    for (first, second) in [(&old, &new), (&new, &old)] {
        let at_once = Place::new();
        let file = at_once.file("both.ndjson", format!("{first}\n{second}\n"));
        let (report, _) = at_once.build(&[file]);
        assert_eq!(
            (
                report.indexed,
                report.added,
                report.superseded,
                report.trials
            ),
            (1, 1, 1, 1)
        );
        assert_eq!(at_once.json("NCT00000001").unwrap(), new);

        let in_turn = Place::new();
        in_turn.build(&[in_turn.file("1.json", first)]);
        let (report, _) = in_turn.build(&[in_turn.file("2.json", second)]);
        assert_eq!(report.trials, 1);
        assert_eq!(report.updated == 1, *second == new);
        assert_eq!(in_turn.json("NCT00000001").unwrap(), new);
    }
}

#[test]
fn the_same_bytes_twice_are_unchanged() {
    let place = Place::new();
    let one = study("NCT00000001", "same", "2020-01-01");
    let (report, _) = place.build(&[place.file("twice.ndjson", format!("{one}\n{one}\n"))]);
    assert_eq!((report.indexed, report.unchanged), (1, 1));
}

#[test]
fn many_versions_of_many_trials_settle_on_the_newest() {
    let place = Place::new();
    let mut lines = String::new();
    for version in [3, 1, 4, 2, 5, 2] {
        for number in 0..40 {
            lines.push_str(&study(
                &format!("NCT{number:08}"),
                &format!("version {version}"),
                &format!("202{version}-01-01"),
            ));
            lines.push('\n');
        }
    }
    let (report, _) = place.build(&[place.file("all.ndjson", lines)]);
    assert_eq!(
        (report.seen, report.indexed, report.added, report.trials),
        (240, 40, 40, 40)
    );
    for number in 0..40 {
        assert!(
            place
                .json(&format!("NCT{number:08}"))
                .unwrap()
                .contains("version 5")
        );
    }
}

#[test]
fn an_alias_leads_to_its_trial() {
    let place = Place::new();
    let json = r#"{"protocolSection":{"identificationModule":{"nctId":"NCT00000001","nctIdAliases":["NCT00000009"],"orgStudyIdInfo":{"id":"ABC-12/3"},"secondaryIdInfos":[{"id":"EudraCT 2017-002092-25"}]}}}"#;
    place.build(&[place.file("a.json", json)]);
    for id in [
        "NCT00000001",
        "nct 00000009",
        "abc 12 3",
        "2017-002092-25",
        "EUCTR2017-002092-25-FR",
    ] {
        assert!(place.json(id).is_some(), "{id}");
    }
    assert!(place.json("NCT00000002").is_none());
}

#[test]
fn a_rebuild_takes_the_place_of_the_index() {
    let place = Place::new();
    place.build(&[place.file("a.json", study("NCT00000001", "a", "2020-01-01"))]);
    let before = place.open();
    let options = BuildOptions {
        rebuild: true,
        ..BuildOptions::default()
    };
    let (report, _) = place
        .try_build(
            &[place.file("b.json", study("NCT00000002", "b", "2020-01-01"))],
            &options,
        )
        .unwrap();
    assert_eq!(report.trials, 1);
    assert!(place.json("NCT00000001").is_none());
    assert!(place.json("NCT00000002").is_some());
    let searcher = before.searcher();
    assert_eq!(
        before.find(&searcher, "NCT00000001").unwrap().len(),
        1,
        "an open reader keeps what it has"
    );
}

/// A mistyped path, or a download that failed, put an empty index in the place of a full one.
#[test]
fn a_rebuild_from_nothing_keeps_the_index() {
    let place = Place::new();
    place.build(&[place.file("a.json", study("NCT00000001", "a", "2020-01-01"))]);
    let options = BuildOptions {
        rebuild: true,
        ..BuildOptions::default()
    };
    for (name, bytes) in [
        ("broken.json", "{\"protocolSection\": "),
        ("empty.json", ""),
    ] {
        let error = place.try_build(&[place.file(name, bytes)], &options);
        let error = error.unwrap_err();
        assert!(
            matches!(error, IndexError::NothingToRebuildFrom(_)),
            "{name}: {error}"
        );
        assert!(place.json("NCT00000001").is_some(), "{name}");
    }
}

#[test]
fn a_second_writer_is_told_to_wait() {
    let place = Place::new();
    place.build(&[place.file("a.json", study("NCT00000001", "a", "2020-01-01"))]);
    let lock = std::fs::File::open(place.index().join("WRITER.lock")).unwrap();
    lock.lock().unwrap();
    let error = place
        .try_build(&[corpus()], &BuildOptions::default())
        .unwrap_err();
    assert!(matches!(error, IndexError::Locked(_)), "{error}");
}
