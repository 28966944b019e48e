//! Descriptions in the registry's Markdown, wrapped: paragraphs, bullets and numbered lines keep their place.

use crate::render::document::{Document, Tone, piece};
use crate::render::text::columns;
use crate::trial::eligibility::unescape_markdown;

/// Columns of indentation in a record that count as one level.
pub(crate) const LEVEL: usize = 4;

/// The deepest level that is still set in.
const DEEPEST: usize = 4;

/// Writes a description. Lines stay lines: registrants use line breaks for lists that have no markers.
pub(crate) fn prose(document: &mut Document, indent: usize, text: &str) {
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            document.gap();
            continue;
        }
        let level = ((line.len() - line.trim_start().len()) / LEVEL).min(DEEPEST);
        let (marker, rest) = marker(trimmed);
        let rest = unescape_markdown(rest);
        if marker.is_empty() {
            document.say(indent, Tone::Plain, rest);
            continue;
        }
        let shown = match marker {
            "*" | "-" => "•".to_owned(),
            marker => marker.replace('\\', ""),
        };
        let first = indent + level * 2;
        let others = first + columns(&shown) + 1;
        document.line(
            first,
            others,
            &[
                piece(Tone::Plain, &shown),
                piece(Tone::Plain, " "),
                piece(Tone::Plain, rest),
            ],
        );
    }
}

/// The list marker at the start of a line, and what follows it.
pub(crate) fn marker(line: &str) -> (&str, &str) {
    for bullet in ["*", "-", "•"] {
        if let Some(rest) = line.strip_prefix(bullet)
            && rest.starts_with(' ')
        {
            return (bullet, rest.trim_start());
        }
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let after = line.get(digits..).unwrap_or_default();
    for point in ["\\.", ".", ")"] {
        if (1..=3).contains(&digits)
            && let Some(rest) = after.strip_prefix(point)
            && rest.starts_with(' ')
        {
            return (&line[..digits + point.len()], rest.trim_start());
        }
    }
    ("", line)
}
