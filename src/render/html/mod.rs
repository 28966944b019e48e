//! Hits and trials as pieces of a page. No addresses of a server but those that it is given, no styles, no scripts: classes
//! say what a piece is. All text is escaped here and nowhere else ([`Escaped`] in templates, [`Html`] for marked text).

mod card;
mod comparison;
mod criteria;
mod escape;
mod history;
mod people;
mod piece;
mod plan;
mod prose;
mod record;
mod results;
mod results_table;

pub use card::{Card, Link, patient_age};
pub use comparison::{ComparedRow, comparison};
pub use escape::{Escaped, Html};
pub use piece::{Block, Entry, Field, Fold, Line, Row, Section};
pub use record::{Record, RecordView, record};
pub use results_table::{Table, TableRow};
