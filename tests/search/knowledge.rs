//! What the index learns from its own records, and what stands for the words of a search: abbreviations in both directions,
//! other names, synonyms; completions; words that are nearly right.
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::{Value, json};
use trialfind::index::{BuildOptions, Index, Progress, SchemaChoice};
use trialfind::query::parse;
use trialfind::search::{ExpansionSource, Finder, Hits, Notice, Request};

use crate::TODAY;

pub(crate) fn study(number: usize, condition: &str, title: &str, summary: &str) -> Value {
    json!({"protocolSection": {
        "identificationModule": {"nctId": format!("NCT9{number:07}"), "briefTitle": title},
        "conditionsModule": {"conditions": [condition]},
        "descriptionModule": {"briefSummary": summary},
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": "Bayside Hospital"}},
    }})
}

/// Small trials made for these tests.
fn trials() -> Vec<Value> {
    let mut trials = Vec::new();
    let mut add = |condition: &str, title: &str, summary: &str| {
        let study = study(trials.len(), condition, title, summary);
        trials.push(study);
    };
    for _ in 0..4 {
        add(
            "Low Back Pain",
            "Cells for the spine",
            "Autologous mesenchymal stem cells (MSCs) are injected.",
        );
        add(
            "Relapsing Multiple Sclerosis",
            "Walking in multiple sclerosis",
            "People with multiple sclerosis (MS) and fatigue.",
        );
        add(
            "Morning Sickness",
            "Ginger in pregnancy",
            "Women with morning sickness (MS) and nausea.",
        );
    }
    add(
        "Degenerative Disc Disease",
        "Mesenchymal stem cells for the disc",
        "Mesenchymal stem cells injected into the disc.",
    );
    add(
        "Degenerative Disc Disease",
        "MSC for the disc",
        "MSC injected into the disc.",
    );
    add(
        "Knee Injuries",
        "Mesenchymal stromal cells",
        "Stromal cells are used.",
    );
    add(
        "Spondylitis",
        "Brain stem reflexes",
        "Cells of the stem are looked at; mesenchymal.",
    );
    add(
        "Myocardial Infarction",
        "Rescue after infarction",
        "Myocardial infarction is treated.",
    );
    add(
        "Heart Attack",
        "Heart attack rescue",
        "A heart attack is treated.",
    );
    add(
        "Meniscectomy Recovery",
        "After meniscectomy",
        "Fatigue, MS.",
    );
    for _ in 0..22 {
        add("Osteoporosis", "Bone density", "Osteoporosis of the hip.");
    }
    add("Other", "A slip of the pen", "Osteoporosos of the hip.");
    for _ in 0..3 {
        let mut study = study(trials.len(), "Lymphoma", "A drug", "It is given.");
        study["protocolSection"]["armsInterventionsModule"] = json!({"interventions": [
            {"type": "DRUG", "name": "Examplumab", "otherNames": ["Brandex", "Placebo"]},
        ]});
        trials.push(study);
    }
    for (number, condition, ancestor) in [
        (900, "Liver Cirrhosis", "Fibrosis"),
        (901, "Fibrosis", "Wounds"),
    ] {
        let mut study = study(number, condition, "A trial", "It is done.");
        study["derivedSection"] =
            json!({"conditionBrowseModule": {"ancestors": [{"id": "D1", "term": ancestor}]}});
        trials.push(study);
    }
    trials.push(study(
        trials.len(),
        "Lymphoma",
        "Brandex in lymphoma",
        "Brandex alone.",
    ));
    trials
}

static FINDER: LazyLock<Finder> = LazyLock::new(|| finder("knowledge", SchemaChoice::bundled()));

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn finder(name: &str, schema: SchemaChoice) -> Finder {
    finder_of(name, schema, &trials())
}

/// An index of some trials in a folder of that name.
pub(crate) fn finder_of(name: &str, schema: SchemaChoice, trials: &[Value]) -> Finder {
    let folder = folder(name);
    let records = folder.join("records.json");
    std::fs::write(&records, serde_json::to_vec(trials).unwrap()).unwrap();
    let options = BuildOptions {
        threads: 2,
        ..BuildOptions::default()
    };
    Index::build(
        &folder.join("index"),
        schema.clone(),
        &[records],
        &options,
        &Progress::default(),
        &|rejected| panic!("{rejected:?}"),
    )
    .unwrap();
    Finder::new(Index::open(&folder.join("index"), schema).unwrap())
}

fn asked(finder: &Finder, query: &str, expand: bool) -> Hits {
    let mut request = Request::new(parse(query, finder.index().fields()).unwrap());
    request.limit = 1_000;
    request.expand = expand;
    request.today = TODAY;
    finder.search(&request).unwrap()
}

/// What a search says it searched beside what was typed.
fn expansions(hits: &Hits) -> Vec<(&str, &str, ExpansionSource, Option<u64>)> {
    let said = hits.notices.iter().filter_map(|notice| match notice {
        Notice::Expanded {
            from,
            to,
            source,
            trials,
            ..
        } => Some((from.as_str(), to.as_str(), *source, *trials)),
        _ => None,
    });
    said.collect()
}

fn titles(hits: &Hits) -> Vec<&str> {
    hits.hits
        .iter()
        .map(|hit| hit.title.text.as_str())
        .collect()
}

#[test]
fn an_abbreviation_finds_its_long_form_and_the_other_way_round() {
    let hits = asked(&FINDER, "MSC", true);
    let said = (
        "MSC",
        "mesenchymal stem cells",
        ExpansionSource::Abbreviation,
        Some(4),
    );
    assert_eq!(expansions(&hits), [said]);
    let hits = asked(&FINDER, "mesenchymal stem cells", true);
    let to: Vec<&str> = expansions(&hits).iter().map(|said| said.1).collect();
    assert!(to.contains(&"MSCs"), "{to:?}");
    let found = titles(&hits);
    assert!(found.contains(&"MSC for the disc") && found.contains(&"Cells for the spine"));
    // What only has the words apart is still found.
    assert!(found.contains(&"Brain stem reflexes"));
    // Literal before expanded.
    let place = |title: &str| found.iter().position(|found| *found == title).unwrap();
    assert!(place("Mesenchymal stem cells for the disc") < place("MSC for the disc"));
    // What matched is marked.
    let disc = hits
        .hits
        .iter()
        .find(|hit| hit.title.text == "MSC for the disc")
        .unwrap();
    assert_eq!(disc.title.with_marks("[", "]"), "[MSC] for the disc");
}

#[test]
fn an_expanded_search_finds_all_that_the_exact_one_finds() {
    for query in [
        "MSC",
        "mesenchymal stem cells",
        "MS fatigue",
        "heart attack",
        "brandex",
        "lymphoma OR MSC",
    ] {
        let (exact, wide) = (asked(&FINDER, query, false), asked(&FINDER, query, true));
        let wide_titles = titles(&wide);
        assert!(expansions(&exact).is_empty(), "{query}");
        assert!(exact.total > 0 && wide.total >= exact.total, "{query}");
        assert!(
            titles(&exact)
                .iter()
                .all(|title| wide_titles.contains(title)),
            "{query}"
        );
    }
}

#[test]
fn an_ambiguous_one_is_decided_by_the_other_words_or_offered() {
    let hits = asked(&FINDER, "MS", true);
    assert!(expansions(&hits).is_empty());
    let Some(Notice::Ambiguous { from, choices }) = hits.notices.first() else {
        panic!("{:?}", hits.notices);
    };
    let choices: Vec<(&str, u64)> = choices
        .iter()
        .map(|choice| (choice.to.as_str(), choice.trials))
        .collect();
    assert_eq!(from, "MS");
    assert_eq!(
        choices,
        [("morning sickness", 4), ("multiple sclerosis", 4)]
    );
    for (query, to) in [
        ("MS fatigue", "multiple sclerosis"),
        ("MS nausea", "morning sickness"),
    ] {
        let hits = asked(&FINDER, query, true);
        let Some(Notice::Expanded {
            to: said,
            by_context,
            ..
        }) = hits.notices.first()
        else {
            panic!("{query}: {:?}", hits.notices);
        };
        assert_eq!((said.as_str(), *by_context), (to, true), "{query}");
    }
}

/// A clear meaning was taken whatever else was asked for: `MS chromatography` searched for multiple sclerosis.
#[test]
fn what_else_is_asked_for_overrules_a_clear_meaning() {
    let mut trials = Vec::new();
    let mut add = |times: usize, summary: &str| {
        for _ in 0..times {
            trials.push(study(trials.len(), "Any", "A trial", summary));
        }
    };
    add(12, "Multiple sclerosis (MS) and fatigue.");
    add(3, "Mass spectrometry (MS) after chromatography.");
    add(3, "MS after chromatography.");
    add(3, "MS in obesity.");
    add(2, "MS with tremor.");
    let finder = finder_of("knowledge-context", SchemaChoice::bundled(), &trials);
    for (query, expect, by_context) in [
        ("MS", Some("Multiple sclerosis"), false),
        ("MS fatigue", Some("Multiple sclerosis"), false),
        ("MS chromatography", Some("Mass spectrometry"), true),
        ("MS obesity", None, false),
        // Two trials say nothing.
        ("MS tremor", Some("Multiple sclerosis"), false),
    ] {
        let hits = asked(&finder, query, true);
        let said = hits.notices.iter().find_map(|notice| match notice {
            Notice::Expanded {
                from,
                to,
                by_context,
                ..
            } if from == "MS" => Some((to.as_str(), *by_context)),
            _ => None,
        });
        assert_eq!(said.map(|said| said.0), expect, "{query}");
        assert_eq!(said.is_some_and(|said| said.1), by_context, "{query}");
    }
}

#[test]
fn synonyms_and_other_names_find_each_other() {
    let hits = asked(&FINDER, "heart attack", true);
    assert_eq!(
        expansions(&hits),
        [(
            "heart attack",
            "myocardial infarction",
            ExpansionSource::List,
            None
        )]
    );
    assert_eq!(
        titles(&hits),
        ["Heart attack rescue", "Rescue after infarction"]
    );
    let hits = asked(&FINDER, "brandex", true);
    assert_eq!(
        expansions(&hits),
        [("brandex", "Examplumab", ExpansionSource::OtherName, Some(3))]
    );
    // A comparator is nobody's other name.
    assert!(
        expansions(&asked(&FINDER, "examplumab", true))
            .iter()
            .all(|said| said.1 == "Brandex")
    );
    assert!(expansions(&asked(&FINDER, "placebo", true)).is_empty());
}

#[test]
fn what_is_about_a_condition_comes_before_what_has_it_as_an_ancestor() {
    let hits = asked(&FINDER, "fibrosis", true);
    let ids: Vec<&str> = hits.hits.iter().map(|hit| hit.id.as_str()).collect();
    assert_eq!(ids, ["NCT90000901", "NCT90000900"]);
}

/// Without quotes they found the words written as one; in a phrase they did not.
#[test]
fn words_of_a_phrase_are_found_written_as_one() {
    let titles_of = [
        "A p53 vaccine",
        "Betablockers in heart failure",
        "p 35, 53",
        "P 53",
    ];
    let trials: Vec<Value> = titles_of
        .iter()
        .enumerate()
        .map(|(number, title)| study(number, "Any", title, "A trial."))
        .collect();
    let finder = finder_of("knowledge-joined", SchemaChoice::bundled(), &trials);
    for (query, expect) in [
        ("\"p 53\"", vec![titles_of[0], titles_of[3]]),
        ("\"p 53 vaccine\"", vec![titles_of[0]]),
        ("\"beta blocker\"", vec![titles_of[1]]),
        ("\"beta blockers in heart\"", vec![titles_of[1]]),
        ("\"p 5 3\"", vec![]),
    ] {
        let hits = asked(&finder, query, false);
        let mut found = titles(&hits);
        found.sort_by_key(|title| titles_of.iter().position(|known| known == title));
        assert_eq!(found, expect, "{query}");
    }
}

#[test]
fn quotes_and_exclusions_are_taken_at_their_word() {
    for query in ["\"heart attack\"", "rescue -MSC", "\"MSC\" disc"] {
        assert!(
            expansions(&asked(&FINDER, query, true)).is_empty(),
            "{query}"
        );
    }
}

/// Names reached words side by side only.
#[test]
fn names_stand_for_words_inside_arrangements() {
    let check = |query: &str, said: &str, literal: &[&str], added: &[&str]| {
        let (exact, wide) = (asked(&FINDER, query, false), asked(&FINDER, query, true));
        assert!(expansions(&exact).is_empty(), "{query}");
        let to: Vec<&str> = expansions(&wide).iter().map(|said| said.1).collect();
        assert!(to.contains(&said), "{query}: {to:?}");
        let sorted = |hits: &Hits| -> Vec<String> {
            let mut titles: Vec<String> = titles(hits).into_iter().map(str::to_owned).collect();
            titles.sort();
            titles.dedup();
            titles
        };
        let mut all = [literal, added].concat();
        all.sort_unstable();
        assert_eq!(sorted(&exact), literal, "{query}");
        assert_eq!(sorted(&wide), all, "{query}");
        // What was typed counts as before; what only stands for it is marked.
        let score = |hits: &Hits, title: &str| {
            let hit = hits.hits.iter().find(|hit| hit.title.text == title);
            hit.and_then(|hit| hit.score)
        };
        for title in literal {
            assert_eq!(
                score(&exact, title),
                score(&wide, title),
                "{query}: {title}"
            );
        }
        for title in added {
            let hit = wide
                .hits
                .iter()
                .find(|hit| hit.title.text == *title)
                .unwrap();
            let marked = hit.title.highlights.len()
                + hit
                    .passages
                    .iter()
                    .map(|passage| passage.text.highlights.len())
                    .sum::<usize>();
            assert!(marked > 0, "{query}: {title}");
        }
    };
    let (long, short) = ("Mesenchymal stem cells for the disc", "MSC for the disc");
    check("MSC ~4 disc", "mesenchymal stem cells", &[short], &[long]);
    check(
        "(MSC OR platelet) ~3 (disc OR knee)",
        "mesenchymal stem cells",
        &[short],
        &[long],
    );
    check(
        "\"MSC disc\"~2",
        "mesenchymal stem cells",
        &[short],
        &[long],
    );
    check(
        "\"mesenchymal stem cells disc\"~2",
        "MSCs",
        &[long],
        &[short],
    );
    check(
        "title:{MSC disc}",
        "mesenchymal stem cells",
        &[short],
        &[long],
    );
    check(
        "title:{mesenchymal stem cells disc}",
        "MSCs",
        &[long],
        &[short],
    );
    let (attack, infarction) = ("Heart attack rescue", "Rescue after infarction");
    check(
        "summary:{heart attack treated}",
        "myocardial infarction",
        &[attack],
        &[infarction],
    );
    check(
        "(summary:{heart attack treated})^2 OR ginger*",
        "myocardial infarction",
        &["Ginger in pregnancy", attack],
        &[infarction],
    );
    // The words beside decide what an abbreviation means here too.
    check(
        "MS ~9 fatigue",
        "multiple sclerosis",
        &["After meniscectomy", "Walking in multiple sclerosis"],
        &[],
    );
    for query in [
        "\"heart attack\" ~5 treated",
        "\"heart attack\"= ~5 treated",
        "title:{disc -MSC}",
        "MSC* ~3 disc",
        "=MSC ~3 disc",
        "\"MSC disc\"=~3",
        "-(MSC ~3 disc) cells",
    ] {
        assert!(
            expansions(&asked(&FINDER, query, true)).is_empty(),
            "{query}"
        );
    }
}

#[test]
fn a_users_own_synonyms() {
    let own = folder("knowledge-own").join("own.txt");
    std::fs::write(&own, "wobbly cells, mesenchymal stromal cells\n").unwrap();
    let schema = SchemaChoice::bundled().with_synonyms(&own).unwrap();
    let finder = finder("knowledge-user", schema);
    let hits = asked(&finder, "wobbly cells", true);
    assert_eq!(
        expansions(&hits),
        [(
            "wobbly cells",
            "mesenchymal stromal cells",
            ExpansionSource::User,
            None
        )]
    );
    assert_eq!(titles(&hits), ["Mesenchymal stromal cells"]);
    assert!(
        SchemaChoice::bundled()
            .with_synonyms(Path::new("no/such"))
            .is_err()
    );
}

#[test]
fn words_nearly_right() {
    let respelled = |query: &str| -> Vec<(String, String)> {
        let hits = asked(&FINDER, query, true);
        let said = hits.notices.iter().filter_map(|notice| match notice {
            Notice::Respelled {
                typed, searched, ..
            } => Some((typed.clone(), searched.clone())),
            _ => None,
        });
        said.collect()
    };
    let check = |query: &str, typed: &str, searched: &str| {
        assert_eq!(
            respelled(query),
            [(typed.to_owned(), searched.to_owned())],
            "{query}"
        );
    };
    check("menisectomy", "menisectomy", "meniscectomy");
    check("mesenchimal", "mesenchimal", "mesenchymal");
    // A slip in what stemming takes off.
    check("degeneratiev disc", "degeneratiev", "degenerative");
    // What a trial has is searched as typed; the usual word is offered.
    let hits = asked(&FINDER, "osteoporosos", true);
    let offered = Notice::DidYouMean {
        typed: "osteoporosos".into(),
        suggestion: "osteoporosis".into(),
        typed_trials: 1,
        trials: 22,
    };
    assert_eq!((hits.total, &hits.notices[..]), (1, &[offered][..]));
}

#[test]
fn completions() {
    let check = |typed: &str, expect: &[(&str, u64)]| {
        let suggestions = FINDER.suggest(typed, 3).unwrap();
        let found: Vec<(&str, u64)> = suggestions
            .suggestions
            .iter()
            .map(|suggestion| (suggestion.text.as_str(), suggestion.trials))
            .collect();
        assert_eq!(found, expect, "{typed}");
    };
    check("osteop", &[("Osteoporosis", 22)]);
    // From a word inside the name, in any case.
    check("BACK p", &[("Low Back Pain", 4)]);
    check("multiple scl", &[("Relapsing Multiple Sclerosis", 4)]);
    check("bays", &[("Bayside Hospital", 48)]);
    check("rescue after", &[("Rescue after infarction", 1)]);
    // A space ends the word; a letter may be wrong.
    check("osteop ", &[]);
    check("myocardail", &[("Myocardial Infarction", 1)]);
    check("", &[]);
    check("qqq", &[]);
}

/// What each concept of a search by any of its words adds to the score of a trial.
fn parts_of_scores(query: &str, title: &str) -> Vec<(String, f32)> {
    let request = Request {
        any: true,
        explain: true,
        limit: 1_000,
        today: TODAY,
        ..Request::new(parse(query, FINDER.index().fields()).unwrap())
    };
    let hits = FINDER.search(&request).unwrap();
    let hit = hits.hits.iter().find(|hit| hit.title.text == title);
    let explanation = hit.unwrap().explanation.as_ref().unwrap();
    let parts = explanation.concepts.iter();
    parts.map(|part| (part.typed.clone(), part.score)).collect()
}

#[test]
fn an_abbreviation_beside_its_long_form_counts_once() {
    let counts = |query: &str, title: &str, short: &str| {
        let parts = parts_of_scores(query, title);
        let part = parts.iter().find(|(typed, _)| typed == short);
        part.map(|(_, score)| *score > 0.0)
    };
    let spine = "Cells for the spine";
    for query in [
        "mesenchymal stem cells (MSCs) fatigue",
        "MSCs fatigue mesenchymal stem cells",
        "(mesenchymal stem cells MSCs) OR fatigue",
    ] {
        assert_eq!(counts(query, spine, "MSCs"), Some(false), "{query}");
    }
    // Also one that has other meanings, which the words beside it are not.
    let walking = "Walking in multiple sclerosis";
    assert_eq!(counts("multiple sclerosis MS", walking, "MS"), Some(false));
    assert_eq!(counts("MS fatigue", walking, "MS"), Some(true));
    // It counts where more is asked of it than of the words.
    for query in [
        "mesenchymal stem cells MSCs^3",
        "title:(mesenchymal stem cells) MSCs",
        "stem cells MSCs",
    ] {
        assert_eq!(counts(query, spine, "MSCs"), Some(true), "{query}");
    }
    // A trial with the abbreviation alone is found and scored by it, as what stands for the words.
    let parts = parts_of_scores("mesenchymal stem cells (MSC) fatigue", "MSC for the disc");
    let scored: Vec<&str> = parts
        .iter()
        .filter(|(_, score)| *score > 0.0)
        .map(|(typed, _)| typed.as_str())
        .collect();
    assert_eq!(scored, ["mesenchymal", "stem", "cells"]);
}

#[test]
fn a_code_written_apart_stands_for_the_same_in_small_letters() {
    let mut trials = Vec::new();
    for number in 0..3 {
        trials.push(study(
            number,
            "Sepsis",
            "Markers",
            "Interleukin 6 (IL-6) and interleukin (IL) are measured.",
        ));
    }
    trials.push(study(3, "Sepsis", "Interleukin 6 alone", "Measured."));
    trials.push(study(4, "Sepsis", "Interleukin of 6 days", "Measured."));
    let finder = finder_of("codes", SchemaChoice::bundled(), &trials);
    for (capitals, small) in [("IL 6", "il 6"), ("IL 6 sepsis", "il 6 sepsis")] {
        let (capitals, small) = (asked(&finder, capitals, true), asked(&finder, small, true));
        assert!(titles(&capitals).contains(&"Interleukin 6 alone"));
        assert!(!titles(&capitals).contains(&"Interleukin of 6 days"));
        assert_eq!(titles(&capitals), titles(&small));
    }
}

#[test]
fn the_digits_of_a_power_mean_nothing_apart() {
    let texts = [
        "A dose of 2x10^7 cells",
        "2*10⁷ cells",
        "7 cells in 10 of 2 knees",
        "2x10^8 cells",
    ];
    let trials: Vec<Value> = (0..)
        .zip(texts)
        .map(|(number, text)| study(number, "Knee", text, "Cells."))
        .collect();
    let finder = finder_of("powers", SchemaChoice::bundled(), &trials);
    for query in ["2x10^7", "2x10^7 cells", "title:{2x10^7 cells}", "2×10^7"] {
        let hits = asked(&finder, query, true);
        let mut found = titles(&hits);
        found.sort_unstable();
        assert_eq!(found, [texts[1], texts[0]], "{query}");
    }
}

#[test]
fn a_phrase_finds_no_other_word_that_its_words_make_together() {
    let texts = [
        "Vitamin D3 and vitamins",
        "Vitamin E alone",
        "A cart for the car",
        "Notable and able",
        "P53 and betablockers",
    ];
    let trials: Vec<Value> = (0..)
        .zip(texts)
        .map(|(number, text)| study(number, "Knee", text, "Cells."))
        .collect();
    let finder = finder_of("joined", SchemaChoice::bundled(), &trials);
    for (query, expect) in [
        ("\"vitamin E\"", &texts[1..2]),
        ("\"car t\"", &[]),
        ("\"not able\"", &[]),
        ("\"p 53\"", &texts[4..]),
        ("\"beta blocker\"", &texts[4..]),
    ] {
        let request = Request {
            widen: false,
            ..Request::new(parse(query, finder.index().fields()).unwrap())
        };
        assert_eq!(titles(&finder.search(&request).unwrap()), expect, "{query}");
    }
    // Every pair of a long phrase as one would take the square of its length.
    let long = format!("\"{}\"", "c d ".repeat(1_000));
    assert_eq!(asked(&finder, &long, true).total, 0);
}

#[test]
fn an_abbreviation_beside_a_number_keeps_its_long_form() {
    let mut trials = Vec::new();
    for number in 0..4 {
        let summary = "Chronic kidney disease (CKD) of stage 3.";
        trials.push(study(number, "Kidney", "Stages", summary));
    }
    trials.push(study(4, "Kidney", "Chronic kidney disease in 3", "Alone."));
    trials.push(study(5, "Kidney", "CKD3 only", "As one word."));
    let finder = finder_of("numbers", SchemaChoice::bundled(), &trials);
    let hits = asked(&finder, "ckd 3", true);
    assert!(titles(&hits).contains(&"Chronic kidney disease in 3"));
}

#[test]
fn the_opposite_of_a_word_is_never_its_spelling() {
    let mut trials = vec![study(0, "Hypernatremia", "Too much salt", "Salt.")];
    trials.extend((1..40).map(|number| study(number, "Hyponatremia", "Too little salt", "Salt.")));
    let finder = finder_of("opposites", SchemaChoice::bundled(), &trials);
    for query in ["hypernatremia", "hypernatremia knee"] {
        let hits = asked(&finder, query, true);
        let meant = hits
            .notices
            .iter()
            .any(|notice| matches!(notice, Notice::DidYouMean { .. } | Notice::Respelled { .. }));
        assert!(!meant, "{query}: {:?}", hits.notices);
    }
}
