//! A text under construction: pieces in tones, wrapped, indented, with or without colours.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use crate::render::Look;
use crate::render::text::{clean, columns, wrap};
use crate::search::Marked;

/// What a piece of text is, which decides how it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Running text.
    Plain,
    /// A title or heading.
    Strong,
    /// The name of what follows.
    Label,
    /// What matched.
    Match,
    /// A status that is open and lately verified.
    Open,
    /// What must not be taken at face value.
    Caution,
    /// Small print.
    Faint,
}

impl Tone {
    fn style(self) -> Style {
        let style = Style::new();
        match self {
            Tone::Plain => style,
            Tone::Strong => style.bold(),
            Tone::Label => style.fg_color(Some(AnsiColor::Cyan.into())),
            Tone::Match => style.bold().fg_color(Some(AnsiColor::Magenta.into())),
            Tone::Open => style.fg_color(Some(AnsiColor::Green.into())),
            Tone::Caution => style.fg_color(Some(AnsiColor::Yellow.into())),
            Tone::Faint => style.dimmed(),
        }
    }
}

/// A piece of a line.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    pub(crate) text: String,
    pub(crate) tone: Tone,
}

/// A piece of text, cleaned.
pub(crate) fn piece(tone: Tone, text: impl AsRef<str>) -> Piece {
    Piece {
        text: clean(text.as_ref()),
        tone,
    }
}

/// What stands around a match where there is no colour; the same as in the JSON's ready text.
const MARK: &str = "**";

/// A text under construction.
pub(crate) struct Document {
    look: Look,
    text: String,
}

impl Document {
    pub(crate) fn new(look: Look) -> Document {
        Document {
            look,
            text: String::new(),
        }
    }

    pub(crate) fn look(&self) -> Look {
        self.look
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }

    /// An empty line, unless there is one already or nothing yet.
    pub(crate) fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// A wrapped line of pieces: the first line of it stands after `first` columns, the others after `others`.
    pub(crate) fn line(&mut self, first: usize, others: usize, pieces: &[Piece]) {
        let mut text = String::new();
        let mut ends = Vec::with_capacity(pieces.len());
        for piece in pieces {
            text.push_str(&piece.text);
            ends.push(text.len());
        }
        let room = |indent: usize| self.look.width.saturating_sub(indent);
        let lines = wrap(&text, room(first), room(others));
        for (number, line) in lines.into_iter().enumerate() {
            let indent = if number == 0 { first } else { others };
            if !line.is_empty() {
                self.text.extend(std::iter::repeat_n(' ', indent));
            }
            let mut start = line.start;
            for (piece, &end) in pieces.iter().zip(&ends) {
                let until = end.min(line.end);
                if until > start {
                    self.paint(piece.tone, &text[start..until]);
                    start = until;
                }
            }
            self.text.push('\n');
        }
    }

    /// Pieces on one line, not wrapped.
    pub(crate) fn row(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            self.paint(piece.tone, &piece.text);
        }
        self.text.push('\n');
    }

    /// A wrapped line of one tone.
    pub(crate) fn say(&mut self, indent: usize, tone: Tone, text: impl AsRef<str>) {
        self.line(indent, indent, &[piece(tone, text)]);
    }

    /// A heading, with a gap before it.
    pub(crate) fn heading(&mut self, text: &str) {
        self.gap();
        self.say(0, Tone::Strong, text);
    }

    /// A name and what it stands for, in two columns; nothing if there is nothing to say.
    pub(crate) fn field(&mut self, label: &str, text: impl AsRef<str>) {
        let text = text.as_ref();
        if !text.trim().is_empty() {
            self.labelled(label, &[piece(Tone::Plain, text.trim())]);
        }
    }

    /// A name and pieces, in two columns.
    pub(crate) fn labelled(&mut self, label: &str, pieces: &[Piece]) {
        let mut line = vec![
            piece(Tone::Label, label),
            piece(
                Tone::Plain,
                " ".repeat(LABEL_COLUMNS.saturating_sub(columns(label)).max(2)),
            ),
        ];
        line.extend_from_slice(pieces);
        self.line(0, LABEL_COLUMNS, &line);
    }

    /// Pieces of a text with the places that matched.
    pub(crate) fn marked(&self, marked: &Marked, tone: Tone) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut end = 0;
        for highlight in &marked.highlights {
            let between = marked.text.get(end..highlight.start);
            let matched = marked.text.get(highlight.start..highlight.end);
            let (Some(between), Some(matched)) = (between, matched) else {
                continue;
            };
            pieces.push(piece(tone, between));
            pieces.push(if self.look.colour {
                piece(Tone::Match, matched)
            } else {
                piece(tone, format!("{MARK}{matched}{MARK}"))
            });
            end = highlight.end;
        }
        pieces.push(piece(tone, marked.text.get(end..).unwrap_or_default()));
        pieces
    }

    fn paint(&mut self, tone: Tone, text: &str) {
        if self.look.colour && tone != Tone::Plain {
            let style = tone.style();
            let _ = write!(self.text, "{style}{text}{style:#}");
        } else {
            self.text.push_str(text);
        }
    }
}

/// Columns of the names in a list of fields; the longest usual one is "Healthy volunteers".
const LABEL_COLUMNS: usize = 20;
