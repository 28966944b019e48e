//! What is to be found, in concepts and filters, and the engine's query for it.
//!
//! A [`Plan`] is what other steps change: corrected spelling, partial matches, added names. It must not run anything.

use std::sync::Arc;

use tantivy::query::{AllQuery, BooleanQuery, ConstScoreQuery, EmptyQuery, Occur, Query};

use crate::search::concept::Concept;
use crate::search::concept_query::ConceptQuery;
use crate::search::filter::{FilterQuery, TrialFilter};
use crate::search::lookup::Lookup;
use crate::search::pieces::{Check, Judge, JudgedQuery, PieceLeaf, Tilt, TiltQuery};
use crate::search::sites::{Near, SiteFilter};

/// A filter over the sites, with what was asked.
#[derive(Clone)]
pub(crate) struct NearFilter {
    /// As typed: `near:"Lyon, France"~50km`.
    pub(crate) typed: String,
    pub(crate) filter: SiteFilter,
    pub(crate) near: Near,
    /// The statuses of its sites, as they are asked of trials once it is lifted.
    pub(crate) statuses: Vec<Plan>,
}

impl std::fmt::Debug for NearFilter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("NearFilter").field(&self.filter).finish()
    }
}

/// A query tree whose leaves are concepts.
#[derive(Clone, Debug)]
pub(crate) enum Plan {
    /// Every trial.
    All,
    /// No trial: nothing that could match is left of the words.
    Nothing,
    Concept(Arc<Concept>),
    /// A filter that stands in the query; changes no score.
    Filter(Arc<TrialFilter>),
    /// A filter over the sites that stands in the query.
    Near(Arc<NearFilter>),
    /// What is asked of pieces of the record.
    Piece(Arc<PieceLeaf>),
    /// What counts more for a higher value.
    Tilt(Box<Plan>, Tilt),
    And(Vec<Plan>),
    Or(Vec<Plan>),
    Not(Box<Plan>),
}

/// What the engine is asked for a plan.
pub(crate) fn to_engine(plan: &Plan, lookup: &Arc<Lookup>) -> Box<dyn Query> {
    let concept_query = |concept: &Arc<Concept>| ConceptQuery::new(concept.clone(), lookup);
    match plan {
        Plan::All => everything(),
        Plan::Nothing => Box::new(EmptyQuery),
        Plan::Concept(concept) => Box::new(concept_query(concept)),
        Plan::Filter(filter) => Box::new(FilterQuery(filter.clone())),
        Plan::Near(near) => near.near.query(),
        Plan::Piece(leaf) => leaf.query(),
        Plan::Tilt(plan, tilt) => Box::new(TiltQuery {
            base: to_engine(plan, lookup).into(),
            tilt: tilt.clone(),
        }),
        Plan::And(plans) if plans.iter().any(Plan::is_dear) => {
            let (dear, cheap): (Vec<&Plan>, Vec<&Plan>) =
                plans.iter().partition(|plan| plan.is_dear());
            let reads_all = cheap.is_empty();
            let base = match reads_all {
                true => everything(),
                false => {
                    let cheap = cheap.into_iter().cloned().collect();
                    to_engine(&Plan::And(cheap), lookup)
                }
            };
            let judges = dear.into_iter().map(|plan| judge(plan, lookup));
            Box::new(JudgedQuery {
                base: base.into(),
                judge: Judge::All(judges.collect()),
                reads_all,
            })
        }
        Plan::Not(plan) if plan.is_dear() => Box::new(JudgedQuery {
            base: everything().into(),
            judge: Judge::Not(Box::new(judge(plan, lookup))),
            reads_all: true,
        }),
        Plan::And(plans) => {
            let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::with_capacity(plans.len() + 1);
            for plan in plans {
                clauses.push(match plan {
                    Plan::Not(excluded) => (Occur::MustNot, to_engine(excluded, lookup)),
                    plan => (Occur::Must, to_engine(plan, lookup)),
                });
            }
            if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
                clauses.push((Occur::Must, everything()));
            }
            Box::new(BooleanQuery::new(clauses))
        }
        Plan::Or(plans) => {
            let clauses = plans
                .iter()
                .map(|plan| (Occur::Should, to_engine(plan, lookup)));
            Box::new(BooleanQuery::new(clauses.collect()))
        }
        Plan::Not(plan) => Box::new(BooleanQuery::new(vec![
            (Occur::Must, everything()),
            (Occur::MustNot, to_engine(plan, lookup)),
        ])),
    }
}

/// A plan as a test of documents that other parts have found.
fn judge(plan: &Plan, lookup: &Arc<Lookup>) -> Judge<Arc<dyn Query>, Arc<Check>> {
    let all = |plans: &[Plan]| plans.iter().map(|plan| judge(plan, lookup)).collect();
    match plan {
        Plan::Piece(leaf) => leaf.judge(),
        Plan::Tilt(plan, _) => judge(plan, lookup),
        Plan::And(plans) => Judge::All(all(plans)),
        Plan::Or(plans) => Judge::Any(all(plans)),
        Plan::Not(plan) => Judge::Not(Box::new(judge(plan, lookup))),
        plan => Judge::Docs(to_engine(plan, lookup).into()),
    }
}

fn everything() -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(Box::new(AllQuery), 0.0))
}

impl Plan {
    /// The concepts that may make a trial match, in the order they were typed; those under a `not` are left out.
    pub(crate) fn concepts(&self) -> Vec<Arc<Concept>> {
        let mut concepts = Vec::new();
        self.collect_concepts(&mut concepts);
        concepts
    }

    fn collect_concepts(&self, concepts: &mut Vec<Arc<Concept>>) {
        match self {
            Plan::Concept(concept) => concepts.push(concept.clone()),
            Plan::And(plans) | Plan::Or(plans) => plans
                .iter()
                .for_each(|plan| plan.collect_concepts(concepts)),
            Plan::Tilt(plan, _) => plan.collect_concepts(concepts),
            Plan::All
            | Plan::Nothing
            | Plan::Filter(_)
            | Plan::Near(_)
            | Plan::Piece(_)
            | Plan::Not(_) => {}
        }
    }

    /// The same documents without scores from pieces.
    pub(crate) fn unscored(self) -> Plan {
        let all = |plans: Vec<Plan>| plans.into_iter().map(Plan::unscored).collect();
        match self {
            Plan::Piece(leaf) => Plan::Piece(Arc::new(leaf.unscored())),
            Plan::Tilt(plan, _) => plan.unscored(),
            Plan::And(plans) => Plan::And(all(plans)),
            Plan::Or(plans) => Plan::Or(all(plans)),
            plan => plan,
        }
    }

    /// Whether stored records must be read to know what matches.
    pub(crate) fn is_dear(&self) -> bool {
        match self {
            Plan::Piece(leaf) => leaf.is_dear(),
            Plan::And(plans) | Plan::Or(plans) => plans.iter().any(Plan::is_dear),
            Plan::Not(plan) | Plan::Tilt(plan, _) => plan.is_dear(),
            _ => false,
        }
    }

    /// All concepts, also those under a `not`.
    pub(crate) fn every_concept(&self) -> Vec<Arc<Concept>> {
        let mut concepts = self.concepts();
        self.collect_excluded(&mut concepts);
        concepts
    }

    fn collect_excluded(&self, concepts: &mut Vec<Arc<Concept>>) {
        match self {
            Plan::Not(plan) => concepts.extend(plan.every_concept()),
            Plan::And(plans) | Plan::Or(plans) => plans
                .iter()
                .for_each(|plan| plan.collect_excluded(concepts)),
            _ => {}
        }
    }

    /// The plan that asks for all of some; everything if there are none.
    pub(crate) fn all_of(mut plans: Vec<Plan>) -> Plan {
        match plans.len() {
            0 => Plan::All,
            1 => plans.remove(0),
            _ => Plan::And(plans),
        }
    }

    /// The plan of a patient's story, with what was typed required beside it.
    pub(crate) fn with_patient(self, patient: Plan) -> Plan {
        match self {
            Plan::All => patient,
            Plan::And(mut plans) => {
                plans.push(patient);
                Plan::And(plans)
            }
            typed => Plan::And(vec![typed, patient]),
        }
    }

    /// The same plan with its concepts changed.
    pub(crate) fn map(&self, change: &mut dyn FnMut(&Arc<Concept>) -> Arc<Concept>) -> Plan {
        match self {
            Plan::Concept(concept) => Plan::Concept(change(concept)),
            Plan::And(plans) => Plan::And(plans.iter().map(|plan| plan.map(change)).collect()),
            Plan::Or(plans) => Plan::Or(plans.iter().map(|plan| plan.map(change)).collect()),
            Plan::Not(plan) => Plan::Not(plan.clone()),
            Plan::Filter(filter) => Plan::Filter(filter.clone()),
            Plan::Near(near) => Plan::Near(near.clone()),
            Plan::Piece(leaf) => Plan::Piece(leaf.clone()),
            Plan::Tilt(plan, tilt) => Plan::Tilt(Box::new(plan.map(change)), tilt.clone()),
            Plan::All => Plan::All,
            Plan::Nothing => Plan::Nothing,
        }
    }

    /// The filter over the sites that all hits pass.
    pub(crate) fn near(&self) -> Option<&NearFilter> {
        match self {
            Plan::Near(near) => Some(near),
            Plan::And(plans) => plans.iter().find_map(|plan| match plan {
                Plan::Near(near) => Some(&**near),
                _ => None,
            }),
            _ => None,
        }
    }

    /// What all hits must match, part by part.
    fn parts(&self) -> &[Plan] {
        match self {
            Plan::And(plans) => plans,
            plan => std::slice::from_ref(plan),
        }
    }

    /// Of a filter, also of one that leaves trials out, what was typed.
    pub(crate) fn filter_typed(&self) -> Option<&str> {
        match self {
            Plan::Filter(filter) => Some(&filter.typed),
            Plan::Near(near) => Some(&near.typed),
            Plan::Not(plan) if !matches!(**plan, Plan::Not(_)) => plan.filter_typed(),
            _ => None,
        }
    }

    /// The filters that all hits pass, each with what was typed.
    pub(crate) fn filters(&self) -> impl Iterator<Item = (&Plan, &str)> {
        let parts = self.parts().iter();
        parts.filter_map(|part| Some((part, part.filter_typed()?)))
    }

    /// The same plan without all filters that all hits pass; `None` if it has none.
    pub(crate) fn unfiltered(&self) -> Option<Plan> {
        self.filters().next()?;
        let parts = self.parts().iter();
        let left = parts.filter(|part| part.filter_typed().is_none());
        Some(Plan::all_of(left.cloned().collect()))
    }

    /// The same plan without one of its [filters](Plan::filters).
    pub(crate) fn without(&self, lifted: &Plan) -> Plan {
        let mut left = Vec::new();
        for part in self.parts() {
            match part {
                Plan::Near(near) if std::ptr::eq(part, lifted) => {
                    left.extend(near.statuses.iter().cloned());
                }
                part if std::ptr::eq(part, lifted) => {}
                part => left.push(part.clone()),
            }
        }
        Plan::all_of(left)
    }

    /// Whether a trial may match with only some of the concepts of one alternative: `(a b) OR (c d)`.
    pub(crate) fn has_several_ways(&self) -> bool {
        match self {
            Plan::Or(plans) => plans.iter().any(|plan| !matches!(plan, Plan::Concept(_))),
            Plan::And(plans) => plans.iter().any(Plan::has_several_ways),
            _ => false,
        }
    }

    /// The same plan asking for any of its required parts instead of all; what is excluded stays excluded, and filters hold.
    /// `None` if there are not several parts to choose from.
    pub(crate) fn any_part(&self) -> Option<Plan> {
        let Plan::And(plans) = self else { return None };
        let (excluded, wanted): (Vec<&Plan>, Vec<&Plan>) = plans
            .iter()
            .partition(|plan| matches!(plan, Plan::Not(_) | Plan::Filter(_) | Plan::Near(_)));
        if wanted.len() < 2 {
            return None;
        }
        let any = Plan::Or(wanted.into_iter().cloned().collect());
        if excluded.is_empty() {
            return Some(any);
        }
        Some(Plan::And(
            std::iter::once(any)
                .chain(excluded.into_iter().cloned())
                .collect(),
        ))
    }
}
