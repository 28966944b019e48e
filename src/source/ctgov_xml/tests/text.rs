//! Checks of the Markdown made of legacy text.

use proptest::prelude::*;

use crate::source::ctgov_xml::legacy_text;

#[test]
fn wrapped_text_becomes_markdown() {
    let check = |raw: &str, expect: &str| {
        let raw = raw.replace('\n', "\r\n");
        assert_eq!(
            legacy_text::from_wrapped(&raw).unwrap_or_default(),
            expect,
            "{raw}"
        );
    };
    check("", "");
    check(
        "\n      One line\n      and its rest.\n\n      Another.\n    ",
        "One line and its rest.\n\nAnother.",
    );
    check(
        "\n        HEADING:\n\n          -  one item\n             that goes on\n\n               -  nested\n\n          -  next\n\n        Text",
        "HEADING:\n\n* one item that goes on\n\n  * nested\n* next\n\nText",
    );
    // Numbers are right-aligned, and what belongs to an item is indented by the width of its number.
    check(
        "\n          9. nine:\n\n             more of nine\n\n               -  nested\n\n         10. ten\n\n               1. nested\n\n              10. last",
        "9. nine:\n\n   more of nine\n   * nested\n10. ten\n\n    1. nested\n    10. last",
    );
    // A number that was wrapped to the start of a line is no item.
    check(
        "\n      It was in\n      1998. And then\n      - so to say - more.",
        "It was in 1998. And then - so to say - more.",
    );
    // Lists without empty lines between the items.
    check(
        "\n      Any of:\n        - one\n        - two\n          more",
        "Any of:\n\n- one\n- two more",
    );
    check("  -  INCLUSION:\n\n  Age 5", "* INCLUSION:\n\nAge 5");
    check(
        "  1.\n\n  -5 points &lt; 3 &amp; a\\*b",
        "1.\n\n-5 points < 3 & a\\\\*b",
    );
}

#[test]
fn own_line_breaks_stay() {
    let check = |raw: &str, expect: &str| {
        assert_eq!(
            legacy_text::from_lines(raw).unwrap_or_default(),
            expect,
            "{raw}"
        );
    };
    check(" one  line ", "one line");
    check("one\r\ntwo\r\n\r\nthree", "one\n\ntwo\n\nthree");
    check(
        "by:\n* a\n* b\n  1. c\nend",
        "by:\n\n* a\n* b\n\n  1. c\n\nend",
    );
    check("&nbsp;", "");
}

proptest! {
    #[test]
    fn no_word_of_a_text_is_lost(raw in "([ \n\t]|- |\\* |[0-9]{1,2}\\. |[a-zé&;<\\\\]){0,80}") {
        let words = |text: &str| {
            text.split_whitespace()
                .map(|word| word.trim_matches(['-', '*']).replace('\\', ""))
                .filter(|word| !word.is_empty())
                .collect::<Vec<_>>()
        };
        for text in [legacy_text::from_wrapped(&raw), legacy_text::from_lines(&raw)] {
            prop_assert_eq!(words(&text.unwrap_or_default()), words(&raw));
        }
    }

    #[test]
    fn one_space_stands_between_words(raw in "[ \t\n\r\x0b\x0ca\u{a0}é]{0,20}") {
        let mut text = String::new();
        legacy_text::push_words(&mut text, &raw);
        prop_assert_eq!(text, raw.split_ascii_whitespace().collect::<Vec<_>>().join(" "));
    }
}
