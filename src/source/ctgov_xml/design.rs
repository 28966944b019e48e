//! Study type, phase, design, size, arms, interventions and outcome measures.
//!
//! It must not read who may take part or what came out.

use super::UNKNOWN_ELEMENT;
use super::tree::Element;
use crate::source::reading::Reading;
use crate::trial::{
    ArmGroup, DesignInfo, DesignModule, EnrollmentInfo, Intervention, MaskingInfo, Outcome, Study,
};

/// Takes the element if it belongs to these modules.
pub(super) fn take(element: Element, study: &mut Study, reading: &mut Reading) -> bool {
    let protocol = &mut study.protocol_section;
    let design = &mut protocol.design_module;
    let outcomes = &mut protocol.outcomes_module;
    let arms = &mut protocol.arms_interventions_module;
    match element.name() {
        "study_type" => study_type(element, design, reading),
        "phase" => design.phases = reading.values("phase", element.raw()),
        "target_duration" => design.target_duration = element.line(),
        "study_design_info" => {
            for child in element.children() {
                design_piece(child.name(), child, &mut design.design_info, reading);
            }
        }
        "study_design" => old_design(element, &mut design.design_info, reading),
        "expanded_access_info" => expanded_access(element, design, reading),
        "enrollment" => design.enrollment_info = enrollment(element, reading),
        "biospec_retention" => {
            design.bio_spec.retention = reading.value("bio_spec_retention", element.raw());
        }
        "biospec_descr" => design.bio_spec.description = element.block(),
        "primary_outcome" => outcomes.primary_outcomes.push(outcome(element, reading)),
        "secondary_outcome" => outcomes.secondary_outcomes.push(outcome(element, reading)),
        "other_outcome" => outcomes.other_outcomes.push(outcome(element, reading)),
        "arm_group" => arms.arm_groups.push(arm_group(element, reading)),
        "intervention" => arms.interventions.push(intervention(element, reading)),
        _ => return false,
    }
    true
}

/// What follows from the elements together: only interventional studies have a phase that does not apply, and each arm
/// names its interventions.
pub(super) fn complete(study: &mut Study) {
    let protocol = &mut study.protocol_section;
    let design = &mut protocol.design_module;
    if design.study_type.as_deref() != Some("INTERVENTIONAL") {
        design.phases.retain(|phase| phase != "NA");
    }
    let module = &mut protocol.arms_interventions_module;
    for intervention in &module.interventions {
        let (Some(kind), Some(name)) = (&intervention.kind, &intervention.name) else {
            continue;
        };
        let name = format!("{}: {name}", in_title_case(kind));
        for arm in &mut module.arm_groups {
            if arm.label.is_some()
                && intervention
                    .arm_group_labels
                    .iter()
                    .any(|label| Some(label) == arm.label.as_ref())
            {
                arm.intervention_names.push(name.clone());
            }
        }
    }
}

/// `DIETARY_SUPPLEMENT` as `Dietary Supplement`, the way that names of interventions of arms begin.
fn in_title_case(kind: &str) -> String {
    let mut out = String::with_capacity(kind.len());
    let mut first = true;
    for character in kind.chars() {
        if character == '_' {
            out.push(' ');
        } else if first {
            out.extend(character.to_uppercase());
        } else {
            out.extend(character.to_lowercase());
        }
        first = !character.is_alphanumeric();
    }
    out
}

fn study_type(element: Element, design: &mut DesignModule, reading: &mut Reading) {
    let text = element.raw().trim();
    // Withheld records say `N/A`.
    if !text.eq_ignore_ascii_case("n/a") {
        design.study_type = reading.value("study_type", text);
    }
    if text.to_lowercase().contains("patient registry") {
        design.patient_registry = Some(true);
    }
}

/// `Allocation: Randomized, Masking: Double Blind (Subject, Investigator)`, the design in one line of the years to 2016.
fn old_design(element: Element, info: &mut DesignInfo, reading: &mut Reading) {
    let Some(line) = element
        .line()
        .filter(|line| !line.eq_ignore_ascii_case("n/a"))
    else {
        return;
    };
    for piece in pieces(&line) {
        let (key, value) = piece.split_once(':').unwrap_or((piece, ""));
        let name = match key.trim() {
            "Allocation" => "allocation",
            "Intervention Model" => "intervention_model",
            "Primary Purpose" => "primary_purpose",
            "Observational Model" => "observational_model",
            "Time Perspective" => "time_perspective",
            "Masking" => "masking",
            // Safety, efficacy or both: the API has no place for it.
            "Endpoint Classification" => continue,
            _ => {
                reading.note("study_design", piece);
                continue;
            }
        };
        design_value(name, value, info, reading);
    }
}

/// The parts of a design line: from key to key, since a value may hold commas (`Case Control, Natural History`).
fn pieces(line: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut from = 0;
    let mut depth = 0_usize;
    for (at, character) in line.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                let next = &line[at + 1..];
                if next
                    .split([',', '('])
                    .next()
                    .is_some_and(|key| key.contains(':'))
                {
                    pieces.push(line[from..at].trim());
                    from = at + 1;
                }
            }
            _ => {}
        }
    }
    pieces.push(line[from..].trim());
    pieces
}

fn design_piece(name: &str, element: Element, info: &mut DesignInfo, reading: &mut Reading) {
    match name {
        "intervention_model_description" => {
            info.intervention_model_description = element.lines();
        }
        "masking_description" => info.masking_info.masking_description = element.lines(),
        name => {
            if !design_value(name, element.raw(), info, reading) {
                reading.note(UNKNOWN_ELEMENT, name);
            }
        }
    }
}

fn design_value(name: &str, text: &str, info: &mut DesignInfo, reading: &mut Reading) -> bool {
    match name {
        "allocation" => info.allocation = reading.value("allocation", text),
        "intervention_model" => {
            info.intervention_model = reading.value("intervention_model", text);
        }
        "primary_purpose" => info.primary_purpose = reading.value("primary_purpose", text),
        "observational_model" => {
            info.observational_model = reading.value("observational_model", text);
        }
        "time_perspective" => info.time_perspective = reading.value("time_perspective", text),
        "masking" => masking(text, &mut info.masking_info, reading),
        _ => return false,
    }
    true
}

/// `Double (Participant, Investigator)`: the level and, in parentheses, who is masked; some records name the people only.
fn masking(text: &str, info: &mut MaskingInfo, reading: &mut Reading) {
    let text = text.trim();
    if reading.knows("masking", text) {
        info.masking = reading.value("masking", text);
        return;
    }
    let (level, who) = match text.split_once('(') {
        Some((level, who)) => (level, who.trim_end().trim_end_matches(')')),
        None if text.split(',').all(|who| reading.knows("who_masked", who)) => ("", text),
        None => (text, ""),
    };
    info.masking = reading.value("masking", level);
    info.who_masked = who
        .split(',')
        .filter_map(|who| reading.value("who_masked", who))
        .collect();
}

fn expanded_access(element: Element, design: &mut DesignModule, reading: &mut Reading) {
    let types = &mut design.expanded_access_types;
    for child in element.children() {
        let text = child.raw();
        match child.name() {
            "expanded_access_type_individual" => types.individual = reading.yes_no(text),
            "expanded_access_type_intermediate" => types.intermediate = reading.yes_no(text),
            "expanded_access_type_treatment" => types.treatment = reading.yes_no(text),
            name => reading.note(UNKNOWN_ELEMENT, name),
        }
    }
}

fn enrollment(element: Element, reading: &mut Reading) -> EnrollmentInfo {
    let text = element.raw().trim();
    let count = text.parse().ok();
    if count.is_none() && !text.is_empty() {
        reading.note("enrollment", text);
    }
    reading.check_enrollment(count);
    let kind = element.attribute("type");
    EnrollmentInfo {
        count,
        kind: kind.and_then(|kind| reading.value("date_type", &kind)),
    }
}

fn outcome(element: Element, reading: &mut Reading) -> Outcome {
    let mut outcome = Outcome::default();
    for child in element.children() {
        match child.name() {
            "measure" => outcome.measure = child.line(),
            "time_frame" => outcome.time_frame = child.line(),
            "description" => outcome.description = child.lines(),
            // Dropped by the registry itself in 2017.
            "safety_issue" => {}
            name => reading.note(UNKNOWN_ELEMENT, name),
        }
    }
    outcome
}

fn arm_group(element: Element, reading: &mut Reading) -> ArmGroup {
    let mut arm = ArmGroup::default();
    for child in element.children() {
        match child.name() {
            "arm_group_label" => arm.label = child.line(),
            "arm_group_type" => arm.kind = reading.value("arm_type", child.raw()),
            "description" => arm.description = child.lines(),
            name => reading.note(UNKNOWN_ELEMENT, name),
        }
    }
    arm
}

fn intervention(element: Element, reading: &mut Reading) -> Intervention {
    let mut intervention = Intervention::default();
    for child in element.children() {
        match child.name() {
            "intervention_type" => {
                intervention.kind = reading.value("intervention_type", child.raw());
            }
            "intervention_name" => intervention.name = child.line(),
            "description" => intervention.description = child.lines(),
            "arm_group_label" => intervention.arm_group_labels.extend(child.line()),
            "other_name" => intervention.other_names.extend(child.line()),
            name => reading.note(UNKNOWN_ELEMENT, name),
        }
    }
    intervention
}
