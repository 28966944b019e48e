//! `/studies/{id}`: one study, as JSON, as JSON in an archive, as a row of a table, or for reference managers.

use std::io::{Cursor, Write};

use axum::extract::{Path, RawQuery, State};
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use zip::write::SimpleFileOptions;

use crate::query::Query;
use crate::query::essie::trial_numbers;
use crate::render::{ris_record, study_row};
use crate::search::{Finder, Request, SearchError};
use crate::server::api_v2::answer::{text, with_header, wrong};
use crate::server::api_v2::parameters::Parameters;
use crate::server::api_v2::studies::{columns, damaged, projection, table_text};
use crate::server::problem::Problem;
use crate::server::state::App;

/// The forms that a study is given in.
#[derive(Clone, Copy)]
enum Form {
    Json,
    Archive,
    Table,
    Reference,
}

/// What a look for a study came to.
enum Looked {
    Found(Response),
    /// It has another id now.
    Moved(String),
}

pub(super) async fn study(
    State(app): State<App>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let parameters = Parameters::read(query.as_deref(), &["format", "markupFormat", "fields"])?;
    if parameters.get("format") == Some("fhir.json") {
        return Err(wrong(
            "`format` parameter value `fhir.json` is not offered here: take `json`, `json.zip`, `csv` or `ris`",
        ));
    }
    let form = parameters.choice(
        "format",
        &[
            ("json", Form::Json),
            ("json.zip", Form::Archive),
            ("csv", Form::Table),
            ("ris", Form::Reference),
        ],
    )?;
    // Other registries' ids are taken as well; only a list of several is none.
    let id = match trial_numbers(&id) {
        Some(mut numbers) if numbers.len() == 1 => numbers.remove(0),
        Some(_) => return Err(wrong(format!("`{id}` is more than one NCT number"))),
        None => id,
    };
    let opened = app.opened()?;
    let projection = match form {
        Form::Json | Form::Archive => Some(projection(&parameters, &[])?),
        _ => None,
    };
    let columns = match form {
        Form::Table => columns(&parameters)?,
        _ => Vec::new(),
    };
    let today = app.today();
    let asked = id.clone();
    let looked = app
        .work(move || -> Result<Looked, Problem> {
            let finder = &opened.finder;
            let with_results = projection
                .as_ref()
                .is_some_and(crate::render::Projection::wants_results);
            let found = finder.study(&asked, with_results)?;
            let Some(study) = found else {
                return Err(not_found(&asked));
            };
            if study.id != asked {
                return Ok(Looked::Moved(study.id));
            }
            Ok(Looked::Found(match (&projection, form) {
                (Some(projection), _) => {
                    let json = projection.of_record(&study.json);
                    let mut json = json.map_err(|error| damaged(&study.id, &error))?;
                    json.push('\n');
                    match form {
                        Form::Archive => archive(&study.id, &json)?,
                        _ => text("application/json", json),
                    }
                }
                (None, Form::Reference) => text(
                    "application/x-research-info-systems",
                    reference(finder, &asked, today)?,
                ),
                (None, _) => {
                    let value: serde_json::Value = serde_json::from_slice(&study.json)
                        .map_err(|error| damaged(&study.id, &error))?;
                    let rows = [study_row(&value, &columns)];
                    text(
                        "text/csv; charset=utf-8",
                        table_text(&columns, &rows, true)?,
                    )
                }
            }))
        })
        .await??;
    Ok(match looked {
        Looked::Found(response) => response,
        Looked::Moved(own) => {
            let query = query.map(|query| format!("?{query}")).unwrap_or_default();
            let location = HeaderValue::try_from(format!("/api/v2/studies/{own}{query}"));
            let location = location.map_err(|_| not_found(&id))?;
            (StatusCode::MOVED_PERMANENTLY, [(LOCATION, location)]).into_response()
        }
    })
}

/// One file in an archive: the JSON under the study's id.
fn archive(id: &str, json: &str) -> Result<Response, Problem> {
    let write = || -> Result<Vec<u8>, zip::result::ZipError> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        writer.start_file(format!("{id}.json"), SimpleFileOptions::default())?;
        writer.write_all(json.as_bytes())?;
        Ok(writer.finish()?.into_inner())
    };
    let bytes = write().map_err(|error| {
        tracing::error!("cannot write an archive: {error}");
        Problem::fault()
    })?;
    let name = format!("attachment; filename=\"{id}.zip\"");
    let kind = [(CONTENT_TYPE, HeaderValue::from_static("application/zip"))];
    let response = (kind, bytes).into_response();
    Ok(with_header(response, "content-disposition", &name))
}

fn not_found(id: &str) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, format!("NCT number {id} not found"))
}

fn reference(finder: &Finder, id: &str, today: jiff::civil::Date) -> Result<String, SearchError> {
    let request = Request {
        passages: 0,
        limit: 1,
        today,
        ..Request::new(Query::of_words(id))
    };
    let hits = finder.search(&request)?;
    Ok(hits.hits.first().map(ris_record).unwrap_or_default())
}
