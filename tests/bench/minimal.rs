//! The least that a program on the same engine does: the same texts into the same text fields, with frequencies, positions and
//! lengths, by the engine's English analyzer (`en_stem`), and the same records stored, compressed by the engine's default. Two
//! threads and 256 MB, as ours.
//!
//! It parses nothing: the documents are in memory before its clock starts. It has none of what ours has beside the texts: no columns
//! for facets, dates and sites, no words as written, no vocabulary of names, abbreviations and completions, no results kept apart,
//! no merging of versions. That is on purpose: the ratio says what all of these cost.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Instant;

use tantivy::schema::{
    FAST, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::{Index, IndexWriter, TantivyDocument};

use trialfind::schema::{Fields, section_texts};
use trialfind::source::{Limits, Progress, read_trial, walk};
use trialfind::trial::eligibility::items;
use trialfind::trial::vocabulary::Vocabulary;

/// The fields of the program, and what goes into them.
pub struct Documents {
    schema: Schema,
    documents: Vec<TantivyDocument>,
}

/// An index of the least program, in a folder of its own.
pub struct Least {
    pub index: Index,
    folder: tempfile::TempDir,
}

pub fn build(paths: &[PathBuf]) {
    let documents = documents(paths);
    let count = documents.documents.len();
    // Looking on takes its time from ours, so it does from this one.
    let watch = crate::memory::Watch::start();
    let (least, seconds) = index(documents);
    println!(
        "{seconds:.2} s, peak {:.0} MB anonymous with the input, index {:.0} MB, {count} documents",
        watch.peak(),
        crate::megabytes(least.folder.path())
    );
}

/// Texts and records of some paths.
pub fn documents(paths: &[PathBuf]) -> Documents {
    let fields = Fields::bundled();
    let mut builder = Schema::builder();
    let english = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer("en_stem")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions),
    );
    let id = builder.add_text_field("trial_id", STRING | FAST);
    let record = builder.add_bytes_field("record", STORED);
    let handles: Vec<_> = fields
        .text
        .iter()
        .map(|field| builder.add_text_field(&field.name, english.clone()))
        .collect();
    let schema = builder.build();

    let mut documents = Vec::new();
    walk(
        paths,
        &Limits::default(),
        &Progress::default(),
        &mut |item| {
            let trial = item
                .ok()
                .and_then(|raw| read_trial(raw, Vocabulary::bundled()).ok());
            if let Some(trial) = trial {
                let mut document = TantivyDocument::default();
                document.add_text(id, trial.id.as_str());
                document.add_bytes(record, &trial.json);
                let criteria = trial
                    .study
                    .protocol_section
                    .eligibility_module
                    .eligibility_criteria
                    .as_deref();
                let items = criteria.map(items).unwrap_or_default();
                section_texts(fields, &trial.study, &items, &mut |section| {
                    document.add_text(handles[section.field], section.text);
                });
                documents.push(document);
            }
            ControlFlow::Continue(())
        },
    );
    Documents { schema, documents }
}

/// Builds the index, and says how many seconds it took.
pub fn index(documents: Documents) -> (Least, f64) {
    let folder = tempfile::tempdir().unwrap();
    let started = Instant::now();
    let index = Index::create_in_dir(folder.path(), documents.schema).unwrap();
    let mut writer: IndexWriter = index.writer_with_num_threads(2, 256_000_000).unwrap();
    for document in documents.documents {
        writer.add_document(document).unwrap();
    }
    writer.commit().unwrap();
    writer.wait_merging_threads().unwrap();
    let seconds = started.elapsed().as_secs_f64();
    (Least { index, folder }, seconds)
}
