//! The leaves of the tree: words and phrases as they are asked in a field, values as a filter takes them.

use super::{Parser, Scope, boosted};
use crate::query::caret::brief;
use crate::query::errors::{QueryError, QueryFault};
use crate::query::filter::{FilterKind, FilterName, test};
use crate::query::lex::{Token, TokenKind, field_name};
use crate::query::signs::{Signs, Within, fuzzy_word};
use crate::query::tree::{Finite, Form, Node, Place, Span};

impl Parser<'_> {
    /// The node of a word or phrase, asked in a field or as the value of a filter.
    pub(super) fn leaf(&self, token: Token, scope: Option<&Scope>) -> Result<Node, QueryError> {
        let (signs, is_phrase) = match token.kind {
            TokenKind::Phrase(signs) => (signs, true),
            TokenKind::Word(signs) => (signs, false),
            _ => (Signs::default(), false),
        };
        if !is_phrase {
            self.names_no_field(token)?;
        }
        if let Some(Scope::Filter(filter)) = scope {
            return self.value(token, signs, is_phrase, filter);
        }
        let wrong_sign = || {
            let typed = brief(Span::new(token.core.end, token.span.end).of(self.text));
            QueryError::new(token.span, QueryFault::WrongSign { typed })
        };
        let field = scope.map(|scope| scope.name().to_owned());
        let span = token.core;
        let node = if is_phrase {
            self.has_no_fuzzy_word(span)?;
            let slop = match signs.within {
                None => 0,
                Some(Within::Places(places)) => places,
                Some(Within::Kilometres(_)) => return Err(wrong_sign()),
            };
            Node::Phrase {
                text: unquoted(span.of(self.text)),
                slop,
                exact: signs.form == Form::Exact,
                field,
                span,
            }
        } else {
            if signs.within.is_some() {
                return Err(wrong_sign());
            }
            // Behind a colon or before a boost, a sign between groups is no word either.
            let distance = span.of(self.text).strip_prefix('~');
            if distance.is_some_and(|distance| distance.bytes().all(|byte| byte.is_ascii_digit())) {
                let operator = brief(span.of(self.text));
                let fault = QueryFault::NothingBefore { operator };
                return Err(QueryError::new(token.span, fault));
            }
            Node::Word {
                text: span.of(self.text).to_owned(),
                form: signs.form,
                field,
                span,
            }
        };
        Ok(boosted(node, signs.boost, token.span))
    }

    /// Refuses a phrase in which letters of a word may differ.
    fn has_no_fuzzy_word(&self, phrase: Span) -> Result<(), QueryError> {
        let text = phrase.of(self.text);
        // Up to the closing quote, which is one character of some length.
        let inside = text
            .char_indices()
            .next_back()
            .map_or(text, |(end, _)| &text[..end]);
        let Some(word) = fuzzy_word(inside) else {
            return Ok(());
        };
        let typed = brief(word.of(text));
        let span = Span::new(phrase.start + word.start, phrase.start + word.end);
        Err(QueryError::new(span, QueryFault::FuzzyInPhrase { typed }))
    }

    /// Refuses a word that begins with a field: the lexer knows a field only where nothing stands before it.
    fn names_no_field(&self, word: Token) -> Result<(), QueryError> {
        let core = word.core;
        let Some(name) = field_name(core.of(self.text)) else {
            return Ok(());
        };
        if self.filter(name).is_none() && self.resolve(name).is_none() {
            return Ok(());
        }
        let sign = Span::new(word.span.start, core.start).of(self.text);
        let field = self.tokens.iter().find(|token| {
            matches!(token.kind, TokenKind::Field { .. }) && token.span.end == word.span.start
        });
        let before = field.map_or(sign, |field| field.span.of(self.text));
        let fault = QueryFault::FieldBehind {
            before: brief(before),
            name: brief(name),
        };
        let place = Span::new(core.start, core.start + name.len() + 1);
        Err(QueryError::new(place, fault))
    }

    /// The node of a filter's value.
    fn value(
        &self,
        token: Token,
        signs: Signs,
        is_phrase: bool,
        filter: &FilterName,
    ) -> Result<Node, QueryError> {
        let mut span = token.span;
        // The full stops of an open range are no punctuation behind it.
        let behind = self.text.get(span.end..).unwrap_or_default();
        if !is_phrase && behind.starts_with("..") && !behind.starts_with("...") {
            span.end += 2;
        }
        let typed = span.of(self.text);
        let wrong = || {
            let fault = QueryFault::WrongValue {
                filter: filter.name.clone(),
                value: brief(typed),
                kind: filter.kind,
            };
            QueryError::new(span, fault)
        };
        let core = match is_phrase {
            true => unquoted(token.core.of(self.text)),
            false => token.core.of(self.text).to_owned(),
        };
        if filter.kind == FilterKind::Place {
            return match (signs.within, place(&core)) {
                (Some(Within::Kilometres(kilometres)), Some(place))
                    if signs.boost.is_none() && signs.form == Form::Stemmed =>
                {
                    Ok(Node::Near {
                        place,
                        kilometres,
                        span,
                    })
                }
                _ => Err(wrong()),
            };
        }
        if is_phrase && token.core != token.span {
            return Err(wrong());
        }
        let value = match is_phrase {
            true => core.trim().to_owned(),
            false => typed.to_owned(),
        };
        let test = test(filter, &value).map_err(|fault| QueryError::new(span, fault))?;
        Ok(Node::Filter {
            name: filter.name.clone(),
            value,
            test,
            span,
        })
    }
}

/// What stands between the quotes of a phrase.
pub(super) fn unquoted(phrase: &str) -> String {
    let mut inside = phrase.chars();
    inside.next();
    inside.next_back();
    inside.as_str().to_owned()
}

/// `45.76,4.84` or a name; nothing for coordinates that are not on earth.
fn place(text: &str) -> Option<Place> {
    let text = text.trim();
    let number = |text: &str| text.trim().parse::<f64>().ok().and_then(Finite::new);
    let coordinates = text
        .split_once(',')
        .and_then(|(latitude, longitude)| Some((number(latitude)?, number(longitude)?)));
    match coordinates {
        Some((latitude, longitude)) => {
            let on_earth = latitude.get().abs() <= 90.0 && longitude.get().abs() <= 180.0;
            on_earth.then_some(Place::Coordinates {
                latitude,
                longitude,
            })
        }
        None => text
            .contains(char::is_alphabetic)
            .then(|| Place::Named(text.to_owned())),
    }
}
