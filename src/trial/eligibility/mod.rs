//! Eligibility criteria of one trial, as text, to items: what is asked for, what keeps somebody out.
//!
//! An item that keeps somebody out must never be taken for one that lets him in: a trial that excludes melanoma is no
//! answer to "melanoma". So wherever the text leaves a doubt, the item is an exclusion, and text under no heading is
//! [`ItemKind::Criterion`], searched only when asked for. Nothing is dropped but plain headings ("Inclusion Criteria:")
//! and list markers, which are kept apart. Does not read ages, sex or any other structured element.
//!
//! The way of the text: `lines` (blocks: wraps joined, indentation, `marker`), `heading` and `inside` (what a line opens,
//! or a part of one), `assemble` (nesting, how far a heading reaches), `runs` (lists without line breaks), `negation`,
//! `markdown`.

mod assemble;
mod heading;
mod inside;
mod lines;
mod markdown;
mod marker;
mod negation;
mod runs;
mod vocabulary;
mod words;

pub use markdown::unescape_markdown;
pub use negation::opens_with_negation;

/// Which way a criterion cuts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ItemKind {
    /// What a participant must be or have.
    Inclusion,
    /// What keeps somebody out.
    Exclusion,
    /// Criteria that cannot be told apart: no heading says which side they are on.
    Criterion,
}

/// One criterion, or the lead-in of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// How it is to be searched: [`ItemKind::Exclusion`] also for a negated item ("No earlier stroke") under an inclusion
    /// heading, and for everything below one.
    pub kind: ItemKind,
    /// What the heading above it says: how it is to be shown and counted. Differs from `kind` only where the item is
    /// negated.
    pub section: ItemKind,
    /// 0 = top level.
    pub depth: u8,
    /// Index in the list of the item (a lead-in) that it stands under; always smaller than its own.
    pub parent: Option<usize>,
    /// A heading or lead-in that says nothing of its own ("Main inclusion criteria:", "Any of the following:",
    /// "Hepatic:"): not a criterion when criteria are counted. "Within a month before entry, has received:" is one.
    pub lead_in: bool,
    /// The list marker as typed ("1.", "a)", "*"), if any.
    pub marker: Option<String>,
    /// Readable text: no marker, escapes removed, wraps joined, single spaces; further paragraphs of the same item
    /// after a `\n`.
    pub text: String,
}

/// Splits eligibility criteria (v2 data element `eligibilityModule.eligibilityCriteria`, XML `criteria/textblock`, page
/// text) into items, in the order of the text.
///
/// Takes linear time, also for hostile input, and never fails: text without any list is one item per paragraph.
///
/// ```
/// use trialfind::trial::eligibility::{ItemKind, items};
/// let found = items("Inclusion Criteria:\n\n* Adults\n* No earlier stroke\n\nExclusion Criteria:\n\n* Gout");
/// assert_eq!(found[0].text, "Adults");
/// assert_eq!(found[1].kind, ItemKind::Exclusion);
/// assert_eq!(found[1].section, ItemKind::Inclusion);
/// assert_eq!(found[2].kind, ItemKind::Exclusion);
/// ```
#[must_use]
pub fn items(criteria: &str) -> Vec<Item> {
    let text = lines::normalise(criteria);
    assemble::assemble(&lines::blocks(&text))
}
