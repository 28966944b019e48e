//! Answers to text: terminal, JSON, CSV, RIS, HTML.
//!
//! Every function here makes text or writes to a writer that it is given; nothing opens a stream, asks the terminal or reads
//! the environment. What comes from a record is cleaned of control characters before it is shown to people.

mod catalogue;
mod changes;
mod csv;
mod design;
mod document;
mod documented;
mod downloads;
mod eligibility;
mod evaluation;
mod explain;
mod facets;
mod hits;
mod html;
mod json;
mod keeping;
mod notices;
mod numbers;
mod patient;
mod people;
mod prose;
mod report;
mod ris;
mod source;
mod status;
mod study_csv;
mod study_json;
mod suggestions;
mod table;
mod text;
mod trial;

pub use self::csv::{CSV_COLUMNS, csv_cell, csv_header, csv_header_with, csv_row, csv_row_with};
pub use catalogue::catalogue_text;
pub use changes::{changes_text, history_text};
pub use documented::{line_counts_text, replay_text};
pub use downloads::{fetch_report_text, sync_report_text};
pub use evaluation::evaluation_text;
pub use explain::query_text;
pub use hits::hits_text;
pub use html::*;
pub use json::{json_line, json_pretty};
pub use keeping::{backup_text, compaction_text, deletion_text, verification_text};
pub use notices::{expansions_text, notices_text};
pub(crate) use numbers::counted;
pub use numbers::{bytes, count};
pub use report::report_text;
pub use ris::ris_record;
pub use study_csv::{STUDY_COLUMNS, study_columns, study_row};
pub use study_json::Projection;
pub use suggestions::suggestions_text;
pub use text::clean;
pub use trial::{TrialView, trial_text};

/// How text is to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Columns that a line may take.
    pub width: usize,
    /// Whether to use colours (ANSI escapes). Without them matches stand between `**`.
    pub colour: bool,
}

impl Look {
    /// No colours and a hundred columns: what is written to a file or a pipe.
    pub const PLAIN: Look = Look {
        width: 100,
        colour: false,
    };
}
