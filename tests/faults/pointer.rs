//! `CURRENT` gone or changed by hand: what the folders hold is found again or named, and never cleared away.

use std::fs;
use std::path::Path;

use crate::{Place, held, lines, open, studies};

/// An index of ten studies, in `generation-1`.
fn prepare() -> Place {
    let place = Place::new();
    place.file("1.ndjson", lines(&studies(0..10, 1)));
    place.file("2.ndjson", lines(&studies(10..12, 1)));
    place.must(&["index", "1.ndjson", "-q"]);
    assert_eq!(generations(&place), ["generation-1"]);
    place
}

fn generations(place: &Place) -> Vec<String> {
    let entries = fs::read_dir(place.index()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.starts_with("gen")).collect();
    names.sort();
    names
}

/// Another folder of the engine's files beside the current one.
fn copied(place: &Place, name: &str) {
    let to = place.index().join(name);
    fs::create_dir(&to).unwrap();
    for entry in fs::read_dir(place.index().join("generation-1")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

#[test]
fn an_index_whose_pointer_is_gone_is_found() {
    for gone in [&["CURRENT"][..], &["CURRENT", "WRITER.lock"]] {
        for work in [
            &["index", "2.ndjson", "-q"][..],
            &["delete", "NCT00000003"],
            &["compact", "-q"],
            &["backup", "all.tar.zst", "-q"],
        ] {
            let place = prepare();
            for name in gone {
                fs::remove_file(place.index().join(name)).unwrap();
            }
            // What a killed run left is no index.
            let left = place.index().join("generation-2");
            fs::create_dir(&left).unwrap();
            fs::write(left.join("0a.store"), "half").unwrap();
            let what = format!("{gone:?}: {work:?}");
            assert_eq!(held(&open(&place.index())), studies(0..10, 1), "{what}");
            place.must(work);
            let mut expected = studies(0..10, 1);
            match work[0] {
                "index" => expected.extend(studies(10..12, 1)),
                "delete" => drop(expected.remove("NCT00000003")),
                _ => {}
            }
            assert_eq!(held(&open(&place.index())), expected, "{what}");
            assert!(place.verify().is_clean(), "{what}");
            if work[0] != "backup" {
                assert_eq!(generations(&place), ["generation-1"], "{what}");
                assert_eq!(place.generation(), place.index().join("generation-1"));
            }
        }
    }
}

#[test]
fn where_it_is_unclear_which_folder_is_the_index_nothing_is_touched() {
    type Damage = fn(&Place);
    let damages: [(&str, Damage, &[&str]); 5] = [
        (
            "two folders with records, and nothing names one",
            |place| {
                copied(place, "generation-2");
                fs::remove_file(place.index().join("CURRENT")).unwrap();
            },
            &["is missing", "echo generation-1 > ", "`generation-2`"],
        ),
        (
            "a folder that cannot be read",
            |place| {
                fs::write(place.generation().join("meta.json"), "{\"seg").unwrap();
                fs::remove_file(place.index().join("CURRENT")).unwrap();
            },
            &["is missing", "generation-1"],
        ),
        (
            "the name of another folder",
            |place| fs::write(place.index().join("CURRENT"), "generation-7\n").unwrap(),
            &["names `generation-7`, which is not there", "generation-1"],
        ),
        (
            "nothing in it",
            |place| fs::write(place.index().join("CURRENT"), "").unwrap(),
            &["names no folder", "generation-1"],
        ),
        (
            "anything in it",
            |place| fs::write(place.index().join("CURRENT"), "\u{1b}[2J?".repeat(9_999)).unwrap(),
            &["names no folder", "generation-1"],
        ),
    ];
    for (name, damage, expect) in damages {
        let place = prepare();
        damage(&place);
        let before = generations(&place);
        for arguments in [
            &["index", "2.ndjson", "-q"][..],
            &["search", "knee"],
            &["compact"],
            &["delete", "NCT00000003"],
            &["verify"],
            &["backup", "-"],
        ] {
            let output = place.run(arguments);
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{name}: {arguments:?}");
            for words in expect {
                assert!(said.contains(words), "{name}: {arguments:?}: {said}");
            }
            assert!(said.len() < 1_000 && !said.contains('\u{1b}'), "{said}");
            assert_eq!(generations(&place), before, "{name}: {arguments:?}");
        }
        // What the message says helps, where the folder is whole.
        fs::write(place.index().join("CURRENT"), "generation-1\n").unwrap();
        if !name.contains("cannot be read") {
            place.must(&["verify", "-q"]);
            assert_eq!(held(&open(&place.index())), studies(0..10, 1), "{name}");
        }
        place.must(&["index", "--rebuild", "1.ndjson", "-q"]);
        assert_eq!(generations(&place).len(), 1, "{name}");
    }
}

/// It was told as `Is a directory (os error 21)`, without a way out.
#[test]
fn a_pointer_that_is_a_folder_is_told_with_what_to_do() {
    let place = prepare();
    let pointer = place.index().join("CURRENT");
    fs::remove_file(&pointer).unwrap();
    fs::create_dir(&pointer).unwrap();
    for arguments in [
        &["search", "knee"][..],
        &["index", "2.ndjson", "-q"],
        &["index", "--rebuild", "1.ndjson", "-q"],
    ] {
        let output = place.run(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        for words in [
            "is a folder, which has to be moved away",
            "echo generation-1 > ",
        ] {
            assert!(said.contains(words), "{arguments:?}: {said}");
        }
    }
    assert!(pointer.is_dir(), "nothing is cleared away");
    fs::rename(&pointer, place.path("away")).unwrap();
    fs::write(&pointer, "generation-1\n").unwrap();
    assert_eq!(held(&open(&place.index())), studies(0..10, 1));
    // With nothing beside it there is nothing to name.
    let place = Place::new();
    fs::create_dir_all(place.index().join("CURRENT")).unwrap();
    let output = place.run(&["search", "knee"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("`CURRENT` is a folder"), "{said}");
}

#[test]
fn a_restore_that_was_killed_is_no_index() {
    // The engine's list of what is committed comes last: what a kill leaves is everything else.
    let place = prepare();
    let generation = place.generation();
    fs::rename(
        generation.join("meta.json"),
        generation.join("meta.json.new"),
    )
    .unwrap();
    fs::remove_file(place.index().join("CURRENT")).unwrap();
    let output = place.run(&["search", "knee"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("no index at"), "{said}");
    place.must(&["index", "2.ndjson", "-q"]);
    assert_eq!(held(&open(&place.index())), studies(10..12, 1));
}

#[test]
fn what_is_no_folder_is_no_place_for_an_index() {
    let place = Place::new();
    place.file("1.ndjson", lines(&studies(0..10, 1)));
    place.file("a-file", "precious");
    std::os::unix::fs::symlink("nowhere", place.path("a-link")).unwrap();
    for name in ["a-file", "a-link"] {
        let output = place.run(&["index", "1.ndjson", "--index", name]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(said.contains("an index is a folder"), "{name}: {said}");
    }
    assert_eq!(fs::read(place.path("a-file")).unwrap(), b"precious");
    assert!(!Path::new(&place.path("nowhere")).exists());
}
