//! What no input should bring about and a damaged index can: the engine trusts its files, and may give up in the middle of one
//! that is not as it was written. Whoever asked is told which file that is. If the files are whole it is a fault of the program, and
//! is said to be one.

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Mutex, PoisonError};

use crate::cli::Outcome;
use crate::cli::commands::{Arguments, Command};
use crate::cli::console::Console;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::index::damage;

/// What the first fault said of itself, and where it was.
static SAID: Mutex<Option<String>> = Mutex::new(None);

/// Runs a command. The server has its own way with faults: one request fails, and the log says why.
pub(crate) fn guarded(
    arguments: &Arguments,
    run: impl FnOnce() -> Result<Outcome, Failure>,
) -> Result<Outcome, Failure> {
    if matches!(arguments.command, Command::Serve(_)) {
        return run();
    }
    panic::set_hook(Box::new(|fault| {
        let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
        said.get_or_insert_with(|| fault.to_string());
    }));
    match panic::catch_unwind(AssertUnwindSafe(run)) {
        Ok(ended) => ended,
        Err(_) => Err(explain(arguments)),
    }
}

fn explain(arguments: &Arguments) -> Failure {
    let console = Console::new(arguments.global.color);
    let folder =
        Context::new(&arguments.global, &console).and_then(|context| context.index_folder());
    let looked = folder.map(|folder| panic::catch_unwind(|| damage(&folder)));
    if let Ok(Ok(Some(error))) = looked {
        return error.into();
    }
    let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
    let said = said.take().unwrap_or_default();
    Failure::new(
        format!("a fault in trialfind: {}", said.replace('\n', " ")),
        "please report it with the command that brought it about; the index is as it was at its last commit",
    )
}
