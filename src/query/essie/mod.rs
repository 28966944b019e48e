//! Essie, the expression language of the ClinicalTrials.gov API, read to the same query tree as our own language.
//!
//! `lex` cuts the text into tokens, `parse` makes the tree, `values` reads dates, ages, numbers and distances, `names` is how the
//! caller tells which areas and pieces there are, `errors` says what is wrong and where, in the API's wording where that is
//! documented. Nothing here knows a record or an index. No input makes it panic.

mod errors;
mod lex;
mod names;
mod parse;
mod values;

pub use errors::{EssieError, EssieFault};
pub use names::{AreaKind, AreaNames};
pub use parse::parse_essie;
pub use values::{Circle, distance, trial_numbers};
