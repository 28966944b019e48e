//! What is asked for twice, by an abbreviation and by what it is short for, counts once.

use std::io;
use std::sync::Arc;

use super::Expander;
use crate::analysis::content_key;
use crate::search::concept::Concept;
use crate::search::lower::Plan;
use crate::search::senses::{LEAST_TRIALS, Partner, Partners};

impl Expander<'_> {
    /// The plan with abbreviations that count nothing where what they are short for stands beside them: "polycystic ovary syndrome
    /// (PCOS)" is one thing and not two. They still make a trial match.
    pub(super) fn counted_once(&mut self, plan: &Plan) -> io::Result<Plan> {
        Ok(match plan {
            Plan::And(plans) => {
                let mut counted = Vec::with_capacity(plans.len());
                for plan in plans {
                    counted.push(match plan {
                        Plan::Concept(concept) if self.is_short_for_others(concept, plans)? => {
                            Plan::Concept(Arc::new(concept.counting_nothing()))
                        }
                        plan => self.counted_once(plan)?,
                    });
                }
                Plan::And(counted)
            }
            Plan::Or(plans) => {
                let parts = plans.iter().map(|plan| self.counted_once(plan));
                Plan::Or(parts.collect::<io::Result<_>>()?)
            }
            plan => plan.clone(),
        })
    }

    /// Whether a concept is an abbreviation whose long form, as the records define it, is words side by side among some parts
    /// that are asked for as it is.
    fn is_short_for_others(&mut self, concept: &Concept, parts: &[Plan]) -> io::Result<bool> {
        let typed = self.as_spelt(&concept.typed).to_owned();
        let key = content_key(self.analyzer, &typed);
        if concept.literal || key.contains(' ') {
            return Ok(false);
        }
        let mut senses = Partners::of(&self.learnt, &key)?.senses();
        senses.retain(|sense| sense.trials >= LEAST_TRIALS);
        if senses.is_empty() {
            return Ok(false);
        }
        let parts = parts.iter().map(|part| plain_term(part, concept));
        let words: Vec<Option<&str>> = parts.collect();
        let is_typed = |long: &Partner| {
            let long: Vec<Option<&str>> = long.key.split(' ').map(Some).collect();
            words.windows(long.len()).any(|typed| typed == long)
        };
        Ok(senses.iter().any(|sense| sense.forms.iter().any(is_typed)))
    }
}

/// The term of a part that is a plain word, in the fields and with the boost of another concept.
fn plain_term<'p>(part: &'p Plan, like: &Concept) -> Option<&'p str> {
    let Plan::Concept(concept) = part else {
        return None;
    };
    let is_alike = concept.fields == like.fields && concept.boost == like.boost;
    match concept.alternatives.first()?.terms.as_slice() {
        [single] if is_alike && !concept.literal => Some(&single.term),
        _ => None,
    }
}
