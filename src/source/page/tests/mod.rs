//! Invented pages of each layout: sections missing, other kinds of studies, other spellings, other ways of saving.

mod classic;
mod digest;
mod html;
mod veeva;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use classic::CLASSIC;
use digest::{DIGEST, UNLABELLED};
use html::as_html;
use veeva::VEEVA;

fn parsed(text: &str) -> Parsed {
    read(text, Vocabulary::bundled()).unwrap()
}

/// Facts by their path below `protocolSection`; `null` means that nothing is there.
fn check(parsed: &Parsed, facts: &[(&str, Value)]) {
    let study = serde_json::to_value(&parsed.study).unwrap();
    for (path, expect) in facts {
        let found = study.pointer(&format!("/protocolSection/{path}"));
        assert_eq!(found.unwrap_or(&Value::Null), expect, "{path}");
    }
}

fn noted(parsed: &Parsed) -> Vec<(&str, &str)> {
    let notes = parsed.notes.iter();
    notes
        .map(|note| (note.element, note.spelling.as_str()))
        .collect()
}

#[test]
fn other_text_is_refused() {
    let check = |text: &str| {
        for result in [
            read(text, Vocabulary::bundled()),
            read_html(text, Vocabulary::bundled()),
        ] {
            assert!(matches!(result, Err(ReadError::NotATrial(_))), "{text}");
        }
    };
    check("");
    check("# A program\n\nIt reads pages.\n\n## Conditions\n\nNone.\n\n## Interventions\n");
    check("Dear Ann,\n\nthe trial NCT99000001 is open.\n\nRecruitment Status: good.\n");
    let nameless = DIGEST.replace("NCT99000001", "to follow");
    assert!(matches!(
        read(&nameless, Vocabulary::bundled()),
        Err(ReadError::NoId(_))
    ));
}

proptest! {
    /// Lines deleted, doubled, swapped or cut: a page may come out poorer, but it never stops the program.
    #[test]
    fn broken_pages_do_no_harm(page in 0_usize..4, changes in prop::collection::vec((0_u8..4, any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..40)) {
        let text = [DIGEST, UNLABELLED, VEEVA, CLASSIC][page];
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        for (change, first, second) in changes {
            if lines.is_empty() {
                break;
            }
            let (first, second) = (first.index(lines.len()), second.index(lines.len()));
            match change {
                0 => drop(lines.remove(first)),
                1 => lines.insert(second, lines[first].clone()),
                2 => lines.swap(first, second),
                _ => lines[first] = lines[first].chars().skip(second % 7).chain("é—".chars()).collect(),
            }
        }
        let text = lines.join("\n");
        let _ = read(&text, Vocabulary::bundled());
        let _ = read_html(&as_html(&text), Vocabulary::bundled());
        let _ = read_html(&text, Vocabulary::bundled());
    }

    #[test]
    fn any_text_does_no_harm(text in "\\PC{0,400}", html in "(<(div|li|ol|td|span|h1)>|</(li|ol|td)>|[a-z:| ]){0,200}") {
        let _ = read(&text, Vocabulary::bundled());
        let _ = read_html(&html, Vocabulary::bundled());
    }
}
