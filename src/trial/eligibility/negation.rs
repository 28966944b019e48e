//! Does a criterion speak of what a participant must not have? Looks at the opening words (and the closing ones of
//! "... are excluded"), not at the heading above it.

use super::vocabulary::{is_negation, is_personal_trait, is_subject};
use super::words::words;

/// How many words ("women of childbearing potential must be ...") may go before the negation.
const WORDS_BEFORE: usize = 9;

/// Longest label ("Prior therapy:") that may go before the negation, in bytes.
const LABEL_LENGTH: usize = 60;

/// Does the item open with a negation: "No prior stroke", "Absence of infection", "Patients without a donor",
/// "Must not be pregnant", "Chemotherapy: none within a month".
///
/// The subject ("patients who have ...") and a short label before a colon are looked past. Comparisons count
/// ("no more than two earlier regimens"): it is safer not to find a trial by them. A disease name with `non-`
/// does not count ("Non-Hodgkin lymphoma"), the few personal ones do ("Non-smokers").
#[must_use]
pub fn opens_with_negation(text: &str) -> bool {
    if negated(text) {
        return true;
    }
    let mut end = text.len().min(LABEL_LENGTH);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    match text[..end].find([':', '：']) {
        Some(colon) if words(&text[..colon]).count() <= 5 => {
            let rest = &text[colon..];
            rest.chars().skip(1).any(char::is_alphanumeric) && negated(rest)
        }
        _ => false,
    }
}

/// Does the item end by saying that those it speaks of are kept out: "Pregnant women will be excluded."
///
/// One plain sentence only: what follows a semicolon or another sentence is a remark on the criterion before it.
pub(super) fn closes_with_exclusion(text: &str) -> bool {
    let text = text.trim_end_matches(|character: char| !character.is_alphanumeric());
    let tail_start = text.char_indices().rev().nth(60).map_or(0, |(at, _)| at);
    let tail = &text[tail_start..];
    if !ENDINGS
        .iter()
        .any(|ending| ends_with_ignoring_case(tail, ending))
    {
        return false;
    }
    !text.contains([';', '(', '；', '\n']) && !text.contains(". ") && !text.contains("unless ")
}

fn ends_with_ignoring_case(text: &str, ending: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= ending.len()
        && bytes[bytes.len() - ending.len()..].eq_ignore_ascii_case(ending.as_bytes())
}

/// Closing words that keep somebody out.
const ENDINGS: &[&str] = &[
    " are excluded",
    " is excluded",
    " be excluded",
    " were excluded",
    " was excluded",
    " be excluded from the study",
    " are excluded from the study",
    " be excluded from this study",
    " are excluded from this study",
    " excluded from participation",
    " are not eligible",
    " is not eligible",
    " not be eligible",
    " are ineligible",
    " is ineligible",
    " be ineligible",
    " not eligible for this study",
    " not eligible for the study",
    " not eligible to participate",
    " ineligible for this study",
    " are not allowed",
    " is not allowed",
    " are not permitted",
    " is not permitted",
    " is exclusionary",
    " are exclusionary",
    " not be included",
    " not be enrolled",
    " is an exclusion criterion",
    " is an exclusion",
    " considered an exclusion",
    " are exclusion criteria",
];

fn negated(text: &str) -> bool {
    let mut words = words(text).peekable();
    let mut after_or = false;
    for _ in 0..=WORDS_BEFORE {
        let Some(word) = words.next() else {
            return false;
        };
        match word.lower() {
            "non" => {
                return words
                    .peek()
                    .is_some_and(|next| is_personal_trait(next.lower()));
            }
            "free" => {
                return words
                    .peek()
                    .is_some_and(|next| matches!(next.lower(), "of" | "from"));
            }
            // "With or without heart failure" keeps nobody out.
            lower if is_negation(lower) => {
                return !after_or
                    && words.peek().is_none_or(|next| {
                        !matches!(next.lower(), "specified" | "applicable" | "stated")
                    });
            }
            lower if lower.strip_prefix("non").is_some_and(is_personal_trait) => return true,
            lower if is_subject(lower) => after_or = lower == "or",
            _ => return opens_with_cjk_negation(word.typed),
        }
    }
    false
}

fn opens_with_cjk_negation(word: &str) -> bool {
    [
        "无",
        "無",
        "没有",
        "沒有",
        "未接受",
        "未曾",
        "未使用",
        "不能",
        "없",
    ]
    .iter()
    .any(|negation| word.starts_with(negation))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: bool) {
        assert_eq!(opens_with_negation(text), expected, "{text}");
    }

    #[test]
    fn openings() {
        for text in [
            "No earlier stroke",
            "not taking warfarin",
            "Without fever for two days",
            "Absence of infection",
            "Patients without a donor",
            "Women of childbearing potential must not be pregnant",
            "Have not had cell therapy",
            "There is no sign of a leak",
            "Surgery: none in the last year",
            "Free of pain",
            "Don’t smoke",
            "Non-smokers",
            "Nonpregnant",
            "Negative for hepatitis C",
            "(no insulin)",
            "没有感染",
            "Keine Infektion",
        ] {
            check(text, true);
        }
        for text in [
            "",
            "Node positive",
            "Notable pain",
            "Non-Hodgkin lymphoma",
            "Nonalcoholic steatohepatitis",
            "Adults who drink, but not daily",
            "Free T4 in range",
            "Melanoma that cannot be removed",
            "Patients with or without heart failure",
            "Stable disease: scan shows no growth, not read centrally",
        ] {
            check(text, false);
        }
    }

    #[test]
    fn endings() {
        assert!(closes_with_exclusion("Pregnant women will be excluded."));
        assert!(closes_with_exclusion("Those on dialysis are not eligible"));
        assert!(!closes_with_exclusion(
            "Proven asthma; those with COPD are excluded"
        ));
        assert!(!closes_with_exclusion("Proven asthma. COPD is excluded."));
        assert!(!closes_with_exclusion("Proven asthma"));
    }
}
