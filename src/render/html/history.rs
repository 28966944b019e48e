//! How a trial's record changed, as a section of its page.

use crate::index::{Span, StoredTrial};
use crate::render::html::escape::Html;
use crate::render::html::piece::{Block, Entry, Line, Section, section};
use crate::render::status::date_in_words;

/// Changes that the page names, the newest.
const MOST_CHANGES: usize = 10;

/// Differences of one change that the page names.
const MOST_DIFFERENCES: usize = 20;

/// The changes that the index knows; no section if it knows of none.
pub(super) fn history(sections: &mut Vec<Section>, trial: &StoredTrial) {
    if !trial.has_history() {
        return;
    }
    let blocks = match trial.changes(&Span::default()) {
        Ok(history) if history.changes.is_empty() => return,
        Ok(history) => {
            let entries = history.changes.iter().take(MOST_CHANGES).map(|change| {
                let told = change.differences.iter().take(MOST_DIFFERENCES);
                let mut lines: Vec<Line> = told
                    .map(|difference| Line::bullet(Html::text(&difference.text)))
                    .collect();
                let more = change.differences.len().saturating_sub(MOST_DIFFERENCES);
                if more > 0 {
                    lines.push(Line::bullet(Html::text(&format!("and {more} more"))));
                }
                Entry {
                    title: Html::text(&date_in_words(&change.day)),
                    kind: String::new(),
                    notes: Vec::new(),
                    lines,
                }
            });
            let more = history.changes.len().saturating_sub(MOST_CHANGES);
            let left_out = match more {
                0 => String::new(),
                more => format!("{more} earlier changes are known."),
            };
            vec![
                Block::Entries("What changed, newest first".to_owned(), entries.collect()),
                Block::Note(left_out),
            ]
        }
        Err(error) => vec![Block::Note(format!("The history cannot be read: {error}."))],
    };
    section(sections, "history", "History", blocks);
}
