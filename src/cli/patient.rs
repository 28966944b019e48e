//! A patient's story from a file or standard input. It is read, never kept and never shown in a message.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use crate::cli::failure::Failure;
use crate::cli::search::SearchArguments;
use crate::search::{Finder, PatientQuery};

/// The longest story that is read, in bytes; the whole record of a long illness is shorter.
const LONGEST: u64 = 4 << 20;

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
    if typed.no_age {
        patient.age_filter = None;
    }
    if typed.no_sex {
        patient.sex_filter = None;
    }
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
