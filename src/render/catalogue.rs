//! What an index holds, for people.

use crate::index::{Catalogue, Counts, SiteCounts};
use crate::render::Look;
use crate::render::document::{Document, Tone, piece};
use crate::render::downloads::fetched_text;
use crate::render::numbers::{bytes, count, counted};
use crate::render::status::{date_in_words, label};
use crate::render::table::{Block, side_by_side};
use crate::schema::{NOT_STATED, UNRECOGNISED};
use crate::trial::SourceFormat;
use crate::trial::vocabulary::Vocabulary;

/// The catalogue as text.
pub fn catalogue_text(catalogue: &Catalogue, vocabulary: &Vocabulary, look: Look) -> String {
    let mut document = Document::new(look);
    let trials = counted(catalogue.trials, "trial", "trials");
    document.say(
        0,
        Tone::Strong,
        format!("{trials} in the index at {}", catalogue.directory),
    );
    document.field("size", bytes(catalogue.bytes));
    let day = |day: &Option<String>| day.as_deref().map(date_in_words).unwrap_or_default();
    document.field("data as of", day(&catalogue.data_as_of));
    document.field("newest update", day(&catalogue.last_update));
    let committed = catalogue.committed.as_deref().map(|moment| {
        let parsed: Result<jiff::Timestamp, _> = moment.parse();
        parsed.map_or_else(
            |_| moment.to_owned(),
            |moment| moment.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        )
    });
    document.field("last commit", committed.unwrap_or_default());
    for fetched in &catalogue.fetched {
        document.field("fetched", fetched_text(fetched));
    }
    sites(&mut document, &catalogue.sites);
    document.field("places by", catalogue.places);
    document.gap();
    let formats = |name: &str| {
        let format = SourceFormat::ALL
            .into_iter()
            .find(|format| format.name() == name);
        format.map_or_else(|| name.to_owned(), |format| format.label().to_owned())
    };
    let named = |element: &'static str| {
        move |value: &str| match value {
            NOT_STATED => "not stated".to_owned(),
            UNRECOGNISED => "unrecognised".to_owned(),
            value => label(vocabulary, element, value),
        }
    };
    let blocks = [
        block("Source", &catalogue.formats, &formats),
        block("Status", &catalogue.statuses, &named("status")),
        block("Phase", &catalogue.phases, &named("phase")),
    ];
    side_by_side(&mut document, &blocks);
    document.finish()
}

/// How many sites there are, and what is not known of where they are.
fn sites(document: &mut Document, counts: &SiteCounts) {
    let mut text = count(counts.sites);
    if counts.unplaced > 0 {
        text.push_str(&format!(
            "; {} could not be placed, in {}",
            count(counts.unplaced),
            counted(counts.trials_with_unplaced, "trial", "trials")
        ));
    }
    if counts.corrected > 0 {
        text.push_str(&format!(
            "; {} placed in their town, far from where their records have it",
            count(counts.corrected)
        ));
    }
    document.field("sites", text);
}

fn block(heading: &str, counts: &Counts, name: &dyn Fn(&str) -> String) -> Block {
    let mut lines = vec![piece(Tone::Label, heading)];
    let widest = counts
        .iter()
        .map(|counted| count(counted.count).len())
        .max();
    for counted in counts {
        let number = format!("{:>1$}", count(counted.count), widest.unwrap_or(0));
        lines.push(piece(
            Tone::Plain,
            format!("{number}  {}", name(&counted.value)),
        ));
    }
    Block { lines }
}
