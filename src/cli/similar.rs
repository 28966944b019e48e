//! `trialfind similar`.

use crate::cli::Outcome;
use crate::cli::arguments::SimilarArguments;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::search;

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
