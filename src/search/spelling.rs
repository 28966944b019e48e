//! The nearest words that the index knows, for words that it does not, or hardly.
//!
//! Candidates come from the names of conditions, interventions and sponsors, which are kept as they are written, so that a slip
//! in an ending that stemming would take off is seen (degeneratiev); and from the terms of the fields that weigh most. Which is
//! meant is judged by letters that differ, by whether trials have it together with the other words, and by how many have it.

use std::cmp::Reverse;
use std::slice;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use tantivy::collector::Count;
use tantivy::query::FuzzyTermQuery;
use tantivy::schema::Field;
use tantivy::{InvertedIndexReader, Term};

use crate::analysis::{
    Analyzer, exact_term, folded_name, is_word_term, letters_apart, term_of_form,
};
use crate::schema::SEPARATOR;
use crate::search::concept::{Alternative, Concept, Origin};
use crate::search::finder::{Finder, View};
use crate::search::hits::Notice;
use crate::search::lookup::Lookup;
use crate::search::lower::{Plan, to_engine};
use crate::search::names::Dictionary;

/// Words shorter than this have too many neighbours to guess among, in characters.
const SHORTEST: usize = 4;

/// From this length on two letters may be wrong, in characters.
const LONG: usize = 7;

/// Words of a query beyond which none is respelt: each is weighed against all others, and so long a list was not typed by hand.
const MOST_WORDS: usize = 64;

/// Fields whose terms are looked through: those that weigh most hold what people look for, and each costs as much again.
const FIELDS: usize = 4;

/// Candidates that are tried together with the other words.
const TRIED: usize = 5;

/// A word that so few trials have, in the field that has most, may be a slip of theirs or of the user's.
const RARE: u64 = 2;

/// How many times more trials must have the other word for it to be offered, or to be searched where nothing else is found.
const FAR_MORE: u64 = 20;

/// The same for a word of usual length: few names of seven letters differ in one only, and an index of few trials has no word
/// twenty times (meniscectomy 4, menisectomy 1).
const SEVERAL_TIMES: u64 = 3;

/// Beginnings of which one is never a slip for the other.
const OPPOSITES: [(&str, &str); 3] = [("hyper", "hypo"), ("inter", "intra"), ("infra", "intra")];

/// Whether two words begin with opposites: hypernatremia is not hyponatremia.
fn are_opposites(a: &str, b: &str) -> bool {
    OPPOSITES.iter().any(|(one, other)| {
        (a.starts_with(one) && b.starts_with(other)) || (a.starts_with(other) && b.starts_with(one))
    })
}

/// A word that may be meant.
#[derive(Clone, Debug)]
struct Candidate {
    term: String,
    /// As records write it, or the term.
    written: String,
    /// Whether a record writes it so.
    is_word: bool,
    distance: usize,
    trials: u64,
}

/// A concept and what may be meant by it.
struct Meant {
    concept: Arc<Concept>,
    candidate: Candidate,
    /// Trials that have it as it was typed.
    typed_trials: u64,
}

/// A plan in another spelling, and what was changed.
pub(super) type Respelling = (Plan, Vec<Notice>);

/// Looks for the nearest words of one search.
pub(super) struct Speller<'s> {
    pub(super) finder: &'s Finder,
    pub(super) view: &'s View,
    pub(super) lookup: &'s Arc<Lookup>,
    pub(super) analyzer: &'s mut Analyzer,
}

impl Speller<'_> {
    /// The plan with the nearest known spelling of every word that no trial has, if another is near; and what was changed.
    pub(super) fn respell(&mut self, plan: &Plan) -> tantivy::Result<Respelling> {
        let all = plan.concepts();
        let mut meant = Vec::new();
        if all.len() <= MOST_WORDS {
            for concept in &all {
                if let Some(candidate) = self.respelled(concept, &all)? {
                    meant.push(Meant {
                        concept: concept.clone(),
                        candidate,
                        typed_trials: 0,
                    });
                }
            }
        }
        Ok(respelling(plan, &meant))
    }

    /// The plan with words that hardly any trial has in a spelling that far more have: with all such words respelt, then with
    /// one of them.
    pub(super) fn respell_rare(&mut self, plan: &Plan) -> tantivy::Result<Vec<Respelling>> {
        let mut meant = Vec::new();
        let all = plan.concepts();
        if all.len() <= MOST_WORDS {
            for concept in &all {
                meant.extend(self.doubtful(concept, FAR_MORE)?);
            }
        }
        let alone = meant.iter().map(slice::from_ref);
        let alone = alone.filter(|one| one.len() < meant.len());
        let all = (!meant.is_empty()).then_some(meant.as_slice());
        let respellings = all.into_iter().chain(alone);
        Ok(respellings.map(|meant| respelling(plan, meant)).collect())
    }

    fn respelled(
        &mut self,
        concept: &Arc<Concept>,
        all: &[Arc<Concept>],
    ) -> tantivy::Result<Option<Candidate>> {
        if self.most_trials(concept)? > 0 {
            return Ok(None);
        }
        let mut candidates = self.candidates(concept, LONG)?;
        candidates.truncate(TRIED);
        let mut others = Vec::new();
        for other in all.iter().filter(|other| !Arc::ptr_eq(other, concept)) {
            if self.most_trials(other)? > 0 {
                others.push(Plan::Concept(other.clone()));
            }
        }
        if others.is_empty() || candidates.len() < 2 {
            return Ok(candidates.into_iter().next());
        }
        // A letter more or less matters less than whether the words are ever used together.
        let mut best = None;
        for candidate in candidates {
            let together = self.together(concept, &candidate, &others)?;
            let rank = (together > 0, Reverse(candidate.distance), together);
            if best.as_ref().is_none_or(|(known, _)| rank > *known) {
                best = Some((rank, candidate));
            }
        }
        Ok(best.map(|(_, candidate)| candidate))
    }

    /// Trials with what may be meant by a concept, and with what else is asked for.
    fn together(
        &self,
        concept: &Concept,
        candidate: &Candidate,
        others: &[Plan],
    ) -> tantivy::Result<u64> {
        let word = Alternative::word(candidate.term.clone(), Origin::Spelling);
        let typed = candidate.written.clone();
        let word = Concept::new(typed, vec![word], concept.fields.clone());
        let mut parts = others.to_vec();
        parts.push(Plan::Concept(Arc::new(word)));
        let query = to_engine(&Plan::And(parts), self.lookup);
        Ok(self.view.searcher.search(&query, &Count)? as u64)
    }

    /// Words that hardly any trial has beside one that is nearly the same and that many have.
    pub(super) fn offered(&mut self, plan: &Plan) -> tantivy::Result<Vec<Notice>> {
        let mut notices = Vec::new();
        for concept in plan.concepts() {
            let offered = self.doubtful(&concept, SEVERAL_TIMES)?;
            notices.extend(offered.map(|meant| Notice::DidYouMean {
                typed: concept.typed.clone(),
                suggestion: meant.candidate.written,
                typed_trials: meant.typed_trials,
                trials: meant.candidate.trials,
            }));
        }
        Ok(notices)
    }

    /// What may be meant by a word that hardly any trial has as it is typed; `times` as many must have the other if the word is
    /// a long one.
    fn doubtful(&mut self, concept: &Arc<Concept>, times: u64) -> tantivy::Result<Option<Meant>> {
        let is_typed = |alternative: &Alternative| alternative.origin == Origin::Typed;
        if concept.literal || !concept.alternatives.first().is_some_and(is_typed) {
            return Ok(None);
        }
        let all_forms = self.most_trials(concept)?;
        let typed = folded_name(&concept.typed);
        let typed_trials = self.trials_with_form(concept, &typed, all_forms)?;
        if all_forms == 0 || typed_trials > RARE {
            return Ok(None);
        }
        let times = match typed.chars().count() {
            length if length >= LONG && all_forms <= RARE => times,
            _ => FAR_MORE,
        };
        // One letter in a word of usual length: two are another drug as often as a slip.
        let mut candidates = self.candidates(concept, LONG + 3)?;
        candidates.truncate(TRIED);
        for mut candidate in candidates {
            if !candidate.is_word && !self.write(&mut candidate, concept, &typed)? {
                continue;
            }
            // Two letters more or less are another word as often as a slip.
            let times = match candidate.distance {
                0 | 1 => times,
                _ => FAR_MORE,
            };
            let least = times * all_forms;
            if candidate.trials < least {
                // No field has it in so many, all together may.
                candidate.trials = self.together(concept, &candidate, &[])?;
            }
            if candidate.trials >= least {
                return Ok(Some(Meant {
                    concept: concept.clone(),
                    candidate,
                    typed_trials,
                }));
            }
        }
        Ok(None)
    }

    /// Writes a candidate of which only the term is known with the ending that was typed; `false` if no record has it so: the
    /// stems of "nebulizers" and "needle" are nearer than the words.
    fn write(
        &self,
        candidate: &mut Candidate,
        concept: &Concept,
        typed: &str,
    ) -> tantivy::Result<bool> {
        let term = term_of_form(typed);
        let same = |(a, b): &(char, char)| a == b;
        let kept = typed.chars().zip(term.chars()).take_while(same).count();
        let letters = (candidate.term.chars().count() + kept).saturating_sub(term.chars().count());
        let ending = typed.chars().skip(kept);
        let form: String = candidate.term.chars().take(letters).chain(ending).collect();
        let exact = match form == candidate.term {
            true => form.clone(),
            false => exact_term(&form),
        };
        let is_word = term_of_form(&form) == candidate.term
            && self.lookup.most_trials(&concept.fields, &exact)? > 0;
        if is_word {
            candidate.written = form;
        }
        Ok(is_word)
    }

    /// Trials with a word in the form in which it was typed, in the field that has most: "osteoarthrits" has the stem of
    /// "osteoarthritic".
    fn trials_with_form(
        &self,
        concept: &Concept,
        typed: &str,
        all_forms: u64,
    ) -> tantivy::Result<u64> {
        match typed.contains(|c: char| !c.is_alphabetic()) || term_of_form(typed) == typed {
            true => Ok(all_forms),
            false => self.lookup.most_trials(&concept.fields, &exact_term(typed)),
        }
    }

    /// Trials with a writing of a concept, in the field that has most; phrases count as their rarest word.
    fn most_trials(&self, concept: &Concept) -> tantivy::Result<u64> {
        let mut most = 0;
        for alternative in &concept.alternatives {
            for &field in &concept.fields {
                let mut least = u64::MAX;
                for placed in &alternative.terms {
                    least = least.min(self.lookup.frequency(field, &placed.term)?);
                }
                if !alternative.terms.is_empty() {
                    most = most.max(least);
                }
            }
        }
        Ok(most)
    }

    /// Words near that of a concept, the likeliest first; two letters may differ from a length on.
    fn candidates(
        &mut self,
        concept: &Concept,
        two_from: usize,
    ) -> tantivy::Result<Vec<Candidate>> {
        let typed = folded_name(&concept.typed);
        // What was typed as an arrangement is meant as typed.
        let typed_as = concept
            .alternatives
            .first()
            .map(|typed| typed.terms.as_slice());
        let (Some([placed]), true) = (typed_as, concept.arrangements.is_empty()) else {
            return Ok(Vec::new());
        };
        let length = typed.chars().count();
        if length < SHORTEST || !typed.chars().all(char::is_alphabetic) {
            return Ok(Vec::new());
        }
        let distance = if length < two_from { 1 } else { 2 };
        let mut found: FxHashMap<String, Candidate> = FxHashMap::default();
        self.among_names(&typed, distance, &mut found)?;
        self.among_terms(concept, &placed.term, distance, &mut found)?;
        found.remove(&placed.term);
        found.retain(|_, candidate| !are_opposites(&typed, &candidate.written));
        let first = typed.chars().next();
        let mut candidates: Vec<Candidate> = found.into_values().collect();
        candidates.sort_by(|a, b| {
            // People seldom get the first letter wrong.
            let rank = |candidate: &Candidate| {
                let other_first = candidate.term.chars().next() != first;
                (
                    candidate.distance + usize::from(other_first),
                    Reverse(candidate.trials),
                )
            };
            rank(a).cmp(&rank(b)).then_with(|| a.term.cmp(&b.term))
        });
        Ok(candidates)
    }

    /// Words of names, whole and unstemmed, with the same first letter.
    fn among_names(
        &mut self,
        typed: &str,
        distance: u8,
        found: &mut FxHashMap<String, Candidate>,
    ) -> tantivy::Result<()> {
        let field = self.finder.index.layout().completions;
        let first = typed.chars().next().unwrap_or_default().to_string();
        let mut words: FxHashMap<String, u64> = FxHashMap::default();
        for segment in Dictionary::open(&self.view.searcher, field)?.segments() {
            near(
                segment,
                field,
                typed,
                distance,
                true,
                Some(&first),
                &mut |key, trials| {
                    let word = key.split([' ', SEPARATOR]).next().unwrap_or_default();
                    match words.get_mut(word) {
                        Some(known) => *known += trials,
                        None => {
                            words.insert(word.to_owned(), trials);
                        }
                    }
                },
            )?;
        }
        for (word, trials) in words {
            let differ = letters_apart(typed, &word);
            if differ > usize::from(distance) || differ == 0 {
                continue;
            }
            let term = self.analyzer.stem(&word);
            let known = found.entry(term.clone()).or_insert(Candidate {
                term,
                written: word.clone(),
                is_word: true,
                distance: differ,
                trials: 0,
            });
            if (Reverse(differ), trials) > (Reverse(known.distance), known.trials) {
                known.written = word;
            }
            known.distance = known.distance.min(differ);
            known.trials = known.trials.max(trials);
        }
        Ok(())
    }

    /// Terms of the fields that weigh most.
    fn among_terms(
        &mut self,
        concept: &Concept,
        typed: &str,
        distance: u8,
        found: &mut FxHashMap<String, Candidate>,
    ) -> tantivy::Result<()> {
        let mut fields = concept.fields.clone();
        fields.sort_by(|a, b| {
            self.lookup.weights.fields[*b].total_cmp(&self.lookup.weights.fields[*a])
        });
        for &field in fields.iter().take(FIELDS) {
            let handle = self.finder.index.layout().text[field];
            let mut here: FxHashMap<String, u64> = FxHashMap::default();
            for segment in Dictionary::open(&self.view.searcher, handle)?.segments() {
                near(
                    segment,
                    handle,
                    typed,
                    distance,
                    false,
                    None,
                    &mut |term, trials| {
                        *here.entry(term.to_owned()).or_default() += trials;
                    },
                )?;
            }
            for (term, trials) in here {
                let known = found.entry(term.clone()).or_insert_with(|| Candidate {
                    distance: letters_apart(typed, &term),
                    written: term.clone(),
                    is_word: false,
                    term,
                    trials: 0,
                });
                known.trials = known.trials.max(trials);
            }
        }
        Ok(())
    }
}

/// A plan with what is meant in the place of what was typed.
fn respelling(plan: &Plan, meant: &[Meant]) -> Respelling {
    let changes = meant.iter().map(|meant| Notice::Respelled {
        typed: meant.concept.typed.clone(),
        searched: meant.candidate.written.clone(),
        typed_trials: meant.typed_trials,
    });
    let respelled = plan.map(&mut |concept| {
        let Some(meant) = meant
            .iter()
            .find(|meant| Arc::ptr_eq(&meant.concept, concept))
        else {
            return concept.clone();
        };
        let word = Alternative::word(meant.candidate.term.clone(), Origin::Spelling);
        let mut respelled = Concept::new(concept.typed.clone(), vec![word], concept.fields.clone());
        respelled.boost = concept.boost;
        Arc::new(respelled)
    });
    (respelled, changes.collect())
}

/// Terms of a segment within some letters of a word, or that begin like that; with a first letter only those that have it.
fn near(
    segment: &InvertedIndexReader,
    field: Field,
    typed: &str,
    distance: u8,
    prefix: bool,
    first: Option<&str>,
    sink: &mut dyn FnMut(&str, u64),
) -> tantivy::Result<()> {
    let term = Term::from_field_text(field, typed);
    let query = match prefix {
        true => FuzzyTermQuery::new_prefix(term, distance, true),
        false => FuzzyTermQuery::new(term, distance, true),
    };
    let mut search = segment.terms().search(query.automaton()?);
    if let Some(first) = first {
        let mut end = first.as_bytes().to_vec();
        end.push(0xff);
        search = search.ge(first).lt(end);
    }
    let mut stream = search.into_stream()?;
    while stream.advance() {
        if let Ok(key) = std::str::from_utf8(stream.key())
            && is_word_term(key)
        {
            sink(key, u64::from(stream.value().doc_freq));
        }
    }
    Ok(())
}
