//! Words of a criterion in lower case, without allocation. Says nothing of what they mean.

/// Longest word that is looked up, in bytes: longer than any in the tables; a longer one is met as the empty string.
const LONGEST: usize = 24;

/// One word in lower case (ASCII letters only; others as they are) and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Word<'a> {
    bytes: [u8; LONGEST],
    length: usize,
    /// The word as typed.
    pub typed: &'a str,
    /// Byte offset of its first letter.
    pub start: usize,
}

impl Word<'_> {
    /// The word in lower case.
    pub fn lower(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or("")
    }

    /// Byte offset after its last letter.
    pub fn end(&self) -> usize {
        self.start + self.typed.len()
    }
}

/// The words of `text`: runs of letters and digits, apostrophes inside included (`can't`, a curly one read as straight).
pub(super) fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let byte = *bytes.get(at)?;
            if byte.is_ascii_alphanumeric() {
                break;
            }
            if byte.is_ascii() {
                at += 1;
                continue;
            }
            let character = text[at..].chars().next()?;
            if character.is_alphanumeric() {
                break;
            }
            at += character.len_utf8();
        }
        let start = at;
        while let Some(byte) = bytes.get(at) {
            if byte.is_ascii_alphanumeric()
                || *byte == b'\'' && bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic)
            {
                at += 1;
                continue;
            }
            if byte.is_ascii() {
                break;
            }
            let Some(character) = text[at..].chars().next() else {
                break;
            };
            let apostrophe =
                character == '’' && bytes.get(at + 3).is_some_and(u8::is_ascii_alphabetic);
            if !apostrophe && !character.is_alphanumeric() {
                break;
            }
            at += character.len_utf8();
        }
        Some(word(&text[start..at], start))
    })
}

fn word(typed: &str, start: usize) -> Word<'_> {
    let mut bytes = [0; LONGEST];
    let mut length = 0;
    if typed.is_ascii() {
        if typed.len() <= LONGEST {
            length = typed.len();
            bytes[..length].copy_from_slice(typed.as_bytes());
            bytes[..length].make_ascii_lowercase();
        }
    } else {
        for character in typed.chars().flat_map(char::to_lowercase) {
            let character = if character == '’' { '\'' } else { character };
            if length + character.len_utf8() > LONGEST {
                length = 0;
                break;
            }
            length += character.encode_utf8(&mut bytes[length..]).len();
        }
    }
    Word {
        bytes,
        length,
        typed,
        start,
    }
}
