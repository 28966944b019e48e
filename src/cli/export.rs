//! `trialfind export`.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::Outcome;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::filters::{FilterArguments, filters};
use crate::cli::outfile::OutFile;
use crate::cli::place_arguments::near;
use crate::cli::search::{finder, parse};
use crate::render::{count, csv_header, csv_row, expansions_text};
use crate::search::{Exported, Finder, Notice, Request};

/// What `export` understands.
#[derive(Debug, Args)]
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
pub(crate) struct ExportArguments {
    /// A query; without one all trials that pass the filters
    #[arg(value_name = "WORDS")]
    pub(crate) words: Vec<String>,
    /// ndjson (records) or csv (a table)
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "ndjson",
        hide_possible_values = true
    )]
    pub(crate) format: ExportFormat,
    /// The file to write [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) chosen: FilterArguments,
    /// Only the words typed: no abbreviations, no synonyms
    #[arg(long)]
    pub(crate) exact: bool,
    /// More synonyms, as for `search`
    #[arg(long, value_name = "FILE")]
    pub(crate) synonyms: Option<PathBuf>,
    /// Do not say how many trials were written
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// What trials are written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// A record a line.
    Ndjson,
    /// A table.
    Csv,
}

/// Runs the command.
pub(crate) fn run(typed: &ExportArguments, context: &Context<'_>) -> Result<Outcome, Failure> {
    let query = parse(&typed.words.join(" "), &context.schema.fields)?;
    let finder = finder(typed.synonyms.as_deref(), context)?;
    let filters = filters(&typed.chosen, &finder)?;
    let request = Request {
        near: near(&typed.chosen.place, &filters, &finder)?,
        filters,
        expand: !typed.exact,
        today: context.today,
        ..Request::new(query)
    };
    let out = OutFile::create(typed.output.as_deref())?;
    let to = out.name().map(|path| path.display().to_string());
    let mut told = |notices: &[Notice]| {
        for notice in expansions_text(notices) {
            context.console.note(&format!("note: {notice}"));
        }
    };
    let written = match typed.format {
        ExportFormat::Ndjson => records(&finder, &request, &mut told, out)?,
        ExportFormat::Csv => table(&finder, &request, &mut told, out)?,
    };
    if written == 0 {
        context.console.note("note: no trial was found");
        return Ok(Outcome::Nothing);
    }
    if let (Some(to), false) = (to, typed.quiet) {
        let trials = if written == 1 { "trial" } else { "trials" };
        context
            .console
            .note(&format!("{} {trials} in {to}", count(written)));
    }
    Ok(Outcome::Found)
}

fn records(
    finder: &Finder,
    request: &Request,
    told: &mut dyn FnMut(&[Notice]),
    mut out: OutFile,
) -> Result<u64, Failure> {
    let mut write = |record: &[u8]| -> Result<(), Failure> {
        out.write_all(record)?;
        Ok(out.write_all(b"\n")?)
    };
    let written = finder.export(request, told, Exported::Records(&mut write))?;
    out.finish()?;
    Ok(written)
}

fn table(
    finder: &Finder,
    request: &Request,
    told: &mut dyn FnMut(&[Notice]),
    out: OutFile,
) -> Result<u64, Failure> {
    let mut writer = csv::Writer::from_writer(out);
    csv_header(&mut writer)?;
    let mut write =
        |hit: &crate::search::Hit| -> Result<(), Failure> { Ok(csv_row(&mut writer, hit)?) };
    let written = finder.export(request, told, Exported::Hits(&mut write))?;
    let out = writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))?;
    out.finish()?;
    Ok(written)
}
