//! How a trial's record changed: which versions of it the index knows, what differs between them, and which trials changed when.
//!
//! The versions lie in the trial's own document ([`states`]) and are written with it, so that they are committed, deleted and
//! merged with it. What differs is worked out when somebody asks ([`crate::trial::changes`]). It must not rank or print.

mod carried;
mod delta;
mod states;
mod stored;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use tantivy::{DocAddress, Searcher};

use crate::index::errors::IndexError;
use crate::index::open::Index;
use crate::index::stored::{StoredTrial, read_json};
use crate::schema::{StoredHistory, StoredRecord, StoredRecordError, content_hash};
use crate::trial::changes::{Difference, differences};
use crate::trial::{Provenance, SourceFormat, day, days_of};

pub(crate) use carried::Previous;
pub(crate) use states::{Fresh, States};

use states::{State, changed_on, known_since};

/// Which changes are asked for; all of them by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Changes of this day and later.
    pub since: Option<Date>,
    /// Changes of this day and earlier.
    pub until: Option<Date>,
    /// Changes that became known at this moment or later, whatever their day: what a run that began then has brought.
    pub known_since: Option<Timestamp>,
}

impl Span {
    /// Whether a change of a day (counted from 1970) that became known at a moment (seconds since 1970) is asked for.
    fn has(&self, day: i64, known: i64) -> bool {
        self.since.is_none_or(|since| days_of(since) <= day)
            && self.until.is_none_or(|until| day <= days_of(until))
            && self
                .known_since
                .is_none_or(|since| since.as_second() <= known)
    }
}

/// A version of a trial's record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KnownVersion {
    /// The format that it came in ([`SourceFormat::name`]).
    pub format: &'static str,
    /// The day of its last update, ISO.
    pub updated: String,
    /// The day of the first snapshot that it was seen in, ISO.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<String>,
    /// The day of the last snapshot that it was seen in, ISO.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<String>,
    /// When the index took it in, ISO.
    pub taken_in: String,
}

impl KnownVersion {
    fn of(format: SourceFormat, state: &State) -> KnownVersion {
        let iso = |days: i64| day(days).to_string();
        KnownVersion {
            format: format.name(),
            updated: iso(state.updated),
            first_seen: state.first.map(iso),
            last_seen: state.last.map(iso),
            taken_in: moment(state.taken),
        }
    }
}

fn moment(seconds: i64) -> String {
    Timestamp::from_second(seconds)
        .unwrap_or_default()
        .to_string()
}

/// What changed in a trial at one time.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TrialChange {
    /// The day of the change, ISO: that of the later version's update, but not before the last snapshot that still shows the
    /// earlier one; without an update the first snapshot that shows it.
    pub day: String,
    /// When both versions became known to the index, ISO.
    pub known_since: String,
    /// The version before.
    pub before: KnownVersion,
    /// The version after.
    pub after: KnownVersion,
    /// What differs, field by field; not empty.
    pub differences: Vec<Difference>,
}

/// How a trial's record changed. As JSON:
///
/// ```json
/// {"id": "NCT00000001", "title": "...", "versions": 2, "changes": [
///   {"day": "2026-03-05", "knownSince": "2026-03-06T04:00:00Z",
///    "before": {"format": "api-json", "updated": "2025-11-01", "firstSeen": "2026-01-02", "lastSeen": "2026-03-04",
///               "takenIn": "2026-01-02T04:00:00Z"},
///    "after": {"format": "api-json", "updated": "2026-03-05", "...": "..."},
///    "differences": [
///      {"path": "protocolSection.statusModule.overallStatus", "name": "status", "what": "changed",
///       "before": "RECRUITING", "after": "COMPLETED", "text": "status RECRUITING -> COMPLETED"}]}]}
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TrialHistory {
    /// The trial's own id.
    pub id: String,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Versions of the record that are known, whatever was asked for.
    pub versions: usize,
    /// Older versions that were given up because the history grew too long.
    #[serde(skip_serializing_if = "is_nought")]
    pub forgotten: u64,
    /// The changes that were asked for, newest first.
    pub changes: Vec<TrialChange>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn is_nought(count: &u64) -> bool {
    *count == 0
}

impl StoredTrial {
    /// The versions that are known, the record's own among them if it has a place in time.
    pub(crate) fn states(&self) -> Result<States, StoredRecordError> {
        if !self.history().is_empty() {
            return States::read(self.history());
        }
        let taken = taken_on(&self.provenance);
        let mut states = States::default();
        let json = self.json()?;
        // What other records add is no date of update.
        let fresh = Fresh::of(&self.study, &self.provenance, self.hash(), &json, taken);
        states.take(&[], fresh.into_iter().collect(), self.hash(), &json)?;
        Ok(states)
    }

    /// What changed in the trial's record, in the span that is asked for.
    ///
    /// # Errors
    /// A history that is damaged.
    pub fn changes(&self, span: &Span) -> Result<TrialHistory, StoredRecordError> {
        let states = self.states()?;
        let record = self.json()?;
        let mut changes: Vec<(i64, TrialChange)> = Vec::new();
        for (number, strand) in states.strands.iter().enumerate() {
            let asked = |pair: &[State]| {
                span.has(
                    changed_on(&pair[0], &pair[1]),
                    known_since(&pair[0], &pair[1]),
                )
            };
            if !strand.states.windows(2).any(asked) {
                continue;
            }
            let mut later: Option<(State, Vec<u8>)> = None;
            states.each(number, &record, &mut |state, bytes| {
                if let Some((later, after)) = &later {
                    let pair = [later.clone(), state.clone()];
                    if asked(&pair) {
                        changes.push((
                            changed_on(later, state),
                            change(strand.format, later, after, state, bytes)?,
                        ));
                    }
                }
                later = Some((state.clone(), bytes.to_vec()));
                Ok(())
            })?;
        }
        changes.retain(|(_, change)| !change.differences.is_empty());
        changes.sort_by(|(a, _), (b, _)| b.cmp(a));
        let identification = &self.study.protocol_section.identification_module;
        Ok(TrialHistory {
            id: self.id.to_string(),
            title: identification
                .brief_title
                .clone()
                .or_else(|| identification.official_title.clone()),
            versions: states
                .strands
                .iter()
                .map(|strand| strand.states.len())
                .sum(),
            forgotten: states.forgotten,
            changes: changes.into_iter().map(|(_, change)| change).collect(),
        })
    }

    /// The trial as its record was on a day, as far as the index knows: the latest version of that day, without what records of other
    /// formats add to it. `None` if none is that old.
    ///
    /// # Errors
    /// A history that is damaged.
    pub fn as_of(&self, date: Date) -> Result<Option<StoredTrial>, StoredRecordError> {
        let states = self.states()?;
        let Some((strand, place)) = version_of(&states, date) else {
            return Ok(None);
        };
        let json = states.bytes(strand, place, &self.json()?)?;
        let state = &states.strands[strand].states[place];
        if state.hash == self.hash() {
            return Ok(Some(self.clone()));
        }
        let provenance = Provenance {
            file: "an earlier version that the index has kept".to_owned(),
            format: states.strands[strand].format,
            snapshot: state.last.map(|days| day(days).to_string()),
            read: Timestamp::from_second(state.taken)
                .unwrap_or_default()
                .strftime("%Y-%m-%d")
                .to_string(),
        };
        StoredTrial::of_version(&self.id, &json, provenance).map(Some)
    }

    /// What differs between the record as it was on one day and on another, as one change; `None` if there is no version of either
    /// day, or both are the same or of different formats.
    ///
    /// # Errors
    /// A history that is damaged.
    pub fn between(&self, from: Date, to: Date) -> Result<Option<TrialChange>, StoredRecordError> {
        let states = self.states()?;
        let (Some(from), Some(to)) = (version_of(&states, from), version_of(&states, to)) else {
            return Ok(None);
        };
        if from.0 != to.0 || from.1 <= to.1 {
            return Ok(None);
        }
        let record = self.json()?;
        let strand = &states.strands[to.0];
        let (later, earlier) = (&strand.states[to.1], &strand.states[from.1]);
        let after = states.bytes(to.0, to.1, &record)?;
        let before = states.bytes(from.0, from.1, &record)?;
        let change = change(strand.format, later, &after, earlier, &before)?;
        Ok((!change.differences.is_empty()).then_some(change))
    }
}

/// Where the latest version of a day is: by its update, then its snapshot, then the format that says more.
fn version_of(states: &States, date: Date) -> Option<(usize, usize)> {
    let asked = days_of(date);
    let mut best = None;
    for (number, strand) in states.strands.iter().enumerate() {
        let began = |place: usize| {
            let state = &strand.states[place];
            strand
                .states
                .get(place + 1)
                .map_or(state.updated, |earlier| changed_on(state, earlier))
        };
        let Some(place) = (0..strand.states.len()).find(|&place| began(place) <= asked) else {
            continue;
        };
        let state = &strand.states[place];
        best = best.max(Some((
            (state.updated, state.first, strand.format),
            number,
            place,
        )));
    }
    best.map(|(_, strand, place)| (strand, place))
}

/// A history as it is stored, with what its columns say; `None` if there is none.
///
/// # Errors
/// A version that cannot be unpacked, or is not the one that came in.
pub(crate) fn checked(
    bytes: Vec<u8>,
    record: &[u8],
) -> Result<Option<StoredHistory>, StoredRecordError> {
    if bytes.is_empty() {
        return Ok(None);
    }
    let states = States::read(&bytes)?;
    for strand in 0..states.strands.len() {
        states.each(strand, record, &mut |state, version| {
            if content_hash(version) == state.hash {
                return Ok(());
            }
            let day = day(state.updated);
            Err(StoredRecordError::Damaged(format!(
                "the version of {day} is not the one that came in"
            )))
        })?;
    }
    let (days, known) = states.changes();
    Ok(Some(StoredHistory { bytes, days, known }))
}

fn change(
    format: SourceFormat,
    later: &State,
    after: &[u8],
    earlier: &State,
    before: &[u8],
) -> Result<TrialChange, StoredRecordError> {
    Ok(TrialChange {
        day: day(changed_on(later, earlier)).to_string(),
        known_since: moment(known_since(later, earlier)),
        before: KnownVersion::of(format, earlier),
        after: KnownVersion::of(format, later),
        differences: differences(&read_json(before)?, &read_json(after)?),
    })
}

/// The moment that a record counts as taken in of which only the day is known.
fn taken_on(provenance: &Provenance) -> i64 {
    let read: Option<Date> = provenance.read.parse().ok();
    read.map_or(0, |date| days_of(date) * 24 * 60 * 60)
}

impl Index {
    /// The trials that changed in a span, each with the day of the latest of these changes (counted from 1970), by the columns alone.
    /// Of changes by the moment at which they became known some may be found that the histories themselves leave out.
    pub(crate) fn changed(
        &self,
        searcher: &Searcher,
        span: &Span,
    ) -> Result<Vec<(i64, DocAddress)>, IndexError> {
        let failed = |error| IndexError::engine(&self.directory, error);
        let name = |field| self.layout.schema.get_field_name(field);
        let mut found = Vec::new();
        for (segment, reader) in searcher.segment_readers().iter().enumerate() {
            let columns = reader.fast_fields();
            let days = columns.i64(name(self.layout.changed)).map_err(failed)?;
            if days.values.num_vals() == 0 {
                continue;
            }
            let known = columns
                .i64(name(self.layout.changes_known))
                .map_err(failed)?;
            for doc in reader.doc_ids_alive() {
                // When the last of the changes became known bounds all of them; which are meant the history itself says.
                let known = known.first(doc).unwrap_or(i64::MAX);
                let asked = days.values_for_doc(doc).filter(|&day| span.has(day, known));
                if let Some(latest) = asked.max() {
                    found.push((latest, DocAddress::new(segment as u32, doc)));
                }
            }
        }
        Ok(found)
    }

    /// What changed in a trial, in the span that is asked for.
    ///
    /// # Errors
    /// A record or a history that cannot be read.
    pub fn changes_of(
        &self,
        searcher: &Searcher,
        address: DocAddress,
        span: &Span,
    ) -> Result<TrialHistory, IndexError> {
        let history = self.trial(searcher, address)?.changes(span);
        history.map_err(|error| IndexError::damaged(&self.directory, error.to_string()))
    }
}

/// The versions of a trial on their way into its document, and the bytes that they are told from.
#[derive(Default)]
pub(crate) struct Past {
    pub(crate) states: States,
    pub(crate) record: Vec<u8>,
}

impl Past {
    /// What the index has of a trial.
    pub(crate) fn of(trial: &StoredTrial) -> Result<Past, StoredRecordError> {
        Ok(Past {
            states: trial.states()?,
            record: trial.json()?,
        })
    }

    /// With further records, told from the bytes of the record that has won.
    pub(crate) fn with(
        mut self,
        fresh: Vec<Fresh>,
        winner: u64,
        record: &[u8],
    ) -> Result<States, StoredRecordError> {
        self.states.take(&self.record, fresh, winner, record)?;
        Ok(self.states)
    }
}

impl StoredTrial {
    /// A version of a trial as if it were stored.
    fn of_version(
        id: &crate::trial::TrialId,
        json: &[u8],
        provenance: Provenance,
    ) -> Result<StoredTrial, StoredRecordError> {
        let stored = StoredRecord::new(json)?;
        Ok(StoredTrial::from_parts(
            id.clone(),
            read_json(json)?,
            provenance,
            content_hash(json),
            stored,
        ))
    }
}

#[cfg(test)]
mod tests;
