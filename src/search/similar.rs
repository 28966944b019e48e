//! Trials like one: what its record says it is about, as weighted concepts of which a like trial has many.
//!
//! Each field's terms share the field's part, so that a long list of criteria says no more than a short list of conditions.

use std::ops::RangeInclusive;

use rustc_hash::FxHashMap;
use tantivy::query::{
    BooleanQuery, EnableScoring, Explanation, Occur, Query, Scorer, TermQuery, Weight,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError, Term};

use crate::analysis::Analyzer;
use crate::index::StoredTrial;
use crate::schema::Fields;
use crate::search::concept::{Alternative, Concept, Origin, PlacedTerm};
use crate::search::feedback::{concept_of, telling_terms};
use crate::search::finder::SearchError;
use crate::search::lower::{Plan, to_engine};
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

/// The part of a trial's own score from which on another is like it. A score is the sum of what is shared, each by how telling it
/// is, so this asks for a part of what the trial says of itself. On real records what shares a condition or an intervention
/// lies above, and what shares only words such as "stage" or "tablet" below.
pub(crate) const LIKE_ENOUGH: f32 = 0.15;

/// What a query for trials like one finds that shares enough with it. It always scores, whatever the order of hits.
#[derive(Debug)]
struct LikeEnough {
    query: Box<dyn Query>,
    /// The term of the id of the trial that others are to be like.
    own: Term,
}

impl Clone for LikeEnough {
    fn clone(&self) -> LikeEnough {
        LikeEnough {
            query: self.query.box_clone(),
            own: self.own.clone(),
        }
    }
}

impl Query for LikeEnough {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let Some(searcher) = scoring.searcher() else {
            let message = "trials like one are found by their score".to_owned();
            return Err(TantivyError::InvalidArgument(message));
        };
        let weight = self
            .query
            .weight(EnableScoring::enabled_from_searcher(searcher))?;
        let mut own = 0.0_f32;
        for segment in searcher.segment_readers() {
            let ids = segment.inverted_index(self.own.field())?;
            let Some(mut postings) = ids.read_postings(&self.own, IndexRecordOption::Basic)? else {
                continue;
            };
            while postings.doc() != TERMINATED {
                let doc = postings.doc();
                let mut scorer = weight.scorer(segment, 1.0)?;
                let stands_before = scorer.doc() < doc;
                let here = match stands_before {
                    true => scorer.seek(doc),
                    false => scorer.doc(),
                };
                if !segment.is_deleted(doc) && here == doc {
                    own = own.max(scorer.score());
                }
                postings.advance();
            }
        }
        Ok(Box::new(LikeEnoughWeight {
            weight,
            least: own * LIKE_ENOUGH,
        }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.query.query_terms(visitor);
    }
}

struct LikeEnoughWeight {
    weight: Box<dyn Weight>,
    least: Score,
}

impl Weight for LikeEnoughWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut scorer = LikeEnoughScorer {
            scorer: self.weight.scorer(reader, boost)?,
            least: self.least * boost,
            score: 0.0,
        };
        scorer.settle();
        Ok(Box::new(scorer))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        self.weight.explain(reader, doc)
    }
}

struct LikeEnoughScorer {
    scorer: Box<dyn Scorer>,
    least: Score,
    /// Of the document that it stands at.
    score: Score,
}

impl LikeEnoughScorer {
    /// Moves on to a document that scores enough, if it does not stand at one.
    fn settle(&mut self) -> DocId {
        loop {
            let doc = self.scorer.doc();
            if doc == TERMINATED {
                return doc;
            }
            self.score = self.scorer.score();
            if self.score >= self.least {
                return doc;
            }
            self.scorer.advance();
        }
    }
}

impl DocSet for LikeEnoughScorer {
    fn advance(&mut self) -> DocId {
        self.scorer.advance();
        self.settle()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.scorer.doc() < target {
            self.scorer.seek(target);
        }
        self.settle()
    }

    fn doc(&self) -> DocId {
        self.scorer.doc()
    }

    fn size_hint(&self) -> u32 {
        self.scorer.size_hint()
    }
}

impl Scorer for LikeEnoughScorer {
    fn score(&mut self) -> Score {
        self.score
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
            let searched = fields.default_fields();
            told.extend(terms.map(|(term, part)| {
                let concept = concept_of(&term, Origin::Typed, searched.clone());
                (concept, part)
            }));
            told
        });
        let mut concepts = Vec::with_capacity(told.len());
        for (concept, part) in told {
            let weight = self.finder.weight(concept.into(), &self.lookup)?;
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
        Ok(Plan::all_of(parts))
    }

    /// The engine's query of a plan for trials like one: its first part is what they are like in, and must be shared enough.
    pub(super) fn like_enough(&self, trial: &StoredTrial, plan: &Plan) -> Box<dyn Query> {
        let (like, typed) = match plan {
            Plan::And(parts) => (&parts[0], &parts[1..]),
            plan => (plan, &[][..]),
        };
        let field = self.finder.index.layout().id;
        let enough: Box<dyn Query> = Box::new(LikeEnough {
            query: to_engine(like, &self.lookup),
            own: Term::from_field_text(field, trial.id.as_str()),
        });
        let typed = typed.iter().map(|plan| match plan {
            Plan::Not(excluded) => (Occur::MustNot, to_engine(excluded, &self.lookup)),
            plan => (Occur::Must, to_engine(plan, &self.lookup)),
        });
        let clauses = std::iter::once((Occur::Must, enough)).chain(typed);
        Box::new(BooleanQuery::new(clauses.collect()))
    }
}
