//! Outcome measures of the classic layout.
//!
//! Must not know their level: the heading above them says it, or it is lost.

use super::classic_blocks::Block;
use super::text::{markdown, stated};
use crate::trial::Outcome;

/// `measure [ Time Frame: when ]description`, lines of description; without a time frame a list mark opens a measure,
/// with one only the next number of the list, not indented.
pub(super) fn measures(block: &Block) -> Vec<Outcome> {
    let mut outcomes: Vec<(Outcome, Vec<&str>)> = Vec::new();
    let trimmed = |line: &str| {
        let line = line.trim_start_matches(['-', '*', '•', ' ']);
        let digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
        digits.strip_prefix(". ").unwrap_or(line).trim().to_owned()
    };
    let lines = block.cells().concat();
    let numbered = lines.first().is_some_and(|line| line.starts_with("1. "));
    for raw in lines {
        let line = raw.trim();
        if let Some((measure, rest)) = line.split_once("[ Time Frame:") {
            let (frame, description) = rest.split_once(" ]").unwrap_or((rest, ""));
            let outcome = Outcome {
                measure: Some(trimmed(measure)),
                time_frame: stated(frame),
                description: None,
            };
            let description = description.trim();
            outcomes.push((
                outcome,
                Vec::from_iter((!description.is_empty()).then_some(description)),
            ));
        } else if trimmed(line) != line || outcomes.is_empty() {
            let opens = (numbered && raw.starts_with(&format!("{}. ", outcomes.len() + 1)))
                || outcomes
                    .last()
                    .is_none_or(|(outcome, _)| outcome.time_frame.is_none());
            match outcomes.last_mut() {
                Some((_, description)) if !opens => description.push(line),
                _ => outcomes.push((
                    Outcome {
                        measure: Some(trimmed(line)),
                        ..Outcome::default()
                    },
                    Vec::new(),
                )),
            }
        } else if let Some((_, description)) = outcomes.last_mut() {
            description.push(line);
        }
    }
    outcomes
        .into_iter()
        .map(|(outcome, description)| Outcome {
            description: markdown(&description),
            ..outcome
        })
        .collect()
}
