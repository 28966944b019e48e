//! The engine's schema, made from `fields.toml`, and its fingerprint.

use tantivy::schema::{
    FAST, Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};

use crate::analysis;
use crate::schema::facets::FacetElement;
use crate::schema::fields::Fields;
use crate::schema::piece_columns::PieceFields;
use crate::schema::sites::SiteFields;
use crate::schema::tokenizer::CLINICAL;

/// Counts changes of what is stored and how, which the schema itself does not show.
const STORED_VERSION: u32 = 6;

/// The engine's schema and its fields by what they hold.
///
/// Dates are days since 1970-01-01; a partial date counts as its first day, for verification and completion as its last.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The engine's schema.
    pub schema: Schema,
    /// One field for each of [`Fields::text`].
    pub text: Vec<Field>,
    /// One column for each of [`Fields::facets`]; none for those that are worked out at search time.
    pub facets: Vec<Option<Field>>,
    /// The trial's own id, the key of the document; also a column, for ties.
    pub id: Field,
    /// Every id of the trial as [`crate::trial::TrialId::comparable`] writes it.
    pub ids: Field,
    /// Day of the last update.
    pub updated: Field,
    /// Day of the start.
    pub start: Field,
    /// Day of the primary completion.
    pub primary_completion: Field,
    /// Day that the status was verified, or else of the last update.
    pub verified: Field,
    /// Number of participants.
    pub enrollment: Field,
    /// The youngest age that may take part, in minutes ([`crate::trial::Age::minutes`]); none if there is no bound.
    pub minimum_age: Field,
    /// The age in minutes from which on nobody may take part: of "65 Years", that of 66; none if there is no bound.
    pub maximum_age: Field,
    /// The sites, one value a site in each column.
    pub sites: SiteFields,
    /// The pieces that columns hold, and words of pieces that no section holds.
    pub pieces: PieceFields,
    /// The names that the record uses (`schema/names.rs`).
    pub names: Field,
    /// The same names from each of their words on, for completing what is typed.
    pub completions: Field,
    /// What the record says that words stand for (`schema/learnt.rs`).
    pub learnt: Field,
    /// Hash of the record's bytes, to tell an unchanged record without reading it.
    pub hash: Field,
    /// Name of the format of the record ([`crate::trial::SourceFormat::name`]).
    pub format: Field,
    /// Day of the snapshot that the record belongs to.
    pub snapshot: Field,
    /// Days on which the trial changed, of those that the index knows of.
    pub changed: Field,
    /// When the last of these changes became known, in seconds since 1970.
    pub changes_known: Field,
    /// The record without its results.
    pub record: Field,
    /// The results.
    pub results: Field,
    /// Where the record came from, and what other sources add.
    pub sources: Field,
    /// Earlier versions of the record.
    pub history: Field,
}

impl Layout {
    /// The layout that a schema asks for.
    pub fn new(fields: &Fields) -> Layout {
        let mut builder = Schema::builder();
        let clinical = TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer(CLINICAL)
                .set_index_option(IndexRecordOption::WithFreqsAndPositions)
                .set_fieldnorms(true),
        );
        let text = fields
            .text
            .iter()
            .map(|field| builder.add_text_field(&field.name, clinical.clone()))
            .collect();
        let column = TextOptions::default().set_fast("raw");
        let facets = fields
            .facets
            .iter()
            .map(|facet| {
                (facet.element != FacetElement::VerificationState).then(|| {
                    builder.add_text_field(&format!("facet_{}", facet.name), column.clone())
                })
            })
            .collect();
        let term = TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer("raw")
                .set_index_option(IndexRecordOption::Basic)
                .set_fieldnorms(false),
        );
        Layout {
            text,
            facets,
            id: builder.add_text_field("trial_id", STRING | FAST | STORED),
            ids: builder.add_text_field("registry_ids", STRING),
            updated: builder.add_i64_field("updated", FAST),
            start: builder.add_i64_field("start", FAST),
            primary_completion: builder.add_i64_field("primary_completion", FAST),
            verified: builder.add_i64_field("verified", FAST),
            enrollment: builder.add_i64_field("enrollment", FAST),
            minimum_age: builder.add_i64_field("minimum_age", FAST),
            maximum_age: builder.add_i64_field("maximum_age", FAST),
            sites: SiteFields::new(&mut builder),
            pieces: PieceFields::new(&mut builder),
            names: builder.add_text_field("names", term.clone()),
            completions: builder.add_text_field("completions", term.clone()),
            learnt: builder.add_text_field("learnt", term),
            hash: builder.add_u64_field("record_hash", FAST),
            format: builder.add_text_field("format", column),
            snapshot: builder.add_i64_field("snapshot", FAST),
            changed: builder.add_i64_field("changed", FAST),
            changes_known: builder.add_i64_field("changes_known", FAST),
            record: builder.add_bytes_field("record", STORED),
            results: builder.add_bytes_field("results", STORED),
            sources: builder.add_bytes_field("sources", STORED),
            history: builder.add_bytes_field("history", STORED),
            schema: builder.build(),
        }
    }

    /// What an index must have been made with to be read: its fields and what they hold, the analysis,
    /// and the form of what is stored. Weights, labels and synonyms may change under an index.
    pub fn fingerprint(fields: &Fields) -> String {
        let mut text = format!(
            "stored {STORED_VERSION}\nanalysis {}\n",
            analysis::fingerprint()
        );
        for field in &fields.text {
            text.push_str(&format!("{} {:?}\n", field.name, field.elements));
        }
        for facet in &fields.facets {
            text.push_str(&format!(
                "{} {:?} {:?}\n",
                facet.name, facet.element, facet.vocabulary
            ));
        }
        format!("{:016x}", content_hash(text.as_bytes()))
    }
}

/// A stable 64-bit hash of bytes (FNV-1a over 8-byte words), for telling whether they changed. Not against an adversary.
pub(crate) fn content_hash(bytes: &[u8]) -> u64 {
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ (bytes.len() as u64);
    let mut words = bytes.chunks_exact(8);
    for word in &mut words {
        let word = u64::from_le_bytes(word.try_into().expect("chunks of eight bytes"));
        hash = (hash ^ word).wrapping_mul(PRIME);
        hash ^= hash >> 29;
    }
    for &byte in words.remainder() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(PRIME);
    }
    hash ^ (hash >> 32)
}
