//! A connection that ends when nothing has moved on it for too long, so that a peer that stops reading or writing holds
//! nothing for ever, and sooner if others wait for the memory that its answer holds.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};

use crate::server::unread::Outgoing;

/// How often a connection that nothing can be written to is looked at: a tenth of the time that its client has while others wait,
/// and little work for thousands of them.
const LOOK: Duration = Duration::from_millis(500);

/// A connection with a clock that every byte sets back.
pub(super) struct Moving {
    stream: TcpStream,
    most: Duration,
    outgoing: Outgoing,
    clock: Pin<Box<Sleep>>,
    /// Since when nothing could be written.
    waits: Option<Instant>,
}

impl Moving {
    pub(super) fn new(stream: TcpStream, most: Duration, outgoing: Outgoing) -> Moving {
        Moving {
            stream,
            most,
            outgoing,
            clock: Box::pin(sleep(most)),
            waits: None,
        }
    }

    /// What came of writing, unless nothing could be written for too long. Reading has its own clock: a client that waits for
    /// its answer rightly sends nothing.
    fn written<T>(
        &mut self,
        context: &mut Context<'_>,
        result: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if self.outgoing.is_overdue() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        if result.is_ready() {
            self.waits = None;
            return result;
        }
        let end = *self.waits.get_or_insert_with(Instant::now) + self.most;
        loop {
            let now = Instant::now();
            if now >= end || self.outgoing.is_overdue() {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            self.clock.as_mut().reset(end.min(now + LOOK));
            ready!(self.clock.as_mut().poll(context));
        }
    }
}

impl AsyncRead for Moving {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Moving {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(context, result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.written(context, result)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.stream).poll_flush(context);
        self.written(context, result)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.stream).poll_shutdown(context);
        self.written(context, result)
    }
}
