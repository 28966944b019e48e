//! An index that an earlier version made, kept as it was: it is refused with the way out, and nothing of it is touched.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Place;

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => {
                found.insert(path.clone(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn an_index_of_an_older_format_says_what_to_do() {
    let place = Place::new();
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults/index_of_2026_11.tar.zst");
    let unpacked = zstd::stream::read::Decoder::new(fs::File::open(kept).unwrap()).unwrap();
    tar::Archive::new(unpacked).unpack(place.path(".")).unwrap();
    let before = files(&place.index());
    assert!(before.len() > 6);
    let record = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/records/xml/NCT00003936.xml");
    let record = record.to_str().unwrap();
    for arguments in [
        &["search", "pain"][..],
        &["show", "NCT00003936"],
        &["info"],
        &["index", record],
        &["delete", "NCT00003936"],
        &["compact"],
    ] {
        let output = place.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        assert!(
            said.contains("was made by trialfind 0.1.0 with other fields or analysis")
                && said.contains("trialfind index --rebuild PATH"),
            "{arguments:?}: {said}"
        );
    }
    let verified = place.run(&["verify", "-q"]);
    assert_eq!(verified.status.code(), Some(2), "{verified:?}");
    assert!(String::from_utf8_lossy(&verified.stdout).contains("other fields or analysis"));
    let mut after = files(&place.index());
    after.retain(|path, _| !path.to_string_lossy().ends_with(".lock"));
    let mut before = before;
    before.retain(|path, _| !path.to_string_lossy().ends_with(".lock"));
    assert!(after == before, "the older index was touched");
    // Its files can be put away, and the index be built anew.
    place.must(&["backup", "older.tar.zst", "-q"]);
    let refused = place.run(&["restore", "older.tar.zst", "--replace"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("other fields or analysis"));
    place.must(&["index", "--rebuild", record, "-q"]);
    place.must(&["show", "NCT00003936"]);
    assert!(place.verify().is_clean());
}
