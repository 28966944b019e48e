//! A selection or a whole result as a file: CSV, JSON or RIS. It is made piece by piece while it is read, all of it from the
//! commit that it began with and by one search, and is never widened. Contacts are in it only when asked for.

use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use tokio::sync::OwnedSemaphorePermit;

use crate::index::IndexError;
use crate::render::{csv_cell, csv_header_with, csv_row_with, json_line, ris_record};
use crate::search::{Finder, Hit, Walk};
use crate::server::opened::Opened;
use crate::server::page::selection::of_ids;
use crate::server::parameters::{Parameters, request, sort};
use crate::server::problem::Problem;
use crate::server::state::App;

/// Trials that are read at a time: what the reader has to wait for, and what is held in memory for each that reads, some 200 KB.
const PIECE: usize = 100;

/// Bytes that a walk may take without a place among the large ones: some 5,000 trials.
const SMALL: usize = 64 << 10;

/// How long to wait for a turn when the server is full: an export that has begun is not broken off for that.
const FULL: std::time::Duration = std::time::Duration::from_millis(250);

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Csv,
    Json,
    Ris,
}

/// An export that is being read.
struct Export {
    app: App,
    opened: Arc<Opened>,
    /// Shared with the thread that reads.
    walk: Arc<Mutex<Walk>>,
    form: Form,
    contacts: bool,
    begun: bool,
    ended: bool,
    /// Of an export that is held in memory for long.
    _place: Option<OwnedSemaphorePermit>,
}

/// Answers with a file: of the trials of `id`, or of a search; `format` is `csv`, `json` or `ris`.
pub(super) async fn export(
    State(app): State<App>,
    RawQuery(asked): RawQuery,
) -> Result<Response, Problem> {
    let parameters = Parameters::read(asked.unwrap_or_default().as_bytes())?;
    let form = match parameters.one("format")? {
        None | Some("csv") => Form::Csv,
        Some("json") => Form::Json,
        Some("ris") => Form::Ris,
        Some(_) => {
            return Err(Problem::parameter(
                "format",
                "the format is csv, json or ris",
            ));
        }
    };
    let contacts = parameters.flag("contacts")?;
    if contacts && form == Form::Ris {
        return Err(
            Problem::parameter("contacts", "RIS has no place for contacts")
                .hint("take csv or json"),
        );
    }
    let opened = app.opened()?;
    let today = app.today();
    let limits = app.options().limits.clone();
    let of = opened.clone();
    let walk = app
        .work(move || -> Result<Walk, Problem> {
            let finder = &of.finder;
            parameters.check(finder, &["page", "format", "contacts", "id", "like"])?;
            let ids: Vec<String> = parameters.all("id").map(str::to_owned).collect();
            if !ids.is_empty() {
                return Ok(finder.walk(of_ids(&ids, finder, today)?)?);
            }
            let mut request = request(&parameters, finder, &limits, today)?;
            if let Some(id) = parameters.one("like")? {
                request.like = Some(id.to_owned());
                request.sort = sort(&parameters, &request)?;
            }
            // Searched for now, as long as a status can be sent.
            Ok(finder.walk(request)?)
        })
        .await??;
    let export = Export {
        _place: match walk.bytes() > SMALL {
            true => Some(app.place_for_export()?),
            false => None,
        },
        app,
        opened,
        walk: Arc::new(Mutex::new(walk)),
        form,
        contacts,
        begun: false,
        ended: false,
    };
    let pieces = stream::unfold(export, |mut export| async move {
        let piece = export.next().await?;
        Some((piece, export))
    });
    let (kind, name) = match form {
        Form::Csv => ("text/csv; charset=utf-8", "trials.csv"),
        Form::Json => ("application/json", "trials.json"),
        Form::Ris => (
            "application/x-research-info-systems; charset=utf-8",
            "trials.ris",
        ),
    };
    let headers = [
        (CONTENT_TYPE, kind.to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    Ok((StatusCode::OK, headers, Body::from_stream(pieces)).into_response())
}

impl Export {
    /// The next piece; none behind the last. An error breaks the answer off, so that nobody takes a part for the whole.
    async fn next(&mut self) -> Option<Result<Bytes, Problem>> {
        if self.ended {
            return None;
        }
        let piece = loop {
            let (opened, walk) = (self.opened.clone(), self.walk.clone());
            let (form, contacts, first) = (self.form, self.contacts, !self.begun);
            let written = self
                .app
                .work(move || {
                    let mut walk = walk.lock().unwrap_or_else(PoisonError::into_inner);
                    let piece = write(&opened.finder, &mut walk, form, contacts, first)?;
                    Ok::<_, Problem>((piece, walk.is_done()))
                })
                .await;
            match written {
                Err(full) if full.status == StatusCode::SERVICE_UNAVAILABLE => {
                    tokio::time::sleep(FULL).await;
                }
                written => break written.and_then(|written| written),
            }
        };
        match piece {
            Ok((text, ended)) => {
                self.begun = true;
                self.ended = ended;
                Some(Ok(text.into()))
            }
            Err(problem) => {
                self.ended = true;
                tracing::error!("an export is broken off: {}", problem.message);
                Some(Err(problem))
            }
        }
    }
}

/// The next piece of a file.
fn write(
    finder: &Finder,
    walk: &mut Walk,
    form: Form,
    contacts: bool,
    first: bool,
) -> Result<Vec<u8>, Problem> {
    let hits = finder.walk_on(walk, PIECE)?;
    let whom: Vec<String> = match contacts {
        true => hits
            .iter()
            .map(|hit| contacts_of(finder, &hit.id))
            .collect::<Result<_, _>>()?,
        false => Vec::new(),
    };
    let last = walk.is_done();
    Ok(match form {
        Form::Csv => csv(&hits, contacts.then_some(&whom), first).map_err(cannot)?,
        Form::Json => json(&hits, contacts.then_some(&whom), first, last).map_err(cannot)?,
        Form::Ris => hits.iter().map(ris_record).collect::<String>().into_bytes(),
    })
}

fn cannot(error: impl std::fmt::Display) -> Problem {
    tracing::error!("cannot write an export: {error}");
    Problem::fault()
}

fn csv(hits: &[Hit], contacts: Option<&Vec<String>>, first: bool) -> csv::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    if first {
        csv_header_with(&mut writer, contacts.map(|_| "contacts"))?;
    }
    for (place, hit) in hits.iter().enumerate() {
        let cell = contacts.and_then(|contacts| contacts.get(place));
        csv_row_with(&mut writer, hit, cell.map(|text| csv_cell(text)))?;
    }
    writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))
}

fn json(
    hits: &[Hit],
    contacts: Option<&Vec<String>>,
    first: bool,
    last: bool,
) -> serde_json::Result<Vec<u8>> {
    let mut text = String::from(if first { "[\n" } else { "" });
    for (place, hit) in hits.iter().enumerate() {
        if !(first && place == 0) {
            text.push_str(",\n");
        }
        let mut value = serde_json::to_value(hit)?;
        if let (Some(object), Some(whom)) = (
            value.as_object_mut(),
            contacts.and_then(|contacts| contacts.get(place)),
        ) {
            let whom: Vec<&str> = whom.split('|').filter(|text| !text.is_empty()).collect();
            object.insert("contacts".to_owned(), whom.into());
        }
        text.push_str(&json_line(&value)?);
    }
    if last {
        text.push_str("\n]\n");
    }
    Ok(text.into_bytes())
}

/// Whom to ask about a trial: the central contacts, then those of its sites, apart by `|`.
fn contacts_of(finder: &Finder, id: &str) -> Result<String, IndexError> {
    let index = finder.index();
    let searcher = index.searcher();
    let Some(place) = index.find(&searcher, id)?.first().copied() else {
        return Ok(String::new());
    };
    let trial = index.trial(&searcher, place)?;
    let module = trial.study.protocol_section.contacts_locations_module;
    let central = module
        .central_contacts
        .iter()
        .map(|contact| (contact, None));
    let of_sites = module.locations.iter().flat_map(|site| {
        let place = site.facility.as_ref().or(site.city.as_ref());
        site.contacts.iter().map(move |contact| (contact, place))
    });
    let said = central.chain(of_sites).map(|(contact, place)| {
        let parts = [&contact.name, &contact.phone, &contact.email];
        let parts = parts.into_iter().flatten().chain(place);
        let parts: Vec<String> = parts.map(|part| part.replace('|', "/")).collect();
        parts.join(", ")
    });
    let said: Vec<String> = said.collect();
    Ok(said.join("|"))
}
