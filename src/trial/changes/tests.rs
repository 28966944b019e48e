//! Differences as people read them.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::trial::changes::differences;
use crate::trial::changes::is_same;

/// The study that the tables change.
fn study() -> Value {
    json!({
        "protocolSection": {
            "identificationModule": {"nctId": "NCT00000001", "briefTitle": "Cells for Discs"},
            "statusModule": {
                "overallStatus": "RECRUITING",
                "completionDateStruct": {"date": "2024-05", "type": "ESTIMATED"},
            },
            "sponsorCollaboratorsModule": {"leadSponsor": {"name": "Institute", "class": "OTHER"}},
            "designModule": {"phases": ["PHASE1"], "enrollmentInfo": {"count": 40, "type": "ACTUAL"}},
            "armsInterventionsModule": {"armGroups": [
                {"label": "Cells", "type": "EXPERIMENTAL", "interventionNames": ["Biological: Cells"]},
                {"label": "Saline", "type": "PLACEBO_COMPARATOR"},
            ]},
            "outcomesModule": {"primaryOutcomes": [
                {"measure": "Pain on a visual scale at rest", "timeFrame": "6 months"},
            ]},
            "eligibilityModule": {
                "eligibilityCriteria": "Inclusion Criteria:\n\n* Age 18 to 65 years\n* Back pain\n\nExclusion Criteria:\n\n* Gout",
                "healthyVolunteers": false,
            },
            "contactsLocationsModule": {"locations": [
                {"facility": "Hospital", "city": "Lyon", "zip": "69000", "country": "France", "status": "RECRUITING"},
                {"facility": "Clinic", "city": "Graz", "country": "Austria", "geoPoint": {"lat": 47.0, "lon": 15.4}},
            ]},
        },
        "derivedSection": {"miscInfoModule": {"versionHolder": "2026-03-11"}},
        "hasResults": false,
    })
}

fn told(earlier: &Value, later: &Value) -> Vec<String> {
    differences(earlier, later)
        .into_iter()
        .map(|difference| difference.text)
        .collect()
}

/// Puts a value into the study, or takes it out (`null`), and compares what is told.
fn check(path: &str, value: Value, expect: &[&str]) {
    let earlier = study();
    let mut later = study();
    let (parent, name) = path.rsplit_once('/').unwrap();
    match later.pointer_mut(parent).unwrap() {
        Value::Object(object) if value.is_null() => {
            object.remove(name);
        }
        Value::Object(object) => {
            object.insert(name.to_owned(), value);
        }
        Value::Array(items) if name == "-" => items.push(value),
        Value::Array(items) => {
            items.remove(name.parse().unwrap());
        }
        _ => unreachable!("{path}"),
    }
    assert_eq!(told(&earlier, &later), expect);
}

#[test]
fn changes_are_told_in_the_words_of_the_field() {
    check(
        "/protocolSection/statusModule/overallStatus",
        json!("COMPLETED"),
        &["status RECRUITING -> COMPLETED"],
    );
    check(
        "/protocolSection/statusModule/lastKnownStatus",
        json!("RECRUITING"),
        &["last known status added: RECRUITING"],
    );
    check(
        "/protocolSection/statusModule/overallStatus",
        Value::Null,
        &["status removed: RECRUITING"],
    );
    check(
        "/protocolSection/designModule/enrollmentInfo",
        json!({"count": 113, "type": "ACTUAL"}),
        &["enrollment 40 -> 113 (ACTUAL)"],
    );
    check(
        "/protocolSection/designModule/enrollmentInfo",
        json!({"count": 40, "type": "ESTIMATED"}),
        &["enrollment 40: ACTUAL -> ESTIMATED"],
    );
    check(
        "/protocolSection/statusModule/completionDateStruct",
        json!({"date": "2025-01-31", "type": "ACTUAL"}),
        &["completion date 2024-05 (ESTIMATED) -> 2025-01-31 (ACTUAL)"],
    );
    check(
        "/protocolSection/designModule/phases",
        json!(["PHASE1", "PHASE2"]),
        &["phase PHASE1 -> PHASE1, PHASE2"],
    );
    check(
        "/protocolSection/sponsorCollaboratorsModule/leadSponsor",
        json!({"name": "Company", "class": "INDUSTRY"}),
        &["lead sponsor Institute (OTHER) -> Company (INDUSTRY)"],
    );
    check(
        "/protocolSection/identificationModule/briefTitle",
        json!("Cells for Backs"),
        &["title Cells for Discs -> Cells for Backs"],
    );
    check("/hasResults", json!(true), &["results posted no -> yes"]);
    check(
        "/resultsSection",
        json!({"moreInfoModule": {"odd": 1}}),
        &["results added"],
    );
    check(
        "/protocolSection/eligibilityModule/healthyVolunteers",
        json!(true),
        &["healthy volunteers no -> yes"],
    );
}

#[test]
fn items_are_matched_by_what_they_are() {
    check(
        "/protocolSection/contactsLocationsModule/locations/-",
        json!({"facility": "Ward", "city": "Bern", "country": "Switzerland", "status": "RECRUITING"}),
        &["site added: Ward, Bern, Switzerland (RECRUITING)"],
    );
    check(
        "/protocolSection/contactsLocationsModule/locations/0",
        Value::Null,
        &["site removed: Hospital, Lyon, France (RECRUITING)"],
    );
    check(
        "/protocolSection/contactsLocationsModule/locations",
        json!([
            {"facility": "Clinic", "city": "Graz", "country": "Austria", "geoPoint": {"lat": 47.1, "lon": 15.4}},
            {"facility": "Hospital", "city": "Lyon", "zip": "69001", "country": "France", "status": "COMPLETED"},
        ]),
        &[
            "site Clinic, Graz, Austria: place on the map 47.0, 15.4 -> 47.1, 15.4",
            "site Hospital, Lyon, France: status RECRUITING -> COMPLETED",
            "site Hospital, Lyon, France: postal code 69000 -> 69001",
        ],
    );
    check(
        "/protocolSection/contactsLocationsModule/locations/1",
        Value::Null,
        &["site removed: Clinic, Graz, Austria"],
    );
    let site = |facility: &str| json!({"locations": [{"facility": facility, "city": "Davao", "country": "Philippines"}]});
    let within = |sites: Value| json!({"protocolSection": {"contactsLocationsModule": sites}});
    let told_of = |earlier: &str, later: &str| told(&within(site(earlier)), &within(site(later)));
    assert_eq!(
        told_of(
            "Metro Davao Research Centre",
            "Metro Davao Research Center Inc."
        ),
        [
            "site Metro Davao Research Centre, Davao, Philippines: facility Metro Davao Research Centre -> Metro Davao Research Center Inc."
        ]
    );
    assert_eq!(
        told_of("Makati Medical Centre", "St Luke's Medical Center"),
        [
            "site removed: Makati Medical Centre, Davao, Philippines",
            "site added: St Luke's Medical Center, Davao, Philippines"
        ]
    );
    check(
        "/protocolSection/armsInterventionsModule/armGroups",
        json!([
            {"label": "Saline", "type": "SHAM_COMPARATOR"},
            {"label": "Cells", "type": "EXPERIMENTAL", "interventionNames": ["Drug: Other", "Biological: Cells"]},
        ]),
        &[
            "arm Saline: type PLACEBO_COMPARATOR -> SHAM_COMPARATOR",
            "arm Cells: intervention added: Drug: Other",
        ],
    );
    check(
        "/protocolSection/outcomesModule/primaryOutcomes",
        json!([{"measure": "Pain on a numeric scale at rest", "timeFrame": "12 months"}]),
        &[
            "primary outcome Pain on a visual scale at rest: measure Pain on a visual scale at rest -> Pain on a numeric scale at rest",
            "primary outcome Pain on a visual scale at rest: time frame 6 months -> 12 months",
        ],
    );
}

#[test]
fn criteria_are_told_item_by_item() {
    let criteria = "/protocolSection/eligibilityModule/eligibilityCriteria";
    check(
        criteria,
        json!(
            "Inclusion Criteria:\n\n* Age 18 to 75 years\n* Back pain\n* Consent\n\nExclusion Criteria:\n"
        ),
        &[
            "inclusion criterion changed: Age 18 to [65 -> 75] years",
            "exclusion criterion removed: Gout",
            "inclusion criterion added: Consent",
        ],
    );
    check(
        criteria,
        json!("Inclusion Criteria:\n\n* Age 18 to 65 years\n* Back pain\n* Gout"),
        &["exclusion criterion is now an inclusion criterion: Gout"],
    );
    check(
        criteria,
        json!(
            "Inclusion Criteria:\n\n1. Back pain\n2. Age 18 to 65 years\n\nExclusion Criteria:\n\n* Gout"
        ),
        &["eligibility criteria: only their order or layout changed"],
    );
}

#[test]
fn what_has_no_name_is_told_by_its_path() {
    check(
        "/odd",
        json!({"deep": [1, {"more": "x"}]}),
        &["odd.deep added: 1", r#"odd.deep added: {"more":"x"}"#],
    );
    check(
        "/protocolSection/designModule/new",
        json!(true),
        &["protocolSection.designModule.new added: yes"],
    );
    let earlier = json!({"a": [{"title": "t", "list": [{"groupId": "G", "value": "1"}]}]});
    let later = json!({"a": [{"title": "t", "list": [{"groupId": "G", "value": "2"}]}]});
    assert_eq!(told(&earlier, &later), ["a t: list G: value 1 -> 2"]);
    assert_eq!(differences(&earlier, &later)[0].path, "a[t].list[G].value");
    assert_eq!(
        told(&json!({"a": 1}), &json!({"a": {"b": 1}})),
        [r#"a 1 -> {"b":1}"#]
    );
    assert_eq!(told(&json!(1), &json!([])), [" removed: 1"]);
}

/// Telling apart 100,000 sites that all went and came took minutes: each was held against each. Here are fewer.
#[test]
fn very_long_lists_are_compared_in_time() {
    let sites = |name: &str, cities: usize| -> Vec<Value> {
        (0..30_000)
            .map(|number| {
                let city = format!("City {}", number % cities);
                json!({"facility": format!("{name} {number}"), "city": city, "country": "France"})
            })
            .collect()
    };
    let criteria = |name: &str| -> String {
        let items: Vec<String> = (0..2_000)
            .map(|number| format!("* {name}{number} of the {number}th kind"))
            .collect();
        format!("Inclusion Criteria:\n\n{}", items.join("\n"))
    };
    let study = |name: &str, cities: usize| {
        json!({"protocolSection": {
            "contactsLocationsModule": {"locations": sites(name, cities)},
            "eligibilityModule": {"eligibilityCriteria": criteria(name)},
        }})
    };
    let started = Instant::now();
    for cities in [1, 30_000] {
        // Names of so different lengths that no site is another one renamed.
        let (earlier, later) = (study("A", cities), study(&"Hospital ".repeat(9), cities));
        assert_eq!(differences(&earlier, &later).len(), 64_000);
    }
    // Some seconds of an unoptimised program, on a busy machine ten times as many; by pairs, of which there are 1.8 billion, it was
    // minutes.
    let took = started.elapsed();
    assert!(took < Duration::from_secs(80), "{took:?}");
}

#[test]
fn the_snapshot_is_no_change() {
    check(
        "/derivedSection/miscInfoModule",
        json!({"versionHolder": "2026-03-12"}),
        &[],
    );
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0..4).prop_map(Value::from),
        "[ab é\u{7}]{0,6}".prop_map(Value::from),
    ];
    let name = prop_oneof![
        Just("protocolSection"),
        Just("statusModule"),
        Just("eligibilityModule"),
        Just("eligibilityCriteria"),
        Just("contactsLocationsModule"),
        Just("locations"),
        Just("status"),
        Just("designModule"),
        Just("enrollmentInfo"),
        Just("count"),
        Just("id"),
        Just("title"),
        Just("derivedSection"),
        Just("x"),
    ];
    leaf.prop_recursive(5, 40, 4, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(name.clone(), inner, 0..5).prop_map(|map| map
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()),
        ]
    })
}

proptest! {
    #[test]
    fn something_is_told_if_and_only_if_something_changed(earlier in any_value(), later in any_value()) {
        let same = is_same(earlier.to_string().as_bytes(), later.to_string().as_bytes());
        prop_assert_eq!(differences(&earlier, &later).is_empty(), same, "{} {}", earlier, later);
        prop_assert!(differences(&earlier, &earlier).is_empty());
    }
}
