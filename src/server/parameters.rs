//! What an address or a form asks for, as pairs in their order, and the search request that they make. The names are those of
//! the command line's options; `_` and `-` are the same in them.

use jiff::civil::Date;

use crate::query::{self, Query};
use crate::search::{
    Filter, Finder, Request, Sort, choose, chosen_values, counted_facets, kilometres, near_filter,
    not_verified,
};
use crate::server::options::Limits;
use crate::server::problem::Problem;

/// Hits of an answer that does not say how many.
pub(crate) const USUAL_LIMIT: usize = 10;

/// Passages of a hit at most.
const MOST_PASSAGES: usize = 20;

/// Pairs at most: more values of facets than any facet of people's reading has.
const MOST_PAIRS: usize = 2_000;

/// The names that make a search, beside those of facets.
const NAMES: [&str; 21] = [
    "q",
    "filter",
    "not_verified",
    "near",
    "within",
    "site_status",
    "sort",
    "limit",
    "offset",
    "facets",
    "snippets",
    "no_snippets",
    "weight",
    "k1",
    "b",
    "rarity",
    "feedback",
    "exact",
    "explain",
    "no_widen",
    "any",
];

/// Names and values in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// The pairs of a query string or of a form.
    ///
    /// # Errors
    /// Too many pairs.
    pub(crate) fn read(encoded: &[u8]) -> Result<Parameters, Problem> {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(encoded)
            .take(MOST_PAIRS + 1)
            .map(|(name, value)| (name.replace('-', "_"), value.into_owned()))
            .collect();
        if pairs.len() > MOST_PAIRS {
            return Err(Problem::new(
                axum::http::StatusCode::BAD_REQUEST,
                format!("more than {MOST_PAIRS} parameters"),
            ));
        }
        Ok(Parameters(pairs))
    }

    /// All pairs.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The values of a name that say something.
    pub(crate) fn all<'p>(&'p self, name: &'p str) -> impl Iterator<Item = &'p str> {
        self.pairs()
            .filter(move |(known, value)| *known == name && !value.trim().is_empty())
            .map(|(_, value)| value)
    }

    /// The value of a name.
    ///
    /// # Errors
    /// Several that differ.
    pub(crate) fn one(&self, name: &str) -> Result<Option<&str>, Problem> {
        let mut first = None;
        for (known, value) in self.pairs() {
            if known != name || value.trim().is_empty() || first == Some(value) {
                continue;
            }
            if first.is_some() {
                return Err(Problem::parameter(
                    name,
                    format!("`{name}` is given more than once"),
                ));
            }
            first = Some(value);
        }
        Ok(first)
    }

    /// Whether a name is asked for: alone, or as yes.
    ///
    /// # Errors
    /// A value that is neither yes nor no.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Problem> {
        let mut asked = false;
        for (known, value) in self.pairs() {
            if known == name {
                asked = match value.trim() {
                    "" | "1" | "true" | "yes" | "on" => true,
                    "0" | "false" | "no" | "off" => false,
                    _ => {
                        return Err(Problem::parameter(
                            name,
                            format!("`{name}` is 1 or 0, not `{}`", brief(value)),
                        ));
                    }
                };
            }
        }
        Ok(asked)
    }

    /// A whole number up to a most.
    ///
    /// # Errors
    /// No number, or a larger one.
    pub(crate) fn number(&self, name: &str, most: usize) -> Result<Option<usize>, Problem> {
        let Some(text) = self.one(name)? else {
            return Ok(None);
        };
        match text.trim().parse::<usize>() {
            Ok(number) if number <= most => Ok(Some(number)),
            _ => Err(Problem::parameter(
                name,
                format!(
                    "`{name}` is a whole number from 0 to {most}, not `{}`",
                    brief(text)
                ),
            )),
        }
    }

    fn fraction(&self, name: &str) -> Result<Option<f32>, Problem> {
        let Some(text) = self.one(name)? else {
            return Ok(None);
        };
        match text.trim().parse::<f32>() {
            Ok(number) if number.is_finite() => Ok(Some(number)),
            _ => Err(Problem::parameter(
                name,
                format!("`{name}` is a number, not `{}`", brief(text)),
            )),
        }
    }

    /// These pairs without some.
    pub(crate) fn without(&self, left_out: impl Fn(&str, &str) -> bool) -> Parameters {
        let kept = self.0.iter().filter(|(name, value)| !left_out(name, value));
        Parameters(kept.cloned().collect())
    }

    /// These pairs and one more.
    pub(crate) fn and(mut self, name: &str, value: &str) -> Parameters {
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The query string that says the same, without what says nothing.
    pub(crate) fn encoded(&self) -> String {
        let mut out = form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.0 {
            if !value.trim().is_empty() {
                out.append_pair(name, value);
            }
        }
        out.finish()
    }

    /// Refuses names that mean nothing here: a filter that is misspelt must not be passed over.
    ///
    /// # Errors
    /// The first of them.
    pub(crate) fn check(&self, finder: &Finder, more: &[&str]) -> Result<(), Problem> {
        let fields = finder.index().fields();
        let unknown = self.pairs().find(|(name, _)| {
            !NAMES.contains(name) && !more.contains(name) && fields.facet(name).is_none()
        });
        match unknown {
            None => Ok(()),
            Some((name, _)) => {
                let facets = fields.facets.iter().map(|facet| facet.name.as_str());
                let known: Vec<&str> = NAMES
                    .into_iter()
                    .chain(more.iter().copied())
                    .chain(facets)
                    .collect();
                Err(
                    Problem::parameter(name, format!("unknown parameter `{}`", brief(name)))
                        .hint(format!("known are {}", known.join(", "))),
                )
            }
        }
    }
}

/// As much of a text as a message can hold.
pub(crate) fn brief(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// The words of a query, parsed.
///
/// # Errors
/// A query that is not understood, or too long.
pub(crate) fn query(text: &str, finder: &Finder, limits: &Limits) -> Result<Query, Problem> {
    if text.len() > limits.words {
        return Err(Problem::parameter(
            "q",
            format!(
                "the query is {} bytes long and at most {} are read",
                text.len(),
                limits.words
            ),
        )
        .hint("leave words out, or search in several steps"));
    }
    query::parse(text, finder.index().fields()).map_err(|error| Problem::query(&error, text))
}

/// The filters of the facets, in the order that they are named in.
///
/// # Errors
/// An unknown facet or value.
fn filters(parameters: &Parameters, finder: &Finder) -> Result<Vec<Filter>, Problem> {
    let mut filters = Vec::new();
    for (name, value) in parameters.pairs() {
        let (facet, text) = match name {
            "filter" => match value.split_once('=') {
                Some((facet, text)) => (facet.trim().replace('-', "_"), text),
                None => {
                    return Err(Problem::parameter(
                        "filter",
                        "a facet, `=` and a value are wanted",
                    ));
                }
            },
            name if finder.index().fields().facet(name).is_some() => (name.to_owned(), value),
            _ => continue,
        };
        if text.trim().is_empty() {
            continue;
        }
        let values =
            chosen_values(finder, &facet, text).map_err(|error| Problem::from(error).of(&facet))?;
        choose(&mut filters, facet, values);
    }
    if parameters.flag("not_verified")? {
        let Some((facet, values)) = not_verified(finder) else {
            return Err(Problem::parameter(
                "not_verified",
                "`not_verified` is a facet that this schema has not",
            ));
        };
        choose(&mut filters, facet, values);
    }
    Ok(filters)
}

/// The search that parameters ask for.
///
/// # Errors
/// The first thing that cannot be understood, or is too much.
pub(crate) fn request(
    parameters: &Parameters,
    finder: &Finder,
    limits: &Limits,
    today: Date,
) -> Result<Request, Problem> {
    let query = query(parameters.one("q")?.unwrap_or_default(), finder, limits)?;
    let filters = filters(parameters, finder)?;
    let near = match parameters.one("near")? {
        None => None,
        Some(place) => {
            let within = parameters.one("within")?.map(kilometres).transpose();
            let within = within.map_err(|error| Problem::parameter("within", error))?;
            let statuses: Vec<String> = parameters.all("site_status").map(str::to_owned).collect();
            let filter = near_filter(finder, place, within, &statuses, &filters);
            Some(filter.map_err(|error| Problem::from(error).of("near"))?)
        }
    };
    let passages = parameters.number("snippets", MOST_PASSAGES)?.unwrap_or(3);
    let mut request = Request {
        facets: counted_facets(parameters.one("facets")?, &filters, finder),
        filters,
        near,
        limit: parameters
            .number("limit", limits.page_size)?
            .unwrap_or(USUAL_LIMIT),
        offset: parameters.number("offset", limits.offset)?.unwrap_or(0),
        weights: weights(parameters)?,
        k1: parameters.fraction("k1")?,
        b: parameters.fraction("b")?,
        rarity: parameters.fraction("rarity")?,
        feedback: parameters.flag("feedback")?,
        passages: if parameters.flag("no_snippets")? {
            0
        } else {
            passages
        },
        explain: parameters.flag("explain")?,
        widen: !parameters.flag("no_widen")?,
        expand: !parameters.flag("exact")?,
        any: parameters.flag("any")?,
        today,
        ..Request::new(query)
    };
    request.sort = sort(parameters, &request)?;
    Ok(request)
}

/// The order that is asked for, or the usual one.
///
/// # Errors
/// An unknown order, or one by distance from nowhere.
pub(crate) fn sort(parameters: &Parameters, request: &Request) -> Result<Sort, Problem> {
    let Some(text) = parameters.one("sort")? else {
        return Ok(request.usual_sort());
    };
    let named = Sort::NAMES.iter().find(|(name, _)| *name == text.trim());
    match named {
        Some((_, Sort::Distance)) if !request.has_place() => Err(Problem::parameter(
            "sort",
            "the order by distance without a place",
        )
        .hint("name one with `near`, as in `near=Lyon, France`")),
        Some((_, sort)) => Ok(*sort),
        None => {
            let known: Vec<&str> = Sort::NAMES.iter().map(|(name, _)| *name).collect();
            Err(
                Problem::parameter("sort", format!("unknown order `{}`", brief(text)))
                    .hint(format!("known are {}", known.join(", "))),
            )
        }
    }
}

fn weights(parameters: &Parameters) -> Result<Vec<(String, f32)>, Problem> {
    let weight = |text: &str| {
        let (name, number) = text.split_once('=')?;
        Some((name.trim().to_owned(), number.trim().parse().ok()?))
    };
    parameters
        .all("weight")
        .map(|text| {
            weight(text).ok_or_else(|| {
                Problem::parameter(
                    "weight",
                    format!(
                        "a field, `=` and a number are wanted, not `{}`",
                        brief(text)
                    ),
                )
            })
        })
        .collect()
}
