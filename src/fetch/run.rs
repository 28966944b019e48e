//! A download from its beginning to its end, into a file, an index or both.

use std::ffi::OsString;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::Serialize;

use crate::fetch::client::{Client, Tell};
use crate::fetch::download::{Download, Written};
use crate::fetch::errors::FetchError;
use crate::fetch::marks::raw_record;
use crate::fetch::options::FetchOptions;
use crate::fetch::progress::Progress;
use crate::fetch::state::folder_of;
use crate::index::{
    self, BuildOptions, Fed, Fetched, Index, RejectSink, Report, SchemaChoice, Selection,
};
use crate::source::{Item, Walked};

/// The file that a download goes into if neither a file nor an index is named.
const DEFAULT_OUTPUT: &str = "studies.ndjson.gz";

/// An index that records go into.
pub struct Target<'t> {
    /// Its folder.
    pub directory: &'t Path,
    /// What it is made with.
    pub schema: SchemaChoice,
    /// How records are brought in.
    pub options: BuildOptions,
    /// How far that has come.
    pub progress: index::Progress,
    /// Told of each record that the index cannot take in.
    pub rejects: RejectSink<'t>,
}

/// Takes an item; breaks off if the index takes no more.
pub(crate) type Sink<'s> = dyn FnMut(Item) -> ControlFlow<()> + 's;

impl Target<'_> {
    /// Brings in what `feed` gives to the sink. The feed says what the index is fetched with then; nothing if it was broken off.
    ///
    /// # Errors
    /// What stops the index, or else the feed. What came before that stays.
    pub(crate) fn bring_in(
        self,
        feed: &mut dyn FnMut(&mut Sink<'_>) -> Result<Vec<Fetched>, FetchError>,
    ) -> Result<Report, FetchError> {
        let mut failure = None;
        let mut feed = |sink: &mut Sink<'_>| Fed {
            walked: Walked::default(),
            fetched: feed(sink).unwrap_or_else(|error| {
                failure = Some(error);
                Vec::new()
            }),
        };
        let report = Index::bring_in(
            self.directory,
            self.schema,
            &mut feed,
            &self.options,
            &self.progress,
            self.rejects,
        )?;
        failure.map_or(Ok(report), Err)
    }
}

/// What came of a download.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FetchReport {
    /// What was asked for.
    pub selection: Selection,
    /// Records that are there now.
    pub studies: u64,
    /// How many the server says there are, if it does. Trials come and go while a download runs.
    pub total: Option<u64>,
    /// Of the records, those that an earlier run had downloaded.
    pub resumed: u64,
    /// Studies that came more than once and were written once.
    pub repeated: u64,
    /// Of the records, those that took the place of an older one of the same download.
    pub replaced: u64,
    /// Records that state no id that a registry gives.
    pub without_id: u64,
    /// How often it was begun again because the token of the next page had expired.
    pub restarts: u32,
    /// The file, unless the records are in an index only.
    pub file: Option<PathBuf>,
    /// Its length in bytes.
    pub bytes: Option<u64>,
    /// What became of the records in the index.
    pub index: Option<Report>,
    /// Wall time, in seconds.
    pub seconds: f64,
}

/// Where a download into an index keeps what has come until it is complete: beside the folder of the index.
pub fn default_output(index: &Path) -> PathBuf {
    let mut name = OsString::from(index.components().as_path());
    name.push(".fetch.ndjson.gz");
    PathBuf::from(name)
}

/// Downloads a selection. With a file it is NDJSON, packed if its name ends in `.gz`; with an index alone what has come is kept beside
/// that ([`default_output`]) until all of it is in the index; with neither the file is `studies.ndjson.gz`. A run that was stopped is gone on with by the next
/// one of the same selection into the same file.
///
/// # Errors
/// What stops the run. Complete pages stay in the unfinished file, and in the index what had come into it.
pub fn fetch(
    selection: &Selection,
    output: Option<&Path>,
    target: Option<Target<'_>>,
    options: &FetchOptions,
    progress: &Progress,
    tell: Tell<'_>,
) -> Result<FetchReport, FetchError> {
    let started = Instant::now();
    let client = Client::new(options, progress, tell);
    let path = match (output, &target) {
        (Some(path), _) => path.to_path_buf(),
        (None, Some(target)) => default_output(target.directory),
        (None, None) => PathBuf::from(DEFAULT_OUTPUT),
    };
    let keeps = output.is_some() || target.is_none();
    if !keeps {
        // A first index may lie in a folder that is not there yet.
        let folder = folder_of(&path);
        fs::create_dir_all(&folder).map_err(|error| FetchError::io(&folder, error))?;
    }
    let mut download = Download::open(selection, &path, &client)?;
    let resumed = download.records();
    if resumed > 0 {
        tell(&format!(
            "going on with an earlier download, behind {resumed} studies"
        ));
    }
    let index = match run(&mut download, target) {
        Ok(index) => index,
        Err(error) => {
            // A selection that was refused leaves nothing behind.
            if download.records() == 0 {
                let _ = download.discard();
            }
            return Err(error);
        }
    };
    let mut report = FetchReport {
        selection: selection.clone(),
        studies: download.records() - download.replaced(),
        total: download.total(),
        resumed,
        repeated: download.repeated,
        replaced: download.replaced(),
        without_id: download.without_id,
        restarts: download.restarts(),
        file: None,
        bytes: None,
        index,
        seconds: 0.0,
    };
    if keeps {
        let (studies, bytes) = download.finish()?;
        report.studies = studies;
        report.file = Some(path);
        report.bytes = Some(bytes);
    } else {
        download.discard()?;
    }
    report.seconds = started.elapsed().as_secs_f64();
    Ok(report)
}

/// Downloads what is missing, into an index as well if one is given.
fn run(
    download: &mut Download<'_, '_>,
    target: Option<Target<'_>>,
) -> Result<Option<Report>, FetchError> {
    if let Some(target) = target {
        return into_index(download, target).map(Some);
    }
    download.earlier(&mut |_| ControlFlow::Continue(()))?;
    while download.next_records()?.is_some() {}
    Ok(None)
}

/// Downloads and indexes at once.
fn into_index(download: &mut Download<'_, '_>, target: Target<'_>) -> Result<Report, FetchError> {
    // The first page is there before the index is touched: a selection that the server refuses leaves no index behind.
    let mut first = match download.records() {
        0 => download.next_records()?,
        _ => None,
    };
    target.bring_in(&mut |sink| {
        let flow = feed_index(download, first.take(), sink)?;
        Ok(match flow {
            ControlFlow::Continue(()) => vec![download.fetched()],
            ControlFlow::Break(()) => Vec::new(),
        })
    })
}

/// Gives all records to an index, until it breaks off.
fn feed_index(
    download: &mut Download<'_, '_>,
    first: Option<Vec<Written>>,
    sink: &mut Sink<'_>,
) -> Result<ControlFlow<()>, FetchError> {
    let base_url = download.fetched().selection.base_url;
    let mut give = |written: Written| {
        sink(Ok(raw_record(
            &base_url,
            written.id.as_deref(),
            written.bytes,
        )))
    };
    let mut flow = ControlFlow::Continue(());
    let mut page = first;
    if page.is_none() {
        download.earlier(&mut |written| {
            flow = give(written);
            flow
        })?;
    }
    loop {
        for written in page.take().into_iter().flatten() {
            if flow.is_continue() {
                flow = give(written);
            }
        }
        if flow.is_break() {
            return Ok(flow);
        }
        page = download.next_records()?;
        if page.is_none() {
            return Ok(flow);
        }
    }
}
