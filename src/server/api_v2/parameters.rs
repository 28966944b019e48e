//! Names and values of an address: which are known, and how lists are written.

use crate::server::api_v2::answer::wrong;
use crate::server::problem::Problem;

/// Pairs at most; no request has as many.
const MOST_PAIRS: usize = 200;

/// The parameters of a request, each once; those that are lists and were repeated are joined.
#[derive(Debug, Default)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads the query of an address.
    ///
    /// # Errors
    /// A parameter that is not among `known`, or too many.
    pub(super) fn read(query: Option<&str>, known: &[&str]) -> Result<Parameters, Problem> {
        let mut found: Vec<(String, String)> = Vec::new();
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        for (number, (name, value)) in pairs.enumerate() {
            if number >= MOST_PAIRS {
                return Err(wrong(format!("more than {MOST_PAIRS} parameters")));
            }
            if !known.contains(&&*name) {
                return Err(wrong(format!("`{name}` is unknown parameter")));
            }
            match found.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => {
                    known.push('|');
                    known.push_str(&value);
                }
                None => found.push((name.into_owned(), value.into_owned())),
            }
        }
        Ok(Parameters(found))
    }

    /// A value that is not blank.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        let value = found.map(|(_, value)| value.trim());
        value.filter(|value| !value.is_empty())
    }

    /// The items of a list, apart by commas or bars; none if it was not given.
    ///
    /// # Errors
    /// It was given, and nothing is in it.
    pub(super) fn list(&self, name: &str) -> Result<Vec<&str>, Problem> {
        let Some((_, value)) = self.0.iter().find(|(known, _)| known == name) else {
            return Ok(Vec::new());
        };
        let items = value.split([',', '|']).map(str::trim);
        let items: Vec<&str> = items.filter(|item| !item.is_empty()).collect();
        match items.is_empty() {
            true => Err(wrong(format!(
                "`{name}` parameter must be a non-empty list"
            ))),
            false => Ok(items),
        }
    }

    /// One of some values; the first of them if none was given.
    ///
    /// # Errors
    /// Another value.
    pub(super) fn choice<T: Copy>(
        &self,
        name: &str,
        choices: &[(&'static str, T)],
    ) -> Result<T, Problem> {
        let found = match self.get(name) {
            None => choices.first(),
            Some(value) => choices.iter().find(|(known, _)| *known == value),
        };
        found.map(|(_, choice)| *choice).ok_or_else(|| {
            let known: Vec<String> = choices
                .iter()
                .map(|(name, _)| format!("`{name}`"))
                .collect();
            wrong(format!(
                "`{name}` parameter value `{}` is not allowed; allowed are {}",
                self.get(name).unwrap_or_default(),
                known.join(", ")
            ))
        })
    }

    /// Yes or no; no if it was not given.
    ///
    /// # Errors
    /// Anything else.
    pub(super) fn flag(&self, name: &str) -> Result<bool, Problem> {
        self.choice(name, &[("false", false), ("true", true)])
    }
}
