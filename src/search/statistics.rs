//! What the values of pieces are over the whole index: counts, extremes, lengths of lists, sizes of records.
//!
//! Read from the stored records in one pass and remembered for the commit. What a hit shows is none of its business.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;
use tantivy::{DocAddress, Searcher};

use crate::index::IndexError;
use crate::schema::{PieceKind, PieceReader, PieceValue, Pieces, ordinal};
use crate::search::finder::{Finder, SearchError};

/// Values that a statistic lists, the most frequent first.
const MOST_VALUES: usize = 100;

/// The longest value that is listed, in bytes; longer texts hardly come twice.
const LONGEST_LISTED: usize = 500;

/// Characters of the longest value that are shown.
const SHOWN: usize = 120;

/// Records that are read at once by one thread.
const CHUNK: u32 = 512;

/// The sizes that records are counted by run to powers of two of this, in bytes.
const SMALLEST_RANGE: u64 = 1_024;

/// Largest records that are listed.
const LARGEST: usize = 10;

/// What the values of one piece are.
#[derive(Clone, Debug, Default)]
pub struct PieceStatistics {
    /// Studies without one.
    pub missing: u64,
    /// Different values.
    pub unique: u64,
    /// The most frequent ones, with the studies that have them.
    pub top: Vec<(String, u64)>,
    /// The length in characters of the longest, the study that has it, and how it begins.
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
        let known = |piece: &usize| {
            let known = self.counted.pieces.lock();
            let known = known.unwrap_or_else(PoisonError::into_inner);
            known.get(piece).cloned()
        };
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

    fn tallied(&self, pieces: &[usize]) -> Result<Vec<PieceStatistics>, SearchError> {
        let searcher = self.index.searcher();
        let reader = PieceReader::new(Pieces::bundled(), pieces, &[]);
        let chunks = chunks(&searcher);
        let parts = self.share(&chunks, |chunk| {
            self.tally(&searcher, &reader, pieces, chunk)
        });
        let mut all: Vec<Tally> = pieces.iter().map(|_| Tally::default()).collect();
        for part in parts {
            for (all, part) in all.iter_mut().zip(part?) {
                all.add(part);
            }
        }
        Ok(all.into_iter().map(Tally::finish).collect())
    }

    fn tally(
        &self,
        searcher: &Searcher,
        reader: &PieceReader,
        pieces: &[usize],
        chunk: &[DocAddress],
    ) -> Result<Vec<Tally>, IndexError> {
        let table = Pieces::bundled();
        let place: FxHashMap<usize, usize> = pieces
            .iter()
            .enumerate()
            .map(|(at, piece)| (*piece, at))
            .collect();
        let mut tallies: Vec<Tally> = pieces.iter().map(|_| Tally::default()).collect();
        let mut found: Vec<Vec<PieceValue<'static>>> = vec![Vec::new(); pieces.len()];
        for address in chunk {
            let (id, json) = self
                .index
                .record_text(searcher, *address, reader.wants_results())?;
            found.iter_mut().for_each(Vec::clear);
            reader.read(&json, &mut |value| {
                found[place[&value.piece]].push(owned(value.value));
            });
            for ((tally, values), piece) in tallies.iter_mut().zip(&found).zip(pieces) {
                tally.take(table.pieces[*piece].kind, &id, values);
            }
        }
        Ok(tallies)
    }

    /// How large the studies are.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn study_sizes(&self) -> Result<Arc<StudySizes>, SearchError> {
        let known = || {
            let known = self.counted.sizes.lock();
            known.unwrap_or_else(PoisonError::into_inner).clone()
        };
        if let Some(known) = known() {
            return Ok(known);
        }
        let searcher = self.index.searcher();
        let chunks = chunks(&searcher);
        let parts = self.share(&chunks, |chunk| {
            let sizes = chunk.iter().map(|address| {
                let (id, json) = self.index.record_text(&searcher, *address, true)?;
                Ok((json.len() as u64, id))
            });
            sizes.collect::<Result<Vec<(u64, String)>, IndexError>>()
        });
        let mut sizes = Vec::new();
        for part in parts {
            sizes.extend(part?);
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
}

/// The documents of an index in parts.
fn chunks(searcher: &Searcher) -> Vec<Vec<DocAddress>> {
    let mut chunks = Vec::new();
    for (segment, reader) in searcher.segment_readers().iter().enumerate() {
        let docs: Vec<DocAddress> = reader
            .doc_ids_alive()
            .map(|doc| DocAddress::new(segment as u32, doc))
            .collect();
        chunks.extend(docs.chunks(CHUNK as usize).map(<[DocAddress]>::to_vec));
    }
    chunks
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
                let start = text.chars().take(SHOWN).collect();
                self.longest = Some((length, id.to_owned(), start));
            }
            let hash = crate::schema::content_hash(text.as_bytes());
            // A study counts once for each of its values.
            if seen.contains(&hash) {
                continue;
            }
            seen.push(hash);
            let known = self.values.entry(hash).or_insert((0, None));
            known.0 += 1;
            if known.1.is_none()
                && text.len() <= LONGEST_LISTED
                && (known.0 > 1 || text.len() <= 64)
            {
                known.1 = Some(text);
            }
        }
    }

    fn add(&mut self, part: Tally) {
        self.studies += part.studies;
        self.missing += part.missing;
        self.flags.0 += part.flags.0;
        self.flags.1 += part.flags.1;
        self.sum += part.sum;
        self.numbers += part.numbers;
        self.formats.extend(part.formats);
        for (size, studies) in part.sizes {
            *self.sizes.entry(size).or_default() += studies;
        }
        for (hash, (studies, text)) in part.values {
            let known = self.values.entry(hash).or_insert((0, None));
            known.0 += studies;
            known.1 = known.1.take().or(text);
        }
        if let Some(low) = part.lowest
            && self.lowest.as_ref().is_none_or(|known| low.0 < known.0)
        {
            self.lowest = Some(low);
        }
        if let Some(high) = part.highest
            && self.highest.as_ref().is_none_or(|known| high.0 > known.0)
        {
            self.highest = Some(high);
        }
        if let Some(long) = part.longest
            && self.longest.as_ref().is_none_or(|known| long.0 > known.0)
        {
            self.longest = Some(long);
        }
    }

    fn finish(self) -> PieceStatistics {
        let unique = self.values.len() as u64;
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
