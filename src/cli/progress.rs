//! How far an indexing run has come: bytes on a bar, or a line.

use std::time::{Duration, Instant};

use indicatif::ProgressStyle;

use crate::cli::console::Console;
use crate::cli::ticker::Ticker;
use crate::index::Progress;
use crate::render;
use crate::source::Measured;

/// A bar for input of a known size.
const SIZED: &str = "{bar:30} {bytes}/{total_bytes}  {msg}  {bytes_per_sec}  {eta} left";

/// One for input of an unknown size.
const UNSIZED: &str = "{spinner} {bytes}  {msg}  {bytes_per_sec}";

/// Shows how far a run has come: its inputs are of a known size, or of an unknown one if standard input is among them.
pub(crate) struct Meter<'m> {
    ticker: Ticker<'m>,
    total: Option<u64>,
}

impl<'m> Meter<'m> {
    pub(crate) fn new(console: &'m Console, measured: &Measured, quiet: bool) -> Meter<'m> {
        let total = (!measured.stdin).then_some(measured.bytes);
        let template = if total.is_some() { SIZED } else { UNSIZED };
        let style = ProgressStyle::with_template(template)
            .expect("the template is one of two, both checked by a test");
        Meter {
            ticker: Ticker::bar(console, quiet, total, style),
            total,
        }
    }

    /// Says a line without harming the bar.
    pub(crate) fn say(&self, line: &str) {
        self.ticker.say(line);
    }

    /// Runs something and shows its progress meanwhile.
    pub(crate) fn during<T>(&self, progress: &Progress, run: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let counts = || (progress.input.bytes(), progress.records());
        self.ticker.drawing(
            &|bar| {
                let (bytes, records) = counts();
                bar.set_message(format!("{} records", render::count(records)));
                bar.set_position(bytes);
            },
            &|| {
                let (bytes, records) = counts();
                line(bytes, self.total, records, started.elapsed())
            },
            run,
        )
    }
}

fn line(bytes: u64, total: Option<u64>, records: u64, time: Duration) -> String {
    let rate = bytes as f64 / 1e6 / time.as_secs_f64().max(0.001);
    let of = match total {
        Some(total) if total > 0 => format!(
            " of {} ({} %)",
            render::bytes(total),
            (bytes.min(total) * 100) / total
        ),
        _ => String::new(),
    };
    format!(
        "indexing: {} records, {}{of}, {rate:.1} MB/s",
        render::count(records),
        render::bytes(bytes)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_templates_are_sound() {
        assert_eq!(
            line(
                50_000_000,
                Some(200_000_000),
                12_345,
                Duration::from_secs(10)
            ),
            "indexing: 12,345 records, 50.0 MB of 200.0 MB (25 %), 5.0 MB/s"
        );
        for template in [SIZED, UNSIZED] {
            assert!(ProgressStyle::with_template(template).is_ok());
        }
    }
}
