//! `trialfind help`.

use std::fmt::Write as _;

use clap::{Args, Command};

use crate::cli::Outcome;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::query::{self, FilterKind};
use crate::schema::Fields;
use crate::search::query_filters;

/// What `help` understands.
#[derive(Debug, Args)]
pub(crate) struct HelpArguments {
    /// A command, or query
    #[arg(value_name = "TOPIC")]
    pub(crate) topic: Option<String>,
}

/// Runs the command.
pub(crate) fn run(
    typed: &HelpArguments,
    mut command: Command,
    context: &Context<'_>,
) -> Result<Outcome, Failure> {
    command.build();
    let text = match typed.topic.as_deref() {
        Some("query") => format!(
            "{}\n{}",
            query::reference().trim_end(),
            fields(&context.schema.fields)
        ),
        None => command.render_long_help().ansi().to_string(),
        Some(topic) => match command.find_subcommand_mut(topic) {
            Some(found) => found.render_long_help().ansi().to_string(),
            None => {
                return Err(Failure::new(
                    format!("no help on `{topic}`"),
                    "topics are query and the commands that `trialfind help` lists",
                ));
            }
        },
    };
    context.console.print(&text)?;
    Ok(Outcome::Found)
}

/// The fields of the schema, as a section of the reference.
fn fields(fields: &Fields) -> String {
    let mut text = String::from(
        "\n## The fields\n\nPlain words search all but those marked `by name only`.\n\n",
    );
    for field in &fields.text {
        let mut about = vec![
            field.label.to_lowercase(),
            format!("weight {}", field.weight),
        ];
        if !field.default {
            about.push("by name only".to_owned());
        }
        if !field.also.is_empty() {
            about.push(format!("also {}", field.also.join(", ")));
        }
        let _ = writeln!(text, "- `{}:` - {}", field.name, about.join("; "));
    }
    for (name, members) in &fields.groups {
        let _ = writeln!(text, "- `{name}:` - any of {}", members.join(", "));
    }
    text.push_str("\n## The filters\n\n");
    for facet in &fields.facets {
        let mut about = vec![facet.label.to_lowercase()];
        if !facet.also.is_empty() {
            about.push(format!("also {}", facet.also.join(", ")));
        }
        let _ = writeln!(text, "- `{}:` - {}", facet.name, about.join("; "));
    }
    for (name, also, kind) in query_filters() {
        let about = match kind {
            FilterKind::Age => "an age that is admitted",
            FilterKind::Number => "a number",
            FilterKind::Date => "a date",
            FilterKind::Place => "a site near a place",
            FilterKind::Presence => "what the record has",
            FilterKind::Values | FilterKind::OrderedValues => "a value",
        };
        let mut about = vec![about.to_owned()];
        if !also.is_empty() {
            about.push(format!("also {}", also.join(", ")));
        }
        let _ = writeln!(text, "- `{name}:` - {}", about.join("; "));
    }
    text
}
