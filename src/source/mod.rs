//! Bytes to records: what a named path holds, cut into single records, and one file per format that reads them.
//!
//! The way in is [`walk()`]: it hands on one [`RawRecord`] or [`Reject`] per input item and knows no format's reader;
//! [`read_trial`] and [`read_record`] give each item to the reader of its format. Knows [`crate::trial`] only: it must
//! not know how records are indexed.

mod api_json;
mod ctgov_xml;
mod detect;
mod encoding;
mod frame;
mod item;
mod page;
mod reading;
mod stream;
mod strict_json;
mod unpack;
mod walk;

pub use item::{Format, Item, Limits, Origin, RawRecord, Reject, RejectReason};
pub use reading::{Parsed, ReadError};
pub use walk::{Measured, Progress, Walked, measure, read_stream, walk};

use crate::trial::vocabulary::Vocabulary;
use crate::trial::{Provenance, Trial, TrialId};

/// Reads the bytes of one record of a known format.
///
/// # Errors
/// If they are not a record of that format; an unknown spelling is no error but a note.
pub fn read_record(
    format: Format,
    bytes: &[u8],
    vocabulary: &Vocabulary,
) -> Result<Parsed, ReadError> {
    let text = || {
        std::str::from_utf8(bytes)
            .map_err(|error| ReadError::NotATrial(format!("text that is no UTF-8: {error}")))
    };
    match format {
        Format::ApiJson => api_json::read(bytes, vocabulary),
        Format::CtgovXml => ctgov_xml::read(bytes, vocabulary),
        Format::Page => page::read(text()?, vocabulary),
        Format::HtmlPage => page::read_html(text()?, vocabulary),
    }
}

/// Reads one item of a walk: the record with its id, its JSON text and where it came from.
///
/// # Errors
/// As [`read_record`]; also if the record has no id that names it.
pub fn read_trial(raw: RawRecord, vocabulary: &Vocabulary) -> Result<Trial, ReadError> {
    let parsed = read_record(raw.format, &raw.bytes, vocabulary)?;
    let id = parsed
        .study
        .protocol_section
        .identification_module
        .nct_id
        .as_deref();
    let id = id
        .map(str::trim)
        .filter(|id| !id.is_empty())
        .ok_or(ReadError::NoId(parsed.format))?;
    let id = TrialId::parse(id).ok_or_else(|| ReadError::BadId {
        id: id.to_owned(),
        format: parsed.format,
    })?;
    let json = match raw.format {
        Format::ApiJson => raw.bytes,
        _ => {
            // Other formats spell out about as much.
            let mut json = Vec::with_capacity(raw.bytes.len());
            serde_json::to_writer(&mut json, &parsed.study)
                .map_err(|error| ReadError::Json(error.to_string()))?;
            json
        }
    };
    Ok(Trial {
        id,
        json,
        provenance: Provenance {
            file: raw.origin.to_string(),
            format: parsed.format,
            snapshot: parsed.snapshot,
            read: jiff::Zoned::now().date().to_string(),
        },
        study: parsed.study,
        notes: parsed.notes,
    })
}
