//! What is highlighted is what matched, and every span can be cut out.
use proptest::prelude::*;
use trialfind::search::{Hits, Marked};

use crate::{FINDER, request, words::query};

fn check_spans(marked: &Marked, concepts: usize) {
    let mut end = 0;
    for highlight in &marked.highlights {
        assert!(
            highlight.start >= end && highlight.start < highlight.end,
            "{marked:?}"
        );
        let cut = marked.text.get(highlight.start..highlight.end);
        assert!(cut.is_some_and(|cut| !cut.trim().is_empty()), "{marked:?}");
        assert!(highlight.concept < concepts, "{marked:?}");
        end = highlight.end;
    }
}

fn marked_texts(hits: &Hits) -> impl Iterator<Item = &Marked> {
    hits.hits.iter().flat_map(|hit| {
        let interventions = hit
            .interventions
            .iter()
            .map(|intervention| &intervention.name);
        let passages = hit.passages.iter().map(|passage| &passage.text);
        std::iter::once(&hit.title)
            .chain(&hit.conditions)
            .chain(interventions)
            .chain(passages)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn spans_can_be_cut_out(query in query(), passages in 1_usize..5) {
        let mut asked = request(&query);
        asked.passages = passages;
        asked.limit = 12;
        asked.widen = true;
        let hits = FINDER.search(&asked).unwrap();
        for marked in marked_texts(&hits) {
            check_spans(marked, hits.query.concepts.len());
        }
        for hit in &hits.hits {
            prop_assert!(hit.passages.len() <= passages);
            for passage in &hit.passages {
                prop_assert!(!passage.text.highlights.is_empty(), "{:?}", passage);
                let marks = passage.text.highlights.len();
                prop_assert_eq!(passage.marked.len(), passage.text.text.len() + 4 * marks);
            }
        }
    }
}

/// The matched stretches of all texts of all hits of a query, each once.
fn highlighted(query: &str) -> Vec<String> {
    let mut asked = request(query);
    asked.passages = 10;
    let hits = FINDER.search(&asked).unwrap();
    assert!(hits.total > 0, "{query}");
    let mut stretches: Vec<String> = marked_texts(&hits)
        .flat_map(|marked| {
            let cut = |highlight: &trialfind::passage::Highlight| {
                marked.text[highlight.start..highlight.end].to_owned()
            };
            marked.highlights.iter().map(cut)
        })
        .collect();
    stretches.sort();
    stretches.dedup();
    stretches
}

#[test]
fn every_writing_is_highlighted() {
    let check = |query: &str, stretch: &str| {
        let highlighted = highlighted(query);
        assert!(
            highlighted.iter().any(|found| found == stretch),
            "`{query}`: {highlighted:?}"
        );
    };
    check("bm msc", "BM-MSC");
    check("BMMSC", "BM-MSC");
    check("universite", "Université");
    check("il6", "IL-6");
    check("TGF beta", "TGF-β");
    check("injections", "Injection");
    check("tumor", "tumour");
    check("\"low back pain\"", "Low Back Pain");
    check("19#iSCLife-LDP", "iSCLife®-LDP");
}

#[test]
fn no_hit_shows_what_was_not_asked() {
    let none = highlighted("melanoma");
    assert!(
        none.iter()
            .all(|stretch| stretch.to_lowercase().starts_with("melanoma")),
        "{none:?}"
    );
    let mut asked = request("hodgkin");
    asked.passages = 10;
    let hits = FINDER.search(&asked).unwrap();
    for marked in marked_texts(&hits) {
        for highlight in &marked.highlights {
            let before = marked.text[..highlight.start].to_lowercase();
            assert!(
                !before.ends_with("non-") && !before.ends_with("non "),
                "{marked:?}"
            );
        }
    }
}
