//! `trialfind suggest`.

use std::num::NonZeroUsize;

use clap::Args;

use crate::cli::Outcome;
use crate::cli::arguments::{OutputArguments, from_one};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::render::suggestions_text;

/// What `suggest` understands.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trialfind suggest osteoarth
  trialfind suggest back pain
  trialfind suggest 'stem cell ' -n 20 --format json

Names are completed from any of their words on, the most frequent first. A space at the end says that the last word is
complete. If nothing begins like that, one letter may be wrong. Exit code 1 if there is nothing to suggest.")]
pub(crate) struct SuggestArguments {
    /// What was typed so far
    #[arg(value_name = "PREFIX", required = true)]
    pub(crate) typed: Vec<String>,
    /// How many completions
    #[arg(short = 'n', long, value_name = "N", default_value = "10", value_parser = from_one)]
    pub(crate) limit: NonZeroUsize,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
}

/// Runs the command.
pub(crate) fn run(typed: &SuggestArguments, context: &Context<'_>) -> Result<Outcome, Failure> {
    let finder = context.finder()?;
    let suggestions = finder.suggest(&typed.typed.join(" "), typed.limit.get())?;
    context.say(&suggestions, typed.output.format, |_| {
        suggestions_text(&suggestions)
    })?;
    Ok(if suggestions.suggestions.is_empty() {
        Outcome::Nothing
    } else {
        Outcome::Found
    })
}
