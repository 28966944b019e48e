//! A sliding window over a byte stream: what a framer looks at while it finds where a record ends.
//!
//! It reads in chunks and forgets what the framer no longer needs. It knows nothing of records, and it never fails: a
//! failing reader ends the stream, and the failure waits to be asked for.
use std::io::{self, Read};

use crate::source::item::RejectReason;

/// Bytes asked of the reader at a time: large enough that the call does not count, small enough for the cache.
const CHUNK: usize = 128 << 10;

/// The part of a stream between what was forgotten and what was not yet read; positions are offsets in the stream.
pub(crate) struct Window<'r> {
    reader: &'r mut dyn Read,
    buffer: Vec<u8>,
    /// Stream offset of `buffer[0]`.
    base: u64,
    /// How much of `buffer` holds data.
    filled: usize,
    ended: bool,
    failure: Option<RejectReason>,
}

impl<'r> Window<'r> {
    pub(crate) fn new(reader: &'r mut dyn Read) -> Self {
        Self {
            reader,
            buffer: Vec::new(),
            base: 0,
            filled: 0,
            ended: false,
            failure: None,
        }
    }

    /// Offset of the first byte not yet read.
    pub(crate) fn end(&self) -> u64 {
        self.base + self.filled as u64
    }

    /// Offset of the first byte still held.
    pub(crate) fn base(&self) -> u64 {
        self.base
    }

    /// Whether the stream has ended (or failed): `end` is the end of all.
    pub(crate) fn ended(&self) -> bool {
        self.ended
    }

    /// Why the stream ended early, if it did; given once.
    pub(crate) fn take_failure(&mut self) -> Option<RejectReason> {
        self.failure.take()
    }

    /// Why the stream ended early, if it did.
    pub(crate) fn failure(&self) -> Option<&RejectReason> {
        self.failure.as_ref()
    }

    /// The bytes from `from` to `to` as far as they are held.
    pub(crate) fn slice(&self, from: u64, to: u64) -> &[u8] {
        let index = |position: u64| {
            usize::try_from(position.saturating_sub(self.base))
                .map_or(self.filled, |at| at.min(self.filled))
        };
        let (from, to) = (index(from), index(to));
        &self.buffer[from..to.max(from)]
    }

    /// The bytes from `from` on that have been read.
    pub(crate) fn rest(&self, from: u64) -> &[u8] {
        self.slice(from, self.end())
    }

    /// Reads once more, keeping everything from `keep` on. False when the stream has ended.
    pub(crate) fn more(&mut self, keep: u64) -> bool {
        if self.ended {
            return false;
        }
        if self.buffer.len() - self.filled < CHUNK {
            self.forget(keep);
            // Doubling keeps the cost of moving a long record linear in its length.
            if self.buffer.len() - self.filled < CHUNK || self.filled > self.buffer.len() / 2 {
                let larger = (self.buffer.len() * 2).max(self.filled + CHUNK);
                self.buffer.resize(larger, 0);
            }
        }
        loop {
            match self.reader.read(&mut self.buffer[self.filled..]) {
                Ok(0) => {
                    self.ended = true;
                    return false;
                }
                Ok(read) => {
                    self.filled += read;
                    return true;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.ended = true;
                    self.failure = Some(reason_of(error));
                    return false;
                }
            }
        }
    }

    /// Reads until `length` bytes from the start are held or the stream ends. For the look ahead, before any framing.
    pub(crate) fn read_ahead(&mut self, length: usize) {
        while self.filled < length && self.more(0) {}
    }

    /// Makes the bytes up to `to` available as far as the stream has them, keeping everything from `keep` on.
    pub(crate) fn reach(&mut self, to: u64, keep: u64) {
        while self.end() < to && self.more(keep) {}
    }

    fn forget(&mut self, keep: u64) {
        let drop = usize::try_from(keep.saturating_sub(self.base))
            .map_or(self.filled, |drop| drop.min(self.filled));
        if drop > 0 {
            self.buffer.copy_within(drop..self.filled, 0);
            self.filled -= drop;
            self.base += drop as u64;
        }
        // One giant record should not hold its memory for the rest of a long run.
        if self.buffer.len() > 64 * CHUNK && self.filled < CHUNK {
            self.buffer.truncate(4 * CHUNK);
            self.buffer.shrink_to_fit();
        }
    }
}

/// A window as a reader again, from the first byte it holds: for streams that turn out to be archives.
pub(crate) struct Unread<'r> {
    window: Window<'r>,
    given: usize,
}

impl<'r> From<Window<'r>> for Unread<'r> {
    fn from(window: Window<'r>) -> Self {
        Self { window, given: 0 }
    }
}

impl Read for Unread<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let held = &self.window.buffer[self.given..self.window.filled];
        if !held.is_empty() {
            let length = out.len().min(held.len());
            out[..length].copy_from_slice(&held[..length]);
            self.given += length;
            return Ok(length);
        }
        match self.window.failure.take() {
            Some(reason) => Err(io::Error::other(reason)),
            None if self.window.ended => Ok(0),
            None => self.window.reader.read(out),
        }
    }
}

/// The rejection a reader's error stands for: the readers of this room pack theirs inside.
pub(crate) fn reason_of(error: io::Error) -> RejectReason {
    match error.downcast::<RejectReason>() {
        Ok(reason) => reason,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => RejectReason::NoPermission,
        Err(error) => RejectReason::Unreadable(error.to_string()),
    }
}
