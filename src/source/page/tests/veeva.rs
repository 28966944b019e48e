//! Veeva pages, and the spellings met on them.

use super::*;

pub(super) const VEEVA: &str = "\
ClinicalTrials.Veeva

Menu

Warm Socks Against Cold Feet

N

Nordic Wool AB

Status and phase

Completed
Early Phase 1

Conditions

Cold Feet
Chilblains

Treatments

Device: Wool socks
Other: Control: no socks

Study type

Interventional

Funder types

Other
Industry

Identifiers

NCT99000004
2019-001234-10 (EudraCT Number)
SOCK/1 (final)
W-2 (Other Identifier)

Details and patient eligibility

About

Sex

is not the question. Feet are.

Enrollment

1,050 patients

Sex

Female

Ages

6 months to 12 years old

Volunteers

Accepts Healthy Volunteers

Inclusion criteria

  • Two feet:

    1. left
    2. right

Trial design

Primary purpose

Prevention

Allocation

Randomized

Interventional model

Crossover Assignment

Masking

Double Blind

1,050 participants in 2 patient groups, including a placebo group

Wool
Active Comparator group
Description:
Socks of wool.
Worn at night.
Treatment:
Device: Wool socks
Other: Control: no socks
Bare
No Intervention group

Trial contacts and locations

57

Loading...

Data sourced from clinicaltrials.gov

Sex

Male
";

#[test]
fn veeva() {
    let page = parsed(VEEVA);
    assert_eq!(page.format, SourceFormat::VeevaPage);
    assert_eq!(noted(&page), []);
    check(
        &page,
        &[
            (
                "identificationModule",
                json!({
                    "nctId": "NCT99000004",
                    "orgStudyIdInfo": {"id": "SOCK/1 (final)"},
                    "secondaryIdInfos": [
                        {"id": "2019-001234-10", "type": "EUDRACT_NUMBER"},
                        {"id": "W-2", "type": "OTHER"},
                    ],
                    "briefTitle": "Warm Socks Against Cold Feet",
                }),
            ),
            (
                "sponsorCollaboratorsModule/leadSponsor",
                json!({"name": "Nordic Wool AB"}),
            ),
            (
                "descriptionModule/briefSummary",
                json!("Sex\n\nis not the question. Feet are."),
            ),
            (
                "conditionsModule/conditions",
                json!(["Cold Feet", "Chilblains"]),
            ),
            ("designModule/phases", json!(["EARLY_PHASE1"])),
            ("designModule/enrollmentInfo", json!({"count": 1050})),
            (
                "eligibilityModule",
                json!({
                    "eligibilityCriteria": "Inclusion Criteria:\n\n* Two feet:\n  1. left\n  2. right",
                    "healthyVolunteers": true,
                    "sex": "FEMALE",
                    "minimumAge": "6 Months",
                    "maximumAge": "12 Years",
                    "stdAges": ["CHILD"],
                }),
            ),
            (
                "armsInterventionsModule/armGroups",
                json!([
                    {
                        "label": "Wool",
                        "type": "ACTIVE_COMPARATOR",
                        "description": "Socks of wool.\n\nWorn at night.",
                        "interventionNames": ["Device: Wool socks", "Other: Control: no socks"],
                    },
                    {"label": "Bare", "type": "NO_INTERVENTION"},
                ]),
            ),
            ("contactsLocationsModule", json!({"numberOfLocations": 57})),
        ],
    );
}

#[test]
fn veeva_spellings() {
    let check = |from: &str, to: &str, facts: &[(&str, Value)]| {
        assert!(VEEVA.contains(from), "{from}");
        super::check(&parsed(&VEEVA.replacen(from, to, 1)), facts);
    };
    let status = "statusModule/overallStatus";
    check(
        "Completed\n",
        "Active, not enrolling\n",
        &[(status, json!("ACTIVE_NOT_RECRUITING"))],
    );
    check(
        "Completed\n",
        "Begins enrollment in 2 months\n",
        &[(status, json!("NOT_YET_RECRUITING"))],
    );
    check(
        "Completed\n",
        "Invitation-only\n",
        &[(status, json!("ENROLLING_BY_INVITATION"))],
    );
    check(
        "Early Phase 1",
        "N/A",
        &[("designModule/phases", json!(["NA"]))],
    );
    check(
        "1,050 patients",
        "7 actual patients",
        &[(
            "designModule/enrollmentInfo",
            json!({"count": 7, "type": "ACTUAL"}),
        )],
    );
    let ages = [(
        "6 months to 12 years old",
        "Under 18 years old",
        Value::Null,
        json!("18 Years"),
    )];
    for (from, to, low, high) in ages {
        check(
            from,
            to,
            &[
                ("eligibilityModule/minimumAge", low),
                ("eligibilityModule/maximumAge", high),
            ],
        );
    }
    check(
        "6 months to 12 years old",
        "2 to 17 months old",
        &[("eligibilityModule/minimumAge", json!("2 Months"))],
    );
    check(
        "6 months to 12 years old",
        "65+",
        &[("eligibilityModule/minimumAge", json!("65 Years"))],
    );
    check(
        "N\n\nNordic",
        "Nordic",
        &[(
            "sponsorCollaboratorsModule/leadSponsor/name",
            json!("Nordic Wool AB"),
        )],
    );
}
