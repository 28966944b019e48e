//! What was searched, laid out so that a token of a text finds in one step what it stands for. Knows nothing of where terms
//! come from: stems, synonyms, corrections and abbreviations are alternatives like any other.
use rustc_hash::FxHashMap;

use super::prefilter::{Concepts, Prefilter, bit};

/// A term of an alternative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The term as the analyzer gives it.
    pub term: String,
    /// Its position, relative to the start of the alternative.
    pub offset: u32,
}

/// One way in which a concept can stand in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Alternative {
    /// One term for a word or compound; several for a phrase, which matches at exactly these relative positions. None at
    /// all never matches.
    pub terms: Vec<Term>,
    /// Whether the last term may be the beginning of a longer one.
    pub prefix: bool,
    /// What a match counts beside the other alternatives of the concept: 1 for what was typed, less for a synonym.
    pub weight: f32,
}

/// One thing that was searched: a word or phrase with everything that is taken for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Concept {
    /// The ways in which it can stand in a text.
    pub alternatives: Vec<Alternative>,
    /// The fields that it was searched in, by index; in all others it is not seen.
    pub fields: Vec<usize>,
    /// How rare it is in the index (inverse document frequency).
    pub weight: f32,
}

/// A concept that a token or phrase stands for, with the weight of the two together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Meaning {
    pub concept: usize,
    pub weight: f32,
}

/// A phrase by the numbers of its terms.
#[derive(Debug, Clone)]
pub(super) struct Phrase {
    pub meaning: Meaning,
    /// Number of a term and its offset.
    pub terms: Vec<(usize, u32)>,
}

/// What one term is good for.
#[derive(Debug, Clone, Default)]
pub(super) struct Uses {
    /// Concepts that it stands for alone.
    pub alone: Vec<Meaning>,
    /// Whether a phrase holds it.
    pub in_phrase: bool,
}

/// All that was searched, prepared for matching. Made once per query, used for every hit.
#[derive(Debug, Clone)]
pub struct Pattern {
    concepts: Vec<Concept>,
    /// By concept: the most that one of its forms counts.
    weights: Vec<f32>,
    /// Term to its number.
    terms: FxHashMap<Box<str>, usize>,
    /// Beginnings of terms, and their numbers.
    prefixes: Vec<(Box<str>, usize)>,
    /// By number of the term.
    uses: Vec<Uses>,
    phrases: Vec<Phrase>,
    prefilter: Prefilter,
}

impl Pattern {
    /// Prepares concepts for matching. Weights that are no positive number count as 0: such a concept is highlighted, but
    /// chooses no passage.
    pub fn new(concepts: Vec<Concept>) -> Pattern {
        let mut pattern = Pattern {
            prefilter: Prefilter::new(&concepts),
            concepts: Vec::new(),
            weights: vec![0.0; concepts.len()],
            terms: FxHashMap::default(),
            prefixes: Vec::new(),
            uses: Vec::new(),
            phrases: Vec::new(),
        };
        for (index, concept) in concepts.iter().enumerate() {
            for alternative in &concept.alternatives {
                pattern.add(index, concept, alternative);
            }
        }
        pattern.concepts = concepts;
        pattern
    }

    fn add(&mut self, concept: usize, of: &Concept, alternative: &Alternative) {
        let meaning = Meaning {
            concept,
            weight: sane(of.weight) * sane(alternative.weight),
        };
        self.weights[concept] = self.weights[concept].max(meaning.weight);
        let last = alternative.terms.len().saturating_sub(1);
        let numbers: Vec<(usize, u32)> = alternative
            .terms
            .iter()
            .enumerate()
            .map(|(i, term)| {
                (
                    self.number(&term.term, alternative.prefix && i == last),
                    term.offset,
                )
            })
            .collect();
        match numbers.as_slice() {
            [] => {}
            [(only, _)] => self.uses[*only].alone.push(meaning),
            several => {
                for (number, _) in several {
                    self.uses[*number].in_phrase = true;
                }
                self.phrases.push(Phrase {
                    meaning,
                    terms: numbers,
                });
            }
        }
    }

    fn number(&mut self, term: &str, prefix: bool) -> usize {
        let next = self.uses.len();
        let known = if prefix {
            self.prefixes
                .iter()
                .find(|(p, _)| **p == *term)
                .map(|(_, n)| *n)
        } else {
            self.terms.get(term).copied()
        };
        known.unwrap_or_else(|| {
            self.uses.push(Uses::default());
            if prefix {
                self.prefixes.push((term.into(), next));
            } else {
                self.terms.insert(term.into(), next);
            }
            next
        })
    }

    /// Calls `found` with the number of every term of the pattern that a token with this term stands for.
    pub(super) fn numbers(&self, term: &str, mut found: impl FnMut(usize)) {
        if let Some(&number) = self.terms.get(term) {
            found(number);
        }
        for (prefix, number) in &self.prefixes {
            if term.starts_with(&**prefix) {
                found(*number);
            }
        }
    }

    pub(super) fn uses(&self, number: usize) -> &Uses {
        &self.uses[number]
    }

    pub(super) fn phrases(&self) -> &[Phrase] {
        &self.phrases
    }

    pub(super) fn prefilter(&self) -> &Prefilter {
        &self.prefilter
    }

    /// By concept: the most that one of its forms counts.
    pub(super) fn weights(&self) -> &[f32] {
        &self.weights
    }

    /// Whether a concept was searched in a field.
    pub(super) fn searches(&self, concept: usize, field: usize) -> bool {
        self.concepts[concept].fields.contains(&field)
    }

    /// Whether anything that was searched in some fields can stand in a text or in parts of it, told without analysis: `false`
    /// is certain.
    pub fn may_stand_in(&self, text: &str, fields: &[usize]) -> bool {
        let searched = fields
            .iter()
            .fold(0, |all, field| all | self.searched_in(*field));
        searched != 0 && self.prefilter.concepts(text, 0, text.len()) & searched != 0
    }

    /// The concepts that were searched in a field.
    pub(super) fn searched_in(&self, field: usize) -> Concepts {
        (0..self.concepts.len())
            .filter(|concept| self.searches(*concept, field))
            .fold(0, |all, concept| all | bit(concept))
    }
}

/// A weight that can be added and compared.
fn sane(weight: f32) -> f32 {
    if weight.is_finite() {
        weight.clamp(0.0, 1e6)
    } else {
        0.0
    }
}
