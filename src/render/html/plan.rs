//! What is done in a trial: design, arms, interventions, outcome measures.

use crate::render::html::escape::Html;
use crate::render::html::piece::{Block, Entry, Fields, Line, Section, section};
use crate::render::html::prose::{mark, prose};
use crate::render::html::record::RecordView;
use crate::render::numbers::stated;
use crate::render::status::{label, phase_in_words};
use crate::render::trial::value;
use crate::schema::Element;
use crate::trial::{ArmsInterventionsModule, DesignModule, Outcome, OutcomesModule};

/// Study type, phase, design and size.
pub(super) fn design(fields: &mut Fields, design: &DesignModule, view: &RecordView<'_>) {
    let vocabulary = view.vocabulary;
    let named = |element: &str, of: &Option<String>| value(vocabulary, element, of.as_ref());
    let info = &design.design_info;
    let study_type = design.study_type.as_deref();
    fields.add_if("Study type", named("study_type", &design.study_type));
    if !design.phases.is_empty() || study_type.is_none_or(|kind| kind == "INTERVENTIONAL") {
        let phase = phase_in_words(&design.phases, study_type, vocabulary);
        fields.add("Phase", phase.trim_start_matches("phase "));
    }
    fields.add_if("Allocation", named("allocation", &info.allocation));
    fields.add_if(
        "Model",
        named("intervention_model", &info.intervention_model),
    );
    fields.add_if(
        "Model",
        named("observational_model", &info.observational_model),
    );
    fields.add_if(
        "Model in words",
        info.intervention_model_description.as_deref(),
    );
    fields.add_if("Time", named("time_perspective", &info.time_perspective));
    fields.add_if("Purpose", named("primary_purpose", &info.primary_purpose));
    let masking = &info.masking_info;
    fields.add_if("Masking", named("masking", &masking.masking));
    let who = masking.who_masked.iter();
    let who: Vec<String> = who
        .map(|who| label(vocabulary, "who_masked", who).to_lowercase())
        .collect();
    fields.add("Masked", who.join(", "));
    fields.add_if("Masking in words", masking.masking_description.as_deref());
    fields.add_if("Follow-up", design.target_duration.as_deref());
    if let Some(participants) = design.enrollment_info.count {
        let participants = stated(participants);
        let kind = named("date_type", &design.enrollment_info.kind);
        let kind = kind.unwrap_or_else(|| "actual or estimated is not stated".to_owned());
        fields.add("Participants", format!("{participants} ({kind})"));
    }
    fields.add_if("Samples kept", design.bio_spec.retention.as_deref());
    fields.add_if("Samples", design.bio_spec.description.as_deref());
}

/// The arms with what is given in them, and the interventions.
pub(super) fn arms(
    sections: &mut Vec<Section>,
    module: &ArmsInterventionsModule,
    view: &RecordView<'_>,
) {
    let words = view.marker;
    let arms = module.arm_groups.iter().map(|arm| Entry {
        title: named(words, arm.label.as_deref(), Element::ArmGroupLabel),
        kind: value(view.vocabulary, "arm_type", arm.kind.as_ref()).unwrap_or_default(),
        notes: joined("Gets", &arm.intervention_names),
        lines: lines(
            words,
            arm.description.as_deref(),
            Element::ArmGroupDescription,
        ),
    });
    let arms = Block::Entries("Arms".to_owned(), arms.collect());
    let interventions = module.interventions.iter().map(|intervention| {
        let names = intervention.other_names.iter();
        let names = names.map(|name| mark(words, name, Element::InterventionOtherName));
        let names: Vec<Html> = names.collect();
        let mut notes = Vec::new();
        if !names.is_empty() {
            notes.push(Html::joined(
                &[Html::text("Also: "), Html::joined(&names, "; ")],
                "",
            ));
        }
        notes.extend(joined("In", &intervention.arm_group_labels));
        Entry {
            title: named(
                words,
                intervention.name.as_deref(),
                Element::InterventionName,
            ),
            kind: value(
                view.vocabulary,
                "intervention_type",
                intervention.kind.as_ref(),
            )
            .unwrap_or_default(),
            notes,
            lines: lines(
                words,
                intervention.description.as_deref(),
                Element::InterventionDescription,
            ),
        }
    });
    let interventions = Block::Entries("Interventions".to_owned(), interventions.collect());
    section(
        sections,
        "arms",
        "Arms and interventions",
        vec![arms, interventions],
    );
}

/// The outcome measures by level.
pub(super) fn outcomes(
    sections: &mut Vec<Section>,
    module: &OutcomesModule,
    view: &RecordView<'_>,
) {
    let levels = [
        ("Primary", &module.primary_outcomes),
        ("Secondary", &module.secondary_outcomes),
        ("Other", &module.other_outcomes),
        (
            "Of unknown level (the saved page does not say which are primary)",
            &module.outcomes_of_unknown_level,
        ),
    ];
    let blocks = levels.map(|(heading, outcomes)| {
        let entries = outcomes.iter().map(|outcome| measure(outcome, view));
        Block::Entries(heading.to_owned(), entries.collect())
    });
    section(sections, "outcomes", "Outcome measures", blocks.into());
}

fn measure(outcome: &Outcome, view: &RecordView<'_>) -> Entry {
    let frame = outcome.time_frame.as_deref();
    Entry {
        title: named(
            view.marker,
            outcome.measure.as_deref(),
            Element::OutcomeMeasure,
        ),
        kind: String::new(),
        notes: frame.map(Html::text).into_iter().collect(),
        lines: lines(
            view.marker,
            outcome.description.as_deref(),
            Element::OutcomeDescription,
        ),
    }
}

type Words<'w> = Option<&'w crate::search::Marker<'w>>;

fn named(words: Words<'_>, name: Option<&str>, element: Element) -> Html {
    match name {
        Some(name) => mark(words, name, element),
        None => Html::text("(no name)"),
    }
}

fn lines(words: Words<'_>, text: Option<&str>, element: Element) -> Vec<Line> {
    text.map(|text| prose(words, text, element))
        .unwrap_or_default()
}

fn joined(label: &str, names: &[String]) -> Vec<Html> {
    match names {
        [] => Vec::new(),
        names => vec![Html::text(&format!("{label}: {}", names.join("; ")))],
    }
}
