//! What can be typed: the commands, and what several of them understand. What one understands stands with it. Only the shape:
//! nothing here is looked up or opened.

use std::path::PathBuf;

use clap::{Args, ColorChoice, CommandFactory, Parser, Subcommand, ValueEnum};

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
    Arguments::command()
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

/// What every command understands.
#[derive(Debug, Args)]
#[command(next_help_heading = "Everywhere")]
pub(crate) struct Global {
    /// The folder of the index [default: TRIALFIND_INDEX, else the platform's data folder]
    #[arg(long, value_name = "DIR", global = true)]
    pub(crate) index: Option<PathBuf>,
    /// A folder whose fields.toml, vocabulary.toml and synonyms.toml take the place of the bundled ones
    #[arg(long, value_name = "DIR", global = true)]
    pub(crate) schema: Option<PathBuf>,
    /// Colours in text; NO_COLOR is heeded
    #[arg(
        long,
        value_name = "WHEN",
        global = true,
        default_value = "auto",
        hide_possible_values = true
    )]
    pub(crate) color: ColorChoice,
    /// The day by which a status counts as not verified for two years [default: today]
    #[arg(long, value_name = "YYYY-MM-DD", global = true, hide_short_help = true)]
    pub(crate) today: Option<jiff::civil::Date>,
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

/// The form of an answer that has no rows of its own.
#[derive(Debug, Args)]
pub(crate) struct OutputArguments {
    /// text or json
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        hide_possible_values = true
    )]
    pub(crate) format: PlainFormat,
}

/// The report of a run that takes records in.
#[derive(Debug, Args)]
pub(crate) struct ReportArguments {
    /// No progress and no report; waits and rejects are still told
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// The report as text or json
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        hide_possible_values = true
    )]
    pub(crate) format: PlainFormat,
}

/// How hits are weighed, for what searches.
#[derive(Debug, Args)]
#[command(next_help_heading = "Ranking")]
pub(crate) struct RankingArguments {
    /// Another weight of a field or group of fields, for example title=5
    #[arg(long = "weight", value_name = "FIELD=NUMBER", value_parser = weight)]
    pub(crate) weights: Vec<(String, f32)>,
    /// How soon repetitions of a word count no more, from 0
    #[arg(long, value_name = "NUMBER")]
    pub(crate) k1: Option<f32>,
    /// How much the length of a field counts, 0 to 1
    #[arg(long, value_name = "NUMBER")]
    pub(crate) b: Option<f32>,
    /// How much more a rare word says than a common one; 1 is BM25's own measure
    #[arg(long, value_name = "NUMBER")]
    pub(crate) rarity: Option<f32>,
    /// Bring trials forward that are like the best ones
    #[arg(long)]
    pub(crate) feedback: bool,
    /// Only the words typed: no abbreviations, no synonyms
    #[arg(long)]
    pub(crate) exact: bool,
}

/// Text for people or JSON for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlainFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// A name and a value with `=` between them, both without spaces around.
pub(crate) fn pair(typed: &str) -> Result<(String, String), String> {
    match typed.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() && !value.trim().is_empty() => {
            Ok((name.trim().to_owned(), value.trim().to_owned()))
        }
        _ => Err("a name, `=` and a value are wanted".to_owned()),
    }
}

fn weight(typed: &str) -> Result<(String, f32), String> {
    let (name, number) = pair(typed)?;
    match number.parse() {
        Ok(number) => Ok((name, number)),
        Err(_) => Err(format!("`{number}` is no number")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_is_sound() {
        command().debug_assert();
    }
}
