//! Laws that hold for any text and any pattern.
use proptest::prelude::*;
use trialfind::analysis::{Analyzer, OwnedToken};
use trialfind::passage::{
    Alternative, Concept, Highlight, Limits, Pattern, Shape, Term, Text, highlights, passages,
};

/// Words and stops with spaces between.
fn spaced() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "pain", "back", "of", "the", "A", "1", "1.", "pain.", "the.", "Back", "PD-1", "* ", "\n",
        "\n\n", "disc.", "of:", "non",
    ]);
    prop::collection::vec(words, 0..30).prop_map(|words| words.join(" "))
}

/// Text made of what the room has rules for, and of anything else.
fn text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "BM",
        "-",
        "MSC",
        "MSCs",
        " ",
        " ",
        " ",
        " ",
        "\n",
        "\n\n",
        ". ",
        ".",
        "* ",
        "1. ",
        ":",
        ";",
        "e.g. ",
        "non-",
        "HER2",
        "negative",
        "ER-",
        "pain",
        "painful",
        "back",
        "low",
        "stem",
        "cells",
        "Studies",
        "oedema",
        "haem",
        "mice",
        "men",
        "tumour",
        "sulphate",
        "'s",
        "\u{2019}s",
        "é",
        "β",
        "Université",
        "ﬁbre",
        "\u{ad}",
        "\u{301}",
        "患者",
        "。",
        "IL",
        "6",
        "16",
        "\u{2265}",
        "®",
        "(",
        ")",
        "x",
        "T",
        "CAR",
        "DCs",
    ]);
    prop_oneof![
        4 => prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
    ]
}

fn tokens(text: &str) -> Vec<OwnedToken> {
    let mut out = Vec::new();
    Analyzer::new().tokens(text, &mut |token| out.push(token.into()));
    out
}

/// A pattern of terms that stand in `from`, as words, phrases and prefixes, by the numbers in `picks`.
fn pattern(from: &str, picks: &[(usize, usize, bool)]) -> Pattern {
    let tokens = tokens(from);
    let term = |t: &OwnedToken, first: u32| Term {
        term: t.term.clone(),
        offset: t.position.saturating_sub(first),
    };
    let concept = |&(at, count, prefix): &(usize, usize, bool)| {
        let at = at % tokens.len().max(1);
        let run = &tokens[at.min(tokens.len())..(at + count).min(tokens.len())];
        let terms: Vec<Term> = run.iter().map(|t| term(t, run[0].position)).collect();
        let (alternatives, arrangements) = match prefix && !terms.is_empty() {
            true => (Vec::new(), vec![crate::searched::open(terms)]),
            false => (vec![Alternative { terms, weight: 1.0 }], Vec::new()),
        };
        Concept {
            alternatives,
            arrangements,
            fields: vec![0],
            weight: at as f32,
        }
    };
    Pattern::new(picks.iter().map(concept).collect())
}

fn sound(text: &str, marks: &[Highlight]) -> Result<(), TestCaseError> {
    let mut at = 0;
    for mark in marks {
        prop_assert!(at <= mark.start && mark.start < mark.end && mark.end <= text.len());
        prop_assert!(text.is_char_boundary(mark.start) && text.is_char_boundary(mark.end));
        at = mark.end;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn spans_are_sound(text in text(), other in text(), picks in prop::collection::vec((0usize..60, 1usize..4, any::<bool>()), 0..6), longest in 0usize..90) {
        let pattern = pattern(&text, &picks);
        let mut analyzer = Analyzer::new();
        sound(&text, &highlights(&text, 0, &pattern, &mut analyzer))?;
        let texts = [Shape::Whole, Shape::Prose].map(|shape| [&text, &other].map(|text| Text { field: 0, text, shape })).concat();
        let limits = Limits { longest, per_field: 9, passages: 9, ..Limits::default() };
        let found = passages(&texts, &pattern, &mut analyzer, &limits);
        for passage in &found {
            sound(&passage.text, &passage.highlights)?;
            prop_assert!(!passage.highlights.is_empty());
            let one_match = passage.highlights.iter().any(|mark| passage.text[mark.start..mark.end].chars().count() >= longest.min(40));
            prop_assert!(passage.text.chars().count() <= longest || one_match, "{passage:?}");
        }
        prop_assert_eq!(&found, &passages(&texts, &pattern, &mut analyzer, &limits));
    }

    /// What is highlighted is what matched, and all of it: a term is marked exactly where a token equals it.
    #[test]
    fn marks_are_the_tokens(text in text(), pick in 0usize..60) {
        let tokens = tokens(&text);
        if let Some(picked) = tokens.get(pick % tokens.len().max(1)) {
            let term = Term { term: picked.term.clone(), offset: 0 };
            let concept = Concept { alternatives: vec![Alternative { terms: vec![term], weight: 1.0 }], arrangements: Vec::new(), fields: vec![0], weight: 1.0 };
            let marks = highlights(&text, 0, &Pattern::new(vec![concept]), &mut Analyzer::new());
            for token in tokens.iter().filter(|t| t.term == picked.term && !t.bytes.is_empty()) {
                prop_assert!(marks.iter().any(|m| m.start <= token.bytes.start && token.bytes.end <= m.end), "`{}` lost in {text:?}", picked.term);
            }
            for mark in &marks {
                prop_assert!(tokens.iter().any(|t| t.term == picked.term && t.bytes.start == mark.start), "{mark:?}");
            }
        }
    }

    /// Where a text matches at all, there is a passage that shows it, of whatever shape it is.
    #[test]
    fn no_match_without_a_passage(text in prop_oneof![text().prop_map(|t| (t, 1)), (spaced(), 1usize..3)], pick in 0usize..60, prose in any::<bool>()) {
        let (text, count) = text;
        let pattern = pattern(&text, &[(pick, count, false)]);
        let mut analyzer = Analyzer::new();
        let marks = highlights(&text, 0, &pattern, &mut analyzer);
        let shape = if prose { Shape::Prose } else { Shape::Whole };
        let found = passages(&[Text { field: 0, text: &text, shape }], &pattern, &mut analyzer, &Limits::default());
        prop_assert_eq!(marks.is_empty(), found.is_empty(), "{:?}", text);
    }
}
