//! The form in which a record lies in the index: compressed, its results apart, byte for byte recoverable.

use std::cell::RefCell;
use std::io;
use std::sync::LazyLock;

use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::DecoderDictionary;
use zstd::zstd_safe::{CParameter, DictAttachPref};

use crate::trial::member_of;

/// Words that every record has, so that a record of some kilobytes need not spell them out.
const DICTIONARY: &[u8] = include_bytes!("../../index_schema/record_dictionary.txt");

/// zstd level. Level 1 halves the time of level 3 and makes records a few percent larger.
const LEVEL: i32 = 1;

/// Bytes of the shortest repetition that is looked for. One more than the level has takes less time and makes records no larger.
const SHORTEST_REPETITION: u32 = 6;

/// Largest record that is taken back out of an index, in bytes. Records of more than 64 MiB are not let in.
const MAX_BYTES: usize = 256 << 20;

/// What stands in the stored record where the results were.
const PLACE_OF_RESULTS: &[u8] = b"null";

/// Marks a record from which no results were cut.
const NO_CUT: u32 = u32::MAX;

static DECODER: LazyLock<DecoderDictionary<'static>> =
    LazyLock::new(|| DecoderDictionary::copy(DICTIONARY));

thread_local! {
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Why a stored record cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum StoredRecordError {
    /// The compressed form is damaged.
    #[error(
        "a stored record is damaged ({0}): rebuild the index from its sources with `trialfind index --rebuild`"
    )]
    Damaged(String),
}

/// The two stored fields of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRecord {
    /// Place of the cut (4 bytes, little endian) and the compressed record without results.
    pub record: Vec<u8>,
    /// The compressed results; empty if the record has none.
    pub results: Vec<u8>,
}

impl StoredRecord {
    /// Cuts the results out of a study's JSON text and compresses both parts. A text that is no JSON object is kept whole.
    pub fn new(json: &[u8]) -> Result<StoredRecord, StoredRecordError> {
        // Most records have no results, and looking for the name anywhere is quickest.
        let results = memchr::memmem::find(json, b"\"resultsSection\"")
            .and_then(|_| member_of(json, "resultsSection"))
            .filter(|place| &json[place.clone()] != PLACE_OF_RESULTS);
        let mut record = Vec::new();
        let Some(results) = results else {
            record.extend_from_slice(&NO_CUT.to_le_bytes());
            record.extend_from_slice(&compress(json)?);
            return Ok(StoredRecord {
                record,
                results: Vec::new(),
            });
        };
        let cut = u32::try_from(results.start)
            .map_err(|_| StoredRecordError::Damaged("record over 4 GiB".into()))?;
        let rest = [
            &json[..results.start],
            PLACE_OF_RESULTS,
            &json[results.end..],
        ]
        .concat();
        record.extend_from_slice(&cut.to_le_bytes());
        record.extend_from_slice(&compress(&rest)?);
        Ok(StoredRecord {
            record,
            results: compress(&json[results])?,
        })
    }

    /// The JSON text without results: valid JSON, with `null` in the place of results that were cut.
    pub fn without_results(record: &[u8]) -> Result<Vec<u8>, StoredRecordError> {
        let compressed = record
            .get(4..)
            .ok_or_else(|| StoredRecordError::Damaged("too short".into()))?;
        decompress(compressed)
    }

    /// The JSON text as it came in.
    pub fn whole(record: &[u8], results: &[u8]) -> Result<Vec<u8>, StoredRecordError> {
        let damaged = || StoredRecordError::Damaged("the cut is out of place".into());
        let mut json = Self::without_results(record)?;
        let cut: [u8; 4] = record
            .get(..4)
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(damaged)?;
        let cut = u32::from_le_bytes(cut);
        if cut == NO_CUT {
            return Ok(json);
        }
        let cut = cut as usize;
        let end = cut + PLACE_OF_RESULTS.len();
        if json.get(cut..end) != Some(PLACE_OF_RESULTS) {
            return Err(damaged());
        }
        json.splice(cut..end, decompress(results)?);
        Ok(json)
    }
}

/// Compresses bytes with the dictionary of records.
pub(crate) fn compress(bytes: &[u8]) -> Result<Vec<u8>, StoredRecordError> {
    COMPRESSOR
        .with_borrow_mut(|cell| {
            let compressor = match cell {
                Some(compressor) => compressor,
                None => cell.insert(compressor()?),
            };
            compressor.compress(bytes)
        })
        .map_err(|error| StoredRecordError::Damaged(error.to_string()))
}

fn compressor() -> io::Result<Compressor<'static>> {
    let mut compressor = Compressor::with_dictionary(LEVEL, DICTIONARY)?;
    compressor.set_parameter(CParameter::MinMatch(SHORTEST_REPETITION))?;
    // Left alone it copies the dictionary's tables for each record of more than 8 KB, which takes longer than looking into both.
    compressor.set_parameter(CParameter::ForceAttachDict(DictAttachPref::ForceAttach))?;
    Ok(compressor)
}

/// Takes back what [`compress`] made.
pub(crate) fn decompress(bytes: &[u8]) -> Result<Vec<u8>, StoredRecordError> {
    DECOMPRESSOR
        .with_borrow_mut(|cell| {
            let decompressor = match cell {
                Some(decompressor) => decompressor,
                None => cell.insert(Decompressor::with_prepared_dictionary(&DECODER)?),
            };
            let size = Decompressor::upper_bound(bytes)
                .unwrap_or(MAX_BYTES)
                .min(MAX_BYTES);
            decompressor.decompress(bytes, size)
        })
        .map_err(|error| StoredRecordError::Damaged(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(json: &str, has_results: bool) {
        let stored = StoredRecord::new(json.as_bytes()).unwrap();
        assert_eq!(!stored.results.is_empty(), has_results, "{json}");
        let whole = StoredRecord::whole(&stored.record, &stored.results).unwrap();
        assert_eq!(String::from_utf8(whole).unwrap(), json);
        let without = StoredRecord::without_results(&stored.record).unwrap();
        assert!(serde_json::from_slice::<serde_json::Value>(&without).is_ok());
    }

    #[test]
    fn records_come_back_byte_for_byte() {
        check(r#"{"protocolSection":{"a":1},"hasResults":false}"#, false);
        check(
            r#"{ "protocolSection" : {"resultsSection":7} , "resultsSection":{"x":[1, 2]}, "hasResults":true }"#,
            true,
        );
        check(r#"{"resultsSection":null}"#, false);
        check("{}", false);
    }

    #[test]
    fn damage_is_an_error() {
        assert!(StoredRecord::without_results(&[1, 2]).is_err());
        assert!(StoredRecord::without_results(&[255, 255, 255, 255, 9, 9, 9]).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_come_back(bytes in proptest::collection::vec(any::<u8>(), 0..500)) {
            let stored = StoredRecord::new(&bytes).unwrap();
            prop_assert_eq!(StoredRecord::whole(&stored.record, &stored.results).unwrap(), bytes);
        }
    }
}
