//! The account of an indexing run, for people.

use crate::index::Report;
use crate::render::Look;
use crate::render::document::{Document, Tone};
use crate::render::numbers::{bytes, count, counted};
use crate::render::table::{Side, table};
use crate::trial::SourceFormat;

/// Unknown spellings of one data element that are named; the JSON report has all.
const MOST_SPELLINGS: usize = 8;

/// The report as text. `place` says where the index is.
pub fn report_text(report: &Report, place: &str, look: Look) -> String {
    let mut document = Document::new(look);
    document.say(
        0,
        Tone::Strong,
        format!(
            "{} seen = {} indexed + {} superseded + {} rejected",
            counted(report.seen, "record", "records"),
            count(report.indexed),
            count(report.superseded),
            count(report.rejected)
        ),
    );
    let mut parts = |total: u64, name: &str, of: [(u64, &str); 2]| {
        if total > 0 {
            let of: Vec<String> = of
                .iter()
                .filter(|(number, _)| *number > 0)
                .map(|(number, what)| format!("{} {what}", count(*number)))
                .collect();
            document.field(name, of.join(", "));
        }
    };
    parts(
        report.indexed,
        "indexed",
        [(report.added, "new"), (report.updated, "updated")],
    );
    parts(
        report.superseded,
        "superseded",
        [
            (report.unchanged, "unchanged"),
            (report.older, "older or poorer than the trial's record"),
        ],
    );
    formats(&mut document, report);
    if !report.recoded.is_empty() {
        let encodings: Vec<String> = report
            .recoded
            .iter()
            .map(|(encoding, number)| format!("{encoding} {}", count(*number)))
            .collect();
        document.field("decoded from", encodings.join(", "));
    }
    if report.hidden > 0 {
        document.field(
            "passed over",
            counted(
                report.hidden,
                "hidden file or folder",
                "hidden files and folders",
            ),
        );
    }
    if report.repeated > 0 {
        document.field(
            "read once",
            format!("{} met again by another name", count(report.repeated)),
        );
    }
    spellings(&mut document, report);
    if let Some(why) = &report.history_lost {
        document.say(
            0,
            Tone::Caution,
            format!("The history that the index held before could not be read and is lost: {why}"),
        );
    }
    let from = match report.files {
        // Fed by something else than files.
        0 => String::new(),
        files => format!(" from {}", counted(files, "file", "files")),
    };
    document.field(
        "time",
        format!(
            "{:.1} s for {}{from}: {:.1} MB/s",
            report.seconds,
            bytes(report.bytes),
            report.megabytes_per_second()
        ),
    );
    document.field(
        "index",
        format!(
            "{} in the index at {place}",
            counted(report.trials, "trial", "trials")
        ),
    );
    document.finish()
}

fn formats(document: &mut Document, report: &Report) {
    if report.formats.is_empty() {
        return;
    }
    let mut rows = vec![
        ["format", "seen", "indexed", "superseded", "rejected"]
            .map(str::to_owned)
            .to_vec(),
    ];
    let format = |name: &str| {
        SourceFormat::ALL
            .into_iter()
            .find(|format| format.name() == name)
    };
    let mut formats: Vec<_> = report.formats.iter().collect();
    formats.sort_by_key(|(name, _)| format(name).is_none());
    for (name, counts) in formats {
        rows.push(vec![
            format(name)
                .map_or("no known format", SourceFormat::label)
                .to_owned(),
            count(counts.seen),
            count(counts.indexed),
            count(counts.superseded),
            count(counts.rejected),
        ]);
    }
    document.gap();
    table(
        document,
        0,
        &[
            Side::Left,
            Side::Right,
            Side::Right,
            Side::Right,
            Side::Right,
        ],
        &rows,
    );
    document.gap();
}

fn spellings(document: &mut Document, report: &Report) {
    if report.unknown_spellings.is_empty() {
        return;
    }
    document.say(
        0,
        Tone::Caution,
        "Spellings that are not known; kept as they are and counted as unrecognised (`vocabulary.toml` of `--schema DIR` can name them):",
    );
    for (element, spellings) in &report.unknown_spellings {
        let mut by_count: Vec<(&String, &u64)> = spellings.iter().collect();
        by_count.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
        let mut shown: Vec<String> = by_count
            .iter()
            .take(MOST_SPELLINGS)
            .map(|(spelling, number)| format!("`{spelling}` {}", count(**number)))
            .collect();
        if by_count.len() > MOST_SPELLINGS {
            shown.push(format!("and {} more", by_count.len() - MOST_SPELLINGS));
        }
        document.say(2, Tone::Plain, format!("{element}: {}", shown.join(", ")));
    }
}
