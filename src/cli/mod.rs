//! The command line: what was typed (`commands`) becomes ready objects (`context`), and one file answers each subcommand.
//!
//! Answers go to standard output and nothing else does; progress, notes and errors go to standard error. Exit codes are 0 for
//! found, 1 for nothing found and 2 for an error; a reader that goes away (`| head`) is no error.

mod arguments;
mod backup;
mod changes;
mod commands;
mod compact;
mod completions;
mod connection;
mod console;
mod context;
mod crash;
mod delete;
mod demo;
mod diff;
mod documented;
mod eval;
mod export;
mod facet_arguments;
mod failure;
mod fetch;
mod filters;
mod help;
mod index;
mod info;
mod man;
mod outfile;
mod patient;
mod place_arguments;
mod progress;
mod rejects;
mod search;
mod serve;
mod show;
mod similar;
mod suggest;
mod sync;
mod ticker;
mod verify;
mod words;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::FromArgMatches;

use commands::{Arguments, Command};
use console::Console;
use context::Context;
use failure::Failure;

pub use commands::command;

/// How a command ended that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// There was something to show.
    Found,
    /// There was nothing.
    Nothing,
    /// Done in part; what failed has been said.
    Partly,
}

/// Runs the program with its arguments, the first of which is its name.
pub fn run(typed: Vec<OsString>) -> ExitCode {
    let arguments = match parsed(typed) {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = u8::try_from(error.exit_code()).unwrap_or(2);
            // Nobody is left to be told if this cannot be written.
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let console = Console::new(arguments.global.color);
    match crash::guarded(&arguments, || dispatch(&arguments, &console)) {
        Ok(Outcome::Found) => ExitCode::SUCCESS,
        Ok(Outcome::Nothing) => ExitCode::from(1),
        Ok(Outcome::Partly) => ExitCode::from(2),
        Err(failure) if failure.is_broken_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            console.error(&failure.with_index(arguments.global.index.as_deref()));
            ExitCode::from(2)
        }
    }
}

fn parsed(typed: Vec<OsString>) -> Result<Arguments, clap::Error> {
    let mut command = command();
    let matches = command.try_get_matches_from_mut(words::apart(typed, command.clone()))?;
    Arguments::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

fn dispatch(arguments: &Arguments, console: &Console) -> Result<Outcome, Failure> {
    let context = || Context::new(&arguments.global, console);
    match &arguments.command {
        Command::Index(typed) => index::run(typed, &context()?),
        Command::Fetch(typed) => fetch::run(typed, &context()?),
        Command::Sync(typed) => sync::run(typed, &context()?),
        Command::Search(typed) => search::run(typed, &context()?),
        Command::Similar(typed) => similar::run(typed, &context()?),
        Command::Show(typed) => show::run(typed, &context()?),
        Command::Diff(typed) => diff::run(typed, &context()?),
        Command::Changes(typed) => changes::run(typed, &context()?),
        Command::Suggest(typed) => suggest::run(typed, &context()?),
        Command::Serve(typed) => serve::run(typed, &context()?),
        Command::Info(typed) => info::run(typed, &context()?),
        Command::Export(typed) => export::run(typed, &context()?),
        Command::Delete(typed) => delete::run(typed, &context()?),
        Command::Compact(typed) => compact::run(typed, &context()?),
        Command::Verify(typed) => verify::run(typed, &context()?),
        Command::Backup(typed) => backup::backup(typed, &context()?),
        Command::Restore(typed) => backup::restore(typed, &context()?),
        Command::Demo => demo::run(&context()?),
        Command::Eval(typed) => eval::run(typed, &context()?),
        Command::Help(typed) => help::run(typed, command(), &context()?),
        Command::Completions(typed) => completions::run(typed, command(), console),
        Command::Man(typed) => man::run(typed, command(), console),
    }
}
