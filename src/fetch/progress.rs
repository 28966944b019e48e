//! How far a download has come, for whoever draws it in another thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts of a run; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    studies: Arc<AtomicU64>,
    total: Arc<AtomicU64>,
    bytes: Arc<AtomicU64>,
    earlier: Arc<AtomicU64>,
}

impl Progress {
    /// Studies that are there, those of an earlier run included.
    pub fn studies(&self) -> u64 {
        self.studies.load(Ordering::Relaxed)
    }

    /// Of these, studies that were there before this run.
    pub fn earlier(&self) -> u64 {
        self.earlier.load(Ordering::Relaxed)
    }

    /// How many the server says there are; `None` as long as it has not said so.
    pub fn total(&self) -> Option<u64> {
        Some(self.total.load(Ordering::Relaxed)).filter(|total| *total > 0)
    }

    /// Bytes of answers, unpacked.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    pub(crate) fn add_studies(&self, number: usize) {
        self.studies.fetch_add(number as u64, Ordering::Relaxed);
    }

    pub(crate) fn set_earlier(&self, number: u64) {
        self.studies.store(number, Ordering::Relaxed);
        self.earlier.store(number, Ordering::Relaxed);
    }

    pub(crate) fn set_total(&self, total: u64) {
        self.total.store(total, Ordering::Relaxed);
    }

    pub(crate) fn add_total(&self, total: u64) {
        self.total.fetch_add(total, Ordering::Relaxed);
    }

    pub(crate) fn add_bytes(&self, number: usize) {
        self.bytes.fetch_add(number as u64, Ordering::Relaxed);
    }
}
