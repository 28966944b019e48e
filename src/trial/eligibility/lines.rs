//! Criteria text to blocks: one list item, paragraph or heading each, wraps joined, marker and indentation known.
//!
//! Three writings are met: Markdown (a line is a block), hard-wrapped legacy XML (everything indented, blocks parted by
//! blank lines), and page text wrapped at some width. Nothing is dropped here and nothing is interpreted.

use std::borrow::Cow;

use memchr::{memchr_iter, memchr2};

use super::marker::{Marker, marker};

/// Narrowest text that counts as hard-wrapped, in characters: lists of short criteria have lines below it.
const WRAP_NARROWEST: usize = 62;

/// Widest hard-wrapped text, in characters: the legacy XML wraps at 100, indentation included.
const WRAP_WIDEST: usize = 120;

/// Indentation that every line of the legacy XML has, in columns.
const LEGACY_INDENT: usize = 4;

/// Columns from one tab stop to the next.
const TAB_STOP: usize = 4;

/// One item, paragraph or heading as written.
#[derive(Debug)]
pub(super) struct Block<'a> {
    /// Column of the marker, or of the text where there is none.
    pub indent: usize,
    /// The list marker.
    pub marker: Option<Marker<'a>>,
    /// The text without marker, wraps joined by a space; escapes are still in it.
    pub text: Cow<'a, str>,
}

struct Line<'a> {
    indent: usize,
    text: &'a str,
    after_blank: bool,
}

/// The text with every kind of line break (CR, U+2028, NEL ...) as a line feed; CRLF may stay, lines are trimmed.
pub(super) fn normalise(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let odd = memchr2(0x0B, 0x0C, bytes).is_some()
        || memchr_iter(b'\r', bytes).any(|at| bytes.get(at + 1) != Some(&b'\n'));
    let wide = memchr::memmem::find(bytes, b"\xE2\x80\xA8").is_some()
        || memchr::memmem::find(bytes, b"\xE2\x80\xA9").is_some()
        || memchr::memmem::find(bytes, b"\xC2\x85").is_some();
    if !odd && !wide {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    let breaks: &[char] = &['\r', '\u{b}', '\u{c}', '\u{2028}', '\u{2029}', '\u{85}'];
    while let Some(at) = rest.find(breaks) {
        plain.push_str(&rest[..at]);
        let after = &rest[at..];
        let character = after.chars().next().unwrap_or('\r');
        rest = &after[character.len_utf8()..];
        match character {
            '\r' if rest.starts_with('\n') => {}
            '\r' => plain.push('\n'),
            // Typed to part two paragraphs of one block.
            _ => plain.push_str("\n\n"),
        }
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

/// The blocks of a normalised text.
pub(super) fn blocks(text: &str) -> Vec<Block<'_>> {
    let lines = lines(text);
    let layout = Layout::of(&lines);
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut last_number = None;
    // Column of the text of the block at hand, and width and last letter of the line before.
    let mut content = 0;
    let mut previous = ("", 0);
    for line in &lines {
        let indent = line.indent.saturating_sub(layout.base);
        let width = indent + line.text.chars().count();
        let found = marker(line.text, last_number);
        if let Some(block) = blocks.last_mut()
            && !line.after_blank
            && !(layout.legacy && line.indent < layout.base)
            && layout.continues(block, content, previous, indent, line.text, found.is_some())
        {
            let joined = block.text.to_mut();
            if !joined.is_empty() {
                joined.push(' ');
            }
            joined.push_str(line.text);
        } else {
            let start = found.map_or(0, |marker| marker.end);
            content = indent + line.text[..start].chars().count();
            if let Some(number) = found.and_then(|marker| marker.number) {
                last_number = Some(number);
            }
            blocks.push(Block {
                indent,
                marker: found,
                text: Cow::Borrowed(&line.text[start..]),
            });
        }
        previous = (line.text, width);
    }
    blocks
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut after_blank = true;
    let mut start = 0;
    for end in memchr_iter(b'\n', text.as_bytes()).chain(std::iter::once(text.len())) {
        let raw = &text[start..end];
        start = end + 1;
        let trimmed = raw.trim();
        if trimmed.is_empty() {
            after_blank = true;
            continue;
        }
        lines.push(Line {
            indent: indentation(raw),
            text: trimmed,
            after_blank,
        });
        after_blank = false;
    }
    // Whoever trimmed the legacy text took the first line's indentation with it.
    if let Some(least) = lines.iter().skip(1).map(|line| line.indent).min()
        && least >= LEGACY_INDENT
        && lines[0].indent == 0
    {
        lines[0].indent = least;
    }
    lines
}

fn indentation(line: &str) -> usize {
    let mut column = 0;
    for character in line.chars() {
        match character {
            '\t' => column += TAB_STOP - column % TAB_STOP,
            '\u{3000}' => column += 2,
            space if space.is_whitespace() => column += 1,
            _ => break,
        }
    }
    column
}

/// How the lines of a text are to be read.
struct Layout {
    /// Indentation of the whole text in columns.
    base: usize,
    /// Legacy XML: blocks are parted by blank lines, so an adjacent line is a continuation.
    legacy: bool,
    /// Width at which the text is wrapped, in characters without the base; `None`: it is not.
    wrap: Option<usize>,
}

impl Layout {
    fn of(lines: &[Line<'_>]) -> Self {
        let indented = lines.iter().filter(|line| line.indent >= LEGACY_INDENT);
        let base = indented.clone().map(|line| line.indent).min().unwrap_or(0);
        let loose = lines
            .iter()
            .any(|line| (1..LEGACY_INDENT).contains(&line.indent));
        let legacy = lines.len() > 1 && !loose && indented.count() * 5 >= lines.len() * 4;
        let base = if legacy {
            base
        } else {
            lines.iter().map(|line| line.indent).min().unwrap_or(0)
        };
        let widths: Vec<usize> = lines
            .iter()
            .map(|line| line.indent.saturating_sub(base) + line.text.chars().count())
            .collect();
        let widest = widths.iter().copied().max().unwrap_or(0);
        let mut layout = Self {
            base,
            legacy,
            wrap: None,
        };
        if (WRAP_NARROWEST..=WRAP_WIDEST).contains(&widest) {
            let mut full = 0;
            let mut pairs = 0;
            for (pair, width) in lines.windows(2).zip(&widths) {
                if !pair[1].after_blank
                    && pair[1]
                        .text
                        .starts_with(|first: char| first.is_alphanumeric())
                {
                    pairs += 1;
                    full +=
                        usize::from(width + 1 + first_word(pair[1].text) + WRAP_TOLERANCE > widest);
                }
            }
            if pairs >= 2 && full * 10 >= pairs * 7 {
                layout.wrap = Some(widest);
            }
        }
        layout
    }

    /// Does a line right below another go on with its block?
    fn continues(
        &self,
        block: &Block<'_>,
        content: usize,
        (previous, width): (&str, usize),
        indent: usize,
        text: &str,
        marked: bool,
    ) -> bool {
        if self.legacy {
            return !marked || indent >= content;
        }
        let full = self
            .wrap
            .is_some_and(|wrap| width + 1 + first_word(text) + WRAP_TOLERANCE > wrap);
        if marked {
            // "aged 18\n  - 65 years", broken at the full width below the item's text.
            return full
                && block.marker.is_some()
                && indent >= content
                && !previous.ends_with([':', '.', ';']);
        }
        if previous.ends_with([':', '：']) {
            return block.marker.is_some()
                && indent > block.indent
                && text.starts_with(char::is_lowercase);
        }
        let inside = block.marker.is_some() && indent > block.indent;
        let sentence_ended = previous.ends_with(['.', ';', '!', '?', '。', '；']);
        inside || full || !sentence_ended && text.starts_with(char::is_lowercase)
    }
}

/// Characters by which a wrapped line may be shorter than the first word of the next explains.
const WRAP_TOLERANCE: usize = 4;

fn first_word(text: &str) -> usize {
    text.split_whitespace()
        .next()
        .map_or(0, |word| word.chars().take(WRAP_WIDEST).count())
}
