//! The tokens of an expression to a query tree, by recursive descent: OR over AND over operators over terms.
//!
//! Neighbours without an operator between them are both required (`bethesda NOT maryland`). An operator with brackets holds for
//! the term, parenthesis or operator right after it.

use crate::query::area::{AreaTest, Coverage, Expansion};
use crate::query::essie::errors::{EssieError, EssieFault};
use crate::query::essie::lex::{Bracket, Kind, Token, tokens};
use crate::query::essie::names::{AreaKind, AreaNames};
use crate::query::essie::values;
use crate::query::filter::Ends;
use crate::query::tree::{Bound, Finite, Node, Place, Query, Span};
use crate::query::{LONGEST_QUERY, MOST_NESTED};

/// Reads an expression; words that stand in no `AREA` are asked of the area `default`. A blank text asks for every trial.
///
/// # Errors
/// If it is no expression, with the place.
pub fn parse_essie(text: &str, default: &str, names: &dyn AreaNames) -> Result<Query, EssieError> {
    if text.len() > LONGEST_QUERY {
        return Err(EssieError {
            span: Span::new(0, 0),
            fault: EssieFault::TooLong(text.len()),
        });
    }
    let (area, kind) = names
        .area(default)
        .unwrap_or_else(|| (default.to_owned(), AreaKind::Words));
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
        end: text.len(),
        text,
        names,
        depth: 0,
    };
    let context = Context {
        area,
        kind,
        expansion: None,
        coverage: Coverage::Contains,
        in_location: false,
    };
    let root = match parser.tokens.is_empty() {
        true => Node::All,
        false => parser.any(&context)?,
    };
    if let Some(token) = parser.peek() {
        let span = token.span;
        return Err(EssieError {
            fault: EssieFault::Unexpected(span.of(text).to_owned()),
            span,
        });
    }
    Ok(Query {
        text: text.to_owned(),
        root,
        ignored: Vec::new(),
    })
}

/// What holds for a term by the operators before it.
#[derive(Clone)]
struct Context {
    area: String,
    kind: AreaKind,
    expansion: Option<Expansion>,
    coverage: Coverage,
    in_location: bool,
}

struct Parser<'q> {
    tokens: Vec<Token>,
    at: usize,
    end: usize,
    text: &'q str,
    names: &'q dyn AreaNames,
    depth: usize,
}

/// What stands before a term and is put around what it asks.
enum Around {
    Not(Span),
    Site(Span),
    Tilt(String, Span),
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn wrong<T>(&self, span: Span, fault: EssieFault) -> Result<T, EssieError> {
        Err(EssieError { span, fault })
    }

    fn any(&mut self, context: &Context) -> Result<Node, EssieError> {
        let mut nodes = vec![self.all(context)?];
        while self.peek().is_some_and(|token| token.kind == Kind::Or) {
            self.at += 1;
            nodes.push(self.all(context)?);
        }
        // A part that is every trial makes the whole so.
        if nodes.contains(&Node::All) {
            return Ok(Node::All);
        }
        Ok(Node::any_of(nodes))
    }

    fn all(&mut self, context: &Context) -> Result<Node, EssieError> {
        let mut nodes = vec![self.operated(context)?];
        loop {
            match self.peek().map(|token| &token.kind) {
                Some(Kind::And) => self.at += 1,
                Some(Kind::Or | Kind::Close) | None => break,
                Some(_) => {}
            }
            nodes.push(self.operated(context)?);
        }
        nodes.retain(|node| *node != Node::All);
        Ok(Node::all_of(nodes))
    }

    /// Operators and what they hold for.
    fn operated(&mut self, context: &Context) -> Result<Node, EssieError> {
        let mut context = context.clone();
        let mut around = Vec::new();
        while let Some(Token { kind, span }) = self.peek().cloned() {
            match kind {
                Kind::Not => around.push(Around::Not(span)),
                Kind::Bracket(bracket, inside) => match bracket {
                    Bracket::Area => self.area(&mut context, &inside, span)?,
                    Bracket::Expansion => {
                        context.expansion =
                            Some(self.choice("EXPANSION", &Expansion::NAMES, &inside, span)?);
                    }
                    Bracket::Coverage => {
                        context.coverage =
                            self.choice("COVERAGE", &Coverage::NAMES, &inside, span)?;
                    }
                    Bracket::Search => {
                        let scopes = [("Study", false), ("Location", true)];
                        if self.choice("SEARCH", &scopes, &inside, span)? {
                            context.in_location = true;
                            if let Some((area, kind)) = self.names.area("LocationSearch") {
                                (context.area, context.kind) = (area, kind);
                            }
                            around.push(Around::Site(span));
                        }
                    }
                    Bracket::Tilt => around.push(Around::Tilt(self.tilted(&inside, span)?, span)),
                    Bracket::Range | Bracket::Distance => break,
                },
                _ => break,
            }
            self.at += 1;
        }
        self.depth += around.len() + 1;
        if self.depth > MOST_NESTED {
            let span = self.here();
            return self.wrong(span, EssieFault::TooDeep);
        }
        let mut node = self.source(&context)?;
        self.depth -= around.len() + 1;
        for around in around.into_iter().rev() {
            node = match around {
                Around::Not(span) => Node::none_of(node, span),
                Around::Site(span) if node != Node::All => Node::Site {
                    node: Box::new(node),
                    span,
                },
                Around::Tilt(piece, span) => Node::Tilt {
                    node: Box::new(node),
                    piece,
                    span,
                },
                Around::Site(_) => node,
            };
        }
        Ok(node)
    }

    fn area(&self, context: &mut Context, name: &str, span: Span) -> Result<(), EssieError> {
        let Some((area, kind)) = self.names.area(name) else {
            return self.wrong(span, EssieFault::UnknownArea(name.to_owned()));
        };
        if context.in_location && !self.names.is_of_location(&area) {
            return self.wrong(span, EssieFault::NotOfLocation(area));
        }
        (context.area, context.kind) = (area, kind);
        Ok(())
    }

    fn tilted(&self, name: &str, span: Span) -> Result<String, EssieError> {
        match self.names.area(name) {
            None => self.wrong(span, EssieFault::UnknownArea(name.to_owned())),
            Some((area, AreaKind::Days | AreaKind::Ages | AreaKind::Numbers)) => Ok(area),
            Some((area, _)) => self.wrong(span, EssieFault::NoTilt(area)),
        }
    }

    fn choice<T: Copy>(
        &self,
        operator: &'static str,
        known: &[(&'static str, T)],
        typed: &str,
        span: Span,
    ) -> Result<T, EssieError> {
        let found = known
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(typed));
        match found {
            Some((_, choice)) => Ok(*choice),
            None => self.wrong(
                span,
                EssieFault::UnknownChoice {
                    operator,
                    value: typed.to_owned(),
                    known: match operator {
                        "EXPANSION" => "None, Term, Concept, Relaxation and Lossy",
                        "COVERAGE" => "Contains, FullMatch, StartsWith and EndsWith",
                        _ => "Study and Location",
                    },
                },
            ),
        }
    }

    /// The place of the next token, or the end.
    fn here(&self) -> Span {
        self.peek()
            .map_or(Span::new(self.end, self.end), |token| token.span)
    }

    /// A term, a parenthesis, or what stands alone.
    fn source(&mut self, context: &Context) -> Result<Node, EssieError> {
        let here = self.here();
        let Some(Token { kind, span }) = self.next() else {
            return self.wrong(here, EssieFault::NothingToSearch("<EOF>".to_owned()));
        };
        match kind {
            Kind::Word(_) | Kind::Quoted(_) => {
                self.at -= 1;
                self.term(context)
            }
            Kind::Open => {
                let node = self.any(context)?;
                match self.next() {
                    Some(token) if token.kind == Kind::Close => Ok(node),
                    _ => self.wrong(span, EssieFault::UnclosedParenthesis),
                }
            }
            Kind::All => match &context.kind {
                AreaKind::Values { values, .. } if values.iter().any(|value| value == "ALL") => {
                    self.at -= 1;
                    self.term(context)
                }
                _ => Ok(Node::All),
            },
            Kind::Missing => Ok(Node::Area {
                area: context.area.clone(),
                test: AreaTest::Missing,
                span,
            }),
            Kind::Bracket(Bracket::Range, inside) => self.range(context, &inside, span),
            Kind::Bracket(Bracket::Distance, inside) => self.distance(context, &inside, span),
            _ => self.wrong(
                span,
                EssieFault::NothingToSearch(span.of(self.text).to_owned()),
            ),
        }
    }

    /// Words and phrases up to the next operator.
    fn term(&mut self, context: &Context) -> Result<Node, EssieError> {
        let takes_words = context.kind == AreaKind::Words;
        let mut parts: Vec<(String, bool, Span)> = Vec::new();
        while let Some(Token { kind, span }) = self.peek().cloned() {
            let (text, quoted) = match kind {
                Kind::Word(word) => (word, false),
                Kind::Quoted(quoted) => (quoted, true),
                Kind::All if !takes_words => ("ALL".to_owned(), false),
                _ => break,
            };
            self.at += 1;
            match parts.last_mut() {
                // Whatever has no words is one value, quotes or not.
                Some((last, was_quoted, place)) if !takes_words || !(quoted || *was_quoted) => {
                    last.push(' ');
                    last.push_str(&text);
                    *place = place.to(span);
                }
                _ => parts.push((text, quoted, span)),
            }
        }
        let mut nodes = Vec::with_capacity(parts.len());
        for (text, quoted, span) in parts {
            if !text.contains(char::is_alphanumeric) {
                // `-`, `&` and the like between words say nothing.
                continue;
            }
            nodes.push(Node::Area {
                test: self.test(context, &text, quoted, span)?,
                area: context.area.clone(),
                span,
            });
        }
        match nodes.is_empty() {
            true => {
                let span = self.tokens[self.at - 1].span;
                self.wrong(
                    span,
                    EssieFault::NothingToSearch(span.of(self.text).to_owned()),
                )
            }
            false => Ok(Node::all_of(nodes)),
        }
    }

    fn test(
        &self,
        context: &Context,
        text: &str,
        quoted: bool,
        span: Span,
    ) -> Result<AreaTest, EssieError> {
        let exactly = |bound: Option<Bound>| {
            bound.map(|bound| AreaTest::Range {
                ends: ends(Some(bound), Some(bound)),
            })
        };
        let wanted = match &context.kind {
            AreaKind::Words => return self.words(context, text, quoted, span),
            AreaKind::Values { path, values } => {
                let typed = comparable(text);
                let value = values.iter().find(|value| comparable(value) == typed);
                return match value {
                    Some(value) => Ok(AreaTest::Value {
                        value: value.clone(),
                    }),
                    None => {
                        let allowed: Vec<String> =
                            values.iter().map(|value| format!("`{value}`")).collect();
                        let fault = EssieFault::NotAllowed {
                            path: path.clone(),
                            allowed: allowed.join(", "),
                        };
                        self.wrong(span, fault)
                    }
                };
            }
            AreaKind::Days => match values::days(text) {
                Some((first, last)) => {
                    return Ok(AreaTest::Range {
                        ends: ends(Some(first), Some(last)),
                    });
                }
                None => "a date",
            },
            AreaKind::Ages => match exactly(values::age(text)) {
                Some(test) => return Ok(test),
                None => "an age",
            },
            AreaKind::Numbers => match exactly(values::number(text)) {
                Some(test) => return Ok(test),
                None => "a number",
            },
            AreaKind::Flag => match values::flag(text) {
                Some(flag) => return Ok(AreaTest::Flag { flag }),
                None => "true or false",
            },
            AreaKind::Point => "a DISTANCE",
            AreaKind::Struct => "MISSING",
        };
        self.wrong(
            span,
            EssieFault::WrongValue {
                value: text.to_owned(),
                wanted,
                area: context.area.clone(),
            },
        )
    }

    fn words(
        &self,
        context: &Context,
        text: &str,
        quoted: bool,
        span: Span,
    ) -> Result<AreaTest, EssieError> {
        let covers = context.coverage != Coverage::Contains;
        let expansion = match context.expansion {
            Some(Expansion::Relaxation | Expansion::Lossy) if covers && !quoted => {
                let fault = EssieFault::CoverageWithoutPhrase(context.coverage.name());
                return self.wrong(span, fault);
            }
            Some(Expansion::Relaxation | Expansion::Lossy) | None if quoted || covers => {
                Expansion::Concept
            }
            expansion => expansion.unwrap_or_default(),
        };
        Ok(AreaTest::Words {
            text: text.to_owned(),
            quoted,
            expansion,
            coverage: context.coverage,
        })
    }

    fn range(&self, context: &Context, inside: &str, span: Span) -> Result<Node, EssieError> {
        if !matches!(
            context.kind,
            AreaKind::Days | AreaKind::Ages | AreaKind::Numbers
        ) {
            return self.wrong(span, EssieFault::NoRange(context.area.clone()));
        }
        let bound = |text: &str, is_last: bool| -> Option<Option<Bound>> {
            let text = text.trim();
            if matches!(text, "MIN" | "MAX") {
                // MAX as the first end leaves nothing, and MIN as the last.
                return ((text == "MAX") == is_last).then_some(None);
            }
            let found = match context.kind {
                AreaKind::Days => {
                    values::days(text).map(|(first, last)| if is_last { last } else { first })
                }
                AreaKind::Ages => values::age(text),
                _ => values::number(text),
            };
            found.map(Some)
        };
        // A date may have a comma in it: "January 5, 2020".
        let read = inside.match_indices(',').find_map(|(comma, _)| {
            Some((
                bound(&inside[..comma], false)?,
                bound(&inside[comma + 1..], true)?,
            ))
        });
        match read {
            Some((from, to)) => Ok(Node::Area {
                area: context.area.clone(),
                test: AreaTest::Range {
                    ends: ends(from, to),
                },
                span,
            }),
            None => self.wrong(span, EssieFault::WrongRange),
        }
    }

    fn distance(&self, context: &Context, inside: &str, span: Span) -> Result<Node, EssieError> {
        let circle = values::distance(inside).filter(|_| context.kind == AreaKind::Point);
        let finite = |number: f64| Finite::new(number);
        let found = circle.and_then(|circle| {
            Some(AreaTest::Near {
                place: Place::Coordinates {
                    latitude: finite(circle.latitude)?,
                    longitude: finite(circle.longitude)?,
                },
                kilometres: finite(circle.kilometres)?,
            })
        });
        match found {
            Some(test) => Ok(Node::Area {
                area: context.area.clone(),
                test,
                span,
            }),
            None => self.wrong(span, EssieFault::WrongDistance),
        }
    }
}

fn ends(from: Option<Bound>, to: Option<Bound>) -> Ends<Bound> {
    Ends {
        from,
        to,
        beyond_from: false,
        before_to: false,
    }
}

/// Letters and digits in upper case: `Not yet recruiting` is `NOT_YET_RECRUITING`.
fn comparable(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_uppercase)
        .collect()
}
