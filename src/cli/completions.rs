//! `trialfind completions`.

use clap::{Args, Command};

use crate::cli::Outcome;
use crate::cli::console::Console;
use crate::cli::failure::Failure;

/// What `completions` understands.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: trialfind completions bash > ~/.local/share/bash-completion/completions/trialfind"
)]
pub(crate) struct CompletionsArguments {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

/// Runs the command.
pub(crate) fn run(
    typed: &CompletionsArguments,
    mut command: Command,
    console: &Console,
) -> Result<Outcome, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(typed.shell, &mut command, "trialfind", &mut script);
    console.print_bytes(&script)?;
    Ok(Outcome::Found)
}
