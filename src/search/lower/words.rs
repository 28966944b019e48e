//! Words and phrases of the query tree to concepts: which terms they mean in this index. It must not run anything.

use std::ops::Range;
use std::sync::Arc;

use crate::analysis::{Analyzer, OwnedToken, TokenKind, is_stop_word, join, longest_path};
use crate::query::{Finite, Form, Node, open_words};
use crate::schema::Fields;
use crate::search::concept::{Alternative, Concept, Origin, PlacedTerm};
use crate::search::finder::SearchError;
use crate::search::lower::filters::Filters;
use crate::search::lower::{Plan, StandIns};

/// Whether the index has a term in any of some fields.
pub(crate) type Knows<'k> = &'k dyn Fn(&str, &[usize]) -> bool;

/// Makes plans of trees.
pub(crate) struct Planner<'p> {
    pub(crate) fields: &'p Fields,
    pub(crate) analyzer: &'p mut Analyzer,
    pub(crate) knows: Knows<'p>,
    /// What only the index knows of filters and of words spelt nearly so; nothing for texts that are no queries and have
    /// neither.
    pub(crate) filters: Option<Filters<'p>>,
    /// What stands for words inside arrangements.
    pub(crate) stand_ins: StandIns,
}

/// A run of plain words that stand side by side in one field.
pub(super) struct Words<'n> {
    pub(super) field: Option<&'n str>,
    pub(super) texts: Vec<&'n str>,
}

/// A concept with the positions and the bytes of the text that it takes.
pub(super) type PlacedConcept = (Range<u32>, Range<usize>, Concept);

/// A token at its place in a phrase.
type PlacedToken<'t> = (&'t OwnedToken, u32);

impl<'n> Words<'n> {
    /// The plain words of one field that some nodes begin with, and the nodes behind them.
    pub(super) fn first_of(nodes: &'n [Node]) -> Option<(Words<'n>, &'n [Node])> {
        let plain = |node: &'n Node| match node {
            Node::Word {
                text,
                form: Form::Stemmed,
                field,
                ..
            } => Some((text.as_str(), field.as_deref())),
            _ => None,
        };
        let (first, mut rest) = nodes.split_first()?;
        let (text, field) = plain(first)?;
        let mut texts = vec![text];
        while let Some((next, others)) = rest.split_first() {
            match plain(next).filter(|(_, other)| *other == field) {
                Some((text, _)) => texts.push(text),
                None => break,
            }
            rest = others;
        }
        Some((Words { field, texts }, rest))
    }
}

impl Planner<'_> {
    /// The plan of a tree.
    pub(crate) fn plan(&mut self, node: &Node) -> Result<Plan, SearchError> {
        Ok(match node {
            Node::All => Plan::All,
            Node::Word {
                form: Form::Stemmed,
                ..
            } => self.all_of(std::slice::from_ref(node))?,
            Node::And { nodes } => self.all_of(nodes)?,
            Node::Phrase {
                text,
                slop: 0,
                exact: false,
                field,
                ..
            } if open_words(text).next().is_none() => {
                let fields = self.fields_of(field.as_deref());
                concept_or_nothing(self.phrase(text, fields))
            }
            Node::Word { .. }
            | Node::Phrase { .. }
            | Node::Proximity { .. }
            | Node::Item { .. } => concept_or_nothing(self.arranged(node)?),
            Node::Boost { node, factor, .. } => boosted(&self.plan(node)?, *factor),
            Node::Filter { .. } | Node::Near { .. } => match &self.filters {
                Some(filters) => filters.plan(node, &[])?,
                None => Plan::Nothing,
            },
            Node::Area { .. } | Node::Site { .. } | Node::Tilt { .. } => self.pieces(node)?,
            Node::Or { nodes } => {
                let plans: Result<Vec<Plan>, SearchError> =
                    nodes.iter().map(|node| self.plan(node)).collect();
                Plan::Or(plans?)
            }
            Node::Not { node, .. } => Plan::Not(Box::new(self.plan(node)?)),
        })
    }

    /// All nodes are required. Words that stand side by side are analysed together: "non Hodgkin" is one word to the analyzer.
    fn all_of(&mut self, nodes: &[Node]) -> Result<Plan, SearchError> {
        let mut plans = Vec::new();
        let mut skipped_stop_words = false;
        let mut rest = nodes;
        // Beside a place a status is that of the site there.
        let has_near = nodes.iter().any(|node| matches!(node, Node::Near { .. }));
        let statuses: Vec<&Node> = match &self.filters {
            Some(filters) if has_near => nodes
                .iter()
                .filter(|node| filters.is_status(node))
                .collect(),
            _ => Vec::new(),
        };
        while let Some((first, others)) = rest.split_first() {
            let Some((words, behind)) = Words::first_of(rest) else {
                let is_near = matches!(first, Node::Near { .. });
                if let Some(filters) = self.filters.as_ref().filter(|_| is_near) {
                    plans.push(filters.plan(first, &statuses)?);
                } else if !statuses.iter().any(|status| std::ptr::eq(*status, first)) {
                    plans.push(self.plan(first)?);
                }
                rest = others;
                continue;
            };
            rest = behind;
            let concepts = self.words(&words);
            skipped_stop_words |= concepts.is_empty();
            plans.extend(
                concepts
                    .into_iter()
                    .map(|concept| Plan::Concept(Arc::new(concept))),
            );
        }
        if plans
            .iter()
            .all(|plan| matches!(plan, Plan::Filter(_) | Plan::Near(_)))
            && skipped_stop_words
        {
            // Only words such as "the" and "of": they are what is asked for, then.
            plans.extend(self.only_stop_words(nodes));
        }
        Ok(match plans.len() {
            0 => Plan::Nothing,
            1 => plans.remove(0),
            _ => Plan::And(plans),
        })
    }

    fn only_stop_words(&mut self, nodes: &[Node]) -> Vec<Plan> {
        let mut plans = Vec::new();
        for node in nodes {
            if let Node::Word { text, field, .. } = node {
                let fields = self.fields_of(field.as_deref());
                plans.extend(
                    self.phrase(text, fields)
                        .map(|concept| Plan::Concept(Arc::new(concept))),
                );
            }
        }
        plans
    }

    pub(super) fn fields_of(&self, name: Option<&str>) -> Vec<usize> {
        match name {
            Some(name) => self.fields.resolve(name),
            None => self.fields.default_fields(),
        }
    }

    /// The concepts of plain words; stop words give none.
    pub(super) fn words(&mut self, words: &Words<'_>) -> Vec<Concept> {
        let fields = self.fields_of(words.field);
        self.words_in(&words.texts.join(" "), &fields)
    }

    /// The concepts of the plain words of a text in some fields; stop words give none.
    pub(crate) fn words_in(&mut self, text: &str, fields: &[usize]) -> Vec<Concept> {
        let placed = self.placed(text, fields);
        let mut concepts = self.with_powers_whole(text, placed, fields);
        let mut apart: Vec<_> = concepts
            .iter_mut()
            .map(|(positions, _, concept)| (positions.clone(), concept))
            .collect();
        self.join_neighbours(&mut apart, fields);
        self.drop_repeats(concepts.into_iter().map(|(.., concept)| concept))
    }

    /// The concepts of plain words with the positions and the bytes that each takes; stop words give none.
    pub(crate) fn placed(&mut self, text: &str, fields: &[usize]) -> Vec<PlacedConcept> {
        let tokens = self.analyzer.analyze(text);
        let mut concepts: Vec<PlacedConcept> = Vec::new();
        // A code before "negative" has no token of its own, only the joined one: HER2 negative is not HER2.
        let stands_alone = |joined: &OwnedToken| {
            !tokens
                .iter()
                .any(|other| other.kind != TokenKind::Joined && other.position == joined.position)
        };
        let admits = |token: &OwnedToken| token.kind != TokenKind::Joined || stands_alone(token);
        let mut before: Option<&OwnedToken> = None;
        for token in longest_path(&tokens, admits) {
            let typed = text[token.bytes.clone()].to_owned();
            let last = before.replace(token);
            let mut alternatives = vec![Alternative::word(&token.term, Origin::Typed)];
            if is_stop_word(&token.term) {
                // The A of "hepatitis A" names something, with the word before it.
                let names = typed == "A" || (typed.len() == 1 && token.bytes.end == text.len());
                let Some(last) = last.filter(|last| names && !is_stop_word(&last.term)) else {
                    continue;
                };
                alternatives = vec![alternative_of(&[last, token], Origin::Typed)];
            }
            for parts in parts_of(token, &tokens) {
                add(&mut alternatives, alternative_of(&parts, Origin::Writing));
            }
            let positions = token.position..token.position + token.positions;
            let concept = Concept::new(typed, alternatives, fields.to_vec());
            concepts.push((positions, token.bytes.clone(), concept));
        }
        for joined in tokens
            .iter()
            .filter(|token| token.kind == TokenKind::Joined)
        {
            for (range, _, concept) in &mut concepts {
                if joined.position <= range.start && range.end <= joined.position + joined.positions
                {
                    add(
                        &mut concept.alternatives,
                        Alternative::word(&joined.term, Origin::Writing),
                    );
                }
            }
        }
        concepts
    }

    /// "bm msc" may stand in a record as one word, "HER2 negative" as a compound that hides its parts.
    fn join_neighbours(&mut self, concepts: &mut [(Range<u32>, &mut Concept)], fields: &[usize]) {
        for right in 1..concepts.len() {
            let (before, after) = concepts.split_at_mut(right);
            let (left, right) = (&mut before[right - 1], &mut after[0]);
            if left.0.end != right.0.start {
                continue;
            }
            let together = join(&[&left.1.typed, &right.1.typed]);
            let written = format!("{}-{}", left.1.typed, right.1.typed);
            let hyphenated = self.analyzer.analyze(&written);
            let whole = hyphenated
                .iter()
                .find(|token| token.kind == TokenKind::Whole && token.bytes == (0..written.len()));
            for term in [Some(together), whole.map(|token| token.term.clone())]
                .into_iter()
                .flatten()
            {
                if (self.knows)(&term, fields) {
                    add(
                        &mut left.1.alternatives,
                        Alternative::word(&term, Origin::Writing),
                    );
                    add(
                        &mut right.1.alternatives,
                        Alternative::word(&term, Origin::Writing),
                    );
                }
            }
        }
    }

    /// The concept of a phrase: its words at their places, in every writing of its compounds.
    pub(crate) fn phrase(&mut self, text: &str, fields: Vec<usize>) -> Option<Concept> {
        let tokens = self.analyzer.analyze(text);
        let mut alternatives = Vec::new();
        for writing in writings(text, &tokens) {
            let origin = match alternatives.is_empty() {
                true => Origin::Typed,
                false => Origin::Writing,
            };
            let terms = writing.iter().map(|(token, offset)| PlacedTerm {
                term: token.term.clone(),
                offset: *offset,
            });
            add(
                &mut alternatives,
                Alternative::phrase(terms.collect(), origin),
            );
        }
        for terms in self.joined_in_phrase(text, &tokens, &fields) {
            add(
                &mut alternatives,
                Alternative::phrase(terms, Origin::Writing),
            );
        }
        (!alternatives.is_empty()).then(|| {
            let mut concept = Concept::new(text.to_owned(), alternatives, fields);
            concept.literal = true;
            concept
        })
    }

    /// A word typed twice is one concept: repeating it asks for nothing more.
    fn drop_repeats(&self, concepts: impl Iterator<Item = Concept>) -> Vec<Concept> {
        let mut kept: Vec<Concept> = Vec::new();
        for concept in concepts {
            let again = kept
                .iter_mut()
                .find(|known| known.alternatives[0] == concept.alternatives[0]);
            match again {
                Some(known) => concept
                    .alternatives
                    .into_iter()
                    .for_each(|writing| add(&mut known.alternatives, writing)),
                None => kept.push(concept),
            }
        }
        kept
    }
}

/// The ways in which a phrase can be written, the typed one first: each of its compounds apart or as one.
pub(super) fn writings<'t>(text: &str, tokens: &'t [OwnedToken]) -> Vec<Vec<PlacedToken<'t>>> {
    let longest = longest_path(tokens, |_| true);
    let mut apart = longest_path(tokens, |token| token.positions == 1);
    if ends(&apart) != ends(&longest) || gaps(&apart) > gaps(&longest) {
        // Some word has no token of its own: the code in "HER2 negative". Without it this would be another phrase.
        apart.clear();
    }
    let typed = if longest.len() == 1 || apart.is_empty() {
        &longest
    } else {
        &apart
    };
    if typed.is_empty() {
        return Vec::new();
    }
    let mut all = vec![placed(typed)];
    for path in [&apart, &longest] {
        if !path.is_empty() {
            all.push(placed(path));
        }
    }
    // In a record the compound may be one word and take one place.
    let closed = longest.iter().zip(placed(&longest));
    let closed = closed.map(|(token, (_, offset))| (*token, offset - gaps_before(&longest, token)));
    all.push(closed.collect());
    // A code written as one word may stand hyphenated in a record, its parts at places of their own.
    for (number, token) in longest
        .iter()
        .enumerate()
        .take(longest.len().saturating_sub(1))
    {
        if token.positions == 1 && looks_like_code(&text[token.bytes.clone()]) {
            for parts in 1..=MORE_PARTS {
                let mut wider = placed(&longest);
                wider[number + 1..]
                    .iter_mut()
                    .for_each(|(_, offset)| *offset += parts);
                all.push(wider);
            }
        }
    }
    all
}

/// The tokens of a path with their offsets from its start.
fn placed<'t>(path: &[&'t OwnedToken]) -> Vec<PlacedToken<'t>> {
    let start = path.first().map_or(0, |token| token.position);
    path.iter()
        .map(|token| (*token, token.position - start))
        .collect()
}

fn concept_or_nothing(concept: Option<Concept>) -> Plan {
    match concept {
        Some(concept) => Plan::Concept(Arc::new(concept)),
        None => Plan::Nothing,
    }
}

/// A plan whose concepts count more or less.
fn boosted(plan: &Plan, factor: Finite) -> Plan {
    plan.map(&mut |concept| {
        let mut concept = Concept::clone(concept);
        concept.boost *= factor.get() as f32;
        Arc::new(concept)
    })
}

/// How many places more than one a code may take in a record when it is hyphenated there.
const MORE_PARTS: u32 = 2;

/// A compound also stands apart: "BM-MSC" as "BM MSC". Its parts, as large and as small as they come; none for a compound that
/// hides a part because it negates it.
fn parts_of<'t>(whole: &OwnedToken, tokens: &'t [OwnedToken]) -> Vec<Vec<&'t OwnedToken>> {
    let end = whole.position + whole.positions;
    let inside = |token: &OwnedToken| {
        token.position >= whole.position
            && token.position + token.positions <= end
            && token.positions < whole.positions
            && token.kind != TokenKind::Joined
    };
    let paths = [
        longest_path(tokens, inside),
        longest_path(tokens, |token| inside(token) && token.positions == 1),
    ];
    let covers = |path: &Vec<&OwnedToken>| {
        path.iter().map(|token| token.positions).sum::<u32>() == whole.positions
    };
    paths
        .into_iter()
        .filter(|path| whole.positions > 1 && covers(path))
        .collect()
}

/// Two capitals, or a letter and a digit: a word that people also hyphenate.
fn looks_like_code(word: &str) -> bool {
    let capitals = word.chars().filter(|c| c.is_uppercase()).count();
    let digits = word.chars().any(|c| c.is_ascii_digit());
    capitals >= 2 || (digits && word.chars().any(char::is_alphabetic))
}

/// The first position of a path and the one past its last.
pub(super) fn ends(path: &[&OwnedToken]) -> Option<(u32, u32)> {
    let (first, last) = (path.first()?, path.last()?);
    Some((first.position, last.position + last.positions))
}

/// How many positions between its ends a path leaves out.
fn gaps(path: &[&OwnedToken]) -> u32 {
    let covered: u32 = path.iter().map(|token| token.positions).sum();
    ends(path).map_or(0, |(first, end)| end - first - covered)
}

/// Positions that the tokens before one take beyond the first each.
fn gaps_before(path: &[&OwnedToken], token: &OwnedToken) -> u32 {
    path.iter()
        .filter(|before| before.position < token.position)
        .map(|before| before.positions - 1)
        .sum()
}

fn add(alternatives: &mut Vec<Alternative>, alternative: Alternative) {
    if !alternatives
        .iter()
        .any(|known| known.terms == alternative.terms)
    {
        alternatives.push(alternative);
    }
}

pub(crate) fn alternative_of(path: &[&OwnedToken], origin: Origin) -> Alternative {
    let start = path.first().map_or(0, |token| token.position);
    let terms = path.iter().map(|token| PlacedTerm {
        term: token.term.clone(),
        offset: token.position - start,
    });
    Alternative::phrase(terms.collect(), origin)
}
