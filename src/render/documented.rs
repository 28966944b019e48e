//! Numbered lines with their counts, and what a rerun found, for people.

use crate::render::Look;
use crate::render::document::{Document, Tone};
use crate::render::numbers::{count, counted};
use crate::search::{Line, LineCount, Replay};

/// Ids that are named of those that are new or gone; `--format json` has all.
const MOST_IDS: usize = 20;

/// The lines of a search with the number of trials of each.
pub fn line_counts_text(lines: &[Line], counts: &[LineCount], look: Look) -> String {
    let mut document = Document::new(look);
    for (line, found) in lines.iter().zip(counts) {
        let mut text = format!(
            "#{} {}: {}",
            line.number,
            line.text,
            counted(found.trials, "trial", "trials")
        );
        if found.without_filters != found.trials {
            text.push_str(&format!(
                " (of {} without filters)",
                count(found.without_filters)
            ));
        }
        document.say(0, Tone::Plain, text);
    }
    document.finish()
}

/// What a rerun found beside what its log says.
pub fn replay_text(replay: &Replay, look: Look) -> String {
    let mut document = Document::new(look);
    let verdict = match replay.is_same() {
        true => format!("The search of {} finds the same trials.", replay.day),
        false => format!("The search of {} finds other trials now.", replay.day),
    };
    document.say(0, Tone::Strong, verdict);
    let (then, now) = replay.trials;
    let day = |day: &Option<String>| day.clone().unwrap_or_else(|| "an unknown day".to_owned());
    if then != now || replay.data_as_of.0 != replay.data_as_of.1 {
        document.say(
            0,
            Tone::Plain,
            format!(
                "Index: {} as of {} then, {} as of {} now.",
                counted(then, "trial", "trials"),
                day(&replay.data_as_of.0),
                counted(now, "trial", "trials"),
                day(&replay.data_as_of.1)
            ),
        );
    }
    if !replay.same_fingerprint {
        document.say(
            0,
            Tone::Caution,
            "Fields or analysis of the index are not those of the log; words may be read differently.".to_owned(),
        );
    }
    document.heading("Lines");
    for line in &replay.lines {
        let mut text = format!("#{} {}: ", line.number, line.text);
        match line.then == line.now {
            true => text.push_str(&counted(line.now, "trial", "trials")),
            false => text.push_str(&format!(
                "{} then, {} now",
                count(line.then),
                counted(line.now, "trial", "trials")
            )),
        }
        if !line.as_frozen {
            text.push_str(" (this version reads the line differently, and searched it so)");
        }
        document.say(2, Tone::Plain, text);
    }
    for (name, ids) in [("New", &replay.new), ("Gone", &replay.vanished)] {
        if ids.is_empty() {
            continue;
        }
        let shown: Vec<&str> = ids.iter().take(MOST_IDS).map(String::as_str).collect();
        let mut text = format!("{name} ({}): {}", count(ids.len() as u64), shown.join(", "));
        if ids.len() > MOST_IDS {
            text.push_str(&format!(
                " and {} more",
                count((ids.len() - MOST_IDS) as u64)
            ));
        }
        document.say(0, Tone::Plain, text);
    }
    document.finish()
}
