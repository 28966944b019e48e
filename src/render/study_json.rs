//! Studies as the public API gives them: whole, or only some fields, as JSON on one line.
//!
//! What is given is cut out of the record's own text: names, order and numbers stay as they came. It must not read a record into
//! a study.

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::schema::{PieceKind, Pieces, Searched};
use crate::trial::eligibility::unescape_markdown;

/// Modules that a whole study always has, so that clients need not look whether they are there.
const ALWAYS: [&str; 3] = [
    "identificationModule",
    "statusModule",
    "sponsorCollaboratorsModule",
];

/// Which fields of a study are given, and how.
#[derive(Clone, Debug)]
pub struct Projection {
    /// The fields; none for the whole study.
    root: Option<Step>,
    legacy: bool,
}

/// One name on the way to fields.
#[derive(Clone, Debug, Default)]
struct Step {
    below: Vec<(&'static str, Step)>,
    /// Whether everything here is given.
    whole: bool,
    /// Whether what stands here is Markdown.
    markup: bool,
}

/// All pieces.
static EVERYTHING: LazyLock<Step> = LazyLock::new(|| {
    let mut root = Step::default();
    let pieces = Pieces::bundled().pieces.iter();
    for piece in pieces.filter(|piece| piece.kind != PieceKind::Count) {
        root.at(piece.path).markup = piece.kind == PieceKind::Markup;
    }
    root
});

impl Step {
    fn at(&mut self, path: &'static str) -> &mut Step {
        let mut step = self;
        for name in path.split('.') {
            let place = match step.below.iter().position(|(known, _)| *known == name) {
                Some(place) => place,
                None => {
                    step.below.push((name, Step::default()));
                    step.below.len() - 1
                }
            };
            step = &mut step.below[place].1;
        }
        step
    }

    fn named(&self, name: &str) -> Option<&Step> {
        let mut below = self.below.iter();
        below
            .find(|(known, _)| *known == name)
            .map(|(_, step)| step)
    }
}

impl Projection {
    /// The whole study; `legacy` gives Markdown without its escapes.
    pub fn whole(legacy: bool) -> Projection {
        Projection { root: None, legacy }
    }

    /// Some fields by the names of pieces, paths, modules, sections and areas; `@query` stands for `queried`.
    ///
    /// # Errors
    /// The names that stand for nothing.
    pub fn of(
        names: &[&str],
        queried: &[Searched],
        legacy: bool,
    ) -> Result<Projection, Vec<String>> {
        let pieces = Pieces::bundled();
        let mut root = Step::default();
        let mut unknown = Vec::new();
        let mut add = |searched: Searched| {
            for (piece, _) in pieces.members(searched) {
                if pieces.pieces[piece].kind != PieceKind::Count {
                    root.at(pieces.pieces[piece].path).whole = true;
                }
            }
        };
        for name in names {
            match (*name, pieces.resolve(name)) {
                ("@query", _) => queried.iter().for_each(|searched| add(*searched)),
                (_, Some(Searched::Size(_)) | None) => unknown.push((*name).to_owned()),
                (_, Some(searched)) => add(searched),
            }
        }
        match unknown.is_empty() {
            true => Ok(Projection {
                root: Some(root),
                legacy,
            }),
            false => Err(unknown),
        }
    }

    /// Whether anything of the results is given.
    pub fn wants_results(&self) -> bool {
        match &self.root {
            None => true,
            Some(root) => root.named("resultsSection").is_some(),
        }
    }

    /// Whether studies are given whole, about as long as their records.
    pub fn is_whole(&self) -> bool {
        self.root.is_none()
    }

    /// A study, given the text of its record.
    ///
    /// # Errors
    /// The text is not JSON.
    pub fn of_record(&self, json: &[u8]) -> Result<String, serde_json::Error> {
        let raw: &RawValue = serde_json::from_slice(json)?;
        let mut out = String::with_capacity(json.len());
        match &self.root {
            None => {
                copy(raw.get(), &EVERYTHING, self.legacy, &mut out)?;
                complete(&mut out);
            }
            Some(root) => {
                if !project(raw.get(), root, &EVERYTHING, self.legacy, &mut out)? {
                    out.push_str("{}");
                }
            }
        }
        Ok(out)
    }
}

/// Adds the modules that a whole study always has.
fn complete(study: &mut String) {
    const SECTION: &str = "\"protocolSection\":{";
    let missing = ALWAYS
        .iter()
        .filter(|name| !study.contains(&format!("\"{name}\":")));
    let missing: Vec<String> = missing.map(|name| format!("\"{name}\":{{}}")).collect();
    if missing.is_empty() {
        return;
    }
    let (place, text) = match study.find(SECTION) {
        Some(place) => (place + SECTION.len(), missing.join(",")),
        None => (1, format!("{SECTION}{}}}", missing.join(","))),
    };
    let is_last = study[place..].starts_with('}');
    let comma = if is_last { "" } else { "," };
    study.insert_str(place, &format!("{text}{comma}"));
}

/// Writes what is wanted of a value; `false` if there is nothing of it.
fn project(
    text: &str,
    step: &Step,
    known: &Step,
    legacy: bool,
    out: &mut String,
) -> Result<bool, serde_json::Error> {
    if step.whole {
        copy(text, known, legacy, out)?;
        return Ok(text != "null");
    }
    let start = out.len();
    let mut is_empty = true;
    let mut given = |out: &mut String, write: &mut dyn FnMut(&mut String) -> Written| {
        let before = out.len();
        if !is_empty {
            out.push(',');
        }
        match write(out)? {
            true => is_empty = false,
            false => out.truncate(before),
        }
        Ok::<(), serde_json::Error>(())
    };
    let closing = match text.as_bytes().first() {
        Some(b'{') => {
            out.push('{');
            let object: Object<'_> = serde_json::from_str(text)?;
            for (name, value) in object.0 {
                let Some(below) = step.named(&name) else {
                    continue;
                };
                let known = known.named(&name).unwrap_or(below);
                given(out, &mut |out| {
                    quoted(&name, out)?;
                    out.push(':');
                    project(value.get(), below, known, legacy, out)
                })?;
            }
            '}'
        }
        Some(b'[') => {
            out.push('[');
            let values: Vec<&RawValue> = serde_json::from_str(text)?;
            for value in values {
                given(out, &mut |out| {
                    project(value.get(), step, known, legacy, out)
                })?;
            }
            ']'
        }
        _ => return Ok(false),
    };
    if is_empty {
        out.truncate(start);
        return Ok(false);
    }
    out.push(closing);
    Ok(true)
}

/// Whether something was written.
type Written = Result<bool, serde_json::Error>;

/// Writes a value without white space between its parts.
fn copy(text: &str, known: &Step, legacy: bool, out: &mut String) -> Result<(), serde_json::Error> {
    if !legacy {
        compact(text, out);
        return Ok(());
    }
    match text.as_bytes().first() {
        Some(b'{') => {
            out.push('{');
            let object: Object<'_> = serde_json::from_str(text)?;
            let nothing = Step::default();
            for (number, (name, value)) in object.0.into_iter().enumerate() {
                if number > 0 {
                    out.push(',');
                }
                quoted(&name, out)?;
                out.push(':');
                let below = known.named(&name).unwrap_or(&nothing);
                copy(value.get(), below, legacy, out)?;
            }
            out.push('}');
        }
        Some(b'[') => {
            out.push('[');
            let values: Vec<&RawValue> = serde_json::from_str(text)?;
            for (number, value) in values.into_iter().enumerate() {
                if number > 0 {
                    out.push(',');
                }
                copy(value.get(), known, legacy, out)?;
            }
            out.push(']');
        }
        Some(b'"') if known.markup => {
            let markdown: Cow<'_, str> = serde_json::from_str(text)?;
            quoted(&unescape_markdown(&markdown), out)?;
        }
        _ => compact(text, out),
    }
    Ok(())
}

fn quoted(text: &str, out: &mut String) -> Result<(), serde_json::Error> {
    out.push_str(&serde_json::to_string(text)?);
    Ok(())
}

/// JSON without the white space between its parts.
fn compact(text: &str, out: &mut String) {
    let mut in_text = false;
    let mut is_escaped = false;
    let mut from = 0;
    for (place, byte) in text.bytes().enumerate() {
        if in_text {
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' => is_escaped = true,
                b'"' => in_text = false,
                _ => {}
            }
        } else if byte == b'"' {
            in_text = true;
        } else if byte.is_ascii_whitespace() {
            out.push_str(&text[from..place]);
            from = place + 1;
        }
    }
    out.push_str(&text[from..]);
}

/// The names and values of an object in their order.
struct Object<'t>(Vec<(Cow<'t, str>, &'t RawValue)>);

impl<'t> Deserialize<'t> for Object<'t> {
    fn deserialize<D: Deserializer<'t>>(deserializer: D) -> Result<Object<'t>, D::Error> {
        struct Pairs;
        impl<'t> Visitor<'t> for Pairs {
            type Value = Object<'t>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<A: MapAccess<'t>>(self, mut object: A) -> Result<Object<'t>, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = object.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Object(pairs))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = r#"{ "protocolSection" : {
        "identificationModule": {"nctId":"NCT00000001", "briefTitle":"A \"b\" { c"},
        "descriptionModule": {"briefSummary":"p \\< 0.05"},
        "contactsLocationsModule": {"locations":[{"city":"Lyon","zip":"1"},{"zip":"2"},{"city":"Bern"}]} },
        "hasResults": false }"#;

    fn check(names: &[&str], legacy: bool, expect: &str) {
        let projection = match names {
            [] => Projection::whole(legacy),
            names => Projection::of(names, &[], legacy).unwrap(),
        };
        assert_eq!(
            projection.of_record(RECORD.as_bytes()).unwrap(),
            expect,
            "{names:?}"
        );
    }

    #[test]
    fn only_what_is_asked_for_is_given() {
        check(
            &["NCTId", "HasResults"],
            false,
            r#"{"protocolSection":{"identificationModule":{"nctId":"NCT00000001"}},"hasResults":false}"#,
        );
        check(
            &["LocationCity"],
            false,
            r#"{"protocolSection":{"contactsLocationsModule":{"locations":[{"city":"Lyon"},{"city":"Bern"}]}}}"#,
        );
        check(
            &["protocolSection.descriptionModule"],
            false,
            r#"{"protocolSection":{"descriptionModule":{"briefSummary":"p \\< 0.05"}}}"#,
        );
        check(
            &["BriefSummary"],
            true,
            r#"{"protocolSection":{"descriptionModule":{"briefSummary":"p < 0.05"}}}"#,
        );
        check(&["ResultsSection"], false, "{}");
        assert_eq!(
            Projection::of(&["NCTId", "Nothing"], &[], false).unwrap_err(),
            ["Nothing"]
        );
    }

    #[test]
    fn a_whole_study_has_its_modules() {
        let whole = Projection::whole(false)
            .of_record(RECORD.as_bytes())
            .unwrap();
        assert!(
            !whole.contains('\n') && whole.contains(r#""A \"b\" { c""#),
            "{whole}"
        );
        for json in [
            RECORD,
            "{}",
            r#"{"protocolSection":{}}"#,
            r#"{"hasResults":true}"#,
        ] {
            for legacy in [false, true] {
                let whole = Projection::whole(legacy)
                    .of_record(json.as_bytes())
                    .unwrap();
                let value: serde_json::Value = serde_json::from_str(&whole).unwrap();
                for module in ALWAYS {
                    assert!(value["protocolSection"][module].is_object(), "{whole}");
                }
            }
        }
    }
}
