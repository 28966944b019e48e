//! JSON text of answers. Records' own JSON is never written from here: it goes out byte for byte.

use serde::Serialize;

/// A value as JSON on one line, without a line break at the end.
///
/// # Errors
/// If a value cannot be written as JSON; the types of this crate all can.
pub fn json_line<T: Serialize>(value: &T) -> Result<String, serde_json::Error> {
    Ok(harmless(serde_json::to_string(value)?))
}

/// A value as indented JSON, without a line break at the end.
///
/// # Errors
/// As [`json_line`].
pub fn json_pretty<T: Serialize>(value: &T) -> Result<String, serde_json::Error> {
    Ok(harmless(serde_json::to_string_pretty(value)?))
}

/// JSON lets DEL and the second set of control characters stand as they are, and a terminal may obey them; they can only
/// stand in strings, where an escape means the same.
fn harmless(json: String) -> String {
    let obeyed = |c: char| matches!(c, '\u{7f}'..='\u{9f}');
    if !json.contains(obeyed) {
        return json;
    }
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if obeyed(c) {
            out.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped_and_mean_the_same() {
        let text = "a\u{9b}31m\u{7f}b\u{1b}";
        let line = json_line(&text).unwrap();
        assert!(!line.chars().any(char::is_control));
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
    }
}
