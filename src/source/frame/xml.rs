//! Cuts `<clinical_study>` elements out of XML: one, several in any wrapper, or one after the other.
//!
//! It looks at tags only and passes over comments, CDATA and processing instructions; whether the XML is well formed
//! is for the parser to say. It does not decode: the tags are ASCII in every encoding that gets here.
use std::ops::ControlFlow;

use memchr::{memchr, memmem};

use super::{Emit, Piece, Window};
use crate::source::detect::foreign_xml;
use crate::source::item::{Limits, RejectReason};

const OPEN: &[u8] = b"<clinical_study";
const CLOSE: &[u8] = b"</clinical_study";

/// Bytes looked at behind a `<`: the longest tag looked for, and enough of a root's name to report it.
const AHEAD: u64 = 64;

/// Markup whose inside is not looked at: how it begins and ends.
const OPAQUE: [(&[u8], &[u8]); 3] = [(b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?", b"?>")];

/// Frames the stream from `start` on; every element ends as a piece, and so does a stream without any.
pub(crate) fn frame(
    window: &mut Window<'_>,
    start: u64,
    limits: &Limits,
    emit: &mut Emit<'_>,
) -> ControlFlow<()> {
    Framer {
        window,
        limit: limits.max_record_bytes,
        position: start,
        record: None,
        root: None,
        pieces: 0,
        opaque: true,
    }
    .run(emit)
}

struct Framer<'f, 'r> {
    window: &'f mut Window<'r>,
    limit: u64,
    position: u64,
    /// Where the open record began.
    record: Option<u64>,
    /// Name of the first element outside of a record.
    root: Option<String>,
    pieces: u64,
    /// Whether comments and the like are passed over; ends when one of them proves to have no end.
    opaque: bool,
}

impl Framer<'_, '_> {
    fn run(&mut self, emit: &mut Emit<'_>) -> ControlFlow<()> {
        while let Some(at) = self.find(b"<", self.position) {
            self.window.reach(at + AHEAD, self.keep(at));
            let ahead = self.window.slice(at, at + AHEAD);
            if self.opaque
                && let Some((open, close)) = OPAQUE.iter().find(|(open, _)| ahead.starts_with(open))
            {
                let inside = at + open.len() as u64;
                if let Some(end) = self.find(close, inside) {
                    self.position = end + close.len() as u64;
                } else if let Some(record) =
                    self.record.filter(|record| *record >= self.window.base())
                {
                    // It never ends: take it for text from here on, so that it cannot hide the records behind it.
                    self.opaque = false;
                    self.position = record + OPEN.len() as u64;
                } else {
                    break;
                }
            } else if is_tag(ahead, OPEN) {
                if let Some(record) = self.record.replace(at) {
                    self.emit(record, at, Some(RejectReason::UnclosedXml), emit)?;
                }
                let Some(close) = self.find(b">", at) else {
                    break;
                };
                self.position = close + 1;
                if self.window.slice(close - 1, close) == b"/" {
                    self.record = None;
                    self.emit(at, close + 1, None, emit)?;
                }
            } else if is_tag(ahead, CLOSE) && self.record.is_some() {
                let Some(close) = self.find(b">", at) else {
                    break;
                };
                self.position = close + 1;
                if let Some(record) = self.record.take() {
                    self.emit(record, close + 1, None, emit)?;
                }
            } else {
                if self.record.is_none() && self.root.is_none() {
                    self.root = element_name(ahead);
                }
                self.position = at + 1;
            }
        }
        self.finish(emit)
    }

    fn finish(&mut self, emit: &mut Emit<'_>) -> ControlFlow<()> {
        let end = self.window.end();
        if let Some(record) = self.record.take() {
            let reason = self
                .window
                .take_failure()
                .unwrap_or(RejectReason::CutOffXml);
            return self.emit(record, end, Some(reason), emit);
        }
        if self.pieces == 0 {
            let root = self.root.take().unwrap_or_else(|| "?".to_owned());
            let reason = self
                .window
                .take_failure()
                .unwrap_or_else(|| foreign_xml(&root));
            return emit(Piece {
                start: 0,
                length: end,
                number: None,
                content: Err(reason),
            });
        }
        ControlFlow::Continue(())
    }

    /// What must be kept while looking on from `from`: the open record unless it has grown too long.
    fn keep(&self, from: u64) -> u64 {
        match self.record {
            Some(record) if self.window.end().saturating_sub(record) <= self.limit => {
                record.min(from)
            }
            _ => from,
        }
    }

    /// Position of `what` at or behind `from`.
    fn find(&mut self, what: &[u8], mut from: u64) -> Option<u64> {
        loop {
            let ahead = self.window.rest(from);
            let found = if what.len() == 1 {
                memchr(what[0], ahead)
            } else {
                memmem::find(ahead, what)
            };
            if let Some(found) = found {
                return Some(from + found as u64);
            }
            // The end of what is read may hold the beginning of what is looked for.
            from = from.max(self.window.end().saturating_sub(what.len() as u64 - 1));
            if !self.window.more(self.keep(from)) {
                return None;
            }
        }
    }

    fn emit(
        &mut self,
        start: u64,
        end: u64,
        reason: Option<RejectReason>,
        emit: &mut Emit<'_>,
    ) -> ControlFlow<()> {
        let length = end - start;
        // A single record is known to be one when nothing but the end of its wrapper follows.
        self.pieces += 1;
        let alone = self.pieces == 1 && reason.is_none() && {
            self.window.reach(end + 4096, start);
            self.window.ended() && memmem::find(self.window.rest(end), OPEN).is_none()
        };
        let content = match reason {
            Some(reason) => Err(reason),
            None if length > self.limit || start < self.window.base() => {
                Err(RejectReason::TooLong {
                    size: length,
                    exact: true,
                    limit: self.limit,
                })
            }
            None => Ok(self.window.slice(start, end)),
        };
        emit(Piece {
            start,
            length,
            number: (!alone).then_some(self.pieces),
            content,
        })
    }
}

/// Whether `ahead` begins with this tag's name, whole: `<clinical_study_x` is another element.
fn is_tag(ahead: &[u8], tag: &[u8]) -> bool {
    ahead.strip_prefix(tag).is_some_and(|rest| {
        rest.first()
            .is_none_or(|next| matches!(next, b' ' | b'\t' | b'\r' | b'\n' | b'>' | b'/'))
    })
}

fn element_name(ahead: &[u8]) -> Option<String> {
    let name = ahead.get(1..)?;
    let length = name
        .iter()
        .take_while(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b':' | b'.')
        })
        .count();
    (length > 0).then(|| String::from_utf8_lossy(&name[..length]).into_owned())
}
