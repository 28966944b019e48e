//! What an index stores, and a whole index of fuzzed records.

use std::sync::atomic::{AtomicU64, Ordering};

use trialfind::index::{BuildOptions, Index, Progress, SchemaChoice};
use trialfind::query::Query;
use trialfind::render::{Look, TrialView, trial_text};
use trialfind::schema::StoredRecord;
use trialfind::search::{Finder, Request};
use trialfind::trial::vocabulary::Vocabulary;

use super::asked::sound_hits;
use super::sample::TODAY;

/// The stored form of a record: bytes in are bytes out, and bytes that are no stored record are refused.
pub fn stored_record(bytes: &[u8]) {
    let stored = StoredRecord::new(bytes).expect("any bytes can be stored");
    let whole = StoredRecord::whole(&stored.record, &stored.results).expect("what was stored");
    assert_eq!(whole, bytes);
    let without = StoredRecord::without_results(&stored.record).expect("what was stored");
    assert!(without.len() <= bytes.len() + "null".len());
    if serde_json::from_slice::<serde_json::Value>(bytes).is_ok() {
        assert!(serde_json::from_slice::<serde_json::Value>(&without).is_ok());
    }
    let (record, results) = bytes.split_at(bytes.len() / 2);
    let _ = StoredRecord::whole(record, results);
    let _ = StoredRecord::whole(bytes, &stored.results);
    // A cut that is moved, and results of another record.
    if let Some((place, rest)) = stored.record.split_first_chunk::<4>() {
        let cut =
            u32::from_le_bytes(*place).wrapping_add(bytes.first().copied().unwrap_or(1).into());
        let moved = [&cut.to_le_bytes(), rest].concat();
        let _ = StoredRecord::whole(&moved, &stored.results);
    }
}

/// A file of records indexed: the account adds up, and each trial can be found by its id, searched and shown.
pub fn indexed(bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let file = folder.path().join("records");
    std::fs::write(&file, bytes).expect("the disk takes it");
    let rejected = AtomicU64::new(0);
    let directory = folder.path().join("index");
    let report = Index::build(
        &directory,
        SchemaChoice::bundled(),
        &[file],
        &BuildOptions {
            threads: 1,
            writer_memory: 20_000_000,
            ..BuildOptions::default()
        },
        &Progress::default(),
        &|_| {
            rejected.fetch_add(1, Ordering::Relaxed);
        },
    )
    .expect("records that are wrong are rejected");
    assert!(report.adds_up(), "{report:?}");
    assert_eq!(report.rejected, rejected.into_inner());
    let Ok(index) = Index::open(&directory, SchemaChoice::bundled()) else {
        assert_eq!(report.indexed, 0);
        return;
    };
    let finder = Finder::new(index);
    let request = Request {
        today: TODAY,
        facets: finder
            .index()
            .fields()
            .facets
            .iter()
            .map(|facet| facet.name.clone())
            .collect(),
        limit: 100,
        ..Request::new(Query::of_words(""))
    };
    let hits = finder.search(&request).expect("all trials");
    sound_hits(&hits);
    let searcher = finder.index().searcher();
    for hit in &hits.hits {
        let found = finder.index().find(&searcher, &hit.id).expect("a look-up");
        let trials: Vec<_> = found
            .into_iter()
            .map(|address| {
                finder
                    .index()
                    .trial(&searcher, address)
                    .expect("a stored trial")
            })
            .collect();
        assert!(
            trials.iter().any(|trial| trial.id.as_str() == hit.id),
            "{} is not found by its id",
            hit.id
        );
        for trial in &trials {
            let json = trial.json().expect("a record");
            serde_json::from_slice::<serde_json::Value>(&json).expect("JSON");
            let view = TrialView {
                vocabulary: Vocabulary::bundled(),
                look: Look::PLAIN,
                today: TODAY,
                sites: 20,
            };
            let shown = trial_text(trial, &view);
            assert!(
                !shown.chars().any(|c| c.is_control() && c != '\n'),
                "a control character is shown"
            );
        }
        let words = Request {
            query: Query::of_words(&hit.title.text),
            ..request.clone()
        };
        sound_hits(&finder.search(&words).expect("a title can be searched for"));
    }
}
