//! `trialfind similar`.

use clap::Args;

use crate::cli::Outcome;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::search::{self, SearchArguments};

/// What `similar` understands.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trialfind similar NCT03737461
  trialfind similar NCT03737461 allogeneic --status recruiting
  trialfind similar NCT03737461 --explain

Conditions, interventions, title, vocabulary terms and inclusion criteria of the trial are looked for in the others, rare
terms counting most. Words behind the id must be there as well; filters and formats are those of `search`.")]
pub(crate) struct SimilarArguments {
    /// An id of the trial, in any registry's or sponsor's writing
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) search: SearchArguments,
}

/// Runs the command.
pub(crate) fn run(typed: &SimilarArguments, context: &Context<'_>) -> Result<Outcome, Failure> {
    for (option, is_typed) in [
        ("--lines", typed.search.lines.is_some()),
        ("--replay", typed.search.replay.is_some()),
    ] {
        if is_typed {
            return Err(Failure::new(
                format!("`similar` takes no `{option}`"),
                format!("run `trialfind search {option} FILE` without the id"),
            ));
        }
    }
    search::run_like(&typed.search, Some(&typed.id), context)
}
