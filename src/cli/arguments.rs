//! What can be typed. Only the shape: nothing here is looked up or opened.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ColorChoice, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::cli::backup::{BackupArguments, RestoreArguments};
use crate::cli::changes::{ChangesArguments, last_day};
use crate::cli::compact::CompactArguments;
use crate::cli::delete::DeleteArguments;
use crate::cli::diff::DiffArguments;
use crate::cli::export::ExportArguments;
use crate::cli::facet_arguments::FacetArguments;
use crate::cli::fetch::FetchArguments;
use crate::cli::place_arguments::PlaceArguments;
use crate::cli::serve::ServeArguments;
use crate::cli::sync::SyncArguments;
use crate::cli::verify::VerifyArguments;
use crate::search::Sort;

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
    #[command(after_help = "Examples:
  trialfind index studies.json NCT04104412.xml saved-pages/ ctg-studies.zip
  unzip -p dump.zip | trialfind index -
  trialfind index --rebuild --rejects rejects.ndjson records/

Reads ClinicalTrials.gov API v2 JSON (a study, an array, a page, NDJSON), legacy XML, and saved pages of
ClinicalTrials.gov, ClinicalTrials.Veeva and digest sites as text or HTML, told apart by content. Records of trials
that are in the index already update them if they are newer; nothing is removed.

Exit codes: 0 at least one record was taken in or is there already; 1 none was; 2 an error stopped the run, or a named
path does not exist (the others are indexed nevertheless).")]
    Index(IndexArguments),
    /// Download records from ClinicalTrials.gov or another server of its API, into a file, the index or both
    #[command(after_help = crate::cli::fetch::AFTER_HELP)]
    Fetch(Box<FetchArguments>),
    /// Bring a fetched index up to date with its server
    #[command(after_help = crate::cli::sync::AFTER_HELP)]
    Sync(SyncArguments),
    /// Search: ranked trials with the passages that match, and counts
    #[command(after_help = "Examples:
  trialfind search intradiscal BM-MSC
  trialfind search '\"low back pain\" (stem OR stromal)' -surgery --phase 1,2 --phase 3
  trialfind search melanoma --status recruiting --country France --sort updated
  trialfind search --country Germany --start-year 2024 --format csv > trials.csv
  trialfind search --patient story.txt --status recruiting
  trialfind search --lines strategy.txt --log search.json
  trialfind search --replay search.json

A trial must have all the words. `-word` leaves trials with it out and needs no quotes if it is no option; behind `--`
everything is a word. Without words all trials that pass the filters are found, last updated first.
Values of one filter are alternatives, filters add up; `not_stated` is a value of each. See `trialfind help query`.

text and json answers may be widened if no trial matches (spelling, then some of the words), and say so. ndjson, csv,
ids and ris never are; csv, ids and ris hold all trials found unless -n says otherwise. In csv, several values in a
cell are apart by |, and a text that a spreadsheet would run as a formula gets an apostrophe before it.")]
    Search(SearchArguments),
    /// Show trials in full, by any of their ids
    #[command(after_help = "Examples:
  trialfind show NCT03737461
  trialfind show 2017-002092-25
  trialfind show NCT03737461 --format json > NCT03737461.json

An earlier number, a EudraCT number or a sponsor's own id leads to its trial as well.
`--format json` gives API v2 records back byte for byte, pages and XML as they were converted; of several trials, a
line break stands between them. Exit code 1 if an id is not in the index.")]
    Show(ShowArguments),
    /// Complete what is half typed: conditions, interventions, sponsors, titles
    #[command(after_help = "Examples:
  trialfind suggest osteoarth
  trialfind suggest back pain
  trialfind suggest 'stem cell ' -n 20 --format json

Names are completed from any of their words on, the most frequent first. A space at the end says that the last word is
complete. If nothing begins like that, one letter may be wrong. Exit code 1 if there is nothing to suggest.")]
    Suggest(SuggestArguments),
    /// Find trials like one, by any of its ids
    #[command(after_help = "Examples:
  trialfind similar NCT03737461
  trialfind similar NCT03737461 allogeneic --status recruiting
  trialfind similar NCT03737461 --explain

Conditions, interventions, title, vocabulary terms and inclusion criteria of the trial are looked for in the others, rare
terms counting most. Words behind the id must be there as well; filters and formats are those of `search`.")]
    Similar(SimilarArguments),
    /// Say what changed in a trial between the versions of its record
    #[command(after_help = "Examples:
  trialfind diff NCT03737461
  trialfind diff NCT03737461 --from 2026-01 --format json
  trialfind diff NCT03737461 --from 2025-01-01 --to 2026-01-01 --net

The index keeps the versions that it has taken in: those of the files and downloads that it was made and updated with. The day
of a change is that of the update which brought it, or, where a record changed without one, of the first download that
shows it. Records of different formats are not compared. `show ID --as-of DATE` gives the record as it was.")]
    Diff(DiffArguments),
    /// List the trials that changed, and what changed in them
    #[command(after_help = "Examples:
  trialfind changes --since 2026-03-01
  trialfind changes --since 2026-03 melanoma --country Austria
  trialfind changes --since 2026-03-01 --until 2026-03-07 --format ndjson

Words and filters are those of `search`, of the trials as they are now. `diff ID` names all that changed in one trial.")]
    Changes(ChangesArguments),
    /// Serve a search page, and answers for programs, over HTTP
    #[command(after_help = "Examples:
  trialfind serve
  trialfind serve --addr 127.0.0.1:8080 --index trials.idx

People open the address that is written; programs find theirs described at /api/openapi.json. The index may be updated
or rebuilt meanwhile: the server moves on to its new state by itself. What people search for is not logged. /healthz,
/readyz and /metrics are for whoever runs it. Ends with Ctrl+C once the requests that have begun are answered.")]
    Serve(ServeArguments),
    /// Say what the index holds
    Info(InfoArguments),
    /// Write all trials, or those of a search, to a file
    #[command(after_help = "Examples:
  trialfind export -o trials.ndjson
  trialfind export 'cond:melanoma' --status recruiting --format csv -o melanoma.csv
  trialfind export | gzip > trials.ndjson.gz
  trialfind export -o - | trialfind index - --index copy

Words and filters are those of `search`; without any, all trials are written. They come in the order of their ids, all from
one commit, and nothing is widened. ndjson has a record a line, with its results: the bytes that came in (line breaks
between its parts are left out), pages and XML as they were converted; `trialfind index` takes it back in. csv has the
columns of `search --format csv`. A file appears under its name when it is complete.

Exit codes: 0 written, 1 no trial was found, 2 error.")]
    Export(ExportArguments),
    /// Take trials out of the index, by any of their ids
    #[command(after_help = "Examples:
  trialfind delete NCT03737461 2017-002092-25
  trialfind search --status withdrawn --format ids | trialfind delete -

All are deleted in one commit. An id that several trials have, and that is no trial's own, deletes none of them; they are
named. A trial is back when a record of it is indexed again. `trialfind compact` gives the room back.

Exit codes: 0 all are deleted; 1 some id is not in the index (the others are deleted); 2 an id means several trials (the
others are deleted), or an error, and nothing is deleted.")]
    Delete(DeleteArguments),
    /// Make the index smaller and quicker after many updates
    #[command(after_help = "Example: trialfind compact

Merges the parts of the index into one and lets go of what was deleted or replaced. Searches and a running server go on
meanwhile. Needs as much room again while it runs; if it is stopped, the index is as it was.")]
    Compact(CompactArguments),
    /// Check that the index is whole: files, records, ids, counts
    #[command(after_help = "Examples:
  trialfind verify
  trialfind verify --format json | jq '.findings[].trial'

Compares every file with its checksum, unpacks and reads every record, and compares it with its hash, its id and all columns
that filters and facets read. Changes nothing; an index that is being updated can be verified.

Exit codes: 0 nothing is wrong; 2 something is, and each finding names its file and trial.")]
    Verify(VerifyArguments),
    /// Write the index to one file, also while it is being updated
    #[command(after_help = "Examples:
  trialfind backup trials.tar.zst
  trialfind backup - | ssh backup-host 'cat > trials.tar.zst'

Holds the last commit, compared with its checksums on the way. `trialfind restore` takes it back.")]
    Backup(BackupArguments),
    /// Make the index from a backup
    #[command(after_help = "Examples:
  trialfind restore trials.tar.zst --index trials.idx
  trialfind restore trials.tar.zst --replace

The backup is unpacked beside the index and checked before it takes its place; a running server moves on to it. A file that is
cut off or damaged changes nothing.")]
    Restore(RestoreArguments),
    /// Measure how well searches answer topics that people have judged
    #[command(after_help = "Examples:
  trialfind eval --topics queries.tsv --qrels qrels.txt
  trialfind eval --topics topics.xml --qrels qrels.txt --any --run ours.run
  trialfind eval --topics topics.xml --qrels qrels.txt --any --compare other-engine.run

Topics are lines of an id, a tab and a text, or the XML of the TREC clinical trials tracks; judgements and runs are in
TREC form. Trials that are not judged count as not relevant, grades are the gains of NDCG. Without --any a topic is
a query in trialfind's own language and is answered as `search` would; with it every word is only a word. Intervals are
bootstrap intervals of 95 % over topics.")]
    Eval(EvalArguments),
    /// Index the sample records that come with the program, and search them
    Demo,
    /// Explain a command, or `query` for the query language
    Help(HelpArguments),
    /// Write a completion script for a shell
    #[command(
        after_help = "Example: trialfind completions bash > ~/.local/share/bash-completion/completions/trialfind"
    )]
    Completions(CompletionsArguments),
    /// Write the manual page, or with --dir those of all commands
    Man(ManArguments),
}

/// What `index` understands.
#[derive(Debug, Args)]
pub(crate) struct IndexArguments {
    /// Files, folders, archives, or - for standard input
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Make the index anew from these paths and swap it in when it is complete
    #[arg(long)]
    pub(crate) rebuild: bool,
    /// Write what could not be taken in to a file, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub(crate) rejects: Option<PathBuf>,
    /// Threads that parse, and as many that write [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) threads: Option<u16>,
    /// No progress and no report; what is rejected is still told
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

/// What `search` understands.
#[derive(Debug, Args)]
pub(crate) struct SearchArguments {
    /// The query
    #[arg(value_name = "WORDS")]
    pub(crate) words: Vec<String>,
    /// A patient's story in a file, or - for standard input: ranks by any of what it says
    #[arg(long, value_name = "FILE", help_heading = "Patients")]
    pub(crate) patient: Option<PathBuf>,
    /// Trials for any age, whatever the story says
    #[arg(long, requires = "patient", help_heading = "Patients")]
    pub(crate) no_age: bool,
    /// Trials for either sex, whatever the story says
    #[arg(long, requires = "patient", help_heading = "Patients")]
    pub(crate) no_sex: bool,
    /// Do not bring trials forward that are like the best ones
    #[arg(long, requires = "patient", help_heading = "Patients")]
    pub(crate) no_feedback: bool,
    /// Numbered lines that combine (`#1 AND #2`) from a file: a count for each, the trials of the last
    #[arg(long, value_name = "FILE", help_heading = "Documented searches", conflicts_with_all = ["words", "patient"])]
    pub(crate) lines: Option<PathBuf>,
    /// Write what was searched and found to a file, so that it can be run again
    #[arg(
        long,
        value_name = "FILE",
        help_heading = "Documented searches",
        conflicts_with = "patient"
    )]
    pub(crate) log: Option<PathBuf>,
    /// Run a log again as it was and say what differs
    #[arg(long, value_name = "LOG", help_heading = "Documented searches", conflicts_with_all = ["words", "patient", "lines", "log"])]
    pub(crate) replay: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) chosen: FilterArguments,
    /// relevance, start, updated, enrollment, id or distance [default: relevance; without words, updated, or distance with
    /// --near]
    #[arg(long, value_name = "ORDER", hide_possible_values = true, value_parser = order())]
    pub(crate) sort: Option<Sort>,
    /// How many trials [default: 10; in csv, ids and ris all]
    #[arg(short = 'n', long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    /// How many trials to pass over first
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) offset: usize,
    /// text, json, ndjson, csv, ids or ris
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        hide_possible_values = true
    )]
    pub(crate) format: HitFormat,
    /// Facets to count in text and json: all, none, or names with commas between, as in phase,status
    #[arg(long, value_name = "FACETS")]
    pub(crate) facets: Option<String>,
    /// No passages under the trials
    #[arg(long, conflicts_with = "snippets")]
    pub(crate) no_snippets: bool,
    /// Passages a trial
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(crate) snippets: usize,
    #[command(flatten)]
    pub(crate) ranking: RankingArguments,
    /// Show how the query was read and how each score comes about
    #[arg(long, help_heading = "Ranking")]
    pub(crate) explain: bool,
    /// Keep to what was typed, even if nothing is found
    #[arg(long)]
    pub(crate) no_widen: bool,
    /// More synonyms: lines `a, b` or `a => b`, TOML like synonyms.toml, or NLM's MeSH descriptors (desc2026.xml)
    #[arg(long, value_name = "FILE")]
    pub(crate) synonyms: Option<PathBuf>,
}

/// What narrows a search beside its words.
#[derive(Debug, Args)]
pub(crate) struct FilterArguments {
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    #[command(flatten)]
    pub(crate) facets: FacetArguments,
    /// A filter by name, also of a facet that only --schema has
    #[arg(long = "filter", value_name = "FACET=VALUE", help_heading = "Filters", value_parser = pair)]
    pub(crate) filters: Vec<(String, String)>,
    /// Only open trials that nobody has verified for two years
    #[arg(long, help_heading = "Filters")]
    pub(crate) not_verified: bool,
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

/// What `similar` understands.
#[derive(Debug, Args)]
pub(crate) struct SimilarArguments {
    /// An id of the trial, in any registry's or sponsor's writing
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) search: SearchArguments,
}

/// What `show` understands.
#[derive(Debug, Args)]
pub(crate) struct ShowArguments {
    /// Ids in any registry's or sponsor's writing
    #[arg(value_name = "ID", required = true)]
    pub(crate) ids: Vec<String>,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
    /// Name all sites, not the first twenty
    #[arg(long)]
    pub(crate) all_sites: bool,
    /// The record as it was on this day, as far as the index has kept it
    #[arg(long, value_name = "DATE", value_parser = last_day)]
    pub(crate) as_of: Option<jiff::civil::Date>,
}

/// What `suggest` understands.
#[derive(Debug, Args)]
pub(crate) struct SuggestArguments {
    /// What was typed so far
    #[arg(value_name = "PREFIX", required = true)]
    pub(crate) typed: Vec<String>,
    /// How many completions
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10)]
    pub(crate) limit: usize,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
}

/// What `eval` understands.
#[derive(Debug, Args)]
pub(crate) struct EvalArguments {
    /// What is asked: lines of id, tab, text; or TREC XML
    #[arg(long, value_name = "FILE")]
    pub(crate) topics: PathBuf,
    /// Which trials are right for which topic
    #[arg(long, value_name = "FILE")]
    pub(crate) qrels: PathBuf,
    /// A topic's words are alternatives: the more of them a trial has, the better
    #[arg(long)]
    pub(crate) any: bool,
    /// Topics are patients' stories, read as `search --patient` does
    #[arg(long, conflicts_with = "any")]
    pub(crate) patient: bool,
    /// Trials ranked for a topic
    #[arg(long, value_name = "N", default_value = "1000")]
    pub(crate) depth: NonZeroUsize,
    /// Write the rankings to a TREC run file
    #[arg(long, value_name = "FILE")]
    pub(crate) run: Option<PathBuf>,
    /// Set another engine's run file beside ours, topic by topic
    #[arg(long, value_name = "FILE")]
    pub(crate) compare: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
    #[command(flatten)]
    pub(crate) ranking: RankingArguments,
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

/// What `info` understands.
#[derive(Debug, Args)]
pub(crate) struct InfoArguments {
    #[command(flatten)]
    pub(crate) output: OutputArguments,
}

/// What `help` understands.
#[derive(Debug, Args)]
pub(crate) struct HelpArguments {
    /// A command, or query
    #[arg(value_name = "TOPIC")]
    pub(crate) topic: Option<String>,
}

/// What `completions` understands.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArguments {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

/// What `man` understands.
#[derive(Debug, Args)]
pub(crate) struct ManArguments {
    /// A folder to write the pages of all commands into
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
}

/// Text for people or JSON for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlainFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// What an answer is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum HitFormat {
    /// For people.
    Text,
    /// The whole answer as one object.
    Json,
    /// One trial a line.
    Ndjson,
    /// A table.
    Csv,
    /// For reference managers.
    Ris,
    /// One id a line.
    Ids,
}

/// An order of trials by its name.
fn order() -> impl TypedValueParser<Value = Sort> {
    PossibleValuesParser::new(Sort::NAMES.map(|(name, _)| name)).map(|typed| {
        let known = Sort::NAMES.iter().find(|(name, _)| *name == typed);
        known.map_or(Sort::Relevance, |(_, sort)| *sort)
    })
}

fn pair(typed: &str) -> Result<(String, String), String> {
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
