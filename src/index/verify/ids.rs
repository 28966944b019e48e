//! The ids of a segment's documents: those that lead to a document, and those that its column has, each once in the index.

use std::collections::HashSet;
use std::path::PathBuf;

use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, SegmentReader, TERMINATED};

use crate::index::open::{Index, first_text};
use crate::index::verify::Findings;

/// Checks the ids of a segment, and gives those of its documents.
pub(super) fn check(
    index: &Index,
    segment: &SegmentReader,
    files: &[PathBuf],
    known: &mut HashSet<String>,
    findings: &Findings,
) -> tantivy::Result<Vec<Option<String>>> {
    let layout = index.layout();
    let [terms, postings, _, _, columns, ..] = files else {
        return Ok(Vec::new());
    };
    let mut ids: Vec<Option<String>> = vec![None; segment.max_doc() as usize];
    let inverted = segment.inverted_index(layout.id)?;
    let mut stream = inverted.terms().stream()?;
    while stream.advance() {
        let id = String::from_utf8_lossy(stream.key()).into_owned();
        let mut found =
            inverted.read_postings_from_terminfo(stream.value(), IndexRecordOption::Basic)?;
        if found.doc_freq() == 0 {
            findings.of_trial(terms, &id, "the id leads to no document");
        }
        let mut doc = found.doc();
        while doc != TERMINATED {
            if !segment.is_deleted(doc) {
                match ids.get_mut(doc as usize) {
                    None => findings.of_trial(postings, &id, "the id leads to no document"),
                    Some(Some(other)) => findings.of_trial(
                        postings,
                        &id,
                        format!("its document has the id {other} as well"),
                    ),
                    Some(place) => *place = Some(id.clone()),
                }
                if !known.insert(id.clone()) {
                    findings.of_trial(postings, &id, "there are two documents of this trial");
                }
            }
            doc = found.advance();
        }
    }
    let column = segment
        .fast_fields()
        .str(layout.schema.get_field_name(layout.id))?;
    for doc in segment.doc_ids_alive() {
        let text = first_text(column.as_ref(), doc)?.unwrap_or_default();
        match &ids[doc as usize] {
            Some(id) if *id == text => {}
            Some(id) => {
                findings.of_trial(columns, id, format!("the column of ids has `{text}`"));
            }
            None => {
                findings.of_trial(postings, &text, "no id leads to its document");
                ids[doc as usize] = Some(text);
            }
        }
    }
    Ok(ids)
}
