//! What a search is asked for.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::query::Query;
use crate::search::documented::FrozenConcept;
use crate::search::patient::PatientQuery;
use crate::search::sites::SiteFilter;

/// The order of hits. Ties go to the latest update and then to the lower id, so every order is total.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Sort {
    /// Best score first.
    Relevance,
    /// Latest start first; trials without a start last.
    Start,
    /// Latest update first.
    Updated,
    /// Most participants first.
    Enrollment,
    /// By id.
    Id,
    /// Nearest site first; needs [`Request::near`].
    Distance,
}

impl Sort {
    /// The orders by name.
    pub const NAMES: [(&'static str, Sort); 6] = [
        ("relevance", Sort::Relevance),
        ("start", Sort::Start),
        ("updated", Sort::Updated),
        ("enrollment", Sort::Enrollment),
        ("id", Sort::Id),
        ("distance", Sort::Distance),
    ];
}

/// A choice of values of one facet: trials with any of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// The facet's name.
    pub facet: String,
    /// Its values, as the index has them.
    pub values: Vec<String>,
}

/// A search.
#[derive(Clone, Debug)]
pub struct Request {
    /// What is asked, parsed.
    pub query: Query,
    /// The trial that others are to be like, by any of its ids: ranked by how much of what it says they say, never itself; the
    /// query's words, if there are any, are required beside that.
    pub like: Option<String>,
    /// A patient's story ([`crate::search::Finder::read_patient`]): trials rank by any of what it says; the query's words, if
    /// there are any, are required beside it.
    pub patient: Option<PatientQuery>,
    /// Whether any of the query's required parts will do, the best matches first, instead of all of them.
    pub any: bool,
    /// Which trials may be among the hits: all filters hold. Filters never change scores.
    pub filters: Vec<Filter>,
    /// Trials with a site near a place only. Counts as a filter.
    pub near: Option<SiteFilter>,
    /// Names of the facets to count.
    pub facets: Vec<String>,
    /// The order.
    pub sort: Sort,
    /// How many hits.
    pub limit: usize,
    /// How many better hits are left out first.
    pub offset: usize,
    /// Weights of text fields that differ from the schema's, by name.
    pub weights: Vec<(String, f32)>,
    /// BM25F saturation, if it differs from the schema's.
    pub k1: Option<f32>,
    /// BM25F length normalisation, if it differs from the schema's.
    pub b: Option<f32>,
    /// The power of inverse document frequency, if it differs from the schema's.
    pub rarity: Option<f32>,
    /// Whether what the best trials have in common brings others like them forward. Which trials are found stays as it is.
    pub feedback: bool,
    /// Passages a hit; 0 for none.
    pub passages: usize,
    /// Whether to show how each score comes about.
    pub explain: bool,
    /// Whether a search that finds nothing may be widened, step by step and announced. Exports never do.
    pub widen: bool,
    /// Whether a search that is not widened says how it may have been meant.
    pub offer: bool,
    /// Whether what stands for the typed words is searched as well: abbreviations, synonyms, other names.
    pub expand: bool,
    /// What the words were expanded to when the search was logged; searched instead of what they would be expanded to now.
    pub frozen: Option<Vec<FrozenConcept>>,
    /// The day of the search, which decides what is not verified for too long.
    pub today: Date,
}

impl Request {
    /// A search with the defaults: ten hits by relevance with three passages each.
    pub fn new(query: Query) -> Request {
        Request {
            query,
            like: None,
            patient: None,
            any: false,
            filters: Vec::new(),
            near: None,
            facets: Vec::new(),
            sort: Sort::Relevance,
            limit: 10,
            offset: 0,
            weights: Vec::new(),
            k1: None,
            b: None,
            rarity: None,
            feedback: false,
            passages: 3,
            explain: false,
            widen: true,
            offer: false,
            expand: true,
            frozen: None,
            today: jiff::Zoned::now().date(),
        }
    }

    /// The same search kept to what was typed, as one is that is documented: what it might be widened to is offered.
    pub fn documented(self) -> Request {
        Request {
            offer: self.widen,
            widen: false,
            ..self
        }
    }
}
