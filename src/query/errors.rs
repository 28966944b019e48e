//! What can be wrong with a query, where, and what to write instead.
//!
//! Messages are lower-case fragments with the typed text in backticks; every one has a hint for the next step. Nothing
//! here prints: [`QueryError::render`] makes the lines.

use unicode_width::UnicodeWidthChar;

use super::notation::Notation;
use super::parse::{LONGEST_QUERY, MOST_NESTED};
use super::tree::Span;

/// A query that is not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{fault}")]
pub struct QueryError {
    /// The place in the query that is wrong; empty at the end of the text if something is missing there.
    pub span: Span,
    /// What is wrong with it.
    pub fault: Box<QueryFault>,
}

/// What is wrong with a query.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueryFault {
    /// Longer than [`LONGEST_QUERY`].
    #[error("the query is {length} bytes long and at most {LONGEST_QUERY} are read")]
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// More than [`MOST_NESTED`] parentheses within each other.
    #[error("more than {MOST_NESTED} parentheses within each other")]
    TooDeep,
    /// Only signs, no letter and no digit.
    #[error("nothing to search for: there is no letter or digit")]
    NothingToSearch,
    /// No closing quote.
    #[error("this quote is not closed")]
    UnclosedQuote,
    /// No closing parenthesis.
    #[error("this parenthesis is not closed")]
    UnclosedParenthesis,
    /// No opening parenthesis.
    #[error("this parenthesis closes none")]
    StrayParenthesis,
    /// Nothing between parentheses.
    #[error("nothing between the parentheses")]
    EmptyParentheses,
    /// `OR` or `AND` at the start.
    #[error("nothing before `{operator}`")]
    NothingBefore {
        /// The operator as typed.
        operator: String,
    },
    /// `OR`, `AND`, `NOT` at the end or before another `OR` or `AND`.
    #[error("nothing after `{operator}`")]
    NothingAfter {
        /// The operator as typed.
        operator: String,
    },
    /// `-OR`, `title:NOT`: an operator where a word is wanted.
    #[error("`{operator}` is an operator, and a word is wanted here")]
    OperatorForWord {
        /// The operator as typed.
        operator: String,
    },
    /// `field:` with nothing to search right behind it.
    #[error("nothing right after `{name}:`")]
    EmptyField {
        /// The field as typed.
        name: String,
    },
    /// A `-` behind `field:`.
    #[error("a `-` stands before the field, not after `{name}:`")]
    MinusAfterField {
        /// The field as typed.
        name: String,
    },
    /// A field inside the parentheses of another.
    #[error("`{inner}:` inside the parentheses of `{outer}:`")]
    FieldInField {
        /// The field of the parentheses.
        outer: String,
        /// The field named inside.
        inner: String,
    },
    /// A `-` right behind a closing quote or parenthesis.
    #[error("a `-` right behind `{behind}` can be a hyphen or exclude")]
    UnspacedMinus {
        /// The quote or parenthesis.
        behind: char,
    },
    /// No such field.
    #[error("unknown field `{name}`")]
    UnknownField {
        /// The field as typed.
        name: String,
        /// The field that was meant most likely.
        meant: Option<String>,
        /// What the caller knows about this name ([`FieldNames::advice`](super::FieldNames::advice)).
        advice: Option<String>,
        /// The fields there are.
        fields: Vec<String>,
        /// The field and what follows it, as typed and without quotes.
        typed: String,
    },
    /// A notation of other search tools.
    #[error("`{typed}` is not understood: {}", .notation.meaning())]
    Foreign {
        /// Which one.
        notation: Notation,
        /// The text of it.
        typed: String,
    },
}

impl Notation {
    /// What it means where it comes from.
    fn meaning(self) -> &'static str {
        match self {
            Notation::Truncation => "words are not completed",
            Notation::Wildcard => "letters of a word cannot be left open",
            Notation::Fuzzy => "there is no search for words spelt nearly so",
            Notation::Proximity => "there is no search for words near each other",
            Notation::Boost => "words have no weight of their own",
            Notation::Exact => "there is no search for one form of a word only",
            Notation::LineNumber => "there are no numbered lines to refer to",
            Notation::FieldTag => "a field stands before its word",
            Notation::Item => "braces are not used",
            Notation::Bars => "it is no operator here",
            Notation::Exclamation => "it does not exclude here",
            Notation::LongDash => "this can be a dash, or a `-` that excludes",
        }
    }

    /// What to write here instead.
    fn hint(self) -> &'static str {
        match self {
            Notation::Truncation => {
                "leave it out, plurals and other endings match by themselves; write other words out: `(arthritis OR arthrosis)`"
            }
            Notation::Wildcard => {
                "write the spellings out: `(woman OR women)`; in quotes, `\"…\"`, the sign is text"
            }
            Notation::Fuzzy => {
                "write the spellings out: `(oedema OR edema)`; in quotes, `\"…\"`, the sign is text"
            }
            Notation::Proximity => {
                "write the words in quotes if they stand side by side, `\"back pain\"`, or leave the operator out"
            }
            Notation::Boost => "leave it out; in quotes, `\"…\"`, the sign is text",
            Notation::Exact => "leave the `=` out",
            Notation::LineNumber => {
                "write the words of that line in parentheses; in quotes, `\"…\"`, it is text"
            }
            Notation::FieldTag => "write `title:pain` or `title:\"back pain\"`",
            Notation::Item => "write `title:(back pain)`",
            Notation::Bars => "write `OR`, or leave it out",
            Notation::Exclamation => "write `-pain` to leave trials with that word out",
            Notation::LongDash => {
                "write `-pain` to leave trials with that word out, or put a space behind the dash"
            }
        }
    }
}

/// Columns of the query that are shown around the place, on a terminal of usual width with room to indent.
const SHOWN_COLUMNS: usize = 100;

/// Columns of the query that are shown before the place when the text is cut.
const COLUMNS_BEFORE: usize = 40;

/// Marks that are shown on one letter; written languages have two at most, heaps of them are a prank.
const MOST_MARKS: usize = 2;

/// Columns that the query is set in by.
const INDENT: &str = "  ";

impl QueryError {
    pub(super) fn new(span: Span, fault: QueryFault) -> QueryError {
        QueryError {
            span,
            fault: Box::new(fault),
        }
    }

    /// What is wrong, in a lower-case fragment.
    pub fn message(&self) -> String {
        self.fault.to_string()
    }

    /// What to write instead.
    pub fn hint(&self) -> String {
        let itself = |operator: &str| {
            format!(
                "to search for the word itself, write `{}` or `\"{operator}\"`",
                operator.to_lowercase()
            )
        };
        match self.fault.as_ref() {
            QueryFault::TooLong { .. } => "leave words out, or search in several steps".to_owned(),
            QueryFault::TooDeep => "leave out parentheses that are not needed".to_owned(),
            QueryFault::NothingToSearch => "type a word, or nothing for all trials".to_owned(),
            QueryFault::UnclosedQuote => "add a `\"` where the phrase ends, or leave this one out".to_owned(),
            QueryFault::UnclosedParenthesis => "add a `)`, or leave this one out".to_owned(),
            QueryFault::StrayParenthesis => "leave it out, or add the `(` it belongs to".to_owned(),
            QueryFault::EmptyParentheses => "write words between them, or leave them out".to_owned(),
            QueryFault::NothingBefore { operator } | QueryFault::NothingAfter { operator } => {
                format!("complete it, or leave it out; {}", itself(operator))
            }
            QueryFault::OperatorForWord { operator } => itself(operator),
            QueryFault::EmptyField { name } => format!(
                "write the word right after the colon, `{name}:pain`, or put it in quotes to search for it as text: \
                 `\"{name}:\"`"
            ),
            QueryFault::MinusAfterField { name } => format!("write `-{name}:pain`"),
            QueryFault::FieldInField { outer, .. } => {
                format!("close the parenthesis of `{outer}:` first")
            }
            QueryFault::UnspacedMinus { .. } => {
                "put a space before the `-` to leave trials with what follows out, or the whole in quotes if it is a name".to_owned()
            }
            QueryFault::UnknownField { meant, advice, fields, typed, .. } => {
                let first = match (advice, meant) {
                    (Some(advice), _) => advice.clone(),
                    (None, Some(meant)) => format!("did you mean `{meant}`?"),
                    (None, None) if fields.is_empty() => "there are no fields".to_owned(),
                    (None, None) => format!("the fields are {}", fields.join(", ")),
                };
                format!("{first} (in quotes it is text: `\"{typed}\"`)")
            }
            QueryFault::Foreign { notation, .. } => notation.hint().to_owned(),
        }
    }

    /// The message, the line of `query` around the place with carets under it, and the hint; no line break at the end
    /// and no colours. `query` is the text that was parsed; of a long one about a hundred columns are shown.
    pub fn render(&self, query: &str) -> String {
        let (line, before, under) = shown(query, self.span);
        let carets = "^".repeat(under.max(1));
        format!(
            "{self}\n{INDENT}{line}\n{INDENT}{:before$}{carets}\nhint: {}",
            "",
            self.hint()
        )
    }
}

/// The part of `query` around `span` on one line, the columns before the place and the columns of it.
fn shown(query: &str, span: Span) -> (String, usize, usize) {
    let total: usize = query.chars().map(columns).sum();
    let before: usize = query
        .get(..span.start)
        .map_or(0, |text| text.chars().map(columns).sum());
    let (from, until) = if total <= SHOWN_COLUMNS {
        (0, total)
    } else {
        let from = before
            .saturating_sub(COLUMNS_BEFORE)
            .min(total - SHOWN_COLUMNS);
        (from, from + SHOWN_COLUMNS)
    };
    let mut line = String::new();
    let (mut caret_column, mut caret_columns) = (0, 0);
    let mut column = 0;
    let mut shown = 0;
    let mut marks = 0;
    if from > 0 {
        line.push('…');
        shown = 1;
    }
    for (place, c) in query.char_indices() {
        if place == span.start {
            caret_column = shown;
        }
        let width = columns(c);
        marks = if width == 0 { marks + 1 } else { 0 };
        if column >= from && column + width <= until && marks <= MOST_MARKS {
            line.push(visible(c));
            shown += width;
            if (span.start..span.end).contains(&place) {
                caret_columns += width;
            }
        }
        column += width;
    }
    if span.start >= query.len() {
        caret_column = shown;
    }
    if until < total {
        line.push('…');
    }
    (line, caret_column, caret_columns)
}

/// `text` for a message: on one line and not longer than a line.
pub(super) fn brief(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut brief: String = text.chars().take(LONGEST).map(visible).collect();
    if text.chars().nth(LONGEST).is_some() {
        brief.push('…');
    }
    brief
}

/// What is shown of a character: a space for what would break the line, move the cursor or turn the direction.
fn visible(c: char) -> char {
    match c {
        '\u{ad}'
        | '\u{61c}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => ' ',
        c if c.is_control() || c.is_whitespace() => ' ',
        c => c,
    }
}

/// Columns that a character takes on a terminal as it is shown.
fn columns(c: char) -> usize {
    visible(c).width().unwrap_or(1)
}
