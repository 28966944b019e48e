//! A query tree as the text that asks the same again.
//!
//! What is written here must be read by `lex` and `parse` as the tree it came from; the tests hold it to that.

use std::fmt::{self, Formatter, Write as _};

use super::lex::{field_name, is_operator};
use super::tree::{Form, Node, Place};

/// The canonical text of [`Query::to_text`](super::Query::to_text).
impl fmt::Display for Node {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write(self, None, out)
    }
}

/// Writes a node that stands between the braces of the field `scope`.
fn write(node: &Node, scope: Option<&str>, out: &mut Formatter<'_>) -> fmt::Result {
    let field_of = |field: &Option<String>| match (field.as_deref(), scope) {
        (Some(field), Some(scope)) if field == scope => None,
        (field, _) => field.map(str::to_owned),
    };
    match node {
        Node::All => Ok(()),
        Node::Word {
            text, form, field, ..
        } => {
            let word = match form {
                Form::Stemmed => text.clone(),
                Form::Exact => format!("={text}"),
                Form::Prefix => format!("{text}*"),
                Form::Fuzzy { edits: None } => format!("{text}~"),
                Form::Fuzzy { edits: Some(edits) } => format!("{text}~{edits}"),
            };
            // A colon names no field right behind that of another one, and does in parentheses and braces.
            let reads_as_field = field_name(&word).is_some();
            let field = match reads_as_field {
                true => field.clone(),
                false => field_of(field),
            };
            match field {
                None => out.write_str(&word),
                // What opens with a sign would be read as notation right after the colon.
                Some(field) if !text.starts_with(char::is_alphanumeric) && !reads_as_field => {
                    write!(out, "{field}:({word})")
                }
                Some(field) => write!(out, "{field}:{word}"),
            }
        }
        Node::Phrase {
            text,
            slop,
            exact,
            field,
            ..
        } => {
            if let Some(field) = field_of(field) {
                write!(out, "{field}:")?;
            }
            write!(out, "\"{text}\"")?;
            if *exact {
                out.write_char('=')?;
            }
            match slop {
                0 => Ok(()),
                slop => write!(out, "~{slop}"),
            }
        }
        Node::Proximity { nodes, within, .. } => {
            for (place, node) in nodes.iter().enumerate() {
                if place > 0 {
                    write!(out, " ~{within} ")?;
                }
                match node {
                    Node::Word { .. } | Node::Phrase { .. } => write(node, scope, out)?,
                    node => in_parentheses(node, scope, out)?,
                }
            }
            Ok(())
        }
        Node::Item { node, field, .. } => {
            write!(out, "{field}:{{")?;
            write(node, Some(field), out)?;
            out.write_char('}')
        }
        Node::Filter { name, value, .. } => {
            if is_plain_value(value) {
                write!(out, "{name}:{value}")
            } else {
                write!(out, "{name}:\"{value}\"")
            }
        }
        Node::Near {
            place, kilometres, ..
        } => match place {
            Place::Named(name) => write!(out, "near:\"{name}\"~{kilometres}km"),
            Place::Coordinates {
                latitude,
                longitude,
            } => write!(out, "near:\"{latitude},{longitude}\"~{kilometres}km"),
        },
        Node::Boost { node, factor, .. } => {
            match &**node {
                Node::Phrase { .. } | Node::Item { .. } => write(node, scope, out)?,
                Node::Word {
                    text,
                    form: Form::Stemmed | Form::Exact,
                    ..
                } if text.chars().count() > 3 && text.chars().all(char::is_alphabetic) => {
                    write(node, scope, out)?;
                }
                node => in_parentheses(node, scope, out)?,
            }
            write!(out, "^{factor}")
        }
        Node::And { nodes } => {
            for (place, node) in nodes.iter().enumerate() {
                if place > 0 {
                    out.write_char(' ')?;
                }
                match node {
                    Node::Or { .. } => in_parentheses(node, scope, out)?,
                    node => write(node, scope, out)?,
                }
            }
            Ok(())
        }
        Node::Or { nodes } => {
            for (place, node) in nodes.iter().enumerate() {
                if place > 0 {
                    out.write_str(" OR ")?;
                }
                write(node, scope, out)?;
            }
            Ok(())
        }
        // These are of another language; they are written in it.
        Node::Area { area, test, .. } => write!(out, "AREA[{area}]{test}"),
        Node::Site { node, .. } => {
            out.write_str("SEARCH[Location]")?;
            in_parentheses(node, scope, out)
        }
        Node::Tilt { node, piece, .. } => {
            write!(out, "TILT[{piece}]")?;
            in_parentheses(node, scope, out)
        }
        Node::Not { node, .. } => {
            out.write_char('-')?;
            match &**node {
                Node::And { .. } | Node::Or { .. } | Node::Proximity { .. } => {
                    in_parentheses(node, scope, out)
                }
                // Right behind a `-` the parenthesis that a name starts with would be read as one of the language.
                Node::Word { text, .. } if text.starts_with('(') => {
                    in_parentheses(node, scope, out)
                }
                node => write(node, scope, out),
            }
        }
    }
}

fn in_parentheses(node: &Node, scope: Option<&str>, out: &mut Formatter<'_>) -> fmt::Result {
    out.write_char('(')?;
    write(node, scope, out)?;
    out.write_char(')')
}

/// Whether a filter's value is read back as it is without quotes.
fn is_plain_value(value: &str) -> bool {
    let signs = |c: char| matches!(c, '.' | '<' | '>' | '=' | '/' | '_' | '≥' | '≤');
    value.chars().all(|c| c.is_ascii_alphanumeric() || signs(c))
        && value.ends_with(|c: char| c.is_ascii_alphanumeric())
        && !value.starts_with('=')
        && !is_operator(value)
}
