//! `trialfind changes`.

use clap::{Args, ValueEnum};
use jiff::civil::Date;

use crate::cli::Outcome;
use crate::cli::arguments::pair;
use crate::cli::context::Context;
use crate::cli::facet_arguments::FacetArguments;
use crate::cli::failure::Failure;
use crate::cli::filters::chosen;
use crate::cli::search::parse;
use crate::index::Span;
use crate::render::{Changes, changes_text, json_line, json_pretty};
use crate::search::{Request, Sort};
use crate::trial::PartialDate;

/// What `changes` understands.
#[derive(Debug, Args)]
pub(crate) struct ChangesArguments {
    /// Only trials that this query finds
    #[arg(value_name = "WORDS")]
    pub(crate) words: Vec<String>,
    /// Changes of this day (2026-03-05), month or year and later
    #[arg(long, value_name = "DATE", value_parser = first_day)]
    pub(crate) since: Date,
    /// Changes of this day, month or year and earlier
    #[arg(long, value_name = "DATE", value_parser = last_day)]
    pub(crate) until: Option<Date>,
    #[command(flatten)]
    pub(crate) facets_chosen: FacetArguments,
    /// A filter by name, also of a facet that only --schema has
    #[arg(long = "filter", value_name = "FACET=VALUE", help_heading = "Filters", value_parser = pair)]
    pub(crate) filters: Vec<(String, String)>,
    /// text, json or ndjson
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        hide_possible_values = true
    )]
    pub(crate) format: ChangesFormat,
}

/// What changes are written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ChangesFormat {
    /// For people.
    Text,
    /// All as one object.
    Json,
    /// One trial a line.
    Ndjson,
}

/// Runs the command.
pub(crate) fn run(typed: &ChangesArguments, context: &Context<'_>) -> Result<Outcome, Failure> {
    let text = typed.words.join(" ");
    let query = parse(&text, &context.schema.fields)?;
    let finder = context.finder()?;
    let filters = chosen(&typed.facets_chosen, &typed.filters, &finder)?;
    let everything = text.trim().is_empty() && filters.is_empty();
    let request = Request {
        filters,
        sort: Sort::Id,
        limit: usize::MAX,
        passages: 0,
        today: context.today,
        ..Request::new(query)
    };
    let span = Span {
        since: Some(typed.since),
        until: typed.until,
        known_since: None,
    };
    let trials = finder.changes((!everything).then_some(&request), &span)?;
    let console = context.console;
    let all = Changes {
        since: Some(typed.since.to_string()),
        until: typed.until.map(|day| day.to_string()),
        trials: &trials,
    };
    let answer = match typed.format {
        ChangesFormat::Text => changes_text(&trials, console.look),
        ChangesFormat::Json if console.terminal => json_pretty(&all)? + "\n",
        ChangesFormat::Json => json_line(&all)? + "\n",
        ChangesFormat::Ndjson => {
            let mut lines = String::new();
            for trial in &trials {
                lines.push_str(&json_line(trial)?);
                lines.push('\n');
            }
            lines
        }
    };
    console.print(&answer)?;
    Ok(if trials.is_empty() {
        Outcome::Nothing
    } else {
        Outcome::Found
    })
}

/// The first day of what was typed as a date.
pub(crate) fn first_day(typed: &str) -> Result<Date, String> {
    date(typed).map(PartialDate::first_day)
}

/// The last day of what was typed as a date.
pub(crate) fn last_day(typed: &str) -> Result<Date, String> {
    date(typed).map(PartialDate::last_day)
}

fn date(typed: &str) -> Result<PartialDate, String> {
    PartialDate::parse(typed)
        .ok_or_else(|| "a date is written like 2026-03-05, 2026-03 or 2026".to_owned())
}
