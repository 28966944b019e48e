//! Cuts a byte stream into single records: the exact bytes of each, and a rejection for whatever is none.
//!
//! A framer finds where records begin and end; it does not parse them, and it holds no more than one of them. Whatever
//! is broken costs that record only: each framer finds its way back to the next one.
mod json;
mod resume;
mod scan;
mod window;
mod xml;

use std::ops::ControlFlow;

use crate::source::item::{Limits, RejectReason};

pub(crate) use json::frame as json;
pub(crate) use window::{Unread, Window, reason_of};
pub(crate) use xml::frame as xml;

/// One piece of a stream: a record's bytes, or what was wrong with it.
pub(crate) struct Piece<'a> {
    /// Offset in the stream.
    pub(crate) start: u64,
    /// Length in the stream, in bytes.
    pub(crate) length: u64,
    /// Position among the pieces, from 1; absent when the stream is this one piece.
    pub(crate) number: Option<u64>,
    /// The record, or why there is none.
    pub(crate) content: Result<&'a [u8], RejectReason>,
}

/// Where pieces go; `Break` ends the framing.
pub(crate) type Emit<'e> = dyn FnMut(Piece<'_>) -> ControlFlow<()> + 'e;

/// The whole stream from `start` on is one record: a page.
pub(crate) fn whole(
    window: &mut Window<'_>,
    start: u64,
    limits: &Limits,
    emit: &mut Emit<'_>,
) -> ControlFlow<()> {
    // Reading on only to measure an endless stream would be no use to anybody.
    window.reach(
        start
            .saturating_add(limits.max_record_bytes)
            .saturating_add(1),
        start,
    );
    let length = window.end() - start;
    let content = if length > limits.max_record_bytes {
        Err(RejectReason::TooLong {
            size: length,
            exact: false,
            limit: limits.max_record_bytes,
        })
    } else if let Some(failure) = window.take_failure() {
        Err(failure)
    } else {
        Ok(window.rest(start))
    };
    emit(Piece {
        start,
        length,
        number: None,
        content,
    })
}
