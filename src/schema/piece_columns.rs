//! The pieces of a record in its document: columns for values that have an order or are one of a few, and the words of pieces that
//! an area is searched by and no section holds. Which those are, `index_schema/` says.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use rustc_hash::FxHashSet;
use tantivy::TantivyDocument;
use tantivy::schema::{
    Field, IndexRecordOption, JsonObjectOptions, OwnedValue, SchemaBuilder, TextFieldIndexing,
    TextOptions,
};

use crate::schema::piece_values::{FoundValue, PieceReader, PieceValue};
use crate::schema::pieces::{PieceKind, Pieces};
use crate::schema::tokenizer::with_thread_analyzer;
use crate::trial::eligibility::unescape_markdown;
use crate::trial::{Age, PartialDate};

/// The name of the columns' field in the engine's schema.
const COLUMNS: &str = "piece_values";

/// The fields that hold pieces.
#[derive(Clone, Copy, Debug)]
pub struct PieceFields {
    /// An object with a column for each piece that `has_column` names.
    pub columns: Field,
    /// The words of [`Pieces::indexed`], each with its piece before it (`term_of_piece`).
    pub words: Field,
}

/// The numbers of those pieces that a record's document has, and what reads them.
struct Written {
    reader: PieceReader,
    is_indexed: Vec<bool>,
}

static WRITTEN: LazyLock<Written> = LazyLock::new(|| {
    let pieces = Pieces::bundled();
    let columns = (0..pieces.pieces.len()).filter(|piece| has_column(pieces, *piece));
    let wanted: Vec<usize> = columns.chain(pieces.indexed.iter().copied()).collect();
    Written {
        reader: PieceReader::new(pieces, &wanted, &[]),
        is_indexed: (0..pieces.pieces.len())
            .map(|piece| pieces.indexed.contains(&piece))
            .collect(),
    }
});

/// Whether the values of a piece are in a column: those that are days, ages, numbers, flags or one of a few, but not those of the
/// results and of people's roles, which hardly anybody asks for and some records have by the hundred.
pub(crate) fn has_column(pieces: &Pieces, piece: usize) -> bool {
    let piece = &pieces.pieces[piece];
    let is_value = piece.kind.is_ordered()
        || matches!(piece.kind, PieceKind::Boolean | PieceKind::Enumeration(_));
    let is_asked_for = piece.path.starts_with("protocolSection.")
        || piece.path.starts_with("derivedSection.miscInfoModule.")
        || piece.path == "hasResults";
    is_value && is_asked_for && !piece.path.ends_with("ontacts.role")
}

/// The name of a piece's column.
pub(crate) fn column_of(piece: &str) -> String {
    format!("{COLUMNS}.{piece}")
}

/// The term of a word of a piece: a letter for the piece's place among [`Pieces::indexed`], then the word. Longer marks would make the
/// dictionary of these terms twice as dear.
pub(crate) fn term_of_piece(pieces: &Pieces, piece: usize, word: &str) -> String {
    let place = pieces.indexed.iter().position(|indexed| *indexed == piece);
    let letter = place
        .and_then(|place| u8::try_from(place).ok())
        .unwrap_or(u8::MAX);
    format!("{}{word}", char::from(letter.saturating_add(b'A')))
}

/// Where a value stands in the order of its piece: days since 1970-01-01 (of a partial date its first), minutes, numbers; 1 for
/// yes and 0 for no.
pub(crate) fn ordinal(kind: PieceKind, value: &PieceValue<'_>) -> Option<i64> {
    match (kind, value) {
        (PieceKind::Age, PieceValue::Text(text)) => Age::parse(text).map(Age::minutes),
        (kind, PieceValue::Text(text)) if kind.is_day() => {
            let day = text.split_once('T').map_or(&**text, |(day, _)| day);
            PartialDate::parse(day).map(PartialDate::days)
        }
        (PieceKind::Integer, PieceValue::Number(number)) => Some(*number as i64),
        (PieceKind::Integer, PieceValue::Text(text)) => text.trim().parse().ok(),
        (PieceKind::Count, PieceValue::Count(count)) => i64::try_from(*count).ok(),
        (PieceKind::Boolean, PieceValue::Flag(flag)) => Some(i64::from(*flag)),
        (PieceKind::Boolean, PieceValue::Text(text)) => match text.to_lowercase().as_str() {
            "yes" | "true" => Some(1),
            "no" | "false" => Some(0),
            _ => None,
        },
        _ => None,
    }
}

/// One value of a column.
#[derive(Clone, PartialEq, Eq, Hash)]
enum ColumnValue<'t> {
    Text(Cow<'t, str>),
    Number(i64),
}

impl From<ColumnValue<'_>> for OwnedValue {
    fn from(value: ColumnValue<'_>) -> OwnedValue {
        match value {
            ColumnValue::Text(text) => OwnedValue::Str(text.into_owned()),
            ColumnValue::Number(number) => OwnedValue::I64(number),
        }
    }
}

impl PieceFields {
    pub(crate) fn new(builder: &mut SchemaBuilder) -> PieceFields {
        let words = TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer("raw")
                .set_index_option(IndexRecordOption::Basic)
                .set_fieldnorms(false),
        );
        PieceFields {
            columns: builder.add_json_field(COLUMNS, JsonObjectOptions::default().set_fast("raw")),
            words: builder.add_text_field("piece_words", words),
        }
    }

    /// Writes the pieces of a record.
    pub(crate) fn write<'j>(&self, document: &mut TantivyDocument, json: &'j [u8]) {
        let pieces = Pieces::bundled();
        let mut columns: BTreeMap<&str, Vec<OwnedValue>> = BTreeMap::new();
        let mut known: FxHashSet<(usize, ColumnValue<'_>)> = FxHashSet::default();
        let mut words: FxHashSet<String> = FxHashSet::default();
        let mut take = |found: FoundValue<'j>| {
            let piece = &pieces.pieces[found.piece];
            if WRITTEN.is_indexed[found.piece] {
                if let PieceValue::Text(text) = &found.value {
                    let mut term = term_of_piece(pieces, found.piece, "");
                    let mark = term.len();
                    with_thread_analyzer(|analyzer| {
                        analyzer.tokens(&unescape_markdown(text), &mut |token| {
                            term.truncate(mark);
                            term.push_str(token.term());
                            if !words.contains(term.as_str()) {
                                words.insert(term.clone());
                            }
                        });
                    });
                }
                return;
            }
            let value = match (piece.kind, found.value) {
                (PieceKind::Enumeration(_), PieceValue::Text(text)) => {
                    Some(ColumnValue::Text(text))
                }
                (kind, value) => ordinal(kind, &value).map(ColumnValue::Number),
            };
            let Some(value) = value else { return };
            if known.insert((found.piece, value.clone())) {
                let column = columns.entry(piece.name).or_default();
                column.push(value.into());
            }
        };
        WRITTEN.reader.read(json, &mut take);
        let columns = columns.into_iter().map(|(name, mut values)| {
            let value = match values.len() {
                1 => values.remove(0),
                _ => OwnedValue::Array(values),
            };
            (name.to_owned(), value)
        });
        document.add_object(self.columns, columns.collect());
        for word in words {
            document.add_text(self.words, word);
        }
    }
}
