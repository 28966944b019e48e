//! `trialfind show`.

use clap::Args;

use crate::cli::Outcome;
use crate::cli::arguments::{OutputArguments, PlainFormat};
use crate::cli::changes::last_day;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::index::StoredTrial;
use crate::render::{TrialView, clean, trial_text};
use crate::trial::TrialId;

/// Sites that are named unless all are asked for.
const USUAL_SITES: usize = 20;

/// What `show` understands.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trialfind show NCT03737461
  trialfind show 2017-002092-25
  trialfind show NCT03737461 --format json > NCT03737461.json

An earlier number, a EudraCT number or a sponsor's own id leads to its trial as well.
`--format json` gives API v2 records back byte for byte, pages and XML as they were converted; of several trials, a
line break stands between them. Exit code 1 if an id is not in the index.")]
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

/// Runs the command.
pub(crate) fn run(typed: &ShowArguments, context: &Context<'_>) -> Result<Outcome, Failure> {
    let index = context.open()?;
    let searcher = index.searcher();
    let console = context.console;
    let view = TrialView {
        vocabulary: index.vocabulary(),
        look: console.look,
        today: context.today,
        sites: if typed.all_sites {
            usize::MAX
        } else {
            USUAL_SITES
        },
    };
    let mut shown: Vec<TrialId> = Vec::new();
    let mut outcome = Outcome::Found;
    for id in &typed.ids {
        let found = index.find(&searcher, id)?;
        if found.is_empty() {
            outcome = Outcome::Nothing;
            console.complain(
                &format!(
                    "no trial with the id `{}` in the index at `{}`",
                    clean(id),
                    index.directory().display()
                ),
                Some(&hint(id)),
            );
        }
        if found.len() > 1 {
            console.note(&format!(
                "note: {} trials have the id `{}`",
                found.len(),
                clean(id)
            ));
        }
        for address in found {
            let mut trial = index.trial(&searcher, address)?;
            if let Some(day) = typed.as_of {
                match trial.as_of(day)? {
                    Some(version) => trial = version,
                    None => {
                        outcome = Outcome::Nothing;
                        console.complain(
                            &format!("no version of {} of {day} or earlier is known", trial.id),
                            Some("`trialfind diff ID` lists what is known"),
                        );
                        continue;
                    }
                }
            }
            if shown.contains(&trial.id) {
                continue;
            }
            let first = shown.is_empty();
            write(&trial, first, typed.output.format, &view, context)?;
            shown.push(trial.id);
        }
    }
    Ok(outcome)
}

fn write(
    trial: &StoredTrial,
    first: bool,
    format: PlainFormat,
    view: &TrialView<'_>,
    context: &Context<'_>,
) -> Result<(), Failure> {
    let console = context.console;
    match format {
        PlainFormat::Text => {
            let rule = format!("\n{}\n\n", "─".repeat(view.look.width));
            let text = trial_text(trial, view);
            console.print(&if first { text } else { rule + &text })
        }
        PlainFormat::Json => {
            if !first {
                console.print_bytes(b"\n")?;
            }
            console.print_bytes(&trial.json()?)?;
            // To a file or a program exactly the bytes of the record go, and nothing else.
            if console.terminal {
                console.print_bytes(b"\n")?;
            }
            Ok(())
        }
    }
}

fn hint(id: &str) -> String {
    if TrialId::parse(id).is_some() {
        "`trialfind search WORDS` finds trials by words; `trialfind info` says what the index holds"
            .to_owned()
    } else {
        "ids are written like NCT04104412, 2017-002092-25 or as the sponsor writes its own; `trialfind search WORDS` finds \
         trials by words"
            .to_owned()
    }
}
