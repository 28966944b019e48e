//! One option for each facet of the bundled schema, so that `index_schema/fields.toml` stays the one list of them.

use std::sync::LazyLock;

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, error::Error};

use crate::schema::Fields;
use crate::trial::vocabulary::Vocabulary;

/// The most values of a facet that its help lists.
const MOST_VALUES: usize = 12;

/// What was typed for facets: each name with the texts in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct FacetArguments {
    pub(crate) chosen: Vec<(String, Vec<String>)>,
}

/// The options' names, which the argument parser wants for as long as the program runs.
static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let facets = Fields::bundled().facets.iter();
    facets.map(|facet| facet.name.replace('_', "-")).collect()
});

fn options() -> impl Iterator<Item = Arg> {
    let facets = Fields::bundled().facets.iter().zip(NAMES.iter());
    facets.map(|(facet, option)| {
        let values: Vec<String> = match &facet.vocabulary {
            Some(element) => Vocabulary::bundled()
                .values(element)
                .map(str::to_lowercase)
                .collect(),
            None => Vec::new(),
        };
        let help = if values.is_empty() || values.len() > MOST_VALUES {
            facet.label.clone()
        } else {
            format!("{}: {}", facet.label, values.join(", "))
        };
        Arg::new(facet.name.as_str())
            .long(option.as_str())
            .value_name("VALUE")
            .action(ArgAction::Append)
            .help_heading("Filters")
            .help(help)
    })
}

impl Args for FacetArguments {
    fn augment_args(command: Command) -> Command {
        options().fold(command, Command::arg)
    }

    fn augment_args_for_update(command: Command) -> Command {
        FacetArguments::augment_args(command)
    }
}

impl FromArgMatches for FacetArguments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<FacetArguments, Error> {
        let mut chosen = Vec::new();
        for facet in &Fields::bundled().facets {
            let texts: Vec<String> = matches
                .get_many::<String>(&facet.name)
                .into_iter()
                .flatten()
                .cloned()
                .collect();
            if !texts.is_empty() {
                chosen.push((facet.name.clone(), texts));
            }
        }
        Ok(FacetArguments { chosen })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = FacetArguments::from_arg_matches(matches)?;
        Ok(())
    }
}
