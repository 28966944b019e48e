//! Files that commands write: what is there and no file stays what it is, and inputs are not written over.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::{FileTypeExt, symlink};
use std::process::Command;
use std::thread;

use crate::{Place, lines, studies};

fn prepare() -> Place {
    let place = Place::new();
    place.file("1.ndjson", lines(&studies(0..10, 1)));
    place.must(&["index", "1.ndjson", "-q"]);
    place
}

#[test]
fn what_is_no_file_is_written_to_and_stays() {
    let place = prepare();
    let whole = place.must(&["export"]).stdout;
    let made = Command::new("mkfifo").arg(place.path("pipe")).status();
    assert!(made.unwrap().success());
    let path = place.path("pipe");
    let reader = thread::spawn(move || {
        let mut read = Vec::new();
        File::open(path).unwrap().read_to_end(&mut read).unwrap();
        read
    });
    place.must(&["export", "-o", "pipe"]);
    assert_eq!(reader.join().unwrap(), whole);
    let kind = fs::symlink_metadata(place.path("pipe")).unwrap();
    assert!(kind.file_type().is_fifo());

    place.file("far.ndjson", "earlier");
    symlink("far.ndjson", place.path("link.ndjson")).unwrap();
    place.must(&["export", "-o", "link.ndjson"]);
    assert_eq!(fs::read(place.path("far.ndjson")).unwrap(), whole);
    let link = fs::symlink_metadata(place.path("link.ndjson")).unwrap();
    assert!(link.is_symlink());
}

#[test]
fn rejects_are_not_read_while_they_are_written() {
    let place = prepare();
    fs::create_dir(place.path("records")).unwrap();
    place.file("records/bad.ndjson", "{\"a\":1}\n".repeat(500));
    let arguments = ["index", "records", "--rejects", "records/zz.ndjson", "-q"];
    for rejects in [500, 1_000] {
        // The second run finds those of the first among its inputs.
        let output = place.run(&arguments);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let written = fs::read_to_string(place.path("records/zz.ndjson")).unwrap();
        assert_eq!(written.lines().count(), rejects);
    }
}

#[test]
fn rejects_do_not_take_the_place_of_records() {
    let place = prepare();
    let before = fs::read(place.path("1.ndjson")).unwrap();
    let output = place.run(&["index", "1.ndjson", "--rejects", "1.ndjson"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("is no list of rejects"), "{said}");
    assert_eq!(fs::read(place.path("1.ndjson")).unwrap(), before);
    for there in ["", "{\"path\":\"a\",\"reason\":\"b\"}\n"] {
        place.file("rejects.ndjson", there);
        place.must(&["index", "1.ndjson", "--rejects", "rejects.ndjson"]);
        assert_eq!(fs::read(place.path("rejects.ndjson")).unwrap(), b"");
    }
}

/// `index .` with the index inside told each file of its own index as a reject.
#[test]
fn an_index_in_the_folder_that_is_read_is_no_input() {
    let place = Place::new();
    place.file("1.ndjson", lines(&studies(0..10, 1)));
    for (arguments, told) in [
        (&["index", "."][..], false),
        (&["index", "."], true),
        (&["index", "--rebuild", "."], true),
    ] {
        let output = place.must(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!said.contains("rejected"), "{arguments:?}: {said}");
        let note = "note: `./index` is an index and is passed over";
        assert_eq!(said.contains(note), told, "{arguments:?}: {said}");
    }
    let output = place.run(&["index", "index"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("it is an index of this program"), "{said}");
}
