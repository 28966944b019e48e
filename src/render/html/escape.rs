//! Text to HTML that says that text and nothing else.

use std::fmt::{self, Display, Write};

use askama::filters::Escaper;

use crate::render::text::is_hostile;
use crate::search::Marked;

/// Escapes text for HTML, in elements and in quoted attributes, and leaves out what would turn the direction of the text
/// behind it or cannot be seen.
#[derive(Clone, Copy, Debug, Default)]
pub struct Escaped;

impl Escaper for Escaped {
    fn write_escaped_str<W: Write>(&self, mut out: W, text: &str) -> fmt::Result {
        let mut kept = 0;
        for (place, c) in text.char_indices() {
            if let Some(instead) = instead(c) {
                out.write_str(&text[kept..place])?;
                out.write_str(instead)?;
                kept = place + c.len_utf8();
            }
        }
        out.write_str(&text[kept..])
    }

    fn write_escaped_char<W: Write>(&self, mut out: W, c: char) -> fmt::Result {
        match instead(c) {
            Some(instead) => out.write_str(instead),
            None => out.write_char(c),
        }
    }
}

fn instead(c: char) -> Option<&'static str> {
    Some(match c {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '"' => "&quot;",
        '\'' => "&#39;",
        '\n' | '\r' | '\t' => return None,
        '\u{2028}' | '\u{2029}' | '\u{85}' => " ",
        c if is_hostile(c) => "",
        _ => return None,
    })
}

/// A piece of HTML that is known to be safe, because it was made here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// A text as it is.
    pub fn text(text: &str) -> Html {
        let mut html = Html::default();
        html.push(text);
        html
    }

    /// A text with the places that matched as `mark`.
    pub fn marked(marked: &Marked) -> Html {
        let mut html = Html::default();
        let mut end = 0;
        for highlight in &marked.highlights {
            let between = marked.text.get(end..highlight.start);
            let matched = marked.text.get(highlight.start..highlight.end);
            if let (Some(between), Some(matched)) = (between, matched) {
                html.push(between);
                html.0.push_str("<mark>");
                html.push(matched);
                html.0.push_str("</mark>");
                end = highlight.end;
            }
        }
        html.push(marked.text.get(end..).unwrap_or_default());
        html
    }

    /// Whether there is nothing to see.
    pub fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }

    /// Several pieces with a text between them.
    pub(super) fn joined(pieces: &[Html], between: &str) -> Html {
        let mut html = Html::default();
        for (place, piece) in pieces.iter().enumerate() {
            if place > 0 {
                html.push(between);
            }
            html.0.push_str(&piece.0);
        }
        html
    }

    /// This and a text behind it.
    pub(super) fn and(mut self, text: &str) -> Html {
        self.push(text);
        self
    }

    fn push(&mut self, text: &str) {
        // Writing to a string does not fail.
        let _ = Escaped.write_escaped_str(&mut self.0, text);
    }
}

impl Display for Html {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::passage::Highlight;

    #[test]
    fn what_is_written_is_what_is_shown() {
        let check = |text: &str, expect: &str| assert_eq!(Html::text(text).to_string(), expect);
        check("plain β 研究", "plain β 研究");
        check(
            "<script>alert(\"1\")</script>",
            "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;",
        );
        check("' onclick='x' & co", "&#39; onclick=&#39;x&#39; &amp; co");
        check("trial\u{202e}lairt\u{2066}", "triallairt");
        check("a\u{0}b\u{1b}[31m\u{9b}", "ab[31m");
        check("two\nlines", "two\nlines");
    }

    #[test]
    fn marks_stand_around_what_matched() {
        let marked = Marked {
            text: "a <b> c".to_owned(),
            highlights: vec![Highlight {
                start: 2,
                end: 5,
                concept: 0,
            }],
        };
        let html = Html::marked(&marked);
        assert_eq!(html.to_string(), "a <mark>&lt;b&gt;</mark> c");
    }

    proptest! {
        #[test]
        fn no_text_makes_a_tag(text in "\\PC{0,40}") {
            let html = Html::text(&text).to_string();
            prop_assert!(!html.contains(['<', '>', '"', '\'']));
        }
    }
}
