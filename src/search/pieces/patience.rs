//! How long stored records may be read for one search, and whether that was enough.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// The time that reading records may take; without an end, as long as it takes.
#[derive(Debug, Default)]
pub struct Patience {
    until: Option<Instant>,
    ended: AtomicBool,
}

impl Patience {
    /// Patience up to a moment; none for no end.
    pub fn until(until: Option<Instant>) -> Patience {
        Patience {
            until,
            ended: AtomicBool::new(false),
        }
    }

    /// Whether no further record may be read. To be asked when one would be, for an end that is met is kept in mind.
    pub(crate) fn ends(&self) -> bool {
        if self.has_ended() {
            return true;
        }
        let ends = self.until.is_some_and(|until| Instant::now() >= until);
        if ends {
            self.ended.store(true, Ordering::Relaxed);
        }
        ends
    }

    /// Whether records were left unread.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }
}
