//! Data flows one way: no room uses a room of a higher floor. The floors are those of the map in `src/lib.rs`.
#![expect(
    clippy::unwrap_used,
    reason = "what the tests share fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// Rooms from the ground up.
const FLOORS: &[(&str, u8)] = &[
    ("trial", 1),
    ("analysis", 1),
    ("place", 1),
    ("source", 2),
    ("schema", 2),
    ("query", 2),
    ("narrative", 2),
    ("passage", 2),
    ("index", 3),
    ("search", 4),
    ("render", 5),
    ("evaluate", 5),
    ("fetch", 5),
    ("server", 6),
    ("cli", 7),
];

fn floor(room: &str) -> Option<u8> {
    FLOORS
        .iter()
        .find(|(name, _)| *name == room)
        .map(|(_, floor)| *floor)
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The rooms that a text names by `crate::ROOM` or, in a list, `crate::{ROOM::..., ROOM::...}`.
fn rooms_named(text: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    for (place, _) in text.match_indices("crate::") {
        let rest = &text[place + "crate::".len()..];
        let word = |text: &str| {
            text.chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect::<String>()
        };
        match rest.strip_prefix('{') {
            None => rooms.push(word(rest)),
            Some(list) => {
                let (mut depth, mut start) = (0, true);
                for (place, c) in list.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => start = true,
                        c if start && c.is_alphabetic() => {
                            rooms.push(word(&list[place..]));
                            start = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    rooms
}

#[test]
fn no_room_uses_a_higher_floor() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&source, &mut files);
    let mut edges = 0;
    for file in files {
        let inside = file.strip_prefix(&source).unwrap();
        let own = inside
            .components()
            .next()
            .unwrap()
            .as_os_str()
            .to_string_lossy()
            .into_owned();
        let Some(own_floor) = floor(&own) else {
            assert!(
                ["lib.rs", "main.rs"].contains(&own.as_str()),
                "`{own}` has no floor: give it one here and on the map"
            );
            continue;
        };
        for room in rooms_named(&fs::read_to_string(&file).unwrap()) {
            let Some(floor) = floor(&room) else { continue };
            edges += 1;
            assert!(
                floor <= own_floor,
                "{} (floor {own_floor}) uses `{room}` (floor {floor})",
                inside.display()
            );
        }
    }
    assert!(
        edges > 50,
        "only {edges} uses were found: does this test still read the code?"
    );
}

#[test]
fn every_room_is_on_the_map() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let map = fs::read_to_string(source.join("lib.rs")).unwrap();
    for entry in fs::read_dir(&source).unwrap() {
        let entry = entry.unwrap();
        let room = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            assert!(floor(&room).is_some(), "`{room}` has no floor");
            assert!(
                map.contains(&format!("[`{room}`]")),
                "`{room}` is not on the map in src/lib.rs"
            );
        }
    }
}

#[test]
fn lists_of_rooms_are_read() {
    assert_eq!(
        rooms_named("use crate::{trial::Study, search::{Hit, Hits}};"),
        ["trial", "search"]
    );
    assert_eq!(rooms_named("let x = crate::index::Index;"), ["index"]);
}

/// Names of the crates that a section of `Cargo.toml` lists.
fn crates(manifest: &str, section: &str) -> Vec<String> {
    manifest
        .lines()
        .skip_while(|line| *line != section)
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, _)| name.trim().to_owned())
        .collect()
}

#[test]
fn the_readme_says_what_each_dependency_is_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let (_, table) = readme.split_once("| crate | for |").unwrap();
    let (table, _) = table.split_once("\n\n").unwrap();
    let named: Vec<&str> = table
        .lines()
        .filter_map(|row| row.split('|').nth(1))
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .collect();
    let mut known = crates(&manifest, "[dependencies]");
    known.extend(crates(&manifest, "[dev-dependencies]"));
    assert!(known.len() > 40, "{known:?}");
    let missing: Vec<&String> = known
        .iter()
        .filter(|name| !named.contains(&name.as_str()))
        .collect();
    assert!(missing.is_empty(), "no word on {missing:?} in the README");
    let gone: Vec<&&str> = named
        .iter()
        .filter(|name| !known.iter().any(|known| known == *name))
        .collect();
    assert!(
        gone.is_empty(),
        "the README names {gone:?}, which Cargo.toml does not"
    );
}
