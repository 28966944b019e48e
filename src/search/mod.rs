//! From a query tree to ranked, filtered, counted hits with their passages.
//!
//! The way of a search: `lower` makes concepts and filters of the tree and the engine's query of them, `collect` goes over the documents
//! once for filters, facets and the best hits, `run` widens a search that finds nothing, `present` reads the hits' records and
//! picks passages. Nothing here prints.

mod collect;
mod columns;
mod concept;
mod expansion;
mod filter;
mod finder;
mod hits;
mod ids;
mod lower;

mod placed;
mod places;
mod present;
mod query_names;
mod request;
mod run;
mod scorer;
mod sites;
mod spelling;
mod status;

pub use finder::{Finder, SearchError};
pub use hits::*;
pub use query_names::filters;
pub use places::Place;
pub use request::{Filter, Request, Sort};
pub use sites::{SiteFilter, USUAL_KM};
pub use status::HitStatus;
