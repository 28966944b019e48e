//! The canonical values of the enumerated data elements, and the spellings that lead to them.
//!
//! The spellings are data: `index_schema/vocabulary.toml`. A spelling that is not there has no canonical value;
//! nothing is guessed here.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The bundled vocabulary as it stands in the repository.
pub const BUNDLED: &str = include_str!("../../index_schema/vocabulary.toml");

/// One enumerated data element's values.
#[derive(Clone, Debug, Default)]
struct Element {
    /// Canonical value -> label for people, in the order of the file.
    labels: Vec<(String, String)>,
    /// Comparable spelling -> canonical values.
    spellings: HashMap<String, Vec<String>>,
}

/// All vocabularies, by the name of their data element in the file (`status`, `phase`, `sex` ...).
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    elements: HashMap<String, Element>,
}

/// Why a vocabulary file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum VocabularyError {
    /// Not TOML of the expected shape.
    #[error("`vocabulary.toml` is not readable: {}", .0.to_string().trim_end())]
    Toml(toml::de::Error),
    /// One spelling under two values.
    #[error(
        "vocabulary lists `{spelling}` of `{element}` under `{first}` and `{second}`: keep one of them"
    )]
    Ambiguous {
        /// The data element.
        element: String,
        /// The spelling.
        spelling: String,
        /// One value.
        first: String,
        /// The other value.
        second: String,
    },
}

// The message says what is wrong, so that it is no cause to be told behind it.
impl From<toml::de::Error> for VocabularyError {
    fn from(error: toml::de::Error) -> VocabularyError {
        VocabularyError::Toml(error)
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Value {
    label: String,
    #[serde(default)]
    spellings: Vec<String>,
    /// Spellings of a combination (`Phase 1/Phase 2`) are listed with all the values they stand for.
    #[serde(default)]
    values: Vec<String>,
}

impl Vocabulary {
    /// The vocabulary compiled in.
    pub fn bundled() -> &'static Vocabulary {
        static CELL: LazyLock<Vocabulary> = LazyLock::new(|| {
            Vocabulary::from_toml(BUNDLED).expect("the bundled vocabulary is checked by a test")
        });
        &CELL
    }

    /// Reads a vocabulary file: `[element.VALUE]` tables with a `label`, `spellings`, and for combinations `values`.
    pub fn from_toml(text: &str) -> Result<Vocabulary, VocabularyError> {
        let tables: toml::Table = toml::from_str(text)?;
        let mut elements = HashMap::new();
        for (name, table) in tables {
            let mut element = Element::default();
            for (canonical, value) in table.try_into::<toml::Table>()? {
                let value: Value = value.try_into()?;
                let targets = if value.values.is_empty() {
                    element.labels.push((canonical.clone(), value.label));
                    vec![canonical.clone()]
                } else {
                    value.values
                };
                for spelling in value.spellings.iter().chain([&canonical]) {
                    let before = element
                        .spellings
                        .insert(comparable(spelling), targets.clone());
                    if let Some(before) = before.filter(|before| *before != targets) {
                        return Err(VocabularyError::Ambiguous {
                            element: name,
                            spelling: spelling.clone(),
                            first: before.join("/"),
                            second: canonical.clone(),
                        });
                    }
                }
            }
            elements.insert(name, element);
        }
        Ok(Vocabulary { elements })
    }

    /// The canonical value of a spelling; `None` if the spelling is unknown or stands for several values.
    pub fn canonical(&self, element: &str, spelling: &str) -> Option<&str> {
        match self.canonical_values(element, spelling)? {
            [value] => Some(value),
            _ => None,
        }
    }

    /// The canonical values of a spelling (`Phase 1/Phase 2` has two, a spelling of "none stated" has none).
    /// `None` if the spelling is unknown.
    pub fn canonical_values(&self, element: &str, spelling: &str) -> Option<&[String]> {
        self.elements
            .get(element)?
            .spellings
            .get(&comparable(spelling))
            .map(Vec::as_slice)
    }

    /// The words for people for a canonical value (`PHASE2` is "Phase 2").
    pub fn label(&self, element: &str, canonical: &str) -> Option<&str> {
        let labels = &self.elements.get(element)?.labels;
        labels
            .iter()
            .find(|(value, _)| value == canonical)
            .map(|(_, label)| label.as_str())
    }

    /// The spellings that lead to a value of an element, in lower case, in the order of the alphabet.
    pub fn spellings(&self, element: &str) -> Vec<&str> {
        let element = self.elements.get(element).into_iter();
        let mut spellings: Vec<&str> = element
            .flat_map(|element| element.spellings.keys().map(String::as_str))
            .collect();
        spellings.sort_unstable();
        spellings
    }

    /// What people type for each canonical value of an element, in the order of the file: its number if it has one, else its
    /// words in lower case.
    pub fn typed(&self, element: &str) -> Vec<String> {
        let Some(known) = self.elements.get(element) else {
            return Vec::new();
        };
        let number = |value: &str| {
            let mut spellings = known.spellings.iter();
            let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            spellings
                .find(|(spelling, of)| {
                    matches!(of.as_slice(), [only] if only == value) && is_number(spelling)
                })
                .map(|(spelling, _)| spelling.clone())
        };
        let values = self.values(element);
        values
            .map(|value| number(value).unwrap_or_else(|| comparable(value)))
            .collect()
    }

    /// The canonical values of an element, in the order of the file.
    pub fn values(&self, element: &str) -> impl Iterator<Item = &str> {
        self.elements
            .get(element)
            .into_iter()
            .flat_map(|element| element.labels.iter().map(|(value, _)| value.as_str()))
    }
}

/// What spellings are compared by: letters and digits in lower case, everything between as one space.
fn comparable(spelling: &str) -> String {
    let mut out = String::with_capacity(spelling.len());
    for c in spelling.chars() {
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_meet_in_canonical_values() {
        let vocabulary = Vocabulary::from_toml(BUNDLED).unwrap();
        let check = |element: &str, spelling: &str, expect: Option<&[&str]>| {
            let found = vocabulary
                .canonical_values(element, spelling)
                .map(|values| values.iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!(found.as_deref(), expect, "{element} {spelling}");
        };
        check("status", "Enrolling", Some(&["RECRUITING"]));
        check(
            "status",
            "Active, not recruiting",
            Some(&["ACTIVE_NOT_RECRUITING"]),
        );
        check(
            "status",
            "ACTIVE_NOT_RECRUITING",
            Some(&["ACTIVE_NOT_RECRUITING"]),
        );
        check("status", "Unknown status", Some(&["UNKNOWN"]));
        check(
            "status",
            "Temporarily not available",
            Some(&["TEMPORARILY_NOT_AVAILABLE"]),
        );
        check("phase", "Phase 0", Some(&["EARLY_PHASE1"]));
        check("phase", "Phase 1/Phase 2", Some(&["PHASE1", "PHASE2"]));
        check("phase", "N/A", Some(&["NA"]));
        check("phase", "PHASE5", None);
        check("sex", "Both", Some(&["ALL"]));
        check("date_type", "Anticipated", Some(&["ESTIMATED"]));
        check(
            "study_type",
            "Observational [Patient Registry]",
            Some(&["OBSERVATIONAL"]),
        );
        check("masking", "None (Open Label)", Some(&["NONE"]));
        assert_eq!(vocabulary.label("phase", "PHASE2"), Some("Phase 2"));
    }
}
