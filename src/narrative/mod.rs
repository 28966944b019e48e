//! A patient's story in free text: who it is about, what is said of them, and what is said to be absent or of others.
//!
//! ```text
//! words        text to words with their places, and what parts clauses
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
mod scope;
mod sex;
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
    let mut all = Vec::new();
    for (number, sentence) in sentences(text).into_iter().enumerate() {
        let words = words::words(text, sentence.shown);
        scope::stretches(&words, number, &mut background, &mut stretches);
        all.push(words);
    }
    let age = age::age(&all);
    if let Some(age) = &age {
        // "45-year-old" is said by the filter.
        for stretch in &mut stretches {
            let inside = stretch.bytes.start < age.bytes.end && age.bytes.start < stretch.bytes.end;
            if inside && stretch.bearing != Bearing::Measured {
                stretch.bytes.start = stretch
                    .bytes
                    .start
                    .max(age.bytes.end.min(stretch.bytes.end));
            }
        }
        stretches.retain(|stretch| !stretch.bytes.is_empty());
    }
    Narrative {
        age,
        sex: sex::sex(&all),
        stretches,
    }
}
