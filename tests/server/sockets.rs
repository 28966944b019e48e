//! Over real connections: clients that dawdle, a server that is told to stop.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use trialfind::server::{App, Limits, Options, Serving};

use crate::{INDEX, options};

/// A server on a port that the system chose.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

pub(crate) fn run(limits: Limits) -> Running {
    let (stop, stopped) = oneshot::channel();
    let (ready, address) = std::sync::mpsc::channel();
    let options = Options {
        address: "127.0.0.1:0".parse().unwrap(),
        limits,
        ..options(&INDEX)
    };
    let thread = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let serving = Serving::bind(App::new(options)).await.unwrap();
            ready.send(serving.address()).unwrap();
            serving.run(async { stopped.await.unwrap_or(()) }).await;
        });
    });
    Running {
        address: address.recv().unwrap(),
        stop,
        thread,
    }
}

fn connect(server: &Running) -> TcpStream {
    let stream = TcpStream::connect(server.address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    stream
}

fn get(server: &Running, uri: &str) -> String {
    let mut stream = connect(server);
    write!(
        stream,
        "GET {uri} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn clients_that_dawdle_hold_nobody_up() {
    let limits = Limits {
        head: Duration::from_millis(400),
        at_once: 1,
        waiting: 1,
        ..Limits::default()
    };
    let server = run(limits);
    let mut slow: Vec<TcpStream> = (0..50).map(|_| connect(&server)).collect();
    for stream in &mut slow {
        stream
            .write_all(b"GET /api/search?q=knee HTTP/1.1\r\nHost: loc")
            .unwrap();
    }
    assert!(get(&server, "/api/search?q=knee&limit=1").starts_with("HTTP/1.1 200"));
    let started = Instant::now();
    for stream in &mut slow {
        let mut rest = Vec::new();
        match stream.read_to_end(&mut rest) {
            Ok(_) => {}
            Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
        }
        assert!(!String::from_utf8_lossy(&rest).contains("200 OK"));
    }
    assert!(
        started.elapsed() < Duration::from_secs(5),
        "they were let go"
    );
    // A body that does not come is given up with the request's time.
    let server = run(Limits {
        request: Duration::from_millis(300),
        ..Limits::default()
    });
    let mut stream = connect(&server);
    stream
        .write_all(
            b"POST /api/patient HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nstory=",
        )
        .unwrap();
    let mut text = String::new();
    let _ = stream.read_to_string(&mut text);
    assert!(text.starts_with("HTTP/1.1 503"), "{text}");
}

#[test]
fn too_many_connections_wait() {
    let server = run(Limits {
        connections: 2,
        head: Duration::from_millis(400),
        ..Limits::default()
    });
    let _held = [connect(&server), connect(&server)];
    let started = Instant::now();
    assert!(get(&server, "/healthz").ends_with("alive\n"));
    assert!(
        started.elapsed() > Duration::from_millis(200),
        "a place had to become free"
    );
}

#[test]
fn a_server_that_stops_answers_what_has_begun() {
    let server = run(Limits::default());
    let mut begun = connect(&server);
    begun
        .write_all(
            b"POST /selection HTTP/1.1\r\nHost: localhost\r\nContent-Length: 15\r\n\r\nadd=NCT",
        )
        .unwrap();
    let mut idle = connect(&server);
    thread::sleep(Duration::from_millis(200));
    server.stop.send(()).unwrap();
    thread::sleep(Duration::from_millis(200));
    assert!(
        TcpStream::connect(server.address).is_err(),
        "no new connections are taken"
    );
    begun.write_all(b"03737461").unwrap();
    let mut text = String::new();
    begun.read_to_string(&mut text).unwrap();
    assert!(text.starts_with("HTTP/1.1 303"), "{text}");
    let mut rest = Vec::new();
    let _ = idle.read_to_end(&mut rest);
    assert!(rest.is_empty());
    server.thread.join().unwrap();
}

#[test]
fn heads_that_are_too_long_are_refused() {
    let server = run(Limits::default());
    // The answer may come, and the connection end, before all of the head is sent.
    let told = |line: &str, header: &str| {
        let mut stream = connect(&server);
        let request = format!("{line}\r\nHost: localhost\r\n{header}\r\n\r\n");
        let _ = stream.write_all(request.as_bytes());
        let mut text = String::new();
        let _ = stream.read_to_string(&mut text);
        text
    };
    let line = format!("GET /{} HTTP/1.1", "a".repeat(70_000));
    let long = told(&line, "Connection: close");
    assert!(
        long.starts_with("HTTP/1.1 414") || long.starts_with("HTTP/1.1 431"),
        "{}",
        long.get(..40).unwrap_or(&long)
    );
    let header = format!("X-Long: {}", "a".repeat(60_000));
    let long = told("GET / HTTP/1.1", &header);
    assert!(long.starts_with("HTTP/1.1 431"), "{long}");
}

/// A client that shuts its writing side down has gone away as far as can be told: its request is dropped, and takes nobody's turn.
#[test]
fn who_shuts_down_its_side_is_taken_for_gone() {
    let server = run(Limits::default());
    let mut stream = connect(&server);
    stream
        .write_all(b"GET /api/search?q=knee HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut text = String::new();
    let _ = stream.read_to_string(&mut text);
    // Whoever was quick enough may have been answered before.
    assert!(
        text.is_empty() || text.starts_with("HTTP/1.1 200"),
        "{text}"
    );
    assert!(get(&server, "/healthz").ends_with("alive\n"));
}
