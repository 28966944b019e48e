//! What can be wrong with an expression, where, and what to write instead.

use crate::query::caret::underlined;
use crate::query::tree::Span;
use crate::query::{LONGEST_QUERY, MOST_NESTED};

/// An expression that is not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{fault}")]
pub struct EssieError {
    /// The place in the expression that is wrong; empty at the end if something is missing there.
    pub span: Span,
    /// What is wrong with it.
    pub fault: EssieFault,
}

/// What is wrong with an expression. The wording of those that the API documents is the API's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EssieFault {
    /// Longer than is read.
    #[error("the expression is {0} bytes long and at most {LONGEST_QUERY} are read")]
    TooLong(usize),
    /// Operators and parentheses too deep within each other.
    #[error("more than {MOST_NESTED} parentheses and operators within each other")]
    TooDeep,
    /// Something stands where it cannot.
    #[error("mismatched input '{0}'")]
    Unexpected(String),
    /// A `[` or `]` that belongs to no operator.
    #[error("mismatched input '{0}': put a text with brackets in quotes")]
    StrayBracket(char),
    /// No closing parenthesis.
    #[error("missing ')' at '<EOF>'")]
    UnclosedParenthesis,
    /// No closing bracket.
    #[error("missing ']' after '{0}['")]
    UnclosedBracket(String),
    /// No closing quote.
    #[error("missing '\"' at '<EOF>'")]
    UnclosedQuote,
    /// Nothing where something to search for has to be.
    #[error("no viable alternative at input '{0}'")]
    NothingToSearch(String),
    /// No area and no piece of that name.
    #[error("Unknown area name: `{0}`")]
    UnknownArea(String),
    /// An area that has nothing to do with sites within `SEARCH[Location]`.
    #[error("`{0}` is not part of `Location`")]
    NotOfLocation(String),
    /// A choice of an operator that it does not have.
    #[error("unknown value `{value}` of {operator}; it takes {known}")]
    UnknownChoice {
        /// The operator.
        operator: &'static str,
        /// What was typed.
        value: String,
        /// What it takes.
        known: &'static str,
    },
    /// A value that an enumerated piece does not have.
    #[error("Allowed values for enum field `{path}` are {allowed}")]
    NotAllowed {
        /// Where the piece stands.
        path: String,
        /// Its values, each in backticks.
        allowed: String,
    },
    /// A value that is none of the piece's.
    #[error("`{value}` is not {wanted}, which `{area}` has")]
    WrongValue {
        /// What was typed.
        value: String,
        /// What is wanted, with its article.
        wanted: &'static str,
        /// The piece.
        area: String,
    },
    /// A range over what has no order.
    #[error("RANGE is not applicable to `{0}`: it has no dates, ages or numbers")]
    NoRange(String),
    /// A range without its two ends.
    #[error("RANGE needs two values, as in RANGE[2020-01-01, MAX]")]
    WrongRange,
    /// A distance that is none, or of a piece without coordinates.
    #[error(
        "DISTANCE needs a point and a radius of 1 to 500 miles (805 km), as in AREA[LocationGeoPoint]DISTANCE[39.0, -77.1, 50mi]"
    )]
    WrongDistance,
    /// COVERAGE other than Contains with an EXPANSION that takes phrases apart.
    #[error("COVERAGE[{0}] can be used only with EXPANSION Concept, Term or None")]
    CoverageWithoutPhrase(&'static str),
    /// TILT of something without an order.
    #[error("TILT is not applicable to `{0}`: it has no dates, ages or numbers")]
    NoTilt(String),
}

impl EssieError {
    /// The message with the expression under it and the place marked.
    pub fn render(&self, expression: &str) -> String {
        format!("{}\n{}", self.fault, underlined(expression, self.span))
    }
}
