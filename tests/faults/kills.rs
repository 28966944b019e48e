//! Kill -9 at random points of whatever writes. Afterwards the index holds the records of the last commit that was acknowledged,
//! or of the one in flight, whole; it verifies clean, and the next run goes through and clears up.

use std::process::Stdio;
use std::time::{Duration, Instant};

use trialfind::index::{Index, IndexError, SchemaChoice};

use crate::{Dice, Held, Place, held, is_long, lines, open, studies};

/// Something that writes.
struct Work {
    name: &'static str,
    arguments: &'static [&'static str],
    /// Whether there is an index before.
    has_index: bool,
    /// What the index holds when it is done.
    after: fn() -> Held,
}

fn before() -> Held {
    studies(0..250, 1)
}

fn updated() -> Held {
    let mut held = before();
    held.extend(studies(100..400, 2));
    held
}

fn without_some() -> Held {
    let mut held = before();
    held.retain(|id, _| !["NCT00000003", "NCT00000004", "NCT00000249"].contains(&id.as_str()));
    held
}

const WORKS: [Work; 6] = [
    Work {
        name: "a first index",
        arguments: &["index", "new.ndjson", "-q"],
        has_index: false,
        after: || studies(100..400, 2),
    },
    Work {
        name: "an update",
        arguments: &["index", "new.ndjson", "-q"],
        has_index: true,
        after: updated,
    },
    Work {
        name: "a deletion",
        arguments: &["delete", "NCT00000003", "NCT00000004", "NCT00000249"],
        has_index: true,
        after: without_some,
    },
    Work {
        name: "compacting",
        arguments: &["compact", "-q"],
        has_index: true,
        after: before,
    },
    Work {
        name: "a rebuild",
        arguments: &["index", "--rebuild", "new.ndjson", "-q"],
        has_index: true,
        after: || studies(100..400, 2),
    },
    Work {
        name: "a restore",
        arguments: &["restore", "backup.tar.zst", "--replace", "-q"],
        has_index: true,
        after: || studies(0..30, 3),
    },
];

/// A place with the inputs of all works, an index if there is to be one, and leftovers of nobody.
fn prepare(work: &Work) -> Place {
    let place = Place::new();
    place.file("new.ndjson", lines(&studies(100..400, 2)));
    if work.arguments[0] == "restore" {
        place.file("other.ndjson", lines(&studies(0..30, 3)));
        place.must(&["index", "other.ndjson", "-q", "--index", "other"]);
        place.must(&["backup", "backup.tar.zst", "-q", "--index", "other"]);
    }
    if work.has_index {
        // Two commits, so that there is something to compact.
        place.file("1.ndjson", lines(&studies(0..120, 1)));
        place.file("2.ndjson", lines(&before()));
        place.must(&["index", "1.ndjson", "-q"]);
        place.must(&["index", "2.ndjson", "-q"]);
        assert_eq!(held(&open(&place.index())), before());
    }
    place
}

/// Whether the work was done before it was killed.
fn killed_after(place: &Place, work: &Work, delay: Duration) -> bool {
    let mut child = place
        .command(work.arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(delay);
    child.kill().unwrap();
    child.wait().unwrap().success()
}

fn check(place: &Place, work: &Work, done: bool, what: &str) -> bool {
    let before = before();
    let after = (work.after)();
    let is_new = match Index::open(&place.index(), SchemaChoice::bundled()) {
        Err(IndexError::Missing(_)) if !work.has_index => {
            assert!(!done, "{what}: it was acknowledged and is not there");
            false
        }
        Err(error) => panic!("{what}: {error}"),
        Ok(_) => {
            let held = held(&open(&place.index()));
            let is_new = held == after;
            assert!(
                is_new || (held == before && work.has_index && !done),
                "{what}: {} records, which are those of no commit",
                held.len()
            );
            let verification = place.verify();
            assert!(verification.is_clean(), "{what}: {verification:?}");
            is_new
        }
    };
    // The next run needs no help.
    place.file("one.ndjson", lines(&studies(500..501, 1)));
    place.must(&["index", "one.ndjson", "-q"]);
    let verification = place.verify();
    assert!(
        verification.is_clean() && verification.leftovers.is_empty(),
        "{what}: {verification:?}"
    );
    let mut expected = match (is_new, work.has_index) {
        (true, _) => after,
        (false, true) => before,
        (false, false) => Held::new(),
    };
    expected.extend(studies(500..501, 1));
    assert_eq!(held(&open(&place.index())).len(), expected.len(), "{what}");
    is_new
}

#[test]
fn a_kill_at_any_moment_loses_no_commit() {
    let rounds = if is_long() { 40 } else { 2 };
    let mut dice = Dice::new();
    for work in &WORKS {
        let place = prepare(work);
        let started = Instant::now();
        place.must(work.arguments);
        let whole = started.elapsed();
        assert!(check(&place, work, true, work.name));
        let (mut new, mut kills) = (0, 0);
        for round in 0..rounds {
            let place = prepare(work);
            let delay = whole.mul_f64(dice.part() * 1.05);
            let what = format!("{} killed after {delay:?} of {whole:?}", work.name);
            let done = killed_after(&place, work, delay);
            kills += u32::from(!done);
            new += u32::from(check(&place, work, done, &what));
            if round % 10 == 9 {
                println!("{}: {} rounds", work.name, round + 1);
            }
        }
        println!(
            "{}: {whole:?} undisturbed; of {rounds} rounds {kills} were killed, {new} hold the new commit",
            work.name
        );
    }
}
