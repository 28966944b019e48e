//! The commands: `diff`, `changes` and `show --as-of`.

use std::path::Path;
use std::process::Output;

use assert_cmd::Command;
use serde_json::Value;
use trialfind::index::BuildOptions;

use crate::{ID, Place, record, versions};

fn trialfind(index: &Path, typed: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trialfind"));
    command.env("TRIALFIND_INDEX", index);
    command.args(
        typed
            .split(' ')
            .map(|word| if word == "ID" { ID } else { word }),
    );
    command.output().unwrap()
}

/// What a command says, `ID` standing for the trial's.
fn check(place: &Place, typed: &str, code: i32, expect: &[&str]) -> String {
    let output = trialfind(&place.index(), typed);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        output.status.code(),
        Some(code),
        "{typed} {text} {}",
        String::from_utf8_lossy(&output.stderr)
    );
    for expect in expect {
        assert!(text.contains(expect), "{typed} {expect:?} {text}");
    }
    text
}

#[test]
fn the_commands_say_what_changed() {
    let place = Place::new();
    let other = record("NCT04000002", "2025-04-01", "2025-06-01", "COMPLETED", 7);
    for version in versions() {
        place.take(&[version, other.clone()], &BuildOptions::default());
    }
    let text = check(
        &place,
        "diff ID",
        0,
        &[
            "5 May 2025",
            "status RECRUITING -> ACTIVE_NOT_RECRUITING",
            "enrollment 40 -> 113 (ACTUAL)",
        ],
    );
    assert!(
        text.find("1 July 2025").unwrap() < text.find("5 May 2025").unwrap(),
        "{text}"
    );
    let text = check(&place, "diff ID --to 2025-05", 0, &["5 May 2025"]);
    assert!(!text.contains("1 July 2025  "), "{text}");
    check(
        &place,
        "diff ID --from 2026",
        1,
        &["no change in this time: 3 versions"],
    );
    check(
        &place,
        "diff ID --from 2025-02-01 --to 2025-12-31 --net",
        0,
        &["status RECRUITING -> UNKNOWN", "enrollment 40 -> 113"],
    );
    check(&place, "diff NCT04000002", 1, &["one version"]);
    check(&place, "diff NCT09999999", 1, &[]);
    check(&place, "diff ID --from soon", 2, &[]);
    let json: Value =
        serde_json::from_str(&check(&place, "diff ID --format json", 0, &[])).unwrap();
    assert_eq!(
        json["changes"][1]["differences"][0]["path"],
        "protocolSection.statusModule.overallStatus"
    );
    assert_eq!(
        json["changes"][1]["differences"][0]["after"],
        "ACTIVE_NOT_RECRUITING"
    );

    check(
        &place,
        "changes --since 2025-01-01",
        0,
        &["1 trial changed", ID],
    );
    check(
        &place,
        "changes --since 2025-01-01 cells --status unknown",
        0,
        &[ID],
    );
    check(
        &place,
        "changes --since 2025-01-01 cells --status completed",
        1,
        &["no change is known"],
    );
    check(&place, "changes --since 2025-01-01 nowhere", 1, &[]);
    check(&place, "changes --since 2025-08", 1, &[]);
    let json: Value = serde_json::from_str(&check(
        &place,
        "changes --since 2025-06 --format json",
        0,
        &[],
    ))
    .unwrap();
    assert_eq!(json["trials"][0]["changes"].as_array().unwrap().len(), 1);
    let lines = check(&place, "changes --since 2025-01 --format ndjson", 0, &[]);
    assert_eq!(lines.lines().count(), 1);

    let json = check(&place, "show ID --as-of 2025-03-01 --format json", 0, &[]);
    assert_eq!(json, versions()[1]);
    check(&place, "show ID --as-of 2025-03-01", 0, &["Recruiting"]);
    check(&place, "show ID --as-of 2001", 1, &[]);
}
