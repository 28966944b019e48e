//! A JSON text looked over without reading its values: where a member stands, and whether a part that nobody has read may turn out
//! to be unreadable. It goes from quote to quote and takes a tenth of the time of reading. It must not decide whether a text is
//! JSON: what it says holds for texts that a reader has passed over without complaint.

use std::ops::Range;

/// Brackets in brackets up to which every reader follows.
const DEEP: usize = 100;

/// Digits up to which a number is one that every reader holds.
const LONG_NUMBER: usize = 300;

/// What a look found.
#[derive(Debug, Default, PartialEq, Eq)]
struct Look {
    member: Option<Range<usize>>,
    is_odd: bool,
}

/// Where the value of an object's member of a name stands (not of one in an object in it), the name written without escapes and white
/// space around the value left out; nothing if there are two of that name.
pub(crate) fn member_of(json: &[u8], name: &str) -> Option<Range<usize>> {
    look_over(json, Some(name)).member
}

/// Whether there is half of a character written as a number, a number with an exponent or of hundreds of digits, or brackets in a
/// hundred brackets: what a reader that passes it over does not complain of, and one that reads it may.
pub(crate) fn is_odd(json: &[u8]) -> bool {
    look_over(json, None).is_odd
}

/// The walk of both.
fn look_over(json: &[u8], name: Option<&str>) -> Look {
    let mut look = Look::default();
    let (mut place, mut depth, mut members) = (0, 0_usize, 0);
    // Of the text that ended last in the outermost object, when it is the sought name.
    let mut is_named = false;
    let mut begun: Option<usize> = None;
    while let Some(&byte) = json.get(place) {
        match byte {
            b'"' => {
                let (end, is_odd) = end_of_text(json, place + 1);
                look.is_odd |= is_odd;
                is_named = depth == 1
                    && begun.is_none()
                    && name.is_some_and(|name| json.get(place + 1..end) == Some(name.as_bytes()));
                place = end;
            }
            b'{' | b'[' => {
                depth += 1;
                look.is_odd |= depth > DEEP;
            }
            b':' if is_named => {
                members += 1;
                begun = Some(place + 1);
                is_named = false;
            }
            b'}' | b']' | b',' => {
                if depth == 1
                    && let Some(start) = begun.take()
                {
                    look.member = trimmed(json, start..place);
                }
                depth -= usize::from(byte != b',').min(depth);
            }
            b'0'..=b'9' => {
                let digits = json[place..]
                    .iter()
                    .take_while(|byte| byte.is_ascii_digit());
                let end = place + digits.count();
                let has_exponent = matches!(json.get(end), Some(b'e' | b'E'));
                look.is_odd |= has_exponent || end - place > LONG_NUMBER;
                place = end - 1;
            }
            _ => {}
        }
        place += 1;
    }
    if members > 1 {
        look.member = None;
    }
    look
}

/// The place of the quote that ends a text, and whether half a character is written in it.
fn end_of_text(json: &[u8], mut place: usize) -> (usize, bool) {
    let mut is_odd = false;
    while let Some(next) = json
        .get(place..)
        .and_then(|rest| memchr::memchr2(b'"', b'\\', rest))
    {
        place += next;
        if json[place] == b'"' {
            return (place, is_odd);
        }
        // `\ud800` to `\udfff` are halves; whole characters are written as two of them.
        is_odd |= matches!(json.get(place + 1..place + 3), Some([b'u', b'd' | b'D']));
        place += 2;
    }
    (json.len(), is_odd)
}

fn trimmed(json: &[u8], range: Range<usize>) -> Option<Range<usize>> {
    let value = &json[range.clone()];
    let start = range.start + (value.len() - value.trim_ascii_start().len());
    let end = range.start + value.trim_ascii_end().len();
    (start < end).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn members_are_found_where_they_stand() {
        let check = |json: &str, expect: Option<&str>| {
            let found = member_of(json.as_bytes(), "b");
            assert_eq!(found.map(|range| &json[range]), expect, "{json}");
        };
        check(r#"{"a":1,"b":{"b":[2]}}"#, Some(r#"{"b":[2]}"#));
        check(r#"{"b" : "x,}" , "a":{"b":3}}"#, Some(r#""x,}""#));
        check(r#"{"a":{"b":3}}"#, None);
        check(r#"{"a":"b"}"#, None);
        check(r#"{"a":"\"b\":1","b":null}"#, Some("null"));
        check(r#"{"b":1,"b":2}"#, None);
        check(r#"[{"b":1}]"#, None);
        check(r#"{"b":["b",{"b":1}]}"#, Some(r#"["b",{"b":1}]"#));
        check("", None);
        check(r#"{"b":"#, None);
        check(r#"{"b"#, None);
        check(r#"{"b\"#, None);
    }

    #[test]
    fn what_a_reader_may_refuse_is_odd() {
        let check = |json: &str, expect: bool| {
            assert_eq!(is_odd(json.as_bytes()), expect, "{json}");
        };
        check(r#"{"a":"\u00e9 1e999 \\ud800"}"#, false);
        check(r#"{"a":"\ud800"}"#, true);
        check(r#"{"a":["\\\uD83D\uDE00"]}"#, true);
        check(r#"{"a":[1,-2.5,true,false,null]}"#, false);
        check(r#"{"a":1e999}"#, true);
        check(r#"{"a":-1.5E2}"#, true);
        check(&format!(r#"{{"a":{}}}"#, "9".repeat(400)), true);
        check(&format!("{}{}", "[".repeat(101), "]".repeat(101)), true);
    }

    fn json() -> impl proptest::strategy::Strategy<Value = Value> {
        use proptest::prelude::*;
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::from),
            "[ab\"\\\\{}:,\u{e9}\u{1}]{0,4}".prop_map(Value::String),
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
                proptest::collection::hash_map("[ab\"]{0,2}", inner, 0..5)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest::proptest! {
        #[test]
        fn a_member_is_what_a_reader_finds(value in json(), spaced in proptest::bool::ANY) {
            let text = match spaced {
                true => serde_json::to_string_pretty(&value),
                false => serde_json::to_string(&value),
            };
            let text = text.unwrap();
            let found = member_of(text.as_bytes(), "a").map(|range| &text[range]);
            let read = found.map(|found| serde_json::from_str::<Value>(found).unwrap());
            proptest::prop_assert_eq!(read.as_ref(), value.as_object().and_then(|object| object.get("a")));
        }
    }
}
