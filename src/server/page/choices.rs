//! What is chosen in a search, said back in one writing, so that every choice can be taken back by a link.

use crate::render::count;
use crate::schema::{NOT_STATED, UNRECOGNISED};
use crate::search::{FacetCounts, Finder, Request, Sort};
use crate::server::parameters::Parameters;

/// Values of a facet that are shown without being asked for.
const MOST_VALUES: usize = 7;

/// Values of a facet that are shown at all; countries of the world fit in.
const MOST_OF_ALL: usize = 250;

/// A choice that can be taken back.
pub(super) struct Chip {
    pub(super) label: String,
    pub(super) value: String,
    /// The search without it.
    pub(super) without: String,
}

/// A facet beside the hits.
pub(super) struct FacetView {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) shown: Vec<ValueView>,
    pub(super) more: Vec<ValueView>,
    /// Whether it is shown opened.
    pub(super) open: bool,
}

/// A value of a facet.
pub(super) struct ValueView {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) count: String,
    pub(super) chosen: bool,
}

/// The parameters of a search with every filter by its facet's name and its values as the index has them, without what says
/// nothing and without the page.
pub(super) fn canonical(parameters: &Parameters, request: &Request, finder: &Finder) -> Parameters {
    let fields = finder.index().fields();
    let mut clean = parameters.without(|name, value| {
        value.trim().is_empty()
            || matches!(name, "page" | "filter" | "not_verified" | "offset")
            || fields.facet(name).is_some()
    });
    for filter in &request.filters {
        for value in &filter.values {
            clean = clean.and(&filter.facet, value);
        }
    }
    clean
}

/// The search that parameters say, below an address.
pub(super) fn address(path: &str, parameters: &Parameters) -> String {
    match parameters.encoded() {
        encoded if encoded.is_empty() => path.to_owned(),
        encoded => format!("{path}?{encoded}"),
    }
}

/// What is chosen.
pub(super) fn chips(
    path: &str,
    clean: &Parameters,
    request: &Request,
    finder: &Finder,
) -> Vec<Chip> {
    let mut chips = Vec::new();
    let fields = finder.index().fields();
    for filter in &request.filters {
        let Some((_, facet)) = fields.facet(&filter.facet) else {
            continue;
        };
        for value in &filter.values {
            let left = clean.without(|name, known| name == filter.facet && known == value);
            chips.push(Chip {
                label: facet.label.clone(),
                value: finder.label(facet.vocabulary.as_deref(), value),
                without: address(path, &left),
            });
        }
    }
    if let Some(near) = &request.near {
        let left = clean.without(|name, _| matches!(name, "near" | "within" | "site_status"));
        chips.push(Chip {
            label: "Near".to_owned(),
            value: format!("{} ({:.0} km)", near.place.name, near.km),
            without: address(path, &left),
        });
    }
    let mut flag = |name: &str, on: bool, value: &str| {
        if on {
            chips.push(Chip {
                label: "Search".to_owned(),
                value: value.to_owned(),
                without: address(path, &clean.without(|known, _| known == name)),
            });
        }
    };
    flag("exact", !request.expand, "only the words typed");
    flag("no_widen", !request.widen, "not widened");
    flag("any", request.any, "any of the words");
    chips
}

/// The facets with their counts; what is chosen and what is not stated is always among what is shown.
/// They stand in the order that they were asked for in.
pub(super) fn facets(counts: &[FacetCounts], order: &[String]) -> Vec<FacetView> {
    let counted = order.iter().filter_map(|name| {
        let mut counts = counts.iter();
        counts.find(|facet| facet.name == *name && !facet.buckets.is_empty())
    });
    counted
        .enumerate()
        .map(|(place, facet)| {
            let (mut shown, mut more) = (Vec::new(), Vec::new());
            for (place, bucket) in facet.buckets.iter().enumerate() {
                let unknown = bucket.value == NOT_STATED || bucket.value == UNRECOGNISED;
                let value = ValueView {
                    value: bucket.value.clone(),
                    label: bucket.label.clone(),
                    count: count(bucket.count),
                    chosen: bucket.chosen,
                };
                if place < MOST_VALUES || bucket.chosen || unknown {
                    shown.push(value);
                } else if more.len() < MOST_OF_ALL {
                    more.push(value);
                }
            }
            let chosen = facet.buckets.iter().any(|bucket| bucket.chosen);
            FacetView {
                name: facet.name.clone(),
                label: facet.label.clone(),
                shown,
                more,
                open: chosen || place < OPEN,
            }
        })
        .collect()
}

/// Facets that are shown opened.
const OPEN: usize = 4;

/// An order to choose.
pub(super) struct SortView {
    /// Its name; nothing for the order that holds anyway, so that it stands in no address and another search has its own.
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) chosen: bool,
}

/// The orders that make sense for a search.
pub(super) fn sorts(request: &Request) -> Vec<SortView> {
    let sorts = Sort::NAMES.iter().filter(|(_, sort)| match sort {
        Sort::Distance => request.has_place(),
        _ => true,
    });
    sorts
        .map(|(name, sort)| SortView {
            name: match *sort == request.usual_sort() {
                true => "",
                false => name,
            },
            label: match sort {
                Sort::Relevance => "Best match",
                Sort::Start => "Latest start",
                Sort::Updated => "Last updated",
                Sort::Enrollment => "Most participants",
                Sort::Id => "Id",
                Sort::Distance => "Nearest site",
            },
            chosen: *sort == request.sort,
        })
        .collect()
}
