//! What the system refuses: room, permission, a second writer.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use crate::{Held, Place, held, lines, open, studies};

/// Runs the program where no file may be longer than some kilobytes: writing on fails as on a full disk.
fn in_little_room(place: &Place, kilobytes: u32, arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_trialfind");
    let script = format!("trap '' XFSZ; ulimit -f {kilobytes}; exec {program} \"$@\"");
    let mut command = Command::new("bash");
    command
        .current_dir(place.path("."))
        .env("TRIALFIND_INDEX", place.index())
        .args(["-c", &script, "bash"])
        .args(arguments);
    command.output().unwrap()
}

#[test]
fn a_full_disk_is_said_and_costs_nothing() {
    let place = Place::new();
    place.file("1.ndjson", lines(&studies(0..100, 1)));
    place.file("2.ndjson", lines(&studies(50..900, 2)));
    place.must(&["index", "1.ndjson", "-q"]);
    place.must(&["backup", "first.tar.zst", "-q"]);
    place.must(&["delete", "NCT00000001", "NCT00000050", "NCT00000099"]);
    let before = held(&open(&place.index()));
    assert_eq!(before.len(), 97);
    for (kilobytes, arguments) in [
        (8, &["index", "2.ndjson", "-q"][..]),
        (1, &["index", "2.ndjson", "-q"]),
        (8, &["index", "--rebuild", "2.ndjson", "-q"]),
        (4, &["compact", "-q"]),
        (1, &["compact", "-q"]),
        (1, &["delete", "NCT00000002", "NCT00000003"]),
        (4, &["restore", "first.tar.zst", "--replace", "-q"]),
        (2, &["backup", "second.tar.zst", "-q"]),
        (2, &["export", "-o", "out.ndjson"]),
        (2, &["export", "--format", "csv", "-o", "out.csv"]),
    ] {
        let output = in_little_room(&place, kilobytes, arguments);
        let what = format!("{arguments:?} in {kilobytes} kB");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if arguments[0] == "delete" && output.status.success() {
            // A deletion may need less.
            place.must(&["restore", "first.tar.zst", "--replace", "-q"]);
            place.must(&["delete", "NCT00000001", "NCT00000050", "NCT00000099"]);
            continue;
        }
        assert_eq!(output.status.code(), Some(2), "{what}: {output:?}");
        let is_said = ["no space left", "File too large", "file too large"];
        assert!(
            is_said.iter().any(|words| said.contains(words)),
            "{what}: {said}"
        );
        assert!(
            !said.contains("panicked") && !said.contains("fault"),
            "{what}: {said}"
        );
        if let Some(file) = arguments
            .iter()
            .find(|name| name.contains("second") || name.starts_with("out."))
        {
            assert!(
                said.contains(&format!("cannot write `{file}`")),
                "{what}: {said}"
            );
            assert!(
                said.matches("os error").count() <= 1
                    && said.contains("hint:")
                    && !said.contains(".trialfind-"),
                "{what}: {said}"
            );
        }
        assert_eq!(held(&open(&place.index())), before, "{what}");
        let verification = place.verify();
        assert!(verification.is_clean(), "{what}: {verification:?}");
    }
    for name in ["second.tar.zst", "out.ndjson", "out.csv"] {
        assert!(!place.path(name).exists(), "{name}");
    }
    let left = fs::read_dir(place.path(".")).unwrap();
    let left = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let left: Vec<String> = left.filter(|name| name.starts_with('.')).collect();
    assert!(left.is_empty(), "{left:?}");
    // With room again the same commands go through.
    place.must(&["index", "2.ndjson", "-q"]);
    let verification = place.verify();
    assert!(
        verification.is_clean() && verification.leftovers.is_empty(),
        "{verification:?}"
    );
    let mut after: Held = before;
    after.extend(studies(50..900, 2));
    assert_eq!(held(&open(&place.index())), after);
}

/// The segment that a record did not fit into was written nevertheless, half with that record, and the engine panicked.
#[test]
fn a_disk_that_fills_up_under_a_record_is_said_and_is_no_fault() {
    let place = Place::new();
    place.file("many.ndjson", lines(&studies(0..3_000, 1)));
    for rebuild in [&[][..], &["--rebuild"]] {
        // Enough for an index without records, and for less than what is stored of these.
        let arguments = [&["index", "many.ndjson", "-q"], rebuild].concat();
        let output = in_little_room(&place, 64, &arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{rebuild:?}: {output:?}");
        assert!(said.contains("no space left"), "{rebuild:?}: {said}");
        match rebuild {
            [] => {
                let left = fs::read_dir(place.index()).unwrap();
                let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
                assert_eq!(left, ["WRITER.lock"]);
                place.file("few.ndjson", lines(&studies(0..10, 1)));
                place.must(&["index", "few.ndjson", "-q"]);
            }
            _ => assert_eq!(held(&open(&place.index())), studies(0..10, 1)),
        }
    }
    let verification = place.verify();
    assert!(
        verification.is_clean() && verification.leftovers.is_empty(),
        "{verification:?}"
    );
}

#[test]
fn a_full_device_behind_standard_output_is_an_error() {
    let place = Place::new();
    place.file("1.ndjson", lines(&studies(0..100, 1)));
    place.must(&["index", "1.ndjson", "-q"]);
    if !Path::new("/dev/full").exists() {
        println!("left out: this system has no /dev/full");
        return;
    }
    for arguments in [
        &["export"][..],
        &["export", "--format", "csv"],
        &["backup", "-"],
    ] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = place.command(arguments).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
    }
}

/// Another user's command, if this one may become that user.
fn as_nobody(place: &Place, arguments: &[&str]) -> Option<Output> {
    let program = env!("CARGO_BIN_EXE_trialfind");
    let tried = |arguments: &[&str]| {
        let mut command = Command::new("setpriv");
        command
            .current_dir("/")
            .args([
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                "--",
                program,
            ])
            .arg("--index")
            .arg(place.index())
            .args(arguments);
        command.output()
    };
    match tried(&["--version"]) {
        Ok(output) if output.status.success() => Some(tried(arguments).unwrap()),
        _ => {
            println!("left out: this user cannot run {program} as another");
            None
        }
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn another_users_index_can_be_searched_and_not_written() {
    let place = Place::new();
    place.file("1.ndjson", lines(&studies(0..20, 1)));
    place.must(&["index", "1.ndjson", "-q"]);
    place.must(&["compact", "-q"]);
    set_mode(&place.path("."), 0o755);
    let reads: [&[&str]; 4] = [
        &["search", "arthroscopy"],
        &["show", "NCT00000003"],
        &["verify", "-q"],
        &["export"],
    ];
    for arguments in reads {
        let Some(output) = as_nobody(&place, arguments) else {
            return;
        };
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {output:?}");
    }
    let writes: [&[&str]; 3] = [
        &["delete", "NCT00000003"],
        &["compact"],
        &["index", "/etc/hostname"],
    ];
    for arguments in writes {
        let output = as_nobody(&place, arguments).unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        assert!(
            said.contains("no permission to use"),
            "{arguments:?}: {said}"
        );
    }
    // Files that may not be read are named.
    let store = fs::read_dir(place.generation())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|kind| kind == "store"))
        .unwrap();
    set_mode(&store, 0o600);
    let output = as_nobody(&place, &["search", "arthroscopy"]).unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(
        said.contains("no permission to use") && said.contains(".store"),
        "{said}"
    );
    let output = as_nobody(&place, &["verify", "-q"]).unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        said.contains(".store") && said.contains("permissions") && !said.contains("restore"),
        "{said}"
    );
    let output = as_nobody(&place, &["backup", "-"]).unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("no permission to use") && said.contains(".store"),
        "{said}"
    );
}

#[test]
fn a_second_writer_is_told_and_readers_are_not_disturbed() {
    let place = Place::new();
    place.file("1.ndjson", lines(&studies(0..20, 1)));
    place.must(&["index", "1.ndjson", "-q"]);
    place.must(&["backup", "b.tar.zst", "-q"]);
    let lock = File::open(place.index().join("WRITER.lock")).unwrap();
    lock.lock().unwrap();
    let writes: [&[&str]; 5] = [
        &["index", "1.ndjson"],
        &["index", "--rebuild", "1.ndjson"],
        &["delete", "NCT00000001"],
        &["compact"],
        &["restore", "b.tar.zst", "--replace"],
    ];
    for arguments in writes {
        let output = place.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        assert!(
            said.contains("another process is writing"),
            "{arguments:?}: {said}"
        );
    }
    for arguments in [
        &["search", "arthroscopy"][..],
        &["verify", "-q"],
        &["export"],
    ] {
        place.must(arguments);
    }
    place.must(&["backup", "c.tar.zst"]);
    drop(lock);
    place.must(&["delete", "NCT00000001"]);
}
