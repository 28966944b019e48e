//! `trialfind demo`: the sample records that come with the program, indexed afresh and searched.

use std::fs;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use crate::cli::Outcome;
use crate::cli::context::{Context, data_folder};
use crate::cli::failure::{Failure, as_argument};
use crate::cli::index::is_missing;
use crate::cli::search::parse;
use crate::index::{BuildOptions, Index, Progress};
use crate::render::{clean, hits_text};
use crate::schema::FacetElement;
use crate::search::{Finder, Request};

/// The sample records: some forty trials in every format that is read.
static RECORDS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/corpus/records");

/// Tells a folder that the demonstration made, and may clear, from one of the user's.
const MARKER: &str = "made-by-trialfind-demo.txt";

/// What the demonstration searches for.
const QUERY: &str = "intradiscal BM-MSC";

/// Trials that it shows.
const SHOWN: usize = 3;

/// Runs the command.
pub(crate) fn run(context: &Context<'_>) -> Result<Outcome, Failure> {
    let console = context.console;
    let folder = folder(context)?;
    let place = folder.join("index");
    let records = write_records(&folder).map_err(|error| {
        Failure::from(error).context(format!(
            "cannot write the sample records to `{}`",
            folder.display()
        ))
    })?;
    let options = BuildOptions {
        rebuild: place.exists(),
        ..BuildOptions::default()
    };
    let report = Index::build(
        &place,
        context.schema.clone(),
        std::slice::from_ref(&records),
        &options,
        &Progress::default(),
        &|rejected| {
            console.note(&format!(
                "rejected: {}: {}",
                rejected.place,
                clean(&rejected.reason)
            ));
        },
    )?;
    let mut text = format!(
        "Sample records at {}\nIndex created at {}: {} trials from {} records in {:.1} s\n\n$ trialfind search {QUERY}\n",
        records.display(),
        place.display(),
        report.trials,
        report.seen,
        report.seconds,
    );
    let finder = Finder::new(Index::open(&place, context.schema.clone())?);
    let usual = [
        FacetElement::OverallStatus,
        FacetElement::Phase,
        FacetElement::LocationCountry,
    ];
    let hits = finder.search(&Request {
        facets: finder
            .index()
            .fields()
            .facets
            .iter()
            .filter(|facet| usual.contains(&facet.element))
            .map(|facet| facet.name.clone())
            .collect(),
        limit: SHOWN,
        today: context.today,
        ..Request::new(parse(QUERY, &context.schema.fields)?)
    })?;
    text.push_str(&hits_text(&hits, finder.index().vocabulary(), console.look));
    text.push_str(&next(&place));
    console.print(&text)?;
    Ok(Outcome::Found)
}

/// What to type next.
fn next(place: &Path) -> String {
    let quoted = as_argument(place);
    format!(
        "\nNext, on these samples:
  trialfind search knee -surgery --index {quoted}
  trialfind search '\"low back pain\"' --phase 2 --status recruiting --index {quoted}
  trialfind show NCT03737461 --index {quoted}
And with records of your own:
  trialfind index PATH...
  trialfind search WORDS...
"
    )
}

/// A folder of its own: named with `--index`, else in the platform's data folder, else in the one for temporary files. Never the
/// user's index, so TRIALFIND_INDEX does not count here.
fn folder(context: &Context<'_>) -> Result<PathBuf, Failure> {
    let folder = match &context.index_typed {
        Some(folder) => folder.clone(),
        None => {
            let own = data_folder().map(|folder| folder.join("demo"));
            match own {
                Ok(folder) if fs::create_dir_all(&folder).is_ok() => folder,
                _ => std::env::temp_dir().join("trialfind-demo"),
            }
        }
    };
    let foreign = !folder.join(MARKER).exists()
        && fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_some());
    if foreign {
        let what = match is_missing(&folder, &context.schema) {
            true => "a folder with other files in it",
            false => "an index already, which the demonstration leaves alone",
        };
        return Err(Failure::new(
            format!("`{}` is {what}", folder.display()),
            "name a new or empty folder for the demonstration with `--index DIR`",
        ));
    }
    Ok(std::path::absolute(&folder).unwrap_or(folder))
}

/// Writes the samples into a folder that is new or known to be the demonstration's own.
fn write_records(folder: &Path) -> std::io::Result<PathBuf> {
    let records = folder.join("records");
    if records.exists() {
        fs::remove_dir_all(&records)?;
    }
    fs::create_dir_all(&records)?;
    fs::write(
        folder.join(MARKER),
        "Made by `trialfind demo`, and made anew whenever it runs.\n",
    )?;
    RECORDS.extract(&records)?;
    Ok(records)
}
