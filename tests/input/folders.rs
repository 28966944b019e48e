//! Folders, links and things that are no files.
use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;

use trialfind::source::{Limits, Progress, Walked, measure, walk};

use crate::{items_under, line};

/// The items under paths relative to a new folder.
struct Place(tempfile::TempDir);

impl Place {
    fn new(files: &[(&str, &str)]) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            let path = place.0.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        place
    }

    fn paths(&self, names: &[&str]) -> Vec<PathBuf> {
        names
            .iter()
            .map(|name| {
                if name.is_empty() {
                    self.0.path().to_owned()
                } else {
                    self.0.path().join(name)
                }
            })
            .collect()
    }

    #[track_caller]
    fn check(&self, names: &[&str], expect: &[&str]) -> Walked {
        let (items, walked) = items_under(&self.paths(names), &Limits::default());
        let prefix = format!("{}/", self.0.path().display());
        let lines: Vec<_> = items
            .iter()
            .map(|item| line(item).replace(&prefix, ""))
            .collect();
        assert_eq!(lines, expect);
        walked
    }
}

#[test]
fn folders_are_read_in_order_and_hidden_names_passed_over() {
    let place = Place::new(&[
        ("b.txt", "b"),
        ("a/z.json", "{}"),
        ("a/B.json", "{}"),
        ("a/c/d.xml", "<clinical_study/>"),
        (".git/config", "x"),
        ("a/.DS_Store", "x"),
        ("__MACOSX/a", "x"),
    ]);
    let walked = place.check(
        &[""],
        &[
            "ok a/B.json: {}",
            "ok a/c/d.xml: <clinical_study/>",
            "ok a/z.json: {}",
            "ok b.txt: b",
        ],
    );
    assert_eq!(
        walked,
        Walked {
            files: 4,
            hidden: 3,
            repeated: 0,
            indexes: 0,
            stopped: false,
        }
    );
    place.check(&[".git/config"], &["ok .git/config: x"]);
    assert_eq!(measure(&place.paths(&[""])).files, 4);
}

#[test]
fn a_missing_path_is_named_and_the_others_go_in() {
    let place = Place::new(&[("a.json", "{}")]);
    place.check(
        &["nowhere", "a.json"],
        &["no nowhere: no such file or folder", "ok a.json: {}"],
    );
    assert_eq!(
        measure(&place.paths(&["nowhere", "a.json"])).missing,
        place.paths(&["nowhere"])
    );
}

#[test]
fn the_same_file_twice_is_read_once() {
    let place = Place::new(&[("a/a.json", "{}"), ("b.json", "{}")]);
    let walked = place.check(
        &["a", "a/a.json", "b.json", "b.json"],
        &["ok a/a.json: {}", "ok b.json: {}"],
    );
    assert_eq!((walked.files, walked.repeated), (2, 2));
}

#[test]
fn the_sink_ends_the_walk() {
    let place = Place::new(&[("a.json", "{}{}{}"), ("b.json", "{}")]);
    let mut seen = 0;
    let walked = walk(
        &place.paths(&[""]),
        &Limits::default(),
        &Progress::default(),
        &mut |_| {
            seen += 1;
            if seen == 2 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        },
    );
    assert!(walked.stopped);
    assert_eq!(seen, 2);
}

#[test]
fn names_cannot_write_to_the_terminal() {
    let place = Place::new(&[("a\u{1B}[31m.json", "{}")]);
    place.check(&[""], &["ok a\u{FFFD}[31m.json: {}"]);
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn links() {
        let place = Place::new(&[("a/x.json", "{}"), ("b/y.json", "{}")]);
        let root = place.0.path();
        symlink(root, root.join("a/loop")).unwrap();
        symlink("self", root.join("a/self")).unwrap();
        symlink(root.join("b"), root.join("a/to_b")).unwrap();
        symlink("nowhere", root.join("dangling")).unwrap();
        let walked = place.check(
            &[""],
            &[
                "no a/loop: the link leads back to a folder that contains it",
                "no a/self: the link leads back to a folder that contains it",
                "ok a/to_b/y.json: {}",
                "ok a/x.json: {}",
                "no dangling: the link points at nothing",
            ],
        );
        assert_eq!((walked.files, walked.repeated), (2, 1));
    }

    #[test]
    fn a_pipe_and_a_socket_are_not_opened() {
        let place = Place::new(&[("a.json", "{}")]);
        let pipe = place.0.path().join("pipe");
        if !std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .is_ok_and(|status| status.success())
        {
            println!("skipped: no mkfifo here");
            return;
        }
        let _socket =
            std::os::unix::net::UnixListener::bind(place.0.path().join("socket")).unwrap();
        place.check(
            &[""],
            &[
                "ok a.json: {}",
                "no pipe: it is a named pipe, not a file",
                "no socket: it is a socket, not a file",
            ],
        );
        place.check(&["pipe"], &["no pipe: it is a named pipe, not a file"]);
    }

    #[test]
    fn no_permission() {
        let place = Place::new(&[("a.json", "{}"), ("b/c.json", "{}"), ("d.json", "{}")]);
        let root = place.0.path();
        for name in ["a.json", "b"] {
            fs::set_permissions(root.join(name), fs::Permissions::from_mode(0o000)).unwrap();
        }
        if fs::read(root.join("a.json")).is_ok() {
            println!("skipped: this user may read everything");
        } else {
            place.check(
                &[""],
                &[
                    "no a.json: no permission to read it",
                    "no b: no permission to read it",
                    "ok d.json: {}",
                ],
            );
        }
        fs::set_permissions(root.join("b"), fs::Permissions::from_mode(0o755)).unwrap();
    }
}

/// An index in the folder that is read told each of its own files as a reject.
#[test]
fn an_index_among_the_records_is_passed_over() {
    let index = [
        ("CURRENT", "generation-2\n"),
        ("WRITER.lock", ""),
        ("generation-2/meta.json", "{}"),
        ("generation-2/0a.store", "x"),
    ];
    let mut files = vec![("a.json".to_owned(), "{}")];
    for folder in ["idx", "sub/idx"] {
        files.extend(index.map(|(name, text)| (format!("{folder}/{name}"), text)));
    }
    // A folder that has only one of the names may hold anything.
    files.push(("generation-1/b.json".to_owned(), "{}"));
    files.push(("notes/CURRENT".to_owned(), "{}"));
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), *text))
        .collect();
    let place = Place::new(&files);
    let walked = place.check(
        &[""],
        &[
            "ok a.json: {}",
            "ok generation-1/b.json: {}",
            "ok notes/CURRENT: {}",
        ],
    );
    assert_eq!((walked.files, walked.indexes), (3, 2));
    let measured = measure(&place.paths(&[""]));
    assert_eq!(measured.indexes, place.paths(&["idx", "sub/idx"]));
    place.check(
        &["idx"],
        &["no idx: it is an index of this program, not a folder of records"],
    );
}
