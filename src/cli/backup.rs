//! `trialfind backup` and `trialfind restore`.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::Outcome;
use crate::cli::arguments::OutputArguments;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::outfile::OutFile;
use crate::cli::ticker::Ticker;
use crate::index::{Backup, BackupProgress, Index};
use crate::render::{backup_text, bytes};

/// What `backup` understands.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trialfind backup trials.tar.zst
  trialfind backup - | ssh backup-host 'cat > trials.tar.zst'

Holds the last commit, compared with its checksums on the way. `trialfind restore` takes it back.")]
pub(crate) struct BackupArguments {
    /// The file to write (a tar archive in zstd), or - for standard output
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Let it take the place of a file that is there
    #[arg(long)]
    pub(crate) replace: bool,
    #[command(flatten)]
    pub(crate) report: BackupReportArguments,
}

/// What `restore` understands.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trialfind restore trials.tar.zst --index trials.idx
  trialfind restore trials.tar.zst --replace

The backup is unpacked beside the index and checked before it takes its place; a running server moves on to it. A file that is
cut off or damaged changes nothing.")]
pub(crate) struct RestoreArguments {
    /// The backup, or - for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Let it take the place of an index that is there
    #[arg(long)]
    pub(crate) replace: bool,
    #[command(flatten)]
    pub(crate) report: BackupReportArguments,
}

/// What both say when they are done.
#[derive(Debug, Args)]
pub(crate) struct BackupReportArguments {
    /// No progress and no report
    #[arg(short, long)]
    quiet: bool,
    #[command(flatten)]
    output: OutputArguments,
}

/// Writes a backup.
pub(crate) fn backup(typed: &BackupArguments, context: &Context<'_>) -> Result<Outcome, Failure> {
    let folder = context.index_folder()?;
    let is_stream = typed.file == Path::new("-");
    if !is_stream && !typed.replace && typed.file.exists() {
        return Err(Failure::new(
            format!("`{}` is there already", typed.file.display()),
            "`--replace` lets the backup take its place",
        ));
    }
    let mut out = OutFile::create(Some(&typed.file))?;
    let progress = BackupProgress::default();
    let line = || format!("backing up: {}", bytes(progress.bytes()));
    let quiet = typed.report.quiet || is_stream;
    let backup = Ticker::spinner(context.console, quiet)
        .during(&line, || Index::backup(&folder, &mut out, &progress))?;
    out.flush()?;
    out.finish()?;
    let headline = format!("Backup of the index at {}", folder.display());
    // Else the archive itself goes to standard output.
    if !is_stream {
        let name = format!("{headline} in {}", typed.file.display());
        say(&backup, &typed.report, &name, context)?;
    }
    Ok(Outcome::Found)
}

/// Makes the index from a backup.
pub(crate) fn restore(typed: &RestoreArguments, context: &Context<'_>) -> Result<Outcome, Failure> {
    let folder = context.index_folder()?;
    let mut from: Box<dyn Read> = match typed.file == Path::new("-") {
        true => Box::new(io::stdin().lock()),
        false => Box::new(File::open(&typed.file).map_err(|error| {
            Failure::from(error).context(format!("cannot read `{}`", typed.file.display()))
        })?),
    };
    let progress = BackupProgress::default();
    let line = || format!("restoring: {}", bytes(progress.bytes()));
    let backup = Ticker::spinner(context.console, typed.report.quiet).during(&line, || {
        Index::restore(
            &folder,
            &context.schema,
            &mut from,
            &typed.file,
            typed.replace,
            &progress,
        )
    })?;
    let headline = format!("Index at {} restored", folder.display());
    say(&backup, &typed.report, &headline, context)?;
    Ok(Outcome::Found)
}

fn say(
    backup: &Backup,
    typed: &BackupReportArguments,
    headline: &str,
    context: &Context<'_>,
) -> Result<(), Failure> {
    if typed.quiet {
        return Ok(());
    }
    context.say(backup, typed.output.format, |look| {
        backup_text(backup, headline, look)
    })
}
