//! What half-typed words may become: names of conditions, interventions and sponsors, and titles, by how many trials have
//! them. Typing may begin at any word of a name.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io;
use std::time::Instant;

use rustc_hash::FxHashMap;
use serde::Serialize;
use tantivy::postings::TermInfo;
use tantivy::query::FuzzyTermQuery;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, DocSet, Searcher, TERMINATED, Term};

use crate::analysis::{folded_name, name_key};
use crate::index::IndexError;
use crate::schema::{Completion, KnownBy, NameKind};
use crate::search::finder::{Finder, SearchError};
use crate::search::names::{Dictionary, NameCount, NameFound, Names};

/// Completions that are looked at more closely for one that is shown: spellings of one name are shown as one.
const CANDIDATES: usize = 4;

/// From this length on one letter of what is typed may be wrong, in characters.
const TOLERANT: usize = 4;

/// What typed words may become.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Suggestions {
    /// What was typed.
    pub typed: String,
    /// Whether nothing begins like that, so that one letter was taken to be wrong.
    pub tolerant: bool,
    /// The completions, the most frequent first.
    pub suggestions: Vec<Suggestion>,
    /// Time that it took, in milliseconds.
    pub milliseconds: f64,
}

/// One completion.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Suggestion {
    /// The name as most records write it.
    pub text: String,
    /// Trials with it in any use.
    pub trials: u64,
    /// What it is used as, the most frequent use first.
    pub kinds: Vec<NameCount>,
}

/// A completion before it is known how it is written.
#[derive(Debug)]
struct Candidate {
    trials: u64,
    completion: Completion,
    /// A segment that has it, and where its postings lie there.
    posting: Option<(usize, TermInfo)>,
}

impl Finder {
    /// The names that what was typed may become, at most `limit`; none for blank text.
    pub fn suggest(&self, typed: &str, limit: usize) -> Result<Suggestions, SearchError> {
        let started = Instant::now();
        let searcher = self.index.searcher();
        let failed = |error: io::Error| self.engine_error(error.into());
        let folded = folded_name(typed);
        // A space behind the last word says that the word is complete.
        let complete = typed.ends_with(char::is_whitespace);
        let mut tolerant = false;
        let mut candidates = Vec::new();
        if !folded.is_empty() && limit > 0 {
            let keep = limit.saturating_mul(CANDIDATES);
            let field = self.index.layout().completions;
            let dictionary = Dictionary::open(&searcher, field);
            let dictionary = dictionary.map_err(|error| self.engine_error(error))?;
            candidates = beginning_with(&dictionary, &folded, complete, keep).map_err(failed)?;
            if candidates.is_empty() && folded.chars().count() >= TOLERANT {
                tolerant = true;
                let term = Term::from_field_text(field, &folded);
                let query = FuzzyTermQuery::new_prefix(term, 1, true);
                candidates = nearly(&dictionary, &query, &folded, keep)
                    .map_err(|error| self.engine_error(error))?;
            }
        }
        let suggestions = self.named(&searcher, candidates, limit)?;
        Ok(Suggestions {
            typed: typed.to_owned(),
            tolerant: tolerant && !suggestions.is_empty(),
            suggestions,
            milliseconds: started.elapsed().as_secs_f64() * 1e3,
        })
    }

    /// The names of the index's own vocabulary that stand in a text: at each place the longest.
    pub fn names_in(&self, text: &str) -> Result<Vec<NameFound>, SearchError> {
        let tokens = self.with_analyzer(|analyzer| analyzer.analyze(text));
        let names = Names::open(&self.index.searcher(), self.index.layout().names);
        let found = names.and_then(|names| Ok(names.longest_names(&tokens)?));
        Ok(found.map_err(|error| self.engine_error(error))?)
    }

    /// Candidates as the records write them, those of one name put together.
    fn named(
        &self,
        searcher: &Searcher,
        candidates: Vec<Candidate>,
        limit: usize,
    ) -> Result<Vec<Suggestion>, SearchError> {
        let names = Names::open(searcher, self.index.layout().names);
        let names = names.map_err(|error| self.engine_error(error))?;
        let mut suggestions: Vec<Suggestion> = Vec::new();
        let mut known: FxHashMap<String, usize> = FxHashMap::default();
        for candidate in candidates {
            let name = &candidate.completion.name;
            let key = match &candidate.completion.known_by {
                KnownBy::Name => self.with_analyzer(|analyzer| name_key(analyzer, name)),
                KnownBy::Key(key) => key.clone(),
                KnownBy::Title => name.clone(),
            };
            if let Some(&place) = known.get(&key) {
                suggestions[place].trials += candidate.trials;
                continue;
            }
            if suggestions.len() == limit {
                continue;
            }
            let used = match candidate.completion.known_by {
                KnownBy::Title => None,
                _ => names
                    .look_up(&key)
                    .map_err(|error| self.engine_error(error.into()))?,
            };
            let suggestion = match used {
                Some(used) => {
                    let like = used
                        .spellings
                        .iter()
                        .find(|(spelling, _)| folded_name(spelling) == *name);
                    let spelling = like.or(used.spellings.first());
                    Suggestion {
                        text: spelling.map_or(name, |(spelling, _)| spelling).clone(),
                        trials: candidate.trials,
                        kinds: used.kinds,
                    }
                }
                None => Suggestion {
                    text: self.title(searcher, &candidate)?,
                    trials: candidate.trials,
                    kinds: vec![NameCount {
                        kind: NameKind::Title,
                        trials: candidate.trials,
                    }],
                },
            };
            known.insert(key, suggestions.len());
            suggestions.push(suggestion);
        }
        suggestions.sort_by_key(|suggestion| Reverse(suggestion.trials));
        Ok(suggestions)
    }

    /// The title that begins like a candidate.
    fn title(&self, searcher: &Searcher, candidate: &Candidate) -> Result<String, IndexError> {
        let first = first_trial(searcher, self.index.layout().completions, candidate);
        let Some(address) = first.map_err(|error| self.engine_error(error))? else {
            return Ok(candidate.completion.name.clone());
        };
        let trial = self.index.trial_without_results(searcher, address)?;
        let title = trial
            .study
            .protocol_section
            .identification_module
            .brief_title;
        Ok(title.unwrap_or_else(|| candidate.completion.name.clone()))
    }
}

/// The most frequent of some candidates, the total order of them in every run.
fn best(mut candidates: Vec<Candidate>, keep: usize) -> Vec<Candidate> {
    candidates.sort_by(|a, b| {
        let (x, y) = (&a.completion, &b.completion);
        (b.trials, y.from_start)
            .cmp(&(a.trials, x.from_start))
            .then_with(|| x.name.len().cmp(&y.name.len()))
            .then_with(|| x.name.cmp(&y.name))
    });
    candidates.truncate(keep);
    candidates
}

/// Completions that begin with folded text. The dictionaries of the segments are gone through side by side, so that nothing
/// is kept of the many that are not frequent enough.
fn beginning_with(
    dictionary: &Dictionary,
    folded: &str,
    complete: bool,
    keep: usize,
) -> io::Result<Vec<Candidate>> {
    let start = folded.as_bytes();
    let mut streams = Vec::new();
    for (place, segment) in dictionary.segments().iter().enumerate() {
        let mut stream = segment.terms().range().ge(start).into_stream()?;
        if stream.advance() && stream.key().starts_with(start) {
            streams.push((place, stream));
        }
    }
    let mut least = 0;
    let mut candidates = Vec::new();
    let mut key: Vec<u8> = Vec::new();
    while let Some(first) = streams.iter().map(|(_, stream)| stream.key()).min() {
        key.clear();
        key.extend_from_slice(first);
        let mut trials = 0;
        let mut posting = None;
        streams.retain_mut(|(place, stream)| {
            if stream.key() != key {
                return true;
            }
            trials += u64::from(stream.value().doc_freq);
            posting.get_or_insert_with(|| (*place, stream.value().clone()));
            stream.advance() && stream.key().starts_with(start)
        });
        let ends_word = matches!(key.get(start.len()), None | Some(b' ' | 0x1f));
        if trials < least || (complete && !ends_word) {
            continue;
        }
        let Some(completion) = std::str::from_utf8(&key).ok().and_then(Completion::read) else {
            continue;
        };
        candidates.push(Candidate {
            trials,
            completion,
            posting,
        });
        if candidates.len() >= keep * 4 {
            candidates = best(candidates, keep);
            least = candidates.last().map_or(0, |last| last.trials);
        }
    }
    Ok(best(candidates, keep))
}

/// Completions that begin nearly with folded text.
fn nearly(
    dictionary: &Dictionary,
    query: &FuzzyTermQuery,
    folded: &str,
    keep: usize,
) -> tantivy::Result<Vec<Candidate>> {
    let mut found: BTreeMap<Vec<u8>, (u64, Option<(usize, TermInfo)>)> = BTreeMap::new();
    // People seldom get the first letter wrong, and it makes a hundredth of the work.
    let first = folded.chars().next().unwrap_or_default().to_string();
    let mut after = first.clone().into_bytes();
    after.push(0xff);
    for (place, segment) in dictionary.segments().iter().enumerate() {
        let search = segment.terms().search(query.automaton()?);
        let mut stream = search.ge(&first).lt(&after).into_stream()?;
        while stream.advance() {
            let known = found.entry(stream.key().to_vec()).or_default();
            known.0 += u64::from(stream.value().doc_freq);
            known
                .1
                .get_or_insert_with(|| (place, stream.value().clone()));
        }
    }
    let candidates = found.into_iter().filter_map(|(key, (trials, posting))| {
        let completion = Completion::read(std::str::from_utf8(&key).ok()?)?;
        Some(Candidate {
            trials,
            completion,
            posting,
        })
    });
    Ok(best(candidates.collect(), keep))
}

/// A trial that has a completion.
fn first_trial(
    searcher: &Searcher,
    completions: Field,
    candidate: &Candidate,
) -> tantivy::Result<Option<DocAddress>> {
    let Some((place, info)) = &candidate.posting else {
        return Ok(None);
    };
    let segment = searcher.segment_reader(*place as u32);
    let inverted = segment.inverted_index(completions)?;
    let mut postings = inverted.read_postings_from_terminfo(info, IndexRecordOption::Basic)?;
    while postings.doc() != TERMINATED {
        if !segment.is_deleted(postings.doc()) {
            return Ok(Some(DocAddress::new(*place as u32, postings.doc())));
        }
        postings.advance();
    }
    Ok(None)
}
