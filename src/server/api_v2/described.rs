//! What the API says of itself: the fields of a study, search areas, enumerations, version.

use std::sync::LazyLock;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use serde_json::{Value, json};

use crate::schema::{Enumeration, PieceKind, Pieces};
use crate::server::api_v2::API_VERSION;
use crate::server::api_v2::answer::json as answer;
use crate::server::api_v2::legacy::legacy_value;
use crate::server::api_v2::parameters::Parameters;
use crate::server::problem::Problem;
use crate::server::state::App;

/// The time of day of a snapshot whose day alone is known.
const MIDNIGHT: &str = "T00:00:00";

pub(super) async fn version(
    State(app): State<App>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    Parameters::read(query.as_deref(), &[])?;
    let opened = app.opened()?;
    let day = app
        .work(move || opened.finder.index().data_as_of())
        .await?
        .map_err(crate::search::SearchError::from)?;
    let mut version = json!({ "apiVersion": API_VERSION });
    if let Some(day) = day {
        version["dataTimestamp"] = json!(format!("{day}{MIDNIGHT}"));
    }
    answer(&version)
}

pub(super) async fn metadata(RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let known = ["includeIndexedOnly", "includeHistoricOnly"];
    let parameters = Parameters::read(query.as_deref(), &known)?;
    let with_indexed = parameters.flag("includeIndexedOnly")?;
    parameters.flag("includeHistoricOnly")?;
    static PLAIN: LazyLock<Value> = LazyLock::new(|| fields(false));
    static INDEXED: LazyLock<Value> = LazyLock::new(|| fields(true));
    answer(if with_indexed { &*INDEXED } else { &*PLAIN })
}

/// The fields of a study as a tree.
fn fields(with_indexed: bool) -> Value {
    let pieces = Pieces::bundled();
    let mut roots: Vec<Value> = Vec::new();
    for (number, piece) in pieces.pieces.iter().enumerate() {
        let is_count = piece.kind == PieceKind::Count;
        if is_count && !with_indexed {
            continue;
        }
        let mut names: Vec<&str> = piece.path.split('.').collect();
        let Some(mut name) = names.pop() else {
            continue;
        };
        if is_count {
            name = piece.name;
        }
        let source = match piece.kind {
            PieceKind::Struct => "STRUCT",
            PieceKind::Markup => "MARKUP",
            PieceKind::Boolean => "BOOLEAN",
            PieceKind::Integer | PieceKind::Count => "NUMERIC",
            PieceKind::Date => "DATE",
            PieceKind::PartialDate => "PARTIAL_DATE",
            PieceKind::DateTime => "DATETIME",
            PieceKind::Age => "TIME",
            PieceKind::GeoPoint => "GEO_POINT",
            PieceKind::Enumeration(_) => "ENUM",
            PieceKind::Text | PieceKind::GeoName | PieceKind::Nct => "TEXT",
        };
        let kind = match piece.kind {
            PieceKind::Struct => piece.name.to_owned(),
            PieceKind::Count => "integer".to_owned(),
            _ => piece.source.trim_start_matches("enum ").to_owned(),
        };
        let list = if piece.is_list && piece.kind == PieceKind::Struct {
            "[]"
        } else {
            ""
        };
        let mut field = json!({
            "name": name,
            "piece": piece.name,
            "sourceType": source,
            "type": format!("{kind}{list}"),
        });
        if let PieceKind::Enumeration(_) = piece.kind {
            field["isEnum"] = json!(true);
        }
        if pieces.synonyms.contains(&number) {
            field["synonyms"] = json!(true);
        }
        if piece.kind == PieceKind::Struct {
            field["nested"] = json!(piece.name == "Location");
        }
        if is_count {
            field["indexedOnly"] = json!(true);
        }
        add(&mut roots, &names, field);
    }
    Value::Array(roots)
}

/// Puts a field below its parents, which stand before it in the table.
fn add(level: &mut Vec<Value>, parents: &[&str], field: Value) {
    let Some((first, rest)) = parents.split_first() else {
        level.push(field);
        return;
    };
    let parent = level.iter_mut().find(|known| known["name"] == **first);
    if let Some(parent) = parent.and_then(Value::as_object_mut) {
        let children = parent
            .entry("children")
            .or_insert_with(|| Value::Array(Vec::new()));
        if let Some(children) = children.as_array_mut() {
            add(children, rest, field);
        }
    }
}

pub(super) async fn search_areas(RawQuery(query): RawQuery) -> Result<Response, Problem> {
    Parameters::read(query.as_deref(), &[])?;
    static AREAS: LazyLock<Value> = LazyLock::new(areas);
    answer(&*AREAS)
}

fn areas() -> Value {
    let pieces = Pieces::bundled();
    let areas = pieces.areas.iter().map(|area| {
        let parts = area.pieces.iter().map(|(piece, weight)| {
            let known = &pieces.pieces[*piece];
            let kind = known.source.trim_start_matches("enum ");
            json!({
                "pieces": [known.name],
                "type": kind.trim_end_matches("[]"),
                "weight": f64::from((*weight * 1000.0).round()) / 1000.0,
                "isEnum": matches!(known.kind, PieceKind::Enumeration(_)),
                "isSynonyms": pieces.synonyms.contains(piece),
            })
        });
        let mut described = json!({ "name": area.name, "parts": parts.collect::<Vec<_>>() });
        if let Some(param) = &area.param {
            described["param"] = json!(param.trim_start_matches("query."));
        }
        if let Some(label) = &area.label {
            described["uiLabel"] = json!(label);
        }
        described
    });
    json!([{ "name": "Study", "areas": areas.collect::<Vec<_>>() }])
}

pub(super) async fn enumerations(RawQuery(query): RawQuery) -> Result<Response, Problem> {
    Parameters::read(query.as_deref(), &[])?;
    static VALUES: LazyLock<Value> = LazyLock::new(|| {
        let pieces = Pieces::bundled();
        let all = pieces.enumerations.iter().enumerate();
        Value::Array(
            all.map(|(place, known)| enumeration(place, known))
                .collect(),
        )
    });
    answer(&*VALUES)
}

fn enumeration(place: usize, known: &Enumeration) -> Value {
    let pieces = Pieces::bundled().pieces.iter();
    let of_it = pieces.filter(|piece| piece.kind == PieceKind::Enumeration(place));
    let values = known
        .values
        .iter()
        .map(|value| json!({ "value": value, "legacyValue": legacy_value(known, value) }));
    json!({
        "type": known.name,
        "pieces": of_it.map(|piece| piece.name).collect::<Vec<_>>(),
        "values": values.collect::<Vec<_>>(),
    })
}
