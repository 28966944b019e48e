//! What can be typed: the commands. What one of them understands stands with it.

use clap::{CommandFactory, Parser, Subcommand};

use crate::cli::arguments::Global;
use crate::cli::backup::{BackupArguments, RestoreArguments};
use crate::cli::changes::ChangesArguments;
use crate::cli::compact::CompactArguments;
use crate::cli::completions::CompletionsArguments;
use crate::cli::delete::DeleteArguments;
use crate::cli::diff::DiffArguments;
use crate::cli::eval::EvalArguments;
use crate::cli::export::ExportArguments;
use crate::cli::fetch::FetchArguments;
use crate::cli::help::HelpArguments;
use crate::cli::index::IndexArguments;
use crate::cli::info::InfoArguments;
use crate::cli::man::ManArguments;
use crate::cli::search::SearchArguments;
use crate::cli::serve::ServeArguments;
use crate::cli::show::ShowArguments;
use crate::cli::similar::SimilarArguments;
use crate::cli::suggest::SuggestArguments;
use crate::cli::sync::SyncArguments;
use crate::cli::verify::VerifyArguments;

/// The command with all its options, for completions and manual pages.
pub fn command() -> clap::Command {
    with_numbers_below_zero(Arguments::command())
}

/// The command with options for numbers that take `-1` for their value, and can say what is wrong with it; else it would be an unknown
/// option.
fn with_numbers_below_zero(command: clap::Command) -> clap::Command {
    const NUMBERS: [&str; 3] = ["N", "NUMBER", "SECONDS"];
    let takes = |argument: &clap::Arg| {
        let names = argument.get_value_names().unwrap_or_default();
        names.iter().any(|name| NUMBERS.contains(&name.as_str()))
    };
    command
        .mut_args(|argument| match takes(&argument) {
            true => argument.allow_negative_numbers(true),
            false => argument,
        })
        .mut_subcommands(with_numbers_below_zero)
}

/// Full-text search over clinical-trial records, on your own machine.
#[derive(Debug, Parser)]
#[command(
    name = "trialfind",
    version,
    disable_help_subcommand = true,
    max_term_width = 120,
    after_help = "Examples:
  trialfind demo
  trialfind index ~/Downloads/ctg-studies.json records.zip
  trialfind search intradiscal BM-MSC --phase 2 --status recruiting
  trialfind show NCT03737461

Exit codes: 0 found, 1 nothing found, 2 error.
`trialfind help query` explains the query language, `trialfind help COMMAND` a command."
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Bring records into the index: files, folders, .zip, .gz, - for standard input
    Index(IndexArguments),
    /// Download records from ClinicalTrials.gov or another server of its API, into a file, the index or both
    Fetch(Box<FetchArguments>),
    /// Bring a fetched index up to date with its server
    Sync(SyncArguments),
    /// Search: ranked trials with the passages that match, and counts
    Search(SearchArguments),
    /// Show trials in full, by any of their ids
    Show(ShowArguments),
    /// Complete what is half typed: conditions, interventions, sponsors, titles
    Suggest(SuggestArguments),
    /// Find trials like one, by any of its ids
    Similar(SimilarArguments),
    /// Say what changed in a trial between the versions of its record
    Diff(DiffArguments),
    /// List the trials that changed, and what changed in them
    Changes(ChangesArguments),
    /// Serve a search page, and answers for programs, over HTTP
    Serve(ServeArguments),
    /// Say what the index holds
    Info(InfoArguments),
    /// Write all trials, or those of a search, to a file
    Export(ExportArguments),
    /// Take trials out of the index, by any of their ids
    Delete(DeleteArguments),
    /// Make the index smaller and quicker after many updates
    Compact(CompactArguments),
    /// Check that the index is whole: files, records, ids, counts
    Verify(VerifyArguments),
    /// Write the index to one file, also while it is being updated
    Backup(BackupArguments),
    /// Make the index from a backup
    Restore(RestoreArguments),
    /// Measure how well searches answer topics that people have judged
    Eval(EvalArguments),
    /// Index the sample records that come with the program, and search them
    Demo,
    /// Explain a command, or `query` for the query language
    Help(HelpArguments),
    /// Write a completion script for a shell
    Completions(CompletionsArguments),
    /// Write the manual page, or with --dir those of all commands
    Man(ManArguments),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_is_sound() {
        command().debug_assert();
    }
}
