//! What was searched, laid out so that a token of a text finds in one step what it stands for. Knows nothing of where terms
//! come from: stems, synonyms, corrections and abbreviations are alternatives like any other.
use rustc_hash::FxHashMap;

use super::arrangement::{Sought, Terms};
use super::prefilter::{Concepts, Prefilter, bit};
use crate::analysis::{EXACT_MARK, Token, exact_term};

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
    /// What a match counts beside the other alternatives of the concept: 1 for what was typed, less for a synonym.
    pub weight: f32,
}

/// A way in which a concept can stand in a text that is no word and no plain phrase.
#[derive(Debug, Clone, PartialEq)]
pub struct Arranged {
    /// What must stand where.
    pub sought: Sought,
    /// As [`Alternative::weight`].
    pub weight: f32,
}

/// One thing that was searched: a word or phrase with everything that is taken for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Concept {
    /// The ways in which it can stand in a text.
    pub alternatives: Vec<Alternative>,
    /// More ways, which are no word and no plain phrase.
    pub arrangements: Vec<Arranged>,
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

/// What was searched by its arrangement, by the numbers of its terms.
#[derive(Debug, Clone)]
pub(super) struct ArrangedTerms {
    pub meaning: Meaning,
    pub sought: Sought,
    /// For each of [`Sought::terms`] the numbers that stand for it.
    pub numbers: Vec<Vec<usize>>,
}

/// What one term is good for.
#[derive(Debug, Clone, Default)]
pub(super) struct Uses {
    /// Concepts that it stands for alone.
    pub alone: Vec<Meaning>,
    /// Whether a phrase holds it.
    pub in_phrase: bool,
    /// Whether an arrangement holds it.
    pub arranged: bool,
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
    /// Terms that stand only where a word is written as they are, and their numbers.
    unvaried: FxHashMap<Box<str>, usize>,
    arranged: Vec<ArrangedTerms>,
    /// Whether words as written are among the terms.
    exact: bool,
    /// Concepts that have no other way to stand in a text.
    only_arranged: Concepts,
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
            unvaried: FxHashMap::default(),
            arranged: Vec::new(),
            exact: false,
            only_arranged: 0,
            uses: Vec::new(),
            phrases: Vec::new(),
        };
        for (index, concept) in concepts.iter().enumerate() {
            for alternative in &concept.alternatives {
                pattern.add(index, concept, alternative);
            }
            for arranged in &concept.arrangements {
                pattern.arrange(index, concept, arranged);
            }
            let placed = |arranged: &Arranged| arranged.sought.single().is_none();
            // The last bit may be that of several concepts.
            if concept.alternatives.is_empty()
                && concept.arrangements.iter().all(placed)
                && bit(index) != bit(usize::MAX)
            {
                pattern.only_arranged |= bit(index);
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
        let numbers: Vec<(usize, u32)> = alternative
            .terms
            .iter()
            .map(|term| (self.number(&term.term, false), term.offset))
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

    fn arrange(&mut self, concept: usize, of: &Concept, arranged: &Arranged) {
        let meaning = Meaning {
            concept,
            weight: sane(of.weight) * sane(arranged.weight),
        };
        self.weights[concept] = self.weights[concept].max(meaning.weight);
        let terms = arranged.sought.terms();
        let numbers: Vec<Vec<usize>> = terms.iter().map(|terms| self.numbers_of(terms)).collect();
        if arranged.sought.single().is_some() {
            for number in numbers.into_iter().flatten() {
                self.uses[number].alone.push(meaning);
            }
            return;
        }
        for number in numbers.iter().flatten() {
            self.uses[*number].arranged = true;
        }
        self.arranged.push(ArrangedTerms {
            meaning,
            sought: arranged.sought.clone(),
            numbers,
        });
    }

    /// The numbers that stand for some terms.
    fn numbers_of(&mut self, terms: &Terms) -> Vec<usize> {
        match terms {
            Terms::One(term) => vec![self.number(term, false)],
            Terms::Prefix(prefix) => vec![self.number(prefix, true)],
            Terms::Among(terms) => terms.iter().map(|term| self.number(term, false)).collect(),
            Terms::Unvaried(term) => {
                let next = self.uses.len();
                let number = *self.unvaried.entry(term.as_str().into()).or_insert(next);
                if number == next {
                    self.uses.push(Uses::default());
                }
                vec![number]
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
                self.exact |= term.starts_with(EXACT_MARK);
                self.terms.insert(term.into(), next);
            }
            next
        })
    }

    /// Calls `found` with the number of every term of the pattern that a token stands for.
    pub(super) fn numbers(&self, token: &Token<'_>, mut found: impl FnMut(usize)) {
        let (term, exact) = (token.term(), token.exact());
        if let Some(&number) = self.terms.get(term) {
            found(number);
        }
        let varied = term != exact;
        if varied
            && self.exact
            && let Some(&number) = self.terms.get(exact_term(exact).as_str())
        {
            found(number);
        }
        if !varied && let Some(&number) = self.unvaried.get(term) {
            found(number);
        }
        for (prefix, number) in &self.prefixes {
            if term.starts_with(&**prefix) || exact.starts_with(&**prefix) {
                found(*number);
            }
        }
    }

    /// What was searched by its arrangement.
    pub(super) fn arranged(&self) -> &[ArrangedTerms] {
        &self.arranged
    }

    /// The concepts that stand in a text only by an arrangement.
    pub(super) fn only_arranged(&self) -> Concepts {
        self.only_arranged
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
