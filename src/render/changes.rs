//! What changed in trials, for people.

use crate::index::{TrialChange, TrialHistory};
use crate::render::Look;
use crate::render::document::{Document, Tone, piece};
use crate::render::numbers::{count, counted};
use crate::render::status::date_in_words;
use crate::trial::SourceFormat;
use crate::trial::changes::Difference;

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
    let mut left_out: Vec<(&Difference, u64)> = Vec::new();
    let mut told = 0;
    for (place, difference) in change.differences.iter().enumerate() {
        let alike =
            |other: &&Difference| other.name == difference.name && other.what == difference.what;
        let before = change.differences[..place].iter().filter(alike).count();
        if told < most && before < most / 4 {
            document.line(4, 6, &[piece(Tone::Plain, &difference.text)]);
            told += 1;
            continue;
        }
        match left_out.iter_mut().find(|(first, _)| alike(first)) {
            Some((_, number)) => *number += 1,
            None => left_out.push((difference, 1)),
        }
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
