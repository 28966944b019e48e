//! The memory of a run that meets a huge record, or very many small ones in one list: anonymous memory, mapped files do not count.
#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::time::Duration;

use crate::{Place, is_long, study};

/// Most anonymous memory that a run may have, in MB (10^6 bytes).
const MOST: f64 = 1_000.0;

/// The length of the huge record in bytes.
const HUGE: usize = 50_000_000;

/// The same in the short form for what takes an unoptimised program long.
const LARGE: usize = 5_000_000;

/// Indexes a file and gives the peak of the program's anonymous memory in MB.
fn peak_of(place: &Place, file: &str) -> f64 {
    let mut child = place
        .command(&["index", file, "--format", "json"])
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0.0_f64;
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("RssAnon:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
        peak = peak.max(kilobytes.unwrap_or(0.0) * 1024.0 / 1e6);
        std::thread::sleep(Duration::from_millis(3));
    }
    assert!(child.wait().unwrap().success());
    peak
}

/// A record of some length: a part of it again and again, each time with another number.
fn huge(length: usize, head: &str, part: fn(usize) -> String, apart: &str, tail: &str) -> String {
    let mut text = String::with_capacity(length + 4096);
    text.push_str(head);
    let mut number = 0;
    while text.len() < length {
        if number > 0 {
            text.push_str(apart);
        }
        text.push_str(&part(number));
        number += 1;
    }
    text.push_str(tail);
    text
}

const IDENTIFICATION: &str =
    r#""identificationModule":{"nctId":"NCT00000001","briefTitle":"A huge one"}"#;

#[test]
fn a_record_of_fifty_megabytes_takes_less_than_a_gigabyte() {
    let summary =
        format!(r#"{{"protocolSection":{{{IDENTIFICATION},"descriptionModule":{{"briefSummary":""#);
    let sites = format!(
        r#"{{"protocolSection":{{{IDENTIFICATION},"contactsLocationsModule":{{"locations":["#
    );
    let results = format!(
        r#"{{"protocolSection":{{{IDENTIFICATION}}},"resultsSection":{{"outcomeMeasuresModule":{{"outcomeMeasures":["#
    );
    let criteria = format!(
        r#"{{"protocolSection":{{{IDENTIFICATION},"eligibilityModule":{{"eligibilityCriteria":"Inclusion Criteria:\\n\\n"#
    );
    let slow = if is_long() { HUGE } else { LARGE };
    let cases = [
        (
            "criteria",
            huge(
                slow,
                &criteria,
                |number| format!("* no sign{number} of the {number}th kind"),
                "\\n",
                "\"}}}",
            ),
        ),
        (
            "words",
            huge(
                slow,
                &summary,
                |number| format!("word{} of the summary, and more of it.", number % 200_000),
                " ",
                "\"}}}",
            ),
        ),
        (
            "sites",
            huge(
                slow,
                &sites,
                |number| {
                    format!(
                        r#"{{"facility":"Clinic {number}","status":"RECRUITING","city":"Lyon","country":"France","geoPoint":{{"lat":45.7,"lon":4.8}}}}"#
                    )
                },
                ",",
                "]}}}",
            ),
        ),
        (
            "results",
            huge(
                HUGE,
                &results,
                |number| {
                    format!(
                        r#"{{"type":"PRIMARY","title":"Measure {number}","groups":[{{"id":"OG000","title":"Arm"}}],"classes":[{{"categories":[{{"measurements":[{{"groupId":"OG000","value":"{number}"}}]}}]}}]}}"#
                    )
                },
                ",",
                r#"]}},"hasResults":true}"#,
            ),
        ),
    ];
    for (name, text) in cases {
        let length = text.len();
        let place = Place::new();
        place.file("huge.json", text);
        let peak = peak_of(&place, "huge.json");
        println!("a record of {length} bytes of {name}: {peak:.0} MB of anonymous memory");
        assert!(peak > 20.0 && peak < MOST, "{name}: {peak:.0} MB");
        let shown = place.must(&["show", "NCT00000001", "--format", "json"]);
        assert_eq!(shown.stdout.len(), length);
        assert!(place.verify().is_clean());
    }
}

#[test]
fn a_long_list_of_small_records_takes_no_more() {
    // More than the bytes that may be in flight, or hardly any where an unoptimised program has to be quick.
    let records = if is_long() { 200_000 } else { 5_000 };
    let place = Place::new();
    let mut file = BufWriter::new(File::create(place.path("list.json")).unwrap());
    write!(file, "[").unwrap();
    for number in 0..records {
        let apart = if number > 0 { "," } else { "" };
        write!(file, "{apart}{}", study(number, 1).1).unwrap();
    }
    write!(file, "]").unwrap();
    file.into_inner().unwrap();
    let peak = peak_of(&place, "list.json");
    println!("a list of {records} records: {peak:.0} MB of anonymous memory");
    assert!(peak > 20.0 && peak < MOST, "{peak:.0} MB");
}
