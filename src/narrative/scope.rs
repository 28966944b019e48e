//! How far the wordings of a sentence reach: each word gets its bearing, neighbours with one bearing make a stretch.

use std::ops::Range;

use super::cue::{
    ABSENT_AHEAD, ABSENT_BEHIND, BACKGROUND, FOUND_AHEAD, NOT_ABSENT, OTHER_PARTS, POSSIBLE_AHEAD,
    any_wording, contrasts, ends_scope, is_having, is_presenting, is_telling, is_the_patient,
    is_which_relative, wording,
};
use super::measure::is_measured;
use super::words::Word;
use super::{Bearing, Stretch};

/// Words that a wording reaches, from itself or from the last sign of a list. NegEx takes five; "no evidence of metastatic
/// disease to the liver" needs one more.
const REACH: usize = 6;

/// Words in which the "or" of a list is looked for.
const LIST_REACH: usize = 14;

/// Words between a relative and what says that they have something.
const RELATIVE_REACH: usize = 4;

/// Words that may describe a relative between commas.
const DESCRIPTION_REACH: usize = 8;

/// The stretches of one sentence. `background` says whether a list of earlier diseases is open, before and after it.
pub(super) fn stretches(
    words: &mut [Word],
    sentence: usize,
    background: &mut bool,
    out: &mut Vec<Stretch>,
) {
    let mut bearings = vec![Bearing::Present; words.len()];
    sections(words, background, &mut bearings);
    possible(words, &mut bearings);
    absent_ahead(words, &mut bearings);
    absent_behind(words, &mut bearings);
    for said in others(words, &mut bearings) {
        for word in &mut words[said] {
            word.of_relative = true;
        }
    }
    for (place, bearing) in bearings.iter_mut().enumerate() {
        if is_measured(words, place) {
            *bearing = Bearing::Measured;
        }
    }
    let found = found(words);
    for (place, word) in words.iter().enumerate() {
        let (bearing, diagnosis) = (bearings[place], found[place]);
        match out.last_mut() {
            Some(last)
                if place > 0
                    && last.sentence == sentence
                    && last.bearing == bearing
                    && last.diagnosis == diagnosis =>
            {
                last.bytes.end = word.bytes.end;
            }
            _ => out.push(Stretch {
                bytes: word.bytes.clone(),
                sentence,
                bearing,
                diagnosis,
            }),
        }
    }
}

/// Headings and sentences of earlier and other diseases.
fn sections(words: &[Word], background: &mut bool, bearings: &mut [Bearing]) {
    let mut within = *background;
    for place in 0..words.len() {
        if let Some(length) = any_wording(words, place, BACKGROUND) {
            within = true;
            // "Past medical history: gout ..." goes on; "Past medical history is notable for gout." ends with its sentence.
            let heading = words[place + length - 1].behind == Some(':')
                || (place == 0 && !words[place + length..].iter().any(ends_scope));
            *background |= heading;
        } else if any_wording(words, place, OTHER_PARTS)
            .is_some_and(|length| place == 0 || words[place + length - 1].behind == Some(':'))
        {
            within = false;
            *background = false;
        }
        if within {
            bearings[place] = Bearing::Background;
        }
    }
}

fn possible(words: &[Word], bearings: &mut [Bearing]) {
    for place in 0..words.len() {
        if let Some(length) = any_wording(words, place, POSSIBLE_AHEAD) {
            let end = reach_ahead(words, place + length, false);
            bearings[place..end].fill(Bearing::Possible);
        }
    }
}

fn absent_ahead(words: &[Word], bearings: &mut [Bearing]) {
    let mut place = 0;
    while place < words.len() {
        let not_absent = any_wording(words, place, NOT_ABSENT)
            .or_else(|| no_longer(words, place).filter(|_| !no_longer_has(words, place)));
        if let Some(length) = not_absent {
            place += length;
            continue;
        }
        let cue = ABSENT_AHEAD
            .iter()
            .find_map(|(text, list)| Some((wording(words, place, text)?, *list)));
        let Some((length, list)) = cue else {
            place += 1;
            continue;
        };
        // "... was not detected" speaks of what stands before it.
        if any_wording(words, place, ABSENT_BEHIND).is_none() {
            let end = reach_ahead(words, place + length, list);
            bearings[place..end].fill(Bearing::Absent);
        }
        place += length;
    }
}

fn no_longer(words: &[Word], place: usize) -> Option<usize> {
    wording(words, place, "no longer")
}

/// Whether a "no longer" says that something is absent: "no longer has fever", "is no longer pregnant". "No longer responds
/// to metformin for diabetes" says so of nothing behind it.
fn no_longer_has(words: &[Word], place: usize) -> bool {
    let Some(next) = words.get(place + 2) else {
        return false;
    };
    let being = place > 0 && words[place - 1].is(&["is", "was", "are", "were", "am", "been"]);
    let doing = next.lower.ends_with("ing")
        || next.lower.ends_with("ed")
        || next.is(&["able", "responsive", "effective", "on", "under"]);
    is_having(next) || next.is(&["having", "experiences", "any"]) || (being && !doing)
}

/// Where the reach of a wording ends whose first word behind it stands at `start`.
fn reach_ahead(words: &[Word], start: usize, list: bool) -> usize {
    let joins = |word: &Word| word.is(&["or", "nor", "and"]);
    let mut left = REACH;
    let mut place = start;
    while place < words.len() && left > 0 {
        let word = &words[place];
        // "denies having had fever": what follows at once belongs to the wording.
        let ends = place >= start + 2 && ends_scope(word)
            || contrasts(word)
            || place > start && is_found_positive(words, place);
        if ends {
            break;
        }
        left = if joins(word) { REACH } else { left - 1 };
        place += 1;
        match word.behind {
            Some(',' | '(' | ')') => {
                let goes_on = list
                    || words[place..]
                        .iter()
                        .take(LIST_REACH)
                        .take_while(|word| !ends_scope(word))
                        .any(|word| word.is(&["or", "nor"]));
                if !goes_on {
                    break;
                }
                left = REACH;
            }
            Some(_) => break,
            None => {}
        }
    }
    place
}

/// "..., positive for hepatitis C": the other half of "negative for HIV".
fn is_found_positive(words: &[Word], place: usize) -> bool {
    let before = &words[place - 1];
    wording(words, place, "positive for").is_some()
        && (before.behind.is_some() || before.is(&["and"]))
}

fn absent_behind(words: &[Word], bearings: &mut [Bearing]) {
    for place in 0..words.len() {
        let after_colon = place > 0
            && words[place - 1].behind == Some(':')
            && words[place].is(&["negative", "none", "absent", "neg"]);
        let length = if after_colon {
            Some(1)
        } else {
            any_wording(words, place, ABSENT_BEHIND)
                // "was negative for fever" speaks of the fever.
                .filter(|length| {
                    !words
                        .get(place + length)
                        .is_some_and(|next| next.is(&["for"]))
                })
        };
        if let Some(length) = length {
            let start = reach_back(words, place);
            bearings[start..place + length].fill(Bearing::Absent);
        }
    }
}

/// Where the clause begins that ends before `place`.
fn reach_back(words: &[Word], place: usize) -> usize {
    let mut start = place;
    while start > 0 && place - start < REACH {
        let before = &words[start - 1];
        let parted = start < place && before.behind.is_some_and(|sign| sign != '(');
        if parted || (start < place && ends_scope(before)) {
            break;
        }
        start -= 1;
    }
    start
}

/// What relatives have. Gives back what is said of relatives by what they are or have, up to a semicolon.
fn others(words: &[Word], bearings: &mut [Bearing]) -> Vec<Range<usize>> {
    let mut said = Vec::new();
    for place in 0..words.len() {
        if words[place].is(&["family"])
            && words
                .get(place + 1)
                .is_some_and(|next| next.is(&["history", "hx"]))
            || words[place].is(&["fh", "fhx"])
        {
            bearings[place..].fill(Bearing::Other);
            return said;
        }
        if !words[place].relative {
            continue;
        }
        let ahead = &words[place + 1..words.len().min(place + 1 + RELATIVE_REACH)];
        if ahead.iter().any(is_telling) {
            continue;
        }
        // "asthma in his father and sister"
        let behind = &words[place.saturating_sub(3)..place];
        if behind.iter().any(|word| word.is(&["in"])) {
            let also_the_patient = ahead.iter().chain(behind).any(is_the_patient);
            if !also_the_patient {
                let start = reach_back(words, place.saturating_sub(1));
                bearings[start..=place].fill(Bearing::Other);
            }
            continue;
        }
        // "brought by his parents with fever", "accompanied by his wife who was"
        let accompanies = behind
            .iter()
            .rev()
            .take_while(|word| word.behind.is_none())
            .any(|word| word.is(&["by", "with", "from", "to"]));
        if !accompanies
            && ahead.first().is_none_or(|next| !next.relative)
            && (described(words, place)
                || words[place].behind.is_none()
                    && ahead
                        .iter()
                        .take_while(|word| word.behind.is_none() || is_having(word))
                        .any(is_having))
        {
            let start = described_from(words, place);
            let end = words[place + 1..]
                .iter()
                .position(|word| word.is(&["but", "however", "while", "whereas", "patient", "pt"]))
                .map_or(words.len(), |at| place + 1 + at)
                .min(end_of_whose(words, start, place));
            bearings[start..end].fill(Bearing::Other);
            let parted = words[place..end]
                .iter()
                .position(|word| word.behind == Some(';'));
            said.push(start..parted.map_or(end, |at| place + at + 1));
        }
    }
    said
}

/// Where the words begin that say which relative it is: "identical twin sister".
fn described_from(words: &[Word], place: usize) -> usize {
    let tells = |word: &&Word| (word.relative || is_which_relative(word)) && word.behind.is_none();
    place - words[..place].iter().rev().take_while(tells).count()
}

/// Where "whose brother has epilepsy" ends and the patient goes on, who "presents with scoliosis"; the end of the words if the
/// relative is nobody's of whom something else is said.
fn end_of_whose(words: &[Word], start: usize, place: usize) -> usize {
    let whose = start > 0 && words[start - 1].is(&["whose"]);
    let goes_on = |at: &usize| {
        is_presenting(&words[*at])
            && !words[at - 1].is(&["and", "who", "which", "that"])
            && words[place + 1..*at].iter().any(is_having)
    };
    let mut behind = place + 1..words.len();
    behind
        .find(goes_on)
        .filter(|_| whose)
        .unwrap_or(words.len())
}

/// Whether a relative is described between commas or in brackets and then has something: "father, a 70 year old man, has".
fn described(words: &[Word], place: usize) -> bool {
    let closing: &[char] = match words[place].behind {
        Some(',') => &[','],
        Some('(') => &[')', ','],
        _ => return false,
    };
    let description = &words[place + 1..words.len().min(place + 1 + DESCRIPTION_REACH)];
    let opens = description.first().is_some_and(|word| {
        word.is(&["a", "an", "aged", "age", "who"])
            || word.lower.starts_with(|c: char| c.is_ascii_digit())
    });
    let closes = description
        .iter()
        .position(|word| word.behind.is_some_and(|sign| closing.contains(&sign)));
    opens && closes.is_some_and(|at| words.get(place + 2 + at).is_some_and(is_having))
}

/// Which words name what was found.
fn found(words: &[Word]) -> Vec<bool> {
    let mut found = vec![false; words.len()];
    for place in 0..words.len() {
        if let Some(length) = any_wording(words, place, FOUND_AHEAD) {
            let end = reach_ahead(words, place + length, false);
            found[place + length..end].fill(true);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::narrative::{Bearing, read};

    /// What is left for each bearing that is not the patient's present.
    fn check(text: &str, bearing: Bearing, expect: &str) {
        let narrative = read(text);
        let found: Vec<&str> = narrative
            .stretches
            .iter()
            .filter(|stretch| stretch.bearing == bearing)
            .map(|stretch| &text[stretch.bytes.clone()])
            .collect();
        assert_eq!(found.join(" | "), expect, "{text}");
    }

    #[test]
    fn what_is_absent() {
        let absent = |text: &str, expect: &str| check(text, Bearing::Absent, expect);
        absent("He denies chest pain.", "denies chest pain");
        absent(
            "He denies chest pain, dyspnea, or fever but has cough.",
            "denies chest pain, dyspnea, or fever",
        );
        absent("No history of diabetes.", "No history of diabetes");
        absent("Cough without fever, and he smokes.", "without fever, and");
        absent("Negative for HIV.", "Negative for HIV");
        absent("Pneumonia was ruled out.", "Pneumonia was ruled out");
        absent("No fever, has had a cough.", "No fever");
        absent("No fever, chills or cough.", "No fever, chills or cough");
        absent("Nitrite: negative RBC: 3", "Nitrite: negative");
        absent("She does not smoke.", "not smoke");
        absent("The pain was not relieved by rest.", "");
        absent("There was no change in the pain.", "");
        absent("A HER2-negative tumour", "");
        absent("He denies having had fever.", "denies having had fever");
        absent(
            "No test was positive for HIV.",
            "No test was positive for HIV",
        );
        absent("Diabetes is no longer responding to metformin.", "");
        absent("She no longer has fever.", "no longer has fever");
        absent("She is no longer pregnant.", "no longer pregnant");
        absent("Fever of unknown origin", "");
        absent("", "");
    }

    #[test]
    fn what_follows_but_is_not_absent() {
        let check = |text: &str, absent: &str, present: &str| {
            check(text, Bearing::Absent, absent);
            check(text, Bearing::Present, present);
        };
        check(
            "not diabetic but hypertensive",
            "not diabetic",
            "but hypertensive",
        );
        check("no cancer but diabetes", "no cancer", "but diabetes");
        check(
            "without cancer but with diabetes",
            "without cancer",
            "but with diabetes",
        );
        check(
            "He has no cancer but severe asthma",
            "no cancer",
            "He has | but severe asthma",
        );
        check(
            "No fever however asthma present",
            "No fever",
            "however asthma present",
        );
        check(
            "negative for HIV, positive for hepatitis C",
            "negative for HIV",
            "positive for hepatitis C",
        );
        check(
            "no longer responds to metformin for diabetes",
            "",
            "no longer responds to metformin for diabetes",
        );
    }

    #[test]
    fn what_others_have() {
        let other = |text: &str, expect: &str| check(text, Bearing::Other, expect);
        other("His mother had breast cancer.", "mother had breast cancer");
        other("Family history of gout.", "Family history of gout");
        other("Asthma in his father and sister.", "Asthma in his father");
        other("His mother reports fever.", "");
        other(
            "Her father, a 70 year-old man, has gout.",
            "father, a 70 year-old man, has gout",
        );
        other("A man with asthma, father with gout", "father with gout");
        other("Brought by her mother, a nurse, has fever.", "");
        other("Brought by his parents with fever.", "");
        other("She lives with her husband.", "");
        other(
            "Her identical twin sister is healthy.",
            "identical twin sister is healthy",
        );
        other(
            "A girl whose brother has epilepsy presents with scoliosis.",
            "brother has epilepsy",
        );
        other(
            "A girl whose brother presented with epilepsy and has gout",
            "brother presented with epilepsy and has gout",
        );
        other(
            "Her brother has epilepsy and presents with seizures.",
            "brother has epilepsy and presents with seizures",
        );
        other("Achondroplasia in both father and the child.", "");
        other(
            "Her father had gout but the patient has lupus.",
            "father had gout",
        );
    }

    #[test]
    fn earlier_and_other_diseases() {
        let background = |text: &str, expect: &str| check(text, Bearing::Background, expect);
        background(
            "Fever. Past medical history: gout. Asthma.",
            "Past medical history: gout | Asthma",
        );
        background(
            "Medical history is significant for gout. He has fever.",
            "Medical history is significant for gout",
        );
        background("A man with a history of gout.", "");
    }

    #[test]
    fn what_is_possible() {
        let possible = |text: &str, expect: &str| check(text, Bearing::Possible, expect);
        possible("CT to rule out stroke.", "rule out stroke");
        possible("At risk for falls.", "At risk for falls");
    }

    #[test]
    fn stretches_lie_on_characters_in_order() {
        let text = "Ein 45-jähriger Mann – ohne Fieber, β-hCG: 1800 mIU/mL … “no” pain；naïve 发热";
        let mut end = 0;
        for stretch in read(text).stretches {
            assert!(stretch.bytes.start >= end && text.get(stretch.bytes.clone()).is_some());
            end = stretch.bytes.end;
        }
    }
}
