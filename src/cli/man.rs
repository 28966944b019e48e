//! `trialfind man`.

use std::fs;
use std::path::PathBuf;

use clap::{Args, Command};

use crate::cli::Outcome;
use crate::cli::console::Console;
use crate::cli::failure::Failure;

/// What `man` understands.
#[derive(Debug, Args)]
pub(crate) struct ManArguments {
    /// A folder to write the pages of all commands into
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(
    typed: &ManArguments,
    command: Command,
    console: &Console,
) -> Result<Outcome, Failure> {
    let command = complete(command);
    let Some(folder) = &typed.dir else {
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page)?;
        console.print_bytes(&page)?;
        return Ok(Outcome::Found);
    };
    let write = || {
        fs::create_dir_all(folder)?;
        clap_mangen::generate_to(command, folder)
    };
    write().map_err(|error| {
        Failure::from(error).context(format!(
            "cannot write manual pages to `{}`",
            folder.display()
        ))
    })?;
    console.note(&format!("manual pages at {}", folder.display()));
    Ok(Outcome::Found)
}

/// The command with what its short help leaves out, which the pages would else name and not describe.
fn complete(command: Command) -> Command {
    command
        .mut_args(|argument| argument.hide_short_help(false))
        .mut_subcommands(complete)
}
