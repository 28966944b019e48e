//! Searches that can be documented and run again, as a systematic review must: numbered lines that combine, a log of what was
//! searched and found, and the same search later with what differs.
//!
//! ```text
//! lines    a file of numbered lines to queries; `#1 AND #2` combines earlier ones
//! dates    the days that its filters meant
//! freeze   what a query was expanded to, kept word by word
//! settings what held for every line beside its words and filters
//! log      everything that a rerun needs, as JSON
//! replay   a log run again, and what differs
//! ```
//!
//! Nothing here widens a search or reads a patient's story.

mod dates;
mod freeze;
mod lines;
mod log;
mod replay;
mod settings;

pub use dates::DatesMeant;
pub(crate) use freeze::thaw;
pub use freeze::{FrozenAlternative, FrozenArranged, FrozenConcept, FrozenTerm};
pub use lines::{Line, LineError, read_lines};
pub use log::{LOG_VERSION, LineCount, LogError, LoggedLine, SearchLog};
pub use replay::{LineDifference, Replay};
pub use settings::SearchSettings;
