//! How occurrences are weighed: BM25F (Robertson, Zaragoza and Taylor 2004), the frequencies of all fields summed with their
//! weights and lengths before they saturate.

use tantivy::fieldnorm::FieldNormReader;

/// The settings of a search's ranking.
#[derive(Clone, Debug)]
pub(crate) struct Weights {
    pub(crate) k1: f32,
    pub(crate) b: f32,
    /// The power that inverse document frequency is raised to: above 1, a rare word says more than several common ones.
    pub(crate) rarity: f32,
    /// One for each of [`crate::schema::Fields::text`].
    pub(crate) fields: Vec<f32>,
}

/// Inverse document frequency, never negative (Robertson and Walker 1997, with one added as in Lucene).
pub(crate) fn idf(frequency: u64, documents: u64) -> f32 {
    let (frequency, documents) = (frequency.min(documents) as f32, documents as f32);
    (1.0 + (documents - frequency + 0.5) / (frequency + 0.5)).ln()
}

/// What a weighted frequency amounts to: it grows ever less with each occurrence, and never beyond k1 and one.
#[inline]
pub(crate) fn saturated(weighted: f32, k1: f32) -> f32 {
    // Where weights and k1 are nought, nought is not divided by itself; and no quotient is above one, however it is rounded.
    (k1 + 1.0) * (weighted / (weighted + k1).max(f32::MIN_POSITIVE))
}

/// Weight over length normalisation, for each of the 256 lengths that the engine distinguishes.
pub(crate) type NormTable = [f32; 256];

/// The norms of a field of some weight and mean length.
pub(crate) fn norm_table(weight: f32, b: f32, mean_length: f32) -> NormTable {
    let mut table = [0.0; 256];
    for (id, norm) in (0_u8..=255).zip(table.iter_mut()) {
        // A document without the field has no length there; what is divided by must be more than nought even so.
        let length = FieldNormReader::id_to_fieldnorm(id).max(1) as f32;
        *norm = weight / (1.0 - b + b * length / mean_length);
    }
    table
}
