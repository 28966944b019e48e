//! Passages: from the texts of a trial and what was searched, the places that matched, with typed spans.
//!
//! ```text
//! arrangement what must stand where, judged by positions: slop, nearness, one value
//! placing    positions to places: a choice for the words of a phrase, pairs that are near
//! pattern    concepts (a word with its stems, compounds, synonyms; a phrase; a prefix) laid out for matching
//! prefilter  which stretches of text can hold a term at all, without analysis
//! sentence   prose to sentences
//! unit       which sentences are looked at together
//! occurrence analysed text to the places where a concept stands
//! spans      places to highlights; a stretch of text to a line that is shown
//! window     what to keep of a stretch that is too long
//! candidate  a unit to the passages that it could give, with their scores
//! select     the best few of a trial
//! ```
//!
//! What is highlighted is what matched: a term only where a token of the text equals it, a phrase only where all its terms
//! stand at their positions, both only in the fields that they were searched in. No phrase reaches from one text into the
//! next. This room knows neither the engine nor the query language, and gives out no markup and no colours.
mod arrangement;
mod candidate;
mod occurrence;
mod pattern;
mod placing;
mod prefilter;
mod select;
mod sentence;
mod spans;
mod unit;
mod window;

pub(crate) use arrangement::Values;
pub use arrangement::{Arrangement, Item, Sought, Terms};
pub use pattern::{Alternative, Arranged, Concept, Pattern, Term};
pub use select::passages;
pub(crate) use sentence::sentences;
pub use spans::highlights;

/// One text of a trial, as it was indexed and is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text<'t> {
    /// Index of the text field that holds it.
    pub field: usize,
    /// The text.
    pub text: &'t str,
    /// How passages are cut from it.
    pub shape: Shape,
}

/// How passages are cut from a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A name, a title, a single criterion: shown whole, a long one cut around the matches.
    Whole,
    /// A summary or a description: shown by the sentence.
    Prose,
}

/// A place in a passage or a text where a concept stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Highlight {
    /// First byte, on a character boundary.
    pub start: usize,
    /// One past the last byte, on a character boundary.
    pub end: usize,
    /// Index of the concept in the pattern; where several concepts meet, that of the first.
    pub concept: usize,
}

/// A stretch of a text that shows what matched.
#[derive(Debug, Clone, PartialEq)]
pub struct Passage {
    /// [`Text::field`] of the text that it comes from.
    pub field: usize,
    /// Index of that text.
    pub source: usize,
    /// What is shown: the words of the text, each run of white space made one space.
    pub text: String,
    /// Places in [`Passage::text`]: sorted, not overlapping, at least one.
    pub highlights: Vec<Highlight>,
    /// How much of what was searched it shows; comparable within one trial only.
    pub score: f32,
    /// Whether something of the sentence or the value was cut off before it.
    pub cut_before: bool,
    /// Whether something of the sentence or the value was cut off after it.
    pub cut_after: bool,
}

/// How many passages a trial gets, and how long they are.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Passages of one trial.
    pub passages: usize,
    /// Longest passage in characters. Only a single match that is longer than this exceeds it.
    pub longest: usize,
    /// Passages from one field.
    pub per_field: usize,
    /// What a match in a field counts, by index of the field; 1 for a field that is not listed.
    pub field_weights: Vec<f32>,
}

impl Default for Limits {
    /// Three passages that fill about three lines of a terminal each, at most two of one field, all fields alike.
    fn default() -> Self {
        Self {
            passages: 3,
            longest: 280,
            per_field: 2,
            field_weights: Vec::new(),
        }
    }
}
