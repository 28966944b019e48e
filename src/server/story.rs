//! A patient's story in a form, and what of it is taken back. It is read and forgotten: nothing here logs or keeps it, and no
//! message repeats it.

use crate::search::{Finder, Request};
use crate::server::parameters::{Parameters, sort};
use crate::server::problem::Problem;

/// The names of a form with a story, beside those of a search.
pub(crate) const STORY_NAMES: [&str; 5] = ["story", "no_age", "no_sex", "no_feedback", "leave_out"];

/// The search with the story of a form, without what is taken back of it: the age (`no_age`), the sex (`no_sex`), findings
/// by their words (`leave_out`, once for each).
///
/// # Errors
/// No story, or one that says nothing that any trial has.
pub(crate) fn with_story(
    mut request: Request,
    parameters: &Parameters,
    finder: &Finder,
) -> Result<Request, Problem> {
    let Some(story) = parameters.one("story").map_err(|_| twice())? else {
        return Err(Problem::parameter("story", "there is no story")
            .hint("write what the patient has, in English, as in a referral letter"));
    };
    let mut patient = finder.read_patient(story)?;
    let left_out: Vec<&str> = parameters.all("leave_out").collect();
    patient
        .concepts
        .retain(|concept| !left_out.contains(&concept.text.as_str()));
    if patient.concepts.is_empty() {
        return Err(
            Problem::parameter("story", "the story says nothing that any trial has")
                .hint("write what the patient has, in English, as in a referral letter"),
        );
    }
    if parameters.flag("no_age")? {
        patient.age_filter = None;
    }
    if parameters.flag("no_sex")? {
        patient.sex_filter = None;
    }
    request.feedback |= !parameters.flag("no_feedback")?;
    request.patient = Some(patient);
    request.sort = sort(parameters, &request)?;
    Ok(request)
}

fn twice() -> Problem {
    Problem::parameter("story", "`story` is given more than once")
}
