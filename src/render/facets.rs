//! Facet counts in columns, chosen values marked.

use crate::render::document::{Document, Tone, piece};
use crate::render::numbers::count;
use crate::render::table::{Block, side_by_side};
use crate::render::text::{clean, columns};
use crate::search::{Bucket, FacetCounts};

/// Values of a facet that are shown; chosen ones are always.
const MOST_VALUES: usize = 8;

/// The longest label that is shown whole, in columns.
const LONGEST_LABEL: usize = 32;

/// Writes the counts of all facets.
pub(crate) fn facets(document: &mut Document, facets: &[FacetCounts]) {
    let shown: Vec<&FacetCounts> = facets
        .iter()
        .filter(|facet| !facet.buckets.is_empty())
        .collect();
    if shown.is_empty() {
        return;
    }
    document.gap();
    let blocks: Vec<Block> = shown.iter().map(|facet| block(facet)).collect();
    side_by_side(document, &blocks);
    if shown
        .iter()
        .any(|facet| facet.buckets.iter().any(|bucket| bucket.chosen))
    {
        document.say(
            0,
            Tone::Faint,
            "[x] is chosen. The other counts of that facet are the trials that each value has by itself, beside the filters \
             of other facets.",
        );
        document.gap();
    }
}

fn block(facet: &FacetCounts) -> Block {
    let mut lines = vec![piece(Tone::Label, &facet.label)];
    let shown: Vec<&Bucket> = facet
        .buckets
        .iter()
        .enumerate()
        .filter(|(place, bucket)| *place < MOST_VALUES || bucket.chosen)
        .map(|(_, bucket)| bucket)
        .collect();
    let any_chosen = shown.iter().any(|bucket| bucket.chosen);
    let widest = shown
        .iter()
        .map(|bucket| columns(&count(bucket.count)))
        .max()
        .unwrap_or(0);
    for bucket in &shown {
        let mark = match (any_chosen, bucket.chosen) {
            (false, _) => "",
            (true, true) => "[x] ",
            (true, false) => "[ ] ",
        };
        let number = count(bucket.count);
        let space = " ".repeat(widest - columns(&number));
        let tone = if bucket.chosen {
            Tone::Strong
        } else {
            Tone::Plain
        };
        lines.push(piece(
            tone,
            format!("{mark}{space}{number}  {}", shortened(&bucket.label)),
        ));
    }
    let left = facet.buckets.len() - shown.len();
    if left > 0 {
        lines.push(piece(Tone::Faint, format!("and {left} more")));
    }
    Block { lines }
}

fn shortened(label: &str) -> String {
    let label = clean(label);
    if columns(&label) <= LONGEST_LABEL {
        return label;
    }
    let mut short = String::new();
    for c in label.chars() {
        if columns(&short) + 2 > LONGEST_LABEL {
            break;
        }
        short.push(c);
    }
    short.push('…');
    short
}
