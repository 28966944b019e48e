//! Counts and filters against counting by hand.
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::ToSpan;
use proptest::prelude::*;
use serde_json::Value;
use trialfind::search::{Filter, Hits};

use crate::{FINDER, Known, TODAY, TRIALS, filter, ids, request, search};

/// Where the values of a facet stand in a record; `*` is every member of an array.
const PATHS: [(&str, &str); 13] = [
    ("status", "protocolSection/statusModule/overallStatus"),
    ("phase", "protocolSection/designModule/phases/*"),
    ("study_type", "protocolSection/designModule/studyType"),
    (
        "intervention_type",
        "protocolSection/armsInterventionsModule/interventions/*/type",
    ),
    ("sex", "protocolSection/eligibilityModule/sex"),
    ("age_group", "protocolSection/eligibilityModule/stdAges/*"),
    (
        "sponsor_class",
        "protocolSection/sponsorCollaboratorsModule/leadSponsor/class",
    ),
    (
        "country",
        "protocolSection/contactsLocationsModule/locations/*/country",
    ),
    ("results", "hasResults"),
    (
        "start_year",
        "protocolSection/statusModule/startDateStruct/date",
    ),
    (
        "allocation",
        "protocolSection/designModule/designInfo/allocation",
    ),
    (
        "masking",
        "protocolSection/designModule/designInfo/maskingInfo/masking",
    ),
    (
        "purpose",
        "protocolSection/designModule/designInfo/primaryPurpose",
    ),
];

fn at<'v>(value: &'v Value, path: &str, sink: &mut Vec<&'v Value>) {
    match path.split_once('/') {
        _ if path.is_empty() => sink.push(value),
        Some(("*", rest)) => {
            for member in value.as_array().into_iter().flatten() {
                at(member, rest, sink);
            }
        }
        None if path == "*" => sink.extend(value.as_array().into_iter().flatten()),
        Some((key, rest)) => {
            if let Some(value) = value.get(key) {
                at(value, rest, sink);
            }
        }
        None => sink.extend(value.get(path)),
    }
}

/// The buckets of a trial in a facet, read off its record.
fn buckets(trial: &Known, facet: &str) -> BTreeSet<String> {
    if facet == "verification" {
        return BTreeSet::from([verification(&trial.study).to_owned()]);
    }
    let (_, path) = PATHS.iter().find(|(name, _)| *name == facet).unwrap();
    let mut values = Vec::new();
    at(&trial.study, path, &mut values);
    let (_, config) = FINDER.index().fields().facet(facet).unwrap();
    let texts = values.into_iter().map(|value| match (facet, value) {
        ("results", value) => if value == true { "POSTED" } else { "NONE" }.to_owned(),
        ("start_year", value) => value.as_str().unwrap()[..4].to_owned(),
        ("country", value) => trialfind::place::country_called(value.as_str().unwrap()).to_owned(),
        (_, value) => value.as_str().unwrap().to_owned(),
    });
    let known = texts.map(|value| match &config.vocabulary {
        Some(table) if FINDER.index().vocabulary().label(table, &value).is_none() => {
            "unrecognised".to_owned()
        }
        _ => value,
    });
    let found: BTreeSet<String> = known.collect();
    match found.is_empty() {
        true => BTreeSet::from(["not_stated".to_owned()]),
        false => found,
    }
}

/// Open, last verified (or, without that, updated) more than two years ago, and past its primary completion or without one.
fn verification(study: &Value) -> &'static str {
    let status = &study["protocolSection"]["statusModule"];
    let open = [
        "RECRUITING",
        "NOT_YET_RECRUITING",
        "ENROLLING_BY_INVITATION",
        "AVAILABLE",
    ];
    if !open.iter().any(|open| status["overallStatus"] == *open) {
        return "OTHER";
    }
    // A month or a year is over on its last day: "2024-05" sorts before "2024-06-01", "2024-06" is later than it.
    let last_day = |date: &Value| date.as_str().map(|date| format!("{date:~<10}"));
    let verified = last_day(&status["statusVerifiedDate"])
        .or_else(|| last_day(&status["lastUpdatePostDateStruct"]["date"]))
        .or_else(|| last_day(&status["lastUpdateSubmitDate"]));
    let Some(verified) = verified else {
        return "not_stated";
    };
    let over = last_day(&status["primaryCompletionDateStruct"]["date"])
        .is_none_or(|day| day < TODAY.to_string());
    match verified < (TODAY - 2.years()).to_string() && over {
        true => "STALE",
        false => "OTHER",
    }
}

fn names() -> impl Iterator<Item = &'static str> {
    PATHS.iter().map(|(name, _)| *name).chain(["verification"])
}

/// Every value of every facet, and of each one that no trial has.
static VALUES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let mut values = Vec::new();
    for facet in names() {
        let mut there: BTreeSet<String> = BTreeSet::from(["nowhere".to_owned()]);
        there.extend(TRIALS.values().flat_map(|trial| buckets(trial, facet)));
        values.extend(there.into_iter().map(|value| (facet.to_owned(), value)));
    }
    values
});

/// Filters with one to three values in up to four facets.
fn filters() -> impl Strategy<Value = Vec<Filter>> {
    let pick = || any::<prop::sample::Index>();
    let few = prop::collection::vec((pick(), prop::collection::vec(pick(), 1..4)), 0..5);
    few.prop_map(|picks| {
        let mut chosen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (facet, values) in picks {
            let (facet, _) = facet.get(&VALUES);
            let of_facet: Vec<&String> = VALUES
                .iter()
                .filter(|(name, _)| name == facet)
                .map(|(_, value)| value)
                .collect();
            chosen
                .entry(facet.clone())
                .or_default()
                .extend(values.iter().map(|value| (*value.get(&of_facet)).clone()));
        }
        chosen
            .into_iter()
            .map(|(facet, values)| Filter {
                facet,
                values: values.into_iter().collect(),
            })
            .collect()
    })
}

fn passes(trial: &Known, filter: &Filter) -> bool {
    let buckets = buckets(trial, &filter.facet);
    filter.values.iter().any(|value| buckets.contains(value))
}

/// What a search must count and find, from the trials that match its words.
fn check(words: &[String], filters: &[Filter], hits: &Hits) {
    let through = |but: &str| -> Vec<&String> {
        let others = filters.iter().filter(|filter| filter.facet != but);
        words
            .iter()
            .filter(|id| others.clone().all(|filter| passes(&TRIALS[*id], filter)))
            .collect()
    };
    let expected = through("");
    assert_eq!(
        ids(hits).iter().collect::<Vec<_>>(),
        expected,
        "{filters:?}"
    );
    assert_eq!(hits.total as usize, expected.len());
    assert_eq!(hits.total_without_filters as usize, words.len());
    assert_eq!(hits.facets.len(), PATHS.len() + 1);
    for facet in &hits.facets {
        let mut counted: BTreeMap<String, u64> = BTreeMap::new();
        for id in through(&facet.name) {
            for value in buckets(&TRIALS[id], &facet.name) {
                *counted.entry(value).or_default() += 1;
            }
        }
        let chosen = filters.iter().find(|filter| filter.facet == facet.name);
        let chosen = chosen
            .map(|filter| filter.values.as_slice())
            .unwrap_or_default();
        for value in chosen {
            counted.entry(value.clone()).or_default();
        }
        let answered: BTreeMap<String, u64> = facet
            .buckets
            .iter()
            .map(|bucket| (bucket.value.clone(), bucket.count))
            .collect();
        assert_eq!(answered, counted, "{} under {filters:?}", facet.name);
        assert_eq!(answered.len(), facet.buckets.len(), "a bucket twice");
        for bucket in &facet.buckets {
            assert_eq!(bucket.chosen, chosen.contains(&bucket.value), "{bucket:?}");
        }
    }
}

const QUERIES: [&str; 7] = [
    "",
    "pain",
    "\"stem cells\" -knee",
    "melanoma OR disc",
    "condition:lymphoma",
    "safety efficacy",
    "-title:disc",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(250))]

    #[test]
    fn counts_and_hits_are_those_of_counting_by_hand(query in prop::sample::select(&QUERIES[..]), filters in filters()) {
        let plain = search(query);
        let mut asked = request(query);
        asked.filters = filters.clone();
        asked.facets = names().map(str::to_owned).collect();
        let hits = FINDER.search(&asked).unwrap();
        check(&ids(&plain), &filters, &hits);
        // Filters never change scores.
        let scores: BTreeMap<&str, Option<f32>> = plain.hits.iter().map(|hit| (hit.id.as_str(), hit.score)).collect();
        for hit in &hits.hits {
            prop_assert_eq!(hit.score, scores[hit.id.as_str()]);
        }
    }
}

#[test]
fn every_facet_of_the_schema_is_counted_by_hand_here() {
    let schema = FINDER.index().fields();
    let schema: BTreeSet<&str> = schema
        .facets
        .iter()
        .map(|facet| facet.name.as_str())
        .collect();
    assert_eq!(schema, names().collect());
}

#[test]
fn a_trial_of_two_phases_counts_under_both_and_na_is_no_missing_phase() {
    let with = |phase: &str| {
        let mut asked = request("");
        asked.filters = vec![filter("phase", &[phase])];
        asked.facets = vec!["phase".into()];
        FINDER.search(&asked).unwrap()
    };
    for phase in ["PHASE2", "PHASE3"] {
        assert!(
            ids(&with(phase)).contains(&"NCT03737461".to_owned()),
            "{phase}"
        );
    }
    let (not_applicable, not_stated) = (with("NA"), with("not_stated"));
    assert!(not_applicable.hits.iter().all(|hit| hit.phases == ["NA"]));
    assert!(not_stated.hits.iter().all(|hit| hit.phases.is_empty()));
    assert!(not_applicable.total > 0 && not_stated.total > 0);
    // One more value could be chosen: the counts do not shrink to the value that is.
    let phases = &not_stated.facets[0];
    assert!(phases.buckets.len() > 4, "{phases:?}");
    let last = phases.buckets.last().unwrap();
    assert_eq!(
        (last.value.as_str(), last.count, last.chosen),
        ("not_stated", not_stated.total, true)
    );
}

#[test]
fn freshness_depends_on_the_day_of_the_search() {
    let stale = |today| {
        let mut asked = request("");
        asked.filters = vec![filter("verification", &["STALE"])];
        asked.today = today;
        let hits = FINDER.search(&asked).unwrap();
        assert!(
            hits.hits
                .iter()
                .all(|hit| hit.status.not_verified_for_two_years)
        );
        hits.total
    };
    assert_eq!(stale(jiff::civil::date(2013, 1, 1)), 0);
    let open = {
        let mut asked = request("");
        asked.filters = vec![filter(
            "status",
            &[
                "RECRUITING",
                "NOT_YET_RECRUITING",
                "ENROLLING_BY_INVITATION",
                "AVAILABLE",
            ],
        )];
        FINDER.search(&asked).unwrap().total
    };
    let later = stale(jiff::civil::date(2060, 1, 1));
    let now = stale(TODAY);
    assert!(
        0 < now && now < later && later <= open,
        "{now} {later} {open}"
    );
}

#[test]
fn unknown_facets_are_refused_by_name() {
    let mut asked = request("pain");
    asked.facets = vec!["colour".into()];
    let error = FINDER.search(&asked).unwrap_err().to_string();
    assert!(
        error.contains("`colour`") && error.contains("phase"),
        "{error}"
    );
    let mut asked = request("pain");
    asked.filters = vec![filter("colour", &["red"])];
    let error = FINDER.search(&asked).unwrap_err().to_string();
    assert!(error.contains("`colour`"), "{error}");
}
