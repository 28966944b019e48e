//! Words that stand for each other, from `index_schema/synonyms.toml`, a user's file or NLM's MeSH descriptor file.
//!
//! What may be found for what, by key; whether it is used, and what it counts, is decided at search time.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use serde::Deserialize;

use crate::analysis::{Analyzer, content_key};
use crate::schema::mesh_descriptors::read_descriptors;

/// The bundled file as it stands in the repository.
const BUNDLED: &str = include_str!("../../index_schema/synonyms.toml");

/// Names that a name also finds, by its [`content_key`].
#[derive(Clone, Debug, Default)]
pub struct Synonyms {
    leads: FxHashMap<String, Vec<Synonym>>,
}

/// A name that another also finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Synonym {
    /// Its key.
    pub(crate) key: String,
    /// The name as it was given.
    pub name: String,
    /// Who says so.
    pub source: SynonymSource,
}

/// Who says that a name stands for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SynonymSource {
    /// The bundled list, or that of a schema folder.
    List,
    /// A file that the user named.
    User,
}

/// Why a list of synonyms cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SynonymsError {
    /// The file cannot be read.
    #[error("cannot read `{path}`: {error}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// Not TOML of the expected shape.
    #[error("`{path}` is not readable as a list of synonyms: {}", error.to_string().trim_end())]
    Toml {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        error: Box<toml::de::Error>,
    },
    /// Not XML of the expected shape.
    #[error("`{path}` is not readable as MeSH descriptors: {what}")]
    Xml {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// A line that names nothing, or only one thing.
    #[error("`{path}`, line {line}: {what}")]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        what: &'static str,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    same: Vec<Vec<String>>,
    #[serde(default)]
    leads: Vec<Lead>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lead {
    from: Vec<String>,
    to: Vec<String>,
}

impl Synonyms {
    /// The list compiled in.
    pub fn bundled() -> &'static Synonyms {
        static CELL: LazyLock<Synonyms> = LazyLock::new(|| {
            let mut synonyms = Synonyms::default();
            synonyms
                .add_toml(BUNDLED, Path::new("synonyms.toml"), SynonymSource::List)
                .expect("the bundled list is checked by a test");
            synonyms
        });
        &CELL
    }

    /// The list of a schema folder; the bundled one if it has none.
    pub fn from_folder(folder: &Path) -> Result<Synonyms, SynonymsError> {
        let path = folder.join("synonyms.toml");
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                let mut synonyms = Synonyms::default();
                synonyms.add_toml(&text, &path, SynonymSource::List)?;
                Ok(synonyms)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Ok(Synonyms::bundled().clone())
            }
            Err(error) => Err(SynonymsError::Read { path, error }),
        }
    }

    /// Adds a user's file: TOML as the bundled one, lines of text (`a, b, c` for names of one thing, `a => b, c` for names that
    /// `a` also finds, `#` for remarks), or NLM's MeSH descriptors (desc20XX.xml). Told apart by content.
    pub fn add_file(&mut self, path: &Path) -> Result<(), SynonymsError> {
        let read = |error| SynonymsError::Read {
            path: path.to_path_buf(),
            error,
        };
        let file = std::fs::File::open(path).map_err(read)?;
        let mut reader = std::io::BufReader::with_capacity(1 << 16, file);
        let start = std::io::BufRead::fill_buf(&mut reader).map_err(read)?;
        let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
        if start.trim_ascii_start().starts_with(b"<") {
            let mut analyzer = Analyzer::new();
            return read_descriptors(reader, &mut |descriptor| {
                for concept in &descriptor.concepts {
                    self.add_same(concept, SynonymSource::User, &mut analyzer);
                }
                if let Some((preferred, others)) = descriptor.concepts.split_first() {
                    let others: Vec<String> = others.iter().flatten().cloned().collect();
                    self.add_leads(preferred, &others, SynonymSource::User, &mut analyzer);
                }
            })
            .map_err(|what| SynonymsError::Xml {
                path: path.to_path_buf(),
                what,
            });
        }
        let mut text = String::new();
        std::io::Read::read_to_string(&mut reader, &mut text).map_err(read)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let is_toml = text.lines().map(str::trim).any(|line| {
            line.starts_with("[[leads]]")
                || line
                    .strip_prefix("same")
                    .or(line.strip_prefix("leads"))
                    .is_some_and(|rest| {
                        rest.trim_start().starts_with("= [") || rest.trim_start().starts_with("=[")
                    })
        });
        if is_toml {
            self.add_toml(text, path, SynonymSource::User)
        } else {
            self.add_lines(text, path)
        }
    }

    /// Names that the name of a key also finds.
    pub(crate) fn of(&self, key: &str) -> &[Synonym] {
        self.leads.get(key).map_or(&[], Vec::as_slice)
    }

    fn add_toml(
        &mut self,
        text: &str,
        path: &Path,
        source: SynonymSource,
    ) -> Result<(), SynonymsError> {
        let file: File = toml::from_str(text).map_err(|error| SynonymsError::Toml {
            path: path.to_path_buf(),
            error: Box::new(error),
        })?;
        let mut analyzer = Analyzer::new();
        for names in &file.same {
            self.add_same(names, source, &mut analyzer);
        }
        for lead in &file.leads {
            self.add_leads(&lead.from, &lead.to, source, &mut analyzer);
        }
        Ok(())
    }

    fn add_lines(&mut self, text: &str, path: &Path) -> Result<(), SynonymsError> {
        let mut analyzer = Analyzer::new();
        for (number, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            let names = |part: &str| -> Vec<String> {
                let names = part.split(',').map(str::trim);
                names
                    .filter(|name| !name.is_empty())
                    .map(str::to_owned)
                    .collect()
            };
            let wrong = |what| SynonymsError::Line {
                path: path.to_path_buf(),
                line: number + 1,
                what,
            };
            match line.split_once("=>") {
                Some((from, to)) => {
                    let (from, to) = (names(from), names(to));
                    if from.is_empty() || to.is_empty() {
                        return Err(wrong("names are wanted on both sides of `=>`"));
                    }
                    self.add_leads(&from, &to, SynonymSource::User, &mut analyzer);
                }
                None => {
                    let names = names(line);
                    if names.len() < 2 {
                        return Err(wrong(
                            "two names or more are wanted, with commas between, or `a => b`",
                        ));
                    }
                    self.add_same(&names, SynonymSource::User, &mut analyzer);
                }
            }
        }
        Ok(())
    }

    fn add_same(&mut self, names: &[String], source: SynonymSource, analyzer: &mut Analyzer) {
        self.add_leads(names, names, source, analyzer);
    }

    /// Each of some names also finds each of others.
    fn add_leads(
        &mut self,
        from: &[String],
        to: &[String],
        source: SynonymSource,
        analyzer: &mut Analyzer,
    ) {
        let to: Vec<Synonym> = to
            .iter()
            .map(|name| Synonym {
                key: content_key(analyzer, name),
                name: name.clone(),
                source,
            })
            .filter(|synonym| !synonym.key.is_empty())
            .collect();
        for name in from {
            let key = content_key(analyzer, name);
            if key.is_empty() {
                continue;
            }
            for synonym in &to {
                let known = self.leads.entry(key.clone()).or_default();
                if synonym.key != key && !known.iter().any(|known| known.key == synonym.key) {
                    known.push(synonym.clone());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leads(synonyms: &Synonyms, name: &str) -> Vec<String> {
        let key = content_key(&mut Analyzer::new(), name);
        synonyms.of(&key).iter().map(|to| to.name.clone()).collect()
    }

    fn user(content: &str) -> Result<Synonyms, SynonymsError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine");
        std::fs::write(&path, content).unwrap();
        let mut synonyms = Synonyms::default();
        synonyms.add_file(&path).map(|()| synonyms)
    }

    #[test]
    fn the_bundled_list_is_sound() {
        let synonyms = Synonyms::bundled();
        assert!(leads(synonyms, "Heart Attacks").contains(&"myocardial infarction".to_owned()));
        assert!(leads(synonyms, "high blood pressure").contains(&"hypertension".to_owned()));
        for (key, names) in &synonyms.leads {
            assert!(names.iter().all(|name| name.key != *key), "{key}");
        }
    }

    #[test]
    fn files_of_a_user() {
        let check = |content: &str, name: &str, expect: &[&str]| {
            assert_eq!(leads(&user(content).unwrap(), name), expect, "{content}");
        };
        check(
            "# mine\nMS, multiple sclerosis # ours\n",
            "ms",
            &["multiple sclerosis"],
        );
        check(
            "statin => atorvastatin, simvastatin",
            "statins",
            &["atorvastatin", "simvastatin"],
        );
        check("statin => atorvastatin", "atorvastatin", &[]);
        check("same = [[\"a1\", \"b1\"]]", "a1", &["b1"]);
        check("[[leads]]\nfrom = [\"x1\"]\nto = [\"y1\"]", "x1", &["y1"]);
        let error = user("fine, good\nalone").unwrap_err().to_string();
        assert!(error.contains("line 2"), "{error}");
        let error = user("a =>").unwrap_err().to_string();
        assert!(error.contains("both sides"), "{error}");
        assert!(user("same = [[1]]").is_err());
    }

    #[test]
    fn mesh_descriptors_are_a_list_too() {
        let synonyms = user(crate::schema::mesh_descriptors::SAMPLE).unwrap();
        assert_eq!(leads(&synonyms, "knee wear"), ["Wear of Knee Joint"]);
        // A narrower concept is found by the descriptor's names, and does not find them.
        assert!(leads(&synonyms, "joint wear").contains(&"Knee Wear".to_owned()));
        assert!(!leads(&synonyms, "knee wear").contains(&"Joint Wear".to_owned()));
        // Inverted names stand in no text as they are.
        assert!(leads(&synonyms, "joint wear").contains(&"Degenerative Joint Wear".to_owned()));
    }
}
