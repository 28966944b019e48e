//! What can be wrong with a query, where, and what to write instead.
//!
//! Messages are lower-case fragments with the typed text in backticks; every one has a hint for the next step. Nothing
//! here prints: [`QueryError::render`] makes the lines.

use super::caret::underlined;
use super::filter::FilterKind;
use super::notation::Notation;
use super::parse::{LONGEST_QUERY, MOST_NESTED};
use super::signs::WIDEST;
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
        /// A value that fits, if it is a filter.
        example: Option<&'static str>,
    },
    /// A `-` behind `field:`.
    #[error("a `-` stands before the field, not after `{name}:`")]
    MinusAfterField {
        /// The field as typed.
        name: String,
        /// A value that fits, if it is a filter.
        example: Option<&'static str>,
    },
    /// A field inside the parentheses of another.
    #[error("`{inner}:` inside the parentheses of `{outer}:`")]
    FieldInField {
        /// The field of the parentheses.
        outer: String,
        /// The field named inside.
        inner: String,
    },
    /// `title:condition:pain`, `=title:pain`.
    #[error("`{name}:` right behind `{before}`")]
    FieldBehind {
        /// What it stands behind, as typed.
        before: String,
        /// The field as typed.
        name: String,
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
        /// The fields there are.
        fields: Vec<String>,
        /// The field and what follows it, as typed and without quotes.
        typed: String,
    },
    /// Nothing between braces.
    #[error("nothing between the braces")]
    EmptyBraces,
    /// No closing brace.
    #[error("this brace is not closed")]
    UnclosedBrace,
    /// `phase:{2}`: braces behind a filter.
    #[error("braces are for the fields of text, and `{name}:` is a filter")]
    ItemOfFilter {
        /// The filter as typed.
        name: String,
    },
    /// Braces that nothing must be between: `exclusion:{-diabetes}`.
    #[error("the braces ask for nothing that one value must have")]
    NothingInItem,
    /// What cannot stand in braces or beside `~5`.
    #[error("only words, phrases and `OR` of them can be near each other")]
    NotNear,
    /// `title:a ~5 b`: near each other in different fields.
    #[error("words near each other stand in one field")]
    NearInFields,
    /// `a ~0 b`: two words at one place.
    #[error("`~0` asks for two words at one place, which no text has")]
    NoDistance,
    /// `a ~5 b ~3 c`.
    #[error("`~{second}` after `~{first}`: words in a row have one distance")]
    TwoDistances {
        /// The first distance.
        first: u32,
        /// The other one.
        second: u32,
    },
    /// More words in a row near each other than are followed.
    #[error("more than {most} words or groups near each other")]
    TooManyNear {
        /// How many may be.
        most: usize,
    },
    /// `~500`.
    #[error("`~{typed}` is too wide: at most {WIDEST} places are looked over")]
    TooWide {
        /// What stands behind the `~`.
        typed: String,
    },
    /// `word~3`.
    #[error("`~{typed}`: two letters at most may differ")]
    TooManyEdits {
        /// What stands behind the `~`.
        typed: String,
    },
    /// More words with `~` than are looked up.
    #[error("letters may differ in {most} words of a query at most")]
    TooManyFuzzy {
        /// How many may be.
        most: usize,
    },
    /// `"knee~ pain"`: letters that may differ in a word of a phrase.
    #[error("`{typed}` in quotes: letters may differ in a word by itself only")]
    FuzzyInPhrase {
        /// The word with its sign.
        typed: String,
    },
    /// `BM-MSC~1`: letters that may differ in a word that the analysis takes apart.
    #[error("`{typed}` is several words, and letters may differ in a single one")]
    FuzzyCompound {
        /// The word as typed.
        typed: String,
    },
    /// `{pain^2}`.
    #[error("what stands in braces has one weight")]
    BoostInItem,
    /// `^0`, `^1000`.
    #[error("`^{typed}` is no boost")]
    WrongBoost {
        /// What stands behind the `^`.
        typed: String,
    },
    /// `~0km`.
    #[error("`~{typed}` is no distance on the map")]
    WrongDistance {
        /// What stands behind the `~`.
        typed: String,
    },
    /// `=osteo*`.
    #[error("`{typed}`: a word bears one of `=`, `*` and `~`")]
    TwoSigns {
        /// The sign too many.
        typed: String,
    },
    /// What stands right behind a quote, a parenthesis or a brace and is no sign.
    #[error("`{typed}` right behind a quote, parenthesis or brace is not understood")]
    WrongSign {
        /// What stands there.
        typed: String,
    },
    /// A value that a filter cannot have.
    #[error("`{value}` is no value of `{filter}:`")]
    WrongValue {
        /// The filter.
        filter: String,
        /// The value as typed.
        value: String,
        /// What its values are.
        kind: FilterKind,
    },
    /// A value that the index does not know.
    #[error("unknown {filter} `{value}`")]
    UnknownValue {
        /// The filter in words for people.
        filter: String,
        /// The value as typed.
        value: String,
        /// The value that was meant most likely, as it is typed.
        meant: Option<String>,
        /// The values there are, or some like it, as they are typed.
        known: Vec<String>,
    },
    /// A place that the map does not know, or several of that name.
    #[error("{message}")]
    UnknownPlace {
        /// What is wrong.
        message: String,
        /// What to write instead.
        hint: String,
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
            Notation::Truncation => "words are completed at a `*` right behind their letters",
            Notation::Wildcard => "letters of a word cannot be left open",
            Notation::Proximity => "nearness is written otherwise here",
            Notation::LineNumber => "there are no numbered lines to refer to",
            Notation::Heading => "a slash marks no heading here",
            Notation::Expression => {
                "expressions of ClinicalTrials.gov are for the API of `trialfind serve`"
            }
            Notation::FieldTag => "a field stands before its word",
            Notation::Bars => "it is no operator here",
            Notation::Exclamation => "it does not exclude here",
            Notation::LongDash => "this can be a dash, or a `-` that excludes",
        }
    }

    /// What to write here instead.
    fn hint(self) -> &'static str {
        match self {
            Notation::Truncation => "write `osteo*`; in a phrase, `\"osteo* knee\"`",
            Notation::Wildcard => {
                "write the spellings out: `(woman OR women)`; in quotes, `\"…\"`, the sign is text"
            }
            Notation::Proximity => {
                "write `knee ~5 pain`, or `(knee OR hip) ~5 (pain OR ache)`; in quotes, `\"…\"`, it is text"
            }
            Notation::LineNumber => {
                "write the words of that line in parentheses; in quotes, `\"…\"`, it is text"
            }
            Notation::Heading => {
                "write `mesh:knee`, `ancestor:knee` for all headings below it, or leave the slash out; in quotes it is text"
            }
            Notation::Expression => "write `condition:knee`, `status:recruiting`, `start:2020..`",
            Notation::FieldTag => "write `title:pain` or `title:\"back pain\"`",
            Notation::Bars => "write `OR`, or leave it out",
            Notation::Exclamation => "write `-pain` to leave trials with that word out",
            Notation::LongDash => {
                "write `-pain` to leave trials with that word out, or put a space behind the dash"
            }
        }
    }
}

impl QueryError {
    /// What is wrong at a place of the query.
    pub(crate) fn new(span: Span, fault: QueryFault) -> QueryError {
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
            QueryFault::NothingBefore { operator } | QueryFault::NothingAfter { operator }
                if operator.starts_with('~') =>
            {
                "it stands between two words, phrases or groups: `knee ~5 pain`".to_owned()
            }
            QueryFault::NothingBefore { operator } | QueryFault::NothingAfter { operator } => {
                format!("complete it, or leave it out; {}", itself(operator))
            }
            QueryFault::OperatorForWord { operator } => itself(operator),
            QueryFault::EmptyField { name, example } => {
                let what = if example.is_some() { "value" } else { "word" };
                let example = example.unwrap_or("pain");
                format!(
                    "write the {what} right after the colon, `{name}:{example}`, or put it in quotes to search for it as \
                     text: `\"{name}:\"`"
                )
            }
            QueryFault::MinusAfterField { name, example: None } => format!("write `-{name}:pain`"),
            QueryFault::MinusAfterField { name, example: Some(example) } => {
                format!("write `{name}:{example}`, or `-{name}:{example}` to leave these trials out")
            }
            QueryFault::FieldInField { outer, .. } => {
                format!("close the parenthesis of `{outer}:` first")
            }
            QueryFault::FieldBehind { before, name } if before == "=" => {
                format!("write `{name}:=pain`, or put it in quotes to search for it as text")
            }
            QueryFault::FieldBehind { before, name } => {
                format!("leave `{before}` or `{name}:` out, or put what stands behind `{before}` in quotes to search for it as text")
            }
            QueryFault::UnspacedMinus { .. } => {
                "put a space before the `-` to leave trials with what follows out, or the whole in quotes if it is a name".to_owned()
            }
            QueryFault::UnknownField { meant, fields, typed, .. } => {
                let first = match meant {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None if fields.is_empty() => "there are no fields".to_owned(),
                    None => {
                        format!("fields are {}; `trialfind help query` lists them", some_of(fields))
                    }
                };
                format!("{first} (in quotes it is text: `\"{typed}\"`)")
            }
            QueryFault::EmptyBraces => "write words between them, `exclusion:{bmi 40}`".to_owned(),
            QueryFault::UnclosedBrace => "add a `}`".to_owned(),
            QueryFault::ItemOfFilter { name } => format!("write `{name}:value` or `{name}:(one OR other)`"),
            QueryFault::NothingInItem => {
                "write at least one word without `-` between them, in each part of an `OR`".to_owned()
            }
            QueryFault::NotNear => {
                "write `(a OR b) ~5 (c OR \"d e\")`; what all of it is to have goes beside it".to_owned()
            }
            QueryFault::NearInFields => "write the field before all of it: `title:(knee ~5 pain)`".to_owned(),
            QueryFault::NoDistance => "write `~1` for words side by side, in any order".to_owned(),
            QueryFault::TwoDistances { first, .. } => {
                format!("write `~{first}` between all of them, or set parentheses: `(a ~{first} b) ~3 c`")
            }
            QueryFault::TooManyNear { .. } => "leave some out, or join them by `OR` in parentheses".to_owned(),
            QueryFault::TooWide { .. } => "for words in one value, however far apart, write `summary:{knee pain}`".to_owned(),
            QueryFault::TooManyEdits { .. } => "write `oedema~1`, `oedema~2` or `oedema~`".to_owned(),
            QueryFault::TooManyFuzzy { .. } => "leave the `~` out where you know how the word is written".to_owned(),
            QueryFault::FuzzyInPhrase { .. } => "write `knee~ ~1 pain` for words side by side, or leave the `~` out".to_owned(),
            QueryFault::FuzzyCompound { .. } => "write its parts with spaces, `~` behind those that may differ".to_owned(),
            QueryFault::BoostInItem => "set it behind the brace: `exclusion:{bmi 40}^2`".to_owned(),
            QueryFault::WrongBoost { .. } => "write a number from 0.01 to 100: `pain^2`, `pain^0.5`".to_owned(),
            QueryFault::WrongDistance { .. } => "write kilometres or miles: `near:\"Lyon, France\"~50km`".to_owned(),
            QueryFault::TwoSigns { .. } => "leave all but one out".to_owned(),
            QueryFault::WrongSign { .. } => {
                "put a space before it if it is a word; the signs here are `\"a b\"~5`, `\"a b\"=`, `(a OR b)^2`".to_owned()
            }
            QueryFault::WrongValue { filter, kind, .. } => kind.hint(filter),
            QueryFault::UnknownValue { meant: Some(meant), .. } => format!("did you mean `{meant}`?"),
            QueryFault::UnknownValue { known, .. } if known.is_empty() => "look at the facets of a search for what there is".to_owned(),
            QueryFault::UnknownValue { known, .. } => format!("known are {}", some_of(known)),
            QueryFault::UnknownPlace { hint, .. } => hint.clone(),
            QueryFault::Foreign { notation, .. } => notation.hint().to_owned(),
        }
    }

    /// The message, the line of `query` around the place with carets under it, and the hint; no line break at the end
    /// and no colours. `query` is the text that was parsed; of a long one about a hundred columns are shown.
    pub fn render(&self, query: &str) -> String {
        let place = underlined(query, self.span);
        format!("{self}\n{place}\nhint: {}", self.hint())
    }
}

impl FilterKind {
    /// What may stand behind a filter.
    fn hint(self, filter: &str) -> String {
        match self {
            FilterKind::Values => format!("write `{filter}:value`"),
            FilterKind::OrderedValues => {
                format!("write `{filter}:2`, `{filter}:1..3` or `{filter}:>=2`")
            }
            FilterKind::Age => {
                format!("write `{filter}:45`, `{filter}:6m`, `{filter}:18..65` or `{filter}:>=65`")
            }
            FilterKind::Number => {
                format!("write `{filter}:100`, `{filter}:50..100` or `{filter}:>100`")
            }
            FilterKind::Date => format!(
                "write `{filter}:2020`, `{filter}:2019..2021-06`, `{filter}:>=2020-06-15`, or how long ago: `{filter}:<90d`, \
                 `{filter}:>2y`"
            ),
            FilterKind::Presence => format!("write `{filter}:results`"),
            FilterKind::Place => format!(
                "write a place and how far from it: `{filter}:\"Lyon, France\"~50km` or `{filter}:45.76,4.84~50km`"
            ),
        }
    }
}

/// As many of some values as a hint can hold.
pub(crate) fn some_of(values: &[String]) -> String {
    const MOST: usize = 6;
    let mut text = values
        .iter()
        .take(MOST)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    if values.len() > MOST {
        text.push_str(&format!(" and {} more", values.len() - MOST));
    }
    text
}
