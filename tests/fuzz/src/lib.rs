//! What must hold for any input, one function for each fuzz target: bytes in, and a law that is broken ends in a panic.
//!
//! ```text
//! records  one record of each format: a record converted is read back as itself
//! streams  framing, archives and encodings: bytes to items
//! texts    criteria, analysis, passages, a patient's story: texts to places in them
//! queries  the query language, Essie, files of lines, logs of searches
//! sample   an index of the bundled records, to search and to ask
//! asked    searches and requests to the server against that index
//! backups  files that are said to be backups of an index
//! kept     what an index stores, and a whole index of fuzzed records
//! ```
//!
//! `fuzz_targets/` gives each of them to libFuzzer; `tests/regressions` runs them over the inputs below `seeds/`, so that what
//! was found once is looked for by every `cargo test`. Nothing here finds inputs, and nothing here is part of the program.

mod asked;
mod backups;
mod kept;
mod queries;
mod records;
mod sample;
mod streams;
mod texts;

pub use asked::{page_token, parameters, search};
pub use backups::backup;
pub use kept::{indexed, stored_record};
pub use queries::{essie, lines, query, search_log};
pub use records::{api_json, ctgov_xml, html_page, page};
pub use streams::{archives, encodings, stream};
pub use texts::{analysis, criteria, passages, story};

/// What is asserted of an input.
pub type Law = fn(&[u8]);

/// The law of each target, by the name of the target.
pub const LAWS: [(&str, Law); 21] = [
    ("analysis", analysis),
    ("api_json", api_json),
    ("archives", archives),
    ("backup", backup),
    ("criteria", criteria),
    ("ctgov_xml", ctgov_xml),
    ("encodings", encodings),
    ("essie", essie),
    ("html_page", html_page),
    ("indexed", indexed),
    ("lines", lines),
    ("page", page),
    ("page_token", page_token),
    ("parameters", parameters),
    ("passages", passages),
    ("query", query),
    ("search", search),
    ("search_log", search_log),
    ("stored_record", stored_record),
    ("story", story),
    ("stream", stream),
];

/// Asserts that a place of a text exists in it.
#[track_caller]
fn is_place(text: &str, start: usize, end: usize) {
    assert!(
        start <= end && text.get(start..end).is_some(),
        "{start}..{end} of a text of {} bytes",
        text.len()
    );
}
