//! Legacy XML: one element, several in a wrapper, and what is none.
use trialfind::source::Limits;

use crate::{check, check_within};

const A: &str = "<clinical_study rank=\"1\"><nct_id>A</nct_id></clinical_study>";
const B: &str = "<clinical_study>\n<!-- <clinical_study> --><b><![CDATA[</clinical_study>]]></b></clinical_study >";

#[test]
fn one_element() {
    check(A, &[&format!("ok input: {A}")]);
    check(
        format!("<?xml version=\"1.0\"?>\n<!-- of <clinical_study> -->\n{B}\n"),
        &[&format!("ok input: {B}")],
    );
    check(
        format!("<search_results count=\"1\">{A}</search_results>"),
        &[&format!("ok input: {A}")],
    );
    check("<clinical_study/>", &["ok input: <clinical_study/>"]);
}

#[test]
fn several() {
    for text in [
        format!("<search_results count=\"2\"><query>x</query>\n{A}\n{B}\n</search_results>"),
        format!("<clinical_studies>{A}{B}</clinical_studies>"),
        format!("<?xml version=\"1.0\"?>{A}<?xml version=\"1.0\"?>{B}"),
        format!("<other><clinical_study_list>{A}</clinical_study_list>{B}</other>"),
    ] {
        let (first, second) = (text.find(A).unwrap(), text.rfind(B).unwrap());
        check(
            text,
            &[
                &format!("ok input (record 1, byte {first}): {A}"),
                &format!("ok input (record 2, byte {second}): {B}"),
            ],
        );
    }
}

#[test]
fn broken() {
    check(
        &A[..40],
        &["no input (record 1, byte 0): the XML is cut off: `</clinical_study>` is missing"],
    );
    check(
        "<clinical_study",
        &["no input (record 1, byte 0): the XML is cut off: `</clinical_study>` is missing"],
    );
    check(
        format!("<search_results>{A}{}", &B[..30]),
        &[
            &format!("ok input (record 1, byte 16): {A}"),
            "no input (record 2, byte 76): the XML is cut off: `</clinical_study>` is missing",
        ],
    );
    check(
        format!("<clinical_study><a>{A}"),
        &[
            "no input (record 1, byte 0): broken XML: the next `<clinical_study>` begins before this one ends",
            &format!("ok input (record 2, byte 19): {A}"),
        ],
    );
    check(
        "<feed><entry/></feed>",
        &["no input: XML without a `<clinical_study>` element (its root is `<feed>`)"],
    );
    check(
        "<?xml version=\"1.0\"?><trials><trial/></trials>",
        &["no input: a WHO ICTRP export as XML, which is not read yet"],
    );
}

#[test]
fn a_comment_without_end_hides_nothing() {
    check(
        format!("<clinical_study><!-- <x></clinical_study>\n{A}"),
        &[
            "ok input (record 1, byte 0): <clinical_study><!-- <x></clinical_study>",
            &format!("ok input (record 2, byte 42): {A}"),
        ],
    );
}

#[test]
fn too_long() {
    let limits = Limits {
        max_record_bytes: 100,
        ..Limits::default()
    };
    let long = format!(
        "<clinical_study>{}</clinical_study>",
        "<a/>".repeat(250_000)
    );
    check_within(
        format!("<x>{A}{long}{A}</x>"),
        &limits,
        &[
            &format!("ok input (record 1, byte 3): {A}"),
            "no input (record 2, byte 63): the record is 1000033 bytes long, more than the limit of 100 bytes",
            &format!("ok input (record 3, byte 1000096): {A}"),
        ],
    );
}
