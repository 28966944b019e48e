//! How far a piece of work has come, in a line that somebody else words: on a terminal it moves, elsewhere it comes now and then.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget};

use crate::cli::console::Console;

/// Time between two looks on a terminal.
const TICK: Duration = Duration::from_millis(100);

/// Time between two lines where there is none.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Does some work while a line on standard error says how far it has come; none if `quiet`.
pub(crate) fn with_ticker<T>(
    console: &Console,
    quiet: bool,
    line: &(dyn Fn() -> String + Sync),
    work: impl FnOnce() -> T,
) -> T {
    if quiet {
        return work();
    }
    let drawn = console.draws_progress();
    thread::scope(|scope| {
        let (running, done) = mpsc::channel::<()>();
        scope.spawn(move || {
            let target = match drawn {
                true => ProgressDrawTarget::stderr(),
                false => ProgressDrawTarget::hidden(),
            };
            let spinner = ProgressBar::with_draw_target(None, target);
            let interval = if drawn { TICK } else { LINE_EVERY };
            while let Err(RecvTimeoutError::Timeout) = done.recv_timeout(interval) {
                match drawn {
                    true => {
                        spinner.set_message(line());
                        spinner.tick();
                    }
                    false => console.note(&line()),
                }
            }
            spinner.finish_and_clear();
        });
        let result = work();
        drop(running);
        result
    })
}
