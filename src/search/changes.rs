//! What changed, and when, in the trials that a search finds, or in all.

use rustc_hash::FxHashSet;
use tantivy::DocAddress;

use crate::index::{Span, TrialHistory};
use crate::search::finder::{Finder, SearchError};
use crate::search::request::Request;

impl Finder {
    /// The changes of a span, trial by trial: those with the latest change first, then by id. With a request, those of the trials that
    /// it finds. Only records of trials that changed are read.
    ///
    /// What a run of `index` or `sync` has brought are the changes with [`Span::known_since`] the moment before the run.
    ///
    /// # Errors
    /// As [`Finder::search`].
    pub fn changes(
        &self,
        request: Option<&Request>,
        span: &Span,
    ) -> Result<Vec<TrialHistory>, SearchError> {
        let view = self.view()?;
        let mut changed = self.index.changed(&view.searcher, span)?;
        if let Some(request) = request.filter(|_| !changed.is_empty()) {
            let uncounted = vec![false; self.index.fields().facets.len()];
            let gathered = self.run(request, &view, uncounted)?.find()?.gathered;
            let found: FxHashSet<DocAddress> =
                gathered.hits.iter().map(|ranked| ranked.address).collect();
            changed.retain(|address| found.contains(address));
        }
        let read = self.share(&changed, |&address| {
            self.index.changes_of(&view.searcher, address, span)
        });
        let mut histories: Vec<TrialHistory> = Vec::new();
        for history in read {
            let history = history?;
            if !history.changes.is_empty() {
                histories.push(history);
            }
        }
        let latest = |history: &TrialHistory| {
            let change = history.changes.first();
            change.map(|change| change.day.clone())
        };
        histories.sort_by(|a, b| latest(b).cmp(&latest(a)).then_with(|| a.id.cmp(&b.id)));
        Ok(histories)
    }
}
