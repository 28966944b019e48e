//! What can be set, and what holds unless it is.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use jiff::civil::Date;

use crate::index::SchemaChoice;
use crate::server::prefix::BasePath;

/// How a server is run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where it listens.
    pub address: SocketAddr,
    /// The path that its addresses begin with, if a reverse proxy has it below one.
    pub base: BasePath,
    /// The folder of the index. There need not be one yet.
    pub index: PathBuf,
    /// What is searchable.
    pub schema: SchemaChoice,
    /// The day that a status is judged by; each request's own day if there is none.
    pub today: Option<Date>,
    /// Whether the access log has the query strings of addresses, which hold what people searched for.
    pub log_queries: bool,
    /// What is too much.
    pub limits: Limits,
}

/// What is too much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Searches that run at once; each may wake threads of its own for its passages.
    pub at_once: usize,
    /// Searches that wait for their turn beside those; the next one is told to come back.
    pub waiting: usize,
    /// Open connections; the next one waits until one is closed.
    pub connections: usize,
    /// How long a request may take, its body and its waiting included.
    pub request: Duration,
    /// How long a client may take to send the head of a request, or to send its next request on an open connection.
    pub head: Duration,
    /// How long a connection may stand still while something is to be read from it or written to it.
    pub stall: Duration,
    /// Bytes of answers that their clients have not read; while there are more, searches wait.
    pub unread: usize,
    /// How long, while searches wait for that, a client may leave unread what it was given.
    pub unread_for: Duration,
    /// How long requests that are being answered may take when the server is told to stop.
    pub stopping: Duration,
    /// Bytes of a body: a patient's story with its form.
    pub body: usize,
    /// Bytes of an address with its query string. Proxies usually take 8 KB; a list of a thousand ids is longer.
    pub address: usize,
    /// Bytes of the names and values of a request's headers.
    pub headers: usize,
    /// Bytes of a query's words. Long strategies of librarians have some 4 KB.
    pub words: usize,
    /// Hits on one page of an answer.
    pub page_size: usize,
    /// Hits that may be passed over. Whoever wants all takes the export, which does not count from the start for every page.
    pub offset: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        Limits {
            at_once: processors.max(2),
            waiting: 256,
            connections: 1_024,
            request: Duration::from_secs(20),
            head: Duration::from_secs(15),
            stall: Duration::from_secs(30),
            // Nine pages of a thousand studies.
            unread: 128 << 20,
            // A quarter of a request's time, so that whoever waits for room is still answered. Whoever takes what it was given at less
            // than some megabytes a second is not hurried unless others wait.
            unread_for: Duration::from_secs(5),
            stopping: Duration::from_secs(20),
            // Sixty pages. Every connection may be sending one.
            body: 128 << 10,
            address: 32 << 10,
            headers: 16 << 10,
            words: 16 << 10,
            page_size: 1_000,
            offset: 100_000,
        }
    }
}

impl Limits {
    /// How long a search may read records for what the index does not hold: what is left of the time of a request is for its
    /// waiting and its answer.
    pub(crate) fn reading(&self) -> Duration {
        self.request / 4 * 3
    }
}

impl Options {
    /// The address that is listened on unless another is named: this machine only.
    pub const ADDRESS: SocketAddr =
        SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 7878);

    /// The usual settings over the index in a folder.
    pub fn new(index: PathBuf) -> Options {
        Options {
            address: Options::ADDRESS,
            base: BasePath::default(),
            index,
            schema: SchemaChoice::bundled(),
            today: None,
            log_queries: false,
            limits: Limits::default(),
        }
    }
}
