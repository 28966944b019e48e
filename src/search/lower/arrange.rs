//! Nodes with a form or an arrangement to concepts: exact words, prefixes, words spelt nearly so, phrases with slop, words near
//! each other, words in one value.

use std::ops::Range;
use std::sync::Arc;

use crate::analysis::{OwnedToken, exact_term};
use crate::passage::{Arrangement, Item, Sought, Terms};
use crate::query::{Form, Node, QueryError, QueryFault, Span, open_words};
use crate::search::concept::{Arranged, Concept, Origin};
use crate::search::finder::SearchError;
use crate::search::lower::stand_ins::{of_alternative, ways_of_phrase, words_of};
use crate::search::lower::words::{Planner, Words, writings};

/// What an occurrence of a word spelt nearly so counts, by the letters that differ. A guess that keeps what was typed ahead of
/// its neighbours and those one letter away ahead of the rest.
const FUZZY_WEIGHTS: [f32; 3] = [1.0, 0.6, 0.3];

/// From this length on two letters may differ if it was not said how many, in characters.
const LONG: usize = 7;

impl Planner<'_> {
    /// The concept of a node with a form or an arrangement; nothing if its words say nothing.
    pub(super) fn arranged(&mut self, node: &Node) -> Result<Option<Concept>, SearchError> {
        let fields = match node {
            Node::Item { field, .. } => self.fields_of(Some(field)),
            node => self.fields_of(node.leaf_fields().first().copied().flatten()),
        };
        if let Node::Word {
            text,
            form: Form::Fuzzy { edits },
            span,
            ..
        } = node
        {
            return self.fuzzy(text, *edits, *span, fields).map(Some);
        }
        let origin = match node {
            Node::Word {
                form: Form::Prefix, ..
            } => Origin::Prefix,
            _ => Origin::Typed,
        };
        self.stand_ins.runs.clear();
        let sought = self.sought(node)?;
        let runs = std::mem::take(&mut self.stand_ins.runs);
        let text = node.to_string();
        Ok(sought.map(|sought| {
            let arranged = Arranged {
                sought: Arc::new(sought),
                text: text.clone(),
                origin,
                weight: 1.0,
                node: (!runs.is_empty()).then(|| Arc::new(node.clone())),
                runs,
            };
            Concept::arranged(text, vec![arranged], fields)
        }))
    }

    /// What is looked for of a node with an arrangement; nothing if its words say nothing.
    pub(crate) fn sought(&mut self, node: &Node) -> Result<Option<Sought>, SearchError> {
        Ok(match node {
            Node::Item { node, .. } => self.item(node)?.map(Sought::OneValue),
            node => {
                let fields = self.fields_of(node.leaf_fields().first().copied().flatten());
                self.arrangement(node, &fields)?.map(Sought::Anywhere)
            }
        })
    }

    /// The arrangement of a word, a phrase, any of several or words near each other; nothing if the words say nothing.
    fn arrangement(
        &mut self,
        node: &Node,
        fields: &[usize],
    ) -> Result<Option<Arrangement>, SearchError> {
        let all = |planner: &mut Self, nodes: &[Node]| -> Result<Vec<Arrangement>, SearchError> {
            let mut parts = Vec::with_capacity(nodes.len());
            for node in nodes {
                parts.extend(planner.arrangement(node, fields)?);
            }
            Ok(parts)
        };
        Ok(match node {
            Node::Word {
                text, form, span, ..
            } => match form {
                Form::Stemmed => {
                    let run = vec![text.clone()];
                    let names = self.stand_ins.of(&run).into_iter();
                    let names: Vec<Arrangement> = names
                        .flat_map(|(_, names)| names.iter().map(of_alternative))
                        .collect();
                    self.stand_ins.runs.push(run);
                    let typed = self.written(text, 0, &|token| Terms::One(token.term.clone()));
                    any_of(typed.into_iter().chain(names).collect())
                }
                Form::Exact => self.exact(text, 0),
                Form::Prefix => {
                    let end = text.len();
                    self.written(text, 0, &|token| begun(token, token.bytes.end == end))
                }
                Form::Fuzzy { edits } => {
                    let terms = self.near_words(text, *edits, *span, fields)?;
                    let terms = terms.into_iter().flatten().collect();
                    Some(Arrangement::Place(Terms::Among(terms)))
                }
            },
            Node::Phrase {
                text, slop, exact, ..
            } => {
                if *exact {
                    self.exact(text, *slop)
                } else {
                    let (text, open) = closed(text);
                    let typed = self.written(&text, *slop, &|token| {
                        begun(token, open.contains(&token.bytes.end))
                    });
                    // A phrase with room is not taken at its word.
                    let names = match *slop {
                        0 => Vec::new(),
                        slop => self.named_in_phrase(&text, slop, &open),
                    };
                    any_of(typed.into_iter().chain(names).collect())
                }
            }
            Node::Or { nodes } => any_of(all(self, nodes)?),
            Node::Proximity { nodes, within, .. } => {
                let parts = all(self, nodes)?;
                // A part that says nothing can stand nowhere.
                (parts.len() == nodes.len()).then_some(Arrangement::Near {
                    parts,
                    within: *within,
                })
            }
            _ => None,
        })
    }

    /// A text in every writing of its compounds, its tokens made terms by `terms`.
    fn written(
        &mut self,
        text: &str,
        slop: u32,
        terms: &dyn Fn(&OwnedToken) -> Terms,
    ) -> Option<Arrangement> {
        let tokens = self.analyzer.analyze(text);
        let mut ways: Vec<Arrangement> = Vec::new();
        for writing in writings(text, &tokens) {
            let placed = writing
                .iter()
                .map(|(token, offset)| (terms(token), *offset));
            let way = phrase_of(placed.collect(), slop);
            if !ways.contains(&way) {
                ways.push(way);
            }
        }
        any_of(ways)
    }

    /// A phrase with names in place of some of its words.
    fn named_in_phrase(&mut self, text: &str, slop: u32, open: &[usize]) -> Vec<Arrangement> {
        let (words, bytes) = words_of(text);
        let standing: Vec<_> = self
            .stand_ins
            .of(&words)
            .into_iter()
            .map(|(range, names)| (bytes[range.start].start..bytes[range.end - 1].end, names))
            .collect();
        let tokens = self.analyzer.analyze(text);
        let typed = writings(text, &tokens).into_iter().next();
        let typed: Vec<_> = typed
            .into_iter()
            .flatten()
            .map(|(token, offset)| (token, begun(token, open.contains(&token.bytes.end)), offset))
            .collect();
        let ways = match standing.is_empty() {
            true => Vec::new(),
            false => ways_of_phrase(&typed, &standing, slop),
        };
        // A beginning is no name.
        let closed =
            |(word, bytes): (String, Range<usize>)| (!open.contains(&bytes.end)).then_some(word);
        let runs = words.into_iter().zip(bytes).map(closed);
        let mut run = Vec::new();
        for word in runs {
            match word {
                Some(word) => run.push(word),
                None => self.stand_ins.runs.push(std::mem::take(&mut run)),
            }
        }
        self.stand_ins.runs.push(run);
        self.stand_ins.runs.retain(|run| !run.is_empty());
        ways
    }

    /// The words of a text as they are written, side by side.
    fn exact(&mut self, text: &str, slop: u32) -> Option<Arrangement> {
        let tokens = self.analyzer.analyze(text);
        let typed = writings(text, &tokens).into_iter().next()?;
        let terms = typed.into_iter().map(|(token, offset)| {
            let written = match token.exact == token.term {
                true => Terms::Unvaried(token.term.clone()),
                false => Terms::One(exact_term(&token.exact)),
            };
            (written, offset)
        });
        Some(phrase_of(terms.collect(), slop))
    }

    /// What one value must have.
    fn item(&mut self, node: &Node) -> Result<Option<Item>, SearchError> {
        Ok(match node {
            Node::And { nodes } => {
                let mut parts = Vec::new();
                let mut rest = nodes.as_slice();
                while let Some((first, others)) = rest.split_first() {
                    match Words::first_of(rest) {
                        Some((words, behind)) => {
                            parts.extend(self.words_of_item(&words));
                            rest = behind;
                        }
                        None => {
                            parts.extend(self.item(first)?);
                            rest = others;
                        }
                    }
                }
                (!parts.is_empty()).then_some(Item::All(parts))
            }
            Node::Or { nodes } => {
                let mut parts = Vec::new();
                for node in nodes {
                    parts.extend(self.item(node)?);
                }
                (!parts.is_empty()).then_some(Item::Any(parts))
            }
            Node::Not { node, .. } => {
                // What must not be there is taken at its word.
                let stand_ins = std::mem::take(&mut self.stand_ins);
                let item = self.item(node);
                self.stand_ins = stand_ins;
                item?.map(|item| Item::Without(Box::new(item)))
            }
            Node::Word {
                form: Form::Stemmed,
                ..
            } => Words::first_of(std::slice::from_ref(node))
                .map(|(words, _)| self.words_of_item(&words))
                .filter(|parts| !parts.is_empty())
                .map(Item::All),
            node => {
                let fields = self.fields_of(node.leaf_fields().first().copied().flatten());
                self.arrangement(node, &fields)?.map(Item::Has)
            }
        })
    }

    fn words_of_item(&mut self, words: &Words<'_>) -> Vec<Item> {
        let mut concepts = self.words(words);
        let run: Vec<String> = concepts
            .iter()
            .map(|concept| concept.typed.clone())
            .collect();
        for (range, names) in self.stand_ins.of(&run) {
            for concept in &mut concepts[range] {
                *concept = concept.with(names);
            }
        }
        if !run.is_empty() {
            self.stand_ins.runs.push(run);
        }
        if concepts.is_empty() {
            // Only words such as "the" and "of": they are what is asked for, then.
            let fields = self.fields_of(words.field);
            let phrases = words.texts.iter();
            concepts = phrases
                .filter_map(|text| self.phrase(text, fields.clone()))
                .collect();
        }
        let of =
            |concept: Concept| any_of(concept.alternatives.iter().map(of_alternative).collect());
        concepts.into_iter().filter_map(of).map(Item::Has).collect()
    }

    /// The concept of a word spelt nearly so.
    fn fuzzy(
        &mut self,
        text: &str,
        edits: Option<u8>,
        span: Span,
        fields: Vec<usize>,
    ) -> Result<Concept, SearchError> {
        let words = self.near_words(text, edits, span, &fields)?;
        let mut arrangements = Vec::new();
        for ((distance, terms), weight) in words.into_iter().enumerate().zip(FUZZY_WEIGHTS) {
            if !terms.is_empty() {
                arrangements.push(Arranged {
                    text: terms.join(", "),
                    sought: Arc::new(Sought::Anywhere(Arrangement::Place(Terms::Among(terms)))),
                    origin: if distance == 0 {
                        Origin::Typed
                    } else {
                        Origin::Fuzzy
                    },
                    weight,
                    node: None,
                    runs: Vec::new(),
                });
            }
        }
        Ok(Concept::arranged(text.to_owned(), arrangements, fields))
    }

    /// The terms of the index that are spelt like a word, by the number of letters that differ.
    fn near_words(
        &mut self,
        text: &str,
        edits: Option<u8>,
        span: Span,
        fields: &[usize],
    ) -> Result<Vec<Vec<String>>, SearchError> {
        let tokens = self.analyzer.analyze(text);
        let Some(filters) = &self.filters else {
            return Ok(vec![tokens.into_iter().map(|token| token.term).collect()]);
        };
        let [token] = tokens.as_slice() else {
            let typed = text.to_owned();
            let fault = QueryFault::FuzzyCompound { typed };
            return Err(filters.wrong(QueryError::new(span, fault)));
        };
        let edits = edits.unwrap_or(if token.exact.chars().count() < LONG {
            1
        } else {
            2
        });
        filters.words_near(&token.term, &token.exact, edits, fields)
    }
}

/// The terms of a token, of which the word may go on if it is `open`.
fn begun(token: &OwnedToken, open: bool) -> Terms {
    match open {
        true => Terms::Prefix(token.exact.clone()),
        false => Terms::One(token.term.clone()),
    }
}

/// A phrase without the `*` that leave words open, and where those words end in it.
fn closed(phrase: &str) -> (String, Vec<usize>) {
    let mut text = String::with_capacity(phrase.len());
    let mut open = Vec::new();
    let mut start = 0;
    for place in open_words(phrase) {
        text.push_str(&phrase[start..place]);
        open.push(text.len());
        start = place + 1;
    }
    text.push_str(&phrase[start..]);
    (text, open)
}

/// Terms at their places; a single one is no phrase.
fn phrase_of(mut terms: Vec<(Terms, u32)>, slop: u32) -> Arrangement {
    match (terms.len(), terms.pop()) {
        (1, Some((only, _))) => Arrangement::Place(only),
        (_, last) => Arrangement::Phrase {
            terms: terms.into_iter().chain(last).collect(),
            slop,
        },
    }
}

/// Any of some arrangements; nothing if there are none.
fn any_of(mut ways: Vec<Arrangement>) -> Option<Arrangement> {
    match (ways.len(), ways.pop()) {
        (1, only) => only,
        (0, _) => None,
        (_, last) => Some(Arrangement::Any(ways.into_iter().chain(last).collect())),
    }
}
