//! Ids of trials typed alone as the whole query. Only their form is judged here; which trials have them, the index knows.

use crate::query::errors::QueryError;
use crate::query::fields::FieldNames;
use crate::query::lex::is_quote;
use crate::query::tree::{Node, Query, Span};
use crate::trial::TrialId;

/// What ids of registries begin with whose numbers have no more form than that, as compared: letters and digits in upper case.
const REGISTRIES: [&str; 19] = [
    "ACTRN", "CHICTR", "CTRI", "DRKS", "IRCT", "JAPICCTI", "JMAIIA", "JPRN", "JRCT", "KCT",
    "LBCTR", "NTR", "PACTR", "PHRR", "RBR", "RPCEC", "SLCTR", "TCTR", "UMIN",
];

/// The fewest digits and the most characters of such an id.
const REGISTRY_DIGITS: usize = 4;
const LONGEST_REGISTRY_ID: usize = 30;

/// Words that an id may be spread over: `EudraCT Number: 2017-002092-25`.
const MOST_WORDS: usize = 4;

/// The most ids that are looked up at once.
const MOST_IDS: usize = 1_000;

/// One id of a query that is nothing but ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IdTyped {
    /// Its place in the query.
    pub(crate) span: Span,
    /// Whether it has the form of a registry's ids; what has not may be a sponsor's own id or just a word with a digit.
    pub(crate) well_formed: bool,
}

/// Reads a text as ids, apart by spaces, commas, semicolons or `OR`. `None` if some part can be none: a sponsor's id has a digit.
/// What stands in quotes is no id but asked for as a text.
pub(crate) fn ids_typed(text: &str) -> Option<Vec<IdTyped>> {
    let words = words(text);
    let mut ids = Vec::new();
    let mut next = 0;
    while next < words.len() {
        let longest = (next + 1..=words.len().min(next + MOST_WORDS))
            .rev()
            .find_map(|end| {
                let span = words[next].to(words[end - 1]);
                is_well_formed(span.of(text)).then_some((end, span))
            });
        let (end, span) = longest.unwrap_or((next + 1, words[next]));
        let well_formed = longest.is_some();
        let word = span.of(text);
        // A sign of the query language asks for something else.
        let may_be_one = word.chars().any(|c| c.is_ascii_digit())
            && !word.contains([
                '"', '*', '~', '^', ':', '(', ')', '[', ']', '{', '}', '<', '>', '=',
            ])
            && !word.starts_with(['-', '+', '#']);
        if !well_formed && !may_be_one {
            return None;
        }
        ids.push(IdTyped { span, well_formed });
        next = end;
    }
    (!ids.is_empty() && ids.len() <= MOST_IDS).then_some(ids)
}

/// Reads `text` as a query over `fields`, as [`super::parse()`] of the language does; ids whose writing the language has another
/// meaning for (`EudraCT: 2017-002092-25`) are read as ids.
///
/// # Errors
/// As the language has it.
pub fn parse(text: &str, fields: &dyn FieldNames) -> Result<Query, QueryError> {
    let error = match super::parse::parse(text, fields) {
        Ok(query) => return Ok(query),
        Err(error) => error,
    };
    let ids = match ids_typed(text) {
        Some(ids) if ids.iter().all(|id| id.well_formed) => ids,
        _ => return Err(error),
    };
    let mut nodes: Vec<Node> = ids.iter().map(|id| phrase(text, id.span)).collect();
    Ok(Query {
        text: text.to_owned(),
        root: match nodes.len() {
            1 => nodes.remove(0),
            _ => Node::Or { nodes },
        },
        ignored: Vec::new(),
    })
}

/// An id as a phrase, where it was typed.
fn phrase(text: &str, span: Span) -> Node {
    let typed = span.of(text);
    let canonical = TrialId::parse(typed).map_or_else(|| typed.to_owned(), |id| id.to_string());
    Node::Phrase {
        text: canonical,
        slop: 0,
        exact: false,
        field: None,
        span,
    }
}

/// Whether a text has the form of some registry's ids.
fn is_well_formed(text: &str) -> bool {
    // In quotes it is a text, behind a sign of the query language something else.
    let is_foreign = |c: char| is_quote(c) || c.is_control();
    if text.contains(is_foreign) || !text.starts_with(char::is_alphanumeric) {
        return false;
    }
    if TrialId::parse(text).is_some() {
        return true;
    }
    let comparable = TrialId::comparable(text);
    let of_registry = REGISTRIES
        .iter()
        .find_map(|name| comparable.strip_prefix(name));
    of_registry.is_some_and(|number| {
        let digits = number.bytes().filter(u8::is_ascii_digit).count();
        let is_mostly_digits = number.is_ascii() && digits * 2 > number.len();
        digits >= REGISTRY_DIGITS && is_mostly_digits && comparable.len() <= LONGEST_REGISTRY_ID
    })
}

/// The id that an address of a registry's page ends with: `https://clinicaltrials.gov/study/NCT03737461?tab=table`.
fn in_address(text: &str, word: Span) -> Span {
    let address = word.of(text);
    let page = address.split(['?', '#']).next().unwrap_or_default();
    let page = page.trim_end_matches(['/', '.']);
    match page.rfind('/') {
        Some(slash) if TrialId::parse(&page[slash + 1..]).is_some() => {
            Span::new(word.start + slash + 1, word.start + page.len())
        }
        _ => word,
    }
}

/// Several ids with nothing but slashes between them: `NCT03737461/NCT00000533`.
fn between_slashes(text: &str, word: Span) -> Option<Vec<Span>> {
    let mut ids = Vec::new();
    let mut start = word.start;
    for id in word.of(text).split('/') {
        TrialId::parse(id)?;
        ids.push(Span::new(start, start + id.len()));
        start += id.len() + 1;
    }
    (ids.len() > 1).then_some(ids)
}

/// The words of a text, without `OR` or `and` between them.
fn words(text: &str) -> Vec<Span> {
    let mut words: Vec<Span> = Vec::new();
    let mut start = None;
    let ends = text.char_indices().chain([(text.len(), ' ')]);
    for (place, c) in ends {
        let is_apart = c.is_whitespace() || matches!(c, ',' | ';');
        match (start, is_apart) {
            (None, false) => start = Some(place),
            (Some(first), true) => {
                let word = Span::new(first, place);
                if !matches!(word.of(text), "OR" | "and") {
                    match between_slashes(text, word) {
                        Some(ids) => words.extend(ids),
                        None => words.push(in_address(text, word)),
                    }
                }
                start = None;
            }
            _ => {}
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Option<&[(&str, bool)]>) {
        let ids = ids_typed(text);
        let ids: Option<Vec<(&str, bool)>> = ids.as_ref().map(|ids| {
            ids.iter()
                .map(|id| (id.span.of(text), id.well_formed))
                .collect()
        });
        assert_eq!(ids.as_deref(), expect, "{text}");
    }

    #[test]
    fn ids_alone() {
        check("NCT03737461", Some(&[("NCT03737461", true)]));
        check("nct 03737461", Some(&[("nct 03737461", true)]));
        check(" NCT-03737461 ", Some(&[("NCT-03737461", true)]));
        check("2017-002092-25", Some(&[("2017-002092-25", true)]));
        check(
            "EudraCT: 2017-002092-25",
            Some(&[("EudraCT: 2017-002092-25", true)]),
        );
        check(
            "EudraCT Number 2017-002092-25",
            Some(&[("EudraCT Number 2017-002092-25", true)]),
        );
        check(
            "CTIS 2022-500000-00-00",
            Some(&[("CTIS 2022-500000-00-00", true)]),
        );
        check(
            "https://clinicaltrials.gov/study/NCT03737461?term=a&rank=1",
            Some(&[("NCT03737461", true)]),
        );
        check(
            "clinicaltrials.gov/ct2/show/NCT03737461/, NCT00000001 and NCT00000002",
            Some(&[
                ("NCT03737461", true),
                ("NCT00000001", true),
                ("NCT00000002", true),
            ]),
        );
        // The first of them was dropped.
        check(
            "NCT03737461/NCT00000533, 2017-002092-25/NCT00000001",
            Some(&[
                ("NCT03737461", true),
                ("NCT00000533", true),
                ("2017-002092-25", true),
                ("NCT00000001", true),
            ]),
        );
        check("NCT03737461/AB-12", Some(&[("NCT03737461/AB-12", false)]));
        check("knee and 12", None);
        check("isrctn 12345678", Some(&[("isrctn 12345678", true)]));
        check(
            "UTN U1111-1234-5678",
            Some(&[("UTN U1111-1234-5678", true)]),
        );
        check("JPRN-UMIN000012345", Some(&[("JPRN-UMIN000012345", true)]));
        check(
            "ChiCTR-TRC-12002000",
            Some(&[("ChiCTR-TRC-12002000", true)]),
        );
        check("SCLnow-XY-04", Some(&[("SCLnow-XY-04", false)]));
        check(
            "NCT03737461, NCT 04104412",
            Some(&[("NCT03737461", true), ("NCT 04104412", true)]),
        );
        check(
            "NCT03737461 OR NCT04104412",
            Some(&[("NCT03737461", true), ("NCT04104412", true)]),
        );
        check(
            "NCT03737461 AB-12",
            Some(&[("NCT03737461", true), ("AB-12", false)]),
        );
    }

    #[test]
    fn what_is_no_list_of_ids() {
        for text in [
            "",
            " , ",
            "OR",
            "melanoma",
            "NCT03737461 melanoma",
            "\"NCT03737461\"",
            "-NCT03737461 AB1",
            "id:NCT03737461",
            "phase:2",
            "KCT",
            "NTR",
            "drks study 1",
            "IL-6*",
            "NCT0373746 trial",
        ] {
            check(text, None);
        }
    }
}
