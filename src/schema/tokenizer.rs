//! The analyzer as the engine wants it.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer, TokenizerManager};

use crate::analysis::{Analyzer, EXACT_MARK};

/// The name that the engine knows the analyzer by.
pub(crate) const CLINICAL: &str = "clinical";

/// Makes the analyzer known to an engine.
pub(crate) fn register_analyzer(tokenizers: &TokenizerManager) {
    tokenizers.register(CLINICAL, ClinicalTokenizer::new());
}

/// Positions left free between two values of a field, so that no phrase reaches from one criterion into the next. Two words
/// no more than this apart are of one value.
pub(crate) const VALUE_GAP: u32 = 100;

/// The term at the first position of a value that takes more than [`VALUE_GAP`] of them, and the one at its last. In shorter
/// values the gap tells what stands in one value; these two tell it of the others, which are few.
pub(crate) const LONG_VALUE: [&str; 2] = ["\u{1}", "\u{2}"];

/// [`Analyzer`] as a tokenizer of the engine: each word's term, the word as written where it differs, and the marks of a long
/// value. Each indexing thread works on a clone with a memory of its own.
#[derive(Clone)]
pub(crate) struct ClinicalTokenizer {
    analyzer: Analyzer,
    terms: String,
    tokens: Vec<Placed>,
}

#[derive(Clone, Copy)]
struct Placed {
    term_end: usize,
    position: u32,
    positions: u32,
}

impl ClinicalTokenizer {
    pub(crate) fn new() -> ClinicalTokenizer {
        ClinicalTokenizer {
            analyzer: Analyzer::new(),
            terms: String::new(),
            tokens: Vec::new(),
        }
    }
}

impl Tokenizer for ClinicalTokenizer {
    type TokenStream<'a> = ClinicalTokenStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> ClinicalTokenStream<'a> {
        let ClinicalTokenizer {
            analyzer,
            terms,
            tokens,
        } = self;
        terms.clear();
        tokens.clear();
        let mut place = |exact: bool, term: &str, position, positions| {
            if exact {
                terms.push(EXACT_MARK);
            }
            terms.push_str(term);
            tokens.push(Placed {
                term_end: terms.len(),
                position,
                positions,
            });
        };
        analyzer.tokens(text, &mut |token| {
            place(false, token.term, token.position, token.positions);
            if token.exact != token.term {
                place(true, token.exact, token.position, token.positions);
            }
        });
        let positions = analyzer.positions_used();
        if positions > VALUE_GAP {
            place(false, LONG_VALUE[0], 0, 1);
            place(false, LONG_VALUE[1], positions - 1, 1);
        }
        ClinicalTokenStream {
            terms: &self.terms,
            tokens: &self.tokens,
            next: 0,
            token: Token::default(),
        }
    }
}

pub(crate) struct ClinicalTokenStream<'a> {
    terms: &'a str,
    tokens: &'a [Placed],
    next: usize,
    token: Token,
}

impl TokenStream for ClinicalTokenStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(placed) = self.tokens.get(self.next) else {
            return false;
        };
        let start = self
            .next
            .checked_sub(1)
            .map_or(0, |before| self.tokens[before].term_end);
        self.next += 1;
        self.token.text.clear();
        self.token
            .text
            .push_str(&self.terms[start..placed.term_end]);
        self.token.position = placed.position as usize;
        self.token.position_length = placed.positions as usize;
        if self.next == self.tokens.len() {
            self.token.position_length += VALUE_GAP as usize;
        }
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
