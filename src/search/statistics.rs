//! What the values of pieces are over the whole index: counts, extremes, lengths of lists, sizes of records.
//!
//! Read from the stored records in one pass and remembered for the commit. A pass over a registry takes minutes, so there is one at
//! a time, on the thread that asks for it, and it keeps no more of a piece's values than a bound. What a hit shows is none of its
//! business.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;
use tantivy::{DocAddress, Searcher};

use crate::schema::{PieceKind, PieceReader, PieceValue, Pieces, ordinal};
use crate::search::finder::{Finder, SearchError};

/// Values that a statistic lists, the most frequent first.
const MOST_VALUES: usize = 100;

/// The longest value that is listed, in bytes; longer texts hardly come twice.
const LONGEST_LISTED: usize = 500;

/// Different values of a piece that are kept at once. Up to here counts are exact. Beyond, the rarest values are dropped as often
/// as it takes (Manku and Motwani 2002), and how many there are is estimated (Whang et al. 1990).
const MOST_KEPT: usize = 1 << 16;

/// Bits of the estimate: within a percent up to some ten million values.
const ESTIMATE: usize = 1 << 21;

/// The sizes that records are counted by run to powers of two of this, in bytes.
const SMALLEST_RANGE: u64 = 1_024;

/// Largest records that are listed.
const LARGEST: usize = 10;

/// What the values of one piece are.
#[derive(Clone, Debug, Default)]
pub struct PieceStatistics {
    /// Studies without one.
    pub missing: u64,
    /// Different values; an estimate if there are more than 65,536.
    pub unique: u64,
    /// The most frequent ones, with the studies that have them.
    pub top: Vec<(String, u64)>,
    /// The length in characters of the longest, the study that has it, and itself.
    pub longest: Option<(u64, String, String)>,
    /// Studies with yes and with no.
    pub flags: (u64, u64),
    /// The lowest and highest as written, by the order of the piece.
    pub ends: Option<(String, String)>,
    /// Mean of a number.
    pub mean: Option<f64>,
    /// The forms of its dates.
    pub formats: Vec<String>,
    /// Studies by how many values they have, with the number first.
    pub sizes: Vec<(u64, u64)>,
}

/// How large studies are as JSON.
#[derive(Clone, Debug, Default)]
pub struct StudySizes {
    /// How many.
    pub studies: u64,
    /// Mean, in bytes.
    pub mean: u64,
    /// The largest with their sizes in bytes.
    pub largest: Vec<(String, u64)>,
    /// Percent of studies, and the bytes that they do not exceed.
    pub percentiles: Vec<(f64, u64)>,
    /// From and below which size in bytes, and how many.
    pub ranges: Vec<(u64, u64, u64)>,
}

/// What was counted on one commit.
#[derive(Default)]
pub(crate) struct Counted {
    /// Held while the records are read.
    counting: Mutex<()>,
    pieces: Mutex<FxHashMap<usize, Arc<PieceStatistics>>>,
    sizes: Mutex<Option<Arc<StudySizes>>>,
}

/// What part of the records say of one piece.
#[derive(Default)]
struct Tally {
    studies: u64,
    missing: u64,
    /// By a hash of the value: studies, and the value once it came twice or if it is short.
    values: FxHashMap<u64, (u64, Option<String>)>,
    /// A bit for each value by its hash, once some were dropped.
    seen: Option<Vec<u64>>,
    longest: Option<(u64, String, String)>,
    flags: (u64, u64),
    lowest: Option<(i64, String)>,
    highest: Option<(i64, String)>,
    sum: f64,
    numbers: u64,
    formats: BTreeMap<usize, ()>,
    sizes: BTreeMap<u64, u64>,
}

impl Finder {
    /// What the values of some pieces are, in their order.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn piece_statistics(
        &self,
        pieces: &[usize],
    ) -> Result<Vec<Arc<PieceStatistics>>, SearchError> {
        if let Some(known) = self.known_statistics(pieces) {
            return Ok(known);
        }
        let counting = self.counted.counting.lock();
        let _counting = counting.unwrap_or_else(PoisonError::into_inner);
        let known = |piece: &usize| {
            let known = self.counted.pieces.lock();
            let known = known.unwrap_or_else(PoisonError::into_inner);
            known.get(piece).cloned()
        };
        // Whoever was first may have counted the same.
        let mut unknown: Vec<usize> = pieces
            .iter()
            .copied()
            .filter(|piece| known(piece).is_none())
            .collect();
        unknown.sort_unstable();
        unknown.dedup();
        if !unknown.is_empty() {
            let counted = self.tallied(&unknown)?;
            let mut known = self
                .counted
                .pieces
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            known.extend(unknown.into_iter().zip(counted.into_iter().map(Arc::new)));
        }
        Ok(pieces
            .iter()
            .map(|piece| known(piece).unwrap_or_default())
            .collect())
    }

    /// What the values of some pieces are, if they have all been counted.
    pub(crate) fn known_statistics(&self, pieces: &[usize]) -> Option<Vec<Arc<PieceStatistics>>> {
        let known = self.counted.pieces.lock();
        let known = known.unwrap_or_else(PoisonError::into_inner);
        pieces
            .iter()
            .map(|piece| known.get(piece).cloned())
            .collect()
    }

    fn tallied(&self, pieces: &[usize]) -> Result<Vec<PieceStatistics>, SearchError> {
        let searcher = self.index.searcher();
        let table = Pieces::bundled();
        let reader = PieceReader::new(table, pieces, &[]);
        let place: FxHashMap<usize, usize> = pieces
            .iter()
            .enumerate()
            .map(|(at, piece)| (*piece, at))
            .collect();
        let mut tallies: Vec<Tally> = pieces.iter().map(|_| Tally::default()).collect();
        let mut found: Vec<Vec<PieceValue<'static>>> = vec![Vec::new(); pieces.len()];
        for address in addresses(&searcher) {
            let (id, json) = self
                .index
                .record_text(&searcher, address, reader.wants_results())?;
            found.iter_mut().for_each(Vec::clear);
            reader.read(&json, &mut |value| {
                found[place[&value.piece]].push(owned(value.value));
            });
            for ((tally, values), piece) in tallies.iter_mut().zip(&found).zip(pieces) {
                tally.take(table.pieces[*piece].kind, &id, values);
            }
        }
        Ok(tallies.into_iter().map(Tally::finish).collect())
    }

    /// How large the studies are.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn study_sizes(&self) -> Result<Arc<StudySizes>, SearchError> {
        if let Some(known) = self.known_sizes() {
            return Ok(known);
        }
        let counting = self.counted.counting.lock();
        let _counting = counting.unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = self.known_sizes() {
            return Ok(known);
        }
        let searcher = self.index.searcher();
        let mut sizes = Vec::with_capacity(searcher.num_docs() as usize);
        for address in addresses(&searcher) {
            let (id, json) = self.index.record_text(&searcher, address, true)?;
            sizes.push((json.len() as u64, id));
        }
        let sizes = Arc::new(sizes_of(sizes));
        let mut kept = self
            .counted
            .sizes
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *kept = Some(sizes.clone());
        Ok(sizes)
    }

    /// How large the studies are, if that has been counted.
    pub(crate) fn known_sizes(&self) -> Option<Arc<StudySizes>> {
        let known = self.counted.sizes.lock();
        known.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The documents of an index.
fn addresses(searcher: &Searcher) -> impl Iterator<Item = DocAddress> {
    let segments = searcher.segment_readers().iter().enumerate();
    segments.flat_map(|(segment, reader)| {
        let docs = reader.doc_ids_alive();
        docs.map(move |doc| DocAddress::new(segment as u32, doc))
    })
}

fn owned(value: PieceValue<'_>) -> PieceValue<'static> {
    match value {
        PieceValue::Text(text) => PieceValue::Text(text.into_owned().into()),
        PieceValue::Number(number) => PieceValue::Number(number),
        PieceValue::Flag(flag) => PieceValue::Flag(flag),
        PieceValue::Count(count) => PieceValue::Count(count),
        PieceValue::Point(lat, lon) => PieceValue::Point(lat, lon),
        PieceValue::Present => PieceValue::Present,
    }
}

impl Tally {
    fn take(&mut self, kind: PieceKind, id: &str, values: &[PieceValue<'_>]) {
        self.studies += 1;
        *self.sizes.entry(values.len() as u64).or_default() += 1;
        if values.is_empty() {
            self.missing += 1;
            return;
        }
        let mut seen: Vec<u64> = Vec::with_capacity(values.len().min(8));
        for value in values {
            let text = match value {
                PieceValue::Text(text) => text.to_string(),
                PieceValue::Number(number) => number.to_string(),
                PieceValue::Count(count) => count.to_string(),
                PieceValue::Flag(flag) => {
                    match flag {
                        true => self.flags.0 += 1,
                        false => self.flags.1 += 1,
                    }
                    flag.to_string()
                }
                PieceValue::Point(..) | PieceValue::Present => continue,
            };
            if let Some(place) = ordinal(kind, value) {
                if self
                    .lowest
                    .as_ref()
                    .is_none_or(|(lowest, _)| place < *lowest)
                {
                    self.lowest = Some((place, text.clone()));
                }
                if self
                    .highest
                    .as_ref()
                    .is_none_or(|(highest, _)| place > *highest)
                {
                    self.highest = Some((place, text.clone()));
                }
                self.sum += place as f64;
                self.numbers += 1;
                if kind.is_day() {
                    self.formats.insert(text.len(), ());
                }
            }
            let length = text.chars().count() as u64;
            if self
                .longest
                .as_ref()
                .is_none_or(|(longest, ..)| length > *longest)
            {
                self.longest = Some((length, id.to_owned(), text.clone()));
            }
            let hash = crate::schema::content_hash(text.as_bytes());
            // A study counts once for each of its values.
            if seen.contains(&hash) {
                continue;
            }
            seen.push(hash);
            if let Some(seen) = &mut self.seen {
                mark(seen, hash);
            }
            let known = self.values.entry(hash).or_insert((0, None));
            known.0 += 1;
            if known.1.is_none()
                && text.len() <= LONGEST_LISTED
                && (known.0 > 1 || text.len() <= 64)
            {
                known.1 = Some(text);
            }
        }
        if self.values.len() > MOST_KEPT {
            self.drop_rare();
        }
    }

    /// Drops the rarest values until half of the room is free.
    fn drop_rare(&mut self) {
        let values = &mut self.values;
        self.seen.get_or_insert_with(|| {
            let mut seen = vec![0; ESTIMATE / 64];
            values.keys().for_each(|hash| mark(&mut seen, *hash));
            seen
        });
        let mut least = 1;
        while values.len() > MOST_KEPT / 2 {
            values.retain(|_, (studies, _)| *studies > least);
            least += 1;
        }
    }

    /// Different values.
    fn unique(&self) -> u64 {
        let Some(seen) = &self.seen else {
            return self.values.len() as u64;
        };
        let free: u32 = seen.iter().map(|word| word.count_zeros()).sum();
        let bits = ESTIMATE as f64;
        (bits * (bits / f64::from(free.max(1))).ln()).round() as u64
    }

    fn finish(self) -> PieceStatistics {
        let unique = self.unique();
        let mut top: Vec<(String, u64)> = self
            .values
            .into_values()
            .filter_map(|(studies, text)| Some((text?, studies)))
            .collect();
        top.sort_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
        top.truncate(MOST_VALUES);
        let mut sizes: Vec<(u64, u64)> = self.sizes.into_iter().collect();
        sizes.sort_by(|a, b| (b.1, a.0).cmp(&(a.1, b.0)));
        let format = |length: usize| match length {
            4 => "yyyy",
            7 => "yyyy-MM",
            10 => "yyyy-MM-dd",
            _ => "yyyy-MM-dd'T'HH:mm",
        };
        let mut formats: Vec<String> = self
            .formats
            .into_keys()
            .map(|length| format(length).to_owned())
            .collect();
        formats.dedup();
        PieceStatistics {
            missing: self.missing,
            unique,
            top,
            longest: self.longest,
            flags: self.flags,
            ends: self
                .lowest
                .zip(self.highest)
                .map(|((_, low), (_, high))| (low, high)),
            mean: (self.numbers > 0).then(|| self.sum / self.numbers as f64),
            formats,
            sizes,
        }
    }
}

/// Sets the bit of a hash.
fn mark(seen: &mut [u64], hash: u64) {
    // The hash's own bits are not all as good as each other.
    let place = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    let place = place as usize % ESTIMATE;
    seen[place / 64] |= 1 << (place % 64);
}

fn sizes_of(mut sizes: Vec<(u64, String)>) -> StudySizes {
    sizes.sort_unstable();
    let studies = sizes.len();
    let total: u64 = sizes.iter().map(|(bytes, _)| bytes).sum();
    let at = |percent: f64| {
        let place = (percent / 100.0 * studies as f64).ceil() as usize;
        sizes
            .get(place.saturating_sub(1).min(studies.saturating_sub(1)))
            .map_or(0, |(bytes, _)| *bytes)
    };
    let percents = [1.0, 5.0, 25.0, 50.0, 75.0, 95.0, 99.0, 99.9];
    let mut ranges = Vec::new();
    let (mut from, mut below) = (0, SMALLEST_RANGE);
    let mut place = 0;
    while place < studies {
        let end = sizes.partition_point(|(bytes, _)| *bytes < below);
        ranges.push((from, below, (end - place) as u64));
        place = end;
        (from, below) = (below, below.saturating_mul(2));
    }
    StudySizes {
        studies: studies as u64,
        mean: total.checked_div(studies as u64).unwrap_or(0),
        percentiles: percents.map(|percent| (percent, at(percent))).to_vec(),
        largest: sizes
            .iter()
            .rev()
            .take(LARGEST)
            .map(|(bytes, id)| (id.clone(), *bytes))
            .collect(),
        ranges,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_values_take_bounded_room() {
        let mut tally = Tally::default();
        let text = |text: &str| PieceValue::Text(text.to_owned().into());
        let rare = 4 * MOST_KEPT;
        for number in 0..rare {
            let value = text(&format!("value {number}"));
            let often = text("often");
            let values = match number % 10 {
                0 => vec![value, often],
                _ => vec![value],
            };
            tally.take(PieceKind::Text, "NCT00000001", &values);
            assert!(tally.values.len() <= MOST_KEPT + 2);
        }
        let found = tally.finish();
        let unique = found.unique as f64 / (rare + 1) as f64;
        assert!((0.99..1.01).contains(&unique), "{unique}");
        assert_eq!(found.top[0], ("often".to_owned(), rare.div_ceil(10) as u64));
        assert_eq!(
            found.sizes,
            [
                (1, (rare - rare.div_ceil(10)) as u64),
                (2, rare.div_ceil(10) as u64)
            ]
        );
    }
}
