//! Documents on disk: create, open, bring records in, commit, swap.
//!
//! Writes what [`crate::schema`] lays out and [`crate::source`] reads. It must not rank, print or parse arguments.

mod backup;
mod budget;
mod build;
mod catalogue;
mod commit;
mod compact;
mod delete;
mod directory;
mod errors;
mod fetched;
mod files;
mod generations;
mod history;
mod ingest;
mod known;
mod open;
mod report;
mod segment;
mod sites;
mod stored;
mod verify;
mod writing;

pub use backup::{Backup, BackupError, BackupProgress};
pub use build::{BuildOptions, Fed, Feed, Progress, RejectSink};
pub use catalogue::{Catalogue, Count, Counts};
pub use commit::commit_name;
pub use compact::{Compaction, Extent};
pub use delete::{Ambiguous, Deletion};
pub use errors::IndexError;
pub use fetched::{Fetched, Selection};
pub(crate) use generations::readable_by_all;
pub use history::{KnownVersion, Span, TrialChange, TrialHistory};
pub use known::KnownTrial;
pub(crate) use open::all_texts;
pub use open::{Index, SchemaChoice, SchemaError};
pub use report::{Rejected, Report};
pub use sites::SiteCounts;
pub(crate) use sites::{NearSite, SegmentSites, TaughtPlace};
pub(crate) use stored::StoredJson;
pub use stored::StoredTrial;
pub(crate) use verify::damage;
pub use verify::{Finding, Verification, VerifyProgress};
