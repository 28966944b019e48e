//! HTML to the lines of text that the layouts are read from.
//!
//! Blocks end lines, list items get their mark and nesting, a table cell ends with [`CELL_END`]. What a browser would not show
//! is left out. Must not know any layout.

use scraper::node::Element;
use scraper::{Html, Node};

/// What a table cell ends with: no text has it, as it may have `|`.
pub(super) const CELL_END: char = '\u{1f}';

/// Elements whose text is no text of the page.
const UNSEEN: &[&str] = &[
    "head", "script", "style", "noscript", "template", "svg", "button", "select", "textarea",
    "iframe", "object", "nav",
];

/// Elements that begin and end a line.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "legend",
    "main",
    "menu",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "tfoot",
    "thead",
    "tr",
    "ul",
];

/// Classes that hide an element or mark it as meant for screen readers only.
const HIDDEN_CLASSES: &[&str] = &["w3-hide", "usa-sr-only", "sr-only", "visually-hidden"];

/// Whether an element that is no block by name is made one by its style.
fn is_styled_block(element: &Element) -> bool {
    let style = element.attr("style").unwrap_or_default().replace(' ', "");
    style.contains("display:block")
}

/// The text of a page from its title (its first `h1`) on: what stands before is navigation. A page without one is given
/// from its beginning.
pub(super) fn text_of(html: &str) -> String {
    let html = Html::parse_document(html);
    let mut page = Page::default();
    let mut steps = vec![(html.tree.root(), false)];
    while let Some((node, leaving)) = steps.pop() {
        if leaving {
            page.leave(node.value());
            continue;
        }
        if page.enter(node.value()) {
            steps.push((node, true));
            let children: Vec<_> = node.children().collect();
            steps.extend(children.into_iter().rev().map(|child| (child, false)));
        }
    }
    page.end_line();
    let from = page.title_line.unwrap_or(0).min(page.lines.len());
    page.lines[from..].join("\n")
}

#[derive(Default)]
struct Page {
    lines: Vec<String>,
    line: String,
    /// The lists that are open: the number of the next item where items are numbered.
    lists: Vec<Option<usize>>,
    /// The mark to set before the next text: that of a list item.
    mark: Option<String>,
    /// Width of the marks of the items that are open.
    widths: Vec<usize>,
    title_line: Option<usize>,
    pending_space: bool,
    /// Whether a `span` has just ended: a label and its value are often two of them with nothing between.
    span_ended: bool,
}

impl Page {
    /// Enters a node; says whether its children are to be read.
    fn enter(&mut self, node: &Node) -> bool {
        if let Some(text) = node.as_text() {
            self.add(text);
            return false;
        }
        let Some(element) = node.as_element() else {
            return node.is_document() || node.is_fragment();
        };
        let name = element.name();
        let hidden = element.attr("hidden").is_some()
            || element.attr("aria-hidden") == Some("true")
            || element
                .attr("style")
                .is_some_and(|style| style.replace(' ', "").contains("display:none"))
            || element
                .classes()
                .any(|class| HIDDEN_CLASSES.contains(&class));
        if hidden || UNSEEN.contains(&name) {
            return false;
        }
        match name {
            "br" => self.end_line(),
            "span" if !is_styled_block(element) => self.pending_space |= self.span_ended,
            "li" => {
                self.end_line();
                let mark = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        let mark = format!("{number}. ");
                        *number = number.saturating_add(1);
                        mark
                    }
                    _ => "* ".to_owned(),
                };
                self.widths.push(mark.len());
                self.mark = Some(mark);
            }
            "ul" | "ol" | "menu" => {
                self.end_line();
                let start = element.attr("start").and_then(|start| start.parse().ok());
                self.lists.push((name == "ol").then(|| start.unwrap_or(1)));
            }
            "h1" => {
                self.end_line();
                if self.title_line.is_none() {
                    self.title_line = Some(self.lines.len());
                }
            }
            _ if BLOCKS.contains(&name) || is_styled_block(element) => self.end_line(),
            _ => {}
        }
        true
    }

    fn leave(&mut self, node: &Node) {
        let Some(element) = node.as_element() else {
            return;
        };
        match element.name() {
            "td" | "th" => {
                self.line.push(CELL_END);
                self.end_line();
            }
            "li" => {
                self.end_line();
                self.widths.pop();
                self.mark = None;
            }
            "ul" | "ol" | "menu" => {
                self.end_line();
                self.lists.pop();
            }
            _ if is_styled_block(element) => self.end_line(),
            "span" => self.span_ended = !self.line.is_empty(),
            name if BLOCKS.contains(&name) => {
                self.end_line();
                // paragraphs stand apart, as in text
                if name == "p" && self.lines.last().is_some_and(|line| !line.is_empty()) {
                    self.lines.push(String::new());
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, text: &str) {
        let mut words = text.split_ascii_whitespace().peekable();
        if words.peek().is_none() {
            self.pending_space |= !text.is_empty() && !self.line.is_empty();
            return;
        }
        if self.line.is_empty() {
            let own = self.mark.as_ref().map_or(0, String::len);
            let left: usize = self.widths.iter().sum::<usize>()
                - own.min(self.widths.last().copied().unwrap_or(0));
            self.line.extend(std::iter::repeat_n(' ', left));
            self.line.push_str(&self.mark.take().unwrap_or_default());
        } else if self.pending_space || text.starts_with(|c: char| c.is_ascii_whitespace()) {
            self.line.push(' ');
        }
        self.span_ended = false;
        self.pending_space = text.ends_with(|c: char| c.is_ascii_whitespace());
        for (at, word) in words.enumerate() {
            if at > 0 {
                self.line.push(' ');
            }
            self.line.push_str(&word.replace(CELL_END, ""));
        }
    }

    fn end_line(&mut self) {
        self.pending_space = false;
        self.span_ended = false;
        let line = std::mem::take(&mut self.line);
        let line = line.trim_end();
        if !line.is_empty() {
            self.lines.push(line.to_owned());
        }
    }
}
