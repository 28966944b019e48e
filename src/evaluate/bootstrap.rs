//! How far a mean over topics can be trusted: the bootstrap (Efron 1979), with a fixed seed so that every run says the same.

use serde::Serialize;

/// The seed of the draws.
const SEED: u64 = 20_260_101;

/// Draws of as many topics as there are, with replacement; at ten thousand the ends of an interval are steady to about 0.001.
const DRAWS: usize = 10_000;

/// The share of draws within an interval.
const WITHIN: f64 = 0.95;

/// Where the mean lies in 95 of 100 draws of topics.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// The percentile interval of the mean of some values; of none, nought to nought.
    pub(super) fn of_mean(values: &[f64]) -> Interval {
        if values.is_empty() {
            return Interval {
                low: 0.0,
                high: 0.0,
            };
        }
        let mut state = SEED;
        let mut means: Vec<f64> = Vec::with_capacity(DRAWS);
        for _ in 0..DRAWS {
            let drawn = (0..values.len()).map(|_| values[below(&mut state, values.len())]);
            means.push(drawn.sum::<f64>() / values.len() as f64);
        }
        means.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| means[((DRAWS - 1) as f64 * share).round() as usize];
        let outside = (1.0 - WITHIN) / 2.0;
        Interval {
            low: at(outside),
            high: at(1.0 - outside),
        }
    }
}

/// A number from 0 up to `limit`, by SplitMix64 (Steele, Lea and Flood 2014).
fn below(state: &mut u64, limit: usize) -> usize {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    ((u128::from(mixed) * limit as u128) >> 64) as usize
}
