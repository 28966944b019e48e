//! Studies page by page, for the public API: expressions and filters that all hold, an order by up to two keys, and a place to go
//! on from.
//!
//! The order is total: keys, then id, the highest first, which is the latest registered. A page is what comes after a key, so a
//! page token needs no state: it is exact on the same commit, and on a later one over the trials that have not changed in between.
//! Nothing is widened or corrected here.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use jiff::civil::Date;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::query::{BooleanQuery, ConstScoreQuery, Occur, Query as EngineQuery};
use tantivy::{DocAddress, DocId, Score, Searcher, SegmentOrdinal, SegmentReader};

use crate::index::{Index, IndexError, StoredJson};
use crate::query::Query;
use crate::schema::{PieceReader, Pieces, Ranking, column_of, has_column, ordinal};
use crate::search::collect::ordered;
use crate::search::columns::SegmentColumns;
use crate::search::finder::{Finder, SearchError, View};
use crate::search::lookup::Lookup;
use crate::search::lower::{Filters, Plan, Planner, StandIns, to_engine};
use crate::search::pieces::Patience;
use crate::search::sites::Near;
use crate::search::weights::Weights;

/// Studies found beyond which nearness does not count, as the API documents it.
const MOST_FOR_NEARNESS: u64 = 10_000;

/// Keys of an order at most.
pub const MOST_KEYS: usize = 2;

/// What studies are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StudyKey {
    /// How well they match.
    Relevance,
    /// A piece with an order, by its place in [`Pieces::pieces`]. Studies without it come last either way.
    Piece(usize),
}

/// A key of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StudyOrder {
    /// What by.
    pub key: StudyKey,
    /// Whether the highest comes first.
    pub descending: bool,
}

/// A place in an order: the study that a page ended with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    /// Its keys, as [`StudiesPage::next`] gave them.
    pub keys: [i64; MOST_KEYS],
    /// Its id.
    pub id: String,
}

/// How relevance falls with the distance of a study's nearest site.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nearness {
    /// The form of the fall.
    pub shape: NearnessShape,
    /// Kilometres beyond the offset at which a study keeps only `decay` of its score.
    pub scale: f64,
    /// Kilometres within which nothing is lost.
    pub offset: f64,
    /// Part of the score, over 0 and below 1.
    pub decay: f64,
}

/// The form of a fall with distance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NearnessShape {
    /// Bell-shaped.
    Gauss,
    /// Exponential.
    Exponential,
    /// Straight, down to nothing.
    Linear,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct StudiesRequest {
    /// Expressions that all must hold and that score.
    pub expressions: Vec<Query>,
    /// Expressions that all must hold and change no score.
    pub filters: Vec<Query>,
    /// NCT numbers of which a study has one, or had.
    pub numbers: Option<Vec<String>>,
    /// The order; none for the latest registered first.
    pub order: Vec<StudyOrder>,
    /// How relevance falls with distance, if a filter asks for sites near a point.
    pub nearness: Option<Nearness>,
    /// How many studies.
    pub limit: usize,
    /// The study that the page before ended with.
    pub after: Option<After>,
    /// Whether the results are read as well.
    pub with_results: bool,
    /// The day of the search.
    pub today: Date,
    /// How long records are read for what the index does not hold. Each search wants one of its own.
    pub patience: Arc<Patience>,
}

/// A study as text.
#[derive(Clone, Debug)]
pub struct StudyText {
    /// Its own id.
    pub id: String,
    /// The record as it came in, or was converted; without results (`null` in their place) if they were not asked for.
    pub json: Vec<u8>,
}

/// A page of studies.
#[derive(Clone, Debug)]
pub struct StudiesPage {
    /// How many match, over all pages.
    pub total: u64,
    /// The studies of the page.
    pub studies: Vec<StudyText>,
    /// Where the next page begins; none if this is the last.
    pub next: Option<After>,
}

impl Finder {
    /// A page of the studies that are asked for.
    ///
    /// # Errors
    /// The index, or a record in it, cannot be read. [`SearchError::OutOfTime`] if more records had to be read than there was
    /// time for.
    pub fn studies(&self, request: &StudiesRequest) -> Result<StudiesPage, SearchError> {
        let view = self.view()?;
        let (query, near) = self.studies_query(request, &view)?;
        let nearness = request.nearness.zip(near);
        let mut found = self.gather(&view, &*query, request, nearness.as_ref())?;
        if nearness.is_some() && found.total > MOST_FOR_NEARNESS {
            found = self.gather(&view, &*query, request, None)?;
        }
        if request.patience.has_ended() {
            return Err(SearchError::OutOfTime);
        }
        let mut kept = found.kept;
        let has_more = kept.len() > request.limit;
        kept.truncate(request.limit);
        let next = match (kept.last(), has_more) {
            (Some(last), true) => Some(After {
                keys: last.keys,
                id: last.id.clone(),
            }),
            _ => None,
        };
        let read = |kept: &Kept| self.study_text(&view.searcher, kept, request.with_results);
        let studies = self.share(&kept, read).into_iter();
        Ok(StudiesPage {
            total: found.total,
            studies: studies.collect::<Result<_, IndexError>>()?,
            next,
        })
    }

    /// The study of an id, if there is one. Its own id may be another: an NCT number may have become the alias of a later one.
    /// Other registries' ids and sponsors' own name no study here.
    ///
    /// # Errors
    /// The index, or the record, cannot be read.
    pub fn study(&self, id: &str, with_results: bool) -> Result<Option<StudyText>, SearchError> {
        let view = self.view()?;
        let request = StudiesRequest {
            expressions: Vec::new(),
            filters: Vec::new(),
            numbers: Some(vec![id.to_owned()]),
            order: Vec::new(),
            nearness: None,
            limit: 2,
            after: None,
            with_results,
            today: Date::default(),
            patience: Arc::default(),
        };
        let (query, _) = self.studies_query(&request, &view)?;
        let found = self.gather(&view, &*query, &request, None)?.kept;
        let own = found.iter().find(|kept| kept.id == id);
        let kept = own.or(found.first());
        let read = |kept| self.study_text(&view.searcher, kept, with_results);
        Ok(kept.map(read).transpose()?)
    }

    fn study_text(
        &self,
        searcher: &Searcher,
        kept: &Kept,
        with_results: bool,
    ) -> Result<StudyText, IndexError> {
        let (id, json) = self
            .index
            .record_text(searcher, kept.address, with_results)?;
        Ok(StudyText { json, id })
    }

    /// The engine's query, and the circle that sites are asked to be in.
    fn studies_query(
        &self,
        request: &StudiesRequest,
        view: &View,
    ) -> Result<(Box<dyn EngineQuery>, Option<Near>), SearchError> {
        let fields = self.index.fields();
        let Ranking { k1, b, rarity } = fields.ranking;
        let weights = Weights {
            k1,
            b,
            rarity,
            fields: fields.text.iter().map(|field| field.weight).collect(),
        };
        let lookup = Arc::new(Lookup::new(weights, &view.texts));
        let knows = |term: &str, fields: &[usize]| lookup.knows(term, fields);
        let plans = self.with_analyzer(|analyzer| {
            let mut plan = |query: &Query| {
                let mut planner = Planner {
                    fields,
                    analyzer: &mut *analyzer,
                    knows: &knows,
                    filters: Some(Filters {
                        finder: self,
                        view,
                        query: &query.text,
                        today: request.today,
                        patience: request.patience.clone(),
                    }),
                    stand_ins: StandIns::default(),
                };
                planner.plan(&query.root)
            };
            let mut plans = Vec::new();
            for query in &request.expressions {
                plans.push(plan(query)?);
            }
            for query in &request.filters {
                plans.push(plan(query)?.unscored());
            }
            Ok::<_, SearchError>(plans)
        })?;
        let mut parts = Vec::new();
        for plan in plans {
            match plan {
                Plan::All => {}
                Plan::And(more) => parts.extend(more),
                plan => parts.push(plan),
            }
        }
        let plan = match parts.len() {
            0 => Plan::All,
            1 => parts.remove(0),
            _ => Plan::And(parts),
        };
        let near = plan.near().map(|asked| asked.near.clone());
        let mut query = to_engine(&plan, &lookup);
        if let Some(numbers) = &request.numbers {
            let numbers = self.numbered(view, numbers);
            query = Box::new(BooleanQuery::new(vec![
                (Occur::Must, query),
                (Occur::Must, Box::new(ConstScoreQuery::new(numbers, 0.0))),
            ]));
        }
        Ok((query, near))
    }

    fn gather(
        &self,
        view: &View,
        query: &dyn EngineQuery,
        request: &StudiesRequest,
        nearness: Option<&(Nearness, Near)>,
    ) -> Result<Found, SearchError> {
        let wanted = Gather {
            columns: &view.columns,
            index: &self.index,
            searcher: &view.searcher,
            request,
            nearness,
            // One more tells whether there is another page.
            keep: request.limit.saturating_add(1),
        };
        let found = view.searcher.search(query, &wanted);
        Ok(found.map_err(|error| self.engine_error(error))?)
    }
}

/// A study that is kept: what comes first is less.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Kept {
    keys: [i64; MOST_KEYS],
    id: String,
    address: DocAddress,
}

/// What was found.
struct Found {
    total: u64,
    kept: Vec<Kept>,
}

/// What is wanted of a pass.
struct Gather<'g> {
    columns: &'g [Arc<SegmentColumns>],
    index: &'g Index,
    searcher: &'g Searcher,
    request: &'g StudiesRequest,
    nearness: Option<&'g (Nearness, Near)>,
    keep: usize,
}

/// Where a key of a segment's studies comes from.
enum KeySource {
    Score,
    Column(Option<Column<i64>>),
    /// Read from each record, for pieces that hardly anybody sorts by.
    Record(Box<RecordKey>),
}

struct RecordKey {
    reader: PieceReader,
    piece: usize,
    index: Index,
    searcher: Searcher,
    patience: Arc<Patience>,
}

/// A study of a segment: keys, then the place of its id among the segment's, the highest first.
type Entry = ([i64; MOST_KEYS], Reverse<u64>, DocId);

struct SegmentGather {
    segment: SegmentOrdinal,
    columns: Arc<SegmentColumns>,
    sources: Vec<(KeySource, bool)>,
    nearness: Option<(Nearness, Near)>,
    /// Keys, and the number of ids of this segment below that of the study that the page before ended with.
    after: Option<([i64; MOST_KEYS], u64)>,
    keep: usize,
    total: u64,
    heap: BinaryHeap<Entry>,
}

impl Collector for Gather<'_> {
    type Fruit = Found;
    type Child = SegmentGather;

    fn for_segment(
        &self,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<SegmentGather> {
        let pieces = Pieces::bundled();
        let columns = self.columns[segment as usize].clone();
        let mut sources = Vec::with_capacity(self.request.order.len());
        for order in self.request.order.iter().take(MOST_KEYS) {
            let source = match order.key {
                StudyKey::Relevance => KeySource::Score,
                StudyKey::Piece(piece) if has_column(pieces, piece) => {
                    let name = column_of(pieces.pieces[piece].name);
                    KeySource::Column(reader.fast_fields().column_opt(&name)?)
                }
                StudyKey::Piece(piece) => KeySource::Record(Box::new(RecordKey {
                    reader: PieceReader::new(pieces, &[piece], &[]),
                    piece,
                    index: self.index.clone(),
                    searcher: self.searcher.clone(),
                    patience: self.request.patience.clone(),
                })),
            };
            sources.push((source, order.descending));
        }
        let after = self.request.after.as_ref();
        Ok(SegmentGather {
            after: after.map(|after| (after.keys, columns.ids_below(&after.id))),
            segment,
            columns,
            sources,
            nearness: self.nearness.cloned(),
            keep: self.keep,
            total: 0,
            heap: BinaryHeap::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        let mut keys = self.request.order.iter();
        keys.any(|order| order.key == StudyKey::Relevance)
    }

    fn merge_fruits(&self, segments: Vec<Found>) -> tantivy::Result<Found> {
        let total = segments.iter().map(|found| found.total).sum();
        let mut kept: Vec<Kept> = segments.into_iter().flat_map(|found| found.kept).collect();
        kept.sort_by(|a, b| (a.keys, &b.id).cmp(&(b.keys, &a.id)));
        kept.truncate(self.keep);
        Ok(Found { total, kept })
    }
}

impl SegmentGather {
    fn keys(&self, doc: DocId, score: Score) -> [i64; MOST_KEYS] {
        let mut keys = [0; MOST_KEYS];
        for (key, (source, descending)) in keys.iter_mut().zip(&self.sources) {
            let value = match source {
                KeySource::Score => Some(ordered(self.with_nearness(doc, score))),
                KeySource::Column(column) => column.as_ref().and_then(|column| column.first(doc)),
                KeySource::Record(record) => record.value(DocAddress::new(self.segment, doc)),
            };
            *key = match (value, descending) {
                (None, _) => i64::MAX,
                (Some(value), true) => value.saturating_neg(),
                (Some(value), false) => value,
            };
        }
        keys
    }

    fn with_nearness(&self, doc: DocId, score: Score) -> Score {
        let Some((nearness, near)) = &self.nearness else {
            return score;
        };
        match near.nearest(self.segment, doc) {
            Some(site) => score * nearness.part_at(site.km) as Score,
            None => score,
        }
    }
}

impl RecordKey {
    fn value(&self, address: DocAddress) -> Option<i64> {
        if self.patience.ends() {
            return None;
        }
        let wants = self.reader.wants_results();
        let stored = StoredJson::read(&self.index, &self.searcher, address, wants).ok()?;
        let json = match wants {
            true => stored.whole().ok()?,
            false => stored.without_results().ok()?,
        };
        let kind = Pieces::bundled().pieces[self.piece].kind;
        let mut value = None;
        self.reader.read(&json, &mut |found| {
            value = value.or_else(|| ordinal(kind, &found.value));
        });
        value
    }
}

impl Nearness {
    /// The part of its score that a study keeps at some kilometres.
    fn part_at(&self, km: f64) -> f64 {
        let beyond = (km - self.offset).max(0.0);
        match self.shape {
            NearnessShape::Exponential => (self.decay.ln() * beyond / self.scale).exp(),
            NearnessShape::Gauss => (self.decay.ln() * (beyond / self.scale).powi(2)).exp(),
            NearnessShape::Linear => (1.0 - (1.0 - self.decay) * beyond / self.scale).max(0.0),
        }
    }
}

impl SegmentCollector for SegmentGather {
    type Fruit = Found;

    fn collect(&mut self, doc: DocId, score: Score) {
        self.total += 1;
        let keys = self.keys(doc, score);
        let id = self.columns.id_ordinal(doc);
        if let Some((after, below)) = self.after
            && (keys < after || (keys == after && id >= below))
        {
            return;
        }
        let entry = (keys, Reverse(id), doc);
        if self.heap.len() < self.keep {
            self.heap.push(entry);
        } else if self.heap.peek().is_some_and(|worst| entry < *worst) {
            self.heap.pop();
            self.heap.push(entry);
        }
    }

    fn harvest(self) -> Found {
        let kept = self.heap.into_iter().map(|(keys, Reverse(id), doc)| Kept {
            keys,
            id: self.columns.id(id),
            address: DocAddress::new(self.segment, doc),
        });
        Found {
            total: self.total,
            kept: kept.collect(),
        }
    }
}
