//! Cuts single studies out of JSON: one object, a list, a page `{"studies": [...]}`, objects one after the other or one
//! a line, and a study wrapped in other objects.
//!
//! A study is an object with a `protocolSection` of its own; everything around it is wrapper. Where a wrapper holds
//! none, the whole object is handed on, for the parser to say what is wrong with it. Nothing is decoded or re-serialised:
//! a piece is the very bytes of its object.
//!
//! How it goes on behind broken JSON is in `resume`.
use std::ops::ControlFlow;

use memchr::memchr3;

use super::scan::{MAX_DEPTH, Scan, Step};
use super::{Emit, Piece, Window};
use crate::source::item::{Limits, RejectReason};

/// A key that only a study has; the second is that of the API's former version, so that each of its studies is reported.
pub(super) const STUDY_KEYS: [&[u8]; 2] = [b"\"protocolSection\"", b"\"ProtocolSection\""];

/// The key whose list holds studies in a page of the API, whatever they look like.
const LIST_KEY: &[u8] = b"\"studies\"";

/// Longest key worth reading, in bytes; longer ones are none of the above.
pub(super) const KEY_BYTES: u64 = 64;

/// Frames the stream from `start` on.
pub(crate) fn frame(
    window: &mut Window<'_>,
    start: u64,
    limits: &Limits,
    emit: &mut Emit<'_>,
) -> ControlFlow<()> {
    let mut framer = Framer {
        window,
        limit: limits.max_record_bytes,
        position: start,
        line: Some(start),
        last: 0,
        key_is_list: false,
        frames: Vec::new(),
        pieces: 0,
        cut_reported: false,
    };
    while let Some(byte) = framer.significant() {
        framer.token(byte, emit)?;
    }
    framer.finish(emit)
}

/// An open bracket outside of studies.
pub(super) enum Frame {
    Object {
        start: u64,
        /// Width of the white space before it when nothing else precedes it in its line.
        indent: Option<u64>,
        /// Whether it stands where a study belongs, so that it must not be passed over.
        slot: bool,
        /// Whether a piece was found inside: then it is a wrapper.
        holds: bool,
    },
    List {
        /// Whether its elements are studies.
        studies: bool,
        empty: bool,
        /// Objects passed over because no study had been seen in this list: where, and how many.
        missed: Option<Missed>,
    },
}

pub(super) struct Missed {
    start: u64,
    end: u64,
    count: u64,
}

pub(super) struct Framer<'f, 'r> {
    pub(super) window: &'f mut Window<'r>,
    limit: u64,
    pub(super) position: u64,
    /// Start of the line, as long as only white space was seen in it.
    pub(super) line: Option<u64>,
    /// The last significant byte outside of studies, `"` for a string, `0` for another scalar.
    pub(super) last: u8,
    /// Whether the value that follows belongs to [`LIST_KEY`].
    key_is_list: bool,
    pub(super) frames: Vec<Frame>,
    pub(super) pieces: u64,
    /// Whether a piece already says that the stream ends too early.
    pub(super) cut_reported: bool,
}

impl Framer<'_, '_> {
    pub(super) fn token(&mut self, byte: u8, emit: &mut Emit<'_>) -> ControlFlow<()> {
        if byte == 0xEF && self.frames.is_empty() && self.at_mark() {
            self.position += 3;
            return ControlFlow::Continue(());
        }
        match (byte, self.frames.last()) {
            (b'{' | b'[', Some(Frame::Object { .. })) if self.last != b':' => {
                return self.broken("an object or list begins where none may", emit);
            }
            (b'{' | b'[', _) => return self.open(byte, emit),
            (b',', None | Some(Frame::List { .. })) => self.advance(byte),
            (_, None | Some(Frame::List { studies: true, .. }))
                if byte != b']' || self.frames.is_empty() =>
            {
                return self.stray(emit);
            }
            (b'}', Some(Frame::Object { .. })) | (b']', Some(Frame::List { .. })) => {
                return self.close(emit);
            }
            (b'}' | b']', _) => return self.broken("the brackets do not match", emit),
            (b'"', Some(Frame::Object { .. })) => return self.string_in_object(emit),
            (b'"', _) => {
                if !self.skip_string() && self.position < self.window.end() {
                    return self.broken("a line ends inside a string", emit);
                }
            }
            (b':' | b',', _) => self.advance(byte),
            _ => self.advance(b'0'),
        }
        ControlFlow::Continue(())
    }

    fn advance(&mut self, last: u8) {
        self.last = last;
        self.position += 1;
    }

    fn open(&mut self, byte: u8, emit: &mut Emit<'_>) -> ControlFlow<()> {
        if self.frames.len() >= MAX_DEPTH as usize {
            return self.too_deep(emit);
        }
        let slot = match self.frames.last_mut() {
            None => true,
            Some(Frame::List { studies, empty, .. }) => {
                *empty = false;
                *studies
            }
            Some(Frame::Object { .. }) => false,
        };
        let start = self.position;
        self.frames.push(if byte == b'{' {
            let indent = self.line.map(|line| start - line);
            Frame::Object {
                start,
                indent,
                slot,
                holds: false,
            }
        } else {
            let studies = slot || (self.key_is_list && self.last == b':');
            Frame::List {
                studies,
                empty: true,
                missed: None,
            }
        });
        self.advance(byte);
        self.line = None;
        ControlFlow::Continue(())
    }

    fn close(&mut self, emit: &mut Emit<'_>) -> ControlFlow<()> {
        self.advance(b'}');
        let end = self.position;
        match self.frames.pop() {
            Some(Frame::Object {
                start,
                slot: true,
                holds: false,
                ..
            }) => self.record(start, end, emit),
            Some(Frame::Object {
                start,
                holds: false,
                ..
            }) => {
                if let Some(Frame::List { missed, .. }) = self.frames.last_mut() {
                    let missed = missed.get_or_insert(Missed {
                        start,
                        end,
                        count: 0,
                    });
                    missed.end = end;
                    missed.count += 1;
                }
                ControlFlow::Continue(())
            }
            Some(Frame::List {
                studies: true,
                empty: true,
                ..
            }) if !matches!(self.frames.last(), Some(Frame::Object { .. })) => {
                self.reject(end - 1, end, RejectReason::EmptyList, emit)
            }
            _ => ControlFlow::Continue(()),
        }
    }

    /// A key or a value of a wrapper; the key of a study makes its object a record.
    fn string_in_object(&mut self, emit: &mut Emit<'_>) -> ControlFlow<()> {
        let is_key = matches!(self.last, b'{' | b',');
        if !is_key && self.last != b':' {
            return self.broken("a string stands where none may", emit);
        }
        let from = self.position;
        if is_key {
            self.window.reach(from + KEY_BYTES, self.keep(from));
            let ahead = self.window.slice(from, from + KEY_BYTES);
            let is_study = STUDY_KEYS.iter().any(|key| ahead.starts_with(key));
            self.key_is_list = ahead.starts_with(LIST_KEY);
            if is_study
                && let Some(Frame::Object {
                    start,
                    holds: false,
                    ..
                }) = self.frames.last()
            {
                let start = *start;
                self.position = from + STUDY_KEYS[0].len() as u64;
                return self.study(start, emit);
            }
        }
        if !self.skip_string() && self.position < self.window.end() {
            return self.broken("a line ends inside a string", emit);
        }
        ControlFlow::Continue(())
    }

    /// The rest of a study, from behind its first known key.
    fn study(&mut self, start: u64, emit: &mut Emit<'_>) -> ControlFlow<()> {
        let mut scan = Scan::behind_key();
        loop {
            let chunk = self.window.rest(self.position);
            let read = chunk.len() as u64;
            match scan.step(chunk) {
                Step::More => self.position += read,
                Step::End(length) => {
                    self.position += length as u64;
                    self.last = b'}';
                    self.frames.pop();
                    return self.record(start, self.position, emit);
                }
                Step::Broken(length, why) => {
                    self.position += length as u64;
                    return self.broken(why, emit);
                }
            }
            if !self.window.more(self.keep(self.position)) {
                // The stream ends in this study; its object is still open.
                return ControlFlow::Continue(());
            }
        }
    }

    /// Hands on an object, and marks everything around it as wrapper.
    fn record(&mut self, start: u64, end: u64, emit: &mut Emit<'_>) -> ControlFlow<()> {
        self.line = None;
        let mut missed = None;
        for frame in &mut self.frames {
            match frame {
                Frame::Object { holds, .. } => *holds = true,
                Frame::List {
                    studies,
                    missed: of_list,
                    ..
                } => {
                    *studies = true;
                    missed = of_list.take().or(missed);
                }
            }
        }
        if let Some(Missed { start, end, count }) = missed {
            self.reject(start, end, RejectReason::NotStudies(count), emit)?;
        }
        let length = end - start;
        self.pieces += 1;
        let number = (self.pieces > 1 || !self.nothing_follows(start)).then_some(self.pieces);
        let content = if length > self.limit || start < self.window.base() {
            Err(RejectReason::TooLong {
                size: length,
                exact: true,
                limit: self.limit,
            })
        } else {
            Ok(self.window.slice(start, end))
        };
        emit(Piece {
            start,
            length,
            number,
            content,
        })
    }

    pub(super) fn reject(
        &mut self,
        start: u64,
        end: u64,
        reason: RejectReason,
        emit: &mut Emit<'_>,
    ) -> ControlFlow<()> {
        self.pieces += 1;
        emit(Piece {
            start,
            length: end - start,
            number: Some(self.pieces),
            content: Err(reason),
        })
    }

    /// Whether nothing but white space and the ends of the open wrappers comes behind the current position.
    fn nothing_follows(&mut self, keep: u64) -> bool {
        self.window.reach(self.position + 4096, keep);
        let is_end = |byte: &u8| matches!(byte, b'}' | b']');
        let rest = self.window.rest(self.position);
        self.window.ended()
            && rest
                .iter()
                .all(|byte| is_end(byte) || byte.is_ascii_whitespace())
            && rest.iter().filter(|byte| is_end(byte)).count() == self.frames.len()
    }

    /// The next byte that is not white space, with the position on it.
    pub(super) fn significant(&mut self) -> Option<u8> {
        loop {
            let rest = self.window.rest(self.position);
            for (index, byte) in rest.iter().enumerate() {
                match byte {
                    b'\n' => self.line = Some(self.position + index as u64 + 1),
                    b' ' | b'\t' | b'\r' => {}
                    _ => {
                        let at = self.position + index as u64;
                        self.position = at;
                        if !matches!(byte, b'{' | b'[') {
                            self.line = None;
                        }
                        return Some(*byte);
                    }
                }
            }
            self.position = self.window.end();
            if !self.window.more(self.keep(self.position)) {
                return None;
            }
        }
    }

    /// Passes over the string that begins here; false when its line or the stream ends first.
    fn skip_string(&mut self) -> bool {
        self.advance(b'"');
        loop {
            let rest = self.window.rest(self.position);
            match memchr3(b'"', b'\\', b'\n', rest) {
                Some(at) if rest[at] == b'"' => {
                    self.position += at as u64 + 1;
                    return true;
                }
                Some(at) if rest[at] == b'\n' => {
                    self.position += at as u64;
                    return false;
                }
                Some(at) if rest.get(at + 1).is_some_and(|escaped| *escaped != b'\n') => {
                    self.position += at as u64 + 2;
                }
                Some(at) if at + 1 < rest.len() => {
                    self.position += at as u64 + 1;
                    return false;
                }
                found => {
                    self.position += found.unwrap_or(rest.len()) as u64;
                    if !self.window.more(self.keep(self.position)) {
                        self.position = self.window.end();
                        return false;
                    }
                }
            }
        }
    }

    /// What must be kept while looking on from `from`: the outermost object that may still be a record of good length.
    pub(super) fn keep(&self, from: u64) -> u64 {
        let end = self.window.end();
        let open = self.frames.iter().find_map(|frame| match frame {
            Frame::Object {
                start,
                holds: false,
                ..
            } if end.saturating_sub(*start) <= self.limit => Some(*start),
            _ => None,
        });
        open.map_or(from, |start| start.min(from))
    }

    fn at_mark(&mut self) -> bool {
        self.window.reach(self.position + 3, self.position);
        self.window.slice(self.position, self.position + 3) == b"\xEF\xBB\xBF"
    }
}
