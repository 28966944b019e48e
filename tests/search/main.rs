//! Searches of the sample records through the library, judged by brute force over the stored trials: what matches, what is
//! counted, in which order, what is highlighted, and what is said when nothing is found.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what the tests share fails by panicking"
)]

mod brute;
mod documented;
mod facets;
mod generated;
mod highlights;
mod knowledge;
mod likeness;
mod matching;
mod order;
mod patient;
mod widening;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use jiff::civil::{Date, date};
use serde_json::Value;
use trialfind::analysis::Analyzer;
use trialfind::index::{BuildOptions, Index, Progress, SchemaChoice};
use trialfind::query::parse;
use trialfind::schema::section_texts;
use trialfind::search::{Filter, Finder, Hits, Request};
use trialfind::trial::eligibility::items;

/// The day of every search here, so that freshness is the same in every run.
const TODAY: Date = date(2026, 6, 1);

/// More hits than there are sample records.
const ALL: usize = 1_000;

/// The sample records, indexed once for all tests.
static FINDER: LazyLock<Finder> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("search");
    let _ = std::fs::remove_dir_all(&folder);
    let records = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/records");
    // Several threads, so that there are several segments.
    let options = BuildOptions {
        threads: 2,
        ..BuildOptions::default()
    };
    let report = Index::build(
        &folder,
        SchemaChoice::bundled(),
        &[records],
        &options,
        &Progress::default(),
        &|rejected| panic!("{rejected:?}"),
    )
    .unwrap();
    assert!(report.adds_up(), "{report:?}");
    Finder::new(Index::open(&folder, SchemaChoice::bundled()).unwrap())
});

/// A trial as it is stored, for judging by brute force.
struct Known {
    /// Its record as JSON.
    study: Value,
    /// Its texts by name of their field.
    texts: Vec<(String, String)>,
    /// The terms of its texts by name of their field.
    terms: BTreeMap<String, BTreeSet<String>>,
}

/// Every stored trial by its id.
static TRIALS: LazyLock<BTreeMap<String, Known>> = LazyLock::new(|| {
    let index = FINDER.index();
    let searcher = index.searcher();
    let ids = ids(&search(""));
    let mut analyzer = Analyzer::new();
    let known = ids.into_iter().map(|id| {
        let addresses = index.find(&searcher, &id).unwrap();
        assert_eq!(addresses.len(), 1, "{id}");
        let trial = index.trial(&searcher, addresses[0]).unwrap();
        let criteria = &trial.study.protocol_section.eligibility_module;
        let criteria = criteria.eligibility_criteria.as_deref();
        let items = criteria.map(items).unwrap_or_default();
        let mut texts = Vec::new();
        let mut terms: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        section_texts(index.fields(), &trial.study, &items, &mut |section| {
            let field = index.fields().text[section.field].name.clone();
            let tokens = analyzer.analyze(&section.text).into_iter();
            let terms = terms.entry(field.clone()).or_default();
            terms.extend(tokens.map(|token| token.term));
            texts.push((field, section.text.into_owned()));
        });
        let study = serde_json::to_value(&trial.study).unwrap();
        let known = Known {
            study,
            texts,
            terms,
        };
        (id, known)
    });
    known.collect()
});

/// A request for every hit of a query, without passages, on a fixed day, not widened.
fn request(query: &str) -> Request {
    let parsed = parse(query, FINDER.index().fields());
    let mut request = Request::new(parsed.unwrap_or_else(|error| panic!("`{query}`: {error}")));
    request.limit = ALL;
    request.passages = 0;
    request.widen = false;
    request.expand = false;
    request.today = TODAY;
    request
}

fn search(query: &str) -> Hits {
    FINDER.search(&request(query)).unwrap()
}

fn ids(hits: &Hits) -> Vec<String> {
    hits.hits.iter().map(|hit| hit.id.clone()).collect()
}

/// The ids of all hits of a query, sorted.
fn found(query: &str) -> Vec<String> {
    let mut ids = ids(&search(query));
    ids.sort();
    ids
}

fn filter(facet: &str, values: &[&str]) -> Filter {
    Filter {
        facet: facet.to_owned(),
        values: values.iter().map(|&value| value.to_owned()).collect(),
    }
}
