//! Which trials match: every word in any default field, never on an exclusion item, in every writing of a code.
use std::collections::BTreeSet;

use proptest::prelude::*;
use trialfind::search::Hits;

use crate::words::{run_of_words, word};
use crate::{FINDER, Known, TRIALS, found, ids, search};

/// Whether a trial has a term in any of some fields.
fn has(trial: &Known, fields: &[String], term: &str) -> bool {
    let mut terms = fields.iter().filter_map(|field| trial.terms.get(field));
    terms.any(|terms| terms.contains(term))
}

/// Each hit has one writing of each concept; and each trial that has is a hit, which can be told here only if every writing is
/// one term.
fn check_all_concepts(hits: &Hits) {
    let found: BTreeSet<String> = ids(hits).into_iter().collect();
    let concepts = &hits.query.concepts;
    let single = concepts
        .iter()
        .flat_map(|concept| &concept.alternatives)
        .all(|alternative| !alternative.terms.contains(' '));
    for (id, trial) in &*TRIALS {
        let there = concepts.iter().all(|concept| {
            concept.alternatives.iter().any(|alternative| {
                let mut terms = alternative.terms.split(' ');
                terms.all(|term| has(trial, &concept.fields, term))
            })
        });
        let text = &hits.query.text;
        if found.contains(id) {
            assert!(there, "`{text}` found {id} without a concept");
        } else if single && !concepts.is_empty() {
            assert!(!there, "`{text}` missed {id}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn plain_words_are_all_required(words in prop::collection::vec(word(), 1..3)) {
        check_all_concepts(&search(&words.join(" ")));
    }

    #[test]
    fn words_of_one_text_find_its_trial(words in run_of_words(3)) {
        check_all_concepts(&search(&words));
    }
}

#[test]
fn only_default_fields_are_searched_by_plain_words() {
    let fields = FINDER.index().fields();
    let default: Vec<&str> = fields
        .default_fields()
        .into_iter()
        .map(|field| fields.text[field].name.as_str())
        .collect();
    let hits = search("melanoma");
    assert_eq!(hits.query.concepts[0].fields, default);
    assert!(!default.contains(&"exclusion") && !default.contains(&"criterion"));
}

#[test]
fn a_trial_that_excludes_a_disease_is_not_found_for_it() {
    let check = |word: &str, field: &str, id: &str| {
        let plain = found(word);
        assert!(!plain.contains(&id.to_owned()), "{word}: {plain:?}");
        let by_name = found(&format!("{field}:{word}"));
        assert!(
            by_name.contains(&id.to_owned()),
            "{field}:{word}: {by_name:?}"
        );
    };
    check("melanoma", "exclusion", "NCT05286957");
    check("melanoma", "criteria", "NCT05286957");
    check("melanoma", "criteria", "NCT04267848");
    check("melanoma", "criteria", "NCT03692221");
    assert_eq!(found("melanoma"), ["NCT03772899", "NCT07376512"]);
}

#[test]
fn a_negated_disease_is_not_the_disease() {
    assert_eq!(found("hodgkin"), ["NCT00003936"]);
    assert!(found("non-hodgkin").contains(&"NCT07477366".to_owned()));
    assert_eq!(found("non-hodgkin"), found("non hodgkin"));
    assert!(!found("non-hodgkin").contains(&"NCT00003936".to_owned()));
    assert!(found("exclusion:hodgkin").contains(&"NCT07477366".to_owned()));
}

/// All writings find the same trials, with this one among them.
fn check_same(writings: &[&str], id: &str) {
    let first = found(writings[0]);
    assert!(
        first.contains(&id.to_owned()),
        "`{}` does not find {id}: {first:?}",
        writings[0]
    );
    for writing in &writings[1..] {
        assert_eq!(found(writing), first, "`{writing}` and `{}`", writings[0]);
    }
}

#[test]
fn writings_of_one_thing_find_the_same_trials() {
    check_same(
        &[
            "BM-MSC",
            "BM-MSCs",
            "\"BM MSC\"",
            "BMMSC",
            "bm msc",
            "bm-msc",
            "BMMSCs",
        ],
        "NCT03737461",
    );
    check_same(
        &["hUC-MSCs", "hUC-MSC", "huc msc", "hUCMSCs", "\"hUC MSC\""],
        "NCT04213131",
    );
    check_same(&["IL-6", "IL6", "IL 6", "il-6", "\"IL 6\""], "NCT04684472");
    check_same(&["PD-1", "PD1", "pd 1"], "NCT06387628");
    check_same(
        &["COVID-19", "covid 19", "COVID19", "Covid-19"],
        "NCT05689008",
    );
    check_same(
        &[
            "Université",
            "universite",
            "UNIVERSITÉ",
            "Universite\u{301}",
        ],
        "NCT03737461",
    );
    check_same(
        &["TGF-β", "TGF-beta", "TGF β", "tgf beta", "TGFβ"],
        "NCT04530071",
    );
    check_same(&["19#iSCLife®-LDP", "19#isclife-ldp"], "NCT04104412");
    check_same(&["tumour", "tumor", "tumours"], "NCT05286957");
    check_same(&["NCT03737461", "nct03737461"], "NCT03737461");
}

#[test]
fn a_long_name_is_found_whole() {
    let name = "Hydroxypropylmethylcellulosephthalatethoxylate";
    assert!(name.len() > 40);
    let place = tempfile::tempdir().unwrap();
    let record = place.path().join("long.json");
    let json = format!(
        r#"{{"protocolSection":{{"identificationModule":{{"nctId":"NCT00000001","briefTitle":"Trial of {name}"}}}}}}"#
    );
    std::fs::write(&record, json).unwrap();
    let folder = place.path().join("index");
    let schema = trialfind::index::SchemaChoice::bundled;
    trialfind::index::Index::build(
        &folder,
        schema(),
        &[record],
        &trialfind::index::BuildOptions::default(),
        &trialfind::index::Progress::default(),
        &|rejected| panic!("{rejected:?}"),
    )
    .unwrap();
    let finder =
        trialfind::search::Finder::new(trialfind::index::Index::open(&folder, schema()).unwrap());
    for (query, expect) in [(name, 1), (&name.to_lowercase(), 1), (&name[..40], 0)] {
        let mut asked = crate::request(query);
        asked.passages = 3;
        let hits = finder.search(&asked).unwrap();
        assert_eq!(hits.total, expect, "{query}");
        if let Some(hit) = hits.hits.first() {
            let highlight = hit.title.highlights[0];
            assert_eq!(&hit.title.text[highlight.start..highlight.end], name);
        }
    }
}

#[test]
fn the_language_does_what_it_says() {
    let check_subset = |less: &str, more: &str| {
        let (less_ids, more_ids) = (found(less), found(more));
        assert!(
            less_ids.iter().all(|id| more_ids.contains(id)),
            "{less} within {more}"
        );
        assert!(
            !less_ids.is_empty() && less_ids.len() < more_ids.len(),
            "{less} within {more}"
        );
    };
    check_subset("\"low back pain\"", "low back pain");
    check_subset("title:disc", "disc");
    check_subset("disc -knee -platelet", "disc");
    check_subset("disc", "disc OR melanoma");
    check_subset("disc (pain OR platelet) -title:safety", "disc");
    let both = search("disc OR melanoma").total;
    assert_eq!(
        both,
        search("disc").total + search("melanoma").total - search("disc melanoma").total
    );
    assert_eq!(
        search("-disc").total as usize + found("disc").len(),
        TRIALS.len()
    );
    // Stop words ask for nothing beside other words, and are all there is in a query of their own.
    assert_eq!(found("the treatment of pain"), found("treatment pain"));
    assert_eq!(found("pain pain"), found("pain"));
}

/// "a" is a stop word, but the A of "vitamin A" belongs to the name.
#[test]
fn a_letter_after_a_name_belongs_to_it() {
    let place = tempfile::tempdir().unwrap();
    let study = |id: &str, title: &str| {
        format!(
            r#"{{"protocolSection":{{"identificationModule":{{"nctId":"{id}","briefTitle":"{title}"}}}}}}"#
        )
    };
    let lines = [
        study("NCT00000001", "Vitamin A and a healthy eye"),
        study("NCT00000002", "Vitamin D in a cold winter"),
    ];
    let file = place.path().join("both.ndjson");
    std::fs::write(&file, lines.join("\n")).unwrap();
    let index = place.path().join("index");
    trialfind::index::Index::build(
        &index,
        trialfind::index::SchemaChoice::bundled(),
        &[file],
        &trialfind::index::BuildOptions::default(),
        &trialfind::index::Progress::default(),
        &|rejected| panic!("{rejected:?}"),
    )
    .unwrap();
    let opened =
        trialfind::index::Index::open(&index, trialfind::index::SchemaChoice::bundled()).unwrap();
    let finder = trialfind::search::Finder::new(opened);
    let check = |query: &str, expect: &[&str]| {
        let query = trialfind::query::parse(query, finder.index().fields()).unwrap();
        let found = finder
            .search(&trialfind::search::Request::new(query))
            .unwrap();
        let mut ids: Vec<String> = found.hits.into_iter().map(|hit| hit.id).collect();
        ids.sort();
        assert_eq!(ids, expect);
    };
    check("vitamin a", &["NCT00000001"]);
    check("vitamin A eye", &["NCT00000001"]);
    check("a vitamin", &["NCT00000001", "NCT00000002"]);
    check("vitamin d", &["NCT00000002"]);
}
