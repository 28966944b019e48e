//! The analyzer of records: each thread's, and as the engine wants it.

use std::cell::RefCell;

use tantivy::tokenizer::{Token, TokenStream, Tokenizer, TokenizerManager};

use crate::analysis::{self, Analyzer, EXACT_MARK};

/// The name that the engine knows the analyzer by.
pub(crate) const CLINICAL: &str = "clinical";

thread_local! {
    static ANALYZER: RefCell<Analyzer> = RefCell::new(Analyzer::for_records());
}

/// Runs a function with this thread's analyzer of records, which remembers the words that it has met.
pub(crate) fn with_thread_analyzer<T>(run: impl FnOnce(&mut Analyzer) -> T) -> T {
    ANALYZER.with_borrow_mut(run)
}

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

/// The tokens of one value of a field that are indexed: those of the analyzer, then the marks of a long value. Each is indexed by its
/// term and, where there is one, by [`exact_of`] it.
pub(crate) fn indexed_tokens(
    analyzer: &mut Analyzer,
    value: &str,
    sink: &mut dyn FnMut(analysis::Token<'_>),
) {
    analyzer.tokens(value, sink);
    let positions = analyzer.positions_used();
    if positions > VALUE_GAP {
        for (mark, position) in LONG_VALUE.into_iter().zip([0, positions - 1]) {
            sink(analysis::Token::as_written(mark, position, 0..0));
        }
    }
}

/// The word as written, which is indexed with [`EXACT_MARK`] before it, if it is not the term.
pub(crate) fn exact_of<'t>(token: &analysis::Token<'t>) -> Option<&'t str> {
    let exact = token.exact();
    (exact != token.term()).then_some(exact)
}

/// [`indexed_tokens`] for the engine, which writes where an index is brought up to date. It works on a clone for each field of each
/// segment, each with a memory of its own: one memory for all of them was slower, since fields have words of their own and a small
/// memory stays in the processor's cache.
#[derive(Clone)]
pub(crate) struct ClinicalTokenizer {
    analyzer: Analyzer,
    batch: Batch,
}

impl ClinicalTokenizer {
    pub(crate) fn new() -> ClinicalTokenizer {
        ClinicalTokenizer {
            analyzer: Analyzer::for_field(),
            batch: Batch::default(),
        }
    }
}

impl Tokenizer for ClinicalTokenizer {
    type TokenStream<'a> = ClinicalTokenStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> ClinicalTokenStream<'a> {
        ClinicalTokenStream {
            analyzer: &mut self.analyzer,
            batch: &mut self.batch,
            text,
            tokens: None,
            token: Token::default(),
        }
    }
}

/// Tokens between the analyzer and the engine. Each of them waits for memory with every word, the one for what it remembers, the
/// other for its tables of terms: one after the other, rather than in turn, they go a tenth faster.
#[derive(Clone, Debug, Default)]
struct Batch {
    letters: String,
    tokens: Vec<Batched>,
}

/// Tokens of a batch: what they take stays in the processor's cache.
const BATCH: usize = 1 << 11;

#[derive(Clone, Copy, Debug)]
struct Batched {
    /// Where its letters end.
    end: usize,
    position: u32,
    positions: u32,
}

impl Batch {
    fn push(&mut self, mark: Option<char>, letters: &str, token: &analysis::Token<'_>) {
        self.letters.extend(mark);
        self.letters.push_str(letters);
        self.tokens.push(Batched {
            end: self.letters.len(),
            position: token.position,
            positions: token.positions,
        });
    }

    /// Gives out all tokens, each as the next one comes, and empties the batch; `last` is the one not given out yet.
    fn give(&mut self, last: &mut Option<Token>, sink: &mut dyn FnMut(&Token)) {
        let mut start = 0;
        for batched in &self.tokens {
            let token = match last {
                Some(last) => {
                    sink(last);
                    last
                }
                None => last.insert(Token::default()),
            };
            token.text.clear();
            token.text.push_str(&self.letters[start..batched.end]);
            token.position = batched.position as usize;
            token.position_length = batched.positions as usize;
            start = batched.end;
        }
        self.letters.clear();
        self.tokens.clear();
    }
}

/// The tokens of one text. Indexing takes them by [`TokenStream::process`], straight from the analyzer.
pub(crate) struct ClinicalTokenStream<'a> {
    analyzer: &'a mut Analyzer,
    batch: &'a mut Batch,
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
        let mut last = None;
        let batch = &mut *self.batch;
        indexed_tokens(self.analyzer, self.text, &mut |token| {
            batch.push(None, token.term(), &token);
            if let Some(exact) = exact_of(&token) {
                batch.push(Some(EXACT_MARK), exact, &token);
            }
            if batch.tokens.len() >= BATCH {
                batch.give(&mut last, sink);
            }
        });
        batch.give(&mut last, sink);
        let Some(mut last) = last else {
            return;
        };
        last.position_length += VALUE_GAP as usize;
        sink(&last);
    }
}
