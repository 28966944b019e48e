//! Codes that are typed apart in small letters, "il 6": in capitals the analyzer reads them as one.

use super::Expander;
use crate::analysis::content_key;

/// Words that a code may be written apart in, and letters of the longest: "sars cov 2".
const MOST_PARTS: usize = 3;
const LONGEST_PART: usize = 5;

impl Expander<'_> {
    /// The key of the code that some words are, if they are one and the index has it.
    pub(super) fn code(
        &mut self,
        words: &[&str],
        fields: &[usize],
    ) -> tantivy::Result<Option<String>> {
        let is_part = |word: &&str| {
            word.len() <= LONGEST_PART && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        let typed = words.join(" ");
        let has_both = typed.bytes().any(|byte| byte.is_ascii_digit())
            && typed.bytes().any(|byte| byte.is_ascii_alphabetic());
        let may_be_one = (2..=MOST_PARTS).contains(&words.len()) && words.iter().all(is_part);
        if !may_be_one || !has_both {
            return Ok(None);
        }
        let key = content_key(self.analyzer, &typed.to_ascii_uppercase());
        let known = !key.contains(' ') && self.lookup.most_trials(fields, &key)? > 0;
        Ok(known.then_some(key))
    }
}
