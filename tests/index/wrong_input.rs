//! What is wrong is named; the rest goes in, and what was in the index stays.

use std::path::PathBuf;

use trialfind::index::{BuildOptions, Index, IndexError, SchemaChoice};

use crate::{Place, study};

#[test]
fn bad_records_do_not_keep_good_ones_out() {
    let place = Place::new();
    let good = study("NCT00000001", "good", "2020-01-01");
    let paths = [
        place.file("good.json", &good),
        place.file("broken.json", "{\"protocolSection\": {\"identification"),
        place.file("not.json", "{\"name\": \"something else\"}"),
        place.file(
            "no-id.json",
            r#"{"protocolSection":{"identificationModule":{"briefTitle":"t"}}}"#,
        ),
        place.file(
            "bad-id.json",
            r#"{"protocolSection":{"identificationModule":{"nctId":"NCT12"}}}"#,
        ),
        place.file(
            "broken.xml",
            "<clinical_study><id_info><nct_id>NCT00000003</nct_id>",
        ),
        place.file(
            "letter.txt",
            "Dear colleague,\n\nthank you for the records.\n",
        ),
        place.file("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        place.file("empty.json", ""),
        PathBuf::from("/no/such/folder"),
    ];
    let (report, rejects) = place.build(&paths);
    assert_eq!((report.seen, report.indexed, report.rejected), (10, 1, 9));
    for (path, reason) in [
        ("broken.json", "cut off"),
        ("not.json", "without `protocolSection`"),
        ("no-id.json", "no registry id"),
        ("bad-id.json", "`NCT12`"),
        ("broken.xml", "cut off"),
        ("letter.txt", "not a trial record"),
        ("picture.png", "binary"),
        ("empty.json", "empty"),
        ("/no/such/folder", "no such file"),
    ] {
        let found = rejects
            .iter()
            .find(|rejected| rejected.path.ends_with(path))
            .unwrap_or_else(|| panic!("{path}"));
        assert!(found.reason.contains(reason), "{path}: {}", found.reason);
    }
    assert!(place.json("NCT00000001").is_some());
}

/// Rejects were counted under no format.
#[test]
fn the_counts_of_the_formats_add_up_to_those_of_the_run() {
    let place = Place::new();
    let paths = [
        place.file("good.json", study("NCT00000001", "good", "2020-01-01")),
        place.file("older.json", study("NCT00000001", "good", "2019-01-01")),
        place.file(
            "no-id.json",
            r#"{"protocolSection":{"identificationModule":{"briefTitle":"t"}}}"#,
        ),
        place.file("broken.json", "{\"protocolSection\": {\"identification"),
        place.file("broken.xml", "<clinical_study><id_info><nct_id>NCT"),
        place.file(
            "page.txt",
            "A title\nNCT ID\nBasic Information\nStudy Groups\nBrief Summary\n",
        ),
        place.file("not.json", "{\"name\": \"something else\"}"),
        place.file("letter.txt", "Dear colleague,\n"),
        place.file("empty.json", ""),
    ];
    let (report, _) = place.build(&paths);
    let counts = |name: &str| {
        let counts = report.formats[name];
        (
            counts.seen,
            counts.indexed,
            counts.superseded,
            counts.rejected,
        )
    };
    assert_eq!(counts("api-json"), (4, 1, 1, 2));
    assert_eq!(counts("ctgov-xml"), (1, 0, 0, 1));
    assert_eq!(counts("digest-page"), (1, 0, 0, 1));
    assert_eq!(counts("unknown"), (3, 0, 0, 3));
    assert_eq!((report.seen, report.rejected), (9, 7));
}

#[test]
fn unknown_spellings_are_kept_and_counted() {
    let place = Place::new();
    let json = r#"{"protocolSection":{"identificationModule":{"nctId":"NCT00000001"},"designModule":{"phases":["PHASE5"]}}}"#;
    let (report, _) = place.build(&[place.file("a.json", json)]);
    assert_eq!(report.unknown_spellings["phase"]["PHASE5"], 1);
    assert!(place.json("NCT00000001").unwrap().contains("PHASE5"));
}

#[test]
fn a_missing_index_says_how_to_make_one() {
    let place = Place::new();
    let error = Index::open(&place.index(), SchemaChoice::bundled())
        .err()
        .unwrap();
    assert!(matches!(error, IndexError::Missing(_)));
    assert!(error.to_string().contains("trialfind index"));
}

#[test]
fn a_folder_with_other_files_is_left_alone() {
    let place = Place::new();
    place.file("index/thesis.doc", "precious");
    let input = place.file("a.json", study("NCT00000001", "a", "2020-01-01"));
    let error = place
        .try_build(&[input], &BuildOptions::default())
        .unwrap_err();
    assert!(matches!(error, IndexError::NotAnIndex(_)), "{error}");
    assert_eq!(std::fs::read_dir(place.index()).unwrap().count(), 1);
}

#[test]
fn an_index_of_other_fields_is_refused_with_the_command_that_mends_it() {
    let place = Place::new();
    place.build(&[place.file("a.json", study("NCT00000001", "a", "2020-01-01"))]);
    let schema = place.file(
        "schema/fields.toml",
        include_str!("../../index_schema/fields.toml").replace("\"Acronym\"", "\"Keyword\""),
    );
    let other = SchemaChoice::from_folder(schema.parent().unwrap()).unwrap();
    let error = Index::open(&place.index(), other).err().unwrap();
    assert!(matches!(error, IndexError::OtherVersion { .. }), "{error}");
    assert!(error.to_string().contains("--rebuild"));
    let weights = place.file(
        "weights/fields.toml",
        include_str!("../../index_schema/fields.toml").replace("weight = 5.0", "weight = 9.0"),
    );
    let other = SchemaChoice::from_folder(weights.parent().unwrap()).unwrap();
    assert!(
        Index::open(&place.index(), other).is_ok(),
        "weights may change under an index"
    );
}

#[test]
fn a_damaged_index_says_so() {
    let place = Place::new();
    place.build(&[place.file("a.json", study("NCT00000001", "a", "2020-01-01"))]);
    std::fs::write(place.index().join("CURRENT"), "generation-77\n").unwrap();
    let error = Index::open(&place.index(), SchemaChoice::bundled())
        .err()
        .unwrap();
    assert!(matches!(error, IndexError::LostPointer { .. }), "{error}");
}

/// Regression: `"YES"` where a boolean is wanted made the record "broken JSON".
#[test]
fn values_of_another_type_do_not_cost_the_record() {
    let place = Place::new();
    let json = r#"{"protocolSection":{"identificationModule":{"nctId":"NCT00000001","briefTitle":7},"oversightModule":{"oversightHasDmc":"YES","isPpsd":"perhaps"},"conditionsModule":{"conditions":"pain"},"contactsLocationsModule":{"locations":[{"geoPoint":{"lat":"x","lon":1}}]},"designModule":{"enrollmentInfo":{"count":"many"}}},"hasResults":"No"}"#;
    let (report, rejects) = place.build(&[place.file("a.json", json)]);
    assert_eq!((report.indexed, rejects.len()), (1, 0));
    let odd: Vec<_> = report.unknown_spellings.values().flatten().collect();
    assert_eq!(odd.len(), 4, "{odd:?}");
    assert_eq!(place.json("NCT00000001").unwrap(), json);
    let index = place.open();
    let searcher = index.searcher();
    let address = index.find(&searcher, "NCT00000001").unwrap()[0];
    let study = index.trial(&searcher, address).unwrap().study;
    let protocol = study.protocol_section;
    assert_eq!(
        protocol.identification_module.brief_title.as_deref(),
        Some("7")
    );
    assert_eq!(protocol.oversight_module.oversight_has_dmc, Some(true));
    assert_eq!(protocol.oversight_module.is_ppsd, None);
    assert_eq!(protocol.conditions_module.conditions, ["pain"]);
    assert_eq!(
        protocol.contacts_locations_module.locations[0].geo_point,
        None
    );
    assert_eq!(study.has_results, Some(false));
}
