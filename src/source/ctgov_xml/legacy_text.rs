//! Legacy registry text to Markdown as the API writes it: hard-wrapped lines become paragraphs, indented items become lists.
//!
//! The legacy text is laid out by columns: an item's marker stands left of the item's text, a nested item's marker right of
//! the text column of the item around it, and numbers are right-aligned (` 9. ` above `10. `). The API shows the same text as
//! tight Markdown lists between paragraphs:
//!
//! ```text
//!           -  Measurable disease, by:               * Measurable disease, by:
//!
//!                -  CT or                      ->      * CT or
//!                                                      * MRI
//!                -  MRI                              * No pregnancy
//!
//!           -  No pregnancy
//! ```
//!
//! It must not know which element a text belongs to, and it must not add or drop words.

use std::borrow::Cow;

/// The width of a tab in leading white space; the registry itself writes none.
const TAB: usize = 4;

/// Markdown of a text whose lines were wrapped by the registry: lines that follow each other are one paragraph.
/// Nothing for blank text.
pub(crate) fn from_wrapped(raw: &str) -> Option<String> {
    layout(raw, true)
}

/// Markdown of a text whose line breaks are the sponsor's own: each line is a paragraph or an item. Nothing for blank text.
pub(crate) fn from_lines(raw: &str) -> Option<String> {
    if raw.trim_ascii().contains(['\n', '\r']) || marked(raw.trim_ascii_start()).is_some() {
        return layout(raw, false);
    }
    let text = line(raw)?.into_owned();
    Some(with_backslashes_escaped(text))
}

/// The text on one line, entities that were escaped twice decoded. Nothing for blank text.
pub(crate) fn line(raw: &str) -> Option<Cow<'_, str>> {
    let text = match decoded(raw.trim()) {
        Cow::Borrowed(raw) if is_evenly_spaced(raw.as_bytes()) => Cow::Borrowed(raw),
        raw => {
            let mut text = String::with_capacity(raw.len());
            push_words(&mut text, &raw);
            Cow::Owned(text)
        }
    };
    Some(text).filter(|text| !text.is_empty())
}

/// A paragraph or an item with the columns that it was laid out in.
struct Block {
    column: usize,
    /// The column of the words: that of the text after the marker, or the same as `column`.
    text_column: usize,
    /// `*`, `-`, or a number with its full stop.
    marker: Option<String>,
    text: String,
}

/// An item that the next block may belong to.
struct Open {
    text_column: usize,
    /// How far what belongs to it is indented in the Markdown.
    indent: usize,
}

fn layout(raw: &str, wrapped: bool) -> Option<String> {
    let raw = decoded(raw);
    let mut out = String::with_capacity(raw.len());
    let mut open: Vec<Open> = Vec::new();
    let mut before = Before::Nothing;
    for block in blocks(&raw, wrapped) {
        let indent = |open: &[Open]| open.last().map_or(0, |item| item.indent);
        if let Some(marker) = &block.marker {
            while open
                .pop_if(|item| block.column < item.text_column)
                .is_some()
            {}
            let nested = open
                .last()
                .is_some_and(|item| before == Before::Item(item.indent));
            let tight = matches!(before, Before::Item(_) | Before::ParagraphOfItem) && !nested;
            break_line(&mut out, if tight { 1 } else { 2 });
            let indent = indent(&open);
            out.extend(std::iter::repeat_n(' ', indent));
            out.push_str(marker);
            let indent = indent + marker.len() + 1;
            open.push(Open {
                text_column: block.text_column,
                indent,
            });
            before = Before::Item(indent);
            if !block.text.is_empty() {
                out.push(' ');
            }
        } else {
            while open
                .pop_if(|item| block.column < item.text_column)
                .is_some()
            {}
            break_line(&mut out, 2);
            out.extend(std::iter::repeat_n(' ', indent(&open)));
            before = if open.is_empty() {
                Before::Paragraph
            } else {
                Before::ParagraphOfItem
            };
        }
        out.push_str(&block.text);
    }
    Some(with_backslashes_escaped(out)).filter(|text| !text.is_empty())
}

/// What was written last.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    Nothing,
    Paragraph,
    ParagraphOfItem,
    /// An item; what belongs to it is indented so far.
    Item(usize),
}

fn break_line(out: &mut String, breaks: usize) {
    if !out.is_empty() {
        out.extend(std::iter::repeat_n('\n', breaks));
    }
}

fn blocks(raw: &str, wrapped: bool) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut joined = false;
    let ends = memchr::memchr_iter(b'\n', raw.as_bytes()).chain([raw.len()]);
    let lines = ends.scan(0, |start, end| {
        Some(&raw[std::mem::replace(start, end + 1)..end])
    });
    for line in lines.flat_map(|line| line.trim_end().split('\r')) {
        let words = line.trim();
        if words.is_empty() {
            joined = false;
            continue;
        }
        let column = column_of(line);
        let mark = marked(words);
        if joined
            && wrapped
            && let Some(block) = blocks.last_mut()
        {
            // Wrapped words keep the text's column: a marker further left begins a sibling, below a paragraph
            // one further right begins a list. At the same column it is a number or dash that happened to be wrapped there.
            let begins = mark.is_some()
                && match block.marker {
                    Some(_) => column < block.text_column,
                    None => column > block.column,
                };
            if !begins {
                block.text.push(' ');
                push_words(&mut block.text, words);
                continue;
            }
        }
        joined = true;
        let mut block = Block {
            column,
            text_column: column,
            marker: None,
            text: String::new(),
        };
        let rest = match mark {
            Some((marker, rest)) => {
                block.marker = Some(marker.to_owned());
                let gap = rest.chars().take_while(|c| c.is_whitespace()).count();
                block.text_column = column + (words.len() - rest.len()) + gap.max(1);
                rest
            }
            None => words,
        };
        push_words(&mut block.text, rest);
        blocks.push(block);
    }
    blocks
}

fn column_of(line: &str) -> usize {
    line.chars()
        .take_while(|c| c.is_whitespace())
        .map(|c| if c == '\t' { TAB } else { 1 })
        .sum()
}

/// The Markdown marker of a line that is an item (`- `, `* `, `12. `), and the rest of the line.
fn marked(words: &str) -> Option<(&str, &str)> {
    let ends = |rest: &str| rest.is_empty() || rest.starts_with(char::is_whitespace);
    if let Some(rest) = words.strip_prefix(['-', '*']) {
        // A dash with one space is the sponsor's own, and the API leaves it as it is.
        let marker = if words.starts_with("- ") && !rest.starts_with("  ") {
            "-"
        } else {
            "*"
        };
        return (ends(rest) && !rest.is_empty()).then_some((marker, rest));
    }
    let digits = words.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=3).contains(&digits) {
        return None;
    }
    let rest = words[digits..].strip_prefix('.')?;
    ends(rest).then_some((&words[..=digits], rest))
}

/// Words with one space between them, behind what is there.
pub(super) fn push_words(out: &mut String, words: &str) {
    let words = words.trim_ascii();
    if is_evenly_spaced(words.as_bytes()) {
        return out.push_str(words);
    }
    for (at, word) in words.split_ascii_whitespace().enumerate() {
        if at > 0 {
            out.push(' ');
        }
        out.push_str(word);
    }
}

/// Whether one space stands between any two words, as in most texts. It looks at all bytes, so that it can look at many at once.
fn is_evenly_spaced(words: &[u8]) -> bool {
    let is_gap = |byte: u8| (byte == b' ') | matches!(byte, b'\t'..=b'\r');
    let next = words.get(1..).unwrap_or_default();
    !words.iter().zip(next).fold(false, |wide, (&byte, &next)| {
        wide | (is_gap(byte) & ((byte != b' ') | is_gap(next)))
    })
}

/// A backslash before punctuation would be read as a Markdown escape, so it is escaped itself.
fn with_backslashes_escaped(text: String) -> String {
    if !text.contains('\\') {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 2);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        out.push(character);
        if character == '\\' && characters.peek().is_some_and(char::is_ascii_punctuation) {
            out.push('\\');
        }
    }
    out
}

/// Character entities as they are left over when a text was escaped twice; names in any case, since some were typed so.
const ENTITIES: [(&str, &str); 6] = [
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", " "),
];

/// The longest entity looked for, in bytes between `&` and `;`.
const LONGEST_ENTITY: usize = 8;

fn decoded(raw: &str) -> Cow<'_, str> {
    if !raw.contains('&') {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        match entity(&from[1..]) {
            Some((character, length)) => {
                out.push_str(&character);
                rest = &from[length + 2..];
            }
            None => {
                out.push('&');
                rest = &from[1..];
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// What the entity stands for whose name opens the text, and the length of the name.
fn entity(text: &str) -> Option<(Cow<'static, str>, usize)> {
    let length = text
        .bytes()
        .take(LONGEST_ENTITY + 1)
        .position(|b| b == b';')?;
    let name = &text[..length];
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
            None => number.parse().ok()?,
        };
        let character = char::from_u32(code).filter(|c| !c.is_control() || c.is_whitespace())?;
        return Some((Cow::Owned(character.to_string()), length));
    }
    let (_, character) = ENTITIES
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    Some((Cow::Borrowed(character), length))
}
