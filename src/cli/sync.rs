//! `trialfind sync`.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::cli::Outcome;
use crate::cli::arguments::{PlainFormat, ReportArguments};
use crate::cli::connection::{ConnectionArguments, download_line};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::rejects::Rejects;
use crate::cli::ticker::Ticker;
use crate::fetch::{Progress, SyncReport, Target, sync};
use crate::index::{self, BuildOptions, Span, TrialHistory};
use crate::render::{changes_text, sync_report_text};

/// Examples and what else there is to say.
const AFTER_HELP: &str = "Examples:
  trialfind sync
  trialfind sync --full --format json > sync.json
  trialfind sync --log
  15 6 * * *  trialfind sync --quiet --index /srv/trials.idx   (a line for cron)

Repeats what the index was fetched with (`trialfind fetch --into-index`; `trialfind info` names it): the
records that were updated since come in, a day overlapping. How the open trials of the index stand is asked
too, since a status can lapse to UNKNOWN without an update. --full compares all ids: it finds trials that are
missing here, and tells those that the server has removed. Nothing is deleted here. After `index --rebuild`
the next sync compares all ids by itself.

`changed` counts records that differ in more than the day of their snapshot. Searches and a running server
go on meanwhile.

Exit codes: 0 the index is up to date, 2 an error stopped the run.";

/// What `sync` understands.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct SyncArguments {
    /// Compare all ids, and tell trials that the server has no more
    #[arg(long)]
    pub(crate) full: bool,
    /// Tell what changed in each trial, field by field
    #[arg(long)]
    pub(crate) log: bool,
    /// Write what the index could not take in to a file, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub(crate) rejects: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) report: ReportArguments,
    #[command(flatten)]
    pub(crate) connection: ConnectionArguments,
}

/// Runs the command.
pub(crate) fn run(typed: &SyncArguments, context: &Context<'_>) -> Result<Outcome, Failure> {
    let console = context.console;
    let folder = context.index_folder()?;
    let ticker = Ticker::spinner(console, typed.report.quiet);
    let tell = |line: &str| ticker.say(line);
    let rejects = Rejects::new(typed.rejects.as_deref(), &[], &tell)?;
    let add = |rejected| rejects.add(&rejected);
    let target = Target {
        directory: &folder,
        schema: context.schema.clone(),
        options: BuildOptions::default(),
        progress: index::Progress::default(),
        rejects: &add,
    };
    let progress = Progress::default();
    let began = jiff::Timestamp::now();
    let options = typed.connection.options();
    let report = ticker.during(&download_line("syncing", &progress), || {
        sync(target, typed.full, &options, &progress, &tell)
    });
    rejects.finish(typed.rejects.as_deref())?;
    let report = report?;
    let brought = Span {
        known_since: Some(began),
        ..Span::default()
    };
    let log = match (typed.log, typed.report.format) {
        (true, PlainFormat::Json) => Some(context.finder()?.changes(None, &brought)?),
        _ => None,
    };
    let answer = Answer {
        report: &report,
        log,
    };
    let place = folder.display().to_string();
    context.report(&answer, &typed.report, |look| {
        sync_report_text(&report, &place, look)
    })?;
    if typed.log && typed.report.format == PlainFormat::Text {
        let finder = context.finder()?;
        finder.visit_changes(None, &brought, &mut |history| -> Result<bool, Failure> {
            console.print("\n")?;
            console.print(&changes_text(&history, console.look))?;
            Ok(true)
        })?;
    }
    Ok(Outcome::Found)
}

/// The report with the trials' changes in it, if they were asked for.
#[derive(Serialize)]
struct Answer<'r> {
    #[serde(flatten)]
    report: &'r SyncReport,
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<Vec<TrialHistory>>,
}
