//! The analyzer as the engine wants it.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer, TokenizerManager};

use crate::analysis::Analyzer;

/// The name that the engine knows the analyzer by.
pub(crate) const CLINICAL: &str = "clinical";

/// Makes the analyzer known to an engine.
pub(crate) fn register_analyzer(tokenizers: &TokenizerManager) {
    tokenizers.register(CLINICAL, ClinicalTokenizer::new());
}

/// Positions left free between two values of a field, so that no phrase reaches from one criterion into the next.
const VALUE_GAP: usize = 100;

/// [`Analyzer`] as a tokenizer of the engine. Each indexing thread works on a clone with a memory of its own.
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
        analyzer.tokens(text, &mut |token| {
            terms.push_str(token.term);
            tokens.push(Placed {
                term_end: terms.len(),
                position: token.position,
                positions: token.positions,
            });
        });
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
            self.token.position_length += VALUE_GAP;
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
