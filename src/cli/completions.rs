//! `trialfind completions`.

use crate::cli::Outcome;
use crate::cli::arguments::{CompletionsArguments, command};
use crate::cli::console::Console;
use crate::cli::failure::Failure;

/// Runs the command.
pub(crate) fn run(typed: &CompletionsArguments, console: &Console) -> Result<Outcome, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(typed.shell, &mut command(), "trialfind", &mut script);
    console.print_bytes(&script)?;
    Ok(Outcome::Found)
}
