//! Text encodings: told from the first bytes, turned into UTF-8, and never in silence.
//!
//! Streams in UTF-16 are decoded before they are cut; all other encodings that occur keep ASCII as it is, so records
//! are cut first and decoded one by one, and a file with one damaged record keeps the bytes of the others.
use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// What the first bytes of a stream say of its encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sniffed {
    /// ASCII or something that contains it.
    Ascii,
    /// UTF-16 by its byte-order mark or by its NUL bytes.
    Utf16(&'static Encoding),
    /// An encoding that is not supported, by name.
    Unsupported(&'static str),
}

/// Looks at the first bytes of a stream.
pub(crate) fn sniff(head: &[u8]) -> Sniffed {
    match head {
        [0xEF, 0xBB, 0xBF, ..] => Sniffed::Ascii,
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => Sniffed::Unsupported("UTF-32"),
        [0xFF, 0xFE, ..] => Sniffed::Utf16(UTF_16LE),
        [0xFE, 0xFF, ..] => Sniffed::Utf16(UTF_16BE),
        _ => by_nul_bytes(head).map_or(Sniffed::Ascii, Sniffed::Utf16),
    }
}

/// Bytes of byte-order marks that a text in UTF-8 or ASCII begins with. A program that puts one before each text puts one before a
/// text that has one.
pub(crate) fn marks(head: &[u8]) -> usize {
    let mark = "\u{feff}".as_bytes();
    let marks = head.chunks_exact(mark.len());
    mark.len() * marks.take_while(|bytes| *bytes == mark).count()
}

/// UTF-16 without a mark: records begin with markup or a Latin title, so every second byte of the first few is NUL.
fn by_nul_bytes(head: &[u8]) -> Option<&'static Encoding> {
    let head = &head[..head.len().min(64) & !1];
    if head.len() < 4 {
        return None;
    }
    let nul = |first: usize| {
        head.iter()
            .skip(first)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    let (even, odd) = (nul(0), nul(1));
    let most = head.len() / 2 * 3 / 4;
    match (even, odd) {
        (0, odd) if odd >= most.max(2) => Some(UTF_16LE),
        (even, 0) if even >= most.max(2) => Some(UTF_16BE),
        _ => None,
    }
}

/// The encoding an XML declaration or an HTML `charset` names, unless it names none that is known.
pub(crate) fn declared(head: &[u8]) -> Option<&'static Encoding> {
    let head = head.trim_ascii_start();
    let head = &head[..head.len().min(4096)];
    if let Some(rest) = head.strip_prefix(b"<?xml") {
        let declaration = &rest[..rest.iter().position(|byte| *byte == b'>')?];
        return named(declaration, b"encoding");
    }
    named(&head.to_ascii_lowercase(), b"charset")
}

/// The encoding named behind `key` and an equals sign.
fn named(text: &[u8], key: &[u8]) -> Option<&'static Encoding> {
    let behind = text
        .get(memchr::memmem::find(text, key)? + key.len()..)?
        .trim_ascii_start();
    let value = behind.strip_prefix(b"=")?.trim_ascii_start();
    let value = value
        .strip_prefix(b"\"")
        .or_else(|| value.strip_prefix(b"'"))
        .unwrap_or(value);
    let length = value
        .iter()
        .take_while(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':' | b'.')
        })
        .count();
    Encoding::for_label(&value[..length])
}

/// A record's bytes as UTF-8, with the name of the encoding if they had to be decoded.
///
/// Bytes that are UTF-8 are taken for UTF-8 whatever is declared: text in another encoding is that only by an accident
/// that does not happen over a whole record. Otherwise the declared encoding counts, and without one windows-1252, which
/// knows every byte.
pub(crate) fn to_utf8(
    bytes: &[u8],
    declared: Option<&'static Encoding>,
) -> (Vec<u8>, Option<&'static str>) {
    let stateful =
        declared.is_some_and(|encoding| !encoding.is_ascii_compatible() && bytes.contains(&0x1B));
    if !stateful && std::str::from_utf8(bytes).is_ok() {
        return (bytes.to_vec(), None);
    }
    let encoding = declared
        .filter(|encoding| *encoding != UTF_8 && *encoding != UTF_16LE && *encoding != UTF_16BE)
        .unwrap_or(WINDOWS_1252);
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    (text.into_owned().into_bytes(), Some(encoding.name()))
}

/// A reader that gives a UTF-16 stream as UTF-8, without its first byte-order mark; halves of pairs become U+FFFD.
pub(crate) struct Recoded<R> {
    inner: R,
    decoder: Decoder,
    input: Vec<u8>,
    from: usize,
    to: usize,
    ended: bool,
    done: bool,
}

impl<R: Read> Recoded<R> {
    pub(crate) fn new(inner: R, encoding: &'static Encoding) -> Self {
        let input = vec![0; 64 << 10];
        Self {
            inner,
            decoder: encoding.new_decoder_with_bom_removal(),
            input,
            from: 0,
            to: 0,
            ended: false,
            done: false,
        }
    }
}

impl<R: Read> Read for Recoded<R> {
    /// `out` must have room for one character.
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.len() < 16 {
            return Err(io::Error::from(io::ErrorKind::InvalidInput));
        }
        while !self.done {
            if self.from == self.to && !self.ended {
                let read = self.inner.read(&mut self.input)?;
                (self.from, self.to, self.ended) = (0, read, read == 0);
            }
            let (result, read, written, _) =
                self.decoder
                    .decode_to_utf8(&self.input[self.from..self.to], out, self.ended);
            self.from += read;
            self.done = self.ended && result == CoderResult::InputEmpty;
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes() {
        let check = |head: &[u8], expect| assert_eq!(sniff(head), expect, "{head:?}");
        check(b"", Sniffed::Ascii);
        check(b"{\"a\":1}", Sniffed::Ascii);
        check(b"\xEF\xBB\xBF{}", Sniffed::Ascii);
        check(b"\xFF\xFE{\0}\0", Sniffed::Utf16(UTF_16LE));
        check(b"\xFE\xFF\0{\0}", Sniffed::Utf16(UTF_16BE));
        check(b"{\0}\0", Sniffed::Utf16(UTF_16LE));
        check(b"\0<\0?\0x\0m", Sniffed::Utf16(UTF_16BE));
        check(b"\xFF\xFE\0\0{\0\0\0", Sniffed::Unsupported("UTF-32"));
        check(b"text with one \0 in it", Sniffed::Ascii);
    }

    #[test]
    fn declarations() {
        let check = |head: &[u8], expect: Option<&str>| {
            assert_eq!(declared(head).map(Encoding::name), expect);
        };
        check(
            b"<?xml version=\"1.0\" encoding='ISO-8859-2' ?><a/>",
            Some("ISO-8859-2"),
        );
        check(
            b"\n<?xml version=\"1.0\"?><a encoding=\"ISO-8859-2\"/>",
            None,
        );
        check(b"<html><meta charset=Shift_JIS>", Some("Shift_JIS"));
        check(
            b"<meta http-equiv=\"content-type\" content=\"text/html; CHARSET=latin1\">",
            Some("windows-1252"),
        );
        check(b"<?xml encoding=\"klingon\"?>", None);
    }

    #[test]
    fn records_are_decoded_only_where_they_must_be() {
        let check = |bytes: &[u8],
                     declared: Option<&'static Encoding>,
                     text: &str,
                     recoded: Option<&str>| {
            let (decoded, name) = to_utf8(bytes, declared);
            assert_eq!(
                (String::from_utf8(decoded).as_deref(), name),
                (Ok(text), recoded)
            );
        };
        check(
            "Université".as_bytes(),
            Some(encoding_rs::ISO_8859_2),
            "Université",
            None,
        );
        check(b"Universit\xE9", None, "Université", Some("windows-1252"));
        check(
            b"\xB1",
            Some(encoding_rs::ISO_8859_2),
            "ą",
            Some("ISO-8859-2"),
        );
        check(
            b"Universit\xE9",
            Some(UTF_8),
            "Université",
            Some("windows-1252"),
        );
        check(
            b"\x1B$B$\"\x1B(B",
            Some(encoding_rs::ISO_2022_JP),
            "あ",
            Some("ISO-2022-JP"),
        );
    }
}
