//! Searches with a patient's story.

use serde_json::json;
use trialfind::index::SchemaChoice;
use trialfind::query::Query;
use trialfind::search::{Hits, PatientQuery, Reason, Request};

use crate::knowledge::{finder_of, study};
use crate::{FINDER, TODAY};

const STORY: &str = "A 52-year-old man with chronic low back pain for three years. MRI shows lumbar degenerative disc disease. He \
    denies fever. His mother had breast cancer. No history of melanoma. Past medical history: type 2 diabetes. BP 130/80.";

fn read(story: &str) -> PatientQuery {
    FINDER.read_patient(story).unwrap()
}

fn search(patient: PatientQuery, words: &str) -> Hits {
    let query = match words {
        "" => Query::of_words(""),
        words => crate::request(words).query,
    };
    let request = Request {
        patient: Some(patient),
        feedback: true,
        limit: crate::ALL,
        today: TODAY,
        ..Request::new(query)
    };
    FINDER.search(&request).unwrap()
}

#[test]
fn what_the_patient_has_is_searched_and_nothing_else() {
    let patient = read(STORY);
    let searched: Vec<String> = patient
        .concepts
        .iter()
        .map(|concept| concept.text.to_lowercase())
        .collect();
    let has = |word: &str| searched.iter().any(|text| text.contains(word));
    for word in ["back", "disc", "diabetes"] {
        assert!(has(word), "{word}: {searched:?}");
    }
    for word in ["fever", "breast", "melanoma", "130", "man", "year"] {
        assert!(!has(word), "{word}: {searched:?}");
    }
    let reason = |word: &str| {
        let left = patient
            .left_out
            .iter()
            .find(|left| left.text.contains(word));
        left.map(|left| left.reason)
    };
    assert_eq!(reason("fever"), Some(Reason::Absent));
    assert_eq!(reason("melanoma"), Some(Reason::Absent));
    assert_eq!(reason("breast"), Some(Reason::Other));
    assert_eq!(reason("130/80"), Some(Reason::Measured));
    let weights: Vec<f32> = patient
        .concepts
        .iter()
        .map(|concept| concept.weight)
        .collect();
    assert!(weights.iter().all(|weight| *weight > 0.0));
}

#[test]
fn what_is_said_again_weighs_no_more() {
    let knee = |story: &str| {
        let concepts = read(story).concepts.into_iter();
        let mut said = concepts.filter(|concept| concept.text.to_lowercase() == "knee");
        said.next().map(|concept| (concept.times, concept.weight))
    };
    let (once, weight) = knee("Arthrosis of the knee.").unwrap();
    let (often, again) =
        knee("Arthrosis of the knee. The knee is stiff, the knee is warm.").unwrap();
    assert_eq!((once, often), (1, 3));
    assert_eq!(weight, again);
}

#[test]
fn trials_for_the_patient_lead() {
    let story =
        "A 52-year-old man with chronic low back pain. MRI shows lumbar degenerative disc disease.";
    let hits = search(read(story), "");
    let first: String = hits.hits[..5]
        .iter()
        .map(|hit| hit.title.text.to_lowercase())
        .collect::<Vec<_>>()
        .join("; ");
    assert!(
        first.contains("back pain") && first.contains("disc"),
        "{first}"
    );
    assert!(!hits.query.feedback.is_empty());
}

#[test]
fn age_and_sex_filter_and_can_be_lifted() {
    let patient = read("A 7-year-old girl with low back pain.");
    let filtered = search(patient.clone(), "");
    let mut lifted = patient;
    lifted.age_filter = None;
    lifted.sex_filter = None;
    let all = search(lifted, "");
    assert!(filtered.total < all.total);
    assert_eq!(filtered.total_without_filters, all.total);
    // Filters never change scores.
    for hit in &filtered.hits {
        let same = all.hits.iter().find(|other| other.id == hit.id).unwrap();
        assert_eq!(same.score, hit.score, "{}", hit.id);
    }
}

#[test]
fn typed_words_are_required_beside_the_story() {
    let story = read(STORY);
    let all = search(story.clone(), "");
    let some = search(story, "mesenchymal");
    assert!(some.total > 0 && some.total < all.total);
}

#[test]
fn exclusion_criteria_that_the_story_touches_are_shown() {
    let story = "A 52-year-old man with low back pain, melanoma, type 2 diabetes and osteoarthritis of the knee.";
    let hits = search(read(story), "");
    let touched: Vec<_> = hits
        .hits
        .iter()
        .flat_map(|hit| &hit.exclusion_warnings)
        .collect();
    assert!(!touched.is_empty());
    for touched in touched {
        assert!(!touched.finding.is_empty());
        assert!(!touched.criterion.highlights.is_empty());
    }
}

/// Where words beside the story could match in several ways, no exclusion criterion was shown at all.
#[test]
fn exclusion_criteria_are_shown_whatever_words_stand_beside() {
    let story = "A 52-year-old man with low back pain, melanoma, type 2 diabetes and osteoarthritis of the knee.";
    let all = search(read(story), "");
    let mut warned = 0;
    for words in ["pain", "(low pain) OR (back pain) OR knee"] {
        for hit in &search(read(story), words).hits {
            let same = all.hits.iter().find(|other| other.id == hit.id).unwrap();
            let warnings = [hit, same].map(|hit| format!("{:?}", hit.exclusion_warnings));
            assert_eq!(warnings[0], warnings[1], "{words} {}", hit.id);
            warned += usize::from(words.contains("OR") && !hit.exclusion_warnings.is_empty());
        }
    }
    assert!(warned > 0);
}

/// What is a condition but named as a keyword more often, or as a keyword only, was not looked for among exclusion criteria.
#[test]
fn keywords_that_criteria_exclude_are_warned_of() {
    let mut trials = Vec::new();
    let mut add = |condition: &str, keywords: &[&str], summary: &str, criteria: &str| {
        let mut study = study(trials.len(), condition, "A trial", summary);
        study["protocolSection"]["conditionsModule"]["keywords"] = json!(keywords);
        study["protocolSection"]["eligibilityModule"] =
            json!({"eligibilityCriteria": format!("Exclusion Criteria:\n\n* {criteria}")});
        trials.push(study);
    };
    for _ in 0..3 {
        let words = ["HIV", "Smoker", "TB", "Safety", "Quality of Life", "Knee"];
        add(
            "Gout",
            &words,
            "Safety and quality of life.",
            "HIV infection",
        );
        add(
            "Lymphoma",
            &[],
            "Safety.",
            "Known HIV, active TB or knee surgery",
        );
        add("Lymphoma", &[], "Adult quality of life.", "Current smokers");
        add(
            "Lymphoma",
            &["Adult", "Exercise"],
            "Exercise.",
            "TB or smokers",
        );
    }
    add(
        "HIV",
        &["HIV"],
        "HIV.",
        "No safety information or quality of life",
    );
    add(
        "Smoker",
        &[],
        "None.",
        "Adults who exercise for their safety",
    );
    let finder = finder_of("patient-keywords", SchemaChoice::bundled(), &trials);
    let warned = |story: &str| -> Vec<String> {
        let patient = finder.read_patient(story).unwrap();
        let request = Request {
            patient: Some(patient),
            limit: crate::ALL,
            today: TODAY,
            ..Request::new(Query::of_words(""))
        };
        let hits = finder.search(&request).unwrap().hits.into_iter();
        let touched = hits.flat_map(|hit| hit.exclusion_warnings);
        let mut findings: Vec<String> = touched.map(|touched| touched.finding).collect();
        findings.sort();
        findings.dedup();
        findings
    };
    for (story, expect) in [
        ("HIV positive patient with lymphoma", vec!["HIV"]),
        ("Smoker with lymphoma", vec!["Smoker"]),
        ("Lymphoma and TB", vec!["TB"]),
        (
            "An adult with lymphoma: knee, exercise, safety and quality of life.",
            vec![],
        ),
    ] {
        assert_eq!(warned(story), expect, "{story}");
    }
}

#[test]
fn no_story_fails() {
    for story in [
        "",
        " \n",
        "…",
        "the of and",
        "\u{0}\u{feff}",
        "发热 三天",
        &"pain ".repeat(20_000),
    ] {
        let patient = read(story);
        assert!(patient.concepts.len() <= 40);
        search(patient, "");
    }
}

#[test]
fn repeats_and_length_do_not_add_concepts() {
    let once = read(STORY);
    let twice = read(&STORY.repeat(2));
    let texts = |patient: &PatientQuery| -> Vec<String> {
        let mut texts: Vec<String> = patient
            .concepts
            .iter()
            .map(|concept| concept.text.clone())
            .collect();
        texts.sort();
        texts
    };
    assert_eq!(texts(&once), texts(&twice));
}

/// What is searched for, in lower case, in the order of the alphabet.
fn searched(story: &str) -> Vec<String> {
    let mut texts: Vec<String> = read(story)
        .concepts
        .iter()
        .map(|concept| concept.text.to_lowercase())
        .collect();
    texts.sort();
    texts
}

/// What a story is searched for, and the filters that follow from it.
fn check(story: &str, concepts: &[&str], age: Option<&str>, sex: Option<&str>) {
    let patient = read(story);
    assert_eq!(searched(story), concepts, "{story}");
    let by_age = patient.age_filter.map(|filter| filter.values.join(" "));
    assert_eq!(by_age.as_deref(), age, "{story}");
    let by_sex = patient.sex_filter.map(|filter| filter.values[1].clone());
    assert_eq!(by_sex.as_deref(), sex, "{story}");
}

#[test]
fn what_stands_before_an_age_is_searched() {
    let (age, female) = (Some("50"), Some("FEMALE"));
    check(
        "Melanoma in a 50-year-old woman. She has diabetes.",
        &["diabetes", "melanoma"],
        age,
        female,
    );
    check(
        "Melanoma patient, 58-year-old male.",
        &["melanoma"],
        Some("58"),
        Some("MALE"),
    );
    check(
        "The woman (melanoma) is a 34 y/o",
        &["melanoma"],
        Some("34"),
        female,
    );
}

#[test]
fn ages_filter_in_their_units() {
    let check = |story, age| check(story, &["melanoma"], Some(age), None);
    check("Melanoma, aged 10 months", "10m");
    check("Melanoma, aged 8 weeks", "56d");
    check("Age: 10 months. Melanoma", "10m");
    check("Melanoma, 1 year 6 months old", "18m");
    check("Melanoma, 18 months of age", "18m");
    check("Well until 3 months old; now 12 years old, melanoma", "12");
}

#[test]
fn what_follows_but_is_searched() {
    let check = |story| check(story, &["diabetes"], None, None);
    check("no melanoma but diabetes");
    check("without melanoma but with diabetes");
    check("No melanoma however diabetes");
    check("negative for melanoma, positive for diabetes");
}

#[test]
fn a_relative_is_the_patient_only_in_their_own_story() {
    check(
        "My 4 year old daughter has melanoma",
        &["melanoma"],
        Some("4"),
        Some("FEMALE"),
    );
    check(
        "My son, 7, has melanoma",
        &["melanoma"],
        Some("7"),
        Some("MALE"),
    );
    check(
        "My mother (68) was diagnosed with melanoma",
        &["melanoma"],
        Some("68"),
        Some("FEMALE"),
    );
    check(
        "Her father, a 70 year old man, has melanoma. She is 40 and has diabetes.",
        &["diabetes"],
        Some("40"),
        Some("FEMALE"),
    );
}

/// "am a" was searched as if the letter named something.
#[test]
fn words_that_only_join_others_are_not_searched() {
    check(
        "I am a 34 year old woman with melanoma",
        &["melanoma"],
        Some("34"),
        Some("FEMALE"),
    );
}

/// A name that a parenthesis ends was shown with the half of it.
#[test]
fn parentheses_of_names_are_closed() {
    let trials = [study(0, "Low back pain (LBP)", "A trial", "It is done.")];
    let finder = finder_of("patient-parentheses", SchemaChoice::bundled(), &trials);
    for (story, shown) in [
        (
            "A man with low back pain (LBP) and gout",
            "low back pain (LBP)",
        ),
        (
            "A man with low back pain (LBP since May)",
            "low back pain LBP",
        ),
    ] {
        let patient = finder.read_patient(story).unwrap();
        let found = patient.concepts.iter().any(|concept| concept.text == shown);
        assert!(found, "{:?}", patient.concepts);
    }
}

/// What brings the patient was taken for the brother's, and the word "twin" for what a patient has.
#[test]
fn what_is_said_of_relatives_ends_where_the_patient_goes_on() {
    let female = Some("FEMALE");
    check(
        "A girl whose brother has diabetes presents with melanoma.",
        &["melanoma"],
        None,
        female,
    );
    check(
        "Her identical twin sister is healthy. She has melanoma.",
        &["melanoma"],
        None,
        female,
    );
}

#[test]
fn labels_of_forms_are_not_searched() {
    let (female, male) = (Some("FEMALE"), Some("MALE"));
    check(
        "Age: 34. Sex: F. Dx: melanoma",
        &["melanoma"],
        Some("34"),
        female,
    );
    check(
        "Gender: M, 55 yrs, melanoma",
        &["melanoma"],
        Some("55"),
        male,
    );
    check("M/55 melanoma", &["melanoma"], Some("55"), male);
    check("F/34, melanoma", &["melanoma"], Some("34"), female);
    check(
        "CC: melanoma. Hx: diabetes",
        &["diabetes", "melanoma"],
        None,
        None,
    );
    check(
        "PMH: diabetes. Dx melanoma",
        &["diabetes", "melanoma"],
        None,
        None,
    );
}
