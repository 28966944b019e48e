//! The order of hits: total, the same in pages, and explained by its parts.
use proptest::prelude::*;
use trialfind::search::{Hit, Sort};

use crate::{ALL, FINDER, TRIALS, ids, request, search, words::query};

/// What comes first must not be after what comes next.
fn check_order(sort: Sort, before: &Hit, after: &Hit) {
    let updated = |hit: &Hit| hit.status.updated.clone().unwrap_or_default();
    let score = |hit: &Hit| match sort {
        Sort::Relevance => f64::from(hit.score.unwrap_or_default()),
        Sort::Enrollment => hit.enrollment.map_or(f64::MIN, |count| count as f64),
        _ => 0.0,
    };
    let (first, second) = (score(before), score(after));
    let day = match sort {
        Sort::Updated => updated(before) > updated(after),
        _ => false,
    };
    assert!(first >= second, "{} before {}", before.id, after.id);
    match sort {
        Sort::Id => assert!(before.id < after.id),
        Sort::Updated => {
            assert!(day || (updated(before) == updated(after) && before.id < after.id));
        }
        Sort::Start => {
            // A month may be any of its days: only what differs by more than the writing is told apart here.
            let start = |hit: &Hit| hit.status.start.clone().unwrap_or_default();
            let least = start(before).len().min(start(after).len());
            assert!(
                start(before)[..least] >= start(after)[..least],
                "{} before {}",
                before.id,
                after.id
            );
        }
        _ if first > second => {}
        _ => assert!(
            updated(before) > updated(after)
                || (updated(before) == updated(after) && before.id < after.id),
            "{} before {}",
            before.id,
            after.id
        ),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn order_is_total_and_pages_are_one_list(query in query(), page in 1_usize..9, sort in prop::sample::select(Sort::NAMES.map(|(_, sort)| sort).to_vec())) {
        let mut asked = request(&query);
        asked.sort = sort;
        let whole = FINDER.search(&asked).unwrap();
        prop_assert_eq!(whole.total as usize, whole.hits.len());
        for pair in whole.hits.windows(2) {
            check_order(sort, &pair[0], &pair[1]);
        }
        let mut paged = Vec::new();
        loop {
            asked.limit = page;
            asked.offset = paged.len();
            let hits = FINDER.search(&asked).unwrap();
            prop_assert_eq!(hits.total, whole.total);
            prop_assert!(hits.hits.len() <= page);
            if hits.hits.is_empty() {
                break;
            }
            for (place, hit) in hits.hits.iter().enumerate() {
                prop_assert_eq!(hit.rank, asked.offset + place + 1);
            }
            paged.extend(hits.hits.into_iter().map(|hit| (hit.id, hit.score)));
        }
        let listed: Vec<_> = whole.hits.iter().map(|hit| (hit.id.clone(), hit.score)).collect();
        prop_assert_eq!(paged, listed);
    }

    #[test]
    fn a_score_is_the_sum_of_its_explanation(query in query()) {
        let mut asked = request(&query);
        asked.explain = true;
        let whole = FINDER.search(&asked).unwrap();
        let k1 = FINDER.index().fields().ranking.k1;
        for hit in &whole.hits {
            let explanation = hit.explanation.as_ref().unwrap();
            let sum: f32 = explanation.concepts.iter().map(|concept| concept.score).sum();
            let score = hit.score.unwrap_or_default();
            prop_assert!((sum - score).abs() <= 1e-3 * score.max(1e-3), "{} {} {:?}", hit.id, score, explanation);
            for concept in &explanation.concepts {
                let weighted: f32 = concept.found.iter().map(|field| field.weighted).sum();
                let expected = concept.boost * concept.idf * weighted * (k1 + 1.0) / (weighted + k1);
                prop_assert!((expected - concept.score).abs() <= 1e-3 * concept.score, "{:?}", concept);
            }
        }
    }
}

#[test]
fn only_parts_that_match_explain_a_score() {
    // The trial has "30", but not the number that it is a part of here.
    let mut asked = request("2012-004444-30 OR loss");
    asked.explain = true;
    let hits = FINDER.search(&asked).unwrap();
    let hit = hits
        .hits
        .iter()
        .find(|hit| hit.id == "NCT07223242")
        .unwrap();
    let concepts = &hit.explanation.as_ref().unwrap().concepts;
    let typed: Vec<&str> = concepts
        .iter()
        .map(|concept| concept.typed.as_str())
        .collect();
    assert_eq!(typed, ["loss"]);
}

#[test]
fn every_trial_is_listed_once() {
    let hits = search("");
    assert_eq!(hits.total as usize, TRIALS.len());
    assert_eq!(hits.hits.len(), TRIALS.len());
    assert!(
        hits.hits.iter().all(|hit| hit.score.is_none()),
        "without words there is no relevance"
    );
    let mut asked = request("");
    asked.offset = ALL;
    assert!(FINDER.search(&asked).unwrap().hits.is_empty());
    asked.limit = 0;
    asked.offset = 0;
    let none = FINDER.search(&asked).unwrap();
    assert_eq!((none.total as usize, none.hits.len()), (TRIALS.len(), 0));
}

#[test]
fn weights_change_the_order_and_wrong_ones_are_refused() {
    let order = |change: &dyn Fn(&mut trialfind::search::Request)| {
        let mut asked = request("disc pain cells");
        change(&mut asked);
        FINDER.search(&asked)
    };
    let plain = order(&|_| ()).unwrap();
    let check_same_trials_other_order = |change: &dyn Fn(&mut trialfind::search::Request)| {
        let changed = order(change).unwrap();
        assert_ne!(ids(&changed), ids(&plain));
        let sorted = |mut ids: Vec<String>| {
            ids.sort();
            ids
        };
        assert_eq!(sorted(ids(&changed)), sorted(ids(&plain)));
    };
    check_same_trials_other_order(&|asked| {
        asked.weights = vec![("title".into(), 0.0), ("outcome".into(), 50.0)];
    });
    check_same_trials_other_order(&|asked| asked.b = Some(0.0));
    check_same_trials_other_order(&|asked| asked.k1 = Some(50.0));
    let check_refused = |change: &dyn Fn(&mut trialfind::search::Request), expect: &str| {
        let error = order(change).unwrap_err().to_string();
        assert!(error.contains(expect), "{error}");
    };
    check_refused(
        &|asked| asked.weights = vec![("titel".into(), 2.0)],
        "`titel`",
    );
    check_refused(
        &|asked| asked.weights = vec![("title".into(), -1.0)],
        "`title` is -1",
    );
    check_refused(
        &|asked| asked.weights = vec![("title".into(), f32::NAN)],
        "`title` is NaN",
    );
    check_refused(&|asked| asked.k1 = Some(-0.1), "k1 is -0.1");
    check_refused(&|asked| asked.k1 = Some(f32::INFINITY), "k1 is inf");
    check_refused(
        &|asked| asked.weights = vec![("title".into(), 1e38)],
        "from 0 to 1000000",
    );
    check_refused(&|asked| asked.rarity = Some(11.0), "rarity is 11");
    check_refused(&|asked| asked.b = Some(1.5), "b is 1.5");
    check_refused(&|asked| asked.b = Some(f32::NAN), "b is NaN");
}

/// A trial without the words side by side got a score that is no number, and came first.
#[test]
fn scores_are_numbers_where_k1_or_all_weights_are_nought() {
    let mut asked = request("disc pain");
    asked.k1 = Some(0.0);
    let check = |asked: &trialfind::search::Request, least: f32| {
        let hits = FINDER.search(asked).unwrap().hits;
        let scores: Vec<f32> = hits.iter().filter_map(|hit| hit.score).collect();
        assert_eq!(scores.len(), hits.len());
        assert!(scores.iter().all(|score| *score >= least), "{scores:?}");
        assert!(scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
    };
    check(&asked, 0.1);
    let fields = FINDER.index().fields().text.iter();
    asked.weights = fields.map(|field| (field.name.clone(), 0.0)).collect();
    check(&asked, 0.0);
}

/// Words that a choice keeps apart were looked for side by side, if the choice had a weight.
#[test]
fn words_of_a_choice_are_no_pair() {
    let has_pair = |query: &str| {
        let mut asked = request(query);
        asked.explain = true;
        let hits = FINDER.search(&asked).unwrap().hits;
        let explained = hits.iter().filter_map(|hit| hit.explanation.as_ref());
        let mut found = explained.flat_map(|explanation| &explanation.concepts);
        found.any(|concept| concept.typed == "back pain")
    };
    assert!(has_pair("back pain"));
    assert!(!has_pair("back OR pain"));
    assert!(!has_pair("(back OR pain)^2"));
}

/// A document without the field has no length there, which b of one divided by: every concept with several writings lost trials.
#[test]
fn no_hit_is_lost_where_lengths_count_in_full() {
    let mut several = 0;
    for query in ["MSC", "low back pain", "disc cells", "BM-MSC", "sciatica"] {
        let mut asked = request(query);
        asked.b = Some(1.0);
        let hits = FINDER.search(&asked).unwrap();
        assert_eq!(hits.total as usize, hits.hits.len(), "{query}");
        let scores: Vec<f32> = hits.hits.iter().filter_map(|hit| hit.score).collect();
        assert_eq!(scores.len(), hits.hits.len(), "{query}");
        assert!(
            scores.iter().all(|score| score.is_finite()),
            "{query}: {scores:?}"
        );
        let concepts = hits.query.concepts.iter();
        several += concepts
            .filter(|concept| concept.alternatives.len() > 1)
            .count();
    }
    assert!(several > 0, "no concept with several writings");
}
