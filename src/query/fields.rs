//! Which fields a query may name, and which one was meant when it names none of them.
//!
//! The fields themselves are laid down in `index_schema/fields.toml` and read elsewhere; here they are only names.

use super::errors::{QueryError, QueryFault};
use super::filter::FilterName;
use crate::analysis::letters_apart;

/// Letters of the longest name that a slip is looked for in: longer ones are no field names, so that a hostile query costs
/// nothing.
const LONGEST_NAME: usize = 32;

/// The fields and filters that a query may name, told by the caller.
pub trait FieldNames {
    /// The field's own name for `name` as typed (an alias, another case), or `None` if there is no such field.
    fn resolve(&self, name: &str) -> Option<String>;

    /// The names to offer when a field is unknown, in the order to list them.
    fn names(&self) -> Vec<String>;

    /// The filter for `name` as typed. A name that is a filter and a field is the filter.
    fn filter(&self, name: &str) -> Option<FilterName> {
        let _ = name;
        None
    }

    /// The names of the filters to offer when a field is unknown, in the order to list them.
    fn filter_names(&self) -> Vec<String> {
        Vec::new()
    }
}

/// The field that `typed` most likely meant.
pub(super) fn nearest(typed: &str, fields: &dyn FieldNames) -> Option<String> {
    let mut names = fields.names();
    names.extend(fields.filter_names());
    nearest_of(typed, names.iter().map(String::as_str)).map(str::to_owned)
}

/// The error with a value that fits, if what it names is a filter.
pub(super) fn with_example(mut error: QueryError, fields: &dyn FieldNames) -> QueryError {
    if let QueryFault::EmptyField { name, example }
    | QueryFault::MinusAfterField { name, example } = error.fault.as_mut()
    {
        let filter = fields
            .filter(name)
            .or_else(|| fields.filter(&name.to_lowercase()));
        *example = filter.map(|filter| filter.example());
    }
    error
}

/// The name that `typed` most likely meant: the nearest by edits, else the first that it abbreviates.
pub(crate) fn nearest_of<'n>(
    typed: &str,
    names: impl Iterator<Item = &'n str> + Clone,
) -> Option<&'n str> {
    let typed = typed.to_lowercase();
    // One edit for names of up to four letters, where two would make another word of them; a third from nine on.
    let allowed = match typed.len() {
        0..=2 => 0,
        3..=4 => 1,
        5..=8 => 2,
        _ => 3,
    };
    let is_name = |text: &str| text.chars().count() <= LONGEST_NAME;
    let by_edits = names
        .clone()
        .map(|name| (name, name.to_lowercase()))
        .filter(|(_, name)| is_name(&typed) && is_name(name))
        .map(|(name, lower)| (letters_apart(&typed, &lower), name))
        .filter(|(edits, _)| *edits <= allowed)
        .min_by_key(|(edits, _)| *edits);
    let by_start = || {
        let mut names = names;
        names.find(|name| typed.len() >= 3 && name.to_lowercase().starts_with(&typed))
    };
    by_edits.map(|(_, name)| name).or_else(by_start)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Few;

    impl FieldNames for Few {
        fn resolve(&self, _: &str) -> Option<String> {
            None
        }

        fn names(&self) -> Vec<String> {
            ["title", "condition", "country", "id", "mesh"]
                .map(String::from)
                .to_vec()
        }
    }

    #[test]
    fn nearest_field() {
        let check = |typed: &str, expect: Option<&str>| {
            assert_eq!(nearest(typed, &Few).as_deref(), expect, "{typed}");
        };
        check("titel", Some("title"));
        check("Tilte", Some("title"));
        check("conditions", Some("condition"));
        check("cond", Some("condition"));
        check("contry", Some("country"));
        check("mseh", Some("mesh"));
        check("is", None);
        check("co", None);
        check("pain", None);
        check(&"title".repeat(5000), None);
    }
}
