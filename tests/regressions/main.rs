//! Bugs that were found by trying to break the program, each test named after its bug.
#![expect(
    clippy::unwrap_used,
    reason = "what the tests share fails by panicking"
)]

use std::path::Path;

use trialfind::index::{BuildOptions, Index, Progress, SchemaChoice};
use trialfind::query::parse;
use trialfind::search::{Finder, Hits, Request};

/// An index of studies that are given by their id's last digits and their brief title.
fn index_of(titles: &[(u32, &str)]) -> (tempfile::TempDir, Finder) {
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<String> = titles
        .iter()
        .map(|(number, title)| {
            let id = format!("NCT{number:08}");
            let study = serde_json::json!({"protocolSection": {"identificationModule": {"nctId": id, "briefTitle": title}}});
            study.to_string()
        })
        .collect();
    let finder = index_text(folder.path(), &lines.join("\n"));
    (folder, finder)
}

fn index_text(folder: &Path, text: &str) -> Finder {
    let file = folder.join("studies.ndjson");
    std::fs::write(&file, text).unwrap();
    let directory = folder.join("index");
    Index::build(
        &directory,
        SchemaChoice::bundled(),
        &[file],
        &BuildOptions::default(),
        &Progress::default(),
        &|_| {},
    )
    .unwrap();
    Finder::new(Index::open(&directory, SchemaChoice::bundled()).unwrap())
}

fn search(finder: &Finder, query: &str) -> Hits {
    let query = parse(query, finder.index().fields()).unwrap();
    finder.search(&Request::new(query)).unwrap()
}

fn ids(finder: &Finder, query: &str) -> Vec<String> {
    let mut ids: Vec<String> = search(finder, query)
        .hits
        .into_iter()
        .map(|hit| hit.id)
        .collect();
    ids.sort();
    ids
}

/// `HER2 negative` lost its HER2 and returned every trial with "negative".
#[test]
fn a_code_before_negative_is_searched_for() {
    let (_folder, finder) = index_of(&[
        (1, "HER2-negative breast cancer"),
        (2, "HER2 negative breast cancer"),
        (3, "Gram-negative sepsis, a negative pressure room"),
        (4, "HER2-positive breast cancer"),
        (5, "ER negative breast cancer"),
    ]);
    let both = ["NCT00000001", "NCT00000002"];
    for query in [
        "HER2 negative",
        "HER2-negative",
        "\"HER2 negative\"",
        "breast HER2 negative cancer",
    ] {
        assert_eq!(ids(&finder, query), both, "{query}");
    }
    for query in ["\"HER2 negative breast\"", "\"HER2-negative breast\""] {
        assert_eq!(ids(&finder, query), both, "{query}");
    }
    assert_eq!(ids(&finder, "HER2"), ["NCT00000004"]);
}
