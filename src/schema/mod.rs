//! From record to index document, as `index_schema/` says.
//!
//! [`Fields`] is `fields.toml` read; [`Layout`] is the engine's schema made from it. It must not open an index or search.

mod document;
mod elements;
mod facets;
mod fields;
mod layout;
mod learnt;
mod mesh_descriptors;
mod names;
mod piece_columns;
mod piece_values;
mod pieces;
mod sites;
mod stored;
mod synonyms;
mod tokenizer;
mod written;

pub(crate) use document::{Stored, StoredHistory};
pub use elements::{Element, SectionText, section_texts};
pub use facets::{FacetElement, NOT_STATED, UNRECOGNISED, facet_values, is_open, is_stale};
pub(crate) use fields::check_weight;
pub use fields::{FacetField, Fields, FieldsError, Ranking, TextField};
pub use layout::Layout;
pub(crate) use layout::content_hash;
pub(crate) use learnt::{Learnt, Relation};
pub use names::NameKind;
pub(crate) use names::{Completion, KnownBy, MOST_WORDS, SEPARATOR, read_name_entry};
pub use piece_columns::PieceFields;
pub(crate) use piece_columns::{column_of, has_column, ordinal, term_of_piece};
pub use piece_values::{FoundValue, PieceReader, PieceValue};
pub use pieces::{Area, Enumeration, Piece, PieceKind, Pieces, Searched, comparable_value};
pub use sites::{SiteFields, status_of};
pub(crate) use sites::{latitudes, parts_of_key, point_of, taught, without_state};
pub use stored::{StoredRecord, StoredRecordError};
pub(crate) use stored::{compress, decompress};
pub use synonyms::{Synonym, SynonymSource, Synonyms, SynonymsError};
pub(crate) use tokenizer::{
    CLINICAL, LONG_VALUE, VALUE_GAP, exact_of, indexed_tokens, register_analyzer,
    with_thread_analyzer,
};
