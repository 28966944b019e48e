//! Words as written beside their terms: how `cells`, whose term is `cell`, is a term of its own.
//!
//! An index holds, at the place of a word, its term and, only if the word is written otherwise, [`exact_term`] of the word. So
//! "cells" as written is one term, and "cell" as written is the term `cell` wherever no other form of it stands.

use super::stem::{exceptions, term_of};

/// What the terms of words as written begin with. No word begins with it, and nothing sorts between it and letters that would
/// be one, so whoever reads the terms of a field in order passes over them at once ([`is_word_term`]).
pub const EXACT_MARK: char = '=';

/// The term of a word as written, folded as [`Token::exact`](super::Token::exact) is.
pub fn exact_term(exact: &str) -> String {
    format!("{EXACT_MARK}{exact}")
}

/// Whether a term of the index is that of words, and neither of a word as written nor a mark.
pub fn is_word_term(term: &str) -> bool {
    !term.starts_with(|c: char| c == EXACT_MARK || c.is_control())
}

/// The term that a word as written has, folded.
pub fn term_of_form(exact: &str) -> String {
    term_of(exact)
}

/// Beginnings of all words, folded, that can have this term: its own first letters, as British spelling has them too, and
/// irregular words whole. Stems are cut at the end only.
pub fn forms_may_begin(term: &str) -> Vec<String> {
    let mut letters = term.chars();
    let (Some(first), second) = (letters.next(), letters.next()) else {
        return Vec::new();
    };
    let mut beginnings = match second {
        // The second letter of a short stem may be one that stemming changed: "i" of a word in y.
        Some(second) if term.chars().count() > 2 => vec![format!("{first}{second}")],
        _ => vec![first.to_string()],
    };
    if first == 'e' {
        beginnings.extend(["ae".to_owned(), "oe".to_owned()]);
    }
    if second == Some('i') {
        // dying, lying, tying
        beginnings.push(format!("{first}y"));
    }
    if second == Some('e') {
        beginnings.extend([format!("{first}ae"), format!("{first}oe")]);
    }
    let irregular = exceptions().filter(|(_, of)| *of == term);
    beginnings.extend(irregular.map(|(word, _)| word.to_owned()));
    beginnings
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every form that a test knows is among those that are looked through.
    #[test]
    fn forms_begin_as_said() {
        for word in [
            "cells",
            "therapy",
            "therapies",
            "oedema",
            "haemophilia",
            "faecal",
            "oestrogen",
            "mice",
            "disease",
            "tumours",
            "aetiology",
            "is",
            "metastases",
            "women",
            "criteria",
            "coeliac",
            "dying",
            "lying",
            "tying",
            "skies",
            "skis",
        ] {
            let term = term_of_form(word);
            let beginnings = forms_may_begin(&term);
            assert!(
                beginnings
                    .iter()
                    .any(|beginning| word.starts_with(beginning)),
                "{word} {term} {beginnings:?}"
            );
        }
    }

    #[test]
    fn marks_are_no_words() {
        assert!(is_word_term("cell") && is_word_term("5"));
        assert!(!is_word_term(&exact_term("cells")) && !is_word_term("\u{1}"));
    }
}
