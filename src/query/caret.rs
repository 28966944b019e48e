//! A place in a query as people see it: the line around it with carets under it, and texts that fit into a message.
//!
//! What is typed may hold anything: nothing of it breaks the line, moves the cursor or turns the direction.

use unicode_width::UnicodeWidthChar;

use super::tree::Span;

/// Columns of the query that are shown around the place, on a terminal of usual width with room to indent.
const SHOWN_COLUMNS: usize = 100;

/// Columns of the query that are shown before the place when the text is cut.
const COLUMNS_BEFORE: usize = 40;

/// Marks that are shown on one letter; written languages have two at most, heaps of them are a prank.
const MOST_MARKS: usize = 2;

/// Columns that the query is set in by.
const INDENT: &str = "  ";

/// The line of a query that has a place, and carets under the place.
pub(super) fn underlined(query: &str, span: Span) -> String {
    let (line, before, under) = shown(query, span);
    let carets = "^".repeat(under.max(1));
    format!("{INDENT}{line}\n{INDENT}{:before$}{carets}", "")
}

/// The part of `query` around `span` on one line, the columns before the place and the columns of it.
fn shown(query: &str, span: Span) -> (String, usize, usize) {
    let total: usize = query.chars().map(columns).sum();
    let before: usize = query
        .get(..span.start)
        .map_or(0, |text| text.chars().map(columns).sum());
    let (from, until) = if total <= SHOWN_COLUMNS {
        (0, total)
    } else {
        let from = before
            .saturating_sub(COLUMNS_BEFORE)
            .min(total - SHOWN_COLUMNS);
        (from, from + SHOWN_COLUMNS)
    };
    let mut line = String::new();
    let (mut caret_column, mut caret_columns) = (0, 0);
    let mut column = 0;
    let mut shown = 0;
    let mut marks = 0;
    if from > 0 {
        line.push('…');
        shown = 1;
    }
    for (place, c) in query.char_indices() {
        if place == span.start {
            caret_column = shown;
        }
        let width = columns(c);
        marks = if width == 0 { marks + 1 } else { 0 };
        if column >= from && column + width <= until && marks <= MOST_MARKS {
            line.push(visible(c));
            shown += width;
            if (span.start..span.end).contains(&place) {
                caret_columns += width;
            }
        }
        column += width;
    }
    if span.start >= query.len() {
        caret_column = shown;
    }
    if until < total {
        line.push('…');
    }
    (line, caret_column, caret_columns)
}

/// `text` for a message: on one line and not longer than a line.
pub(super) fn brief(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut brief: String = text.chars().take(LONGEST).map(visible).collect();
    if text.chars().nth(LONGEST).is_some() {
        brief.push('…');
    }
    brief
}

/// What is shown of a character: a space for what would break the line, move the cursor or turn the direction.
fn visible(c: char) -> char {
    match c {
        '\u{ad}'
        | '\u{61c}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => ' ',
        c if c.is_control() || c.is_whitespace() => ' ',
        c => c,
    }
}

/// Columns that a character takes on a terminal as it is shown.
fn columns(c: char) -> usize {
    visible(c).width().unwrap_or(1)
}
