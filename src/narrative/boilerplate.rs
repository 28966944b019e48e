//! Words of every case report (`index_schema/boilerplate.txt`): they tell no patient from another and are not searched.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use crate::analysis::join;

const LIST: &str = include_str!("../../index_schema/boilerplate.txt");

static TERMS: LazyLock<FxHashSet<String>> = LazyLock::new(|| {
    LIST.lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_whitespace)
        .map(|word| join(&[word]))
        .collect()
});

/// Whether `term`, as the analyzer gives it, is a word of every case report.
pub(crate) fn is_boilerplate(term: &str) -> bool {
    TERMS.contains(term)
}
