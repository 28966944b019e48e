//! What half-typed words may become: names of conditions, interventions and sponsors, and titles, by how many trials have
//! them. Typing may begin at any word of a name.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::io;
use std::time::Instant;

use rustc_hash::FxHashMap;
use serde::Serialize;
use tantivy::postings::TermInfo;
use tantivy::query::FuzzyTermQuery;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, DocSet, InvertedIndexReader, Searcher, TERMINATED, Term};

use crate::analysis::{folded_name, name_key};
use crate::index::IndexError;
use crate::schema::{Completion, KnownBy, NameKind, SEPARATOR};
use crate::search::finder::{Finder, SearchError};
use crate::search::names::{Dictionary, NameCount, Names};

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

/// A segment and where the postings of a term lie there.
type Posting = (usize, TermInfo);

/// A completion before it is known how it is written.
#[derive(Debug)]
struct Candidate {
    trials: u64,
    completion: Completion,
    /// A segment that has it, and where its postings lie there.
    posting: Option<Posting>,
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
            let found = self.beginning_with(&dictionary, &folded, complete, keep);
            candidates = found.map_err(failed)?;
            if candidates.is_empty() && !complete && folded.chars().count() >= TOLERANT {
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

/// The frequent terms of one segment in a range, and how many trials the least of them has if some were left out.
struct OfSegment {
    terms: Vec<(u64, Vec<u8>, TermInfo)>,
    least: u64,
}

impl Finder {
    /// Completions that begin with folded text. Each segment gives its most frequent, which are then counted in all: one or two
    /// letters begin tens of thousands, of which nearly all have one trial.
    fn beginning_with(
        &self,
        dictionary: &Dictionary,
        folded: &str,
        complete: bool,
        keep: usize,
    ) -> io::Result<Vec<Candidate>> {
        // Behind a complete word stands the end of the name or a space, which is the next character.
        let (mut start, mut end) = (folded.as_bytes().to_vec(), folded.as_bytes().to_vec());
        match complete {
            true => {
                start.push(SEPARATOR as u8);
                end.push(b' ' + 1);
            }
            false => end.push(u8::MAX),
        }
        let segments: Vec<usize> = (0..dictionary.segments().len()).collect();
        let mut most = keep.saturating_mul(4);
        loop {
            let of_segments = self.share(&segments, |place| {
                most_frequent(&dictionary.segments()[*place], &start, &end, most)
            });
            let of_segments: Vec<OfSegment> = of_segments.into_iter().collect::<io::Result<_>>()?;
            // No term that every segment left out has more.
            let left_out: u64 = of_segments.iter().map(|found| found.least).sum();
            let found = counted_in_all(dictionary, of_segments)?;
            let found = best(found, keep);
            let enough =
                found.len() >= keep && found.last().is_some_and(|last| last.trials >= left_out);
            if enough || left_out == 0 || most >= keep.saturating_mul(MOST_LOOKED_AT) {
                return Ok(found);
            }
            most = most.saturating_mul(8);
        }
    }
}

/// Terms of one segment that are looked at for one candidate: where that does not decide, all have one or two trials.
const MOST_LOOKED_AT: usize = 32;

fn most_frequent(
    segment: &InvertedIndexReader,
    start: &[u8],
    end: &[u8],
    most: usize,
) -> io::Result<OfSegment> {
    let mut heap: BinaryHeap<Reverse<(u64, usize)>> = BinaryHeap::with_capacity(most + 1);
    let mut terms: Vec<(Vec<u8>, TermInfo)> = Vec::new();
    let mut least = 0;
    let mut stream = segment.terms().range().ge(start).lt(end).into_stream()?;
    while stream.advance() {
        let trials = u64::from(stream.value().doc_freq);
        let full = heap.len() >= most;
        if full {
            let worst = heap.peek().map_or(0, |Reverse((worst, _))| *worst);
            least = least.max(trials.min(worst));
            if trials <= worst {
                continue;
            }
        }
        let term = (stream.key().to_vec(), stream.value().clone());
        let place = match full.then(|| heap.pop()).flatten() {
            Some(Reverse((_, place))) => {
                terms[place] = term;
                place
            }
            None => {
                terms.push(term);
                terms.len() - 1
            }
        };
        heap.push(Reverse((trials, place)));
    }
    let terms = terms.into_iter();
    let terms = terms.map(|(key, info)| (u64::from(info.doc_freq), key, info));
    Ok(OfSegment {
        terms: terms.collect(),
        least,
    })
}

/// Terms of some segments with their trials in all.
fn counted_in_all(
    dictionary: &Dictionary,
    of_segments: Vec<OfSegment>,
) -> io::Result<Vec<Candidate>> {
    let mut found: FxHashMap<Vec<u8>, Vec<Option<TermInfo>>> = FxHashMap::default();
    let count = of_segments.len();
    for (place, of_segment) in of_segments.into_iter().enumerate() {
        for (_, key, info) in of_segment.terms {
            let known = found.entry(key).or_insert_with(|| vec![None; count]);
            known[place] = Some(info);
        }
    }
    let mut candidates = Vec::with_capacity(found.len());
    for (key, infos) in found {
        let read = std::str::from_utf8(&key).ok();
        let Some(completion) = read.and_then(Completion::read) else {
            continue;
        };
        let (mut trials, mut posting) = (0, None);
        for (place, info) in infos.into_iter().enumerate() {
            let info = match info {
                Some(info) => Some(info),
                None => dictionary.segments()[place].terms().get(&key)?,
            };
            if let Some(info) = info {
                trials += u64::from(info.doc_freq);
                posting.get_or_insert((place, info));
            }
        }
        candidates.push(Candidate {
            trials,
            completion,
            posting,
        });
    }
    Ok(candidates)
}

/// Completions that begin nearly with folded text.
fn nearly(
    dictionary: &Dictionary,
    query: &FuzzyTermQuery,
    folded: &str,
    keep: usize,
) -> tantivy::Result<Vec<Candidate>> {
    let mut found: BTreeMap<Vec<u8>, (u64, Option<Posting>)> = BTreeMap::new();
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
