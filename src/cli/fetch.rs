//! `trialfind fetch`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::Outcome;
use crate::cli::arguments::ReportArguments;
use crate::cli::connection::{ConnectionArguments, download_line};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::rejects::Rejects;
use crate::cli::ticker::Ticker;
use crate::fetch::{DEFAULT_BASE_URL, Progress, QUERIES, Target, fetch, selection};
use crate::index::{self, BuildOptions};
use crate::render::fetch_report_text;

/// Examples and what else there is to say.
const AFTER_HELP: &str = "Examples:
  trialfind fetch --cond 'low back pain' -o back-pain.ndjson.gz
  trialfind fetch --cond glioblastoma --status recruiting,not_yet_recruiting --into-index
  trialfind fetch --into-index          (all of ClinicalTrials.gov: hours)
  trialfind fetch --base-url http://127.0.0.1:7878/api/v2 --advanced 'AREA[StartDate]RANGE[2024,MAX]'

Choosing follows the parameters of the ClinicalTrials.gov API, which may be typed by their full names as
well (--query.cond, --filter.overallStatus); several add up, none means everything. Records are written as
NDJSON, byte for byte as the server has them; packed if the name ends in .gz.

A download that was stopped, by Ctrl+C too, is gone on with by the same command: NAME.part has what came,
NAME.state says how far. With --into-index the index remembers what it was fetched with, and `trialfind sync`
keeps it up to date. What may pass is asked for again with growing waits; Retry-After is heeded.

Exit codes: 0 studies came; 1 none match; 2 an error stopped the download, which can be gone on with.";

/// What `fetch` understands.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct FetchArguments {
    /// The address of the API
    #[arg(long, value_name = "URL", default_value = DEFAULT_BASE_URL)]
    pub(crate) base_url: String,
    /// Write to this file [default: studies.ndjson.gz, or with --into-index none]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Bring the records into the index as they come, and remember there what was asked
    #[arg(long)]
    pub(crate) into_index: bool,
    /// Begin anew, in the place of an unfinished download or of the file that is there
    #[arg(long)]
    pub(crate) restart: bool,
    /// Write what the index could not take in to a file, one JSON object a line
    #[arg(long, value_name = "FILE", requires = "into_index")]
    pub(crate) rejects: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) report: ReportArguments,
    #[command(flatten)]
    pub(crate) choice: ChoiceArguments,
    #[command(flatten)]
    pub(crate) connection: ConnectionArguments,
}

/// Which studies.
#[derive(Debug, Args)]
#[command(next_help_heading = "Choosing")]
pub(crate) struct ChoiceArguments {
    /// Condition or disease
    #[arg(long, alias = "query.cond", value_name = "EXPRESSION")]
    pub(crate) cond: Option<String>,
    /// Other terms
    #[arg(long, alias = "query.term", value_name = "EXPRESSION")]
    pub(crate) term: Option<String>,
    /// Intervention or treatment
    #[arg(long, alias = "query.intr", value_name = "EXPRESSION")]
    pub(crate) intr: Option<String>,
    /// Title or acronym
    #[arg(long, alias = "query.titles", value_name = "EXPRESSION")]
    pub(crate) titles: Option<String>,
    /// Outcome measure
    #[arg(long, alias = "query.outc", value_name = "EXPRESSION")]
    pub(crate) outc: Option<String>,
    /// Sponsor or collaborator
    #[arg(long, alias = "query.spons", value_name = "EXPRESSION")]
    pub(crate) spons: Option<String>,
    /// Lead sponsor
    #[arg(long, alias = "query.lead", value_name = "EXPRESSION")]
    pub(crate) lead: Option<String>,
    /// Study ids
    #[arg(long, alias = "query.id", value_name = "EXPRESSION")]
    pub(crate) id: Option<String>,
    /// What patients search by
    #[arg(long, alias = "query.patient", value_name = "EXPRESSION")]
    pub(crate) patient: Option<String>,
    /// Place
    #[arg(long, alias = "query.locn", value_name = "EXPRESSION")]
    pub(crate) locn: Option<String>,
    /// Overall status; several with commas between
    #[arg(
        long,
        alias = "filter.overallStatus",
        value_name = "STATUS",
        value_delimiter = ','
    )]
    pub(crate) status: Vec<String>,
    /// NCT numbers, with commas between
    #[arg(long, alias = "filter.ids", value_name = "ID", value_delimiter = ',')]
    pub(crate) ids: Vec<String>,
    /// An expression that filters
    #[arg(long, alias = "filter.advanced", value_name = "EXPRESSION")]
    pub(crate) advanced: Option<String>,
    /// A place on the map: distance(LATITUDE,LONGITUDE,50km)
    #[arg(long, alias = "filter.geo", value_name = "CIRCLE")]
    pub(crate) geo: Option<String>,
    /// Any other parameter of the API that chooses studies, as in aggFilters=results:with
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = parameter)]
    pub(crate) parameters: Vec<(String, String)>,
}

fn parameter(typed: &str) -> Result<(String, String), String> {
    match typed.split_once('=') {
        Some((name, value)) => Ok((name.trim().to_owned(), value.to_owned())),
        None => Err("a name, `=` and a value are wanted".to_owned()),
    }
}

impl ChoiceArguments {
    /// The parameters of the API.
    fn parameters(&self, context: &Context<'_>) -> Vec<(String, String)> {
        let queries = [
            &self.cond,
            &self.term,
            &self.intr,
            &self.titles,
            &self.outc,
            &self.spons,
            &self.lead,
            &self.id,
            &self.patient,
            &self.locn,
        ];
        let mut all: Vec<(String, String)> = QUERIES
            .iter()
            .zip(queries)
            .filter_map(|(name, value)| Some((format!("query.{name}"), value.clone()?)))
            .collect();
        for (name, value) in [
            ("filter.advanced", &self.advanced),
            ("filter.geo", &self.geo),
        ] {
            all.extend(value.clone().map(|value| (name.to_owned(), value)));
        }
        if !self.status.is_empty() {
            let statuses: Vec<String> = self
                .status
                .iter()
                .map(|typed| status(typed, context))
                .collect();
            all.push(("filter.overallStatus".to_owned(), statuses.join("|")));
        }
        if !self.ids.is_empty() {
            let ids: Vec<&str> = self.ids.iter().map(|id| id.trim()).collect();
            all.push(("filter.ids".to_owned(), ids.join("|")));
        }
        all.extend(self.parameters.iter().cloned());
        all
    }
}

/// A status as the API writes it, however it is typed; what is not known is left to the server to refuse.
fn status(typed: &str, context: &Context<'_>) -> String {
    let vocabulary = &context.schema.vocabulary;
    match vocabulary.canonical_values("status", typed.trim()) {
        Some([status, ..]) => status.clone(),
        _ => typed.trim().to_uppercase(),
    }
}

/// Runs the command.
pub(crate) fn run(typed: &FetchArguments, context: &Context<'_>) -> Result<Outcome, Failure> {
    let chosen = selection(&typed.base_url, typed.choice.parameters(context))?;
    let mut options = typed.connection.options();
    options.restart = typed.restart;
    let folder = match typed.into_index {
        true => Some(context.index_folder()?),
        false => None,
    };
    let ticker = Ticker::spinner(context.console, typed.report.quiet);
    let tell = |line: &str| ticker.say(line);
    let rejects = Rejects::new(typed.rejects.as_deref(), &[], &tell)?;
    let add = |rejected| rejects.add(&rejected);
    let target = folder.as_deref().map(|directory| Target {
        directory,
        schema: context.schema.clone(),
        options: BuildOptions::default(),
        progress: index::Progress::default(),
        rejects: &add,
    });
    let progress = Progress::default();
    let report = ticker.during(&download_line("fetching", &progress), || {
        fetch(
            &chosen,
            typed.output.as_deref(),
            target,
            &options,
            &progress,
            &tell,
        )
    });
    rejects.finish(typed.rejects.as_deref())?;
    let report = report?;
    let place = folder.map(|folder| folder.display().to_string());
    context.report(&report, &typed.report, |look| {
        fetch_report_text(&report, place.as_deref(), look)
    })?;
    Ok(match report.studies {
        0 => Outcome::Nothing,
        _ => Outcome::Found,
    })
}
