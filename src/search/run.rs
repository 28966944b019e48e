//! The steps of one search: all words, then, only if nothing is found, another spelling and partial matches. It reads no
//! records.

use std::sync::Arc;

use tantivy::Term;

use crate::query::{Ago, Node, Test};
use crate::schema::{NOT_STATED, UNRECOGNISED};
use crate::search::collect::{Gather, Gathered};
use crate::search::concept::Weights;
use crate::search::finder::{Finder, SearchError, View};
use crate::search::hits::{Bucket, FacetCounts, Notice};
use crate::search::ids::Straight;
use crate::search::lower::{Filters, Plan, Planner, to_engine};
use crate::search::request::Request;
use crate::search::sites::{Near, SiteFilter};
use crate::search::spelling::respell;
use crate::trial::PartialDate;

/// One search under way.
pub(super) struct Run<'r> {
    pub(super) finder: &'r Finder,
    pub(super) request: &'r Request,
    pub(super) view: &'r View,
    pub(super) weights: Arc<Weights>,
    /// For each facet the values that are chosen.
    pub(super) chosen: Vec<Vec<String>>,
    /// Where a site has to be.
    pub(super) near: Option<Near>,
    /// For each facet whether its values are counted.
    pub(super) counted: Vec<bool>,
}

impl Run<'_> {
    /// All words; then, only if no trial has them, corrected spelling; then the best partial matches.
    pub(super) fn find(&self) -> Result<(Plan, Gathered, Vec<Notice>), SearchError> {
        let mut notices = Vec::new();
        match self.straight()? {
            Straight::To(gathered, notices) => return Ok((Plan::All, gathered, notices)),
            Straight::No(also) => notices.extend(also),
        }
        let mut plan = self.plan()?;
        let mut gathered = self.gather(&plan)?;
        notices.extend(self.data_older(&self.request.query.root)?);
        let emptied = match gathered.words {
            0 => self.emptied_by_filters(&plan)?,
            _ => None,
        };
        if let Some(emptied) = emptied {
            notices.push(emptied);
        } else if gathered.words == 0 && self.request.widen {
            let said = notices.len();
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
                notices.truncate(said);
                plan = typed;
            }
        }
        if gathered.total == 0 && gathered.words > 0 {
            let facets = &self.finder.index.fields().facets;
            let alone = facets
                .iter()
                .zip(&gathered.kept_out)
                .filter(|(_, count)| **count > 0);
            let by_place = Some(("near".to_owned(), gathered.kept_out_by_place));
            notices.push(Notice::FiltersEmpty {
                without_filters: gathered.words,
                without: alone
                    .map(|(facet, count)| (facet.name.clone(), *count))
                    .chain(by_place.filter(|(_, count)| *count > 0))
                    .collect(),
            });
        }
        let in_query = plan.near().map(|asked| &asked.filter);
        if let Some(filter) = self.request.near.as_ref().or(in_query) {
            notices.extend(place_notices(filter, &gathered));
        }
        Ok((plan, gathered, notices))
    }

    /// What lifting filters of the query gives, if trials match the rest of it.
    fn emptied_by_filters(&self, plan: &Plan) -> Result<Option<Notice>, SearchError> {
        let filters = plan.filters();
        if filters.is_empty() {
            return Ok(None);
        }
        let without_filters = self.gather(&plan.without(&filters))?.words;
        if without_filters == 0 {
            return Ok(None);
        }
        let mut without = Vec::new();
        for filter in &filters {
            let lifted = self.gather(&plan.without(std::slice::from_ref(filter)))?.words;
            if lifted > 0 {
                without.push((filter.typed.clone(), lifted));
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
        let missing = self.request.today.since(day).map_or(0, |span| span.get_days());
        let asked = self.request.today.since(ago.before(self.request.today));
        let asked = asked.map_or(0, |span| span.get_days());
        // A tenth of the time, so that yesterday's data are not held against a search over months.
        Ok((missing > 0 && missing * 10 >= asked).then_some(Notice::DataOlder {
            data_as_of,
            nothing: missing >= asked,
        }))
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
        self.finder.with_analyzer(|analyzer| {
            let mut planner = Planner {
                fields: self.finder.index.fields(),
                analyzer,
                knows: &knows,
                filters: Filters {
                    finder: self.finder,
                    view: self.view,
                    query: &self.request.query.text,
                    today: self.request.today,
                },
            };
            planner.plan(&self.request.query.root)
        })
    }

    fn gather(&self, plan: &Plan) -> Result<Gathered, SearchError> {
        let collector = Gather {
            near: self.near.as_ref(),
            ..self.collector(&self.chosen)
        };
        self.gather_with(plan, &collector)
    }

    /// One pass over what passes some facets' filters, wherever its sites are.
    pub(super) fn collector<'g>(&'g self, chosen: &'g [Vec<String>]) -> Gather<'g> {
        Gather {
            columns: &self.view.columns,
            chosen,
            near: None,
            counted: &self.counted,
            sort: self.request.sort,
            keep: self.request.limit.saturating_add(self.request.offset),
            today: self.request.today,
        }
    }

    pub(super) fn gather_with(
        &self,
        plan: &Plan,
        collector: &Gather<'_>,
    ) -> Result<Gathered, SearchError> {
        let query = to_engine(plan, &self.weights, &self.finder.handles);
        let found = self.view.searcher.search(&query, collector);
        Ok(found.map_err(|error| self.finder.engine_error(error))?)
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

    /// What was typed that no trial has, filters aside.
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
