//! The documents of a leaf: what the index knows of it, and what only records tell.

use std::sync::Arc;

use tantivy::columnar::{Column, StrColumn};
use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, EmptyQuery, EnableScoring, Explanation, Occur, Query,
    Scorer, Weight,
};
use tantivy::{DocId, Score, SegmentReader};

use crate::index::all_texts;
use crate::schema::column_of;
use crate::search::concept_query::ConceptQuery;
use crate::search::filter::Tried;
use crate::search::pieces::check::Check;
use crate::search::pieces::judged::{Judge, JudgedQuery};

/// A leaf of a plan that asks something of pieces.
#[derive(Clone, Debug)]
pub(crate) struct PieceLeaf {
    /// The documents that the index knows to match, in parts: any of them will do.
    pub(super) parts: Vec<Arc<dyn Query>>,
    /// What tells the rest by reading records, if there may be more.
    pub(super) check: Option<Arc<Check>>,
    /// What scores the documents that match.
    pub(super) scored: Option<ConceptQuery>,
}

impl PieceLeaf {
    /// Whether records must be read to know its documents.
    pub(crate) fn is_dear(&self) -> bool {
        self.check.is_some()
    }

    /// The same documents without a score.
    pub(crate) fn unscored(&self) -> PieceLeaf {
        PieceLeaf {
            scored: None,
            ..self.clone()
        }
    }

    /// The leaf as a query of the engine.
    pub(crate) fn query(&self) -> Box<dyn Query> {
        let known = any_of(&self.parts);
        let matching: Box<dyn Query> = match &self.check {
            None => known,
            Some(check) => Box::new(JudgedQuery {
                base: Arc::new(AllQuery),
                judge: Judge::Any(vec![Judge::Docs(known.into()), Judge::Check(check.clone())]),
                reads_all: true,
            }),
        };
        let unscored = Box::new(ConstScoreQuery::new(matching, 0.0));
        match &self.scored {
            None => unscored,
            Some(scored) => Box::new(BooleanQuery::new(vec![
                (Occur::Must, unscored),
                (Occur::Should, Box::new(scored.clone())),
            ])),
        }
    }

    /// The leaf as a test of documents that other parts of a query have found.
    pub(crate) fn judge(&self) -> Judge<Arc<dyn Query>, Arc<Check>> {
        let known = Judge::Docs(any_of(&self.parts).into());
        match &self.check {
            None => known,
            Some(check) => Judge::Any(vec![known, Judge::Check(check.clone())]),
        }
    }
}

pub(super) fn any_of(parts: &[Arc<dyn Query>]) -> Box<dyn Query> {
    match parts {
        [] => Box::new(EmptyQuery),
        [one] => one.box_clone(),
        parts => {
            let parts = parts.iter().map(|part| (Occur::Should, part.box_clone()));
            Box::new(BooleanQuery::new(parts.collect()))
        }
    }
}

/// What a value in a column must be.
#[derive(Clone, Debug)]
pub(super) enum ColumnTest {
    /// One from one end to another, both included.
    Between(Option<i64>, Option<i64>),
    /// One of some texts.
    AnyOf(Vec<String>),
    /// There must be none.
    Missing,
}

/// Documents by the values of one piece's column.
#[derive(Clone, Debug)]
pub(super) struct ColumnQuery {
    pub(super) piece: &'static str,
    /// Whether its values are texts.
    pub(super) is_text: bool,
    pub(super) test: ColumnTest,
}

impl Query for ColumnQuery {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a tantivy::Term, bool)) {
        let _ = visitor;
    }
}

impl Weight for ColumnQuery {
    fn scorer(&self, reader: &SegmentReader, _: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let values = Values::open(self, reader)?;
        let admits = move |doc| values.admits(doc);
        Ok(Box::new(Tried::new(admits, reader.max_doc())))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Ok(Explanation::new_with_string(
            format!("value of `{}`", self.piece),
            0.0,
        ))
    }
}

/// A column with its test; a segment in which no document has the piece has no column.
enum Values {
    Numbers(Column<i64>, Option<i64>, Option<i64>),
    Texts(Column<u64>, Vec<bool>),
    NoNumbers(Column<i64>),
    NoTexts(Column<u64>),
    /// All documents, or none.
    Always(bool),
}

impl Values {
    fn open(query: &ColumnQuery, reader: &SegmentReader) -> tantivy::Result<Values> {
        let name = column_of(query.piece);
        let columns = reader.fast_fields();
        if query.is_text {
            let Some(texts): Option<StrColumn> = columns.str(&name)? else {
                return Ok(Values::Always(matches!(query.test, ColumnTest::Missing)));
            };
            let ColumnTest::AnyOf(wanted) = &query.test else {
                return Ok(Values::NoTexts(texts.ords().clone()));
            };
            let all = all_texts(&texts)?;
            let chosen = all.iter().map(|text| wanted.contains(text)).collect();
            return Ok(Values::Texts(texts.ords().clone(), chosen));
        }
        Ok(match (columns.column_opt::<i64>(&name)?, &query.test) {
            (None, ColumnTest::Missing) => Values::Always(true),
            (None, _) => Values::Always(false),
            (Some(column), ColumnTest::Between(from, to)) => Values::Numbers(column, *from, *to),
            (Some(column), ColumnTest::Missing) => Values::NoNumbers(column),
            (Some(_), ColumnTest::AnyOf(_)) => Values::Always(false),
        })
    }

    fn admits(&self, doc: DocId) -> bool {
        match self {
            Values::Numbers(column, from, to) => column.values_for_doc(doc).any(|value| {
                from.is_none_or(|from| from <= value) && to.is_none_or(|to| value <= to)
            }),
            Values::Texts(ordinals, chosen) => ordinals
                .values_for_doc(doc)
                .any(|ordinal| chosen.get(ordinal as usize) == Some(&true)),
            Values::NoNumbers(column) => column.first(doc).is_none(),
            Values::NoTexts(ordinals) => ordinals.first(doc).is_none(),
            Values::Always(always) => *always,
        }
    }
}
