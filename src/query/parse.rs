//! Tokens to a tree: `NOT` binds before standing side by side (or `AND`), that before `OR`.
//!
//! Recursion goes one step deeper only at a parenthesis, and parentheses are counted.

use super::errors::{QueryError, QueryFault, brief};
use super::fields::{FieldNames, nearest};
use super::lex::{Lexed, Token, TokenKind, is_operator, lex};
use super::tree::{Node, Query, Span};

/// The longest query that is read, in bytes: several times the longest published search strategies. Whole patient
/// narratives are not queries and are read elsewhere.
pub const LONGEST_QUERY: usize = 64 * 1024;

/// The most parentheses within each other: far more than people write, far fewer than would exhaust a thread's stack.
pub const MOST_NESTED: usize = 64;

/// Reads `text` as a query over `fields`. Blank text asks for every trial.
///
/// The error is the first fault found: signs that are out of place before words that are.
pub fn parse(text: &str, fields: &dyn FieldNames) -> Result<Query, QueryError> {
    if text.len() > LONGEST_QUERY {
        let start = (0..=LONGEST_QUERY)
            .rfind(|place| text.is_char_boundary(*place))
            .unwrap_or(0);
        let beyond = Span::new(start, text.len());
        let length = text.len();
        return Err(QueryError::new(beyond, QueryFault::TooLong { length }));
    }
    let Lexed { tokens, ignored } = lex(text)?;
    let root = match (tokens.is_empty(), ignored.first(), ignored.last()) {
        (true, Some(first), Some(last)) => {
            return Err(QueryError::new(
                first.to(*last),
                QueryFault::NothingToSearch,
            ));
        }
        (true, ..) => Node::All,
        _ => {
            let mut parser = Parser {
                text,
                tokens: &tokens,
                next: 0,
                fields,
                scope: None,
                depth: 0,
            };
            let root = parser.any_of()?;
            if let Some(stray) = parser.peek() {
                return Err(QueryError::new(stray.span, QueryFault::StrayParenthesis));
            }
            root
        }
    };
    Ok(Query {
        text: text.to_owned(),
        root,
        ignored,
    })
}

struct Parser<'a> {
    text: &'a str,
    tokens: &'a [Token],
    /// The token to read next.
    next: usize,
    fields: &'a dyn FieldNames,
    /// The field whose parentheses are open.
    scope: Option<String>,
    /// Parentheses that are open.
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<Token> {
        self.tokens.get(self.next).copied()
    }

    fn take(&mut self, kind: TokenKind) -> Option<Token> {
        let token = self.peek().filter(|token| token.kind == kind)?;
        self.next += 1;
        Some(token)
    }

    /// Whether a term can start with the next token.
    fn at_term(&self) -> bool {
        self.peek().is_some_and(|token| match token.kind {
            TokenKind::Word
            | TokenKind::Phrase
            | TokenKind::Field { .. }
            | TokenKind::Minus
            | TokenKind::Not
            | TokenKind::Open => true,
            TokenKind::And | TokenKind::Or | TokenKind::Close => false,
        })
    }

    fn typed(&self, token: Token) -> String {
        token.span.of(self.text).to_owned()
    }

    fn wants_term(&self, operator: Token) -> Result<(), QueryError> {
        if self.at_term() {
            return Ok(());
        }
        let fault = QueryFault::NothingAfter {
            operator: self.typed(operator),
        };
        Err(QueryError::new(operator.span, fault))
    }

    fn any_of(&mut self) -> Result<Node, QueryError> {
        let mut nodes = vec![self.all_of()?];
        while let Some(or) = self.take(TokenKind::Or) {
            self.wants_term(or)?;
            nodes.push(self.all_of()?);
        }
        Ok(Node::any_of(nodes))
    }

    fn all_of(&mut self) -> Result<Node, QueryError> {
        let mut nodes = vec![self.signed()?];
        loop {
            if let Some(and) = self.take(TokenKind::And) {
                self.wants_term(and)?;
            } else if !self.at_term() {
                return Ok(Node::all_of(nodes));
            }
            nodes.push(self.signed()?);
        }
    }

    /// A term with the `-` and `NOT` before it, of which two cancel each other.
    fn signed(&mut self) -> Result<Node, QueryError> {
        let first = self.peek().map(|token| token.span);
        let mut excludes = false;
        while let Some(token) = self.peek() {
            match token.kind {
                TokenKind::Minus => self.next += 1,
                TokenKind::Not => {
                    self.next += 1;
                    self.wants_term(token)?;
                }
                _ => break,
            }
            excludes = !excludes;
        }
        let node = self.term()?;
        let last = self
            .next
            .checked_sub(1)
            .and_then(|last| self.tokens.get(last));
        match (excludes, first, last) {
            (true, Some(first), Some(last)) => Ok(Node::none_of(node, first.to(last.span))),
            _ => Ok(node),
        }
    }

    fn term(&mut self) -> Result<Node, QueryError> {
        let Some(token) = self.peek() else {
            let end = Span::new(self.text.len(), self.text.len());
            return Err(QueryError::new(end, QueryFault::NothingToSearch));
        };
        match token.kind {
            TokenKind::Word | TokenKind::Phrase => {
                self.next += 1;
                Ok(self.leaf(token, self.scope.clone()))
            }
            TokenKind::Field { bare } => {
                self.next += 1;
                self.fielded(token, bare)
            }
            TokenKind::Open => {
                self.next += 1;
                self.group(token)
            }
            TokenKind::Close => Err(QueryError::new(token.span, QueryFault::StrayParenthesis)),
            TokenKind::And | TokenKind::Or | TokenKind::Not | TokenKind::Minus => {
                let operator = self.typed(token);
                Err(QueryError::new(
                    token.span,
                    QueryFault::NothingBefore { operator },
                ))
            }
        }
    }

    fn leaf(&self, token: Token, field: Option<String>) -> Node {
        let typed = token.span.of(self.text);
        let span = token.span;
        if token.kind == TokenKind::Phrase {
            let mut inside = typed.chars();
            inside.next();
            inside.next_back();
            let text = inside.as_str().to_owned();
            Node::Phrase { text, field, span }
        } else {
            let text = typed.to_owned();
            Node::Word { text, field, span }
        }
    }

    /// What follows `open`, up to its `)`.
    fn group(&mut self, open: Token) -> Result<Node, QueryError> {
        if self.depth == MOST_NESTED {
            return Err(QueryError::new(open.span, QueryFault::TooDeep));
        }
        if let Some(close) = self.take(TokenKind::Close) {
            let span = open.span.to(close.span);
            return Err(QueryError::new(span, QueryFault::EmptyParentheses));
        }
        if self.peek().is_none() {
            return Err(QueryError::new(open.span, QueryFault::UnclosedParenthesis));
        }
        self.depth += 1;
        let node = self.any_of()?;
        self.depth -= 1;
        match self.take(TokenKind::Close) {
            Some(_) => Ok(node),
            None => Err(QueryError::new(open.span, QueryFault::UnclosedParenthesis)),
        }
    }

    /// What is asked in the field that `token` names.
    fn fielded(&mut self, token: Token, bare: bool) -> Result<Node, QueryError> {
        let name_span = Span::new(token.span.start, token.span.end - 1);
        let name = name_span.of(self.text);
        let Some(field) = self.resolve(name) else {
            let meant = nearest(name, self.fields);
            let advice = self.fields.advice(name);
            // "Stem cells for back pain: a randomised trial" names no field; one in twelve titles has such a colon.
            if bare && meant.is_none() && advice.is_none() && !is_operator(name) {
                let word = Token {
                    kind: TokenKind::Word,
                    span: name_span,
                };
                return Ok(self.leaf(word, self.scope.clone()));
            }
            let fault = QueryFault::UnknownField {
                name: brief(name),
                meant,
                advice,
                fields: self.fields.names(),
                typed: self.as_text(token),
            };
            return Err(QueryError::new(name_span, fault));
        };
        let name = brief(name);
        if bare {
            return Err(QueryError::new(token.span, QueryFault::EmptyField { name }));
        }
        if let Some(outer) = self.scope.as_ref().filter(|outer| **outer != field) {
            let fault = QueryFault::FieldInField {
                outer: outer.clone(),
                inner: name,
            };
            return Err(QueryError::new(token.span, fault));
        }
        let Some(open) = self.take(TokenKind::Open) else {
            let value = self
                .peek()
                .ok_or_else(|| QueryError::new(token.span, QueryFault::EmptyField { name }))?;
            self.next += 1;
            return Ok(self.leaf(value, Some(field)));
        };
        let outer = self.scope.replace(field);
        let node = self.group(open)?;
        self.scope = outer;
        Ok(node)
    }

    fn resolve(&self, name: &str) -> Option<String> {
        self.fields
            .resolve(name)
            .or_else(|| self.fields.resolve(&name.to_lowercase()))
    }

    /// The field and the word or phrase right behind it as text to put in quotes.
    fn as_text(&self, field: Token) -> String {
        let value = self.peek().filter(|value| {
            value.span.start == field.span.end
                && matches!(value.kind, TokenKind::Word | TokenKind::Phrase)
        });
        let name = field.span.of(self.text);
        match value.map(|value| self.leaf(value, None)) {
            Some(Node::Word { text, .. } | Node::Phrase { text, .. }) => {
                brief(&format!("{name}{text}"))
            }
            _ => brief(name),
        }
    }
}
