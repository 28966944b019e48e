//! Rows in columns, and blocks side by side.

use crate::render::document::{Document, Piece, Tone, piece};
use crate::render::text::{clean, columns};

/// Spaces between columns of a table.
const GAP: usize = 2;

/// How a column of a table stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// A table: the first row names the columns.
pub(crate) fn table(document: &mut Document, indent: usize, sides: &[Side], rows: &[Vec<String>]) {
    let mut widths = vec![0; sides.len()];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(columns(&clean(cell)));
        }
    }
    for (number, row) in rows.iter().enumerate() {
        let mut line = String::new();
        for ((cell, side), &width) in row.iter().zip(sides).zip(&widths) {
            if !line.is_empty() {
                line.push_str(&" ".repeat(GAP));
            }
            line.push_str(&padded(&clean(cell), width, *side));
        }
        let tone = if number == 0 {
            Tone::Label
        } else {
            Tone::Plain
        };
        document.line(indent, indent + GAP, &[piece(tone, line.trim_end())]);
    }
}

fn padded(text: &str, width: usize, side: Side) -> String {
    let spaces = " ".repeat(width.saturating_sub(columns(text)));
    match side {
        Side::Left => format!("{text}{spaces}"),
        Side::Right => format!("{spaces}{text}"),
    }
}

/// A block of short lines with a heading.
pub(crate) struct Block {
    /// Its lines, the first of which is the heading.
    pub(crate) lines: Vec<Piece>,
}

impl Block {
    fn width(&self) -> usize {
        let widths = self.lines.iter().map(|line| columns(&line.text));
        widths.max().unwrap_or(0)
    }
}

/// Columns between blocks side by side.
const BETWEEN: usize = 4;

/// Blocks side by side, as many as fit in a line, in their order.
pub(crate) fn side_by_side(document: &mut Document, blocks: &[Block]) {
    let mut rest = blocks;
    while !rest.is_empty() {
        let mut used = 0;
        let fitting = rest
            .iter()
            .take_while(|block| {
                used += block.width() + if used > 0 { BETWEEN } else { 0 };
                used <= document.look().width
            })
            .count();
        let (row, others) = rest.split_at(fitting.max(1));
        rest = others;
        let height = row.iter().map(|block| block.lines.len()).max().unwrap_or(0);
        for line in 0..height {
            let mut pieces = Vec::new();
            let mut behind = 0;
            for block in row {
                if let Some(piece_here) = block.lines.get(line) {
                    pieces.push(piece(Tone::Plain, " ".repeat(behind)));
                    pieces.push(piece_here.clone());
                    behind = 0;
                }
                let width = block.lines.get(line).map_or(0, |line| columns(&line.text));
                behind += block.width() - width + BETWEEN;
            }
            document.row(&pieces);
        }
        document.gap();
    }
}
