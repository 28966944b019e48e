//! What an index goes through in its life: kills, full disks, damaged files, folders that may not be written to, updates while
//! others search. Nothing may be lost, half-done or left locked.
//!
//! `TRIALFIND_LONG=1` makes the kills two hundred and forty and the other rounds ten times as many.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what the tests share fails by panicking"
)]
#![expect(
    clippy::print_stdout,
    reason = "figures of the long form, and what was left out, are for who runs it"
)]

mod damage;
mod kills;
mod limits;
mod memory;
mod moving;
mod older;
mod outputs;
mod pointer;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

use trialfind::index::{Index, SchemaChoice, Verification, VerifyProgress};
use trialfind::query::Query;
use trialfind::search::{Exported, Finder, Request, SearchError};

/// Whether the long form was asked for.
pub(crate) fn is_long() -> bool {
    std::env::var_os("TRIALFIND_LONG").is_some_and(|value| value == "1")
}

/// A folder that is removed when it goes out of use.
pub(crate) struct Place(tempfile::TempDir);

impl Place {
    pub(crate) fn new() -> Place {
        Place(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn index(&self) -> PathBuf {
        self.path("index")
    }

    /// Writes an input file and gives its path.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    /// The program with the index here.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trialfind"));
        command
            .current_dir(self.0.path())
            .env("TRIALFIND_INDEX", self.index())
            .args(arguments)
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs the program, which has to succeed.
    pub(crate) fn must(&self, arguments: &[&str]) -> Output {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        output
    }

    /// The folder of the engine's files.
    pub(crate) fn generation(&self) -> PathBuf {
        let name = fs::read_to_string(self.index().join("CURRENT")).unwrap();
        self.index().join(name.trim())
    }

    pub(crate) fn verify(&self) -> Verification {
        Index::verify(
            &self.index(),
            &SchemaChoice::bundled(),
            &VerifyProgress::default(),
        )
        .unwrap()
    }
}

/// The records of an index by their ids: one answer, so of one commit.
pub(crate) type Held = BTreeMap<String, String>;

/// What an index holds.
pub(crate) fn held(finder: &Finder) -> Held {
    let mut held = Held::new();
    let request = Request::new(Query::of_words(""));
    let mut take = |record: &[u8]| -> Result<(), SearchError> {
        let text = String::from_utf8(record.to_vec()).unwrap();
        let id = text.split("\"nctId\":\"").nth(1).unwrap()[..11].to_owned();
        assert!(held.insert(id, text).is_none());
        Ok(())
    };
    finder
        .export(&request, &mut |_| {}, Exported::Records(&mut take))
        .unwrap();
    held
}

pub(crate) fn open(index: &Path) -> Finder {
    Finder::new(Index::open(index, SchemaChoice::bundled()).unwrap())
}

/// A small study of the API, of a version that is its day.
pub(crate) fn study(number: u32, version: u32) -> (String, String) {
    let id = format!("NCT{number:08}");
    let year = 2000 + version;
    let text = format!(
        r#"{{"protocolSection":{{"identificationModule":{{"nctId":"{id}","briefTitle":"Trial {number} of knee pain, version {version}"}},"statusModule":{{"overallStatus":"RECRUITING","lastUpdatePostDateStruct":{{"date":"{year}-01-01"}}}},"descriptionModule":{{"briefSummary":"Summary word{number} word{version} of arthroscopy against waiting."}}}},"hasResults":false}}"#
    );
    (id, text)
}

/// Studies of one version.
pub(crate) fn studies(numbers: std::ops::Range<u32>, version: u32) -> Held {
    numbers.map(|number| study(number, version)).collect()
}

pub(crate) fn lines(held: &Held) -> String {
    held.values().map(|text| text.clone() + "\n").collect()
}

/// Numbers that look random, another row in each run; a failure names its seed.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new() -> Dice {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        Dice(now.unwrap().as_nanos() as u64 ^ (count << 56) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// From 0 to 1.
    pub(crate) fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}
