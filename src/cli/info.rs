//! `trialfind info`.

use clap::Args;

use crate::cli::Outcome;
use crate::cli::arguments::{OutputArguments, PlainFormat};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::render::{catalogue_text, json_line, json_pretty};

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
    let console = context.console;
    let text = match typed.output.format {
        PlainFormat::Text => catalogue_text(&catalogue, index.vocabulary(), console.look),
        PlainFormat::Json if console.terminal => json_pretty(&catalogue)? + "\n",
        PlainFormat::Json => json_line(&catalogue)? + "\n",
    };
    console.print(&text)?;
    Ok(if catalogue.trials > 0 {
        Outcome::Found
    } else {
        Outcome::Nothing
    })
}
