//! Backups of an index: restored as they were made, or refused with nothing left behind.

use std::io::Cursor;
use std::path::Path;
use std::sync::LazyLock;

use trialfind::index::{
    BackupProgress, BuildOptions, Index, Progress, SchemaChoice, VerifyProgress,
};
use trialfind::query::Query;
use trialfind::search::{Finder, Request};

use super::sample::TODAY;

/// A backup of an index of one trial, unpacked.
static BACKUP: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let file = folder.path().join("record");
    let record = r#"{"protocolSection":{"identificationModule":{"nctId":"NCT00000001","briefTitle":"Knee"}}}"#;
    std::fs::write(&file, record).expect("the disk takes it");
    let index = folder.path().join("index");
    let options = BuildOptions {
        threads: 1,
        writer_memory: 20_000_000,
        ..BuildOptions::default()
    };
    let progress = Progress::default();
    Index::build(
        &index,
        SchemaChoice::bundled(),
        &[file],
        &options,
        &progress,
        &|_| {},
    )
    .expect("one record can be indexed");
    let mut packed = Vec::new();
    Index::backup(&index, &mut packed, &BackupProgress::default()).expect("a sound index");
    zstd::decode_all(packed.as_slice()).expect("what was just packed")
});

/// A file that is said to be a backup. The first byte says what the rest is: the file, the archive in it, or changes to a true one,
/// four bytes each: a place (of the archive, in parts of 65,536), how far behind it, and the byte to stand there.
pub fn backup(bytes: &[u8]) {
    let Some((how, rest)) = bytes.split_first() else {
        return;
    };
    let packed = match how % 4 {
        0 => rest.to_vec(),
        1 => pack(rest),
        kind => {
            let mut archive = BACKUP.clone();
            let mut packed = if kind == 2 {
                Vec::new()
            } else {
                pack(&archive)
            };
            let changed = if kind == 2 { &mut archive } else { &mut packed };
            for change in rest.chunks_exact(4) {
                let part = usize::from(u16::from_le_bytes([change[0], change[1]]));
                let place = part * changed.len() / 65_536 + usize::from(change[2]);
                if let Some(byte) = changed.get_mut(place) {
                    *byte = change[3];
                }
            }
            if kind == 2 { pack(&archive) } else { packed }
        }
    };
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let index = folder.path().join("outer/index");
    let schema = SchemaChoice::bundled();
    let restored = Index::restore(
        &index,
        &schema,
        &mut Cursor::new(packed),
        Path::new("backup"),
        false,
        &BackupProgress::default(),
    );
    let beside = [folder.path(), &folder.path().join("outer")]
        .iter()
        .filter_map(|folder| std::fs::read_dir(folder).ok())
        .flatten()
        .filter_map(Result::ok)
        .map(|entry| entry.file_name())
        .find(|name| name != "outer" && name != "index");
    assert_eq!(beside, None, "something was written outside the index");
    match restored {
        Err(error) => {
            assert!(!error.to_string().is_empty());
            assert!(
                !index.exists(),
                "what was refused has left something behind: {error}"
            );
        }
        Ok(backup) => {
            let seen = Index::verify(&index, &schema, &VerifyProgress::default())
                .expect("what was restored can be looked at");
            assert!(seen.is_clean(), "{:?}", seen.findings);
            let finder = Finder::new(Index::open(&index, schema).expect("what was restored"));
            let all = Request {
                today: TODAY,
                ..Request::new(Query::of_words(""))
            };
            let hits = finder.search(&all).expect("all trials");
            assert_eq!(hits.total, backup.trials);
        }
    }
}

fn pack(archive: &[u8]) -> Vec<u8> {
    zstd::encode_all(archive, 1).expect("memory takes it")
}
