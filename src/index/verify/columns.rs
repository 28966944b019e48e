//! The columns of a segment beside those that its records ask for.

use std::sync::{Mutex, PoisonError};

use rustc_hash::FxHashMap;
use tantivy::columnar::{Column, StrColumn};
use tantivy::schema::document::Value;
use tantivy::schema::{FieldType, OwnedValue};
use tantivy::{DocId, SegmentReader, TantivyDocument};

use crate::index::open::Index;
use crate::schema::{Layout, PieceKind, Pieces, column_of, has_column};

/// The column that is checked apart.
const APART: &str = "trial_id";

/// Values of a column that are kept as text; those of larger ones are looked up each time.
const MOST_TEXTS: usize = 200_000;

/// The columns of one segment.
pub(super) struct Columns {
    /// By the field's name, or the piece's.
    columns: Vec<(String, Kind)>,
}

enum Kind {
    Text(Option<Texts>),
    Signed(Option<Column<i64>>),
    Unsigned(Column<u64>),
}

struct Texts {
    column: StrColumn,
    /// The values by their ordinals, as far as they have been met.
    met: Mutex<FxHashMap<u64, String>>,
}

impl Columns {
    pub(super) fn open(index: &Index, segment: &SegmentReader) -> tantivy::Result<Columns> {
        let fast = segment.fast_fields();
        let layout = index.layout();
        let text = |name: &str| -> tantivy::Result<Kind> {
            Ok(Kind::Text(fast.str(name)?.map(|column| Texts {
                column,
                met: Mutex::default(),
            })))
        };
        let mut columns = Vec::new();
        for (field, entry) in layout.schema.fields() {
            let name = entry.name();
            if !entry.is_fast() || name == APART || field == layout.pieces.columns {
                continue;
            }
            let kind = match entry.field_type() {
                FieldType::Str(_) => text(name)?,
                FieldType::I64(_) => Kind::Signed(Some(fast.i64(name)?)),
                FieldType::U64(_) => Kind::Unsigned(fast.u64(name)?),
                _ => continue,
            };
            columns.push((name.to_owned(), kind));
        }
        let pieces = Pieces::bundled();
        for number in (0..pieces.pieces.len()).filter(|&piece| has_column(pieces, piece)) {
            let piece = &pieces.pieces[number];
            let name = column_of(piece.name);
            let kind = match piece.kind {
                PieceKind::Enumeration(_) => text(&name)?,
                _ => Kind::Signed(fast.column_opt(&name)?),
            };
            columns.push((piece.name.to_owned(), kind));
        }
        Ok(Columns { columns })
    }

    /// Compares the columns of a document with those worked out from its record.
    ///
    /// # Errors
    /// The first column that differs, in words that go behind the trial's id.
    pub(super) fn compare(
        &self,
        layout: &Layout,
        worked_out: &TantivyDocument,
        doc: DocId,
    ) -> Result<(), String> {
        let pieces = pieces_of(layout, worked_out);
        for (name, kind) in &self.columns {
            let expected: Vec<OwnedValue> = match layout.schema.get_field(name) {
                Ok(field) => worked_out.get_all(field).map(OwnedValue::from).collect(),
                Err(_) => match pieces.get(name) {
                    Some(OwnedValue::Array(values)) => values.clone(),
                    Some(value) => vec![value.clone()],
                    None => Vec::new(),
                },
            };
            let held = kind
                .values(doc)
                .map_err(|error| format!("the column `{name}` cannot be read: {error}"))?;
            if held != expected {
                return Err(format!(
                    "the column `{name}` has {}; its record says {}",
                    said(&held),
                    said(&expected)
                ));
            }
        }
        Ok(())
    }
}

/// The values of the pieces that columns hold, by the piece's name.
fn pieces_of(layout: &Layout, document: &TantivyDocument) -> FxHashMap<String, OwnedValue> {
    let object = document.get_first(layout.pieces.columns);
    let members = object.and_then(|object| object.as_object());
    let members = members.into_iter().flatten();
    members
        .map(|(name, value)| (name.to_owned(), OwnedValue::from(value)))
        .collect()
}

impl Kind {
    fn values(&self, doc: DocId) -> std::io::Result<Vec<OwnedValue>> {
        Ok(match self {
            Kind::Text(None) | Kind::Signed(None) => Vec::new(),
            Kind::Text(Some(texts)) => {
                let mut values = Vec::new();
                for ordinal in texts.column.term_ords(doc) {
                    values.push(OwnedValue::Str(texts.text(ordinal)?));
                }
                values
            }
            Kind::Signed(Some(column)) => column.values_for_doc(doc).map(OwnedValue::I64).collect(),
            Kind::Unsigned(column) => column.values_for_doc(doc).map(OwnedValue::U64).collect(),
        })
    }
}

impl Texts {
    fn text(&self, ordinal: u64) -> std::io::Result<String> {
        let met = || self.met.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(text) = met().get(&ordinal) {
            return Ok(text.clone());
        }
        let mut text = String::new();
        if !self.column.ord_to_str(ordinal, &mut text)? {
            return Err(std::io::Error::other("a value that its dictionary has not"));
        }
        let mut met = met();
        if met.len() < MOST_TEXTS {
            met.insert(ordinal, text.clone());
        }
        Ok(text)
    }
}

/// Values in words; of many the first few.
fn said(values: &[OwnedValue]) -> String {
    let word = |value: &OwnedValue| match value {
        OwnedValue::Str(text) => format!("`{text}`"),
        OwnedValue::I64(number) => number.to_string(),
        OwnedValue::U64(number) => number.to_string(),
        _ => "something else".to_owned(),
    };
    match values {
        [] => "nothing".to_owned(),
        [first @ .., last] if first.len() < 4 => {
            let mut words: Vec<String> = first.iter().map(word).collect();
            words.push(word(last));
            words.join(", ")
        }
        [first, second, third, ..] => format!(
            "{}, {}, {} and {} more",
            word(first),
            word(second),
            word(third),
            values.len() - 3
        ),
        _ => String::new(),
    }
}
