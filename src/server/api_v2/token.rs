//! The token of a page: the commit that it was read from, the keys and the id of its last study, and for which order they are.
//! It needs no memory of the server, and clients need not understand it.

use crate::search::{After, MOST_KEYS, StudyOrder};

/// Where a page ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// The name of the commit.
    pub(super) commit: String,
    /// Tells the order.
    pub(super) order: u64,
    /// The last study.
    pub(super) after: After,
}

/// Tells an order and what was asked, so that a token of another search is not taken for one of this.
pub(super) fn order_mark(order: &[StudyOrder], asked: &str) -> u64 {
    use std::hash::{Hash, Hasher};
    let mut hasher = rustc_hash::FxHasher::default();
    format!("{order:?}").hash(&mut hasher);
    asked.hash(&mut hasher);
    hasher.finish()
}

impl Token {
    pub(super) fn write(&self) -> String {
        let mut text = format!("{}-{:x}", self.commit, self.order);
        for key in self.after.keys {
            text.push_str(&format!("-{:x}", key as u64));
        }
        text.push('-');
        for byte in self.after.id.bytes() {
            text.push_str(&format!("{byte:02x}"));
        }
        text
    }

    pub(super) fn read(text: &str) -> Option<Token> {
        let mut parts = text.split('-');
        let commit = parts.next()?;
        let is_name = !commit.is_empty() && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        let order = u64::from_str_radix(parts.next()?, 16).ok()?;
        let mut keys = [0; MOST_KEYS];
        for key in &mut keys {
            *key = u64::from_str_radix(parts.next()?, 16).ok()? as i64;
        }
        let id = parts.next()?;
        let is_last = parts.next().is_none();
        let bytes: Option<Vec<u8>> = id
            .as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
            .collect();
        let id = String::from_utf8(bytes?).ok()?;
        (is_name && is_last).then(|| Token {
            commit: commit.to_owned(),
            order,
            after: After { keys, id },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_read_as_written() {
        let token = Token {
            commit: "00ff00ff00ff00ff".to_owned(),
            order: 7,
            after: After {
                keys: [i64::MIN, -5],
                id: "NCT00000001".to_owned(),
            },
        };
        assert_eq!(Token::read(&token.write()), Some(token));
        for wrong in [
            "",
            "-",
            "a-b-c-d-e-f",
            "00-1-2-3-4g",
            "00-1-2-3-ff",
            "é-1-1-1-41",
            "0-1-1-1-é9",
        ] {
            assert_eq!(Token::read(wrong), None, "{wrong}");
        }
    }
}
