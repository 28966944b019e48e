//! From a query tree to ranked, filtered, counted hits with their passages.
//!
//! ```text
//! request, hits            what a search is asked for, and what it answers
//! finder                   the way in: a request checked, run, its answer put together
//!   run                      the steps of one search; it widens one that finds nothing
//!   widen                    other spellings of words of which nothing is found
//!   ids                      a query of nothing but ids goes straight to its trials
//!   lower                    the tree to a plan of concepts and filters, and the plan to the engine's query
//!   expand                   names that stand for words; senses: what an abbreviation means
//!   spelling, near_words     the nearest words that the index knows, and all words that are near one
//!   phase_words              "phase II" typed as words
//!   bonus, pairs, feedback   what else speaks for a trial: words side by side, terms of the best
//!   similar                  trials like one
//!   collect                  one pass over the documents for filters, facets and the best hits
//!   present                  records of the hits to facts and passages; status: what a record says on a day
//!   explain                  by what a trial matches, and how its score comes about
//! concept                  one thing that is asked for, in all its writings
//!   concept_query, found     how rare it is, which documents have it, what they score
//!   lists, placed            posting lists of words and phrases; of arrangements, with expansion for their terms
//!   lookup, texts            what one search looks up in the index, each thing once; the text fields, open for all searches
//!   weights                  how occurrences are weighed
//! filter, columns          filters of a query, and the columns that filters, facets and orders read; unpacked: in plain arrays
//! sites, places            where trials have sites, and which point a typed place means
//! countries                which writings of a country the index has
//! names, suggest           the index's own vocabulary, and what half-typed words may become
//! query_names              the fields and filters that a query may name
//! patient                  a patient's story instead of words
//! choices, facet_values    what is typed beside the words to the parts of a request, and to values of facets
//! marker                   the words of a search marked in a whole trial
//! studies, statistics      the public API: pages of studies, and counts over values
//!   pieces, area_names       pieces of the record searched, and the names that they have
//! changes                  what changed in the trials that a search finds
//! export                   all trials of a search, one after the other
//! documented               searches that can be reported and run again
//! ```
//!
//! Nothing here prints.

mod area_names;
mod bonus;
mod changes;
mod choices;
mod collect;
mod columns;
mod concept;
mod concept_query;
mod countries;
mod documented;
mod expand;
mod expansion;
mod explain;
mod export;
mod facet_values;
mod feedback;
mod filter;
mod finder;
mod found;
mod hits;
mod ids;
mod lists;
mod lookup;
mod lower;
mod marker;
mod names;
mod near_words;
mod pairs;
mod patient;
mod phase_words;
mod pieces;
mod placed;
mod places;
mod present;
mod query_names;
mod request;
mod run;
mod senses;
mod similar;
mod sites;
mod spelling;
mod statistics;
mod status;
mod studies;
mod suggest;
mod texts;
mod unpacked;
mod weights;
mod widen;

pub use choices::{choose, chosen_values, counted_facets, kilometres, near_filter, not_verified};
pub use documented::{
    DatesMeant, FrozenAlternative, FrozenArranged, FrozenConcept, FrozenTerm, LOG_VERSION, Line,
    LineCount, LineDifference, LineError, LogError, LoggedLine, Replay, SearchLog, SearchSettings,
    read_lines,
};
pub use export::{Exported, Walk};
pub use finder::{Finder, SearchError};
pub use hits::*;
pub use marker::Marker;
pub use names::NameCount;
pub use patient::{AgeFilter, LeftOut, NameUse, PatientConcept, PatientQuery, Reason, Touched};
pub use pieces::Patience;
pub use places::Place;
pub use query_names::query_filters;
pub use request::{Filter, Request, Sort};
pub use sites::{SiteFilter, USUAL_KM};
pub use statistics::{PieceStatistics, StudySizes};
pub use status::HitStatus;
pub use studies::{
    After, MOST_KEYS, Nearness, NearnessShape, StudiesPage, StudiesRequest, StudyKey, StudyOrder,
    StudyText,
};
pub use suggest::{Suggestion, Suggestions};
