//! The public API, asked without a socket against an index of the sample records.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what the tests share fails by panicking"
)]

mod essie;
mod fields;
mod pages;
mod pieces;
mod requests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use jiff::civil::date;
use serde_json::Value;
use tower::ServiceExt;
use trialfind::index::{BuildOptions, Index, Progress, SchemaChoice};
use trialfind::server::{App, Options, router};

/// Where the index of the sample records is.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("api");
    let _ = std::fs::remove_dir_all(&folder);
    let records = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/records");
    // Several threads, so that there are several segments.
    let options = BuildOptions {
        threads: 2,
        ..BuildOptions::default()
    };
    Index::build(
        &folder,
        SchemaChoice::bundled(),
        &[records],
        &options,
        &Progress::default(),
        &|rejected| panic!("{rejected:?}"),
    )
    .unwrap();
    folder
});

static APP: LazyLock<App> = LazyLock::new(|| {
    App::new(Options {
        today: Some(date(2026, 6, 1)),
        ..Options::new(FOLDER.clone())
    })
});

static RUNTIME: LazyLock<tokio::runtime::Runtime> =
    LazyLock::new(|| tokio::runtime::Runtime::new().unwrap());

/// The records as they are stored, by id.
static RECORDS: LazyLock<BTreeMap<String, Value>> = LazyLock::new(|| {
    let index = Index::open(&FOLDER, SchemaChoice::bundled()).unwrap();
    let searcher = index.searcher();
    let all = get("/studies?pageSize=1000&fields=NCTId&countTotal=true").json();
    let count = all["totalCount"].as_u64().unwrap();
    let mut records = BTreeMap::new();
    for study in all["studies"].as_array().unwrap() {
        let id = id_of(study);
        let found = index.find(&searcher, &id).unwrap();
        for address in found {
            let trial = index.trial(&searcher, address).unwrap();
            if trial.id.as_str() == id {
                let json = serde_json::from_slice(&trial.json().unwrap()).unwrap();
                records.insert(id.clone(), json);
            }
        }
    }
    assert_eq!(records.len() as u64, count);
    records
});

/// An answer.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        serde_json::from_str(&self.body).unwrap()
    }

    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

/// Asks for an address below `/api/v2`.
fn get(address: &str) -> Answer {
    get_from(&APP, address)
}

fn get_from(app: &App, address: &str) -> Answer {
    let request = Request::get(format!("/api/v2{address}"))
        .body(Body::empty())
        .unwrap();
    RUNTIME.block_on(async {
        let response = router(app).oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 64 << 20).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    })
}

/// An address with parameters, their values escaped.
fn address(path: &str, parameters: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(parameters);
    format!("{path}?{}", query.finish())
}

fn id_of(study: &Value) -> String {
    let id = &study["protocolSection"]["identificationModule"]["nctId"];
    id.as_str().unwrap().to_owned()
}

/// The ids of the studies that some parameters find.
fn found(parameters: &[(&str, &str)]) -> BTreeSet<String> {
    let mut all = vec![("pageSize", "1000"), ("fields", "NCTId")];
    all.extend(parameters);
    let answer = get(&address("/studies", &all)).json();
    let studies = answer["studies"].as_array().unwrap();
    studies.iter().map(id_of).collect()
}

/// The ids of the studies that an expression finds.
fn matching(expression: &str) -> BTreeSet<String> {
    found(&[("filter.advanced", expression)])
}

/// The values at a path of a record, lists opened.
fn values_at<'r>(record: &'r Value, path: &str) -> Vec<&'r Value> {
    let mut values = vec![record];
    for name in path.split('.') {
        values = values
            .into_iter()
            .flat_map(|value| match &value[name] {
                Value::Array(items) => items.iter().collect(),
                Value::Null => Vec::new(),
                one => vec![one],
            })
            .collect();
    }
    values
}
