//! What of a study is given: projections, tables, one study in every form.

use axum::http::StatusCode;
use serde_json::Value;

use super::{RECORDS, address, get, id_of};

#[test]
fn only_the_fields_that_are_asked_for() {
    let check = |fields: &str, expect: &[&str]| {
        let answer = get(&address(
            "/studies",
            &[("fields", fields), ("pageSize", "1000")],
        ))
        .json();
        let mut paths: Vec<String> = Vec::new();
        for study in answer["studies"].as_array().unwrap() {
            leaves(study, "", &mut paths);
        }
        paths.sort();
        paths.dedup();
        assert_eq!(paths, expect, "{fields}");
    };
    check("NCTId", &["protocolSection.identificationModule.nctId"]);
    check(
        "NCTId|BriefTitle,HasResults",
        &[
            "hasResults",
            "protocolSection.identificationModule.briefTitle",
            "protocolSection.identificationModule.nctId",
        ],
    );
    check(
        "protocolSection.statusModule.overallStatus,ConditionsModule",
        &[
            "protocolSection.conditionsModule.conditions",
            "protocolSection.conditionsModule.keywords",
            "protocolSection.statusModule.overallStatus",
        ],
    );
    check(
        "TitleSearch",
        &[
            "protocolSection.identificationModule.acronym",
            "protocolSection.identificationModule.briefTitle",
            "protocolSection.identificationModule.officialTitle",
        ],
    );
    let unknown = get("/studies?fields=NCTId|Nonsense");
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        unknown.body,
        "`fields` parameter has unknown names: `Nonsense`"
    );
    assert_eq!(get("/studies?fields=").status, StatusCode::BAD_REQUEST);
}

fn leaves(value: &Value, path: &str, out: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (name, below) in object {
                let path = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                leaves(below, &path, out);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| leaves(value, path, out)),
        _ => out.push(path.to_owned()),
    }
}

#[test]
fn fields_that_were_queried() {
    let answer = get("/studies?query.titles=pain&fields=@query").json();
    let studies = answer["studies"].as_array().unwrap();
    assert!(!studies.is_empty());
    for study in studies {
        let mut paths = Vec::new();
        leaves(study, "", &mut paths);
        assert!(
            paths
                .iter()
                .all(|path| path.ends_with("Title") || path.ends_with("acronym")),
            "{paths:?}"
        );
    }
}

#[test]
fn whole_studies_as_they_came() {
    let answer = get("/studies?pageSize=1000").json();
    for study in answer["studies"].as_array().unwrap() {
        let mut expect = RECORDS[&id_of(study)].clone();
        for module in [
            "identificationModule",
            "statusModule",
            "sponsorCollaboratorsModule",
        ] {
            let module = &mut expect["protocolSection"][module];
            if module.is_null() {
                *module = serde_json::json!({});
            }
        }
        assert_eq!(*study, expect);
    }
    // Each on a line of its own.
    let text = get("/studies?pageSize=3").body;
    assert_eq!(
        text.lines()
            .filter(|line| line.starts_with("{\"protocol"))
            .count(),
        3,
        "{text}"
    );
}

#[test]
fn one_study_in_every_form() {
    let id = RECORDS.keys().find(|id| id.starts_with("NCT")).unwrap();
    let json = get(&format!("/studies/{id}"));
    assert_eq!(json.header("content-type"), "application/json");
    assert_eq!(id_of(&json.json()), *id);
    let lower = get(&format!("/studies/{}?fields=NCTId", id.to_lowercase())).json();
    assert_eq!(id_of(&lower), *id);
    let table = get(&format!("/studies/{id}?format=csv"));
    assert_eq!(table.header("content-type"), "text/csv; charset=utf-8");
    assert!(
        table.body.starts_with("NCT Number,Study Title,Study URL"),
        "{}",
        table.body
    );
    let ris = get(&format!("/studies/{id}?format=ris"));
    assert!(ris.body.starts_with("TY  - "), "{}", ris.body);
    for (address, status, says) in [
        (
            "/studies/NCT99999999",
            StatusCode::NOT_FOUND,
            "NCT number NCT99999999 not found",
        ),
        (
            "/studies/nonsense",
            StatusCode::NOT_FOUND,
            "NCT number nonsense not found",
        ),
        (
            "/studies/NCT00003936?format=pdf",
            StatusCode::BAD_REQUEST,
            "`format` parameter value `pdf`",
        ),
    ] {
        let answer = get(address);
        assert_eq!(answer.status, status, "{address}");
        assert_eq!(
            answer.header("content-type"),
            "text/plain; charset=utf-8",
            "{address}"
        );
        assert!(answer.body.starts_with(says), "{}", answer.body);
    }
}

#[test]
fn an_alias_leads_to_its_study() {
    let alias = RECORDS.iter().find_map(|(id, record)| {
        let aliases = &record["protocolSection"]["identificationModule"]["nctIdAliases"];
        Some((id, aliases[0].as_str()?))
    });
    let Some((id, alias)) = alias else {
        panic!("no sample record has an alias");
    };
    let answer = get(&format!("/studies/{alias}?format=json"));
    assert_eq!(answer.status, StatusCode::MOVED_PERMANENTLY);
    assert_eq!(
        answer.header("location"),
        format!("/api/v2/studies/{id}?format=json")
    );
}

#[test]
fn tables() {
    let first = get("/studies?format=csv&pageSize=2&countTotal=true");
    assert_eq!(first.header("x-total-count"), RECORDS.len().to_string());
    let token = first.header("x-next-page-token");
    assert!(!token.is_empty());
    let mut reader = csv::Reader::from_reader(first.body.as_bytes());
    assert_eq!(reader.headers().unwrap().len(), 30);
    assert_eq!(reader.records().count(), 2);
    let next = get(&format!("/studies?format=csv&pageSize=2&pageToken={token}"));
    assert!(
        next.body.starts_with("NCT") && !next.body.starts_with("NCT Number"),
        "{}",
        next.body
    );
    let some = get(&address(
        "/studies",
        &[("format", "csv"), ("fields", "Study Status|NCT Number")],
    ));
    assert!(
        some.body.starts_with("NCT Number,Study Status\n"),
        "{}",
        some.body
    );
    assert_eq!(
        get("/studies?format=csv&fields=NCTId").status,
        StatusCode::BAD_REQUEST
    );
}

#[test]
fn markdown_without_its_escapes() {
    let criteria = |form: &str| {
        let answer = get(&format!(
            "/studies?pageSize=1000&fields=EligibilityCriteria&markupFormat={form}"
        ));
        answer.body
    };
    let (markdown, legacy) = (criteria("markdown"), criteria("legacy"));
    assert!(
        markdown.contains("\\\\<") || markdown.contains("\\\\>"),
        "no sample record has an escape"
    );
    assert!(!legacy.contains("\\\\<") && !legacy.contains("\\\\>"));
}
