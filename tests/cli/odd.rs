//! Odd records and odd typing, as their users meet them.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::{FOLDER, code, run, text, trialfind};

/// A folder with an index of some files, each given by its name and content, and what the indexing said as JSON.
pub(crate) fn index_of(name: &str, files: &[(&str, String)]) -> (PathBuf, Value) {
    let folder = FOLDER.join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("in")).unwrap();
    for (name, content) in files {
        fs::write(folder.join("in").join(name), content).unwrap();
    }
    let indexed = trialfind(&folder, &["index", "in", "--format", "json"]);
    let report = serde_json::from_slice(&indexed.stdout).unwrap();
    (folder, report)
}

/// A study of the API with one more module.
fn study(id: &str, module: &str, content: &Value) -> String {
    let mut study = json!({"protocolSection": {
        "identificationModule": {"nctId": id, "briefTitle": "Knee pain"},
        "statusModule": {"overallStatus": "COMPLETED", "lastUpdatePostDateStruct": {"date": "2024-02-03"}},
    }});
    study["protocolSection"][module] = content.clone();
    study.to_string()
}

/// The dates of another record's last update were said to be added by it.
#[test]
fn another_records_own_dates_are_no_addition() {
    let xml = "<clinical_study><id_info><nct_id>NCT00000001</nct_id></id_info>\
        <brief_title>Knee pain</brief_title><overall_status>Completed</overall_status>\
        <last_update_submitted>March 1, 2021</last_update_submitted>\
        <last_update_posted type=\"Actual\">March 3, 2021</last_update_posted>";
    let design = json!({"studyType": "INTERVENTIONAL"});
    let files = |more: &str| {
        [
            ("a.json", study("NCT00000001", "designModule", &design)),
            ("a.xml", format!("{xml}{more}</clinical_study>")),
        ]
    };
    let shown = |name: &str, more: &str| {
        let (folder, _) = index_of(name, &files(more));
        let shown = code(&trialfind(&folder, &["show", "NCT00000001"]), 0);
        shown.split_whitespace().collect::<Vec<&str>>().join(" ")
    };
    let nothing = shown("odd-dates", "");
    assert!(nothing.contains("Adds nothing that is shown."), "{nothing}");
    let some = shown("odd-dates-more", "<keyword>gonarthrosis</keyword>");
    assert!(some.contains("Adds: keywords."), "{some}");
}

/// Values that no trial can have were searched for, and nothing was found.
#[test]
fn years_and_countries_that_are_none_are_refused() {
    let check = |arguments: &[&str], code: i32, said: &str| {
        let output = run(&[&["search", "--format", "ids"], arguments].concat());
        let errors = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {errors}");
        assert!(errors.contains(said), "{arguments:?}: {errors}");
    };
    for year in ["abc", "20x4", "20244"] {
        check(&["--start-year", year], 2, "a year is four digits");
    }
    check(&["--start-year", "1066"], 1, "no trial passes the filters");
    check(&["--start-year", "not-stated"], 0, "");
    for (typed, meant) in [
        ("Frnce", "France"),
        ("Germny,France", "Germany"),
        ("Scotland", "United Kingdom"),
    ] {
        let said = format!("did you mean `{meant}`?");
        check(&["--country", typed], 2, &said);
    }
    check(
        &["--filter", "country=Xyzzyq"],
        2,
        "unknown country `Xyzzyq`",
    );
    for real in ["Peru", "Bolivia", "pe"] {
        check(&["--country", real], 1, "no trial passes the filters");
    }
}

/// Fewer than no participants were shown as 0, sorted and found as a number, and not told as something that is not understood.
#[test]
fn an_enrollment_below_zero_is_kept_and_told_and_no_number() {
    let of = |count: i64| json!({"enrollmentInfo": {"count": count, "type": "ACTUAL"}});
    let (folder, report) = index_of(
        "odd-enrollment",
        &[
            ("a.json", study("NCT00000001", "designModule", &of(-5))),
            ("b.json", study("NCT00000002", "designModule", &of(7))),
        ],
    );
    assert_eq!(report["unknownSpellings"]["enrollment"]["-5"], 1);
    let run = |arguments: &[&str]| code(&trialfind(&folder, arguments), 0);
    assert!(run(&["show", "NCT00000001"]).contains("-5 (actual)"));
    assert!(run(&["search", "knee"]).contains("-5 participants"));
    let ids = |arguments: &[&str]| run(&[&["search", "--format", "ids"], arguments].concat());
    assert_eq!(ids(&["enrollment:<10"]), "NCT00000002\n");
    assert_eq!(
        ids(&["knee", "--sort", "enrollment"]),
        "NCT00000002\nNCT00000001\n"
    );
}

/// Ages that are not understood were counted as not stated.
#[test]
fn age_groups_of_ages_that_are_not_understood_are_unrecognised() {
    let ages = |low: &str, high: &str| json!({"minimumAge": low, "maximumAge": high});
    let module = "eligibilityModule";
    let xml = "<clinical_study><id_info><nct_id>NCT00000003</nct_id></id_info>\
        <eligibility><minimum_age>18</minimum_age><maximum_age>N/A</maximum_age></eligibility></clinical_study>";
    let (folder, report) = index_of(
        "odd-ages",
        &[
            (
                "a.json",
                study("NCT00000001", module, &ages("eighteen", "N/A")),
            ),
            ("b.json", study("NCT00000002", module, &ages("N/A", "none"))),
            ("c.xml", xml.to_owned()),
        ],
    );
    assert_eq!(
        report["unknownSpellings"]["minimum_age"],
        json!({"eighteen": 1, "18": 1})
    );
    let ids = |group: &str| {
        let arguments = [
            "search",
            "--age-group",
            group,
            "--sort",
            "id",
            "--format",
            "ids",
        ];
        code(&trialfind(&folder, &arguments), 0)
    };
    assert_eq!(ids("unrecognised"), "NCT00000001\nNCT00000003\n");
    assert_eq!(ids("not-stated"), "NCT00000002\n");
}

/// The pages of the manual named `--today` without saying what it is.
#[test]
fn every_option_of_the_manual_pages_is_described() {
    let folder = FOLDER.join("pages");
    let _ = fs::remove_dir_all(&folder);
    code(&run(&["man", "--dir", folder.to_str().unwrap()]), 0);
    for page in fs::read_dir(&folder).unwrap() {
        let page = fs::read_to_string(page.unwrap().path()).unwrap();
        let lines: Vec<&str> = page.lines().collect();
        for pair in lines.windows(3).filter(|pair| pair[0] == ".TP") {
            assert!(!pair[2].starts_with('.'), "{pair:?}");
        }
    }
}

/// What the engine says of its own file format and versions reached the user.
#[test]
fn a_file_that_is_cut_off_is_told_in_our_words() {
    let (folder, _) = index_of(
        "odd-cut",
        &[(
            "a.json",
            study("NCT00000001", "conditionsModule", &json!({})),
        )],
    );
    let generation = folder.join("index/generation-1");
    let files = fs::read_dir(generation)
        .unwrap()
        .map(|file| file.unwrap().path());
    for file in files.filter(|file| file.extension().is_some_and(|end| end == "idx")) {
        let whole = fs::read(&file).unwrap();
        for length in [0, 4, 100.min(whole.len() - 1)] {
            fs::write(&file, &whole[..length]).unwrap();
            let output = trialfind(&folder, &["search", "knee"]);
            let said = text(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{said}");
            assert!(said.contains(".idx` was cut off or overwritten"), "{said}");
            assert!(said.contains("`trialfind verify`"), "{said}");
            assert!(!said.contains("tantivy"), "{said}");
        }
    }
}

/// What is wrong with a file of a schema was told twice.
#[test]
fn what_is_wrong_with_a_schema_is_told_once() {
    let folder = FOLDER.join("odd-schema");
    for file in ["fields.toml", "vocabulary.toml", "synonyms.toml"] {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(file), "garbage = =\n").unwrap();
        let output = run(&["search", "knee", "--schema", folder.to_str().unwrap()]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(file), "{said}");
        assert_eq!(said.matches("TOML parse error").count(), 1, "{said}");
        assert!(!said.ends_with("\n\n"), "{said}");
    }
}

/// Nothing was shown past the last trial, and not said why.
#[test]
fn an_offset_past_the_end_is_told() {
    let note = "note: 4 trials found, and `--offset 500` passes over all of it";
    for format in ["text", "json", "csv", "ids"] {
        let output = run(&["search", "knee", "--offset", "500", "--format", format]);
        code(&output, 0);
        assert!(text(&output.stderr).contains(note), "{format}: {output:?}");
    }
    let last = run(&["search", "knee", "--offset", "3"]);
    assert!(code(&last, 0).contains(" 4. ") && last.stderr.is_empty());
}

/// Advice that, when followed, did something else, or was none.
#[test]
fn advice_says_what_to_do() {
    let check = |arguments: &[&str], said: &str| {
        let output = run(arguments);
        let errors = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {errors}");
        assert!(errors.contains(said), "{arguments:?}: {errors}");
    };
    check(
        &["search", "knee", "--index", "else where"],
        "make one with `trialfind index PATH... --index 'else where'`",
    );
    check(&["demo", "--index", "index"], "`index` is an index already");
    check(&["demo", "--index", "corpus"], "a folder with other files");
    for option in ["-n", "--offset", "--snippets"] {
        check(
            &["search", "melanoma", option, "-1"],
            "a whole number from 0 on is wanted",
        );
    }
    check(
        &["index", "corpus", "--threads", "-1"],
        "-1 is not in 1..=256",
    );
    let mut archive = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_ustar();
    header.set_size(0);
    archive.append_data(&mut header, "a.json", &[][..]).unwrap();
    let (folder, report) = index_of("odd-tar", &[]);
    assert_eq!(report["seen"], 0);
    fs::write(folder.join("a.tar"), archive.into_inner().unwrap()).unwrap();
    let output = trialfind(&folder, &["index", "a.tar"]);
    let said = text(&output.stderr);
    assert!(said.contains("a tar archive; unpack it first"), "{said}");
}
