//! A study of the ClinicalTrials.gov API v2: taken as it is.
//!
//! Nothing is converted: the bytes are kept. Values that the vocabulary does not know are noted.

use crate::source::reading::{Parsed, ReadError, Reading};
use crate::source::strict_json::readable;
use crate::trial::vocabulary::Vocabulary;
use crate::trial::{PartialDate, SourceFormat, Study, is_odd};

/// Reads one study object.
pub(crate) fn read(bytes: &[u8], vocabulary: &Vocabulary) -> Result<Parsed, ReadError> {
    let (study, odd) =
        Study::from_json(bytes).map_err(|error| ReadError::Json(error.to_string()))?;
    if study.protocol_section == Default::default() {
        return Err(ReadError::NotATrial(
            "a JSON object without `protocolSection`; expected a study of the ClinicalTrials.gov API v2".into(),
        ));
    }
    // What the study does not name was passed over. Reading it is dear, and needed where it may be unreadable alone.
    if std::str::from_utf8(bytes).is_err() || is_odd(bytes) {
        readable(bytes).map_err(|error| ReadError::Json(error.to_string()))?;
    }
    let mut reading = Reading::new(vocabulary);
    reading.notes = odd;
    note_unknown_values(&study, &mut reading);
    let snapshot = study
        .derived_section
        .misc_info_module
        .version_holder
        .clone();
    Ok(Parsed {
        format: SourceFormat::ApiJson,
        snapshot: snapshot.filter(|date| PartialDate::parse(date).is_some()),
        notes: reading.notes,
        study,
    })
}

/// Notes what is not a canonical value. The API's own values are all known; other tools write what they like.
fn note_unknown_values(study: &Study, reading: &mut Reading<'_>) {
    let protocol = &study.protocol_section;
    let design = &protocol.design_module;
    let info = &design.design_info;
    let status = &protocol.status_module;
    let mut check = |element: &'static str, value: &Option<String>| {
        if let Some(value) = value
            .as_deref()
            .filter(|value| !reading.is_canonical(element, value))
        {
            reading.note(element, value);
        }
    };
    check("status", &status.overall_status);
    check("status", &status.last_known_status);
    check("study_type", &design.study_type);
    check("allocation", &info.allocation);
    check("intervention_model", &info.intervention_model);
    check("primary_purpose", &info.primary_purpose);
    check("masking", &info.masking_info.masking);
    check("sex", &protocol.eligibility_module.sex);
    check(
        "agency_class",
        &protocol.sponsor_collaborators_module.lead_sponsor.class,
    );
    for intervention in &protocol.arms_interventions_module.interventions {
        check("intervention_type", &intervention.kind);
    }
    for arm in &protocol.arms_interventions_module.arm_groups {
        check("arm_type", &arm.kind);
    }
    for location in &protocol.contacts_locations_module.locations {
        check("status", &location.status);
    }
    for (element, values) in [
        ("phase", &design.phases),
        ("standard_age", &protocol.eligibility_module.std_ages),
    ] {
        for value in values {
            if !reading.is_canonical(element, value) {
                reading.note(element, value);
            }
        }
    }
    let eligibility = &protocol.eligibility_module;
    for (element, age) in [
        ("minimum_age", &eligibility.minimum_age),
        ("maximum_age", &eligibility.maximum_age),
    ] {
        // Noted if it is not understood.
        let _ = reading.age(element, age.as_deref().unwrap_or_default());
    }
    reading.check_enrollment(design.enrollment_info.count);
    for date in [
        &status.start_date_struct,
        &status.primary_completion_date_struct,
        &status.completion_date_struct,
        &status.last_update_post_date_struct,
    ] {
        if let Some(text) = date
            .date
            .as_deref()
            .filter(|text| PartialDate::parse(text).is_none())
        {
            reading.note("date", text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn studies_are_read_and_the_rest_is_refused() {
        let vocabulary = Vocabulary::bundled();
        let check = |json: &str, expect: Result<&[&str], &str>| match (
            read(json.as_bytes(), vocabulary),
            expect,
        ) {
            (Ok(parsed), Ok(notes)) => {
                let found: Vec<&str> = parsed
                    .notes
                    .iter()
                    .map(|note| note.spelling.as_str())
                    .collect();
                assert_eq!(found, notes, "{json}");
            }
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
            (found, _) => panic!("{json}: {found:?}"),
        };
        let study = |rest: &str| {
            format!(
                r#"{{"protocolSection":{{"identificationModule":{{"nctId":"NCT00000001"}}{rest}}}}}"#
            )
        };
        check(&study(""), Ok(&[]));
        check(
            &study(r#","designModule":{"phases":["PHASE2","PHASE5"]}"#),
            Ok(&["PHASE5"]),
        );
        check(
            &study(r#","statusModule":{"overallStatus":"Recruiting"}"#),
            Ok(&["Recruiting"]),
        );
        check(
            &study(r#","designModule":{"enrollmentInfo":{"count":-5}}"#),
            Ok(&["-5"]),
        );
        check(
            &study(r#","eligibilityModule":{"minimumAge":"eighteen","maximumAge":"N/A"}"#),
            Ok(&["eighteen"]),
        );
        // Values of another type do not cost the record.
        check(
            &study(
                r#","oversightModule":{"isUsExport":"YES","isPpsd":"perhaps"},"designModule":{"phases":"PHASE2","enrollmentInfo":{"count":"42"}},"conditionsModule":{"conditions":[7,null,{"name":"x"}]}"#,
            ),
            Ok(&["perhaps", "{...}"]),
        );
        check("{}", Err("without `protocolSection`"));
        check(r#"{"protocolSection":7}"#, Err("broken JSON"));
        check(r#"{"protocolSection":{"#, Err("broken JSON"));
    }
}
