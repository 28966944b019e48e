//! Ways through the tokens of a text, and the two forms in which whole names are compared: by their terms, and as they are
//! typed. Knows nothing of what the names are names of.
use super::analyzer::Analyzer;
use super::fold::{is_apostrophe, is_invisible, is_mark, is_word, push_folded, recompose};
use super::stop_words::is_stop_word;
use super::token::OwnedToken;

/// Words in capitals from which a name is one written in capitals and no code: SARS COV is one.
const SHOUTED_WORDS: usize = 3;

/// The tokens that cover a text with as few as possible: at each place the one that covers most.
pub fn longest_path(
    tokens: &[OwnedToken],
    admits: impl Fn(&OwnedToken) -> bool,
) -> Vec<&OwnedToken> {
    let mut path: Vec<&OwnedToken> = Vec::new();
    let mut place = 0;
    loop {
        let next = tokens
            .iter()
            .filter(|token| token.position >= place && admits(token))
            .min_by_key(|token| (token.position, u32::MAX - token.positions));
        let Some(token) = next else { return path };
        place = token.position + token.positions;
        path.push(token);
    }
}

/// A name by its terms, a space between: BM-MSCs, BMMSC and "BM MSC" are `bmmsc`, "Low Back Pains" is `low back pain`.
/// Compounds and codes written apart go in as wholes. Empty for a text without words.
pub fn name_key(analyzer: &mut Analyzer, name: &str) -> String {
    // Old records have names all in capitals, of which short words would be taken for a code written apart.
    let shouted = !name.contains(char::is_lowercase)
        && name.split_whitespace().count() >= SHOUTED_WORDS
        && name.chars().any(char::is_uppercase);
    let lowered = shouted.then(|| name.to_lowercase());
    let name = lowered.as_deref().unwrap_or(name);
    // Most names are words that follow each other: the way through them is all of them.
    let mut key = String::new();
    let (mut next, mut is_plain) = (0, true);
    analyzer.tokens(name, &mut |token| {
        is_plain &= token.position >= next && token.positions == 1;
        if is_plain {
            if next > 0 {
                key.push(' ');
            }
            key.push_str(token.term());
            next = token.position + 1;
        }
    });
    if is_plain {
        return key;
    }
    let tokens = analyzer.analyze(name);
    let path = longest_path(&tokens, |_| true);
    let terms: Vec<&str> = path.iter().map(|token| token.term.as_str()).collect();
    terms.join(" ")
}

/// The [`name_key`] of a name without its function words, for what a plain query asks: it passes them over, so "quality of
/// life" is asked as `qualiti life`. Single letters stay: "hepatitis A" is not hepatitis.
pub fn content_key(analyzer: &mut Analyzer, name: &str) -> String {
    let key = name_key(analyzer, name);
    let terms: Vec<&str> = key
        .split(' ')
        .filter(|term| term.len() == 1 || !is_stop_word(term))
        .collect();
    terms.join(" ")
}

/// A name as it is typed from its first letter on: lower case, without accents, one space for whatever is neither letter nor
/// digit, nothing for an apostrophe. Unlike [`name_key`] it keeps endings, so that what is half typed is a beginning of it.
pub fn folded_name(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for c in name.chars() {
        if is_word(c) || is_mark(c) {
            push_folded(c, &mut folded);
        } else if !is_apostrophe(c) && !is_invisible(c) && !folded.ends_with(' ') {
            folded.push(' ');
        }
    }
    recompose(folded.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_meet_in_their_key() {
        let check = |names: &[&str], key: &str| {
            for name in names {
                assert_eq!(name_key(&mut Analyzer::new(), name), key, "{name}");
            }
        };
        check(&["BM-MSCs", "BMMSC", "BM MSC", "bm-msc"], "bmmsc");
        check(
            &["Low Back Pain", "low back pains", "LOW BACK PAIN"],
            "low back pain",
        );
        check(&["IL 6", "IL-6", "IL6"], "il6");
        check(&["", " - "], "");
    }

    #[test]
    fn folded_names_keep_their_endings() {
        let check = |name: &str, expect: &str| assert_eq!(folded_name(name), expect, "{name}");
        check("Osteoarthritis, Knee", "osteoarthritis knee");
        check("Alzheimer\u{2019}s Disease (AD)", "alzheimers disease ad");
        check("Sj\u{f6}gren's", "sjogrens");
        check("TGF-\u{3b2}1", "tgf \u{3b2}1");
        check(" -- ", "");
    }
}
