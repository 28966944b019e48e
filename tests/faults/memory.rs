//! The memory of a run that meets a huge record, or very many small ones in one list, and of a server whose clients do not read:
//! anonymous memory, mapped files do not count.
#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

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
    let mut peak = 0.0_f64;
    while child.try_wait().unwrap().is_none() {
        peak = peak.max(anonymous_megabytes(&child));
        std::thread::sleep(Duration::from_millis(3));
    }
    assert!(child.wait().unwrap().success());
    peak
}

/// The anonymous memory of a program in MB; nought when it has ended.
fn anonymous_megabytes(child: &Child) -> f64 {
    let status = format!("/proc/{}/status", child.id());
    let text = fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) * 1024.0 / 1e6
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

/// Clients that asked for large pages and read nothing held one each: 1.8 GB for 500 of them.
#[test]
fn a_server_holds_a_bounded_part_of_what_is_not_read() {
    /// Bytes of one answer; the system takes some four million of them off the server's hands.
    const ANSWER: usize = 8_000_000;
    /// Clients that read nothing: 480 MB, several times as much while they are made.
    const CLIENTS: usize = 60;
    /// What may be out (134 MB), two answers that are being made, each several times in memory meanwhile, what the allocator keeps of
    /// those before (230 to 310 MB in all, by the load of the machine), and room, in MB.
    const BOUND: f64 = 420.0;
    let place = Place::new();
    let head =
        format!(r#"{{"protocolSection":{{{IDENTIFICATION}}},"resultsSection":{{"notKnown":""#);
    place.file("large.json", format!("{head}{}\"}}}}", "a".repeat(ANSWER)));
    place.must(&["index", "large.json", "-q"]);
    let mut server = place
        .command(&[
            "serve",
            "--quiet",
            "--addr",
            "127.0.0.1:0",
            "--time-limit",
            "90",
        ])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(server.stderr.take().unwrap());
    let line = said
        .lines()
        .map(Result::unwrap)
        .find(|line| line.contains("http://"));
    let line = line.unwrap();
    let address = line.split("http://").nth(1).unwrap();
    let address = address.split('/').next().unwrap().to_owned();
    let ask = |path: &str| {
        let mut stream = TcpStream::connect(&address).unwrap();
        let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        stream
    };
    let held: Vec<TcpStream> = (0..CLIENTS)
        .map(|_| ask("/api/v2/studies/NCT00000001"))
        .collect();
    // Who reads gets an answer behind all of them.
    let started = Instant::now();
    let honest = std::thread::spawn({
        let mut stream = ask("/api/search?q=huge");
        move || {
            let mut text = String::new();
            stream.read_to_string(&mut text).unwrap();
            text
        }
    });
    let mut peak = 0.0_f64;
    while !honest.is_finished() {
        peak = peak.max(anonymous_megabytes(&server));
        std::thread::sleep(Duration::from_millis(3));
    }
    let took = started.elapsed();
    server.kill().unwrap();
    server.wait().unwrap();
    drop(held);
    let text = honest.join().unwrap();
    println!(
        "{CLIENTS} clients that read nothing: {peak:.0} MB of anonymous memory, an answer after {took:.1?}"
    );
    assert!(text.starts_with("HTTP/1.1 200"), "{text}");
    assert!(peak > 20.0 && peak < BOUND, "{peak:.0} MB");
}
