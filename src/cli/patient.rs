//! A patient's story from a file or standard input, and what of its reading is lifted. It is read, never kept and never shown in a
//! message.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use clap::Args;

use crate::cli::failure::Failure;
use crate::cli::search::SearchArguments;
use crate::search::{Finder, PatientQuery};

/// The longest story that is read, in bytes; the whole record of a long illness is shorter.
const LONGEST: u64 = 4 << 20;

/// The switches of [`StoryArguments`]: what excludes a story has to exclude these too, as `requires` is not heeded beside it.
pub(crate) const LIFTED: [&str; 3] = ["no_age", "no_sex", "no_feedback"];

/// What of the reading of a story is lifted, for what searches with one.
#[derive(Debug, Args)]
#[command(next_help_heading = "Patients")]
pub(crate) struct StoryArguments {
    /// Trials for any age, whatever the story says
    #[arg(long, requires = "patient")]
    pub(crate) no_age: bool,
    /// Trials for either sex, whatever the story says
    #[arg(long, requires = "patient")]
    pub(crate) no_sex: bool,
    /// Do not bring trials forward that are like the best ones
    #[arg(long, requires = "patient", conflicts_with = "feedback")]
    pub(crate) no_feedback: bool,
}

impl StoryArguments {
    /// Takes the filters out of a story's reading that are not wanted.
    pub(crate) fn lift(&self, patient: &mut PatientQuery) {
        if self.no_age {
            patient.age_filter = None;
        }
        if self.no_sex {
            patient.sex_filter = None;
        }
    }
}

/// The story that was named, read against the index, without what was lifted.
pub(crate) fn patient(
    typed: &SearchArguments,
    finder: &Finder,
) -> Result<Option<PatientQuery>, Failure> {
    let Some(path) = &typed.patient else {
        return Ok(None);
    };
    let story = story(path)?;
    let mut patient = finder.read_patient(&story)?;
    if patient.concepts.is_empty() {
        return Err(Failure::new(
            "the story says nothing that any trial has",
            "write what the patient has, in English, as in a referral letter",
        ));
    }
    typed.story.lift(&mut patient);
    Ok(Some(patient))
}

fn story(path: &Path) -> Result<String, Failure> {
    let context = || format!("cannot read `{}`", path.display());
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        io::stdin().lock().take(LONGEST + 1).read_to_end(&mut bytes)
    } else {
        fs::File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes))
    };
    read.map_err(|error| Failure::from(error).context(context()))?;
    if bytes.len() as u64 > LONGEST {
        return Err(Failure::new(
            format!("`{}` is longer than 4 MB", path.display()),
            "give the story of one patient",
        ));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
