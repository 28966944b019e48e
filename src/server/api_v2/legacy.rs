//! What the values of enumerations were called in the API before this one and in the registry's XML: `PHASE1` was "Phase 1". Names that
//! are not made of the value's own words stand in `index_schema/areas.toml`.

use crate::schema::Enumeration;

/// Enumerations whose values were written in capitals then as now.
const CAPITALS: [&str; 2] = ["AgencyClass", "AgreementRestrictionType"];

/// Enumerations whose values were written as a sentence begins, and not each word with a capital.
const SENTENCES: [&str; 3] = ["Status", "RecruitmentStatus", "ExpandedAccessStatus"];

/// The former name of a value of an enumeration.
pub(super) fn legacy_value(enumeration: &Enumeration, value: &str) -> String {
    let of = enumeration.name.as_str();
    if CAPITALS.contains(&of) {
        return value.to_owned();
    }
    if let Some(name) = enumeration.former.get(value) {
        return name.clone();
    }
    let lower = value.to_lowercase();
    let words = lower.split('_').enumerate().map(|(place, word)| {
        let mut word = word.to_owned();
        if (place == 0 || !SENTENCES.contains(&of))
            && let Some(first) = word.get_mut(..1)
        {
            first.make_ascii_uppercase();
        }
        word
    });
    words.collect::<Vec<String>>().join(" ")
}
