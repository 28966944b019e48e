//! Trials side by side: what decides between them, a row each.

use jiff::civil::Date;

use crate::index::StoredTrial;
use crate::render::eligibility::ages;
use crate::render::html::criteria::criteria_lists;
use crate::render::html::escape::Html;
use crate::render::html::piece::Line;
use crate::render::numbers::stated;
use crate::render::status::{date_in_words, dated, phase_in_words, status_piece};
use crate::render::trial::value;
use crate::search::HitStatus;
use crate::trial::vocabulary::Vocabulary;

/// A row of a comparison: its name, and for each trial what is said, in lines.
#[derive(Clone, Debug)]
pub struct ComparedRow {
    /// What is compared.
    pub label: &'static str,
    /// For each trial, in their order.
    pub cells: Vec<Vec<Line>>,
    /// Whether the trials differ in it.
    pub differs: bool,
}

/// The rows of a comparison; one in which no trial says anything is left out.
pub fn comparison(
    trials: &[StoredTrial],
    vocabulary: &Vocabulary,
    today: Date,
) -> Vec<ComparedRow> {
    let of_trials: Vec<Vec<(&'static str, Vec<Line>)>> = trials
        .iter()
        .map(|trial| cells(trial, vocabulary, today))
        .collect();
    let Some(first) = of_trials.first() else {
        return Vec::new();
    };
    let rows = (0..first.len()).map(|place| {
        let cells: Vec<Vec<Line>> = of_trials
            .iter()
            .map(|trial| trial[place].1.clone())
            .collect();
        let said = |cell: &Vec<Line>| -> Vec<String> {
            cell.iter().map(|line| line.text.to_string()).collect()
        };
        ComparedRow {
            label: first[place].0,
            differs: cells.iter().any(|cell| said(cell) != said(&cells[0])),
            cells,
        }
    });
    rows.filter(|row| row.cells.iter().any(|cell| !cell.is_empty()))
        .collect()
}

/// What a trial says for each row; every trial has the same rows.
fn cells(
    trial: &StoredTrial,
    vocabulary: &Vocabulary,
    today: Date,
) -> Vec<(&'static str, Vec<Line>)> {
    let study = &trial.study;
    let protocol = &study.protocol_section;
    let status = HitStatus::of(study, today);
    let design = &protocol.design_module;
    let eligibility = &protocol.eligibility_module;
    let said = |text: String| -> Vec<Line> {
        match text.trim().is_empty() {
            true => Vec::new(),
            false => vec![Line::paragraph(Html::text(text.trim()))],
        }
    };
    let list = |texts: Vec<String>| -> Vec<Line> {
        texts
            .iter()
            .map(|text| Line::bullet(Html::text(text)))
            .collect()
    };
    let dates = &protocol.status_module;
    let interventions = protocol.arms_interventions_module.interventions.iter();
    let outcomes = protocol.outcomes_module.primary_outcomes.iter();
    let mut countries: Vec<String> = Vec::new();
    for site in &protocol.contacts_locations_module.locations {
        if let Some(country) = &site.country
            && !countries.contains(country)
        {
            countries.push(country.clone());
        }
    }
    let enrollment = design.enrollment_info.count.map(|participants| {
        let participants = stated(participants);
        match value(
            vocabulary,
            "date_type",
            design.enrollment_info.kind.as_ref(),
        ) {
            Some(kind) => format!("{participants} ({})", kind.to_lowercase()),
            None => participants,
        }
    });
    let mut lists = match &eligibility.eligibility_criteria {
        Some(criteria) => criteria_lists(criteria, None),
        None => Vec::new(),
    };
    let mut criteria = |start: &str| -> Vec<Line> {
        let place = lists.iter().position(|(name, _)| name.starts_with(start));
        place.map_or_else(Vec::new, |place| lists.swap_remove(place).1)
    };
    let sponsor = &protocol.sponsor_collaborators_module.lead_sponsor.name;
    vec![
        ("Status", said(status_piece(&status, vocabulary).text)),
        (
            "Why stopped",
            said(status.why_stopped.clone().unwrap_or_default()),
        ),
        (
            "Phase",
            said(phase_in_words(
                &design.phases,
                design.study_type.as_deref(),
                vocabulary,
            )),
        ),
        (
            "Study type",
            said(value(vocabulary, "study_type", design.study_type.as_ref()).unwrap_or_default()),
        ),
        ("Participants", said(enrollment.unwrap_or_default())),
        ("Ages", said(ages(eligibility))),
        (
            "Sex",
            said(value(vocabulary, "sex", eligibility.sex.as_ref()).unwrap_or_default()),
        ),
        (
            "Healthy volunteers",
            said(match eligibility.healthy_volunteers {
                Some(true) => "yes".to_owned(),
                Some(false) => "no".to_owned(),
                None => String::new(),
            }),
        ),
        (
            "Conditions",
            list(protocol.conditions_module.conditions.clone()),
        ),
        (
            "Interventions",
            list(
                interventions
                    .filter_map(|intervention| intervention.name.clone())
                    .collect(),
            ),
        ),
        (
            "Primary outcomes",
            list(
                outcomes
                    .filter_map(|outcome| outcome.measure.clone())
                    .collect(),
            ),
        ),
        ("Inclusion criteria", criteria("Inclusion")),
        ("Exclusion criteria", criteria("Exclusion")),
        ("Criteria of either side", criteria("Criteria")),
        ("Sponsor", said(sponsor.clone().unwrap_or_default())),
        ("Countries", said(countries.join(", "))),
        (
            "Start",
            said(dated(&dates.start_date_struct, vocabulary).unwrap_or_default()),
        ),
        (
            "Completion",
            said(dated(&dates.completion_date_struct, vocabulary).unwrap_or_default()),
        ),
        (
            "Updated",
            said(
                status
                    .updated
                    .as_deref()
                    .map(date_in_words)
                    .unwrap_or_default(),
            ),
        ),
    ]
}
