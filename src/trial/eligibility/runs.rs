//! Lists that lost their line breaks: "1. Adults 2. No earlier surgery", "Adults; stable weight; ...". Splits only
//! where it is clearly a list, and drops nothing but the separators.

use memchr::memmem;

use super::marker::{Class, Marker, marker};
use super::vocabulary::is_before_value;
use super::words::words;

/// A piece of a run: the marker it was typed with, and its text.
pub(super) type Piece<'a> = (Option<&'a str>, &'a str);

/// Splits the text of a block. `alone`: nothing else stands in its part of the criteria, so the text is the whole list;
/// `next_number`: the number of the block that follows.
pub(super) fn split<'a>(
    text: &'a str,
    typed: Option<Marker<'a>>,
    alone: bool,
    next_number: Option<u32>,
) -> Vec<Piece<'a>> {
    let (typed, text) = match typed {
        Some(typed) => (Some(typed), text),
        None => match marker(text, None) {
            Some(found) if alone => (Some(found), &text[found.end..]),
            _ => (None, text),
        },
    };
    let first = typed.map(|marker| marker.text);
    if let Some(Marker {
        class: Class::Number(closer),
        number: Some(number),
        ..
    }) = typed
        && next_number != Some(number + 1)
    {
        let pieces = numbered(text, first, number, closer);
        let reaches_next = next_number.is_some_and(|next| {
            pieces.len() > 1
                && u32::try_from(pieces.len()).is_ok_and(|count| number + count == next)
        });
        if pieces.len() > 2
            || reaches_next
            || pieces.len() == 2 && (alone || number == 1 && next_number.is_none())
        {
            return pieces;
        }
    }
    if memmem::find(text.as_bytes(), "•".as_bytes()).is_some_and(|at| at > 0) {
        return text
            .split('•')
            .enumerate()
            .map(|(index, piece)| (if index == 0 { first } else { Some("•") }, piece))
            .collect();
    }
    if alone {
        if let Some(Marker {
            class: Class::Bullet(bullet),
            ..
        }) = typed
        {
            return bulleted(text, first, bullet);
        }
        if typed.is_none() {
            let pieces = by_semicolon(text);
            if pieces.len() > 2 {
                return pieces;
            }
        }
    }
    vec![(first, text)]
}

/// `text` is item `number`; the next ones follow in it in order.
fn numbered<'a>(
    text: &'a str,
    first: Option<&'a str>,
    number: u32,
    closer: char,
) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut typed = first;
    let mut number = number;
    'items: while number < 200 {
        number += 1;
        let needle = if closer == '(' {
            format!("({number})")
        } else {
            format!("{number}{closer}")
        };
        let mut from = start;
        while let Some(offset) = memmem::find(&text.as_bytes()[from..], needle.as_bytes()) {
            let at = from + offset;
            let end = at + needle.len();
            if opens_item(&text[start..at], &text[end..]) {
                pieces.push((typed, &text[start..at]));
                typed = Some(&text[at..end]);
                start = end;
                continue 'items;
            }
            from = end;
        }
        break;
    }
    pieces.push((typed, &text[start..]));
    pieces
}

/// Whether a number between these two texts is a marker rather than a value ("grade 1 or 2. Patients ...").
fn opens_item(before: &str, after: &str) -> bool {
    let trimmed = before.trim_end();
    if trimmed.len() == before.len() && !before.ends_with(['.', ';', ',']) {
        return false;
    }
    let text = after.trim_start();
    let Some(next) = text.chars().next() else {
        return false;
    };
    if next.is_ascii_digit() && text.len() == after.len() {
        return false;
    }
    let mut window = trimmed.len().saturating_sub(16);
    while !trimmed.is_char_boundary(window) {
        window += 1;
    }
    let ended = trimmed.ends_with(['.', ';', ',', ':', ')', '。', '；', '，']);
    if !ended
        && words(&trimmed[window..])
            .last()
            .is_some_and(|word| is_before_value(word.lower()))
    {
        return false;
    }
    ended || next.is_uppercase() || text.len() < after.len()
}

/// " - " between words; "18 - 65" stays.
fn bulleted<'a>(text: &'a str, first: Option<&'a str>, bullet: char) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut typed = first;
    for (at, character) in text
        .char_indices()
        .filter(|(_, character)| *character == bullet)
    {
        let end = at + character.len_utf8();
        let spaced = text[..at].ends_with(char::is_whitespace)
            && text[end..].starts_with(char::is_whitespace);
        let digit_before = text[..at]
            .trim_end()
            .ends_with(|before: char| before.is_ascii_digit());
        let digit_after = text[end..]
            .trim_start()
            .starts_with(|after: char| after.is_ascii_digit());
        if at > start && spaced && !(digit_before && digit_after) {
            pieces.push((typed, &text[start..at]));
            typed = Some(&text[at..end]);
            start = end;
        }
    }
    pieces.push((typed, &text[start..]));
    pieces
}

fn by_semicolon(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut depth = 0_u32;
    for (at, character) in text.char_indices() {
        match character {
            '(' | '（' | '[' => depth += 1,
            ')' | '）' | ']' => depth = depth.saturating_sub(1),
            ';' | '；' if depth == 0 && !is_reference_end(&text[..at]) => {
                pieces.push((None, &text[start..at]));
                start = at + character.len_utf8();
            }
            _ => {}
        }
    }
    pieces.push((None, &text[start..]));
    pieces.retain(|(_, piece)| piece.contains(char::is_alphanumeric));
    pieces
}

/// Whether the semicolon after `text` ends a character reference (`&lt;`).
fn is_reference_end(text: &str) -> bool {
    let name = text
        .bytes()
        .rev()
        .take(8)
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'#')
        .count();
    name > 0 && text.as_bytes()[..text.len() - name].ends_with(b"&")
}

/// "Age: 18 and over Performance status: 0-2 ...": labels of the cancer registry's forms in one paragraph.
/// Empty when there are fewer than two.
pub(super) fn labelled(text: &str) -> Vec<&str> {
    let mut starts = Vec::new();
    for at in memchr::memchr_iter(b':', text.as_bytes()) {
        let found = LABELS.iter().find(|label| {
            let start = at.wrapping_sub(label.len());
            text.get(start..at)
                .is_some_and(|typed| typed.eq_ignore_ascii_case(label))
                && (start == 0 || text[..start].ends_with(char::is_whitespace))
                && text[start..].starts_with(char::is_uppercase)
        });
        if let Some(label) = found {
            starts.push(at - label.len());
        }
    }
    if starts.len() < 2 {
        return Vec::new();
    }
    let mut pieces = Vec::with_capacity(starts.len() + 1);
    let mut from = 0;
    for start in starts {
        if start > from {
            pieces.push(&text[from..start]);
        }
        from = start;
    }
    pieces.push(&text[from..]);
    pieces
}

/// Longer ones first where one ends another.
const LABELS: &[&str] = &[
    "Age",
    "Sex",
    "Menopausal status",
    "Hormone receptor status",
    "Performance status",
    "Life expectancy",
    "Hematopoietic",
    "Hepatic",
    "Renal",
    "Cardiovascular",
    "Pulmonary",
    "Neurologic",
    "Metabolic",
    "Other",
    "Biologic therapy",
    "Chemotherapy",
    "Endocrine therapy",
    "Radiotherapy",
    "Surgery",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, alone: bool, expected: &[&str]) {
        let found = marker(line, None);
        let start = found.map_or(0, |marker| marker.end);
        let pieces: Vec<&str> = split(&line[start..], found, alone, None)
            .into_iter()
            .map(|(_, text)| text.trim())
            .collect();
        assert_eq!(pieces, expected);
    }

    #[test]
    fn runs() {
        check(
            "1. Adults 2. Stable weight 3. Consent",
            false,
            &["Adults", "Stable weight", "Consent"],
        );
        check(
            "1. ECOG 0, 1, or 2. Patients in grade 3. too",
            false,
            &["ECOG 0, 1, or 2. Patients in grade 3. too"],
        );
        check(
            "(1) adults; (2) stable; (3) consent",
            false,
            &["adults;", "stable;", "consent"],
        );
        check(
            "- Adults aged 18 - 65 - Stable weight - Consent",
            true,
            &["Adults aged 18 - 65", "Stable weight", "Consent"],
        );
        check(
            "- Adults aged 18 - 65 - Stable weight",
            false,
            &["Adults aged 18 - 65 - Stable weight"],
        );
        check(
            "Adults; HbA1c (7; 9); consent",
            true,
            &["Adults", "HbA1c (7; 9)", "consent"],
        );
        check("Adults; BMI &lt; 30", true, &["Adults; BMI &lt; 30"]);
        check(
            "Adults • Stable • Consent",
            false,
            &["Adults", "Stable", "Consent"],
        );
    }

    #[test]
    fn labels() {
        assert_eq!(
            labelled("Age: 18 Performance status: 0-1 Other: no"),
            ["Age: 18 ", "Performance status: 0-1 ", "Other: no"]
        );
        assert_eq!(labelled("Age: 18"), Vec::<&str>::new());
    }
}
