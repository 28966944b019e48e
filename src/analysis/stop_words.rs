//! Words that a plain query ignores. They are indexed like any other, so that phrases may hold them.
use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::stem::term_of;

const LIST: &str = include_str!("../../index_schema/stopwords.txt");

static WORDS: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| lines(LIST).collect());

static TERMS: LazyLock<FxHashSet<String>> = LazyLock::new(|| lines(LIST).map(term_of).collect());

/// Whether `term`, as the analyzer gives it, is an English function word (`index_schema/stopwords.txt`).
pub fn is_stop_word(term: &str) -> bool {
    TERMS.contains(term)
}

/// Whether the folded, unstemmed word is one.
pub(super) fn is_stop_surface(folded: &str) -> bool {
    WORDS.contains(folded)
}

/// The entries of a list with one per line and `#` for comments.
pub(super) fn lines(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}
