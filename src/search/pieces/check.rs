//! Whether a stored record passes a test, and what of that is remembered.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::index::SegmentId;
use tantivy::{DocAddress, DocId, Searcher, SegmentReader, TantivyError};

use crate::index::{Index, StoredJson};
use crate::schema::{PieceKind, PieceReader, Pieces};
use crate::search::pieces::sites::SiteTest;
use crate::search::pieces::test::ValueTest;

/// What is remembered at most, in bytes: a check of a segment of a million records takes 250 KB.
const MOST_REMEMBERED: usize = 64 << 20;

/// What a record must have.
#[derive(Debug)]
pub(super) enum RecordTest {
    /// A value that passes, in any of some pieces, each with its kind.
    Any(ValueTest, Vec<(usize, PieceKind)>),
    /// Nothing in any of some pieces.
    Missing,
    /// One site that has it all.
    Site(SiteTest),
}

/// A test of stored records.
pub(crate) struct Check {
    /// Names what is tested, the same for the same test.
    key: String,
    reader: PieceReader,
    test: RecordTest,
    index: Index,
    searcher: Searcher,
    remembered: Arc<Remembered>,
}

impl std::fmt::Debug for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Check").field(&self.key).finish()
    }
}

impl Check {
    pub(super) fn new(
        key: String,
        wanted: &[usize],
        sizes: &[usize],
        test: RecordTest,
        index: Index,
        searcher: Searcher,
        remembered: Arc<Remembered>,
    ) -> Check {
        Check {
            key,
            reader: PieceReader::new(Pieces::bundled(), wanted, sizes),
            test,
            index,
            searcher,
            remembered,
        }
    }

    /// The check of the records of one segment.
    pub(crate) fn of_segment(
        self: &Arc<Check>,
        reader: &SegmentReader,
    ) -> tantivy::Result<SegmentCheck> {
        let id = reader.segment_id();
        let mut segments = self.searcher.segment_readers().iter();
        let segment = segments.position(|segment| segment.segment_id() == id);
        let segment = segment.ok_or_else(|| {
            TantivyError::InvalidArgument("the index has changed since the search began".into())
        })?;
        Ok(SegmentCheck {
            known: self.remembered.of(id, &self.key, reader.max_doc()),
            check: self.clone(),
            segment: segment as u32,
        })
    }

    fn passes(&self, address: DocAddress) -> tantivy::Result<bool> {
        let wrong =
            |error: crate::index::IndexError| TantivyError::InternalError(error.to_string());
        let stored = StoredJson::read(
            &self.index,
            &self.searcher,
            address,
            self.reader.wants_results(),
        );
        let stored = stored.map_err(wrong)?;
        let json = match self.reader.wants_results() {
            true => stored.whole(),
            false => stored.without_results(),
        };
        let json = json.map_err(|error| TantivyError::InternalError(error.to_string()))?;
        Ok(match &self.test {
            RecordTest::Any(test, pieces) => {
                let mut passes = false;
                self.reader.read(&json, &mut |found| {
                    let kind = pieces.iter().find(|(piece, _)| *piece == found.piece);
                    passes =
                        passes || kind.is_some_and(|(_, kind)| test.admits(*kind, &found.value));
                });
                passes
            }
            RecordTest::Missing => {
                let mut is_missing = true;
                self.reader.read(&json, &mut |found| {
                    is_missing &= !ValueTest::Anything.admits(PieceKind::Text, &found.value);
                });
                is_missing
            }
            RecordTest::Site(test) => test.passes(&self.reader, &json),
        })
    }
}

/// A check of the records of one segment.
#[derive(Clone)]
pub(crate) struct SegmentCheck {
    check: Arc<Check>,
    segment: u32,
    known: Arc<Known>,
}

impl SegmentCheck {
    /// Whether a record passes. One that cannot be read does not; reading it for an answer says what is wrong.
    pub(crate) fn admits(&self, doc: DocId) -> bool {
        if let Some(passes) = self.known.get(doc) {
            return passes;
        }
        let passes = self.check.passes(DocAddress::new(self.segment, doc));
        let passes = passes.unwrap_or(false);
        self.known.set(doc, passes);
        passes
    }
}

/// What is known of the records of one segment by one check: two bits each.
struct Known {
    seen: Vec<AtomicU64>,
    passes: Vec<AtomicU64>,
}

impl Known {
    fn new(documents: u32) -> Known {
        let words = || {
            let words = (documents as usize).div_ceil(64);
            std::iter::repeat_with(|| AtomicU64::new(0))
                .take(words)
                .collect()
        };
        Known {
            seen: words(),
            passes: words(),
        }
    }

    fn get(&self, doc: DocId) -> Option<bool> {
        let (word, bit) = (doc as usize / 64, 1_u64 << (doc % 64));
        // What passes is set before what was seen.
        (self.seen[word].load(Ordering::Acquire) & bit != 0)
            .then(|| self.passes[word].load(Ordering::Relaxed) & bit != 0)
    }

    fn set(&self, doc: DocId, passes: bool) {
        let (word, bit) = (doc as usize / 64, 1_u64 << (doc % 64));
        if passes {
            self.passes[word].fetch_or(bit, Ordering::Relaxed);
        }
        self.seen[word].fetch_or(bit, Ordering::Release);
    }

    fn bytes(&self) -> usize {
        (self.seen.len() + self.passes.len()) * 8
    }
}

/// What checks found, by segment and check; the oldest is forgotten first. A segment's records never change.
#[derive(Default)]
pub(crate) struct Remembered(Mutex<Vec<Entry>>);

/// What one check found in one segment.
struct Entry {
    segment: SegmentId,
    key: String,
    known: Arc<Known>,
}

impl Remembered {
    fn of(&self, segment: SegmentId, key: &str, documents: u32) -> Arc<Known> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all
            .iter()
            .position(|entry| entry.segment == segment && entry.key == key);
        let entry = match found {
            Some(place) => all.remove(place),
            None => Entry {
                segment,
                key: key.to_owned(),
                known: Arc::new(Known::new(documents)),
            },
        };
        let known = entry.known.clone();
        all.push(entry);
        let mut bytes: usize = all.iter().map(|entry| entry.known.bytes()).sum();
        while bytes > MOST_REMEMBERED && all.len() > 1 {
            bytes -= all.remove(0).known.bytes();
        }
        known
    }
}
