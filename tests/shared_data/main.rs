//! The whole of the real records at hand: everything goes in, nothing is lost, every record comes back as it was.
//!
//! 340 MB of records take an unoptimised build many minutes, so these checks run the program that `TRIALFIND_BINARY` names (`.ci/run`
//! names an optimised one), or the one of this build if it is optimised or if `TRIALFIND_FULL` is set. The records are looked for
//! in the folder that `TRIALFIND_SHARED` names, else in `../shared`. What is left out is printed.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a check fails by panicking, and says when it is skipped"
)]

mod answers;
mod arrangements;
#[path = "../search/brute.rs"]
mod brute;

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

/// The program and the real records, if both are there.
struct Ground {
    program: PathBuf,
    data: PathBuf,
}

fn ground() -> Option<Ground> {
    let shared = std::env::var_os("TRIALFIND_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        PathBuf::from,
    );
    let data = shared.join("data");
    if !data.join("ctgov_v2.zip").is_file() {
        println!("skipped: no real records at `{}`", data.display());
        return None;
    }
    let own = PathBuf::from(env!("CARGO_BIN_EXE_trialfind"));
    let may_be_slow = !cfg!(debug_assertions) || std::env::var_os("TRIALFIND_FULL").is_some();
    let program = std::env::var_os("TRIALFIND_BINARY").map(PathBuf::from);
    let Some(program) = program.or_else(|| may_be_slow.then_some(own)) else {
        println!(
            "skipped: the real records take an unoptimised build minutes; name an optimised program in TRIALFIND_BINARY"
        );
        return None;
    };
    Some(Ground { program, data })
}

fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join("shared_data")
        .join(name);
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

impl Ground {
    fn run(&self, index: &PathBuf, arguments: &[&str]) -> Vec<u8> {
        let mut command = Command::new(&self.program);
        let output = command
            .arg("--index")
            .arg(index)
            .args(arguments)
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {told}");
        output.stdout
    }

    /// Indexes archives of the real records and gives the report, which adds up.
    fn index(&self, index: &PathBuf, archives: &[&str]) -> Value {
        let paths = archives
            .iter()
            .map(|name| self.data.join(name).display().to_string());
        let paths: Vec<String> = paths.collect();
        let mut arguments = vec!["index", "--format", "json", "--quiet"];
        arguments.extend(paths.iter().map(String::as_str));
        let report: Value = serde_json::from_slice(&self.run(index, &arguments)).unwrap();
        let count = |name: &str| {
            report[name]
                .as_u64()
                .unwrap_or_else(|| panic!("{name} of {report}"))
        };
        assert_eq!(
            count("seen"),
            count("indexed") + count("superseded") + count("rejected"),
            "{report}"
        );
        assert_eq!(
            count("indexed"),
            count("added") + count("updated"),
            "{report}"
        );
        let by_format = |name: &str| -> u64 {
            let formats = report["formats"].as_object().unwrap();
            formats
                .values()
                .map(|counts| counts[name].as_u64().unwrap())
                .sum()
        };
        assert_eq!(count("indexed"), by_format("indexed"), "{report}");
        assert_eq!(count("superseded"), by_format("superseded"), "{report}");
        println!("{archives:?}: {report}");
        report
    }
}

const ARCHIVES: [&str; 2] = ["ctgov_v2.zip", "ctgov_xml.zip"];
const RECORDS: u64 = 1_795 + 13_211;

/// An index of both archives, made once.
static INDEX: LazyLock<Option<(Ground, PathBuf, Value)>> = LazyLock::new(|| {
    let ground = ground()?;
    let index = folder("all");
    let report = ground.index(&index, &ARCHIVES);
    Some((ground, index, report))
});

#[test]
fn everything_goes_in() {
    let Some((_, _, report)) = &*INDEX else {
        return;
    };
    assert_eq!(
        (&report["seen"], &report["rejected"]),
        (&RECORDS.into(), &0.into())
    );
    assert_eq!(report["formats"].as_object().unwrap().len(), 2, "{report}");
    assert_eq!(report["trials"], report["added"]);
    // Five old records name two designs where there is room for one; they are kept as written and told, not guessed.
    let two_designs = serde_json::json!({
        "observational_model": {
            "Case Control, Natural History": 1,
            "Defined Population, Natural History": 1,
        },
        "time_perspective": {
            "Cross-Sectional, Retrospective": 1,
            "Longitudinal, Prospective": 1,
            "Longitudinal, Retrospective": 1,
        },
    });
    assert_eq!(report["unknownSpellings"], two_designs);
}

#[test]
fn records_come_back_byte_for_byte() {
    let Some((ground, index, _)) = &*INDEX else {
        return;
    };
    let archive = ground.data.join("ctgov_v2.zip");
    let mut archive = zip::ZipArchive::new(File::open(archive).unwrap()).unwrap();
    // One in thirty-five: small and large ones from all over the archive.
    for place in (0..archive.len()).step_by(35) {
        let mut member = archive.by_index(place).unwrap();
        let id = member.name().unwrap().trim_end_matches(".json").to_owned();
        let mut record = Vec::new();
        member.read_to_end(&mut record).unwrap();
        let shown = ground.run(index, &["show", &id, "--format", "json"]);
        assert!(shown == record.trim_ascii(), "{id} is not as it came in");
    }
}

#[test]
fn older_versions_and_the_same_records_again_change_nothing() {
    let Some(ground) = ground() else { return };
    let index = folder("versions");
    let first = ground.index(&index, &["ctgov_v2.zip"]);
    assert_eq!(first["added"], 1_795);
    let again = ground.index(&index, &["ctgov_v2.zip"]);
    assert_eq!(
        (&again["unchanged"], &again["indexed"]),
        (&1_795.into(), &0.into())
    );
    let older = ground.index(&index, &["ctgov_v2_older_versions.zip"]);
    assert_eq!(
        (&older["seen"], &older["rejected"]),
        (&1_500.into(), &0.into())
    );
    assert_eq!(
        (&older["superseded"], &older["trials"]),
        (&1_500.into(), &first["trials"])
    );
}

#[test]
fn a_search_counts_what_an_export_lists() {
    let Some((ground, index, report)) = &*INDEX else {
        return;
    };
    for words in [
        &["pain"][..],
        &["hodgkin", "--phase", "2"],
        &["\"stem cells\"", "-leukemia"],
    ] {
        let search = |format: &[&str]| ground.run(index, &[&["search"], words, format].concat());
        let hits: Value = serde_json::from_slice(&search(&["--format", "json"])).unwrap();
        let listed = String::from_utf8(search(&["--format", "ids"])).unwrap();
        assert_eq!(hits["total"], listed.lines().count(), "{words:?}");
        assert!(
            hits["total"].as_u64() > Some(0) && hits["total"].as_u64() < report["trials"].as_u64()
        );
    }
}

/// What words side by side add is looked for only in trials that it can bring among the best: asking for more must not change the
/// first.
#[test]
fn the_ten_best_are_the_first_of_all() {
    let Some((ground, index, _)) = &*INDEX else {
        return;
    };
    let queries = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/ordinary_queries.tsv");
    let queries = std::fs::read_to_string(queries).unwrap();
    let mut ranked = 0;
    for query in queries.lines().filter_map(|line| line.split('\t').nth(1)) {
        let best = |limit: &str| -> Vec<(String, Value)> {
            let format = ["--format", "json", "--no-snippets", "--facets", "none"];
            let arguments = [&["search", query, "--limit", limit][..], &format].concat();
            let hits: Value = serde_json::from_slice(&ground.run(index, &arguments)).unwrap();
            let hits = hits["hits"].as_array().unwrap().iter();
            hits.map(|hit| (hit["id"].to_string(), hit["score"].clone()))
                .collect()
        };
        let (ten, all) = (best("10"), best("3000"));
        assert_eq!(ten, all[..ten.len()], "{query}");
        ranked += usize::from(all.len() > 64);
    }
    assert!(ranked >= 5, "{ranked} queries with many hits");
}
