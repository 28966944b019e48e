//! Versions in any order make the same history, and every one of them comes back.

use proptest::prelude::*;

use crate::index::history::states::{Fresh, States};
use crate::schema::content_hash;
use crate::trial::{Provenance, SourceFormat, day};

/// A record of an update on a day, as a snapshot of another day shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Made {
    updated: i64,
    snapshot: Option<i64>,
    /// What it says; never again what it said before.
    says: i64,
}

impl Made {
    fn json(self) -> String {
        let holder = self.snapshot.map_or_else(String::new, |snapshot| {
            format!(
                r#","derivedSection":{{"miscInfoModule":{{"versionHolder":"{}"}}}}"#,
                day(snapshot)
            )
        });
        let filler = "the same words in every version ".repeat(20);
        format!(
            r#"{{"protocolSection":{{"statusModule":{{"lastUpdatePostDateStruct":{{"date":"{}"}},"whyStopped":"{} {filler}"}}}}{holder}}}"#,
            day(self.updated),
            self.says,
        )
    }

    fn fresh(self, format: SourceFormat) -> Fresh {
        let json = self.json();
        let provenance = Provenance {
            file: String::new(),
            format,
            snapshot: self.snapshot.map(|snapshot| day(snapshot).to_string()),
            read: String::new(),
        };
        let study = serde_json::from_str(&json).unwrap();
        let hash = content_hash(json.as_bytes());
        Fresh::of(&study, &provenance, hash, json.as_bytes(), 7).unwrap()
    }
}

/// Takes records in one after the other, in batches.
fn taken(records: &[Made], batch: usize) -> (States, String) {
    let mut states = States::default();
    let mut winner: Option<Made> = None;
    for batch in records.chunks(batch) {
        let was = winner.map(Made::json).unwrap_or_default();
        winner = winner.max(
            batch
                .iter()
                .copied()
                .max_by_key(|made| (made.updated, made.snapshot)),
        );
        let record = winner.unwrap().json();
        let fresh = batch
            .iter()
            .map(|made| made.fresh(SourceFormat::ApiJson))
            .collect();
        states
            .take(
                was.as_bytes(),
                fresh,
                content_hash(record.as_bytes()),
                record.as_bytes(),
            )
            .unwrap();
        let bytes = states.to_bytes().unwrap();
        if !bytes.is_empty() {
            assert_eq!(States::read(&bytes).unwrap().to_bytes().unwrap(), bytes);
            states = States::read(&bytes).unwrap();
        }
    }
    (states, winner.unwrap().json())
}

/// What the versions of a set of records are: update, first and last snapshot, and the newest bytes, newest first.
fn expected(records: &[Made]) -> Vec<(i64, Option<i64>, Option<i64>, String)> {
    let mut sorted = records.to_vec();
    sorted.sort();
    sorted.dedup();
    let with_snapshot: Vec<i64> = sorted
        .iter()
        .filter(|made| made.snapshot.is_some())
        .map(|made| made.updated)
        .collect();
    sorted.retain(|made| made.snapshot.is_some() || !with_snapshot.contains(&made.updated));
    let runs = sorted.chunk_by(|a, b| (a.updated, a.says) == (b.updated, b.says));
    let mut versions: Vec<_> = runs
        .map(|run| {
            (
                run[0].updated,
                run[0].snapshot,
                run[run.len() - 1].snapshot,
                run[run.len() - 1].json(),
            )
        })
        .collect();
    versions.reverse();
    versions
}

fn check(records: &[Made], batch: usize) -> Result<(), TestCaseError> {
    let (states, record) = taken(records, batch);
    let mut found = Vec::new();
    states
        .each(0, record.as_bytes(), &mut |state, bytes| {
            found.push((
                state.updated,
                state.first,
                state.last,
                String::from_utf8(bytes.to_vec()).unwrap(),
            ));
            Ok(())
        })
        .unwrap();
    prop_assert_eq!(found, expected(records));
    Ok(())
}

fn made() -> impl Strategy<Value = Made> {
    (0_i64..3, proptest::option::weighted(0.85, 0_i64..8)).prop_map(|(updated, snapshot)| Made {
        updated,
        snapshot,
        says: updated * 10 + snapshot.map_or(9, |snapshot| snapshot / 3),
    })
}

proptest! {
    #[test]
    fn versions_in_any_order_make_the_same_history(
        records in proptest::collection::vec(made(), 1..14),
        batch in 1_usize..5,
    ) {
        check(&records, batch)?;
        let mut sorted = records.clone();
        sorted.sort();
        check(&sorted, 1)?;
        sorted.reverse();
        check(&sorted, batch)?;
    }
}

#[test]
fn a_snapshot_alone_is_no_version_and_the_first_record_costs_nothing() {
    let records = [0, 1, 2].map(|snapshot| Made {
        updated: 0,
        snapshot: Some(snapshot),
        says: 1,
    });
    let (states, _) = taken(&records[..1], 1);
    assert!(states.to_bytes().unwrap().is_empty());
    let (states, _) = taken(&records, 1);
    assert_eq!(states.changes(), (Vec::new(), None));
    let bytes = states.to_bytes().unwrap();
    assert!(bytes.len() <= 48, "{}", bytes.len());
}

#[test]
fn what_is_said_again_is_a_version_again() {
    let says = [1, 2, 1];
    let records: Vec<Made> = (0_i64..)
        .zip(says)
        .map(|(snapshot, says)| Made {
            updated: 0,
            snapshot: Some(snapshot),
            says,
        })
        .collect();
    let last_comes = [records[0], records[2], records[1]];
    for order in [records.as_slice(), &last_comes] {
        let (states, _) = taken(order, 1);
        assert_eq!(states.strands[0].states.len(), 3);
        assert_eq!(states.changes().0, [1, 2]);
    }
}

#[test]
fn formats_are_not_compared() {
    let xml = Made {
        updated: 0,
        snapshot: Some(0),
        says: 1,
    };
    let api = Made {
        updated: 5,
        snapshot: Some(6),
        says: 2,
    };
    let record = api.json();
    let hash = content_hash(record.as_bytes());
    let mut states = States::default();
    states
        .take(
            b"",
            vec![
                xml.fresh(SourceFormat::CtgovXml),
                api.fresh(SourceFormat::ApiJson),
            ],
            hash,
            record.as_bytes(),
        )
        .unwrap();
    assert_eq!(states.changes(), (Vec::new(), None));
    // The other format's version is kept: a later one of that format may come.
    let later = Made {
        updated: 3,
        snapshot: Some(3),
        says: 3,
    };
    states
        .take(
            record.as_bytes(),
            vec![later.fresh(SourceFormat::CtgovXml)],
            hash,
            record.as_bytes(),
        )
        .unwrap();
    assert_eq!(states.changes().0, [3]);
    let strand = states
        .strands
        .iter()
        .position(|strand| strand.format == SourceFormat::CtgovXml)
        .unwrap();
    assert_eq!(
        states.bytes(strand, 1, record.as_bytes()).unwrap(),
        xml.json().into_bytes()
    );
}

#[test]
fn a_status_that_lapses_without_an_update_changed_when_it_was_first_seen() {
    let records =
        [(0, 3, 1), (0, 5, 2), (0, 6, 2), (4, 9, 3)].map(|(updated, snapshot, says)| Made {
            updated,
            snapshot: Some(snapshot),
            says,
        });
    let (states, _) = taken(&records, 2);
    // The update of day 4 was not to be seen before day 6, when the record was still the earlier one.
    assert_eq!(states.changes().0, [5, 6]);
}

#[test]
fn a_damaged_history_is_an_error() {
    let records = [0, 3].map(|updated| Made {
        updated,
        snapshot: Some(updated),
        says: updated,
    });
    let (states, _) = taken(&records, 1);
    let bytes = states.to_bytes().unwrap();
    for length in 0..bytes.len() {
        assert!(States::read(&bytes[..length]).is_err(), "{length}");
    }
    let mut other = bytes.clone();
    other[0] = 99;
    assert!(States::read(&other).is_err());
}
