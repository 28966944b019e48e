//! Tokens to a tree: `~5` binds before `NOT`, that before standing side by side (or `AND`), that before `OR`.
//!
//! Recursion goes one step deeper only at a parenthesis, and parentheses are counted.

use super::errors::{QueryError, QueryFault, brief};
use super::fields::{FieldNames, nearest};
use super::filter::{FilterKind, FilterName, test};
use super::lex::{Lexed, Token, TokenKind, field_name, is_operator, lex};
use super::signs::{Signs, Within};
use super::tree::{Finite, Form, Node, Place, Query, Span};

/// The longest query that is read, in bytes: several times the longest published search strategies. Whole patient
/// narratives are not queries and are read elsewhere.
pub const LONGEST_QUERY: usize = 64 * 1024;

/// The most parentheses within each other: far more than people write, far fewer than would exhaust a thread's stack.
pub const MOST_NESTED: usize = 64;

/// The most words or groups near each other in a row.
const MOST_NEAR: usize = 8;

/// Words of a query in which letters may differ: each is looked for among all words of all fields.
const MOST_FUZZY: usize = 16;

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
    let is_fuzzy = |token: &&Token| matches!(token.kind, TokenKind::Word(signs) if matches!(signs.form, Form::Fuzzy { .. }));
    if let Some(token) = tokens.iter().filter(is_fuzzy).nth(MOST_FUZZY) {
        let fault = QueryFault::TooManyFuzzy { most: MOST_FUZZY };
        return Err(QueryError::new(token.span, fault));
    }
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
            TokenKind::And
            | TokenKind::Or
            | TokenKind::Not
            | TokenKind::Near(_)
            | TokenKind::Minus => {
                let operator = self.typed(token);
                Err(QueryError::new(
                    token.span,
                    QueryFault::NothingBefore { operator },
                ))
            }
        }
    }

    /// The node of a word or phrase, asked in a field or as the value of a filter.
    fn leaf(&self, token: Token, scope: Option<&Scope>) -> Result<Node, QueryError> {
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
            return Err(QueryError::new(token.span, QueryFault::EmptyField { name }));
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
            return Err(QueryError::new(token.span, QueryFault::EmptyField { name }));
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
            let value = self
                .peek()
                .ok_or_else(|| QueryError::new(token.span, QueryFault::EmptyField { name }))?;
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

/// What stands between the quotes of a phrase.
fn unquoted(phrase: &str) -> String {
    let mut inside = phrase.chars();
    inside.next();
    inside.next_back();
    inside.as_str().to_owned()
}

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
