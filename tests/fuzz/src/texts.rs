//! Texts to places in them: criteria, analysis, passages, a patient's story.

use std::collections::HashMap;

use trialfind::analysis::{Analyzer, LONGEST_WORD, OwnedToken, TokenKind, abbreviations};
use trialfind::narrative;
use trialfind::passage::{
    self, Alternative, Concept, Highlight, Limits, Passage, Pattern, Shape, Term, Text, highlights,
};
use trialfind::search::Request;
use trialfind::trial::eligibility::{ItemKind, items, opens_with_negation, unescape_markdown};

use super::is_place;
use super::sample::{SAMPLE, TODAY};

/// Eligibility criteria: items stand under items before them, what keeps somebody out is an exclusion, and nothing is made up.
pub fn criteria(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let found = items(&text);
    let mut written = letters(&unescape_markdown(&text));
    for (index, item) in found.iter().enumerate() {
        assert!(item.parent.is_none_or(|parent| parent < index), "{item:?}");
        let parent = item.parent.map(|parent| &found[parent]);
        assert_eq!(
            item.depth,
            parent.map_or(0, |parent| parent.depth + 1),
            "{item:?}"
        );
        assert!(item.text.contains(char::is_alphanumeric), "{item:?}");
        assert_eq!(item.text.trim(), item.text);
        assert!(!item.text.contains("  "), "{item:?}");
        let keeps_out = item.section == ItemKind::Exclusion
            || opens_with_negation(&item.text)
            || parent.is_some_and(|parent| parent.kind == ItemKind::Exclusion);
        assert!(!keeps_out || item.kind == ItemKind::Exclusion, "{item:?}");
        for (letter, count) in letters(&item.text) {
            *written.entry(letter).or_default() -= count;
        }
    }
    let made_up = written.iter().find(|(_, left)| **left < 0);
    assert!(
        made_up.is_none(),
        "{made_up:?} is not in the criteria: {found:?}"
    );
}

/// Letters and digits of a text with how often they occur.
fn letters(text: &str) -> HashMap<char, i64> {
    let mut letters = HashMap::new();
    for c in text.chars().filter(|c| c.is_alphanumeric()) {
        *letters.entry(c).or_default() += 1;
    }
    letters
}

/// Analysis: terms at places that exist, in order of their positions, none without, and the same whatever was analysed before.
pub fn analysis(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut analyzer = Analyzer::new();
    let tokens = analyzer.analyze(&text);
    sound_tokens(&text, &tokens, analyzer.positions_used());
    assert_eq!(
        analyzer.analyze(&text),
        tokens,
        "what was analysed before changes what is found"
    );
    abbreviations(&text, &mut |pair| {
        assert!(
            text.contains(pair.short) && text.contains(pair.long),
            "{pair:?}"
        );
    });
}

fn sound_tokens(text: &str, tokens: &[OwnedToken], positions: u32) {
    let mut last = 0;
    let mut by_term: HashMap<&str, u32> = HashMap::new();
    let mut held = vec![false; positions as usize];
    let mut end_of_single: Option<&OwnedToken> = None;
    for token in tokens {
        is_place(text, token.bytes.start, token.bytes.end);
        assert!(
            !token.bytes.is_empty() && !token.term.is_empty() && token.positions > 0,
            "{token:?}"
        );
        assert!(token.term.len() <= 4 * LONGEST_WORD, "{token:?}");
        assert!(
            token.position + token.positions <= positions,
            "{token:?} beyond {positions}"
        );
        assert!(
            token.position >= last || token.kind == TokenKind::Joined,
            "{token:?} after {last}"
        );
        last = token.position;
        let before = by_term.insert(&token.term, token.position).unwrap_or(0);
        assert!(before <= token.position, "{token:?} after {before}");
        held[token.position as usize..(token.position + token.positions) as usize].fill(true);
        if token.positions == 1 {
            let in_order = end_of_single.is_none_or(|single| {
                single.position == token.position || single.bytes.end <= token.bytes.start
            });
            assert!(in_order, "{token:?} within {end_of_single:?}");
            end_of_single = Some(token);
        }
    }
    assert!(
        held.iter().all(|held| *held),
        "a position that nothing holds: {tokens:?}"
    );
}

/// Passages and highlights: in order, not overlapping, at places that exist; a passage has the words of its text. The first two
/// bytes choose what is searched: a run of the text's own terms, twice.
pub fn passages(bytes: &[u8]) {
    let Some((&[first, second, longest], rest)) = bytes.split_first_chunk::<3>() else {
        return;
    };
    let text = String::from_utf8_lossy(rest);
    let mut analyzer = Analyzer::new();
    let tokens = analyzer.analyze(&text);
    let concepts = [first, second].map(|pick| concept(&tokens, pick));
    let pattern = Pattern::new(concepts.into());
    let marks = highlights(&text, 0, &pattern, &mut analyzer);
    in_order(&text, &marks);
    let limits = Limits {
        longest: usize::from(longest),
        passages: 9,
        per_field: 9,
        ..Limits::default()
    };
    let plain: String = without_space(&text);
    for shape in [Shape::Whole, Shape::Prose] {
        let texts = [Text {
            field: 0,
            text: &text,
            shape,
        }];
        let found = passage::passages(&texts, &pattern, &mut analyzer, &limits);
        if shape == Shape::Whole {
            assert_eq!(
                marks.is_empty(),
                found.is_empty(),
                "highlights without a passage, or the other way round"
            );
        }
        for passage in &found {
            sound_passage(passage, &plain, limits.longest);
        }
        assert_eq!(
            found,
            passage::passages(&texts, &pattern, &mut analyzer, &limits)
        );
    }
}

fn sound_passage(passage: &Passage, plain: &str, longest: usize) {
    in_order(&passage.text, &passage.highlights);
    assert!(
        !passage.highlights.is_empty(),
        "a passage that shows no match: {passage:?}"
    );
    assert!(
        plain.contains(&without_space(&passage.text)),
        "a passage of another text: {passage:?}"
    );
    let mark = |mark: &Highlight| passage.text[mark.start..mark.end].chars().count();
    let one_match = passage
        .highlights
        .iter()
        .map(mark)
        .any(|mark| mark >= longest.min(40));
    assert!(
        passage.text.chars().count() <= longest || one_match,
        "longer than {longest}: {passage:?}"
    );
}

fn concept(tokens: &[OwnedToken], pick: u8) -> Concept {
    let count = 1 + usize::from(pick % 3);
    let at = usize::from(pick / 3) % tokens.len().max(1);
    let run = tokens
        .get(at..(at + count).min(tokens.len()))
        .unwrap_or_default();
    let terms = run.iter().map(|token| Term {
        term: token.term.clone(),
        offset: token.position.saturating_sub(run[0].position),
    });
    Concept {
        alternatives: vec![Alternative {
            terms: terms.collect(),
            weight: 1.0,
        }],
        arrangements: Vec::new(),
        fields: vec![0],
        weight: f32::from(pick),
    }
}

fn in_order(text: &str, marks: &[Highlight]) {
    let mut end = 0;
    for mark in marks {
        is_place(text, mark.start, mark.end);
        assert!(end <= mark.start && mark.start < mark.end, "{marks:?}");
        end = mark.end;
    }
}

fn without_space(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// A patient's story: what is said stands at places that exist, in order; it can be searched with, and its filters only take away.
pub fn story(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let read = narrative::read(&text);
    let mut end = 0;
    for stretch in &read.stretches {
        is_place(&text, stretch.bytes.start, stretch.bytes.end);
        assert!(
            end <= stretch.bytes.start && !stretch.bytes.is_empty(),
            "{:?}",
            read.stretches
        );
        end = stretch.bytes.end;
    }
    if let Some(age) = &read.age {
        is_place(&text, age.bytes.start, age.bytes.end);
    }
    if let Some(sex) = &read.sex {
        is_place(&text, sex.bytes.start, sex.bytes.end);
    }
    let finder = &SAMPLE.finder;
    let patient = finder.read_patient(&text).expect("a story is never wrong");
    let query = trialfind::query::Query::of_words("");
    let request = Request {
        patient: Some(patient),
        passages: 1,
        today: TODAY,
        ..Request::new(query)
    };
    let hits = finder
        .search(&request)
        .expect("a story can be searched with");
    assert!(hits.total <= hits.total_without_filters);
    super::asked::sound_hits(&hits);
}
