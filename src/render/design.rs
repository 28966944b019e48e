//! The parts of a trial that say how it is made: design, arms and interventions, outcome measures.

use crate::render::document::{Document, Tone, piece};
use crate::render::numbers::stated;
use crate::render::prose::prose;
use crate::render::status::label;
use crate::render::trial::value;
use crate::trial::vocabulary::Vocabulary;
use crate::trial::{ArmsInterventionsModule, DesignModule, Outcome, OutcomesModule};

/// Columns before what belongs to an arm, an intervention, a measure.
const INSIDE: usize = 4;

/// Writes study type, design and size.
pub(crate) fn design(document: &mut Document, design: &DesignModule, vocabulary: &Vocabulary) {
    document.field(
        "Study type",
        value(vocabulary, "study_type", design.study_type.as_ref()).unwrap_or_default(),
    );
    let info = &design.design_info;
    let masking = &info.masking_info;
    let mut parts = Vec::new();
    let mut add = |name: &str, element: &str, of: &Option<String>| {
        if let Some(of) = of {
            parts.push(format!("{name}: {}", label(vocabulary, element, of)));
        }
    };
    add("allocation", "allocation", &info.allocation);
    add("model", "intervention_model", &info.intervention_model);
    add("model", "observational_model", &info.observational_model);
    add("time", "time_perspective", &info.time_perspective);
    add("purpose", "primary_purpose", &info.primary_purpose);
    add("masking", "masking", &masking.masking);
    if !masking.who_masked.is_empty() {
        let who: Vec<String> = masking
            .who_masked
            .iter()
            .map(|who| label(vocabulary, "who_masked", who).to_lowercase())
            .collect();
        parts.push(format!("masked: {}", who.join(", ")));
    }
    if let Some(duration) = &design.target_duration {
        parts.push(format!("follow-up: {duration}"));
    }
    document.field("Design", parts.join("; "));
    for text in [
        &info.intervention_model_description,
        &masking.masking_description,
    ]
    .into_iter()
    .flatten()
    {
        document.field("", text);
    }
    if let Some(participants) = design.enrollment_info.count {
        let participants = stated(participants);
        let kind = value(
            vocabulary,
            "date_type",
            design.enrollment_info.kind.as_ref(),
        );
        document.field(
            "Participants",
            format!(
                "{participants} ({})",
                kind.unwrap_or_else(|| "actual or estimated is not stated".to_owned())
            ),
        );
    }
}

/// Writes the arms with what is given in them, then the interventions.
pub(crate) fn arms(
    document: &mut Document,
    module: &ArmsInterventionsModule,
    vocabulary: &Vocabulary,
) {
    if !module.arm_groups.is_empty() {
        document.heading("Arms");
    }
    for arm in &module.arm_groups {
        let name = arm.label.as_deref().unwrap_or("(no name)");
        let kind = value(vocabulary, "arm_type", arm.kind.as_ref());
        let kind = kind.map_or_else(String::new, |kind| format!(" ({kind})"));
        document.line(
            2,
            INSIDE,
            &[piece(Tone::Strong, name), piece(Tone::Plain, kind)],
        );
        if !arm.intervention_names.is_empty() {
            document.say(INSIDE, Tone::Plain, arm.intervention_names.join("; "));
        }
        prose(
            document,
            INSIDE,
            arm.description.as_deref().unwrap_or_default(),
        );
    }
    if !module.interventions.is_empty() {
        document.heading("Interventions");
    }
    for intervention in &module.interventions {
        let name = intervention.name.as_deref().unwrap_or("(no name)");
        let kind = value(vocabulary, "intervention_type", intervention.kind.as_ref());
        let kind = kind.map_or_else(String::new, |kind| format!("{kind}: "));
        document.line(
            2,
            INSIDE,
            &[piece(Tone::Plain, kind), piece(Tone::Strong, name)],
        );
        if !intervention.other_names.is_empty() {
            let names = intervention.other_names.join("; ");
            document.say(INSIDE, Tone::Plain, format!("Also: {names}"));
        }
        if !intervention.arm_group_labels.is_empty() {
            let arms = intervention.arm_group_labels.join("; ");
            document.say(INSIDE, Tone::Faint, format!("In: {arms}"));
        }
        prose(
            document,
            INSIDE,
            intervention.description.as_deref().unwrap_or_default(),
        );
    }
}

/// Writes the outcome measures by level.
pub(crate) fn outcomes(document: &mut Document, module: &OutcomesModule) {
    let levels = [
        ("Primary outcome measures", &module.primary_outcomes),
        ("Secondary outcome measures", &module.secondary_outcomes),
        ("Other outcome measures", &module.other_outcomes),
        (
            "Outcome measures (the saved page does not say which are primary)",
            &module.outcomes_of_unknown_level,
        ),
    ];
    for (heading, outcomes) in levels {
        if outcomes.is_empty() {
            continue;
        }
        document.heading(heading);
        for (number, outcome) in outcomes.iter().enumerate() {
            measure(document, number + 1, outcome);
        }
    }
}

fn measure(document: &mut Document, number: usize, outcome: &Outcome) {
    let frame = outcome
        .time_frame
        .as_deref()
        .map(|frame| format!(" [{frame}]"));
    document.line(
        0,
        INSIDE,
        &[
            piece(Tone::Plain, format!("{number:>2}. ")),
            piece(
                Tone::Strong,
                outcome.measure.as_deref().unwrap_or("(no name)"),
            ),
            piece(Tone::Faint, frame.unwrap_or_default()),
        ],
    );
    prose(
        document,
        INSIDE,
        outcome.description.as_deref().unwrap_or_default(),
    );
}
