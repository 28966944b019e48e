//! Headings and lead-ins: which side of the criteria a line opens. Judges one line by its words; where its reach ends
//! is decided by the list around it.

use super::vocabulary::{is_exclusion, is_inclusion, is_standard};
use super::words::words;
use super::{ItemKind, negation};

/// Longest heading with its qualifiers ("... for participants of sub-study B, phase 2 only:"), in bytes.
const HEADING_LENGTH: usize = 180;

/// Most words in a heading that has no colon to end it.
const WORDS_WITHOUT_COLON: usize = 8;

/// Longest label between double dashes, in bytes.
const DASHED_LENGTH: usize = 48;

/// A heading at the start of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Heading<'a> {
    /// What stands under it; `None`: it does not say (an ordinary label, "Hepatic:").
    pub opens: Option<ItemKind>,
    /// "Inclusion criteria" and the like; otherwise a sentence or word ("Excluded:") within such a part.
    pub strong: bool,
    /// Nothing but the standard words: need not be kept as an item.
    pub plain: bool,
    /// It takes back an earlier "Excluded:" ("Allowed:", "Required:").
    pub permits: bool,
    /// A heading in capitals ("PATIENT CHARACTERISTICS:").
    pub capitals: bool,
    /// The heading as typed, its closing colon included.
    pub text: &'a str,
    /// What follows on the line.
    pub rest: &'a str,
}

/// What the words of a possible heading say.
#[derive(Default)]
struct Signs {
    inclusion: bool,
    exclusion: bool,
    eligible: bool,
    not_eligible: bool,
    criteria: bool,
    permits: bool,
    /// Words that a heading is not made of.
    unknown: usize,
    /// Words that make it a sentence about criteria ("does not meet the inclusion criteria").
    about: bool,
    count: usize,
}

/// Reads a line as a heading, if it is one. `marked`: it carries a list marker, so an ordinary label is an item.
pub(super) fn heading(line: &str, marked: bool) -> Option<Heading<'_>> {
    if let Some((text, rest)) = between_dashes(line) {
        return Some(Heading {
            opens: None,
            strong: false,
            plain: false,
            permits: false,
            capitals: true,
            text,
            rest,
        });
    }
    let line = line.trim_start_matches(is_ornament);
    let colon = colon(line);
    let (text, rest) = match colon {
        Some((at, width)) => (&line[..at + width], after_colon(&line[at + width..])),
        None if may_be_side(line) => split_without_colon(line)?,
        None => return None,
    };
    let head = text.trim_end_matches(|character| {
        is_ornament(character) || matches!(character, ':' | '：' | '.')
    });
    if head.is_empty() {
        return None;
    }
    let signs = signs(head);
    let capitals = is_capitals(head);
    let ends_line = rest.is_empty();
    let found = |opens, strong, plain| {
        Some(Heading {
            opens,
            strong,
            plain,
            permits: signs.permits,
            capitals,
            text: text.trim(),
            rest,
        })
    };
    if let Some(kind) = cjk(head) {
        return found(Some(kind), true, true);
    }
    if (signs.inclusion || signs.exclusion) && !signs.about {
        let kind = match (signs.inclusion, signs.exclusion) {
            (true, false) => ItemKind::Inclusion,
            (false, true) => ItemKind::Exclusion,
            _ => ItemKind::Criterion,
        };
        let plain = signs.unknown == 0;
        let reaches = if colon.is_some() {
            signs.criteria && (ends_line || signs.unknown <= 4)
        } else {
            qualified(head, &signs)
        };
        if plain && (signs.criteria || (signs.count <= 3 && is_noun(head)))
            || reaches && (ends_line || !marked)
        {
            return found(Some(kind), true, plain);
        }
        if plain && colon.is_some() {
            return found(Some(kind), false, plain);
        }
    }
    colon?;
    if ends_line
        && (signs.exclusion || signs.not_eligible)
        && (signs.not_eligible || !signs.inclusion)
    {
        return found(Some(ItemKind::Exclusion), false, false);
    }
    if marked {
        return None;
    }
    if ends_line && (signs.inclusion || signs.eligible) && !negation::opens_with_negation(head) {
        return found(Some(ItemKind::Inclusion), false, false);
    }
    let label = ends_line || (capitals && signs.count <= 5 && head.len() >= 6);
    if label {
        found(None, false, false)
    } else {
        None
    }
}

/// Whether the line can hold a word for one side: most lines cannot, and are spared the reading of their words.
fn may_be_side(line: &str) -> bool {
    let opening = &line.as_bytes()[..line.len().min(HEADING_LENGTH)];
    !opening.is_ascii()
        || opening.windows(3).any(|letters| {
            letters[1].eq_ignore_ascii_case(&b'l')
                && matches!(letters[0] | 0x20, b'c' | b'k' | b'h' | b'e' | b'x')
                && matches!(letters[2] | 0x20, b'u' | b'i' | b'c')
        })
}

/// What follows a heading's colon, without the end of its emphasis ("**Inclusion:** adults"); a bullet stays.
fn after_colon(rest: &str) -> &str {
    let rest = rest.trim_start();
    rest.strip_prefix("**").unwrap_or(rest).trim_start()
}

/// "--Disease Characteristics-- Proven gout": the label between double dashes, and the rest.
pub(super) fn between_dashes(line: &str) -> Option<(&str, &str)> {
    let label = line.strip_prefix("--")?;
    let window = &label[..floor(label, label.len().min(DASHED_LENGTH))];
    let end = window
        .find("--")
        .filter(|end| *end > 2 && window.starts_with(char::is_uppercase))?;
    Some((&line[..end + 4], label[end + 2..].trim_start()))
}

/// The colon that ends a heading: the first one, unless it is far away or stands in a ratio or an address.
fn colon(line: &str) -> Option<(usize, usize)> {
    let mut end = line.len().min(HEADING_LENGTH);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    let (at, mark) = line[..end]
        .char_indices()
        .find(|(_, character)| matches!(character, ':' | '：'))?;
    let after = &line[at + mark.len_utf8()..];
    let before = &line[..at];
    let inside = after.starts_with(|next: char| next.is_ascii_digit() || next == '/')
        && before
            .ends_with(|previous: char| previous.is_ascii_digit() || previous.is_ascii_lowercase())
        && !before.ends_with("riteria");
    (!inside).then_some((at, mark.len_utf8()))
}

/// A heading without a colon: the whole of a short line, "Exclusion criteria - none", "Exclusion Criteria Any pain".
fn split_without_colon(line: &str) -> Option<(&str, &str)> {
    let mut seen_criteria = None;
    let mut count = 0;
    for word in words(line).take(WORDS_WITHOUT_COLON + 1) {
        count += 1;
        if word.lower().starts_with("crit") || word.lower().ends_with("kriterien") {
            seen_criteria = Some(word.end());
            break;
        }
    }
    if let Some(end) = seen_criteria {
        let after = line[end..].trim_start();
        let dash = after.starts_with(['-', '–', '—']);
        let known = signs(&line[..end]).unknown == 0;
        let opens_line = count == 2 && line.starts_with(char::is_uppercase);
        if known
            && (dash && after.len() > 1
                || opens_line && after.starts_with(char::is_uppercase) && line.len() > 60)
        {
            return Some((&line[..end], after.trim_start_matches(is_ornament)));
        }
        // "Exclusion criteria include gout and ..."
        if known
            && opens_line
            && let Some(verb) = words(after).next()
            && matches!(
                verb.lower(),
                "include" | "includes" | "included" | "are" | "were"
            )
        {
            return Some((
                &line[..line.len() - after.len() + verb.end()],
                after[verb.end()..].trim_start(),
            ));
        }
        // "Exclusion criteria (any of these)", "Exclusion criteria for those who have the scan"
        let qualifier = after.starts_with(['(', '（']) && after.ends_with([')', '）'])
            || words(after)
                .next()
                .is_some_and(|word| word.lower() == "for")
                && !after.ends_with('.');
        if known && opens_line && qualifier && line.len() <= HEADING_LENGTH {
            return Some((line, ""));
        }
    }
    let whole = line.len() <= HEADING_LENGTH
        && words(line).take(WORDS_WITHOUT_COLON + 1).count() <= WORDS_WITHOUT_COLON;
    whole.then_some((line, ""))
}

/// Without a colon a heading may carry only qualifiers that follow ("Inclusion criteria for cases") or go before it in capitals.
fn qualified(head: &str, signs: &Signs) -> bool {
    if !signs.criteria || signs.unknown == 0 {
        return signs.criteria;
    }
    if starts_with_side(head) {
        return head.starts_with(char::is_uppercase) && !head.ends_with(['.', ',', ';']);
    }
    signs.unknown <= 3
        && head.starts_with(char::is_uppercase)
        && (head.ends_with(" criteria")
            || head.ends_with(" Criteria")
            || head.ends_with(" CRITERIA"))
}

fn starts_with_side(head: &str) -> bool {
    words(head)
        .next()
        .is_some_and(|word| is_inclusion(word.lower()) || is_exclusion(word.lower()))
}

/// "Inclusion", "EXCLUSIONS", "Key exclusion": a part of its own; "Excluded", "Included" only within one.
fn is_noun(head: &str) -> bool {
    words(head).any(|word| {
        matches!(
            word.lower(),
            "inclusion" | "inclusions" | "exclusion" | "exclusions"
        )
    })
}

fn signs(head: &str) -> Signs {
    let mut signs = Signs::default();
    // Words that an earlier "not" still reaches: "not yet be considered eligible".
    let mut negated = 0_u8;
    for word in words(head) {
        let lower = word.lower();
        let lower = lower.strip_prefix("d'").unwrap_or(lower);
        signs.count += 1;
        negated = negated.saturating_sub(1);
        signs.criteria |= lower.contains("riteri");
        if is_exclusion(lower) {
            if negated > 0 {
                signs.about = true;
            } else {
                signs.exclusion = true;
            }
        } else if is_inclusion(lower) && !(signs.exclusion && lower == "included") {
            // "Exclusion criteria included ..." is a verb.
            if negated > 0 {
                signs.exclusion = true;
            } else {
                signs.inclusion = true;
            }
        } else if lower.starts_with("crit")
            || lower.starts_with("crti")
            || lower.ends_with("kriterien")
        {
            signs.criteria = true;
        } else {
            match lower {
                "not" | "non" | "cannot" | "can't" | "unable" | "never" | "no" => negated = 5,
                "eligible" | "eligibility" | "qualify" | "participate" | "enrolled" | "join"
                | "enter" => {
                    if negated > 0 {
                        signs.not_eligible = true;
                    } else {
                        signs.eligible |= lower.starts_with("eligib");
                    }
                }
                "unless" => signs.not_eligible = true,
                "allowed" | "permitted" | "required" | "must" if negated == 0 => {
                    signs.permits = true;
                }
                "meet" | "meets" | "meeting" | "met" | "fulfil" | "fulfill" | "fulfilling"
                | "fulfills" | "satisfy" | "satisfies" | "satisfying" | "apply" | "applies"
                | "see" | "per" | "considered" | "constitute" | "violate" | "violates" => {
                    signs.about = true;
                }
                _ => {}
            }
            signs.unknown += usize::from(!is_standard(lower) && lower.parse::<u8>().is_err());
        }
    }
    signs
}

/// Headings of languages without word breaks.
fn cjk(head: &str) -> Option<ItemKind> {
    if head.is_ascii() || head.chars().count() > 16 {
        return None;
    }
    let has = |phrases: &[&str]| phrases.iter().any(|phrase| head.contains(phrase));
    let exclusion = has(&[
        "排除标准",
        "排除標準",
        "剔除标准",
        "排除条件",
        "除外基準",
        "除外规准",
        "제외기준",
        "제외 기준",
    ]);
    let inclusion = has(&[
        "入选标准",
        "纳入标准",
        "入组标准",
        "納入標準",
        "入選標準",
        "納入條件",
        "選択基準",
        "適格基準",
        "선정기준",
        "선정 기준",
    ]);
    match (inclusion, exclusion) {
        (true, true) => Some(ItemKind::Criterion),
        (true, false) => Some(ItemKind::Inclusion),
        (false, true) => Some(ItemKind::Exclusion),
        _ => None,
    }
}

/// Words in capitals, at least two of them or one long one: a heading even without a colon.
pub(super) fn is_capitals(text: &str) -> bool {
    let mut letters = 0;
    for character in text.chars() {
        if character.is_lowercase() {
            return false;
        }
        letters += usize::from(character.is_ascii_uppercase());
    }
    letters >= 6
}

/// What may stand around a heading without belonging to it: spaces, emphasis, Markdown's hashes, a dash.
fn is_ornament(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '*' | '#' | '_' | '=' | '\\' | '-' | '–' | '—' | '"' | '【' | '】'
        )
}

/// The character boundary at or before `at`.
pub(super) fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use ItemKind::{Criterion, Exclusion, Inclusion};

    fn check(line: &str, opens: Option<ItemKind>, strong: bool, rest: &str) {
        let found = heading(line, false).unwrap_or_else(|| panic!("no heading: {line}"));
        assert_eq!(
            (found.opens, found.strong, found.rest),
            (opens, strong, rest),
            "{line}"
        );
    }

    #[test]
    fn sides() {
        for line in [
            "Inclusion Criteria:",
            "INCLUSION",
            "**Inclusion**",
            "## Inclusion criteria",
            "Inclusion criteria for cases",
            "Key Inclusion Criteria:",
            "Criteria for inclusion",
            "Critères d'inclusion :",
            "Criterios de inclusión:",
            "Einschlusskriterien",
            "入选标准：",
            "Sub-study B, phase 2 only, inclusion criteria:",
        ] {
            check(line, Some(Inclusion), true, "");
        }
        for line in [
            "Exclusion criteria :",
            "Exclusions:",
            "Non-inclusion criteria:",
            "Critères de non-inclusion",
            "Patient Exclusion Criteria",
            "EXCLUSION CRITERIA - Cohort 2",
            "排除标准:",
        ] {
            check(
                line,
                Some(Exclusion),
                true,
                if line.contains(" - ") { "Cohort 2" } else { "" },
            );
        }
        check(
            "Inclusion and Exclusion Criteria:",
            Some(Criterion),
            true,
            "",
        );
        check("Exclusion Criteria: none", Some(Exclusion), true, "none");
        check("Exclusion Criteria- none", Some(Exclusion), true, "none");
        check("Excluded:", Some(Exclusion), false, "");
        check(
            "Excluded within 2 weeks of entry:",
            Some(Exclusion),
            false,
            "",
        );
        check(
            "Patients with any of these are excluded:",
            Some(Exclusion),
            false,
            "",
        );
        check(
            "You will not be eligible for this study if you:",
            Some(Exclusion),
            false,
            "",
        );
        check(
            "You may be eligible for this study if you:",
            Some(Inclusion),
            false,
            "",
        );
        check("--Patient Characteristics-- Adults", None, false, "Adults");
        check("Hepatic:", None, false, "");
        check(
            "DISEASE CHARACTERISTICS: Proven sarcoma",
            None,
            false,
            "Proven sarcoma",
        );
    }

    #[test]
    fn no_heading() {
        for line in [
            "Does not meet the inclusion criteria",
            "Meets all inclusion criteria of the main study",
            "Inclusion of women and minorities",
            "Age: over 18",
            "Other exclusion criteria may apply.",
            "Ratio of 2:1",
        ] {
            assert_eq!(heading(line, false), None, "{line}");
        }
    }
}
