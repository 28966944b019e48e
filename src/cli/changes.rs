//! `trialfind changes`.

use clap::{Args, ValueEnum};
use jiff::civil::Date;

use crate::cli::Outcome;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::filters::{FilterArguments, filters};
use crate::cli::place_arguments::near;
use crate::cli::search::parse;
use crate::index::Span;
use crate::render::{changes_text, counted, json_line};
use crate::search::{Request, Sort};
use crate::trial::PartialDate;

/// What `changes` understands.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trialfind changes --since 2026-03-01
  trialfind changes --since 2026-03 melanoma --country Austria
  trialfind changes --since 2026-03-01 --until 2026-03-07 --format ndjson

Words and filters are those of `search`, of the trials as they are now. `diff ID` names all that changed in one trial.")]
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
    pub(crate) chosen: FilterArguments,
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
    /// All as one object: `since`, `until` and the `trials`, each as `diff --format json` writes it.
    Json,
    /// One trial a line.
    Ndjson,
}

/// Runs the command.
pub(crate) fn run(typed: &ChangesArguments, context: &Context<'_>) -> Result<Outcome, Failure> {
    let text = typed.words.join(" ");
    let query = parse(&text, &context.schema.fields)?;
    let finder = context.finder()?;
    let filters = filters(&typed.chosen, &finder)?;
    let near = near(&typed.chosen.place, &filters, &finder)?;
    let everything = text.trim().is_empty() && filters.is_empty() && near.is_none();
    let request = Request {
        near,
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
    let console = context.console;
    let mut trials = 0_u64;
    let written = |text: &str| -> Result<(), Failure> { console.print(text) };
    if typed.format == ChangesFormat::Json {
        let days = [("since", Some(typed.since)), ("until", typed.until)];
        let days = days.map(|(name, day)| Ok((name, json_line(&day.map(|day| day.to_string()))?)));
        let days: Result<Vec<(&str, String)>, serde_json::Error> = days.into_iter().collect();
        let days = days?
            .into_iter()
            .map(|(name, day)| format!("\"{name}\":{day},"));
        written(&format!("{{{}\"trials\":[", days.collect::<String>()))?;
    }
    let request = (!everything).then_some(&request);
    finder.visit_changes(request, &span, &mut |history| -> Result<bool, Failure> {
        let between = match typed.format {
            _ if trials == 0 => "",
            ChangesFormat::Json => ",",
            ChangesFormat::Ndjson => "",
            ChangesFormat::Text => "\n",
        };
        trials += 1;
        written(between)?;
        written(&match typed.format {
            ChangesFormat::Text => changes_text(&history, console.look),
            ChangesFormat::Json => json_line(&history)?,
            ChangesFormat::Ndjson => json_line(&history)? + "\n",
        })?;
        Ok(true)
    })?;
    match typed.format {
        ChangesFormat::Json => written("]}\n")?,
        ChangesFormat::Text if trials == 0 => written("no change is known in this time\n")?,
        ChangesFormat::Text => written(&format!(
            "\n{} changed\n",
            counted(trials, "trial", "trials")
        ))?,
        ChangesFormat::Ndjson => {}
    }
    Ok(if trials == 0 {
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
