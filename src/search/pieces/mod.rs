//! Pieces and areas of the public API searched: exact for every piece, quick for those that are asked for.
//!
//! Where the words of a piece stand in a section of their own, or its values in a column, the index answers. Where a section holds
//! other pieces as well (a title field holds the acronym) the trials that it finds are checked on their stored records, and what is
//! in no section and no column is checked there alone, after everything else that is required has been found. What a check found is
//! remembered for as long as the segment lives.
//!
//! ```text
//! sections   which sections of the index hold which pieces
//! lower      an area and what is asked of it -> a leaf of a plan; words: of one concept; one_site: of one site
//! leaf       the documents of a leaf, as the engine's query
//! test       what a value must be; sites: what one site must have
//! check      whether a stored record passes, remembered; patience: for how long records are read
//! judged     documents that pass checks, tried one by one
//! terms      any of some terms
//! tilt       scores that grow with a value
//! ```

mod check;
mod judged;
mod leaf;
mod lower;
mod one_site;
mod patience;
mod sections;
mod sites;
mod terms;
mod test;
mod tilt;
mod words;

pub(crate) use check::{Check, Remembered};
pub(crate) use judged::{Judge, JudgedQuery};
pub(crate) use leaf::PieceLeaf;
pub use patience::Patience;
pub(crate) use terms::any_term;
pub(crate) use tilt::{Tilt, TiltQuery};
