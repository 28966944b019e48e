//! The index's own vocabulary: which conditions, interventions, keywords, MeSH terms and sponsors its trials name, how often,
//! and how they write them. It reads term dictionaries only, never a record.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use tantivy::schema::Field;
use tantivy::{InvertedIndexReader, Searcher};

use crate::analysis::{OwnedToken, is_stop_word};
use crate::schema::{MOST_WORDS, NameKind, SEPARATOR, read_name_entry};

/// How many trials use a name as what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct NameCount {
    /// As what.
    pub kind: NameKind,
    /// Trials. A record that was replaced counts until it is merged away.
    pub trials: u64,
}

/// A name that the index knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Name {
    /// The name by its terms, as [`crate::analysis::name_key`] gives them.
    pub(crate) key: String,
    /// What it is used as, the most frequent use first; at least one.
    pub(crate) kinds: Vec<NameCount>,
    /// Its spellings in the records, the most frequent first.
    pub(crate) spellings: Vec<(String, u64)>,
}

/// A name that stands in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NameFound {
    /// The bytes of the text that it takes, on character boundaries.
    pub(crate) bytes: Range<usize>,
    /// The positions that it takes.
    pub(crate) positions: Range<u32>,
    /// The name.
    pub(crate) name: Name,
}

/// The terms of one field over all segments of a view, for looking up names, pairs and completions in it.
pub(crate) struct Dictionary {
    segments: Vec<Arc<InvertedIndexReader>>,
}

impl Dictionary {
    pub(crate) fn open(searcher: &Searcher, field: Field) -> tantivy::Result<Dictionary> {
        let segments = searcher.segment_readers().iter();
        let segments = segments.map(|segment| segment.inverted_index(field));
        Ok(Dictionary {
            segments: segments.collect::<tantivy::Result<_>>()?,
        })
    }

    pub(crate) fn segments(&self) -> &[Arc<InvertedIndexReader>] {
        &self.segments
    }

    /// Gives what stands behind `start` in every term that begins with it, with the term's trials; a term that several
    /// segments have is given once for each. Tells whether some term goes on from `also` instead, which sorts behind.
    fn entries(
        &self,
        start: &str,
        also: &str,
        sink: &mut dyn FnMut(&str, u64),
    ) -> io::Result<bool> {
        let mut goes_on = false;
        for segment in &self.segments {
            let mut stream = segment.terms().range().ge(start).into_stream()?;
            while stream.advance() {
                let key = stream.key();
                let Some(entry) = key.strip_prefix(start.as_bytes()) else {
                    goes_on |= key.starts_with(also.as_bytes());
                    break;
                };
                if let Ok(entry) = std::str::from_utf8(entry) {
                    sink(entry, u64::from(stream.value().doc_freq));
                }
            }
        }
        Ok(goes_on)
    }

    /// What stands behind the first part of every term with this first part, with its trials.
    pub(crate) fn behind(&self, part: &str) -> io::Result<BTreeMap<String, u64>> {
        let mut found = BTreeMap::new();
        self.entries(&format!("{part}{SEPARATOR}"), "\0", &mut |entry, trials| {
            *found.entry(entry.to_owned()).or_default() += trials;
        })?;
        Ok(found)
    }
}

/// The names of an index.
pub(crate) struct Names {
    dictionary: Dictionary,
}

impl Names {
    pub(crate) fn open(searcher: &Searcher, names: Field) -> tantivy::Result<Names> {
        Ok(Names {
            dictionary: Dictionary::open(searcher, names)?,
        })
    }

    /// The name of a key, if any trial uses it.
    pub(crate) fn look_up(&self, key: &str) -> io::Result<Option<Name>> {
        Ok(self.probe(key)?.0)
    }

    /// The name of a key, and whether longer names begin with it.
    fn probe(&self, key: &str) -> io::Result<(Option<Name>, bool)> {
        let mut kinds: FxHashMap<NameKind, u64> = FxHashMap::default();
        let mut spellings: FxHashMap<String, u64> = FxHashMap::default();
        let goes_on = self.dictionary.entries(
            &format!("{key}{SEPARATOR}"),
            &format!("{key} "),
            &mut |entry, trials| {
                if let Some((kind, spelling)) = read_name_entry(key, entry) {
                    *kinds.entry(kind).or_default() += trials;
                    *spellings.entry(spelling.into_owned()).or_default() += trials;
                }
            },
        )?;
        if kinds.is_empty() {
            return Ok((None, goes_on));
        }
        let mut name = Name {
            key: key.to_owned(),
            kinds: kinds
                .into_iter()
                .map(|(kind, trials)| NameCount { kind, trials })
                .collect(),
            spellings: spellings.into_iter().collect(),
        };
        name.kinds
            .sort_by(|a, b| b.trials.cmp(&a.trials).then(a.kind.cmp(&b.kind)));
        name.spellings
            .sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Ok((Some(name), goes_on))
    }

    /// The names that stand in a text, by its tokens in any order of writing: at each place the longest, none inside another.
    /// A lone stop word is no name.
    pub(crate) fn longest_names(&self, tokens: &[OwnedToken]) -> io::Result<Vec<NameFound>> {
        let mut walk = Walk {
            names: self,
            tokens,
            probed: FxHashMap::default(),
            best: None,
        };
        let mut found: Vec<NameFound> = Vec::new();
        let mut last_start = None;
        for token in tokens {
            let taken = found
                .last()
                .is_some_and(|last| token.position < last.positions.end);
            if taken || last_start == Some(token.position) {
                continue;
            }
            last_start = Some(token.position);
            walk.from(token.position, "", 0, None)?;
            found.extend(walk.best.take());
        }
        Ok(found)
    }
}

/// Goes along the tokens of a text from one place, by every writing, as long as some name goes on.
struct Walk<'w> {
    names: &'w Names,
    tokens: &'w [OwnedToken],
    /// What was looked up before: texts repeat themselves.
    probed: FxHashMap<String, (Option<Arc<Name>>, bool)>,
    best: Option<NameFound>,
}

impl Walk<'_> {
    fn from(
        &mut self,
        position: u32,
        before: &str,
        words: usize,
        start: Option<(u32, usize)>,
    ) -> io::Result<()> {
        let first = self
            .tokens
            .partition_point(|token| token.position < position);
        let tokens = self.tokens;
        for token in tokens[first..]
            .iter()
            .take_while(|token| token.position == position)
        {
            let key = match before {
                "" => token.term.clone(),
                before => format!("{before} {}", token.term),
            };
            let probed = match self.probed.get(&key) {
                Some(probed) => probed.clone(),
                None => {
                    let (name, goes_on) = self.names.probe(&key)?;
                    let probed = (name.map(Arc::new), goes_on);
                    self.probed.insert(key.clone(), probed.clone());
                    probed
                }
            };
            let start = start.unwrap_or((token.position, token.bytes.start));
            let end = token.position + token.positions;
            let (name, goes_on) = probed;
            let longest = self.best.as_ref().map_or(0, |best| best.positions.end);
            if let Some(name) = name.filter(|_| end > longest && !is_stop_word(&key)) {
                self.best = Some(NameFound {
                    bytes: start.1..token.bytes.end,
                    positions: start.0..end,
                    name: Name::clone(&name),
                });
            }
            if goes_on && words + 1 < MOST_WORDS {
                self.from(end, &key, words + 1, Some(start))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use tantivy::schema::{STRING, Schema};
    use tantivy::{Index, IndexWriter, doc};

    use super::*;
    use crate::analysis::Analyzer;

    #[test]
    fn the_longest_names_of_a_text() {
        let mut schema = Schema::builder();
        let field = schema.add_text_field("names", STRING);
        let index = Index::create_in_ram(schema.build());
        let mut writer: IndexWriter = index.writer_with_num_threads(1, 15_000_000).unwrap();
        let mut analyzer = Analyzer::new();
        let known = [
            ("Pain", 'c'),
            ("Low Back Pain", 'c'),
            ("Heart Attack", 'c'),
            ("Brandex", 'o'),
            ("The", 'k'),
        ];
        for (name, kind) in known {
            let key = crate::analysis::name_key(&mut analyzer, name);
            let entry = format!("{key}{SEPARATOR}{kind}{SEPARATOR}x{name}");
            writer.add_document(doc!(field => entry)).unwrap();
        }
        writer.commit().unwrap();
        let names = Names::open(&index.reader().unwrap().searcher(), field).unwrap();
        let mut check = |text: &str, expect: &[(&str, NameKind)]| {
            let found = names.longest_names(&analyzer.analyze(text)).unwrap();
            let found: Vec<_> = found
                .iter()
                .map(|found| (&text[found.bytes.clone()], found.name.kinds[0].kind))
                .collect();
            assert_eq!(found, expect, "{text}");
        };
        check(
            "A man with low-back pains, then a heart attack; the Brandex was given.",
            &[
                ("low-back pains", NameKind::Condition),
                ("heart attack", NameKind::Condition),
                ("Brandex", NameKind::OtherName),
            ],
        );
        check("low pain", &[("pain", NameKind::Condition)]);
        check("", &[]);
    }
}
