//! Laws that hold for any text.
#![expect(clippy::print_stdout, reason = "a skipped test says so")]
use std::collections::HashMap;

use proptest::prelude::*;
use trialfind::analysis::{Analyzer, LONGEST_WORD, OwnedToken, fingerprint};

/// Text made of what the analyzer has rules for, and of anything else.
fn text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "BM",
        "MSC",
        "MSCs",
        "IL",
        "6",
        "non",
        "Non-",
        "-",
        " ",
        " ",
        " ",
        "\n",
        "'s",
        "\u{2019}",
        "/",
        "+",
        ".",
        ",",
        "1,000",
        "0.5",
        "mg",
        "HER2",
        "negative",
        "naive",
        "\u{3b2}",
        "\u{3bc}g",
        "\u{2076}",
        "10",
        "\u{ae}",
        "\u{ad}",
        "\u{60a3}",
        "\u{0e01}\u{0e33}",
        "\u{301}",
        "\u{130}",
        "\u{fdfa}",
        "\u{1100}\u{1161}",
        "T",
        "alpha",
        "Phase",
        "A1c",
        "Hb",
        "CD34",
        "#",
        "_",
        "e.g.",
        "l'",
        "x",
        "THE",
        "tumour",
        "metastasis",
        "\u{bd}",
        "\u{2122}",
        "\u{200b}",
        "\u{2212}",
    ]);
    prop_oneof![
        prop::collection::vec(pieces, 0..40).prop_map(|v| v.concat()),
        any::<String>(),
        "\\PC{0,80}"
    ]
}

fn hold(text: &str, tokens: &[OwnedToken], positions: u32) {
    let mut last = 0;
    let mut by_term: HashMap<&str, u32> = HashMap::new();
    for token in tokens {
        assert!(
            text.get(token.bytes.clone()).is_some_and(|t| !t.is_empty()),
            "{token:?} in `{text}`"
        );
        assert!(
            !token.term.is_empty() && token.positions > 0,
            "{token:?} in `{text}`"
        );
        assert!(token.term.len() <= 4 * LONGEST_WORD, "{token:?}");
        assert!(
            token.position + token.positions <= positions,
            "{token:?} beyond {positions} in `{text}`"
        );
        assert!(
            token.position >= last || token.kind == trialfind::analysis::TokenKind::Joined,
            "{token:?} after {last} in `{text}`"
        );
        last = token.position;
        let before = by_term.insert(&token.term, token.position).unwrap_or(0);
        assert!(
            before <= token.position,
            "{token:?} after {before} in `{text}`"
        );
    }
    // Every position holds a token that begins there or covers it.
    for position in 0..positions {
        assert!(
            tokens
                .iter()
                .any(|t| (t.position..t.position + t.positions).contains(&position)),
            "nothing at {position} in `{text}`"
        );
    }
    // Tokens of one position each go through the text in order.
    let single: Vec<_> = tokens.iter().filter(|t| t.positions == 1).collect();
    assert!(
        single
            .windows(2)
            .all(|t| t[0].position == t[1].position || t[0].bytes.end <= t[1].bytes.start),
        "order in `{text}`: {tokens:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn tokens_are_sound_and_the_memo_changes_nothing(texts in prop::collection::vec(text(), 1..4)) {
        let mut warm = Analyzer::new();
        for text in texts.iter().chain(&texts) {
            let tokens = warm.analyze(text);
            hold(text, &tokens, warm.positions_used());
            prop_assert_eq!(&tokens, &Analyzer::new().analyze(text));
        }
    }

    /// Units are scanned some at a time.
    #[test]
    fn what_stands_far_before_a_text_changes_nothing(text in text(), before in 2..40_usize) {
        const WORD: &str = "word; ";
        let one_before = Analyzer::new().analyze(&format!("{WORD}{text}"));
        let many_before = Analyzer::new().analyze(&format!("{}{text}", WORD.repeat(before)));
        let tokens = moved(&one_before, before as u32 - 1, (before - 1) * WORD.len());
        prop_assert_eq!(&many_before[before - 1..], tokens);
    }
}

/// The tokens of a text that begins at a later position and byte.
fn moved(tokens: &[OwnedToken], positions: u32, bytes: usize) -> Vec<OwnedToken> {
    let move_one = |token: &OwnedToken| OwnedToken {
        position: token.position + positions,
        bytes: token.bytes.start + bytes..token.bytes.end + bytes,
        ..token.clone()
    };
    tokens.iter().map(move_one).collect()
}

/// More words than an analyzer remembers, in one text and line by line.
#[test]
fn a_memo_that_is_emptied_within_a_text_changes_nothing() {
    let word = |number: usize| -> String {
        let letter = |place: u32| char::from(b'a' + (number / 26_usize.pow(place) % 26) as u8);
        (0..4).map(letter).collect()
    };
    let lines: Vec<String> = (0..40_000)
        .step_by(10)
        .map(|first| {
            let words: Vec<String> = (first..first + 10).map(word).collect();
            format!(
                "{} HER2- non late {} IL 6;\n",
                words[..5].join(" "),
                words[5..].join(" ")
            )
        })
        .collect();
    let (mut expect, mut positions, mut bytes) = (Vec::new(), 0, 0);
    let mut analyzer = Analyzer::new();
    for line in &lines {
        expect.extend(moved(&analyzer.analyze(line), positions, bytes));
        positions += analyzer.positions_used();
        bytes += line.len();
    }
    let tokens = Analyzer::new().analyze(&lines.concat());
    assert!(
        tokens == expect,
        "{} and {} tokens",
        tokens.len(),
        expect.len()
    );
}

/// Found by the law above: Greek letters and a dotted capital between two negations.
#[test]
fn negations_among_greek_letters_keep_the_laws() {
    let text = "BM\u{3b2}mgNon-\u{130}\u{3bc}g\u{3b2}Non-negative\u{bd}";
    let mut analyzer = Analyzer::new();
    let tokens = analyzer.analyze(text);
    hold(text, &tokens, analyzer.positions_used());
    assert_eq!(tokens, analyzer.analyze(text));
}

/// Every text of real records at hand: the folders of `TRIALFIND_SHARED`.
#[test]
fn real_text_keeps_the_laws() {
    let shared = std::env::var("TRIALFIND_SHARED").unwrap_or_else(|_| "../shared".to_owned());
    let mut analyzer = Analyzer::new();
    let mut texts = 0;
    for folder in ["seeds", "data/samples"] {
        let Ok(entries) = std::fs::read_dir(std::path::Path::new(&shared).join(folder)) else {
            println!("skipped: no folder `{folder}` under `{shared}`");
            continue;
        };
        for path in entries
            .filter_map(Result::ok)
            .map(|e| e.path())
            .filter(|p| p.is_file())
        {
            let Ok(text) = std::fs::read_to_string(&path) else {
                continue;
            };
            for line in text.lines() {
                let tokens = analyzer.analyze(line);
                hold(line, &tokens, analyzer.positions_used());
            }
            texts += 1;
        }
    }
    println!("{texts} files");
}

#[test]
fn the_fingerprint_is_the_same_in_every_run() {
    assert_eq!(fingerprint(), fingerprint());
    assert_ne!(fingerprint(), 0);
}
