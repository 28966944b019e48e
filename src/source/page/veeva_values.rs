//! Values of the ClinicalTrials.Veeva layout that are more than a word: enrollment, ages, arms.
//!
//! Must not take a sentence of a description for the label of an arm.

use super::shared::{api_name, file_intervention, typed_name};
use super::text::markdown;
use crate::source::reading::Reading;
use crate::trial::{Age, ArmGroup, Study};

/// `12 estimated patients`, `1,204 patients`.
pub(super) fn enrollment(text: &str, reading: &mut Reading, study: &mut Study) {
    let info = &mut study.protocol_section.design_module.enrollment_info;
    let mut words = text.split_whitespace();
    let count = words.next().unwrap_or_default().replace(',', "");
    info.count = count.parse().ok();
    info.kind = words
        .find(|word| reading.knows("date_type", word))
        .and_then(|word| reading.value("date_type", word));
    if info.count.is_none() && !text.is_empty() {
        reading.note("enrollment", text);
    }
}

/// `20+ years old`, `18 to 60 years old`, `6 months to 5 years old`, `Under 18 years old`, `All`.
pub(super) fn ages(text: &str, reading: &mut Reading, study: &mut Study) {
    let module = &mut study.protocol_section.eligibility_module;
    let lower = text.trim().to_lowercase();
    let plain = lower
        .trim_end_matches(" old")
        .trim_end_matches(" of age")
        .trim();
    let bound = |number: &str, unit: &str| {
        let stated = format!(
            "{} {}",
            number.trim(),
            if unit.is_empty() {
                "years"
            } else {
                unit.trim()
            }
        );
        Age::parse(number)
            .or_else(|| Age::parse(&stated))
            .map(|age| age.to_string())
    };
    if ["", "all", "all ages", "any age"].contains(&plain) {
        return;
    }
    if let Some((number, unit)) = plain.split_once('+') {
        module.minimum_age = bound(number, unit);
    } else if let Some((low, high)) = plain.split_once(" to ").or_else(|| plain.split_once('-')) {
        let unit = high.trim().trim_start_matches(|c: char| c.is_ascii_digit());
        module.minimum_age = bound(low, unit);
        module.maximum_age = bound(high, "");
    } else if let Some(high) = ["under ", "up to ", "<"]
        .iter()
        .find_map(|word| plain.strip_prefix(word))
    {
        module.maximum_age = bound(high, "");
    } else {
        module.minimum_age = bound(plain, "");
        module.maximum_age.clone_from(&module.minimum_age);
    }
    if module.minimum_age.is_none() && module.maximum_age.is_none() {
        reading.note("age", text);
    }
}

/// Label, type, "Description:", "Treatment:"; any but the label may be missing.
pub(super) fn arms(words: &[&str], reading: &mut Reading, study: &mut Study) {
    let module = &mut study.protocol_section.arms_interventions_module;
    let is_mark = |line: &str| ["Description:", "Treatment:", "Treatments:"].contains(&line);
    let kind_of = |line: &str, reading: &Reading| {
        line.to_lowercase().ends_with(" group") && reading.knows("arm_type", line)
    };
    // the label of the next arm, after a description: what stands before "Treatment:" is still the description
    let opens = |at: usize, reading: &Reading| {
        let next = words.get(at + 1).copied().unwrap_or_default();
        next == "Description:" || kind_of(next, reading)
    };
    let mut description: Vec<&str> = Vec::new();
    let mut part = "";
    let mut arm: Option<ArmGroup> = None;
    for (at, line) in words.iter().copied().enumerate() {
        // an arm may be called "Drug: NAME" too: the next line then says so
        let treatment = (part == "Treatment" && !opens(at, reading))
            .then(|| typed_name(reading, line))
            .flatten();
        if is_mark(line) {
            part = if line == "Description:" {
                "Description"
            } else {
                "Treatment"
            };
        } else if let (Some((kind, name)), Some(arm)) = (treatment, &mut arm) {
            arm.intervention_names.push(api_name(Some(&kind), name));
            file_intervention(
                module,
                Some(kind),
                name,
                None,
                Vec::new(),
                arm.label.as_deref(),
            );
        } else if part == "Description" && arm.is_some() && !opens(at, reading) {
            description.push(line);
        } else if let Some(arm) = arm
            .as_mut()
            .filter(|arm| part.is_empty() && arm.kind.is_none() && kind_of(line, reading))
        {
            arm.kind = reading.value("arm_type", line);
        } else {
            module
                .arm_groups
                .extend(finished(arm.take(), &mut description));
            arm = Some(ArmGroup {
                label: Some(line.to_owned()),
                ..ArmGroup::default()
            });
            part = "";
        }
    }
    module.arm_groups.extend(finished(arm, &mut description));
}

fn finished(arm: Option<ArmGroup>, description: &mut Vec<&str>) -> Option<ArmGroup> {
    let text = markdown(&std::mem::take(description));
    arm.map(|arm| ArmGroup {
        description: text,
        ..arm
    })
}
