//! What changed in trials, for people.

use rustc_hash::FxHashMap;

use crate::index::{TrialChange, TrialHistory};
use crate::render::Look;
use crate::render::document::{Document, Tone, piece};
use crate::render::numbers::{count, counted};
use crate::render::status::date_in_words;
use crate::trial::SourceFormat;
use crate::trial::changes::{Difference, What};

/// Differences of one change that a list of many trials names, a quarter of them of one kind at most; the others are counted. `diff`
/// names all.
const MOST_IN_LIST: usize = 12;

/// Kinds of differences left out that are named.
const MOST_KINDS: usize = 4;

/// The changes of one trial, newest first; a sentence if there are none.
pub fn history_text(history: &TrialHistory, look: Look) -> String {
    let mut document = Document::new(look);
    heading(&mut document, history);
    if history.changes.is_empty() {
        let known = match history.versions {
            0 => "no version of its record says when it was".to_owned(),
            1 => "one version of its record is known".to_owned(),
            several => format!("{several} versions of its record are known"),
        };
        document.say(2, Tone::Plain, format!("no change in this time: {known}"));
    }
    for change in &history.changes {
        self::change(&mut document, change, usize::MAX);
    }
    if history.forgotten > 0 {
        let versions = counted(history.forgotten, "older version", "older versions");
        document.say(2, Tone::Faint, format!("{versions} are no longer kept"));
    }
    document.finish()
}

/// The changes of one trial in a list of many: of a change that has many differences some, and how many more.
pub fn changes_text(history: &TrialHistory, look: Look) -> String {
    let mut document = Document::new(look);
    heading(&mut document, history);
    for change in &history.changes {
        self::change(&mut document, change, MOST_IN_LIST);
    }
    document.finish()
}

fn heading(document: &mut Document, history: &TrialHistory) {
    let title = history.title.as_deref().unwrap_or("(no title)");
    let pieces = [
        piece(Tone::Label, &history.id),
        piece(Tone::Plain, "  "),
        piece(Tone::Strong, title),
    ];
    document.line(0, 4, &pieces);
}

fn change(document: &mut Document, change: &TrialChange, most: usize) {
    let mut about = format!(
        "before: {}",
        version(&change.before.updated, change.before.last_seen.as_deref())
    );
    if change.after.format != SourceFormat::ApiJson.name() {
        about.push_str(&format!("; {}", change.after.format));
    }
    let pieces = [
        piece(Tone::Match, date_in_words(&change.day)),
        piece(Tone::Faint, format!("  ({about})")),
    ];
    document.line(2, 4, &pieces);
    // Differences of one kind, by their place among those left out once one is: a record may have 100,000 sites, and each of them
    // differ.
    let mut kinds: FxHashMap<(&str, What), (usize, Option<usize>)> = FxHashMap::default();
    let mut left_out: Vec<(&Difference, u64)> = Vec::new();
    let mut told = 0;
    for difference in &change.differences {
        let kind = (difference.name.as_str(), difference.what);
        let (before, place) = kinds.entry(kind).or_default();
        if told < most && *before < most / 4 {
            document.line(4, 6, &[piece(Tone::Plain, &difference.text)]);
            told += 1;
        } else {
            let place = *place.get_or_insert(left_out.len());
            match left_out.get_mut(place) {
                Some((_, number)) => *number += 1,
                None => left_out.push((difference, 1)),
            }
        }
        *before += 1;
    }
    if !left_out.is_empty() {
        let kinds = left_out.iter().take(MOST_KINDS);
        let mut parts: Vec<String> = kinds
            .map(|(first, number)| {
                format!("{} {} ({})", first.name, first.what.verb(), count(*number))
            })
            .collect();
        let others: u64 = left_out
            .iter()
            .skip(MOST_KINDS)
            .map(|(_, number)| number)
            .sum();
        if others > 0 {
            parts.push(counted(others, "other", "others"));
        }
        document.say(4, Tone::Faint, format!("and more: {}", parts.join(", ")));
    }
}

fn version(updated: &str, seen: Option<&str>) -> String {
    let updated = format!("updated {}", date_in_words(updated));
    match seen {
        Some(seen) => format!("{updated}, seen until {}", date_in_words(seen)),
        None => updated,
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::index::KnownVersion;

    /// Each difference was held against all before it: 100,000 sites took most of a minute.
    #[test]
    fn very_many_differences_are_told_in_time() {
        let known = KnownVersion {
            format: "api-json",
            updated: "2024-01-01".to_owned(),
            first_seen: None,
            last_seen: None,
            taken_in: "2024-01-01".to_owned(),
        };
        let site = |number: usize| Difference {
            path: format!("locations[{number}]"),
            name: "site".to_owned(),
            what: What::Removed,
            before: None,
            after: None,
            text: format!("site removed: Clinic {number}"),
        };
        let history = TrialHistory {
            id: "NCT00000001".to_owned(),
            title: None,
            versions: 2,
            forgotten: 0,
            changes: vec![TrialChange {
                day: "2024-02-01".to_owned(),
                known_since: "2024-02-01".to_owned(),
                before: known.clone(),
                after: known,
                differences: (0..200_000).map(site).collect(),
            }],
        };
        let started = Instant::now();
        let all = history_text(&history, Look::PLAIN);
        assert_eq!(all.lines().count(), 200_002);
        let some = changes_text(&history, Look::PLAIN);
        assert!(
            some.ends_with("and more: site removed (199,997)\n"),
            "{some}"
        );
        assert!(
            some.contains("Clinic 2\n") && !some.contains("Clinic 3\n"),
            "{some}"
        );
        // A few seconds of an unoptimised program; by pairs, of which there are 20 billion, it was minutes.
        let took = started.elapsed();
        assert!(took < Duration::from_secs(40), "{took:?}");
    }
}
