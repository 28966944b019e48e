//! The way back to the next record when JSON is broken or cut off.
//!
//! A broken record ends where the next one visibly begins: at a `{` that stands in its line as the broken record's did,
//! or at the next `{"protocolSection"`. Neither can occur inside a string, where a line break or quote is escaped. Only
//! lengths are reported; what is skipped is never held.
use std::ops::ControlFlow;

use memchr::{memchr, memchr2, memchr3};

use super::Emit;
use super::json::{Frame, Framer, KEY_BYTES, STUDY_KEYS};
use crate::source::encoding;
use crate::source::item::RejectReason;

/// Characters of a line that belongs to no object that are quoted: enough to know it again, and short enough for a line.
const QUOTED_CHARACTERS: usize = 40;

/// What that many characters take at most, in bytes of UTF-8.
const QUOTED_BYTES: u64 = 4 * QUOTED_CHARACTERS as u64;

impl Framer<'_, '_> {
    /// The JSON is broken at the current position: rejects the record it is part of and finds the next.
    pub(super) fn broken(&mut self, why: &'static str, emit: &mut Emit<'_>) -> ControlFlow<()> {
        let at = self.position;
        let Some((start, indent)) = self.give_up() else {
            // It is a wrapper that is broken, behind its studies: what follows stands by itself.
            self.frames.clear();
            self.last = b',';
            if !matches!(self.window.rest(at).first(), Some(b'{' | b'[')) {
                self.position = self.next_top_level(at).0;
            }
            let reason = RejectReason::BrokenJson(format!("{why}, at byte {at}"));
            return self.reject(at, self.position, reason, emit);
        };
        let (end, found) = self.next_record(start + 1, indent);
        let reason = RejectReason::BrokenJson(format!("{why}, at byte {at}"));
        self.resume(start, end, found, reason, emit)
    }

    /// More brackets are open than any record has. If they are lists alone, all of them are one broken thing.
    pub(super) fn too_deep(&mut self, emit: &mut Emit<'_>) -> ControlFlow<()> {
        const WHY: &str = "it is nested too deep";
        if self
            .frames
            .iter()
            .any(|frame| matches!(frame, Frame::Object { holds: false, .. }))
        {
            return self.broken(WHY, emit);
        }
        let at = self.position;
        self.frames.clear();
        self.last = b',';
        while let Some(b'[' | b']' | b',') = self.significant() {
            self.position += 1;
        }
        if !matches!(self.window.rest(self.position).first(), None | Some(b'{')) {
            self.position = self.next_top_level(self.position).0;
        }
        let reason = RejectReason::BrokenJson(format!("{WHY}, at byte {at}"));
        self.reject(at, self.position, reason, emit)
    }

    /// Drops the record that is broken, with all that is open in it; says where it began. That is the outermost object
    /// that may be a record, but inside a list of studies the element, not what is around the list.
    fn give_up(&mut self) -> Option<(u64, Option<u64>)> {
        let in_list = self
            .frames
            .iter()
            .rposition(|frame| matches!(frame, Frame::List { studies: true, .. }));
        let open = |from: usize| {
            self.frames
                .iter()
                .enumerate()
                .skip(from)
                .find_map(|(depth, frame)| match frame {
                    Frame::Object {
                        start,
                        indent,
                        holds: false,
                        ..
                    } => Some((depth, (*start, *indent))),
                    _ => None,
                })
        };
        let (depth, place) = in_list.and_then(open).or_else(|| open(0))?;
        self.frames.truncate(depth);
        Some(place)
    }

    /// Rejects what lies between and goes on at `end`.
    fn resume(
        &mut self,
        start: u64,
        end: u64,
        found: bool,
        reason: RejectReason,
        emit: &mut Emit<'_>,
    ) -> ControlFlow<()> {
        let reason = if found {
            reason
        } else {
            self.window.take_failure().unwrap_or(reason)
        };
        self.cut_reported |= !found;
        self.position = end;
        self.last = b',';
        self.line = self.line_start(end);
        for frame in &mut self.frames {
            if let Frame::Object { holds, .. } = frame {
                *holds = true;
            }
        }
        self.reject(start, end, reason, emit)
    }

    /// Bytes that belong to no object, up to where one may begin.
    pub(super) fn stray(&mut self, emit: &mut Emit<'_>) -> ControlFlow<()> {
        let start = self.position;
        self.window.reach(start + QUOTED_BYTES, self.keep(start));
        let mut shown = self.window.slice(start, start + QUOTED_BYTES).to_vec();
        let (end, found) = if self.frames.is_empty() {
            self.next_top_level(start + 1)
        } else {
            self.next_bracket(start)
        };
        shown.truncate(usize::try_from(end - start).unwrap_or(shown.len()));
        let reason = RejectReason::Stray(quoted(&shown));
        self.resume(start, end, found, reason, emit)
    }

    /// The stream has ended: whatever is still open is cut off, unless a further record can be told from it.
    pub(super) fn finish(&mut self, emit: &mut Emit<'_>) -> ControlFlow<()> {
        while let Some((start, indent)) = self.give_up() {
            let (end, found) = self.next_record(start + 1, indent);
            self.resume(start, end, found, RejectReason::CutOffJson, emit)?;
            while let Some(byte) = self.significant() {
                self.token(byte, emit)?;
            }
        }
        let end = self.window.end();
        if !self.frames.is_empty() && !self.cut_reported {
            let reason = self
                .window
                .take_failure()
                .unwrap_or(RejectReason::CutOffJson);
            return self.reject(end, end, reason, emit);
        }
        if self.pieces == 0 {
            let reason = self.window.take_failure().unwrap_or(RejectReason::Empty);
            return self.reject(0, end, reason, emit);
        }
        ControlFlow::Continue(())
    }

    /// Where the next record begins behind a broken one, or the end of the stream and false.
    fn next_record(&mut self, from: u64, indent: Option<u64>) -> (u64, bool) {
        self.search(
            from,
            |byte| memchr(b'{', byte),
            |framer, at| {
                framer.begins_study(at)
                    || indent.is_some_and(|indent| framer.is_indented(at, indent))
            },
        )
    }

    /// Where the next value begins at top level: first in its line, or a study anywhere.
    fn next_top_level(&mut self, from: u64) -> (u64, bool) {
        self.search(
            from,
            |byte| memchr2(b'{', b'[', byte),
            |framer, at| framer.begins_study(at) || framer.is_first_in_line(at),
        )
    }

    /// The next bracket inside a list.
    fn next_bracket(&mut self, from: u64) -> (u64, bool) {
        self.search(from, |byte| memchr3(b'{', b'[', b']', byte), |_, _| true)
    }

    fn search(
        &mut self,
        from: u64,
        next: fn(&[u8]) -> Option<usize>,
        fits: impl Fn(&mut Self, u64) -> bool,
    ) -> (u64, bool) {
        let mut at = from.max(self.window.base());
        loop {
            match next(self.window.rest(at)) {
                Some(index) => {
                    at += index as u64;
                    if fits(self, at) {
                        return (at, true);
                    }
                    at += 1;
                }
                None => {
                    at = self.window.end();
                    if !self.window.more(at.saturating_sub(KEY_BYTES)) {
                        return (at, false);
                    }
                }
            }
        }
    }

    /// Whether a study begins with this `{`.
    fn begins_study(&mut self, at: u64) -> bool {
        self.window
            .reach(at + KEY_BYTES, at.saturating_sub(KEY_BYTES));
        let inside = self.window.slice(at + 1, at + KEY_BYTES).trim_ascii_start();
        inside.starts_with(STUDY_KEYS[0])
    }

    fn is_indented(&self, at: u64, indent: u64) -> bool {
        let line = at.saturating_sub(indent);
        line > self.window.base()
            && self.window.slice(line - 1, line) == b"\n"
            && self
                .window
                .slice(line, at)
                .iter()
                .all(|byte| matches!(byte, b' ' | b'\t'))
    }

    fn is_first_in_line(&self, at: u64) -> bool {
        self.line_start(at).is_some()
    }

    /// Where the line of `at` begins, if nothing but white space stands before it.
    fn line_start(&self, at: u64) -> Option<u64> {
        let before = self.window.slice(at.saturating_sub(KEY_BYTES), at);
        let blank = before
            .iter()
            .rev()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
        let is_line_end = before.len() > blank && before[before.len() - blank - 1] == b'\n';
        is_line_end.then(|| at - blank as u64)
    }
}

/// The beginning of the first line of some bytes, read as a record would be.
fn quoted(shown: &[u8]) -> String {
    let line = shown.split(|byte| *byte == b'\n').next();
    let line = line.unwrap_or_default();
    // A character that the end of what is shown cuts off does not make the line one of another encoding.
    let whole = match std::str::from_utf8(line) {
        Err(error) if error.error_len().is_none() && line.len() as u64 == QUOTED_BYTES => {
            &line[..error.valid_up_to()]
        }
        _ => line,
    };
    let (text, _) = encoding::to_utf8(whole, None);
    let text: String = String::from_utf8_lossy(&text)
        .chars()
        .take(QUOTED_CHARACTERS)
        .filter(|letter| !letter.is_control())
        .collect();
    text.trim_end().to_owned()
}
