//! Searching off the threads that serve connections: so many searches run at once, so many more wait for their turn, and
//! whoever comes then is told to come back. A search that has begun keeps its place until it ends, whether anybody still waits
//! for it or not, so that impatient clients cannot pile up work.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::server::options::Limits;
use crate::server::problem::Problem;

/// The places for searches.
#[derive(Clone)]
pub(super) struct Work {
    running: Arc<Semaphore>,
    /// One permit for each search that runs or waits.
    places: Arc<Semaphore>,
    most: usize,
}

impl Work {
    pub(super) fn new(limits: &Limits) -> Work {
        let most = limits.at_once.max(1) + limits.waiting;
        Work {
            running: Arc::new(Semaphore::new(limits.at_once.max(1))),
            places: Arc::new(Semaphore::new(most)),
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
        let held: (OwnedSemaphorePermit, OwnedSemaphorePermit) = (place, turn);
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
}
