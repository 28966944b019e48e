//! One question and its answer: asked at a bounded pace, within time limits, again when that may help.
//!
//! What may pass is asked for again: no connection, an answer that takes too long or is cut off, one that cannot be read, 408, 425,
//! 429 and all 5xx. Every other status is the server's considered answer and is handed on in its words.

use std::cell::Cell;
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use ureq::Agent;
use ureq::http::Response;

use crate::fetch::errors::FetchError;
use crate::fetch::options::FetchOptions;
use crate::fetch::progress::Progress;
use crate::fetch::retry::{asked_wait, wait_after};

/// Told in a line what a user would wonder about: a wait, a beginning from the first page.
pub type Tell<'t> = &'t (dyn Fn(&str) + Sync);

/// The longest answer that is read, unpacked. 256 MB: a page of a thousand studies that all have results of usual length, and as much
/// as can be held twice, as an answer and as its studies, beside an index that is being written.
const LONGEST_ANSWER: u64 = 256 << 20;

/// What is quoted of a server's message, in characters.
const MOST_QUOTED: usize = 600;

/// Who asks.
const USER_AGENT: &str = concat!("trialfind/", env!("CARGO_PKG_VERSION"));

/// Asks a server.
pub(crate) struct Client<'c> {
    agent: Agent,
    pub(crate) options: &'c FetchOptions,
    pub(crate) progress: &'c Progress,
    tell: Tell<'c>,
    /// When something was asked last.
    last: Cell<Option<Instant>>,
}

/// Why there is no good answer.
enum Failed {
    /// It may go well another time.
    Passing {
        reason: String,
        asked_wait: Option<Duration>,
    },
    /// It will not.
    Lasting(FetchError),
}

impl<'c> Client<'c> {
    pub(crate) fn new(options: &'c FetchOptions, progress: &'c Progress, tell: Tell<'c>) -> Self {
        let agent = Agent::config_builder()
            .user_agent(USER_AGENT)
            .accept("application/json")
            .http_status_as_error(false)
            .timeout_connect(Some(options.connect_time))
            .timeout_recv_response(Some(options.answer_time))
            .timeout_recv_body(Some(options.body_time))
            .build()
            .new_agent();
        Client {
            agent,
            options,
            progress,
            tell,
            last: Cell::new(None),
        }
    }

    /// Says something at once.
    pub(crate) fn tell(&self, line: &str) {
        (self.tell)(line);
    }

    /// Asks for what is at an address until `read` understands the answer.
    pub(crate) fn ask<T>(
        &self,
        address: &str,
        read: impl Fn(&[u8]) -> Result<T, String>,
    ) -> Result<T, FetchError> {
        let mut attempt = 1;
        loop {
            self.keep_pace();
            let answered = self.answer(address).and_then(|body| {
                self.progress.add_bytes(body.len());
                read(&body).map_err(|reason| Failed::Passing {
                    reason: format!("{reason}{}", beginning(&body)),
                    asked_wait: None,
                })
            });
            let (reason, asked_wait) = match answered {
                Ok(read) => return Ok(read),
                Err(Failed::Lasting(error)) => return Err(error),
                Err(Failed::Passing { reason, asked_wait }) => (reason, asked_wait),
            };
            if attempt >= self.options.attempts.max(1) {
                return Err(FetchError::GaveUp {
                    address: shown(address),
                    attempts: attempt,
                    reason,
                });
            }
            if let Some(asked) = asked_wait.filter(|wait| *wait > self.options.longest_asked_wait) {
                return Err(FetchError::TooLongAWait {
                    address: shown(address),
                    seconds: asked.as_secs(),
                    reason,
                });
            }
            let wait = wait_after(attempt, self.options).max(asked_wait.unwrap_or_default());
            self.tell(&format!(
                "asking again in {:.1} s: {reason}",
                wait.as_secs_f64()
            ));
            thread::sleep(wait);
            attempt += 1;
        }
    }

    /// Waits until the next request may go out.
    fn keep_pace(&self) {
        if self.options.per_minute > 0
            && let Some(last) = self.last.get()
        {
            let apart = Duration::from_secs(60) / self.options.per_minute;
            thread::sleep(apart.saturating_sub(last.elapsed()));
        }
        self.last.set(Some(Instant::now()));
    }

    fn answer(&self, address: &str) -> Result<Vec<u8>, Failed> {
        let asked = self.agent.get(address).call();
        let mut response = asked.map_err(|error| failed(address, &error))?;
        let status = response.status().as_u16();
        let body = response.body_mut();
        match status {
            200 => {
                let body = body.with_config().limit(LONGEST_ANSWER).read_to_vec();
                body.map_err(|error| failed(address, &error))
            }
            408 | 425 | 429 | 500.. => Err(Failed::Passing {
                asked_wait: retry_after(&response),
                reason: format!("the server answered {status}{}", said(&mut response)),
            }),
            _ => Err(Failed::Lasting(FetchError::Refused {
                address: shown(address),
                status,
                message: match said(&mut response) {
                    message if message.is_empty() => "nothing more".to_owned(),
                    message => message.trim_start_matches(": ").to_owned(),
                },
            })),
        }
    }
}

fn retry_after(response: &Response<ureq::Body>) -> Option<Duration> {
    let header = response.headers().get("retry-after")?.to_str().ok()?;
    asked_wait(header, Timestamp::now())
}

/// What a server says of a status, if it says it in plain words: a page for people is not quoted.
fn said(response: &mut Response<ureq::Body>) -> String {
    let body = response.body_mut();
    let kind = body.mime_type().unwrap_or_default().to_owned();
    let text = body.with_config().limit(64 << 10).lossy_utf8(true);
    let text = text.read_to_string().unwrap_or_default();
    let text = quoted(&text);
    if text.is_empty() || kind.contains("html") || text.starts_with('<') {
        return String::new();
    }
    format!(": {text}")
}

/// Text of a server without what a terminal obeys, and not too long.
fn quoted(text: &str) -> String {
    let clean: String = text
        .trim()
        .chars()
        .map(|c| if c.is_control() && c != '\n' { ' ' } else { c })
        .collect();
    match clean.char_indices().nth(MOST_QUOTED) {
        Some((end, _)) => format!("{}...", &clean[..end]),
        None => clean,
    }
}

/// How an answer that is not understood begins.
fn beginning(body: &[u8]) -> String {
    let start = &body[..body.len().min(60)];
    let text = quoted(&String::from_utf8_lossy(start)).replace('\n', " ");
    match text.is_empty() {
        true => " (it is empty)".to_owned(),
        false => format!(" (it begins with `{text}`)"),
    }
}

/// An address as it is told: a list of hundreds of ids says nothing.
fn shown(address: &str) -> String {
    const MOST: usize = 200;
    match address.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}...", &address[..end]),
        None => address.to_owned(),
    }
}

/// Whether a failure of the connection may pass.
fn failed(address: &str, error: &ureq::Error) -> Failed {
    use ureq::Error as E;
    let reason = match error {
        E::Timeout(what) => format!("it takes too long ({what})"),
        E::Io(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            "the answer is cut off".to_owned()
        }
        E::Decompress(_, error) => format!("the answer is cut off or damaged ({error})"),
        E::HostNotFound => "the server's name is not known".to_owned(),
        error => error.to_string(),
    };
    match error {
        E::BodyExceedsLimit(limit) => Failed::Lasting(FetchError::TooLong {
            address: shown(address),
            megabytes: limit >> 20,
        }),
        E::Http(_)
        | E::BadUri(_)
        | E::RequireHttpsOnly(_)
        | E::InvalidProxyUrl
        | E::TooManyRedirects
        | E::RedirectFailed
        | E::Rustls(_)
        | E::Tls(_)
        | E::TlsRequired => Failed::Lasting(FetchError::Impossible {
            address: shown(address),
            reason,
        }),
        _ => Failed::Passing {
            reason,
            asked_wait: None,
        },
    }
}
