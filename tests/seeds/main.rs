//! The five real pages that the layouts were learnt from, fact by fact: what a page says, and what it does not say.
//!
//! The pages are not part of the project. They are looked for in the folder that `TRIALFIND_SHARED` names, else in `../shared`;
//! without it each check prints that it was skipped.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a check fails by panicking, and says when it is skipped"
)]

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use trialfind::source::{Format, read_record};
use trialfind::trial::Note;
use trialfind::trial::eligibility::{ItemKind, items};
use trialfind::trial::vocabulary::Vocabulary;

/// The study read from a real page, as JSON, with what was noted. Nothing, with a line that says so, where the pages are not at hand.
fn seed(name: &str) -> Option<(Value, Vec<Note>)> {
    let shared = std::env::var_os("TRIALFIND_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        PathBuf::from,
    );
    let entries = ["seeds", "data/samples"]
        .iter()
        .filter_map(|sub| fs::read_dir(shared.join(sub)).ok())
        .flatten()
        .flatten();
    let Some(path) = entries.map(|entry| entry.path()).find(|path| {
        path.file_name()
            .is_some_and(|file| file.to_string_lossy().starts_with(name))
    }) else {
        println!("skipped: no page `{name}` in `{}`", shared.display());
        return None;
    };
    let format = match path.extension() {
        Some(extension) if extension == "html" => Format::HtmlPage,
        _ => Format::Page,
    };
    let bytes = fs::read(&path).unwrap();
    let parsed = read_record(format, &bytes, Vocabulary::bundled()).unwrap();
    Some((serde_json::to_value(&parsed.study).unwrap(), parsed.notes))
}

/// One fact: a path in the study, and what is there; `null` means that nothing is.
fn check(study: &Value, path: &str, expect: &Value) {
    let found = study
        .pointer(&format!("/protocolSection/{path}"))
        .unwrap_or(&Value::Null);
    assert_eq!(found, expect, "{path}");
}

/// How many inclusion and exclusion items the criteria have, without lead-ins, and how many lead-ins.
fn item_counts(study: &Value) -> (usize, usize, usize) {
    let criteria = study
        .pointer("/protocolSection/eligibilityModule/eligibilityCriteria")
        .and_then(Value::as_str)
        .unwrap();
    let items = items(criteria);
    let of = |kind| {
        items
            .iter()
            .filter(|item| !item.lead_in && item.section == kind)
            .count()
    };
    let lead_ins = items.iter().filter(|item| item.lead_in).count();
    (of(ItemKind::Inclusion), of(ItemKind::Exclusion), lead_ins)
}

fn length(study: &Value, path: &str) -> usize {
    study
        .pointer(&format!("/protocolSection/{path}"))
        .and_then(Value::as_array)
        .map_or(0, Vec::len)
}

/// The text at a path, its beginning and its end.
fn check_ends(study: &Value, path: &str, beginning: &str, end: &str) {
    let pointer = format!("/protocolSection/{path}");
    let text = study
        .pointer(&pointer)
        .and_then(Value::as_str)
        .unwrap_or_default();
    assert!(
        text.starts_with(beginning) && text.ends_with(end),
        "{path}: {text}"
    );
}

#[test]
fn digest_with_labels() {
    let Some((study, notes)) = seed("000_") else {
        return;
    };
    let check = |path: &str, expect: Value| check(&study, path, &expect);
    assert_eq!(notes, []);
    assert_eq!(study["hasResults"], json!(false));
    check(
        "identificationModule",
        json!({
            "nctId": "NCT04104412",
            "orgStudyIdInfo": {"id": "SCLnow-XW-01"},
            "briefTitle": "The Safety/Efficacy Study of Human Umbilical Cord Mesenchymal Stem Cells Therapy (19#iSCLife®-LDP) for Lumbar Discogenic Pain",
        }),
    );
    check(
        "statusModule",
        json!({
            "overallStatus": "RECRUITING",
            "startDateStruct": {"date": "2019-08-15"},
            "completionDateStruct": {"date": "2026-06-30"},
            "lastUpdatePostDateStruct": {"date": "2025-12-04"},
        }),
    );
    check(
        "sponsorCollaboratorsModule",
        json!({
            "responsibleParty": {"type": "SPONSOR"},
            "leadSponsor": {"name": "Sclnow Biotechnology Co., Ltd.", "class": "INDUSTRY"},
        }),
    );
    check("oversightModule", Value::Null);
    check_ends(
        &study,
        "descriptionModule/briefSummary",
        "This experimental use umbilical",
        "treatment group and control group.",
    );
    check_ends(
        &study,
        "descriptionModule/detailedDescription",
        "This experimental use umbilical",
        "before and after treatment.",
    );
    check(
        "conditionsModule",
        json!({"conditions": ["Lumbar Discogenic Pain"]}),
    );
    check(
        "designModule",
        json!({
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE1"],
            "designInfo": {
                "allocation": "RANDOMIZED",
                "interventionModel": "PARALLEL",
                "primaryPurpose": "TREATMENT",
                "maskingInfo": {"masking": "NONE"},
            },
            "enrollmentInfo": {"count": 242},
        }),
    );
    let arms = "armsInterventionsModule/armGroups";
    assert_eq!(length(&study, arms), 2);
    check(
        &format!("{arms}/0/label"),
        json!("treatment group A (with mesenchymal stem cell intervention)"),
    );
    check(&format!("{arms}/0/type"), json!("EXPERIMENTAL"));
    check(
        &format!("{arms}/0/interventionNames"),
        json!(["Biological: human umbilical cord mesenchymal stem cell"]),
    );
    check_ends(
        &study,
        &format!("{arms}/0/description"),
        "observe the effectiveness",
        "vaporization ablation",
    );
    check(&format!("{arms}/1/label"), json!("control group B"));
    check(&format!("{arms}/1/type"), json!("NO_INTERVENTION"));
    check(&format!("{arms}/1/interventionNames"), Value::Null);
    check(
        "armsInterventionsModule/interventions",
        json!([{
            "type": "BIOLOGICAL",
            "name": "human umbilical cord mesenchymal stem cell",
            "description": "2\\*10\\^7",
            "armGroupLabels": ["treatment group A (with mesenchymal stem cell intervention)"],
        }]),
    );
    check("outcomesModule", Value::Null);
    assert_eq!(item_counts(&study), (6, 12, 0));
    check_ends(
        &study,
        "eligibilityModule/eligibilityCriteria",
        "Inclusion Criteria:\n\n1. age over 18\n2. ",
        "within 3 months;",
    );
    check("eligibilityModule/minimumAge", json!("18 Years"));
    check("eligibilityModule/maximumAge", Value::Null);
    check("eligibilityModule/sex", json!("ALL"));
    check("eligibilityModule/healthyVolunteers", json!(false));
    check("eligibilityModule/stdAges", json!(["ADULT", "OLDER_ADULT"]));
    check(
        "contactsLocationsModule",
        json!({
            "centralContacts": [
                {"name": "Jiaxiang Ni, Master", "role": "CONTACT", "phone": "8613910743476"},
                {"name": "Lei Guo, Doctor", "role": "CONTACT", "phone": "861064368977"},
            ],
            "overallOfficials": [
                {"name": "Yuanzhang Tang, Doctor", "affiliation": "Xuanwu Hospital, Beijing", "role": "STUDY_DIRECTOR"},
            ],
            "locations": [{
                "facility": "Xuanwu Hospital Capital Medical University",
                "status": "RECRUITING",
                "city": "Beijing",
                "state": "Beijing Municipality",
                "country": "China",
                "contacts": [
                    {"name": "Jiaxiang Ni, Master", "role": "CONTACT", "phone": "13901743476"},
                    {"name": "Yuanzhang Tang, Doctor", "role": "CONTACT"},
                ],
            }],
        }),
    );
    check("referencesModule", Value::Null);
    check("ipdSharingStatementModule", Value::Null);
    assert_eq!(study.get("derivedSection"), None);
}

#[test]
fn digest_without_labels() {
    let Some((study, notes)) = seed("001_") else {
        return;
    };
    let check = |path: &str, expect: Value| check(&study, path, &expect);
    assert_eq!(notes, []);
    assert_eq!(study["hasResults"], json!(false));
    check(
        "identificationModule",
        json!({
            "nctId": "NCT03737461",
            "orgStudyIdInfo": {"id": "RECHMPL17_0206"},
            "secondaryIdInfos": [{"id": "2017-002092-25", "type": "EUDRACT_NUMBER"}],
            "briefTitle": "Efficacy of Intradiscal Injection of BM-MSC in Subjects With Chronic Low Back Pain (LBP) Due to Lumbar Degenerative Disc Disease (DDD) Unresponsive",
        }),
    );
    check(
        "statusModule",
        json!({
            "overallStatus": "ACTIVE_NOT_RECRUITING",
            "startDateStruct": {"date": "2019-02-18"},
            "completionDateStruct": {"date": "2026-03-08"},
            "lastUpdatePostDateStruct": {"date": "2025-09-30"},
        }),
    );
    let sponsors = "sponsorCollaboratorsModule";
    check(
        &format!("{sponsors}/leadSponsor"),
        json!({"name": "University Hospital, Montpellier", "class": "OTHER"}),
    );
    check(&format!("{sponsors}/responsibleParty"), Value::Null);
    assert_eq!(length(&study, &format!("{sponsors}/collaborators")), 16);
    let classes: Vec<&str> =
        study["protocolSection"]["sponsorCollaboratorsModule"]["collaborators"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|collaborator| collaborator["class"].as_str())
            .collect();
    assert_eq!(classes.len(), 16);
    assert_eq!(
        classes.iter().filter(|class| **class == "UNKNOWN").count(),
        4
    );
    check(
        &format!("{sponsors}/collaborators/8"),
        json!({"name": "Citospin", "class": "INDUSTRY"}),
    );
    check_ends(
        &study,
        "descriptionModule/briefSummary",
        "This trial will evaluate",
        "improvement of ODI of 20% between baseline and month 12.",
    );
    check("descriptionModule/detailedDescription", Value::Null);
    check("conditionsModule", Value::Null);
    check(
        "designModule",
        json!({
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE2", "PHASE3"],
            "designInfo": {
                "allocation": "RANDOMIZED",
                "interventionModel": "PARALLEL",
                "primaryPurpose": "TREATMENT",
                "maskingInfo": {"masking": "TRIPLE"},
            },
            "enrollmentInfo": {"count": 113},
        }),
    );
    let arms = "armsInterventionsModule/armGroups";
    assert_eq!(length(&study, arms), 2);
    for (at, name, description) in [
        (
            0,
            "Allogenic BM-MSCs Injection",
            "Injection of a dose of 20.106",
        ),
        (1, "Sham Procedure", "anesthetic infiltration with 2 ml"),
    ] {
        check(&format!("{arms}/{at}/label"), json!(name));
        check(&format!("{arms}/{at}/type"), Value::Null);
        check(&format!("{arms}/{at}/interventionNames"), json!([name]));
        check_ends(&study, &format!("{arms}/{at}/description"), description, "");
    }
    let interventions = "armsInterventionsModule/interventions";
    assert_eq!(length(&study, interventions), 2);
    for (at, name, description) in [
        (
            0,
            "Allogenic BM-MSCs Injection",
            "Cell dose will be 20±5 million",
        ),
        (1, "Sham Procedure", "sham-maneuver as in"),
    ] {
        check(&format!("{interventions}/{at}/name"), json!(name));
        check(&format!("{interventions}/{at}/type"), Value::Null);
        check(&format!("{interventions}/{at}/otherNames"), Value::Null);
        check(
            &format!("{interventions}/{at}/armGroupLabels"),
            json!([name]),
        );
        check_ends(
            &study,
            &format!("{interventions}/{at}/description"),
            description,
            "",
        );
    }
    check("outcomesModule", Value::Null);
    assert_eq!(item_counts(&study), (5, 16, 0));
    check("eligibilityModule/minimumAge", json!("18 Years"));
    check("eligibilityModule/maximumAge", json!("60 Years"));
    check("eligibilityModule/sex", json!("ALL"));
    check("eligibilityModule/healthyVolunteers", json!(false));
    check("eligibilityModule/stdAges", json!(["ADULT"]));
    let people = "contactsLocationsModule";
    check(
        &format!("{people}/overallOfficials"),
        json!([{
            "name": "Christian CJ JORGENSEN, PhD",
            "affiliation": "Montpellier University Hospital",
            "role": "PRINCIPAL_INVESTIGATOR",
        }]),
    );
    check(&format!("{people}/centralContacts"), Value::Null);
    let sites = [
        ("UH Montpellier", "Montpellier", "France"),
        ("CHU de Nantes", "Nantes", "France"),
        ("CHU Saint Antoine", "Paris", "France"),
        ("APHP Cochin", "Paris", "France"),
        ("BG Klinikum Bergmannstrost", "Halle", "Germany"),
        ("Campus Bio-Medico University of Rome", "Roma", "Italy"),
        (
            "Institut de Teràpia Regenerativa Tissular",
            "Barcelona",
            "Spain",
        ),
        ("Clínica Universidad de Navarra", "Pamplona", "Spain"),
        ("Hospital Sagrado Corazón Valladolid", "Valladolid", "Spain"),
    ]
    .map(
        |(facility, city, country)| json!({"facility": facility, "city": city, "country": country}),
    );
    check(&format!("{people}/locations"), json!(sites));
    assert_eq!(length(&study, "referencesModule/references"), 1);
    check_ends(
        &study,
        "referencesModule/references/0/citation",
        "Pers YM, Soler-Rich R",
        "doi: 10.1136/ard-2024-225771.",
    );
    let related: Vec<&str> = study["protocolSection"]["referencesModule"]["relatedTrials"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|trial| trial["nctId"].as_str())
        .collect();
    assert_eq!(
        related,
        [
            "NCT04759105",
            "NCT05066334",
            "NCT01290367",
            "NCT03692221",
            "NCT03712527"
        ]
    );
    check(
        "referencesModule/relatedTrials/4/title",
        json!("Intra-discal Injection of PRP for Low Back Pain"),
    );
}

#[test]
fn classic() {
    let Some((study, notes)) = seed("002_") else {
        return;
    };
    let check = |path: &str, expect: Value| check(&study, path, &expect);
    // terms that the page runs together without a heading
    assert!(
        notes.iter().all(|note| note.element == "mesh_term"),
        "{notes:?}"
    );
    assert_eq!(study["hasResults"], json!(false));
    check(
        "identificationModule",
        json!({
            "nctId": "NCT04213131",
            "orgStudyIdInfo": {"id": "FirstHospitalDalianMU005"},
            "briefTitle": "Efficacy and Safety of hUC-MSCs and hUCB-MSCs in the Treatment of Chronic Spinal Cord Injury",
            "officialTitle": "Efficacy and Safety of hUC-MSCs and hUCB-MSCs in the Treatment of Chronic Spinal Cord Injury: a Prospective, Randomized, Open-label, Parallel, and Controlled Clinical Study",
        }),
    );
    check(
        "statusModule",
        json!({
            "statusVerifiedDate": "2019-12",
            "overallStatus": "UNKNOWN",
            "lastKnownStatus": "RECRUITING",
            "startDateStruct": {"date": "2018-01-01", "type": "ACTUAL"},
            "primaryCompletionDateStruct": {"date": "2020-10-30", "type": "ESTIMATED"},
            "completionDateStruct": {"date": "2021-01-01", "type": "ESTIMATED"},
            "studyFirstPostDateStruct": {"date": "2019-12-30"},
            "lastUpdatePostDateStruct": {"date": "2019-12-30"},
        }),
    );
    check(
        "sponsorCollaboratorsModule",
        json!({"responsibleParty": {
            "type": "PRINCIPAL_INVESTIGATOR",
            "investigatorFullName": "Liu Jing",
            "investigatorTitle": "Chief Physician",
            "investigatorAffiliation": "The First Affiliated Hospital of Dalian Medical University",
        }}),
    );
    check(
        "oversightModule",
        json!({"isFdaRegulatedDrug": false, "isFdaRegulatedDevice": false}),
    );
    check("descriptionModule", Value::Null);
    check(
        "conditionsModule/conditions",
        json!(["Spinal Cord Injuries"]),
    );
    check(
        "designModule",
        json!({
            "studyType": "INTERVENTIONAL",
            "phases": ["NA"],
            "designInfo": {
                "allocation": "RANDOMIZED",
                "interventionModel": "PARALLEL",
                "interventionModelDescription": "participants are assigned to one of two or more groups in parallel for the duration of the study",
                "primaryPurpose": "TREATMENT",
                "maskingInfo": {"masking": "NONE"},
            },
            "enrollmentInfo": {"count": 42, "type": "ESTIMATED"},
        }),
    );
    let arms = study["protocolSection"]["armsInterventionsModule"]["armGroups"]
        .as_array()
        .unwrap();
    let types: Vec<&Value> = arms.iter().map(|arm| &arm["type"]).collect();
    let experimental = json!("EXPERIMENTAL");
    assert_eq!(types[0], &Value::Null);
    assert_eq!(types[1..], [&experimental; 6]);
    let labels: Vec<&str> = arms
        .iter()
        .filter_map(|arm| arm["label"].as_str())
        .collect();
    assert_eq!(
        labels,
        [
            "Rehabilitation control group",
            "hUC-MSCs intravenous administration group",
            "hUC-MSCs lumbar administration group",
            "hUC-MSCs local administration group",
            "hUCB-MSCs intravenous administration group",
            "hUCB-MSCs lumbar administration group",
            "hUCB-MSCs local administration group",
        ]
    );
    for arm in arms {
        assert!(arm["description"].is_string());
        assert_eq!(
            arm["interventionNames"],
            json!(["Other: Stem cell transplantation"])
        );
    }
    let interventions = "armsInterventionsModule/interventions";
    assert_eq!(length(&study, interventions), 1);
    check(&format!("{interventions}/0/type"), json!("OTHER"));
    check(
        &format!("{interventions}/0/name"),
        json!("Stem cell transplantation"),
    );
    check(&format!("{interventions}/0/armGroupLabels"), json!(labels));
    check_ends(
        &study,
        &format!("{interventions}/0/description"),
        "The eligible patients",
        "followed up and evaluated.",
    );
    let outcomes = study["protocolSection"]["outcomesModule"]
        .as_object()
        .unwrap();
    assert_eq!(
        outcomes.keys().collect::<Vec<_>>(),
        ["outcomesOfUnknownLevel"]
    );
    let measures = outcomes["outcomesOfUnknownLevel"].as_array().unwrap();
    let names: Vec<&str> = measures
        .iter()
        .filter_map(|outcome| outcome["measure"].as_str())
        .collect();
    assert_eq!(
        names,
        [
            "Neurologic function score",
            "Walking Index of Spinal Cord Injury (WISCI)",
            "Spinal Cord Independence Measure (SCIM)",
            "Kunming Locomotion Scale (KLS)",
            "Modified Ashworth Scale (MAS)",
            "Visual Analogous Scale (VAS)",
            "Incidence of adverse reactions",
        ]
    );
    assert_eq!(
        measures[4],
        json!({
            "measure": "Modified Ashworth Scale (MAS)",
            "description": "0-4 score, to evaluate spasticity",
            "timeFrame": "Change from Baseline at 12 months after treatment",
        })
    );
    assert_eq!(
        measures[6]["timeFrame"],
        json!("Before and 1, 3, 6, and 12 months after treatment")
    );
    assert_eq!(item_counts(&study), (8, 7, 0));
    check_ends(
        &study,
        "eligibilityModule/eligibilityCriteria",
        "Inclusion Criteria:\n\n* Age at 20-65",
        "* Decline to participate in this study",
    );
    check("eligibilityModule/minimumAge", json!("20 Years"));
    check("eligibilityModule/maximumAge", json!("65 Years"));
    check("eligibilityModule/stdAges", json!(["ADULT", "OLDER_ADULT"]));
    check("eligibilityModule/sex", json!("ALL"));
    check("eligibilityModule/healthyVolunteers", json!(false));
    let contact = json!({
        "name": "Jing Liu, Ph.D",
        "role": "CONTACT",
        "phone": "86041184394568",
        "email": "liujing.dlrmc@hotmail.com",
    });
    check(
        "contactsLocationsModule",
        json!({
            "centralContacts": [contact],
            "overallOfficials": [{
                "name": "Jing Liu, Ph.D",
                "affiliation": "The First Affiliated Hospital of Dalian Medical University",
                "role": "PRINCIPAL_INVESTIGATOR",
            }],
            "locations": [{
                "facility": "The First Affiliated Hospital of Dalian Medical University",
                "status": "RECRUITING",
                "city": "Dalian",
                "state": "Liaoning",
                "zip": "116011",
                "country": "China",
                "contacts": [contact],
            }],
        }),
    );
    check("referencesModule", Value::Null);
}

#[test]
fn veeva_not_yet_enrolling() {
    let Some((study, notes)) = seed("003_") else {
        return;
    };
    let check = |path: &str, expect: Value| check(&study, path, &expect);
    assert_eq!(notes, []);
    assert_eq!(study.get("hasResults"), None);
    check(
        "identificationModule",
        json!({
            "nctId": "NCT07168603",
            "orgStudyIdInfo": {"id": "NPC-001"},
            "briefTitle": "EvaluatIon of Autologous Nucleus Pulposus Cells (aNPC) in Degenerative Disc Disease",
        }),
    );
    check(
        "statusModule",
        json!({"overallStatus": "NOT_YET_RECRUITING"}),
    );
    check(
        "sponsorCollaboratorsModule",
        json!({
            "leadSponsor": {"name": "ASTEROGENE Biomedical Co. Ltd.", "class": "INDUSTRY"},
        }),
    );
    check_ends(
        &study,
        "descriptionModule/briefSummary",
        "This is an open-label",
        "monitor participant safety.",
    );
    check_ends(
        &study,
        "descriptionModule/detailedDescription",
        "Degenerative disc disease (DDD)",
        "degenerative disc disease.",
    );
    check(
        "conditionsModule",
        json!({"conditions": ["Intervertebral Disc Degeneration"]}),
    );
    check(
        "designModule",
        json!({
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE1", "PHASE2"],
            "designInfo": {
                "allocation": "NA",
                "interventionModel": "SINGLE_GROUP",
                "primaryPurpose": "TREATMENT",
                "maskingInfo": {"masking": "NONE"},
            },
            "enrollmentInfo": {"count": 12, "type": "ESTIMATED"},
        }),
    );
    let label = "aNPC will be injected into the degenerated disc to evaluate safety and efficacy";
    let arm = "armsInterventionsModule/armGroups/0";
    assert_eq!(length(&study, "armsInterventionsModule/armGroups"), 1);
    check(&format!("{arm}/label"), json!(label));
    check(&format!("{arm}/type"), json!("EXPERIMENTAL"));
    check(&format!("{arm}/interventionNames"), json!(["Drug: aNPC"]));
    check_ends(
        &study,
        &format!("{arm}/description"),
        "Subjects will receive a single",
        "safety and efficacy assessments.",
    );
    check(
        "armsInterventionsModule/interventions",
        json!([
            {"type": "DRUG", "name": "aNPC", "armGroupLabels": [label]},
        ]),
    );
    check("outcomesModule", Value::Null);
    assert_eq!(item_counts(&study), (7, 19, 2));
    let criteria = study["protocolSection"]["eligibilityModule"]["eligibilityCriteria"]
        .as_str()
        .unwrap();
    let items = items(criteria);
    let exclusion: Vec<_> = items
        .iter()
        .filter(|item| item.section == ItemKind::Exclusion && !item.lead_in)
        .collect();
    assert!(exclusion.iter().all(|item| item.depth == 1));
    let (first, second) = exclusion[1]
        .text
        .split_once('\n')
        .expect("a second paragraph");
    assert!(
        first.starts_with("Bone marrow function")
            && second.starts_with("Following the reference range")
    );
    check("eligibilityModule/minimumAge", json!("20 Years"));
    check("eligibilityModule/maximumAge", Value::Null);
    check("eligibilityModule/sex", json!("ALL"));
    check("eligibilityModule/healthyVolunteers", json!(false));
    check("contactsLocationsModule", json!({"numberOfLocations": 0}));
    check("referencesModule", Value::Null);
}

#[test]
fn veeva_enrolling() {
    let Some((study, notes)) = seed("004_") else {
        return;
    };
    let check = |path: &str, expect: Value| check(&study, path, &expect);
    assert_eq!(notes, []);
    assert_eq!(study.get("hasResults"), None);
    check(
        "identificationModule",
        json!({
            "nctId": "NCT03826433",
            "orgStudyIdInfo": {"id": "SCLnow-XY-04"},
            "briefTitle": "hUC Mesenchymal Stem Cells (19#iSCLife®-LC) in the Treatment of Decompensated Hepatitis b Cirrhosishepatitis b Cirrhosis",
        }),
    );
    check("statusModule", json!({"overallStatus": "RECRUITING"}));
    check(
        "sponsorCollaboratorsModule",
        json!({
            "leadSponsor": {"name": "Sclnow Biotechnology", "class": "INDUSTRY"},
        }),
    );
    check_ends(
        &study,
        "descriptionModule/briefSummary",
        "1. Evaluation the safety",
        "hepatitis B cirrhosis.",
    );
    check_ends(
        &study,
        "descriptionModule/detailedDescription",
        "This experimental use",
        "peripheral intravenous injection.",
    );
    check("conditionsModule", json!({"conditions": ["Hepatitis B"]}));
    check(
        "designModule",
        json!({
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE1"],
            "designInfo": {
                "allocation": "NON_RANDOMIZED",
                "interventionModel": "PARALLEL",
                "primaryPurpose": "TREATMENT",
                "maskingInfo": {"masking": "NONE"},
            },
            "enrollmentInfo": {"count": 20, "type": "ESTIMATED"},
        }),
    );
    let arms = "armsInterventionsModule/armGroups";
    assert_eq!(length(&study, arms), 2);
    check(&format!("{arms}/0/label"), json!("Treatment Group"));
    check(&format!("{arms}/0/type"), json!("EXPERIMENTAL"));
    check(
        &format!("{arms}/0/interventionNames"),
        json!(["Biological: Peripheral iv"]),
    );
    check_ends(
        &study,
        &format!("{arms}/0/description"),
        "Mesenchymal Stem Cells :",
        "(30 ml)",
    );
    check(
        &format!("{arms}/1"),
        json!({
            "label": "Control Group",
            "type": "NO_INTERVENTION",
            "description": "Control Group: Using basic contrast .",
        }),
    );
    check(
        "armsInterventionsModule/interventions",
        json!([
            {"type": "BIOLOGICAL", "name": "Peripheral iv", "armGroupLabels": ["Treatment Group"]},
        ]),
    );
    assert_eq!(item_counts(&study), (4, 8, 0));
    check("eligibilityModule/minimumAge", json!("18 Years"));
    check("eligibilityModule/maximumAge", json!("60 Years"));
    check("eligibilityModule/sex", json!("ALL"));
    check("eligibilityModule/healthyVolunteers", json!(false));
    check(
        "contactsLocationsModule",
        json!({
            "centralContacts": [
                {"name": "Xuegong Fan, doctor", "role": "CONTACT"},
                {"name": "Lei Guo, doctor", "role": "CONTACT"},
            ],
            "numberOfLocations": 1,
        }),
    );
    check("referencesModule", Value::Null);
}

/// The tab of a classic page that says that there are no results: a head, dates and publications, nothing else.
#[test]
fn classic_as_html() {
    let Some((study, notes)) = seed("ctgov_classic_page") else {
        return;
    };
    let check = |path: &str, expect: Value| check(&study, path, &expect);
    assert_eq!(notes, []);
    assert_eq!(study["hasResults"], json!(false));
    check(
        "identificationModule",
        json!({
            "nctId": "NCT02422290",
            "briefTitle": "Ketamine Treatment for Pediatric-Refractory Obsessive-Compulsive Disorder (OCD)",
        }),
    );
    check(
        "statusModule",
        json!({
            "overallStatus": "COMPLETED",
            "primaryCompletionDateStruct": {"date": "2018-01-01", "type": "ACTUAL"},
            "completionDateStruct": {"date": "2018-01-01", "type": "ACTUAL"},
            "studyFirstPostDateStruct": {"date": "2015-04-21"},
            "lastUpdatePostDateStruct": {"date": "2018-08-20"},
        }),
    );
    check(
        "sponsorCollaboratorsModule",
        json!({
            "responsibleParty": {
                "type": "PRINCIPAL_INVESTIGATOR",
                "investigatorFullName": "Pablo H. Goldberg",
                "investigatorAffiliation": "New York State Psychiatric Institute",
            },
            "leadSponsor": {"name": "New York State Psychiatric Institute"},
            "collaborators": [{"name": "New York Presbyterian Hospital"}],
        }),
    );
    assert_eq!(length(&study, "referencesModule/references"), 22);
    check_ends(
        &study,
        "referencesModule/references/0/citation",
        "Rauch SL, Wedig MM",
        "Epub 2006 Feb 21.",
    );
    check_ends(
        &study,
        "referencesModule/references/21/citation",
        "Papolos DF",
        "Epub 2012 Nov 30.",
    );
    for absent in [
        "descriptionModule",
        "conditionsModule",
        "designModule",
        "armsInterventionsModule",
        "outcomesModule",
        "eligibilityModule",
        "contactsLocationsModule",
    ] {
        check(absent, Value::Null);
    }
}
