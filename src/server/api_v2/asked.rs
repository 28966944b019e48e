//! What the parameters of `/studies` ask, as a search.

use std::sync::Arc;

use jiff::civil::Date;

use crate::query::Query;
use crate::query::essie::{distance, parse_essie, trial_numbers};
use crate::schema::{Pieces, Searched, comparable_value};
use crate::search::{MOST_KEYS, Nearness, NearnessShape, StudiesRequest, StudyKey, StudyOrder};
use crate::server::api_v2::aggregations::{self, made};
use crate::server::api_v2::answer::wrong;
use crate::server::api_v2::parameters::Parameters;
use crate::server::problem::Problem;

/// The parameters that are expressions and score, with the area that each searches and what people call it.
const QUERIES: [(&str, &str, &str); 10] = [
    ("query.cond", "ConditionSearch", "Conditions or disease"),
    ("query.term", "BasicSearch", "Other terms"),
    ("query.locn", "LocationSearch", "Location terms"),
    ("query.titles", "TitleSearch", "Title / acronym"),
    (
        "query.intr",
        "InterventionSearch",
        "Intervention / treatment",
    ),
    ("query.outc", "OutcomeSearch", "Outcome measure"),
    ("query.spons", "SponsorSearch", "Sponsor / collaborator"),
    ("query.lead", "LeadSponsorName", "Lead sponsor"),
    ("query.id", "IdSearch", "Study IDs"),
    ("query.patient", "PatientSearch", "Patient"),
];

/// All parameters of `/studies`.
pub(super) const KNOWN: [&str; 29] = [
    "format",
    "markupFormat",
    "query.cond",
    "query.term",
    "query.locn",
    "query.titles",
    "query.intr",
    "query.outc",
    "query.spons",
    "query.lead",
    "query.id",
    "query.patient",
    "filter.overallStatus",
    "filter.geo",
    "filter.ids",
    "filter.advanced",
    "filter.synonyms",
    "postFilter.overallStatus",
    "postFilter.geo",
    "postFilter.ids",
    "postFilter.advanced",
    "postFilter.synonyms",
    "aggFilters",
    "geoDecay",
    "fields",
    "sort",
    "countTotal",
    "pageSize",
    "pageToken",
];

/// NCT numbers of a filter at most.
const MOST_NUMBERS: usize = 1_000;

/// Studies of a page: unless it is said, and at most.
const USUAL_PAGE: usize = 10;
const LARGEST_PAGE: usize = 1_000;

/// A search, and what its answer needs beside it.
pub(super) struct Asked {
    pub(super) request: StudiesRequest,
    /// The areas and pieces that expressions search, for `@query`.
    pub(super) queried: Vec<Searched>,
}

/// The search that parameters ask for.
pub(super) fn asked(parameters: &Parameters, today: Date) -> Result<Asked, Problem> {
    let pieces = Pieces::bundled();
    let mut expressions = Vec::new();
    let mut queried = Vec::new();
    let mut numbers: Option<Vec<String>> = None;
    for (name, area, label) in QUERIES {
        let Some(text) = parameters.get(name) else {
            continue;
        };
        queried.extend(pieces.resolve(area));
        match trial_numbers(text) {
            Some(typed) => narrow(&mut numbers, typed)?,
            None => expressions.push(expression(text, area, label)?),
        }
    }
    // Who asks for trials by their numbers gets these trials.
    let by_number = numbers.is_some();
    let mut filters = Vec::new();
    let mut has_point = false;
    for kind in ["filter", "postFilter"] {
        let of = |name: &str| format!("{kind}.{name}");
        let statuses = parameters.list(&of("overallStatus"))?;
        let geo = parameters.get(&of("geo"));
        let ids = parameters.list(&of("ids"))?;
        let advanced = parameters.get(&of("advanced"));
        let synonyms = parameters.list(&of("synonyms"))?;
        let statuses = status_filter(&statuses, &of("overallStatus"))?;
        let point = geo.map(|text| geo_filter(text, &of("geo"))).transpose()?;
        let advanced = advanced.map(|text| expression(text, "BasicSearch", &of("advanced")));
        let advanced = advanced.transpose()?;
        if !synonyms.is_empty() {
            return Err(wrong(format!(
                "`{}` parameter: the ids of synonyms are the registry's own and are not known here",
                of("synonyms")
            )));
        }
        let typed = match ids.is_empty() {
            true => None,
            false => Some(trial_numbers(&ids.join(" ")).ok_or_else(|| {
                wrong(format!(
                    "`{}` parameter must be a list of NCT numbers",
                    of("ids")
                ))
            })?),
        };
        if by_number {
            continue;
        }
        has_point |= point.is_some();
        filters.extend(statuses);
        filters.extend(point);
        filters.extend(advanced);
        if let Some(typed) = typed {
            narrow(&mut numbers, typed)?;
        }
    }
    let boxes = parameters.get("aggFilters").map(aggregations::expressions);
    for expression in boxes.transpose()?.unwrap_or_default() {
        let filter = made(&expression)?;
        if !by_number {
            filters.push(filter);
        }
    }
    let order = order(&parameters.list("sort")?)?;
    let nearness = nearness(parameters.get("geoDecay"))?;
    Ok(Asked {
        request: StudiesRequest {
            expressions,
            filters,
            numbers,
            order,
            nearness: has_point.then_some(nearness),
            limit: page_size(parameters.get("pageSize"))?,
            after: None,
            with_results: true,
            today,
            patience: Arc::default(),
        },
        queried,
    })
}

/// Some numbers that have to be among those that others asked for.
fn narrow(numbers: &mut Option<Vec<String>>, typed: Vec<String>) -> Result<(), Problem> {
    if typed.len() > MOST_NUMBERS {
        return Err(wrong(format!(
            "more than {MOST_NUMBERS} NCT numbers in one list"
        )));
    }
    match numbers {
        Some(known) => known.retain(|number| typed.contains(number)),
        None => *numbers = Some(typed),
    }
    Ok(())
}

fn expression(text: &str, area: &str, label: &str) -> Result<Query, Problem> {
    parse_essie(text, area, Pieces::bundled()).map_err(|error| {
        wrong(format!(
            "Error parsing query in {label}: {}",
            error.render(text)
        ))
    })
}

fn status_filter(statuses: &[&str], name: &str) -> Result<Option<Query>, Problem> {
    if statuses.is_empty() {
        return Ok(None);
    }
    let pieces = Pieces::bundled();
    let piece = pieces.piece("OverallStatus").unwrap_or_default();
    let known = pieces.values_of(piece);
    let mut areas = Vec::with_capacity(statuses.len());
    for typed in statuses {
        let comparable = comparable_value(typed);
        let status = known
            .iter()
            .find(|status| comparable_value(status) == comparable);
        let Some(status) = status else {
            let allowed: Vec<String> = known.iter().map(|status| format!("`{status}`")).collect();
            return Err(wrong(format!(
                "`{name}` parameter: Allowed values for enum field `{}` are {}",
                pieces.pieces[piece].path,
                allowed.join(", ")
            )));
        };
        areas.push(format!("AREA[OverallStatus]\"{status}\""));
    }
    made(&areas.join(" OR ")).map(Some)
}

fn geo_filter(text: &str, name: &str) -> Result<Query, Problem> {
    let inside = text
        .strip_prefix("distance(")
        .and_then(|rest| rest.strip_suffix(')'));
    match inside.filter(|inside| distance(inside).is_some()) {
        Some(inside) => made(&format!("AREA[LocationGeoPoint]DISTANCE[{inside}]")),
        None => Err(wrong(format!(
            "`{name}` parameter must be of the form `distance(latitude,longitude,distance)`, with a distance of up to 500mi or 805km"
        ))),
    }
}

fn order(items: &[&str]) -> Result<Vec<StudyOrder>, Problem> {
    if items.len() > MOST_KEYS {
        return Err(wrong(format!(
            "`sort` parameter: at most {MOST_KEYS} items are allowed"
        )));
    }
    let pieces = Pieces::bundled();
    items
        .iter()
        .map(|item| {
            let (name, direction) = match item.rsplit_once(':') {
                Some((name, direction @ ("asc" | "desc"))) => (name, Some(direction)),
                _ => (*item, None),
            };
            let unknown = || wrong(format!("`sort` parameter: `{item}` cannot be sorted by"));
            let (key, usual) = match name {
                "@relevance" => (StudyKey::Relevance, "desc"),
                name => {
                    let piece = pieces.piece(name).ok_or_else(unknown)?;
                    let kind = pieces.pieces[piece].kind;
                    if !kind.is_ordered() {
                        return Err(wrong(format!(
                            "`sort` parameter: `{name}` is no date and no number"
                        )));
                    }
                    let usual = if kind.is_day() { "desc" } else { "asc" };
                    (StudyKey::Piece(piece), usual)
                }
            };
            Ok(StudyOrder {
                key,
                descending: direction.unwrap_or(usual) == "desc",
            })
        })
        .collect()
}

fn page_size(text: Option<&str>) -> Result<usize, Problem> {
    let Some(text) = text else {
        return Ok(USUAL_PAGE);
    };
    let size: i32 = text.parse().ok().filter(|size| *size >= 0).ok_or_else(|| {
        wrong(format!(
            "`pageSize` parameter must be a whole number from 0, not `{text}`"
        ))
    })?;
    Ok(match usize::try_from(size).unwrap_or(USUAL_PAGE) {
        0 => USUAL_PAGE,
        size => size.min(LARGEST_PAGE),
    })
}

/// `func:exp,scale:300mi,offset:0mi,decay:0.5`, which is also what holds if nothing is said.
fn nearness(text: Option<&str>) -> Result<Nearness, Problem> {
    let text = text.unwrap_or("func:exp,scale:300mi,offset:0mi,decay:0.5");
    let read = || {
        let mut parts = text.split(',');
        let mut next = |name: &str| parts.next()?.strip_prefix(name);
        let shape = match next("func:")? {
            "gauss" => NearnessShape::Gauss,
            "exp" => NearnessShape::Exponential,
            "linear" => NearnessShape::Linear,
            _ => return None,
        };
        let found = Nearness {
            shape,
            scale: kilometres(next("scale:")?)?,
            offset: kilometres(next("offset:")?)?,
            decay: next("decay:")?.parse().ok()?,
        };
        let is_sound = found.scale > 0.0 && found.decay > 0.0 && found.decay < 1.0;
        (is_sound && parts.next().is_none()).then_some(found)
    };
    read().ok_or_else(|| {
        wrong(
            "`geoDecay` parameter must be of the form `func:exp,scale:300mi,offset:0mi,decay:0.5`, with a decay between 0 and 1",
        )
    })
}

fn kilometres(text: &str) -> Option<f64> {
    let (number, factor) = match text.strip_suffix("km") {
        Some(number) => (number, 1.0),
        None => (text.strip_suffix("mi")?, 1.609_344),
    };
    let number: f64 = number.parse().ok()?;
    (number.is_finite() && number >= 0.0).then_some(number * factor)
}
