//! An index against what its server has now.
//!
//! Of each selection that the index was fetched with come the records that were updated since, with a day of overlap. An open status
//! can lapse to `UNKNOWN` without an update, so the server is asked how every open trial of the index stands, and the records
//! of those that differ come as well, wherever the selection would have them now. If all ids are compared, the same is asked of
//! every trial, and what the server does not have any more is told. Nothing is deleted.

use std::ops::ControlFlow;
use std::time::Instant;

use jiff::ToSpan;
use jiff::civil::Date;
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::value::RawValue;
use tantivy::Searcher;

use crate::fetch::account::{Moved, SyncReport, SyncedSelection};
use crate::fetch::client::{Client, Tell};
use crate::fetch::download::through;
use crate::fetch::errors::FetchError;
use crate::fetch::listing::{IDS_AT_ONCE, Listing, differs, for_all, ids_only};
use crate::fetch::marks::{Marks, raw_record};
use crate::fetch::options::FetchOptions;
use crate::fetch::page::on_one_line;
use crate::fetch::progress::Progress;
use crate::fetch::run::{Sink, Target};
use crate::fetch::selection::narrowed;
use crate::fetch::state::today;
use crate::index::{Fetched, Index, KnownTrial, StoredJson};
use crate::trial::changes::is_same;
use crate::trial::{Registry, TrialId};

/// Statuses that change, or lapse to `UNKNOWN`, as time goes by.
const OPEN: [&str; 5] = [
    "RECRUITING",
    "NOT_YET_RECRUITING",
    "ENROLLING_BY_INVITATION",
    "ACTIVE_NOT_RECRUITING",
    "AVAILABLE",
];

/// Brings an index up to date with the servers that it was fetched from; with `full` all ids are compared, not only what was
/// updated and what is open.
///
/// # Errors
/// [`FetchError::NotFetched`] for an index made from files alone; what stops the run. Records that had come by then stay, and the
/// next sync asks for the same again.
pub fn sync(
    target: Target<'_>,
    full: bool,
    options: &FetchOptions,
    progress: &Progress,
    tell: Tell<'_>,
) -> Result<SyncReport, FetchError> {
    let started = Instant::now();
    let index = Index::open(target.directory, target.schema.clone())?;
    let fetched = index.fetched()?;
    if fetched.is_empty() {
        return Err(FetchError::NotFetched(target.directory.to_path_buf()));
    }
    let client = Client::new(options, progress, tell);
    let mut run = Run {
        client: &client,
        searcher: index.searcher(),
        known: index.known_trials()?,
        index: &index,
        asked: FxHashSet::default(),
        received: FxHashSet::default(),
        account: SyncReport::default(),
    };
    let report = target.bring_in(&mut |sink| match run.feed(&fetched, full, sink) {
        Err(Stop::Index) => Ok(Vec::new()),
        Err(Stop::Failed(error)) => Err(error),
        Ok(fetched) => Ok(fetched),
    })?;
    let mut account = run.account;
    account.added.sort_unstable();
    account.changed.sort_unstable();
    account.removed.sort_unstable();
    account.index = report;
    account.seconds = started.elapsed().as_secs_f64();
    Ok(account)
}

/// Why a run ended before its end.
enum Stop {
    /// The index takes no more; it says why by itself.
    Index,
    /// The server, or what is read of the index.
    Failed(FetchError),
}

impl<E: Into<FetchError>> From<E> for Stop {
    fn from(error: E) -> Stop {
        Stop::Failed(error.into())
    }
}

struct Run<'r, 'c> {
    client: &'r Client<'c>,
    index: &'r Index,
    searcher: Searcher,
    known: FxHashMap<String, KnownTrial>,
    /// Trials of which it is known how they stand at the server.
    asked: FxHashSet<String>,
    /// Trials whose records came.
    received: FxHashSet<String>,
    account: SyncReport,
}

impl Run<'_, '_> {
    /// Gives the index what is new. Returns how far each selection is in it then.
    fn feed(
        &mut self,
        fetched: &[Fetched],
        full: bool,
        sink: &mut Sink<'_>,
    ) -> Result<Vec<Fetched>, Stop> {
        let today = today();
        let mut renewed = Vec::with_capacity(fetched.len());
        let mut servers: Vec<&str> = Vec::new();
        let mut all_compared = true;
        for fetched in fetched {
            let before: Option<Date> = fetched
                .updated_through
                .as_deref()
                .and_then(|day| day.parse().ok());
            let newest = match before.filter(|_| !full) {
                Some(day) => self.updated(fetched, day, sink)?,
                None => self.compared(fetched, sink)?,
            };
            all_compared &= full || before.is_none();
            renewed.push(Fetched {
                selection: fetched.selection.clone(),
                updated_through: before
                    .max(through(newest, Some(today)))
                    .map(|day| day.to_string()),
            });
            let server = fetched.selection.base_url.as_str();
            if !servers.contains(&server) {
                servers.push(server);
            }
        }
        let open = self.not_asked(|trial| {
            let status = trial.status.as_deref();
            status.is_none_or(|status| OPEN.contains(&status))
        });
        self.account.open = open.len() as u64;
        let mut found = self.ask_about(open, &servers, sink)?;
        if all_compared {
            let others = self.not_asked(|_| true);
            found += self.ask_about(others, &servers, sink)?;
            self.account.outside = Some(found);
        }
        Ok(renewed)
    }

    /// What was updated in a selection since the day before a day. Gives the newest update, if all came that there are.
    fn updated(
        &mut self,
        fetched: &Fetched,
        day: Date,
        sink: &mut Sink<'_>,
    ) -> Result<Option<Date>, Stop> {
        let since = day.saturating_sub(1.day());
        let condition = format!("AREA[LastUpdatePostDate]RANGE[{since},MAX]");
        let parameters = narrowed(&fetched.selection, &condition);
        let base_url = &fetched.selection.base_url;
        let mut newest = None;
        let is_whole = for_all(self.client, base_url, &parameters, &mut |study| {
            newest = newest.max(self.receive(base_url, study, sink)?);
            Ok::<(), Stop>(())
        })?;
        self.account.selections.push(SyncedSelection {
            selection: fetched.selection.clone(),
            updated_since: Some(since.to_string()),
            listed: None,
        });
        Ok(newest.filter(|_| is_whole))
    }

    /// All ids of a selection, and the records of those that differ. Gives the newest update, if all came that there are.
    fn compared(&mut self, fetched: &Fetched, sink: &mut Sink<'_>) -> Result<Option<Date>, Stop> {
        let selection = &fetched.selection;
        let listing = Listing::of(self.client, &selection.base_url, &selection.parameters)?;
        let newest = listing
            .trials
            .values()
            .filter_map(|marks| marks.age.0)
            .max();
        self.account.selections.push(SyncedSelection {
            selection: selection.clone(),
            updated_since: None,
            listed: Some(listing.trials.len() as u64),
        });
        let wanted = self.wanted(&listing);
        self.receive_all(&selection.base_url, &wanted, sink)?;
        Ok(newest.filter(|_| listing.is_whole))
    }

    /// Trials of the index that nobody has asked the server about yet.
    fn not_asked(&self, which: impl Fn(&KnownTrial) -> bool) -> Vec<String> {
        let is_registered = |id: &str| {
            TrialId::parse(id).is_some_and(|id| id.registry() == Registry::ClinicalTrialsGov)
        };
        let mut ids: Vec<String> = self
            .known
            .iter()
            .filter(|(id, trial)| !self.asked.contains(*id) && which(trial) && is_registered(id))
            .map(|(id, _)| id.clone())
            .collect();
        ids.sort_unstable();
        ids
    }

    /// Asks the servers how trials stand, gets the records of those that differ, and accounts for those that are not there. Gives how
    /// many are.
    fn ask_about(
        &mut self,
        ids: Vec<String>,
        servers: &[&str],
        sink: &mut Sink<'_>,
    ) -> Result<u64, Stop> {
        let mut missing = ids;
        let mut found = 0;
        for server in servers {
            let listing = Listing::of_ids(self.client, server, &missing)?;
            let aliases = listing.aliases();
            let mut still_missing = Vec::new();
            for id in missing {
                if listing.trials.contains_key(&id) {
                    found += 1;
                } else if let Some(now) = aliases.get(id.as_str()) {
                    self.asked.insert(id.clone());
                    let now = (*now).to_owned();
                    self.account.moved.push(Moved { id, now });
                } else {
                    still_missing.push(id);
                }
            }
            missing = still_missing;
            let wanted = self.wanted(&listing);
            self.receive_all(server, &wanted, sink)?;
        }
        for id in missing {
            self.asked.insert(id.clone());
            match self.came_from(&id, servers)? {
                true => self.account.removed.push(id),
                false => self.account.unknown_to_server += 1,
            }
        }
        Ok(found)
    }

    /// The trials of a listing whose records are wanted; the others are as they were.
    fn wanted(&mut self, listing: &Listing) -> Vec<String> {
        let mut wanted = Vec::new();
        for (id, marks) in &listing.trials {
            if !self.asked.insert(id.clone()) {
                continue;
            }
            match self.known.get(id) {
                Some(known) if !differs(known, marks) => self.account.unchanged += 1,
                _ => wanted.push(id.clone()),
            }
        }
        wanted.sort_unstable();
        wanted
    }

    fn receive_all(
        &mut self,
        base_url: &str,
        ids: &[String],
        sink: &mut Sink<'_>,
    ) -> Result<(), Stop> {
        let client = self.client;
        for ids in ids.chunks(IDS_AT_ONCE) {
            let mut take = |study| self.receive(base_url, study, sink).map(drop);
            for_all(client, base_url, &ids_only(ids), &mut take)?;
        }
        Ok(())
    }

    /// One record: accounted for and given to the index. Gives the day of its last update.
    fn receive(
        &mut self,
        base_url: &str,
        study: Box<RawValue>,
        sink: &mut Sink<'_>,
    ) -> Result<Option<Date>, Stop> {
        let bytes = on_one_line(study);
        let marks = Marks::of(&bytes);
        if let Some(id) = &marks.id {
            self.asked.insert(id.clone());
            if !self.received.insert(id.clone()) {
                return Ok(marks.age.0);
            }
            self.count(id, &marks, &bytes)?;
        }
        self.account.received += 1;
        match sink(Ok(raw_record(base_url, marks.id.as_deref(), bytes))) {
            ControlFlow::Continue(()) => Ok(marks.age.0),
            ControlFlow::Break(()) => Err(Stop::Index),
        }
    }

    fn count(&mut self, id: &str, marks: &Marks, bytes: &[u8]) -> Result<(), FetchError> {
        let Some(known) = self.known.get(id) else {
            self.account.added.push(id.to_owned());
            return Ok(());
        };
        let is_older = marks.age.0 < known.updated;
        if is_older || self.is_same(id, marks, bytes)? {
            self.account.unchanged += 1;
        } else {
            if known.status != marks.status {
                self.account.changed_status += 1;
            }
            self.account.changed.push(id.to_owned());
        }
        Ok(())
    }

    /// Whether a record says what the index has of its trial: as `diff` and the history judge it.
    fn is_same(&self, id: &str, marks: &Marks, bytes: &[u8]) -> Result<bool, FetchError> {
        let id = TrialId::parse(id);
        let address = match &id {
            Some(id) => self.index.document_of(&self.searcher, id)?,
            None => None,
        };
        let Some(address) = address else {
            return Ok(false);
        };
        if self.index.record_hash(&self.searcher, address)? == Some(marks.hash) {
            return Ok(true);
        }
        let stored = StoredJson::read(self.index, &self.searcher, address, true)?.whole()?;
        Ok(is_same(&stored, bytes))
    }

    /// Whether a trial's record was fetched from one of some servers.
    fn came_from(&self, id: &str, servers: &[&str]) -> Result<bool, FetchError> {
        let Some(id) = TrialId::parse(id) else {
            return Ok(false);
        };
        let Some(address) = self.index.document_of(&self.searcher, &id)? else {
            return Ok(false);
        };
        let trial = self.index.trial_without_results(&self.searcher, address)?;
        let file = trial.provenance.file;
        Ok(servers.iter().any(|server| {
            let rest = file.strip_prefix(server);
            rest.is_some_and(|rest| rest.starts_with("/studies"))
        }))
    }
}
