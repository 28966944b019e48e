//! What a search does with words of which nothing is found: it tries other spellings, and tells which words no trial has. When
//! it does so is `run`'s business, which spelling is the nearest `spelling`'s.

use crate::search::collect::Gathered;
use crate::search::finder::SearchError;
use crate::search::hits::Notice;
use crate::search::lower::Plan;
use crate::search::run::Run;

/// A plan in another spelling, what it gives, and what has to be said of it.
type Respelt = Option<(Plan, Gathered, Vec<Notice>)>;

impl Run<'_> {
    /// What words give that no trial has, in another spelling.
    pub(super) fn nowhere_respelt(
        &self,
        plan: &Plan,
        said: &[Notice],
    ) -> Result<Respelt, SearchError> {
        let (respelled, changes) = self.spelling(|mut speller| speller.respell(plan))?;
        match changes.is_empty() {
            true => Ok(None),
            false => self.respelt(respelled, changes, said).map(Some),
        }
    }

    /// What words give in another spelling that hardly any trial has, if anything.
    pub(super) fn rare_respelt(
        &self,
        plan: &Plan,
        said: &[Notice],
    ) -> Result<Respelt, SearchError> {
        for (respelled, changes) in self.spelling(|mut speller| speller.respell_rare(plan))? {
            let respelt = self.respelt(respelled, changes, said)?;
            if respelt.1.words > 0 {
                return Ok(Some(respelt));
            }
        }
        Ok(None)
    }

    /// What a respelled plan gives, and what has to be said of it.
    fn respelt(
        &self,
        respelled: Plan,
        mut changes: Vec<Notice>,
        said: &[Notice],
    ) -> Result<(Plan, Gathered, Vec<Notice>), SearchError> {
        let (plan, expansions) = self.expand_respelled(respelled, &changes, said)?;
        let gathered = self.gather(&plan)?;
        changes.extend(expansions);
        Ok((plan, gathered, changes))
    }

    /// A respelled plan with what stands for its words now; what was said of the typed ones is not said again.
    fn expand_respelled(
        &self,
        plan: Plan,
        changes: &[Notice],
        said: &[Notice],
    ) -> Result<(Plan, Vec<Notice>), SearchError> {
        // Nobody typed the words of a trial that others are to be like.
        if !self.request.expand || self.like.is_some() {
            return Ok((plan, Vec::new()));
        }
        let respelled = said.iter().chain(changes);
        let respelled = respelled.filter_map(|notice| match notice {
            Notice::Respelled {
                typed, searched, ..
            } => Some((typed.clone(), searched.clone())),
            _ => None,
        });
        let (plan, mut notices) = self.expand(&plan, respelled.collect())?;
        notices.retain(|notice| !said.contains(notice));
        Ok((plan, notices))
    }

    /// How words that no trial has may have been meant.
    pub(super) fn meant(&self, plan: &Plan) -> Result<Vec<Notice>, SearchError> {
        let (respelled, changes) = self.spelling(|mut speller| speller.respell(plan))?;
        let concepts = respelled.concepts();
        let mut meant = Vec::with_capacity(changes.len());
        for change in changes {
            let Notice::Respelled {
                typed, searched, ..
            } = change
            else {
                continue;
            };
            let concept = concepts.iter().find(|concept| concept.typed == typed);
            let trials = match concept {
                Some(concept) => self.gather(&Plan::Concept(concept.clone()))?.words,
                None => 0,
            };
            meant.push(Notice::DidYouMean {
                typed,
                suggestion: searched,
                typed_trials: 0,
                trials,
            });
        }
        Ok(meant)
    }

    /// What was typed that no trial has, filters aside.
    pub(super) fn nowhere(&self, plan: &Plan) -> Result<Vec<String>, SearchError> {
        let mut nowhere = Vec::new();
        for concept in plan.concepts() {
            let alone = self.gather(&Plan::Concept(concept.clone()))?;
            if alone.words == 0 && !nowhere.contains(&concept.typed) {
                nowhere.push(concept.typed.clone());
            }
        }
        Ok(nowhere)
    }
}
