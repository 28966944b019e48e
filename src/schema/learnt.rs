//! What a record says that words stand for: abbreviations that its texts define, and other names of its interventions.
//!
//! Each pair is two terms of one raw field, one for each way to read it: `KEY␟relation␟OTHER KEY␟other as written`, the keys as
//! [`content_key`] makes them, the writing told by its key ([`crate::schema::written`]). Document frequency is the number of trials
//! that say so, and what was learnt from a record goes when the record goes. Whether a pair is believed is decided when it is used.

use std::borrow::Cow;

use crate::analysis::{Abbreviation, Analyzer, content_key};
use crate::schema::names::SEPARATOR;
use crate::schema::written::{push_written, read_written};
use crate::trial::Study;

/// What the other form of a pair is to the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Relation {
    /// Its long form.
    LongForm,
    /// An abbreviation of it.
    ShortForm,
    /// Another name of the same intervention.
    OtherName,
}

const RELATIONS: [(Relation, char); 3] = [
    (Relation::LongForm, 'l'),
    (Relation::ShortForm, 'a'),
    (Relation::OtherName, 'o'),
];

/// Words of the longest other name that counts as one: longer ones describe.
const MOST_WORDS: usize = 4;

/// Other names that name nothing, and what a comparison is made with, by their keys. The commonest of the real records.
const NO_NAMES: &[&str] = &[
    "placebo",
    "sugar pill",
    "no other name",
    "no name",
    "none",
    "na",
    "n a",
    "standard of care",
    "standard care",
    "usual care",
    "control",
    "control group",
    "treatment as usual",
    "tau",
    "soc",
    "sham",
    "sham comparator",
    "saline",
    "normal saline",
    "vehicle",
    "no treatment",
    "no intervention",
    "observation",
    "not applicable",
    "other",
    "drug",
    "device",
    "intervention",
    "treatment",
    "therapy",
    "study drug",
    "experimental",
    "experimental group",
    "intervention group",
    "active",
    "active comparator",
    "comparator",
    "group a",
    "group b",
    "group 1",
    "group 2",
    "arm a",
    "arm b",
    "arm 1",
    "arm 2",
    "cohort 1",
    "cohort 2",
    "questionnaire",
    "survey",
    "interview",
    "education",
    "exercise",
    "injection",
    "surgery",
    "infusion",
    "chemotherapy",
    "radiation",
    "radiotherapy",
    "irradiation",
    "vaccine",
    "diet",
    "physical therapy",
    "physiotherapy",
    "blood sample",
    "blood draw",
    "mri",
    "pet",
    "ct",
    "monitoring",
    "usual treatment",
    "conventional treatment",
    "conventional",
    "routine care",
    "standard",
    "standard treatment",
    "standard therapy",
    "placebo comparator",
    "matching placebo",
    "placebo control",
    "inactive",
    "unknown",
    "see above",
    "same",
    "combination",
    "single dose",
    "high dose",
    "low dose",
    "tablet",
    "capsule",
    "study treatment",
    "investigational product",
    "test",
    "test product",
    "reference",
    "reference product",
    "quality of life assessment",
    "laboratory biomarker analysis",
];

/// A term of a pair, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Learnt<'t> {
    pub(crate) relation: Relation,
    /// The key of the other form.
    pub(crate) key: &'t str,
    /// The other form as a record writes it.
    pub(crate) written: Cow<'t, str>,
}

impl Learnt<'_> {
    /// Reads what stands behind the first key of a term.
    pub(crate) fn read(entry: &str) -> Option<Learnt<'_>> {
        let mut parts = entry.splitn(3, SEPARATOR);
        let letter = parts.next()?;
        let (relation, _) = RELATIONS
            .iter()
            .find(|(_, known)| letter.len() == 1 && letter.starts_with(*known))?;
        let key = parts.next()?;
        Some(Learnt {
            relation: *relation,
            key,
            written: read_written(key, parts.next()?)?,
        })
    }
}

/// The terms of the pairs of one record.
#[derive(Default)]
pub(crate) struct LearntTerms {
    pub(crate) terms: Vec<String>,
    /// Keys of pairs that are there: of each the first writing counts.
    known: rustc_hash::FxHashSet<(Relation, String, String)>,
}

impl LearntTerms {
    /// Adds an abbreviation.
    pub(crate) fn abbreviation(&mut self, pair: Abbreviation<'_>, analyzer: &mut Analyzer) {
        let short = content_key(analyzer, pair.short);
        let long = content_key(analyzer, pair.long);
        // "CAR T cell" and "CAR-T cells" are one already.
        if short.is_empty() || !long.contains(|c: char| c.is_alphabetic()) || short == long {
            return;
        }
        self.add(Relation::LongForm, &short, &long, pair.long);
        self.add(Relation::ShortForm, &long, &short, pair.short);
    }

    /// Adds the other names of a study's interventions.
    pub(crate) fn other_names(&mut self, study: &Study, analyzer: &mut Analyzer) {
        let interventions = &study
            .protocol_section
            .arms_interventions_module
            .interventions;
        for intervention in interventions {
            let Some(name) = intervention.name.as_deref() else {
                continue;
            };
            let Some(key) = name_of(name, analyzer) else {
                continue;
            };
            for other in &intervention.other_names {
                let Some(other_key) = name_of(other, analyzer) else {
                    continue;
                };
                // One holds the other's words: what finds the one finds the other.
                let holds =
                    |a: &str, b: &str| b.split(' ').all(|word| a.split(' ').any(|w| w == word));
                if holds(&key, &other_key) || holds(&other_key, &key) {
                    continue;
                }
                self.add(Relation::OtherName, &key, &other_key, other);
                self.add(Relation::OtherName, &other_key, &key, name);
            }
        }
    }

    fn add(&mut self, relation: Relation, key: &str, other: &str, written: &str) {
        if self
            .known
            .insert((relation, key.to_owned(), other.to_owned()))
        {
            let letter = RELATIONS
                .iter()
                .find(|(known, _)| *known == relation)
                .map_or(' ', |(_, letter)| *letter);
            let written: Vec<&str> = written.split_whitespace().collect();
            let mut term = format!("{key}{SEPARATOR}{letter}{SEPARATOR}{other}{SEPARATOR}");
            push_written(&mut term, other, &written);
            self.terms.push(term);
        }
    }
}

/// The key of a name that names something: a few words, a letter among them, none of the commonest that say nothing.
fn name_of(name: &str, analyzer: &mut Analyzer) -> Option<String> {
    if name.split_whitespace().count() > MOST_WORDS || name.len() > 60 {
        return None;
    }
    let key = content_key(analyzer, name);
    let letters = key.chars().filter(|c| c.is_alphabetic()).count();
    let folded = crate::analysis::folded_name(name);
    (letters >= 2 && !NO_NAMES.contains(&folded.as_str())).then_some(key)
}
