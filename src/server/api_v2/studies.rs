//! `/studies`: a page of studies, as JSON or as a table.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{RawQuery, State};
use axum::response::Response;

use crate::render::{Projection, study_columns, study_row};
use crate::search::{Patience, SearchError, StudiesPage, StudiesRequest, StudyText};
use crate::server::api_v2::answer::{text, with_header, wrong};
use crate::server::api_v2::asked::{Asked, KNOWN, asked};
use crate::server::api_v2::parameters::Parameters;
use crate::server::api_v2::token::{Token, order_mark};
use crate::server::opened::Opened;
use crate::server::problem::Problem;
use crate::server::state::App;
use crate::server::work::Aside;

/// How studies are written.
pub(super) enum Form {
    Json(Projection),
    Table(Vec<&'static str>),
}

/// How long a search may read records in the place of a search: enough to look again at what the index has found, and far too
/// little for reading all of a registry.
const READ_AT_ONCE: Duration = Duration::from_millis(300);

/// Bytes of an answer beside its studies: how many there are, and the token of the next page.
const AROUND: usize = 400;

/// The parameters that may differ from page to page.
const OF_ONE_PAGE: [&str; 3] = ["countTotal", "pageSize", "pageToken"];

pub(super) async fn studies(
    State(app): State<App>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let parameters = Parameters::read(query.as_deref(), &KNOWN)?;
    let Asked {
        mut request,
        queried,
    } = asked(&parameters, app.today())?;
    let form = match parameters.choice("format", &[("json", false), ("csv", true)])? {
        false => Form::Json(projection(&parameters, &queried)?),
        true => Form::Table(columns(&parameters)?),
    };
    request.with_results = match &form {
        Form::Json(projection) => projection.wants_results(),
        Form::Table(_) => false,
    };
    let counts = parameters.flag("countTotal")?;
    let mark = order_mark(&request.order, &same_on_every_page(&parameters));
    let token = parameters
        .get("pageToken")
        .map(|text| {
            let token = Token::read(text).filter(|token| token.order == mark);
            token.ok_or_else(|| {
                wrong(
                    "`pageToken` parameter is not a token of this search: it must be the `nextPageToken` of a page that was \
                     asked for with the same parameters",
                )
            })
        })
        .transpose()?;
    let is_first = token.is_none();
    let opened: Arc<Opened> = match &token {
        Some(token) => match app.opened_at(&token.commit) {
            Some(opened) => opened,
            // The commit is gone: go on by the key.
            None => app.opened()?,
        },
        None => app.opened()?,
    };
    request.after = token.map(|token| token.after);
    let is_json = matches!(form, Form::Json(_));
    let answered = opened.clone();
    // The page as text, where the next one begins and how many there are; nothing if too many records must be read for it.
    let page = Arc::new(move |reading: Duration| {
        let request = StudiesRequest {
            patience: Arc::new(Patience::until(Some(Instant::now() + reading))),
            ..request.clone()
        };
        let page = match answered.finder.studies(&request) {
            Err(SearchError::OutOfTime) => return Ok(None),
            page => page?,
        };
        let StudiesPage {
            studies,
            next,
            total,
        } = page;
        let body = match &form {
            Form::Json(projection) => page_json(studies, projection)?,
            Form::Table(columns) => table(&studies, columns, is_first)?,
        };
        Ok::<_, Problem>(Some((body, next, total)))
    });
    let at_once = page.clone();
    let found = match app.work(move || at_once(READ_AT_ONCE)).await?? {
        Some(found) => Some(found),
        // What takes long takes no place of the searches that do not.
        None => {
            let reading = app.options().limits.reading();
            app.work_aside(Aside::Reading, move || page(reading))
                .await??
        }
    };
    let (mut body, next, total) = found.ok_or(SearchError::OutOfTime)?;
    if next.is_some() {
        app.keep(&opened);
    }
    let token = next.map(|after| {
        let token = Token {
            commit: opened.commit.clone(),
            order: mark,
            after,
        };
        token.write()
    });
    let total = (counts && is_first).then_some(total);
    Ok(match is_json {
        true => {
            let total = total.map(|total| format!("\"totalCount\":{total},"));
            body.insert_str(0, &format!("{{{}", total.unwrap_or_default()));
            if let Some(token) = token {
                body.push_str(&format!(",\"nextPageToken\":\"{token}\""));
            }
            body.push_str("}\n");
            text("application/json", body)
        }
        false => {
            let mut response = text("text/csv; charset=utf-8", body);
            if let Some(total) = total {
                response = with_header(response, "x-total-count", &total.to_string());
            }
            if let Some(token) = token {
                response = with_header(response, "x-next-page-token", &token);
            }
            response
        }
    })
}

/// What of the parameters has to stay the same from page to page.
fn same_on_every_page(parameters: &Parameters) -> String {
    let names = KNOWN.iter().filter(|name| !OF_ONE_PAGE.contains(name));
    // The form of the answer does not change which studies come next.
    let names = names.filter(|name| !["format", "markupFormat", "fields"].contains(name));
    let said = names.filter_map(|name| Some(format!("{name}={}", parameters.get(name)?)));
    said.collect::<Vec<_>>().join("\n")
}

/// Which fields are given.
pub(super) fn projection(
    parameters: &Parameters,
    queried: &[crate::schema::Searched],
) -> Result<Projection, Problem> {
    let legacy = parameters.choice("markupFormat", &[("markdown", false), ("legacy", true)])?;
    let fields = parameters.list("fields")?;
    if fields.is_empty() {
        return Ok(Projection::whole(legacy));
    }
    Projection::of(&fields, queried, legacy).map_err(|unknown| unknown_fields(&unknown))
}

/// Which columns are given.
pub(super) fn columns(parameters: &Parameters) -> Result<Vec<&'static str>, Problem> {
    let fields = parameters.list("fields")?;
    study_columns(&fields).map_err(|unknown| unknown_fields(&unknown))
}

fn unknown_fields(unknown: &[String]) -> Problem {
    let unknown: Vec<String> = unknown.iter().map(|name| format!("`{name}`")).collect();
    wrong(format!(
        "`fields` parameter has unknown names: {}",
        unknown.join(", ")
    ))
}

/// A record that is no JSON any more.
pub(super) fn damaged(id: &str, error: &serde_json::Error) -> Problem {
    tracing::error!("the record of `{id}` is damaged: {error}");
    Problem::fault()
}

/// The list of studies, in a text with room for what stands around it: a page has thirteen megabytes, which are in memory once.
fn page_json(studies: Vec<StudyText>, projection: &Projection) -> Result<String, Problem> {
    let is_empty = studies.is_empty();
    let mut out = String::from("\"studies\":[");
    if projection.is_whole() {
        let length = studies.iter().map(|study| study.json.len() + 2);
        out.reserve(length.sum::<usize>() + AROUND);
    }
    for (number, study) in studies.into_iter().enumerate() {
        out.push_str(if number > 0 { ",\n" } else { "\n" });
        let study_json = projection.of_record(&study.json);
        out.push_str(&study_json.map_err(|error| damaged(&study.id, &error))?);
    }
    out.push_str(if is_empty { "]" } else { "\n]" });
    Ok(out)
}

fn table(studies: &[StudyText], columns: &[&str], with_titles: bool) -> Result<String, Problem> {
    let mut rows = Vec::with_capacity(studies.len());
    for study in studies {
        let value: serde_json::Value =
            serde_json::from_slice(&study.json).map_err(|error| damaged(&study.id, &error))?;
        rows.push(study_row(&value, columns));
    }
    table_text(columns, &rows, with_titles)
}

/// Rows as comma-separated values.
pub(super) fn table_text(
    columns: &[&str],
    rows: &[Vec<String>],
    with_titles: bool,
) -> Result<String, Problem> {
    let fault = |error: &dyn std::fmt::Display| {
        tracing::error!("cannot write a table: {error}");
        Problem::fault()
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    if with_titles {
        writer
            .write_record(columns)
            .map_err(|error| fault(&error))?;
    }
    for row in rows {
        writer.write_record(row).map_err(|error| fault(&error))?;
    }
    let bytes = writer.into_inner().map_err(|error| fault(&error))?;
    String::from_utf8(bytes).map_err(|error| fault(&error))
}
