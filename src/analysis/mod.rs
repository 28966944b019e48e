//! Analysis of clinical text: text in, terms with positions and byte ranges out. One [`Analyzer`] serves indexing, querying
//! and highlighting, so that what is written one way in a record is found when it is typed another way.
//!
//! The way of a text, one file each:
//!
//! ```text
//! scan      text to units: words and compounds, by extent only
//! dissect   one unit to its tokens: parts, wholes, negations (remembered per surface form)
//!   segment   what stands between hyphens, letters and digits told apart
//!   fold      characters: case, accents, ligatures, Greek letters, super- and subscripts
//!   stem      folded word to term: exceptions, plurals of codes, spelling, Snowball English
//!   spelling  British to American
//!   code      which words look like codes, which count, which are units
//! memo      units met before and what they came to
//! exact     how a word as written is a term of its own
//! distance  how far two spellings are apart
//! analyzer  positions, negations and codes written apart
//! ```
//!
//! This room knows nothing of trials, fields or the engine. It must never lose a word, never panic, and never give another
//! answer for the same text: the answer on a fixed text is the [`fingerprint()`] that an index is stamped with. What words stand
//! for each other is not its business.
mod abbreviation;
mod analyzer;
mod code;
mod dissect;
mod distance;
mod exact;
mod fingerprint;
mod fold;
mod memo;
mod path;
mod scan;
mod segment;
mod spelling;
mod stem;
mod stop_words;
mod token;

pub use abbreviation::{Abbreviation, abbreviations};
pub use analyzer::{Analyzer, join};
pub(crate) use distance::letters_apart;
pub use exact::{EXACT_MARK, exact_term, forms_may_begin, is_word_term, term_of_form};
pub use fingerprint::fingerprint;
pub use path::{content_key, folded_name, longest_path, name_key};
pub(crate) use stem::exceptions;
pub use stop_words::is_stop_word;
pub use token::{OwnedToken, Token, TokenKind};

/// The longest word in bytes. A longer run of letters without any hyphen (a nucleotide sequence, a base64 blob) is cut to
/// its first 1,000 bytes, on a character boundary, and never dropped. The engine's own limit is 65,530 bytes; no name in
/// the real records comes near a thousand.
pub const LONGEST_WORD: usize = 1000;
