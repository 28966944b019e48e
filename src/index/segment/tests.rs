//! The files of a segment are those that the engine's own writer makes of the same documents, byte for byte.

use std::ops::ControlFlow;
use std::path::PathBuf;

use proptest::prelude::*;
use tantivy::directory::RamDirectory;
use tantivy::index::{IndexSettings, Segment, SegmentComponent};
use tantivy::store::Compressor;
use tantivy::tokenizer::TokenizerManager;
use tantivy::{Directory, IndexBuilder, TantivyDocument};

use super::SegmentBuilder;
use crate::schema::{Fields, Layout, register_analyzer};
use crate::source::{Limits, Progress, read_trial, walk};
use crate::trial::vocabulary::Vocabulary;

/// Bytes for the engine's writer, so that it makes one segment.
const MEMORY: usize = 50_000_000;

fn builder(layout: &Layout) -> IndexBuilder {
    let tokenizers = TokenizerManager::default();
    register_analyzer(&tokenizers);
    tantivy::Index::builder()
        .schema(layout.schema.clone())
        .tokenizers(tokenizers)
        .settings(IndexSettings {
            docstore_compression: Compressor::None,
            ..IndexSettings::default()
        })
}

fn files(segment: &Segment) -> Vec<(String, Vec<u8>)> {
    let components = [
        SegmentComponent::FieldNorms,
        SegmentComponent::Terms,
        SegmentComponent::Postings,
        SegmentComponent::Positions,
        SegmentComponent::FastFields,
        SegmentComponent::Store,
    ];
    let read = |component: SegmentComponent| {
        let path = segment.relative_path(component.clone());
        let file = segment.index().directory().open_read(&path).unwrap();
        (
            format!("{component:?}"),
            file.read_bytes().unwrap().to_vec(),
        )
    };
    components.into_iter().map(read).collect()
}

fn check(layout: &Layout, documents: &[TantivyDocument]) {
    let mut engines = builder(layout)
        .single_segment_index_writer(RamDirectory::create(), MEMORY)
        .unwrap();
    let index = builder(layout).create_in_ram().unwrap();
    let mut ours = SegmentBuilder::new(&index).unwrap();
    for document in documents {
        engines.add_document(document.clone()).unwrap();
        ours.add(document).unwrap();
    }
    let engines = engines.finalize().unwrap();
    let engines = engines.searchable_segments().unwrap().remove(0);
    let meta = ours.finish().unwrap();
    assert_eq!(meta.max_doc(), engines.meta().max_doc());
    for ((name, ours), (_, engines)) in files(&index.segment(meta)).iter().zip(files(&engines)) {
        assert!(
            *ours == engines,
            "{name}: {} bytes, the engine's {}",
            ours.len(),
            engines.len()
        );
    }
}

#[test]
fn bundled_records_make_the_segment_that_the_engine_makes() {
    let (fields, vocabulary) = (Fields::bundled(), Vocabulary::bundled());
    let layout = Layout::new(fields);
    let records = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/records"));
    let mut documents = Vec::new();
    walk(
        &[records],
        &Limits::default(),
        &Progress::default(),
        &mut |item| {
            let trial = read_trial(item.unwrap(), vocabulary).unwrap();
            documents.push(layout.document_of(fields, vocabulary, &trial).unwrap());
            ControlFlow::Continue(())
        },
    );
    assert!(documents.len() > 30);
    check(&layout, &documents);
}

/// Words that come to several tokens, to none, to some that are no forms, and to codes that neighbours take part in.
const WORDS: &[&str] = &[
    "pain",
    "pains",
    "Pain",
    "BM-MSC",
    "BM",
    "MSCs",
    "HER2",
    "negative",
    "non-",
    "Hodgkin",
    "IL",
    "6",
    "2019",
    "100",
    "\n",
    ".",
    "randomised",
    "tumours",
    "CAR",
    "T-cells",
    "β",
    "2*10^7",
    "間葉系幹細胞",
    "=",
    "\u{1}",
    "4-(2-hydroxyethyl)-1-piperazineethanesulfonicacid",
    "therapies",
    "the",
    "\u{301}",
];

fn text() -> impl Strategy<Value = String> {
    let words =
        prop::collection::vec(prop::sample::select(WORDS), 0..20).prop_map(|words| words.join(" "));
    // Some values take more positions than the gap between two.
    (words, 1..30usize).prop_map(|(words, times)| format!("{words} ").repeat(times))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_texts_make_the_segment_that_the_engine_makes(
        documents in prop::collection::vec(prop::collection::vec((0..4usize, text()), 0..6), 0..20)
    ) {
        let layout = Layout::new(Fields::bundled());
        let fields = [layout.text[0], layout.text[1], layout.names, layout.ids];
        let documents: Vec<TantivyDocument> = documents
            .into_iter()
            .map(|values| {
                let mut document = TantivyDocument::default();
                for (field, text) in values {
                    document.add_text(fields[field], text);
                }
                document
            })
            .collect();
        check(&layout, &documents);
    }
}

#[test]
fn a_term_longer_than_the_engine_takes_is_left_out_as_it_does() {
    let layout = Layout::new(Fields::bundled());
    let mut document = TantivyDocument::default();
    document.add_text(layout.text[0], "pain ".repeat(3) + &"x".repeat(70_000));
    document.add_text(layout.text[0], "after");
    document.add_text(layout.names, "y".repeat(70_000));
    check(&layout, &[document]);
}
