//! Two versions of a running text: the places where their words differ.

use similar::{Algorithm, DiffOp, capture_diff_slices};
use unicode_segmentation::UnicodeSegmentation;

/// Words shown on either side of a place that differs.
const BESIDE: usize = 4;

/// Places that are shown; the JSON has both texts whole.
const MOST_PLACES: usize = 4;

/// The longest stretch that is shown of one side of a place, in characters.
const LONGEST: usize = 160;

/// Words of one text times words of the other from which on they are not compared word by word: comparing takes time with the
/// product, and a text of several thousand words that has little in common with another is another text.
const MOST_WORK: usize = 25_000_000;

/// The part of words in common below which a text counts as written anew.
const LEAST_COMMON: f32 = 0.35;

/// How two texts differ, in words; `None` if their words are the same and only the white space is not.
pub(super) fn retold(earlier: &str, later: &str) -> Option<String> {
    let (old, new) = (Words::of(earlier), Words::of(later));
    if old.words == new.words {
        return None;
    }
    let ops = old.compared(&new);
    let common = ops.as_deref().map_or(0.0, |ops| common(ops, &old, &new));
    let Some(ops) = ops.filter(|_| common >= LEAST_COMMON) else {
        return Some(format!("{} -> {}", brief(earlier), brief(later)));
    };
    let places = places(&ops);
    let mut shown: Vec<String> = places
        .iter()
        .take(MOST_PLACES)
        .map(|place| place.shown(&old, &new))
        .collect();
    if places.len() > MOST_PLACES {
        shown.push(format!("and {} more places", places.len() - MOST_PLACES));
    }
    Some(shown.join("; "))
}

/// The part of words that two texts have in common, from 0 to 1.
pub(super) fn likeness(earlier: &str, later: &str) -> f32 {
    let (old, new) = (Words::of(earlier), Words::of(later));
    let ops = old.compared(&new);
    ops.map_or(0.0, |ops| common(&ops, &old, &new))
}

/// A text cut short, on one line.
pub(super) fn brief(text: &str) -> String {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.len() > LONGEST * 4 {
            break;
        }
    }
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

/// A text and its words with where they stand.
struct Words<'t> {
    text: &'t str,
    words: Vec<&'t str>,
    starts: Vec<usize>,
}

impl<'t> Words<'t> {
    fn of(text: &'t str) -> Words<'t> {
        let (starts, words) = text
            .split_word_bound_indices()
            .filter(|(_, word)| !word.trim().is_empty())
            .unzip();
        Words {
            text,
            words,
            starts,
        }
    }

    /// What became of the words; `None` if that is too much to find out.
    fn compared(&self, new: &Words<'_>) -> Option<Vec<DiffOp>> {
        let shortest = self.words.len().min(new.words.len());
        let mut pairs = self.words.iter().zip(&new.words);
        let head = pairs.position(|(a, b)| a != b).unwrap_or(shortest);
        let mut pairs = self.words[head..]
            .iter()
            .rev()
            .zip(new.words[head..].iter().rev());
        let tail = pairs.position(|(a, b)| a != b).unwrap_or(shortest - head);
        let left = |words: &[&str]| words.len() - head - tail;
        if left(&self.words).saturating_mul(left(&new.words)) > MOST_WORK {
            return None;
        }
        Some(capture_diff_slices(
            Algorithm::Myers,
            &self.words,
            &new.words,
        ))
    }

    /// The text from one word up to another.
    fn stretch(&self, from: usize, to: usize) -> &'t str {
        let start = self.starts.get(from).copied().unwrap_or(self.text.len());
        let end = match to.checked_sub(1) {
            Some(last) if last >= from => self.starts[last] + self.words[last].len(),
            _ => start,
        };
        &self.text[start..end]
    }
}

fn common(ops: &[DiffOp], old: &Words<'_>, new: &Words<'_>) -> f32 {
    let kept: usize = ops
        .iter()
        .filter(|op| matches!(op, DiffOp::Equal { .. }))
        .map(|op| op.old_range().len())
        .sum();
    let all = old.words.len() + new.words.len();
    if all == 0 {
        1.0
    } else {
        2.0 * kept as f32 / all as f32
    }
}

/// A place that differs: words of the earlier text and of the later one.
struct Differs {
    old: std::ops::Range<usize>,
    new: std::ops::Range<usize>,
}

/// The places that differ; those with fewer words between them than are shown beside them are one.
fn places(ops: &[DiffOp]) -> Vec<Differs> {
    let mut places: Vec<Differs> = Vec::new();
    // By their lengths alone: where a deletion and an insertion were exchanged, the places that they name are the former ones.
    let (mut old_end, mut new_end) = (0, 0);
    for op in ops {
        let old = old_end..old_end + op.old_range().len();
        let new = new_end..new_end + op.new_range().len();
        (old_end, new_end) = (old.end, new.end);
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        match places.last_mut() {
            Some(last) if new.start - last.new.end <= 1 && old.start - last.old.end <= 1 => {
                last.old.end = old.end;
                last.new.end = new.end;
            }
            _ => places.push(Differs { old, new }),
        }
    }
    places
}

impl Differs {
    fn shown(&self, old: &Words<'_>, new: &Words<'_>) -> String {
        let gone = brief(old.stretch(self.old.start, self.old.end));
        let come = brief(new.stretch(self.new.start, self.new.end));
        let from = self.new.start.saturating_sub(BESIDE);
        let to = (self.new.end + BESIDE).min(new.words.len());
        let before = new.stretch(from, self.new.start);
        let after = new.stretch(self.new.end, to);
        let mut shown = String::new();
        if from > 0 {
            shown.push_str("… ");
        }
        shown.push_str(&brief(before));
        if !before.is_empty() {
            shown.push(' ');
        }
        shown.push_str(&match (gone.is_empty(), come.is_empty()) {
            (true, _) => format!("[+ {come}]"),
            (_, true) => format!("[- {gone}]"),
            _ => format!("[{gone} -> {come}]"),
        });
        if !after.is_empty() {
            // Commas and full stops stand at the word before them.
            if after.starts_with(char::is_alphanumeric) {
                shown.push(' ');
            }
            shown.push_str(&brief(after));
        }
        if to < new.words.len() {
            shown.push_str(" …");
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn places_that_differ_are_shown_with_their_neighbours() {
        let check = |earlier: &str, later: &str, expect: Option<&str>| {
            assert_eq!(retold(earlier, later).as_deref(), expect);
        };
        check(
            "Age 18 to 65 years",
            "Age 21 to 65 years",
            Some("Age [18 -> 21] to 65 years"),
        );
        check("a  b", "a\nb", None);
        check(
            "Effect of aspirin on pain.",
            "Effect of aspirin and rest on pain.",
            Some("Effect of aspirin [+ and rest] on pain."),
        );
        check(
            "one two three four five six seven eight nine ten, not this",
            "one two three four five six seven eight nine ten",
            Some("… seven eight nine ten [- , not this]"),
        );
        check(
            "wholly other",
            "nothing in common here",
            Some("wholly other -> nothing in common here"),
        );
        check("慢性脊髓损伤", "慢性脊髓炎", Some("慢性脊髓 [损伤 -> 炎]"));
        check("", "new", Some(" -> new"));
    }

    /// The places that two changes name were subtracted, and one of them lay before the other.
    #[test]
    fn a_deletion_that_changed_places_with_an_insertion_is_told() {
        let (earlier, later) = ("!\u{384}{!\"`\u{fffc}", "\u{1039f}{0!#a`\u{1e140}`");
        let (old, new) = (Words::of(earlier), Words::of(later));
        let found = places(&old.compared(&new).unwrap());
        let told: Vec<String> = found.iter().map(|place| place.shown(&old, &new)).collect();
        assert_eq!(told, [format!("[{earlier} -> {later}]")]);
    }

    proptest! {
        #[test]
        fn any_texts_can_be_told(earlier in "\\PC{0,60}", later in "\\PC{0,60}") {
            let words = |text: &str| -> Vec<String> { Words::of(text).words.iter().map(ToString::to_string).collect() };
            prop_assert_eq!(retold(&earlier, &later).is_none(), words(&earlier) == words(&later));
            prop_assert!((0.0..=1.0).contains(&likeness(&earlier, &later)));
        }

        #[test]
        fn outside_the_places_nothing_differs(earlier in "[ab!\"{]{0,24}", later in "[ab!\"{]{0,24}") {
            let (old, new) = (Words::of(&earlier), Words::of(&later));
            let (mut kept, mut same): (Vec<&str>, Vec<&str>) = Default::default();
            let (mut from_old, mut from_new) = (0, 0);
            for place in places(&old.compared(&new).unwrap()) {
                prop_assert!(place.old.len() + place.new.len() > 0);
                kept.extend(&old.words[from_old..place.old.start]);
                same.extend(&new.words[from_new..place.new.start]);
                (from_old, from_new) = (place.old.end, place.new.end);
            }
            kept.extend(&old.words[from_old..]);
            same.extend(&new.words[from_new..]);
            prop_assert_eq!(kept, same);
        }
    }
}
