//! Whether a stored record passes a test, and what of that is remembered.
//!
//! A record is read into values only if its text has the names that the values would stand under: most records have not, and
//! looking is ten times as quick. Where every record has to be looked at, the processors share them.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use memchr::memmem;
use tantivy::index::SegmentId;
use tantivy::{DocAddress, DocId, Searcher, SegmentReader, TantivyError};

use crate::index::{Index, StoredJson};
use crate::schema::{PieceKind, PieceReader, Pieces};
use crate::search::finder::Finder;
use crate::search::pieces::patience::Patience;
use crate::search::pieces::sites::SiteTest;
use crate::search::pieces::test::ValueTest;

/// What is remembered at most, in bytes: a check of a segment of a million records takes 250 KB.
const MOST_REMEMBERED: usize = 64 << 20;

/// Records of a segment from which on several threads look at them.
const WORTH_SHARING: u32 = 2_000;

/// Records that a thread takes at a time.
const AT_A_TIME: u32 = 256;

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
    names: Names,
    test: RecordTest,
    index: Index,
    searcher: Searcher,
    remembered: Arc<Remembered>,
    patience: Arc<Patience>,
}

/// The names in a record's text that any value of some pieces stands under.
struct Names {
    /// For each piece the names of its path.
    of_pieces: Vec<Vec<memmem::Finder<'static>>>,
    /// Whether all of the pieces are in the results.
    only_results: bool,
}

impl Names {
    fn new<'p>(paths: impl Iterator<Item = &'p str>) -> Names {
        let mut names = Names {
            of_pieces: Vec::new(),
            only_results: true,
        };
        for path in paths {
            names.only_results &= path.starts_with("resultsSection");
            // The last name is the rarest, and asked for first.
            let quoted = path.split('.').rev().map(|name| format!("\"{name}\""));
            let finders = quoted.map(|name| memmem::Finder::new(name.as_bytes()).into_owned());
            names.of_pieces.push(finders.collect());
        }
        names
    }

    /// Whether a text may have a value. A text that writes letters as numbers may write names so.
    fn may_stand_in(&self, json: &[u8]) -> bool {
        let mut pieces = self.of_pieces.iter();
        pieces.any(|names| names.iter().all(|name| name.find(json).is_some()))
            || memmem::find(json, b"\\u").is_some()
    }
}

impl std::fmt::Debug for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Check").field(&self.key).finish()
    }
}

impl Check {
    /// A test of the records of what a finder sees, for as long as there is patience.
    pub(super) fn new(
        key: String,
        (wanted, sizes): (&[usize], &[usize]),
        test: RecordTest,
        (finder, searcher): (&Finder, &Searcher),
        patience: &Arc<Patience>,
    ) -> Check {
        let pieces = Pieces::bundled();
        let all = wanted.iter().chain(sizes);
        Check {
            key,
            names: Names::new(all.map(|piece| pieces.pieces[*piece].path)),
            reader: PieceReader::new(pieces, wanted, sizes),
            test,
            index: finder.index.clone(),
            searcher: searcher.clone(),
            remembered: finder.remembered.clone(),
            patience: patience.clone(),
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
        let of_nothing = match &self.test {
            RecordTest::Any(..) => Some(false),
            RecordTest::Missing => Some(true),
            RecordTest::Site(_) => None,
        };
        if let Some(passes) = of_nothing
            && self.names.only_results
            && !stored.has_results()
        {
            return Ok(passes);
        }
        let json = match self.reader.wants_results() {
            true => stored.whole(),
            false => stored.without_results(),
        };
        let json = json.map_err(|error| TantivyError::InternalError(error.to_string()))?;
        if let Some(passes) = of_nothing
            && !self.names.may_stand_in(&json)
        {
            return Ok(passes);
        }
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
    /// Whether a record passes. One that cannot be read does not; reading it for an answer says what is wrong. Nor does one
    /// that there is no time to read.
    pub(crate) fn admits(&self, doc: DocId) -> bool {
        if let Some(passes) = self.known.get(doc) {
            return passes;
        }
        if self.check.patience.ends() {
            return false;
        }
        let passes = self.check.passes(DocAddress::new(self.segment, doc));
        let passes = passes.unwrap_or(false);
        self.known.set(doc, passes);
        passes
    }

    /// Looks at all records of the segment, so that each is known when it is asked for.
    pub(crate) fn read_all(&self, reader: &SegmentReader) {
        let most = reader.max_doc();
        let next = AtomicU32::new(0);
        let look = || {
            loop {
                let start = next.fetch_add(AT_A_TIME, Ordering::Relaxed);
                if start >= most || self.check.patience.has_ended() {
                    break;
                }
                for doc in start..most.min(start.saturating_add(AT_A_TIME)) {
                    if !reader.is_deleted(doc) {
                        self.admits(doc);
                    }
                }
            }
        };
        let threads = match most {
            0..WORTH_SHARING => 1,
            _ => std::thread::available_parallelism().map_or(1, usize::from),
        };
        std::thread::scope(|scope| {
            for _ in 1..threads {
                scope.spawn(look);
            }
            look();
        });
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
