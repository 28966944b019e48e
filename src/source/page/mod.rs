//! Trial pages saved as text, Markdown or HTML: which layout it is, and on to that layout's reader.
//!
//! Three layouts are known. A page of another kind is refused, not guessed at.

mod classic;
mod classic_blocks;
mod classic_eligibility;
mod classic_labels;
mod classic_outcomes;
mod classic_people;
mod classic_tables;
mod digest;
mod digest_arms;
mod digest_people;
mod digest_references;
mod digest_values;
mod html;
mod places;
mod shared;
#[cfg(test)]
mod tests;
mod text;
mod veeva;
mod veeva_sections;
mod veeva_values;

use crate::source::reading::{Parsed, ReadError, Reading};
use crate::trial::vocabulary::Vocabulary;
use crate::trial::{SourceFormat, Study};

/// The marks of the three layouts that must be on a page, as the error for other text names them.
const LOOKED_FOR: &str = "text without the headings of a known page: a digest page (`NCT ID`, `Basic Information`, \
`Study Groups`), a classic ClinicalTrials.gov page (`ClinicalTrials.gov Identifier`, `Recruitment Status`, \
`Ages Eligible for Study`) or a ClinicalTrials.Veeva page (`Status and phase`, `Funder types`)";

/// How many different marks of a layout make a page of it: a letter may mention one or two.
const ENOUGH_MARKS: usize = 3;

/// How many lines a page may have. The trials with the most sites (about 1,400) have some 10,000.
const MOST_LINES: usize = 100_000;

const DIGEST_MARKS: &[&str] = &[
    "nct id",
    "basic information",
    "brief summary",
    "detailed description",
    "conditions",
    "study design",
    "study groups",
    "interventions",
    "eligibility criteria",
    "sponsors",
    "responsible party",
    "locations",
    "other identifiers",
    "more related trials",
    "related clinical trials",
];
const CLASSIC_MARKS: &[&str] = &[
    "clinicaltrials.gov identifier",
    "recruitment status",
    "first posted",
    "last update posted",
    "condition or disease",
    "study type",
    "ages eligible for study",
    "sexes eligible for study",
    "accepts healthy volunteers",
    "last verified",
    "other study id numbers",
];
const VEEVA_MARKS: &[&str] = &[
    "clinicaltrials.veeva",
    "status and phase",
    "funder types",
    "identifiers",
    "details and patient eligibility",
    "full description",
    "volunteers",
    "trial design",
    "interventional model",
    "trial contacts and locations",
    "central trial contact",
    "data sourced from clinicaltrials.gov",
];

/// Reads a page saved as text or Markdown.
///
/// Errors: [`ReadError::NotATrial`] if it is no page of a known layout, [`ReadError::NoId`] if it names no trial.
pub(crate) fn read(text: &str, vocabulary: &Vocabulary) -> Result<Parsed, ReadError> {
    read_lines(&text::lines_of(text), vocabulary)
}

/// Reads a page saved as HTML. Errors as for [`read`].
pub(crate) fn read_html(html: &str, vocabulary: &Vocabulary) -> Result<Parsed, ReadError> {
    let mut lines = text::lines_of(&html::text_of(html));
    if layout(&lines) != Some(SourceFormat::ClassicPage) {
        for line in &mut lines {
            *line = line.replace(html::CELL_END, " ").trim_end().to_owned();
        }
    }
    read_lines(&lines, vocabulary)
}

fn read_lines(lines: &[String], vocabulary: &Vocabulary) -> Result<Parsed, ReadError> {
    if lines.len() > MOST_LINES {
        let text = format!(
            "text of {} lines, a saved page has at most {MOST_LINES}",
            lines.len()
        );
        return Err(ReadError::NotATrial(text));
    }
    let format = layout(lines).ok_or_else(|| ReadError::NotATrial(LOOKED_FOR.to_owned()))?;
    let mut study = Study::default();
    let mut reading = Reading::new(vocabulary);
    match format {
        SourceFormat::DigestPage => digest::read(lines, &mut reading, &mut study),
        SourceFormat::ClassicPage => classic::read(lines, &mut reading, &mut study),
        _ => veeva::read(lines, &mut reading, &mut study),
    }
    shared::settle_phases(&mut study);
    shared::derive_standard_ages(
        &mut study.protocol_section.eligibility_module,
        &reading.notes,
    );
    let identification = &study.protocol_section.identification_module;
    if identification.nct_id.is_none() {
        return Err(ReadError::NoId(format));
    }
    Ok(Parsed {
        study,
        format,
        snapshot: None,
        notes: reading.notes,
    })
}

/// The layout with the most marks on the page, if there are enough of them.
fn layout(lines: &[String]) -> Option<SourceFormat> {
    let keys: Vec<String> = lines.iter().map(|line| mark_of(line)).collect();
    let count = |marks: &[&str]| {
        marks
            .iter()
            .filter(|mark| keys.iter().any(|key| key == *mark))
            .count()
    };
    [
        (SourceFormat::ClassicPage, CLASSIC_MARKS),
        (SourceFormat::VeevaPage, VEEVA_MARKS),
        (SourceFormat::DigestPage, DIGEST_MARKS),
    ]
    .into_iter()
    .map(|(format, marks)| (count(marks), format))
    .filter(|(count, _)| *count >= ENOUGH_MARKS)
    .max_by_key(|(count, format)| (*count, *format))
    .map(|(_, format)| format)
}

/// The part of a line that may be a mark: the label before a colon, a tab or a table's cell border.
fn mark_of(line: &str) -> String {
    let end = line
        .find([':', '|', '\t', html::CELL_END])
        .unwrap_or(line.len());
    text::key(&line[..end])
}
