//! Syncing with our own server, whose data changes under the index.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;
use trialfind::fetch::{FetchError, Moved};
use trialfind::index::{BuildOptions, Fetched, Index, Progress, SchemaChoice};
use trialfind::server::{App, Options, router};

use crate::registry::{Asked, Registry, Reply};
use crate::{choice, corpus, download, download_into, quick, study, sync_index};

/// Our server over some studies, which can be exchanged.
struct Ours {
    folder: TempDir,
    routes: Arc<Mutex<Router>>,
    down: Arc<AtomicBool>,
    registry: Registry,
}

/// Makes or updates an index of studies.
fn build(directory: &Path, studies: &[String], rebuild: bool) {
    let file = directory.with_extension("ndjson");
    fs::write(&file, studies.join("\n")).unwrap();
    let options = BuildOptions {
        threads: 1,
        writer_memory: 15_000_000,
        rebuild,
        ..BuildOptions::default()
    };
    Index::build(
        directory,
        SchemaChoice::bundled(),
        &[file],
        &options,
        &Progress::default(),
        &|rejected| panic!("{rejected:?}"),
    )
    .unwrap();
}

fn routes(directory: PathBuf) -> Router {
    router(&App::new(Options::new(directory)))
}

fn answer(routes: &Router, asked: &Asked) -> Reply {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let request = Request::get(&asked.target).body(Body::empty()).unwrap();
        let response = routes.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        match head.status.as_u16() {
            200 => Reply::Packed(body),
            status => Reply::Status(status, vec![], body),
        }
    })
}

impl Ours {
    fn new(studies: &[String]) -> Ours {
        let folder = tempfile::tempdir().unwrap();
        let directory = folder.path().join("server-0");
        build(&directory, studies, false);
        let shared = Arc::new(Mutex::new(routes(directory)));
        let down = Arc::new(AtomicBool::new(false));
        let (served, is_down) = (shared.clone(), down.clone());
        let registry = Registry::new(move |asked| {
            if is_down.load(Ordering::SeqCst) && asked.query.contains_key("filter.ids") {
                return Reply::Status(503, vec![], String::new());
            }
            let routes = served.lock().unwrap().clone();
            answer(&routes, asked)
        });
        Ours {
            folder,
            routes: shared,
            down,
            registry,
        }
    }

    /// Serves other studies from now on.
    fn serve(&self, studies: &[String]) {
        let directory = self.folder.path().join(format!("server-{}", studies.len()));
        build(&directory, studies, true);
        *self.routes.lock().unwrap() = routes(directory);
    }

    fn index(&self) -> PathBuf {
        self.folder.path().join("trials")
    }

    fn fetched(&self) -> Vec<Fetched> {
        let index = Index::open(&self.index(), SchemaChoice::bundled()).unwrap();
        index.fetched().unwrap()
    }

    fn json(&self, id: &str) -> Option<String> {
        let index = Index::open(&self.index(), SchemaChoice::bundled()).unwrap();
        let searcher = index.searcher();
        let address = *index.find(&searcher, id).unwrap().first()?;
        let json = index.trial(&searcher, address).unwrap().json().unwrap();
        Some(String::from_utf8(json).unwrap())
    }
}

fn id(number: u32) -> String {
    format!("NCT{number:08}")
}

/// The studies of a day.
fn before() -> Vec<String> {
    vec![
        study(1, "as it was", "COMPLETED", "2024-01-01"),
        study(2, "lapses", "RECRUITING", "2024-01-02"),
        study(3, "ends", "RECRUITING", "2024-01-03"),
        study(4, "goes", "COMPLETED", "2024-01-04"),
        study(5, "goes while open", "RECRUITING", "2024-01-05"),
        study(6, "joins another", "COMPLETED", "2024-01-06"),
        study(7, "leaves the selection", "RECRUITING", "2024-01-07"),
        study(9, "the newest", "COMPLETED", "2024-03-10"),
    ]
}

/// The studies of a later day. All belong to another snapshot.
fn after() -> Vec<String> {
    let joined = study(8, "new", "RECRUITING", "2024-04-03").replace(
        "\"briefTitle\"",
        "\"nctIdAliases\":[\"NCT00000006\"],\"briefTitle\"",
    );
    [
        study(1, "as it was", "COMPLETED", "2024-01-01"),
        study(2, "lapses", "UNKNOWN", "2024-01-02"),
        study(3, "ends", "COMPLETED", "2024-04-01"),
        study(7, "leaves the selection", "RECRUITING", "2024-04-02").replace("knee pain", "asthma"),
        joined,
        study(9, "the newest", "COMPLETED", "2024-03-10"),
    ]
    .map(|study| study.replace("2026-01-01", "2026-02-01"))
    .to_vec()
}

#[test]
fn an_index_follows_its_server() {
    let ours = Ours::new(&before());
    let selection = choice(&ours.registry.base_url, &[("query.cond", "knee pain")]);
    let report = download_into(&selection, None, &ours.index(), &quick(3)).unwrap();
    assert_eq!((report.studies, report.total), (8, Some(8)));
    assert_eq!(
        ours.fetched()[0].updated_through.as_deref(),
        Some("2024-03-10")
    );

    let nothing = sync_index(&ours.index(), false).unwrap();
    assert!(nothing.added.is_empty() && nothing.changed.is_empty());
    // The newest comes once more, the four open ones are asked about.
    assert_eq!(
        (nothing.unchanged, nothing.open, nothing.received),
        (5, 4, 1)
    );

    ours.serve(&after());
    // A sync that breaks off is made up for by the next one.
    ours.down.store(true, Ordering::SeqCst);
    let error = sync_index(&ours.index(), false).unwrap_err();
    assert!(matches!(error, FetchError::GaveUp { .. }), "{error}");
    assert_eq!(
        ours.fetched()[0].updated_through.as_deref(),
        Some("2024-03-10")
    );
    assert!(
        ours.json(&id(3)).unwrap().contains("COMPLETED"),
        "what came stays"
    );
    ours.down.store(false, Ordering::SeqCst);

    let report = sync_index(&ours.index(), false).unwrap();
    assert_eq!(
        report.selections[0].updated_since.as_deref(),
        Some("2024-03-09")
    );
    assert!(report.added.is_empty(), "{report:?}");
    assert_eq!(report.changed, [id(2), id(7)]);
    assert_eq!((report.changed_status, report.open), (1, 3));
    assert_eq!(report.removed, [id(5)]);
    assert_eq!(report.unchanged, 3, "3, 8 and 9");
    assert!(report.index.adds_up());
    assert_eq!(
        ours.fetched()[0].updated_through.as_deref(),
        Some("2024-04-03")
    );
    for study in after() {
        let number = study
            .find("NCT")
            .map(|at| study[at..at + 11].to_owned())
            .unwrap();
        let has = ours.json(&number).unwrap();
        // The first was neither updated nor open, so nobody asked; its snapshot is the earlier one.
        match number == id(1) {
            true => assert!(has.contains("2026-01-01")),
            false => assert_eq!(has, study),
        }
    }

    let full = sync_index(&ours.index(), true).unwrap();
    assert!(full.added.is_empty() && full.changed.is_empty(), "{full:?}");
    assert_eq!(full.selections[0].listed, Some(5));
    assert_eq!(full.removed, [id(4), id(5)]);
    let moved = Moved {
        id: id(6),
        now: id(8),
    };
    assert_eq!(full.moved, [moved]);
    assert_eq!((full.outside, full.unknown_to_server), (Some(1), 0));
    assert!(ours.json(&id(4)).is_some(), "nothing is deleted");
}

#[test]
fn one_sync_takes_what_was_added_and_changed() {
    let ours = Ours::new(&before());
    let selection = choice(&ours.registry.base_url, &[("query.cond", "knee pain")]);
    download_into(&selection, None, &ours.index(), &quick(3)).unwrap();
    ours.serve(&after());
    let report = sync_index(&ours.index(), false).unwrap();
    assert_eq!(report.added, [id(8)]);
    assert_eq!(report.changed, [id(2), id(3), id(7)]);
    assert_eq!((report.unchanged, report.changed_status), (1, 2));
    assert_eq!((report.index.added, report.index.updated), (1, 4));
}

#[test]
fn every_commit_carries_on_what_was_fetched() {
    let ours = Ours::new(&before());
    let base_url = &ours.registry.base_url;
    let knees = choice(base_url, &[("query.cond", "knee pain")]);
    let recruiting = choice(
        base_url,
        &[
            ("filter.overallStatus", "RECRUITING"),
            (
                "filter.advanced",
                "AREA[NCTId]NCT00000002 OR AREA[NCTId]NCT00000004",
            ),
        ],
    );
    let error = sync_index(&ours.index(), false).unwrap_err();
    assert!(error.to_string().contains("no index"), "{error}");
    build(
        &ours.index(),
        &[study(70, "from a file", "RECRUITING", "2025-01-01")],
        false,
    );
    let error = sync_index(&ours.index(), false).unwrap_err();
    assert!(matches!(error, FetchError::NotFetched(_)), "{error}");
    assert!(error.hint().unwrap().contains("fetch --into-index"));

    download_into(&recruiting, None, &ours.index(), &quick(3)).unwrap();
    download_into(&knees, None, &ours.index(), &quick(3)).unwrap();
    download_into(&recruiting, None, &ours.index(), &quick(3)).unwrap();
    let through = |days: [Option<&str>; 2]| {
        let expected: Vec<Fetched> = [&recruiting, &knees]
            .into_iter()
            .zip(days)
            .map(|(selection, day)| Fetched {
                selection: selection.clone(),
                updated_through: day.map(str::to_owned),
            })
            .collect();
        assert_eq!(ours.fetched(), expected);
    };
    through([Some("2024-01-02"), Some("2024-03-10")]);
    build(
        &ours.index(),
        &[study(71, "from a file", "COMPLETED", "2025-01-01")],
        false,
    );
    through([Some("2024-01-02"), Some("2024-03-10")]);

    // After a rebuild nobody knows what is there, so all ids are compared.
    ours.serve(&after());
    build(
        &ours.index(),
        &[study(70, "from a file", "RECRUITING", "2025-01-01")],
        true,
    );
    through([None, None]);
    ours.registry.forget();
    let report = sync_index(&ours.index(), false).unwrap();
    assert!(
        report
            .selections
            .iter()
            .all(|synced| synced.updated_since.is_none())
    );
    assert_eq!(
        report.added,
        [1, 2, 3, 8, 9].map(id),
        "all that either selection has now"
    );
    assert_eq!(report.unknown_to_server, 1);
    assert!(report.removed.is_empty());
    through([None, Some("2024-04-03")]);
    let report = sync_index(&ours.index(), false).unwrap();
    assert_eq!(report.selections[0].listed, Some(0));
    assert_eq!(
        report.selections[1].updated_since.as_deref(),
        Some("2024-04-02")
    );
}

#[test]
fn the_sample_records_come_back_from_our_server_as_they_are() {
    let studies = corpus();
    let ours = Ours::new(&studies);
    let selection = choice(&ours.registry.base_url, &[]);
    let file = ours.folder.path().join("all.ndjson.gz");
    let (report, _) = download(&selection, &file, &quick(7)).unwrap();
    assert_eq!(report.studies, studies.len() as u64);
    // Our server leaves white space out and adds modules that a study always has.
    let values = |studies: &[String]| {
        let read = |study: &String| {
            let mut value: Value = serde_json::from_str(study).unwrap();
            let protocol = value["protocolSection"].as_object_mut().unwrap();
            protocol.retain(|_, module| *module != serde_json::json!({}));
            (protocol["identificationModule"]["nctId"].to_string(), value)
        };
        studies
            .iter()
            .map(read)
            .collect::<BTreeMap<String, Value>>()
    };
    assert_eq!(values(&crate::registry::lines(&file)), values(&studies));
    let report = download_into(&selection, None, &ours.index(), &quick(1_000)).unwrap();
    assert_eq!(report.index.unwrap().trials, studies.len() as u64);
    let full = sync_index(&ours.index(), true).unwrap();
    assert_eq!(full.unchanged, studies.len() as u64);
    assert!(
        full.changed.is_empty() && full.removed.is_empty(),
        "{full:?}"
    );
}

/// A list in another order was told as a change, which `diff` and the history of the index know nothing of.
#[test]
fn a_list_in_another_order_is_no_change() {
    let conditions = |list: &str, updated: &str| {
        study(1, "knees", "RECRUITING", updated).replace("[\"knee pain\"]", list)
    };
    let ours = Ours::new(&[conditions(r#"["knee pain","gout"]"#, "2024-01-01")]);
    let selection = choice(&ours.registry.base_url, &[("query.cond", "knee pain")]);
    download_into(&selection, None, &ours.index(), &quick(1)).unwrap();
    let studies = [
        conditions(r#"["gout","knee pain"]"#, "2024-01-01"),
        study(2, "new", "COMPLETED", "2024-01-01"),
    ];
    ours.serve(&studies);
    let report = sync_index(&ours.index(), true).unwrap();
    assert_eq!(report.changed, [""; 0], "{report:?}");
    let index = Index::open(&ours.index(), SchemaChoice::bundled()).unwrap();
    let searcher = index.searcher();
    let trial = index
        .trial(&searcher, index.find(&searcher, "NCT00000001").unwrap()[0])
        .unwrap();
    let history = trial.changes(&trialfind::index::Span::default()).unwrap();
    assert!(history.changes.is_empty());
}
