//! Descriptions in the registry's Markdown to paragraphs and items of lists. Lines stay lines: registrants use line breaks for
//! lists that have no markers.

use crate::render::html::escape::Html;
use crate::render::html::piece::Line;
use crate::render::prose::{LEVEL, marker};
use crate::schema::Element;
use crate::search::{Marked, Marker};
use crate::trial::eligibility::unescape_markdown;

/// The deepest level that is still set in.
const DEEPEST: usize = 4;

/// A text with the searched words marked, if any were searched.
pub(super) fn mark(marker: Option<&Marker<'_>>, text: &str, element: Element) -> Html {
    match marker {
        Some(marker) => Html::marked(&marker.mark(text, element)),
        None => Html::marked(&Marked {
            text: unescape_markdown(text).into_owned(),
            highlights: Vec::new(),
        }),
    }
}

/// The lines of a description.
pub(super) fn prose(words: Option<&Marker<'_>>, text: &str, element: Element) -> Vec<Line> {
    let mut lines = Vec::new();
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            continue;
        }
        let level = ((line.len() - line.trim_start().len()) / LEVEL).min(DEEPEST);
        let (sign, rest) = marker(trimmed);
        let text = mark(words, rest, element);
        lines.push(match sign {
            "" => Line::paragraph(text),
            sign => Line {
                marker: Some(match sign {
                    "*" | "-" | "•" => String::new(),
                    number => number.replace('\\', ""),
                }),
                level: u8::try_from(level).unwrap_or(0),
                ..Line::paragraph(text)
            },
        });
    }
    lines
}
