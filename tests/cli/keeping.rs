//! `export`, `delete`, `compact`, `verify`, `backup` and `restore` as their users meet them.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use assert_cmd::Command;

use crate::{FOLDER, code, copy, run, text, trialfind};

/// A folder with an index of its own.
fn folder(name: &str) -> PathBuf {
    let folder = FOLDER.join(name);
    let _ = fs::remove_dir_all(&folder);
    copy(&FOLDER.join("index"), &folder.join("index"));
    folder
}

#[test]
fn an_export_has_every_record_as_it_came() {
    let exported = code(&run(&["export"]), 0);
    let ids = code(&run(&["search", "--sort", "id", "--format", "ids"]), 0);
    assert_eq!(exported.lines().count(), ids.lines().count());
    for (line, id) in exported.lines().zip(ids.lines()) {
        let shown = code(&run(&["show", id, "--format", "json"]), 0);
        let flat: String = shown.lines().map(str::trim_start).collect();
        let flat = if shown.contains('\n') { flat } else { shown };
        assert_eq!(line, flat, "{id}");
    }
    // What was exported makes the same index again.
    let folder = FOLDER.join("again");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("all.ndjson"), &exported).unwrap();
    code(&trialfind(&folder, &["index", "all.ndjson", "-q"]), 0);
    assert_eq!(code(&trialfind(&folder, &["export"]), 0), exported);
}

#[test]
fn an_export_of_a_search_is_what_the_search_finds() {
    let words = ["intradiscal", "BM-MSC", "--phase", "1,2", "-surgery"];
    let with = |head: &[&str], tail: &[&str]| {
        let arguments: Vec<&str> = [head, &words, tail].concat();
        code(&run(&arguments), 0)
    };
    let rows = |csv: &str| -> BTreeSet<String> { csv.lines().map(str::to_owned).collect() };
    let found = with(&["search"], &["--format", "csv"]);
    let exported = with(&["export"], &["--format", "csv"]);
    assert!(exported.lines().count() > 2);
    assert_eq!(rows(&exported), rows(&found));
    let lines = with(&["export"], &[]);
    assert_eq!(lines.lines().count() + 1, exported.lines().count());

    let file = FOLDER.join("export.csv");
    fs::write(&file, "as it was").unwrap();
    let path = file.to_str().unwrap();
    let wrong = run(&["export", "titel:x", "--format", "csv", "-o", path]);
    assert!(text(&wrong.stderr).contains('^'), "{wrong:?}");
    code(&wrong, 2);
    assert_eq!(fs::read_to_string(&file).unwrap(), "as it was");
    let arguments = ["export", "--phase", "1", "--format", "csv", "-o", path];
    let output = run(&arguments);
    assert_eq!(code(&output, 0), "");
    assert!(
        text(&output.stderr).ends_with(&format!("in {path}\n")),
        "{output:?}"
    );
    assert!(fs::read_to_string(&file).unwrap().starts_with("id,title,"));
    code(&run(&["export", "zzzqqq"]), 1);
    code(&run(&["export", "-o", "/nowhere/at/all.ndjson"]), 2);
}

#[test]
fn deleting_says_what_became_of_each_id() {
    let folder = folder("deleting");
    let output = trialfind(&folder, &["delete", "NCT03737461", "NCT99999999"]);
    let said = code(&output, 1);
    assert!(
        said.contains("1 trial deleted") && said.contains("NCT99999999"),
        "{said}"
    );
    let mut command = Command::new(env!("CARGO_BIN_EXE_trialfind"));
    command
        .current_dir(&folder)
        .args(["delete", "-", "--index", "index", "--format", "json"])
        .write_stdin("NCT00003936\n\n NCT01290367 \n");
    let output = command.output().unwrap();
    let json: serde_json::Value = serde_json::from_str(&code(&output, 0)).unwrap();
    assert_eq!(json["deleted"].as_array().unwrap().len(), 2);
    assert_eq!(json["trials"], 41);
    code(&trialfind(&folder, &["show", "NCT03737461"]), 1);

    let said = code(&trialfind(&folder, &["compact"]), 0);
    assert!(
        said.contains("given back") && said.contains("41 trials"),
        "{said}"
    );
    let said = code(&trialfind(&folder, &["compact"]), 0);
    assert!(said.contains("compact already"), "{said}");
}

#[test]
fn verify_names_the_file_and_the_way_out() {
    let folder = folder("verifying");
    let said = code(&trialfind(&folder, &["verify"]), 0);
    assert!(said.starts_with("Nothing is wrong: 44 trials"), "{said}");
    let store = fs::read_dir(folder.join("index/generation-1"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|kind| kind == "store"))
        .unwrap();
    let mut bytes = fs::read(&store).unwrap();
    bytes[1000] ^= 1;
    fs::write(&store, bytes).unwrap();
    let name = store.file_name().unwrap().to_str().unwrap();
    let said = code(&trialfind(&folder, &["verify"]), 2);
    assert!(
        said.contains(name) && said.contains("trialfind restore FILE --replace"),
        "{said}"
    );
    let said = code(&trialfind(&folder, &["verify", "--format", "json"]), 2);
    let json: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(json["findings"][0]["file"], name);
    assert_eq!(json["found"], 1);
    // A damaged index makes no backup.
    let output = trialfind(&folder, &["backup", "b.tar.zst"]);
    assert!(text(&output.stderr).contains(name), "{output:?}");
    code(&output, 2);
    assert!(!folder.join("b.tar.zst").exists());
}

#[test]
fn a_backup_goes_through_a_file_or_a_pipe() {
    let folder = folder("backing_up");
    let said = code(&trialfind(&folder, &["backup", "b.tar.zst"]), 0);
    assert!(said.contains("trials") && said.contains("44"), "{said}");
    let again = trialfind(&folder, &["backup", "b.tar.zst"]);
    assert!(text(&again.stderr).contains("--replace"), "{again:?}");
    code(&again, 2);
    code(
        &trialfind(&folder, &["backup", "b.tar.zst", "--replace"]),
        0,
    );

    let refused = trialfind(&folder, &["restore", "b.tar.zst"]);
    assert!(text(&refused.stderr).contains("--replace"), "{refused:?}");
    code(&refused, 2);
    code(
        &trialfind(&folder, &["restore", "b.tar.zst", "--replace"]),
        0,
    );
    let piped = trialfind(&folder, &["backup", "-"]);
    assert_eq!(piped.status.code(), Some(0));
    let mut command = Command::new(env!("CARGO_BIN_EXE_trialfind"));
    command
        .current_dir(&folder)
        .args(["restore", "-", "--index", "other", "--format", "json"])
        .write_stdin(piped.stdout);
    let json: serde_json::Value =
        serde_json::from_str(&code(&command.output().unwrap(), 0)).unwrap();
    assert_eq!(json["trials"], 44);
    let all = trialfind(&folder, &["export", "--index", "other"]);
    assert_eq!(all.stdout, run(&["export"]).stdout);
    let wrong = trialfind(&folder, &["restore", "index/CURRENT", "--index", "third"]);
    assert!(
        text(&wrong.stderr).contains("is no whole backup"),
        "{wrong:?}"
    );
    code(&wrong, 2);
}
