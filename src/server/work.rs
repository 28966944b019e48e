//! Searching off the threads that serve connections: so many searches run at once, so many more wait for their turn, and
//! whoever comes then is told to come back. A search that has begun keeps its place until it ends, whether anybody still waits
//! for it or not, so that impatient clients cannot pile up work. What reads all records runs beside the searches, one of a kind at
//! a time, and takes none of their places.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::server::options::Limits;
use crate::server::problem::Problem;
use crate::server::unread::Unread;

/// The places for searches.
#[derive(Clone)]
pub(super) struct Work {
    running: Arc<Semaphore>,
    /// One permit for each search that runs or waits.
    places: Arc<Semaphore>,
    counting: Arc<Semaphore>,
    reading: Arc<Semaphore>,
    exports: Arc<Semaphore>,
    unread: Unread,
    most: usize,
}

/// Exports of many trials at once. Each holds the places of what it found, of all of the registry some seven megabytes, for as long as
/// its client reads.
const EXPORTS: usize = 16;

/// What reads all records.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Aside {
    /// Counting their values, which takes as long as it takes.
    Counting,
    /// Looking for what the index does not hold, which has a time.
    Reading,
}

impl Work {
    pub(super) fn new(limits: &Limits) -> Work {
        let most = limits.at_once.max(1) + limits.waiting;
        Work {
            running: Arc::new(Semaphore::new(limits.at_once.max(1))),
            places: Arc::new(Semaphore::new(most)),
            counting: Arc::new(Semaphore::new(1)),
            reading: Arc::new(Semaphore::new(1)),
            exports: Arc::new(Semaphore::new(EXPORTS)),
            unread: Unread::new(limits),
            most,
        }
    }

    /// Searches that run or wait.
    pub(super) fn taken(&self) -> usize {
        self.most.saturating_sub(self.places.available_permits())
    }

    /// A place for an export of many trials, as long as it is kept.
    pub(super) fn place_for_export(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let place = self.exports.clone().try_acquire_owned();
        place.map_err(|_| Problem::busy())
    }

    /// What is out of answers.
    pub(super) fn unread(&self) -> &Unread {
        &self.unread
    }

    /// Runs a search when its turn comes, and when there is room for its answer.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        task: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let place = self.places.clone().try_acquire_owned();
        let place = place.map_err(|_| Problem::busy())?;
        let turn = self.running.clone().acquire_owned().await;
        let turn = turn.map_err(|_| Problem::busy())?;
        // With the turn, so that no more answers are made at once than searches run.
        self.unread.room().await;
        run_holding(task, (place, turn)).await
    }

    /// Runs what reads all records when its turn comes.
    pub(super) async fn run_aside<T: Send + 'static>(
        &self,
        kind: Aside,
        task: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let place = match kind {
            Aside::Counting => &self.counting,
            Aside::Reading => &self.reading,
        };
        let turn = place.clone().acquire_owned().await;
        let turn = turn.map_err(|_| Problem::busy())?;
        self.unread.room().await;
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn what_reads_all_records_takes_no_place_of_a_search() {
        let work = Work::new(&Limits {
            at_once: 1,
            waiting: 0,
            ..Limits::default()
        });
        let (go_on, waits) = std::sync::mpsc::channel::<()>();
        let first = tokio::spawn({
            let work = work.clone();
            async move {
                work.run_aside(Aside::Counting, move || waits.recv())
                    .await
                    .is_ok()
            }
        });
        while work.counting.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(work.run(|| 1).await.ok(), Some(1), "a search is answered");
        let reading = work.run_aside(Aside::Reading, || 1).await;
        assert_eq!(reading.ok(), Some(1), "and what is of another kind");
        // The next of its kind waits, and whoever gives up leaves nothing behind.
        let second = timeout(
            Duration::from_millis(50),
            work.run_aside(Aside::Counting, || 2),
        )
        .await;
        assert!(second.is_err());
        drop(go_on);
        assert!(first.await.unwrap());
        assert_eq!(work.run_aside(Aside::Counting, || 3).await.ok(), Some(3));
    }
}
