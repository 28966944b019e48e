//! One record as one index document.

use rustc_hash::FxHashSet;
use tantivy::TantivyDocument;

use crate::analysis::abbreviations;
use crate::schema::elements::{registry_ids, section_texts};
use crate::schema::facets::facet_values;
use crate::schema::fields::Fields;
use crate::schema::layout::{Layout, content_hash};
use crate::schema::learnt::LearntTerms;
use crate::schema::names::NameTerms;
use crate::schema::stored::{StoredRecord, StoredRecordError};
use crate::schema::tokenizer::with_thread_analyzer;
use crate::trial::eligibility::items;
use crate::trial::vocabulary::Vocabulary;
use crate::trial::{Age, PartialDate, Provenance, Study, Trial, TrialId};

/// What is stored with a document beside what is searched.
pub(crate) struct Stored<'a> {
    /// The JSON text that `show --format json` gives back.
    pub(crate) json: &'a [u8],
    /// Where the record came from.
    pub(crate) provenance: &'a Provenance,
    /// Its provenance and what other sources add, as the index writes it.
    pub(crate) sources: &'a [u8],
    /// Tells an unchanged record.
    pub(crate) hash: u64,
    /// Earlier versions of the record, if any are known.
    pub(crate) history: Option<StoredHistory>,
}

/// Earlier versions of a trial's record.
pub(crate) struct StoredHistory {
    /// As the index writes them.
    pub(crate) bytes: Vec<u8>,
    /// The days of the changes, counted from 1970.
    pub(crate) days: Vec<i64>,
    /// When the last of them became known, in seconds since 1970.
    pub(crate) known: Option<i64>,
}

impl Layout {
    /// The document of one record that no other source adds to and no earlier version is known of, for an index of one's own.
    ///
    /// # Errors
    ///
    /// If the record cannot be compressed.
    pub fn document_of(
        &self,
        fields: &Fields,
        vocabulary: &Vocabulary,
        trial: &Trial,
    ) -> Result<TantivyDocument, StoredRecordError> {
        let stored = Stored {
            json: &trial.json,
            provenance: &trial.provenance,
            sources: &[],
            hash: content_hash(&trial.json),
            history: None,
        };
        self.document(fields, vocabulary, &trial.id, &trial.study, &stored)
    }

    /// The document of a trial: `study` is what is searched (the winner with what other sources add).
    pub(crate) fn document(
        &self,
        fields: &Fields,
        vocabulary: &Vocabulary,
        id: &TrialId,
        study: &Study,
        stored: &Stored<'_>,
    ) -> Result<TantivyDocument, StoredRecordError> {
        // The texts are most of the record, and what is stored takes what the names of its members took.
        let mut document = TantivyDocument::with_capacity(stored.json.len());
        document.add_text(self.id, id.as_str());
        let mut seen: FxHashSet<String> = FxHashSet::default();
        for text in registry_ids(study).chain([id.as_str()]) {
            let canonical = TrialId::parse(text).map(|id| TrialId::comparable(id.as_str()));
            for comparable in canonical.into_iter().chain([TrialId::comparable(text)]) {
                if !seen.contains(&comparable) {
                    document.add_text(self.ids, &comparable);
                    seen.insert(comparable);
                }
            }
        }
        let criteria = study
            .protocol_section
            .eligibility_module
            .eligibility_criteria
            .as_deref();
        let items = criteria.map(items).unwrap_or_default();
        let mut learnt = LearntTerms::default();
        section_texts(fields, study, &items, &mut |section| {
            abbreviations(&section.text, &mut |pair| {
                with_thread_analyzer(|analyzer| learnt.abbreviation(pair, analyzer));
            });
            document.add_text(self.text[section.field], section.text);
        });
        let terms = NameTerms::of(study);
        with_thread_analyzer(|analyzer| learnt.other_names(study, analyzer));
        for (field, terms) in [
            (self.learnt, learnt.terms),
            (self.names, terms.names),
            (self.completions, terms.completions),
        ] {
            for term in terms {
                document.add_text(field, term);
            }
        }
        self.columns(&mut document, fields, vocabulary, study, stored);
        let record = StoredRecord::new(stored.json)?;
        document.add_bytes(self.record, &record.record);
        document.add_bytes(self.sources, stored.sources);
        // Last, so that whoever does not want them stops reading before them.
        if !record.results.is_empty() {
            document.add_bytes(self.results, &record.results);
        }
        if let Some(history) = &stored.history {
            document.add_bytes(self.history, &history.bytes);
        }
        Ok(document)
    }

    /// Writes the columns that a record decides: `verify` works them out again and compares.
    pub(crate) fn columns(
        &self,
        document: &mut TantivyDocument,
        fields: &Fields,
        vocabulary: &Vocabulary,
        study: &Study,
        stored: &Stored<'_>,
    ) {
        for (facet, column) in fields.facets.iter().zip(&self.facets) {
            if let Some(column) = column {
                for value in facet_values(facet, vocabulary, study) {
                    document.add_text(*column, value);
                }
            }
        }
        let status = &study.protocol_section.status_module;
        let date = |text: &Option<String>| text.as_deref().and_then(PartialDate::parse);
        let updated = study.last_update();
        let verified = date(&status.status_verified_date).or(updated);
        let eligibility = &study.protocol_section.eligibility_module;
        let enrollment = study.protocol_section.design_module.enrollment_info.count;
        let age = |text: &Option<String>| text.as_deref().and_then(Age::parse);
        let past = |age: Age| Age {
            count: age.count.saturating_add(1),
            ..age
        };
        let numbers = [
            (self.updated, updated.map(PartialDate::days)),
            (
                self.start,
                date(&status.start_date_struct.date).map(PartialDate::days),
            ),
            (
                self.primary_completion,
                date(&status.primary_completion_date_struct.date).map(PartialDate::last_days),
            ),
            (self.verified, verified.map(PartialDate::last_days)),
            (
                self.enrollment,
                // Below zero it is no number of participants.
                enrollment.filter(|count| *count >= 0),
            ),
            (
                self.minimum_age,
                age(&eligibility.minimum_age).map(Age::minutes),
            ),
            (
                self.maximum_age,
                age(&eligibility.maximum_age).map(|age| past(age).minutes()),
            ),
        ];
        for (field, value) in numbers {
            if let Some(value) = value {
                document.add_i64(field, value);
            }
        }
        self.sites.write(document, study);
        self.pieces.write(document, stored.json);
        document.add_text(self.format, stored.provenance.format.name());
        if let Some(snapshot) = date(&stored.provenance.snapshot) {
            document.add_i64(self.snapshot, snapshot.days());
        }
        document.add_u64(self.hash, stored.hash);
        if let Some(history) = &stored.history {
            for &day in &history.days {
                document.add_i64(self.changed, day);
            }
            if let Some(known) = history.known {
                document.add_i64(self.changes_known, known);
            }
        }
    }
}
