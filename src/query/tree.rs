//! The query tree: what was asked, with its places in the text, and the text that asks it again.
//!
//! It says nothing of how a word is analysed or matched, and holds no type of the engine.

use std::fmt::{self, Write as _};

use serde::Serialize;

/// A stretch of the query's text, in bytes, always on character boundaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
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

/// What is asked. `And` and `Or` hold two nodes or more and never themselves; `Not` never holds a `Not`; `All` stands
/// alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Node {
    /// Every trial: the query was blank.
    All,
    /// One word as typed, without the punctuation after it; has at least one letter or digit.
    Word {
        /// The word, not analysed.
        text: String,
        /// The field it is asked in, by its own name; `None` is every default field.
        #[serde(skip_serializing_if = "Option::is_none")]
        field: Option<String>,
        /// The place of `text`, without its field.
        span: Span,
    },
    /// Words in quotes, wanted side by side; at least one letter or digit, no quotation mark.
    Phrase {
        /// What stands between the quotes, not analysed.
        text: String,
        /// The field it is asked in, by its own name; `None` is every default field.
        #[serde(skip_serializing_if = "Option::is_none")]
        field: Option<String>,
        /// The place of the phrase with its quotes, without its field.
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
    /// None of this.
    Not {
        /// What must not be.
        node: Box<Node>,
        /// From the `-` or `NOT` to the end of what it excludes.
        span: Span,
    },
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

/// The canonical text of [`Query::to_text`].
impl fmt::Display for Node {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Node::All => Ok(()),
            Node::Word { text, field, .. } => match field {
                None => out.write_str(text),
                // What opens with a sign would be read as notation right after the colon.
                Some(field) if !text.starts_with(char::is_alphanumeric) => {
                    write!(out, "{field}:({text})")
                }
                Some(field) => write!(out, "{field}:{text}"),
            },
            Node::Phrase { text, field, .. } => {
                if let Some(field) = field {
                    write!(out, "{field}:")?;
                }
                write!(out, "\"{text}\"")
            }
            Node::And { nodes } => {
                for (place, node) in nodes.iter().enumerate() {
                    if place > 0 {
                        out.write_char(' ')?;
                    }
                    match node {
                        Node::Or { .. } => write!(out, "({node})")?,
                        node => write!(out, "{node}")?,
                    }
                }
                Ok(())
            }
            Node::Or { nodes } => {
                for (place, node) in nodes.iter().enumerate() {
                    if place > 0 {
                        out.write_str(" OR ")?;
                    }
                    write!(out, "{node}")?;
                }
                Ok(())
            }
            Node::Not { node, .. } => match **node {
                Node::And { .. } | Node::Or { .. } => write!(out, "-({node})"),
                // Right behind a `-` the parenthesis that a name starts with would be read as one of the language.
                Node::Word {
                    ref text,
                    field: None,
                    ..
                } if text.starts_with('(') => {
                    write!(out, "-({text})")
                }
                _ => write!(out, "-{node}"),
            },
        }
    }
}
