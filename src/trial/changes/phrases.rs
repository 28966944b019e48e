//! Values of a study in words: what an item is called, what a value says, what changed in it.

use serde_json::Value;

use crate::trial::changes::elements::Form;
use crate::trial::changes::words::{brief, retold};

/// Texts of more characters together are told by the places that differ.
const SHORT: usize = 120;

/// Characters of an item's name before what changed in it.
const LONGEST_LABEL: usize = 80;

/// The elements of an item that it is called by; the item itself if it has none of them.
pub(super) fn label(item: &Value, names: &[&str]) -> String {
    if let Value::Object(_) = item {
        let parts: Vec<String> = names
            .iter()
            .filter_map(|name| item.get(name))
            .map(|value| said(value, Form::Plain))
            .collect();
        if !parts.is_empty()
            || names.is_empty() && item.as_object().is_some_and(|object| !object.is_empty())
        {
            return if parts.is_empty() {
                brief(&item.to_string())
            } else {
                parts.join(", ")
            };
        }
        return String::new();
    }
    said(item, Form::Plain)
}

/// What an item is called before what changed in it: enough of it to know it by.
pub(super) fn shortened(label: &str) -> String {
    match label.char_indices().nth(LONGEST_LABEL) {
        Some((end, _)) => format!("{}…", label[..end].trim_end()),
        None => label.to_owned(),
    }
}

/// A value in words.
pub(super) fn said(value: &Value, form: Form) -> String {
    let text = |name: &str| value.get(name).map(|value| said(value, Form::Plain));
    let with_kind = |main: &str, kind: &str| match (text(main), text(kind)) {
        (Some(main), Some(kind)) => Some(format!("{main} ({kind})")),
        (main, kind) => main.or(kind),
    };
    let known = match form {
        Form::Date => with_kind("date", "type"),
        Form::Size => with_kind("count", "type"),
        Form::Party => with_kind("name", "class").or_else(|| with_kind("fullName", "class")),
        Form::Point => match (text("lat"), text("lon")) {
            (Some(lat), Some(lon)) => Some(format!("{lat}, {lon}")),
            _ => None,
        },
        _ => None,
    };
    known.unwrap_or_else(|| match value {
        Value::String(text) => brief(text),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Array(values)
            if values
                .iter()
                .all(|value| !value.is_object() && !value.is_array()) =>
        {
            let values: Vec<String> = values
                .iter()
                .map(|value| said(value, Form::Plain))
                .collect();
            brief(&values.join(", "))
        }
        other => brief(&other.to_string()),
    })
}

/// What changed, in words.
pub(super) fn changed(name: &str, form: Form, old: &Value, new: &Value) -> String {
    if let (Value::String(old), Value::String(new)) = (old, new) {
        let short = old.chars().count() + new.chars().count() <= SHORT;
        return match retold(old, new) {
            None => format!("{name}: only the layout of the text changed"),
            Some(_)
                if short
                    || !matches!(form, Form::Words | Form::Criteria)
                        && brief(old) != brief(new) =>
            {
                format!("{name} {} -> {}", brief(old), brief(new))
            }
            Some(how) => format!("{name} changed: {how}"),
        };
    }
    let main = match form {
        Form::Date => "date",
        Form::Size => "count",
        Form::Party if old.get("name").is_some() => "name",
        Form::Party => "fullName",
        _ => return format!("{name} {} -> {}", said(old, form), said(new, form)),
    };
    let kind = if matches!(form, Form::Party) {
        "class"
    } else {
        "type"
    };
    let (before, after) = (said(old, form), said(new, form));
    match (old.get(main), new.get(main)) {
        // What stays the same is said once.
        (Some(was), Some(is)) if was == is => match (old.get(kind), new.get(kind)) {
            (Some(old), Some(new)) => {
                format!(
                    "{name} {}: {} -> {}",
                    said(was, Form::Plain),
                    said(old, Form::Plain),
                    said(new, Form::Plain)
                )
            }
            _ => format!("{name} {before} -> {after}"),
        },
        (Some(was), Some(_)) if old.get(kind) == new.get(kind) => {
            format!("{name} {} -> {after}", said(was, Form::Plain))
        }
        _ => format!("{name} {before} -> {after}"),
    }
}
