//! `trialfind suggest`.

use crate::cli::Outcome;
use crate::cli::arguments::{PlainFormat, SuggestArguments};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::render::{json_line, json_pretty, suggestions_text};

/// Runs the command.
pub(crate) fn run(typed: &SuggestArguments, context: &Context<'_>) -> Result<Outcome, Failure> {
    let finder = context.finder()?;
    let suggestions = finder.suggest(&typed.typed.join(" "), typed.limit)?;
    let console = context.console;
    let text = match typed.output.format {
        PlainFormat::Text => suggestions_text(&suggestions),
        PlainFormat::Json if console.terminal => json_pretty(&suggestions)? + "\n",
        PlainFormat::Json => json_line(&suggestions)? + "\n",
    };
    console.print(&text)?;
    Ok(if suggestions.suggestions.is_empty() {
        Outcome::Nothing
    } else {
        Outcome::Found
    })
}
