//! What stands for the words of a plan: abbreviations for long forms and the other way round, other names of interventions,
//! synonyms. Plan in, plan out.
//!
//! What is added is another alternative of the concepts that it stands for, with a weight below 1: the long form of the word MSC,
//! and `msc` beside each of the words mesenchymal, stem and cells. So a search finds what it found before and more; a trial that
//! has the other form only has all the concepts and ranks as if it had them, at a lower weight; and what matched is marked
//! like any other writing. Phrases in quotes and exclusions are taken at their word. What stands in an arrangement is `arranged`'s.

mod arranged;

use std::io;
use std::sync::Arc;

use rustc_hash::FxHashSet;
use tantivy::collector::DocSetCollector;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocSet, TERMINATED, Term};

use crate::analysis::{Analyzer, content_key, longest_path};
use crate::schema::{Relation, SynonymSource};
use crate::search::concept::{Alternative, Concept, Origin};
use crate::search::finder::{Finder, View};
use crate::search::hits::{ExpansionSource, Meaning, Notice};
use crate::search::lookup::Lookup;
use crate::search::lower::{MOST_WORDS, Plan, alternative_of, to_engine};
use crate::search::names::Dictionary;
use crate::search::request::Request;
use crate::search::senses::{CLEAR, LEAST_TRIALS, LongForm, Sense, partners, senses, share};

/// What an occurrence of another name counts beside one of what was typed. On the judged topics 0.3, 0.5 and 0.7 rank within
/// 0.002 of NDCG@10 of each other; half finds most within the first hundred.
const WEIGHT: f32 = 0.5;

/// Names that are added to one thing typed: the first few find nearly all that there is, and each is searched in every field.
const MOST_NAMES: usize = 5;

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

/// What else may be required beside words that tell which meaning of theirs is meant. No trial has all of a longer text.
const MOST_BESIDE: usize = 64;

/// What else is required, gathered only for the few words whose meaning depends on it: gathering it for each word of a long
/// query takes the square of the query's length.
type Beside<'b> = &'b dyn Fn() -> Vec<Plan>;

/// Adds to the concepts of one search what stands for them.
pub(crate) struct Expander<'e> {
    finder: &'e Finder,
    view: &'e View,
    lookup: &'e Arc<Lookup>,
    analyzer: &'e mut Analyzer,
    request: &'e Request,
    /// Words as they are spelt that were typed otherwise.
    respelled: Vec<(String, String)>,
    learnt: Dictionary,
    /// Terms that are typed and any of which will do: what is asked for already need not stand for anything else.
    asked: FxHashSet<String>,
    notices: Vec<Notice>,
}

/// A name that stands for what was typed.
struct Found {
    name: String,
    source: ExpansionSource,
    trials: Option<u64>,
    weight: f32,
    by_context: bool,
}

impl<'e> Expander<'e> {
    pub(crate) fn new(
        finder: &'e Finder,
        view: &'e View,
        lookup: &'e Arc<Lookup>,
        analyzer: &'e mut Analyzer,
        request: &'e Request,
    ) -> tantivy::Result<Expander<'e>> {
        Ok(Expander {
            finder,
            view,
            lookup,
            analyzer,
            request,
            respelled: Vec::new(),
            learnt: Dictionary::open(&view.searcher, finder.index.layout().learnt)?,
            asked: FxHashSet::default(),
            notices: Vec::new(),
        })
    }

    /// With words that were typed in another spelling than they are now searched in: what was typed, and what is searched.
    pub(super) fn respelled(mut self, respelled: Vec<(String, String)>) -> Expander<'e> {
        self.respelled = respelled;
        self
    }

    /// The plan with what stands for its concepts, and what has to be said of it. `any` says that its parts are alternatives:
    /// a name that is among them already is not added to another, or one mention would count twice.
    pub(crate) fn expand(mut self, plan: &Plan, any: bool) -> tantivy::Result<(Plan, Vec<Notice>)> {
        if any {
            let concepts = plan.concepts();
            let terms = concepts
                .iter()
                .filter_map(|concept| concept.alternatives.first())
                .flat_map(|typed| &typed.terms);
            self.asked = terms.map(|placed| placed.term.clone()).collect();
        }
        let plan = self.part(plan, &Vec::new)?;
        Ok((plan, self.notices))
    }

    /// A part of the plan; `beside` is what else is required.
    fn part(&mut self, plan: &Plan, beside: Beside<'_>) -> tantivy::Result<Plan> {
        Ok(match plan {
            Plan::Concept(_) => self.required(std::slice::from_ref(plan), beside)?.remove(0),
            Plan::And(plans) => Plan::And(self.required(plans, beside)?),
            Plan::Or(plans) => {
                let parts = plans.iter().map(|plan| self.part(plan, beside));
                Plan::Or(parts.collect::<tantivy::Result<_>>()?)
            }
            Plan::Not(_)
            | Plan::Filter(_)
            | Plan::Near(_)
            | Plan::Piece(_)
            | Plan::Tilt(..)
            | Plan::All
            | Plan::Nothing => plan.clone(),
        })
    }

    /// Parts that are all required, as many as there are: neighbours among them may be one name.
    fn required(&mut self, plans: &[Plan], beside: Beside<'_>) -> tantivy::Result<Vec<Plan>> {
        let mut expanded = Vec::with_capacity(plans.len());
        let mut place = 0;
        while place < plans.len() {
            let words = neighbours(&plans[place..]);
            if words.is_empty() {
                let others = || without(plans, place, 1, beside);
                expanded.push(match &plans[place] {
                    Plan::Concept(concept) => Plan::Concept(self.arranged(concept, &others)?),
                    plan => self.part(plan, &others)?,
                });
                place += 1;
                continue;
            }
            let mut taken = 1;
            let mut added = Vec::new();
            for length in (1..=words.len()).rev() {
                let others = || without(plans, place, length, beside);
                let typed: Vec<String> = words[..length]
                    .iter()
                    .map(|concept| self.as_spelt(&concept.typed).to_owned())
                    .collect();
                let typed: Vec<&str> = typed.iter().map(String::as_str).collect();
                added = self.name(&typed, &words[0].fields, &others)?;
                if !added.is_empty() {
                    taken = length;
                    break;
                }
            }
            for concept in &words[..taken] {
                expanded.push(Plan::Concept(match added.is_empty() {
                    true => (*concept).clone(),
                    false => Arc::new(concept.with(&added)),
                }));
            }
            place += taken;
        }
        Ok(expanded)
    }

    /// A typed word as it is searched.
    fn as_spelt<'w>(&'w self, typed: &'w str) -> &'w str {
        let respelled = self.respelled.iter().find(|(known, _)| known == typed);
        respelled.map_or(typed, |(_, searched)| searched)
    }

    /// Alternatives for words that may be one name.
    fn name(
        &mut self,
        words: &[&str],
        fields: &[usize],
        beside: Beside<'_>,
    ) -> tantivy::Result<Vec<Alternative>> {
        let typed = words.join(" ");
        let key = content_key(self.analyzer, &typed);
        if key.is_empty() {
            return Ok(Vec::new());
        }
        let mut found = self.listed(&key);
        let offered = self.notices.len();
        let long = self.long_forms(&typed, &key, (words.len(), fields), beside)?;
        let is_offered = self.notices.len() > offered;
        let defined = long.iter().filter_map(|found| found.trials).max();
        found.extend(long);
        found.extend(self.short_forms(&key)?);
        // An abbreviation that mostly means something else is no drug's name: PT, prothrombin time. One whose meanings are
        // offered has none that is taken unasked: DM, dexamethasone.
        let names = match is_offered {
            true => Vec::new(),
            false => self.other_names(&key)?,
        };
        found.extend(names.into_iter().filter(|name| name.trials > defined));
        let mut alternatives: Vec<Alternative> = Vec::new();
        let mut keys = vec![key];
        for found in found {
            let key = content_key(self.analyzer, &found.name);
            let asked = key.split(' ').all(|term| self.asked.contains(term));
            if asked || keys.contains(&key) || keys.len() > MOST_NAMES {
                continue;
            }
            let origin = match found.source {
                ExpansionSource::Abbreviation => Origin::Abbreviation,
                _ => Origin::Synonym,
            };
            let writings = self.writings(&found.name, origin, found.weight, fields)?;
            if writings.is_empty() {
                continue;
            }
            alternatives.extend(writings);
            self.notices.push(Notice::Expanded {
                from: typed.clone(),
                to: found.name,
                source: found.source,
                trials: found.trials,
                by_context: found.by_context,
            });
            keys.push(key);
        }
        Ok(alternatives)
    }

    /// What the lists say.
    fn listed(&self, key: &str) -> Vec<Found> {
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
    fn long_forms(
        &mut self,
        typed: &str,
        key: &str,
        (words, fields): (usize, &[usize]),
        beside: Beside<'_>,
    ) -> tantivy::Result<Vec<Found>> {
        // One word, or a code written apart: IL 6.
        if words > 1 && key.contains(' ') {
            return Ok(Vec::new());
        }
        let senses = senses(&self.learnt, key)?;
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
        let clear = share(&senses[0], &senses) >= CLEAR;
        let meant = match clear {
            true => Some(&senses[0]),
            false => self.by_context(&senses, beside)?,
        };
        let Some(sense) = meant.filter(|sense| sense.trials >= LEAST_TRIALS) else {
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
            return Ok(Vec::new());
        };
        let long_trials = self.trials_with_words(&sense.forms[0].key, fields)? as f64;
        if long_trials > SWAMPS * typed_trials && (sense.trials as f64) < ABBREVIATED * long_trials
        {
            return Ok(Vec::new());
        }
        // A writing that hardly anybody uses is as likely a slip.
        let usual = |form: &&LongForm| form.trials > 1 && form.trials * RARE >= sense.trials;
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
    fn trials_of(
        &self,
        sense: &Sense,
        among: &std::collections::HashSet<DocAddress>,
    ) -> tantivy::Result<u64> {
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
    fn short_forms(&self, key: &str) -> io::Result<Vec<Found>> {
        let mut shorts = partners(&self.learnt, key, Relation::ShortForm)?;
        shorts.retain(|short| short.trials >= LEAST_TRIALS);
        let mut found = Vec::new();
        for short in shorts {
            let senses = senses(&self.learnt, &short.key)?;
            let Some(sense) = senses.iter().find(|sense| sense.has(key)) else {
                continue;
            };
            let share = share(sense, &senses);
            if share >= MOSTLY {
                found.push(Found {
                    name: short.written,
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
    fn other_names(&self, key: &str) -> io::Result<Vec<Found>> {
        let all_trials = |names: &[LongForm]| -> u64 { names.iter().map(|name| name.trials).sum() };
        let others = partners(&self.learnt, key, Relation::OtherName)?;
        let all = all_trials(&others);
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
            let back = partners(&self.learnt, &other.key, Relation::OtherName)?;
            let of_partner = all_trials(&back);
            let agreed = |trials: u64, all: u64| trials as f64 >= AGREED * all as f64;
            if agreed(trials, of_partner) || agreed(trials, all) {
                found.push(Found {
                    name: other.written,
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

    /// The alternatives of a name: its terms with compounds as wholes, and as parts; none with a word that the index does
    /// not have.
    fn writings(
        &mut self,
        name: &str,
        origin: Origin,
        weight: f32,
        fields: &[usize],
    ) -> tantivy::Result<Vec<Alternative>> {
        let tokens = self.analyzer.analyze(name);
        let paths = [
            longest_path(&tokens, |_| true),
            longest_path(&tokens, |token| token.positions == 1),
        ];
        let mut writings: Vec<Alternative> = Vec::new();
        for path in paths.iter().filter(|path| !path.is_empty()) {
            let writing = Alternative {
                weight,
                ..alternative_of(path, origin)
            };
            let covers = path.iter().map(|token| token.positions).sum::<u32>();
            let all = tokens
                .iter()
                .map(|token| token.position + token.positions)
                .max();
            let new = !writings.iter().any(|known| known.terms == writing.terms);
            if new && Some(covers) == all && self.knows_all(&writing, fields)? {
                writings.push(writing);
            }
        }
        Ok(writings)
    }

    fn knows_all(&self, alternative: &Alternative, fields: &[usize]) -> tantivy::Result<bool> {
        for placed in &alternative.terms {
            if self.lookup.most_trials(fields, &placed.term)? == 0 {
                return Ok(false);
            }
        }
        Ok(true)
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

/// The words at the beginning of some parts that stand side by side in the same fields, as many as a name may have.
fn neighbours(plans: &[Plan]) -> Vec<&Arc<Concept>> {
    let mut words: Vec<&Arc<Concept>> = Vec::new();
    for plan in plans.iter().take(MOST_WORDS) {
        match plan {
            Plan::Concept(concept)
                if !concept.literal
                    && words
                        .first()
                        .is_none_or(|word| word.fields == concept.fields) =>
            {
                words.push(concept);
            }
            _ => break,
        }
    }
    words
}

/// What else is required beside some of the parts; what is excluded does not matter.
fn without(plans: &[Plan], place: usize, length: usize, beside: Beside<'_>) -> Vec<Plan> {
    let others = plans[..place].iter().chain(&plans[place + length..]);
    let others = others.filter(|plan| !matches!(plan, Plan::Not(_)));
    others.cloned().chain(beside()).collect()
}
