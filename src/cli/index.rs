//! `trialfind index`.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::Outcome;
use crate::cli::arguments::{PlainFormat, ReportArguments};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::progress::Meter;
use crate::cli::rejects::Rejects;
use crate::index::{BuildOptions, Index, IndexError, Progress, Report, SchemaChoice};
use crate::render::{clean, report_text};
use crate::source::{self, Measured};

/// What `index` understands.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trialfind index studies.json NCT04104412.xml saved-pages/ ctg-studies.zip
  unzip -p dump.zip | trialfind index -
  trialfind index --rebuild --rejects rejects.ndjson records/

Reads ClinicalTrials.gov API v2 JSON (a study, an array, a page, NDJSON), legacy XML, and saved pages of
ClinicalTrials.gov, ClinicalTrials.Veeva and digest sites as text or HTML, told apart by content. Records of trials
that are in the index already update them if they are newer; nothing is removed.

Exit codes: 0 at least one record was taken in or is there already; 1 none was; 2 an error stopped the run, or a named
path does not exist (the others are indexed nevertheless).")]
#[command(mut_arg("quiet", |quiet| quiet.help("No progress and no report; what is rejected is still told")))]
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
    #[command(flatten)]
    pub(crate) report: ReportArguments,
}

/// Runs the command.
pub(crate) fn run(typed: &IndexArguments, context: &Context<'_>) -> Result<Outcome, Failure> {
    let console = context.console;
    let folder = context.index_folder()?;
    let measured = source::measure(&typed.paths);
    for missing in &measured.missing {
        console.complain(
            &format!("no such file or folder: `{}`", missing.display()),
            None,
        );
    }
    for index in &measured.indexes {
        console.note(&format!(
            "note: `{}` is an index and is passed over",
            clean(&index.display().to_string())
        ));
    }
    if measured.missing.len() == typed.paths.len() {
        return Err(Failure::new(
            "nothing to index: none of the paths exists",
            "check their spelling; relative paths start at the current folder",
        ));
    }
    let is_new = is_missing(&folder, &context.schema);
    let mut options = BuildOptions {
        rebuild: typed.rebuild,
        ..BuildOptions::default()
    };
    if let Some(threads) = typed.threads {
        options.threads = usize::from(threads);
    }
    let report = build(typed, &folder, &options, &measured, context)?;
    let place = match (is_new, typed.rebuild) {
        (true, _) => format!("{} (created)", folder.display()),
        (false, true) => format!("{} (made anew)", folder.display()),
        (false, false) => folder.display().to_string(),
    };
    context.report(&report, &typed.report, |look| {
        report_text(&report, &place, look)
    })?;
    if typed.report.format == PlainFormat::Json || typed.report.quiet && is_new {
        console.note(&format!("index at {place}"));
    }
    Ok(if !measured.missing.is_empty() {
        Outcome::Partly
    } else if report.indexed + report.superseded > 0 {
        Outcome::Found
    } else {
        Outcome::Nothing
    })
}

/// Whether there is no index in a folder yet. An index that cannot be opened is one.
pub(crate) fn is_missing(folder: &Path, schema: &SchemaChoice) -> bool {
    matches!(
        Index::open(folder, schema.clone()),
        Err(IndexError::Missing(_))
    )
}

fn build(
    typed: &IndexArguments,
    folder: &Path,
    options: &BuildOptions,
    measured: &Measured,
    context: &Context<'_>,
) -> Result<Report, Failure> {
    let meter = Meter::new(context.console, measured, typed.report.quiet);
    let tell = |line: &str| meter.say(line);
    let rejects = Rejects::new(typed.rejects.as_deref(), &measured.missing, &tell)?;
    let progress = Progress::default();
    let report = meter.during(&progress, || {
        Index::build(
            folder,
            context.schema.clone(),
            &typed.paths,
            options,
            &progress,
            &|rejected| rejects.add(&rejected),
        )
    });
    rejects.finish(typed.rejects.as_deref())?;
    Ok(report?)
}
