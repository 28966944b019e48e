//! Vital signs, laboratory values, doses and dates: a figure with its unit and the name before it. They are read as figures
//! about the patient, not as what the patient has.

use super::words::Word;

/// Units of measurement as they are written behind figures, in lower case; "mg/dL" is two of them.
const UNITS: &[&str] = &[
    "mg",
    "g",
    "kg",
    "mcg",
    "ug",
    "μg",
    "ng",
    "pg",
    "l",
    "dl",
    "ml",
    "cc",
    "mm",
    "cm",
    "m",
    "m2",
    "mmhg",
    "hg",
    "bpm",
    "iu",
    "miu",
    "mu",
    "u",
    "units",
    "unit",
    "meq",
    "mmol",
    "umol",
    "pmol",
    "nmol",
    "fl",
    "sec",
    "second",
    "seconds",
    "min",
    "mins",
    "minute",
    "minutes",
    "hour",
    "hours",
    "hr",
    "hrs",
    "day",
    "days",
    "week",
    "weeks",
    "wk",
    "wks",
    "month",
    "months",
    "mo",
    "mos",
    "year",
    "years",
    "yr",
    "yrs",
    "times",
    "lbs",
    "lb",
    "pounds",
    "inches",
    "feet",
    "hpf",
    "mm3",
    "cu",
    "percent",
    "c",
    "f",
    "beats",
    "breaths",
    "cycles",
    "packs",
    "pack",
    "cigarettes",
    "tablets",
    "puffs",
    "degrees",
];

/// What is measured, as it is named before a figure.
const NAMES: &[&str] = &[
    "bp",
    "hr",
    "rr",
    "pulse",
    "temperature",
    "temp",
    "t",
    "spo2",
    "sat",
    "sats",
    "o2sat",
    "saturation",
    "pressure",
    "rate",
    "weight",
    "height",
    "length",
    "bmi",
    "hgb",
    "hb",
    "hemoglobin",
    "haemoglobin",
    "hct",
    "hematocrit",
    "haematocrit",
    "wbc",
    "rbc",
    "plt",
    "platelet",
    "platelets",
    "creatinine",
    "cr",
    "bun",
    "urea",
    "ast",
    "alt",
    "alp",
    "ggt",
    "bilirubin",
    "sodium",
    "potassium",
    "na",
    "k",
    "cl",
    "chloride",
    "bicarbonate",
    "glucose",
    "glc",
    "fbs",
    "hba1c",
    "a1c",
    "esr",
    "crp",
    "ldh",
    "inr",
    "pt",
    "ptt",
    "aptt",
    "tsh",
    "t3",
    "t4",
    "calcium",
    "phosphate",
    "phosphatase",
    "albumin",
    "protein",
    "cholesterol",
    "ldl",
    "hdl",
    "tg",
    "triglycerides",
    "ph",
    "ef",
    "psa",
    "fev1",
    "fvc",
    "amylase",
    "lipase",
    "ferritin",
    "egfr",
    "level",
    "levels",
    "score",
    "value",
    "count",
];

/// Words that may stand between a name and its figure.
const BETWEEN: &[&str] = &[
    "is",
    "was",
    "of",
    "at",
    "level",
    "levels",
    "to",
    "were",
    "approximately",
    "about",
    "score",
];

/// How many words before a figure its name may begin.
const NAME_REACH: usize = 4;

/// Whether a word is a figure with a unit, the unit, or the name of what the figure measures.
pub(super) fn is_measured(words: &[Word], place: usize) -> bool {
    let word = &words[place];
    if figure(word) {
        return with_unit(words, place) || named(words, place).is_some();
    }
    if is_unit(word) && place > 0 {
        // The "mg" and "dL" behind a figure.
        let figure_before = (place.saturating_sub(3)..place)
            .rev()
            .take_while(|at| figure(&words[*at]) || is_unit(&words[*at]))
            .any(|at| figure(&words[at]));
        if figure_before {
            return true;
        }
    }
    (place + 1..words.len().min(place + 1 + NAME_REACH))
        .find(|at| figure(&words[*at]))
        .and_then(|at| named(words, at))
        .is_some_and(|from| from <= place)
}

/// A number, also with a unit written onto it (`60mg`, `38w3d`), but no code (`5-FU`).
fn figure(word: &Word) -> bool {
    if word.is_number() {
        return true;
    }
    let letters = word
        .lower
        .trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '/');
    letters.len() < word.lower.len() && UNITS.contains(&letters)
}

fn is_unit(word: &Word) -> bool {
    word.is(UNITS)
}

fn with_unit(words: &[Word], place: usize) -> bool {
    !words[place].is_number()
        || words[place].lower.contains('/')
        || (words[place].behind.is_none() && words.get(place + 1).is_some_and(is_unit))
}

/// Where the name of a figure begins: `Creatinine: 0.5`, `blood pressure is 120/80`, `BMI 41`.
fn named(words: &[Word], place: usize) -> Option<usize> {
    let mut at = place;
    while at > 0 && place - at < 2 && words[at - 1].is(BETWEEN) && words[at - 1].behind.is_none() {
        at -= 1;
    }
    let name = at.checked_sub(1)?;
    let colon = words[name].behind == Some(':') && at == place;
    if !(words[name].is(NAMES) && matches!(words[name].behind, None | Some(':' | '(')) || colon) {
        // "level of 3" begins with what was passed over.
        return (at < place && words[at].is(NAMES)).then_some(at);
    }
    // "systolic blood pressure", "serum ferritin", "white blood cell count"
    let mut from = name;
    while from > 0
        && place - from < NAME_REACH
        && words[from - 1].behind.is_none()
        && words[from - 1].is(&[
            "blood",
            "heart",
            "respiratory",
            "oxygen",
            "serum",
            "total",
            "direct",
            "systolic",
            "diastolic",
            "mean",
            "axillary",
            "her",
            "his",
            "free",
            "urinary",
            "plasma",
            "body",
            "alkaline",
            "axillary",
        ])
    {
        from -= 1;
    }
    Some(from)
}

#[cfg(test)]
mod tests {
    use crate::narrative::{Bearing, read};

    #[test]
    fn what_is_measured() {
        let check = |text: &str, expect: &str| {
            let measured: Vec<&str> = read(text)
                .stretches
                .iter()
                .filter(|stretch| stretch.bearing == Bearing::Measured)
                .map(|stretch| &text[stretch.bytes.clone()])
                .collect();
            assert_eq!(measured.join(" | "), expect, "{text}");
        };
        check(
            "Blood pressure is 120/80 mm Hg and BMI is 24 kg/m2.",
            "Blood pressure is 120/80 mm Hg | BMI is 24 kg/m2",
        );
        check("Hgb: 11 g/dl WBC: 8000 /mm3", "Hgb: 11 g/dl WBC: 8000 /mm3");
        check("serum ferritin of 550 μg/L", "serum ferritin of 550 μg/L");
        check("type 2 diabetes", "");
        check("high blood pressure", "");
        check("stage 3 kidney disease", "");
        check("pyridostigmine 60 mg", "60 mg");
        check("smokes 20 cigarettes a day", "20 cigarettes");
    }
}
