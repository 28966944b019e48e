//! `src/analysis/equal.toml`, each line of it: what is promised to be equal is, whichever is written and whichever is asked.
use serde::Deserialize;
use trialfind::analysis::Analyzer;

use crate::tables::{apart, spanning};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    group: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    about: String,
    same: Vec<Vec<String>>,
    #[serde(default)]
    apart: Vec<[String; 2]>,
}

/// The words of a text at their positions.
fn words(text: &str) -> Vec<(String, u32, u32)> {
    let tokens = Analyzer::new().analyze(text).into_iter();
    tokens
        .map(|token| (token.term, token.position, token.positions))
        .collect()
}

#[test]
fn what_is_equal_to_what() {
    let file: File = toml::from_str(include_str!("../../src/analysis/equal.toml")).unwrap();
    assert!(file.group.len() >= 8);
    for group in file.group {
        for row in group.same {
            for a in &row {
                for b in &row {
                    // One term that stands for all of both, or the same words at the same places.
                    let one = !spanning(a).is_disjoint(&spanning(b));
                    assert!(
                        one || words(a) == words(b),
                        "{}: `{a}` {:?} and `{b}` {:?}",
                        group.about,
                        words(a),
                        words(b)
                    );
                }
            }
        }
        for [a, b] in group.apart {
            if a.contains(", ") {
                assert!(spanning(&a).is_disjoint(&spanning(&b)), "`{a}` and `{b}`");
            } else {
                apart(&a, &b);
            }
        }
    }
}
