//! Searching off the threads that serve connections: so many searches run at once, so many more wait for their turn, and
//! whoever comes then is told to come back. A search that has begun keeps its place until it ends, whether anybody still waits
//! for it or not, so that impatient clients cannot pile up work. What reads all records runs beside the searches, one at a time,
//! and takes none of their places.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::server::options::Limits;
use crate::server::problem::Problem;

/// The places for searches.
#[derive(Clone)]
pub(super) struct Work {
    running: Arc<Semaphore>,
    /// One permit for each search that runs or waits.
    places: Arc<Semaphore>,
    /// The place of what reads all records.
    aside: Arc<Semaphore>,
    most: usize,
}

impl Work {
    pub(super) fn new(limits: &Limits) -> Work {
        let most = limits.at_once.max(1) + limits.waiting;
        Work {
            running: Arc::new(Semaphore::new(limits.at_once.max(1))),
            places: Arc::new(Semaphore::new(most)),
            aside: Arc::new(Semaphore::new(1)),
            most,
        }
    }

    /// Searches that run or wait.
    pub(super) fn taken(&self) -> usize {
        self.most.saturating_sub(self.places.available_permits())
    }

    /// Runs a search when its turn comes.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        task: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let place = self.places.clone().try_acquire_owned();
        let place = place.map_err(|_| Problem::busy())?;
        let turn = self.running.clone().acquire_owned().await;
        let turn = turn.map_err(|_| Problem::busy())?;
        run_holding(task, (place, turn)).await
    }

    /// Runs what reads all records when its turn comes.
    pub(super) async fn run_aside<T: Send + 'static>(
        &self,
        task: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = self.aside.clone().acquire_owned().await;
        let turn = turn.map_err(|_| Problem::busy())?;
        run_holding(task, turn).await
    }
}

/// Runs a task on a thread of its own, holding its places until it ends.
async fn run_holding<T: Send + 'static>(
    task: impl FnOnce() -> T + Send + 'static,
    held: impl Send + 'static,
) -> Result<T, Problem> {
    let done = tokio::task::spawn_blocking(move || {
        let result = task();
        drop(held);
        result
    });
    done.await.map_err(|error| {
        // The place of the fault is told by the panic's own message.
        tracing::error!("a search failed: {error}");
        Problem::fault()
    })
}
