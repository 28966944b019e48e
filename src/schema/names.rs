//! The names that a record uses, for the index's own vocabulary: what is a condition, a drug, a sponsor, and how it is written.
//!
//! Two raw fields hold them. `names` has a term for each name, `KEY␟kind␟spelling`, where KEY is [`name_key`] and the spelling told
//! by it ([`crate::schema::written`]): writings of one name stand side by side, and the document frequencies of a kind add up to
//! its trials. `completions` has a term for each place in a name where typing may begin, `back pain␟low`, as [`folded_name`]
//! writes it; behind another separator the key, if that of the folded name is another, or nothing, if it is a title. It must not
//! search.

use std::borrow::Cow;

use rustc_hash::FxHashSet;

use crate::analysis::{Analyzer, folded_name, is_stop_word, name_key};
use crate::schema::elements::{Element, values};
use crate::schema::tokenizer::with_thread_analyzer;
use crate::schema::written::{push_written, read_written};
use crate::trial::Study;

/// Stands between the parts of a term (the ASCII unit separator, which no folded text holds). It sorts before the space, so
/// a name comes before the longer ones that begin with it.
pub(crate) const SEPARATOR: char = '\u{1f}';

/// Words of the longest name that is kept. Longer ones are sentences that nobody types or looks up.
pub(crate) const MOST_WORDS: usize = 10;

/// Bytes of the longest key that is kept.
const MOST_BYTES: usize = 120;

/// Words of a title by which it is completed.
const TITLE_WORDS: usize = 6;

/// Words of a name at which typing may begin.
const STARTS: usize = 5;

/// What a record uses a name for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NameKind {
    /// A condition (data element `Condition`).
    Condition,
    /// A MeSH term of the conditions (`ConditionMeshTerm`).
    ConditionMesh,
    /// An intervention (`InterventionName`).
    Intervention,
    /// A MeSH term of the interventions (`InterventionMeshTerm`).
    InterventionMesh,
    /// Another name of an intervention (`InterventionOtherName`).
    OtherName,
    /// A keyword (`Keyword`).
    Keyword,
    /// A lead sponsor (`LeadSponsorName`).
    Sponsor,
    /// The brief title (`BriefTitle`); for completions only.
    Title,
}

/// Each kind with its letter in a term and the element that it comes from.
const KINDS: [(NameKind, char, Element); 8] = [
    (NameKind::Condition, 'c', Element::Condition),
    (NameKind::ConditionMesh, 'd', Element::ConditionMeshTerm),
    (NameKind::Intervention, 'i', Element::InterventionName),
    (
        NameKind::InterventionMesh,
        'j',
        Element::InterventionMeshTerm,
    ),
    (NameKind::Keyword, 'k', Element::Keyword),
    (NameKind::OtherName, 'o', Element::InterventionOtherName),
    (NameKind::Sponsor, 's', Element::LeadSponsorName),
    (NameKind::Title, 't', Element::BriefTitle),
];

impl NameKind {
    /// The words for people.
    pub fn label(self) -> &'static str {
        match self {
            NameKind::Condition => "condition",
            NameKind::ConditionMesh => "MeSH condition",
            NameKind::Intervention => "intervention",
            NameKind::InterventionMesh => "MeSH intervention",
            NameKind::OtherName => "other name",
            NameKind::Keyword => "keyword",
            NameKind::Sponsor => "sponsor",
            NameKind::Title => "title",
        }
    }

    /// Whether typing is completed to names of this kind.
    fn completes(self) -> bool {
        !matches!(self, NameKind::Keyword | NameKind::OtherName)
    }

    fn letter(self) -> char {
        KINDS
            .iter()
            .find(|(kind, ..)| *kind == self)
            .map_or(' ', |(_, letter, _)| *letter)
    }
}

/// The kind and the spelling of a term of `names`, by its key and what stands behind.
pub(crate) fn read_name_entry<'e>(key: &str, entry: &'e str) -> Option<(NameKind, Cow<'e, str>)> {
    let (letter, written) = entry.split_once(SEPARATOR)?;
    let (kind, ..) = KINDS
        .iter()
        .find(|(_, known, _)| letter.len() == 1 && letter.starts_with(*known))?;
    Some((*kind, read_written(key, written)?))
}

/// The terms of a study for the two fields.
#[derive(Default)]
pub(crate) struct NameTerms {
    pub(crate) names: Vec<String>,
    pub(crate) completions: Vec<String>,
    /// The keys of the names, with their kinds.
    known: FxHashSet<String>,
}

impl NameTerms {
    pub(crate) fn of(study: &Study) -> NameTerms {
        let mut terms = NameTerms::default();
        with_thread_analyzer(|analyzer| {
            for (kind, _, element) in KINDS {
                values(element, study, &[], &mut |text| {
                    terms.add(kind, &text, analyzer);
                });
            }
        });
        terms.completions.sort_unstable();
        terms.completions.dedup();
        terms
    }

    fn add(&mut self, kind: NameKind, text: &str, analyzer: &mut Analyzer) {
        let folded = folded_name(text);
        if kind == NameKind::Title {
            let end = folded
                .match_indices(' ')
                .nth(TITLE_WORDS - 1)
                .map_or(folded.len(), |(place, _)| place);
            if end > 0 {
                self.completions
                    .push(format!("{}{SEPARATOR}{SEPARATOR}", &folded[..end]));
            }
            return;
        }
        let words = folded.split(' ').count();
        if folded.is_empty() || words > MOST_WORDS || folded.len() > MOST_BYTES {
            return;
        }
        let key = name_key(analyzer, text);
        let start = format!("{key}{SEPARATOR}{}{SEPARATOR}", kind.letter());
        // One spelling of a name and kind a record, so that frequencies add up to trials.
        if key.is_empty() || self.known.contains(&start) {
            return;
        }
        let spelling: Vec<&str> = text.split_whitespace().collect();
        let mut name = start.clone();
        push_written(&mut name, &key, &spelling);
        self.names.push(name);
        self.known.insert(start);
        if kind.completes() {
            let behind = match name_key(analyzer, &folded) == key {
                true => String::new(),
                false => format!("{SEPARATOR}{key}"),
            };
            self.complete(&folded, &behind);
        }
    }

    /// A name from each of its words on; what stands before them goes behind.
    fn complete(&mut self, folded: &str, behind: &str) {
        self.completions
            .push(format!("{folded}{SEPARATOR}{behind}"));
        for (space, _) in folded.match_indices(' ').take(STARTS - 1) {
            let (before, rest) = (&folded[..space], &folded[space + 1..]);
            let word = rest.split(' ').next().unwrap_or_default();
            if !is_stop_word(word) {
                self.completions
                    .push(format!("{rest}{SEPARATOR}{before}{behind}"));
            }
        }
    }
}

/// What a term of `completions` stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Completion {
    /// The folded name.
    pub(crate) name: String,
    /// Whether typing begins at its first word.
    pub(crate) from_start: bool,
    /// What the name is known by.
    pub(crate) known_by: KnownBy,
}

/// What a completion is known by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KnownBy {
    /// The key of the folded name.
    Name,
    /// Another key: case and signs decide how a code is read.
    Key(String),
    /// It is the beginning of a title.
    Title,
}

impl Completion {
    /// Reads a term.
    pub(crate) fn read(term: &str) -> Option<Completion> {
        let mut parts = term.splitn(3, SEPARATOR);
        let (from, before) = (parts.next()?, parts.next()?);
        Some(Completion {
            name: match before {
                "" => from.to_owned(),
                before => format!("{before} {from}"),
            },
            from_start: before.is_empty(),
            known_by: match parts.next() {
                None => KnownBy::Name,
                Some("") => KnownBy::Title,
                Some(key) => KnownBy::Key(key.to_owned()),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_from_each_of_its_words() {
        let mut terms = NameTerms::default();
        let mut analyzer = Analyzer::new();
        terms.add(NameKind::Condition, "Chronic  Low Back Pain", &mut analyzer);
        terms.add(NameKind::Condition, "chronic low back pains", &mut analyzer);
        terms.add(NameKind::Title, "A Study of Pain", &mut analyzer);
        assert_eq!(terms.names.len(), 1);
        let (key, entry) = terms.names[0].split_once(SEPARATOR).unwrap();
        assert_eq!(key, "chronic low back pain");
        assert_eq!(
            read_name_entry(key, entry),
            Some((NameKind::Condition, "Chronic Low Back Pain".into()))
        );
        let names: Vec<_> = terms
            .completions
            .iter()
            .map(|term| Completion::read(term).unwrap())
            .collect();
        assert_eq!(names.len(), 5);
        assert!(
            names[..4]
                .iter()
                .all(|read| read.name == "chronic low back pain")
        );
        assert_eq!(names[4].name, "a study of pain");
        assert_eq!(names[4].known_by, KnownBy::Title);
        let mut terms = NameTerms::default();
        terms.add(NameKind::Condition, "COVID-19", &mut analyzer);
        let read = Completion::read(&terms.completions[0]).unwrap();
        assert_eq!(read.known_by, KnownBy::Key("covid19".into()));
    }
}
