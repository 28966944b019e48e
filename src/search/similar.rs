//! Trials like one: what its record says it is about, as weighted concepts of which a like trial has many.
//!
//! Each field's terms share the field's part, so that a long list of criteria says no more than a short list of conditions.

use std::ops::RangeInclusive;

use rustc_hash::FxHashMap;
use tantivy::Term;
use tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};

use crate::analysis::Analyzer;
use crate::index::StoredTrial;
use crate::schema::Fields;
use crate::search::concept::{Alternative, Concept, Origin, PlacedTerm};
use crate::search::feedback::{concept_of, telling_terms};
use crate::search::finder::SearchError;
use crate::search::lower::Plan;
use crate::search::run::Run;
use crate::trial::{Study, TrialId};

/// What of a record says what it is like, by name of the field, and how much: what is treated and with what before all, then how
/// it is titled and filed, then whom it takes in.
const ASPECTS: [(&str, f32); 6] = [
    ("condition", 3.0),
    ("intervention", 3.0),
    ("title", 2.0),
    ("mesh", 1.5),
    ("keyword", 1.0),
    ("inclusion", 1.0),
];

/// Terms that a search for like trials asks for; more bring nothing but chance.
pub(crate) const MOST_TERMS: usize = 40;

/// Terms that are counted in the index before the best are chosen by how rare they are.
pub(crate) const MOST_CANDIDATES: usize = 160;

/// The terms of a trial with their parts, greatest first, not yet weighed by rarity.
pub(crate) fn aspects(
    study: &Study,
    fields: &Fields,
    analyzer: &mut Analyzer,
) -> Vec<(String, f32)> {
    let part = |field: usize| {
        let name = &fields.text[field].name;
        let aspect = ASPECTS.iter().find(|(known, _)| known == name);
        aspect.map_or(0.0, |(_, part)| *part)
    };
    let mut terms: FxHashMap<String, f32> = FxHashMap::default();
    for (field, counts) in telling_terms(study, fields, &|field| part(field) > 0.0, analyzer) {
        let total: u32 = counts.values().sum();
        for (term, count) in counts {
            *terms.entry(term).or_default() += part(field) * count as f32 / total as f32;
        }
    }
    let mut terms: Vec<(String, f32)> = terms.into_iter().collect();
    terms.sort_by(|(a, x), (b, y)| y.total_cmp(x).then_with(|| a.cmp(b)));
    terms.truncate(MOST_CANDIDATES);
    terms
}

/// What a name of a condition or an intervention counts as a whole, beside the terms of the fields: its words each by themselves
/// do not tell hepatitis B from hepatitis C.
const NAME: f32 = 1.0;

/// Words of a name that is looked for as a whole; longer ones are sentences that no other trial repeats.
const NAME_LENGTHS: RangeInclusive<usize> = 2..=5;

/// The names of a trial's conditions and interventions that have several words, as concepts, each with its part.
pub(crate) fn names(
    study: &Study,
    fields: &Fields,
    analyzer: &mut Analyzer,
) -> Vec<(Concept, f32)> {
    let protocol = &study.protocol_section;
    let interventions = protocol.arms_interventions_module.interventions.iter();
    let interventions = interventions.filter_map(|intervention| intervention.name.as_ref());
    let mut named: Vec<(Concept, f32)> = Vec::new();
    for name in protocol
        .conditions_module
        .conditions
        .iter()
        .chain(interventions)
    {
        let mut placed: Vec<PlacedTerm> = Vec::new();
        for token in analyzer.analyze(name) {
            // The smallest tokens, one at each place: a compound stands as its parts.
            if token.positions == 1
                && placed
                    .last()
                    .is_none_or(|last| last.offset < token.position)
            {
                placed.push(PlacedTerm {
                    term: token.term,
                    offset: token.position,
                });
            }
        }
        let start = placed.first().map_or(0, |first| first.offset);
        placed.iter_mut().for_each(|term| term.offset -= start);
        let known = |(concept, _): &(Concept, f32)| concept.alternatives[0].terms == placed;
        if NAME_LENGTHS.contains(&placed.len()) && !named.iter().any(known) {
            let phrase = Alternative::phrase(placed, Origin::Typed);
            let concept = Concept::new(name.clone(), vec![phrase], fields.default_fields());
            named.push((concept, 0.0));
        }
    }
    let part = NAME / named.len().max(1) as f32;
    named.iter_mut().for_each(|(_, share)| *share = part);
    named
}

/// A term of a trial as a concept over the fields that plain words search.
pub(crate) fn aspect_concept(term: &str, fields: &Fields) -> Concept {
    concept_of(term, fields.default_fields())
}

/// Any of the concepts, what says most first.
pub(crate) fn like_plan(mut concepts: Vec<(Concept, f32, f32)>) -> Plan {
    concepts.sort_by(|(a, x, idf_a), (b, y, idf_b)| {
        (y * idf_b)
            .total_cmp(&(x * idf_a))
            .then_with(|| a.typed.cmp(&b.typed))
    });
    concepts.truncate(MOST_TERMS);
    let whole: f32 = concepts.iter().map(|(_, part, _)| part).sum();
    let count = concepts.len() as f32;
    let concepts = concepts.into_iter().map(|(mut concept, part, _)| {
        concept.boost = count * part / whole;
        Plan::Concept(concept.into())
    });
    match concepts.len() {
        0 => Plan::Nothing,
        _ => Plan::Or(concepts.collect()),
    }
}

/// What a query finds but one trial.
pub(crate) fn without(query: Box<dyn Query>, field: Field, id: &TrialId) -> Box<dyn Query> {
    let term = Term::from_field_text(field, id.as_str());
    let itself: Box<dyn Query> = Box::new(TermQuery::new(term, IndexRecordOption::Basic));
    Box::new(BooleanQuery::new(vec![
        (Occur::Must, query),
        (Occur::MustNot, itself),
    ]))
}

impl Run<'_> {
    /// Trials like one, never itself, with what was typed required beside.
    pub(super) fn like(&self, trial: &StoredTrial, typed: Plan) -> Result<Plan, SearchError> {
        let fields = self.finder.index.fields();
        let told = self.finder.with_analyzer(|analyzer| {
            let mut told = names(&trial.study, fields, analyzer);
            let terms = aspects(&trial.study, fields, analyzer).into_iter();
            told.extend(terms.map(|(term, part)| (aspect_concept(&term, fields), part)));
            told
        });
        let mut concepts = Vec::with_capacity(told.len());
        for (concept, part) in told {
            let weight = self.weight(concept)?;
            // What only this trial says leads to no other.
            if weight.documents() > 1 {
                concepts.push((weight.concept().clone(), part, weight.idf()));
            }
        }
        let mut parts = vec![like_plan(concepts)];
        match typed {
            Plan::All => {}
            Plan::And(typed) => parts.extend(typed),
            typed => parts.push(typed),
        }
        Ok(match parts.len() {
            1 => parts.remove(0),
            _ => Plan::And(parts),
        })
    }
}
