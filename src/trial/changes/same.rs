//! Whether two records say the same.

use std::hash::{Hash, Hasher};

use memchr::memmem;
use rustc_hash::FxHasher;
use serde_json::Value;

/// The element that tells which snapshot a record was taken from; it changes every day and says nothing of the trial.
const SNAPSHOT: &[u8] = b"\"versionHolder\"";

/// Whether the JSON texts of two records of a trial say the same but for the snapshot that they come from and the order of
/// lists. Texts that are no JSON are the same if their bytes are.
#[must_use]
pub fn is_same(earlier: &[u8], later: &[u8]) -> bool {
    if same_around_snapshot(earlier, later) {
        return true;
    }
    match (
        serde_json::from_slice::<Value>(earlier),
        serde_json::from_slice::<Value>(later),
    ) {
        (Ok(earlier), Ok(later)) => is_same_value(earlier, later),
        _ => false,
    }
}

/// The usual case without reading the records: all bytes are the same but those of the one snapshot day.
fn same_around_snapshot(earlier: &[u8], later: &[u8]) -> bool {
    if earlier == later {
        return true;
    }
    match (around_snapshot(earlier), around_snapshot(later)) {
        (Some(earlier), Some(later)) => earlier == later,
        _ => false,
    }
}

/// The bytes before and behind the day of the snapshot, if it is named once.
fn around_snapshot(json: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut places = memmem::find_iter(json, SNAPSHOT);
    let name = places.next()?;
    if places.next().is_some() {
        return None;
    }
    let value = name + SNAPSHOT.len();
    let rest = json.get(value..)?;
    let opening = rest
        .iter()
        .position(|&byte| !matches!(byte, b' ' | b':' | b'\n' | b'\t' | b'\r'))?;
    // A day has no escapes.
    let day = rest.get(opening..)?.strip_prefix(b"\"")?;
    let length = day.iter().position(|&byte| byte == b'"')?;
    if day[..length].contains(&b'\\') {
        return None;
    }
    Some((&json[..value + opening], &day[length..]))
}

/// As [`is_same`], of values. Every record of a trial that comes in is compared with its neighbours in time, so the dear comparison comes
/// last.
fn is_same_value(earlier: Value, later: Value) -> bool {
    let (earlier, later) = (stated_study(earlier), stated_study(later));
    earlier == later
        || unordered_hash(&earlier) == unordered_hash(&later)
            && settled(&earlier) == settled(&later)
}

/// A hash that does not depend on the order of lists.
fn unordered_hash(value: &Value) -> u64 {
    let mut hasher = FxHasher::default();
    match value {
        Value::Array(items) => {
            let sum = items.iter().map(unordered_hash).fold(0, u64::wrapping_add);
            (items.len(), sum).hash(&mut hasher);
        }
        Value::Object(elements) => {
            for (name, value) in elements {
                (name, unordered_hash(value)).hash(&mut hasher);
            }
        }
        plain => plain.hash(&mut hasher),
    }
    hasher.finish()
}

/// Whether two values are the same but for the order of lists.
pub(super) fn is_same_part(earlier: &Value, later: &Value) -> bool {
    earlier == later || settled(earlier) == settled(later)
}

/// A study without the snapshot's day and without elements that say nothing (`null`, an empty list).
pub(super) fn stated_study(mut study: Value) -> Value {
    if let Some(Value::Object(misc)) = study.pointer_mut("/derivedSection/miscInfoModule") {
        misc.remove("versionHolder");
    }
    leave_out_nothing(&mut study);
    if says_nothing(&study) {
        Value::Null
    } else {
        study
    }
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(elements) => elements.is_empty(),
        _ => false,
    }
}

fn leave_out_nothing(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(leave_out_nothing),
        Value::Object(elements) => elements.retain(|_, value| {
            leave_out_nothing(value);
            !says_nothing(value)
        }),
        _ => {}
    }
}

/// A value with its lists in an order of their own.
pub(super) fn settled(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(settled).collect();
            items.sort_by_cached_key(ToString::to_string);
            Value::Array(items)
        }
        Value::Object(elements) => Value::Object(
            elements
                .iter()
                .map(|(name, value)| (name.clone(), settled(value)))
                .collect(),
        ),
        plain => plain.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_snapshot_and_the_order_of_lists_say_nothing() {
        let check = |earlier: &str, later: &str, expect: bool| {
            assert_eq!(
                is_same(earlier.as_bytes(), later.as_bytes()),
                expect,
                "{earlier} {later}"
            );
        };
        let study = |day: &str, more: &str| {
            format!(
                r#"{{"derivedSection":{{"miscInfoModule":{{"versionHolder":"{day}"{more}}}}}}}"#
            )
        };
        check(&study("2026-03-11", ""), &study("2026-03-12", ""), true);
        check(
            &study("2026-03-11", ""),
            &study("2026-03-11", r#","a":1"#),
            false,
        );
        check(r#"{"a":[1,2]}"#, r#"{"a":[2,1]}"#, true);
        check(r#"{"a":[1,2,2]}"#, r#"{"a":[2,1,1]}"#, false);
        check(r#"{"a":1,"b":2}"#, r#"{ "b":2, "a":1 }"#, true);
        check(r#"{"a":null,"b":{"c":[]}}"#, "{}", true);
        check("", "", true);
        check("{", "[", false);
    }
}
