//! The search page: the box, facets, what was understood, the hits as cards. Works without a script.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};

use crate::render::{Card, Link, count};
use crate::schema::FacetElement;
use crate::search::{Finder, Hits, Request};
use crate::server::options::Limits;
use crate::server::page::choices::{
    Chip, FacetView, SortView, address, canonical, chips, facets, sorts,
};
use crate::server::page::layout::{Layout, html, similar_address, trial_address};
use crate::server::page::notices::{NoticeView, notices};
use crate::server::page::selection::Selection;
use crate::server::parameters::{Parameters, request, sort};
use crate::server::problem::Problem;
use crate::server::state::App;

/// Facets beside the hits, in their order; those that are filtered by are there as well.
const SHOWN: [FacetElement; 10] = [
    FacetElement::OverallStatus,
    FacetElement::Phase,
    FacetElement::InterventionType,
    FacetElement::LocationCountry,
    FacetElement::StudyType,
    FacetElement::StdAge,
    FacetElement::Sex,
    FacetElement::HasResults,
    FacetElement::StartYear,
    FacetElement::VerificationState,
];

/// Hits of one page of people's reading at most.
const MOST_CARDS: usize = 100;

/// A page among others.
pub(super) struct PageLink {
    pub(super) number: usize,
    pub(super) address: String,
    pub(super) here: bool,
}

/// The hits of an answer as they are shown on any page.
pub(super) struct Results {
    pub(super) total: String,
    /// Which of them are shown.
    pub(super) range: String,
    pub(super) cards: Vec<Card>,
    pub(super) pages: Vec<PageLink>,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
    /// The first page, if this one is behind the last.
    pub(super) instead: Option<String>,
    pub(super) data_as_of: String,
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    layout: Layout,
    path: String,
    q: String,
    near: String,
    within: String,
    /// What the form keeps without showing it.
    kept: Vec<(String, String)>,
    like: Option<(String, String)>,
    chips: Vec<Chip>,
    clear: String,
    notices: Vec<NoticeView>,
    facets: Vec<FacetView>,
    sorts: Vec<SortView>,
    results: Results,
    here: String,
    export: String,
    nothing: bool,
}

/// Answers with the search page.
pub(super) async fn search(
    State(app): State<App>,
    headers: HeaderMap,
    RawQuery(asked): RawQuery,
) -> Result<Response, Problem> {
    page(app, &headers, asked, None).await
}

/// Answers with trials like one.
pub(super) async fn similar(
    State(app): State<App>,
    headers: HeaderMap,
    Path(id): Path<String>,
    RawQuery(asked): RawQuery,
) -> Result<Response, Problem> {
    page(app, &headers, asked, Some(id)).await
}

async fn page(
    app: App,
    headers: &HeaderMap,
    asked: Option<String>,
    like: Option<String>,
) -> Result<Response, Problem> {
    let asked = asked.unwrap_or_default();
    let parameters = Parameters::read(asked.as_bytes())?;
    let path = like
        .as_deref()
        .map_or_else(|| "/search".to_owned(), similar_address);
    // A form without a script sends its empty fields too; the address is to hold the search and nothing else.
    if parameters.pairs().any(|(_, value)| value.trim().is_empty()) {
        return Ok(Redirect::to(&address(&path, &parameters)).into_response());
    }
    let selection = Selection::of(headers);
    let opened = app.opened()?;
    let today = app.today();
    let limits = app.options().limits.clone();
    let work = move || -> Result<Response, Problem> {
        let finder = &opened.finder;
        parameters.check(finder, &["page"])?;
        let (mut request, page) = paged(&parameters, finder, &limits, today)?;
        if like.is_some() {
            request.like.clone_from(&like);
            request.sort = sort(&parameters, &request)?;
        }
        let hits = finder.search(&request)?;
        let clean = canonical(&parameters, &request, finder);
        let like = like.map(|id| {
            let address = trial_address(&id, "");
            (id, address)
        });
        let view = SearchPage {
            results: results(&path, &clean, &request, &hits, page, finder, &selection),
            layout: Layout::new(title(&request, like.as_ref()), selection.len()),
            q: request.query.text.clone(),
            near: text(&clean, "near"),
            within: text(&clean, "within"),
            kept: kept(&clean, finder),
            chips: chips(&path, &clean, &request, finder),
            clear: address(&path, &clean.without(|name, _| name != "q")),
            notices: notices(&path, &clean, &hits),
            facets: facets(&hits.facets, &request.facets),
            sorts: sorts(&request),
            here: address(&path, &parameters),
            export: export_address(&clean, like.as_ref().map(|(id, _)| id.as_str())),
            nothing: hits.total == 0,
            like,
            path,
        };
        html(&view)
    };
    app.work(work).await?
}

/// The request of a page, and which page it is, from 1.
pub(super) fn paged(
    parameters: &Parameters,
    finder: &Finder,
    limits: &Limits,
    today: jiff::civil::Date,
) -> Result<(Request, usize), Problem> {
    let limits = Limits {
        page_size: limits.page_size.min(MOST_CARDS),
        ..limits.clone()
    };
    let mut request = request(parameters, finder, &limits, today)?;
    request.limit = request.limit.max(1);
    let most = limits.offset / request.limit + 1;
    let page = parameters.number("page", most)?.unwrap_or(1).max(1);
    request.offset = (page - 1) * request.limit;
    if parameters.one("facets")?.is_none() {
        let fields = finder.index().fields();
        let shown = SHOWN.iter().filter_map(|element| {
            let facet = fields.facets.iter().find(|facet| facet.element == *element);
            facet.map(|facet| facet.name.clone())
        });
        let filtered = request.filters.iter().map(|filter| filter.facet.clone());
        let mut names: Vec<String> = Vec::new();
        for name in shown.chain(filtered) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        request.facets = names;
    }
    Ok((request, page))
}

fn text(parameters: &Parameters, name: &str) -> String {
    let value = parameters.all(name).next();
    value.unwrap_or_default().to_owned()
}

/// What the form has no field of its own for.
fn kept(clean: &Parameters, finder: &Finder) -> Vec<(String, String)> {
    let fields = finder.index().fields();
    let own = |name: &str| {
        matches!(name, "q" | "near" | "within" | "sort") || fields.facet(name).is_some()
    };
    let kept = clean.pairs().filter(|(name, _)| !own(name));
    kept.map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn title(request: &Request, like: Option<&(String, String)>) -> String {
    let q = request.query.text.trim();
    match (like, q) {
        (Some((id, _)), _) => format!("Trials like {id}"),
        (None, "") => "All trials".to_owned(),
        (None, q) => format!("{q} · Search"),
    }
}

/// Where the whole result is to be had as a file.
fn export_address(clean: &Parameters, like: Option<&str>) -> String {
    let whole = clean.without(|name, _| matches!(name, "limit" | "facets" | "snippets"));
    let whole = match like {
        Some(id) => whole.and("like", id),
        None => whole,
    };
    address("/export", &whole.and("format", ""))
}

/// The hits with their pages.
pub(super) fn results(
    path: &str,
    clean: &Parameters,
    request: &Request,
    hits: &Hits,
    page: usize,
    finder: &Finder,
    selection: &Selection,
) -> Results {
    // A trial's page marks the words, and leads back to the whole search.
    let whole = match page {
        1 => clean.clone(),
        page => clean.clone().and("page", &page.to_string()),
    };
    let words = whole.encoded();
    let cards = hits.hits.iter().map(|hit| {
        let link = Link {
            trial: trial_address(&hit.id, &words),
            similar: similar_address(&hit.id),
            with_story: false,
        };
        let tick = Some(selection.has(&hit.id));
        Card::new(hit, finder.index().vocabulary(), link, tick)
    });
    let total = usize::try_from(hits.total).unwrap_or(usize::MAX);
    let last = total.div_ceil(request.limit).max(1);
    let to = |number: usize| {
        let base = clean.clone();
        match number {
            1 => address(path, &base),
            number => address(path, &base.and("page", &number.to_string())),
        }
    };
    let first = request.offset + 1;
    Results {
        total: count(hits.total),
        range: match hits.hits.len() {
            0 => String::new(),
            shown => format!(
                "{} to {}",
                count(first as u64),
                count((first + shown - 1) as u64)
            ),
        },
        instead: (page > last).then(|| to(1)),
        cards: cards.collect(),
        pages: around(page, last)
            .into_iter()
            .map(|number| PageLink {
                number,
                address: to(number),
                here: number == page,
            })
            .collect(),
        before: (page > 1).then(|| to(page - 1)),
        after: (page < last).then(|| to(page + 1)),
        data_as_of: hits.data_as_of.clone().unwrap_or_default(),
    }
}

/// The pages that are named: those around this one.
fn around(page: usize, last: usize) -> Vec<usize> {
    const EACH_SIDE: usize = 3;
    if last <= 1 {
        return Vec::new();
    }
    let from = page.saturating_sub(EACH_SIDE).max(1);
    let to = (page + EACH_SIDE).min(last);
    (from..=to).collect()
}
