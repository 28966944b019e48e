//! A server of pages on a port of this machine, with whatever faults a test wants.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// Its number, from 0.
    pub(crate) number: usize,
    pub(crate) target: String,
    pub(crate) path: String,
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) headers: BTreeMap<String, String>,
}

/// What is answered.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// 200 with JSON.
    Page(String),
    /// 200 with JSON, packed.
    Packed(String),
    /// A status with headers and a body.
    Status(u16, Vec<(&'static str, String)>, String),
    /// 200 that promises more than it gives.
    CutOff(String),
    /// 200 in chunks, of which the last is missing.
    CutOffChunks(String),
    /// 200, packed, with the end of the packed data missing.
    CutOffPacked(String),
    /// Nothing: the connection is closed at once.
    Gone,
    /// The answer, after a while.
    Late(Duration, Box<Reply>),
    /// The head of the answer at once, its body after a while.
    LateBody(Duration, String),
}

/// A server that ends with the test.
pub(crate) struct Registry {
    pub(crate) base_url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    stop: Arc<AtomicBool>,
    address: std::net::SocketAddr,
    thread: Option<JoinHandle<()>>,
}

impl Registry {
    pub(crate) fn new(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Registry {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let stop = Arc::new(AtomicBool::new(false));
        let (log, stopped, answer) = (asked.clone(), stop.clone(), Arc::new(answer));
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let (log, answer, stream) = (log.clone(), answer.clone(), stream.unwrap());
                thread::spawn(move || serve(&stream, &log, &*answer));
            }
        });
        Registry {
            base_url: format!("http://{address}/api/v2"),
            asked,
            stop,
            address,
            thread: Some(thread),
        }
    }

    /// Every request so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn forget(&self) {
        self.asked.lock().unwrap().clear();
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(stream: &TcpStream, log: &Mutex<Vec<Asked>>, answer: &dyn Fn(&Asked) -> Reply) {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let Some(first) = lines.next() else { return };
    let target = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let headers = lines
        .take_while(|line| !line.is_empty())
        .filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_lowercase(), value.trim().to_owned()))
        })
        .collect();
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let query = form_urlencoded::parse(query.as_bytes()).into_owned();
    let asked = {
        let mut log = log.lock().unwrap();
        let asked = Asked {
            number: log.len(),
            path: path.to_owned(),
            query: query.collect(),
            target: target.clone(),
            headers,
        };
        log.push(asked.clone());
        asked
    };
    // A client that has gone away is what some tests are about.
    let _ = reply(stream, answer(&asked));
    let _ = stream.shutdown(Shutdown::Both);
}

fn reply(mut out: &TcpStream, reply: Reply) -> std::io::Result<()> {
    let head = |length: usize, more: &str| {
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n{more}\r\n"
        )
    };
    match reply {
        Reply::Page(body) => {
            out.write_all(head(body.len(), "").as_bytes())?;
            out.write_all(body.as_bytes())
        }
        Reply::Packed(body) => {
            let body = packed(&body);
            out.write_all(head(body.len(), "Content-Encoding: gzip\r\n").as_bytes())?;
            out.write_all(&body)
        }
        Reply::Status(status, headers, body) => {
            write!(out, "HTTP/1.1 {status} Status\r\nConnection: close\r\n")?;
            for (name, value) in headers {
                write!(out, "{name}: {value}\r\n")?;
            }
            write!(out, "Content-Length: {}\r\n\r\n{body}", body.len())
        }
        Reply::CutOff(body) => {
            out.write_all(head(body.len(), "").as_bytes())?;
            out.write_all(&body.as_bytes()[..body.len() / 2])
        }
        Reply::CutOffChunks(body) => {
            let half = &body.as_bytes()[..body.len() / 2];
            write!(
                out,
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n{:x}\r\n",
                half.len()
            )?;
            out.write_all(half)?;
            out.write_all(b"\r\n")
        }
        Reply::CutOffPacked(body) => {
            let body = packed(&body);
            let half = &body[..body.len() / 2];
            out.write_all(head(half.len(), "Content-Encoding: gzip\r\n").as_bytes())?;
            out.write_all(half)
        }
        Reply::Gone => Ok(()),
        Reply::Late(time, late) => {
            thread::sleep(time);
            self::reply(out, *late)
        }
        Reply::LateBody(time, body) => {
            out.write_all(head(body.len(), "").as_bytes())?;
            out.write_all(&body.as_bytes()[..1])?;
            thread::sleep(time);
            out.write_all(&body.as_bytes()[1..])
        }
    }
}

fn packed(body: &str) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(body.as_bytes()).unwrap();
    packer.finish().unwrap()
}

/// The page of some studies that a request asks for; the token of a page is its number.
pub(crate) fn page(studies: &[String], asked: &Asked) -> Reply {
    let size: usize = asked.query["pageSize"].parse().unwrap();
    let start = match asked.query.get("pageToken") {
        Some(token) => token.strip_prefix("page").unwrap().parse().unwrap(),
        None => 0,
    };
    let end = (start + size).min(studies.len());
    let next = (end < studies.len()).then(|| format!("page{end}"));
    let total = asked
        .query
        .contains_key("countTotal")
        .then_some(studies.len());
    Reply::Packed(page_of(&studies[start..end], next.as_deref(), total))
}

/// A page as the API writes it.
pub(crate) fn page_of(studies: &[String], next: Option<&str>, total: Option<usize>) -> String {
    let total = total.map_or(String::new(), |total| format!("\"totalCount\":{total},"));
    let next = next.map_or(String::new(), |next| {
        format!(",\"nextPageToken\":\"{next}\"")
    });
    format!(
        "{{{total}\"studies\":[\n{}\n]{next}}}\n",
        studies.join(",\n")
    )
}

/// Reads a file, unpacked if it is packed.
pub(crate) fn lines(path: &std::path::Path) -> Vec<String> {
    let bytes = std::fs::read(path).unwrap();
    let mut text = String::new();
    match bytes.starts_with(&[0x1f, 0x8b]) {
        true => {
            flate2::read::MultiGzDecoder::new(&bytes[..])
                .read_to_string(&mut text)
                .unwrap();
        }
        false => text = String::from_utf8(bytes).unwrap(),
    }
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines().map(str::to_owned).collect()
}
