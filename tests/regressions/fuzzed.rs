//! What the fuzzers of `tests/fuzz` begin with and what they found, held to the laws of their targets by every `cargo test`. Each
//! bug that was found so has a test named after it.

use std::panic::catch_unwind;
use std::path::Path;

use trialfind::search::SearchLog;
use trialfind::source::{Format, ReadError, read_record};
use trialfind::trial::eligibility::{ItemKind, items};
use trialfind::trial::vocabulary::Vocabulary;

use crate::laws::LAWS;

/// Inputs below `tests/fuzz/seeds/` that break the law of their target.
fn broken() -> Vec<String> {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/seeds");
    let mut broken = Vec::new();
    for (target, law) in LAWS {
        let mut names: Vec<_> = std::fs::read_dir(seeds.join(target))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        names.sort();
        for name in names {
            let bytes = std::fs::read(&name).unwrap();
            if catch_unwind(|| law(&bytes)).is_err() {
                broken.push(name.display().to_string());
            }
        }
    }
    broken
}

/// A law as the fuzzer has it, over a text.
fn keeps(target: &str, bytes: impl AsRef<[u8]>) {
    let (_, law) = LAWS.iter().find(|(name, _)| *name == target).unwrap();
    law(bytes.as_ref());
}

/// A blank that is written as `&nbsp;` became a criterion without a word.
#[test]
fn a_line_of_a_character_reference_is_no_criterion() {
    for blank in ["&nbsp;", "* &nbsp;", "1. &#13;", "&nbsp;&nbsp;:"] {
        let criteria = format!("Inclusion Criteria:\n\n* Adults\n\n{blank}\n\n* Gout");
        keeps("criteria", &criteria);
        assert_eq!(items(&criteria).len(), 2, "{blank}");
    }
}

/// A record was let in with half a character, a number beyond all numbers or endless brackets in a part that is not read at once; a
/// page of studies as CSV with that trial on it was then answered with 500.
#[test]
fn what_cannot_be_read_in_all_its_parts_is_rejected() {
    let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    for part in [r#""\ud83d""#, r#""\uDC00 x""#, "1e999", deep.as_str()] {
        for name in ["resultsSection", "annotationSection", "somethingNew"] {
            let record = format!(
                r#"{{"protocolSection":{{"identificationModule":{{"nctId":"NCT00000001"}}}},"{name}":{{"a":{part}}}}}"#
            );
            keeps("api_json", &record);
            let read = read_record(Format::ApiJson, record.as_bytes(), Vocabulary::bundled());
            assert!(matches!(read, Err(ReadError::Json(_))), "{record}");
        }
    }
}

/// The log of a search with a weight beyond all numbers was read, and could not be written again.
#[test]
fn a_log_with_a_weight_without_bounds_is_refused() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/seeds/search_log");
    let log = std::fs::read_to_string(seeds.join("written-03")).unwrap();
    let wrong = log.replacen("\"weight\":1.0", "\"weight\":1e99", 1);
    assert_ne!(log, wrong);
    keeps("search_log", &wrong);
    let error = SearchLog::parse(&wrong).unwrap_err().to_string();
    assert_eq!(error, "the log has a weight without bounds for `knee`");
    let wrong = log.replacen("\"feedback\"", "\"k1\":-1e39,\"feedback\"", 1);
    assert_ne!(log, wrong);
    assert!(SearchLog::parse(&wrong).is_err());
}

/// A sign before the first label of a form of cancer trials became a criterion.
#[test]
fn a_sign_before_labels_is_no_criterion() {
    for sign in [":", "|", "'"] {
        let criteria =
            format!("PATIENT CHARACTERISTICS: {sign} Age: 18 to 60 Sex: any\n\nOther: gout");
        keeps("criteria", &criteria);
    }
}

/// "Negative ... inclusion criteria:" was let in as an inclusion: a heading that opens with a negation keeps out.
#[test]
fn a_heading_that_opens_with_a_negation_keeps_out() {
    let criteria = "Inclusion Criteria:\n\n  -  Adults\n\n  -  Negative pregnancy test. Additional inclusion criteria for patients:\n\n       -  Gout";
    keeps("criteria", criteria);
    let found = items(criteria);
    let heading = found.iter().find(|item| item.text.starts_with("Negative"));
    assert!(
        heading.is_some_and(|item| item.kind == ItemKind::Exclusion),
        "{found:?}"
    );
}

#[test]
fn seeds_keep_the_laws() {
    assert_eq!(broken(), [""; 0]);
}

/// Every target of the fuzz crate has a law here, and every law a target.
#[test]
fn each_target_has_its_law() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/fuzz_targets");
    let mut targets: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            entry
                .unwrap()
                .path()
                .file_stem()
                .unwrap()
                .display()
                .to_string()
        })
        .collect();
    targets.sort();
    assert_eq!(targets, LAWS.map(|(name, _)| name));
}

/// A text that begins like a registry's id was read in quotes, and its places were those of the text with the quotes.
#[test]
fn ids_keep_their_places() {
    keeps("query", "ri (x 1\u{0}\u{fffd}&&& N&22\u{201f} 22222(2 )-4");
    keeps(
        "query",
        "n\u{fffd}tri\u{0}((22222\u{201f}\u{fffd}1 && N&22\u{201f})-4",
    );
}

/// A word of a field that has a colon and begins with `_` was written in parentheses, where the colon names a field.
#[test]
fn a_colon_within_a_word_of_a_field_names_no_field() {
    for typed in [
        "id:_nsthma:Pati",
        "id:=_n:x",
        "title:_a:b*",
        "-id:_a:b",
        "id:_a:b^2",
    ] {
        keeps("query", typed);
    }
}

/// A sign behind a heading within an item became a criterion.
#[test]
fn a_sign_behind_a_heading_is_no_criterion() {
    for sign in ["`", " -", " &nbsp;"] {
        let criteria = format!(
            "Exclusion Criteria:\n\n* Gout\n        -  INCLUSION CRITERIA:{sign}\n\n          -  Adults\n\n          -  Children"
        );
        keeps("criteria", &criteria);
    }
}
