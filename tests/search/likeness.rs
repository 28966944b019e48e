//! Feedback and trials like one: what changes is the order, never what is found; a trial is never like itself.
use trialfind::search::{Request, SearchError};

use crate::{ALL, FINDER, TRIALS, filter, ids, request, search};

fn with_feedback(query: &str) -> Request {
    Request {
        feedback: true,
        explain: true,
        ..request(query)
    }
}

#[test]
fn feedback_changes_the_order_only_and_its_scores_add_up() {
    for query in [
        "stem cells",
        "disc",
        "knee OR hip",
        "low back pain",
        "melanoma",
        "covid",
    ] {
        let plain = search(query);
        let fed = FINDER.search(&with_feedback(query)).unwrap();
        assert_eq!(fed.total, plain.total, "{query}");
        let (mut found, mut expect) = (ids(&fed), ids(&plain));
        found.sort();
        expect.sort();
        assert_eq!(found, expect, "{query}");
        assert!(fed.query.feedback.len() > 3 || plain.total == 0, "{query}");
        for hit in &fed.hits {
            let parts = &hit.explanation.as_ref().unwrap().concepts;
            let sum: f32 = parts.iter().map(|part| part.score).sum();
            let score = hit.score.unwrap();
            assert!(
                (sum - score).abs() <= score.abs() * 1e-4,
                "{query} {sum} {score}"
            );
        }
    }
}

/// A filter alone ranks nothing, so no trial is a better example than another.
#[test]
fn without_words_there_is_no_feedback() {
    for query in ["", "phase:2", "-phase:2"] {
        let hits = FINDER.search(&with_feedback(query)).unwrap();
        assert!(hits.total > 0, "{query}");
        assert!(
            hits.query.feedback.is_empty(),
            "{query}: {:?}",
            hits.query.feedback
        );
        let explained = hits.hits.iter().filter_map(|hit| hit.explanation.as_ref());
        assert!(
            explained
                .flat_map(|explanation| &explanation.concepts)
                .next()
                .is_none()
        );
    }
}

/// Invariant: filters never change scores, and feedback documents come from the unfiltered result.
#[test]
fn filters_do_not_change_scores_of_feedback() {
    let all = FINDER.search(&with_feedback("stem cells")).unwrap();
    let mut beside = with_feedback("stem cells");
    beside.filters = vec![filter("status", &["COMPLETED"])];
    let within = with_feedback("stem cells status:completed -phase:3");
    for mut asked in [beside, within] {
        asked.limit = 3;
        let some = FINDER.search(&asked).unwrap();
        assert!(!some.hits.is_empty());
        assert!(some.hits.len() <= 3);
        for hit in &some.hits {
            let same = all.hits.iter().find(|other| other.id == hit.id).unwrap();
            assert_eq!(hit.score, same.score, "{}", hit.id);
        }
    }
}

#[test]
fn a_trial_is_like_others_and_never_like_itself() {
    let like = |id: &str, query: &str| {
        let mut asked = request(query);
        asked.like = Some(id.to_owned());
        asked.limit = ALL;
        FINDER.search(&asked).unwrap()
    };
    for id in TRIALS.keys() {
        assert!(!ids(&like(id, "")).contains(id), "{id}");
    }
    let check = |id: &str, among: usize, expect: &[&str]| {
        let found = ids(&like(id, ""));
        for other in expect {
            let place = found.iter().position(|id| id == other);
            assert!(
                place.is_some_and(|place| place < among),
                "{id}: {other} {found:?}"
            );
        }
    };
    check("NCT03737461", 5, &["NCT04759105", "NCT05066334"]);
    check("nct 03737461", 5, &["NCT04759105"]);
    check("NCT02412735", 3, &["NCT06325566"]);
    let narrowed = ids(&like("NCT03737461", "allogeneic"));
    let wanted = search("allogeneic");
    assert!(narrowed.iter().all(|id| ids(&wanted).contains(id)));
    let mut unknown = request("");
    unknown.like = Some("NCT99999999".to_owned());
    let error = FINDER.search(&unknown).unwrap_err();
    assert!(matches!(error, SearchError::UnknownTrial { .. }), "{error}");
}

/// Terms of the trial itself passed for terms of feedback.
#[test]
fn what_trials_are_alike_in_is_no_feedback() {
    let mut asked = request("");
    asked.like = Some("NCT03737461".to_owned());
    let hits = FINDER.search(&asked).unwrap();
    let writings = hits
        .query
        .concepts
        .iter()
        .flat_map(|asked| &asked.alternatives);
    let origins: Vec<&str> = writings.map(|writing| writing.origin).collect();
    assert!(!origins.is_empty());
    assert!(
        origins.iter().all(|origin| *origin == "typed"),
        "{origins:?}"
    );
}
