//! One record of each format.

use std::path::Path;

use serde_json::Value;
use trialfind::source::{Format, Origin, Parsed, RawRecord, read_record, read_trial};
use trialfind::trial::vocabulary::Vocabulary;

/// An API record: its bytes are kept as they came, and what was read of it is read the same once it is written.
pub fn api_json(bytes: &[u8]) {
    record(Format::ApiJson, bytes);
}

/// A legacy XML record.
pub fn ctgov_xml(bytes: &[u8]) {
    record(Format::CtgovXml, bytes);
}

/// A page saved as text: classic, Veeva or digest, told by its headings.
pub fn page(bytes: &[u8]) {
    record(Format::Page, bytes);
}

/// A page saved as HTML.
pub fn html_page(bytes: &[u8]) {
    record(Format::HtmlPage, bytes);
}

fn record(format: Format, bytes: &[u8]) {
    let vocabulary = Vocabulary::bundled();
    let Ok(parsed) = read_record(format, bytes, vocabulary) else {
        return;
    };
    let study = as_value(&parsed);
    let written = serde_json::to_vec(&parsed.study).expect("a study can be written");
    let again =
        read_record(Format::ApiJson, &written, vocabulary).expect("a study written is a study");
    assert_eq!(
        as_value(&again),
        study,
        "a study that was written is read as another"
    );
    if format != Format::ApiJson {
        let twice = read_record(format, bytes, vocabulary).expect("what was read once");
        assert_eq!(
            as_value(&twice),
            study,
            "the same bytes are read as another study"
        );
    }
    let raw = RawRecord {
        origin: Origin::file(Path::new("input")),
        format,
        bytes: bytes.to_vec(),
        recoded: None,
        modified: None,
    };
    if let Ok(trial) = read_trial(raw, vocabulary) {
        assert!(!trial.id.as_str().trim().is_empty());
        match format {
            Format::ApiJson => assert_eq!(trial.json, bytes, "an API record is kept as it came"),
            _ => assert_eq!(trial.json, written),
        }
    }
}

fn as_value(parsed: &Parsed) -> Value {
    serde_json::to_value(&parsed.study).expect("a study is a value")
}
