//! JSON in every arrangement it comes in, whole and broken.
use trialfind::source::Limits;

use crate::{check, check_within, study};

const A: &str = r#"{"protocolSection":{"a":"}\"]"}}"#;
const B: &str =
    r#"{"hasResults":true,"derivedSection":{"x":[{"y":1}]},"protocolSection":{"b":[1,2]}}"#;

#[test]
fn one_object() {
    check(A, &[&format!("ok input: {A}")]);
    check(format!("\n  {B}\r\n\r\n"), &[&format!("ok input: {B}")]);
}

#[test]
fn arrangements() {
    let two = |first: usize, second: usize| {
        [
            format!("ok input (record 1, byte {first}): {A}"),
            format!("ok input (record 2, byte {second}): {B}"),
        ]
    };
    let check = |text: String| {
        let expect = two(text.find(A).unwrap(), text.find(B).unwrap());
        check(text, &[&expect[0], &expect[1]]);
    };
    check(format!("[{A},{B}]"));
    check(format!("[\n{A},\n{B}\n]\n"));
    check(format!("{A}\n{B}\n"));
    check(format!("{A}{B}"));
    check(format!("{A},\n{B}"));
    check(format!("{A}\n\u{FEFF}{B}"));
    check(format!(
        r#"{{"studies":[{A},{B}],"nextPageToken":"abc","totalCount":2}}"#
    ));
    check(format!(
        r#"{{"nextPageToken":"}}","totalCount":2,"studies":[{A},{B}]}}"#
    ));
    check(format!(r#"{{"data":[{A},{B}]}}"#));
    check(format!(r#"{{"first":{A},"second":{B}}}"#));
    check(format!(r#"[{{"study":{A}}},{{"study":{B}}}]"#));
    check(format!(
        r#"{{"study":{A}}}{{"rank":2,"tags":["x",3,null],"study":{B}}}"#
    ));
    check(format!(
        r#"{{"FullStudiesResponse":{{"NStudies":2,"FullStudies":[{{"Rank":1,"Study":{A}}},{{"Rank":2,"Study":{B}}}]}}}}"#
    ));
    check(format!("[[{A}],[{B}]]"));
}

#[test]
fn wrapped_study_alone() {
    check(format!(r#"{{"study":{A}}}"#), &[&format!("ok input: {A}")]);
}

#[test]
fn objects_without_a_study_are_handed_on_whole() {
    check(
        r#"{"a":{"b":[{"c":1}]}}"#,
        &[r#"ok input: {"a":{"b":[{"c":1}]}}"#],
    );
    check(r#"{"studies":[]}"#, &[r#"ok input: {"studies":[]}"#]);
    check(
        r#"[{"nctId":1},{}]"#,
        &[
            r#"ok input (record 1, byte 1): {"nctId":1}"#,
            "ok input (record 2, byte 13): {}",
        ],
    );
    check(
        r#"{"studies":[{"nctId":1}]}"#,
        &[r#"ok input: {"nctId":1}"#],
    );
    check(
        "[]",
        &["no input (record 1, byte 1): the list of studies is empty"],
    );
}

#[test]
fn entries_that_are_no_studies_are_not_passed_over() {
    let text = format!(r#"{{"data":[{{"x":1}},{{"x":2}},{A},{{"x":3}}]}}"#);
    check(
        text,
        &[
            "no input (record 1, byte 9): 2 entries before the first study of their list are no studies",
            &format!("ok input (record 2, byte 25): {A}"),
            r#"ok input (record 3, byte 58): {"x":3}"#,
        ],
    );
    check(
        format!("[{A}, 1, \"two\", null, {A}]"),
        &[
            &format!("ok input (record 1, byte 1): {A}"),
            "no input (record 2, byte 35): not a JSON object: `1, \"two\", null,`",
            &format!("ok input (record 3, byte 51): {A}"),
        ],
    );
}

#[test]
fn a_broken_line_costs_that_line() {
    let check_line = |broken: &str, reason: &str| {
        let at = A.len() + 1;
        let behind = at + broken.len() + 1;
        let text = format!("{A}\n{broken}\n{A}\n{B}\n");
        check(
            text,
            &[
                &format!("ok input (record 1, byte 0): {A}"),
                &format!("no input (record 2, byte {at}): {reason}"),
                &format!("ok input (record 3, byte {behind}): {A}"),
                &format!("ok input (record 4, byte {}): {B}", behind + A.len() + 1),
            ],
        );
    };
    check_line(
        r#"{"protocolSection":{"a":"no end}}"#,
        "broken JSON: a line ends inside a string, at byte 66",
    );
    check_line(
        r#"{"protocolSection":{"a":1}"#,
        "broken JSON: an object or list begins where none may, at byte 60",
    );
    check_line(
        r#"{"protocolSection":{"a":1,"#,
        "broken JSON: an object or list begins where none may, at byte 60",
    );
    check_line(
        r#"{"protocolSection":{"a":[1,"#,
        "broken JSON: an object or list begins where none may, at byte 94",
    );
    check_line(
        r#"{"protocolSection":{"a":"#,
        "broken JSON: an object or list begins where none may, at byte 91",
    );
    check_line(
        r#"{"protocolSection":{"a":"b"c"}}"#,
        "broken JSON: a string stands where none may, at byte 61",
    );
    check_line(
        r#"{"protocolSection":{"a":[1}}"#,
        "broken JSON: the brackets do not match, at byte 59",
    );
    check_line(
        r#"{"other":{"a":"no end}}"#,
        "broken JSON: a line ends inside a string, at byte 56",
    );
    check_line(
        r#"{"other" "x"}"#,
        "broken JSON: a string stands where none may, at byte 42",
    );
    check_line(
        r#"{"other":[{"#,
        "broken JSON: an object or list begins where none may, at byte 45",
    );
    check_line("garbage", "not a JSON object: `garbage`");
    check_line(
        r#"ection":{"a":1}}"#,
        r#"not a JSON object: `ection":{"a":1}}`"#,
    );
}

#[test]
fn a_broken_first_line_too() {
    check(
        format!("ection\":{{}}}}\n{A}\n{B}"),
        &[
            "no input (record 1, byte 0): not a JSON object: `ection\":{}}`",
            &format!("ok input (record 2, byte 12): {A}"),
            &format!("ok input (record 3, byte 45): {B}"),
        ],
    );
}

#[test]
fn a_broken_element_of_a_list() {
    let broken = r#"{"protocolSection":{"a":"b"c"}}"#;
    for text in [
        format!("[{broken},{A},{A}]"),
        format!("[\n  {broken},\n  {A},\n  {A}\n]"),
        format!(r#"{{"studies":[{broken},{A},{A}]}}"#),
    ] {
        let start = text
            .find('{')
            .filter(|at| !text[*at..].starts_with("{\"studies"))
            .unwrap_or(12);
        let first = text.find(A).unwrap();
        let second = text.rfind(A).unwrap();
        check(
            text,
            &[
                &format!(
                    "no input (record 1, byte {start}): broken JSON: a string stands where none may, at byte {}",
                    start + 28
                ),
                &format!("ok input (record 2, byte {first}): {A}"),
                &format!("ok input (record 3, byte {second}): {A}"),
            ],
        );
    }
}

#[test]
fn a_cut_off_list_keeps_what_came_before() {
    check(
        format!("[{A},{}", &B[..40]),
        &[
            &format!("ok input (record 1, byte 1): {A}"),
            "no input (record 2, byte 34): the JSON is cut off",
        ],
    );
    check(
        format!("[{A},"),
        &[
            &format!("ok input (record 1, byte 1): {A}"),
            "no input (record 2, byte 34): the JSON is cut off",
        ],
    );
    check(
        format!(r#"{{"studies":[{A}"#),
        &[
            &format!("ok input (record 1, byte 12): {A}"),
            "no input (record 2, byte 44): the JSON is cut off",
        ],
    );
    check(
        &A[..20],
        &["no input (record 1, byte 0): the JSON is cut off"],
    );
    check("{", &["no input (record 1, byte 0): the JSON is cut off"]);
    check(
        "{\"protocol",
        &["no input (record 1, byte 0): the JSON is cut off"],
    );
    check("[", &["no input (record 1, byte 1): the JSON is cut off"]);
}

#[test]
fn what_stands_behind_is_reported() {
    check(
        format!("[{A}] and more"),
        &[
            &format!("ok input (record 1, byte 1): {A}"),
            "no input (record 2, byte 35): not a JSON object: `and more`",
        ],
    );
    check(
        format!("{A}}}\n{A}"),
        &[
            &format!("ok input (record 1, byte 0): {A}"),
            "no input (record 2, byte 32): not a JSON object: `}`",
            &format!("ok input (record 3, byte 34): {A}"),
        ],
    );
}

#[test]
fn a_record_that_is_too_long_is_skipped_and_measured() {
    let limits = Limits {
        max_record_bytes: 100,
        ..Limits::default()
    };
    let long = format!(
        r#"{{"protocolSection":{{"a":"{}"}}}}"#,
        "x".repeat(1_000_000)
    );
    let foreign = format!(r#"{{"other":[{}{{}}]}}"#, "1,".repeat(500_000));
    for text in [
        format!("{A}\n{long}\n{B}\n"),
        format!("[{A},{long},{B}]"),
        format!("{A}\n{foreign}\n{B}\n"),
    ] {
        let (at, length) = (
            text.find(A).unwrap(),
            text.len() - A.len() - B.len() - if text.starts_with('[') { 4 } else { 3 },
        );
        let second = at + A.len() + 1;
        check_within(
            &text,
            &limits,
            &[
                &format!("ok input (record 1, byte {at}): {A}"),
                &format!(
                    "no input (record 2, byte {second}): the record is {length} bytes long, more than the limit of 100 bytes"
                ),
                &format!("ok input (record 3, byte {}): {B}", text.find(B).unwrap()),
            ],
        );
    }
}

#[test]
fn nesting_has_an_end() {
    let deep = format!(r#"{{"protocolSection":{}"#, "[".repeat(100_000));
    check(
        format!("{deep}\n{A}"),
        &[
            "no input (record 1, byte 0): broken JSON: it is nested too deep, at byte 145",
            &format!("ok input (record 2, byte 100020): {A}"),
        ],
    );
    let deep = r#"{"a":"#.repeat(100_000);
    let items = crate::items_of(deep.as_bytes(), usize::MAX, &Limits::default());
    assert!(items.iter().all(Result::is_err));
}

/// A file of open brackets was one rejected record for every 127 of them.
#[test]
fn lists_nested_too_deep_are_one_reject() {
    let reject = "no input (record 1, byte 127): broken JSON: it is nested too deep, at byte 127";
    for text in ["[".repeat(200_000), "[".repeat(300) + &"]".repeat(300)] {
        check(text, &[reject]);
    }
    let lines = "[\n".repeat(1_000) + &"],\n".repeat(1_000);
    check(
        format!("{lines}{A}"),
        &[
            "no input (record 1, byte 254): broken JSON: it is nested too deep, at byte 254",
            &format!("ok input (record 2, byte 5000): {A}"),
        ],
    );
    // What they hold and what stands behind them is read.
    check(
        format!("{A}\n{}{A}\n{B}", "[".repeat(500)),
        &[
            &format!("ok input (record 1, byte 0): {A}"),
            "no input (record 2, byte 160): broken JSON: it is nested too deep, at byte 160",
            &format!("ok input (record 3, byte 533): {A}"),
            &format!("ok input (record 4, byte 566): {B}"),
        ],
    );
}

#[test]
fn a_nul_byte_costs_its_record() {
    let text = format!("{A}\n{}\n{A}\n", study(1).replace("quoted", "quo\0ted"));
    check(
        &text,
        &[
            &format!("ok input (record 1, byte 0): {A}"),
            &format!(
                "no input (record 2, byte 33): a NUL byte at byte {} of its stream",
                text.find('\0').unwrap()
            ),
            &format!("ok input (record 3, byte {}): {A}", text.rfind(A).unwrap()),
        ],
    );
}
