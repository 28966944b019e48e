//! How far a piece of work has come, on standard error: on a terminal something moves, elsewhere a line comes now and then.
//!
//! What the line says is the work's own; a line that is told meanwhile does no harm to what is drawn.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::console::Console;

/// Time between two looks on a terminal: smooth to the eye, nothing to the processor.
const TICK: Duration = Duration::from_millis(100);

/// Time between two lines where there is none.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Shows how far some work has come.
pub(crate) struct Ticker<'t> {
    console: &'t Console,
    quiet: bool,
    /// What moves on a terminal.
    bar: Option<ProgressBar>,
}

impl<'t> Ticker<'t> {
    /// A spinner with a line behind it; nothing if `quiet`.
    pub(crate) fn spinner(console: &'t Console, quiet: bool) -> Ticker<'t> {
        Ticker::bar(console, quiet, None, ProgressStyle::default_spinner())
    }

    /// A bar of a length, if that is known; nothing if `quiet`.
    pub(crate) fn bar(
        console: &'t Console,
        quiet: bool,
        length: Option<u64>,
        style: ProgressStyle,
    ) -> Ticker<'t> {
        let draws = !quiet && console.draws_progress();
        let bar = draws.then(|| {
            ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr()).with_style(style)
        });
        Ticker {
            console,
            quiet,
            bar: bar.filter(|bar| !bar.is_hidden()),
        }
    }

    /// Says a line, also if it is to be quiet.
    pub(crate) fn say(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| self.console.note(line)),
            None => self.console.note(line),
        }
    }

    /// Does some work while a line says how far it has come.
    pub(crate) fn during<T>(
        &self,
        line: &(dyn Fn() -> String + Sync),
        work: impl FnOnce() -> T,
    ) -> T {
        self.drawing(&|bar| bar.set_message(line()), line, work)
    }

    /// The same, where what moves on a terminal says it in its own way.
    pub(crate) fn drawing<T>(
        &self,
        draw: &(dyn Fn(&ProgressBar) + Sync),
        line: &(dyn Fn() -> String + Sync),
        work: impl FnOnce() -> T,
    ) -> T {
        if self.quiet {
            return work();
        }
        thread::scope(|scope| {
            let (running, done) = mpsc::channel::<()>();
            scope.spawn(move || {
                let interval = if self.bar.is_some() { TICK } else { LINE_EVERY };
                while let Err(RecvTimeoutError::Timeout) = done.recv_timeout(interval) {
                    match &self.bar {
                        Some(bar) => {
                            draw(bar);
                            bar.tick();
                        }
                        None => self.console.note(&line()),
                    }
                }
                if let Some(bar) = &self.bar {
                    bar.finish_and_clear();
                }
            });
            let result = work();
            drop(running);
            result
        })
    }
}
