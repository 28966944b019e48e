//! A patient's story in free text: who it is about, what is said of them, and what is said to be absent or of others.
//!
//! ```text
//! words        text to words with their places, and what parts clauses
//! teller       whether a relative tells the story of the patient
//! number       numbers in figures or words
//! age          how old the patient is
//! sex          which sex the patient has
//! cue          the wordings that say absent, of a relative, only possible, of earlier days
//! scope        how far such a wording reaches
//! boilerplate  words of every case report, which tell no patient from another
//! measure      vital signs and laboratory values
//! ```
//!
//! This room reads text only: it knows no index, no query and no trial, it keeps nothing, and it never fails. A story in
//! another language than English is read as plain words.
mod age;
mod boilerplate;
mod cue;
mod measure;
mod number;
mod scope;
mod sex;
mod teller;
mod words;

use std::ops::Range;

use serde::Serialize;

use crate::passage::sentences;

pub use age::AgeSaid;
pub(crate) use boilerplate::is_boilerplate;
pub use sex::{Sex, SexSaid};

/// What was read in a patient's story.
#[derive(Clone, Debug, PartialEq)]
pub struct Narrative {
    /// The patient's age, if it is said.
    pub age: Option<AgeSaid>,
    /// The patient's sex, if it is said or can be told from words such as "she".
    pub sex: Option<SexSaid>,
    /// The text cut where what is said changes its bearing, in order. White space and signs between words may be left out.
    pub stretches: Vec<Stretch>,
}

/// A stretch of a story that has one bearing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Its place in the text, in bytes, on character boundaries.
    pub bytes: Range<usize>,
    /// The sentence that it belongs to, counted from 0.
    pub sentence: usize,
    /// How what it says bears on the patient.
    pub bearing: Bearing,
    /// Whether it names what was found: behind "diagnosed with", "consistent with" and their like.
    pub diagnosis: bool,
}

/// How something said bears on the patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bearing {
    /// The patient has it.
    Present,
    /// The patient had it or has it beside: the list of earlier and other diseases.
    Background,
    /// It is feared, looked for or prevented.
    Possible,
    /// The patient does not have it.
    Absent,
    /// Somebody else has it.
    Other,
    /// A vital sign, a laboratory value, a date, an age.
    Measured,
}

/// Reads a story. Linear in its length.
pub fn read(text: &str) -> Narrative {
    let mut stretches = Vec::new();
    let mut background = false;
    let mut all: Vec<_> = sentences(text)
        .into_iter()
        .map(|sentence| words::words(text, sentence.shown))
        .collect();
    teller::find_patient(&mut all);
    for (number, words) in all.iter_mut().enumerate() {
        scope::stretches(words, number, &mut background, &mut stretches);
    }
    let age = age::age(&all);
    if let Some(age) = &age {
        stretches = without_age(text, stretches, &age.bytes);
    }
    Narrative {
        age,
        sex: sex::sex(&all),
        stretches,
    }
}

/// The stretches without the age in them, which is said by the filter. What stands before and behind it stays.
fn without_age(text: &str, stretches: Vec<Stretch>, age: &Range<usize>) -> Vec<Stretch> {
    let mut left = Vec::with_capacity(stretches.len() + 1);
    for stretch in stretches {
        let bytes = stretch.bytes.clone();
        let inside = bytes.start < age.end && age.start < bytes.end;
        if !inside || stretch.bearing == Bearing::Measured {
            left.push(stretch);
            continue;
        }
        let parts = [
            bytes.start..age.start.max(bytes.start),
            age.end.min(bytes.end)..bytes.end,
        ];
        for part in parts {
            let Some(written) = text.get(part.clone()) else {
                continue;
            };
            let is_sign = |c: char| !c.is_alphanumeric();
            let start = part.end - written.trim_start_matches(is_sign).len();
            let end = part.start + written.trim_end_matches(is_sign).len();
            if start < end {
                left.push(Stretch {
                    bytes: start..end,
                    ..stretch.clone()
                });
            }
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the patient has, stretch by stretch.
    fn check(text: &str, expect: &str) {
        let present: Vec<&str> = read(text)
            .stretches
            .into_iter()
            .filter(|stretch| stretch.bearing == Bearing::Present)
            .map(|stretch| &text[stretch.bytes])
            .collect();
        assert_eq!(present.join(" | "), expect, "{text}");
    }

    #[test]
    fn what_stands_before_an_age_is_kept() {
        check(
            "Melanoma in a 50-year-old woman. She has diabetes.",
            "Melanoma in a | woman | She has diabetes",
        );
        check(
            "HER2-negative breast cancer in a 50-year-old woman",
            "HER2-negative breast cancer in a | woman",
        );
        check(
            "Melanoma patient, 58-year-old male.",
            "Melanoma patient | male",
        );
        check(
            "Gout (asthma) in a 34 y/o woman",
            "Gout (asthma) in a | woman",
        );
        check("A 45-year-old man with gout.", "A | man with gout");
        check("Gout, 45-year-old", "Gout");
        check("45-year-old", "");
        check("Gout, aged 7", "Gout");
    }
}
