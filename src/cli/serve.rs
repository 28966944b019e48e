//! `trialfind serve`.

use clap::Args;

use crate::cli::Outcome;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::server::{App, BasePath, Limits, Options, serve};

/// What `serve` understands.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trialfind serve
  trialfind serve --addr 127.0.0.1:8080 --index trials.idx

People open the address that is written; programs find theirs described at /api/openapi.json. The index may be updated
or rebuilt meanwhile: the server moves on to its new state by itself. What people search for is not logged. /healthz,
/readyz and /metrics are for whoever runs it. Ends with Ctrl+C once the requests that have begun are answered.")]
pub(crate) struct ServeArguments {
    /// Where to listen. This machine only, unless another address is named: 0.0.0.0:7878 lets in whoever can reach it
    #[arg(long, value_name = "ADDRESS:PORT", default_value_t = Options::ADDRESS)]
    pub(crate) addr: std::net::SocketAddr,
    /// The path that the addresses begin with, as in /trials, behind a reverse proxy that has other things at its root
    #[arg(long, value_name = "PATH", default_value_t)]
    pub(crate) base_path: BasePath,
    /// Searches that run at once [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) at_once: Option<u16>,
    /// Searches that wait for their turn; the next one is told to come back
    #[arg(long, value_name = "N", default_value_t = 256)]
    pub(crate) waiting: u16,
    /// Seconds that a request may take
    #[arg(long, value_name = "SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=600))]
    pub(crate) time_limit: u16,
    /// Write what was searched for into the log as well
    #[arg(long)]
    pub(crate) log_queries: bool,
    /// No line in the log for each request
    #[arg(short, long, conflicts_with = "log_queries")]
    pub(crate) quiet: bool,
}

/// Runs the command.
pub(crate) fn run(typed: &ServeArguments, context: &Context<'_>) -> Result<Outcome, Failure> {
    log(typed.quiet);
    let usual = Limits::default();
    let options = Options {
        address: typed.addr,
        base: typed.base_path.clone(),
        schema: context.schema.clone(),
        today: context.today_typed,
        log_queries: typed.log_queries,
        limits: Limits {
            at_once: typed.at_once.map_or(usual.at_once, usize::from),
            waiting: usize::from(typed.waiting),
            request: std::time::Duration::from_secs(u64::from(typed.time_limit)),
            ..usual
        },
        ..Options::new(context.index_folder()?)
    };
    let (console, base) = (context.console, typed.base_path.clone());
    serve(App::new(options), |address| {
        console.note(&format!(
            "trialfind is at http://{address}{base}/ (stop it with Ctrl+C)"
        ));
        if !address.ip().is_loopback() {
            console.note(
                "note: whoever can reach this address can search here, and what they send is not encrypted; a reverse proxy \
                 can ask for a password and encrypt",
            );
        }
    })?;
    Ok(Outcome::Found)
}

/// Lines of the log go to standard error, with the day and time.
fn log(quiet: bool) {
    use tracing_subscriber::filter::{LevelFilter, Targets};
    use tracing_subscriber::prelude::*;

    let mut wanted = Targets::new().with_target("trialfind", LevelFilter::INFO);
    if quiet {
        wanted = wanted.with_target("trialfind::access", LevelFilter::OFF);
    }
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_ansi(false);
    // Tests may run several commands in one process; the first one's log serves.
    let _ = tracing_subscriber::registry()
        .with(lines.with_filter(wanted))
        .try_init();
}
