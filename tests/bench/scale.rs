//! Any number of distinct trials out of real ones, to measure on as many as a registry holds: other ids, sentences and criteria
//! recombined with those of other trials, dates shifted, sites moved. The same records and number give the same file.

use std::fs::File;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::Value;
use trialfind::source::{Limits, Progress, read_trial, walk};
use trialfind::trial::vocabulary::Vocabulary;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Records of one file in the archive.
const RECORDS_A_FILE: usize = 1000;

/// Days that dates move at most, to either side.
const MOST_DAYS: u64 = 700;

/// Where the walk of the numbers starts; any other would do as well.
const SEED: u64 = 0x0074_7269_616c_6673;

/// Texts whose parts are recombined, by their place below the protocol section, and what parts them.
const TEXTS: [(&str, &str, &str); 3] = [
    ("descriptionModule", "briefSummary", ". "),
    ("descriptionModule", "detailedDescription", ". "),
    ("eligibilityModule", "eligibilityCriteria", "\n"),
];

/// Numbers that look random and are the same in every run (SplitMix64; Steele, Lea and Flood 2014).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit.max(1)
    }
}

/// Writes a zip of NDJSON files: the real trials first as they are, then made ones until there are `count`.
pub fn make(count: usize, out: &Path, paths: &[PathBuf]) {
    let records = read(paths);
    assert!(!records.is_empty(), "no record to make others of");
    let mut archive = ZipWriter::new(File::create(out).unwrap());
    let options = SimpleFileOptions::default().compression_level(Some(1));
    let mut numbers = Numbers(SEED);
    let mut bytes = 0;
    for number in 0..count {
        if number % RECORDS_A_FILE == 0 {
            let name = format!("trials-{:06}.ndjson", number / RECORDS_A_FILE);
            archive.start_file(name, options).unwrap();
        }
        let base = &records[number % records.len()];
        let mut line = match number / records.len() {
            0 => serde_json::to_vec(&parsed(base)).unwrap(),
            _ => {
                let donor = &records[numbers.below(records.len() as u64) as usize];
                serde_json::to_vec(&made(number, parsed(base), &parsed(donor), &mut numbers))
                    .unwrap()
            }
        };
        line.push(b'\n');
        bytes += line.len();
        archive.write_all(&line).unwrap();
    }
    archive.finish().unwrap();
    println!(
        "{count} trials of {} real ones, {:.0} MB of records, {:.0} MB as zip",
        records.len(),
        bytes as f64 / 1e6,
        std::fs::metadata(out).unwrap().len() as f64 / 1e6
    );
}

fn parsed(record: &[u8]) -> Value {
    serde_json::from_slice(record).unwrap()
}

fn read(paths: &[PathBuf]) -> Vec<Vec<u8>> {
    let mut records = Vec::new();
    let (limits, progress) = (Limits::default(), Progress::default());
    walk(paths, &limits, &progress, &mut |item| {
        let trial = item
            .ok()
            .and_then(|raw| read_trial(raw, Vocabulary::bundled()).ok());
        records.extend(trial.map(|trial| trial.json.to_vec()));
        ControlFlow::Continue(())
    });
    records
}

/// A trial that is neither: the facts of one, sentences of both.
fn made(number: usize, mut study: Value, donor: &Value, numbers: &mut Numbers) -> Value {
    let protocol = &mut study["protocolSection"];
    let donor = &donor["protocolSection"];
    let identification = &mut protocol["identificationModule"];
    identification["nctId"] = Value::from(format!("NCT{:08}", 80_000_000 + number));
    identification["nctIdAliases"] = Value::Array(Vec::new());
    identification["secondaryIdInfos"] = Value::Array(Vec::new());
    identification["orgStudyIdInfo"] = serde_json::json!({"id": format!("SCALE-{number}")});
    let other = donor["identificationModule"]["briefTitle"].as_str();
    if let (Some(title), Some(other)) = (identification["briefTitle"].as_str(), other) {
        let own: Vec<&str> = title.split(' ').collect();
        let theirs: Vec<&str> = other.split(' ').collect();
        let title = [&own[..own.len().div_ceil(2)], &theirs[theirs.len() / 2..]].concat();
        identification["briefTitle"] = Value::from(title.join(" "));
    }
    for (module, text, between) in TEXTS {
        let (Some(own), Some(theirs)) = (
            protocol[module][text].as_str(),
            donor[module][text].as_str(),
        ) else {
            continue;
        };
        let theirs: Vec<&str> = theirs.split(between).collect();
        let parts = own.split(between).map(|part| match numbers.below(3) {
            // What heads a list stays, or criteria would lose what they are.
            0 if !part.trim_end().ends_with(':') => {
                theirs[numbers.below(theirs.len() as u64) as usize]
            }
            _ => part,
        });
        protocol[module][text] = Value::from(parts.collect::<Vec<_>>().join(between));
    }
    let sites = &donor["contactsLocationsModule"]["locations"];
    if numbers.below(2) == 0 && sites.is_array() {
        protocol["contactsLocationsModule"]["locations"] = sites.clone();
    }
    let days = numbers.below(2 * MOST_DAYS) as i64 - MOST_DAYS as i64;
    shift(&mut protocol["statusModule"], days);
    study
}

/// Moves all dates in a value, of whatever precision.
fn shift(value: &mut Value, days: i64) {
    match value {
        Value::Object(members) => members.values_mut().for_each(|member| shift(member, days)),
        Value::String(text) => {
            let whole = match text.len() {
                7 => format!("{text}-15"),
                _ => text.clone(),
            };
            let moved = whole.parse::<Date>().ok();
            let moved = moved.and_then(|date| date.checked_add(days.days()).ok());
            if let Some(date) = moved {
                let length = text.len();
                *text = date.to_string();
                text.truncate(length);
            }
        }
        _ => {}
    }
}
