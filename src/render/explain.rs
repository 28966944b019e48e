//! How a query was read and how a score comes about.

use crate::query::{Form, Node, Place};
use crate::render::document::{Document, Tone};
use crate::render::table::{Side, table};
use crate::render::{Look, clean};
use crate::search::{Asked, Explanation};

/// The tree of a query, indented, and what was searched for.
pub fn query_text(asked: &Asked, look: Look) -> String {
    let mut document = Document::new(look);
    query(&mut document, asked);
    document.finish()
}

/// Writes the tree of a query and the writings of each word that were searched.
pub(crate) fn query(document: &mut Document, asked: &Asked) {
    document.heading("Query as read");
    node(document, &asked.tree, 1);
    if asked.concepts.is_empty() {
        return;
    }
    document.heading("Searched for");
    for concept in &asked.concepts {
        let writings: Vec<String> = concept
            .alternatives
            .iter()
            .map(|writing| format!("{} ({})", writing.terms, writing.origin))
            .collect();
        document.say(
            2,
            Tone::Plain,
            format!("{}: {}", concept.typed, writings.join(", ")),
        );
        document.say(4, Tone::Faint, format!("in {}", concept.fields.join(", ")));
    }
}

fn node(document: &mut Document, tree: &Node, depth: usize) {
    let mut say = |text: String| document.say(depth * 2, Tone::Plain, text);
    let named = |field: &Option<String>, text: String| match field {
        Some(field) => format!("{field}: {text}"),
        None => text,
    };
    match tree {
        Node::All => say("all trials".to_owned()),
        Node::Word {
            text, form, field, ..
        } => {
            let how = match form {
                Form::Stemmed => String::new(),
                Form::Exact => " as written".to_owned(),
                Form::Prefix => " and how it goes on".to_owned(),
                Form::Fuzzy { edits: None } => " spelt nearly so".to_owned(),
                Form::Fuzzy { edits: Some(edits) } => format!(" with {edits} letters different"),
            };
            say(named(field, format!("{text}{how}")));
        }
        Node::Phrase {
            text,
            slop,
            exact,
            field,
            ..
        } => {
            let exact = if *exact { " as written" } else { "" };
            let slop = match slop {
                0 => String::new(),
                slop => format!(" up to {slop} places off"),
            };
            say(named(field, format!("\"{text}\"{exact}{slop}")));
        }
        Node::Proximity { nodes, within, .. } => {
            say(format!("within {within} places of each other"));
            nodes
                .iter()
                .for_each(|part| node(document, part, depth + 1));
        }
        Node::Item {
            node: inner, field, ..
        } => {
            say(format!("in one value of {field}"));
            node(document, inner, depth + 1);
        }
        Node::Filter { name, value, .. } => say(format!("filter {name}: {value}")),
        Node::Near {
            place, kilometres, ..
        } => say(match place {
            Place::Named(name) => format!("a site within {kilometres} km of {name}"),
            Place::Coordinates {
                latitude,
                longitude,
            } => format!("a site within {kilometres} km of {latitude}, {longitude}"),
        }),
        Node::Boost {
            node: inner,
            factor,
            ..
        } => {
            say(format!("counting {factor} times"));
            node(document, inner, depth + 1);
        }
        Node::Area { area, test, .. } => say(format!("{area}: {test}")),
        Node::Site { node: inner, .. } => {
            say("at one site".to_owned());
            node(document, inner, depth + 1);
        }
        Node::Tilt {
            node: inner, piece, ..
        } => {
            say(format!("counting more for a higher {piece}"));
            node(document, inner, depth + 1);
        }
        Node::And { nodes } => {
            say("all of".to_owned());
            nodes
                .iter()
                .for_each(|part| node(document, part, depth + 1));
        }
        Node::Or { nodes } => {
            say("any of".to_owned());
            nodes
                .iter()
                .for_each(|part| node(document, part, depth + 1));
        }
        Node::Not { node: inner, .. } => {
            say("not".to_owned());
            node(document, inner, depth + 1);
        }
    }
}

/// Writes how a score comes about: the parts add up to it.
pub(crate) fn score(document: &mut Document, explanation: &Explanation, score: Option<f32>) {
    let mut rows = vec![
        [
            "part of score",
            "word",
            "idf",
            "field",
            "found",
            "how",
            "times",
            "weighted",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    for concept in &explanation.concepts {
        for (place, found) in concept.found.iter().enumerate() {
            let first = |text: String| if place == 0 { text } else { String::new() };
            rows.push(vec![
                first(format!("{:.4}", concept.score)),
                first(clean(&concept.typed)),
                first(format!("{:.3}", concept.idf)),
                found.field.clone(),
                clean(&found.terms),
                found.origin.to_owned(),
                found.frequency.to_string(),
                format!("{:.3}", found.weighted),
            ]);
        }
    }
    let sum: f32 = explanation
        .concepts
        .iter()
        .map(|concept| concept.score)
        .sum();
    let sides = [
        Side::Right,
        Side::Left,
        Side::Right,
        Side::Left,
        Side::Left,
        Side::Left,
        Side::Right,
        Side::Right,
    ];
    table(document, 4, &sides, &rows);
    let total = match score {
        Some(score) => format!("sum {sum:.4}, score {score:.4}"),
        None => format!("sum {sum:.4}; the hits are in another order"),
    };
    document.say(4, Tone::Faint, total);
}
