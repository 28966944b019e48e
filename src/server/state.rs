//! What all requests share.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::civil::Date;
use tokio::sync::OwnedSemaphorePermit;

use crate::server::metrics::Metrics;
use crate::server::opened::{Commits, Looked, Opened, Standing};
use crate::server::options::Options;
use crate::server::problem::Problem;
use crate::server::unread::Unread;
use crate::server::work::{Aside, Work};

/// How often the folder of the index is looked at for another commit.
const LOOK: Duration = Duration::from_secs(1);

/// What all requests share. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Shared>);

struct Shared {
    options: Options,
    commits: Commits,
    work: Work,
    metrics: Metrics,
    started: Instant,
    /// What was last said of an index that cannot be moved on to, so that it is said once and not with every look.
    trouble: Mutex<Option<String>>,
}

impl App {
    /// Opens the index if there is one; without one the server says what to do about it.
    pub fn new(options: Options) -> App {
        App(Arc::new(Shared {
            commits: Commits::open(&options.index, &options.schema),
            work: Work::new(&options.limits),
            metrics: Metrics::new(),
            started: Instant::now(),
            trouble: Mutex::default(),
            options,
        }))
    }

    /// How the server is run.
    pub fn options(&self) -> &Options {
        &self.0.options
    }

    /// The index as of the commit that answers now.
    ///
    /// # Errors
    /// If there is none to answer from.
    pub(crate) fn opened(&self) -> Result<Arc<Opened>, Problem> {
        match self.0.commits.current() {
            Standing::Open(opened) => Ok(opened),
            Standing::Closed(error) => Err(Problem::no_index(&error)),
        }
    }

    /// The index as of a commit of a name, while it is the current one or kept ([`App::keep`]).
    pub(crate) fn opened_at(&self, commit: &str) -> Option<Arc<Opened>> {
        self.0.commits.named(commit)
    }

    /// Keeps a commit for fifteen minutes from now, for whoever comes back for its next page.
    pub(crate) fn keep(&self, opened: &Arc<Opened>) {
        self.0.commits.keep(opened);
    }

    /// Runs a search off the threads that serve connections, when its turn comes.
    ///
    /// # Errors
    /// If too many wait already.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        task: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        self.0.work.run(task).await
    }

    /// Runs what reads all records off the threads that serve connections and beside the searches, one of a kind at a time. It goes on when
    /// nobody waits for it any more, so it should remember what it came to.
    ///
    /// # Errors
    /// If it fails.
    pub(crate) async fn work_aside<T: Send + 'static>(
        &self,
        kind: Aside,
        task: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        self.0.work.run_aside(kind, task).await
    }

    /// The day of a request.
    pub(crate) fn today(&self) -> Date {
        let options = &self.0.options;
        options.today.unwrap_or_else(|| jiff::Zoned::now().date())
    }

    /// A place for an export of many trials, to be kept as long as it lasts.
    ///
    /// # Errors
    /// If there are too many already.
    pub(crate) fn place_for_export(&self) -> Result<OwnedSemaphorePermit, Problem> {
        self.0.work.place_for_export()
    }

    /// What is out of answers.
    pub(super) fn unread(&self) -> &Unread {
        self.0.work.unread()
    }

    pub(super) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Searches that run or wait.
    pub(super) fn working(&self) -> usize {
        self.0.work.taken()
    }

    pub(super) fn uptime(&self) -> Duration {
        self.0.started.elapsed()
    }

    /// Looks once for another commit and moves on to it; blocks while it is opened.
    pub fn look(&self) {
        let shared = &self.0;
        match shared
            .commits
            .look(&shared.options.index, &shared.options.schema)
        {
            Ok(Looked::Unchanged) => self.troubled(None),
            Ok(Looked::Moved) => {
                self.troubled(None);
                shared.metrics.reloads.inc();
                tracing::info!("the index has changed: answering from its new state");
            }
            Err(error) => {
                shared.metrics.reload_failures.inc();
                self.troubled(Some(error.to_string()));
            }
        }
    }

    /// Writes what is wrong with the index into the log, once for as long as it stays the same.
    fn troubled(&self, now: Option<String>) {
        let mut known = self
            .0
            .trouble
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = now.as_ref().filter(|_| *known != now) {
            tracing::warn!("cannot open the changed index, answering from its old state: {error}");
        }
        *known = now;
    }

    /// Looks for other commits for as long as it is polled.
    pub(super) async fn watch(self) {
        loop {
            tokio::time::sleep(LOOK).await;
            let app = self.clone();
            if let Err(error) = tokio::task::spawn_blocking(move || app.look()).await {
                tracing::error!("looking for changes of the index failed: {error}");
            }
        }
    }
}
