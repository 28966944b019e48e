//! What changed, and when, in the trials that a search finds, or in all.

use std::cmp::Reverse;

use rustc_hash::FxHashSet;
use tantivy::DocAddress;

use crate::index::{Span, TrialHistory};
use crate::search::finder::{Finder, SearchError};
use crate::search::request::Request;

/// Trials whose changes are in memory at once: some megabytes.
const PAGE: usize = 500;

impl Finder {
    /// Visits the changes of a span, trial by trial: those with the latest change first, then by id. With a request, those of the
    /// trials that it finds. Only records of trials that changed are read, some at a time. A visit that gives `false` is the last.
    ///
    /// What a run of `index` or `sync` has brought are the changes with [`Span::known_since`] the moment before the run.
    ///
    /// # Errors
    /// As [`Finder::search`], and those of the visitor.
    pub fn visit_changes<E: From<SearchError>>(
        &self,
        request: Option<&Request>,
        span: &Span,
        visit: &mut dyn FnMut(TrialHistory) -> Result<bool, E>,
    ) -> Result<(), E> {
        let view = self.view().map_err(SearchError::from)?;
        let changed = self.index.changed(&view.searcher, span);
        let mut changed = changed.map_err(SearchError::from)?;
        if let Some(request) = request.filter(|_| !changed.is_empty()) {
            let run = self.run(request, &view, self.uncounted())?;
            let gathered = run.find()?.gathered;
            let found: FxHashSet<DocAddress> =
                gathered.hits.iter().map(|ranked| ranked.address).collect();
            changed.retain(|(_, address)| found.contains(address));
        }
        let id_of =
            |address: DocAddress| view.columns[address.segment_ord as usize].id_of(address.doc_id);
        changed.sort_by_cached_key(|&(day, address)| (Reverse(day), id_of(address)));
        for page in changed.chunks(PAGE) {
            let read = self.share(page, |&(_, address)| {
                self.index.changes_of(&view.searcher, address, span)
            });
            for history in read {
                let history = history.map_err(SearchError::from)?;
                if !history.changes.is_empty() && !visit(history)? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// The changes that [`Finder::visit_changes`] visits.
    ///
    /// # Errors
    /// As [`Finder::search`].
    pub fn changes(
        &self,
        request: Option<&Request>,
        span: &Span,
    ) -> Result<Vec<TrialHistory>, SearchError> {
        let mut histories = Vec::new();
        self.visit_changes(request, span, &mut |history| -> Result<bool, SearchError> {
            histories.push(history);
            Ok(true)
        })?;
        Ok(histories)
    }
}
