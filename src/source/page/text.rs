//! Lines of a saved page: what a line is recognised by, and lines back to paragraphs and Markdown lists.
//!
//! Knows no layout.

/// A page's text as lines without what saving added: byte-order mark, carriage returns, images, link targets
/// and the no-break spaces that web pages are laid out with. Indentation is kept.
pub(super) fn lines_of(text: &str) -> Vec<String> {
    text.trim_start_matches('\u{feff}')
        .lines()
        .map(|line| unlink(&line.trim_end().replace(['\u{a0}', '\u{202f}'], " ")))
        .collect()
}

/// `[words](address)` becomes `words`, `![words](address)` nothing.
fn unlink(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(middle) = rest.find("](") {
        let close = rest[middle..].find(')').map(|at| at + middle);
        let (Some(open), Some(close)) = (rest[..middle].rfind('['), close) else {
            break;
        };
        let image = rest[..open].ends_with('!');
        out.push_str(&rest[..open - usize::from(image)]);
        if !image {
            out.push_str(&rest[open + 1..middle]);
        }
        rest = &rest[close + 1..];
    }
    out.push_str(rest);
    out
}

/// What headings and labels are compared by: lower case, one space between words, without Markdown's heading
/// and emphasis marks and without the colon at the end.
pub(super) fn key(line: &str) -> String {
    bare(line)
        .trim_end_matches([':', ' '])
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

/// A line without blanks around it and without Markdown's heading and emphasis marks.
pub(super) fn bare(line: &str) -> &str {
    let mut text = line.trim().trim_start_matches('#').trim();
    for mark in ["**", "__"] {
        if let Some(inner) = text.strip_prefix(mark) {
            text = inner.strip_suffix(mark).unwrap_or(inner).trim();
        }
    }
    text
}

/// What follows a label on its own line: `Label: value`, `Label : value` or `Label value`. The label is given in
/// lower case. Nothing if the line does not begin with it, or has nothing after it.
pub(super) fn after_label<'a>(line: &'a str, label: &str) -> Option<&'a str> {
    let line = bare(line);
    let head = line.get(..label.len())?;
    if head.to_ascii_lowercase() != label {
        return None;
    }
    let rest = &line[label.len()..];
    if !rest.starts_with([' ', ':', '*']) {
        return None;
    }
    let rest = rest.trim_start_matches([' ', ':', '*']).trim_end();
    (!rest.is_empty()).then_some(rest)
}

/// The lines that say something, trimmed.
pub(super) fn said<S: AsRef<str>>(lines: &[S]) -> Vec<&str> {
    lines
        .iter()
        .map(|line| line.as_ref().trim())
        .filter(|line| !line.is_empty())
        .collect()
}

/// A value, unless it is one of the marks that pages print for "nothing".
pub(super) fn stated(value: &str) -> Option<String> {
    let value = value.trim();
    let nothing = [
        "",
        "-",
        "--",
        "—",
        "–",
        "n/a",
        "none provided",
        "not provided",
    ];
    (!nothing.contains(&value.to_lowercase().as_str())).then(|| value.to_owned())
}

/// The lines that say something, a label alone on its line joined with the value after it.
pub(super) fn join_labels(lines: &[&str], labels: &[&str]) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    let mut label_before = false;
    for line in said(lines) {
        let label = labels.contains(&key(line).as_str());
        match joined.last_mut() {
            Some(last) if label_before && !label => {
                last.push(' ');
                last.push_str(line);
            }
            _ => joined.push(line.to_owned()),
        }
        label_before = label;
    }
    joined
}

/// A list mark at the beginning of a line.
enum Mark<'a> {
    Bullet,
    Number(&'a str),
}

/// Lines as the Markdown that the API writes: `* item`, `1. item`, children and further paragraphs of an item
/// indented below it, paragraphs apart. Nothing if no line says anything.
pub(super) fn markdown<S: AsRef<str>>(lines: &[S]) -> Option<String> {
    let mut out = String::new();
    let mut open: Vec<(usize, usize)> = Vec::new(); // indentation and mark width of the items that are open
    let mut after_item = false;
    for line in lines {
        let line = line.as_ref();
        let text = line.trim();
        if text.is_empty() {
            continue;
        }
        let indent = indentation(line);
        while open.last().is_some_and(|(outer, _)| *outer >= indent) {
            open.pop();
        }
        let left: usize = open.iter().map(|(_, width)| width).sum();
        let (mark, text) = split_mark(text);
        let item = mark.is_some();
        if !out.is_empty() {
            out.push_str(if item && after_item { "\n" } else { "\n\n" });
        }
        out.extend(std::iter::repeat_n(' ', left));
        match mark {
            Some(Mark::Bullet) => {
                out.push_str("* ");
                open.push((indent, 2));
            }
            Some(Mark::Number(digits)) => {
                out.push_str(digits);
                out.push_str(". ");
                open.push((indent, digits.len() + 2));
            }
            None => {}
        }
        match split_mark(text) {
            (Some(Mark::Number(digits)), rest) if item => {
                // an item whose own text begins like a number: escaped, or it would be a list in the item
                out.push_str(digits);
                out.push_str("\\. ");
                out.push_str(rest);
            }
            _ => out.push_str(text),
        }
        after_item = item;
    }
    (!out.is_empty()).then_some(out)
}

fn indentation(line: &str) -> usize {
    line.chars()
        .take_while(|c| c.is_whitespace())
        .map(|c| if c == '\t' { 4 } else { 1 })
        .sum()
}

/// The list mark that a trimmed line begins with, and the text after it.
fn split_mark(text: &str) -> (Option<Mark<'_>>, &str) {
    let bullets = ['•', '*', '-', '–', '·', '◦', '○', '▪', '●', '‣'];
    if let Some(rest) = text.strip_prefix(bullets) {
        if rest.starts_with(char::is_whitespace) {
            return (Some(Mark::Bullet), rest.trim_start());
        }
        return (None, text);
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if (1..=3).contains(&digits) {
        let rest = &text[digits..];
        if let Some(rest) = rest.strip_prefix(['.', ')'])
            && rest.starts_with(char::is_whitespace)
        {
            return (Some(Mark::Number(&text[..digits])), rest.trim_start());
        }
    }
    (None, text)
}

/// Criteria under the two headings that the API writes.
pub(super) fn criteria(
    before: Option<String>,
    inclusion: Option<String>,
    exclusion: Option<String>,
) -> Option<String> {
    let headed =
        |heading: &str, text: Option<String>| text.map(|text| format!("{heading}\n\n{text}"));
    let parts: Vec<String> = [
        before,
        headed("Inclusion Criteria:", inclusion),
        headed("Exclusion Criteria:", exclusion),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!parts.is_empty()).then(|| parts.join("\n\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_come_out_as_the_api_writes_them() {
        let check = |input: &str, expect: &str| {
            let lines: Vec<&str> = input.lines().collect();
            assert_eq!(markdown(&lines).as_deref(), Some(expect), "{input}");
        };
        check("One.\n\nTwo.", "One.\n\nTwo.");
        check("  • a\n  • b", "* a\n* b");
        check(
            "  • lead:\n\n    1. one\n\n      more\n\n    2. two\n\nlast",
            "* lead:\n  1. one\n\n     more\n\n  2. two\n\nlast",
        );
        check("  • 2. Main:\n    1) x", "* 2\\. Main:\n  1. x");
        check("- a\n-b\n20.5 mg", "* a\n\n-b\n\n20.5 mg");
    }

    #[test]
    fn links_lose_their_address() {
        let check = |input: &str, expect: &str| assert_eq!(unlink(input), expect);
        check("![](x.png) a [b](c) d", " a b d");
        check("f](x [y] (z)", "f](x [y] (z)");
        check("![logo](x)", "");
    }

    #[test]
    fn labels_are_told_from_text() {
        assert_eq!(
            after_label("Group Type EXPERIMENTAL", "group type"),
            Some("EXPERIMENTAL")
        );
        assert_eq!(after_label("**Role:** CONTACT", "role"), Some("CONTACT"));
        assert_eq!(after_label("Rolex", "role"), None);
        assert_eq!(after_label("Role:", "role"), None);
        assert_eq!(key("### Brief  Summary:"), "brief summary");
        assert_eq!(key("**Conditions**"), "conditions");
    }
}
