//! Orders and pages: every study once, in order, and tokens that hold over restarts and other commits.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::Value;
use trialfind::server::{App, Options};

use super::{FOLDER, RECORDS, address, get, get_from, id_of, values_at};

/// The studies of all pages, asked page by page.
fn walk(app: &App, parameters: &[(&str, &str)], size: &str) -> Vec<String> {
    let mut ids = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let mut all = parameters.to_vec();
        all.push(("pageSize", size));
        if let Some(token) = &token {
            all.push(("pageToken", token));
        }
        let page = get_from(app, &address("/studies", &all)).json();
        let studies = page["studies"].as_array().unwrap();
        assert!(
            !studies.is_empty() || token.is_none(),
            "a page after the last"
        );
        ids.extend(studies.iter().map(id_of));
        match page["nextPageToken"].as_str() {
            Some(next) => token = Some(next.to_owned()),
            None => return ids,
        }
    }
}

#[test]
fn every_study_once_in_every_order() {
    let app = App::new(Options::new(FOLDER.clone()));
    let orders: [&[(&str, &str)]; 7] = [
        &[],
        &[("sort", "LastUpdatePostDate")],
        &[("sort", "EnrollmentCount:desc|NumArmGroups")],
        &[("sort", "StartDate:asc,EnrollmentCount:asc")],
        &[("query.term", "pain"), ("sort", "@relevance")],
        &[("query.term", "pain"), ("sort", "@relevance:asc")],
        &[
            ("query.cond", "cancer OR pain"),
            ("sort", "@relevance,StudyFirstPostDate"),
        ],
    ];
    for order in orders {
        let at_once = walk(&app, order, "1000");
        let distinct: BTreeSet<&String> = at_once.iter().collect();
        assert_eq!(distinct.len(), at_once.len(), "{order:?}");
        for size in ["1", "3"] {
            assert_eq!(walk(&app, order, size), at_once, "{order:?} by {size}");
        }
    }
    assert_eq!(walk(&app, &[], "7").len(), RECORDS.len());
}

#[test]
fn what_is_missing_comes_last() {
    let number = |id: &String| {
        let values = values_at(
            &RECORDS[id],
            "protocolSection.designModule.enrollmentInfo.count",
        );
        values.first().and_then(|value| value.as_i64())
    };
    for (sort, descending) in [("EnrollmentCount", false), ("EnrollmentCount:desc", true)] {
        let page = get(&format!("/studies?pageSize=1000&fields=NCTId&sort={sort}")).json();
        let ids: Vec<String> = page["studies"]
            .as_array()
            .unwrap()
            .iter()
            .map(id_of)
            .collect();
        let mut expect = ids.clone();
        expect.sort_by_key(|id| match (number(id), descending) {
            (None, _) => (1, 0),
            (Some(number), true) => (0, -number),
            (Some(number), false) => (0, number),
        });
        assert_eq!(ids, expect, "{sort}");
    }
}

#[test]
fn counts_and_sizes() {
    let total = RECORDS.len();
    let first = get("/studies?countTotal=true").json();
    assert_eq!(first["totalCount"].as_u64(), Some(total as u64));
    assert_eq!(first["studies"].as_array().unwrap().len(), 10);
    let token = first["nextPageToken"].as_str().unwrap();
    let second = get(&format!("/studies?countTotal=true&pageToken={token}")).json();
    assert_eq!(
        second["totalCount"],
        Value::Null,
        "counted with the first page only"
    );
    assert_eq!(get("/studies").json()["totalCount"], Value::Null);
    assert_eq!(
        get("/studies?pageSize=0").json()["studies"]
            .as_array()
            .unwrap()
            .len(),
        10
    );
    assert_eq!(
        get("/studies?pageSize=5000").json()["studies"]
            .as_array()
            .unwrap()
            .len(),
        total
    );
    for wrong in ["-1", "ten", "1.5", "99999999999"] {
        assert_eq!(
            get(&format!("/studies?pageSize={wrong}")).status,
            StatusCode::BAD_REQUEST,
            "{wrong}"
        );
    }
    // Nothing found is an answer, not an error.
    let nothing = get("/studies?query.cond=xyzzyplugh&countTotal=true").json();
    assert_eq!(nothing["totalCount"], 0);
    assert_eq!(nothing["studies"].as_array().unwrap().len(), 0);
    assert_eq!(nothing["nextPageToken"], Value::Null);
}

#[test]
fn tokens_hold_over_a_restart() {
    let first = get("/studies?pageSize=5&sort=StartDate&fields=NCTId").json();
    let token = first["nextPageToken"].as_str().unwrap();
    let address = format!("/studies?pageSize=5&sort=StartDate&fields=NCTId&pageToken={token}");
    let other = App::new(Options::new(FOLDER.clone()));
    assert_eq!(get_from(&other, &address).json(), get(&address).json());
    // A commit that is not there any more: it goes on by the key.
    let mut parts: Vec<&str> = token.split('-').collect();
    parts[0] = "0123456789abcdef";
    let elsewhere = parts.join("-");
    let address = format!("/studies?pageSize=5&sort=StartDate&fields=NCTId&pageToken={elsewhere}");
    let ids = |answer: Value| -> Vec<String> {
        answer["studies"]
            .as_array()
            .unwrap()
            .iter()
            .map(id_of)
            .collect()
    };
    let expect = format!("/studies?pageSize=5&sort=StartDate&fields=NCTId&pageToken={token}");
    assert_eq!(ids(get(&address).json()), ids(get(&expect).json()));
    // Of another search, or none at all.
    for wrong in [
        format!("/studies?pageToken={token}"),
        format!("/studies?sort=StartDate&query.cond=pain&pageToken={token}"),
        "/studies?pageToken=abracadabra".to_owned(),
        "/studies?pageToken=%00%FF".to_owned(),
    ] {
        let answer = get(&wrong);
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
        assert!(
            answer.body.starts_with("`pageToken` parameter"),
            "{}",
            answer.body
        );
    }
}
