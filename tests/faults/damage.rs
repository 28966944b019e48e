//! Files that were cut off or have other bits: `verify` names them, and no command panics over them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::{Dice, Place, is_long, lines, studies};

/// Bytes at the end of a file that tell of the file itself: a change there need not matter.
const FOOTER: usize = 160;

/// An index in two parts, one with deleted documents, and an older record.
fn prepare() -> Place {
    let place = Place::new();
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/records");
    place.must(&["index", "-q", corpus.to_str().unwrap()]);
    place.file("more.ndjson", lines(&studies(0..60, 1)));
    place.must(&["index", "-q", "more.ndjson"]);
    place.must(&["delete", "NCT00000007", "NCT03737461"]);
    place
}

/// One file of each kind that an index has.
fn one_of_each(place: &Place) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(place.generation())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| !path.to_string_lossy().ends_with(".lock"))
        .collect();
    paths.sort();
    let mut seen = Vec::new();
    paths.retain(|path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let kind = match name.ends_with(".json") {
            true => name,
            false => name.rsplit('.').next().unwrap().to_owned(),
        };
        let is_new = !seen.contains(&kind);
        seen.push(kind);
        is_new
    });
    paths.push(place.index().join("CURRENT"));
    paths
}

fn ends_well(output: &Output, what: &str) {
    let said = [output.stderr.as_slice(), &output.stdout].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(
        matches!(output.status.code(), Some(0..=2)) && !said.contains("panicked"),
        "{what}: {output:?}"
    );
    if output.status.code() == Some(2) {
        let names_a_way_out = ["verify", "restore", "--rebuild", "no index at"];
        assert!(
            names_a_way_out.iter().any(|way| said.contains(way)),
            "{what}: {said}"
        );
    }
}

#[test]
fn damaged_files_are_named_and_break_nothing() {
    let place = prepare();
    assert!(place.verify().is_clean());
    let mut dice = Dice::new();
    let paths = one_of_each(&place);
    let kinds: Vec<String> = paths
        .iter()
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(paths.len(), 10, "{kinds:?}");
    for path in paths {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let whole = fs::read(&path).unwrap();
        let mut damages: Vec<(String, Option<Vec<u8>>)> = vec![
            ("missing".into(), None),
            ("empty".into(), Some(Vec::new())),
            ("cut off".into(), Some(whole[..whole.len() / 2].to_vec())),
        ];
        let flips = if is_long() { 40 } else { 3 };
        for _ in 0..flips {
            let at = (dice.part() * whole.len() as f64) as usize;
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << (dice.next() % 8);
            damages.push((
                format!("other bits at {at} of {}", whole.len()),
                Some(bytes),
            ));
        }
        for (number, (damage, bytes)) in damages.into_iter().enumerate() {
            let what = format!("{name} {damage}");
            match &bytes {
                Some(bytes) => fs::write(&path, bytes).unwrap(),
                None => fs::remove_file(&path).unwrap(),
            }
            let verified = place.run(&["verify", "-q"]);
            ends_well(&verified, &what);
            let is_segment = !["json", "CURRENT"].iter().any(|end| name.ends_with(end));
            let in_body = !damage.starts_with("other bits")
                || bytes.is_some_and(|bytes| {
                    let at = bytes.iter().zip(&whole).position(|(a, b)| a != b);
                    at.is_some_and(|at| at + FOOTER < whole.len())
                });
            if is_segment && in_body {
                let said = String::from_utf8_lossy(&verified.stdout).into_owned();
                assert_eq!(verified.status.code(), Some(2), "{what}: {verified:?}");
                assert!(said.contains(&name), "{what}: {said}");
            }
            let commands = [
                &["search", "knee", "pain"][..],
                &["search", "--patient", "more.ndjson", "--format", "json"],
                &["show", "NCT00000011"],
                &["export", "--format", "csv"],
                &["info"],
                &["delete", "NCT99999999"],
                &["backup", "-"],
            ];
            for (place_of, arguments) in commands.into_iter().enumerate() {
                // In the short form some of them each time.
                if is_long() || (place_of + number) % 3 == 0 {
                    ends_well(&place.run(arguments), &format!("{what}: {arguments:?}"));
                }
            }
            fs::write(&path, &whole).unwrap();
        }
    }
    assert!(place.verify().is_clean(), "{:?}", place.verify());
}

#[test]
fn a_damaged_index_is_built_anew_or_restored() {
    let place = prepare();
    place.must(&["backup", "backup.tar.zst", "-q"]);
    for (damage, mend) in [
        (
            "CURRENT",
            &["restore", "backup.tar.zst", "--replace", "-q"][..],
        ),
        ("CURRENT", &["index", "--rebuild", "more.ndjson", "-q"]),
        (
            "meta.json",
            &["restore", "backup.tar.zst", "--replace", "-q"],
        ),
        ("meta.json", &["index", "--rebuild", "more.ndjson", "-q"]),
    ] {
        let path = match damage {
            "CURRENT" => place.index().join(damage),
            name => place.generation().join(name),
        };
        fs::write(&path, "generation-?").unwrap();
        let refused = place.run(&["index", "more.ndjson", "-q"]);
        assert_eq!(refused.status.code(), Some(2), "{refused:?}");
        ends_well(&refused, damage);
        place.must(mend);
        place.must(&["search", "arthroscopy"]);
        assert!(place.verify().is_clean(), "{:?}", place.verify());
    }
}
