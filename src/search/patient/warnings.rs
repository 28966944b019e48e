//! Exclusion criteria of a hit that name what the patient has.
//!
//! A warning shows a criterion and what in it was said of the patient. It claims nothing: a criterion may speak of another
//! degree, another time, or make an exception, and only a person can tell.

use serde::Serialize;

use super::{NameUse, PatientQuery};
use crate::analysis::{Analyzer, is_stop_word};
use crate::narrative::{Bearing, is_boilerplate};
use crate::passage::{self, Pattern};
use crate::search::concept::{Alternative, Concept, Origin};
use crate::search::hits::Marked;
use crate::search::present::looked_for;
use crate::trial::Study;
use crate::trial::eligibility::{ItemKind, items};

/// Warnings of one hit; more would hide the rest of it.
const MOST_WARNINGS: usize = 3;

/// An exclusion criterion that names what the patient has.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Touched {
    /// What the story says.
    pub finding: String,
    /// The criterion, with the place marked.
    pub criterion: Marked,
}

/// What exclusion criteria are looked through for.
pub(crate) struct Findings {
    /// Each finding as the story says it, with the places of its words in the pattern.
    findings: Vec<(String, Vec<usize>)>,
    pattern: Pattern,
}

/// Words of names that alone tell no disease from another.
const GENERIC: [&str; 8] = [
    "diseas", "disord", "syndrom", "chronic", "acut", "mellitus", "essenti", "primari",
];

/// The conditions and treatments that a story says of the patient. A criterion words a name in its own order ("diabetes
/// mellitus type 1 or 2"), so the words that tell it are looked for, each by itself.
pub(crate) fn findings(patient: &PatientQuery, field: usize) -> Findings {
    let mut words: Vec<&str> = Vec::new();
    let mut findings = Vec::new();
    for found in &patient.concepts {
        let named = matches!(
            found.known_as,
            Some(NameUse::Condition | NameUse::Intervention)
        );
        if !named || found.bearing == Bearing::Possible {
            continue;
        }
        let typed = found.concept.alternatives.first();
        let terms = typed.iter().flat_map(|typed| &typed.terms);
        let telling = terms.map(|placed| placed.term.as_str()).filter(|term| {
            let number = term.chars().all(|c| c.is_ascii_digit());
            !(number || is_stop_word(term) || is_boilerplate(term) || GENERIC.contains(term))
        });
        let mut places: Vec<usize> = telling
            .map(|term| {
                words
                    .iter()
                    .position(|word| *word == term)
                    .unwrap_or_else(|| {
                        words.push(term);
                        words.len() - 1
                    })
            })
            .collect();
        places.sort_unstable();
        places.dedup();
        if !places.is_empty() {
            findings.push((found.text.clone(), places));
        }
    }
    let concepts = words.iter().map(|word| passage::Concept {
        alternatives: looked_for(&Concept::new(
            String::new(),
            vec![Alternative::word(*word, Origin::Typed)],
            vec![field],
        )),
        arrangements: Vec::new(),
        fields: vec![field],
        weight: 1.0,
    });
    Findings {
        pattern: Pattern::new(concepts.collect()),
        findings,
    }
}

/// The criteria of a trial that name what the patient has, in the trial's order.
pub(crate) fn warnings(
    study: &Study,
    field: usize,
    Findings { findings, pattern }: &Findings,
    analyzer: &mut Analyzer,
) -> Vec<Touched> {
    let mut touched: Vec<Touched> = Vec::new();
    if findings.is_empty() {
        return touched;
    }
    let criteria = study
        .protocol_section
        .eligibility_module
        .eligibility_criteria
        .as_deref();
    for item in criteria.map(items).unwrap_or_default() {
        if item.kind != ItemKind::Exclusion || item.lead_in {
            continue;
        }
        let mut highlights = passage::highlights(&item.text, field, pattern, analyzer);
        let has = |place: &usize| {
            highlights
                .iter()
                .any(|highlight| highlight.concept == *place)
        };
        let here: Vec<&(String, Vec<usize>)> = findings
            .iter()
            .filter(|(_, places)| places.iter().all(has))
            .collect();
        let Some((finding, _)) = here.first() else {
            continue;
        };
        let finding = finding.clone();
        let places: Vec<usize> = here
            .iter()
            .flat_map(|(_, places)| places)
            .copied()
            .collect();
        highlights.retain(|highlight| places.contains(&highlight.concept));
        touched.push(Touched {
            finding,
            criterion: Marked {
                text: item.text,
                highlights,
            },
        });
        if touched.len() == MOST_WARNINGS {
            break;
        }
    }
    touched
}
