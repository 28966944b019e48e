//! Completions for people: one a line, with how many trials and as what.

use crate::render::{clean, count};
use crate::search::Suggestions;

/// Kinds of use that are named; a name that is everything to somebody is mostly two things.
const MOST_KINDS: usize = 2;

/// The completions, one a line; a sentence if there are none.
pub fn suggestions_text(suggestions: &Suggestions) -> String {
    if suggestions.suggestions.is_empty() {
        return format!("nothing begins with `{}`\n", clean(&suggestions.typed));
    }
    let mut text = String::new();
    if suggestions.tolerant {
        text.push_str(&format!(
            "nothing begins with `{}`; with one letter different:\n",
            clean(&suggestions.typed)
        ));
    }
    for suggestion in &suggestions.suggestions {
        let kinds: Vec<&str> = suggestion
            .kinds
            .iter()
            .take(MOST_KINDS)
            .map(|count| count.kind.label())
            .collect();
        text.push_str(&format!(
            "{:>7}  {}  ({})\n",
            count(suggestion.trials),
            clean(&suggestion.text),
            kinds.join(", ")
        ));
    }
    text
}
