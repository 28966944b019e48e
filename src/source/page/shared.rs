//! What all page layouts file in the same way: interventions with the arms that get them, ages, ids.
//!
//! Knows no layout.

use super::text::stated;
use crate::source::reading::Reading;
use crate::trial::{
    Age, ArmsInterventionsModule, EligibilityModule, Intervention, Note, SecondaryIdInfo, Study,
    standard_ages,
};

/// `Drug: NAME` as type and name, if the words before the colon are a type of intervention.
pub(super) fn typed_name<'a>(reading: &mut Reading, text: &'a str) -> Option<(String, &'a str)> {
    let (kind, name) = text.trim().split_once(": ")?;
    if !reading.knows("intervention_type", kind) || name.trim().is_empty() {
        return None;
    }
    Some((reading.value("intervention_type", kind)?, name.trim()))
}

/// The API's writing of an intervention in an arm: `Dietary Supplement: NAME`, or the name if no type is stated.
pub(super) fn api_name(kind: Option<&str>, name: &str) -> String {
    let Some(kind) = kind else {
        return name.to_owned();
    };
    let words: Vec<String> = kind
        .split('_')
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or_else(String::new, |first| {
                format!("{first}{}", letters.as_str().to_lowercase())
            })
        })
        .collect();
    format!("{}: {name}", words.join(" "))
}

/// Files an intervention once, whatever number of arms get it; what one mention lacks, another may add. Two of one
/// name with different descriptions (two doses) are two.
pub(super) fn file_intervention(
    module: &mut ArmsInterventionsModule,
    kind: Option<String>,
    name: &str,
    description: Option<String>,
    other_names: Vec<String>,
    arm: Option<&str>,
) {
    let known = module.interventions.iter().position(|intervention| {
        let same_text = intervention.description.is_none()
            || description.is_none()
            || intervention.description == description;
        intervention.name.as_deref() == Some(name)
            && (intervention.kind == kind || kind.is_none())
            && same_text
    });
    let index = known.unwrap_or_else(|| {
        module.interventions.push(Intervention {
            kind,
            name: Some(name.to_owned()),
            ..Intervention::default()
        });
        module.interventions.len() - 1
    });
    let intervention = &mut module.interventions[index];
    if intervention.description.is_none() {
        intervention.description = description;
    }
    for other in other_names {
        if !intervention.other_names.contains(&other) {
            intervention.other_names.push(other);
        }
    }
    if let Some(arm) = arm
        && !intervention
            .arm_group_labels
            .iter()
            .any(|label| label == arm)
    {
        intervention.arm_group_labels.push(arm.to_owned());
    }
}

/// Derives the standard age groups where the page says who may take part but not which groups these are. An absent
/// bound is open, unless an age could not be read.
pub(super) fn derive_standard_ages(eligibility: &mut EligibilityModule, notes: &[Note]) {
    let bound = |age: &Option<String>| age.as_deref().and_then(Age::parse);
    let unread = notes.iter().any(|note| note.element == "age");
    if eligibility.std_ages.is_empty() && eligibility.sex.is_some() && !unread {
        let (low, high) = (
            bound(&eligibility.minimum_age),
            bound(&eligibility.maximum_age),
        );
        eligibility.std_ages = standard_ages(low, high);
    }
}

/// `ID (Type: domain)` as a secondary id; brackets with anything but a known type belong to the id.
pub(super) fn secondary_id(reading: &mut Reading, text: &str) -> SecondaryIdInfo {
    let text = text.trim();
    let typed = last_brackets(text).and_then(|(id, inside)| {
        let (kind, domain) = match inside.split_once(':') {
            Some((kind, domain)) => (kind.trim(), stated(domain)),
            None => (inside, None),
        };
        let known = !id.is_empty() && reading.knows("secondary_id_type", kind);
        known.then_some((id, kind, domain))
    });
    match typed {
        Some((id, kind, domain)) => SecondaryIdInfo {
            id: Some(id.to_owned()),
            kind: reading.value("secondary_id_type", kind),
            domain,
            link: None,
        },
        None => SecondaryIdInfo {
            id: Some(text.to_owned()),
            ..SecondaryIdInfo::default()
        },
    }
}

/// Text before the brackets that it ends with, and what is inside them, brackets in it included.
pub(super) fn last_brackets(text: &str) -> Option<(&str, &str)> {
    let body = text.trim_end().strip_suffix(')')?;
    let mut depth = 1;
    for (at, c) in body.char_indices().rev() {
        match c {
            ')' => depth += 1,
            '(' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((body[..at].trim(), body[at + 1..].trim()));
        }
    }
    None
}

/// The first NCT number in text.
pub(super) fn nct_id(text: &str) -> Option<String> {
    let upper = text.to_ascii_uppercase();
    let mut from = 0;
    while let Some(at) = upper[from..].find("NCT") {
        let start = from + at;
        let digits: String = upper[start + 3..]
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        let fresh = !upper[..start].ends_with(|c: char| c.is_ascii_alphanumeric());
        if fresh && digits.len() == 8 {
            return Some(format!("NCT{digits}"));
        }
        from = start + 3;
    }
    None
}

/// Phases in one order, each once, as the API lists them.
pub(super) fn settle_phases(study: &mut Study) {
    let phases = &mut study.protocol_section.design_module.phases;
    let order = ["NA", "EARLY_PHASE1", "PHASE1", "PHASE2", "PHASE3", "PHASE4"];
    phases.sort_by_key(|phase| {
        order
            .iter()
            .position(|known| known == phase)
            .unwrap_or(order.len())
    });
    phases.dedup();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_in_text() {
        let check = |input: &str, expect: Option<&str>| {
            assert_eq!(nct_id(input).as_deref(), expect, "{input}");
        };
        check("NCT ID: NCT01234567", Some("NCT01234567"));
        check("nct01234567.", Some("NCT01234567"));
        check("XNCT01234567 NCT0123456 é NCT", None);
        check("NCT012345678", None);
    }

    #[test]
    fn names_are_written_as_the_api_writes_them() {
        assert_eq!(
            api_name(Some("DIETARY_SUPPLEMENT"), "zinc"),
            "Dietary Supplement: zinc"
        );
        assert_eq!(api_name(None, "zinc"), "zinc");
    }
}
