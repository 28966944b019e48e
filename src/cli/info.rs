//! `trialfind info`.

use clap::Args;

use crate::cli::Outcome;
use crate::cli::arguments::OutputArguments;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::render::catalogue_text;

/// What `info` understands.
#[derive(Debug, Args)]
pub(crate) struct InfoArguments {
    #[command(flatten)]
    pub(crate) output: OutputArguments,
}

/// Runs the command.
pub(crate) fn run(typed: &InfoArguments, context: &Context<'_>) -> Result<Outcome, Failure> {
    let index = context.open()?;
    let catalogue = index.catalogue()?;
    context.say(&catalogue, typed.output.format, |look| {
        catalogue_text(&catalogue, index.vocabulary(), look)
    })?;
    Ok(if catalogue.trials > 0 {
        Outcome::Found
    } else {
        Outcome::Nothing
    })
}
