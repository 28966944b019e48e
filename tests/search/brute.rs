//! What a query finds, worked out again in the plainest way: every arrangement tried at every place of every analysed value.
//! It knows the query tree and the analysed text, and nothing of the search.

use trialfind::analysis::{Analyzer, OwnedToken};
use trialfind::query::{Form, Node};
use trialfind::schema::{Fields, section_texts};
use trialfind::search::Finder;
use trialfind::trial::eligibility::items;

/// The values of a document's fields, analysed: name of the field and its tokens.
pub(crate) type Values = Vec<(String, Vec<OwnedToken>)>;

/// The analysed values of a trial of an index.
pub(crate) fn values_of(finder: &Finder, id: &str, analyzer: &mut Analyzer) -> Values {
    let fields = finder.index().fields();
    let searcher = finder.index().searcher();
    let addresses = finder.index().find(&searcher, id).unwrap();
    let trial = finder.index().trial(&searcher, addresses[0]).unwrap();
    let criteria = &trial.study.protocol_section.eligibility_module;
    let criteria = criteria.eligibility_criteria.as_deref();
    let items = criteria.map(items).unwrap_or_default();
    let mut values = Values::new();
    section_texts(fields, &trial.study, &items, &mut |section| {
        let name = fields.text[section.field].name.clone();
        values.push((name, analyzer.analyze(&section.text)));
    });
    values
}

/// The fields that a name stands for; those of plain words for none.
pub(crate) fn fields_of(fields: &Fields, name: Option<&str>) -> Vec<String> {
    let places = name.map_or_else(|| fields.default_fields(), |name| fields.resolve(name));
    let names = places.into_iter();
    names.map(|place| fields.text[place].name.clone()).collect()
}

/// Where something stands: the positions that it takes.
type Places = Vec<u32>;

/// How words of a query are read.
pub(crate) struct Reader<'r> {
    /// The tokens of a typed word or phrase.
    pub(crate) analyze: &'r dyn Fn(&str) -> Vec<OwnedToken>,
    /// The fields that a name stands for; those of plain words for none.
    pub(crate) fields: &'r dyn Fn(Option<&str>) -> Vec<String>,
    /// Whether a document passes a filter.
    pub(crate) passes: &'r dyn Fn(&Node) -> bool,
}

impl Reader<'_> {
    /// Whether a document matches.
    pub(crate) fn matches(&self, node: &Node, values: &Values) -> bool {
        match node {
            Node::All => true,
            Node::And { nodes } => nodes.iter().all(|node| self.matches(node, values)),
            Node::Or { nodes } => nodes.iter().any(|node| self.matches(node, values)),
            Node::Not { node, .. } => !self.matches(node, values),
            Node::Boost { node, .. } => self.matches(node, values),
            Node::Filter { .. } => (self.passes)(node),
            Node::Item { node, field, .. } => {
                let fields = (self.fields)(Some(field));
                values
                    .iter()
                    .filter(|(name, _)| fields.contains(name))
                    .any(|(_, tokens)| self.in_value(node, tokens))
            }
            node => {
                let fields = (self.fields)(field_of(node));
                values
                    .iter()
                    .filter(|(name, _)| fields.contains(name))
                    .any(|(_, tokens)| !self.places(node, tokens).is_empty())
            }
        }
    }

    /// Whether one value has what stands in braces.
    fn in_value(&self, node: &Node, tokens: &[OwnedToken]) -> bool {
        match node {
            Node::And { nodes } => nodes.iter().all(|node| self.in_value(node, tokens)),
            Node::Or { nodes } => nodes.iter().any(|node| self.in_value(node, tokens)),
            Node::Not { node, .. } => !self.in_value(node, tokens),
            node => !self.places(node, tokens).is_empty(),
        }
    }

    /// Everywhere that a word, a phrase or words near each other stand in a value.
    fn places(&self, node: &Node, tokens: &[OwnedToken]) -> Vec<Places> {
        match node {
            Node::Word { text, form, .. } => {
                let typed = (self.analyze)(text);
                let [typed] = typed.as_slice() else {
                    panic!("`{text}` is no single word");
                };
                positions(tokens, |token| is_form(typed, *form, token))
                    .into_iter()
                    .map(|place| vec![place])
                    .collect()
            }
            Node::Phrase {
                text, slop, exact, ..
            } => {
                let open: Vec<bool> = text
                    .split_whitespace()
                    .map(|word| word.ends_with('*'))
                    .collect();
                let typed = (self.analyze)(&text.replace('*', ""));
                assert_eq!(typed.len(), open.len(), "`{text}` has compounds");
                let of_words: Vec<(Vec<u32>, u32)> = typed
                    .iter()
                    .zip(&open)
                    .map(|(word, open)| {
                        let form = match (open, exact) {
                            (true, _) => Form::Prefix,
                            (false, true) => Form::Exact,
                            (false, false) => Form::Stemmed,
                        };
                        (
                            positions(tokens, |token| is_form(word, form, token)),
                            word.position,
                        )
                    })
                    .collect();
                let mut found = Vec::new();
                phrase(&of_words, *slop, &mut Vec::new(), &mut found);
                found
            }
            Node::Or { nodes } => {
                let parts = nodes.iter().map(|node| self.places(node, tokens));
                parts.flatten().collect()
            }
            Node::Proximity { nodes, within, .. } => {
                let parts: Vec<Vec<Places>> =
                    nodes.iter().map(|node| self.places(node, tokens)).collect();
                let mut found = Vec::new();
                near(&parts, *within, &Vec::new(), &mut found);
                found
            }
            other => panic!("{other:?} stands nowhere"),
        }
    }
}

/// The field that the words of a node are asked in.
fn field_of(node: &Node) -> Option<&str> {
    match node {
        Node::Word { field, .. } | Node::Phrase { field, .. } => field.as_deref(),
        Node::Or { nodes } | Node::Proximity { nodes, .. } => field_of(&nodes[0]),
        _ => None,
    }
}

fn positions(tokens: &[OwnedToken], is: impl Fn(&OwnedToken) -> bool) -> Vec<u32> {
    let mut places: Vec<u32> = tokens
        .iter()
        .filter(|token| is(token))
        .map(|token| token.position)
        .collect();
    places.sort_unstable();
    places.dedup();
    places
}

fn is_form(typed: &OwnedToken, form: Form, token: &OwnedToken) -> bool {
    match form {
        Form::Stemmed => token.term == typed.term,
        Form::Exact => token.exact == typed.exact,
        Form::Prefix => {
            token.exact.starts_with(&typed.exact) || token.term.starts_with(&typed.exact)
        }
        Form::Fuzzy { edits } => {
            let usual = 1 + usize::from(typed.exact.chars().count() >= 7);
            let edits = edits.map_or(usual, usize::from);
            apart(&typed.exact, &token.exact) <= edits || apart(&typed.term, &token.term) <= edits
        }
    }
}

/// Every choice of different places for the words with which the most and the least displaced are not too far apart.
fn phrase(words: &[(Vec<u32>, u32)], slop: u32, chosen: &mut Places, found: &mut Vec<Places>) {
    if chosen.len() == words.len() {
        let displaced = chosen
            .iter()
            .zip(words)
            .map(|(place, (_, offset))| i64::from(*place) - i64::from(*offset));
        let (least, most) = (displaced.clone().min(), displaced.max());
        if let (Some(least), Some(most)) = (least, most)
            && most - least <= i64::from(slop)
        {
            found.push(chosen.clone());
        }
        return;
    }
    for place in &words[chosen.len()].0 {
        if !chosen.contains(place) {
            chosen.push(*place);
            phrase(words, slop, chosen, found);
            chosen.pop();
        }
    }
}

/// Every choice of places for the parts of which each is near those before it.
fn near(parts: &[Vec<Places>], within: u32, before: &Places, found: &mut Vec<Places>) {
    let Some((part, rest)) = parts.split_first() else {
        found.push(before.clone());
        return;
    };
    for places in part {
        let fits = before.is_empty() || {
            let ends = |places: &Places| {
                let (first, last) = (places.iter().min(), places.iter().max());
                (*first.unwrap(), *last.unwrap())
            };
            let ((first, last), (start, end)) = (ends(before), ends(places));
            let apart = start.saturating_sub(last).max(first.saturating_sub(end));
            apart <= within && places.iter().all(|place| !before.contains(place))
        };
        if fits {
            near(rest, within, &[before.as_slice(), places].concat(), found);
        }
    }
}

/// Letters to insert, delete, replace or swap with their neighbour, up to two; three for more.
fn apart(a: &str, b: &str) -> usize {
    fn within(a: &[char], b: &[char], left: usize) -> bool {
        match (a, b) {
            ([], rest) | (rest, []) => rest.len() <= left,
            ([x, a_rest @ ..], [y, b_rest @ ..]) => {
                if x == y && within(a_rest, b_rest, left) {
                    return true;
                }
                if left == 0 {
                    return false;
                }
                let swapped = match (a, b) {
                    ([_, z, a_rest @ ..], [_, w, b_rest @ ..]) => {
                        x == w && y == z && within(a_rest, b_rest, left - 1)
                    }
                    _ => false,
                };
                swapped
                    || within(a_rest, b_rest, left - 1)
                    || within(a_rest, b, left - 1)
                    || within(a, b_rest, left - 1)
            }
        }
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    (0..3).find(|left| within(&a, &b, *left)).unwrap_or(3)
}
