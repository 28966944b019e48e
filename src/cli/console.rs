//! The two streams, and what is known of them: whether they are terminals, how wide, with colours or not.

use std::io::{self, IsTerminal, Write};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};
use clap::ColorChoice;
use serde::Serialize;

use crate::cli::failure::Failure;
use crate::render::{Look, json_line, json_pretty};

/// The most columns that text is laid out in on a terminal: longer lines are hard to read.
const WIDEST: usize = 120;

/// Standard output and standard error.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Console {
    /// Whether answers go to a terminal.
    pub(crate) terminal: bool,
    /// How answers look.
    pub(crate) look: Look,
    choice: anstream::ColorChoice,
}

impl Console {
    pub(crate) fn new(color: ColorChoice) -> Console {
        let choice = match color {
            ColorChoice::Auto => anstream::ColorChoice::Auto,
            ColorChoice::Always => anstream::ColorChoice::Always,
            ColorChoice::Never => anstream::ColorChoice::Never,
        };
        let terminal = io::stdout().is_terminal();
        let width = terminal_size::terminal_size_of(io::stdout())
            .map_or(Look::PLAIN.width, |(width, _)| {
                usize::from(width.0).min(WIDEST)
            });
        let colours = match choice {
            anstream::ColorChoice::Auto => AutoStream::choice(&io::stdout()),
            chosen => chosen,
        };
        Console {
            terminal,
            look: Look {
                width,
                colour: colours != anstream::ColorChoice::Never,
            },
            choice,
        }
    }

    /// Writes text to standard output.
    pub(crate) fn print(&self, text: &str) -> Result<(), Failure> {
        let mut out = AutoStream::new(io::stdout().lock(), self.choice);
        out.write_all(text.as_bytes())?;
        out.flush()?;
        Ok(())
    }

    /// An answer as JSON: indented on a terminal, else one line; with a line break at its end.
    pub(crate) fn json(&self, answer: &impl Serialize) -> Result<String, Failure> {
        let json = match self.terminal {
            true => json_pretty(answer)?,
            false => json_line(answer)?,
        };
        Ok(json + "\n")
    }

    /// Writes bytes to standard output, exactly as they are.
    pub(crate) fn print_bytes(&self, bytes: &[u8]) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        out.write_all(bytes)?;
        out.flush()?;
        Ok(())
    }

    /// Writes a line to standard error; that nobody reads it is no reason to stop.
    pub(crate) fn note(&self, line: &str) {
        let mut err = AutoStream::new(io::stderr().lock(), self.choice);
        let _ = writeln!(err, "{line}");
    }

    /// Writes an error with its hint to standard error.
    pub(crate) fn error(&self, failure: &Failure) {
        self.complain(&failure.message(), failure.hint());
    }

    /// Writes what went wrong, and what to do about it, to standard error.
    pub(crate) fn complain(&self, message: &str, hint: Option<&str>) {
        let style = Style::new().bold();
        let red = style.fg_color(Some(AnsiColor::Red.into()));
        self.note(&format!("{red}error:{red:#} {message}"));
        if let Some(hint) = hint {
            self.note(&format!("{style}hint:{style:#} {hint}"));
        }
    }

    /// Whether progress can be drawn.
    pub(crate) fn draws_progress(&self) -> bool {
        io::stderr().is_terminal()
    }
}
