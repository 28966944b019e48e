//! How a server is asked: how often, how long to wait for it, and how much at once.

use std::time::Duration;

/// How a server is asked.
#[derive(Clone, Debug)]
pub struct FetchOptions {
    /// Studies on a page, 1 to 1,000, which is the most that the API gives.
    pub page_size: u16,
    /// Requests a minute at most; 0 for as many as the server answers. 40: the registry allows about 50 from one address.
    pub per_minute: u32,
    /// How often one thing is asked for before giving up. 10: with the waits below that is some seven minutes, as long as a server
    /// takes to be restarted or a laptop to find its network again.
    pub attempts: u32,
    /// The wait before asking a second time; each further one is twice as long, and up to half of it is left out by chance.
    pub first_wait: Duration,
    /// The longest such wait.
    pub longest_wait: Duration,
    /// The longest wait that a server may ask for (`Retry-After`); one that asks for more is not waited for.
    pub longest_asked_wait: Duration,
    /// Time to reach the server.
    pub connect_time: Duration,
    /// Time until an answer begins. A page of the largest records takes a server some seconds.
    pub answer_time: Duration,
    /// Time that an answer may take to arrive. Ten minutes: 30 MB over a line of 50 kB a second.
    pub body_time: Duration,
    /// Begin anew, whatever there is of an earlier download.
    pub restart: bool,
}

impl Default for FetchOptions {
    fn default() -> Self {
        FetchOptions {
            page_size: 1_000,
            per_minute: 40,
            attempts: 10,
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(120),
            longest_asked_wait: Duration::from_secs(15 * 60),
            connect_time: Duration::from_secs(30),
            answer_time: Duration::from_secs(120),
            body_time: Duration::from_secs(600),
            restart: false,
        }
    }
}
