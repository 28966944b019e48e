//! Text in other encodings, pages, and what is no text.
use trialfind::source::{Format, Limits};

use crate::{check, check_within, items_of};

fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(order).collect()
}

#[test]
fn utf8() {
    check("\u{FEFF}{\"a\":\"é\"}", &["ok input: {\"a\":\"é\"}"]);
    check(
        "\u{FEFF}Ein Titel über Bandscheiben",
        &["ok input: Ein Titel über Bandscheiben"],
    );
}

#[test]
fn utf16_with_and_without_mark() {
    let text = "[{\"protocolSection\":\"é𝛽\"},{\"b\":2}]";
    for (bytes, name) in [
        (
            utf16(&format!("\u{FEFF}{text}"), u16::to_le_bytes),
            "UTF-16LE",
        ),
        (
            utf16(&format!("\u{FEFF}{text}"), u16::to_be_bytes),
            "UTF-16BE",
        ),
        (utf16(text, u16::to_le_bytes), "UTF-16LE"),
        (utf16(text, u16::to_be_bytes), "UTF-16BE"),
    ] {
        check(
            bytes,
            &[
                &format!("ok input (record 1, byte 1) [{name}]: {{\"protocolSection\":\"é𝛽\"}}"),
                &format!("ok input (record 2, byte 30) [{name}]: {{\"b\":2}}"),
            ],
        );
    }
    check(
        utf16(
            "\u{FEFF}<clinical_study>ü</clinical_study>",
            u16::to_le_bytes,
        ),
        &["ok input [UTF-16LE]: <clinical_study>ü</clinical_study>"],
    );
    check(
        b"\xFF\xFE\0\0{\0\0\0",
        &["no input: text in UTF-32, which is not supported"],
    );
}

/// A second mark was taken for the first letter of a page, and a file of JSON that had two for a page.
#[test]
fn several_marks_are_no_letters() {
    let record = "{\"a\":\"é\"}";
    let marked = format!("\u{FEFF}\u{FEFF}{record}");
    check(&marked, &[&format!("ok input: {record}")]);
    for (bytes, name) in [
        (utf16(&marked, u16::to_le_bytes), "UTF-16LE"),
        (utf16(&marked, u16::to_be_bytes), "UTF-16BE"),
    ] {
        check(bytes, &[&format!("ok input [{name}]: {record}")]);
    }
    check(
        "\u{FEFF}\u{FEFF}\u{FEFF}Ein Titel über Bandscheiben",
        &["ok input: Ein Titel über Bandscheiben"],
    );
    check("\u{FEFF}\u{FEFF}", &["no input: it is empty"]);
}

#[test]
fn one_bad_record_leaves_the_others_as_they_are() {
    check(
        b"{\"a\":\"\xE9\"}\n{\"a\":\"\xC3\xA9\"}\n",
        &[
            "ok input (record 1, byte 0) [windows-1252]: {\"a\":\"é\"}",
            "ok input (record 2, byte 10): {\"a\":\"é\"}",
        ],
    );
}

/// What stood behind an object was quoted with U+FFFD for each letter that is not ASCII, also where the records beside it were read
/// as Windows-1252, or where the quotation ended within a letter of UTF-8.
#[test]
fn rubbish_is_quoted_in_the_encoding_of_its_records() {
    check(
        b"{\"a\":\"\xE9\"} \x93x\x94 caf\xE9\n{\"b\":1}",
        &[
            "ok input (record 1, byte 0) [windows-1252]: {\"a\":\"é\"}",
            "no input (record 2, byte 10): not a JSON object: `“x” café`",
            "ok input (record 3, byte 19): {\"b\":1}",
        ],
    );
    let long = "ä€𝛽".repeat(30);
    let shown: String = long.chars().take(40).collect();
    check(
        format!("{{\"b\":1}}{long}"),
        &[
            "ok input (record 1, byte 0): {\"b\":1}",
            &format!("no input (record 2, byte 7): not a JSON object: `{shown}`"),
        ],
    );
    check(
        "{\"b\":1} charset=koi8-r ж {\"a\":\"é\"}",
        &[
            "ok input (record 1, byte 0): {\"b\":1}",
            "no input (record 2, byte 8): not a JSON object: `charset=koi8-r ж {\"a\":\"é\"}`",
        ],
    );
    check(
        b"{\"b\":\"charset=koi8-r \xE9\"}",
        &["ok input [windows-1252]: {\"b\":\"charset=koi8-r é\"}"],
    );
}

#[test]
fn declared() {
    check(
        b"<?xml version=\"1.0\" encoding=\"ISO-8859-2\"?><clinical_study>\xB1</clinical_study>",
        &["ok input [ISO-8859-2]: <clinical_study>ą</clinical_study>"],
    );
    check(
        b"<html><meta charset=windows-1251>\xE0",
        &["ok input [windows-1251]: <html><meta charset=windows-1251>а"],
    );
}

#[test]
fn pages() {
    let format = |bytes: &[u8]| {
        items_of(bytes, 5, &Limits::default())[0]
            .as_ref()
            .map(|record| record.format)
            .ok()
    };
    assert_eq!(
        format(b"A title\n\nNCT ID: NCT00000102"),
        Some(Format::Page)
    );
    assert_eq!(
        format(&[&b"\n".repeat(500), &b"<!DOCTYPE html><html>"[..]].concat()),
        Some(Format::HtmlPage)
    );
    let limits = Limits {
        max_record_bytes: 10,
        ..Limits::default()
    };
    check_within(
        "a page of text",
        &Limits {
            max_record_bytes: 14,
            ..limits
        },
        &["ok input: a page of text"],
    );
    let items = items_of(b"a page of text", 5, &limits);
    assert!(
        items[0].as_ref().is_err_and(|reject| reject
            .reason
            .to_string()
            .starts_with("the record is at least 1")),
        "{items:?}"
    );
}

#[test]
fn no_text() {
    check("", &["no input: it is empty"]);
    check("\n \n", &["no input: it is empty"]);
    check("\u{FEFF}", &["no input: it is empty"]);
    check(
        b"\x89PNG\r\n\x1A\n\0\0\0",
        &["no input: not a trial record: binary data (a PNG image)"],
    );
    check(
        b"%PDF-1.7 and so on",
        &["no input: not a trial record: binary data (a PDF document)"],
    );
    check(
        (0..=255).cycle().take(999).collect::<Vec<u8>>(),
        &["no input: not a trial record: binary data (no text)"],
    );
    let text = format!("{}\0", "A title of a page. ".repeat(20));
    check(&text, &["no input: a NUL byte at byte 380 of its stream"]);
}
