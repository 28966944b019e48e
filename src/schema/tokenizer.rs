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
}

impl ClinicalTokenizer {
    pub(crate) fn new() -> ClinicalTokenizer {
        ClinicalTokenizer {
            analyzer: Analyzer::for_records(),
        }
    }
}

impl Tokenizer for ClinicalTokenizer {
    type TokenStream<'a> = ClinicalTokenStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> ClinicalTokenStream<'a> {
        ClinicalTokenStream {
            analyzer: &mut self.analyzer,
            text,
            tokens: None,
            token: Token::default(),
        }
    }
}

/// The tokens of one text. Indexing takes them by [`TokenStream::process`], straight from the analyzer.
pub(crate) struct ClinicalTokenStream<'a> {
    analyzer: &'a mut Analyzer,
    text: &'a str,
    /// All tokens, for who steps from one to the next.
    tokens: Option<std::vec::IntoIter<Token>>,
    token: Token,
}

impl TokenStream for ClinicalTokenStream<'_> {
    fn advance(&mut self) -> bool {
        if self.tokens.is_none() {
            let mut all = Vec::new();
            self.process(&mut |token| all.push(token.clone()));
            self.tokens = Some(all.into_iter());
        }
        match self.tokens.as_mut().and_then(Iterator::next) {
            Some(token) => {
                self.token = token;
                true
            }
            None => false,
        }
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }

    fn process(&mut self, sink: &mut dyn FnMut(&Token)) {
        let mut last = Token::default();
        let mut any = false;
        self.analyzer.tokens(self.text, &mut |token| {
            if any {
                sink(&last);
            }
            any = true;
            last.text.clear();
            last.text.push_str(token.term);
            last.position = token.position as usize;
            last.position_length = token.positions as usize;
            if token.exact != token.term {
                sink(&last);
                last.text.clear();
                last.text.push(EXACT_MARK);
                last.text.push_str(token.exact);
            }
        });
        if !any {
            return;
        }
        let positions = self.analyzer.positions_used();
        if positions > VALUE_GAP {
            for (mark, position) in LONG_VALUE.into_iter().zip([0, positions - 1]) {
                sink(&last);
                last.text.clear();
                last.text.push_str(mark);
                last.position = position as usize;
                last.position_length = 1;
            }
        }
        last.position_length += VALUE_GAP as usize;
        sink(&last);
    }
}
