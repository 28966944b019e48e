//! The classic ClinicalTrials.gov layout cut into blocks: a label or heading, then lines and cell ends up to the next.
//!
//! Knows which label may stand where, but not what any of them means.

use super::classic_labels::opened_by;
use super::html::CELL_END;

/// A line of the page, or the end of a table cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token<'a> {
    Line(&'a str),
    CellEnd,
}

/// What a label or heading opens.
pub(super) struct Block<'a> {
    pub(super) label: &'static str,
    pub(super) tokens: Vec<Token<'a>>,
}

/// The page cut at its labels. The first block, under the label "", is what stands before them.
pub(super) fn blocks(lines: &[String]) -> Vec<Block<'_>> {
    let mut blocks = vec![Block {
        label: "",
        tokens: Vec::new(),
    }];
    let tokens = tokens(lines);
    for (at, token) in tokens.iter().enumerate() {
        let opened = match (token, blocks.last()) {
            (Token::Line(line), Some(current)) => opened_by(line, &tokens[at + 1..], current),
            _ => None,
        };
        match (opened, blocks.last_mut()) {
            (Some((label, rest)), _) => {
                let tokens = rest.map(Token::Line).into_iter().collect();
                blocks.push(Block { label, tokens });
            }
            (None, Some(block)) => block.tokens.push(*token),
            (None, None) => {}
        }
    }
    blocks
}

/// Cells end as the page was saved: with what HTML was given for it, else with `|` or a tab.
fn tokens(lines: &[String]) -> Vec<Token<'_>> {
    let own_end = lines.iter().any(|line| line.contains(CELL_END));
    let mut tokens = Vec::new();
    for line in lines {
        if line.contains("---") && line.chars().all(|c| "|-: ".contains(c)) {
            continue; // the rule under a table's head
        }
        let mut from = 0;
        let mut tabs = false;
        for (at, c) in line.char_indices() {
            let tab = c == '\t' && !own_end && !line[..at].trim().is_empty();
            if tab || c == if own_end { CELL_END } else { '|' } {
                push_line(&line[from..at], &mut tokens);
                tokens.push(Token::CellEnd);
                tabs |= tab;
                from = at + c.len_utf8();
            }
        }
        push_line(&line[from..], &mut tokens);
        if tabs {
            tokens.push(Token::CellEnd);
        }
    }
    tokens
}

fn push_line<'a>(line: &'a str, tokens: &mut Vec<Token<'a>>) {
    if !line.trim().is_empty() {
        tokens.push(Token::Line(line.trim_end()));
    }
}

impl<'a> Block<'a> {
    /// The lines, trimmed.
    pub(super) fn lines(&self) -> Vec<&'a str> {
        self.tokens
            .iter()
            .filter_map(|token| match token {
                Token::Line(line) => Some(line.trim()),
                Token::CellEnd => None,
            })
            .collect()
    }

    /// Whether there are at least so many lines, one or more.
    pub(super) fn has_lines(&self, count: usize) -> bool {
        let lines = self.tokens.iter().filter(|token| **token != Token::CellEnd);
        lines.take(count).count() == count
    }

    /// The first line; "" if there is none.
    pub(super) fn first(&self) -> &'a str {
        self.lines().first().copied().unwrap_or_default()
    }

    /// The lines by cell; what follows the last cell's end is a cell too, if it says something.
    pub(super) fn cells(&self) -> Vec<Vec<&'a str>> {
        let mut cells = vec![Vec::new()];
        for token in &self.tokens {
            match (token, cells.last_mut()) {
                (Token::Line(line), Some(cell)) => cell.push(*line),
                _ => cells.push(Vec::new()),
            }
        }
        if cells.last().is_some_and(Vec::is_empty) {
            cells.pop();
        }
        cells
    }

    /// The value's own cell, and the lines after it. Where the cell of the label ended first, the value is the next one.
    pub(super) fn value_and_rest(&self) -> (Vec<&'a str>, Vec<&'a str>) {
        let mut cells = self.cells().into_iter().skip_while(Vec::is_empty);
        let has_cells = self.tokens.contains(&Token::CellEnd);
        let mut value = cells.next().unwrap_or_default();
        let mut rest: Vec<&str> = Vec::new();
        if !has_cells && !value.is_empty() {
            rest = value.split_off(1);
        }
        rest.extend(cells.flatten());
        (value, rest)
    }
}
