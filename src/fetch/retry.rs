//! How long to wait before something is asked again.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp, Zoned};

use crate::fetch::options::FetchOptions;

/// The wait behind a failed attempt, counted from 1: doubled each time up to the longest, of which up to half is left out by chance,
/// so that clients that failed together do not come back together.
pub(crate) fn wait_after(attempt: u32, options: &FetchOptions) -> Duration {
    let doubled = options
        .first_wait
        .saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1)));
    let longest = doubled.min(options.longest_wait);
    longest.mul_f64(1.0 - by_chance() / 2.0)
}

/// A number from 0 to 1. The standard library's hash keys are random; nothing here needs better.
fn by_chance() -> f64 {
    let number = RandomState::new().hash_one(0_u8);
    (number >> 11) as f64 / (1_u64 << 53) as f64
}

/// The wait that a `Retry-After` header asks for: a number of seconds, or a moment (RFC 9110, 10.2.3). `None` if it is neither; a
/// moment that has passed asks for none.
pub(crate) fn asked_wait(header: &str, now: Timestamp) -> Option<Duration> {
    let header = header.trim();
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        // More seconds than a number holds are a long wait all the same.
        return Some(Duration::from_secs(header.parse().unwrap_or(u64::MAX)));
    }
    let moment: Zoned = jiff::fmt::rfc2822::parse(header).ok()?;
    let wait = moment.timestamp().duration_since(now);
    Some(Duration::try_from(wait.max(SignedDuration::ZERO)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_stay_within_bounds() {
        let options = FetchOptions {
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(10),
            ..FetchOptions::default()
        };
        for (attempt, longest) in [(1, 1), (2, 2), (3, 4), (4, 8), (5, 10), (9, 10), (4000, 10)] {
            for _ in 0..50 {
                let wait = wait_after(attempt, &options).as_secs_f64();
                let longest = f64::from(longest);
                assert!(
                    wait >= longest / 2.0 && wait <= longest,
                    "{attempt}: {wait}"
                );
            }
        }
        assert_ne!(by_chance().to_bits(), by_chance().to_bits());
    }

    #[test]
    fn a_wait_is_read_as_seconds_or_as_a_moment() {
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        let check = |header: &str, expect: Option<u64>| {
            assert_eq!(
                asked_wait(header, now),
                expect.map(Duration::from_secs),
                "{header}"
            );
        };
        check("0", Some(0));
        check(" 17 ", Some(17));
        check("99999999999999999999999", Some(u64::MAX));
        check("Sun, 22 Nov 2026 10:00:30 GMT", Some(30));
        check("Sun, 22 Nov 2026 09:00:00 GMT", Some(0));
        check("soon", None);
        check("-5", None);
        check("", None);
    }
}
