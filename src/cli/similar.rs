//! `trialfind similar`.

use crate::cli::Outcome;
use crate::cli::arguments::SimilarArguments;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::search;

/// Runs the command.
pub(crate) fn run(typed: &SimilarArguments, context: &Context<'_>) -> Result<Outcome, Failure> {
    search::run_like(&typed.search, Some(&typed.id), context)
}
