//! Passages from invented texts: what is typed, the texts, the passages that are to come out.
mod properties;
mod searched;

use searched::{pattern, render};
use trialfind::analysis::Analyzer;
use trialfind::passage::{Limits, Shape, Text, highlights, passages};

/// Passages for `typed` (words and "phrases"; `word*` is a prefix, `a|b` alternatives, `word@1,2` only in these fields), marks as
/// `[[...]]`, cut text as `…`. A text that begins with `¶` is prose. The index of a text is its field.
fn check(typed: &str, texts: &[&str], expect: &[&str]) {
    check_within(&Limits::default(), typed, texts, expect);
}

fn check_within(limits: &Limits, typed: &str, texts: &[&str], expect: &[&str]) {
    let mut analyzer = Analyzer::new();
    let pattern = pattern(&mut analyzer, typed, texts.len());
    let texts: Vec<Text<'_>> = texts
        .iter()
        .enumerate()
        .map(|(field, text)| match text.strip_prefix('¶') {
            Some(text) => Text {
                field,
                text,
                shape: Shape::Prose,
            },
            None => Text {
                field,
                text,
                shape: Shape::Whole,
            },
        })
        .collect();
    let found: Vec<String> = passages(&texts, &pattern, &mut analyzer, limits)
        .iter()
        .map(render)
        .collect();
    assert_eq!(found, expect, "for `{typed}`");
}

fn check_line(typed: &str, text: &str, expect: &str) {
    let mut analyzer = Analyzer::new();
    let pattern = pattern(&mut analyzer, typed, 1);
    let marks = highlights(text, 0, &pattern, &mut analyzer);
    assert_eq!(searched::mark(text, &marks), expect, "for `{typed}`");
}

#[test]
fn surface_forms() {
    check_line(
        "injection",
        "Injected cells; two injections",
        "[[Injected]] cells; two [[injections]]",
    );
    check_line(
        "bmmsc",
        "A BM-MSC, BM-MSCs, BM MSC or BMMSC product",
        "A [[BM-MSC]], [[BM-MSCs]], [[BM MSC]] or [[BMMSC]] product",
    );
    check_line(
        "BM-MSC",
        "BMMSC and BM-MSCs; MSC of BM",
        "[[BMMSC]] and [[BM-MSCs]]; MSC of BM",
    );
    check_line(
        "msc",
        "BM-MSC-derived and hUC-MSCs",
        "BM-[[MSC]]-derived and hUC-[[MSCs]]",
    );
    check_line(
        "il6",
        "IL-6, IL 6 and IL6, not IL-16 6",
        "[[IL-6]], [[IL 6]] and [[IL6]], not IL-16 6",
    );
    check_line("universite", "Université de Lyon", "[[Université]] de Lyon");
    check_line(
        "beta",
        "TGF-β and the β cells",
        "TGF-[[β]] and the [[β]] cells",
    );
    check_line(
        "tumor",
        "Tumours of the oesophagus",
        "[[Tumours]] of the oesophagus",
    );
    check_line(
        "esophagus edema",
        "Oedema of the oesophagus",
        "[[Oedema]] of the [[oesophagus]]",
    );
    check_line("tooth", "Teeth and gums", "[[Teeth]] and gums");
    check_line("crohn", "Crohn's disease", "[[Crohn]]'s disease");
}

#[test]
fn negated_words_are_not_the_word() {
    check_line(
        "hodgkin",
        "Hodgkin's lymphoma, non-Hodgkin lymphoma, non Hodgkin",
        "[[Hodgkin]]'s lymphoma, non-Hodgkin lymphoma, non Hodgkin",
    );
    check_line(
        "her2",
        "HER2-positive, HER2-negative, HER2 negative",
        "[[HER2]]-positive, HER2-negative, HER2 negative",
    );
    check_line(
        "her2-negative",
        "HER2-positive, HER2-negative, HER2 negative",
        "HER2-positive, [[HER2-negative]], [[HER2 negative]]",
    );
}

#[test]
fn phrases_stand_together() {
    check_line(
        "\"back pain\"",
        "Back pain; pain in the back. Low back. Pain",
        "[[Back pain]]; pain in the back. Low [[back. Pain]]",
    );
    check_line(
        "\"pain in the back\"",
        "Back pain or pain in the back, pain of the back",
        "Back pain or [[pain in the back]], pain of the back",
    );
    check_line(
        "\"low back\" \"back pain\"",
        "low back pain",
        "[[low back pain]]",
    );
    check_line(
        "\"back pain\" pain",
        "back pain, pain",
        "[[back pain]], [[pain]]",
    );
}

#[test]
fn prefixes_alternatives_and_fields() {
    check_line(
        "immuno*",
        "Immunology, immunotherapies, immune",
        "[[Immunology]], [[immunotherapies]], immune",
    );
    check_line(
        "\"stem cel*\"",
        "stem cells, stem cellulose, stem c",
        "[[stem cells]], [[stem cellulose]], stem c",
    );
    check_line(
        "msc|\"mesenchymal stem cell\"",
        "mesenchymal stem cells (MSCs); stem cells",
        "[[mesenchymal stem cells]] ([[MSCs]]); stem cells",
    );
    check(
        "pain@1",
        &["Pain in one field", "Pain in another"],
        &["1 [[Pain]] in another"],
    );
    check("pain@7", &["Pain in one field"], &[]);
}

#[test]
fn no_phrase_across_values() {
    check("\"back pain\"", &["low back", "pain"], &[]);
}

#[test]
fn sentences_of_prose() {
    check(
        "disc",
        &[
            "¶Backs hurt. A worn disc may hurt, e.g. when Dr. Who bends. Nothing else is known about it.",
        ],
        &["0 A worn [[disc]] may hurt, e.g. when Dr. Who bends."],
    );
    check(
        "pain",
        &["¶Aims:\n\n* to lessen pain after one year in all who take part\n* to walk"],
        &["0 to lessen [[pain]] after one year in all who take part"],
    );
    // A lead-in is shown with what it leads to, short neighbours together.
    check(
        "endpoint",
        &["¶Primary endpoint:\n* time until the disc is whole again"],
        &["0 Primary [[endpoint]]: * time until the disc is whole again"],
    );
    check(
        "pain disc",
        &["¶Pain is scored. The disc is scanned. Then all go home."],
        &["0 [[Pain]] is scored. The [[disc]] is scanned."],
    );
    // Across a sentence end a phrase still stands where the index has it.
    check(
        "\"back pain\"",
        &[
            "¶This is a long enough sentence about a disc and what it does to the lower back. Pain is what follows from that in most of those who take part.",
        ],
        &[
            "0 This is a long enough sentence about a disc and what it does to the lower [[back. Pain]] is what follows from that in most of those who take part.",
        ],
    );
}

#[test]
fn hard_wrapped_lines_become_one() {
    check(
        "injection",
        &[
            "¶\n      This study looks at what comes of one injection into the middle of the\n      worn disc. It takes a year.\n",
        ],
        &[
            "0 This study looks at what comes of one [[injection]] into the middle of the worn disc.",
        ],
    );
}

#[test]
fn few_that_cover_what_was_searched() {
    let one = Limits {
        passages: 1,
        ..Limits::default()
    };
    check_within(
        &one,
        "disc pain",
        &["All about the disc", "All about pain", "Pain from a disc"],
        &["2 [[Pain]] from a [[disc]]"],
    );
    // Nearer is better; the second shows what the first does not.
    let two = Limits {
        passages: 2,
        ..Limits::default()
    };
    check_within(
        &two,
        "pain score walk",
        &[
            "Pain by a score",
            "Another score of pain and pain",
            "To walk",
        ],
        &[
            "1 Another [[score]] of [[pain]] and [[pain]]",
            "2 To [[walk]]",
        ],
    );
    let heavy = Limits {
        passages: 1,
        field_weights: vec![1.0, 3.0],
        ..Limits::default()
    };
    check_within(
        &heavy,
        "pain",
        &["Pain of the leg", "Pain of the arm"],
        &["1 [[Pain]] of the arm"],
    );
}

#[test]
fn nothing_twice() {
    check(
        "il6",
        &[
            "Change of IL-6 and ghrelin in the blood",
            "After a year the change of ghrelin and IL-6 in the blood of all who stay",
        ],
        &["0 Change of [[IL-6]] and ghrelin in the blood"],
    );
    check(
        "pain",
        &[
            "Cells for pain of the back",
            "Cells for pain of the back.",
            "Leg pain at night",
        ],
        &[
            "0 Cells for [[pain]] of the back",
            "2 Leg [[pain]] at night",
        ],
    );
    let per_field = Limits {
        per_field: 1,
        ..Limits::default()
    };
    check_within(
        &per_field,
        "pain",
        &[
            "¶Pain of the back is what it is about and nothing else, as all know who ask. Leg pain at night is no reason to take part in this, nor is any other.",
        ],
        &["0 [[Pain]] of the back is what it is about and nothing else, as all know who ask."],
    );
}

#[test]
fn long_values_are_cut_around_the_matches() {
    let limits = Limits {
        longest: 60,
        ..Limits::default()
    };
    let filler = "one two three four five six seven eight nine ten eleven twelve";
    check_within(
        &limits,
        "disc pain",
        &[&format!("{filler} disc with pain {filler}")],
        &["0 … eleven twelve [[disc]] with [[pain]] one two three four five six …"],
    );
    check_within(
        &limits,
        "disc",
        &[&format!("{filler}. A disc is meant {filler}")],
        &["0 … A [[disc]] is meant one two three four five six seven eight nine …"],
    );
    check_within(
        &limits,
        "disc",
        &[&format!("A disc is meant {filler}")],
        &["0 A [[disc]] is meant one two three four five six seven eight nine …"],
    );
    check_within(
        &limits,
        "disc",
        &[&format!("{filler} is meant by a disc")],
        &["0 … six seven eight nine ten eleven twelve is meant by a [[disc]]"],
    );
}

#[test]
fn nothing_searched_nothing_shown() {
    check("", &["Some text"], &[]);
    check("pain", &["", "¶", "¶\n\n* \n", "paint"], &[]);
}
