//! Deleting, compacting, verifying, backing up and restoring.

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use trialfind::index::{
    Backup, BackupProgress, BuildOptions, Deletion, Index, IndexError, SchemaChoice, Verification,
    VerifyProgress,
};

use crate::{Place, corpus, study};

impl Place {
    pub(crate) fn delete(&self, ids: &[&str]) -> Deletion {
        let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        Index::delete(&self.index(), SchemaChoice::bundled(), &ids).unwrap()
    }

    pub(crate) fn verify(&self) -> Verification {
        Index::verify(
            &self.index(),
            &SchemaChoice::bundled(),
            &VerifyProgress::default(),
        )
        .unwrap()
    }

    fn backup(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        Index::backup(&self.index(), &mut bytes, &BackupProgress::default()).unwrap();
        bytes
    }

    fn restore(&self, bytes: &[u8], replace: bool) -> Result<Backup, IndexError> {
        Index::restore(
            &self.index(),
            &SchemaChoice::bundled(),
            &mut Cursor::new(bytes),
            Path::new("the-backup"),
            replace,
            &BackupProgress::default(),
        )
    }

    /// The folder of the engine's files.
    fn generation(&self) -> PathBuf {
        let name = fs::read_to_string(self.index().join("CURRENT")).unwrap();
        self.index().join(name.trim())
    }
}

fn many(from: u32, to: u32, title: &str) -> String {
    let day = "2024-01-01";
    let lines = (from..to).map(|number| study(&format!("NCT{number:08}"), title, day));
    lines.map(|line| line + "\n").collect()
}

#[test]
fn trials_are_deleted_by_any_id_and_come_back_when_they_are_indexed_again() {
    let place = Place::new();
    let aliased = r#"{"protocolSection":{"identificationModule":{"nctId":"NCT00000001","nctIdAliases":["NCT00000009"],"orgStudyIdInfo":{"id":"SHARED-1"}}}}"#;
    let other = aliased
        .replace("NCT00000001", "NCT00000002")
        .replace("NCT00000009", "NCT00000001");
    let file = place.file(
        "a.ndjson",
        format!("{aliased}\n{other}\n{}", many(3, 9, "x")),
    );
    place.build(std::slice::from_ref(&file));
    let before = place.open();

    let deletion = place.delete(&["shared 1", "NCT00000077", "nct00000003", "NCT00000003"]);
    assert_eq!(deletion.deleted, ["NCT00000003"]);
    assert_eq!(deletion.missing, ["NCT00000077"]);
    assert_eq!(deletion.ambiguous[0].id, "shared 1");
    assert_eq!(deletion.ambiguous[0].trials, ["NCT00000001", "NCT00000002"]);
    assert_eq!(deletion.trials, 7);
    // An own id means its trial, also if another one has it as an alias; an alias of one trial leads to it.
    assert_eq!(place.delete(&["NCT00000001"]).deleted, ["NCT00000001"]);
    assert_eq!(place.delete(&["NCT00000001"]).deleted, ["NCT00000002"]);
    assert!(place.json("NCT00000003").is_none());
    assert_eq!(
        before.searcher().num_docs(),
        8,
        "an open reader keeps what it has"
    );
    assert!(place.verify().is_clean(), "{:?}", place.verify());

    let (report, _) = place.build(&[file]);
    assert_eq!((report.added, report.unchanged, report.trials), (3, 5, 8));
}

#[test]
fn nothing_is_made_where_there_is_no_index() {
    let place = Place::new();
    let schema = SchemaChoice::bundled;
    let results = [
        Index::delete(&place.index(), schema(), &["NCT00000001".to_owned()]).map(drop),
        Index::compact(&place.index(), schema()).map(drop),
        Index::verify(&place.index(), &schema(), &VerifyProgress::default()).map(drop),
    ];
    for result in results {
        assert!(matches!(result, Err(IndexError::Missing(_))), "{result:?}");
    }
    assert!(!place.index().exists());
}

#[test]
fn compacting_leaves_one_part_and_no_leftovers() {
    let place = Place::new();
    place.build(&[place.file("1.ndjson", many(0, 40, "one"))]);
    place.build(&[place.file("2.ndjson", many(20, 80, "two"))]);
    place.delete(&["NCT00000050"]);
    let open = place.open();
    fs::write(
        place.generation().join("0123.store"),
        "left by a killed run",
    )
    .unwrap();
    fs::write(place.generation().join(".tmpAbC"), "left by a killed run").unwrap();
    fs::create_dir(place.index().join("generation-99")).unwrap();
    assert_eq!(
        place.verify().leftovers,
        [".tmpAbC", "0123.store", "generation-99"]
    );

    let compaction = Index::compact(&place.index(), SchemaChoice::bundled()).unwrap();
    assert_eq!(
        (compaction.after.segments, compaction.after.deleted),
        (1, 0)
    );
    assert_eq!(compaction.after.trials, 79);
    assert!(compaction.before.deleted > 0 && compaction.before.bytes > compaction.after.bytes);
    let verification = place.verify();
    assert!(verification.is_clean(), "{verification:?}");
    assert_eq!((verification.trials, verification.files), (79, 6));
    assert!(verification.leftovers.is_empty(), "{verification:?}");
    assert_eq!(open.searcher().num_docs(), 79);
    open.reload().unwrap();
    assert_eq!(open.searcher().segment_readers().len(), 1);

    let again = Index::compact(&place.index(), SchemaChoice::bundled()).unwrap();
    assert_eq!(again.before, again.after);
}

#[test]
fn an_index_can_be_emptied() {
    let place = Place::new();
    place.build(&[place.file("1.ndjson", many(0, 3, "one"))]);
    place.delete(&["NCT00000000", "NCT00000001", "NCT00000002"]);
    Index::compact(&place.index(), SchemaChoice::bundled()).unwrap();
    let verification = place.verify();
    assert!(
        verification.is_clean() && verification.trials == 0,
        "{verification:?}"
    );
    assert_eq!(place.restore(&place.backup(), true).unwrap().trials, 0);
    place.build(&[place.file("1.ndjson", many(0, 3, "one"))]);
    assert_eq!(place.open().searcher().num_docs(), 3);
}

#[test]
fn the_sample_records_agree_with_their_columns() {
    let place = Place::new();
    place.build(&[corpus()]);
    let verification = place.verify();
    assert!(verification.is_clean(), "{:#?}", verification.findings);
    assert_eq!(verification.trials, 44);
}

#[test]
fn a_backup_comes_back_as_it_was() {
    let place = Place::new();
    place.build(&[corpus()]);
    let shown = place.json("NCT03737461");
    let backup = place.backup();

    assert!(matches!(
        place.restore(&backup, false),
        Err(IndexError::Exists(_))
    ));
    place.delete(&["NCT03737461"]);
    let open = place.open();
    let restored = place.restore(&backup, true).unwrap();
    assert_eq!(restored.trials, 44);
    assert_eq!(place.json("NCT03737461"), shown);
    assert!(place.verify().is_clean());
    assert_eq!(
        open.searcher().num_docs(),
        43,
        "an open reader keeps what it has"
    );
    assert!(matches!(open.reload(), Err(IndexError::MadeAnew(_))));

    let elsewhere = Place::new();
    elsewhere.restore(&backup, false).unwrap();
    assert_eq!(elsewhere.json("NCT03737461"), shown);
    // What was restored can be written to.
    elsewhere.build(&[elsewhere.file("more.ndjson", many(0, 5, "more"))]);
    elsewhere.delete(&["NCT03737461"]);
    Index::compact(&elsewhere.index(), SchemaChoice::bundled()).unwrap();
    let verification = elsewhere.verify();
    assert!(verification.is_clean(), "{verification:?}");
    assert_eq!((verification.trials, verification.leftovers.len()), (48, 0));
}

#[test]
fn what_is_no_whole_backup_changes_nothing() {
    let place = Place::new();
    place.build(&[place.file("a.ndjson", many(0, 30, "kept"))]);
    let backup = place.backup();
    let flipped = |at: usize| {
        let mut bytes = backup.clone();
        bytes[at] ^= 0x10;
        bytes
    };
    let mut other = Vec::new();
    for bytes in [&b"something"[..], &backup] {
        other.write_all(bytes).unwrap();
    }
    let mut cases = vec![
        Vec::new(),
        b"{\"protocolSection\": {}}".to_vec(),
        zstd::encode_all(&b"not a tar archive"[..], 1).unwrap(),
        zstd::encode_all(&[0_u8; 4096][..], 1).unwrap(),
        other,
        [backup.as_slice(), b"more"].concat(),
    ];
    for part in 1..12 {
        cases.push(backup[..backup.len() * part / 12].to_vec());
        cases.push(flipped(backup.len() * part / 12));
    }
    cases.push(backup[..backup.len() - 1].to_vec());
    cases.push(flipped(backup.len() - 1));
    let unpacked = zstd::decode_all(&backup[..]).unwrap();
    for case in &cases {
        // A bit that means nothing to the packing leaves what is packed as it was.
        if zstd::decode_all(&case[..]).is_ok_and(|bytes| bytes == unpacked) {
            continue;
        }
        let error = place.restore(case, true).unwrap_err();
        assert!(matches!(error, IndexError::NotABackup { .. }), "{error}");
        assert!(place.json("NCT00000007").unwrap().contains("kept"));
    }
    assert!(place.verify().leftovers.is_empty());
    // Where nothing was, nothing is.
    let nowhere = Place::new();
    assert!(nowhere.restore(&cases[8], false).is_err());
    assert!(!nowhere.index().exists());
    place.restore(&backup, true).unwrap();
}

#[test]
fn a_backup_of_another_version_says_so() {
    let place = Place::new();
    place.build(&[place.file("a.ndjson", many(0, 3, "a"))]);
    let backup = zstd::decode_all(&place.backup()[..]).unwrap();
    let text = String::from_utf8_lossy(&backup);
    let fingerprint = text.split("\"fingerprint\": \"").nth(1).unwrap()[..16].to_owned();
    let at = text.find(&fingerprint).unwrap();
    let mut other = backup.clone();
    other[at..at + 16].copy_from_slice(b"0000000000000000");
    let packed = zstd::encode_all(&other[..], 1).unwrap();
    let error = place.restore(&packed, true).unwrap_err();
    assert!(
        matches!(error, IndexError::BackupOfOtherVersion { .. }),
        "{error}"
    );
}

#[test]
fn a_backup_is_of_one_commit_while_a_writer_runs() {
    let place = Place::new();
    let version = |number: u32| many(0, 40, &format!("version{number}"));
    place.build(&[place.file("0.ndjson", version(0))]);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for number in 1..8 {
                let day = format!("2024-02-{number:02}");
                let text = version(number).replace("2024-01-01", &day);
                place.build(&[place.file(&format!("{number}.ndjson"), text)]);
            }
            Index::compact(&place.index(), SchemaChoice::bundled()).unwrap();
        });
        let mut taken = 0;
        while !writer.is_finished() || taken == 0 {
            let elsewhere = Place::new();
            elsewhere.restore(&place.backup(), false).unwrap();
            let first = elsewhere.json("NCT00000000").unwrap();
            let title = first.split("version").nth(1).unwrap()[..1].to_owned();
            for number in 0..40 {
                let json = elsewhere.json(&format!("NCT{number:08}")).unwrap();
                assert!(json.contains(&format!("version{title}")), "{json}");
            }
            taken += 1;
        }
    });
}

#[test]
fn readers_open_while_rebuilds_are_swapped_in() {
    let place = Place::new();
    place.build(&[place.file("0.ndjson", many(0, 20, "before"))]);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for number in 1..6 {
                let options = BuildOptions {
                    rebuild: true,
                    ..BuildOptions::default()
                };
                let file = place.file(&format!("{number}.ndjson"), many(0, 20 + number, "after"));
                place.try_build(&[file], &options).unwrap();
            }
        });
        let mut opened = 0_u32;
        while !writer.is_finished() {
            let index = place.open();
            let trials = index.searcher().num_docs();
            assert!((20..26).contains(&trials), "{trials}");
            assert!(
                trialfind::index::commit_name(&place.index())
                    .unwrap()
                    .is_some()
            );
            opened += 1;
        }
        assert!(opened > 3, "{opened}");
    });
    assert_eq!(place.open().searcher().num_docs(), 25);
}

#[test]
fn files_that_are_whole_but_of_another_index_are_found_out() {
    let ours = Place::new();
    let theirs = Place::new();
    let text = many(0, 20, "theirs").replace("RECRUITING", "COMPLETED");
    for (place, text) in [(&ours, many(0, 20, "ours")), (&theirs, text)] {
        // One thread, so that both have their documents in the same order.
        let options = BuildOptions {
            threads: 1,
            ..BuildOptions::default()
        };
        let file = place.file("a.ndjson", text);
        place.try_build(&[file], &options).unwrap();
        Index::compact(&place.index(), SchemaChoice::bundled()).unwrap();
    }
    let file = |place: &Place, kind: &str| -> PathBuf {
        let entries = fs::read_dir(place.generation()).unwrap();
        let mut paths = entries.map(|entry| entry.unwrap().path());
        paths
            .find(|path| path.extension().is_some_and(|found| found == kind))
            .unwrap()
    };
    for (kind, what) in [("store", "hashes differ"), ("fast", "the column `")] {
        let (path, other) = (file(&ours, kind), file(&theirs, kind));
        let kept = fs::read(&path).unwrap();
        fs::copy(&other, &path).unwrap();
        let verification = ours.verify();
        let finding = verification
            .findings
            .iter()
            .find(|finding| finding.trial.as_deref() == Some("NCT00000011"));
        let finding = finding.unwrap_or_else(|| panic!("{kind}: {verification:?}"));
        let of_fast = finding.file.as_deref().unwrap().ends_with(".fast");
        assert!(
            finding.what.contains(what) || of_fast,
            "{kind}: {finding:?}"
        );
        assert!(verification.found >= 20, "{kind}: {verification:?}");
        fs::write(&path, kept).unwrap();
    }
    assert!(ours.verify().is_clean());
}
