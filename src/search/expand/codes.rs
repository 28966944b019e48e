//! Codes that are typed apart in small letters: "il 6". Their words are no names by themselves.

use super::Expander;
use crate::analysis::content_key;

/// Words that a code may be written apart in, and letters of the longest: "sars cov 2".
const MOST_PARTS: usize = 3;
const LONGEST_PART: usize = 5;

impl Expander<'_> {
    /// How many of the words at the beginning are one code that is written apart in small letters, "pd l1"; 1 if none is. In capitals
    /// the analyzer reads it as one.
    pub(super) fn words_of_code(
        &mut self,
        words: &[&str],
        fields: &[usize],
    ) -> tantivy::Result<usize> {
        for length in (2..=words.len().min(MOST_PARTS)).rev() {
            if self.code(&words[..length], fields)?.is_some() {
                return Ok(length);
            }
        }
        Ok(1)
    }

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
        if words.len() < 2 || !words.iter().all(is_part) || !has_both {
            return Ok(None);
        }
        let key = content_key(self.analyzer, &typed.to_ascii_uppercase());
        let known = !key.contains(' ') && self.lookup.most_trials(fields, &key)? > 0;
        Ok(known.then_some(key))
    }
}
