//! Names for words that stand in an arrangement: near each other, in a phrase with room, in one value. The arrangement with the
//! names in place of the words is searched beside the typed one and counts less.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use tantivy::TantivyError;

use super::{Beside, Expander, WEIGHT};
use crate::analysis::longest_path;
use crate::search::concept::{Alternative, Arranged, Concept, Origin};
use crate::search::hits::Notice;
use crate::search::lower::{Filters, Plan, Planner, StandIns, alternative_of, names_in};

impl Expander<'_> {
    /// The concept with its arrangement also as names stand for its words.
    pub(super) fn arranged(
        &mut self,
        concept: &Arc<Concept>,
        beside: Beside<'_>,
    ) -> tantivy::Result<Arc<Concept>> {
        let of_node = concept.arrangements.iter().find_map(|arranged| {
            let node = arranged.node.clone()?;
            Some((node, arranged.runs.clone()))
        });
        let Some((node, runs)) = of_node else {
            return Ok(concept.clone());
        };
        let said = self.notices.len();
        let mut known: FxHashMap<String, Vec<Alternative>> = FxHashMap::default();
        for (number, words) in runs.iter().enumerate() {
            names_in(words, |range, typed| {
                if known.contains_key(&typed) {
                    return Ok(true);
                }
                let others = runs.iter().enumerate().flat_map(|(other, words)| {
                    words.iter().enumerate().filter_map({
                        let range = range.clone();
                        move |(place, word)| {
                            (other != number || !range.contains(&place)).then_some(word)
                        }
                    })
                });
                let others: Vec<Plan> = others
                    .filter_map(|word| self.word(word, &concept.fields))
                    .collect();
                let beside = || {
                    let mut plans = beside();
                    if !others.is_empty() {
                        plans.push(Plan::Or(others.clone()));
                    }
                    plans
                };
                let words: Vec<&str> = words[range].iter().map(String::as_str).collect();
                let added = self.name(&words, &concept.fields, &beside)?;
                let found = !added.is_empty();
                if found {
                    known.insert(typed, added);
                }
                Ok::<bool, TantivyError>(found)
            })?;
        }
        if known.is_empty() {
            return Ok(concept.clone());
        }
        let by_records = known
            .values()
            .flatten()
            .all(|name| name.origin == Origin::Abbreviation);
        let lookup = self.lookup;
        let mut planner = Planner {
            fields: self.finder.index.fields(),
            analyzer: self.analyzer,
            knows: &|term, fields| lookup.knows(term, fields),
            filters: Some(Filters::new(self.finder, self.view, self.request)),
            stand_ins: StandIns {
                runs: Vec::new(),
                known,
            },
        };
        let sought = planner
            .sought(&node)
            .map_err(|error| TantivyError::InternalError(error.to_string()))?;
        let Some(sought) = sought else {
            return Ok(concept.clone());
        };
        let names: Vec<String> = self.notices[said..]
            .iter()
            .filter_map(|notice| match notice {
                Notice::Expanded { from, to, .. } => Some(format!("{from} = {to}")),
                _ => None,
            })
            .collect();
        Ok(Arc::new(concept.with_arrangement(Arranged {
            sought: Arc::new(sought),
            text: format!("{node} [{}]", names.join("; ")),
            origin: match by_records {
                true => Origin::Abbreviation,
                false => Origin::Synonym,
            },
            weight: WEIGHT,
            node: None,
            runs: Vec::new(),
        })))
    }

    /// A word as a plan, for judging by the company of others.
    fn word(&mut self, word: &str, fields: &[usize]) -> Option<Plan> {
        let tokens = self.analyzer.analyze(word);
        let path = longest_path(&tokens, |_| true);
        (!path.is_empty()).then(|| {
            let alternative = alternative_of(&path, Origin::Typed);
            let concept = Concept::new(word.to_owned(), vec![alternative], fields.to_vec());
            Plan::Concept(Arc::new(concept))
        })
    }
}
