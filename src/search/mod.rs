//! From a query tree to ranked, filtered, counted hits with their passages.
//!
//! The way of a search: `lower` makes concepts and filters of the tree and the engine's query of them, `expand` adds what stands
//! for them, `bonus` and `feedback` say what else speaks for a trial, `collect` goes over the documents once for filters, facets
//! and the best hits, `run` widens a search that finds nothing, `present` reads the hits' records and
//! picks passages. Nothing here prints.

mod bonus;
mod collect;
mod columns;
mod concept;
mod concept_query;
mod documented;
mod expand;
mod expansion;
mod feedback;
mod filter;
mod finder;
mod found;
mod hits;
mod ids;
mod lookup;
mod lower;
mod names;
mod near_words;
mod patient;
mod phase_words;
mod placed;
mod places;
mod present;
mod query_names;
mod request;
mod run;
mod scorer;
mod senses;
mod similar;
mod sites;
mod spelling;
mod status;
mod suggest;

pub use documented::{
    DatesMeant, FrozenAlternative, FrozenArranged, FrozenConcept, FrozenTerm, LOG_VERSION, Line,
    LineCount, LineDifference, LineError, LogError, LoggedLine, Replay, SearchLog, SearchSettings,
    read_lines,
};
pub use finder::{Finder, SearchError};
pub use hits::*;
pub use names::NameCount;
pub use patient::{AgeFilter, LeftOut, NameUse, PatientConcept, PatientQuery, Reason, Touched};
pub use places::Place;
pub use query_names::query_filters;
pub use request::{Filter, Request, Sort};
pub use sites::{SiteFilter, USUAL_KM};
pub use status::HitStatus;
pub use suggest::{Suggestion, Suggestions};
