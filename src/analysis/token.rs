//! What the analyzer gives out. Plain data; decides nothing.
use std::ops::Range;

/// How a token came out of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A word that is no part of a compound.
    Word,
    /// A part of a compound: `bm` of BM-MSC, `il` of IL6, `negat` of HER2-negative.
    Part,
    /// A compound, or a stretch of one, written as one word: `bmmsc` of BM-MSC, `pdl1` of anti-PD-L1.
    Whole,
    /// Adjacent words written as one: `bmmsc` of "BM MSC", `her2negat` of "HER2 negative".
    Joined,
}

/// One token, borrowed from the analyzer for the length of the call that hands it over.
///
/// Its letters lie among those of all words that the analyzer remembers, more than the processor's cache holds: who goes by the
/// form alone does not ask for them and need not wait for memory.
#[derive(Clone)]
pub struct Token<'a> {
    /// The letters that the two ranges are of.
    pub(super) letters: &'a str,
    pub(super) term: (usize, usize),
    pub(super) exact: (usize, usize),
    /// First position that the token takes, counted from 0 in each text.
    pub position: u32,
    /// Positions that it covers: 1 for a word, 3 for the whole of three parts.
    pub positions: u32,
    /// Bytes of the text that it stands for, on character boundaries. A possessive `'s` is left outside.
    pub bytes: Range<usize>,
    /// How it came out of the text.
    pub kind: TokenKind,
    /// The number of its form: tokens of one analyzer with the same number have the same term and the same exact word, so that who
    /// writes them down need not look at the letters again. None of those that are not remembered.
    pub form: Option<u32>,
}

impl<'a> Token<'a> {
    /// A token of one position, whose term and exact word are two ranges of some letters.
    pub(super) fn of(
        letters: &'a str,
        [term, exact]: [(usize, usize); 2],
        position: u32,
        bytes: Range<usize>,
    ) -> Self {
        Token {
            letters,
            term,
            exact,
            position,
            positions: 1,
            bytes,
            kind: TokenKind::Word,
            form: None,
        }
    }

    /// A word that is its own term.
    pub(crate) fn as_written(word: &'a str, position: u32, bytes: Range<usize>) -> Self {
        Token::of(word, [(0, word.len()); 2], position, bytes)
    }

    /// The term that is indexed and looked up.
    pub fn term(&self) -> &'a str {
        &self.letters[self.term.0..self.term.1]
    }

    /// The word as written but for case, accents and the like, from which the term was made: `cells` of `cell`. The plural s of
    /// a code in capitals (MSCs) is not part of it.
    pub fn exact(&self) -> &'a str {
        &self.letters[self.exact.0..self.exact.1]
    }
}

impl std::fmt::Debug for Token<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Token")
            .field("term", &self.term())
            .field("exact", &self.exact())
            .field("position", &self.position)
            .field("positions", &self.positions)
            .field("bytes", &self.bytes)
            .field("kind", &self.kind)
            .field("form", &self.form)
            .finish()
    }
}

/// A [`Token`] that owns its term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedToken {
    /// See [`Token::term`].
    pub term: String,
    /// See [`Token::exact`].
    pub exact: String,
    /// See [`Token::position`].
    pub position: u32,
    /// See [`Token::positions`].
    pub positions: u32,
    /// See [`Token::bytes`].
    pub bytes: Range<usize>,
    /// See [`Token::kind`].
    pub kind: TokenKind,
}

impl From<Token<'_>> for OwnedToken {
    fn from(token: Token<'_>) -> Self {
        Self {
            term: token.term().to_owned(),
            exact: token.exact().to_owned(),
            position: token.position,
            positions: token.positions,
            bytes: token.bytes,
            kind: token.kind,
        }
    }
}
