//! By which parts of a search a trial matches, and what each of them adds to its score.

use std::sync::Arc;

use tantivy::DocAddress;

use crate::search::concept::{Concept, Origin};
use crate::search::concept_query::Contribution;
use crate::search::finder::SearchError;
use crate::search::hits::{ConceptScore, Explanation, FieldScore};
use crate::search::lower::Plan;
use crate::search::pairs::{Pair, PairWeight};
use crate::search::present::Presenter;

impl Presenter<'_> {
    /// How the score of a hit comes about.
    pub(super) fn explain(&self, address: DocAddress) -> Result<Explanation, SearchError> {
        let concepts = self.scores(self.plan, address)?;
        let mut concepts = concepts.unwrap_or_default();
        for pair in &self.bonus.pairs {
            concepts.extend(self.pair_score(pair, address)?);
        }
        for concept in &self.bonus.feedback {
            concepts.extend(self.concept_score(concept, address)?);
        }
        Ok(Explanation { concepts })
    }

    /// What each concept of a part of the plan adds to a document's score; `None` if the document does not match the part.
    fn scores(
        &self,
        plan: &Plan,
        address: DocAddress,
    ) -> Result<Option<Vec<ConceptScore>>, SearchError> {
        Ok(match plan {
            Plan::All => Some(Vec::new()),
            Plan::Nothing => None,
            Plan::Near(asked) => {
                let nearest = asked.near.nearest(address.segment_ord, address.doc_id);
                nearest.map(|_| Vec::new())
            }
            Plan::Filter(filter) => {
                let admits = filter.admits(&self.view.searcher, address);
                let admits = admits.map_err(|error| self.finder.engine_error(error))?;
                admits.then(Vec::new)
            }
            // Only the public API asks for pieces, and it explains no score.
            Plan::Piece(_) => Some(Vec::new()),
            Plan::Tilt(plan, _) => self.scores(plan, address)?,
            Plan::Not(excluded) => self.scores(excluded, address)?.is_none().then(Vec::new),
            Plan::Concept(concept) => self
                .concept_score(concept, address)?
                .map(|score| vec![score]),
            Plan::And(plans) => {
                let mut all = Vec::new();
                for plan in plans {
                    match self.scores(plan, address)? {
                        Some(scores) => all.extend(scores),
                        None => return Ok(None),
                    }
                }
                Some(all)
            }
            Plan::Or(plans) => {
                let mut any: Option<Vec<ConceptScore>> = None;
                for plan in plans {
                    if let Some(scores) = self.scores(plan, address)? {
                        any.get_or_insert_default().extend(scores);
                    }
                }
                any
            }
        })
    }

    fn pair_score(
        &self,
        pair: &Pair,
        address: DocAddress,
    ) -> Result<Option<ConceptScore>, SearchError> {
        let weight = PairWeight::new(pair, &self.lookup);
        let weight = weight.map_err(|error| self.finder.engine_error(error))?;
        let found = weight.contributions(address);
        let found = found.map_err(|error| self.finder.engine_error(error))?;
        let weighed = Weighed {
            typed: &pair.typed,
            idf: weight.idf,
            boost: pair.boost,
            score: &|weighted| weight.score(weighted),
            writing: &|_| (pair.to_text(), Origin::SideBySide, 1.0),
        };
        Ok(self.explained(&weighed, found))
    }

    fn concept_score(
        &self,
        concept: &Arc<Concept>,
        address: DocAddress,
    ) -> Result<Option<ConceptScore>, SearchError> {
        let weight = self.finder.weight(concept.clone(), &self.lookup)?;
        let found = weight.contributions(address.segment_ord as usize, address.doc_id);
        let found = found.map_err(|error| self.finder.engine_error(error))?;
        let weighed = Weighed {
            typed: &concept.typed,
            idf: weight.idf(),
            boost: concept.boost,
            score: &|weighted| weight.score(weighted),
            writing: &|number| concept.writing(number),
        };
        Ok(self.explained(&weighed, found))
    }

    /// What the fields of a document add; `None` if none does.
    fn explained(&self, weighed: &Weighed<'_>, found: Vec<Contribution>) -> Option<ConceptScore> {
        if found.is_empty() {
            return None;
        }
        let fields = &self.finder.index.fields().text;
        let weighted = found.iter().map(|contribution| contribution.weighted).sum();
        let found = found.into_iter().map(|contribution| {
            let (terms, origin, weight) = (weighed.writing)(contribution.alternative);
            FieldScore {
                field: fields[contribution.field].name.clone(),
                terms,
                origin: origin.name(),
                frequency: contribution.frequency,
                weight,
                weighted: contribution.weighted,
            }
        });
        Some(ConceptScore {
            typed: weighed.typed.to_owned(),
            idf: weighed.idf,
            boost: weighed.boost,
            score: (weighed.score)(weighted),
            found: found.collect(),
        })
    }

    /// Whether a trial matches a part of the plan; for each of its concepts, in their order, whether it matches by that.
    pub(super) fn matched(
        &self,
        plan: &Plan,
        address: DocAddress,
        out: &mut Vec<bool>,
    ) -> Result<bool, SearchError> {
        let first = out.len();
        let matches = match plan {
            Plan::All => true,
            Plan::Nothing => false,
            Plan::Filter(_) | Plan::Near(_) | Plan::Piece(_) | Plan::Not(_) => {
                self.scores(plan, address)?.is_some()
            }
            Plan::Tilt(plan, _) => self.matched(plan, address, out)?,
            Plan::Concept(concept) => {
                let matches = self.concept_score(concept, address)?.is_some();
                out.push(matches);
                matches
            }
            Plan::And(plans) => {
                let mut all = true;
                for plan in plans {
                    all &= self.matched(plan, address, out)?;
                }
                all
            }
            Plan::Or(plans) => {
                let mut any = false;
                for plan in plans {
                    any |= self.matched(plan, address, out)?;
                }
                any
            }
        };
        if !matches {
            out[first..].fill(false);
        }
        Ok(matches)
    }
}

/// What is weighed in a document: a concept or a pair.
struct Weighed<'w> {
    typed: &'w str,
    idf: f32,
    boost: f32,
    /// The score that weighted frequencies amount to.
    score: &'w dyn Fn(f32) -> f32,
    /// One of its writings by number, how it came to be searched, and its weight.
    writing: &'w dyn Fn(usize) -> (String, Origin, f32),
}
