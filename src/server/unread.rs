//! Answers that are made and that their clients have not taken: how much memory they hold, and which are given up when that is too
//! much.
//!
//! An answer is made whole, and a page of a thousand studies has thirteen megabytes. Clients that ask for such pages and read
//! nothing would hold as many as there are connections. So what is handed out is counted until its last byte has gone to the system,
//! searches wait while too much is out, and as long as they do, whoever has not taken what was handed out some seconds ago is
//! let go. Nobody is when there is room.

use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use hyper::body::{Frame, SizeHint};
use tokio::sync::Notify;

use crate::server::options::Limits;
use crate::server::state::App;

/// The bytes that are out, of all connections. Cheap to clone.
#[derive(Clone)]
pub(super) struct Unread(Arc<Shared>);

struct Shared {
    bytes: AtomicUsize,
    most: usize,
    patience: Duration,
    freed: Notify,
}

impl Unread {
    pub(super) fn new(limits: &Limits) -> Unread {
        Unread(Arc::new(Shared {
            bytes: AtomicUsize::new(0),
            most: limits.unread.max(1),
            patience: limits.unread_for,
            freed: Notify::new(),
        }))
    }

    /// How many bytes are out.
    pub(super) fn bytes(&self) -> usize {
        self.0.bytes.load(Ordering::Relaxed)
    }

    fn is_full(&self) -> bool {
        self.bytes() >= self.0.most
    }

    /// Waits until there is room for another answer. How long that one becomes is not known before it is made, so there may be
    /// more out than the most by as many answers as are made at once.
    pub(super) async fn room(&self) {
        loop {
            let mut freed = pin!(self.0.freed.notified());
            // What is freed from here on is heard of.
            freed.as_mut().enable();
            if !self.is_full() {
                return;
            }
            freed.await;
        }
    }

    fn give(&self, bytes: usize) {
        self.0.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    fn take_back(&self, bytes: usize) {
        let before = self.0.bytes.fetch_sub(bytes, Ordering::Relaxed);
        if before >= self.0.most && before - bytes < self.0.most {
            self.0.freed.notify_waiters();
        }
    }
}

/// A piece of an answer that is counted until nobody has it any more.
struct Piece {
    bytes: Bytes,
    unread: Unread,
    outgoing: Option<Outgoing>,
}

impl Piece {
    fn new(bytes: Bytes, unread: &Unread, outgoing: Option<&Outgoing>) -> Piece {
        unread.give(bytes.len());
        if let Some(outgoing) = outgoing {
            outgoing.give();
        }
        Piece {
            bytes,
            unread: unread.clone(),
            outgoing: outgoing.cloned(),
        }
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        if let Some(outgoing) = &self.outgoing {
            outgoing.take_back();
        }
        self.unread.take_back(self.bytes.len());
    }
}

impl AsRef<[u8]> for Piece {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// What one connection was given to send. Stands in its requests, so that their answers can tell it.
#[derive(Clone)]
pub(super) struct Outgoing {
    unread: Unread,
    given: Arc<Mutex<Given>>,
}

struct Given {
    /// Pieces that have not gone out to the end.
    pieces: usize,
    /// When the last was given.
    last: Instant,
}

impl Outgoing {
    pub(super) fn new(unread: &Unread) -> Outgoing {
        Outgoing {
            unread: unread.clone(),
            given: Arc::new(Mutex::new(Given {
                pieces: 0,
                last: Instant::now(),
            })),
        }
    }

    fn given(&self) -> MutexGuard<'_, Given> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn give(&self) {
        let mut given = self.given();
        given.pieces += 1;
        given.last = Instant::now();
    }

    fn take_back(&self) {
        self.given().pieces -= 1;
    }

    /// Whether others wait for the room that this connection has taken for too long.
    pub(super) fn is_overdue(&self) -> bool {
        let given = self.given();
        given.pieces > 0 && self.unread.is_full() && given.last.elapsed() >= self.unread.0.patience
    }
}

/// Counts what answers hold, before they are compressed.
pub(super) async fn counted(State(app): State<App>, request: Request, next: Next) -> Response {
    let outgoing = request.extensions().get::<Outgoing>().cloned();
    let unread = app.unread().clone();
    next.run(request).await.map(|body| {
        Body::new(Counted {
            body,
            unread,
            outgoing,
        })
    })
}

/// A body whose pieces are counted.
struct Counted {
    body: Body,
    unread: Unread,
    /// None where an answer is asked for without a connection.
    outgoing: Option<Outgoing>,
}

impl HttpBody for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        Poll::Ready(frame.map(|frame| {
            let count = |bytes| Piece::new(bytes, &self.unread, self.outgoing.as_ref());
            Ok(frame?.map_data(|bytes| Bytes::from_owner(count(bytes))))
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_out_is_counted_until_it_is_gone() {
        let unread = Unread::new(&Limits {
            unread: 1_000,
            unread_for: Duration::ZERO,
            ..Limits::default()
        });
        let outgoing = Outgoing::new(&unread);
        let mut body = Counted {
            body: Body::from("x".repeat(1_500)),
            unread: unread.clone(),
            outgoing: Some(outgoing.clone()),
        };
        assert_eq!(body.size_hint().exact(), Some(1_500));
        unread.room().await;
        assert!(!outgoing.is_overdue(), "there is room");
        let frame = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await;
        let mut bytes = frame.unwrap().unwrap().into_data().unwrap();
        drop(body);
        assert_eq!(unread.bytes(), 1_500);
        assert!(outgoing.is_overdue());
        // A part that is left keeps all of it in memory.
        drop(bytes.split_to(1_400));
        assert_eq!(unread.bytes(), 1_500);
        let waiting = tokio::spawn({
            let unread = unread.clone();
            async move { unread.room().await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(bytes);
        assert!(!outgoing.is_overdue(), "it has nothing");
        waiting.await.unwrap();
        assert_eq!(unread.bytes(), 0);
    }
}
