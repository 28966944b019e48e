//! The query language, the API's expressions, files of lines, logs of searches.

use serde_json::{Map, Value};
use trialfind::query::essie::parse_essie;
use trialfind::query::{Node, Query, parse};
use trialfind::schema::{Fields, Pieces};
use trialfind::search::{SearchLog, read_lines};

use super::is_place;
use super::sample::SAMPLE;

/// The query language: understood or refused with its place and a hint; what is understood is written as a query that asks the
/// same.
pub fn query(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let fields = Fields::bundled();
    match parse(&text, fields) {
        Err(error) => {
            is_place(&text, error.span.start, error.span.end);
            let shown = error.render(&text);
            assert_eq!(shown.lines().count(), 4, "{shown}");
            assert!(shown.contains('^') && !shown.contains('\r'), "{shown}");
            assert!(!error.hint().is_empty() && !error.message().is_empty());
        }
        Ok(query) => {
            for span in &query.ignored {
                is_place(&text, span.start, span.end);
            }
            asks_the_same(&query);
        }
    }
}

fn asks_the_same(query: &Query) {
    let written = query.to_text();
    let again = match parse(&written, Fields::bundled()) {
        Ok(again) => again,
        Err(error) => unreachable!("what is written is refused: {}", error.render(&written)),
    };
    assert_eq!(
        shape(&again.root),
        shape(&query.root),
        "`{written}` asks something else"
    );
    assert_eq!(again.to_text(), written);
}

/// A tree without its places, and without what a reference to another line leaves: `AND` within `AND`, `OR` within `OR`, `NOT NOT`.
fn shape(node: &Node) -> Value {
    plain(serde_json::to_value(node).expect("a tree is a value"))
}

fn plain(value: Value) -> Value {
    let mut members = match value {
        Value::Object(members) => members,
        Value::Array(items) => return items.into_iter().map(plain).collect(),
        value => return value,
    };
    members.remove("span");
    let mut members: Map<String, Value> = members
        .into_iter()
        .map(|(name, value)| (name, plain(value)))
        .collect();
    let kind = members.get("kind").cloned();
    match kind.as_ref().and_then(Value::as_str) {
        Some("not") if members["node"]["kind"] == "not" => members["node"]["node"].take(),
        Some("and" | "or") => {
            if let Some(Value::Array(nodes)) = members.get_mut("nodes") {
                let flat = nodes
                    .drain(..)
                    .flat_map(|mut node| match node["nodes"].take() {
                        Value::Array(inner) if Some(&node["kind"]) == kind.as_ref() => inner,
                        own => {
                            if !own.is_null() {
                                node["nodes"] = own;
                            } else if let Value::Object(members) = &mut node {
                                members.remove("nodes");
                            }
                            vec![node]
                        }
                    });
                *nodes = flat.collect();
            }
            Value::Object(members)
        }
        _ => Value::Object(members),
    }
}

/// The expression language of the public API: read or refused with its place.
pub fn essie(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match parse_essie(&text, "BasicSearch", Pieces::bundled()) {
        Err(error) => {
            is_place(&text, error.span.start, error.span.end);
            assert!(!error.to_string().is_empty() && error.render(&text).contains('^'));
        }
        Ok(query) => {
            assert!(!query.to_text().contains('\0') || text.contains('\0'));
            shape(&query.root);
        }
    }
}

/// A file of numbered lines: refused with line and column, or each line is a query that is written in full as one that asks the
/// same.
pub fn lines(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match read_lines(&text, Fields::bundled()) {
        Err(error) => {
            assert!(error.column >= 1 && error.shown.contains('^') && !error.hint.is_empty());
            assert!(error.file_line >= 1 && error.file_line <= text.lines().count().max(1));
        }
        Ok(lines) => {
            for (place, line) in lines.iter().enumerate() {
                assert_eq!(line.number, place + 1);
                // A query may be no longer than that; lines put together may.
                if line.query.to_text().len() <= trialfind::query::LONGEST_QUERY {
                    asks_the_same(&line.query);
                }
            }
        }
    }
}

/// The log of a search: read as what it says or refused; run again without harm.
pub fn search_log(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(log) = SearchLog::parse(&text) else {
        return;
    };
    let written = serde_json::to_string(&log).expect("a log can be written");
    let again = SearchLog::parse(&written).expect("a log written is a log");
    assert_eq!(again, log);
    match SAMPLE.finder.replay(&log) {
        Ok(replay) => assert!(replay.lines.len() <= log.lines.len()),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
