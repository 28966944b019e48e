//! How old the patient is: "45-year-old", "45 yo", "58M", "aged 7", "in her 60s", "newborn", "forty-five years old".
//!
//! An age of somebody else ("her 70-year-old father") and an age at which something happened ("seizures at age 13") are not
//! the patient's.

use std::ops::Range;

use serde::Serialize;

use super::number::number;
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

/// Words before an age at which something happened: "well until 3 months old", "at age 13".
const HAPPENED: &[&str] = &[
    "at", "since", "from", "until", "till", "by", "before", "after",
];

/// Words that may stand between such a word and the age.
const ABOUT: &[&str] = &[
    "the",
    "about",
    "approximately",
    "around",
    "age",
    "ages",
    "of",
];

/// The patient's age: what they are now, or else the first that is theirs.
pub(super) fn age(sentences: &[Vec<Word>]) -> Option<AgeSaid> {
    let mut first = None;
    for words in sentences {
        for place in 0..words.len() {
            if words[place].of_relative {
                continue;
            }
            if let Some(age) = stated(words, place) {
                let before = &words[place.saturating_sub(3)..place];
                let now = before
                    .iter()
                    .rev()
                    .take(2)
                    .any(|word| word.is(&["now", "currently", "presently"]));
                if now && !before.iter().any(|word| word.relative) {
                    return Some(age);
                }
                first.get_or_insert(age);
            }
        }
    }
    first.or_else(|| sentences.first().and_then(|words| stage(words)))
}

/// The age that begins at a word.
fn stated(words: &[Word], place: usize) -> Option<AgeSaid> {
    let word = &words[place];
    let before = |back: usize| place.checked_sub(back).map(|at| &words[at]);
    if word.is(&["aged", "age"]) {
        // "at age 13", "at the age of 13": when something happened. "gestational age 32 weeks": not since birth.
        let happened = [1, 2]
            .into_iter()
            .any(|back| before(back).is_some_and(|word| word.is(HAPPENED)));
        let of_something = before(1).is_some_and(|word| {
            word.is(&[
                "gestational",
                "bone",
                "mental",
                "developmental",
                "maternal",
                "paternal",
            ])
        });
        let at = place
            + 1
            + words[place + 1..].iter().position(|word| {
                !word.is(&["of", "is", "sex", "about", "approximately", "around"])
            })?;
        let (years, last) = lasting(words, at)
            .or_else(|| Some((joined(&words[at])?, at)))
            .or_else(|| Some((number(&words[at].lower)?, at)))
            .filter(|_| !happened && !of_something && word.is_own(words, place))?;
        return said(years, years, word.bytes.start..words[last].bytes.end);
    }
    if let Some((years, last)) = age_in_form(words, place) {
        return said(years, years, word.bytes.start..words[last].bytes.end);
    }
    if let Some(years) = bare(words, place) {
        return said(years, years, word.bytes.clone());
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
    // "well until 3 months old"; "tissue from 45-year-old donors" says no time.
    let joined = word.lower.contains('-');
    let happened = |word: &Word| {
        word.is(HAPPENED) && !(joined && word.is(&["from", "by"]))
            || words[last].is(&["age"]) && word.is(&["to", "over", "under", "than"])
    };
    let about = (1..=2)
        .take_while(|back| before(*back).is_some_and(|word| word.is(ABOUT)))
        .count();
    if before(about + 1).is_some_and(happened) {
        return None;
    }
    // "Her 70-year-old father", "3-year-old son"
    let of_another = words[last + 1..].iter().take(2).any(|word| word.relative);
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
    // "2.5" is a number.
    let glued = |digits: &usize| {
        (1..=3).contains(digits) && word.lower[*digits..].starts_with(char::is_alphabetic)
    };
    if let Some(digits) = digits.filter(glued) {
        let count: f64 = word.lower[..digits].parse().ok()?;
        return match &word.lower[digits..] {
            "yo" | "yom" | "yof" | "y/o" | "yro" => Some((count, place)),
            "m" | "f" if word.written.ends_with(['M', 'F']) && place < 3 => Some((count, place)),
            "y" if place < 3 => Some((count, place)),
            _ => {
                let next = words.get(place + 1)?;
                let of_patient =
                    next.is(SEXES) || next.is(&["old", "infant", "baby", "child", "toddler"]);
                Some((joined(word)?, place)).filter(|_| of_patient)
            }
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
    if unit_parts.next() == Some("old") {
        return Some((count * years, place + 1));
    }
    let (years, last) = lasting(words, place)?;
    let unit = &words[last];
    if unit.is(&["yo", "y/o", "yro"]) {
        return Some((years, last));
    }
    // "Gender: M, 55 yrs, asthma"
    let is_sex = |word: &Word| word.is(SEXES) || matches!(word.written.as_str(), "M" | "F");
    let in_form = place > 0
        && is_sex(&words[place - 1])
        && (unit.behind.is_some() || last + 1 == words.len());
    // "55 years, male", "a boy of 10 years"
    let first = place == 0 && words.get(last + 1).is_some_and(is_sex);
    let of_person = place > 1 && words[place - 1].is(&["of"]) && words[place - 2].is(PERSONS);
    if in_form || first || of_person {
        return Some((years, last));
    }
    let behind = words.get(last + 1).filter(|_| unit.behind.is_none())?;
    if behind.is(&["old", "o"]) {
        return Some((years, last + 1));
    }
    let of_age = behind.is(&["of"]) && words.get(last + 2)?.is(&["age"]);
    of_age.then_some((years, last + 2))
}

/// A number with its unit, in years, and its last word: "10 months", "1 year 6 months", "1 year and 6 months".
fn lasting(words: &[Word], place: usize) -> Option<(f64, usize)> {
    let one = |place: usize| {
        let word = words.get(place).filter(|word| word.behind.is_none())?;
        let years = unit(&words.get(place + 1)?.lower)?;
        Some((number(&word.lower)?, years))
    };
    let (count, years) = one(place)?;
    let rest = place + 2 + usize::from(words.get(place + 2).is_some_and(|word| word.is(&["and"])));
    match one(rest).filter(|(_, smaller)| *smaller < years) {
        Some((more, smaller)) => Some((count * years + more * smaller, rest + 1)),
        None => Some((count * years, place + 1)),
    }
}

/// A number with its unit written onto it, in years: "10mo", "34y".
fn joined(word: &Word) -> Option<f64> {
    let digits = word.lower.find(|c: char| !c.is_ascii_digit())?;
    let count: f64 = word.lower[..digits].parse().ok()?;
    Some(count * unit(&word.lower[digits..])?)
}

/// The age of "M/55", "F/3" and "3/F", which a form begins with, in years, and its last word.
pub(super) fn age_in_form(words: &[Word], place: usize) -> Option<(f64, usize)> {
    let word = &words[place];
    let begins = place == 0 || words[place - 1].behind == Some(':');
    if !begins {
        return None;
    }
    let is_sex = |text: &str| matches!(text, "M" | "F");
    if let Some((left, right)) = word.written.split_once('/') {
        let figures = match (is_sex(left), is_sex(right)) {
            (true, false) => right,
            (false, true) => left,
            _ => return None,
        };
        return Some((figures.parse::<u8>().ok()?.into(), place));
    }
    let next = words.get(place + 1).filter(|_| is_sex(&word.written))?;
    let close = word.behind.is_none() && next.bytes.start == word.bytes.end + 1;
    let years = next.lower.parse::<u8>().ok()?;
    close.then_some((years.into(), place + 1))
}

/// A number alone where only an age can stand: "She is 40 and has migraine", "a woman, 45, with", "my mother (68)".
fn bare(words: &[Word], place: usize) -> Option<f64> {
    let word = &words[place];
    let years = word.lower.parse::<u8>().ok()?;
    let before = |back: usize| place.checked_sub(back).map(|at| &words[at]);
    let person = before(1)?;
    let is_patient = person.patient || person.is(PERSONS);
    if is_patient
        && matches!(
            (person.behind, word.behind),
            (Some(','), Some(',')) | (Some('('), Some(')' | ','))
        )
    {
        return Some(years.into());
    }
    let verb = 1 + usize::from(person.is(&["now", "currently"]));
    let is = before(verb).filter(|word| word.behind.is_none())?;
    let of_patient = is.is(&["i'm", "he's", "she's"])
        || is.is(&["is", "am"])
            && before(verb + 1)
                .is_some_and(|word| word.patient || word.is(&["he", "she", "i", "patient", "pt"]))
        || is.is(&["is"])
            && before(verb + 1).is_some_and(|word| word.is(&["who"]))
            && before(verb + 2).is_some_and(|word| word.patient || word.is(PERSONS));
    let ends = match word.behind {
        Some(sign) => matches!(sign, ',' | ';'),
        None => words
            .get(place + 1)
            .is_none_or(|next| next.is(&["and", "with", "who", "but", "now"])),
    };
    (of_patient && ends).then_some(years.into())
}

/// Words for a person that an age in commas or brackets may follow.
const PERSONS: &[&str] = &[
    "woman",
    "man",
    "female",
    "male",
    "girl",
    "boy",
    "lady",
    "gentleman",
    "patient",
    "pt",
];

/// Words and labels of forms for a sex.
const SEXES: &[&str] = &[
    "male", "female", "man", "woman", "boy", "girl", "sex", "gender",
];

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
            .any(|word| word.relative || word.is(&["delivered", "deliver"]))
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
        check("F/34, lupus", years(34.0));
        check("M/55 asthma", years(55.0));
        check("F/3 with fever", years(3.0));
        check("Gender: M, 55 yrs, asthma", years(55.0));
        check("Age: 34. Sex: F. Dx: lupus", years(34.0));
        check("She is 40 and has gout.", years(40.0));
        check("I'm 40, with gout.", years(40.0));
        check("She is 40 weeks pregnant.", None);
        check("He is 62 now.", years(62.0));
        check("A woman who is 45, with gout", years(45.0));
        check("55 years, male, COPD", years(55.0));
        check("A boy of 10 years with gout", years(10.0));
        check("She is 2.5 years old.", years(2.5));
        check("6mo infant with gout", years(0.5));
        check("6mo history of gout", None);
        check("A woman, 45, with gout", years(45.0));
        check("Gout (3) and", None);
        check("A 900-year-old oak", None);
        check("", None);
    }

    #[test]
    fn units_of_ages_are_read_and_what_the_patient_is_now() {
        let check = |text: &str, expect: Option<(f64, f64)>| {
            let age = read(text).age;
            let months = age.map(|age| ((age.from * 12.0 * 10.0).round() / 10.0, age.to * 12.0));
            let months = months.map(|(from, to)| (from, (to * 10.0).round() / 10.0));
            assert_eq!(months, expect, "{text}");
        };
        let months = |months: f64| Some((months, months));
        check("A boy aged 10 months with epilepsy", months(10.0));
        check("A boy aged 8 weeks", months(1.8));
        check("Age: 10 months", months(10.0));
        check("Age: 10mo", months(10.0));
        check("Age 7", months(84.0));
        check("He is 1 year 6 months old", months(18.0));
        check("He is 1 year and 6 months old", months(18.0));
        check("18 months of age", months(18.0));
        check("Seizures since 18 months of age", None);
        check(
            "She had been well until 3 months old; now 12 years old",
            months(144.0),
        );
        check(
            "She was 3 years old when she fell. She is now a 12-year-old girl.",
            months(144.0),
        );
        check("Seizures at 3 months old", None);
        check(
            "A 45 year old man, born at a gestational age of 32 weeks",
            months(540.0),
        );
    }
}
