//! The patient page: trials for a patient's story. The story is sent in the body of a POST, stands in no address and in no
//! log, and is kept nowhere; the page itself is not to be stored by anybody.

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::narrative::Sex;
use crate::render::{Card, Link, count, patient_age};
use crate::search::{PatientQuery, Reason};
use crate::server::layers::body;
use crate::server::page::choices::{FacetView, facets};
use crate::server::page::layout::{Layout, html, similar_address, trial_address};
use crate::server::page::search::paged;
use crate::server::page::selection::Selection;
use crate::server::parameters::Parameters;
use crate::server::problem::Problem;
use crate::server::state::App;
use crate::server::story::{STORY_NAMES, with_story};

/// The names of the page's form, beside those of a search: the story, which page, and the ticks of trials to keep.
pub(super) const FORM_NAMES: [&str; 9] = {
    let [story, age, sex, feedback, leave_out] = STORY_NAMES;
    [
        story, age, sex, feedback, leave_out, "page", "id", "shown", "back",
    ]
};

/// Things left out that are named for one reason.
const MOST_LEFT_OUT: usize = 12;

/// Something that was read in the story and can be taken back.
struct Read {
    /// The field of the form that takes it back, and its value.
    name: &'static str,
    value: String,
    text: String,
    note: String,
    taken_back: bool,
}

struct LeftOutView {
    why: &'static str,
    texts: String,
}

struct Found {
    total: String,
    range: String,
    cards: Vec<Card>,
    before: Option<usize>,
    after: Option<usize>,
    page: usize,
}

#[derive(Template)]
#[template(path = "patient.html")]
struct PatientPage {
    layout: Layout,
    story: String,
    near: String,
    within: String,
    problem: Option<Problem>,
    read: Vec<Read>,
    left_out: Vec<LeftOutView>,
    facets: Vec<FacetView>,
    found: Option<Found>,
}

/// Answers with the empty form.
pub(super) async fn form(headers: HeaderMap) -> Result<Response, Problem> {
    let selection = Selection::of(&headers);
    html(&empty(&selection))
}

fn empty(selection: &Selection) -> PatientPage {
    PatientPage {
        layout: Layout::new("Patient", selection.len()),
        story: String::new(),
        near: String::new(),
        within: String::new(),
        problem: None,
        read: Vec::new(),
        left_out: Vec::new(),
        facets: Vec::new(),
        found: None,
    }
}

/// Answers with the trials for a story.
pub(super) async fn patient(
    State(app): State<App>,
    headers: HeaderMap,
    sent: Body,
) -> Result<Response, Problem> {
    let parameters = Parameters::read(&body(&app, sent).await?)?;
    let selection = Selection::of(&headers);
    let opened = app.opened()?;
    let today = app.today();
    let limits = app.options().limits.clone();
    app.work(move || {
        let text = |name: &str| parameters.all(name).next().unwrap_or_default().to_owned();
        let form = PatientPage {
            story: text("story"),
            near: text("near"),
            within: text("within"),
            ..empty(&selection)
        };
        let finder = &opened.finder;
        let asked = || -> Result<_, Problem> {
            parameters.check(finder, &FORM_NAMES)?;
            let (request, page) = paged(&parameters, finder, &limits, today)?;
            Ok((with_story(request, &parameters, finder)?, page))
        };
        let (request, page) = match asked() {
            Ok(asked) => asked,
            Err(problem) if problem.status.is_client_error() => {
                return html_with_status(&PatientPage {
                    problem: Some(problem),
                    ..form
                });
            }
            Err(problem) => return Err(problem),
        };
        let hits = finder.search(&request)?;
        let cards = hits.hits.iter().map(|hit| {
            let link = Link {
                trial: trial_address(&hit.id, ""),
                similar: similar_address(&hit.id),
                with_story: true,
            };
            let tick = Some(selection.has(&hit.id));
            Card::new(hit, finder.index().vocabulary(), link, tick)
        });
        let shown = hits.hits.len();
        let more = (request.offset + shown) < usize::try_from(hits.total).unwrap_or(usize::MAX);
        let (read, left_out) = match &hits.patient {
            Some(patient) => (read(patient, &parameters), left_out(patient)),
            None => (Vec::new(), Vec::new()),
        };
        html(&PatientPage {
            found: Some(Found {
                total: count(hits.total),
                range: match shown {
                    0 => String::new(),
                    shown => format!("{} to {}", request.offset + 1, request.offset + shown),
                },
                cards: cards.collect(),
                before: (page > 1).then(|| page - 1),
                after: more.then_some(page + 1),
                page,
            }),
            facets: facets(&hits.facets, &request.facets),
            read,
            left_out,
            ..form
        })
    })
    .await?
}

fn html_with_status(page: &PatientPage) -> Result<Response, Problem> {
    let status = page.problem.as_ref().map(|problem| problem.status);
    let mut response = html(page)?;
    if let Some(status) = status {
        *response.status_mut() = status;
    }
    Ok(response)
}

/// Age, sex and findings, each with the field that takes it back.
fn read(patient: &PatientQuery, parameters: &Parameters) -> Vec<Read> {
    let mut all = Vec::new();
    if let Some(age) = &patient.age {
        all.push(Read {
            name: "no_age",
            value: "1".to_owned(),
            text: patient_age(age),
            note: match patient.age_filter {
                Some(_) => "only trials of the age group".to_owned(),
                None => "no filter".to_owned(),
            },
            taken_back: patient.age_filter.is_none(),
        });
    }
    if let Some(sex) = &patient.sex {
        let sex = match sex.sex {
            Sex::Female => "female",
            Sex::Male => "male",
        };
        all.push(Read {
            name: "no_sex",
            value: "1".to_owned(),
            text: sex.to_owned(),
            note: match patient.sex_filter {
                Some(_) => "only trials open to that".to_owned(),
                None => "no filter".to_owned(),
            },
            taken_back: patient.sex_filter.is_none(),
        });
    }
    all.extend(patient.concepts.iter().map(|concept| Read {
        name: "leave_out",
        value: concept.text.clone(),
        text: concept.text.clone(),
        note: format!("weight {:.1}", concept.weight),
        taken_back: false,
    }));
    all.extend(parameters.all("leave_out").map(|text| Read {
        name: "leave_out",
        value: text.to_owned(),
        text: text.to_owned(),
        note: "taken back".to_owned(),
        taken_back: true,
    }));
    all
}

fn left_out(patient: &PatientQuery) -> Vec<LeftOutView> {
    let reasons = [
        (Reason::Absent, "Denied or ruled out in the story"),
        (Reason::Other, "Of somebody else"),
        (Reason::Measured, "Measured, taken, dated"),
        (Reason::Unknown, "In no trial"),
        (Reason::Least, "Counts least"),
    ];
    let views = reasons.map(|(reason, why)| {
        let mut texts: Vec<&str> = patient
            .left_out
            .iter()
            .filter(|left| left.reason == reason)
            .map(|left| left.text.as_str())
            .collect();
        if texts.len() > MOST_LEFT_OUT {
            texts.truncate(MOST_LEFT_OUT);
            texts.push("…");
        }
        LeftOutView {
            why,
            texts: texts.join("; "),
        }
    });
    let full = views.into_iter().filter(|view| !view.texts.is_empty());
    full.collect()
}
