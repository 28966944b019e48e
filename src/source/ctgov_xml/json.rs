//! A small writer of JSON for the sections that are kept as text (results, annotations): names in the order of writing,
//! and what is empty is not written.
//!
//! It must not know what it writes.

use serde_json::value::RawValue;

/// An object that is being written, without its braces.
#[derive(Default)]
pub(super) struct Json {
    out: Vec<u8>,
}

impl Json {
    /// A member with a text; nothing if there is none.
    pub(super) fn text(&mut self, name: &'static str, value: Option<impl AsRef<str>>) {
        if let Some(value) = value {
            self.key(name);
            self.string(value.as_ref());
        }
    }

    /// A member with yes or no; nothing if there is neither.
    pub(super) fn flag(&mut self, name: &'static str, value: Option<bool>) {
        if let Some(value) = value {
            self.key(name);
            self.out
                .extend_from_slice(if value { b"true" } else { b"false" });
        }
    }

    /// A member with a whole number, or the text itself if it is none.
    pub(super) fn count(&mut self, name: &'static str, value: Option<impl AsRef<str>>) {
        let Some(value) = value else { return };
        match value.as_ref().parse::<i64>() {
            Ok(number) => {
                self.key(name);
                self.out.extend_from_slice(number.to_string().as_bytes());
            }
            Err(_) => self.text(name, Some(value)),
        }
    }

    /// A member with an object; nothing if that stays empty.
    pub(super) fn object(&mut self, name: &'static str, write: impl FnOnce(&mut Json)) {
        let start = self.out.len();
        self.key(name);
        self.enclosed(start, b'{', b'}', write);
    }

    /// A member with an array; nothing if that stays empty.
    pub(super) fn array(&mut self, name: &'static str, write: impl FnOnce(&mut Json)) {
        let start = self.out.len();
        self.key(name);
        self.enclosed(start, b'[', b']', write);
    }

    /// An object in an array; nothing if that stays empty.
    pub(super) fn item(&mut self, write: impl FnOnce(&mut Json)) {
        let start = self.out.len();
        self.comma();
        self.enclosed(start, b'{', b'}', write);
    }

    /// A text in an array; nothing if there is none.
    pub(super) fn text_item(&mut self, value: Option<impl AsRef<str>>) {
        if let Some(value) = value {
            self.comma();
            self.string(value.as_ref());
        }
    }

    /// The object as JSON text; nothing if it is empty.
    pub(super) fn finish(self) -> Option<Box<RawValue>> {
        if self.out.is_empty() {
            return None;
        }
        let members = String::from_utf8(self.out).expect("only texts and ASCII were written");
        let value = RawValue::from_string(format!("{{{members}}}"));
        Some(value.expect("every member was written whole"))
    }

    fn enclosed(&mut self, start: usize, open: u8, close: u8, write: impl FnOnce(&mut Json)) {
        self.out.push(open);
        let inside = self.out.len();
        write(self);
        if self.out.len() == inside {
            self.out.truncate(start);
        } else {
            self.out.push(close);
        }
    }

    /// A name of our own, in which nothing needs to be escaped.
    fn key(&mut self, name: &'static str) {
        self.comma();
        self.out.push(b'"');
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    fn comma(&mut self) {
        if !matches!(self.out.last(), None | Some(b'{' | b'[')) {
            self.out.push(b',');
        }
    }

    fn string(&mut self, text: &str) {
        serde_json::to_writer(&mut self.out, text).expect("writing to memory does not fail");
    }
}
