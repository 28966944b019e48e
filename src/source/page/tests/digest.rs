//! Digest pages, with labels and without.

use super::*;

pub(super) const DIGEST: &str = "\
# Zinc Lozenges for the Common Cold
**NCT ID:** NCT99000001
**Last Updated:** 2024-05-02
## Study Results
Results pending
## Basic Information
Get a concise snapshot of the trial, including recruitment status, study phase, enrollment targets, and key timeline milestones.
### Recruitment Status
COMPLETED
### Clinical Phase
NA
### Total Enrollment
1,204 participants
### Study Classification
INTERVENTIONAL
### Study Start Date
2021-03
## Brief Summary
Review the sponsor-provided synopsis that highlights what the study is about and why it is being conducted.
Two lozenges are compared.
Interventions:
Conditions
They are sucked.
## Conditions
See the medical conditions and disease areas that this research is targeting or investigating.
Common Cold
Sore Throat
## Study Groups
Review each arm or cohort in the study, along with the interventions and objectives associated with them.
Zinc
Group Type ACTIVE_COMPARATOR
Zinc
Intervention Type DIETARY_SUPPLEMENT
Placebo
Sugar only.
Group Type PLACEBO_COMPARATOR
Placebo
Intervention Type OTHER
Sugar lozenge
Nothing
Group Type NO_INTERVENTION
No interventions assigned to this group
## Interventions
Learn about the drugs, procedures, or behavioral strategies being tested and how they are applied within this trial.
Zinc
Intervention Type DIETARY_SUPPLEMENT
Placebo
Sugar lozenge
Intervention Type OTHER
## Eligibility Criteria
Check the participation requirements, including inclusion and exclusion rules, age limits, and whether healthy volunteers are accepted.
### Inclusion Criteria
* a cold
  * of less than two days
### Exclusion Criteria
* asthma
### Maximum Eligible Age
17 Years
### Eligible Sex
FEMALE
### Accepts Healthy Volunteers
Yes
## Sponsors
Meet the organizations funding or collaborating on the study and learn about their roles.
Lozenge Trust
NETWORK
Sponsor Role lead
Network
OTHER
Sponsor Role collaborator
## Responsible Party
Identify the individual or organization who holds primary responsibility for the study information submitted to regulators.
Ann Roe
Responsibility Role PRINCIPAL_INVESTIGATOR
Professor
## Locations
Explore where the study is taking place and check the recruitment status at each participating site.
Cold Clinic
Seoul, , Korea, Republic of
Site Status COMPLETED
Throat Centre
Porto, Porto District, Portugal
## Facility Contacts
Find local site contact details for specific facilities participating in the trial.
Ann Roe
Role: primary
## Other Identifiers
Review additional registry numbers or institutional identifiers associated with this trial.
COLD-7
Identifier Type: -
Identifier Source: org_study_id
NCT00000009
Identifier Type: -
Identifier Source: nct_alias
## More Related Trials
Additional clinical trials that may be relevant based on similarity analysis.
Zinc Syrup
NCT99000002
TERMINATED
";

pub(super) const UNLABELLED: &str = "\
Sleep of Shift Workers
NCT ID: NCT99000003
Last Updated: 2023-01-31
Basic Information
Get a concise snapshot of the trial, including recruitment status.
UNKNOWN
80 participants
OBSERVATIONAL
2019-01-02
Study Design
Understand how the trial is structured, including allocation methods.
COHORT
PROSPECTIVE
Study Groups
Review each arm or cohort in the study, along with the interventions.
Night
Works at night.
Diary
A paper diary is kept for a week.
5-hydroxytryptophan
Taken before sleep.
Day
Diary
A paper diary is kept for a week.
Interventions
Learn about the drugs, procedures, or behavioral strategies being tested.
Diary
A paper diary is kept for a week.
5-hydroxytryptophan
Taken before sleep.
Eligibility Criteria
Check the participation requirements, including inclusion and exclusion rules.
Any shift worker.
18 Years
ALL
";

#[test]
fn digest_in_markdown() {
    let page = parsed(DIGEST);
    assert_eq!(page.format, SourceFormat::DigestPage);
    assert_eq!(page.study.has_results, Some(false));
    // two sites and no word of whose contact it is
    assert_eq!(noted(&page), [("facility_contact", "Ann Roe")]);
    check(
        &page,
        &[
            (
                "identificationModule/briefTitle",
                json!("Zinc Lozenges for the Common Cold"),
            ),
            (
                "identificationModule/orgStudyIdInfo",
                json!({"id": "COLD-7"}),
            ),
            ("identificationModule/nctIdAliases", json!(["NCT00000009"])),
            ("statusModule/startDateStruct", json!({"date": "2021-03"})),
            ("statusModule/completionDateStruct", Value::Null),
            ("designModule/enrollmentInfo", json!({"count": 1204})),
            ("designModule/phases", json!(["NA"])),
            (
                "descriptionModule/briefSummary",
                json!(
                    "Two lozenges are compared.\n\nInterventions:\n\nConditions\n\nThey are sucked."
                ),
            ),
            ("descriptionModule/detailedDescription", Value::Null),
            (
                "conditionsModule/conditions",
                json!(["Common Cold", "Sore Throat"]),
            ),
            (
                "armsInterventionsModule/armGroups",
                json!([
                    {"label": "Zinc", "type": "ACTIVE_COMPARATOR", "interventionNames": ["Dietary Supplement: Zinc"]},
                    {"label": "Placebo", "type": "PLACEBO_COMPARATOR", "description": "Sugar only.", "interventionNames": ["Other: Placebo"]},
                    {"label": "Nothing", "type": "NO_INTERVENTION"},
                ]),
            ),
            (
                "armsInterventionsModule/interventions/1",
                json!(
                    {"type": "OTHER", "name": "Placebo", "description": "Sugar lozenge", "armGroupLabels": ["Placebo"]}
                ),
            ),
            (
                "eligibilityModule",
                json!({
                    "eligibilityCriteria": "Inclusion Criteria:\n\n* a cold\n  * of less than two days\n\nExclusion Criteria:\n\n* asthma",
                    "healthyVolunteers": true,
                    "sex": "FEMALE",
                    "maximumAge": "17 Years",
                    "stdAges": ["CHILD"],
                }),
            ),
            (
                "sponsorCollaboratorsModule",
                json!({
                    "responsibleParty": {
                        "type": "PRINCIPAL_INVESTIGATOR",
                        "investigatorFullName": "Ann Roe",
                        "investigatorTitle": "Professor",
                    },
                    "leadSponsor": {"name": "Lozenge Trust", "class": "NETWORK"},
                    "collaborators": [{"name": "Network", "class": "OTHER"}],
                }),
            ),
            (
                "contactsLocationsModule/locations",
                json!([
                    {"facility": "Cold Clinic", "status": "COMPLETED", "city": "Seoul", "country": "Korea, Republic of"},
                    {"facility": "Throat Centre", "city": "Porto", "state": "Porto District", "country": "Portugal"},
                ]),
            ),
            (
                "referencesModule/relatedTrials",
                json!([{"nctId": "NCT99000002", "title": "Zinc Syrup"}]),
            ),
        ],
    );
}

#[test]
fn digest_of_a_cohort_without_labels() {
    let page = parsed(UNLABELLED);
    // a lower or an upper bound: the page does not say
    assert_eq!(noted(&page), [("date", "2019-01-02"), ("age", "18 Years")]);
    assert_eq!(page.study.has_results, None);
    check(
        &page,
        &[
            (
                "statusModule",
                json!({
                    "overallStatus": "UNKNOWN",
                    "lastUpdatePostDateStruct": {"date": "2023-01-31"},
                }),
            ),
            (
                "designModule",
                json!({
                    "studyType": "OBSERVATIONAL",
                    "designInfo": {"observationalModel": "COHORT", "timePerspective": "PROSPECTIVE"},
                    "enrollmentInfo": {"count": 80},
                }),
            ),
            (
                "armsInterventionsModule/armGroups",
                json!([
                    {"label": "Night", "description": "Works at night.", "interventionNames": ["Diary", "5-hydroxytryptophan"]},
                    {"label": "Day", "interventionNames": ["Diary"]},
                ]),
            ),
            (
                "eligibilityModule",
                json!({"eligibilityCriteria": "Any shift worker.", "sex": "ALL"}),
            ),
            ("sponsorCollaboratorsModule", Value::Null),
            ("contactsLocationsModule", Value::Null),
        ],
    );
}
