//! The text of a query cut into tokens.
//!
//! Knows what a word is (hyphens, colons of times, parentheses inside a name belong to it), which signs say nothing,
//! and which are somebody else's notation; does not know which fields exist or how tokens go together.
//!
//! What it promises to the parser: a [`TokenKind::Minus`] has the thing it excludes right behind it; a
//! [`TokenKind::Field`] that is not `bare` has a word, a phrase or an opening parenthesis or brace right behind it; a
//! [`TokenKind::Boost`] stands right behind a closing parenthesis or brace; braces come in pairs and not within each other.

use super::caret::brief;
use super::errors::{QueryError, QueryFault};
use super::notation::{self, Notation};
use super::signs::{self, Behind, Signs, says_something};
use super::tree::{Finite, Form, Span};

/// A piece of the query.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Token {
    pub kind: TokenKind,
    /// Its place with the signs that are set on it; of a field with its colon.
    pub span: Span,
    /// Its place without those signs; of a phrase with its quotes.
    pub core: Span,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum TokenKind {
    Word(Signs),
    Phrase(Signs),
    /// `name:`; `bare` if there is nothing to search right behind the colon.
    Field {
        bare: bool,
    },
    Minus,
    Not,
    And,
    Or,
    /// `~5` between words or groups.
    Near(u32),
    Open,
    Close,
    OpenItem,
    CloseItem,
    /// `^2` right behind a group.
    Boost(Finite),
}

/// The tokens of a query and the places that say nothing.
pub(super) struct Lexed {
    pub tokens: Vec<Token>,
    pub ignored: Vec<Span>,
}

/// The filter whose values may begin with a minus.
const PLACE: &str = "near";

/// Words of a query in which letters may differ: each is looked for among all words of all fields.
const MOST_FUZZY: usize = 16;

/// Cuts `text` into tokens. Linear in its length.
pub(super) fn lex(text: &str) -> Result<Lexed, QueryError> {
    let mut lexer = Lexer {
        text,
        place: 0,
        tokens: Vec::new(),
        ignored: Vec::new(),
        item: None,
    };
    while let Some(c) = lexer.at(lexer.place) {
        let next = lexer.place + c.len_utf8();
        if is_separator(c) {
            lexer.place = next;
        } else if is_quote(c) {
            lexer.phrase(next)?;
        } else if let Some(signs) = lexer.signs_in_group(lexer.place) {
            lexer.nothing(signs)?;
        } else if c == '(' && lexer.named_group(lexer.place).is_none() {
            lexer.push(TokenKind::Open, next);
        } else if c == ')' {
            lexer.push(TokenKind::Close, next);
        } else if c == '}' && lexer.item.is_some() {
            lexer.item = None;
            lexer.push(TokenKind::CloseItem, next);
        } else {
            lexer.run()?;
        }
    }
    if let Some(open) = lexer.item {
        return Err(QueryError::new(open, QueryFault::UnclosedBrace));
    }
    let is_fuzzy = |token: &&Token| matches!(token.kind, TokenKind::Word(signs) if matches!(signs.form, Form::Fuzzy { .. }));
    if let Some(token) = lexer.tokens.iter().filter(is_fuzzy).nth(MOST_FUZZY) {
        let fault = QueryFault::TooManyFuzzy { most: MOST_FUZZY };
        return Err(QueryError::new(token.span, fault));
    }
    Ok(Lexed {
        tokens: lexer.tokens,
        ignored: lexer.ignored,
    })
}

/// The operator that `word` is.
fn operator(word: &str) -> Option<TokenKind> {
    match word {
        "AND" => Some(TokenKind::And),
        "OR" => Some(TokenKind::Or),
        "NOT" => Some(TokenKind::Not),
        _ => None,
    }
}

/// Whether `word` would be read as an operator.
pub(super) fn is_operator(word: &str) -> bool {
    operator(word).is_some()
}

/// White space, control characters, and what pasted text has in their place.
pub(super) fn is_separator(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}' | '\u{feff}')
}

/// Straight, curly, low, angled and full-width double quotes; any closes any.
pub(crate) fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '‟' | '«' | '»' | '＂')
}

/// The hyphens and minus signs that exclude at the start of a term.
fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}' | '\u{2212}')
}

/// The dashes that may be a hyphen or a thought.
fn is_long_dash(c: char) -> bool {
    matches!(c, '–' | '—' | '―')
}

/// Without the punctuation that ends a clause.
fn trimmed(word: &str) -> &str {
    let trimmed = word.trim_end_matches([',', ';', ':', '.', '!', '?', '…']);
    if is_operator(trimmed) { word } else { trimmed }
}

struct Lexer<'a> {
    text: &'a str,
    place: usize,
    tokens: Vec<Token>,
    ignored: Vec<Span>,
    /// The brace that is open.
    item: Option<Span>,
}

impl<'a> Lexer<'a> {
    fn at(&self, place: usize) -> Option<char> {
        self.text.get(place..)?.chars().next()
    }

    fn slice(&self, start: usize, end: usize) -> &'a str {
        Span::new(start, end).of(self.text)
    }

    /// A token from the present place up to `end`, which becomes the present place.
    fn push(&mut self, kind: TokenKind, end: usize) {
        let span = Span::new(self.place, end);
        self.push_signed(kind, span, end);
    }

    /// A token at `core` whose signs reach from the present place up to `end`, which becomes the present place.
    fn push_signed(&mut self, kind: TokenKind, core: Span, end: usize) {
        let span = Span::new(self.place, end);
        self.tokens.push(Token { kind, span, core });
        self.place = end;
    }

    fn misplaced(&self, start: usize, (fault, place): (QueryFault, Span)) -> QueryError {
        let fault = match fault {
            // Behind a place, what is too much for letters or words is a distance without its unit.
            QueryFault::TooManyEdits { typed } | QueryFault::TooWide { typed }
                if self.is_behind_place() =>
            {
                QueryFault::WrongDistance { typed }
            }
            fault => fault,
        };
        QueryError::new(Span::new(start + place.start, start + place.end), fault)
    }

    /// Whether the last token names the filter of places.
    fn is_behind_place(&self) -> bool {
        self.tokens.last().is_some_and(|last| {
            let name = last.span.of(self.text).trim_end_matches(':');
            matches!(last.kind, TokenKind::Field { .. }) && name.eq_ignore_ascii_case(PLACE)
        })
    }

    fn foreign(&self, notation: Notation, start: usize, end: usize) -> QueryError {
        let typed = brief(self.slice(start, end));
        QueryError::new(
            Span::new(start, end),
            QueryFault::Foreign { notation, typed },
        )
    }

    /// Whether something to search opens right at `place` without being part of a run: a quote or a parenthesis.
    fn opens(&self, place: usize) -> bool {
        self.at(place).is_some_and(|c| c == '(' || is_quote(c))
    }

    /// The phrase whose opening quote stands at the present place; `inside` is the place behind the quote.
    fn phrase(&mut self, inside: usize) -> Result<(), QueryError> {
        let rest = self.slice(inside, self.text.len());
        let Some((length, quote)) = rest.char_indices().find(|(_, c)| is_quote(*c)) else {
            let span = Span::new(self.place, inside);
            return Err(QueryError::new(span, QueryFault::UnclosedQuote));
        };
        let close = inside + length;
        let end = close + quote.len_utf8();
        let words = self.slice(inside, close);
        if !says_something(words) {
            return self.nothing(Span::new(self.place, end));
        }
        let core = Span::new(self.place, end);
        let run = match self.at(end) {
            Some('=' | '~' | '^') => self.slice(end, self.run_end(end)),
            _ => "",
        };
        let (signs, length) = signs::behind_phrase(words, run)
            .map_err(|misplaced| self.misplaced(end, *misplaced))?;
        self.push_signed(TokenKind::Phrase(signs), core, end + length);
        Ok(())
    }

    /// Passes over `span`, in which there is no letter or digit, with the `-` before it; what is left of a field
    /// before it is refused.
    fn nothing(&mut self, mut span: Span) -> Result<(), QueryError> {
        self.place = span.end;
        while let Some(last) = self.tokens.last() {
            if last.span.end != span.start {
                break;
            }
            match last.kind {
                TokenKind::Minus => {
                    span.start = last.span.start;
                    self.tokens.pop();
                }
                TokenKind::Field { bare: false } => {
                    let name = brief(last.span.of(self.text).trim_end_matches(':'));
                    let example = None;
                    let fault = QueryFault::EmptyField { name, example };
                    return Err(QueryError::new(last.span.to(span), fault));
                }
                _ => break,
            }
        }
        self.ignored.push(span);
        Ok(())
    }

    /// The end of the parentheses at `open` if they are the start of a name: `(S)-ketamine`, `(HER2)-negative`. Right
    /// behind a field or a `-` they are parentheses of the language.
    fn named_group(&self, open: usize) -> Option<usize> {
        let bound = self.tokens.last().is_some_and(|last| {
            last.span.end == open && matches!(last.kind, TokenKind::Minus | TokenKind::Field { .. })
        });
        if bound {
            return None;
        }
        let end = self.small_group(open)?;
        let mut behind = self.text.get(end..)?.chars();
        (is_hyphen(behind.next()?) && behind.next()?.is_alphanumeric()).then_some(end)
    }

    /// The parentheses at `open` if they hold only signs and are not the start of a name: `(+/-)`, `(®)`.
    fn signs_in_group(&self, open: usize) -> Option<Span> {
        let end = self.small_group(open)?;
        let silent = !says_something(self.slice(open, end)) && self.named_group(open).is_none();
        silent.then(|| Span::new(open, end))
    }

    /// The end of the parentheses at `open` if there is no white space and nothing of the language between them.
    fn small_group(&self, open: usize) -> Option<usize> {
        let inside = self.text.get(open..)?.strip_prefix('(')?;
        let (length, _) = inside.char_indices().find(|(_, c)| {
            is_separator(*c)
                || is_quote(*c)
                || matches!(c, '(' | ')' | ':')
                || *c == '}' && self.item.is_some()
        })?;
        let (name, rest) = inside.split_at_checked(length)?;
        let excludes = name.starts_with(is_hyphen) && says_something(name);
        (!name.is_empty() && rest.starts_with(')') && !excludes && !is_operator(name))
            .then_some(open + 1 + length + 1)
    }

    /// The end of the run that starts at `start`: up to white space, a quote or a parenthesis that is not of a name.
    fn run_end(&self, start: usize) -> usize {
        let mut end = self.named_group(start).unwrap_or(start);
        while let Some(c) = self.at(end) {
            if c == '(' {
                match self.inner_group(start, end) {
                    Some(close) => end = close,
                    None => break,
                }
            } else if c == ')' || is_separator(c) || is_quote(c) || c == '}' && self.item.is_some()
            {
                break;
            } else {
                end += c.len_utf8();
            }
        }
        end
    }

    /// The end of the parentheses at `open` if they belong to the name that starts at `start`: `cell(s)`, `CD34(+)`,
    /// `Ca(OH)2`, `F(ab')2`. Whole words in parentheses, set without a space (`Antibody(Tislelizumab)`), do not.
    fn inner_group(&self, start: usize, open: usize) -> Option<usize> {
        let before = self.slice(start, open);
        if is_operator(before) || !before.ends_with(char::is_alphanumeric) {
            return None;
        }
        let close = self.small_group(open)?;
        // Two letters and the parentheses: an ending or a charge, hardly a word of its own.
        let short = self.slice(open, close).chars().count() <= 4;
        (short || self.at(close).is_some_and(char::is_alphanumeric)).then_some(close)
    }

    /// Tokens of the run of characters at the present place.
    fn run(&mut self) -> Result<(), QueryError> {
        let start = self.place;
        let end = self.run_end(start);
        let run = self.slice(start, end);
        let behind_group = self.tokens.last().filter(|last| {
            let closes = TokenKind::is_closing(&last.kind);
            last.span.end == start && closes
        });
        if let Some(group) = behind_group {
            let group = *group;
            if let Some(sign) = signs::behind_group(run).filter(|_| !group.is_phrase()) {
                return self.sign(sign, start, end);
            }
            self.behind_group(group, start, end)?;
        } else if let Some(sign @ (Ok(Behind::Within(_)) | Err(QueryFault::TooWide { .. }))) =
            signs::behind_group(run)
        {
            return self.sign(sign, start, end);
        }
        let unsigned = run.trim_start_matches(is_hyphen);
        let body = end - unsigned.len();
        if unsigned.starts_with(is_long_dash)
            && unsigned.chars().nth(1).is_none()
            && self.opens(end)
        {
            return Err(self.foreign(Notation::LongDash, body, end));
        }
        if let Some(kind) = operator(unsigned) {
            if body == start {
                self.push(kind, end);
                return Ok(());
            }
            return Err(self.operator_for_word(body, end));
        }
        if !(says_something(unsigned) || unsigned.is_empty() && self.opens(end)) {
            if let Some(notation) = notation::in_signs(run) {
                return Err(self.foreign(notation, start, end));
            }
            return self.nothing(Span::new(start, end));
        }
        for hyphen in self.slice(start, body).chars() {
            self.push(TokenKind::Minus, self.place + hyphen.len_utf8());
        }
        match field_name(unsigned) {
            Some(name) => self.field(name, end),
            None if unsigned.is_empty() => Ok(()),
            None => self.word(end),
        }
    }

    /// A sign between groups or on one.
    fn sign(
        &mut self,
        sign: Result<Behind, QueryFault>,
        start: usize,
        end: usize,
    ) -> Result<(), QueryError> {
        let kind = match sign {
            Ok(Behind::Boost(factor)) => TokenKind::Boost(factor),
            Ok(Behind::Within(places)) => TokenKind::Near(places),
            Err(fault) => return Err(QueryError::new(Span::new(start, end), fault)),
        };
        self.push(kind, end);
        Ok(())
    }

    /// Refuses what must not stand right behind the quote, parenthesis or brace that closes `group`.
    fn behind_group(&self, group: Token, start: usize, end: usize) -> Result<(), QueryError> {
        let run = self.slice(start, end);
        if run.starts_with(['^', '~']) || run == "=" {
            let typed = brief(run);
            let span = Span::new(start, end);
            return Err(QueryError::new(span, QueryFault::WrongSign { typed }));
        }
        if let Some((notation, span)) = notation::behind_group(run) {
            return Err(self.foreign(notation, start + span.start, start + span.end));
        }
        let unsigned = run.trim_start_matches(|c| is_hyphen(c) || is_long_dash(c));
        let signs = run.len() - unsigned.len();
        if signs > 0 && (says_something(unsigned) || self.opens(end)) {
            let behind = match group.kind {
                TokenKind::Phrase(_) => '"',
                TokenKind::CloseItem => '}',
                _ => ')',
            };
            let span = Span::new(start, start + signs);
            return Err(QueryError::new(span, QueryFault::UnspacedMinus { behind }));
        }
        Ok(())
    }

    fn operator_for_word(&self, start: usize, end: usize) -> QueryError {
        let operator = self.slice(start, end).to_owned();
        QueryError::new(
            Span::new(start, end),
            QueryFault::OperatorForWord { operator },
        )
    }

    /// The field `name` at the present place and the word behind its colon, up to `end`.
    fn field(&mut self, name: &str, end: usize) -> Result<(), QueryError> {
        let colon = self.place + name.len() + 1;
        let value = self.slice(colon, end);
        if value.starts_with('{') && self.item.is_none() {
            self.push(TokenKind::Field { bare: false }, colon);
            self.item = Some(Span::new(colon, colon + 1));
            self.push(TokenKind::OpenItem, colon + 1);
            return Ok(());
        }
        // A place south of the equator begins with a minus.
        let is_place = name.eq_ignore_ascii_case(PLACE)
            && value
                .trim_start_matches('-')
                .starts_with(|c: char| c.is_ascii_digit());
        let unsigned = match is_place {
            true => value,
            false => value.trim_start_matches(is_hyphen),
        };
        let something = says_something(unsigned) || unsigned.is_empty() && self.opens(end);
        if unsigned.len() < value.len() && something {
            let span = Span::new(colon, end - unsigned.len());
            let name = brief(name);
            let example = None;
            let fault = QueryFault::MinusAfterField { name, example };
            return Err(QueryError::new(span, fault));
        }
        if is_operator(value) {
            return Err(self.operator_for_word(colon, end));
        }
        if !something && let Some((notation, _)) = notation::in_word(name) {
            return Err(self.foreign(notation, self.place, colon - 1));
        }
        self.push(TokenKind::Field { bare: !something }, colon);
        if value.is_empty() || !something {
            self.place = end;
            return Ok(());
        }
        self.word(end)
    }

    /// The word from the present place up to `end`, in which there is a letter or digit.
    fn word(&mut self, end: usize) -> Result<(), QueryError> {
        let run = self.slice(self.place, end);
        let start = self.place;
        let word = trimmed(run);
        let (core, signs) =
            signs::of_word(word).map_err(|misplaced| self.misplaced(start, *misplaced))?;
        if core != Span::new(0, word.len()) && is_operator(core.of(word)) && signs.boost.is_some() {
            return Err(self.operator_for_word(start + core.start, start + core.end));
        }
        let text = core.of(word);
        let in_run = || notation::in_word(run).filter(|_| core.end == word.len());
        let stands = |(notation, _): &(Notation, Span)| {
            let (before, behind) = (self.slice(0, start), self.slice(end, self.text.len()));
            *notation != Notation::Heading || notation::is_heading_between(before, behind)
        };
        let found = notation::in_word(text).or_else(in_run);
        if let Some((notation, span)) = found.filter(stands) {
            let start = start + core.start;
            return Err(self.foreign(notation, start + span.start, start + span.end));
        }
        let core = Span::new(start + core.start, start + core.end);
        self.push_signed(TokenKind::Word(signs), core, start + word.len());
        self.place = end;
        Ok(())
    }
}

impl TokenKind {
    /// Whether a word set right behind it would hang on it.
    fn is_closing(&self) -> bool {
        matches!(
            self,
            TokenKind::Close | TokenKind::CloseItem | TokenKind::Phrase(_)
        )
    }
}

impl Token {
    fn is_phrase(&self) -> bool {
        matches!(self.kind, TokenKind::Phrase(_))
    }
}

/// The Latin letters and underscores that `run` starts with if a colon follows them: `title:`, not `10:30` or `α:β`.
pub(super) fn field_name(run: &str) -> Option<&str> {
    let (name, _) = run.split_once(':')?;
    let is_latin = |c: char| c.is_ascii_alphabetic() || ('\u{c0}'..='\u{24f}').contains(&c);
    let named = !name.is_empty() && name.chars().all(|c| is_latin(c) || c == '_');
    named.then_some(name)
}
