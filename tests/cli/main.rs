//! The command line as its users meet it: exit code and both streams of real runs over the sample records.
//!
//! Every run is in a folder of its own with the samples in `corpus`, so that paths are the same on every machine; what changes
//! from run to run (the day of reading, folders) is put in brackets or left out (times, sizes, the fingerprint).
#![expect(
    clippy::unwrap_used,
    reason = "what the tests share fails by panicking"
)]

mod keeping;
mod odd;
mod readme;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::LazyLock;

use assert_cmd::Command;

/// The day that freshness is judged by.
const TODAY: &str = "2026-06-01";

/// A folder with the samples in `corpus` and an index of them in `index`.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli");
    let _ = fs::remove_dir_all(&folder);
    copy(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/records"),
        &folder.join("corpus"),
    );
    let indexed = trialfind(&folder, &["index", "corpus", "--threads", "1", "--quiet"]);
    assert!(indexed.status.success(), "{indexed:?}");
    folder
});

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn trialfind(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trialfind"));
    command
        .current_dir(folder)
        .env_remove("CLICOLOR_FORCE")
        .env_remove("COLUMNS")
        .env("TRIALFIND_INDEX", "index")
        .env("XDG_DATA_HOME", folder.join("data"))
        .args(["--today", TODAY])
        .args(arguments);
    command.output().unwrap()
}

/// Exit code and both streams, without what changes from run to run.
fn seen(output: &Output) -> String {
    let text = |bytes: &[u8]| {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let text = text.replace(&FOLDER.display().to_string(), "[FOLDER]");
        let today = jiff::Zoned::now().date().to_string();
        let text = text.replace(&today, "[READ-DAY]");
        let lines: Vec<&str> = text
            .lines()
            .map(|line| {
                let timed = ["time  ", "size  ", "last commit  ", "schema  "];
                timed
                    .into_iter()
                    .find(|start| line.starts_with(start))
                    .unwrap_or(line)
                    .trim_end()
            })
            .collect();
        lines.join("\n")
    };
    format!(
        "exit code: {}\n----- stdout -----\n{}\n----- stderr -----\n{}\n",
        output.status.code().unwrap_or(-1),
        text(&output.stdout),
        text(&output.stderr)
    )
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What a run answered, if it ended with an exit code.
fn code(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    text(&output.stdout)
}

fn run(arguments: &[&str]) -> Output {
    trialfind(&FOLDER, arguments)
}

fn check(name: &str, arguments: &[&str]) {
    insta::assert_snapshot!(
        name,
        format!(
            "trialfind {}\n{}",
            arguments.join(" "),
            seen(&run(arguments))
        )
    );
}

#[test]
fn search_shows_hits_passages_and_counts() {
    check("search", &["search", "intradiscal", "BM-MSC", "-n", "4"]);
    check(
        "search_with_filters",
        &[
            "search",
            "\"low back pain\"",
            "-surgery",
            "--phase",
            "2/3",
            "--status=active, not recruiting,completed",
            "-n2",
        ],
    );
    check(
        "search_without_words",
        &["search", "--country", "China", "-n", "3"],
    );
    check(
        "search_explained",
        &[
            "search",
            "knee",
            "--explain",
            "-n",
            "1",
            "--facets",
            "none",
            "--weight",
            "title=9",
        ],
    );
}

#[test]
fn what_finds_nothing_says_what_to_do() {
    check(
        "filters_empty",
        &["search", "pain", "--phase", "1", "--country", "Peru"],
    );
    check(
        "misspelt",
        &["search", "intradiscall", "-n", "1", "--facets", "none"],
    );
    check(
        "partial",
        &[
            "search", "melanoma", "zzzqqq", "-n", "1", "--facets", "none",
        ],
    );
    check("nothing", &["search", "zzzqqq", "--no-widen"]);
    check(
        "nothing_exported",
        &["search", "intradiscall", "--format", "ids"],
    );
}

#[test]
fn mistakes_are_told_with_their_place() {
    check("wrong_query", &["search", "titel:pain"]);
    check("unclosed", &["search", "knee", "(pain"]);
    check(
        "similar_with_lines",
        &["similar", "NCT03737461", "--lines", "lines.txt"],
    );
    check(
        "similar_with_replay",
        &["similar", "NCT03737461", "--replay", "log.json"],
    );
    check("wrong_value", &["search", "pain", "--phase", "9"]);
    check("wrong_option", &["search", "pain", "--phaze", "2"]);
    check("wrong_facet", &["search", "pain", "--facets", "colour"]);
    check("no_index", &["search", "pain", "--index", "elsewhere"]);
}

/// A log kept 0 trials while those of another spelling were shown, and replaying it found 0 again.
#[test]
fn what_is_logged_is_what_is_shown() {
    let logged = |arguments: &[&str], expect: &[&str]| {
        let log = FOLDER.join("logged.json");
        let output = run(&[
            &["search"],
            arguments,
            &["--log", "logged.json", "--format", "json"],
        ]
        .concat());
        let shown: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let log: serde_json::Value = serde_json::from_slice(&fs::read(log).unwrap()).unwrap();
        assert_eq!(
            shown["total"],
            log["ids"].as_array().unwrap().len(),
            "{arguments:?}"
        );
        let notices = shown["notices"].as_array().unwrap().iter();
        let notices: Vec<&str> = notices
            .map(|notice| notice["kind"].as_str().unwrap())
            .collect();
        assert_eq!(notices, expect, "{arguments:?}");
    };
    logged(&["intradiscal"], &[]);
    logged(&["intradiscall"], &["didYouMean"]);
    logged(&["melanoma", "zzzqqq"], &[]);
    check(
        "misspelt_and_logged",
        &["search", "intradiscall", "--log", "logged.json"],
    );
    fs::write(FOLDER.join("misspelt.txt"), "intradiscall\n#1 pain\n").unwrap();
    check(
        "misspelt_lines",
        &["search", "--lines", "misspelt.txt", "--facets", "none"],
    );
}

/// What stood beside `--replay` was not heeded, with nothing said.
#[test]
fn nothing_stands_beside_a_replay() {
    let replay = |more: &[&str]| run(&[&["search", "--replay", "replayed.json"], more].concat());
    assert!(
        run(&["search", "knee", "--log", "replayed.json"])
            .status
            .success()
    );
    assert!(replay(&[]).status.success());
    assert!(replay(&["--format", "ids"]).status.success());
    for more in [
        &["--phase", "3"][..],
        &["--exact"],
        &["--sort", "id"],
        &["-n", "3"],
        &["--near", "Lyon, France"],
        &["--site-status", "recruiting", "--near", "Lyon"],
        &["--no-widen"],
    ] {
        let output = replay(more);
        let told = String::from_utf8(output.stderr).unwrap();
        let option = more
            .last()
            .filter(|word| word.starts_with("--"))
            .unwrap_or(&more[0]);
        let named = if *option == "-n" { "--limit" } else { option };
        let named = if named == "--site-status" {
            "--near"
        } else {
            named
        };
        assert_eq!(output.status.code(), Some(2), "{more:?}");
        assert!(told.contains(&format!("takes no `{named}`")), "{told}");
    }
}

/// A run of other topics was set beside ours as one that finds nothing.
#[test]
fn a_run_of_other_topics_is_no_run_to_compare_with() {
    let topics = "1\tmelanoma\n2\tknee\n";
    let qrels = "1 0 NCT03737461 1\n2 0 NCT03737461 1\n";
    for (name, text) in [
        ("topics.tsv", topics),
        ("qrels.txt", qrels),
        ("others.run", "q1 Q0 NCT03737461 1 1.0 x\n"),
        ("part.run", "1 Q0 NCT03737461 1 1.0 x\n"),
    ] {
        fs::write(FOLDER.join(name), text).unwrap();
    }
    let eval = |other: &'static str| {
        [
            "eval",
            "--topics",
            "topics.tsv",
            "--qrels",
            "qrels.txt",
            "--compare",
            other,
        ]
    };
    check("eval_other_topics", &eval("others.run"));
    let output = run(&eval("part.run"));
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(
        told.contains("not in part.run, counted 0 there: 2"),
        "{told}"
    );
}

/// `suggest -n 0 osteo` said that nothing begins so.
#[test]
fn no_completion_is_not_asked_for() {
    let none = run(&["suggest", "-n", "0", "osteo"]);
    let told = String::from_utf8(none.stderr).unwrap();
    assert_eq!(none.status.code(), Some(2));
    assert!(told.contains("from 1 on"), "{told}");
    assert_eq!(run(&["suggest", "-n", "1", "osteo"]).status.code(), Some(0));
}

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
