//! Parse, dispatch, exit code: 0 found, 1 nothing found, 2 error.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    trialfind::cli::run(std::env::args_os().collect())
}
