//! `trialfind delete`.

use std::io::{self, BufRead};

use clap::Args;

use crate::cli::Outcome;
use crate::cli::arguments::OutputArguments;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::index::Index;
use crate::render::deletion_text;

/// What `delete` understands.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trialfind delete NCT03737461 2017-002092-25
  trialfind search --status withdrawn --format ids | trialfind delete -

All are deleted in one commit. An id that several trials have, and that is no trial's own, deletes none of them; they are
named. A trial is back when a record of it is indexed again. `trialfind compact` gives the room back.

Exit codes: 0 all are deleted; 1 some id is not in the index (the others are deleted); 2 an id means several trials (the
others are deleted), or an error, and nothing is deleted.")]
pub(crate) struct DeleteArguments {
    /// Ids in any registry's or sponsor's writing, or - for standard input, one a line
    #[arg(value_name = "ID", required = true)]
    pub(crate) ids: Vec<String>,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
}

/// Runs the command.
pub(crate) fn run(typed: &DeleteArguments, context: &Context<'_>) -> Result<Outcome, Failure> {
    let mut ids = Vec::with_capacity(typed.ids.len());
    for id in &typed.ids {
        match id.as_str() {
            "-" => {
                for line in io::stdin().lock().lines() {
                    ids.push(line?.trim().to_owned());
                }
            }
            id => ids.push(id.to_owned()),
        }
    }
    ids.retain(|id| !id.is_empty());
    let folder = context.index_folder()?;
    let deletion = Index::delete(&folder, context.schema.clone(), &ids)?;
    let place = folder.display().to_string();
    context.say(&deletion, typed.output.format, |look| {
        deletion_text(&deletion, &place, look)
    })?;
    Ok(if !deletion.ambiguous.is_empty() {
        Outcome::Partly
    } else if !deletion.missing.is_empty() || deletion.deleted.is_empty() {
        Outcome::Nothing
    } else {
        Outcome::Found
    })
}
