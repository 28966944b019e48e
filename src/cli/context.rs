//! Ready objects from what every command understands: the index's folder, the schema, the day.

use std::path::PathBuf;

use directories::ProjectDirs;
use jiff::civil::Date;
use serde::Serialize;

use crate::cli::arguments::{Global, PlainFormat, ReportArguments};
use crate::cli::console::Console;
use crate::cli::failure::Failure;
use crate::index::{Index, SchemaChoice};
use crate::render::Look;
use crate::search::Finder;

/// The environment variable that names the folder of the index.
const INDEX_VARIABLE: &str = "TRIALFIND_INDEX";

/// What a command works with.
pub(crate) struct Context<'c> {
    /// The streams.
    pub(crate) console: &'c Console,
    /// What is searchable and what spellings mean.
    pub(crate) schema: SchemaChoice,
    /// The day that freshness is judged by.
    pub(crate) today: Date,
    /// The day, if one was named.
    pub(crate) today_typed: Option<Date>,
    /// The folder of the index as named on the command line.
    pub(crate) index_typed: Option<PathBuf>,
}

impl Context<'_> {
    pub(crate) fn new<'c>(global: &Global, console: &'c Console) -> Result<Context<'c>, Failure> {
        let schema = match &global.schema {
            Some(folder) => SchemaChoice::from_folder(folder).map_err(|error| {
                Failure::from(error).context(format!("cannot use `--schema {}`", folder.display()))
            })?,
            None => SchemaChoice::bundled(),
        };
        Ok(Context {
            console,
            schema,
            today: global.today.unwrap_or_else(|| jiff::Zoned::now().date()),
            today_typed: global.today,
            index_typed: global.index.clone(),
        })
    }

    /// The folder of the index: named on the command line, else by the environment, else the platform's own.
    pub(crate) fn index_folder(&self) -> Result<PathBuf, Failure> {
        if let Some(folder) = &self.index_typed {
            return Ok(folder.clone());
        }
        if let Some(folder) = std::env::var_os(INDEX_VARIABLE).filter(|value| !value.is_empty()) {
            return Ok(folder.into());
        }
        Ok(data_folder()?.join("index"))
    }

    /// The index, opened.
    pub(crate) fn open(&self) -> Result<Index, Failure> {
        Ok(Index::open(&self.index_folder()?, self.schema.clone())?)
    }

    /// Prints an answer as it was asked for: text for people, or JSON.
    pub(crate) fn say(
        &self,
        answer: &impl Serialize,
        format: PlainFormat,
        text: impl FnOnce(Look) -> String,
    ) -> Result<(), Failure> {
        let console = self.console;
        console.print(&match format {
            PlainFormat::Text => text(console.look),
            PlainFormat::Json => console.json(answer)?,
        })
    }

    /// Prints the report of a run: as JSON whenever that is asked for, as text unless the run is to be quiet.
    pub(crate) fn report(
        &self,
        report: &impl Serialize,
        typed: &ReportArguments,
        text: impl FnOnce(Look) -> String,
    ) -> Result<(), Failure> {
        if typed.quiet && typed.format == PlainFormat::Text {
            return Ok(());
        }
        self.say(report, typed.format, text)
    }

    /// The index, opened for searching.
    pub(crate) fn finder(&self) -> Result<Finder, Failure> {
        Ok(Finder::new(self.open()?))
    }
}

/// The platform's folder for our data.
pub(crate) fn data_folder() -> Result<PathBuf, Failure> {
    match ProjectDirs::from("", "", "trialfind") {
        Some(folders) => Ok(folders.data_dir().to_path_buf()),
        None => Err(Failure::new(
            "this account has no home folder to keep an index in",
            format!("name a folder with `--index DIR` or {INDEX_VARIABLE}"),
        )),
    }
}
