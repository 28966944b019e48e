//! Checks of the reader on small invented records: a snippet of XML, a place in the API's JSON, what stands there.

mod protocol;
mod results;
mod text;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::read;
use crate::source::{Parsed, ReadError};
use crate::trial::SourceFormat;
use crate::trial::vocabulary::Vocabulary;

const ID: &str = "<id_info><nct_id>NCT90000001</nct_id></id_info>";

fn parsed(content: &str) -> Parsed {
    let record = format!("<clinical_study>{ID}{content}</clinical_study>");
    read(record.as_bytes(), Vocabulary::bundled()).expect("the record is well formed")
}

fn notes(parsed: &Parsed) -> Vec<(&str, &str)> {
    let notes = parsed.notes.iter();
    notes
        .map(|note| (note.element, note.spelling.as_str()))
        .collect()
}

/// Reads a record with that content, and compares what stands at a JSON pointer (`null` if nothing). No notes are expected.
#[expect(
    clippy::needless_pass_by_value,
    reason = "every call makes its value in place"
)]
fn check(content: &str, pointer: &str, expect: Value) {
    let parsed = parsed(content);
    assert_eq!(notes(&parsed), [], "{content}");
    let study = serde_json::to_value(&parsed.study).unwrap();
    let found = study.pointer(pointer).cloned().unwrap_or(Value::Null);
    assert_eq!(found, expect, "{pointer} of {content}");
}

/// As [`check`], inside the protocol section.
fn protocol(content: &str, pointer: &str, expect: Value) {
    check(content, &format!("/protocolSection{pointer}"), expect);
}

/// Reads a record and compares what is noted.
fn check_notes(content: &str, expect: &[(&str, &str)]) {
    assert_eq!(notes(&parsed(content)), expect, "{content}");
}

#[test]
fn snapshot_is_the_day_of_the_download() {
    let check = |sentence: &str, expect: Option<&str>| {
        let header =
            format!("<required_header><download_date>{sentence}</download_date></required_header>");
        assert_eq!(parsed(&header).snapshot.as_deref(), expect, "{sentence}");
    };
    check(
        "The registry processed this data on February 03, 2023",
        Some("2023-02-03"),
    );
    check(
        "The registry processed this data on January 2026",
        Some("2026-01"),
    );
    check(
        "Information obtained from the registry on January 31, 2013",
        Some("2013-01-31"),
    );
    check("Some day", None);
}

#[test]
fn search_results_are_told_apart() {
    let record = "<clinical_study>\n<order>3</order><score>0.9</score><nct_id>NCT90000004</nct_id><title>T</title>\
        <status open=\"N\">Completed</status><condition_summary>Gout; Sepsis, Acute</condition_summary>\
        <last_changed>April 23, 2011</last_changed></clinical_study>";
    let parsed = read(record.as_bytes(), Vocabulary::bundled()).unwrap();
    assert_eq!(parsed.format, SourceFormat::SearchResult);
    assert_eq!(notes(&parsed), []);
    assert_eq!(
        serde_json::to_value(&parsed.study).unwrap(),
        json!({"protocolSection": {
            "identificationModule": {"nctId": "NCT90000004", "briefTitle": "T"},
            "statusModule": {"overallStatus": "COMPLETED", "lastUpdateSubmitDate": "2011-04-23"},
            "conditionsModule": {"conditions": ["Gout", "Sepsis, Acute"]},
        }})
    );
}

#[test]
fn what_is_no_record_says_why() {
    let check = |record: &str, expect: &str| {
        let error = read(record.as_bytes(), Vocabulary::bundled()).unwrap_err();
        assert!(error.to_string().contains(expect), "{record}: {error}");
    };
    check("", "no element");
    check("plain text", "text outside");
    check(
        "<Trials><Trial/></Trials>",
        "the root element is `<Trials>`",
    );
    check(
        "<clinical_study><id_info>",
        "the record ends inside `<id_info>`",
    );
    check("<clinical_study><id_info></clinical_study>", "broken XML");
    check(
        "<clinical_study/><clinical_study/>",
        "a second record begins at byte 17",
    );
    check(
        "<clinical_study><brief_title>T</brief_title></clinical_study>",
        "no registry id",
    );
    let latin = read(
        b"<clinical_study>\xe9</clinical_study>",
        Vocabulary::bundled(),
    );
    assert!(matches!(latin, Err(ReadError::Xml(reason)) if reason == "not UTF-8 (at byte 16)"));
}

#[test]
fn prolog_byte_order_mark_and_unknown_elements() {
    let record = format!(
        "\u{feff}<?xml version=\"1.0\"?>\n<!DOCTYPE x>\n<!-- c --><clinical_study rank=\"1\">{ID}<colour>blue</colour></clinical_study>\n"
    );
    let parsed = read(record.as_bytes(), Vocabulary::bundled()).unwrap();
    assert_eq!(parsed.format, SourceFormat::CtgovXml);
    assert_eq!(notes(&parsed), [("xml_element", "colour")]);
}

/// A record with most kinds of elements, for breaking.
const RECORD: &str = include_str!("record.xml");

#[test]
fn the_record_for_breaking_is_whole() {
    let parsed = read(RECORD.as_bytes(), Vocabulary::bundled()).unwrap();
    assert_eq!(notes(&parsed), []);
    assert!(parsed.study.results_section.is_some());
}

proptest! {
    #[test]
    fn broken_records_never_panic(edits in prop::collection::vec((0..RECORD.len(), any::<u8>(), 0..4_u8), 1..20)) {
        let mut bytes = RECORD.as_bytes().to_vec();
        for (at, byte, kind) in edits {
            let at = at.min(bytes.len() - 1);
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, b"<>&;\"'= -"[usize::from(byte) % 9]),
                2 => { bytes.remove(at); }
                _ => bytes.truncate((at + RECORD.len()) / 2),
            }
        }
        if let Ok(parsed) = read(&bytes, Vocabulary::bundled()) {
            prop_assert!(serde_json::to_string(&parsed.study).is_ok());
        }
    }
}
