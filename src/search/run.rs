//! The steps of one search: all words, then, only if nothing is found, another spelling and partial matches. It reads no
//! records.

use std::sync::Arc;

use tantivy::Term;

use crate::schema::{NOT_STATED, UNRECOGNISED};
use crate::search::bonus::{neighbours, with_bonus};
use crate::search::collect::{Gather, Gathered};
use crate::search::concept::{Concept, ConceptQuery, ConceptWeight, Weights};
use crate::search::documented::thaw;
use crate::search::expand::Expander;
use crate::search::feedback::{FEEDBACK, TermModel, boosted, concept_of};
use crate::search::finder::{Finder, SearchError, View};
use crate::search::hits::{Bucket, FacetCounts, Notice};
use crate::search::lower::{Plan, Planner, to_engine};
use crate::search::patient::searched_fields;
use crate::search::request::{Request, Sort};
use crate::search::spelling::respell;

/// One search under way.
pub(super) struct Run<'r> {
    pub(super) finder: &'r Finder,
    pub(super) request: &'r Request,
    pub(super) view: &'r View,
    pub(super) weights: Arc<Weights>,
    /// For each facet the values that are chosen.
    pub(super) chosen: Vec<Vec<String>>,
    /// For each facet whether its values are counted.
    pub(super) counted: Vec<bool>,
}

/// What a search came to.
pub(super) struct Answer {
    /// What was searched in the end.
    pub(super) plan: Plan,
    /// What else spoke for a trial.
    pub(super) bonus: Vec<Arc<Concept>>,
    pub(super) gathered: Gathered,
    pub(super) notices: Vec<Notice>,
}

impl Run<'_> {
    /// All words; then, only if no trial has them, corrected spelling; then the best partial matches.
    pub(super) fn find(&self) -> Result<Answer, SearchError> {
        let mut notices = Vec::new();
        let (mut plan, expansions) = self.expanded()?;
        notices.extend(expansions);
        let expanded = notices.len();
        let mut gathered = self.gather(&plan)?;
        if gathered.words == 0 && self.request.widen {
            let typed = plan.clone();
            let (respelled, changes) = self.respell(&plan)?;
            if !changes.is_empty() {
                gathered = self.gather(&respelled)?;
                notices.extend(changes);
                plan = respelled;
            }
            if gathered.words == 0
                && let Some(any) = plan.any_part()
            {
                let partial = self.gather(&any)?;
                if partial.words > 0 {
                    notices.push(Notice::PartialMatches {
                        nowhere: self.nowhere(&plan)?,
                    });
                    gathered = partial;
                    plan = any;
                }
            }
            if gathered.words == 0 {
                // Nothing helped: the answer is that of what was typed.
                notices.truncate(expanded);
                plan = typed;
            }
        }
        if gathered.total == 0 && gathered.words > 0 {
            let facets = &self.finder.index.fields().facets;
            let alone = facets
                .iter()
                .zip(&gathered.kept_out)
                .filter(|(_, count)| **count > 0);
            notices.push(Notice::FiltersEmpty {
                without_filters: gathered.words,
                without: alone
                    .map(|(facet, count)| (facet.name.clone(), *count))
                    .collect(),
            });
        }
        let mut bonus = self.neighbours(&plan);
        if self.request.feedback && self.request.sort == Sort::Relevance && gathered.words > 0 {
            bonus.extend(self.feedback(&plan, &bonus)?);
            gathered = self.gather_with(&plan, &bonus)?;
        }
        Ok(Answer {
            plan,
            bonus,
            gathered,
            notices,
        })
    }

    /// The plan with what stands for the typed words, and what of that has to be said.
    pub(super) fn expanded(&self) -> Result<(Plan, Vec<Notice>), SearchError> {
        let plan = self.plan()?;
        if let Some(frozen) = &self.request.frozen {
            return Ok((thaw(&plan, frozen).unwrap_or(plan), Vec::new()));
        }
        if !self.request.expand {
            return Ok((plan, Vec::new()));
        }
        let expanded = self.finder.with_analyzer(|analyzer| {
            Expander::new(self.finder, self.view, &self.weights, analyzer)?.expand(&plan)
        });
        let (plan, mut notices) = expanded.map_err(|error| self.finder.engine_error(error))?;
        if self.request.patient.is_some() {
            // Nobody typed the story's abbreviations, so nobody is asked what they mean.
            notices.retain(|notice| !matches!(notice, Notice::Ambiguous { .. }));
        }
        Ok((plan, notices))
    }

    pub(super) fn plan(&self) -> Result<Plan, SearchError> {
        let searcher = &self.view.searcher;
        let knows = |term: &str, fields: &[usize]| {
            fields.iter().any(|&field| {
                let term = Term::from_field_text(self.finder.handles[field], term);
                searcher
                    .doc_freq(&term)
                    .is_ok_and(|frequency| frequency > 0)
            })
        };
        let plan = self.finder.with_analyzer(|analyzer| {
            let mut planner = Planner {
                fields: self.finder.index.fields(),
                analyzer,
                knows: &knows,
            };
            planner.plan(&self.request.query.root)
        });
        let plan = match self.request.any {
            true => plan.any_part().unwrap_or(plan),
            false => plan,
        };
        Ok(match &self.request.patient {
            Some(patient) => plan.with_patient(patient.plan()),
            None => plan,
        })
    }

    /// The best trials of a plan by its words and how they stand to each other.
    fn gather(&self, plan: &Plan) -> Result<Gathered, SearchError> {
        self.gather_with(plan, &self.neighbours(plan))
    }

    /// Neighbours in what was typed; the concepts of a patient's story stand in no order, and its names are phrases already.
    fn neighbours(&self, plan: &Plan) -> Vec<Arc<Concept>> {
        match self.request.patient {
            Some(_) => Vec::new(),
            None => neighbours(plan),
        }
    }

    fn gather_with(&self, plan: &Plan, bonus: &[Arc<Concept>]) -> Result<Gathered, SearchError> {
        let keep = self.request.limit.saturating_add(self.request.offset);
        self.pass(plan, bonus, &self.chosen, &self.counted, keep)
    }

    fn pass(
        &self,
        plan: &Plan,
        bonus: &[Arc<Concept>],
        chosen: &[Vec<String>],
        counted: &[bool],
        keep: usize,
    ) -> Result<Gathered, SearchError> {
        let collector = Gather {
            columns: &self.view.columns,
            chosen,
            counted,
            sort: self.request.sort,
            keep,
            today: self.request.today,
        };
        let (weights, handles) = (&self.weights, &self.finder.handles);
        let query = to_engine(plan, weights, handles);
        let query = match self.request.sort {
            Sort::Relevance => with_bonus(query, bonus, weights, handles),
            _ => query,
        };
        let found = self.view.searcher.search(&query, &collector);
        Ok(found.map_err(|error| self.finder.engine_error(error))?)
    }

    /// The terms of the best trials without any filter, which never changes a score.
    fn feedback(
        &self,
        plan: &Plan,
        bonus: &[Arc<Concept>],
    ) -> Result<Vec<Arc<Concept>>, SearchError> {
        let fields = self.finder.index.fields();
        let facets = self.chosen.len();
        let (unfiltered, uncounted) = (vec![Vec::new(); facets], vec![false; facets]);
        let best = self.pass(plan, bonus, &unfiltered, &uncounted, FEEDBACK.trials)?;
        let best = best.hits;
        let scores: f32 = best.iter().map(|ranked| ranked.score).sum();
        let mut model = TermModel::default();
        for ranked in best.iter().filter(|ranked| ranked.score > 0.0) {
            let index = &self.finder.index;
            let trial = index.trial_without_results(&self.view.searcher, ranked.address)?;
            self.finder.with_analyzer(|analyzer| {
                model.add(&trial.study, ranked.score / scores, fields, analyzer);
            });
        }
        let documents = self.view.searcher.num_docs();
        let most = (documents as f32 * FEEDBACK.most_common) as u64;
        let searched = match self.request.patient {
            Some(_) => searched_fields(fields),
            None => fields.default_fields(),
        };
        let mut taken = Vec::with_capacity(FEEDBACK.terms);
        // Common words among the candidates are only told by counting them, which is not done for all.
        for (term, part) in model.into_terms().into_iter().take(3 * FEEDBACK.terms) {
            let concept = concept_of(&term, searched.clone());
            let query = ConceptQuery {
                concept: Arc::new(concept),
                weights: self.weights.clone(),
                handles: self.finder.handles.clone(),
            };
            let weight = ConceptWeight::new(&query, &self.view.searcher)
                .map_err(|error| self.finder.engine_error(error))?;
            if (2..=most.max(2)).contains(&weight.documents()) {
                taken.push((Concept::clone(&query.concept), part));
            }
            if taken.len() == FEEDBACK.terms {
                break;
            }
        }
        let asked = plan.concepts().iter().map(|concept| concept.boost).sum();
        Ok(boosted(taken, asked, FEEDBACK.share))
    }

    fn respell(&self, plan: &Plan) -> Result<(Plan, Vec<Notice>), SearchError> {
        let mut changes = Vec::new();
        let mut failure = None;
        let respelled = plan.map(&mut |concept| match respell(
            concept,
            &self.view.searcher,
            &self.finder.handles,
        ) {
            Ok(Some(respelled)) => {
                changes.push(Notice::Respelled {
                    typed: concept.typed.clone(),
                    searched: respelled.alternatives[0].to_text(),
                });
                respelled
            }
            Ok(None) => concept.clone(),
            Err(error) => {
                failure = Some(error);
                concept.clone()
            }
        });
        match failure {
            Some(error) => Err(self.finder.engine_error(error).into()),
            None => Ok((respelled, changes)),
        }
    }

    /// What was typed that no trial has.
    fn nowhere(&self, plan: &Plan) -> Result<Vec<String>, SearchError> {
        let mut nowhere = Vec::new();
        for concept in plan.concepts() {
            let alone = self.gather(&Plan::Concept(concept.clone()))?;
            if alone.words == 0 && !nowhere.contains(&concept.typed) {
                nowhere.push(concept.typed.clone());
            }
        }
        Ok(nowhere)
    }

    pub(super) fn facet_counts(&self, counts: Vec<Vec<(String, u64)>>) -> Vec<FacetCounts> {
        let fields = self.finder.index.fields();
        let mut facets = Vec::new();
        for ((place, facet), counts) in fields.facets.iter().enumerate().zip(counts) {
            if !self.counted[place] {
                continue;
            }
            let chosen = &self.chosen[place];
            let mut buckets: Vec<Bucket> = counts
                .into_iter()
                .map(|(value, count)| Bucket {
                    label: self.finder.label(facet.vocabulary.as_deref(), &value),
                    chosen: chosen.contains(&value),
                    value,
                    count,
                })
                .collect();
            for value in chosen {
                if !buckets.iter().any(|bucket| bucket.value == *value) {
                    buckets.push(Bucket {
                        label: self.finder.label(facet.vocabulary.as_deref(), value),
                        value: value.clone(),
                        count: 0,
                        chosen: true,
                    });
                }
            }
            let last = |bucket: &Bucket| bucket.value == NOT_STATED || bucket.value == UNRECOGNISED;
            buckets.sort_by(|a, b| (last(a), b.count, &a.value).cmp(&(last(b), a.count, &b.value)));
            facets.push(FacetCounts {
                name: facet.name.clone(),
                label: facet.label.clone(),
                buckets,
            });
        }
        facets
    }
}
