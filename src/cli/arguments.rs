//! What several commands understand. Only the shape: nothing here is looked up or opened.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ColorChoice, ValueEnum};

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

/// Reads a number of things of which there is at least one.
pub(crate) fn from_one(text: &str) -> Result<NonZeroUsize, String> {
    let number = text.trim().parse();
    number.map_err(|_| "a whole number from 1 on is wanted".to_owned())
}

/// A whole number from 0 on.
pub(crate) fn whole(typed: &str) -> Result<usize, String> {
    let number = typed.trim().parse();
    number.map_err(|_| "a whole number from 0 on is wanted".to_owned())
}

fn weight(typed: &str) -> Result<(String, f32), String> {
    let (name, number) = pair(typed)?;
    match number.parse() {
        Ok(number) => Ok((name, number)),
        Err(_) => Err(format!("`{number}` is no number")),
    }
}
