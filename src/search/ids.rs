//! A query that is nothing but ids: straight to these trials, in the order asked. A step before the words.
//!
//! A word with a digit may be a sponsor's own id and much else ("COVID-19" is both). It is taken as an id only if no other trial
//! has it as a word; else it is searched as words, and said.

use rustc_hash::FxHashSet;
use tantivy::{DocAddress, Term};

use crate::query::ids_typed;
use crate::search::bonus::Bonus;
use crate::search::collect::{Gather, Gathered};
use crate::search::finder::SearchError;
use crate::search::hits::Notice;
use crate::search::lower::Plan;
use crate::search::pieces::any_term;
use crate::search::request::Sort;
use crate::search::run::Run;
use crate::trial::TrialId;

/// Sponsors' own ids are no longer, in bytes.
const LONGEST_OWN_ID: usize = 60;

/// What ids of Japan's registries may begin with, as compared.
const JAPAN: &str = "JPRN";

/// What came of looking for ids.
pub(super) enum Straight {
    /// The query is not, or not only, ids.
    No(Option<Notice>),
    /// These trials are what was asked for.
    To(Gathered, Vec<Notice>),
}

impl Run<'_> {
    /// The trials whose ids are the whole query.
    pub(super) fn straight(&self) -> Result<Straight, SearchError> {
        // Beside a trial that others are to be like, ids are words as any.
        if self.request.like.is_some() {
            return Ok(Straight::No(None));
        }
        let text = &self.request.query.text;
        let Some(ids) = ids_typed(text) else {
            return self.straight_to_one();
        };
        let mut asked: Vec<DocAddress> = Vec::new();
        let mut notices = Vec::new();
        let mut of_form = false;
        for id in &ids {
            let typed = id.span.of(text);
            let found = self.with_id(typed)?;
            of_form |= id.well_formed;
            match found.len() {
                0 if !id.well_formed => return self.straight_to_one(),
                0 => notices.push(Notice::IdMissing {
                    id: typed.to_owned(),
                }),
                1 => {}
                trials => notices.push(Notice::IdShared {
                    id: typed.to_owned(),
                    trials: trials as u64,
                }),
            }
            for address in found {
                if !asked.contains(&address) {
                    asked.push(address);
                }
            }
        }
        if !of_form && self.stands_elsewhere(&asked)? {
            return Ok(self.as_words(&asked));
        }
        self.to(&asked, notices)
    }

    /// The whole query as one id of a sponsor, which may have spaces: "DP 01-2022-02".
    fn straight_to_one(&self) -> Result<Straight, SearchError> {
        let text = self.request.query.text.trim();
        let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
        let is_plain = !text.contains(['"', '*', '~', '^', ':', '{', '}', '<', '>', '=']);
        if !has_digit || !is_plain || text.starts_with('-') || text.len() > LONGEST_OWN_ID {
            return Ok(Straight::No(None));
        }
        let asked = self.with_id(text)?;
        match asked.len() {
            0 => Ok(Straight::No(None)),
            _ if self.stands_elsewhere(&asked)? => Ok(self.as_words(&asked)),
            1 => self.to(&asked, Vec::new()),
            trials => self.to(
                &asked,
                vec![Notice::IdShared {
                    id: text.to_owned(),
                    trials: trials as u64,
                }],
            ),
        }
    }

    /// The trials that have an id; Japan's registries are written with and without their common name.
    fn with_id(&self, typed: &str) -> Result<Vec<DocAddress>, SearchError> {
        let find = |id: &str| self.finder.index.find(&self.view.searcher, id);
        let found = find(typed)?;
        if !found.is_empty() {
            return Ok(found);
        }
        let comparable = TrialId::comparable(typed);
        Ok(match comparable.strip_prefix(JAPAN) {
            Some(rest) => find(rest)?,
            None => find(&format!("{JAPAN}{comparable}"))?,
        })
    }

    fn as_words(&self, asked: &[DocAddress]) -> Straight {
        Straight::No(Some(Notice::IdToo {
            typed: self.request.query.text.trim().to_owned(),
            trials: asked.len() as u64,
        }))
    }

    fn to(&self, asked: &[DocAddress], mut notices: Vec<Notice>) -> Result<Straight, SearchError> {
        if !asked.is_empty() {
            let filters =
                self.chosen.iter().any(|values| !values.is_empty()) || self.near.is_some();
            let filters = filters.then_some(Notice::FiltersIgnored);
            notices.insert(
                0,
                Notice::Straight {
                    trials: asked.len() as u64,
                },
            );
            notices.extend(filters);
        }
        Ok(Straight::To(self.gather_straight(asked)?, notices))
    }

    /// Whether a trial that does not have the ids has the words.
    fn stands_elsewhere(&self, asked: &[DocAddress]) -> Result<bool, SearchError> {
        let found = self.gather_unfiltered(&self.plan()?, asked.len() + 1)?;
        Ok(found
            .hits
            .iter()
            .any(|ranked| !asked.contains(&ranked.address)))
    }

    /// The trials in the order asked, with the counts of their facets.
    fn gather_straight(&self, asked: &[DocAddress]) -> Result<Gathered, SearchError> {
        let wanted: FxHashSet<DocAddress> = asked.iter().copied().collect();
        let mut terms = Vec::with_capacity(asked.len());
        for address in &wanted {
            let id = self.view.columns[address.segment_ord as usize].id_of(address.doc_id);
            terms.push(Term::from_field_text(self.finder.index.layout().id, &id));
        }
        let none = vec![Vec::new(); self.chosen.len()];
        let collector = Gather {
            sort: Sort::Id,
            keep: asked.len(),
            ..self.collector(&none)
        };
        let found = self.view.searcher.search(&any_term(terms), &collector);
        let mut gathered = found.map_err(|error| self.finder.engine_error(error))?;
        gathered
            .hits
            .sort_by_key(|ranked| asked.iter().position(|address| *address == ranked.address));
        gathered
            .hits
            .truncate(self.request.limit.saturating_add(self.request.offset));
        Ok(gathered)
    }

    fn gather_unfiltered(&self, plan: &Plan, keep: usize) -> Result<Gathered, SearchError> {
        let none = vec![Vec::new(); self.chosen.len()];
        let collector = Gather {
            keep,
            ..self.collector(&none)
        };
        self.pass(plan, &Bonus::default(), &collector)
    }
}
