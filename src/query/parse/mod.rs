//! Tokens to a tree: `~5` binds before `NOT`, that before standing side by side (or `AND`), that before `OR`.
//!
//! Recursion goes one step deeper only at a parenthesis, and parentheses are counted. The leaves are `leaf`'s.

mod leaf;

use leaf::unquoted;

use super::caret::brief;
use super::errors::{QueryError, QueryFault};
use super::fields::{FieldNames, nearest, with_example};
use super::filter::FilterName;
use super::lex::{Lexed, Token, TokenKind, is_operator, lex};
use super::signs::Signs;
use super::tree::{Finite, Node, Query, Span};

/// The longest query that is read, in bytes: several times the longest published search strategies. Whole patient
/// narratives are not queries and are read elsewhere.
pub const LONGEST_QUERY: usize = 64 * 1024;

/// The most parentheses within each other: far more than people write, far fewer than would exhaust a thread's stack.
pub const MOST_NESTED: usize = 64;

/// The most words or groups near each other in a row.
const MOST_NEAR: usize = 8;

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
    let Lexed { tokens, ignored } = lex(text).map_err(|error| with_example(error, fields))?;
    let root = match tokens.is_empty() {
        // Signs alone, or characters that nobody sees: only blank text asks for everything.
        true if !text.trim().is_empty() => {
            let start = text.len() - text.trim_start().len();
            let typed = Span::new(start, start + text.trim().len());
            return Err(QueryError::new(typed, QueryFault::NothingToSearch));
        }
        true => Node::All,
        false => {
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
    /// The field or filter whose parentheses or braces are open.
    scope: Option<Scope>,
    /// Parentheses that are open.
    depth: usize,
}

/// What words are asked in.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Scope {
    Field(String),
    Filter(FilterName),
}

impl Scope {
    fn name(&self) -> &str {
        match self {
            Scope::Field(name) => name,
            Scope::Filter(filter) => &filter.name,
        }
    }
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
            TokenKind::Word(_)
            | TokenKind::Phrase(_)
            | TokenKind::Field { .. }
            | TokenKind::Minus
            | TokenKind::Not
            | TokenKind::Open
            | TokenKind::OpenItem => true,
            TokenKind::And
            | TokenKind::Or
            | TokenKind::Near(_)
            | TokenKind::Close
            | TokenKind::CloseItem
            | TokenKind::Boost(_) => false,
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
        let node = self.near()?;
        match (excludes, first) {
            (true, Some(first)) => Ok(Node::none_of(node, first.to(self.last()))),
            _ => Ok(node),
        }
    }

    /// The place of the last token read.
    fn last(&self) -> Span {
        let last = self.next.checked_sub(1);
        let last = last.and_then(|last| self.tokens.get(last));
        last.map_or(Span::new(0, 0), |token| token.span)
    }

    /// A term, or several with `~5` between them.
    fn near(&mut self) -> Result<Node, QueryError> {
        let first = self.peek().map(|token| token.span);
        let node = self.term()?;
        let Some(Token {
            kind: TokenKind::Near(within),
            span: operator,
            ..
        }) = self.peek()
        else {
            return Ok(node);
        };
        if within == 0 {
            return Err(QueryError::new(operator, QueryFault::NoDistance));
        }
        let first = first.unwrap_or(operator);
        let mut nodes = vec![self.operand(node, first.to(self.last()))?];
        while let Some(token) = self.peek() {
            let TokenKind::Near(next) = token.kind else {
                break;
            };
            if next != within {
                let fault = QueryFault::TwoDistances {
                    first: within,
                    second: next,
                };
                return Err(QueryError::new(token.span, fault));
            }
            if nodes.len() == MOST_NEAR {
                let fault = QueryFault::TooManyNear { most: MOST_NEAR };
                return Err(QueryError::new(token.span, fault));
            }
            self.next += 1;
            self.wants_term(token)?;
            let start = self.peek().map_or(token.span, |token| token.span);
            let node = self.term()?;
            nodes.push(self.operand(node, start.to(self.last()))?);
        }
        let span = first.to(self.last());
        if let Some(fault) = Node::near_fault(&nodes) {
            return Err(QueryError::new(span, fault));
        }
        Ok(Node::Proximity {
            nodes,
            within,
            span,
        })
    }

    /// What may stand beside `~5`.
    fn operand(&self, node: Node, span: Span) -> Result<Node, QueryError> {
        if node.may_be_near() {
            return Ok(node);
        }
        Err(QueryError::new(span, QueryFault::NotNear))
    }

    fn term(&mut self) -> Result<Node, QueryError> {
        let Some(token) = self.peek() else {
            let end = Span::new(self.text.len(), self.text.len());
            return Err(QueryError::new(end, QueryFault::NothingToSearch));
        };
        match token.kind {
            TokenKind::Word(_) | TokenKind::Phrase(_) => {
                self.next += 1;
                self.leaf(token, self.scope.as_ref())
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
            TokenKind::CloseItem => Err(QueryError::new(token.span, QueryFault::EmptyBraces)),
            // A brace opens behind its field, which reads it, and a boost stands behind what closes.
            TokenKind::OpenItem | TokenKind::Boost(_) => {
                let typed = brief(&self.typed(token));
                Err(QueryError::new(token.span, QueryFault::WrongSign { typed }))
            }
            // They are read before a term but behind `~5`.
            TokenKind::Not | TokenKind::Minus => {
                Err(QueryError::new(token.span, QueryFault::NotNear))
            }
            TokenKind::And | TokenKind::Or | TokenKind::Near(_) => {
                let operator = self.typed(token);
                Err(QueryError::new(
                    token.span,
                    QueryFault::NothingBefore { operator },
                ))
            }
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
            Some(_) => Ok(self.with_boost(node, open)),
            None => Err(QueryError::new(open.span, QueryFault::UnclosedParenthesis)),
        }
    }

    /// A group that began at `open` with the boost right behind it, if there is one.
    fn with_boost(&mut self, node: Node, open: Token) -> Node {
        let Some(Token {
            kind: TokenKind::Boost(factor),
            span,
            ..
        }) = self.peek()
        else {
            return node;
        };
        self.next += 1;
        boosted(node, Some(factor), open.span.to(span))
    }

    /// What one value of `field` must have, behind the brace `open` and up to its `}`.
    fn item(&mut self, open: Token, field: String) -> Result<Node, QueryError> {
        if let Some(close) = self.take(TokenKind::CloseItem) {
            let span = open.span.to(close.span);
            return Err(QueryError::new(span, QueryFault::EmptyBraces));
        }
        let node = self.any_of()?;
        let Some(close) = self.take(TokenKind::CloseItem) else {
            let stray = self.peek().map_or(open.span, |token| token.span);
            return Err(QueryError::new(stray, QueryFault::StrayParenthesis));
        };
        let span = open.span.to(close.span);
        if let Some(boost) = node.boost() {
            return Err(QueryError::new(boost, QueryFault::BoostInItem));
        }
        if !node.requires_something() {
            return Err(QueryError::new(span, QueryFault::NothingInItem));
        }
        let node = Node::Item {
            node: Box::new(node),
            field,
            span,
        };
        Ok(self.with_boost(node, open))
    }

    /// What is asked in the field that `token` names.
    fn fielded(&mut self, token: Token, bare: bool) -> Result<Node, QueryError> {
        let name_span = Span::new(token.span.start, token.span.end - 1);
        let name = name_span.of(self.text);
        if let Some(filter) = self.filter(name) {
            return self.filtered(token, bare, filter);
        }
        let Some(field) = self.resolve(name) else {
            // "Stem cells for back pain: a randomised trial" names no field, nor does "The DREAM Study: a trial", whatever field the
            // word is like: one in twelve titles has such a colon. But what is typed is not capitalised, and begins with its field.
            let meant = nearest(name, self.fields);
            let begins = self.next == 1 && !name.contains(char::is_uppercase);
            if bare && !is_operator(name) && !(begins && meant.is_some()) {
                let word = Token {
                    kind: TokenKind::Word(Signs::default()),
                    span: name_span,
                    core: name_span,
                };
                return self.leaf(word, self.scope.as_ref());
            }
            let fault = QueryFault::UnknownField {
                name: brief(name),
                meant,
                fields: self.names(),
                typed: self.as_text(token),
            };
            return Err(QueryError::new(name_span, fault));
        };
        let name = brief(name);
        if bare {
            let example = None;
            let fault = QueryFault::EmptyField { name, example };
            return Err(QueryError::new(token.span, fault));
        }
        let scope = Scope::Field(field.clone());
        self.not_inside(&scope, token, &name)?;
        if let Some(open) = self.take(TokenKind::OpenItem) {
            let outer = self.scope.replace(scope);
            let node = self.item(open, field)?;
            self.scope = outer;
            return Ok(node);
        }
        self.scoped(token, scope, name)
    }

    /// The values that are asked of a filter.
    fn filtered(
        &mut self,
        token: Token,
        bare: bool,
        filter: FilterName,
    ) -> Result<Node, QueryError> {
        let name = brief(token.span.of(self.text).trim_end_matches(':'));
        if bare {
            let example = Some(filter.example());
            let fault = QueryFault::EmptyField { name, example };
            return Err(QueryError::new(token.span, fault));
        }
        let scope = Scope::Filter(filter);
        self.not_inside(&scope, token, &name)?;
        if let Some(open) = self.take(TokenKind::OpenItem) {
            return Err(QueryError::new(
                open.span,
                QueryFault::ItemOfFilter { name },
            ));
        }
        self.scoped(token, scope, name)
    }

    /// Refuses a field or filter inside the parentheses of another.
    fn not_inside(&self, scope: &Scope, token: Token, name: &str) -> Result<(), QueryError> {
        match self.scope.as_ref().filter(|outer| *outer != scope) {
            None => Ok(()),
            Some(outer) => {
                let fault = QueryFault::FieldInField {
                    outer: outer.name().to_owned(),
                    inner: name.to_owned(),
                };
                Err(QueryError::new(token.span, fault))
            }
        }
    }

    /// The word, phrase or parentheses right behind a field or filter.
    fn scoped(&mut self, token: Token, scope: Scope, name: String) -> Result<Node, QueryError> {
        let Some(open) = self.take(TokenKind::Open) else {
            let value = self.peek().ok_or_else(|| {
                let example = None;
                QueryError::new(token.span, QueryFault::EmptyField { name, example })
            })?;
            self.next += 1;
            return self.leaf(value, Some(&scope));
        };
        let outer = self.scope.replace(scope);
        let node = self.group(open)?;
        self.scope = outer;
        Ok(node)
    }

    fn filter(&self, name: &str) -> Option<FilterName> {
        self.fields
            .filter(name)
            .or_else(|| self.fields.filter(&name.to_lowercase()))
    }

    /// The fields and filters there are.
    fn names(&self) -> Vec<String> {
        let mut names = self.fields.names();
        names.extend(self.fields.filter_names());
        names
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
                && matches!(value.kind, TokenKind::Word(_) | TokenKind::Phrase(_))
        });
        let name = field.span.of(self.text);
        match value {
            Some(value) => {
                let typed = value.core.of(self.text);
                let text = match value.kind {
                    TokenKind::Phrase(_) => unquoted(typed),
                    _ => typed.to_owned(),
                };
                brief(&format!("{name}{text}"))
            }
            None => brief(name),
        }
    }
}

/// A node with a factor, if there is one.
fn boosted(node: Node, factor: Option<Finite>, span: Span) -> Node {
    match factor {
        None => node,
        Some(factor) => Node::Boost {
            node: Box::new(node),
            factor,
            span,
        },
    }
}
