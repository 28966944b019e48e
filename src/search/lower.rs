//! From the query tree to concepts, and from concepts to the engine's queries.
//!
//! The tree says what was asked; here it is decided which terms that means in this index. It must not run anything.

use std::ops::Range;
use std::sync::Arc;

use tantivy::query::{AllQuery, BooleanQuery, ConstScoreQuery, EmptyQuery, Occur, Query};
use tantivy::schema::Field;

use crate::analysis::{Analyzer, OwnedToken, TokenKind, is_stop_word, join, longest_path};
use crate::query::Node;
use crate::schema::Fields;
use crate::search::concept::{Alternative, Concept, ConceptQuery, Origin, PlacedTerm, Weights};

/// A query tree whose leaves are concepts.
#[derive(Clone, Debug)]
pub(crate) enum Plan {
    /// Every trial.
    All,
    /// No trial: nothing that could match is left of the words.
    Nothing,
    Concept(Arc<Concept>),
    And(Vec<Plan>),
    Or(Vec<Plan>),
    Not(Box<Plan>),
}

/// Whether the index has a term in any of some fields.
pub(crate) type Knows<'k> = &'k dyn Fn(&str, &[usize]) -> bool;

/// Makes plans of trees.
pub(crate) struct Planner<'p> {
    pub(crate) fields: &'p Fields,
    pub(crate) analyzer: &'p mut Analyzer,
    pub(crate) knows: Knows<'p>,
}

/// A run of plain words that stand side by side in one field.
struct Words<'n> {
    field: Option<&'n str>,
    texts: Vec<&'n str>,
}

impl Planner<'_> {
    /// The plan of a tree.
    pub(crate) fn plan(&mut self, node: &Node) -> Plan {
        match node {
            Node::All => Plan::All,
            Node::Word { .. } => self.all_of(std::slice::from_ref(node)),
            Node::And { nodes } => self.all_of(nodes),
            Node::Phrase { text, field, .. } => {
                let fields = self.fields_of(field.as_deref());
                match self.phrase(text, fields) {
                    Some(concept) => Plan::Concept(Arc::new(concept)),
                    None => Plan::Nothing,
                }
            }
            Node::Or { nodes } => Plan::Or(nodes.iter().map(|node| self.plan(node)).collect()),
            Node::Not { node, .. } => Plan::Not(Box::new(self.plan(node))),
        }
    }

    /// All nodes are required. Words that stand side by side are analysed together: "non Hodgkin" is one word to the analyzer.
    fn all_of(&mut self, nodes: &[Node]) -> Plan {
        let mut plans = Vec::new();
        let mut skipped_stop_words = false;
        let mut rest = nodes;
        while let Some((first, others)) = rest.split_first() {
            let Node::Word { text, field, .. } = first else {
                plans.push(self.plan(first));
                rest = others;
                continue;
            };
            let mut words = Words {
                field: field.as_deref(),
                texts: vec![text],
            };
            rest = others;
            while let Some((Node::Word { text, field, .. }, others)) = rest.split_first() {
                if field.as_deref() != words.field {
                    break;
                }
                words.texts.push(text);
                rest = others;
            }
            let concepts = self.words(&words);
            skipped_stop_words |= concepts.is_empty();
            plans.extend(
                concepts
                    .into_iter()
                    .map(|concept| Plan::Concept(Arc::new(concept))),
            );
        }
        if plans.is_empty() && skipped_stop_words {
            // Only words such as "the" and "of": they are what is asked for, then.
            plans = self.only_stop_words(nodes);
        }
        match plans.len() {
            0 => Plan::Nothing,
            1 => plans.remove(0),
            _ => Plan::And(plans),
        }
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

    fn fields_of(&self, name: Option<&str>) -> Vec<usize> {
        match name {
            Some(name) => self.fields.resolve(name),
            None => self.fields.default_fields(),
        }
    }

    /// The concepts of plain words; stop words give none.
    fn words(&mut self, words: &Words<'_>) -> Vec<Concept> {
        let fields = self.fields_of(words.field);
        let text = words.texts.join(" ");
        let mut concepts = self.placed(&text, &fields);
        let mut apart: Vec<_> = concepts
            .iter_mut()
            .map(|(positions, _, concept)| (positions.clone(), concept))
            .collect();
        self.join_neighbours(&mut apart, &fields);
        self.drop_repeats(concepts.into_iter().map(|(.., concept)| concept))
    }

    /// The concepts of plain words with the positions and the bytes that each takes; stop words give none.
    pub(crate) fn placed(
        &mut self,
        text: &str,
        fields: &[usize],
    ) -> Vec<(Range<u32>, Range<usize>, Concept)> {
        let tokens = self.analyzer.analyze(text);
        let mut concepts: Vec<(Range<u32>, Range<usize>, Concept)> = Vec::new();
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
        let longest = longest_path(&tokens, |_| true);
        let mut apart = longest_path(&tokens, |token| token.positions == 1);
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
            return None;
        }
        let mut alternatives = vec![alternative_of(typed, Origin::Typed)];
        for path in [&apart, &longest] {
            if !path.is_empty() {
                add(&mut alternatives, alternative_of(path, Origin::Writing));
            }
        }
        // In a record the compound may be one word and take one place.
        let mut closed = alternative_of(&longest, Origin::Writing);
        for (placed, token) in closed.terms.iter_mut().zip(&longest) {
            placed.offset -= gaps_before(&longest, token);
        }
        add(&mut alternatives, closed);
        // A code written as one word may stand hyphenated in a record, its parts at places of their own.
        for (number, token) in longest
            .iter()
            .enumerate()
            .take(longest.len().saturating_sub(1))
        {
            if token.positions == 1 && looks_like_code(&text[token.bytes.clone()]) {
                for parts in 1..=MORE_PARTS {
                    let mut wider = alternative_of(&longest, Origin::Writing);
                    wider.terms[number + 1..]
                        .iter_mut()
                        .for_each(|placed| placed.offset += parts);
                    add(&mut alternatives, wider);
                }
            }
        }
        let mut concept = Concept::new(text.to_owned(), alternatives, fields);
        concept.literal = true;
        Some(concept)
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
fn ends(path: &[&OwnedToken]) -> Option<(u32, u32)> {
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

pub(super) fn alternative_of(path: &[&OwnedToken], origin: Origin) -> Alternative {
    let start = path.first().map_or(0, |token| token.position);
    let terms = path.iter().map(|token| PlacedTerm {
        term: token.term.clone(),
        offset: token.position - start,
    });
    Alternative::phrase(terms.collect(), origin)
}

/// What the engine is asked for a plan.
pub(crate) fn to_engine(
    plan: &Plan,
    weights: &Arc<Weights>,
    handles: &Arc<Vec<Field>>,
) -> Box<dyn Query> {
    let concept_query = |concept: &Arc<Concept>| ConceptQuery {
        concept: concept.clone(),
        weights: weights.clone(),
        handles: handles.clone(),
    };
    match plan {
        Plan::All => everything(),
        Plan::Nothing => Box::new(EmptyQuery),
        Plan::Concept(concept) => Box::new(concept_query(concept)),
        Plan::And(plans) => {
            let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::with_capacity(plans.len() + 1);
            for plan in plans {
                clauses.push(match plan {
                    Plan::Not(excluded) => (Occur::MustNot, to_engine(excluded, weights, handles)),
                    plan => (Occur::Must, to_engine(plan, weights, handles)),
                });
            }
            if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
                clauses.push((Occur::Must, everything()));
            }
            Box::new(BooleanQuery::new(clauses))
        }
        Plan::Or(plans) => {
            let clauses = plans
                .iter()
                .map(|plan| (Occur::Should, to_engine(plan, weights, handles)));
            Box::new(BooleanQuery::new(clauses.collect()))
        }
        Plan::Not(plan) => Box::new(BooleanQuery::new(vec![
            (Occur::Must, everything()),
            (Occur::MustNot, to_engine(plan, weights, handles)),
        ])),
    }
}

fn everything() -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(Box::new(AllQuery), 0.0))
}

impl Plan {
    /// The concepts that may make a trial match, in the order they were typed; those under a `not` are left out.
    pub(crate) fn concepts(&self) -> Vec<Arc<Concept>> {
        let mut concepts = Vec::new();
        self.collect_concepts(&mut concepts);
        concepts
    }

    fn collect_concepts(&self, concepts: &mut Vec<Arc<Concept>>) {
        match self {
            Plan::Concept(concept) => concepts.push(concept.clone()),
            Plan::And(plans) | Plan::Or(plans) => plans
                .iter()
                .for_each(|plan| plan.collect_concepts(concepts)),
            Plan::All | Plan::Nothing | Plan::Not(_) => {}
        }
    }

    /// The plan of a patient's story, with what was typed required beside it.
    pub(crate) fn with_patient(self, patient: Plan) -> Plan {
        match self {
            Plan::All => patient,
            Plan::And(mut plans) => {
                plans.push(patient);
                Plan::And(plans)
            }
            typed => Plan::And(vec![typed, patient]),
        }
    }

    /// The same plan with its concepts changed.
    pub(crate) fn map(&self, change: &mut dyn FnMut(&Arc<Concept>) -> Arc<Concept>) -> Plan {
        match self {
            Plan::Concept(concept) => Plan::Concept(change(concept)),
            Plan::And(plans) => Plan::And(plans.iter().map(|plan| plan.map(change)).collect()),
            Plan::Or(plans) => Plan::Or(plans.iter().map(|plan| plan.map(change)).collect()),
            Plan::Not(plan) => Plan::Not(plan.clone()),
            Plan::All => Plan::All,
            Plan::Nothing => Plan::Nothing,
        }
    }

    /// The same plan asking for any of its required parts instead of all; what is excluded stays excluded.
    /// `None` if there are not several parts to choose from.
    pub(crate) fn any_part(&self) -> Option<Plan> {
        let Plan::And(plans) = self else { return None };
        let (excluded, wanted): (Vec<&Plan>, Vec<&Plan>) =
            plans.iter().partition(|plan| matches!(plan, Plan::Not(_)));
        if wanted.len() < 2 {
            return None;
        }
        let any = Plan::Or(wanted.into_iter().cloned().collect());
        if excluded.is_empty() {
            return Some(any);
        }
        Some(Plan::And(
            std::iter::once(any)
                .chain(excluded.into_iter().cloned())
                .collect(),
        ))
    }
}
