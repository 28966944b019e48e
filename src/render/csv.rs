//! Hits as comma-separated values (RFC 4180), one row a trial.
//!
//! Several values in one cell are apart by `|`. A text that a spreadsheet would run as a formula (it begins with `=`, `+`, `-`,
//! `@` or a tab) gets an apostrophe before it. Control characters and line breaks in texts become spaces.

use std::io::Write;

use csv::Writer;

use crate::render::source::url;
use crate::render::text::clean;
use crate::search::Hit;

/// The columns, in their order. Dates are ISO and as exact as the record has them; enumerated values are those of the
/// ClinicalTrials.gov API v2.
pub const CSV_COLUMNS: [&str; 23] = [
    "id",
    "title",
    "status",
    "last_known_status",
    "verified",
    "phases",
    "study_type",
    "conditions",
    "interventions",
    "enrollment",
    "enrollment_type",
    "sponsor",
    "start",
    "primary_completion",
    "completion",
    "updated",
    "countries",
    "sites",
    "has_results",
    "acronym",
    "url",
    "source_format",
    "snapshot",
];

/// Writes the names of the columns.
///
/// # Errors
/// If the writer fails.
pub fn csv_header<W: Write>(writer: &mut Writer<W>) -> csv::Result<()> {
    csv_header_with(writer, None)
}

/// The same with one more column.
///
/// # Errors
/// If the writer fails.
pub fn csv_header_with<W: Write>(writer: &mut Writer<W>, more: Option<&str>) -> csv::Result<()> {
    writer.write_record(CSV_COLUMNS.into_iter().chain(more))
}

/// Writes the row of a hit.
///
/// # Errors
/// If the writer fails.
pub fn csv_row<W: Write>(writer: &mut Writer<W>, hit: &Hit) -> csv::Result<()> {
    csv_row_with(writer, hit, None)
}

/// The same with one more cell, made by [`csv_cell`].
///
/// # Errors
/// If the writer fails.
pub fn csv_row_with<W: Write>(
    writer: &mut Writer<W>,
    hit: &Hit,
    more: Option<String>,
) -> csv::Result<()> {
    let text = |text: &Option<String>| guarded(text.as_deref().unwrap_or_default());
    let status = &hit.status;
    let interventions = hit.interventions.iter().map(|intervention| {
        let name = &intervention.name.text;
        match &intervention.kind {
            Some(kind) => format!("{kind}: {name}"),
            None => name.clone(),
        }
    });
    let conditions = hit
        .conditions
        .iter()
        .map(|condition| condition.text.clone());
    let row: [String; CSV_COLUMNS.len()] = [
        hit.id.clone(),
        guarded(&hit.title.text),
        text(&status.overall),
        text(&status.last_known),
        text(&status.verified),
        guarded(&joined(hit.phases.iter().cloned())),
        text(&hit.study_type),
        guarded(&joined(conditions)),
        guarded(&joined(interventions)),
        hit.enrollment
            .map_or_else(String::new, |count| count.to_string()),
        text(&hit.enrollment_type),
        text(&hit.sponsor),
        text(&status.start),
        text(&status.primary_completion),
        text(&status.completion),
        text(&status.updated),
        guarded(&joined(hit.countries.iter().cloned())),
        hit.sites
            .map_or_else(String::new, |count| count.to_string()),
        status
            .has_results
            .map_or_else(String::new, |has| has.to_string()),
        text(&hit.acronym),
        url(&hit.id).unwrap_or_default(),
        hit.source.format.name().to_owned(),
        text(&hit.source.snapshot),
    ];
    writer.write_record(row.into_iter().chain(more))
}

/// A text as a cell that no spreadsheet runs.
pub fn csv_cell(text: &str) -> String {
    guarded(text)
}

fn joined(values: impl Iterator<Item = String>) -> String {
    values
        .map(|value| value.replace('|', "/"))
        .collect::<Vec<_>>()
        .join("|")
}

/// A cell of any table, line breaks kept, that no spreadsheet runs as a formula.
pub(super) fn guarded_cell(text: &str) -> String {
    match is_formula(text) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

fn guarded(text: &str) -> String {
    let risky = is_formula(text);
    let text = clean(text);
    if risky { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        let check = |text: &str, expect: &str| assert_eq!(guarded(text), expect);
        check("=HYPERLINK(\"x\")", "'=HYPERLINK(\"x\")");
        check("-5 to 5", "'-5 to 5");
        check("BM-MSC", "BM-MSC");
        check("two\nlines", "two lines");
        assert_eq!(
            joined(["a|b".to_owned(), "c".to_owned()].into_iter()),
            "a/b|c"
        );
    }
}
