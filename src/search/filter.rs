//! Filters that stand in a query: which trials pass, judged on the columns of the index. They change no score.

use std::sync::Arc;

use jiff::civil::Date;
use tantivy::index::SegmentId;
use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::Field;
use tantivy::{
    DocAddress, DocId, DocSet, Score, Searcher, SegmentReader, TERMINATED, TantivyError, Term,
};

use crate::search::columns::{Ages, NumberColumn, SegmentColumns};

/// A filter of a query, ready to judge trials.
#[derive(Clone)]
pub(crate) struct TrialFilter {
    /// As typed: `phase:2`.
    pub(crate) typed: String,
    pub(crate) test: TrialTest,
    /// The day of the search.
    pub(crate) today: Date,
    /// The columns of each segment.
    pub(crate) columns: Vec<(SegmentId, Arc<SegmentColumns>)>,
}

/// What a trial must have.
#[derive(Clone, Debug)]
pub(crate) enum TrialTest {
    /// One of some values of a facet, by its place in the schema.
    Facet { place: usize, values: Vec<String> },
    /// Any value of a facet but this one.
    FacetNot { place: usize, value: &'static str },
    /// Room for somebody of some ages; an open bound of the trial admits.
    Ages(Ages),
    /// A number from one to another, both included.
    Number {
        column: NumberColumn,
        from: Option<i64>,
        to: Option<i64>,
    },
    /// Any of some numbers at all.
    AnyNumber(Vec<NumberColumn>),
    /// Text in any of some fields.
    AnyText(Vec<Field>),
}

impl std::fmt::Debug for TrialFilter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TrialFilter")
            .field("typed", &self.typed)
            .field("test", &self.test)
            .finish_non_exhaustive()
    }
}

type Passes = Box<dyn Fn(DocId) -> bool + Send>;

/// The documents that have one of some values of a facet.
fn of_facet(columns: Arc<SegmentColumns>, place: usize, values: &[String], today: Date) -> Passes {
    let filter = columns.facets[place].filter(values, today);
    Box::new(move |doc| columns.facets[place].passes(&filter, doc, today))
}

impl TrialFilter {
    /// What tells the documents of a segment that pass.
    fn passes(&self, reader: &SegmentReader) -> tantivy::Result<Passes> {
        let id = reader.segment_id();
        let of_segment = self.columns.iter().find(|(known, _)| *known == id);
        let Some((_, columns)) = of_segment.cloned() else {
            let message = "the index has changed since the search began".to_owned();
            return Err(TantivyError::InvalidArgument(message));
        };
        let today = self.today;
        Ok(match &self.test {
            TrialTest::Facet { place, values } => of_facet(columns, *place, values, today),
            TrialTest::FacetNot { place, value } => {
                let names = columns.facets[*place].names().iter();
                let others: Vec<String> = names.filter(|name| name != value).cloned().collect();
                of_facet(columns, *place, &others, today)
            }
            TrialTest::Ages(ages) => {
                let ages = *ages;
                Box::new(move |doc| columns.admits(doc, ages))
            }
            TrialTest::Number { column, from, to } => {
                let (column, from, to) = (*column, *from, *to);
                Box::new(move |doc| {
                    columns.number(column).first(doc).is_some_and(|number| {
                        from.is_none_or(|from| from <= number) && to.is_none_or(|to| number <= to)
                    })
                })
            }
            TrialTest::AnyNumber(wanted) => {
                let wanted = wanted.clone();
                Box::new(move |doc| {
                    wanted
                        .iter()
                        .any(|column| columns.number(*column).first(doc).is_some())
                })
            }
            TrialTest::AnyText(fields) => {
                let mut lengths = Vec::with_capacity(fields.len());
                for &field in fields {
                    lengths.push(reader.get_fieldnorms_reader(field)?);
                }
                Box::new(move |doc| lengths.iter().any(|length| length.fieldnorm_id(doc) > 0))
            }
        })
    }

    /// Whether a trial passes.
    pub(crate) fn admits(&self, searcher: &Searcher, address: DocAddress) -> tantivy::Result<bool> {
        let passes = self.passes(searcher.segment_reader(address.segment_ord))?;
        Ok(passes(address.doc_id))
    }
}

/// A filter as a query of the engine.
#[derive(Clone, Debug)]
pub(crate) struct FilterQuery(pub(crate) Arc<TrialFilter>);

impl Query for FilterQuery {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        let _ = visitor;
    }
}

impl Weight for FilterQuery {
    fn scorer(&self, reader: &SegmentReader, _: Score) -> tantivy::Result<Box<dyn Scorer>> {
        Ok(Box::new(Tried::new(
            self.0.passes(reader)?,
            reader.max_doc(),
        )))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let _ = (reader, doc);
        Ok(Explanation::new_with_string(
            format!("filter `{}`", self.0.typed),
            0.0,
        ))
    }
}

/// The documents of a segment that pass, tried one after the other.
pub(crate) struct Tried<P> {
    passes: P,
    doc: DocId,
    end: DocId,
    /// What one try costs, in postings that are read.
    cost: u64,
}

impl<P: Fn(DocId) -> bool> Tried<P> {
    /// Stands at the first one; `end` is the number of documents.
    pub(crate) fn new(passes: P, end: DocId) -> Tried<P> {
        let mut tried = Tried {
            passes,
            doc: 0,
            end,
            cost: 1,
        };
        tried.find_from(0);
        tried
    }

    /// The same, where a try costs as much as reading some postings.
    pub(crate) fn costing(mut self, postings: u64) -> Tried<P> {
        self.cost = postings;
        self
    }

    fn find_from(&mut self, target: DocId) -> DocId {
        let found = (target..self.end).find(|doc| (self.passes)(*doc));
        self.doc = found.unwrap_or(TERMINATED);
        self.doc
    }
}

impl<P: Fn(DocId) -> bool + Send + 'static> DocSet for Tried<P> {
    fn advance(&mut self) -> DocId {
        match self.doc {
            TERMINATED => TERMINATED,
            doc => self.find_from(doc + 1),
        }
    }

    fn seek(&mut self, target: DocId) -> DocId {
        match self.doc >= target {
            true => self.doc,
            false => self.find_from(target),
        }
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.end
    }

    fn cost(&self) -> u64 {
        u64::from(self.end) * self.cost
    }
}

impl<P: Fn(DocId) -> bool + Send + 'static> Scorer for Tried<P> {
    fn score(&mut self) -> Score {
        0.0
    }
}
