//! A file of numbered lines to queries. `#n` in a line stands for the whole of line n.
//!
//! Each line is parsed by itself with [`query::parse`]; a reference stands in for it as a word of the same length, so that every place in
//! an error is a place in the line as typed. Afterwards the word gives way to the tree of the line.

use unicode_width::UnicodeWidthStr;

use crate::query::{
    self, FieldNames, Node, Notation, Query, QueryError, QueryFault, Span, is_quote,
};

/// A line of a search.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its number, from 1.
    pub number: usize,
    /// The line of the file, from 1.
    pub file_line: usize,
    /// What it asks, as typed.
    pub text: String,
    /// The same, with the lines that it refers to put in.
    pub query: Query,
}

impl Line {
    /// A query that was not read from a file of lines.
    pub fn alone(query: Query) -> Line {
        Line {
            number: 1,
            file_line: 1,
            text: query.text.clone(),
            query,
        }
    }
}

/// A line that is not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {file_line}, column {column}: {shown}")]
pub struct LineError {
    /// The line of the file, from 1.
    pub file_line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong, with the line and a caret under the place.
    pub shown: String,
    /// What to write instead.
    pub hint: String,
}

/// The most bytes that the queries of all lines may have with everything put in: `#1 #1`, `#2 #2` ... doubles with each line.
const LONGEST: usize = 1 << 20;

/// Reads a file of lines. Blank lines and remarks, which begin with `//` or with a `#` by itself, are passed over. A line may begin
/// with its number (`3.`, `3)`, `3:` or `#3:`), which must be the one that is due.
pub fn read_lines(text: &str, fields: &dyn FieldNames) -> Result<Vec<Line>, LineError> {
    let mut lines: Vec<Line> = Vec::new();
    let mut total = 0;
    for (at, whole) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let place = Place {
            file_line: at + 1,
            whole,
        };
        if whole.trim().is_empty() || is_remark(whole) {
            continue;
        }
        let number = lines.len() + 1;
        let start = place.behind_number(number)?;
        let typed = whole[start..].trim_end();
        if typed.trim().is_empty() {
            return Err(place.error(
                start,
                start,
                "nothing behind the number",
                "write what to search for",
            ));
        }
        let (query, size) = place.query(typed, start, &lines, fields)?;
        total += size;
        if total > LONGEST {
            return Err(place.error(
                start,
                whole.len(),
                "the lines refer to each other too often",
                "write the search in fewer steps",
            ));
        }
        lines.push(Line {
            number,
            file_line: at + 1,
            text: typed.trim().to_owned(),
            query,
        });
    }
    if lines.is_empty() {
        let place = Place {
            file_line: 1,
            whole: "",
        };
        return Err(place.error(0, 0, "no line to search for", "write one query a line"));
    }
    Ok(lines)
}

/// Whether a line is for people: `// both`, `# both`; not `# 1 AND # 2`.
fn is_remark(line: &str) -> bool {
    let line = line.trim_start();
    let is_text = |rest: &str| {
        let text = rest.trim_start();
        text.len() < rest.len() && !text.starts_with(|c: char| c.is_ascii_digit())
    };
    line.starts_with("//") || line == "#" || line.strip_prefix('#').is_some_and(is_text)
}

/// A line of the file.
struct Place<'p> {
    file_line: usize,
    whole: &'p str,
}

/// A `#n` in a line.
struct Reference {
    start: usize,
    end: usize,
    number: usize,
}

impl Place<'_> {
    fn error(&self, start: usize, end: usize, wrong: &str, hint: &str) -> LineError {
        let before = self.whole.get(..start).unwrap_or_default();
        let under = self.whole.get(start..end).unwrap_or_default();
        let shown: String = self
            .whole
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        LineError {
            file_line: self.file_line,
            column: before.chars().count() + 1,
            shown: format!(
                "{wrong}\n  {shown}\n  {}{}",
                " ".repeat(before.width()),
                "^".repeat(under.width().max(1))
            ),
            hint: hint.to_owned(),
        }
    }

    /// Where the query begins behind a number, which must be the one that is due.
    fn behind_number(&self, due: usize) -> Result<usize, LineError> {
        let indent = self.whole.len() - self.whole.trim_start().len();
        let line = &self.whole[indent..];
        let (line, sign) = match line.strip_prefix('#') {
            Some(rest) => (rest, 1),
            None => (line, 0),
        };
        let digits = line.bytes().take_while(u8::is_ascii_digit).count();
        let behind = line[digits..].chars().next();
        let numbers = digits > 0
            && match behind {
                Some(':') => true,
                Some('.' | ')') => sign == 0 && line[digits + 1..].starts_with(char::is_whitespace),
                _ => false,
            };
        if !numbers {
            return Ok(indent);
        }
        let end = indent + sign + digits;
        if line[..digits].parse() != Ok(due) {
            let wrong = format!("this is line {due} of the search");
            return Err(self.error(
                indent,
                end,
                &wrong,
                "number the lines 1, 2, 3 ..., or leave the numbers out",
            ));
        }
        Ok(end + 1)
    }

    /// The query of a line and its size in bytes with everything put in.
    fn query(
        &self,
        typed: &str,
        start: usize,
        lines: &[Line],
        fields: &dyn FieldNames,
    ) -> Result<(Query, usize), LineError> {
        let references = references(typed);
        let mut stand_in = typed.to_owned();
        let mut size = typed.len();
        for reference in &references {
            match lines.get(reference.number.wrapping_sub(1)) {
                Some(line) => size += line.query.to_text().len(),
                None => {
                    let (from, to) = (start + reference.start, start + reference.end);
                    let typed = &typed[reference.start..reference.end];
                    let wrong = format!("there is no line {typed} before this one");
                    return Err(self.error(
                        from,
                        to,
                        &wrong,
                        "refer to an earlier line; in quotes, `\"#1\"`, it is text",
                    ));
                }
            }
            stand_in.replace_range(reference.start..=reference.start, "x");
        }
        if let Some((place, meant)) = bare_numbers(typed, lines.len()) {
            return Err(self.error(
                start + place.start,
                start + place.end,
                "a number by itself is a word, and a line stands behind a `#`",
                &format!("write `{meant}`; in quotes, `\"1\"`, a number is text"),
            ));
        }
        let mut query = query::parse(&stand_in, fields).map_err(|error| {
            let (message, hint) = told(&error);
            let place = error.span;
            self.error(start + place.start, start + place.end, &message, &hint)
        })?;
        query.text = typed.to_owned();
        let mut misplaced = None;
        put_in(&mut query.root, &references, lines, &mut misplaced);
        if let Some(Misplaced {
            reference,
            wrong,
            hint,
        }) = misplaced
        {
            let (from, to) = (start + reference.start, start + reference.end);
            return Err(self.error(from, to, &wrong, &hint));
        }
        Ok((query, size))
    }
}

/// What is said of a line that is not understood, and the hint.
fn told(error: &QueryError) -> (String, String) {
    match error.fault.as_ref() {
        QueryFault::Foreign {
            notation: Notation::LineNumber,
            typed,
        } => (
            format!("`{typed}` is not understood: lines are named one by one"),
            "write `#1 OR #2`, `#1 AND #2`".to_owned(),
        ),
        _ => (error.message(), error.hint()),
    }
}

/// The first number of a line that combines nothing but numbers of earlier lines, and the line as it was meant.
fn bare_numbers(typed: &str, earlier: usize) -> Option<(Span, String)> {
    let mut meant = String::new();
    let mut first = None;
    let mut combines = false;
    let mut place = 0;
    for piece in typed.split_inclusive([' ', '\t', '(', ')']) {
        let word = piece.trim_end_matches([' ', '\t', '(', ')']);
        let operator = word.to_uppercase();
        let number = word.strip_prefix('#').unwrap_or(word);
        if ["AND", "OR", "NOT"].contains(&operator.as_str()) {
            combines = true;
            meant.push_str(&operator);
        } else if !word.is_empty() {
            let number: usize = number.parse().ok()?;
            if number == 0 || number > earlier {
                return None;
            }
            if !word.starts_with('#') {
                first.get_or_insert(Span {
                    start: place,
                    end: place + word.len(),
                });
            }
            meant.push_str(&format!("#{number}"));
        }
        meant.push_str(&piece[word.len()..]);
        place += piece.len();
    }
    first
        .filter(|_| combines)
        .map(|first| (first, meant.trim().to_owned()))
}

/// The references of a line: `#` and digits, standing alone outside quotes.
fn references(typed: &str) -> Vec<Reference> {
    let mut found = Vec::new();
    let mut quoted = false;
    let mut before = ' ';
    for (start, c) in typed.char_indices() {
        let opens = before.is_whitespace() || matches!(before, '(' | '{' | '-' | ':');
        if is_quote(c) {
            quoted = !quoted;
        } else if c == '#' && !quoted && opens {
            let rest = &typed[start + 1..];
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let closes = rest[digits..]
                .chars()
                .next()
                .is_none_or(|c| c.is_whitespace() || matches!(c, ')' | '}' | ',' | ';' | '^'));
            if digits > 0 && closes {
                found.push(Reference {
                    start,
                    end: start + 1 + digits,
                    // No file has as many lines as a number that is too long to be one.
                    number: rest[..digits].parse().unwrap_or(usize::MAX),
                });
            }
        }
        before = c;
    }
    found
}

/// A reference where its line cannot stand.
struct Misplaced<'r> {
    reference: &'r Reference,
    wrong: String,
    hint: String,
}

/// Puts lines in for the words that stand in for them. The first that cannot stand where it does is given back.
fn put_in<'r>(
    node: &mut Node,
    references: &'r [Reference],
    lines: &[Line],
    misplaced: &mut Option<Misplaced<'r>>,
) {
    match node {
        Node::Word { field, span, .. } => {
            let reference = references
                .iter()
                .find(|reference| reference.start == span.start && reference.end == span.end);
            let Some(reference) = reference else { return };
            if field.is_some() {
                misplaced.get_or_insert(Misplaced {
                    reference,
                    wrong: "a line cannot be searched in a field".to_owned(),
                    hint: "name the field in that line".to_owned(),
                });
            } else if let Some(line) = lines.get(reference.number - 1) {
                *node = line.query.root.clone();
            }
        }
        Node::Proximity { nodes, .. } => {
            let typed = nodes.clone();
            nodes
                .iter_mut()
                .for_each(|node| put_in(node, references, lines, misplaced));
            let changed = typed
                .iter()
                .zip(&*nodes)
                .find(|(typed, node)| typed != node);
            let fault = Node::near_fault(nodes);
            let first = changed.and_then(|(typed, _)| first_in(typed, references));
            if let (Some(fault), Some(reference)) = (fault, first) {
                let error = QueryError::new(Span::default(), fault);
                misplaced.get_or_insert(Misplaced {
                    reference,
                    wrong: error.message(),
                    hint: error.hint(),
                });
            }
        }
        Node::And { nodes } | Node::Or { nodes } => nodes
            .iter_mut()
            .for_each(|node| put_in(node, references, lines, misplaced)),
        Node::Not { node, .. }
        | Node::Boost { node, .. }
        | Node::Item { node, .. }
        | Node::Tilt { node, .. } => {
            put_in(node, references, lines, misplaced);
        }
        Node::All
        | Node::Phrase { .. }
        | Node::Filter { .. }
        | Node::Near { .. }
        | Node::Area { .. }
        | Node::Site { .. } => {}
    }
}

/// The first reference in a part of a line.
fn first_in<'r>(node: &Node, references: &'r [Reference]) -> Option<&'r Reference> {
    match node {
        Node::Word { span, .. } => references
            .iter()
            .find(|reference| reference.start == span.start && reference.end == span.end),
        Node::Or { nodes } | Node::And { nodes } | Node::Proximity { nodes, .. } => {
            nodes.iter().find_map(|node| first_in(node, references))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Fields;

    fn last(text: &str) -> String {
        match read_lines(text, Fields::bundled()) {
            Ok(lines) => lines
                .last()
                .map_or_else(String::new, |line| line.query.to_text()),
            Err(error) => format!("{error}\nhint: {}", error.hint),
        }
    }

    #[test]
    fn lines_combine() {
        let check = |text: &str, expect: &str| assert_eq!(last(text), expect, "{text}");
        check("knee OR hip\npain\n#1 AND #2", "(knee OR hip) pain");
        check(
            "1. knee OR hip\n2. pain\n3. #2 NOT #1",
            "pain -(knee OR hip)",
        );
        check("#1: knee\n\n// a remark\n#2: #1 OR hip", "knee OR hip");
        check("knee\n(#1) hip\n#2 OR #1", "knee hip OR knee");
        // This is asked for, whatever stands between the sign and its number.
        for line in ["# 1 AND # 2", "# 3. hip"] {
            assert_ne!(last(&format!("knee\npain\n{line}")), "pain", "{line}");
        }
        // A remark was read as a query, and the numbers behind it were refused.
        check(
            "# where it hurts\n1. knee\n#\n\t# both\n2. #1 hip",
            "knee hip",
        );
        check("\"#1\"", "\"#1\"");
        check("title:knee\n#1 -hip", "title:knee -hip");
    }

    #[test]
    fn errors_show_their_place() {
        let check = |text: &str, expect: &str| {
            let shown = last(text);
            assert!(shown.starts_with(expect), "{text}\n{shown}");
        };
        check(
            "knee\n#3 AND pain",
            "line 2, column 1: there is no line #3 before this one\n  #3 AND pain\n  ^^\n",
        );
        check(
            "knee\npain OR #2",
            "line 2, column 9: there is no line #2 before this one\n  pain OR #2\n          ^^\n",
        );
        check(
            "knee\n#9999999999999999999999 pain",
            "line 2, column 1: there is no line #9999999999999999999999 before this one\n",
        );
        check(
            "knee\n#12345",
            "line 2, column 1: there is no line #12345 before this one\n",
        );
        check(
            "knee\n3. pain",
            "line 2, column 1: this is line 2 of the search\n",
        );
        check(
            "knee\n2. title:(#1)",
            "line 2, column 11: a line cannot be searched in a field\n",
        );
        check(
            "knee\n\n2. (pain",
            "line 3, column 4: this parenthesis is not closed\n  2. (pain\n     ^\n",
        );
        check("", "line 1, column 1: no line to search for\n");
        check("1. ", "line 1, column 3: nothing behind the number\n");
    }

    /// `1 AND 2`, `or/1-2` and `#1-2` were searched as words.
    #[test]
    fn lines_named_as_elsewhere() {
        let check = |line: &str, expect: &str| {
            let shown = last(&format!("knee\npain\n{line}"));
            assert!(
                shown.starts_with("line 3, column ") && shown.ends_with(expect),
                "{line}\n{shown}"
            );
        };
        check(
            "1 AND 2",
            "\n  1 AND 2\n  ^\nhint: write `#1 AND #2`; in quotes, `\"1\"`, a number is text",
        );
        check(
            "3. (#1 or 2) not 1",
            "\n  3. (#1 or 2) not 1\n            ^\nhint: write `(#1 OR #2) NOT #1`; in quotes, `\"1\"`, a number is text",
        );
        for line in ["or/1-2", "and/1-2", "#1-2"] {
            check(
                line,
                &format!(
                    "`{line}` is not understood: lines are named one by one\n  {line}\n  {}\nhint: write `#1 OR #2`, `#1 AND #2`",
                    "^".repeat(line.len())
                ),
            );
        }
        assert_eq!(last("knee\n1 OR 2"), "1 OR 2");
        assert_eq!(last("knee\npain\ntype 1 OR 2"), "type 1 OR 2");
        assert_eq!(last("knee\n1"), "1");
    }

    #[test]
    fn doubling_ends() {
        let mut text = "knee pain\n".to_owned();
        for number in 1..64 {
            text.push_str(&format!("#{number} #{number}\n"));
        }
        assert!(last(&text).contains("too often"));
    }
}
