//! The answers for programs: the same as the command line's JSON, errors with the place in the query, exports whole.

use serde_json::Value;

use crate::{Server, build, options, server};

#[test]
fn every_address_for_programs_answers() {
    let server = server();
    let check = |uri: &str, status: u16, pointer: &str, expect: Value| {
        let answer = server.get(uri);
        assert_eq!(answer.status.as_u16(), status, "{uri}: {}", answer.text());
        assert_eq!(answer.header("content-type"), "application/json", "{uri}");
        let json = answer.json();
        assert_eq!(json.pointer(pointer), Some(&expect), "{uri}: {json}");
    };
    check(
        "/api/search?q=intradiscal&limit=1",
        200,
        "/hits/0/rank",
        1.into(),
    );
    check(
        "/api/search?q=NCT03737461",
        200,
        "/hits/0/id",
        "NCT03737461".into(),
    );
    check(
        "/api/search?q=knee&limit=0&facets=phase",
        200,
        "/facets/0/name",
        "phase".into(),
    );
    check(
        "/api/search?q=knee&limit=0&facets=none",
        200,
        "/facets",
        Value::Array(Vec::new()),
    );
    check(
        "/api/search?q=knee&exact=1&limit=0",
        200,
        "/version",
        1.into(),
    );
    check(
        "/api/trials/NCT03737461",
        200,
        "/protocolSection/identificationModule/nctId",
        "NCT03737461".into(),
    );
    check(
        "/api/suggest?q=osteoarth&limit=1",
        200,
        "/typed",
        "osteoarth".into(),
    );
    check("/api/search?q=%22knee", 400, "/error/span/start", 0.into());
    check(
        "/api/search?q=%22knee",
        400,
        "/error/carets",
        "  \"knee\n  ^".into(),
    );
    check(
        "/api/search?q=%22knee",
        400,
        "/error/message",
        "this quote is not closed".into(),
    );
    check(
        "/api/search?phaze=2",
        400,
        "/error/parameter",
        "phaze".into(),
    );
    check("/api/search?page=2", 400, "/error/parameter", "page".into());
    check(
        "/api/search?phase=9",
        400,
        "/error/parameter",
        "phase".into(),
    );
    check(
        "/api/search?limit=1001",
        400,
        "/error/parameter",
        "limit".into(),
    );
    check(
        "/api/search?limit=x",
        400,
        "/error/parameter",
        "limit".into(),
    );
    check(
        "/api/search?offset=100001",
        400,
        "/error/parameter",
        "offset".into(),
    );
    check("/api/search?q=a&q=b", 400, "/error/parameter", "q".into());
    check("/api/search?k1=-4", 400, "/error/status", 400.into());
    check(
        "/api/search?weight=nofield=2",
        400,
        "/error/status",
        400.into(),
    );
    check("/api/trials/NCT00000000", 404, "/error/status", 404.into());
    check("/api/nothing", 404, "/error/status", 404.into());
    let like = server.get("/api/trials/NCT03737461/similar?limit=3").json();
    let hits = like["hits"].as_array().unwrap();
    assert_eq!(hits.len(), 3);
    assert!(hits.iter().all(|hit| hit["id"] != "NCT03737461"));
    let story = server.post(
        "/api/patient",
        &[
            ("story", "A 45-year-old man with knee osteoarthritis."),
            ("limit", "2"),
        ],
    );
    assert_eq!(
        story.json()["patient"]["sex"]["sex"],
        "male",
        "{}",
        story.text()
    );
}

#[test]
fn filters_are_those_of_the_command_line() {
    let server = server();
    let total = |uri: &str| server.get(uri).json()["total"].as_u64().unwrap();
    let both = total("/api/search?phase=2&phase=3&limit=0");
    assert_eq!(both, total("/api/search?phase=2,3&limit=0"));
    assert_eq!(both, total("/api/search?filter=phase=2,3&limit=0"));
    assert!(both > total("/api/search?phase=3&limit=0"));
    assert_eq!(
        total("/api/search?study-type=interventional&limit=0"),
        total("/api/search?study_type=INTERVENTIONAL&limit=0")
    );
    assert!(total("/api/search?phase=not_stated&limit=0") > 0);
    assert!(total("/api/search?near=Lyon,+France&within=400km&limit=0") > 0);
}

#[test]
fn the_addresses_are_described() {
    let whole = server().get("/api/openapi.json").json();
    assert_eq!(whole["openapi"], "3.1.0");
    let paths = whole["paths"].as_object().unwrap();
    for path in [
        "/api/search",
        "/api/patient",
        "/api/trials/{id}",
        "/api/trials/{id}/similar",
        "/api/suggest",
    ] {
        let path = paths
            .get(path)
            .unwrap_or_else(|| panic!("{path} is not described"));
        let method = path.as_object().unwrap().values().next().unwrap();
        assert!(
            method["summary"].is_string() && method["responses"]["200"].is_object(),
            "{path}"
        );
    }
}

#[test]
fn exports_hold_all_trials_and_contacts_only_when_asked() {
    let server = server();
    let total = server.get("/api/search?limit=0").json()["total"]
        .as_u64()
        .unwrap() as usize;
    let sheet = server.get("/export?format=csv");
    assert_eq!(sheet.header("content-type"), "text/csv; charset=utf-8");
    assert!(
        sheet
            .header("content-disposition")
            .starts_with("attachment")
    );
    let mut rows = csv::Reader::from_reader(sheet.bytes.as_slice());
    assert!(
        !rows
            .headers()
            .unwrap()
            .iter()
            .any(|name| name == "contacts")
    );
    assert_eq!(rows.records().map(Result::unwrap).count(), total);
    assert!(!sheet.text().contains("ask@example.org"));
    let sheet = server.get("/export?format=csv&contacts=1");
    assert!(sheet.text().contains("ask@example.org"));
    let json = server.get("/export?format=json").json();
    assert_eq!(json.as_array().unwrap().len(), total);
    assert!(json.to_string().find("ask@example.org").is_none());
    let json = server
        .get("/export?format=json&contacts=1&q=hostile")
        .json();
    assert!(
        json[0]["contacts"][0]
            .as_str()
            .unwrap()
            .contains("ask@example.org"),
        "{json}"
    );
    let none = server.get("/export?format=json&q=zzzqqq").json();
    assert_eq!(none, Value::Array(Vec::new()), "an export is never widened");
    let ris = server
        .get("/export?format=ris&id=NCT03737461&id=NCT09999999")
        .text();
    assert_eq!(ris.matches("TY  - RPRT").count(), 2);
    assert_eq!(server.get("/export?format=ris&contacts=1").status, 400);
    assert_eq!(server.get("/export?format=xls").status, 400);
    assert_eq!(server.get("/export?q=%22knee").status, 400);
}

/// Each five hundred trials of an export were searched for anew.
#[test]
fn a_long_export_is_read_on_from_one_search() {
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<String> = (0..450)
        .map(|number| {
            let title = ["knee", "knee pain", "hip"][number % 3];
            serde_json::json!({"protocolSection": {
                "identificationModule": {"nctId": format!("NCT{number:08}"), "briefTitle": title},
                "statusModule": {"lastUpdatePostDateStruct": {"date": format!("20{:02}-01-01", number % 20)}},
            }})
            .to_string()
        })
        .collect();
    let file = folder.path().join("studies.ndjson");
    std::fs::write(&file, lines.join("\n")).unwrap();
    build(&folder.path().join("index"), &[file]);
    let server = Server::new(options(&folder.path().join("index")));
    let ids = |value: &Value| -> Vec<String> {
        let hits = value.as_array().unwrap().iter();
        hits.map(|hit| hit["id"].as_str().unwrap().to_owned())
            .collect()
    };
    for (asked, found) in [("q=knee", 300), ("q=pain&sort=updated", 150), ("", 450)] {
        let whole = server
            .get(&format!("/api/search?{asked}&limit=1000"))
            .json();
        let exported = server.get(&format!("/export?format=json&{asked}")).json();
        assert_eq!(ids(&exported), ids(&whole["hits"]), "{asked}");
        let ranks = exported.as_array().unwrap().iter();
        let ranks: Vec<u64> = ranks.map(|hit| hit["rank"].as_u64().unwrap()).collect();
        assert_eq!(ranks, (1..=found).collect::<Vec<u64>>(), "{asked}");
        let sheet = server.get(&format!("/export?format=csv&{asked}")).text();
        assert_eq!(sheet.lines().count() as u64, found + 1, "{asked}");
    }
}
