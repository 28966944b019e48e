//! Who tells the story: "My 4 year old daughter has leukemia" is a parent's, and the daughter is the patient.
//!
//! A relative is the patient only where the story begins with them ("my son ...", "a trial for my son") and names no other
//! patient: neither the teller ("I have lupus") nor "the patient".

use super::words::Word;

/// Sentences in which the patient is looked for.
const OPENING: usize = 2;

/// Words between "my" and the relative: "my 4 year old", "my 68 year old husband's".
const BETWEEN: usize = 6;

/// Marks the relative who is the patient, if one is.
pub(super) fn find_patient(sentences: &mut [Vec<Word>]) {
    let Some(name) = sentences
        .iter()
        .take(OPENING)
        .find_map(|words| named(words))
    else {
        return;
    };
    if sentences.iter().any(|words| has_other_patient(words)) {
        return;
    }
    for words in sentences {
        for place in 0..words.len() {
            // "my mother", "the mother", "mother"; "his mother" is somebody else
            let of_patient = words[..place]
                .iter()
                .rev()
                .take(BETWEEN)
                .take_while(|word| word.behind.is_none())
                .any(|word| word.is(&["his", "her", "their"]));
            if words[place].lower == name && !of_patient {
                words[place].relative = false;
                words[place].patient = true;
            }
        }
    }
}

/// Where the relative stands of "I have a 4 year old daughter", if `place` is that of "have".
fn introduced(words: &[Word], place: usize) -> Option<usize> {
    let have = words.get(place)?.is(&["have", "i've"]);
    let next = words.get(place + 2).filter(|_| have)?;
    let opens = words[place + 1].is(&["a", "an"])
        && (next.relative || next.lower.starts_with(|c: char| c.is_ascii_digit()));
    let ahead = words[place + 2..].iter().take(BETWEEN);
    let at = ahead.clone().position(|word| word.relative)?;
    (opens && ahead.take(at).all(|word| word.behind.is_none())).then_some(place + 2 + at)
}

/// The relative of whom a sentence with "my" or "I have a" speaks.
fn named(words: &[Word]) -> Option<String> {
    let first = words
        .first()
        .is_some_and(|word| word.is(&["i", "we", "i've"]));
    let introduced = (0..words.len().min(2)).find_map(|place| introduced(words, place));
    if let Some(at) = introduced.filter(|_| first) {
        return Some(words[at].lower.clone());
    }
    let my = words.iter().enumerate().position(|(place, word)| {
        let ahead = place == 0
            || words[place - 1].is(&["for", "about", "regarding", "hello", "hi"])
            || words[place - 1].relative;
        ahead && word.is(&["my", "our"])
    })?;
    let mut at = words[my + 1..]
        .iter()
        .take(BETWEEN)
        .position(|word| word.relative)
        .map(|at| my + 1 + at)?;
    // "my husband's mother"
    while words[at].lower.ends_with("'s") && words.get(at + 1).is_some_and(|next| next.relative) {
        at += 1;
    }
    Some(words[at].lower.clone())
}

/// Whether a sentence speaks of the patient by that word, or of what the teller has.
fn has_other_patient(words: &[Word]) -> bool {
    words.iter().enumerate().any(|(place, word)| {
        if word.is(&["patient", "pt"]) {
            return true;
        }
        let mut ahead = words[place + 1..].iter();
        let having = word.is(&["i'm", "i've"])
            || (word.is(&["i"])
                && ahead.next().is_some_and(|next| {
                    next.is(&["am", "have", "had", "was", "suffer", "got", "feel"])
                }));
        if introduced(words, place)
            .or_else(|| introduced(words, place + 1))
            .is_some()
        {
            return false;
        }
        let said = ahead.find(|word| !word.is(&["a", "an", "the", "been", "two", "three", "also"]));
        having
            && !said.is_some_and(|said| {
                said.relative
                    || said.is(&[
                        "writing",
                        "looking",
                        "searching",
                        "asking",
                        "seeking",
                        "worried",
                        "concerned",
                        "trying",
                        "told",
                        "question",
                        "questions",
                        "her",
                        "his",
                        "their",
                    ])
            })
    })
}

#[cfg(test)]
mod tests {
    use crate::narrative::{Bearing, Sex, read};

    #[test]
    fn a_relative_whose_story_it_is_is_the_patient() {
        let check = |text: &str, age: Option<f64>, sex: Option<Sex>, others: &str| {
            let narrative = read(text);
            assert_eq!(narrative.age.map(|age| age.from), age, "{text}");
            assert_eq!(narrative.sex.map(|said| said.sex), sex, "{text}");
            let found: Vec<&str> = narrative
                .stretches
                .into_iter()
                .filter(|stretch| stretch.bearing == Bearing::Other)
                .map(|stretch| &text[stretch.bytes])
                .collect();
            assert_eq!(found.join(" | "), others, "{text}");
        };
        let (female, male) = (Some(Sex::Female), Some(Sex::Male));
        check("My 4 year old daughter has leukemia", Some(4.0), female, "");
        check("My 4-year-old daughter has leukemia", Some(4.0), female, "");
        check("My son, 7, has asthma", Some(7.0), male, "");
        check("My son (7 years old) has asthma", Some(7.0), male, "");
        check(
            "My mother (68) was diagnosed with ALS",
            Some(68.0),
            female,
            "",
        );
        check(
            "A trial for my wife, 50, with lupus",
            Some(50.0),
            female,
            "",
        );
        check(
            "I am looking for a trial for my son. My son has asthma.",
            None,
            male,
            "",
        );
        check("My husband's mother, 70, has gout", Some(70.0), female, "");
        check(
            "I have a 4 year old daughter with gout",
            Some(4.0),
            female,
            "",
        );
        check("I have a son with gout. He is 7.", Some(7.0), male, "");
        check(
            "I have a rash, my son has gout.",
            None,
            None,
            "son has gout",
        );
        check("My wife, who is 45, has gout", Some(45.0), female, "");
        check("My partner has gout", None, None, "");
        check(
            "My daughter has leukemia. Her father has gout.",
            None,
            female,
            "father has gout",
        );
        // Somebody else is the patient.
        check(
            "My mother has gout. I have lupus.",
            None,
            None,
            "mother has gout",
        );
        check(
            "I am a 40 year old woman. My mother had breast cancer.",
            Some(40.0),
            female,
            "mother had breast cancer",
        );
        check("I live with my wife. I have gout.", None, None, "");
    }

    #[test]
    fn the_age_and_sex_of_a_relative_are_not_the_patients() {
        let check = |text: &str, age: Option<f64>, sex: Option<Sex>| {
            let narrative = read(text);
            assert_eq!(narrative.age.map(|age| age.from), age, "{text}");
            assert_eq!(narrative.sex.map(|said| said.sex), sex, "{text}");
        };
        check(
            "Her father, a 70 year old man, has parkinson disease. She is 40 and has migraine.",
            Some(40.0),
            Some(Sex::Female),
        );
        check(
            "Her father is a 70-year-old man with gout. She is 40 years old.",
            Some(40.0),
            Some(Sex::Female),
        );
        check(
            "His mother (68) has gout; he is a 40 year old man.",
            Some(40.0),
            Some(Sex::Male),
        );
        check(
            "His wife, 30, has lupus. He has gout.",
            None,
            Some(Sex::Male),
        );
    }
}
