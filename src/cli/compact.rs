//! `trialfind compact`.

use clap::Args;

use crate::cli::Outcome;
use crate::cli::arguments::OutputArguments;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::ticker::Ticker;
use crate::index::Index;
use crate::render::compaction_text;

/// What `compact` understands.
#[derive(Debug, Args)]
#[command(after_help = "Example: trialfind compact

Merges the parts of the index into one and lets go of what was deleted or replaced. Searches and a running server go on
meanwhile. Needs as much room again while it runs; if it is stopped, the index is as it was.")]
pub(crate) struct CompactArguments {
    /// No progress
    #[arg(short, long)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
}

/// Runs the command.
pub(crate) fn run(typed: &CompactArguments, context: &Context<'_>) -> Result<Outcome, Failure> {
    let folder = context.index_folder()?;
    let line = || "compacting".to_owned();
    let compaction = Ticker::spinner(context.console, typed.quiet)
        .during(&line, || Index::compact(&folder, context.schema.clone()))?;
    let place = folder.display().to_string();
    context.say(&compaction, typed.output.format, |look| {
        compaction_text(&compaction, &place, look)
    })?;
    Ok(Outcome::Found)
}
