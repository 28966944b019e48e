//! Scores that grow with a value of the trial: TILT of the public API's language.

use std::sync::Arc;

use tantivy::columnar::Column;
use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader};

use crate::schema::column_of;

/// What a trial with the lowest value, or with none, keeps of its score. The API documents no number; half lets a value decide
/// between trials that match nearly as well and not more.
const LEAST: f32 = 0.5;

/// A piece that scores are tilted by, with its lowest and highest value over the index.
#[derive(Clone, Debug)]
pub(crate) struct Tilt {
    pub(crate) piece: &'static str,
    pub(crate) lowest: i64,
    pub(crate) highest: i64,
}

/// A query with tilted scores.
#[derive(Clone, Debug)]
pub(crate) struct TiltQuery {
    pub(crate) base: Arc<dyn Query>,
    pub(crate) tilt: Tilt,
}

struct TiltWeight {
    base: Box<dyn Weight>,
    tilt: Tilt,
}

impl Query for TiltQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(TiltWeight {
            base: self.base.weight(scoring)?,
            tilt: self.tilt.clone(),
        }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a tantivy::Term, bool)) {
        let _ = visitor;
    }
}

impl Weight for TiltWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        Ok(Box::new(TiltScorer {
            base: self.base.scorer(reader, boost)?,
            column: reader
                .fast_fields()
                .column_opt(&column_of(self.tilt.piece))?,
            tilt: self.tilt.clone(),
        }))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        self.base.explain(reader, doc)
    }
}

struct TiltScorer {
    base: Box<dyn Scorer>,
    column: Option<Column<i64>>,
    tilt: Tilt,
}

impl DocSet for TiltScorer {
    fn advance(&mut self) -> DocId {
        self.base.advance()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.base.seek(target)
    }

    fn doc(&self) -> DocId {
        self.base.doc()
    }

    fn size_hint(&self) -> u32 {
        self.base.size_hint()
    }

    fn cost(&self) -> u64 {
        self.base.cost()
    }
}

impl Scorer for TiltScorer {
    fn score(&mut self) -> Score {
        let Tilt {
            lowest, highest, ..
        } = self.tilt;
        let value = self
            .column
            .as_ref()
            .and_then(|column| column.first(self.base.doc()));
        let part = value.map_or(0.0, |value| {
            (value - lowest) as f32 / (highest - lowest).max(1) as f32
        });
        self.base.score() * (LEAST + (1.0 - LEAST) * part.clamp(0.0, 1.0))
    }
}
