//! How far an indexing run has come: a bar on a terminal, a line now and then elsewhere, always on standard error.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::console::Console;
use crate::index::Progress;
use crate::render;
use crate::source::Measured;

/// Time between two looks at the counts of a bar: smooth to the eye, nothing to the processor.
const TICK: Duration = Duration::from_millis(100);

/// Time between two lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// A meter of one run.
pub(crate) struct Meter<'m> {
    console: &'m Console,
    bar: Option<ProgressBar>,
    total: Option<u64>,
    shown: bool,
}

impl<'m> Meter<'m> {
    /// A meter for inputs of a known size, or of an unknown one if standard input is among them.
    pub(crate) fn new(console: &'m Console, measured: &Measured, quiet: bool) -> Meter<'m> {
        let total = (!measured.stdin).then_some(measured.bytes);
        let bar = (!quiet && console.draws_progress()).then(|| {
            let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
            let template = match total {
                Some(_) => "{bar:30} {bytes}/{total_bytes}  {msg}  {bytes_per_sec}  {eta} left",
                None => "{spinner} {bytes}  {msg}  {bytes_per_sec}",
            };
            bar.with_style(
                ProgressStyle::with_template(template)
                    .expect("the template is one of two, both checked by a test"),
            )
        });
        Meter {
            console,
            bar: bar.filter(|bar| !bar.is_hidden()),
            total,
            shown: !quiet,
        }
    }

    /// Says a line without harming the bar.
    pub(crate) fn say(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| self.console.note(line)),
            None => self.console.note(line),
        }
    }

    /// Shows progress until the other end of the channel is gone.
    pub(crate) fn run(&self, progress: &Progress, done: &Receiver<()>) {
        let started = Instant::now();
        let interval = if self.bar.is_some() { TICK } else { LINE_EVERY };
        while let Err(RecvTimeoutError::Timeout) = done.recv_timeout(interval) {
            let (bytes, records) = (progress.input.bytes(), progress.records());
            match &self.bar {
                Some(bar) => {
                    bar.set_message(format!("{} records", render::count(records)));
                    bar.set_position(bytes);
                }
                None if self.shown => {
                    self.console
                        .note(&line(bytes, self.total, records, started.elapsed()));
                }
                None => {}
            }
        }
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
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
        for template in [
            "{bar:30} {bytes}/{total_bytes}  {msg}  {bytes_per_sec}  {eta} left",
            "{spinner} {bytes}  {msg}  {bytes_per_sec}",
        ] {
            assert!(ProgressStyle::with_template(template).is_ok());
        }
    }
}
