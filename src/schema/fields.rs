//! `index_schema/fields.toml`, read and checked.

use std::path::Path;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::schema::elements::Element;
use crate::schema::facets::FacetElement;

/// The bundled file as it stands in the repository.
const BUNDLED: &str = include_str!("../../index_schema/fields.toml");

/// What is searchable, what it weighs, and what is a facet.
#[derive(Clone, Debug)]
pub struct Fields {
    /// Parameters of the ranking function.
    pub ranking: Ranking,
    /// Text fields, in the order of the file.
    pub text: Vec<TextField>,
    /// Names that stand for several text fields.
    pub groups: Vec<(String, Vec<String>)>,
    /// Facets, in the order of the file.
    pub facets: Vec<FacetField>,
}

/// Parameters of BM25F, without unit.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ranking {
    /// Saturation of term frequency; from 0.
    pub k1: f32,
    /// How much a field's length counts; 0 to 1.
    pub b: f32,
    /// The power of inverse document frequency; from 0, and 1, which a file that says nothing of it gets, is BM25's own.
    #[serde(default = "plain_rarity")]
    pub rarity: f32,
}

fn plain_rarity() -> f32 {
    1.0
}

/// A section of the record that is searched as one.
#[derive(Clone, Debug)]
pub struct TextField {
    /// The name in queries.
    pub name: String,
    /// The words for people.
    pub label: String,
    /// What of the record it holds.
    pub elements: Vec<Element>,
    /// Multiplies term frequency; from 0.
    pub weight: f32,
    /// Whether plain words search it.
    pub default: bool,
    /// Whether feedback takes terms from it.
    pub feedback: bool,
    /// Other names in queries.
    pub also: Vec<String>,
}

/// An element that is counted and filtered by.
#[derive(Clone, Debug)]
pub struct FacetField {
    /// The name in filters.
    pub name: String,
    /// The words for people.
    pub label: String,
    /// What of the record it holds.
    pub element: FacetElement,
    /// The vocabulary whose labels are shown and whose values are known, if it has one.
    pub vocabulary: Option<String>,
    /// Other names in queries.
    pub also: Vec<String>,
}

/// Why a schema cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FieldsError {
    /// The file cannot be read.
    #[error("cannot read `{path}`: {error}")]
    Read {
        /// The file.
        path: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// Not TOML of the expected shape.
    #[error("`fields.toml` is not readable: {}", .0.to_string().trim_end())]
    Toml(toml::de::Error),
    /// A name that leads nowhere.
    #[error(
        "`fields.toml` names the {kind} `{name}` in `{place}`, which is not known; known are {known}"
    )]
    Unknown {
        /// What kind of name.
        kind: &'static str,
        /// The name.
        name: String,
        /// Where it stands.
        place: String,
        /// What could stand there.
        known: String,
    },
    /// A number out of its range, a name twice, nothing searched by default.
    #[error("`fields.toml`: {0}")]
    Invalid(String),
}

// The message says what is wrong, so that it is no cause to be told behind it.
impl From<toml::de::Error> for FieldsError {
    fn from(error: toml::de::Error) -> FieldsError {
        FieldsError::Toml(error)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    ranking: Ranking,
    text: toml::Table,
    #[serde(default)]
    group: toml::Table,
    facet: toml::Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TextEntry {
    label: String,
    elements: Vec<String>,
    weight: f32,
    default: bool,
    #[serde(default)]
    feedback: bool,
    #[serde(default)]
    also: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FacetEntry {
    label: String,
    element: String,
    vocabulary: Option<String>,
    #[serde(default)]
    also: Vec<String>,
}

/// The most that a weight or k1 may be: scores of larger ones would no longer be told apart, or be no numbers.
const MOST: f32 = 1e6;

/// The most that rarity may be, for the same reason: inverse document frequencies are raised to it.
const MOST_RARITY: f32 = 10.0;

impl Ranking {
    /// Says which parameter is out of its range.
    pub(crate) fn check(self) -> Result<(), String> {
        let Ranking { k1, b, rarity } = self;
        if !(0.0..=MOST).contains(&k1) {
            return Err(format!("k1 is {k1}; it must be from 0 to {MOST}"));
        }
        if !(0.0..=1.0).contains(&b) {
            return Err(format!("b is {b}; it must be from 0 to 1"));
        }
        if !(0.0..=MOST_RARITY).contains(&rarity) {
            return Err(format!(
                "rarity is {rarity}; it must be from 0 to {MOST_RARITY}"
            ));
        }
        Ok(())
    }
}

/// Says if the weight of a text field is out of its range.
pub(crate) fn check_weight(name: &str, weight: f32) -> Result<(), String> {
    if (0.0..=MOST).contains(&weight) {
        Ok(())
    } else {
        Err(format!(
            "the weight of `{name}` is {weight}; it must be from 0 to {MOST}"
        ))
    }
}

impl Fields {
    /// The schema compiled in.
    pub fn bundled() -> &'static Fields {
        static CELL: LazyLock<Fields> = LazyLock::new(|| {
            Fields::from_toml(BUNDLED).expect("the bundled schema is checked by a test")
        });
        &CELL
    }

    /// The schema of a folder that takes the place of the bundled one; a file that is not there is as bundled.
    pub fn from_folder(folder: &Path) -> Result<Fields, FieldsError> {
        let path = folder.join("fields.toml");
        match std::fs::read_to_string(&path) {
            Ok(text) => Fields::from_toml(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && folder.is_dir() => {
                Ok(Fields::bundled().clone())
            }
            Err(error) => Err(FieldsError::Read {
                path: path.display().to_string(),
                error,
            }),
        }
    }

    /// Reads a schema file.
    pub fn from_toml(text: &str) -> Result<Fields, FieldsError> {
        let file: File = toml::from_str(text)?;
        let mut fields = Fields {
            ranking: file.ranking,
            text: Vec::new(),
            groups: Vec::new(),
            facets: Vec::new(),
        };
        for (name, entry) in file.text {
            let entry: TextEntry = entry.try_into()?;
            let elements = entry
                .elements
                .iter()
                .map(|element| {
                    Element::parse(element).ok_or_else(|| {
                        unknown(
                            "element",
                            element,
                            &format!("text.{name}"),
                            Element::names(),
                        )
                    })
                })
                .collect::<Result<_, _>>()?;
            fields.text.push(TextField {
                name,
                label: entry.label,
                elements,
                weight: entry.weight,
                default: entry.default,
                feedback: entry.feedback,
                also: entry.also,
            });
        }
        for (name, members) in file.group {
            let members: Vec<String> = members.try_into()?;
            for member in &members {
                if !fields.text.iter().any(|field| field.name == *member) {
                    let known = fields.text.iter().map(|field| field.name.clone());
                    return Err(unknown("field", member, &format!("group.{name}"), known));
                }
            }
            fields.groups.push((name, members));
        }
        for (name, entry) in file.facet {
            let entry: FacetEntry = entry.try_into()?;
            let element = FacetElement::parse(&entry.element).ok_or_else(|| {
                unknown(
                    "element",
                    &entry.element,
                    &format!("facet.{name}"),
                    FacetElement::names(),
                )
            })?;
            fields.facets.push(FacetField {
                name,
                label: entry.label,
                element,
                vocabulary: entry.vocabulary,
                also: entry.also,
            });
        }
        fields.check()?;
        Ok(fields)
    }

    fn check(&self) -> Result<(), FieldsError> {
        let wrong = |what: String| Err(FieldsError::Invalid(what));
        self.ranking.check().or_else(wrong)?;
        if !self.text.iter().any(|field| field.default) {
            return wrong(
                "no text field has `default = true`, so plain words would search nothing".into(),
            );
        }
        let mut seen = std::collections::HashSet::new();
        for name in self.names() {
            if !seen.insert(name) {
                return wrong(format!("the name `{name}` is given twice"));
            }
        }
        for field in &self.text {
            check_weight(&field.name, field.weight).or_else(wrong)?;
        }
        Ok(())
    }

    /// All names of text fields and groups, with their other names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.text
            .iter()
            .flat_map(|field| {
                std::iter::once(field.name.as_str()).chain(field.also.iter().map(String::as_str))
            })
            .chain(self.groups.iter().map(|(name, _)| name.as_str()))
    }

    /// The positions in [`Fields::text`] of the fields that a name stands for; empty if it stands for none.
    pub fn resolve(&self, name: &str) -> Vec<usize> {
        let members: Vec<&str> = match self.groups.iter().find(|(group, _)| group == name) {
            Some((_, members)) => members.iter().map(String::as_str).collect(),
            None => vec![name],
        };
        self.text
            .iter()
            .enumerate()
            .filter(|(_, field)| {
                members.iter().any(|member| {
                    field.name == *member || field.also.iter().any(|also| also == member)
                })
            })
            .map(|(index, _)| index)
            .collect()
    }

    /// The positions of the fields that plain words search.
    pub fn default_fields(&self) -> Vec<usize> {
        (0..self.text.len())
            .filter(|&index| self.text[index].default)
            .collect()
    }

    /// The facet of a name; hyphens and underscores are the same.
    pub fn facet(&self, name: &str) -> Option<(usize, &FacetField)> {
        let name = name.replace('-', "_");
        self.facets
            .iter()
            .enumerate()
            .find(|(_, facet)| facet.name == name || facet.also.contains(&name))
    }
}

fn unknown(
    kind: &'static str,
    name: &str,
    place: &str,
    known: impl Iterator<Item = impl Into<String>>,
) -> FieldsError {
    FieldsError::Unknown {
        kind,
        name: name.to_owned(),
        place: place.to_owned(),
        known: known.map(Into::into).collect::<Vec<String>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_schema_is_sound() {
        let fields = Fields::from_toml(BUNDLED).unwrap();
        assert!(fields.default_fields().len() > 10);
        assert_eq!(fields.resolve("criteria").len(), 3);
        assert_eq!(fields.resolve("conditions"), fields.resolve("condition"));
        assert!(fields.resolve("titel").is_empty());
    }

    #[test]
    fn wrong_schemas_say_what_is_wrong() {
        let check = |from: &str, to: &str, expect: &str| {
            assert!(BUNDLED.contains(from), "{from}");
            let error = Fields::from_toml(&BUNDLED.replacen(from, to, 1))
                .unwrap_err()
                .to_string();
            assert!(error.contains(expect), "{error}");
        };
        check("b = 0.9", "b = 1.6", "b is 1.6");
        check("weight = 5.0", "weight = -5.0", "weight of `title`");
        check(
            "\"BriefTitle\"",
            "\"BriefTitel\"",
            "`BriefTitel` in `text.title`",
        );
        check(
            "\"criterion\"]",
            "\"criterium\"]",
            "`criterium` in `group.criteria`",
        );
        check(
            "\"OverallStatus\"",
            "\"Statu\"",
            "`Statu` in `facet.status`",
        );
    }
}
