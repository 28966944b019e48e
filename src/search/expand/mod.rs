//! What stands for the words of a plan: abbreviations for long forms and the other way round, other names of interventions,
//! synonyms. Plan in, plan out.
//!
//! What is added is another alternative of the concepts that it stands for, with a weight below 1: the long form of the word MSC,
//! and `msc` beside each of the words mesenchymal, stem and cells. So a search finds what it found before and more; a trial that
//! has the other form only has all the concepts and ranks as if it had them, at a lower weight; and what matched is marked
//! like any other writing. Phrases in quotes and exclusions are taken at their word. What stands in an arrangement is `arranged`'s,
//! what is known of a name `known`'s, a code in small letters `codes`', and what is asked for twice `once`'s.

mod arranged;
mod codes;
mod known;
mod once;

use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::analysis::{Analyzer, content_key, longest_path};
use crate::search::concept::{Alternative, Concept, Origin};
use crate::search::finder::{Finder, View};
use crate::search::hits::{ExpansionSource, Notice};
use crate::search::lookup::Lookup;
use crate::search::lower::{MOST_WORDS, Plan, alternative_of};
use crate::search::names::Dictionary;
use crate::search::request::Request;
use crate::search::senses::Partners;

/// What an occurrence of another name counts beside one of what was typed. On the judged topics 0.3, 0.5 and 0.7 rank within
/// 0.002 of NDCG@10 of each other; half finds most within the first hundred.
const WEIGHT: f32 = 0.5;

/// Names that are added to one thing typed: the first few find nearly all that there is, and each is searched in every field.
const MOST_NAMES: usize = 5;

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
    /// a name that is among them already is not added to another, or one mention would count twice. Nor does it count twice that
    /// an abbreviation is typed beside what it is short for.
    pub(crate) fn expand(mut self, plan: &Plan, any: bool) -> tantivy::Result<(Plan, Vec<Notice>)> {
        let counted_once = match any {
            true => Some(self.counted_once(plan)?),
            false => None,
        };
        let plan = counted_once.as_ref().unwrap_or(plan);
        if any {
            let concepts = plan.concepts();
            let terms = concepts
                .iter()
                .filter(|concept| concept.counts())
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
            let typed: Vec<String> = words
                .iter()
                .map(|concept| self.as_spelt(&concept.typed).to_owned())
                .collect();
            let typed: Vec<&str> = typed.iter().map(String::as_str).collect();
            let fields = &words[0].fields;
            let mut taken = 1;
            let mut added = Vec::new();
            for length in (1..=words.len()).rev() {
                let others = || without(plans, place, length, beside);
                added = self.name(&typed[..length], fields, &others)?;
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
        let said = self.notices.len();
        let code = self.code(words, fields)?;
        let is_code = code.is_some();
        let key = match code {
            Some(code) => code,
            None => content_key(self.analyzer, &typed),
        };
        if key.is_empty() {
            return Ok(Vec::new());
        }
        let mut found = self.listed(&key);
        let offered = self.notices.len();
        let partners = Partners::of(&self.learnt, &key)?;
        let long = self.long_forms(&typed, &key, &partners, (words.len(), fields), beside)?;
        let is_offered = self.notices.len() > offered;
        let defined = long.iter().filter_map(|found| found.trials).max();
        found.extend(long);
        found.extend(self.short_forms(&key, &partners)?);
        // An abbreviation that mostly means something else is no drug's name: PT, prothrombin time. One whose meanings are
        // offered has none that is taken unasked: DM, dexamethasone.
        let names = match is_offered {
            true => Vec::new(),
            false => self.other_names(&partners)?,
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
        if is_code && alternatives.is_empty() {
            // Its words may be names by themselves, then: what they mean is asked once.
            self.notices.truncate(said);
        }
        Ok(alternatives)
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
}

/// The words at the beginning of some parts that stand side by side in the same fields, as many as a name may have.
fn neighbours(plans: &[Plan]) -> Vec<&Arc<Concept>> {
    let mut words: Vec<&Arc<Concept>> = Vec::new();
    for plan in plans.iter().take(MOST_WORDS) {
        match plan {
            Plan::Concept(concept)
                if !concept.literal
                    && concept.counts()
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
