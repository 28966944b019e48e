//! How the lines of a documented search are searched beside their words and filters: a log keeps it, a rerun takes it up again.
//! The story of a patient is never kept.

use serde::{Deserialize, Serialize};

use crate::query::Query;
use crate::search::request::{Request, Sort};
use crate::search::sites::SiteFilter;

/// What held for every line of a documented search beside its words and filters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SearchSettings {
    /// Where a site had to be; the place as it was found then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub near: Option<SiteFilter>,
    /// The trial that others had to be like, by any of its ids.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub like: Option<String>,
    /// Whether any of the required parts would do.
    pub any: bool,
    /// Whether what stands for the typed words was searched as well.
    pub expand: bool,
    /// The order.
    pub sort: Sort,
    /// Weights of text fields that differed from the schema's, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub weights: Vec<(String, f32)>,
    /// BM25F saturation, if it differed from the schema's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub k1: Option<f32>,
    /// BM25F length normalisation, if it differed from the schema's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub b: Option<f32>,
    /// The power of inverse document frequency, if it differed from the schema's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rarity: Option<f32>,
    /// Whether what the best trials have in common brought others like them forward.
    pub feedback: bool,
}

impl Default for SearchSettings {
    fn default() -> SearchSettings {
        SearchSettings::of(&Request::new(Query::of_words("")))
    }
}

impl SearchSettings {
    /// Those of a request.
    pub(super) fn of(request: &Request) -> SearchSettings {
        SearchSettings {
            near: request.near.clone(),
            like: request.like.clone(),
            any: request.any,
            expand: request.expand,
            sort: request.sort,
            weights: request.weights.clone(),
            k1: request.k1,
            b: request.b,
            rarity: request.rarity,
            feedback: request.feedback,
        }
    }

    /// The numbers that were set, by name.
    pub(super) fn numbers(&self) -> impl Iterator<Item = (&str, f32)> {
        let weights = self
            .weights
            .iter()
            .map(|(name, weight)| (name.as_str(), *weight));
        let ranking = [("k1", self.k1), ("b", self.b), ("rarity", self.rarity)];
        weights.chain(
            ranking
                .into_iter()
                .filter_map(|(name, number)| Some((name, number?))),
        )
    }

    /// A request with them.
    pub(super) fn request(&self, query: Query) -> Request {
        let SearchSettings {
            near,
            like,
            any,
            expand,
            sort,
            weights,
            k1,
            b,
            rarity,
            feedback,
        } = self.clone();
        Request {
            near,
            like,
            any,
            expand,
            sort,
            weights,
            k1,
            b,
            rarity,
            feedback,
            ..Request::new(query)
        }
    }
}
