//! Which sex the patient has: said ("a woman", "58M", "male"), or told by what is said ("she", "pregnant").

use std::ops::Range;

use serde::Serialize;

use super::age::age_in_form;
use super::words::Word;

/// The sexes that a trial may be open to only one of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
}

/// A sex and the word that tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SexSaid {
    /// The sex.
    pub sex: Sex,
    /// Where it is said, in bytes.
    #[serde(skip)]
    pub bytes: Range<usize>,
}

const FEMALE: &[&str] = &[
    "woman",
    "female",
    "girl",
    "lady",
    "mrs",
    "schoolgirl",
    "gravida",
    "primigravida",
];

const MALE: &[&str] = &["man", "male", "boy", "gentleman", "mr", "schoolboy"];

/// Relatives of one sex; they tell the patient's where a relative is the patient.
const KINSWOMEN: &[&str] = &[
    "mother",
    "mom",
    "mum",
    "sister",
    "daughter",
    "wife",
    "aunt",
    "niece",
    "grandmother",
    "grandma",
    "granddaughter",
    "girlfriend",
];

const KINSMEN: &[&str] = &[
    "father",
    "dad",
    "brother",
    "son",
    "husband",
    "uncle",
    "nephew",
    "grandfather",
    "grandpa",
    "grandson",
    "boyfriend",
];

/// What only one sex is or has. Being pregnant of somebody else's wife is ruled out by the relative named beside it.
const TELLS_FEMALE: &[&str] = &[
    "pregnant",
    "pregnancy",
    "menopausal",
    "postmenopausal",
    "premenopausal",
    "perimenopausal",
    "menstrual",
    "uterine",
    "ovarian",
    "vaginal",
    "postpartum",
    "hysterectomy",
];

const TELLS_MALE: &[&str] = &[
    "prostate",
    "prostatic",
    "testicular",
    "testes",
    "scrotal",
    "penile",
];

/// The patient's sex. What is said outright in the opening two sentences goes before pronouns, and those before anatomy.
pub(super) fn sex(sentences: &[Vec<Word>]) -> Option<SexSaid> {
    let opening = &sentences[..sentences.len().min(2)];
    opening
        .iter()
        .find_map(|words| said(words))
        .or_else(|| by_pronouns(sentences))
        .or_else(|| sentences.iter().find_map(|words| said(words)))
        .or_else(|| by_anatomy(sentences))
}

fn said(words: &[Word]) -> Option<SexSaid> {
    words.iter().enumerate().find_map(|(place, word)| {
        if word.of_relative {
            return None;
        }
        let is_kin = |kin: &[&str]| {
            word.patient && kin.contains(&word.lower.strip_suffix("'s").unwrap_or(&word.lower))
        };
        let sex = if word.is(FEMALE) || is_kin(KINSWOMEN) {
            Sex::Female
        } else if word.is(MALE) || is_kin(KINSMEN) {
            Sex::Male
        } else {
            letter(words, place)?
        };
        // "two male partners", "a female cousin"
        let of_another = words[place + 1..]
            .iter()
            .take(1)
            .any(|next| next.relative || next.is(&["partners", "contacts", "donor", "friend"]));
        (!of_another).then(|| SexSaid {
            sex,
            bytes: word.bytes.clone(),
        })
    })
}

/// The M of "58M", "58yoM", "60 yo M", "48 M", "M/55", "Sex: M".
fn letter(words: &[Word], place: usize) -> Option<Sex> {
    let word = &words[place];
    let labelled = place > 0 && words[place - 1].is(&["sex", "gender"]);
    if let Some(sex) =
        form_letter(words, place).or_else(|| letter_of(&word.written).filter(|_| labelled))
    {
        return Some(sex);
    }
    let sex = match word.written.chars().last()? {
        'M' => Sex::Male,
        'F' => Sex::Female,
        _ => return None,
    };
    let rest = &word.lower[..word.lower.len() - 1];
    let age = |text: &str| {
        let text = text.trim_end_matches("y/o").trim_end_matches("yo");
        !text.is_empty() && text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let behind_age = rest.is_empty()
        && place > 0
        && (age(&words[place - 1].lower)
            || words[place - 1].is(&["yo", "y/o", "old", "yro", "year-old", "y"])
            || words[place - 1].lower.ends_with("-old"));
    (age(rest) || behind_age)
        .then_some(sex)
        .filter(|_| place < 6)
}

fn letter_of(written: &str) -> Option<Sex> {
    match written {
        "M" => Some(Sex::Male),
        "F" => Some(Sex::Female),
        _ => None,
    }
}

/// The letter of "M/55", "M/5" and "5/M", which a form begins with.
fn form_letter(words: &[Word], place: usize) -> Option<Sex> {
    age_in_form(words, place)?;
    let written = &words[place].written;
    letter_of(written).or_else(|| written.split('/').find_map(letter_of))
}

fn by_pronouns(sentences: &[Vec<Word>]) -> Option<SexSaid> {
    let mut counts = [0_usize; 2];
    let mut first: [Option<Range<usize>>; 2] = [None, None];
    for word in sentences.iter().flatten().filter(|word| !word.of_relative) {
        let which = match word.lower.as_str() {
            "she" | "her" | "herself" => 0,
            "he" | "his" | "him" | "himself" => 1,
            _ => continue,
        };
        counts[which] += 1;
        first[which].get_or_insert_with(|| word.bytes.clone());
    }
    let (sex, which) = match counts[0].cmp(&counts[1]) {
        std::cmp::Ordering::Greater => (Sex::Female, 0),
        std::cmp::Ordering::Less => (Sex::Male, 1),
        std::cmp::Ordering::Equal => return None,
    };
    first[which].take().map(|bytes| SexSaid { sex, bytes })
}

fn by_anatomy(sentences: &[Vec<Word>]) -> Option<SexSaid> {
    sentences.iter().find_map(|words| {
        if words.iter().any(|word| word.relative) {
            return None;
        }
        words.iter().find_map(|word| {
            let sex = if word.is(TELLS_FEMALE) {
                Sex::Female
            } else if word.is(TELLS_MALE) {
                Sex::Male
            } else {
                return None;
            };
            Some(SexSaid {
                sex,
                bytes: word.bytes.clone(),
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::narrative::read;

    #[test]
    fn sexes_are_read() {
        let check = |text: &str, expect: Option<Sex>| {
            assert_eq!(read(text).sex.map(|said| said.sex), expect, "{text}");
        };
        check("A 45-year-old man with gout.", Some(Sex::Male));
        check("A girl with two male partners", Some(Sex::Female));
        check("58M hx of CAD", Some(Sex::Male));
        check("58yoF with CAD", Some(Sex::Female));
        check("60 yo M with Hep C", Some(Sex::Male));
        check("48 F presents", Some(Sex::Female));
        check("Brought by his mother. He has a fever.", Some(Sex::Male));
        check("The patient was seen; she denies pain.", Some(Sex::Female));
        check("Low-risk pregnancy, 24 weeks", Some(Sex::Female));
        check("Localised prostate cancer", Some(Sex::Male));
        check("His wife is pregnant", Some(Sex::Male));
        check("70 y/o with COPD", None);
        check("Age: 34. Sex: F. Dx: lupus", Some(Sex::Female));
        check("Gender: M, 55 yrs, asthma", Some(Sex::Male));
        check("Gender F", Some(Sex::Female));
        check("M/55 asthma", Some(Sex::Male));
        check("F/34, lupus", Some(Sex::Female));
        check("F/3 with fever", Some(Sex::Female));
        check("55/M asthma", Some(Sex::Male));
        check("Interferon M 55", None);
        check("Vitamin M deficiency", None);
        check("", None);
    }
}
