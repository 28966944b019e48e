//! One record into the index: is its trial known, which record of it wins, and what is written.

use std::collections::hash_map::Entry;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::panic::AssertUnwindSafe;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use tantivy::{Searcher, Term};

use crate::index::budget::Permit;
use crate::index::errors::IndexError;
use crate::index::fetched::Fetched;
use crate::index::history::{Fresh, Past, Previous};
use crate::index::open::Index;
use crate::index::report::Outcome;
use crate::index::stored::Sources;
use crate::index::writing::{Begun, Means, Writing};
use crate::schema::{Stored, StoredHistory, StoredRecordError, compress, content_hash, decompress};
use crate::trial::{Merged, Provenance, SourceFormat, Trial, TrialId, Version, merge};

/// Takes records of one run in. Shared by the threads that parse.
pub(crate) struct Ingest<'i> {
    index: &'i Index,
    writing: Writing<'i>,
    /// The trials of this run: the hash of the record that was written first, and what became of it.
    claimed: Mutex<FxHashMap<TrialId, Claim>>,
    /// Further records of claimed trials wait here until the first pass is over.
    aside: Mutex<Aside>,
    /// The index that this one is to replace: it may know earlier versions.
    previous: Option<Previous>,
    /// Why it, or a trial of it, could not be read.
    lost: Mutex<Option<String>>,
    /// When the run began, in seconds since 1970: the time at which its records count as taken in.
    began: i64,
}

#[derive(Clone, Copy, Debug)]
struct Claim {
    hash: u64,
    format: SourceFormat,
    outcome: Outcome,
}

/// Bytes of compressed records that are settled side by side in the second pass: some hundred trials.
const BATCH: usize = 1 << 20;

/// A record set aside: where it lies in the temporary file.
struct Place {
    id: TrialId,
    offset: u64,
    length: usize,
}

struct Aside {
    file: File,
    end: u64,
    places: Vec<Place>,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    json: String,
    provenance: Provenance,
}

/// What is to be counted for one record.
pub(crate) enum Taken {
    /// It is dealt with.
    Counted(Outcome),
    /// It waits for the second pass.
    SetAside,
}

impl<'i> Ingest<'i> {
    /// Begins to bring records into an index; `anew` if nothing has been committed to it.
    pub(crate) fn new(
        index: &'i Index,
        anew: bool,
        means: Means,
        previous: Result<Option<Previous>, String>,
    ) -> Result<Ingest<'i>, IndexError> {
        let (previous, lost) = match previous {
            Ok(previous) => (previous, None),
            Err(why) => (None, Some(why)),
        };
        let file = tempfile::tempfile_in(&index.generation)
            .map_err(|error| IndexError::io(&index.generation, error))?;
        Ok(Ingest {
            index,
            writing: Writing::begin(index, anew, means)?,
            claimed: Mutex::default(),
            aside: Mutex::new(Aside {
                file,
                end: 0,
                places: Vec::new(),
            }),
            previous,
            lost: Mutex::new(lost),
            began: jiff::Timestamp::now().as_second(),
        })
    }

    /// Takes one record in, or sets it aside if another record of its trial came before it in this run.
    pub(crate) fn take(
        &self,
        searcher: &Searcher,
        trial: Trial,
        permit: Permit,
        begun: &mut Begun,
    ) -> Result<Taken, IndexError> {
        let hash = content_hash(&trial.json);
        let format = trial.provenance.format;
        let id = trial.id.clone();
        let claim = Claim {
            hash,
            format,
            outcome: Outcome::New,
        };
        match self
            .claimed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(id.clone())
        {
            Entry::Occupied(first) if first.get().hash == hash => {
                return Ok(Taken::Counted(Outcome::Unchanged));
            }
            Entry::Occupied(_) => {
                self.set_aside(trial)?;
                return Ok(Taken::SetAside);
            }
            Entry::Vacant(vacant) => vacant.insert(claim),
        };
        let outcome = self
            .settle(
                searcher,
                &id,
                vec![Version::new(trial, hash)],
                Some(permit),
                begun,
            )?
            .outcomes[0];
        if outcome != Outcome::New {
            let mut claimed = self.claimed.lock().unwrap_or_else(PoisonError::into_inner);
            claimed.insert(id, Claim { outcome, ..claim });
        }
        Ok(Taken::Counted(outcome))
    }

    /// Merges new records of a trial with what the index has of it, and writes the outcome if it differs.
    fn settle(
        &self,
        searcher: &Searcher,
        id: &TrialId,
        new: Vec<Version>,
        permit: Option<Permit>,
        begun: &mut Begun,
    ) -> Result<Settled, IndexError> {
        let hashes: Vec<u64> = new.iter().map(|version| version.hash).collect();
        let address = self.index.document_of(searcher, id)?;
        if let (Some(address), [hash]) = (address, hashes.as_slice())
            && self.index.record_hash(searcher, address)? == Some(*hash)
        {
            return Ok(Settled {
                outcomes: vec![Outcome::Unchanged],
                replaced: None,
            });
        }
        let known = match address {
            Some(address) => Some(self.index.trial(searcher, address)?),
            None => None,
        };
        let is_known = |hash: u64| known.as_ref().is_some_and(|known| known.has(hash));
        if hashes.iter().all(|&hash| is_known(hash)) {
            let outcomes = vec![Outcome::Unchanged; hashes.len()];
            return Ok(Settled {
                outcomes,
                replaced: None,
            });
        }
        let unchanged: Vec<bool> = hashes.iter().map(|&hash| is_known(hash)).collect();
        let before = known
            .as_ref()
            .map(|known| (known.hash(), known.additions.len()));
        let (past, history_before) = match &known {
            Some(known) => {
                let past = Past::of(known).map_err(|error| self.damaged(&error))?;
                (Some(past), known.history().to_vec())
            }
            None => (self.past_of_previous(id, &hashes), Vec::new()),
        };
        // The first and only record of a trial has no history.
        let fresh: Vec<Fresh> = match (&past, new.as_slice()) {
            (None, [_]) => Vec::new(),
            (_, new) => new
                .iter()
                .filter_map(|version| Fresh::new(version, self.began))
                .collect(),
        };
        let mut versions = match known {
            Some(known) => known.versions().map_err(|error| self.damaged(&error))?,
            None => Vec::new(),
        };
        versions.extend(new);
        let merged = merge(versions).expect("at least one new record");
        let winner = merged.winner.hash;
        let history = self
            .history(past, fresh, &merged)
            .map_err(|error| self.damaged(&error))?;
        let stored = history.as_ref().map_or(&[][..], |history| &history.bytes);
        if before != Some((winner, merged.additions.len())) || history_before != stored {
            self.write(id, &merged, history, before.is_some(), permit, begun)?;
        }
        let fresh = if before.is_some() {
            Outcome::Updated
        } else {
            Outcome::New
        };
        let mut won = false;
        let outcomes = hashes
            .iter()
            .zip(unchanged)
            .map(|(&hash, unchanged)| match () {
                () if unchanged => Outcome::Unchanged,
                () if hash == winner && !won => {
                    won = true;
                    fresh
                }
                () if hash == winner => Outcome::Unchanged,
                () => Outcome::Older,
            })
            .collect();
        let replaced = before.map(|(hash, _)| hash).filter(|&hash| hash != winner);
        Ok(Settled { outcomes, replaced })
    }

    /// What the index that is replaced knows of a trial beyond the one record that comes in now. An index may be made anew because it
    /// is damaged, so that what cannot be read of it must not stop the run; it is told in the end.
    fn past_of_previous(&self, id: &TrialId, hashes: &[u64]) -> Option<Past> {
        let previous = self.previous.as_ref()?;
        let only = match hashes {
            [only] => Some(*only),
            _ => None,
        };
        // The engine trusts the bytes of its files, and some that are damaged make it panic.
        let read = std::panic::catch_unwind(AssertUnwindSafe(|| previous.past(id, only)));
        match read {
            Ok(Ok(past)) => past,
            Ok(Err(error)) => self.lose(id, &error.to_string()),
            Err(_) => self.lose(id, "its files are damaged"),
        }
    }

    fn lose(&self, id: &TrialId, why: &str) -> Option<Past> {
        let mut lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        lost.get_or_insert_with(|| format!("{id}: {why}"));
        None
    }

    /// Why the history that the replaced index held could not be taken over, wholly or for some trial.
    pub(crate) fn lost(&self) -> Option<String> {
        let lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        lost.clone()
    }

    /// The versions of a trial as its document keeps them; `None` if there is only one.
    fn history(
        &self,
        past: Option<Past>,
        fresh: Vec<Fresh>,
        merged: &Merged,
    ) -> Result<Option<StoredHistory>, StoredRecordError> {
        if past.is_none() && fresh.is_empty() {
            return Ok(None);
        }
        let winner = &merged.winner;
        let states = past
            .unwrap_or_default()
            .with(fresh, winner.hash, &winner.json)?;
        let bytes = states.to_bytes()?;
        let (days, known) = states.changes();
        Ok((!bytes.is_empty()).then_some(StoredHistory { bytes, days, known }))
    }

    fn write(
        &self,
        id: &TrialId,
        merged: &Merged,
        history: Option<StoredHistory>,
        replace: bool,
        permit: Option<Permit>,
        begun: &mut Begun,
    ) -> Result<(), IndexError> {
        let layout = self.index.layout();
        let sources = Sources::new(merged)
            .to_bytes()
            .map_err(|error| self.damaged(&error))?;
        let stored = Stored {
            json: &merged.winner.json,
            provenance: &merged.winner.provenance,
            sources: &sources,
            hash: merged.winner.hash,
            history,
        };
        let document = layout
            .document(
                self.index.fields(),
                self.index.vocabulary(),
                id,
                &merged.study,
                &stored,
            )
            .map_err(|error| self.damaged(&error))?;
        let replaced = replace.then(|| Term::from_field_text(layout.id, id.as_str()));
        self.writing.add(begun, document, permit, replaced)
    }

    fn set_aside(&self, trial: Trial) -> Result<(), IndexError> {
        let kept = Kept {
            json: String::from_utf8_lossy(&trial.json).into_owned(),
            provenance: trial.provenance,
        };
        let bytes = serde_json::to_vec(&kept).expect("a record is plain data");
        let bytes = compress(&bytes).map_err(|error| self.damaged(&error))?;
        let mut aside = self.aside.lock().unwrap_or_else(PoisonError::into_inner);
        aside
            .file
            .write_all(&bytes)
            .map_err(|error| IndexError::io(&self.index.generation, error))?;
        let offset = aside.end;
        aside.end += bytes.len() as u64;
        aside.places.push(Place {
            id: trial.id,
            offset,
            length: bytes.len(),
        });
        Ok(())
    }

    /// Whether records wait for the second pass.
    pub(crate) fn has_set_aside(&self) -> bool {
        !self
            .aside
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .places
            .is_empty()
    }

    /// The second pass: each trial's waiting records against what the first pass has committed, many trials side by side.
    pub(crate) fn settle_set_aside(
        &mut self,
        searcher: &Searcher,
        sink: &mut Told<'_>,
    ) -> Result<(), IndexError> {
        self.writing.go_on_with_engine()?;
        let mut aside = self.aside.lock().unwrap_or_else(PoisonError::into_inner);
        let mut places = std::mem::take(&mut aside.places);
        places.sort_by(|a, b| a.id.cmp(&b.id).then(a.offset.cmp(&b.offset)));
        let claimed = self.claimed.lock().unwrap_or_else(PoisonError::into_inner);
        let mut groups = places.chunk_by(|a, b| a.id == b.id).peekable();
        while groups.peek().is_some() {
            let (mut batch, mut bytes) = (Vec::new(), 0);
            while let Some(group) = groups.next_if(|_| bytes < BATCH) {
                let versions = group.iter().map(|place| {
                    bytes += place.length;
                    read_back(&mut aside.file, place)
                        .map_err(|error| IndexError::io(&self.index.generation, error))
                });
                batch.push((&group[0].id, versions.collect::<Result<Vec<_>, _>>()?));
            }
            let settled: Vec<(&TrialId, Vec<SourceFormat>, Settled)> = batch
                .into_par_iter()
                .map(|(id, versions)| {
                    let formats = versions.iter().map(|version| version.provenance.format);
                    let formats = formats.collect();
                    let begun = &mut Begun::default();
                    let settled = self.settle(searcher, id, versions, None, begun)?;
                    Ok((id, formats, settled))
                })
                .collect::<Result<_, IndexError>>()?;
            for (id, formats, settled) in settled {
                let first = claimed
                    .get(id)
                    .filter(|claim| settled.replaced == Some(claim.hash));
                tell(first, formats.into_iter().zip(settled.outcomes), sink);
            }
        }
        Ok(())
    }

    /// Writes what a thread has begun, for the next commit to hold.
    pub(crate) fn complete(&self, begun: &mut Begun) -> Result<(), IndexError> {
        self.writing.complete(begun)
    }

    /// Makes everything that is complete visible to readers and proof against a kill.
    pub(crate) fn commit(&self) -> Result<(), IndexError> {
        self.writing.commit(Vec::new())
    }

    /// The last commit of the run, which remembers what was fetched, and the end of the writing.
    pub(crate) fn finish(self, fetched: Vec<Fetched>) -> Result<(), IndexError> {
        self.writing.finish(fetched)
    }

    fn damaged(&self, error: &impl ToString) -> IndexError {
        IndexError::Damaged {
            path: self.index.directory.clone(),
            what: error.to_string(),
        }
    }
}

struct Settled {
    /// One for each new record.
    outcomes: Vec<Outcome>,
    /// The hash of the record that was the trial's before and is not any more.
    replaced: Option<u64>,
}

/// Told of every waiting record, and of the record of this run that one of them replaced.
type Told<'t> = dyn FnMut(SourceFormat, Outcome, Option<(SourceFormat, Outcome)>) + 't;

/// Tells of the waiting records of one trial; `first` is its record of this run, if one of them replaced it.
fn tell(
    first: Option<&Claim>,
    outcomes: impl Iterator<Item = (SourceFormat, Outcome)>,
    sink: &mut Told<'_>,
) {
    let mut replaced = first.map(|claim| (claim.format, claim.outcome));
    for (format, outcome) in outcomes {
        match (outcome, replaced.take()) {
            (Outcome::Updated, Some((was, before))) if before != Outcome::Older => {
                // The trial is as new to the index as the record that this one replaces was.
                sink(format, before, Some((was, before)));
            }
            (outcome, kept) => {
                replaced = kept;
                sink(format, outcome, None);
            }
        }
    }
}

fn read_back(file: &mut File, place: &Place) -> std::io::Result<Version> {
    let mut bytes = vec![0; place.length];
    file.seek(SeekFrom::Start(place.offset))?;
    file.read_exact(&mut bytes)?;
    let bytes = decompress(&bytes).map_err(std::io::Error::other)?;
    let kept: Kept = serde_json::from_slice(&bytes)?;
    let json = kept.json.into_bytes();
    Ok(Version {
        study: serde_json::from_slice(&json)?,
        hash: content_hash(&json),
        json,
        provenance: kept.provenance,
    })
}
