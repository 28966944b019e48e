//! Exclusion criteria of a hit that name what the patient has.
//!
//! A warning shows a criterion and what in it was said of the patient. It claims nothing: a criterion may speak of another
//! degree, another time, or make an exception, and only a person can tell.

use serde::Serialize;

use super::{NameUse, PatientQuery};
use crate::analysis::Analyzer;
use crate::narrative::Bearing;
use crate::passage::{self, Pattern};
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

/// What is looked for, as the story says it and as criteria have it.
pub(crate) type Findings = (Vec<String>, Pattern);

/// What of a patient exclusion criteria are looked through for: conditions and treatments that are said of them.
pub(crate) fn findings(patient: &PatientQuery, field: usize) -> Findings {
    let findings: Vec<_> = patient
        .concepts
        .iter()
        .filter(|found| {
            matches!(
                found.known_as,
                Some(NameUse::Condition | NameUse::Intervention)
            ) && found.bearing != Bearing::Possible
        })
        .collect();
    let concepts = findings.iter().map(|found| passage::Concept {
        alternatives: looked_for(&found.concept),
        arrangements: Vec::new(),
        fields: vec![field],
        weight: found.weight,
    });
    let pattern = Pattern::new(concepts.collect());
    (
        findings.iter().map(|found| found.text.clone()).collect(),
        pattern,
    )
}

/// The criteria of a trial that name what the patient has, in the trial's order.
pub(crate) fn warnings(
    study: &Study,
    field: usize,
    (findings, pattern): &Findings,
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
    let items = criteria.map(items).unwrap_or_default();
    for item in items
        .iter()
        .filter(|item| item.kind == ItemKind::Exclusion && !item.lead_in)
    {
        let highlights = passage::highlights(&item.text, field, pattern, analyzer);
        let Some(first) = highlights.first() else {
            continue;
        };
        touched.push(Touched {
            finding: findings.get(first.concept).cloned().unwrap_or_default(),
            criterion: Marked {
                text: item.text.clone(),
                highlights,
            },
        });
        if touched.len() == MOST_WARNINGS {
            break;
        }
    }
    touched
}
