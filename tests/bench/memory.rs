//! The peak of this process's anonymous memory: what it holds itself, without mapped files.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// Looks every few milliseconds until it is asked.
pub struct Watch {
    peak: Arc<AtomicU64>,
    done: Arc<AtomicBool>,
}

impl Watch {
    pub fn start() -> Watch {
        let watch = Watch {
            peak: Arc::default(),
            done: Arc::default(),
        };
        let (peak, done) = (watch.peak.clone(), watch.done.clone());
        std::thread::spawn(move || {
            while !done.load(Ordering::Relaxed) {
                peak.fetch_max(anonymous_kilobytes(), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        watch
    }

    /// The peak so far in MB (10^6 bytes).
    pub fn peak(&self) -> f64 {
        self.done.store(true, Ordering::Relaxed);
        self.peak.load(Ordering::Relaxed) as f64 * 1024.0 / 1e6
    }
}

/// The anonymous memory of this process in MB (10^6 bytes).
pub fn anonymous_megabytes() -> f64 {
    anonymous_kilobytes() as f64 * 1024.0 / 1e6
}

/// `RssAnon` of this process; 0 where the system does not say.
fn anonymous_kilobytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}
