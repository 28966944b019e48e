//! Least programs on the same engine. They parse nothing: the documents are in memory before their clock starts. Two threads and
//! 256 MB, as ours.
//!
//! - [`Fed::Texts`]: the same texts into the same text fields, with frequencies, positions and lengths, by the engine's English
//!   analyzer (`en_stem`), and the same records stored, compressed by the engine's default. It has no columns for facets, dates and
//!   sites, no words as written, no vocabulary of names, abbreviations and completions, no results kept apart, no merging of
//!   versions: the ratio to it says what all of these cost.
//! - [`Fed::Fields`]: the same, and what ours writes into all its other fields. It has the engine's analyzer too, and so no words
//!   as written: the ratio to it says what reading records, our analysis and working out the fields cost.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Instant;

use tantivy::schema::{
    FAST, Field, FieldType, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing,
    TextOptions,
};
use tantivy::tokenizer::TokenizerManager;
use tantivy::{Index, IndexWriter, TantivyDocument};

use trialfind::schema::{Fields, Layout, section_texts};
use trialfind::source::{Limits, Progress, read_trial, walk};
use trialfind::trial::Trial;
use trialfind::trial::eligibility::items;
use trialfind::trial::vocabulary::Vocabulary;

/// What a least program is fed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Fed {
    /// The texts and the records.
    Texts,
    /// All fields of ours.
    Fields,
}

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

pub fn build(fed: Fed, paths: &[PathBuf]) {
    let documents = match fed {
        Fed::Texts => documents(paths),
        Fed::Fields => documents_of_all_fields(paths),
    };
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
    each(paths, &mut |trial| {
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
    });
    Documents { schema, documents }
}

/// The documents of ours, with the records as they came.
fn documents_of_all_fields(paths: &[PathBuf]) -> Documents {
    let (fields, vocabulary) = (Fields::bundled(), Vocabulary::bundled());
    let layout = Layout::new(fields);
    let ours_alone = [layout.record, layout.results, layout.sources];
    let mut documents = Vec::new();
    each(paths, &mut |trial| {
        let ready = layout.document_of(fields, vocabulary, &trial).unwrap();
        let mut document = TantivyDocument::default();
        for (field, value) in ready.field_values() {
            if !ours_alone.contains(&field) {
                document.add_field_value(field, value);
            }
        }
        document.add_bytes(layout.record, &trial.json);
        documents.push(document);
    });
    Documents {
        schema: layout.schema.clone(),
        documents,
    }
}

/// Gives the trials of some paths to a function.
fn each(paths: &[PathBuf], take: &mut dyn FnMut(Trial)) {
    walk(
        paths,
        &Limits::default(),
        &Progress::default(),
        &mut |item| {
            let trial = item
                .ok()
                .and_then(|raw| read_trial(raw, Vocabulary::bundled()).ok());
            if let Some(trial) = trial {
                take(trial);
            }
            ControlFlow::Continue(())
        },
    );
}

/// Builds the index, and says how many seconds it took.
pub fn index(documents: Documents) -> (Least, f64) {
    let folder = tempfile::tempdir().unwrap();
    let started = Instant::now();
    let mut index = Index::create_in_dir(folder.path(), documents.schema).unwrap();
    index.set_tokenizers(english_for_all(&index.schema()));
    let mut writer: IndexWriter = index.writer_with_num_threads(2, 256_000_000).unwrap();
    for document in documents.documents {
        writer.add_document(document).unwrap();
    }
    writer.commit().unwrap();
    writer.wait_merging_threads().unwrap();
    let seconds = started.elapsed().as_secs_f64();
    (Least { index, folder }, seconds)
}

/// The engine's analyzers, and the one for English under every name that is not theirs.
fn english_for_all(schema: &Schema) -> TokenizerManager {
    let tokenizers = TokenizerManager::default();
    let english = tokenizers.get("en_stem").unwrap();
    let name = |(_, entry): (Field, &tantivy::schema::FieldEntry)| match entry.field_type() {
        FieldType::Str(options) => options
            .get_indexing_options()
            .map(|options| options.tokenizer().to_owned()),
        _ => None,
    };
    for name in schema.fields().filter_map(name) {
        if tokenizers.get(&name).is_none() {
            tokenizers.register(&name, english.clone());
        }
    }
    tokenizers
}
