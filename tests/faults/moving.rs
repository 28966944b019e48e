//! Searches while the index changes under them: every answer is from one commit, and no reader meets an error.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use trialfind::index::{BuildOptions, Index, Progress, SchemaChoice};

use crate::{Held, Place, held, is_long, lines, open, studies, study};

/// What a writer does in one commit.
#[derive(Clone, Debug)]
enum Change {
    /// Trials from here on, so many, get a record of a new version.
    Update(u32, u32),
    /// Trials from here on, so many, go.
    Delete(u32, u32),
    Compact,
    /// The index is made anew of the trials below this number.
    Rebuild(u32),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = prop_oneof![
        4 => (0_u32..60, 1_u32..60).prop_map(|(from, number)| Change::Update(from, number)),
        2 => (0_u32..60, 1_u32..20).prop_map(|(from, number)| Change::Delete(from, number)),
        1 => Just(Change::Compact),
        1 => (10_u32..60).prop_map(Change::Rebuild),
    ];
    prop::collection::vec(change, 4..9)
}

fn build(place: &Place, records: &Held, rebuild: bool) {
    let file = place.file("next.ndjson", lines(records));
    let options = BuildOptions {
        rebuild,
        ..BuildOptions::default()
    };
    let schema = SchemaChoice::bundled();
    Index::build(
        &place.index(),
        schema,
        &[file],
        &options,
        &Progress::default(),
        &|rejected| panic!("{rejected:?}"),
    )
    .unwrap();
}

/// Makes a change, in the index and in the model of it. The model says so before the index can have it.
fn make(place: &Place, change: &Change, version: u32, models: &Mutex<Vec<Held>>) {
    let mut next = models.lock().unwrap().last().unwrap().clone();
    let expect = |next: Held| models.lock().unwrap().push(next);
    match *change {
        Change::Update(from, number) => {
            let records = studies(from..from + number, version);
            next.extend(records.clone());
            expect(next);
            build(place, &records, false);
        }
        Change::Delete(from, number) => {
            let ids: Vec<String> = (from..from + number)
                .map(|number| study(number, 0).0)
                .collect();
            next.retain(|id, _| !ids.contains(id));
            expect(next);
            Index::delete(&place.index(), SchemaChoice::bundled(), &ids).unwrap();
        }
        Change::Compact => {
            expect(next);
            Index::compact(&place.index(), SchemaChoice::bundled()).unwrap();
        }
        Change::Rebuild(number) => {
            let records = studies(0..number, version);
            expect(records.clone());
            build(place, &records, true);
        }
    }
}

/// Searches until the writer is done; each answer is that of a model, and none is older than the one before.
fn read(place: &Place, models: &Mutex<Vec<Held>>, done: &AtomicBool) -> u32 {
    let (mut answers, mut at) = (0, 0);
    loop {
        let is_last = done.load(Ordering::SeqCst);
        let answer = held(&open(&place.index()));
        let models = models.lock().unwrap();
        let found = (at..models.len()).find(|&model| models[model] == answer);
        at =
            found.unwrap_or_else(|| panic!("{} records, as in no commit since {at}", answer.len()));
        answers += 1;
        if is_last {
            assert_eq!(models.last(), Some(&answer));
            return answers;
        }
    }
}

#[test]
fn every_answer_is_from_one_commit() {
    let cases = if is_long() { 30 } else { 3 };
    let config = Config {
        cases,
        max_shrink_iters: 0,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&changes(), |changes| {
            let place = Place::new();
            let first = studies(0..40, 1);
            build(&place, &first, false);
            let models = Mutex::new(vec![first]);
            let done = AtomicBool::new(false);
            std::thread::scope(|scope| {
                let readers: Vec<_> = (0..2)
                    .map(|_| scope.spawn(|| read(&place, &models, &done)))
                    .collect();
                for (number, change) in (2..).zip(&changes) {
                    make(&place, change, number, &models);
                }
                done.store(true, Ordering::SeqCst);
                for reader in readers {
                    assert!(reader.join().unwrap() > 0);
                }
            });
            let verification = place.verify();
            prop_assert!(verification.is_clean(), "{:?}", verification);
            prop_assert!(verification.leftovers.is_empty(), "{:?}", verification);
            Ok(())
        })
        .unwrap();
}

/// A server that is stopped when it goes out of use.
struct Server(Child, String);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn serve(place: &Place) -> Server {
    let mut child = place
        .command(&["serve", "-q", "--addr", "127.0.0.1:0"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("http://") {
        line.clear();
        assert!(
            said.read_line(&mut line).unwrap() > 0,
            "the server says nothing"
        );
    }
    // What it says later is read, so that it need not wait for a reader.
    std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
    let start = line.find("http://").unwrap();
    let address = line[start..].split('/').nth(2).unwrap().to_owned();
    Server(child, address)
}

#[test]
fn a_running_server_moves_on_without_an_error() {
    let place = Place::new();
    place.file("20.ndjson", lines(&studies(0..20, 1)));
    place.file("30.ndjson", lines(&studies(0..30, 2)));
    place.must(&["index", "20.ndjson", "-q"]);
    place.must(&["backup", "20.tar.zst", "-q"]);
    let server = serve(&place);
    let asked = format!(
        "http://{}/api/v2/studies?countTotal=true&pageSize=5",
        server.1
    );
    let total = || -> u64 {
        let mut answer = ureq::get(&asked).call().unwrap();
        let text = answer.body_mut().read_to_string().unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        json["totalCount"].as_u64().unwrap()
    };
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let asking = scope.spawn(|| {
            let mut answers = 0_u32;
            while !done.load(Ordering::SeqCst) {
                assert!([20, 29, 30].contains(&total()));
                answers += 1;
            }
            answers
        });
        let steps: [(&[&str], u64); 6] = [
            (&["index", "--rebuild", "30.ndjson", "-q"], 30),
            (&["delete", "NCT00000001"], 29),
            (&["compact", "-q"], 29),
            (&["restore", "20.tar.zst", "--replace", "-q"], 20),
            (&["index", "30.ndjson", "-q"], 30),
            (&["index", "--rebuild", "20.ndjson", "-q"], 20),
        ];
        for (arguments, trials) in steps {
            place.must(arguments);
            // The server looks every now and then.
            let mut looks = 0;
            while total() != trials {
                looks += 1;
                assert!(looks < 600, "{arguments:?}: it did not move on");
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
        }
        done.store(true, Ordering::SeqCst);
        assert!(asking.join().unwrap() > 6);
    });
}
