//! Ids typed alone as the query.
use serde_json::{Value, json};
use trialfind::search::Notice;

use crate::{Made, ids, record};

fn with_ids(number: u32, own: &str, second: &[&str]) -> Value {
    let mut record = record(number, "COMPLETED", &[]);
    let identification = &mut record["protocolSection"]["identificationModule"];
    identification["orgStudyIdInfo"] = json!({"id": own});
    identification["secondaryIdInfos"] = second.iter().map(|id| json!({"id": id})).collect();
    record
}

fn made() -> Made {
    let mut records = vec![
        with_ids(1, "SCLnow-XY-04", &["2017-002092-25", "U1111-1234-5678"]),
        with_ids(
            2,
            "AB-12",
            &["2022-500024-30-00", "UMIN000012345", "ISRCTN12345678"],
        ),
        with_ids(3, "AB-12", &["ChiCTR-TRC-12002000"]),
        with_ids(4, "COVID-19", &[]),
        with_ids(5, "Pain Study", &[]),
        with_ids(6, "", &[]),
    ];
    let description =
        json!({"briefSummary": "People with COVID-19 who were in NCT00000001 or NCT09999999."});
    records[5]["protocolSection"]["descriptionModule"] = description;
    Made::of(&records)
}

#[test]
fn ids_go_straight_to_their_trials() {
    let made = made();
    let check = |query: &str, expect: &[u32]| {
        let hits = made.search(&made.request(query));
        let expect: Vec<String> = expect
            .iter()
            .map(|number| format!("NCT{number:08}"))
            .collect();
        assert_eq!(ids(&hits), expect, "{query}");
        let is_straight = hits
            .notices
            .iter()
            .any(|notice| matches!(notice, Notice::Straight { .. }));
        assert!(is_straight, "{query} {:?}", hits.notices);
        let listed = made.finder.ids(&made.request(query)).unwrap();
        assert_eq!(listed, expect, "{query}");
    };
    check("NCT00000001", &[1]);
    check("nct 00000001", &[1]);
    check("NCT-00000001", &[1]);
    check("2017-002092-25", &[1]);
    check("EudraCT 2017-002092-25", &[1]);
    check("EudraCT: 2017-002092-25", &[1]);
    check("EUCTR2017-002092-25-FR", &[1]);
    check("UTN: U1111-1234-5678", &[1]);
    check("CTIS 2022-500024-30-00", &[2]);
    check("JPRN-UMIN000012345", &[2]);
    check("umin 000012345", &[2]);
    check("isrctn 12345678", &[2]);
    check("chictr-trc-12002000", &[3]);
    check("SCLnow-XY-04", &[1]);
    check("sclnow xy04", &[1]);
    check("AB-12", &[2, 3]);
    check("NCT00000003 NCT00000001", &[3, 1]);
    check("NCT00000003, nct 00000001; NCT00000003", &[3, 1]);
    check("NCT00000003 OR SCLnow-XY-04", &[3, 1]);
}

/// CTIS numbers with the version at their end and without it did not find each other.
#[test]
fn versions_of_a_number_are_one_trial() {
    let made = Made::of(&[
        with_ids(1, "AB-1", &["2022-500143-21"]),
        with_ids(2, "AB-2", &["2023-500999-11-01"]),
        with_ids(3, "AB-3", &["2023-500998-11-00"]),
        with_ids(4, "AB-4", &["2023-500998-11-01"]),
    ]);
    let check = |query: &str, expect: &[&str]| {
        assert_eq!(ids(&made.search(&made.request(query))), expect, "{query}");
    };
    check("2022-500143-21", &["NCT00000001"]);
    check("2022-500143-21-01", &["NCT00000001"]);
    check("CTIS 2022-500143-21-00", &["NCT00000001"]);
    check("2023-500999-11", &["NCT00000002"]);
    check("2023-500999-11-01", &["NCT00000002"]);
    check("2023-500999-11-02", &["NCT00000002"]);
    // What is there as it is typed goes before.
    check("2023-500998-11-01", &["NCT00000004"]);
    check("2022-500144-21", &[]);
}

/// One of several trials with the id was taken, with nothing said.
#[test]
fn trials_that_share_an_id_are_named_where_one_is_wanted() {
    let made = made();
    let like = |id: &str| {
        let mut request = made.request("");
        request.like = Some(id.to_owned());
        made.finder.search(&request)
    };
    let error = like("AB-12").unwrap_err();
    assert_eq!(
        error.to_string(),
        "`AB-12` is an id of several trials: NCT00000002, NCT00000003"
    );
    assert_eq!(error.hint(), Some("name one of them"));
    assert!(like("NCT00000002").is_ok() && like("SCLnow-XY-04").is_ok());
}

#[test]
fn what_is_not_there_is_said() {
    let made = made();
    let missing = made.search(&made.request("NCT09999999"));
    assert_eq!(missing.total, 0);
    let expect = Notice::IdMissing {
        id: "NCT09999999".to_owned(),
    };
    assert_eq!(missing.notices, [expect]);
    let some = made.search(&made.request("NCT09999999 NCT00000002"));
    assert_eq!(ids(&some), ["NCT00000002"]);
    assert_eq!(some.notices.len(), 2);
    let shared = made.search(&made.request("AB-12"));
    assert!(shared.notices.contains(&Notice::IdShared {
        id: "AB-12".to_owned(),
        trials: 2
    }));
}

#[test]
fn filters_do_not_apply_and_pages_do() {
    let made = made();
    let mut request = made.request("NCT00000003 NCT00000001 NCT00000002");
    request.filters = vec![trialfind::search::Filter {
        facet: "status".to_owned(),
        values: vec!["RECRUITING".to_owned()],
    }];
    request.facets = vec!["status".to_owned()];
    request.limit = 1;
    request.offset = 1;
    let hits = made.search(&request);
    assert_eq!(
        (ids(&hits), hits.total, hits.hits[0].rank),
        (vec!["NCT00000001"], 3, 2)
    );
    assert!(hits.notices.contains(&Notice::FiltersIgnored));
    let completed = hits.facets[0]
        .buckets
        .iter()
        .find(|bucket| bucket.value == "COMPLETED");
    assert_eq!(completed.unwrap().count, 3);
}

#[test]
fn words_stay_words() {
    let made = made();
    let check = |query: &str, expect: &[&str]| {
        let hits = made.search(&made.request(query));
        let mut found = ids(&hits);
        found.sort_unstable();
        assert_eq!(found, expect, "{query}");
        assert!(
            !hits
                .notices
                .iter()
                .any(|notice| matches!(notice, Notice::Straight { .. })),
            "{query}"
        );
    };
    // Another trial has it as a word; that one has it as an id is told.
    check("COVID-19", &["NCT00000004", "NCT00000006"]);
    let told = made.search(&made.request("COVID-19")).notices;
    assert!(
        told.contains(&Notice::IdToo {
            typed: "COVID-19".to_owned(),
            trials: 1
        }),
        "{told:?}"
    );
    check("Pain Study", &["NCT00000005"]);
    check("\"NCT00000001\"", &["NCT00000001", "NCT00000006"]);
    check("NCT00000001 trial", &["NCT00000001", "NCT00000006"]);
    check("ZZ-99", &[]);
}
