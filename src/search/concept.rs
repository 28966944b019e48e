//! A concept: one thing that a query asks for, in any of its writings, in any of some fields.
//!
//! "BM-MSC" is one concept with two alternatives: the word `bmmsc`, and `bm` followed by `msc`. This file says what a concept
//! is; [`crate::search::concept_query`] asks the engine for it and says how rare it is.

use std::sync::{Arc, OnceLock};

use crate::passage::Sought;
use crate::query::Node;
use crate::search::concept_query::Statistics;

/// A term at its place in an alternative.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct PlacedTerm {
    pub(crate) term: String,
    /// Positions from the first term of the alternative.
    pub(crate) offset: u32,
}

/// How an alternative came to be searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Origin {
    /// As typed.
    Typed,
    /// The same word in another writing: hyphenated, written as one or apart.
    Writing,
    /// The nearest word that the index knows.
    Spelling,
    /// A word that begins as was typed.
    Prefix,
    /// A word spelt nearly as was typed.
    Fuzzy,
    /// The long form of an abbreviation, or the abbreviation, as the records define it.
    Abbreviation,
    /// Another name of the same thing.
    Synonym,
    /// Two words of the question, side by side.
    SideBySide,
    /// What the best trials have in common.
    Feedback,
}

impl Origin {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Origin::Typed => "typed",
            Origin::Writing => "writing",
            Origin::Spelling => "spelling",
            Origin::Prefix => "prefix",
            Origin::Fuzzy => "fuzzy",
            Origin::Abbreviation => "abbreviation",
            Origin::Synonym => "synonym",
            Origin::SideBySide => "side by side",
            Origin::Feedback => "feedback",
        }
    }

    /// The one of a name; what is not known counts as typed.
    pub(crate) fn of_name(name: &str) -> Origin {
        [
            Origin::Writing,
            Origin::Spelling,
            Origin::Prefix,
            Origin::Fuzzy,
            Origin::Abbreviation,
            Origin::Synonym,
            Origin::Feedback,
        ]
        .into_iter()
        .find(|origin| origin.name() == name)
        .unwrap_or(Origin::Typed)
    }

    /// Whether it only stands for what was typed. How rare a concept is, is judged without such alternatives, so that they
    /// do not change what the typed words count.
    pub(crate) fn stands_for(self) -> bool {
        matches!(self, Origin::Abbreviation | Origin::Synonym)
    }
}

/// One way of writing a concept: a word, or words at given places.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Alternative {
    pub(crate) terms: Vec<PlacedTerm>,
    pub(crate) origin: Origin,
    /// What an occurrence counts beside one of what was typed: 1 for another writing of it, less for what only stands for it.
    pub(crate) weight: f32,
}

impl Alternative {
    pub(crate) fn word(term: impl Into<String>, origin: Origin) -> Alternative {
        let terms = vec![PlacedTerm {
            term: term.into(),
            offset: 0,
        }];
        Alternative::phrase(terms, origin)
    }

    /// Terms at given places, worth as much as what was typed.
    pub(crate) fn phrase(terms: Vec<PlacedTerm>, origin: Origin) -> Alternative {
        Alternative {
            terms,
            origin,
            weight: 1.0,
        }
    }

    /// The terms as people read them.
    pub(crate) fn to_text(&self) -> String {
        let words: Vec<&str> = self
            .terms
            .iter()
            .map(|placed| placed.term.as_str())
            .collect();
        words.join(" ")
    }
}

/// A way of writing a concept that is no word and no plain phrase.
#[derive(Clone, Debug)]
pub(crate) struct Arranged {
    /// What must stand where.
    pub(crate) sought: Arc<Sought>,
    /// The same as people read it.
    pub(crate) text: String,
    pub(crate) origin: Origin,
    /// As [`Alternative::weight`].
    pub(crate) weight: f32,
    /// What it was made of, if names may stand for words of it.
    pub(crate) node: Option<Arc<Node>>,
    /// Those words, as they stand side by side.
    pub(crate) runs: Vec<Vec<String>>,
}

/// One thing that a query asks for.
#[derive(Clone, Debug)]
pub(crate) struct Concept {
    /// What was typed for it.
    pub(crate) typed: String,
    /// Its writings, the typed one first; none if it was typed as an arrangement.
    pub(crate) alternatives: Vec<Alternative>,
    /// Its other writings, numbered on from the alternatives.
    pub(crate) arrangements: Vec<Arranged>,
    /// Positions of the fields in [`crate::schema::Fields::text`].
    pub(crate) fields: Vec<usize>,
    /// What its score is multiplied by; 1 unless it was asked for with a boost.
    pub(crate) boost: f32,
    /// Whether it is wanted as it stands, as in quotes: no name is added as a further alternative; an arrangement gets names inside
    /// it.
    pub(crate) literal: bool,
    /// What is known of it over the index of the search; looked up once.
    pub(crate) statistics: OnceLock<Arc<Statistics>>,
}

impl Concept {
    pub(crate) fn new(
        typed: String,
        alternatives: Vec<Alternative>,
        fields: Vec<usize>,
    ) -> Concept {
        Concept {
            typed,
            alternatives,
            arrangements: Vec::new(),
            fields,
            boost: 1.0,
            literal: false,
            statistics: OnceLock::new(),
        }
    }

    /// A concept that is found by arrangements.
    pub(crate) fn arranged(
        typed: String,
        arrangements: Vec<Arranged>,
        fields: Vec<usize>,
    ) -> Concept {
        Concept {
            arrangements,
            literal: true,
            ..Concept::new(typed, Vec::new(), fields)
        }
    }

    /// A writing by its number, as people read it, how it came to be searched, and its weight.
    pub(crate) fn writing(&self, number: usize) -> (String, Origin, f32) {
        match self.alternatives.get(number) {
            Some(alternative) => (
                alternative.to_text(),
                alternative.origin,
                alternative.weight,
            ),
            None => match self.arrangements.get(number - self.alternatives.len()) {
                Some(arranged) => (arranged.text.clone(), arranged.origin, arranged.weight),
                None => (self.typed.clone(), Origin::Typed, 1.0),
            },
        }
    }

    /// How many writings it has.
    pub(crate) fn writings(&self) -> usize {
        self.alternatives.len() + self.arrangements.len()
    }

    /// The same concept in some fields only.
    pub(crate) fn in_fields(&self, fields: Vec<usize>) -> Concept {
        Concept {
            boost: self.boost,
            literal: self.literal,
            arrangements: self.arrangements.clone(),
            ..Concept::new(self.typed.clone(), self.alternatives.clone(), fields)
        }
    }

    /// The same concept, which makes a trial match but adds nothing to its score.
    pub(crate) fn counting_nothing(&self) -> Concept {
        Concept {
            boost: 0.0,
            ..self.with(&[])
        }
    }

    /// Whether it adds to the score of a trial.
    pub(crate) fn counts(&self) -> bool {
        self.boost > 0.0
    }

    /// Whether it has a writing of its own, not only what stands for it.
    pub(crate) fn has_own_writing(&self) -> bool {
        let alternatives = self.alternatives.iter().map(|writing| writing.origin);
        let arrangements = self.arrangements.iter().map(|writing| writing.origin);
        let mut origins = alternatives.chain(arrangements);
        origins.any(|origin| !origin.stands_for())
    }

    /// The same concept with a further arrangement.
    pub(crate) fn with_arrangement(&self, arranged: Arranged) -> Concept {
        let mut concept = self.with(&[]);
        concept.arrangements.push(arranged);
        concept
    }

    /// The same concept with further alternatives, those that it has already left out.
    pub(crate) fn with(&self, alternatives: &[Alternative]) -> Concept {
        let mut all = self.alternatives.clone();
        for alternative in alternatives {
            if !all.iter().any(|known| known.terms == alternative.terms) {
                all.push(alternative.clone());
            }
        }
        Concept {
            boost: self.boost,
            literal: self.literal,
            arrangements: self.arrangements.clone(),
            ..Concept::new(self.typed.clone(), all, self.fields.clone())
        }
    }
}
