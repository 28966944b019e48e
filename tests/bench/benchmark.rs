//! Benchmarks: how long it takes to build an index and to answer, beside a minimal program on the same engine.
//!
//! ```text
//! cargo bench --bench trialfind -- index PATH...            wall time and peak anonymous memory, ours and two minimal programs in turn
//! cargo bench --bench trialfind -- search [OPTIONS] PATH...   medians and 99th percentiles of ten kinds of query
//!     --hits N, --passages N, --no-facets    leave parts of the answer out, to see what they cost
//! cargo bench --bench trialfind -- load INDEX [REQUESTS]    a server's requests a second, and its memory over REQUESTS
//! cargo bench --bench trialfind -- suggest INDEX             completions of one letter, two and more
//! cargo bench --bench trialfind -- rank [--lucene COMMAND INDEX] PATH...   the same kinds, ranking alone, beside other engines
//! cargo bench --bench trialfind -- rank-ours PATH...         ours alone, query by query
//! cargo bench --bench trialfind -- stories TOPICS PATH...   patients' stories, a file of topics (TSV or TREC XML)
//! cargo bench --bench trialfind -- scale COUNT OUT.zip PATH...   makes distinct trials of real ones, for larger indexes
//!     PATH may be an index instead of records, but for `index` and `scale`; `rank` needs the records
//! ```
//!
//! Each build runs in a process of its own, so that its memory is its own, and its memory is watched; ours and the minimal ones take
//! turns, and the ratio is that of the medians. Ours unpacks, reads, converts and merges the records and builds all of the index;
//! its clock runs from the paths to the last commit. The minimal programs are given what is left when that is taken away
//! (`minimal.rs`), and their clock starts when it lies in memory.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::panic
)]

mod beside;
mod load;
mod memory;
mod minimal;
mod queries;
mod scale;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use trialfind::index::{BuildOptions, Index, Progress, SchemaChoice};
use trialfind::search::Finder;

/// Builds of each program; the median is reported.
const RUNS: usize = 3;

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    let Some((command, rest)) = arguments.split_first() else {
        println!(
            "name what to measure, as in `cargo bench --bench trialfind -- search PATH...`; the head of {} names all",
            file!()
        );
        return;
    };
    let paths: Vec<PathBuf> = rest.iter().map(PathBuf::from).collect();
    match command.as_str() {
        "index" => compare_builds(rest),
        "build-ours" => build_ours(&paths),
        "build-minimal" => minimal::build(minimal::Fed::Texts, &paths),
        "build-same-fields" => minimal::build(minimal::Fed::Fields, &paths),
        "search" => search(rest),
        "load" => load::load(
            &paths[0],
            rest.get(1).map_or(0, |number| number.parse().unwrap()),
        ),
        "suggest" => queries::suggest(&finder(&paths[0])),
        "rank" => rank(rest),
        "rank-ours" => on_index(&paths, beside::each_query),
        "stories" => stories(rest),
        "scale" => {
            let [count, out, ..] = rest else {
                panic!("`scale COUNT OUT.zip PATH...`");
            };
            scale::make(
                count.parse().expect("a number"),
                Path::new(out),
                &paths[2..],
            );
        }
        other => panic!("unknown benchmark `{other}`"),
    }
}

/// One finished build, as its process reports it.
struct Built {
    seconds: f64,
    megabytes: f64,
    index_megabytes: f64,
}

fn compare_builds(paths: &[String]) {
    let run = |which: &str| -> Built {
        let me = std::env::current_exe().unwrap();
        let output = Command::new(me).arg(which).args(paths).output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let text = String::from_utf8(output.stdout).unwrap();
        let numbers: Vec<f64> = text
            .split_whitespace()
            .filter_map(|word| word.parse().ok())
            .collect();
        println!("{which}: {}", text.trim());
        Built {
            seconds: numbers[0],
            megabytes: numbers[1],
            index_megabytes: numbers[2],
        }
    };
    const PROGRAMS: [&str; 3] = ["build-ours", "build-same-fields", "build-minimal"];
    let mut built = PROGRAMS.map(|_| Vec::new());
    for _ in 0..RUNS {
        for (built, program) in built.iter_mut().zip(PROGRAMS) {
            built.push(run(program));
        }
    }
    for built in &mut built {
        built.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    }
    let [ours, same, least] = built.each_ref().map(|built| &built[RUNS / 2]);
    println!(
        "median wall time: ours {:.2} s, peak anonymous memory {:.0} MB, index {:.0} MB",
        ours.seconds, ours.megabytes, ours.index_megabytes,
    );
    for (name, other) in [
        ("the same fields and records", same),
        ("texts and records alone", least),
    ] {
        println!(
            "least program, {name}: {:.2} s, ratio {:.2}; index {:.0} MB",
            other.seconds,
            ours.seconds / other.seconds,
            other.index_megabytes,
        );
    }
}

fn build_ours(paths: &[PathBuf]) {
    let folder = tempfile::tempdir().unwrap();
    let watch = memory::Watch::start();
    let started = Instant::now();
    let report = build_into(folder.path(), paths);
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{seconds:.2} s, peak {:.0} MB anonymous, index {:.0} MB, {} seen, {} trials, {} rejected, {:.0} MB of records",
        watch.peak(),
        megabytes(folder.path()),
        report.seen,
        report.trials,
        report.rejected,
        report.bytes as f64 / 1e6
    );
}

fn build_into(folder: &Path, paths: &[PathBuf]) -> trialfind::index::Report {
    let reject = |rejected: trialfind::index::Rejected| {
        eprintln!("rejected {}: {}", rejected.place, rejected.reason);
    };
    Index::build(
        folder,
        SchemaChoice::bundled(),
        paths,
        &BuildOptions::default(),
        &Progress::default(),
        &reject,
    )
    .unwrap()
}

fn megabytes(folder: &Path) -> f64 {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let metadata = entry.metadata().unwrap();
        bytes += if metadata.is_dir() {
            (megabytes(&entry.path()) * 1e6) as u64
        } else {
            metadata.len()
        };
    }
    bytes as f64 / 1e6
}

fn finder(directory: &Path) -> Finder {
    Finder::new(Index::open(directory, SchemaChoice::bundled()).unwrap())
}

fn search(arguments: &[String]) {
    let mut parts = queries::Parts {
        hits: 10,
        passages: 3,
        facets: true,
    };
    let mut paths = Vec::new();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let mut number = || {
            arguments
                .next()
                .and_then(|number| number.parse().ok())
                .expect("a number")
        };
        match argument.as_str() {
            "--hits" => parts.hits = number(),
            "--passages" => parts.passages = number(),
            "--no-facets" => parts.facets = false,
            path => paths.push(PathBuf::from(path)),
        }
    }
    on_index(&paths, |finder| queries::measure(finder, parts));
}

/// Runs on an index of some records, or on the one that is named.
fn on_index(paths: &[PathBuf], run: impl FnOnce(&Finder)) {
    let folder = tempfile::tempdir().unwrap();
    let existing = paths.first().filter(|path| path.join("CURRENT").exists());
    let directory = existing.map_or(folder.path(), PathBuf::as_path);
    if existing.is_none() {
        build_into(directory, paths);
    }
    run(&Finder::new(
        Index::open(directory, SchemaChoice::bundled()).unwrap(),
    ));
}

fn rank(arguments: &[String]) {
    let (lucene, paths) = match arguments {
        [option, command, index, paths @ ..] if option == "--lucene" => {
            let (command, index) = (command.clone(), index.clone());
            (Some(beside::Lucene { command, index }), paths)
        }
        paths => (None, paths),
    };
    let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
    let (least, _) = minimal::index(minimal::documents(&paths));
    on_index(&paths, |finder| {
        beside::measure(finder, &least.index, lucene.as_ref());
    });
}

fn stories(arguments: &[String]) {
    let Some((topics, paths)) = arguments.split_first() else {
        panic!("`stories TOPICS PATH...`");
    };
    let topics = std::fs::read_to_string(topics).unwrap();
    let topics = trialfind::evaluate::read_topics(&topics).unwrap();
    let stories: Vec<String> = topics.into_iter().map(|topic| topic.text).collect();
    let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
    on_index(&paths, |finder| queries::measure_stories(finder, &stories));
}
