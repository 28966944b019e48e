//! One version of a record as its difference from another: the bytes compressed with the other's as their dictionary.
//!
//! What both have in common costs next to nothing, and the version comes back byte for byte, so that a history needs no
//! patches of its own kind: what changed is worked out from the versions when somebody asks.

use std::io::{Read, Write};

use zstd::stream::{read::Decoder, write::Encoder};

use crate::schema::StoredRecordError;

/// zstd level; see the measurement in [`super::states`].
const LEVEL: i32 = 9;

/// Bytes of both versions from which on matches are looked for over long distances; below, the ordinary search reaches all.
const LONG: usize = 4 << 20;

/// Largest version that is taken back, in bytes. Records of more than 64 MiB are not let in.
const MOST_BYTES: u64 = 256 << 20;

/// The difference of some bytes from others.
pub(super) fn delta(bytes: &[u8], base: &[u8]) -> Result<Vec<u8>, StoredRecordError> {
    let write = || -> std::io::Result<Vec<u8>> {
        let together = base.len() + bytes.len();
        let mut encoder = Encoder::with_ref_prefix(Vec::new(), LEVEL, base)?;
        // The window has to reach back to the beginning of the other version.
        let window = usize::BITS - together.leading_zeros();
        encoder.window_log(window.clamp(10, 27))?;
        encoder.long_distance_matching(together > LONG)?;
        encoder.set_pledged_src_size(Some(bytes.len() as u64))?;
        // A wrong dictionary would go unnoticed otherwise.
        encoder.include_checksum(true)?;
        encoder.write_all(bytes)?;
        encoder.finish()
    };
    write().map_err(|error| StoredRecordError::Damaged(error.to_string()))
}

/// The bytes whose difference from others is given.
pub(super) fn whole(delta: &[u8], base: &[u8]) -> Result<Vec<u8>, StoredRecordError> {
    let read = || -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        Decoder::with_ref_prefix(delta, base)?
            .take(MOST_BYTES)
            .read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(|error| StoredRecordError::Damaged(error.to_string()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_wrong_base_is_an_error() {
        let base = b"the same words again and again, the same words again".repeat(20);
        let changed = [&base[..100], b"other", &base[100..]].concat();
        let difference = delta(&changed, &base).unwrap();
        assert!(difference.len() < 60, "{}", difference.len());
        assert!(whole(&difference, b"something else").is_err());
        assert!(whole(b"nonsense", &base).is_err());
    }

    #[test]
    fn long_versions_come_back() {
        let mut state = 1_u32;
        let base: Vec<u8> = (0..6 << 20)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            })
            .collect();
        let changed = [&base[..1000], b"other", &base[900..]].concat();
        let difference = delta(&changed, &base).unwrap();
        assert!(difference.len() < 4_000, "{}", difference.len());
        assert!(whole(&difference, &base).unwrap() == changed);
    }

    proptest! {
        #[test]
        fn versions_come_back_byte_for_byte(
            bytes in proptest::collection::vec(0_u8..4, 0..300),
            base in proptest::collection::vec(0_u8..4, 0..300),
        ) {
            prop_assert_eq!(whole(&delta(&bytes, &base).unwrap(), &base).unwrap(), bytes);
        }
    }
}
