//! The query language: words typed become a tree whose every leaf knows its place in the text.
//!
//! Three steps, three files: `lex` cuts the text into tokens, `parse` makes the tree (`tree`), `errors` says what is
//! wrong and where; `caret` shows the place. `signs` reads what is set on words and groups (`*`, `~`, `^`, `=`), `filter`
//! the values of filters; `notation` names the notations of other search tools that must not pass for plain words, and
//! `fields` is how the caller tells which fields and filters exist. `essie` reads the language of the public API to the
//! same tree, `area` is what that may ask of pieces of a record. `text` writes a tree as a query again. The reference for
//! people who search is `reference.md`.
//!
//! This room ends at the tree: it knows no engine, no index, no analysis of words, and it prints nothing. A query is
//! either understood or refused with its place and a hint; it never becomes a different search in silence.
//! Beside the language, `ids` reads a text that is nothing but ids of trials, and `plain` one in which nothing is notation.

mod area;
mod caret;
mod errors;
pub mod essie;
mod fields;
mod filter;
mod ids;
mod lex;
mod notation;
mod parse;
mod plain;
mod signs;
mod text;
mod tree;

pub use area::{AreaTest, Bound, Coverage, Expansion};
pub(crate) use errors::some_of;
pub use errors::{QueryError, QueryFault};
pub use fields::FieldNames;
pub(crate) use fields::nearest_of;
pub use filter::{Ago, AgoUnit, Day, Ends, FilterKind, FilterName, Test};
pub(crate) use ids::ids_typed;
pub use ids::parse;
pub(crate) use lex::is_quote;
pub use notation::Notation;
pub use parse::{LONGEST_QUERY, MOST_NESTED};
pub(crate) use signs::open_words;
pub use tree::{Finite, Form, Node, Place, Query, Span};

/// The reference of the query language, in Markdown that also reads well as plain text: what `trialfind help query`
/// prints and the README refers to. It names no field list; the caller that knows the fields adds it.
pub fn reference() -> &'static str {
    include_str!("reference.md")
}
