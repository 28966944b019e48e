//! One pass over the documents that match the words: filters, facet counts and the best hits.
//!
//! A facet's counts are those that hold if one more of its values is chosen: a document that fails no filter counts
//! everywhere, one that fails a single facet's filter counts in that facet only.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::sync::Arc;

use jiff::civil::Date;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

use crate::search::columns::{Ages, FacetFilter, SegmentColumns};
use crate::search::request::Sort;
use crate::search::sites::Near;

/// What is wanted of the pass.
pub(crate) struct Gather<'g> {
    /// Columns of each segment, in the order of the segments.
    pub(crate) columns: &'g [Arc<SegmentColumns>],
    /// For each facet the chosen values; empty for no filter.
    pub(crate) chosen: &'g [Vec<String>],
    /// Where a site has to be.
    pub(crate) near: Option<&'g Near>,
    /// Ages that there has to be room for.
    pub(crate) ages: Option<Ages>,
    /// For each facet whether its counts are wanted.
    pub(crate) counted: &'g [bool],
    pub(crate) sort: Sort,
    /// How many hits are kept.
    pub(crate) keep: usize,
    /// How much may be added to a score afterwards: hits that come as near to the last that is kept are handed on too.
    pub(crate) slack: Score,
    /// The day of the search.
    pub(crate) today: Date,
}

/// What a pass found.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    /// Documents that match the words.
    pub(crate) words: u64,
    /// Documents that match the words and every filter.
    pub(crate) total: u64,
    /// For each facet, documents that only its filter keeps out.
    pub(crate) kept_out: Vec<u64>,
    /// Documents that only the place of their sites keeps out.
    pub(crate) kept_out_by_place: u64,
    /// Documents that only the ages they admit keep out.
    pub(crate) kept_out_by_age: u64,
    /// Of those that the place keeps out, documents with a site that could not be placed.
    pub(crate) unplaced: u64,
    /// For each facet its counts by value.
    pub(crate) counts: Vec<Vec<(String, u64)>>,
    /// The best hits in order, and with slack those that come near to the last.
    pub(crate) hits: Vec<Ranked>,
}

/// A document and what orders it: greater is better.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ranked {
    pub(crate) address: DocAddress,
    pub(crate) score: Score,
    key: i64,
    updated: i64,
    id: u64,
}

impl Ranked {
    /// Adds to the score, which is what orders it.
    pub(crate) fn add(&mut self, score: Score) {
        self.score += score;
        self.key = ordered(self.score);
    }

    /// What is left to know of a document that stands in its place.
    pub(crate) fn scored(&self) -> Scored {
        Scored {
            address: self.address,
            score: self.score,
        }
    }
}

/// Where a document that was found lies, and its score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scored {
    pub(crate) address: DocAddress,
    pub(crate) score: Score,
}

pub(crate) struct SegmentGather {
    columns: Arc<SegmentColumns>,
    segment: SegmentOrdinal,
    filters: Vec<(usize, FacetFilter)>,
    near: Option<Near>,
    ages: Option<Ages>,
    /// Whether any of these keeps documents out.
    narrows: bool,
    counters: Vec<Option<Vec<u64>>>,
    /// Whether anything is counted.
    counts: bool,
    sort: Sort,
    sort_column: Option<Column<i64>>,
    keep: usize,
    heap: BinaryHeap<Reverse<HeapEntry>>,
    /// How much may be added to a score afterwards.
    slack: Score,
    /// The worst of the hits once there are as many as are kept.
    worst: Option<Ranked>,
    /// The score of the worst, if scores order; what stays below it with all that may be added is no hit.
    least: Score,
    /// Documents that are worse and come near to it.
    near_worst: Vec<Ranked>,
    /// How many of them there may be before they are looked through.
    most_near: usize,
    today: Date,
    words: u64,
    total: u64,
    kept_out: Vec<u64>,
    kept_out_by_place: u64,
    kept_out_by_age: u64,
    unplaced: u64,
    /// Documents that pass all filters and are not counted yet.
    uncounted: Vec<DocId>,
}

/// Documents whose facets are counted at once: a column is then read in one go, and they fit the first cache.
const COUNTED_AT_ONCE: usize = 256;

/// Hits near the worst that are looked through at first to see if they still are.
const MOST_NEAR: usize = 1024;

/// Hits of one segment from which on all its ids are read at once.
const MANY_HITS: usize = 100;

#[derive(Clone, Copy, PartialEq)]
struct HeapEntry(Ranked);

impl Eq for HeapEntry {}

impl PartialOrd for HeapEntry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for HeapEntry {
    /// Within one segment the order of ids is that of their ordinals.
    fn cmp(&self, other: &Self) -> Ordering {
        let order = |ranked: &Ranked| (ranked.key, ranked.updated, Reverse(ranked.id));
        order(&self.0).cmp(&order(&other.0))
    }
}

/// Segments' part of what was found.
pub(crate) struct SegmentGathered {
    columns: Arc<SegmentColumns>,
    counters: Vec<Option<Vec<u64>>>,
    hits: Vec<Ranked>,
    words: u64,
    total: u64,
    kept_out: Vec<u64>,
    kept_out_by_place: u64,
    kept_out_by_age: u64,
    unplaced: u64,
}

impl Collector for Gather<'_> {
    type Fruit = Gathered;
    type Child = SegmentGather;

    fn for_segment(
        &self,
        segment: SegmentOrdinal,
        _: &SegmentReader,
    ) -> tantivy::Result<SegmentGather> {
        let columns = self.columns[segment as usize].clone();
        let filtered = self.chosen.iter().map(|chosen| !chosen.is_empty());
        let wanted = self.counted.iter().zip(filtered);
        columns.prepare(
            wanted.map(|(counted, filtered)| *counted || filtered),
            self.today,
        );
        let mut filters = Vec::new();
        for (facet, chosen) in self.chosen.iter().enumerate() {
            if !chosen.is_empty() {
                filters.push((facet, columns.facets[facet].filter(chosen, self.today)));
            }
        }
        let counters = self.counted.iter().zip(&columns.facets);
        let counters =
            counters.map(|(counted, facet)| counted.then(|| vec![0; facet.names().len()]));
        Ok(SegmentGather {
            segment,
            near: self.near.cloned(),
            ages: self.ages,
            counters: counters.collect(),
            sort: self.sort,
            sort_column: columns.sort_column(self.sort).cloned(),
            keep: self.keep,
            heap: BinaryHeap::with_capacity(self.keep.min(1024) + 1),
            worst: None,
            slack: self.slack,
            least: f32::NEG_INFINITY,
            near_worst: Vec::new(),
            most_near: MOST_NEAR,
            narrows: !filters.is_empty() || self.ages.is_some() || self.near.is_some(),
            counts: self.counted.contains(&true),
            filters,
            today: self.today,
            words: 0,
            total: 0,
            kept_out: vec![0; self.chosen.len()],
            kept_out_by_place: 0,
            kept_out_by_age: 0,
            unplaced: 0,
            uncounted: Vec::with_capacity(COUNTED_AT_ONCE),
            columns,
        })
    }

    fn requires_scoring(&self) -> bool {
        self.sort == Sort::Relevance
    }

    fn merge_fruits(&self, segments: Vec<SegmentGathered>) -> tantivy::Result<Gathered> {
        let mut gathered = Gathered {
            kept_out: vec![0; self.chosen.len()],
            counts: vec![Vec::new(); self.chosen.len()],
            ..Gathered::default()
        };
        for segment in segments {
            gathered.words += segment.words;
            gathered.total += segment.total;
            gathered.kept_out_by_place += segment.kept_out_by_place;
            gathered.kept_out_by_age += segment.kept_out_by_age;
            gathered.unplaced += segment.unplaced;
            for (total, kept_out) in gathered.kept_out.iter_mut().zip(&segment.kept_out) {
                *total += kept_out;
            }
            for (facet, counter) in segment.counters.iter().enumerate() {
                let names = segment.columns.facets[facet].names();
                let found = counter
                    .iter()
                    .flatten()
                    .zip(names)
                    .filter(|(count, _)| **count > 0);
                let total = &mut gathered.counts[facet];
                for (&count, name) in found {
                    match total.iter_mut().find(|(known, _)| known == name) {
                        Some((_, total)) => *total += count,
                        None => total.push((name.clone(), count)),
                    }
                }
            }
            if segment.hits.len() > MANY_HITS && self.keep > MANY_HITS {
                segment.columns.read_ids()?;
            }
            gathered.hits.extend(segment.hits);
        }
        gathered.hits.sort_by(|a, b| self.compare(a, b));
        let near_last = self.nearly_as_good(&gathered.hits);
        gathered.hits.truncate(near_last);
        Ok(gathered)
    }
}

impl Gather<'_> {
    /// Collects all documents of a segment but the deleted ones: without words there is no score.
    pub(crate) fn collect_all(
        &self,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
        deleted: &[DocId],
    ) -> tantivy::Result<SegmentGathered> {
        let mut gather = self.for_segment(segment, reader)?;
        let mut deleted = deleted.iter().copied().peekable();
        for doc in 0..reader.max_doc() {
            if deleted.next_if_eq(&doc).is_none() {
                gather.collect(doc, 0.0);
            }
        }
        Ok(gather.harvest())
    }

    /// Orders hits, and keeps as many as are wanted.
    pub(crate) fn keep_best(&self, hits: &mut Vec<Ranked>) {
        hits.sort_by(|a, b| self.compare(a, b));
        hits.truncate(self.keep);
    }

    /// How many of some hits in order are kept or as near to the last that is as may be added to a score.
    fn nearly_as_good(&self, hits: &[Ranked]) -> usize {
        match self.keep.checked_sub(1).and_then(|last| hits.get(last)) {
            Some(last) if self.slack > 0.0 => {
                hits.partition_point(|ranked| comes_near(ranked.score, last.score, self.slack))
            }
            _ => self.keep.min(hits.len()),
        }
    }

    /// Better first; equal only for the same document.
    fn compare(&self, a: &Ranked, b: &Ranked) -> Ordering {
        (b.key, b.updated).cmp(&(a.key, a.updated)).then_with(|| {
            let id =
                |ranked: &Ranked| self.columns[ranked.address.segment_ord as usize].id(ranked.id);
            id(a).cmp(&id(b))
        })
    }
}

impl SegmentCollector for SegmentGather {
    type Fruit = SegmentGathered;

    #[inline]
    fn collect(&mut self, doc: DocId, score: Score) {
        self.words += 1;
        let metres = match self.narrows {
            true => match self.admit(doc) {
                Some(metres) => metres,
                None => return,
            },
            false => 0,
        };
        self.total += 1;
        if self.counts {
            self.uncounted.push(doc);
            if self.uncounted.len() == COUNTED_AT_ONCE {
                self.count();
            }
        }
        // Nearly all documents that match common words are none of the best, and nothing else is to be known of them.
        if comes_near(score, self.least, self.slack) {
            self.offer(doc, score, metres);
        }
    }

    fn harvest(mut self) -> SegmentGathered {
        self.count();
        self.leave_out_far();
        let hits = self.heap.into_iter().map(|Reverse(HeapEntry(hit))| hit);
        SegmentGathered {
            columns: self.columns,
            counters: self.counters,
            hits: hits.chain(self.near_worst).collect(),
            words: self.words,
            total: self.total,
            kept_out: self.kept_out,
            kept_out_by_place: self.kept_out_by_place,
            kept_out_by_age: self.kept_out_by_age,
            unplaced: self.unplaced,
        }
    }
}

impl SegmentGather {
    /// Counts the documents that wait for it, one facet after the other.
    fn count(&mut self) {
        for (facet, counter) in self.columns.facets.iter().zip(&mut self.counters) {
            if let Some(counter) = counter {
                facet.count(&self.uncounted, self.today, counter);
            }
        }
        self.uncounted.clear();
    }

    /// How far a document's nearest site is, in metres, if it passes all filters; nought if none asks for sites. What a single
    /// filter keeps out is counted.
    fn admit(&mut self, doc: DocId) -> Option<i64> {
        let mut failed = None;
        for (facet, filter) in &self.filters {
            if !self.columns.facets[*facet].passes(filter, doc, self.today) {
                if failed.is_some() {
                    return None;
                }
                failed = Some(*facet);
            }
        }
        let admits = self.ages.is_none_or(|ages| self.columns.admits(doc, ages));
        if !admits && failed.is_some() {
            return None;
        }
        let mut metres = 0;
        if let Some(near) = &self.near {
            match near.nearest(self.segment, doc) {
                Some(site) => metres = (site.km * 1e3) as i64,
                None if failed.is_some() || !admits => return None,
                None => {
                    self.kept_out_by_place += 1;
                    self.unplaced += u64::from(near.has_unplaced(self.segment, doc));
                    return None;
                }
            }
        }
        if !admits {
            self.kept_out_by_age += 1;
            return None;
        }
        if let Some(facet) = failed {
            self.kept_out[facet] += 1;
            if let Some(counter) = &mut self.counters[facet] {
                self.columns.facets[facet]
                    .ordinals(doc, self.today, &mut |ordinal| counter[ordinal] += 1);
            }
            return None;
        }
        Some(metres)
    }

    /// Keeps a document if it is one of the best so far.
    #[inline(never)]
    fn offer(&mut self, doc: DocId, score: Score, metres: i64) {
        if self.keep == 0 {
            return;
        }
        let key = match self.sort {
            Sort::Relevance => ordered(score),
            Sort::Start | Sort::Updated | Sort::Enrollment => {
                let column = self.sort_column.as_ref();
                let value = column.and_then(|column| column.first(doc));
                value.unwrap_or(i64::MIN)
            }
            Sort::Id => 0,
            Sort::Distance => -metres,
        };
        // What orders equal ones need not be read of those that are worse.
        let may_gain = self.slack > 0.0;
        if !may_gain && self.worst.is_some_and(|worst| key < worst.key) {
            return;
        }
        let updated = match self.sort {
            Sort::Id => 0,
            _ => self.columns.updated(doc),
        };
        let is_worse = |worst: Ranked| (key, updated) < (worst.key, worst.updated);
        if !may_gain && self.worst.is_some_and(is_worse) {
            return;
        }
        let entry = HeapEntry(Ranked {
            address: DocAddress::new(self.segment, doc),
            score,
            key,
            updated,
            id: self.columns.id_ordinal(doc),
        });
        if self.worst.is_none() {
            self.heap.push(Reverse(entry));
        } else if let Some(mut worst) = self.heap.peek_mut() {
            let HeapEntry(spare) = match entry > worst.0 {
                true => std::mem::replace(&mut *worst, Reverse(entry)).0,
                false => entry,
            };
            if may_gain {
                self.near_worst.push(spare);
            }
        }
        if self.heap.len() == self.keep {
            self.worst = self.heap.peek().map(|Reverse(worst)| worst.0);
            if let (Some(worst), Sort::Relevance) = (&self.worst, self.sort) {
                self.least = worst.score;
            }
        }
        if self.near_worst.len() >= self.most_near {
            self.leave_out_far();
            self.most_near = self.most_near.max(2 * self.near_worst.len());
        }
    }

    /// Leaves out what came near to the worst hit before better ones were found.
    fn leave_out_far(&mut self) {
        if let Some(worst) = &self.worst {
            let (least, slack) = (worst.score, self.slack);
            self.near_worst
                .retain(|ranked| comes_near(ranked.score, least, slack));
        }
    }
}

/// Whether a score may come up to another one if so much is added to it.
#[inline]
pub(crate) fn comes_near(score: Score, other: Score, slack: Score) -> bool {
    score + slack >= other
}

/// A score as an integer of the same order.
pub(crate) fn ordered(score: Score) -> i64 {
    let bits = i64::from(score.to_bits() as i32);
    if bits < 0 {
        i64::from(i32::MIN) - bits
    } else {
        bits
    }
}
