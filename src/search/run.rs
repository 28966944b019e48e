//! The steps of one search: all words, then, only if nothing is found, another spelling and partial matches. Records are
//! read by `feedback` only.

use std::cmp::Reverse;
use std::sync::Arc;

use tantivy::collector::Collector;
use tantivy::query::{EnableScoring, Query};

use crate::index::StoredTrial;
use crate::query::{Ago, Node, Test};
use crate::schema::{NOT_STATED, UNRECOGNISED};
use crate::search::bonus::{Bonus, with_feedback};
use crate::search::collect::{Gather, Gathered};
use crate::search::columns::Ages;
use crate::search::concept_query::gather_all;
use crate::search::documented::thaw;
use crate::search::expand::Expander;
use crate::search::finder::{Finder, SearchError, View};
use crate::search::hits::{Bucket, FacetCounts, Notice};
use crate::search::ids::Straight;
use crate::search::lookup::Lookup;
use crate::search::lower::{Filters, Plan, Planner, StandIns, to_engine};
use crate::search::pairs::{Pairs, neighbours};
use crate::search::patient::AGE;
use crate::search::phase_words::phase_meant;
use crate::search::request::{Request, Sort};
use crate::search::similar::without;
use crate::search::sites::{Near, SiteFilter};
use crate::search::spelling::Speller;
use crate::trial::PartialDate;

/// Trials of an index from which on its segments are walked by several threads: in smaller ones that costs more than it saves.
const SHARED_FROM: u64 = 50_000;

/// One search under way.
pub(super) struct Run<'r> {
    pub(super) finder: &'r Finder,
    pub(super) request: &'r Request,
    pub(super) view: &'r View,
    /// What is weighed how, and what has been looked up.
    pub(super) lookup: Arc<Lookup>,
    /// The trial that others are to be like.
    pub(super) like: Option<StoredTrial>,
    /// For each facet the values that are chosen.
    pub(super) chosen: Vec<Vec<String>>,
    /// Where the request wants a site to be; [`Run::near`] heeds the query too.
    pub(super) near: Option<Near>,
    /// Ages that there has to be room for.
    pub(super) ages: Option<Ages>,
    /// For each facet whether its values are counted.
    pub(super) counted: Vec<bool>,
}

/// What a search came to.
pub(super) struct Answer {
    /// What was searched in the end.
    pub(super) plan: Plan,
    /// What else spoke for a trial.
    pub(super) bonus: Bonus,
    pub(super) gathered: Gathered,
    pub(super) notices: Vec<Notice>,
}

impl Run<'_> {
    /// All words; then, only if no trial has them, corrected spelling; then the best partial matches.
    pub(super) fn find(&self) -> Result<Answer, SearchError> {
        let mut notices = Vec::new();
        match self.straight()? {
            Straight::To(gathered, notices) => {
                return Ok(Answer {
                    plan: Plan::All,
                    bonus: Bonus::default(),
                    gathered,
                    notices,
                });
            }
            Straight::No(also) => notices.extend(also),
        }
        let (mut plan, expansions) = self.expanded()?;
        notices.extend(expansions);
        let mut gathered = self.gather(&plan)?;
        notices.extend(self.data_older(&self.request.query.root)?);
        let emptied = match gathered.words {
            0 => self.emptied_by_filters(&plan)?,
            _ => None,
        };
        let typed_alone = self.like.is_none() && self.request.patient.is_none();
        let offers = self.request.widen || self.request.offer;
        if gathered.words > 0 && offers && typed_alone {
            notices.extend(self.spelling(|mut speller| speller.offered(&plan))?);
            let query = &self.request.query;
            notices.extend(phase_meant(self.finder, &query.text, &query.root));
        }
        let said = notices.len();
        if let Some(emptied) = emptied {
            notices.push(emptied);
        } else if gathered.words == 0 && self.request.widen {
            let typed = plan.clone();
            for step in [Self::nowhere_respelt, Self::rare_respelt] {
                if let Some((respelled, found, changes)) = step(self, &plan, &notices)? {
                    (plan, gathered) = (respelled, found);
                    notices.extend(changes);
                }
                if gathered.words > 0 {
                    break;
                }
            }
            if gathered.words == 0
                && let Some(any) = plan.any_part()
            {
                let partial = self.gather(&any)?;
                if partial.words > 0 {
                    notices.push(Notice::PartialMatches {
                        nowhere: self.nowhere(&plan)?,
                    });
                    if typed_alone {
                        notices.extend(self.spelling(|mut speller| speller.offered(&plan))?);
                    }
                    gathered = partial;
                    plan = any;
                }
            }
            if gathered.words == 0 {
                // Nothing helped: the answer is that of what was typed.
                notices.truncate(said);
                plan = typed;
            }
        }
        if gathered.words == 0 && self.request.offer && typed_alone {
            notices.extend(self.meant(&plan)?);
            notices.extend(self.spelling(|mut speller| speller.offered(&plan))?);
        }
        if gathered.total == 0 && gathered.words > 0 {
            let facets = &self.finder.index.fields().facets;
            let alone = facets
                .iter()
                .zip(&gathered.kept_out)
                .filter(|(_, count)| **count > 0);
            let others = [
                ("near".to_owned(), gathered.kept_out_by_place),
                (AGE.to_owned(), gathered.kept_out_by_age),
            ];
            notices.push(Notice::FiltersEmpty {
                without_filters: gathered.words,
                without: alone
                    .map(|(facet, count)| (facet.name.clone(), *count))
                    .chain(others.into_iter().filter(|(_, count)| *count > 0))
                    .collect(),
            });
        }
        let in_query = plan.near().map(|asked| &asked.filter);
        if let Some(filter) = self.request.near.as_ref().or(in_query) {
            notices.extend(place_notices(filter, &gathered));
        }
        let mut bonus = self.bonus(&plan);
        if self.request.feedback && self.request.sort == Sort::Relevance && gathered.words > 0 {
            bonus.feedback = self.feedback(&plan, &bonus, &gathered)?;
            gathered = self.pass(&plan, &bonus, &self.filtered(&plan))?;
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
        let (plan, mut notices) = self.typed()?;
        if self.request.patient.is_some() {
            // Nobody typed the story's abbreviations, so nobody is asked what they mean.
            notices.retain(|notice| !matches!(notice, Notice::Ambiguous { .. }));
        }
        // Words are neighbours first and alternatives then: "stem cells" may be one name.
        let any = self.request.any.then(|| plan.any_part()).flatten();
        let plan = any.unwrap_or(plan);
        let plan = match &self.like {
            Some(trial) => self.like(trial, plan)?,
            None => plan,
        };
        Ok((plan, notices))
    }

    /// What was typed with what stands for it, without what comes of a trial that others are to be like.
    pub(super) fn typed(&self) -> Result<(Plan, Vec<Notice>), SearchError> {
        let plan = self.plan()?;
        match &self.request.frozen {
            Some(frozen) => Ok((thaw(&plan, frozen).unwrap_or(plan), Vec::new())),
            None if self.request.expand => self.expand(&plan, Vec::new()),
            None => Ok((plan, Vec::new())),
        }
    }

    /// A plan with what stands for its words; `respelled` are those that are searched in another spelling than was typed.
    pub(super) fn expand(
        &self,
        plan: &Plan,
        respelled: Vec<(String, String)>,
    ) -> Result<(Plan, Vec<Notice>), SearchError> {
        let expanded = self.finder.with_analyzer(|analyzer| {
            Expander::new(self.finder, self.view, &self.lookup, analyzer, self.request)?
                .respelled(respelled)
                .expand(plan, self.request.any)
        });
        Ok(expanded.map_err(|error| self.finder.engine_error(error))?)
    }

    /// What lifting filters of the query gives, if trials match the rest of it.
    fn emptied_by_filters(&self, plan: &Plan) -> Result<Option<Notice>, SearchError> {
        let Some(unfiltered) = plan.unfiltered() else {
            return Ok(None);
        };
        let without_filters = self.gather(&unfiltered)?.words;
        if without_filters == 0 {
            return Ok(None);
        }
        let mut without = Vec::new();
        for (filter, typed) in plan.filters() {
            let lifted = self.gather(&plan.without(filter))?.words;
            if lifted > 0 {
                without.push((typed.to_owned(), lifted));
            }
        }
        Ok(Some(Notice::QueryFiltersEmpty {
            without_filters,
            without,
        }))
    }

    /// Says if the query asks for the time up to today and the index knows it only in part.
    fn data_older(&self, node: &Node) -> Result<Option<Notice>, SearchError> {
        let Some(ago) = recent(node) else {
            return Ok(None);
        };
        let data_as_of = self.finder.index.data_as_of()?;
        let day = data_as_of.as_deref().and_then(PartialDate::parse);
        let (Some(data_as_of), Some(day)) = (data_as_of, day.map(PartialDate::last_day)) else {
            return Ok(None);
        };
        let missing = self
            .request
            .today
            .since(day)
            .map_or(0, |span| span.get_days());
        let asked = self.request.today.since(ago.before(self.request.today));
        let asked = asked.map_or(0, |span| span.get_days());
        // A tenth of the time, so that yesterday's data are not held against a search over months.
        Ok(
            (missing > 0 && missing * 10 >= asked).then_some(Notice::DataOlder {
                data_as_of,
                nothing: missing >= asked,
            }),
        )
    }

    pub(super) fn plan(&self) -> Result<Plan, SearchError> {
        let plan = self.finder.with_analyzer(|analyzer| {
            let mut planner = Planner {
                fields: self.finder.index.fields(),
                analyzer,
                knows: &|term, fields| self.lookup.knows(term, fields),
                filters: Some(Filters::new(self.finder, self.view, self.request)),
                stand_ins: StandIns::default(),
            };
            planner.plan(&self.request.query.root)
        })?;
        Ok(match &self.request.patient {
            Some(patient) => plan.with_patient(patient.plan()),
            None => plan,
        })
    }

    /// What else speaks for a trial by what was typed: neighbours. The concepts of a patient's story, and those of a trial that
    /// others are to be like, stand in no order, and their names are phrases already; what OR joins is a choice.
    fn bonus(&self, plan: &Plan) -> Bonus {
        let request = self.request;
        let in_order = request.patient.is_none() && request.like.is_none();
        Bonus {
            pairs: match in_order && !is_choice(&request.query.root) {
                true => neighbours(plan),
                false => Vec::new(),
            },
            feedback: Vec::new(),
        }
    }

    /// The best trials of a plan by its words and how they stand to each other.
    pub(super) fn gather(&self, plan: &Plan) -> Result<Gathered, SearchError> {
        self.pass(plan, &self.bonus(plan), &self.filtered(plan))
    }

    /// What is wanted of a pass: everything that was asked for.
    fn filtered<'g>(&'g self, plan: &'g Plan) -> Gather<'g> {
        Gather {
            near: self.near(plan),
            ages: self.ages,
            ..self.collector(&self.chosen)
        }
    }

    /// Where a site has to be: by the request, or else by the query.
    pub(super) fn near<'n>(&'n self, plan: &'n Plan) -> Option<&'n Near> {
        self.near.as_ref().or(plan.near().map(|asked| &asked.near))
    }

    /// What is wanted of a pass over what passes some facets' filters, wherever its sites are.
    pub(super) fn collector<'g>(&'g self, chosen: &'g [Vec<String>]) -> Gather<'g> {
        Gather {
            columns: &self.view.columns,
            chosen,
            near: None,
            ages: None,
            counted: &self.counted,
            sort: self.request.sort,
            keep: self.request.limit.saturating_add(self.request.offset),
            slack: 0.0,
            today: self.request.today,
        }
    }

    pub(super) fn pass(
        &self,
        plan: &Plan,
        bonus: &Bonus,
        wanted: &Gather<'_>,
    ) -> Result<Gathered, SearchError> {
        let mut concepts = plan.every_concept();
        concepts.extend(bonus.feedback.iter().cloned());
        let gathered = gather_all(&concepts, &self.lookup, |parts, gather| {
            self.finder.share(parts, gather)
        });
        gathered.map_err(|error| self.finder.engine_error(error))?;
        let query = match &self.like {
            Some(trial) => self.like_enough(trial, plan),
            None => to_engine(plan, &self.lookup),
        };
        let ranks = self.request.sort == Sort::Relevance;
        let query = match ranks {
            true => with_feedback(query, &bonus.feedback, &self.lookup),
            false => query,
        };
        let query = match &self.like {
            Some(trial) => without(query, self.finder.index.layout().id, &trial.id),
            None => query,
        };
        let engine_error = |error| self.finder.engine_error(error);
        let query = match plan {
            // Nothing is asked of documents, so none needs to be looked up.
            Plan::All if self.like.is_none() && bonus.feedback.is_empty() => None,
            _ => Some(query.as_ref()),
        };
        if !ranks || bonus.pairs.is_empty() {
            return Ok(self.walk(query, wanted).map_err(engine_error)?);
        }
        let pairs = Pairs::new(&bonus.pairs, &self.lookup).map_err(engine_error)?;
        let wanted = Gather {
            slack: pairs.most(),
            ..*wanted
        };
        let mut gathered = self.walk(query, &wanted).map_err(engine_error)?;
        gathered.hits = pairs.best(gathered.hits, &wanted).map_err(engine_error)?;
        Ok(gathered)
    }

    /// Walks the documents of a query, or all, the segments of a large index on several threads.
    fn walk(&self, query: Option<&dyn Query>, wanted: &Gather<'_>) -> tantivy::Result<Gathered> {
        let searcher = &self.view.searcher;
        let scoring = match wanted.requires_scoring() {
            true => EnableScoring::enabled_from_searcher(searcher),
            false => EnableScoring::disabled_from_searcher(searcher),
        };
        let weight = query.map(|query| query.weight(scoring)).transpose()?;
        let walk = |segment: &usize| {
            let reader = &searcher.segment_readers()[*segment];
            let number = *segment as u32;
            match &weight {
                Some(weight) => wanted.collect_segment(weight.as_ref(), number, reader),
                None => wanted.collect_all(number, reader, self.lookup.texts.deleted(*segment)),
            }
        };
        let size = |segment: &usize| searcher.segment_readers()[*segment].max_doc();
        let mut segments: Vec<usize> = (0..searcher.segment_readers().len()).collect();
        // The long ones first, so that nobody waits for one that was begun last.
        segments.sort_by_key(|segment| Reverse(size(segment)));
        let walked: tantivy::Result<Vec<_>> = match searcher.num_docs() < SHARED_FROM {
            true => segments.iter().map(walk).collect(),
            false => self.finder.share(&segments, walk).into_iter().collect(),
        };
        wanted.merge_fruits(walked?)
    }

    pub(super) fn spelling<T>(
        &self,
        look: impl FnOnce(Speller<'_>) -> tantivy::Result<T>,
    ) -> Result<T, SearchError> {
        let found = self.finder.with_analyzer(|analyzer| {
            look(Speller {
                finder: self.finder,
                view: self.view,
                lookup: &self.lookup,
                analyzer,
            })
        });
        Ok(found.map_err(|error| self.finder.engine_error(error))?)
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

/// Whether a query is alternatives.
fn is_choice(node: &Node) -> bool {
    match node {
        Node::Or { .. } => true,
        Node::Boost { node, .. } => is_choice(node),
        _ => false,
    }
}

/// The first stretch up to today that a query asks for.
fn recent(node: &Node) -> Option<Ago> {
    match node {
        Node::Filter {
            test: Test::Recent(ago),
            ..
        } => Some(*ago),
        Node::And { nodes } | Node::Or { nodes } => nodes.iter().find_map(recent),
        Node::Boost { node, .. } => recent(node),
        _ => None,
    }
}

/// What is to be known of a filter over sites: which of several places was taken, and what it could not judge.
fn place_notices(filter: &SiteFilter, gathered: &Gathered) -> Vec<Notice> {
    let place = &filter.place;
    let mut notices = Vec::new();
    if !place.others.is_empty() {
        notices.push(Notice::PlaceTaken {
            typed: place.typed.clone(),
            taken: place.name.clone(),
            others: place.others.clone(),
        });
    }
    if gathered.unplaced > 0 {
        notices.push(Notice::UnplacedSites {
            trials: gathered.unplaced,
        });
    }
    notices
}
