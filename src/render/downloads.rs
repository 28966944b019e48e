//! The accounts of a download and of a sync, for people.

use crate::fetch::{FetchReport, SyncReport, described};
use crate::index::Fetched;
use crate::render::Look;
use crate::render::document::{Document, Tone};
use crate::render::numbers::{bytes, count, counted};
use crate::render::report::report_text;
use crate::render::status::date_in_words;

/// Ids that are named one by one; the JSON report has all.
const MOST_NAMED: usize = 20;

/// What came of a download. `place` says where the index is, if there is one.
pub fn fetch_report_text(report: &FetchReport, place: Option<&str>, look: Look) -> String {
    let mut document = Document::new(look);
    let studies = counted(report.studies, "study", "studies");
    let there = match (&report.file, place) {
        (Some(file), _) => format!("{studies} in {}", file.display()),
        (None, _) => format!("{studies} fetched"),
    };
    document.say(0, Tone::Strong, there);
    document.field("of", described(&report.selection));
    match report.total {
        Some(total) if total > report.studies => {
            let way = match place {
                Some(_) => "the next `trialfind sync` compares all ids",
                None => "`--restart` asks for all anew",
            };
            let missing = count(total - report.studies);
            let total = count(total);
            document.field(
                "missing",
                format!("{missing} of the {total} that the server counts; {way}"),
            );
        }
        Some(total) if total < report.studies => {
            let total = count(total);
            document.field("expected", format!("{total} by the server's count"));
        }
        _ => {}
    }
    let numbers = [
        ("earlier", report.resumed, "downloaded by an earlier run"),
        (
            "repeated",
            report.repeated,
            "came more than once, written once",
        ),
        (
            "replaced",
            report.replaced,
            "older than another record of the same trial, left out",
        ),
        ("without id", report.without_id, "name no trial"),
        (
            "begun again",
            u64::from(report.restarts),
            "times, since the token of a page had expired",
        ),
    ];
    for (name, number, what) in numbers {
        if number > 0 {
            document.field(name, format!("{} {what}", count(number)));
        }
    }
    let size = report.bytes.map(|size| format!(" for {}", bytes(size)));
    document.field(
        "time",
        format!("{:.1} s{}", report.seconds, size.unwrap_or_default()),
    );
    let mut text = document.finish();
    if let (Some(index), Some(place)) = (&report.index, place) {
        text.push('\n');
        text.push_str(&report_text(index, place, look));
    }
    text
}

/// What came of a sync. `place` says where the index is.
pub fn sync_report_text(report: &SyncReport, place: &str, look: Look) -> String {
    let mut document = Document::new(look);
    document.say(
        0,
        Tone::Strong,
        format!(
            "{} added, {} changed, {} unchanged",
            count(report.added.len() as u64),
            count(report.changed.len() as u64),
            count(report.unchanged)
        ),
    );
    for synced in &report.selections {
        let how = match (&synced.updated_since, synced.listed) {
            (Some(day), _) => format!("updated since {}", date_in_words(day)),
            (None, listed) => format!("all {} ids compared", count(listed.unwrap_or(0))),
        };
        let what = described(&synced.selection);
        document.field("asked for", format!("{what}: {how}"));
    }
    if report.open > 0 {
        let trials = counted(report.open, "other open trial", "other open trials");
        document.field("asked about", trials);
    }
    if report.changed_status > 0 {
        let trials = counted(report.changed_status, "trial has", "trials have");
        document.field("status", format!("{trials} another one now"));
    }
    named(&mut document, "added", &report.added);
    named(&mut document, "changed", &report.changed);
    if let Some(outside) = report.outside.filter(|outside| *outside > 0) {
        let trials = counted(outside, "trial", "trials");
        document.field(
            "outside",
            format!("{trials} of the index, still at the server but not in what was asked for"),
        );
    }
    if report.unknown_to_server > 0 {
        let trials = counted(report.unknown_to_server, "trial", "trials");
        document.field(
            "elsewhere",
            format!("{trials} of the index came from files, and the server does not have them"),
        );
    }
    for moved in &report.moved {
        document.field("moved", format!("{} is {} now", moved.id, moved.now));
    }
    named(&mut document, "removed", &report.removed);
    if !report.removed.is_empty() {
        document.say(
            0,
            Tone::Caution,
            "The server has no record of the removed trials any more (which is not the status \"withdrawn\"); their last records stay in the index.",
        );
    }
    if report.index.rejected > 0 {
        let records = counted(report.index.rejected, "record", "records");
        document.field("rejected", records);
    }
    let time = format!(
        "{:.1} s for {}",
        report.seconds,
        counted(report.received, "record", "records")
    );
    document.field("time", time);
    let trials = counted(report.index.trials, "trial", "trials");
    document.field("index", format!("{trials} in the index at {place}"));
    document.finish()
}

/// What an index was fetched with, and how far.
pub(crate) fn fetched_text(fetched: &Fetched) -> String {
    let through = match &fetched.updated_through {
        Some(day) => format!("updates up to {}", date_in_words(day)),
        None => "`trialfind sync` will compare all ids".to_owned(),
    };
    format!("{}; {through}", described(&fetched.selection))
}

fn named(document: &mut Document, name: &str, ids: &[String]) {
    if ids.is_empty() {
        return;
    }
    let mut text = ids[..ids.len().min(MOST_NAMED)].join(", ");
    if ids.len() > MOST_NAMED {
        let more = count((ids.len() - MOST_NAMED) as u64);
        text.push_str(&format!(" and {more} more (`--format json` names all)"));
    }
    document.field(name, text);
}
