//! An expression cut into tokens.

use crate::query::essie::errors::{EssieError, EssieFault};
use crate::query::tree::Span;

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word, with its escapes taken out.
    Word(String),
    /// What stands between quotes.
    Quoted(String),
    Open,
    Close,
    And,
    Or,
    Not,
    All,
    Missing,
    /// `AREA[...]`, with what stands between the brackets.
    Bracket(Bracket, String),
}

/// The operators with brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bracket {
    Area,
    Search,
    Coverage,
    Expansion,
    Tilt,
    Range,
    Distance,
}

impl Bracket {
    const ALL: [(&'static str, Bracket); 7] = [
        ("AREA", Bracket::Area),
        ("SEARCH", Bracket::Search),
        ("COVERAGE", Bracket::Coverage),
        ("EXPANSION", Bracket::Expansion),
        ("TILT", Bracket::Tilt),
        ("RANGE", Bracket::Range),
        ("DISTANCE", Bracket::Distance),
    ];
}

/// A token and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Span,
}

/// The tokens of a text.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, EssieError> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let start = at;
        let kind = match first {
            c if c.is_whitespace() => {
                at += c.len_utf8();
                continue;
            }
            '(' => {
                at += 1;
                Kind::Open
            }
            ')' => {
                at += 1;
                Kind::Close
            }
            '"' => {
                let (quoted, end) = quoted(text, at)?;
                at = end;
                Kind::Quoted(quoted)
            }
            '[' | ']' => {
                let span = Span::new(at, at + 1);
                let fault = EssieFault::StrayBracket(first);
                return Err(EssieError { span, fault });
            }
            _ => {
                let (word, end, is_escaped) = word(text, at);
                at = end;
                match bracket(text, at, &word).filter(|_| !is_escaped) {
                    Some(bracket) => {
                        let close = text[at..].find(']').map(|close| at + close);
                        let close = close.ok_or_else(|| EssieError {
                            span: Span::new(start, text.len()),
                            fault: EssieFault::UnclosedBracket(word.clone()),
                        })?;
                        let inside = text[at + 1..close].trim().to_owned();
                        at = close + 1;
                        Kind::Bracket(bracket, inside)
                    }
                    None => match word.as_str() {
                        "AND" if !is_escaped => Kind::And,
                        "OR" if !is_escaped => Kind::Or,
                        "NOT" if !is_escaped => Kind::Not,
                        "ALL" if !is_escaped => Kind::All,
                        "MISSING" if !is_escaped => Kind::Missing,
                        _ => Kind::Word(word),
                    },
                }
            }
        };
        tokens.push(Token {
            kind,
            span: Span::new(start, at),
        });
    }
    Ok(tokens)
}

fn bracket(text: &str, at: usize, word: &str) -> Option<Bracket> {
    let known = Bracket::ALL.iter().find(|(name, _)| *name == word);
    known
        .filter(|_| text[at..].starts_with('['))
        .map(|(_, bracket)| *bracket)
}

/// A word from a place on, its end, and whether a sign in it is escaped.
fn word(text: &str, start: usize) -> (String, usize, bool) {
    let mut word = String::new();
    let mut is_escaped = false;
    let mut signs = text[start..].char_indices().peekable();
    while let Some((place, sign)) = signs.next() {
        match sign {
            '\\' => {
                is_escaped = true;
                match signs.peek() {
                    Some((_, next)) if !next.is_whitespace() => {
                        word.push(*next);
                        signs.next();
                    }
                    _ => {}
                }
            }
            '(' | ')' | '"' | '[' | ']' => return (word, start + place, is_escaped),
            sign if sign.is_whitespace() => return (word, start + place, is_escaped),
            sign => word.push(sign),
        }
    }
    (word, text.len(), is_escaped)
}

/// What stands in quotes from a place on, and where they end.
fn quoted(text: &str, start: usize) -> Result<(String, usize), EssieError> {
    let mut inside = String::new();
    let mut signs = text[start + 1..].char_indices();
    while let Some((place, sign)) = signs.next() {
        match sign {
            '\\' => inside.extend(signs.next().map(|(_, sign)| sign)),
            '"' => return Ok((inside, start + 1 + place + 1)),
            sign => inside.push(sign),
        }
    }
    Err(EssieError {
        span: Span::new(start, text.len()),
        fault: EssieFault::UnclosedQuote,
    })
}
