//! Downloading and syncing against servers of the tests' own (`registry`), which fail in every way that servers do, and against
//! ours.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "what the tests share fails by panicking, and says when it is skipped"
)]

mod downloads;
mod faults;
mod program;
mod registry;
mod syncs;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use trialfind::fetch::{
    FetchError, FetchOptions, FetchReport, Progress, SyncReport, Target, fetch, selection, sync,
};
use trialfind::index::{self, BuildOptions, SchemaChoice, Selection};
use trialfind::source::{self, Format, Limits};

/// Options that wait for nothing longer than a test may.
pub(crate) fn quick(page_size: u16) -> FetchOptions {
    FetchOptions {
        page_size,
        per_minute: 0,
        attempts: 4,
        first_wait: Duration::from_millis(2),
        longest_wait: Duration::from_millis(5),
        longest_asked_wait: Duration::from_secs(5),
        connect_time: Duration::from_secs(5),
        answer_time: Duration::from_secs(10),
        body_time: Duration::from_secs(10),
        restart: false,
    }
}

/// All studies of a server.
pub(crate) fn all(base_url: &str) -> Selection {
    choice(base_url, &[])
}

pub(crate) fn choice(base_url: &str, parameters: &[(&str, &str)]) -> Selection {
    let parameters = parameters
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    selection(base_url, parameters).unwrap()
}

/// What a run said at once.
#[derive(Default)]
pub(crate) struct Told(Mutex<Vec<String>>);

impl Told {
    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    fn add(&self, line: &str) {
        self.0.lock().unwrap().push(line.to_owned());
    }
}

/// Downloads into a file.
pub(crate) fn download(
    selection: &Selection,
    output: &Path,
    options: &FetchOptions,
) -> Result<(FetchReport, Vec<String>), FetchError> {
    let told = Told::default();
    let report = fetch(
        selection,
        Some(output),
        None,
        options,
        &Progress::default(),
        &|line| told.add(line),
    )?;
    Ok((report, told.lines()))
}

fn target(directory: &Path) -> Target<'_> {
    Target {
        directory,
        schema: SchemaChoice::bundled(),
        options: BuildOptions {
            threads: 1,
            writer_memory: 15_000_000,
            ..BuildOptions::default()
        },
        progress: index::Progress::default(),
        rejects: &|rejected| panic!("{rejected:?}"),
    }
}

/// Downloads into an index.
pub(crate) fn download_into(
    selection: &Selection,
    output: Option<&Path>,
    directory: &Path,
    options: &FetchOptions,
) -> Result<FetchReport, FetchError> {
    fetch(
        selection,
        output,
        Some(target(directory)),
        options,
        &Progress::default(),
        &|_| {},
    )
}

/// Brings an index up to date.
pub(crate) fn sync_index(directory: &Path, full: bool) -> Result<SyncReport, FetchError> {
    sync(
        target(directory),
        full,
        &quick(1_000),
        &Progress::default(),
        &|_| {},
    )
}

/// The API studies of the sample records, each on one line, one for each trial.
pub(crate) fn corpus() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/records/api-json");
    let mut seen = std::collections::BTreeMap::new();
    for study in studies_of(&folder) {
        let value: serde_json::Value = serde_json::from_str(&study).unwrap();
        let id = value["protocolSection"]["identificationModule"]["nctId"]
            .as_str()
            .unwrap()
            .to_owned();
        seen.entry(id).or_insert(study);
    }
    assert!(seen.len() > 20, "{}", seen.len());
    seen.into_values().collect()
}

/// The API studies in a file or folder, as they are written there.
pub(crate) fn raw_studies_of(path: &Path) -> Vec<String> {
    let mut studies = Vec::new();
    source::walk(
        &[path.to_path_buf()],
        &Limits::default(),
        &source::Progress::default(),
        &mut |item| {
            let raw = item.unwrap();
            assert_eq!(raw.format, Format::ApiJson);
            studies.push(String::from_utf8(raw.bytes).unwrap());
            ControlFlow::Continue(())
        },
    );
    studies
}

pub(crate) fn studies_of(path: &Path) -> Vec<String> {
    let one_line = |study: String| study.replace(['\n', '\r'], " ");
    raw_studies_of(path).into_iter().map(one_line).collect()
}

/// A study with an id, a title, a status and the day of its last update.
pub(crate) fn study(number: u32, title: &str, status: &str, updated: &str) -> String {
    format!(
        r#"{{"protocolSection":{{"identificationModule":{{"nctId":"NCT{number:08}","briefTitle":"{title}"}},"statusModule":{{"overallStatus":"{status}","lastUpdatePostDateStruct":{{"date":"{updated}","type":"ACTUAL"}}}},"sponsorCollaboratorsModule":{{"leadSponsor":{{"name":"A hospital"}}}},"conditionsModule":{{"conditions":["knee pain"]}}}},"derivedSection":{{"miscInfoModule":{{"versionHolder":"2026-01-01"}}}},"hasResults":false}}"#
    )
}

/// Many small studies.
pub(crate) fn many(number: u32) -> Vec<String> {
    (1..=number)
        .map(|number| study(number, "knees", "COMPLETED", "2024-01-02"))
        .collect()
}

/// The folder of real records, if it is at hand.
pub(crate) fn samples() -> Option<PathBuf> {
    let shared = std::env::var_os("TRIALFIND_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        PathBuf::from,
    );
    let samples = shared.join("data/samples");
    if !samples.is_dir() {
        println!("skipped: no real records at `{}`", samples.display());
        return None;
    }
    Some(samples)
}
