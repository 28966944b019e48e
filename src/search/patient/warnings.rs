//! Exclusion criteria of a hit that name what the patient has.
//!
//! A warning shows a criterion and what in it was said of the patient. It claims nothing: a criterion may speak of another
//! degree, another time, or make an exception, and only a person can tell.

use serde::Serialize;

use super::concepts::use_of;
use super::{NameUse, PatientConcept, PatientQuery};
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

/// Parts of the body by their terms: as a keyword alone they name what is looked at and no disease of it.
const PARTS: [&str; 36] = [
    "abdomen",
    "abdomin",
    "arteri",
    "bladder",
    "blood",
    "bone",
    "bowel",
    "brain",
    "breast",
    "cerebr",
    "cervic",
    "chest",
    "colon",
    "ear",
    "esophagus",
    "eye",
    "foot",
    "gastric",
    "hand",
    "head",
    "heart",
    "hip",
    "joint",
    "kidney",
    "knee",
    "liver",
    "lung",
    "neck",
    "prostat",
    "shoulder",
    "skin",
    "spine",
    "stomach",
    "thyroid",
    "urinari",
    "ventricular",
];

/// Part of a name's uses that are as a condition from which on it is taken for one, whatever it is used as most. In the real
/// records pain, diabetes, COPD and cirrhosis are above; quality of life, surgery, exercise, child and adult below .25.
const CONDITION: f64 = 0.35;

/// How many times as many trials must have a keyword among their exclusion criteria as in the field that has it most elsewhere:
/// what patients have is excluded more often than it is studied (DVT 4.6, TB 3.1, retinopathy 2.1), what is done or measured
/// less often (vision .8, gestation .6, adult .2).
const EXCLUDED: f64 = 1.5;

/// The same for a keyword that some trials use as a condition or a treatment: HIV 2.6, smoker 2.3, chemotherapy 1.2; MRI 1.0,
/// exercise .5.
const NAMED_AND_EXCLUDED: f64 = 1.15;

/// In how many trials a term stands in a field.
pub(crate) type Frequency<'f> = &'f dyn Fn(usize, &str) -> u64;

/// Whether a name is what a criterion may exclude: a condition or a treatment, or a keyword that is no ordinary word.
fn may_be_excluded(found: &PatientConcept, field: usize, frequency: Frequency<'_>) -> bool {
    if matches!(
        found.known_as,
        Some(NameUse::Condition | NameUse::Intervention)
    ) {
        return true;
    }
    let (mut all, mut condition, mut treatment) = (0, 0, 0);
    for used in &found.uses {
        all += used.trials;
        match use_of(used.kind) {
            Some(NameUse::Condition) => condition += used.trials,
            Some(NameUse::Intervention) => treatment += used.trials,
            Some(NameUse::Keyword) | None => {}
        }
    }
    let Some(typed) = found.concept.alternatives.first().filter(|_| all > 0) else {
        return false;
    };
    if condition as f64 >= CONDITION * all as f64 {
        return true;
    }
    if matches!(typed.terms.as_slice(), [placed] if PARTS.contains(&placed.term.as_str())) {
        return false;
    }
    let trials = |field: usize| {
        let terms = typed.terms.iter();
        terms.map(|placed| frequency(field, &placed.term)).min()
    };
    let elsewhere = found
        .concept
        .fields
        .iter()
        .filter_map(|field| trials(*field))
        .max();
    let least = match condition + treatment {
        0 => EXCLUDED,
        _ => NAMED_AND_EXCLUDED,
    };
    trials(field).unwrap_or_default() as f64 >= least * elsewhere.unwrap_or_default() as f64
}

/// What a story says of the patient that criteria may exclude. A criterion words a name in its own order ("diabetes
/// mellitus type 1 or 2"), so the words that tell it are looked for, each by itself.
pub(crate) fn findings(patient: &PatientQuery, field: usize, frequency: Frequency<'_>) -> Findings {
    let mut words: Vec<&str> = Vec::new();
    let mut findings = Vec::new();
    for found in &patient.concepts {
        if found.bearing == Bearing::Possible || !may_be_excluded(found, field, frequency) {
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
