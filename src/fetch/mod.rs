//! Downloading from a server that speaks the ClinicalTrials.gov API 2, and keeping an index up to date with it. The only HTTP client.
//!
//! ```text
//! selection  parameters of /studies as typed, addresses
//! client     one answer: pace, time limits, repetition; retry: how long to wait before asking again
//! page       an answer as studies; pages: all pages of a selection, also when a token expires
//! marks      what must be known of a record: its id and which of two is the newer
//! state      where a download stands, beside its file; download: pages into a file, whole pages or none
//! run        a download from its beginning to its end, into a file, an index or both
//! listing    how trials stand at the server; sync: an index against what its server has now; account: what came of it
//! ```
//!
//! Records are handed on byte for byte, but for line breaks between values, which become spaces where each record has a line of
//! its own. Nothing here prints; what should be said at once goes to a function that the caller gives.

mod account;
mod client;
mod download;
mod errors;
mod listing;
mod marks;
mod options;
mod page;
mod pages;
mod progress;
mod retry;
mod run;
mod selection;
mod state;
mod sync;

pub use account::{Moved, SyncReport, SyncedSelection};
pub use client::Tell;
pub use errors::FetchError;
pub use options::FetchOptions;
pub use progress::Progress;
pub use run::{FetchReport, Target, default_output, fetch};
pub(crate) use selection::described;
pub use selection::{DEFAULT_BASE_URL, QUERIES, selection};
pub use sync::sync;
