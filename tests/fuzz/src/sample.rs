//! An index of the bundled records in a folder for temporary files, made once and gone with the process.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use jiff::civil::{Date, date};
use trialfind::index::{BuildOptions, Index, Progress, SchemaChoice};
use trialfind::search::Finder;
use trialfind::server::{App, Options};

/// The day of all searches, so that an input means the same on every day.
pub(super) const TODAY: Date = date(2026, 6, 1);

/// The index and what answers from it.
pub(super) struct Sample {
    pub(super) finder: Finder,
    pub(super) app: App,
    pub(super) runtime: tokio::runtime::Runtime,
    /// Holds the folder.
    _folder: tempfile::TempDir,
}

pub(super) static SAMPLE: LazyLock<Sample> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let index = folder.path().join("index");
    Index::build(
        &index,
        SchemaChoice::bundled(),
        &[records()],
        &BuildOptions::default(),
        &Progress::default(),
        &|rejected| unreachable!("a bundled record is rejected: {rejected:?}"),
    )
    .expect("the bundled records can be indexed");
    let opened = Index::open(&index, SchemaChoice::bundled()).expect("what was just built");
    Sample {
        finder: Finder::new(opened),
        app: App::new(Options {
            today: Some(TODAY),
            ..Options::new(index)
        }),
        runtime: tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("threads"),
        _folder: folder,
    }
});

/// `corpus/records`, from the package or from a crate within it.
fn records() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors()
        .map(|folder| folder.join("corpus/records"))
        .find(|folder| folder.is_dir())
        .expect("the bundled records are part of the package")
}
