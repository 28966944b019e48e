//! Parameters and addresses: what is found by each, and the words of wrong ones.

use std::collections::BTreeSet;

use axum::http::StatusCode;

use super::{RECORDS, address, found, get, matching};

#[test]
fn wrong_requests_are_answered_in_plain_text() {
    let check = |parameters: &[(&str, &str)], expect: &str| {
        let answer = get(&address("/studies", parameters));
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{parameters:?}");
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
        assert!(
            answer.body.starts_with(expect),
            "{parameters:?}: {}",
            answer.body
        );
    };
    check(
        &[("query.recrs", "x")],
        "`query.recrs` is unknown parameter",
    );
    check(
        &[("query.cond", "(early onset")],
        "Error parsing query in Conditions or disease: missing ')' at '<EOF>'",
    );
    check(
        &[("query.term", "AREA[NotARealField]value")],
        "Error parsing query in Other terms: Unknown area name: `NotARealField`",
    );
    check(
        &[("filter.advanced", "AREA[OverallStatus]open")],
        "Error parsing query in filter.advanced: Allowed values for enum field `protocolSection.statusModule.overallStatus` are \
         `ACTIVE_NOT_RECRUITING`, `COMPLETED`",
    );
    check(
        &[("filter.overallStatus", "OPEN")],
        "`filter.overallStatus` parameter: Allowed values for enum field",
    );
    check(
        &[("filter.ids", "NCT1,foo")],
        "`filter.ids` parameter must be a list of NCT numbers",
    );
    check(
        &[("filter.geo", "distance(1,2)")],
        "`filter.geo` parameter must be of the form",
    );
    check(
        &[("filter.geo", "distance(1,2,900km)")],
        "`filter.geo` parameter must be of the form",
    );
    check(
        &[("filter.synonyms", "ConditionSearch:1651367")],
        "`filter.synonyms` parameter",
    );
    check(
        &[("aggFilters", "phase:9")],
        "`aggFilters` parameter: `phase` has no option `9`",
    );
    check(
        &[("sort", "BriefTitle")],
        "`sort` parameter: `BriefTitle` is no date and no number",
    );
    check(&[("sort", "a,b,c")], "`sort` parameter: at most 2 items");
    check(
        &[("geoDecay", "func:cubic")],
        "`geoDecay` parameter must be of the form",
    );
    check(
        &[("format", "xml")],
        "`format` parameter value `xml` is not allowed",
    );
    check(
        &[("countTotal", "maybe")],
        "`countTotal` parameter value `maybe` is not allowed",
    );
    let nowhere = get("/nowhere");
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    assert_eq!(nowhere.header("content-type"), "text/plain; charset=utf-8");
}

#[test]
fn filters_hold_together() {
    let all: BTreeSet<String> = RECORDS.keys().cloned().collect();
    assert_eq!(matching("ALL"), all);
    assert_eq!(found(&[]), all);
    let recruiting = matching("AREA[OverallStatus]RECRUITING");
    let completed = matching("AREA[OverallStatus]COMPLETED");
    assert!(!recruiting.is_empty() && !completed.is_empty());
    let either: BTreeSet<String> = recruiting.union(&completed).cloned().collect();
    for name in ["filter.overallStatus", "postFilter.overallStatus"] {
        assert_eq!(found(&[(name, "RECRUITING|COMPLETED")]), either);
        assert_eq!(found(&[(name, "RECRUITING,COMPLETED")]), either);
    }
    assert_eq!(found(&[("aggFilters", "status:rec com")]), either);
    assert_eq!(
        found(&[
            ("filter.overallStatus", "RECRUITING"),
            ("postFilter.overallStatus", "COMPLETED")
        ]),
        BTreeSet::new()
    );
    assert_eq!(
        matching("NOT AREA[OverallStatus]RECRUITING"),
        &all - &recruiting
    );
    let phases = matching("AREA[Phase](PHASE2 OR PHASE3)");
    assert_eq!(found(&[("aggFilters", "phase:2 3")]), phases);
    assert_eq!(
        found(&[("aggFilters", "phase:PHASE2 PHASE3,status:rec")]),
        &phases & &recruiting
    );
}

#[test]
fn numbers_set_filters_aside() {
    let ids: Vec<&String> = RECORDS
        .keys()
        .filter(|id| id.starts_with("NCT"))
        .take(2)
        .collect();
    let both: BTreeSet<String> = ids.iter().map(|id| (*id).clone()).collect();
    let list = format!("{} , {}", ids[0], ids[1].to_lowercase());
    assert_eq!(
        found(&[("query.id", &list), ("filter.overallStatus", "WITHHELD")]),
        both
    );
    assert_eq!(found(&[("query.term", &list)]), both);
    assert_eq!(
        found(&[(
            "filter.ids",
            &ids.iter()
                .map(|id| id.as_str())
                .collect::<Vec<_>>()
                .join("|")
        )]),
        both
    );
    assert_eq!(
        found(&[("filter.ids", ids[0]), ("filter.overallStatus", "WITHHELD")]),
        BTreeSet::new()
    );
}

#[test]
fn near_a_point() {
    // The sample records have sites all over; what is within reach of one grows with the distance.
    let within =
        |distance: &str| found(&[("filter.geo", &format!("distance(42.36,-71.06,{distance})"))]);
    let (near, far) = (within("25mi"), within("500mi"));
    assert!(
        near.is_subset(&far) && near.len() < far.len(),
        "{near:?} {far:?}"
    );
    assert_eq!(
        matching("AREA[LocationGeoPoint]DISTANCE[42.36, -71.06, 25mi]"),
        near
    );
    let sorted = get(
        "/studies?filter.geo=distance(42.36,-71.06,500mi)&sort=@relevance&query.term=pain&fields=NCTId",
    );
    assert_eq!(sorted.status, StatusCode::OK);
}

#[test]
fn every_area_answers() {
    for (name, word) in [
        ("query.cond", "pain"),
        ("query.term", "pain"),
        ("query.locn", "University"),
        ("query.titles", "pain"),
        ("query.intr", "injection"),
        ("query.outc", "pain"),
        ("query.spons", "University"),
        ("query.lead", "University"),
        ("query.patient", "pain"),
    ] {
        assert!(!found(&[(name, word)]).is_empty(), "{name}");
    }
    // Enumerated pieces of an area are searched by their words.
    let randomized = found(&[("query.term", "randomized")]);
    assert!(randomized.is_superset(&matching("AREA[DesignAllocation]RANDOMIZED")));
    // A term without operators needs all its words, in any order and place.
    assert_eq!(
        found(&[("query.cond", "pain back")]),
        found(&[("query.cond", "back pain")])
    );
    assert!(
        found(&[("query.cond", "pain xyzzyplugh")]).is_empty(),
        "never a part of the words"
    );
    assert!(!found(&[("query.cond", "EXPANSION[Lossy](pain xyzzyplugh)")]).is_empty());
}

#[test]
fn what_the_api_says_of_itself() {
    let version = get("/version").json();
    assert_eq!(version["apiVersion"], "2.0.5");
    assert!(
        version["dataTimestamp"]
            .as_str()
            .unwrap()
            .ends_with("T00:00:00")
    );
    let areas = get("/studies/search-areas").json();
    assert_eq!(areas[0]["name"], "Study");
    assert_eq!(areas[0]["areas"].as_array().unwrap().len(), 19);
    let enums = get("/studies/enums").json();
    let sex = enums
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["type"] == "Sex")
        .unwrap();
    assert_eq!(sex["pieces"], serde_json::json!(["Sex"]));
    assert_eq!(
        sex["values"][0],
        serde_json::json!({"value": "FEMALE", "legacyValue": "Female"})
    );
    let legacy = |kind: &str, value: &str| {
        let mut of_kind = enums.as_array().unwrap().iter();
        let one = of_kind.find(|one| one["type"] == kind).unwrap();
        let mut values = one["values"].as_array().unwrap().iter();
        values.find(|known| known["value"] == value).unwrap()["legacyValue"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    for (kind, value, expect) in [
        ("Phase", "PHASE1", "Phase 1"),
        ("Phase", "NA", "Not Applicable"),
        ("DesignAllocation", "NA", "N/A"),
        ("Status", "ACTIVE_NOT_RECRUITING", "Active, not recruiting"),
        ("Status", "NOT_YET_RECRUITING", "Not yet recruiting"),
        ("AgencyClass", "OTHER_GOV", "OTHER_GOV"),
        (
            "InterventionType",
            "DIETARY_SUPPLEMENT",
            "Dietary Supplement",
        ),
        ("DesignMasking", "NONE", "None (Open Label)"),
    ] {
        assert_eq!(legacy(kind, value), expect);
    }
    let metadata = get("/studies/metadata").json();
    let names: Vec<&str> = metadata
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "protocolSection",
            "resultsSection",
            "annotationSection",
            "documentSection",
            "derivedSection",
            "hasResults"
        ]
    );
    assert!(!metadata.to_string().contains("NumArmGroups"));
    assert!(
        get("/studies/metadata?includeIndexedOnly=true")
            .body
            .contains("NumArmGroups")
    );
}

#[test]
fn statistics_are_those_of_the_records() {
    let sizes = get("/stats/size").json();
    assert_eq!(sizes["totalStudies"].as_u64(), Some(RECORDS.len() as u64));
    for path in ["/stats/field/values", "/stats/field-values"] {
        let values = get(&format!("{path}?fields=OverallStatus")).json();
        let top = values[0]["topValues"].as_array().unwrap();
        assert_eq!(values[0]["type"], "ENUM");
        for value in top {
            let status = value["value"].as_str().unwrap();
            let count = value["studiesCount"].as_u64().unwrap();
            assert_eq!(
                matching(&format!("AREA[OverallStatus]{status}")).len() as u64,
                count
            );
        }
    }
    let sizes = get("/stats/field-sizes?fields=Phase").json();
    for size in sizes[0]["topSizes"].as_array().unwrap() {
        let number = size["size"].as_u64().unwrap();
        let count = size["studiesCount"].as_u64().unwrap();
        let expression = match number {
            0 => "AREA[Phase]MISSING".to_owned(),
            number => format!("AREA[Phase:size] {number}"),
        };
        assert_eq!(matching(&expression).len() as u64, count, "{expression}");
    }
    let titles = get("/stats/field/values?fields=BriefTitle").json();
    let longest = &titles[0]["longest"];
    let record = &RECORDS[longest["nctId"].as_str().unwrap()];
    let title = &record["protocolSection"]["identificationModule"]["briefTitle"];
    assert_eq!(&longest["value"], title);
    let characters = title.as_str().unwrap().chars().count() as u64;
    assert_eq!(longest["length"].as_u64(), Some(characters));
    let dates = get("/stats/field/values?types=DATE&fields=StartDate,HasResults").json();
    assert_eq!(dates.as_array().unwrap().len(), 1);
    assert_eq!(
        get("/stats/field/values?types=COLOUR").status,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        get("/stats/field/values?fields=Nonsense").status,
        StatusCode::BAD_REQUEST
    );
    assert!(get("/stats/field/values").json().as_array().unwrap().len() > 200);
}

#[test]
fn a_study_in_an_archive() {
    use std::io::Read;
    let request = axum::http::Request::get("/api/v2/studies/NCT03737461?format=json.zip");
    let request = request.body(axum::body::Body::empty()).unwrap();
    let bytes = crate::RUNTIME.block_on(async {
        let response = trialfind::server::router(&crate::APP);
        let response = tower::ServiceExt::oneshot(response, request).await.unwrap();
        assert_eq!(response.headers()["content-type"], "application/zip");
        axum::body::to_bytes(response.into_body(), 1 << 20)
            .await
            .unwrap()
    });
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut json = String::new();
    let mut file = archive.by_name("NCT03737461.json").unwrap();
    file.read_to_string(&mut json).unwrap();
    assert_eq!(json, get("/studies/NCT03737461").body);
    let fhir = get("/studies/NCT03737461?format=fhir.json");
    assert!(
        fhir.status == 400 && fhir.body.contains("not offered here"),
        "{}",
        fhir.body
    );
}
