//! Bringing records in: what becomes of them, which version of a trial wins, and what an index refuses.
#![expect(
    clippy::unwrap_used,
    reason = "what the tests share fails by panicking"
)]

mod keeping;
mod runs;
mod wrong_input;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use trialfind::index::{BuildOptions, Index, IndexError, Progress, Rejected, Report, SchemaChoice};

/// A folder that is removed when it goes out of use.
pub(crate) struct Place(tempfile::TempDir);

impl Place {
    pub(crate) fn new() -> Place {
        Place(tempfile::tempdir().unwrap())
    }

    pub(crate) fn index(&self) -> PathBuf {
        self.0.path().join("index")
    }

    /// Writes an input file and gives its path.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    pub(crate) fn build(&self, paths: &[PathBuf]) -> (Report, Vec<Rejected>) {
        self.try_build(paths, &BuildOptions::default()).unwrap()
    }

    pub(crate) fn try_build(
        &self,
        paths: &[PathBuf],
        options: &BuildOptions,
    ) -> Result<(Report, Vec<Rejected>), IndexError> {
        let rejects = Mutex::new(Vec::new());
        let keep = |rejected| rejects.lock().unwrap().push(rejected);
        let report = Index::build(
            &self.index(),
            SchemaChoice::bundled(),
            paths,
            options,
            &Progress::default(),
            &keep,
        )?;
        assert!(report.adds_up(), "{report:?}");
        let rejects = rejects.into_inner().unwrap();
        assert_eq!(report.rejected, rejects.len() as u64);
        Ok((report, rejects))
    }

    pub(crate) fn open(&self) -> Index {
        Index::open(&self.index(), SchemaChoice::bundled()).unwrap()
    }

    /// The stored JSON of a trial.
    pub(crate) fn json(&self, id: &str) -> Option<String> {
        let index = self.open();
        let searcher = index.searcher();
        let found = index.find(&searcher, id).unwrap();
        let address = found.first()?;
        Some(String::from_utf8(index.trial(&searcher, *address).unwrap().json().unwrap()).unwrap())
    }
}

/// A small study of the API.
pub(crate) fn study(id: &str, title: &str, updated: &str) -> String {
    format!(
        r#"{{"protocolSection":{{"identificationModule":{{"nctId":"{id}","briefTitle":"{title}"}},"statusModule":{{"overallStatus":"RECRUITING","lastUpdatePostDateStruct":{{"date":"{updated}"}}}}}},"hasResults":false}}"#
    )
}

pub(crate) fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/records")
}
