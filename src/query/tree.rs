//! The query tree: what was asked, with its places in the text, and the text that asks it again.
//!
//! It says nothing of how a word is analysed or matched, and holds no type of the engine.

use std::fmt;

use serde::Serialize;

use super::area::AreaTest;
pub(super) use super::area::Bound;
use super::errors::QueryFault;
use super::filter::Test;

/// A stretch of the query's text, in bytes, always on character boundaries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The stretch from `start` up to `end`.
    pub(super) fn new(start: usize, end: usize) -> Span {
        Span { start, end }
    }

    /// The text at this place; empty if `query` is another text in which the place does not exist.
    pub fn of<'a>(&self, query: &'a str) -> &'a str {
        query.get(self.start..self.end).unwrap_or("")
    }

    /// From the start of this place to the end of `last`.
    pub(super) fn to(self, last: Span) -> Span {
        Span::new(self.start, last.end)
    }
}

/// A finite number, so that trees can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Finite(f64);

impl Eq for Finite {}

impl Finite {
    /// The number, if it is finite.
    pub fn new(number: f64) -> Option<Finite> {
        number.is_finite().then_some(Finite(number))
    }

    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl fmt::Display for Finite {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// Which words of a record a typed word stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// The word with its endings and other writings.
    #[default]
    Stemmed,
    /// `=word`: this form only, capitals and accents aside.
    Exact,
    /// `word*`: every word that begins so.
    Prefix,
    /// `word~`, `word~1`: every word spelt nearly so.
    Fuzzy {
        /// How many letters may differ; by the length of the word if it was not said.
        #[serde(skip_serializing_if = "Option::is_none")]
        edits: Option<u8>,
    },
}

/// A place on the map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// By its name: a city, with its state or country.
    Named(String),
    /// By its coordinates, in degrees.
    Coordinates {
        /// North of the equator, -90 to 90.
        latitude: Finite,
        /// East of Greenwich, -180 to 180.
        longitude: Finite,
    },
}

/// What is asked. `And` and `Or` hold two nodes or more and never themselves; `Not` never holds a `Not`; `All` stands
/// alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Node {
    /// Every trial: the query was blank.
    All,
    /// One word as typed, without the signs and the punctuation around it; has at least one letter or digit.
    Word {
        /// The word, not analysed.
        text: String,
        /// Which words of a record it stands for.
        #[serde(skip_serializing_if = "is_default")]
        form: Form,
        /// The field it is asked in, by its own name; `None` is every default field.
        #[serde(skip_serializing_if = "Option::is_none")]
        field: Option<String>,
        /// The place of `text`, without its field.
        span: Span,
    },
    /// Words in quotes, wanted side by side; at least one letter or digit, no quotation mark. A word in it that ends in
    /// `*` stands for every word that begins so.
    Phrase {
        /// What stands between the quotes, not analysed.
        text: String,
        /// How many places in all its words may be away from standing side by side.
        #[serde(skip_serializing_if = "is_default")]
        slop: u32,
        /// Whether its words are wanted as written, without other endings.
        #[serde(skip_serializing_if = "is_default")]
        exact: bool,
        /// The field it is asked in, by its own name; `None` is every default field.
        #[serde(skip_serializing_if = "Option::is_none")]
        field: Option<String>,
        /// The place of the phrase with its quotes, without its field.
        span: Span,
    },
    /// `a ~5 b`: words near each other in one value of one field, in any order.
    Proximity {
        /// Two or more words, phrases, `Or`s of them, or proximities, all in the same field.
        nodes: Vec<Node>,
        /// How many places one may be from those before it; 1 is side by side.
        within: u32,
        /// From the first of them to the last.
        span: Span,
    },
    /// `exclusion:{bmi 40}`: all of it in one value of the field, such as a single criterion.
    Item {
        /// What one value must have: words, phrases, proximities of that field, and what is made of them.
        node: Box<Node>,
        /// The field, by its own name.
        field: String,
        /// The place of the braces and what is between them.
        span: Span,
    },
    /// `phase:2`: a filter, which changes no score.
    Filter {
        /// The filter, by its own name.
        name: String,
        /// What was asked of it, as typed.
        value: String,
        /// What that means.
        test: Test,
        /// The place of the value.
        span: Span,
    },
    /// `near:"Lyon, France"~50km`: trials with a site near a place.
    Near {
        /// The place.
        place: Place,
        /// How far from it, in kilometres.
        kilometres: Finite,
        /// The place of what follows `near:`.
        span: Span,
    },
    /// `word^2`: counts more or less than the rest in the order of hits.
    Boost {
        /// What counts so.
        node: Box<Node>,
        /// What its score is multiplied by.
        factor: Finite,
        /// The place of it all.
        span: Span,
    },
    /// All of these.
    And {
        /// The parts, as typed from left to right.
        nodes: Vec<Node>,
    },
    /// Any of these.
    Or {
        /// The parts, as typed from left to right.
        nodes: Vec<Node>,
    },
    /// `AREA[Condition]"heart attack"` of the public API's language: a value of a piece of the record, or of any piece of an
    /// area.
    Area {
        /// The piece or area, by its own name.
        area: String,
        /// What is asked of it.
        test: AreaTest,
        /// The place of what is asked.
        span: Span,
    },
    /// `SEARCH[Location](...)`: all of it at one site.
    Site {
        /// What the site must have: areas of sites, and what is made of them.
        node: Box<Node>,
        /// The place of the operator.
        span: Span,
    },
    /// `TILT[StartDate](...)`: what has a higher value of a piece counts more in the order of hits.
    Tilt {
        /// What counts so.
        node: Box<Node>,
        /// The piece, by its own name.
        piece: String,
        /// The place of the operator.
        span: Span,
    },
    /// None of this.
    Not {
        /// What must not be.
        node: Box<Node>,
        /// From the `-` or `NOT` to the end of what it excludes.
        span: Span,
    },
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A query understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Query {
    /// The text as typed; every [`Span`] is a place in it.
    pub text: String,
    /// What it asks.
    pub root: Node,
    /// What was passed over because it has no letter and no digit: a lone `-`, `&`, `""`.
    pub ignored: Vec<Span>,
}

impl Query {
    /// The same question in canonical text: fields by their own names beside every word, `-` for `NOT`, no `AND`, only
    /// the parentheses that are needed. It parses to the same tree but for the spans, unless spelling out the fields
    /// makes it longer than [`LONGEST_QUERY`](super::LONGEST_QUERY).
    pub fn to_text(&self) -> String {
        self.root.to_string()
    }
}

impl Node {
    /// All of `nodes`, of which there is at least one; an `And` among them is opened.
    pub(super) fn all_of(nodes: Vec<Node>) -> Node {
        joined(
            nodes,
            |nodes| Node::And { nodes },
            |node| match node {
                Node::And { nodes } => Ok(nodes),
                other => Err(other),
            },
        )
    }

    /// Any of `nodes`, of which there is at least one; an `Or` among them is opened.
    pub(super) fn any_of(nodes: Vec<Node>) -> Node {
        joined(
            nodes,
            |nodes| Node::Or { nodes },
            |node| match node {
                Node::Or { nodes } => Ok(nodes),
                other => Err(other),
            },
        )
    }

    /// None of `node`; of a `Not`, what it excluded.
    pub(super) fn none_of(node: Node, span: Span) -> Node {
        match node {
            Node::Not { node, .. } => *node,
            node => Node::Not {
                node: Box::new(node),
                span,
            },
        }
    }
}

impl Node {
    /// Whether it can stand beside `~5`.
    pub(crate) fn may_be_near(&self) -> bool {
        match self {
            Node::Word { .. } | Node::Phrase { .. } | Node::Proximity { .. } => true,
            Node::Or { nodes } => nodes.iter().all(Node::may_be_near),
            _ => false,
        }
    }

    /// Why some nodes cannot stand near each other, if they cannot.
    pub(crate) fn near_fault(nodes: &[Node]) -> Option<QueryFault> {
        if !nodes.iter().all(Node::may_be_near) {
            return Some(QueryFault::NotNear);
        }
        let mut fields = nodes.iter().flat_map(Node::leaf_fields);
        let first = fields.next();
        fields
            .any(|other| Some(other) != first)
            .then_some(QueryFault::NearInFields)
    }

    /// The fields of its words and phrases, one for each.
    pub(crate) fn leaf_fields(&self) -> Vec<Option<&str>> {
        match self {
            Node::Word { field, .. } | Node::Phrase { field, .. } => vec![field.as_deref()],
            Node::Or { nodes } | Node::And { nodes } | Node::Proximity { nodes, .. } => {
                nodes.iter().flat_map(Node::leaf_fields).collect()
            }
            Node::Not { node, .. }
            | Node::Boost { node, .. }
            | Node::Item { node, .. }
            | Node::Tilt { node, .. } => node.leaf_fields(),
            Node::All
            | Node::Filter { .. }
            | Node::Near { .. }
            | Node::Area { .. }
            | Node::Site { .. } => Vec::new(),
        }
    }

    /// Whether it asks for no words: every trial, or those that pass some filters.
    pub fn is_without_words(&self) -> bool {
        self.leaf_fields().is_empty()
    }

    /// Whether all that matches it is near a place.
    pub fn is_near_a_place(&self) -> bool {
        match self {
            Node::Near { .. } => true,
            Node::And { nodes } => nodes.iter().any(Node::is_near_a_place),
            _ => false,
        }
    }

    /// Whether all that matches it passes a filter of that name.
    pub(crate) fn requires_filter(&self, wanted: &str) -> bool {
        match self {
            Node::Filter { name, .. } => name == wanted,
            Node::And { nodes } => nodes.iter().any(|node| node.requires_filter(wanted)),
            _ => false,
        }
    }

    /// The place of the first boost in it.
    pub(super) fn boost(&self) -> Option<Span> {
        match self {
            Node::Boost { span, .. } => Some(*span),
            Node::And { nodes } | Node::Or { nodes } | Node::Proximity { nodes, .. } => {
                nodes.iter().find_map(Node::boost)
            }
            Node::Not { node, .. } | Node::Item { node, .. } => node.boost(),
            _ => None,
        }
    }

    /// Whether something must be there for it to match, and not only be absent.
    pub(super) fn requires_something(&self) -> bool {
        match self {
            Node::All | Node::Not { .. } => false,
            Node::And { nodes } => nodes.iter().any(Node::requires_something),
            Node::Or { nodes } => nodes.iter().all(Node::requires_something),
            Node::Boost { node, .. } | Node::Tilt { node, .. } => node.requires_something(),
            _ => true,
        }
    }
}

fn joined(
    nodes: Vec<Node>,
    join: impl Fn(Vec<Node>) -> Node,
    open: impl Fn(Node) -> Result<Vec<Node>, Node>,
) -> Node {
    let mut flat = Vec::with_capacity(nodes.len());
    for node in nodes {
        match open(node) {
            Ok(inner) => flat.extend(inner),
            Err(node) => flat.push(node),
        }
    }
    match flat.len() {
        0 => Node::All,
        1 => flat.remove(0),
        _ => join(flat),
    }
}
