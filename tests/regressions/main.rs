//! Bugs that were found by trying to break the program, each test named after its bug.
#![expect(
    clippy::unwrap_used,
    reason = "what the tests share fails by panicking"
)]

mod fuzzed;
#[path = "../fuzz/src/lib.rs"]
mod laws;

use std::path::Path;

use trialfind::index::{BuildOptions, Index, Progress, SchemaChoice};
use trialfind::query::parse;
use trialfind::search::{Finder, Hits, Notice, Request};

/// An index of studies that are given by their id's last digits and their brief title.
fn index_of(titles: &[(u32, &str)]) -> (tempfile::TempDir, Finder) {
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<String> = titles
        .iter()
        .map(|(number, title)| {
            let id = format!("NCT{number:08}");
            let study = serde_json::json!({"protocolSection": {"identificationModule": {"nctId": id, "briefTitle": title}}});
            study.to_string()
        })
        .collect();
    let finder = index_text(folder.path(), &lines.join("\n"));
    (folder, finder)
}

fn index_text(folder: &Path, text: &str) -> Finder {
    let file = folder.join("studies.ndjson");
    std::fs::write(&file, text).unwrap();
    let directory = folder.join("index");
    Index::build(
        &directory,
        SchemaChoice::bundled(),
        &[file],
        &BuildOptions::default(),
        &Progress::default(),
        &|_| {},
    )
    .unwrap();
    Finder::new(Index::open(&directory, SchemaChoice::bundled()).unwrap())
}

fn search(finder: &Finder, query: &str) -> Hits {
    let query = parse(query, finder.index().fields()).unwrap();
    finder.search(&Request::new(query)).unwrap()
}

fn ids(finder: &Finder, query: &str) -> Vec<String> {
    let mut ids: Vec<String> = search(finder, query)
        .hits
        .into_iter()
        .map(|hit| hit.id)
        .collect();
    ids.sort();
    ids
}

/// `HER2 negative` lost its HER2 and returned every trial with "negative".
#[test]
fn a_code_before_negative_is_searched_for() {
    let (_folder, finder) = index_of(&[
        (1, "HER2-negative breast cancer"),
        (2, "HER2 negative breast cancer"),
        (3, "Gram-negative sepsis, a negative pressure room"),
        (4, "HER2-positive breast cancer"),
        (5, "ER negative breast cancer"),
    ]);
    let both = ["NCT00000001", "NCT00000002"];
    for query in [
        "HER2 negative",
        "HER2-negative",
        "\"HER2 negative\"",
        "breast HER2 negative cancer",
    ] {
        assert_eq!(ids(&finder, query), both, "{query}");
    }
    for query in ["\"HER2 negative breast\"", "\"HER2-negative breast\""] {
        assert_eq!(ids(&finder, query), both, "{query}");
    }
    assert_eq!(ids(&finder, "HER2"), ["NCT00000004"]);
}

/// A study with a title and bounds of age.
fn of_ages(number: u32, minimum: Option<&str>, maximum: Option<&str>) -> String {
    let id = format!("NCT{number:08}");
    let mut study = serde_json::json!({"protocolSection": {
        "identificationModule": {"nctId": id, "briefTitle": "Knee pain"},
        "eligibilityModule": {"stdAges": ["CHILD", "ADULT", "OLDER_ADULT"]},
    }});
    let eligibility = &mut study["protocolSection"]["eligibilityModule"];
    if let Some(minimum) = minimum {
        eligibility["minimumAge"] = minimum.into();
    }
    if let Some(maximum) = maximum {
        eligibility["maximumAge"] = maximum.into();
    }
    study.to_string()
}

/// A patient of 45 was shown trials for 18 to 40: the filter went by standard age groups.
#[test]
fn a_storys_age_is_judged_by_the_trials_own_bounds() {
    let folder = tempfile::tempdir().unwrap();
    let studies = [
        of_ages(1, Some("18 Years"), Some("40 Years")),
        of_ages(2, Some("18 Years"), Some("45 Years")),
        of_ages(3, Some("46 Years"), None),
        of_ages(4, Some("18 Years"), None),
        of_ages(5, None, None),
        of_ages(6, None, Some("6 Months")),
    ];
    let finder = index_text(folder.path(), &studies.join("\n"));
    let of_story = |story: &str, query: &str, lifted: bool| -> (Vec<String>, u64) {
        let mut patient = finder.read_patient(story).unwrap();
        if lifted {
            patient.age_filter = None;
        }
        let query = match query {
            "" => trialfind::query::Query::of_words(""),
            query => parse(query, finder.index().fields()).unwrap(),
        };
        let mut request = Request::new(query);
        request.patient = Some(patient);
        let hits = finder.search(&request).unwrap();
        let mut ids: Vec<String> = hits
            .hits
            .into_iter()
            .map(|hit| hit.id[8..].to_owned())
            .collect();
        ids.sort();
        (ids, hits.total_without_filters)
    };
    let check = |story: &str, query: &str, expect: &[&str]| {
        let (ids, without_filters) = of_story(story, query, false);
        assert_eq!(ids, expect, "{story} {query}");
        if query.is_empty() {
            assert_eq!(without_filters, 6, "{story}");
        }
    };
    check(
        "A 45-year-old man with knee pain.",
        "",
        &["002", "004", "005"],
    );
    check(
        "A woman in her 40s with knee pain.",
        "",
        &["001", "002", "003", "004", "005"],
    );
    check("A 5-month-old girl with knee pain.", "", &["005", "006"]);
    // What is asked for outright goes before what the story says.
    check(
        "A 45-year-old man with knee pain.",
        "age:20",
        &["001", "002", "004", "005"],
    );
    let story = "A 45-year-old man with knee pain.";
    assert_eq!(of_story(story, "", true).0.len(), 6);
    for (id, filter) in [("45", "age:45"), ("40..49", "age:40..49")] {
        let said = if id == "45" {
            story
        } else {
            "A woman in her 40s with knee pain."
        };
        let patient = finder.read_patient(said).unwrap();
        assert_eq!(patient.age_filter.unwrap().values, [id]);
        assert_eq!(
            of_story(said, "", false).0,
            ids(&finder, filter)
                .iter()
                .map(|id| id[8..].to_owned())
                .collect::<Vec<_>>()
        );
    }
}

/// `=die` found "dying": the forms of a term were looked for among words that begin as it does.
#[test]
fn an_exact_word_is_no_other_form_of_it() {
    let titles = [
        (1, "die"),
        (2, "dying"),
        (3, "died"),
        (6, "lie"),
        (7, "lying"),
        (8, "mice"),
        (9, "mouse"),
        (10, "oedema"),
        (11, "edema"),
        (12, "tie"),
        (13, "tying"),
    ];
    let titles = titles.map(|(number, word)| (number, format!("The {word} study")));
    let titles: Vec<(u32, &str)> = titles
        .iter()
        .map(|(number, title)| (*number, title.as_str()))
        .collect();
    let (_folder, finder) = index_of(&titles);
    for (number, title) in &titles {
        let word = title.split(' ').nth(1).unwrap();
        assert_eq!(
            ids(&finder, &format!("={word}")),
            [format!("NCT{number:08}")],
            "{word}"
        );
        assert_eq!(
            ids(&finder, &format!("\"the {word} study\"=")),
            [format!("NCT{number:08}")],
            "{word}"
        );
    }
    assert_eq!(ids(&finder, "die").len(), 3);
}

/// The reference said that `=BM-MSC` does not find BMMSC, and nothing of the plural of codes.
#[test]
fn an_exact_code_is_found_in_all_its_writings() {
    let words = [
        "BM-MSC",
        "BMMSC",
        "BM MSC",
        "BM-MSCs",
        "MSC",
        "MSCs",
        "follow-up",
        "followup",
        "follow up",
        "follow-ups",
        "aids",
        "aid",
    ];
    let titles: Vec<String> = words
        .iter()
        .map(|word| format!("Of {word} study"))
        .collect();
    let titles: Vec<(u32, &str)> = (1..).zip(titles.iter().map(String::as_str)).collect();
    let (_folder, finder) = index_of(&titles);
    let check = |query: &str, expect: &[&str]| {
        let mut expect: Vec<String> = (1..)
            .zip(words)
            .filter(|(_, word)| expect.contains(word))
            .map(|(number, _)| format!("NCT{number:08}"))
            .collect();
        let mut found = ids(&finder, query);
        found.sort();
        expect.sort();
        assert_eq!(found, expect, "{query}");
    };
    let codes = ["BM-MSC", "BMMSC", "BM MSC", "BM-MSCs"];
    for query in ["=BM-MSC", "=BMMSC", "=BM-MSCs", "\"BM MSC\"="] {
        check(query, &codes);
    }
    for query in ["=MSC", "=MSCs"] {
        check(query, &["MSC", "MSCs", "BM-MSC", "BM MSC", "BM-MSCs"]);
    }
    check("=follow-up", &["follow-up", "followup"]);
    check("\"follow up\"=", &["follow-up", "follow up"]);
    check("=follow-ups", &["follow-ups"]);
    check("=aids", &["aids"]);
    check("=aid", &["aid"]);
}

/// A word that was searched in another spelling did not stand for its abbreviation.
#[test]
fn a_respelled_word_is_expanded_as_a_typed_one() {
    let mut titles: Vec<(u32, &str)> = (1..5)
        .map(|number| (number, "Mesenchymal stem cells (MSC) for the knee"))
        .collect();
    titles.push((5, "MSC for the hip"));
    titles.push((6, "Heart attack rescue"));
    titles.push((7, "Myocardial infarction rescue"));
    let (_folder, finder) = index_of(&titles);
    let check = |typed: &str, right: &str| {
        let (hits, expect) = (search(&finder, typed), search(&finder, right));
        assert!(
            expect
                .notices
                .iter()
                .any(|notice| matches!(notice, Notice::Expanded { .. })),
            "{right}"
        );
        assert_eq!(hits.total, expect.total, "{typed}");
        let expanded = |hits: &Hits| {
            hits.notices
                .iter()
                .filter(|notice| matches!(notice, Notice::Expanded { .. }))
                .count()
        };
        assert_eq!(
            expanded(&hits),
            expanded(&expect),
            "{typed}: {:?}",
            hits.notices
        );
    };
    check("mesenchimal stem cells", "mesenchymal stem cells");
    check("myocardial infartion", "myocardial infarction");
    let mut exact = Request::new(parse("mesenchimal stem cells", finder.index().fields()).unwrap());
    exact.expand = false;
    assert_eq!(finder.search(&exact).unwrap().total, 4);
}

/// The hints for wrong values were lists in capitals.
#[test]
fn a_wrong_value_is_told_the_nearest_right_one() {
    let (_folder, finder) = index_of(&[(1, "Knee pain")]);
    let check = |query: &str, expect: &str| {
        let query = parse(query, finder.index().fields()).unwrap();
        let text = query.text.clone();
        let error = finder.search(&Request::new(query)).unwrap_err().to_string();
        assert!(
            error.ends_with(&format!("hint: {expect}")),
            "{text}: {error}"
        );
    };
    check("status:recruting", "did you mean `recruiting`?");
    check(
        "status:activ",
        "did you mean `\"active but not recruiting\"`?",
    );
    check("type:interventionl", "did you mean `interventional`?");
    check("sex:woman", "did you mean `women`?");
    check("phase:9", "known are 0, 1, 2, 3, 4, na");
    check("has:resuts", "did you mean `results`?");
    check(
        "has:nothing",
        "known are results, age, title, condition, intervention, keyword and 32 more",
    );
    let hits = search(&finder, "phase II knee");
    assert!(
        hits.notices
            .iter()
            .all(|notice| !matches!(notice, Notice::FilterToo { .. }))
    );
    let (_folder, finder) = index_of(&[(1, "A phase II study of knee pain")]);
    let hits = search(&finder, "knee Phase II");
    let too = Notice::FilterToo {
        typed: "Phase II".to_owned(),
        filter: "phase:2".to_owned(),
    };
    assert_eq!((hits.total, hits.notices), (1, vec![too]));
}

/// Each writing of a country was a value of its own, with a count that choosing it did not give: it chose all writings.
#[test]
fn the_writings_of_a_country_are_one_value() {
    let folder = tempfile::tempdir().unwrap();
    let lines = [
        &["Korea, Republic of"][..],
        &["South Korea", "Korea, Republic of", "France"],
        &["South Korea"],
        &["Utopia"],
    ];
    let lines: Vec<String> = lines
        .iter()
        .enumerate()
        .map(|(number, countries)| {
            let sites: Vec<_> = countries
                .iter()
                .map(|country| serde_json::json!({"country": country}))
                .collect();
            serde_json::json!({"protocolSection": {
                "identificationModule": {"nctId": format!("NCT0000000{number}"), "briefTitle": "Knee"},
                "contactsLocationsModule": {"locations": sites}
            }})
            .to_string()
        })
        .collect();
    let finder = index_text(folder.path(), &lines.join("\n"));
    let mut request = Request::new(parse("knee", finder.index().fields()).unwrap());
    request.facets = vec!["country".to_owned()];
    let buckets = |request: &Request| -> Vec<(String, u64)> {
        let hits = finder.search(request).unwrap();
        let buckets = hits.facets[0].buckets.iter();
        buckets
            .map(|bucket| (bucket.value.clone(), bucket.count))
            .collect()
    };
    let counts = [("South Korea", 3), ("France", 1), ("Utopia", 1)]
        .map(|(value, count)| (value.to_owned(), count));
    // From the second search on the columns are unpacked.
    for _ in 0..3 {
        assert_eq!(buckets(&request), counts);
    }
    for spelling in ["korea, republic of", "South Korea", "kr"] {
        let values = finder.facet_values("country", spelling).unwrap();
        assert_eq!(values, ["South Korea"], "{spelling}");
    }
    // A search that was kept has the value as the record writes it.
    for value in ["South Korea", "Korea, Republic of"] {
        request.filters = vec![trialfind::search::Filter {
            facet: "country".to_owned(),
            values: vec![value.to_owned()],
        }];
        assert_eq!(finder.search(&request).unwrap().total, 3, "{value}");
        assert_eq!(buckets(&request), counts, "{value}");
    }
}

/// Each value of a list was compared with all before it: a record of 30 MB, most of it names of conditions, took hours.
#[test]
fn a_record_of_very_many_values_is_indexed_in_time() {
    const VALUES: usize = 80_000;
    let each = |value: fn(usize) -> serde_json::Value| (0..VALUES).map(value).collect::<Vec<_>>();
    let study = serde_json::json!({"protocolSection": {
        "identificationModule": {
            "nctId": "NCT00000001",
            "briefTitle": "A study of knee pain",
            "secondaryIdInfos": each(|number| serde_json::json!({"id": format!("id{number}x")})),
        },
        "conditionsModule": {"conditions": each(|number| format!("condition{number}x").into())},
        "contactsLocationsModule": {
            "locations": each(|number| serde_json::json!({"country": format!("country{number}x")})),
        },
    }});
    let folder = tempfile::tempdir().unwrap();
    let started = std::time::Instant::now();
    let finder = index_text(folder.path(), &study.to_string());
    let took = started.elapsed();
    assert_eq!(finder.index().searcher().num_docs(), 1);
    // Some seconds without optimisation, and a busy machine may take ten times as long; each with all took minutes.
    assert!(took.as_secs() < 60, "{took:?}");
}
