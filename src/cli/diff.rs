//! `trialfind diff`.

use clap::Args;
use jiff::civil::Date;

use crate::cli::Outcome;
use crate::cli::arguments::OutputArguments;
use crate::cli::changes::{first_day, last_day};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::index::{Span, TrialHistory};
use crate::render::{clean, history_text};

/// What `diff` understands.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trialfind diff NCT03737461
  trialfind diff NCT03737461 --from 2026-01 --format json
  trialfind diff NCT03737461 --from 2025-01-01 --to 2026-01-01 --net

The index keeps the versions that it has taken in: those of the files and downloads that it was made and updated with. The day
of a change is that of the update which brought it, or, where a record changed without one, of the first download that
shows it. Records of different formats are not compared. `show ID --as-of DATE` gives the record as it was.")]
pub(crate) struct DiffArguments {
    /// An id of the trial, in any registry's or sponsor's writing
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Changes of this day (2026-03-05), month or year and later
    #[arg(long, value_name = "DATE", value_parser = first_day)]
    pub(crate) from: Option<Date>,
    /// Changes of this day, month or year and earlier
    #[arg(long, value_name = "DATE", value_parser = last_day)]
    pub(crate) to: Option<Date>,
    /// One difference between the record as it was on --from and as it was on --to, not one for each change
    #[arg(long, requires = "from")]
    pub(crate) net: bool,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
}

/// Runs the command.
pub(crate) fn run(typed: &DiffArguments, context: &Context<'_>) -> Result<Outcome, Failure> {
    let index = context.open()?;
    let searcher = index.searcher();
    let found = index.find(&searcher, &typed.id)?;
    let console = context.console;
    let address = match found.as_slice() {
        [] => {
            console.complain(
                &format!(
                    "no trial with the id `{}` in the index at `{}`",
                    clean(&typed.id),
                    index.directory().display()
                ),
                Some("`trialfind search WORDS` finds trials by words"),
            );
            return Ok(Outcome::Nothing);
        }
        [only] => *only,
        [first, others @ ..] => {
            console.note(&format!(
                "note: {} other trials have the id `{}`; this is the first",
                others.len(),
                clean(&typed.id)
            ));
            *first
        }
    };
    let trial = index.trial(&searcher, address)?;
    let history = match (typed.net, typed.from) {
        (true, Some(from)) => {
            let to = typed.to.unwrap_or(context.today);
            TrialHistory {
                changes: trial.between(from, to)?.into_iter().collect(),
                ..trial.changes(&Span::default())?
            }
        }
        _ => trial.changes(&Span {
            since: typed.from,
            until: typed.to,
            known_since: None,
        })?,
    };
    context.say(&history, typed.output.format, |look| {
        history_text(&history, look)
    })?;
    Ok(if history.changes.is_empty() {
        Outcome::Nothing
    } else {
        Outcome::Found
    })
}
