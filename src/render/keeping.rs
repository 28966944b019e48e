//! What was done to an index, or found wrong with it, for people.

use crate::index::{Backup, Compaction, Deletion, Extent, Finding, Verification};
use crate::render::Look;
use crate::render::document::{Document, Tone};
use crate::render::numbers::{bytes, count, counted};
use crate::render::text::clean;

/// Findings that are told one by one; the JSON report has all.
const MOST_TOLD: usize = 50;

/// Leftovers that are named.
const MOST_LEFT: usize = 5;

/// Ids of one line that are named.
const MOST_IDS: usize = 20;

/// What became of the ids that were to be deleted.
pub fn deletion_text(deletion: &Deletion, place: &str, look: Look) -> String {
    let mut document = Document::new(look);
    let number = deletion.deleted.len() as u64;
    document.say(
        0,
        Tone::Strong,
        format!("{} deleted", counted(number, "trial", "trials")),
    );
    if !deletion.deleted.is_empty() {
        document.field("deleted", some(&deletion.deleted));
    }
    if !deletion.missing.is_empty() {
        document.field("not in the index", some(&deletion.missing));
    }
    for ambiguous in &deletion.ambiguous {
        document.field(
            "several trials",
            format!(
                "`{}` is an id of {}: delete them by these",
                clean(&ambiguous.id),
                some(&ambiguous.trials)
            ),
        );
    }
    document.field(
        "index",
        format!(
            "{} in the index at {place}",
            counted(deletion.trials, "trial", "trials")
        ),
    );
    document.finish()
}

/// Names in a line; of many the first.
fn some(names: &[String]) -> String {
    let shown: Vec<String> = names
        .iter()
        .take(MOST_IDS)
        .map(|name| clean(name))
        .collect();
    match names.len().checked_sub(shown.len()) {
        Some(more) if more > 0 => format!("{} and {} more", shown.join(", "), count(more as u64)),
        _ => shown.join(", "),
    }
}

/// What compacting came to.
pub fn compaction_text(compaction: &Compaction, place: &str, look: Look) -> String {
    let mut document = Document::new(look);
    let (before, after) = (&compaction.before, &compaction.after);
    let saved = before.bytes.saturating_sub(after.bytes);
    let headline = match before.segments <= 1 && before.deleted == 0 && saved == 0 {
        true => "The index was compact already".to_owned(),
        false => format!("{} given back", bytes(saved)),
    };
    document.say(0, Tone::Strong, headline);
    document.field("before", extent(before));
    document.field("after", extent(after));
    document.field("time", format!("{:.1} s", compaction.seconds));
    document.field("index", place);
    document.finish()
}

fn extent(extent: &Extent) -> String {
    let mut text = format!(
        "{} in {}, {}",
        bytes(extent.bytes),
        counted(extent.segments as u64, "part", "parts"),
        counted(extent.trials, "trial", "trials")
    );
    if extent.deleted > 0 {
        text.push_str(&format!(
            " and {} deleted or replaced",
            count(extent.deleted)
        ));
    }
    text
}

/// What a look at the index came to.
pub fn verification_text(verification: &Verification, look: Look) -> String {
    let mut document = Document::new(look);
    let headline = match verification.found {
        0 => format!(
            "Nothing is wrong: {} read and compared",
            counted(verification.trials, "trial", "trials")
        ),
        found => format!(
            "{} in the index at {}",
            counted(found, "thing is wrong", "things are wrong"),
            verification.directory
        ),
    };
    let tone = match verification.is_clean() {
        true => Tone::Strong,
        false => Tone::Caution,
    };
    document.say(0, tone, headline);
    for finding in verification.findings.iter().take(MOST_TOLD) {
        document.say(2, Tone::Plain, finding_text(finding));
    }
    let told = verification.findings.len().min(MOST_TOLD) as u64;
    if verification.found > told {
        let more = count(verification.found - told);
        document.say(
            2,
            Tone::Plain,
            format!("and {more} more: `--format json` lists them"),
        );
    }
    document.field(
        "files",
        format!(
            "{}, {}",
            counted(verification.files, "file", "files"),
            bytes(verification.bytes)
        ),
    );
    let left = &verification.leftovers;
    if !left.is_empty() {
        let mut named: Vec<String> = left.iter().take(MOST_LEFT).cloned().collect();
        if left.len() > MOST_LEFT {
            named.push(format!("and {} more", left.len() - MOST_LEFT));
        }
        document.field(
            "left over",
            format!(
                "{} by a run that was stopped or is at work, which the next run removes: {}",
                counted(left.len() as u64, "file or folder", "files and folders"),
                named.join(", ")
            ),
        );
    }
    document.field("time", format!("{:.1} s", verification.seconds));
    if verification.is_clean() {
        document.field("index", verification.directory.clone());
    } else if verification.findings.iter().all(Finding::is_unreadable) {
        document.say(
            0,
            Tone::Plain,
            "What cannot be read need not be damaged: look at the permissions of the files, and at the disk.",
        );
    } else {
        document.say(
            0,
            Tone::Plain,
            "Take the index back from a backup with `trialfind restore FILE --replace`, or build it anew from its sources with \
             `trialfind index --rebuild PATH...`.",
        );
    }
    document.finish()
}

fn finding_text(finding: &Finding) -> String {
    let mut text = String::new();
    for part in [&finding.file, &finding.trial].into_iter().flatten() {
        text.push_str(&clean(part));
        text.push_str(": ");
    }
    text.push_str(&clean(&finding.what));
    text
}

/// What a backup holds; `headline` says what was done with it.
pub fn backup_text(backup: &Backup, headline: &str, look: Look) -> String {
    let mut document = Document::new(look);
    document.say(0, Tone::Strong, headline);
    document.field("trials", count(backup.trials));
    document.field("unpacked", bytes(backup.bytes));
    document.field("committed", moment(&backup.committed));
    document.field("backed up", moment(&backup.created));
    document.finish()
}

fn moment(text: &str) -> String {
    let parsed: Result<jiff::Timestamp, _> = text.parse();
    parsed.map_or_else(
        |_| clean(text),
        |moment| moment.strftime("%Y-%m-%d %H:%M UTC").to_string(),
    )
}
