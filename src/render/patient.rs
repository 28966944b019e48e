//! What was read in a patient's story, and exclusion criteria that it touches, for people.

use crate::narrative::{AgeSaid, Sex};
use crate::render::document::{Document, Tone, piece};
use crate::search::{Hit, PatientQuery, Reason};

/// Concepts that are named unless all are asked for.
const MOST_CONCEPTS: usize = 12;

/// Things left out that are named for one reason.
const MOST_LEFT_OUT: usize = 8;

/// Who the patient is, what is searched for and what is not. `all` names every concept with its weight.
pub(crate) fn patient(document: &mut Document, patient: &PatientQuery, all: bool) {
    let age = patient.age.as_ref().map(|age| {
        (
            age_in_words(age),
            patient.age_filter.is_some(),
            "that admit that age",
            "--no-age",
        )
    });
    let sex = patient.sex.as_ref().map(|sex| {
        let sex = match sex.sex {
            Sex::Female => "female",
            Sex::Male => "male",
        };
        (
            sex.to_owned(),
            patient.sex_filter.is_some(),
            "open to that",
            "--no-sex",
        )
    });
    let said: Vec<String> = age
        .into_iter()
        .chain(sex)
        .map(|(said, filters, which, option)| match filters {
            true => format!("{said} (only trials {which}; `{option}` lifts it)"),
            false => format!("{said} (no filter)"),
        })
        .collect();
    let mut say = |name: &str, text: String| {
        if !text.is_empty() {
            document.line(
                0,
                2,
                &[
                    piece(Tone::Label, format!("{name}: ")),
                    piece(Tone::Plain, text),
                ],
            );
        }
    };
    say("Patient", said.join(", "));
    let shown = match all {
        true => patient.concepts.len(),
        false => patient.concepts.len().min(MOST_CONCEPTS),
    };
    let mut concepts: Vec<String> = patient.concepts[..shown]
        .iter()
        .map(|concept| format!("{} {:.1}", concept.text, concept.weight))
        .collect();
    if patient.concepts.len() > shown {
        concepts.push(format!("and {} more", patient.concepts.len() - shown));
    }
    say("Searched for", concepts.join(", "));
    for (reason, name) in [
        (Reason::Absent, "Not searched, said to be absent"),
        (Reason::Other, "Not searched, of somebody else"),
        (Reason::Unknown, "Not searched, in no trial"),
    ] {
        let mut left: Vec<&str> = patient
            .left_out
            .iter()
            .filter(|left| left.reason == reason)
            .map(|left| left.text.as_str())
            .collect();
        let more = left.len().saturating_sub(MOST_LEFT_OUT);
        if more > 0 && !all {
            left.truncate(MOST_LEFT_OUT);
            left.push("...");
        }
        say(name, left.join("; "));
    }
}

/// An age as a reader says it.
pub(crate) fn age_in_words(age: &AgeSaid) -> String {
    let said = |years: f64| match years {
        years if years >= 2.0 => format!("{years:.0} years"),
        years if years >= 2.0 / 12.0 => format!("{:.0} months", years * 12.0),
        years => format!("{:.0} days", years * 365.25),
    };
    match age.from.total_cmp(&age.to) {
        std::cmp::Ordering::Equal => said(age.from),
        _ => format!("{} to {}", said(age.from), said(age.to)),
    }
}

/// Exclusion criteria that name what the story says.
pub(crate) fn warnings(document: &mut Document, hit: &Hit, indent: usize) {
    for touched in &hit.exclusion_warnings {
        let mut line = vec![piece(
            Tone::Caution,
            format!("Exclusion to check ({}): ", touched.finding),
        )];
        line.extend(document.marked(&touched.criterion, Tone::Plain));
        document.line(indent, indent + 2, &line);
    }
}
