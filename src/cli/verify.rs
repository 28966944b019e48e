//! `trialfind verify`.

use clap::Args;

use crate::cli::Outcome;
use crate::cli::arguments::OutputArguments;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::ticker::Ticker;
use crate::index::{Index, VerifyProgress};
use crate::render::{bytes, count, verification_text};

/// What `verify` understands.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trialfind verify
  trialfind verify --format json | jq '.findings[].trial'

Compares every file with its checksum, unpacks and reads every record, and compares it with its hash, its id and all columns
that filters and facets read. Changes nothing; an index that is being updated can be verified.

Exit codes: 0 nothing is wrong; 2 something is, and each finding names its file and trial.")]
pub(crate) struct VerifyArguments {
    /// No progress
    #[arg(short, long)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
}

/// Runs the command.
pub(crate) fn run(typed: &VerifyArguments, context: &Context<'_>) -> Result<Outcome, Failure> {
    let folder = context.index_folder()?;
    let progress = VerifyProgress::default();
    let line = || {
        format!(
            "verifying: {} compared, {} records read",
            bytes(progress.bytes()),
            count(progress.records())
        )
    };
    let verification = Ticker::spinner(context.console, typed.quiet)
        .during(&line, || Index::verify(&folder, &context.schema, &progress))?;
    context.say(&verification, typed.output.format, |look| {
        verification_text(&verification, look)
    })?;
    Ok(match verification.is_clean() {
        true => Outcome::Found,
        false => Outcome::Partly,
    })
}
