//! Who may take part, on the classic layout.
//!
//! The criteria follow the table of ages, sex and healthy volunteers, on some saved pages without their heading.

use super::classic_blocks::Block;
use super::text::{markdown, said};
use crate::source::reading::Reading;
use crate::trial::{Age, Study};

/// A row of the eligibility table, and the criteria if they follow it.
pub(super) fn eligibility(block: &Block, reading: &mut Reading, study: &mut Study) {
    let module = &mut study.protocol_section.eligibility_module;
    let (value, rest) = block.value_and_rest();
    let first = said(&value).first().copied().unwrap_or_default();
    match block.label {
        "ages eligible for study" => {
            let (ages, groups) = first.split_once('(').unwrap_or((first, ""));
            let groups = if ages.chars().any(|c| c.is_ascii_digit()) {
                groups
            } else {
                ages
            };
            for group in groups.trim_end_matches([')', ' ']).split(',') {
                module
                    .std_ages
                    .extend(reading.values("standard_age", group));
            }
            let ages = ages.trim().to_lowercase();
            let (low, high) = if let Some(low) = ages.strip_suffix("and older") {
                (low, "")
            } else if let Some(high) = ages.strip_prefix("up to") {
                ("", high)
            } else {
                ages.split_once(" to ").unwrap_or((&ages, &ages))
            };
            let mut age = |text: &str| {
                Age::parse(text)
                    .is_some()
                    .then(|| reading.age("age", text))
                    .flatten()
            };
            module.minimum_age = age(low);
            module.maximum_age = age(high);
            if module.minimum_age.is_none()
                && module.maximum_age.is_none()
                && module.std_ages.is_empty()
            {
                reading.note("age", first);
            }
        }
        "sexes eligible for study" => module.sex = reading.value("sex", first),
        "gender based eligibility" => module.gender_based = reading.yes_no(first),
        "gender eligibility description" => module.gender_description = markdown(&value),
        "accepts healthy volunteers" => module.healthy_volunteers = reading.yes_no(first),
        _ => module.sampling_method = reading.value("sampling_method", first),
    }
    if module.eligibility_criteria.is_none() {
        module.eligibility_criteria = markdown(&rest);
    }
}
