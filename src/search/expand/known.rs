//! What is known of a name: what the lists say, and what the records of the index define. Names in, names out; what becomes of
//! them in a plan is the expander's.

use std::collections::HashSet;
use std::io;
use std::sync::Arc;

use rustc_hash::FxHashSet;
use tantivy::collector::{Count, DocSetCollector};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocSet, TERMINATED, Term};

use super::{Beside, Expander, Found, WEIGHT};
use crate::schema::SynonymSource;
use crate::search::concept::{Alternative, Concept, Origin};
use crate::search::hits::{ExpansionSource, Meaning, Notice};
use crate::search::lower::{Plan, to_engine};
use crate::search::senses::{CLEAR, LEAST_TRIALS, Partner, Partners, Sense, share};

/// Long forms of one meaning that are searched.
const MOST_FORMS: usize = 3;

/// Abbreviations of one name that are searched.
const MOST_SHORT_FORMS: usize = 2;

/// A form that fewer trials use than one in so many of those that use the thing is as likely a slip.
const RARE: u64 = 20;

/// Part of an abbreviation's definitions that must be a name's for the abbreviation to stand for it.
const MOSTLY: f64 = 0.5;

/// Meanings that a notice offers.
const MOST_CHOICES: usize = 5;

/// Of the trials that have a word, how many must define it as an abbreviation before it is taken for one: "all" and "care" are
/// words. In capitals it is more likely to be one.
const DEFINED: f64 = 0.05;
const DEFINED_IN_CAPITALS: f64 = 0.02;

/// How many times more trials a long form may have than its abbreviation if hardly any of them, below a share, abbreviate it so:
/// FU would find every follow-up.
const SWAMPS: f64 = 5.0;
const ABBREVIATED: f64 = 0.02;

/// Everyday words that records have as abbreviations in capitals; typed as here they are the words.
const EVERYDAY: [&str; 40] = [
    "act", "aid", "app", "arm", "ask", "best", "bit", "box", "car", "care", "cast", "cope", "cup",
    "dash", "ear", "eye", "face", "fall", "fast", "fear", "fit", "good", "grip", "hand", "help",
    "hope", "leg", "mask", "mind", "pace", "play", "race", "rest", "sit", "skin", "smart", "stand",
    "step", "team", "walk",
];

/// Of the records that give a name another name, how many must agree before the two are one: a name with several unrelated
/// partners (a group, a class, a comparator) has none.
const AGREED: f64 = 0.6;

/// Part of a name's partners that the first must have; below, they are unrelated.
const FIRST_PARTNER: f64 = 0.3;

/// Trials with an abbreviation and what else is asked for from which on they tell what it means there.
const LEAST_TOGETHER: usize = 3;

/// How many trials for one of them must write out its clear meaning.
const WRITTEN_OUT: f64 = 0.25;

/// What else may be required beside words that tell which meaning of theirs is meant. No trial has all of a longer text.
const MOST_BESIDE: usize = 64;

impl Expander<'_> {
    /// What the lists say.
    pub(super) fn listed(&self, key: &str) -> Vec<Found> {
        let listed = self.finder.index.synonyms().of(key).iter();
        listed
            .map(|synonym| Found {
                name: synonym.name.clone(),
                source: match synonym.source {
                    SynonymSource::List => ExpansionSource::List,
                    SynonymSource::User => ExpansionSource::User,
                },
                trials: None,
                weight: WEIGHT,
                by_context: false,
            })
            .collect()
    }

    /// What an abbreviation is short for, if that is clear or the rest of the query makes it so; else it is offered.
    pub(super) fn long_forms(
        &mut self,
        typed: &str,
        key: &str,
        partners: &Partners,
        (words, fields): (usize, &[usize]),
        beside: Beside<'_>,
    ) -> tantivy::Result<Vec<Found>> {
        // One word, or a code written apart: IL 6.
        if words > 1 && key.contains(' ') {
            return Ok(Vec::new());
        }
        let senses = partners.senses();
        let defined: u64 = senses.iter().map(|sense| sense.trials).sum();
        if defined < LEAST_TRIALS {
            return Ok(Vec::new());
        }
        let signs = typed
            .chars()
            .filter(|c| c.is_uppercase() || c.is_ascii_digit());
        let least = match signs.count() {
            0 | 1 => DEFINED,
            _ => DEFINED_IN_CAPITALS,
        };
        let typed_trials = self.trials_with_words(key, fields)? as f64;
        if (defined as f64) < least * typed_trials || EVERYDAY.contains(&typed) {
            return Ok(Vec::new());
        }
        let clear = share(&senses[0], &senses) >= CLEAR
            && (senses.iter().filter(|sense| sense.trials > 1).count() < 2
                || self.is_written_out(typed, &senses[0], fields, beside)?);
        let meant = match clear {
            true => Some(&senses[0]),
            false => self.by_context(&senses, beside)?,
        };
        let Some(sense) = meant.filter(|sense| sense.trials >= LEAST_TRIALS) else {
            self.offer(typed, &senses);
            return Ok(Vec::new());
        };
        let long_trials = self.trials_with_words(&sense.forms[0].key, fields)? as f64;
        if long_trials > SWAMPS * typed_trials && (sense.trials as f64) < ABBREVIATED * long_trials
        {
            if !clear {
                self.offer(typed, &senses);
            }
            return Ok(Vec::new());
        }
        // A writing that hardly anybody uses is as likely a slip.
        let usual = |form: &&Partner| form.trials > 1 && form.trials * RARE >= sense.trials;
        let forms = sense.forms.iter().filter(usual).take(MOST_FORMS);
        Ok(forms
            .map(|form| Found {
                name: form.written.clone(),
                source: ExpansionSource::Abbreviation,
                trials: Some(form.trials),
                weight: WEIGHT,
                by_context: !clear,
            })
            .collect())
    }

    /// Says what an abbreviation may mean, if that is several things.
    fn offer(&mut self, typed: &str, senses: &[Sense]) {
        let choices = senses.iter().filter(|sense| sense.trials > 1);
        let choices: Vec<Meaning> = choices
            .take(MOST_CHOICES)
            .map(|sense| Meaning {
                to: sense.forms[0].written.clone(),
                trials: sense.trials,
            })
            .collect();
        if choices.len() > 1 {
            self.notices.push(Notice::Ambiguous {
                from: typed.to_owned(),
                choices,
            });
        }
    }

    /// Whether what an abbreviation mostly means, of several things, is written out beside what else is asked for, by a quarter
    /// as many trials as have the abbreviation there. Of few such trials nothing is known, and it is taken to mean that. In the
    /// real records `MS` is written out by 20 trials to 41 beside fatigue and 2 to 5 beside spasticity, but by none to 46 beside
    /// chromatography and 2 to 24 beside obesity; `PT` by 1 to 22 beside knee. None of 35 other queries lost a right meaning.
    fn is_written_out(
        &mut self,
        typed: &str,
        sense: &Sense,
        fields: &[usize],
        beside: Beside<'_>,
    ) -> tantivy::Result<bool> {
        let rest = beside();
        if rest.is_empty() || rest.len() > MOST_BESIDE {
            return Ok(true);
        }
        let short = self.writings(typed, Origin::Typed, 1.0, fields)?;
        let mut long = Vec::new();
        for form in sense.forms.iter().take(MOST_FORMS) {
            long.extend(self.writings(&form.written, Origin::Typed, 1.0, fields)?);
        }
        let count = |writings: Vec<Alternative>| -> tantivy::Result<usize> {
            let concept = Concept::new(typed.to_owned(), writings, fields.to_vec());
            let mut required = rest.clone();
            required.push(Plan::Concept(Arc::new(concept)));
            let query = to_engine(&Plan::And(required), self.lookup);
            self.view.searcher.search(&query, &Count)
        };
        let all = count(short)?;
        Ok(all < LEAST_TOGETHER || count(long)? as f64 >= WRITTEN_OUT * all as f64)
    }

    /// The meaning that trials define which have what else is asked for.
    fn by_context<'s>(
        &self,
        senses: &'s [Sense],
        beside: Beside<'_>,
    ) -> tantivy::Result<Option<&'s Sense>> {
        let beside = beside();
        if beside.is_empty() || beside.len() > MOST_BESIDE {
            return Ok(None);
        }
        let rest = to_engine(&Plan::And(beside), self.lookup);
        let rest = self.view.searcher.search(&rest, &DocSetCollector)?;
        let mut together = Vec::new();
        for sense in senses.iter().take(MOST_CHOICES) {
            together.push(self.trials_of(sense, &rest)?);
        }
        let all: u64 = together.iter().sum();
        let most = together
            .iter()
            .enumerate()
            .max_by_key(|(place, trials)| (**trials, usize::MAX - place));
        Ok(most
            .filter(|(_, trials)| **trials >= 2 && **trials as f64 >= CLEAR * all as f64)
            .map(|(place, _)| &senses[place]))
    }

    /// How many of some trials define an abbreviation so.
    fn trials_of(&self, sense: &Sense, among: &HashSet<DocAddress>) -> tantivy::Result<u64> {
        let field = self.finder.index.layout().learnt;
        let mut trials: FxHashSet<DocAddress> = FxHashSet::default();
        for term in sense.forms.iter().flat_map(|form| &form.terms) {
            let term = Term::from_field_text(field, term);
            for (place, segment) in self.view.searcher.segment_readers().iter().enumerate() {
                let inverted = segment.inverted_index(field)?;
                let Some(mut postings) = inverted.read_postings(&term, IndexRecordOption::Basic)?
                else {
                    continue;
                };
                while postings.doc() != TERMINATED {
                    let address = DocAddress::new(place as u32, postings.doc());
                    if among.contains(&address) {
                        trials.insert(address);
                    }
                    postings.advance();
                }
            }
        }
        Ok(trials.len() as u64)
    }

    /// Abbreviations of a name that mostly mean it. One that also means other things counts less.
    pub(super) fn short_forms(&self, key: &str, partners: &Partners) -> io::Result<Vec<Found>> {
        let shorts = partners.short_forms.iter();
        let mut found = Vec::new();
        for short in shorts.filter(|short| short.trials >= LEAST_TRIALS) {
            let senses = Partners::of(&self.learnt, &short.key)?.senses();
            let Some(sense) = senses.iter().find(|sense| sense.has(key)) else {
                continue;
            };
            let share = share(sense, &senses);
            if share >= MOSTLY {
                found.push(Found {
                    name: short.written.clone(),
                    source: ExpansionSource::Abbreviation,
                    trials: Some(short.trials),
                    weight: WEIGHT * share as f32,
                    by_context: false,
                });
            }
        }
        found.truncate(MOST_SHORT_FORMS);
        Ok(found)
    }

    /// Other names of an intervention that are names of it and of nothing else.
    pub(super) fn other_names(&self, partners: &Partners) -> io::Result<Vec<Found>> {
        let all_trials = |names: &[Partner]| -> u64 { names.iter().map(|name| name.trials).sum() };
        let others = &partners.other_names;
        let all = all_trials(others);
        let Some(first) = others.first().map(|first| first.trials) else {
            return Ok(Vec::new());
        };
        if (first as f64) < FIRST_PARTNER * all as f64 {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for other in others {
            let trials = other.trials;
            if trials < LEAST_TRIALS || trials * RARE < first {
                continue;
            }
            let back = Partners::of(&self.learnt, &other.key)?.other_names;
            let of_partner = all_trials(&back);
            let agreed = |trials: u64, all: u64| trials as f64 >= AGREED * all as f64;
            if agreed(trials, of_partner) || agreed(trials, all) {
                found.push(Found {
                    name: other.written.clone(),
                    source: ExpansionSource::OtherName,
                    trials: Some(trials),
                    weight: WEIGHT,
                    by_context: false,
                });
            }
        }
        found.truncate(MOST_FORMS);
        Ok(found)
    }

    /// Trials with the rarest of some words, in the field that has most.
    fn trials_with_words(&self, key: &str, fields: &[usize]) -> tantivy::Result<u64> {
        let mut least = u64::MAX;
        for term in key.split(' ') {
            least = least.min(self.lookup.most_trials(fields, term)?);
        }
        Ok(least)
    }
}
