//! When nothing is found: corrected spelling, then the best partial matches, then which filter to lift; each step announced.
use trialfind::index::SchemaChoice;
use trialfind::query::parse;
use trialfind::search::{Hits, Notice, Request};

use crate::knowledge::{finder_of, study};
use crate::{FINDER, filter, found, ids, request};

fn widened(query: &str) -> Hits {
    let mut asked = request(query);
    asked.widen = true;
    FINDER.search(&asked).unwrap()
}

#[test]
fn a_misspelt_word_is_corrected_and_said() {
    let check = |query: &str, typed: &str, searched: &str, same_as: &str| {
        let mut asked = request(query);
        asked.widen = true;
        asked.passages = 3;
        let hits = FINDER.search(&asked).unwrap();
        let notice = Notice::Respelled {
            typed: typed.into(),
            searched: searched.into(),
            typed_trials: 0,
        };
        assert_eq!(hits.notices, [notice], "{query}");
        let mut ids = ids(&hits);
        ids.sort();
        assert_eq!(ids, found(same_as), "{query}");
        let corrected = hits
            .query
            .concepts
            .iter()
            .find(|concept| concept.typed == typed)
            .unwrap();
        assert_eq!(corrected.alternatives[0].origin, "spelling");
    };
    check("melanomma", "melanomma", "melanoma", "melanoma");
    check("intradiscall", "intradiscall", "intradiscal", "intradiscal");
    check(
        "hodgkinn lymphoma",
        "hodgkinn",
        "hodgkin",
        "hodgkin lymphoma",
    );
    check("lumbarr pain", "lumbarr", "lumbar", "lumbar pain");
}

/// A word that some record misspells was never corrected, because the index knows it.
#[test]
fn words_that_a_record_misspells_are_corrected_where_nothing_is_found() {
    let mut trials = Vec::new();
    let mut add = |times: usize, title: &str| {
        for _ in 0..times {
            trials.push(study(trials.len(), "Any", title, "A trial."));
        }
    };
    add(60, "Cells in diabetes mellitus");
    add(1, "Diabtes");
    add(1, "Melitus");
    add(2, "Relma-cel");
    add(1, "Endothelial cels");
    add(3, "Osteoarthritic joints");
    add(1, "Osteoarthrits");
    add(80, "Osteoarthritis");
    add(4, "Meniscectomy");
    add(1, "Menisectomy");
    let finder = finder_of("widening-misspelt", SchemaChoice::bundled(), &trials);
    let said = |query: &str| -> (u64, Vec<String>) {
        let mut asked = Request::new(parse(query, finder.index().fields()).unwrap());
        asked.today = crate::TODAY;
        let hits = finder.search(&asked).unwrap();
        let said = hits.notices.iter().map(|notice| match notice {
            Notice::Respelled {
                typed, searched, ..
            } => format!("{typed} is {searched}"),
            Notice::DidYouMean {
                typed, suggestion, ..
            } => format!("{typed} for {suggestion}"),
            Notice::PartialMatches { .. } => "partial".into(),
            other => panic!("{other:?}"),
        });
        (hits.total, said.collect())
    };
    for (query, total, expect) in [
        (
            "diabtes melitus",
            60,
            vec!["diabtes is diabetes", "melitus is mellitus"],
        ),
        ("mellitus cels", 60, vec!["cels is cells"]),
        // Nothing has the right words together either: what is shown has some, and the right ones are offered.
        ("diabtes relma", 3, vec!["partial", "diabtes for diabetes"]),
        // What is found is searched as typed.
        ("menisectomy", 1, vec!["menisectomy for meniscectomy"]),
        ("osteoarthrits", 4, vec!["osteoarthrits for osteoarthritis"]),
        ("osteoarthritic", 4, vec![]),
        ("diabtes", 1, vec!["diabtes for diabetes"]),
    ] {
        let expect = expect.into_iter().map(str::to_owned).collect();
        assert_eq!(said(query), (total, expect), "{query}");
    }
}

#[test]
fn words_that_no_trial_has_together_give_partial_matches() {
    let hits = widened("melanoma prostate elastography");
    assert_eq!(
        hits.notices,
        [Notice::PartialMatches {
            nowhere: Vec::new()
        }]
    );
    let mut partial = ids(&hits);
    partial.sort();
    assert_eq!(partial, found("melanoma OR prostate OR elastography"));
    let hits = widened("melanoma qqqzzz");
    assert_eq!(
        hits.notices,
        [Notice::PartialMatches {
            nowhere: vec!["qqqzzz".into()]
        }]
    );
    assert_eq!(ids(&hits).len(), found("melanoma").len());
    // What is excluded stays excluded.
    let hits = widened("melanoma qqqzzz -fecal");
    let partial = ids(&hits);
    assert_eq!(partial, found("melanoma -fecal"), "{:?}", hits.notices);
}

#[test]
fn filters_that_leave_nothing_are_named_with_what_lifting_them_gives() {
    let mut asked = request("melanoma");
    asked.widen = true;
    asked.filters = vec![filter("phase", &["PHASE1"]), filter("country", &["Peru"])];
    let hits = FINDER.search(&asked).unwrap();
    assert_eq!((hits.total, hits.hits.len()), (0, 0));
    let Some(Notice::FiltersEmpty {
        without_filters,
        without,
    }) = hits.notices.first()
    else {
        panic!("{:?}", hits.notices);
    };
    assert_eq!(*without_filters as usize, found("melanoma").len());
    for name in ["phase", "country"] {
        let mut alone = request("melanoma");
        alone.filters = asked
            .filters
            .iter()
            .filter(|filter| filter.facet != name)
            .cloned()
            .collect();
        let count = FINDER.search(&alone).unwrap().total;
        let said = without
            .iter()
            .find(|(facet, _)| facet == name)
            .map_or(0, |(_, count)| *count);
        assert_eq!(said, count, "without {name}");
    }
    // The words are judged without filters: they are not widened because filters empty them.
    assert_eq!(hits.notices.len(), 1);
    assert!(
        hits.query.concepts[0]
            .alternatives
            .iter()
            .all(|alternative| alternative.origin != "spelling")
    );
}

#[test]
fn nothing_is_widened_unless_it_may_be() {
    for query in [
        "melanomma",
        "melanoma qqqzzz",
        "melanoma prostate elastography",
    ] {
        let hits = FINDER.search(&request(query)).unwrap();
        assert_eq!(
            (hits.total, hits.hits.len(), hits.notices.len()),
            (0, 0, 0),
            "{query}"
        );
    }
    let hits = widened("qqqzzz");
    assert_eq!((hits.total, hits.notices.len()), (0, 0));
    // What is found is not widened.
    assert!(widened("melanoma").notices.is_empty());
}
