//! `/api/openapi.json`: what programs can ask, in OpenAPI 3.1. Each room of the server describes its own addresses in a file of
//! its own; here they are put into one document.

use std::sync::LazyLock;

use axum::extract::State;
use axum::response::Response;
use serde_json::{Map, Value, json};

use crate::server::api::json as answer;
use crate::server::problem::Problem;
use crate::server::state::App;

/// The parts: each has `paths` and may have `components` and `tags`.
const PARTS: [&str; 2] = [
    include_str!("openapi.json"),
    crate::server::api_v2::DESCRIPTION,
];

/// The document without what depends on the index.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| document(&PARTS));

/// Answers with the document.
pub(super) async fn openapi(State(_): State<App>) -> Result<Response, Problem> {
    answer(&*DOCUMENT)
}

fn document(parts: &[&str]) -> Value {
    let mut whole = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "trialfind",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": env!("CARGO_PKG_DESCRIPTION"),
            "license": { "name": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "tags": [],
        "paths": {},
        "components": {},
    });
    for part in parts {
        let part: Value =
            serde_json::from_str(part).expect("the parts are well-formed, as a test sees");
        add(&mut whole, part);
    }
    whole
}

/// Adds objects to objects and lists to lists; anything else takes the place of what was there.
fn add(whole: &mut Value, part: Value) {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            for (name, value) in part {
                add(whole.entry(name).or_insert_with(|| like(&value)), value);
            }
        }
        (Value::Array(whole), Value::Array(part)) => whole.extend(part),
        (whole, part) => *whole = part,
    }
}

fn like(value: &Value) -> Value {
    match value {
        Value::Object(_) => Value::Object(Map::new()),
        Value::Array(_) => Value::Array(Vec::new()),
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_make_one_document() {
        let whole = document(&PARTS);
        let paths = whole["paths"].as_object().unwrap();
        assert!(paths.contains_key("/api/search"));
        assert!(paths.keys().all(|path| path.starts_with("/api/")));
    }
}
