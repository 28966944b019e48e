//! A server under load: requests a second and the time of the slowest hundredth, alone and while the index is updated, and
//! whether its memory stays what it is.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use trialfind::index::{BuildOptions, Index, Progress, SchemaChoice};
use trialfind::server::{App, Options, Serving};

use crate::memory::anonymous_megabytes;

/// How long each number of connections is measured.
const SECONDS: u64 = 8;

/// What people look for, as addresses; all with facets and passages.
const SEARCHES: [&str; 10] = [
    "/api/search?q=melanoma",
    "/api/search?q=back+pain+stem+cells",
    "/api/search?q=%22low+back+pain%22+-surgery",
    "/api/search?q=breast+cancer+chemotherapy&phase=2&phase=3",
    "/api/search?q=intradiscal+BM-MSC",
    "/api/search?q=diabetes+type+2+metformin&status=recruiting",
    "/api/search?q=knee+osteoarthritis&country=France",
    "/api/search?q=(asthma+OR+copd)+inhal*",
    "/api/search?q=title:leukemia+age:45",
    "/api/search?q=covid-19+vaccine&sort=updated",
];

/// The same through the public API.
const STUDIES: [&str; 4] = [
    "/api/v2/studies?pageSize=10&query.cond=melanoma",
    "/api/v2/studies?pageSize=10&query.term=knee+osteoarthritis",
    "/api/v2/studies?pageSize=10&query.cond=diabetes&filter.overallStatus=RECRUITING",
    "/api/v2/studies?pageSize=10&query.intr=metformin&countTotal=true",
];

/// Measures a server over a copy of an index. `requests` are asked for the memory, none if 0.
pub fn load(index: &Path, requests: usize) {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("index");
    copy_folder(index, &copy);
    let options = Options {
        address: "127.0.0.1:0".parse().unwrap(),
        ..Options::new(copy.clone())
    };
    let (ready, address) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let serving = Serving::bind(App::new(options)).await.unwrap();
            ready.send(serving.address()).unwrap();
            serving.run(std::future::pending()).await;
        });
    });
    let address = address.recv().unwrap();
    let mut sets: Vec<(&str, &[&str])> = vec![("/api/search", &SEARCHES)];
    let mut probe = Connection::open(address);
    if probe.get(STUDIES[0]) == 200 {
        sets.push(("/api/v2/studies", &STUDIES));
    } else {
        println!("left out: /api/v2/studies, which this server has not");
    }
    for (name, addresses) in sets {
        for connections in [1, 8, 64] {
            let measured = measure(address, addresses, connections, None);
            println!("{name:<16} {connections:>2} connections: {measured}");
        }
    }
    let updating = AtomicBool::new(true);
    thread::scope(|scope| {
        let updates = scope.spawn(|| update(&copy, folder.path(), &updating));
        let measured = measure(address, &SEARCHES, 8, None);
        updating.store(false, Ordering::Relaxed);
        let commits = updates.join().unwrap();
        println!("/api/search       8 connections, {commits} commits meanwhile: {measured}");
    });
    if requests > 0 {
        for part in 0..5 {
            let measured = measure(address, &SEARCHES, 8, Some(requests / 5));
            println!(
                "after {:>6} requests: {:.1} MB anonymous ({measured})",
                (part + 1) * requests / 5,
                anonymous_megabytes()
            );
        }
    }
}

/// Adds a trial every two seconds; how many commits that were.
fn update(index: &Path, folder: &Path, on: &AtomicBool) -> usize {
    let mut commits = 0;
    while on.load(Ordering::Relaxed) {
        let path = folder.join("added.json");
        let study = serde_json::json!({ "protocolSection": { "identificationModule": {
            "nctId": format!("NCT9{commits:07}"), "briefTitle": "A trial that comes in between",
        }}});
        fs::write(&path, study.to_string()).unwrap();
        let options = BuildOptions {
            threads: 1,
            ..BuildOptions::default()
        };
        let schema = SchemaChoice::bundled();
        Index::build(
            index,
            schema,
            &[path],
            &options,
            &Progress::default(),
            &|_| {},
        )
        .unwrap();
        commits += 1;
        thread::sleep(Duration::from_secs(2));
    }
    commits
}

/// Asks over some connections at once, for a while or so many times.
fn measure(
    address: SocketAddr,
    addresses: &[&str],
    connections: usize,
    most: Option<usize>,
) -> String {
    let asked = AtomicUsize::new(0);
    let started = Instant::now();
    let results: Vec<(Vec<f64>, usize)> = thread::scope(|scope| {
        let clients: Vec<_> = (0..connections)
            .map(|_| {
                scope.spawn(|| {
                    let mut connection = Connection::open(address);
                    let (mut times, mut failed) = (Vec::new(), 0);
                    loop {
                        let number = asked.fetch_add(1, Ordering::Relaxed);
                        let on = match most {
                            Some(most) => number < most,
                            None => started.elapsed().as_secs() < SECONDS,
                        };
                        if !on {
                            return (times, failed);
                        }
                        let begun = Instant::now();
                        let status = connection.get(addresses[number % addresses.len()]);
                        times.push(begun.elapsed().as_secs_f64() * 1e3);
                        failed += usize::from(status != 200);
                    }
                })
            })
            .collect();
        clients
            .into_iter()
            .map(|client| client.join().unwrap())
            .collect()
    });
    let seconds = started.elapsed().as_secs_f64();
    let failed: usize = results.iter().map(|(_, failed)| failed).sum();
    let mut times: Vec<f64> = results.into_iter().flat_map(|(times, _)| times).collect();
    times.sort_by(f64::total_cmp);
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
    format!(
        "{:.0} requests/s, median {:.1} ms, p99 {:.1} ms, {failed} of {} failed",
        times.len() as f64 / seconds,
        at(0.5),
        at(0.99),
        times.len()
    )
}

/// A connection that is kept open.
struct Connection {
    reader: BufReader<TcpStream>,
    body: Vec<u8>,
}

impl Connection {
    fn open(address: SocketAddr) -> Connection {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Connection {
            reader: BufReader::new(stream),
            body: Vec::new(),
        }
    }

    /// Asks and reads the whole answer; its status.
    fn get(&mut self, address: &str) -> u16 {
        let request = format!("GET {address} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        self.reader.get_mut().write_all(request.as_bytes()).unwrap();
        let (mut status, mut length) = (0, 0);
        let mut line = String::new();
        loop {
            line.clear();
            self.reader.read_line(&mut line).unwrap();
            let lower = line.trim_end().to_ascii_lowercase();
            if let Some(rest) = lower.strip_prefix("http/1.1 ") {
                status = rest[..3].parse().unwrap();
            } else if let Some(rest) = lower.strip_prefix("content-length:") {
                length = rest.trim().parse().unwrap();
            } else if lower.is_empty() {
                break;
            }
        }
        self.body.resize(length, 0);
        self.reader.read_exact(&mut self.body).unwrap();
        status
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy_folder(&entry.path(), &target),
            false => {
                fs::copy(entry.path(), target).unwrap();
            }
        }
    }
}
