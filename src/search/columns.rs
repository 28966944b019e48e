//! The columns of one segment that filters, facets and orders read, opened once for each segment.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jiff::civil::Date;
use tantivy::SegmentReader;
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocId, TantivyError};

use crate::index::all_texts;
use crate::place::country_called;
use crate::schema::{FacetElement, Fields, Layout, NOT_STATED, is_open, is_stale};
use crate::search::request::Sort;
use crate::search::unpacked::{Chosen, Unpacked, each_value, first_of_name};

/// The columns of one segment.
pub(crate) struct SegmentColumns {
    /// One for each of [`Fields::facets`].
    pub(crate) facets: Vec<FacetColumn>,
    updated: Column<i64>,
    /// The same in a plain array, read once searches come again.
    all_updated: OnceLock<Box<[i64]>>,
    start: Column<i64>,
    enrollment: Column<i64>,
    primary_completion: Column<i64>,
    verified: Column<i64>,
    minimum_age: Column<i64>,
    maximum_age: Column<i64>,
    ids: StrColumn,
    /// Every id by its place, once many were asked for.
    all_ids: OnceLock<Vec<String>>,
    /// How many were asked for one by one.
    ids_asked: AtomicUsize,
    documents: u32,
    /// Whether a search has read them before.
    used: AtomicBool,
}

/// Ages that a trial must have room for, in minutes: from one up to, but not including, another if it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ages {
    pub(crate) from: i64,
    pub(crate) before: Option<i64>,
}

/// A column of numbers: participants, days since 1970-01-01, ages in minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NumberColumn {
    Enrollment,
    Start,
    Updated,
    Verified,
    PrimaryCompletion,
    MinimumAge,
    MaximumAge,
}

/// Ids that are looked up one by one in a segment before all of them are read.
const FEW_IDS: usize = 200;

/// The values of one facet in one segment, by ordinal.
pub(crate) enum FacetColumn {
    /// A column of the index.
    Stored {
        ordinals: Column<u64>,
        /// Several ordinals have one name where records write a country in several ways.
        names: Vec<String>,
        /// The first ordinal of the same name for each, if some have one name.
        first: Option<Vec<u64>>,
        unpacked: OnceLock<Arc<Unpacked>>,
    },
    /// Worked out from others on the day of the search.
    Verification {
        open: Arc<Vec<bool>>,
        statuses: Column<u64>,
        verified: Column<i64>,
        primary_completion: Column<i64>,
        names: Vec<String>,
        judged: Mutex<Option<Judged>>,
    },
}

/// What was worked out for every document on a day.
type Judged = (Date, Arc<[u8]>);

/// The chosen values of one facet in one segment, ready to be asked of documents.
pub(crate) struct FacetFilter {
    chosen: Chosen,
    /// The column, if it has been unpacked.
    unpacked: Option<Arc<Unpacked>>,
    judged: Option<Arc<[u8]>>,
}

/// The values of the verification facet: open and not verified for two years, all else, not known.
const VERIFICATION: [&str; 3] = ["STALE", "OTHER", NOT_STATED];

impl SegmentColumns {
    pub(crate) fn open(
        segment: &SegmentReader,
        fields: &Fields,
        layout: &Layout,
    ) -> tantivy::Result<SegmentColumns> {
        let columns = segment.fast_fields();
        let text = |field| -> tantivy::Result<StrColumn> {
            let name = layout.schema.get_field_name(field);
            let column = columns.str(name)?;
            column.ok_or_else(|| {
                TantivyError::SchemaError(format!("the index has no column `{name}`"))
            })
        };
        let days = |field| columns.i64(layout.schema.get_field_name(field));
        let mut facets = Vec::with_capacity(fields.facets.len());
        for (field, facet) in layout.facets.iter().zip(&fields.facets) {
            facets.push(match field {
                Some(field) => {
                    let column = text(*field)?;
                    let mut names = all_texts(&column)?;
                    if facet.element == FacetElement::LocationCountry {
                        for name in &mut names {
                            *name = country_called(name).to_owned();
                        }
                    }
                    FacetColumn::Stored {
                        first: first_of_name(&names),
                        names,
                        ordinals: column.ords().clone(),
                        unpacked: OnceLock::new(),
                    }
                }
                None => {
                    let status = fields
                        .facets
                        .iter()
                        .position(|facet| facet.element == FacetElement::OverallStatus);
                    let status = status.and_then(|place| layout.facets[place]);
                    let statuses = match status {
                        Some(field) => text(field)?,
                        None => {
                            return Err(TantivyError::SchemaError(
                                "a verification facet needs a status facet".into(),
                            ));
                        }
                    };
                    FacetColumn::Verification {
                        open: Arc::new(
                            all_texts(&statuses)?
                                .iter()
                                .map(|name| is_open(name))
                                .collect(),
                        ),
                        statuses: statuses.ords().clone(),
                        verified: days(layout.verified)?,
                        primary_completion: days(layout.primary_completion)?,
                        names: VERIFICATION.map(str::to_owned).to_vec(),
                        judged: Mutex::default(),
                    }
                }
            });
        }
        Ok(SegmentColumns {
            facets,
            updated: days(layout.updated)?,
            all_updated: OnceLock::new(),
            start: days(layout.start)?,
            enrollment: days(layout.enrollment)?,
            primary_completion: days(layout.primary_completion)?,
            verified: days(layout.verified)?,
            minimum_age: days(layout.minimum_age)?,
            maximum_age: days(layout.maximum_age)?,
            ids: text(layout.id)?,
            all_ids: OnceLock::new(),
            ids_asked: AtomicUsize::new(0),
            documents: segment.max_doc(),
            used: AtomicBool::new(false),
        })
    }

    /// Makes some facets ready for counting and filtering, and the days of updates for ordering: from the second search on they are
    /// unpacked.
    pub(crate) fn prepare(&self, wanted: impl Iterator<Item = bool>, today: Date) {
        if self.used.swap(true, Ordering::Relaxed) {
            let facets = self.facets.iter().zip(wanted);
            facets
                .filter(|(_, wanted)| *wanted)
                .for_each(|(facet, _)| facet.unpack(self.documents, today));
            self.all_updated.get_or_init(|| {
                let documents = 0..self.documents;
                documents.map(|doc| self.updated(doc)).collect()
            });
        }
    }

    /// The day that a trial was last updated; the lowest number if it does not say.
    pub(crate) fn updated(&self, doc: DocId) -> i64 {
        match self.all_updated.get() {
            Some(all) => all[doc as usize],
            None => self.updated.first(doc).unwrap_or(i64::MIN),
        }
    }

    /// The column that an order reads, if it reads one.
    pub(crate) fn sort_column(&self, sort: Sort) -> Option<&Column<i64>> {
        match sort {
            Sort::Start => Some(&self.start),
            Sort::Updated => Some(&self.updated),
            Sort::Enrollment => Some(&self.enrollment),
            Sort::Relevance | Sort::Id | Sort::Distance => None,
        }
    }

    /// A column of numbers.
    pub(crate) fn number(&self, column: NumberColumn) -> &Column<i64> {
        match column {
            NumberColumn::Enrollment => &self.enrollment,
            NumberColumn::Start => &self.start,
            NumberColumn::Updated => &self.updated,
            NumberColumn::Verified => &self.verified,
            NumberColumn::PrimaryCompletion => &self.primary_completion,
            NumberColumn::MinimumAge => &self.minimum_age,
            NumberColumn::MaximumAge => &self.maximum_age,
        }
    }

    /// Whether a trial has room for somebody of some ages; a bound that it does not state is open.
    pub(crate) fn admits(&self, doc: DocId, ages: Ages) -> bool {
        let youngest = self.minimum_age.first(doc);
        let past_oldest = self.maximum_age.first(doc);
        youngest.is_none_or(|youngest| ages.before.is_none_or(|before| youngest < before))
            && past_oldest.is_none_or(|past_oldest| ages.from < past_oldest)
    }

    /// The place of a document's id among the ids of the segment.
    pub(crate) fn id_ordinal(&self, doc: DocId) -> u64 {
        self.ids.ords().first(doc).unwrap_or(u64::MAX)
    }

    /// The id of a document.
    pub(crate) fn id_of(&self, doc: DocId) -> String {
        self.id(self.id_ordinal(doc))
    }

    /// The id at a place.
    pub(crate) fn id(&self, ordinal: u64) -> String {
        if let Some(all) = self.all_ids.get() {
            return all.get(ordinal as usize).cloned().unwrap_or_default();
        }
        if self.ids_asked.fetch_add(1, Ordering::Relaxed) >= FEW_IDS && self.read_ids().is_ok() {
            return self.id(ordinal);
        }
        let mut id = String::new();
        let _ = self.ids.ord_to_str(ordinal, &mut id);
        id
    }

    /// How many ids of the segment are below one.
    pub(crate) fn ids_below(&self, id: &str) -> u64 {
        let (mut low, mut high) = (0, self.ids.num_terms() as u64);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.id(middle).as_str() < id {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        low
    }

    /// Reads all ids of the segment at once. Looking one up unpacks a block of them, so this is quicker for many.
    pub(crate) fn read_ids(&self) -> tantivy::Result<()> {
        if self.all_ids.get().is_none() {
            let _ = self.all_ids.set(all_texts(&self.ids)?);
        }
        Ok(())
    }
}

impl FacetColumn {
    /// The values by ordinal.
    pub(crate) fn names(&self) -> &[String] {
        match self {
            FacetColumn::Stored { names, .. } | FacetColumn::Verification { names, .. } => names,
        }
    }

    /// Takes the column out of its packed form, which makes counting several times quicker. Worth its time from a second search
    /// on; takes two bytes a document and more where it may
    /// have several values.
    fn unpack(&self, documents: u32, today: Date) {
        match self {
            FacetColumn::Stored {
                ordinals,
                names,
                first,
                unpacked,
            } => {
                if u16::try_from(names.len()).is_ok() {
                    unpacked.get_or_init(|| {
                        let first = first.as_deref();
                        Arc::new(Unpacked::new(ordinals, names.len(), first, documents))
                    });
                }
            }
            FacetColumn::Verification { judged, .. } => {
                if self.judged(today).is_none() {
                    let all = (0..documents).map(|doc| self.verification(doc, today));
                    let all = Some((today, all.collect()));
                    *judged.lock().unwrap_or_else(PoisonError::into_inner) = all;
                }
            }
        }
    }

    /// What was worked out for every document, if that was for this day.
    fn judged(&self, today: Date) -> Option<Arc<[u8]>> {
        let FacetColumn::Verification { judged, .. } = self else {
            return None;
        };
        let judged = judged.lock().unwrap_or_else(PoisonError::into_inner);
        let known = judged.as_ref().filter(|(day, _)| *day == today);
        known.map(|(_, judged)| judged.clone())
    }

    /// A filter by some values.
    pub(crate) fn filter(&self, chosen: &[String], today: Date) -> FacetFilter {
        let names = self.names().iter();
        FacetFilter {
            chosen: Chosen::new(names.map(|name| chosen.contains(name)).collect()),
            unpacked: self.unpacked().cloned(),
            judged: self.judged(today),
        }
    }

    fn unpacked(&self) -> Option<&Arc<Unpacked>> {
        match self {
            FacetColumn::Stored { unpacked, .. } => unpacked.get(),
            FacetColumn::Verification { .. } => None,
        }
    }

    /// Whether a document has one of the chosen values.
    #[inline]
    pub(crate) fn passes(&self, filter: &FacetFilter, doc: DocId, today: Date) -> bool {
        match (&filter.unpacked, &filter.judged) {
            (Some(unpacked), _) => unpacked.has_any(&filter.chosen, doc),
            (None, Some(judged)) => filter.chosen.has(usize::from(judged[doc as usize])),
            (None, None) => {
                let mut passes = false;
                self.ordinals(doc, today, &mut |ordinal| {
                    passes |= filter.chosen.has(ordinal);
                });
                passes
            }
        }
    }

    /// Counts the values of some documents by ordinal.
    pub(crate) fn count(&self, docs: &[DocId], today: Date, counter: &mut [u64]) {
        match (self.unpacked(), self.judged(today)) {
            (Some(unpacked), _) => unpacked.count(docs, counter),
            (None, Some(judged)) => {
                for &doc in docs {
                    counter[usize::from(judged[doc as usize])] += 1;
                }
            }
            (None, None) => {
                for &doc in docs {
                    self.ordinals(doc, today, &mut |ordinal| counter[ordinal] += 1);
                }
            }
        }
    }

    /// Gives the ordinals of a document's values. `today` decides what is verified too long ago.
    pub(crate) fn ordinals(&self, doc: DocId, today: Date, sink: &mut dyn FnMut(usize)) {
        match self {
            FacetColumn::Stored {
                ordinals, first, ..
            } => each_value(ordinals, first.as_deref(), doc, sink),
            FacetColumn::Verification { .. } => sink(usize::from(self.verification(doc, today))),
        }
    }

    /// The place of a document's value in [`VERIFICATION`].
    fn verification(&self, doc: DocId, today: Date) -> u8 {
        let FacetColumn::Verification {
            open,
            statuses,
            verified,
            primary_completion,
            ..
        } = self
        else {
            return 2;
        };
        let is_open = statuses
            .first(doc)
            .is_some_and(|status| open[status as usize]);
        let (verified, completion) = (verified.first(doc), primary_completion.first(doc));
        match is_stale(is_open, verified, completion, today) {
            Some(true) => 0,
            Some(false) => 1,
            None => 2,
        }
    }
}
