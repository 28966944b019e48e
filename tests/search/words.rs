//! Random queries of the words that the records themselves use.
use std::collections::BTreeSet;
use std::sync::LazyLock;

use proptest::prelude::*;

use crate::TRIALS;

/// Every word of the searchable texts, as it is written there, without what the query language would read as a sign.
static WORDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let texts = TRIALS.values().flat_map(|trial| &trial.texts);
    let pieces = texts.flat_map(|(_, text)| text.split_whitespace());
    let words: BTreeSet<String> = pieces
        .map(|piece| {
            piece
                .trim_matches(|c: char| !c.is_alphanumeric())
                .to_owned()
        })
        .filter(|word| {
            word.chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '-' | '®' | '#'))
        })
        .filter(|word| !word.is_empty() && !["OR", "AND", "NOT"].contains(&word.as_str()))
        .collect();
    words.into_iter().collect()
});

/// One word of the records.
pub(crate) fn word() -> impl Strategy<Value = String> {
    any::<prop::sample::Index>().prop_map(|place| place.get(&WORDS).clone())
}

/// Some words side by side in a text of the records, `longest` at most.
pub(crate) fn run_of_words(longest: usize) -> impl Strategy<Value = String> {
    let place = any::<prop::sample::Index>;
    (place(), place(), place(), 1..=longest).prop_map(|(trial, text, start, length)| {
        let trials: Vec<_> = TRIALS.values().collect();
        let (_, text) = text.get(&trial.get(&trials).texts);
        let words: Vec<&str> = text.split_whitespace().collect();
        let start = start.index(words.len());
        let words = words[start..].iter().take(length);
        let words = words.map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
        let plain = words.filter(|word| {
            !["OR", "AND", "NOT", ""].contains(word)
                && word.chars().all(|c| c.is_alphanumeric() || c == '-')
        });
        plain.collect::<Vec<_>>().join(" ")
    })
}

/// A query: plain words from anywhere, words that stand together, the same as a phrase, alternatives, parts within parts.
pub(crate) fn query() -> impl Strategy<Value = String> {
    let plain = prop::collection::vec(word(), 1..4).prop_map(|words| words.join(" "));
    let either = prop::collection::vec(word(), 2..5).prop_map(|words| words.join(" OR "));
    let phrase = run_of_words(4).prop_map(|words| format!("\"{words}\""));
    let in_field = (
        prop::sample::select(vec![
            "title",
            "criteria",
            "exclusion",
            "location",
            "summary",
        ]),
        word(),
    )
        .prop_map(|(field, word)| format!("{field}:{word}"));
    let without = (word(), word()).prop_map(|(word, other)| format!("{word} -{other}"));
    let nested = (word(), word(), word(), word())
        .prop_map(|(a, b, c, d)| format!("({a} OR ({b} -{c})) OR ({c} {d}) OR {a}"));
    prop_oneof![
        plain,
        either,
        run_of_words(4),
        phrase,
        in_field,
        without,
        nested
    ]
    .prop_filter("only signs", |query| {
        query.chars().any(char::is_alphanumeric)
    })
}
