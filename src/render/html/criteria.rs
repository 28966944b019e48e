//! Criteria as lists: who may take part, who may not, and what the record leaves open.

use crate::render::eligibility::SECTIONS;
use crate::render::html::escape::Html;
use crate::render::html::piece::Line;
use crate::render::html::prose::mark;
use crate::schema::Element;
use crate::search::Marker;
use crate::trial::eligibility::{Item, ItemKind, items};

/// The deepest item that is still set in.
const DEEPEST: u8 = 4;

/// The lists that a record has, each under its heading.
pub(crate) fn criteria_lists(
    criteria: &str,
    marker: Option<&Marker<'_>>,
) -> Vec<(String, Vec<Line>)> {
    let items = items(criteria);
    let lists = SECTIONS.map(|(section, heading)| {
        let of_section = items.iter().filter(|item| item.section == section);
        let lines: Vec<Line> = of_section.map(|item| line(item, marker)).collect();
        (heading.to_owned(), lines)
    });
    let full = lists.into_iter().filter(|(_, lines)| !lines.is_empty());
    full.collect()
}

fn line(item: &Item, words: Option<&Marker<'_>>) -> Line {
    let element = match item.kind {
        ItemKind::Inclusion => Element::InclusionItem,
        ItemKind::Exclusion => Element::ExclusionItem,
        ItemKind::Criterion => Element::CriterionItem,
    };
    let sign = item.marker.as_deref().unwrap_or_default();
    let text: Html = mark(words, &item.text, element);
    Line {
        marker: Some(match sign.contains(char::is_alphanumeric) {
            true => sign.to_owned(),
            false => String::new(),
        }),
        level: item.depth.min(DEEPEST),
        lead: item.lead_in,
        ..Line::paragraph(text)
    }
}
