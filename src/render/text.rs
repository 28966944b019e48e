//! Text of records made fit for a screen: cleaned, measured, broken into lines.

use std::ops::Range;

use unicode_width::UnicodeWidthChar;

/// Text without what would move the cursor, change colours or turn the direction of what follows: control characters,
/// escapes, bidirectional overrides. Line breaks and tabs become spaces.
pub fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' | '\u{85}' => cleaned.push(' '),
            c if is_hostile(c) => {}
            c => cleaned.push(c),
        }
    }
    cleaned
}

/// Whether a character commands instead of showing something: control characters and escapes, bidirectional marks and
/// overrides, marks without width that only hide in a text.
pub(crate) fn is_hostile(c: char) -> bool {
    matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{ad}'
    ) || c.is_control()
}

/// Columns that a text takes on a terminal.
pub(crate) fn columns(text: &str) -> usize {
    text.chars().map(column).sum()
}

/// Columns of one character: none for marks set on the letter before and for joiners, two for the scripts of East Asia and
/// for emoji.
fn column(c: char) -> usize {
    c.width().unwrap_or(1)
}

fn is_wide(c: char) -> bool {
    column(c) == 2
}

/// What stays on the line of the character before it, in scripts that are written without spaces.
fn clings(c: char) -> bool {
    column(c) == 0
        || matches!(
            c,
            '，' | '。'
                | '、'
                | '；'
                | '：'
                | '）'
                | '」'
                | '』'
                | '】'
                | '》'
                | '！'
                | '？'
                | '．'
        )
}

/// The narrowest column of text that is still laid out; below it lines run over the edge.
const NARROWEST: usize = 20;

/// Breaks a text into lines: at spaces, between characters of scripts without spaces, and inside words that are longer than
/// a line. `first` and `others` are the columns that are left for the first line and for the others. Spaces at the breaks are
/// in no line, spaces before the first word are; an empty text has one empty line.
pub(crate) fn wrap(text: &str, first: usize, others: usize) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut line: Option<Range<usize>> = None;
    let mut used = 0;
    let room = |lines: &Vec<Range<usize>>| {
        let room = if lines.is_empty() { first } else { others };
        room.max(NARROWEST)
    };
    for unit in units(text) {
        let width = columns(&text[unit.clone()]);
        let gap = line
            .as_ref()
            .map_or(0, |line| columns(&text[line.end..unit.start]));
        if let Some(current) = line.clone() {
            if used + gap + width <= room(&lines) {
                used += gap + width;
                line = Some(current.start..unit.end);
                continue;
            }
            lines.push(current);
        }
        // A word longer than a line is cut.
        let mut start = if lines.is_empty() { 0 } else { unit.start };
        used = columns(&text[start..unit.start]);
        for (place, c) in text[unit.clone()].char_indices() {
            let place = unit.start + place;
            let width = column(c);
            if used + width > room(&lines) && place > start {
                lines.push(start..place);
                start = place;
                used = 0;
            }
            used += width;
        }
        line = Some(start..unit.end);
    }
    lines.push(line.unwrap_or(0..0));
    lines
}

/// The stretches between which a line may end.
fn units(text: &str) -> Vec<Range<usize>> {
    let mut units: Vec<Range<usize>> = Vec::new();
    let mut open = false;
    let mut after_wide = false;
    for (place, c) in text.char_indices() {
        let end = place + c.len_utf8();
        if c == ' ' {
            open = false;
            continue;
        }
        let wide = is_wide(c);
        let continues = open && (clings(c) || !(wide || after_wide));
        match units.last_mut() {
            Some(last) if continues => last.end = end,
            _ => units.push(place..end),
        }
        open = true;
        after_wide = if column(c) == 0 { after_wide } else { wide };
    }
    units
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_are_broken_where_they_may_be() {
        let check = |text: &str, width: usize, expect: &[&str]| {
            let lines: Vec<&str> = wrap(text, width, width)
                .into_iter()
                .map(|line| &text[line])
                .collect();
            assert_eq!(lines, expect);
        };
        check("", 20, &[""]);
        check("   ", 20, &[""]);
        check("one two", 20, &["one two"]);
        check(" 1. one", 20, &[" 1. one"]);
        check(
            "intradiscal injection of cells",
            21,
            &["intradiscal injection", "of cells"],
        );
        check(
            "abcdefghijklmnopqrstuvwxyz",
            20,
            &["abcdefghijklmnopqrst", "uvwxyz"],
        );
        check(
            "人脐带间充质干细胞治疗，慢性脊髓损伤",
            20,
            &["人脐带间充质干细胞治", "疗，慢性脊髓损伤"],
        );
    }

    #[test]
    fn nothing_of_a_record_commands_the_terminal() {
        let check = |text: &str, expect: &str| assert_eq!(clean(text), expect);
        check("a\u{1b}[31mred\u{7}", "a[31mred");
        check("a\u{9b}31mred\nb", "a31mred b");
        check("trial\u{202e}lairt", "triallairt");
        check("Université β 研究", "Université β 研究");
    }

    proptest! {
        #[test]
        fn wrapping_keeps_all_but_spaces(text in "([^ \\pC][\\PC]{0,80})?", width in 0_usize..60) {
            let lines = wrap(&text, width, width);
            let kept: String = lines.iter().map(|line| &text[line.clone()]).collect();
            let without = |text: &str| text.replace(' ', "");
            prop_assert_eq!(without(&kept), without(&text));
            for line in lines {
                prop_assert!(columns(&text[line]) <= width.max(NARROWEST));
            }
        }
    }
}
