//! How old the patient is: "45-year-old", "45 yo", "58M", "aged 7", "in her 60s", "newborn", "forty-five years old".
//!
//! An age of somebody else ("her 70-year-old father") and an age at which something happened ("seizures at age 13") are not
//! the patient's.

use std::ops::Range;

use serde::Serialize;

use super::cue::is_relative;
use super::words::Word;

/// An age as it is said, in years; a range where it is said roughly.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AgeSaid {
    /// The least age that fits what is said, in years.
    pub from: f64,
    /// The greatest age that fits, in years.
    pub to: f64,
    /// Where it is said, in bytes.
    #[serde(skip)]
    pub bytes: Range<usize>,
}

/// What stands behind a number of years, months, weeks or days, and what one of them is in years.
const UNITS: [(&[&str], f64); 5] = [
    (
        &[
            "year", "years", "yr", "yrs", "yo", "y/o", "y", "yearold", "yro",
        ],
        1.0,
    ),
    (&["month", "months", "mo", "mos", "mth", "m/o"], 1.0 / 12.0),
    (&["week", "weeks", "wk", "wks"], 7.0 / 365.25),
    (&["day", "days", "d"], 1.0 / 365.25),
    (&["hour", "hours", "hr", "hrs"], 1.0 / 8766.0),
];

/// Words that say an age roughly, in years.
const STAGES: [(&[&str], f64, f64); 4] = [
    (&["newborn", "neonate", "neonatal"], 0.0, 28.0 / 365.25),
    (&["infant", "baby"], 0.0, 1.0),
    (&["toddler"], 1.0, 3.0),
    (&["teenager", "teenaged", "adolescent"], 13.0, 18.0),
];

/// Older than anybody became.
const OLDEST: f64 = 125.0;

/// The patient's age: the first that is theirs.
pub(super) fn age(sentences: &[Vec<Word>]) -> Option<AgeSaid> {
    sentences
        .iter()
        .find_map(|words| (0..words.len()).find_map(|place| stated(words, place)))
        .or_else(|| sentences.first().and_then(|words| stage(words)))
}

/// The age that begins at a word.
fn stated(words: &[Word], place: usize) -> Option<AgeSaid> {
    let word = &words[place];
    let before = |back: usize| place.checked_sub(back).map(|at| &words[at]);
    if word.is(&["aged", "age"]) {
        // "at age 13", "at the age of 13": when something happened.
        let happened = [1, 2].into_iter().any(|back| {
            before(back).is_some_and(|word| word.is(&["at", "since", "from", "until", "by"]))
        });
        let next = words[place + 1..]
            .iter()
            .find(|word| !word.is(&["of", "is"]))?;
        let years = number(&next.lower).filter(|_| !happened && word.is_own(words, place))?;
        return said(years, years, word.bytes.start..next.bytes.end);
    }
    if let Some(decade) = decade(word) {
        let of_life = before(1)
            .is_some_and(|word| word.is(&["his", "her", "their", "the", "early", "mid", "late"]));
        return said(decade, decade + 9.0, word.bytes.clone()).filter(|_| of_life);
    }
    if before(1).is_some_and(|word| word.is(&["was", "were"]))
        && before(2).is_some_and(|word| word.is(&["he", "she", "they"]))
        && before(3).is_some_and(|word| word.is(&["when", "since", "until"]))
    {
        return None;
    }
    let (years, last) = counted(words, place)?;
    // "Her 70-year-old father", "3-year-old son"
    let of_another = words[last + 1..]
        .iter()
        .take(2)
        .any(|word| is_relative(&word.lower));
    said(years, years, word.bytes.start..words[last].bytes.end).filter(|_| !of_another)
}

/// A number with its unit and "old", or with a letter for the sex: the years, and its last word.
fn counted(words: &[Word], place: usize) -> Option<(f64, usize)> {
    let word = &words[place];
    let parts: Vec<&str> = word.lower.split('-').collect();
    // 45-year-old, forty-five-year-old, 45-yo
    if let Some(unit_at) = parts
        .iter()
        .position(|part| unit(part).is_some())
        .filter(|at| *at > 0)
    {
        let count = number(&parts[..unit_at].join("-"))?;
        let old = parts.get(unit_at + 1) == Some(&"old")
            || words.get(place + 1).is_some_and(|next| next.is(&["old"]))
            || parts[unit_at] == "yo";
        let last =
            place + usize::from(old && parts.last() != Some(&"old") && parts[unit_at] != "yo");
        return old.then_some((count * unit(parts[unit_at])?, last));
    }
    // 45yo, 7mo, 58M, 58yoM
    let digits = word.lower.find(|c: char| !c.is_ascii_digit());
    if let Some(digits) = digits.filter(|digits| (1..=3).contains(digits)) {
        let count: f64 = word.lower[..digits].parse().ok()?;
        return match &word.lower[digits..] {
            "yo" | "yom" | "yof" | "y/o" | "yro" => Some((count, place)),
            "m" | "f" if word.written.ends_with(['M', 'F']) && place < 3 => Some((count, place)),
            "y" if place < 3 => Some((count, place)),
            _ => None,
        };
    }
    let count = number(&word.lower)?;
    let next = words.get(place + 1)?;
    if word.behind.is_some() {
        return None;
    }
    // 48 M, in the opening only: "10 M" is a concentration
    if word.is_number() && matches!(next.written.as_str(), "M" | "F") && place < 3 {
        return Some((count, place));
    }
    let mut unit_parts = next.lower.split('-');
    let years = unit(unit_parts.next()?)?;
    if unit_parts.next() == Some("old") || next.is(&["yo", "y/o", "yro"]) {
        return Some((count * years, place + 1));
    }
    let old = words.get(place + 2)?;
    (old.is(&["old", "o"]) && next.behind.is_none()).then_some((count * years, place + 2))
}

fn unit(text: &str) -> Option<f64> {
    UNITS
        .iter()
        .find(|(names, _)| names.contains(&text))
        .map(|(_, years)| *years)
}

fn said(from: f64, to: f64, bytes: Range<usize>) -> Option<AgeSaid> {
    (from <= OLDEST).then_some(AgeSaid { from, to, bytes })
}

/// A word for a stage of life in the opening sentence.
fn stage(words: &[Word]) -> Option<AgeSaid> {
    words.iter().enumerate().find_map(|(place, word)| {
        let (_, from, to) = STAGES.iter().find(|(names, ..)| word.is(names))?;
        if !word.is_own(words, place) {
            return None;
        }
        said(*from, *to, word.bytes.clone())
    })
}

impl Word {
    /// Whether no relative stands right before it ("her son aged 7").
    fn is_own(&self, words: &[Word], place: usize) -> bool {
        let from = place.saturating_sub(2);
        !words[from..place]
            .iter()
            .any(|word| is_relative(&word.lower) || word.is(&["delivered", "deliver"]))
    }
}

/// `60s` and `sixties`.
fn decade(word: &Word) -> Option<f64> {
    let figures = word
        .lower
        .strip_suffix('s')
        .map(|figures| figures.trim_end_matches('\''));
    if let Some(figures) = figures.filter(|figures| figures.len() == 2)
        && let Ok(decade) = figures.parse::<u8>()
        && decade % 10 == 0
    {
        return Some(f64::from(decade));
    }
    let tens = word.lower.strip_suffix("ies")?;
    number(&format!("{tens}y")).filter(|years| *years >= 20.0)
}

const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];

const TENS: [&str; 8] = [
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];

/// A number in figures or in words up to ninety-nine.
fn number(text: &str) -> Option<f64> {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return text.parse().ok();
    }
    let one = |text: &str| ONES.iter().position(|one| *one == text);
    let ten = |text: &str| {
        TENS.iter()
            .position(|ten| *ten == text)
            .map(|at| (at + 2) * 10)
    };
    let whole = match text.split_once('-') {
        Some((tens, ones)) => ten(tens)? + one(ones).filter(|one| (1..10).contains(one))?,
        None => one(text).or_else(|| ten(text))?,
    };
    Some(whole as f64)
}

#[cfg(test)]
mod tests {
    use crate::narrative::read;

    #[test]
    fn ages_are_read() {
        let check = |text: &str, expect: Option<(f64, f64)>| {
            let age = read(text).age;
            let found = age.map(|age| {
                (
                    (age.from * 1000.0).round() / 1000.0,
                    (age.to * 1000.0).round() / 1000.0,
                )
            });
            assert_eq!(found, expect, "{text}");
        };
        let years = |years: f64| Some((years, years));
        check("A 45-year-old man with gout.", years(45.0));
        check("A 45 year old man", years(45.0));
        check("A 45 year-old man", years(45.0));
        check("70 y/o with COPD", years(70.0));
        check("32 yo woman", years(32.0));
        check("Pt is a 22yo F", years(22.0));
        check("74M hx of CAD", years(74.0));
        check("48 M with a h/o HTN", years(48.0));
        check("A forty-five-year-old woman", years(45.0));
        check("a woman, sixty years old", years(60.0));
        check("A boy aged 7 with asthma", years(7.0));
        check("A 6-month-old girl", Some((0.5, 0.5)));
        check("A 3-day-old infant", Some((0.008, 0.008)));
        check("A woman in her 60s", Some((60.0, 69.0)));
        check("A man in his seventies", Some((70.0, 79.0)));
        check("A newborn with jaundice", Some((0.0, 0.077)));
        check("Her 70-year-old father has gout.", None);
        check("Seizures at age 13.", None);
        check("He died suddenly at the age of 35.", None);
        check("Hernia surgery when he was 20 years old.", None);
        check("Pain for 3 years. She is 45 years old.", years(45.0));
        check("Temozolomide 7 days on and 7 days off", None);
        check("5 yr history of mastocytosis", None);
        check("A 900-year-old oak", None);
        check("", None);
    }
}
