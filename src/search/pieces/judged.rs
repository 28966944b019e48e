//! Documents of a query that also pass tests which are dear, tried one by one.
//!
//! The engine's own intersection seeks every part to its first document before it begins, which for a check of stored records
//! would read them all. Here the cheap parts lead, and a record is read only for a document that they all have.

use std::sync::Arc;

use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED};

use crate::search::pieces::check::{Check, SegmentCheck};

/// A test of documents: `D` is how what is cheap is looked up, `C` how records are checked.
#[derive(Clone, Debug)]
pub(crate) enum Judge<D, C> {
    /// What the index knows.
    Docs(D),
    /// What only the record tells.
    Check(C),
    All(Vec<Judge<D, C>>),
    Any(Vec<Judge<D, C>>),
    Not(Box<Judge<D, C>>),
}

impl<D, C> Judge<D, C> {
    fn map<E, F>(
        &self,
        docs: &mut dyn FnMut(&D) -> tantivy::Result<E>,
        check: &mut dyn FnMut(&C) -> tantivy::Result<F>,
    ) -> tantivy::Result<Judge<E, F>> {
        let mut all = |judges: &[Judge<D, C>]| -> tantivy::Result<Vec<Judge<E, F>>> {
            judges.iter().map(|judge| judge.map(docs, check)).collect()
        };
        Ok(match self {
            Judge::All(judges) => Judge::All(all(judges)?),
            Judge::Any(judges) => Judge::Any(all(judges)?),
            Judge::Not(judge) => Judge::Not(Box::new(judge.map(docs, check)?)),
            Judge::Docs(it) => Judge::Docs(docs(it)?),
            Judge::Check(it) => Judge::Check(check(it)?),
        })
    }
}

impl Judge<Box<dyn Scorer>, SegmentCheck> {
    /// Looks at all records of a segment that any check in it will ask for.
    fn read_all(&self, reader: &SegmentReader) {
        match self {
            Judge::Docs(_) => {}
            Judge::Check(check) => check.read_all(reader),
            // The others are asked only of those that pass the first.
            Judge::All(judges) => judges
                .iter()
                .take(1)
                .for_each(|judge| judge.read_all(reader)),
            Judge::Any(judges) => judges.iter().for_each(|judge| judge.read_all(reader)),
            Judge::Not(judge) => judge.read_all(reader),
        }
    }

    /// Whether a document passes; documents come in their order. What is cheap is asked first.
    fn admits(&mut self, doc: DocId) -> bool {
        match self {
            Judge::Docs(docs) => {
                if docs.doc() < doc {
                    docs.seek(doc);
                }
                docs.doc() == doc
            }
            Judge::Check(check) => check.admits(doc),
            Judge::All(judges) => judges.iter_mut().all(|judge| judge.admits(doc)),
            Judge::Any(judges) => judges.iter_mut().any(|judge| judge.admits(doc)),
            Judge::Not(judge) => !judge.admits(doc),
        }
    }
}

/// The documents of a query that pass some tests.
#[derive(Clone, Debug)]
pub(crate) struct JudgedQuery {
    pub(crate) base: Arc<dyn Query>,
    pub(crate) judge: Judge<Arc<dyn Query>, Arc<Check>>,
    /// Whether the base is so wide that nearly every record will be asked for.
    pub(crate) reads_all: bool,
}

struct JudgedWeight {
    base: Box<dyn Weight>,
    judge: Judge<Box<dyn Weight>, Arc<Check>>,
    reads_all: bool,
}

impl Query for JudgedQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(JudgedWeight {
            reads_all: self.reads_all,
            base: self.base.weight(scoring)?,
            judge: self
                .judge
                .map(&mut |query| query.weight(scoring), &mut |check| {
                    Ok(check.clone())
                })?,
        }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a tantivy::Term, bool)) {
        let _ = visitor;
    }
}

impl Weight for JudgedWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut scorer = JudgedScorer {
            base: self.base.scorer(reader, boost)?,
            judge: self
                .judge
                .map(&mut |weight| weight.scorer(reader, 1.0), &mut |check| {
                    check.of_segment(reader)
                })?,
        };
        if self.reads_all {
            scorer.judge.read_all(reader);
        }
        scorer.settle();
        Ok(Box::new(scorer))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        self.base.explain(reader, doc)
    }
}

struct JudgedScorer {
    base: Box<dyn Scorer>,
    judge: Judge<Box<dyn Scorer>, SegmentCheck>,
}

impl JudgedScorer {
    /// Moves on to the first document from here that passes.
    fn settle(&mut self) -> DocId {
        let mut doc = self.base.doc();
        while doc != TERMINATED && !self.judge.admits(doc) {
            doc = self.base.advance();
        }
        doc
    }
}

impl DocSet for JudgedScorer {
    fn advance(&mut self) -> DocId {
        self.base.advance();
        self.settle()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.base.doc() < target {
            self.base.seek(target);
        }
        self.settle()
    }

    fn doc(&self) -> DocId {
        self.base.doc()
    }

    fn size_hint(&self) -> u32 {
        self.base.size_hint()
    }

    fn cost(&self) -> u64 {
        self.base.cost().saturating_mul(100)
    }
}

impl Scorer for JudgedScorer {
    fn score(&mut self) -> Score {
        self.base.score()
    }
}
