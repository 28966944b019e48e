//! Abbreviations with their long forms, as a text defines them: "mesenchymal stem cells (MSC)", "MSC (mesenchymal stem cells)".
//!
//! Schwartz AS, Hearst MA: A simple algorithm for identifying abbreviation definitions in biomedical text. Pacific Symposium on
//! Biocomputing 2003, 451-462. From the right, each letter of the short form is looked for in the words before the
//! parenthesis; the first one has to begin a word. What is stricter here is said where it is done: a text is read once, and
//! nobody looks at its pairs before they are counted.
use super::fold::{greek_name, is_hyphen, is_word};
use super::stop_words::is_stop_surface;

/// A short form with its long form, both as the text writes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Abbreviation<'t> {
    /// The short form: MSCs.
    pub short: &'t str,
    /// The long form: mesenchymal stem cells.
    pub long: &'t str,
}

/// Characters of a short form (the paper's 2 to 10).
const SHORT: std::ops::RangeInclusive<usize> = 2..=10;

/// Bytes between two parentheses beyond which it is an aside and defines nothing.
const LONGEST_ASIDE: usize = 160;

/// Bytes before a parenthesis that are looked at: more than fifteen words.
const LONGEST_BEFORE: usize = 240;

/// Gives every definition of `text` to `sink`, in order, repeated ones again.
pub fn abbreviations<'t>(text: &'t str, sink: &mut dyn FnMut(Abbreviation<'t>)) {
    for open in memchr::memchr_iter(b'(', text.as_bytes()) {
        let inside = &text[open + 1..floor(text, open + 1 + LONGEST_ASIDE)];
        let Some(close) = memchr::memchr2(b')', b'(', inside.as_bytes()) else {
            continue;
        };
        if !inside[close..].starts_with(')') {
            continue;
        }
        let inside = inside[..close].trim();
        let before =
            || sentence_end(&text[ceiling(text, open.saturating_sub(LONGEST_BEFORE))..open]);
        // "(MSC; see below)", "(MSC, n = 20)"
        let first = inside.split([';', ',']).next().unwrap_or_default().trim();
        if is_short(first)
            && let Some(long) = long_form(first, before())
        {
            sink(Abbreviation { short: first, long });
            continue;
        }
        let is_long = inside.len() > *SHORT.end() || inside.contains(char::is_whitespace);
        if is_long && may_end_short(&text[..open]) {
            let before = before();
            let word = before
                .rsplit(|c: char| c.is_whitespace() || matches!(c, ',' | '"' | '\u{201c}' | '/'))
                .next()
                .unwrap_or_default();
            if is_short(word)
                && capitals(word) >= 2
                && let Some(long) = long_form(word, inside)
                // Nothing of the aside may be left over, or it only happens to have the letters.
                && long.len() + 4 >= inside.len()
            {
                sink(Abbreviation { short: word, long });
            }
        }
    }
}

/// Whether it may be a short form: one or two words of 2 to 10 characters with a letter, of which the first is a letter or
/// digit (the paper). Stricter: two capitals or digits, or a capital before one or two small letters (Hb, IgG), since "(n = 20)"
/// and "(placebo)" are in every record.
fn is_short(text: &str) -> bool {
    if text.len() > SHORT.end() * 4 || !text.starts_with(is_word) {
        return false;
    }
    let length = text.chars().count();
    SHORT.contains(&length)
        && text.split_whitespace().count() <= 2
        && text.chars().any(char::is_alphabetic)
        && text
            .chars()
            .all(|c| is_word(c) || is_hyphen(c) || matches!(c, ' ' | '/' | '.' | '&' | '+' | '\''))
        && (capitals(text) >= 2 || (length <= 3 && text.starts_with(char::is_uppercase)))
        && text.chars().any(char::is_uppercase)
}

fn capitals(text: &str) -> usize {
    text.chars()
        .filter(|c| c.is_uppercase() || c.is_ascii_digit())
        .count()
}

/// Whether the text before a parenthesis may end with a short form. Most do not, and this is quickly seen.
fn may_end_short(before: &str) -> bool {
    let before = before.trim_end().chars().rev().take(LONGEST_BEFORE);
    let word = before.take_while(|c| !c.is_whitespace());
    let mut capitals = word.filter(|c| c.is_uppercase() || c.is_ascii_digit());
    capitals.nth(1).is_some()
}

/// What of the words before a parenthesis is in the same sentence, without white space at its end.
fn sentence_end(before: &str) -> &str {
    let start = before
        .rmatch_indices(['\n', ';', ')', '('])
        .next()
        .map_or(0, |(place, _)| place + 1);
    let before = &before[start..];
    let start = before
        .rmatch_indices(". ")
        .next()
        .map_or(0, |(place, _)| place + 2);
    before[start..].trim()
}

/// The shortest stretch at the end of `before` that begins with a word and has the letters of `short` in their order.
fn long_form<'t>(short: &str, before: &'t str) -> Option<&'t str> {
    let letters = short_letters(singular(short));
    let mut text = before.char_indices().rev().peekable();
    let mut start = before.len();
    for (number, letter) in letters.char_indices().rev() {
        loop {
            let (place, c) = text.next()?;
            if lower(c) == letter
                && (number > 0 || text.peek().is_none_or(|(_, left)| !is_word(*left)))
            {
                start = place;
                break;
            }
        }
    }
    let long = before[start..].trim_end_matches(|c: char| !is_word(c));
    is_long(&letters, long).then_some(long)
}

/// Whether a long form is one of a short form with n letters: at most min(n + 5, 2n) words and longer than it (the
/// paper), without it, without a lone stop word for a beginning letter pair; and one letter in two begins a word, so that words
/// that only happen to have the letters do not count.
fn is_long(short: &str, long: &str) -> bool {
    let letters = short.chars().count();
    let words: Vec<&str> = long
        .split(|c: char| !is_word(c) && c != '\'' && c != '\u{2019}')
        .filter(|word| !word.is_empty())
        .collect();
    let most = (letters + 5).min(letters * 2);
    if words.is_empty() || words.len() > most || long.chars().count() <= short.len() + 1 {
        return false;
    }
    let folded = long.to_lowercase();
    let own = |word: &&&str| word.to_lowercase() == *short;
    if words.iter().find(own).is_some() {
        return false;
    }
    let content = words
        .iter()
        .filter(|word| !is_stop_surface(&word.to_lowercase()))
        .count();
    // Initials: a letter of the short form for each of half its words at least, in order.
    let mut initials = 0;
    let mut rest = short.chars();
    for word in folded
        .split(|c: char| !is_word(c))
        .filter_map(|word| word.chars().next())
    {
        let mut ahead = rest.clone();
        if ahead.any(|c| c == word) {
            rest = ahead;
            initials += 1;
        }
    }
    let one_word = words.len() == 1 && letters <= 4;
    content > 0 && (initials * 2 >= letters || one_word)
}

fn short_letters(short: &str) -> String {
    short.chars().filter(|c| is_word(*c)).map(lower).collect()
}

/// Without the s of a plural: the letters of "MSCs" are those of MSC.
fn singular(short: &str) -> &str {
    short
        .strip_suffix('s')
        .filter(|rest| rest.ends_with(char::is_uppercase) && rest.chars().count() >= 2)
        .unwrap_or(short)
}

/// In lower case; of a Greek letter the letter that its name begins with: the last one of TNF-α is an a.
fn lower(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let greek = greek_name(c).and_then(|name| name.chars().next());
    greek.or_else(|| c.to_lowercase().next()).unwrap_or(c)
}

/// The last character boundary up to a place.
fn floor(text: &str, place: usize) -> usize {
    (0..=place.min(text.len()))
        .rev()
        .find(|place| text.is_char_boundary(*place))
        .unwrap_or(0)
}

/// The first character boundary from a place on.
fn ceiling(text: &str, place: usize) -> usize {
    (place..=text.len())
        .find(|place| text.is_char_boundary(*place))
        .unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[(&str, &str)]) {
        let mut found = Vec::new();
        abbreviations(text, &mut |pair| found.push((pair.short, pair.long)));
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn definitions() {
        check(
            "Autologous mesenchymal stem cells (MSCs) are given.",
            &[("MSCs", "mesenchymal stem cells")],
        );
        check(
            "MSC (mesenchymal stromal cells) injection",
            &[("MSC", "mesenchymal stromal cells")],
        );
        check(
            "the Oswestry Disability Index (ODI), the Visual Analogue Scale (VAS; 0-100)",
            &[
                ("ODI", "Oswestry Disability Index"),
                ("VAS", "Visual Analogue Scale"),
            ],
        );
        check(
            "quality of life (QoL) and glycated hemoglobin (HbA1c)",
            &[("QoL", "quality of life")],
        );
        check(
            "tumour necrosis factor alpha (TNF-\u{3b1}) and hemoglobin (Hb)",
            &[
                ("TNF-\u{3b1}", "tumour necrosis factor alpha"),
                ("Hb", "hemoglobin"),
            ],
        );
        check(
            "Acute Respiratory Distress Syndrome (ARDS)",
            &[("ARDS", "Acute Respiratory Distress Syndrome")],
        );
        check("interleukin-6 (IL-6)", &[("IL-6", "interleukin-6")]);
        check("5-fluorouracil (5-FU)", &[("5-FU", "5-fluorouracil")]);
        check(
            "human umbilical cord-derived MSC (hUC-MSC)",
            &[("hUC-MSC", "human umbilical cord-derived MSC")],
        );
    }

    #[test]
    fn what_defines_nothing() {
        for text in [
            "patients (n = 20)",
            "Placebo (saline)",
            "age (18 to 65)",
            "men (Group A) and women",
            "an open (",
            "((((",
            "\u{e9}\u{e9} (\u{3b2}",
            "See the protocol (Appendix).",
            "MSC (see the chapter on how cells are made)",
        ] {
            check(text, &[]);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "[ A-Za-z().;\u{e9}\u{3b2}\n-]{0,80}") {
            abbreviations(&text, &mut |pair| {
                assert!(text.contains(pair.short) && text.contains(pair.long));
            });
        }
    }
}
