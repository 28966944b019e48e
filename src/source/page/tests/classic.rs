//! Classic pages of ClinicalTrials.gov.

use super::*;

pub(super) const CLASSIC: &str = "\
Light Boxes in Winter
ClinicalTrials.gov Identifier: NCT99000005 |
Recruitment Status : Terminated (Too little snow)
First Posted : May 3, 2010 (Estimated)
Results First Posted : June 2011
Last Update Posted : July 4, 2012
|
Brief Summary:
Light is shone at people.
Study Design
Masking: none of them wears one.
Detailed Description:
More light.
Condition or disease | Intervention/treatment | Phase |
---|---|---|
Winter Depression
Insomnia | Device: Light box Drug: Melatonin | Phase 2 Phase 3 |
Study Type : | Interventional (Clinical Trial) |
Actual Enrollment : | 31 participants |
Masking: | Double (Participant, Outcomes Assessor) |
Arm | Intervention/treatment |
---|---|
Placebo Comparator: Dim
A dim box. |
Device: Light box
Drug: a word of the description
Other Names:
- Lamp
- Sun |
Bright: 10000 lux |
Device: Light box
Drug: Melatonin
3 mg |
Primary Outcome Measures :
1. Mood [ Time Frame: 6 weeks ]A scale.
2. Sleep
Secondary Outcome Measures :
- Appetite [ Time Frame: 6 weeks ]
Ages Eligible for Study: | 18 Years and older (Adult, Older Adult) |
Sexes Eligible for Study: | Female |
Gender Based Eligibility: | Yes |
Accepts Healthy Volunteers: | Yes |
DISEASE CHARACTERISTICS:
- Masking: able to tolerate it
Please refer to this study by its ClinicalTrials.gov identifier (NCT number): NCT99000005
Contact: Ann Roe, MD | 555-010-0199 ext 7 | roe@example.org |
United States, Ohio | |
Snow Hospital | Completed |
Akron, Ohio, United States, 44301 | |
Principal Investigator: Bo Li, MD |
United States, Utah | |
Ski Clinic, Utah | Withdrawn |
Provo, Utah, United States | |
Korea, Republic of | |
Seoul Clinic |
Seoul, Korea, Republic of, 03080 | |
Study Chair: | Cy Doe, PhD | Winter Institute |
Responsible Party: | Winter Institute, Inc. |
Other Study ID Numbers: |
LIGHT-1
R01 ( U.S. NIH Grant/Contract )
2009-000001-11 ( EudraCT Number ) |
Last Verified: | July 2012 |
Studies a U.S. FDA-regulated Device Product: | Yes |
Keywords provided by Winter Institute, Inc.: |
winter
light |
Additional relevant MeSH terms: |
Insomnia
Sleep Wake Disorders |
";

#[test]
fn classic() {
    let page = parsed(CLASSIC);
    assert_eq!(page.format, SourceFormat::ClassicPage);
    assert_eq!(noted(&page), []);
    assert_eq!(page.study.has_results, Some(true));
    check(
        &page,
        &[
            (
                "identificationModule",
                json!({
                    "nctId": "NCT99000005",
                    "orgStudyIdInfo": {"id": "LIGHT-1"},
                    "secondaryIdInfos": [
                        {"id": "R01", "type": "NIH"},
                        {"id": "2009-000001-11", "type": "EUDRACT_NUMBER"},
                    ],
                    "briefTitle": "Light Boxes in Winter",
                }),
            ),
            (
                "statusModule",
                json!({
                    "statusVerifiedDate": "2012-07",
                    "overallStatus": "TERMINATED",
                    "whyStopped": "Too little snow",
                    "studyFirstPostDateStruct": {"date": "2010-05-03", "type": "ESTIMATED"},
                    "resultsFirstPostDateStruct": {"date": "2011-06"},
                    "lastUpdatePostDateStruct": {"date": "2012-07-04"},
                }),
            ),
            (
                "descriptionModule",
                json!({
                    "briefSummary": "Light is shone at people.\n\nStudy Design\n\nMasking: none of them wears one.",
                    "detailedDescription": "More light.",
                }),
            ),
            (
                "conditionsModule",
                json!({
                    "conditions": ["Winter Depression", "Insomnia"],
                    "keywords": ["winter", "light"],
                }),
            ),
            (
                "designModule",
                json!({
                    "studyType": "INTERVENTIONAL",
                    "phases": ["PHASE2", "PHASE3"],
                    "designInfo": {"maskingInfo": {
                        "masking": "DOUBLE",
                        "whoMasked": ["PARTICIPANT", "OUTCOMES_ASSESSOR"],
                    }},
                    "enrollmentInfo": {"count": 31, "type": "ACTUAL"},
                }),
            ),
            (
                "armsInterventionsModule",
                json!({
                    "armGroups": [
                        {
                            "label": "Dim",
                            "type": "PLACEBO_COMPARATOR",
                            "description": "A dim box.",
                            "interventionNames": ["Device: Light box"],
                        },
                        {"label": "Bright: 10000 lux", "interventionNames": ["Device: Light box", "Drug: Melatonin"]},
                    ],
                    "interventions": [
                        {
                            "type": "DEVICE",
                            "name": "Light box",
                            "description": "Drug: a word of the description",
                            "armGroupLabels": ["Dim", "Bright: 10000 lux"],
                            "otherNames": ["Lamp", "Sun"],
                        },
                        {"type": "DRUG", "name": "Melatonin", "description": "3 mg", "armGroupLabels": ["Bright: 10000 lux"]},
                    ],
                }),
            ),
            (
                "outcomesModule",
                json!({
                    "primaryOutcomes": [
                        {"measure": "Mood", "description": "A scale.", "timeFrame": "6 weeks"},
                        {"measure": "Sleep"},
                    ],
                    "secondaryOutcomes": [{"measure": "Appetite", "timeFrame": "6 weeks"}],
                }),
            ),
            (
                "eligibilityModule",
                json!({
                    "eligibilityCriteria": "DISEASE CHARACTERISTICS:\n\n* Masking: able to tolerate it",
                    "healthyVolunteers": true,
                    "sex": "FEMALE",
                    "genderBased": true,
                    "minimumAge": "18 Years",
                    "stdAges": ["ADULT", "OLDER_ADULT"],
                }),
            ),
            (
                "contactsLocationsModule",
                json!({
                    "centralContacts": [{
                        "name": "Ann Roe, MD",
                        "role": "CONTACT",
                        "phone": "555-010-0199",
                        "phoneExt": "7",
                        "email": "roe@example.org",
                    }],
                    "overallOfficials": [{"name": "Cy Doe, PhD", "affiliation": "Winter Institute", "role": "STUDY_CHAIR"}],
                    "locations": [
                        {
                            "facility": "Snow Hospital",
                            "status": "COMPLETED",
                            "city": "Akron",
                            "state": "Ohio",
                            "zip": "44301",
                            "country": "United States",
                            "contacts": [{"name": "Bo Li, MD", "role": "PRINCIPAL_INVESTIGATOR"}],
                        },
                        {"facility": "Ski Clinic, Utah", "status": "WITHDRAWN", "city": "Provo", "state": "Utah", "country": "United States"},
                        {"facility": "Seoul Clinic", "city": "Seoul", "zip": "03080", "country": "Korea, Republic of"},
                    ],
                }),
            ),
            ("oversightModule", json!({"isFdaRegulatedDevice": true})),
            // an organisation's name may have a comma: nothing says that this is a person
            ("sponsorCollaboratorsModule", Value::Null),
        ],
    );
    let browse = &page.study.derived_section.condition_browse_module;
    let terms = |meshes: &[crate::trial::Mesh]| {
        meshes
            .iter()
            .filter_map(|mesh| mesh.term.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(terms(&browse.meshes), ["Insomnia"]);
    assert_eq!(terms(&browse.ancestors), ["Sleep Wake Disorders"]);
}

#[test]
fn classic_expanded_access() {
    let page = parsed(
        "Early Drug\nClinicalTrials.gov Identifier: NCT99000006\nExpanded Access Status : Temporarily not available\n\
         First Posted : May 3, 2010\nLast Update Posted : May 4, 2010\nStudy Type :\tExpanded Access\n\
         Expanded Access Type :\tIndividual Patients, Treatment IND/Protocol\nSexes Eligible for Study:\tAll\n",
    );
    check(
        &page,
        &[
            (
                "statusModule/overallStatus",
                json!("TEMPORARILY_NOT_AVAILABLE"),
            ),
            (
                "designModule",
                json!({
                    "studyType": "EXPANDED_ACCESS",
                    "expandedAccessTypes": {"individual": true, "treatment": true},
                }),
            ),
            ("eligibilityModule/eligibilityCriteria", Value::Null),
        ],
    );
}
