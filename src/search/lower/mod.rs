//! From the query tree to what the engine is asked.
//!
//! The tree says what was asked; here it is decided which terms, values and columns that means in this index. `words` makes
//! concepts of words and phrases, `whole` sees where several words are one thing, `arrange` makes concepts of what has a form or an
//! arrangement, `stand_ins` puts names into the latter, `filters` judges filters; `plan` is what comes of it, and the engine's
//! query for that. Nothing here runs a search.

mod arrange;
mod filters;
mod plan;
mod stand_ins;
mod whole;
mod words;

pub(crate) use filters::Filters;
pub(crate) use plan::{NearFilter, Plan, to_engine};
pub(crate) use stand_ins::{MOST_WORDS, StandIns, names_in};
pub(crate) use words::{Planner, alternative_of};
