//! What the values of fields are over all studies, and how large studies are.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use serde_json::{Value, json};

use crate::schema::{PieceKind, Pieces};
use crate::search::PieceStatistics;
use crate::server::api_v2::answer::{json as answer, wrong};
use crate::server::api_v2::parameters::Parameters;
use crate::server::problem::Problem;
use crate::server::state::App;
use crate::server::work::Aside;

/// The kinds of values that statistics tell apart.
const TYPES: [&str; 6] = ["ENUM", "STRING", "DATE", "INTEGER", "NUMBER", "BOOLEAN"];

/// Lengths of lists that are given, the most frequent first.
const MOST_SIZES: usize = 100;

fn type_of(kind: PieceKind) -> Option<&'static str> {
    Some(match kind {
        PieceKind::Enumeration(_) => "ENUM",
        PieceKind::Boolean => "BOOLEAN",
        PieceKind::Integer => "INTEGER",
        PieceKind::Text
        | PieceKind::Markup
        | PieceKind::GeoName
        | PieceKind::Nct
        | PieceKind::Age => "STRING",
        kind if kind.is_day() => "DATE",
        _ => return None,
    })
}

/// The pieces that were named, or all that `admits`.
fn named(parameters: &Parameters, admits: impl Fn(usize) -> bool) -> Result<Vec<usize>, Problem> {
    let pieces = Pieces::bundled();
    let names = parameters.list("fields")?;
    if names.is_empty() {
        return Ok((0..pieces.pieces.len())
            .filter(|piece| admits(*piece))
            .collect());
    }
    let mut found = Vec::with_capacity(names.len());
    for name in names {
        match pieces.piece(name).filter(|piece| admits(*piece)) {
            Some(piece) => found.push(piece),
            None => {
                return Err(wrong(format!(
                    "`fields` parameter: there are no such statistics of `{name}`"
                )));
            }
        }
    }
    Ok(found)
}

pub(super) async fn values(
    State(app): State<App>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let parameters = Parameters::read(query.as_deref(), &["types", "fields"])?;
    let types = parameters.list("types")?;
    if let Some(unknown) = types.iter().find(|kind| !TYPES.contains(kind)) {
        return Err(wrong(format!(
            "`types` parameter has unknown value `{unknown}`; known are {}",
            TYPES.join(", ")
        )));
    }
    let pieces = Pieces::bundled();
    let named = named(&parameters, |piece| {
        type_of(pieces.pieces[piece].kind).is_some()
    })?;
    let wanted: Vec<usize> = named
        .into_iter()
        .filter(|piece| {
            let kind = type_of(pieces.pieces[*piece].kind);
            types.is_empty() || kind.is_some_and(|kind| types.contains(&kind))
        })
        .collect();
    described(&app, wanted, of_values).await
}

/// Some pieces, each as it is described by its statistics.
async fn described(
    app: &App,
    wanted: Vec<usize>,
    describe: fn(usize, &PieceStatistics) -> Value,
) -> Result<Response, Problem> {
    let opened = app.opened()?;
    let found = match opened.finder.known_statistics(&wanted) {
        Some(known) => known,
        None => {
            let wanted = wanted.clone();
            let count = move || opened.finder.piece_statistics(&wanted);
            app.work_aside(Aside::Counting, count).await??
        }
    };
    let pieces = wanted.iter().zip(found);
    let all: Vec<Value> = pieces
        .map(|(piece, statistics)| describe(*piece, &statistics))
        .collect();
    answer(&all)
}

fn of_values(piece: usize, statistics: &PieceStatistics) -> Value {
    let piece = &Pieces::bundled().pieces[piece];
    let kind = type_of(piece.kind).unwrap_or("STRING");
    let mut said = json!({
        "type": kind,
        "piece": piece.name,
        "field": piece.path,
        "missingStudiesCount": statistics.missing,
    });
    let number = |text: &str| text.parse::<f64>().ok().map(|number| number as i64);
    match kind {
        "BOOLEAN" => {
            said["trueCount"] = json!(statistics.flags.0);
            said["falseCount"] = json!(statistics.flags.1);
        }
        "INTEGER" => {
            if let Some((low, high)) = &statistics.ends {
                said["min"] = json!(number(low));
                said["max"] = json!(number(high));
            }
            if let Some(mean) = statistics.mean {
                said["avg"] = json!(mean);
            }
        }
        "DATE" => {
            said["formats"] = json!(statistics.formats);
            if let Some((low, high)) = &statistics.ends {
                said["min"] = json!(low);
                said["max"] = json!(high);
            }
        }
        _ => {
            said["uniqueValuesCount"] = json!(statistics.unique);
            let top = statistics.top.iter();
            said["topValues"] = top
                .map(|(value, studies)| json!({ "value": value, "studiesCount": studies }))
                .collect();
            if let ("STRING", Some((length, id, text))) = (kind, &statistics.longest) {
                said["longest"] = json!({ "length": length, "nctId": id, "value": text });
            }
        }
    }
    said
}

pub(super) async fn list_sizes(
    State(app): State<App>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let parameters = Parameters::read(query.as_deref(), &["fields"])?;
    let pieces = Pieces::bundled();
    let wanted = named(&parameters, |piece| pieces.pieces[piece].is_list)?;
    described(&app, wanted, of_sizes).await
}

fn of_sizes(piece: usize, statistics: &PieceStatistics) -> Value {
    let piece = &Pieces::bundled().pieces[piece];
    let mut said = json!({
        "piece": piece.name,
        "field": piece.path,
        "uniqueSizesCount": statistics.sizes.len(),
    });
    let sizes = || statistics.sizes.iter().map(|(size, _)| *size);
    if let (Some(least), Some(most)) = (sizes().min(), sizes().max()) {
        said["minSize"] = json!(least);
        said["maxSize"] = json!(most);
        let top = statistics.sizes.iter().take(MOST_SIZES);
        said["topSizes"] = top
            .map(|(size, studies)| json!({ "size": size, "studiesCount": studies }))
            .collect();
    }
    said
}

pub(super) async fn sizes(
    State(app): State<App>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    Parameters::read(query.as_deref(), &[])?;
    let opened = app.opened()?;
    let sizes = match opened.finder.known_sizes() {
        Some(known) => known,
        None => {
            app.work_aside(Aside::Counting, move || opened.finder.study_sizes())
                .await??
        }
    };
    let percentiles: serde_json::Map<String, Value> = sizes
        .percentiles
        .iter()
        .map(|(percent, bytes)| (percent.to_string(), json!(bytes)))
        .collect();
    let largest = sizes.largest.iter();
    let ranges = sizes.ranges.iter();
    answer(&json!({
        "averageSizeBytes": sizes.mean,
        "largestStudies": largest
            .map(|(id, bytes)| json!({ "id": id, "sizeBytes": bytes }))
            .collect::<Vec<_>>(),
        "percentiles": percentiles,
        "ranges": ranges
            .map(|(from, below, studies)| json!({
                "sizeRange": format!("[{from} - {below})"),
                "studiesCount": studies,
            }))
            .collect::<Vec<_>>(),
        "totalStudies": sizes.studies,
    }))
}
