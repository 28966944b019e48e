//! The command line as its users meet it: exit code and both streams of real runs over the sample records.
//!
//! Every run is in a folder of its own with the samples in `corpus`, so that paths are the same on every machine; what changes
//! from run to run (the day of reading, folders) is put in brackets or left out (times, sizes, the fingerprint).
#![expect(
    clippy::unwrap_used,
    reason = "what the tests share fails by panicking"
)]

mod keeping;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::LazyLock;

use assert_cmd::Command;

#[test]
fn show_gives_the_whole_trial() {
    check("show_two_records", &["show", "NCT04213131"]);
    check("show_digest_page", &["show", "NCT04104412"]);
    check("show_unknown_id", &["show", "NCT99999999"]);
    let alias = run(&["show", "nct00862199", "--format", "json"]);
    let own = run(&["show", "NCT01130077", "--format", "json"]);
    assert!(own.status.success() && own.stdout == alias.stdout);
}

#[test]
fn json_comes_back_byte_for_byte() {
    let file = fs::read(FOLDER.join("corpus/api-json/NCT03737461.json")).unwrap();
    let shown = run(&["show", "NCT03737461", "--format", "json"]);
    assert_eq!(shown.stdout, file.trim_ascii());
}

#[test]
fn answers_for_programs() {
    let words = ["intradiscal", "BM-MSC"];
    let export = |format: &str, more: &[&str]| {
        let mut arguments = vec!["search", words[0], words[1], "--format", format];
        arguments.extend(more);
        let output = run(&arguments);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    insta::assert_snapshot!("csv", export("csv", &["-n", "3"]).replace('\r', ""));
    insta::assert_snapshot!("ris", export("ris", &["-n", "2"]).replace('\r', ""));
    let ids = export("ids", &[]);
    let hits: serde_json::Value =
        serde_json::from_str(&export("json", &["--facets", "phase"])).unwrap();
    assert_eq!(hits["total"], ids.lines().count());
    assert_eq!(hits["version"], 1);
    assert_eq!(hits["facets"][0]["name"], "phase");
    let lines = export("ndjson", &["-n", "2", "--offset", "1"]);
    let listed: Vec<serde_json::Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let ranked: Vec<&str> = ids.lines().skip(1).take(2).collect();
    let listed: Vec<&str> = listed
        .iter()
        .map(|hit| hit["id"].as_str().unwrap())
        .collect();
    assert_eq!(listed, ranked);
}

#[test]
fn index_tells_what_became_of_everything() {
    let folder = FOLDER.join("second");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("mixed")).unwrap();
    fs::copy(
        FOLDER.join("corpus/xml/NCT00003936.xml"),
        folder.join("mixed/NCT00003936.xml"),
    )
    .unwrap();
    fs::write(folder.join("mixed/broken.json"), "{\"protocolSection\": {").unwrap();
    let steps: [(&str, &[&str]); 4] = [
        (
            "index_created",
            &[
                "index",
                "mixed",
                "--threads",
                "1",
                "--rejects",
                "rejects.ndjson",
            ],
        ),
        (
            "index_again_one_missing",
            &["index", "mixed/NCT00003936.xml", "nowhere.json"],
        ),
        ("index_all_missing", &["index", "nowhere.json"]),
        ("index_only_rejects", &["index", "mixed/broken.json"]),
    ];
    for (name, arguments) in steps {
        let output = trialfind(&folder, arguments);
        insta::assert_snapshot!(
            name,
            format!("trialfind {}\n{}", arguments.join(" "), seen(&output))
        );
    }
    let rejects = fs::read_to_string(folder.join("rejects.ndjson")).unwrap();
    let reject: serde_json::Value = serde_json::from_str(rejects.trim()).unwrap();
    assert_eq!(reject["path"], "mixed/broken.json");
}

#[test]
fn standard_input_is_read() {
    let folder = FOLDER.join("piped");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let record = fs::read(FOLDER.join("corpus/api-json/NCT03737461.json")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_trialfind"));
    command
        .current_dir(&folder)
        .args(["index", "-", "--index", "index", "--format", "json"])
        .write_stdin(record);
    let output = command.output().unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["seen"], &report["added"]), (&1.into(), &1.into()));
}

#[test]
fn info_and_help() {
    check("info", &["info"]);
    check("help_query", &["help", "query"]);
    check("help_unknown", &["help", "serch"]);
    for arguments in [["man", ""], ["completions", "zsh"], ["help", "search"]] {
        let arguments: Vec<&str> = arguments.into_iter().filter(|a| !a.is_empty()).collect();
        let output = run(&arguments);
        assert!(output.status.success() && output.stdout.len() > 1000);
    }
}

#[test]
fn demo_indexes_searches_and_says_what_is_next() {
    let folder = FOLDER.join("data");
    let output = run(&["demo", "--index", folder.to_str().unwrap()]);
    let shown = seen(&output);
    let shown: String = shown
        .lines()
        .map(|line| match line.rsplit_once(" in ") {
            Some((start, _)) if line.starts_with("Index created at ") => {
                format!("{start} in [TIME]\n")
            }
            _ => format!("{line}\n"),
        })
        .collect();
    insta::assert_snapshot!("demo", shown);
    // A second run makes it anew; a folder with other files is left alone.
    assert!(
        run(&["demo", "--index", folder.to_str().unwrap()])
            .status
            .success()
    );
    assert_eq!(run(&["demo", "--index", "corpus"]).status.code(), Some(2));
    assert!(FOLDER.join("corpus/xml/NCT00003936.xml").exists());
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_trialfind"))
        .current_dir(&*FOLDER)
        .args(["search", "--format", "csv", "--index", "index"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let _ = std::io::stderr().write_all(&output.stderr);
    assert!(output.status.success() && output.stderr.is_empty());
}

#[test]
fn colours_only_where_they_are_wanted() {
    let plain = run(&["search", "knee", "-n", "1"]);
    assert!(!plain.stdout.contains(&0x1b));
    let coloured = run(&["search", "knee", "-n", "1", "--color", "always"]);
    assert!(coloured.stdout.contains(&0x1b));
}
