//! One concept in the pieces of an area as a leaf: sections that hold nothing else answer at once, others are checked, and what no
//! section holds is looked up word by word, among the values of enumerations, or in the records.

use std::sync::Arc;

use tantivy::Term;
use tantivy::query::{BooleanQuery, Occur, Query};

use crate::query::Coverage;
use crate::schema::{PieceKind, Pieces, comparable_value, has_column, term_of_piece};
use crate::search::concept::Concept;
use crate::search::concept_query::ConceptQuery;
use crate::search::lookup::Lookup;
use crate::search::lower::Planner;
use crate::search::pieces::check::RecordTest;
use crate::search::pieces::leaf::{ColumnTest, PieceLeaf, any_of};
use crate::search::pieces::lower::{checked, column_query, kinds};
use crate::search::pieces::sections::Sections;
use crate::search::pieces::terms::any_term;
use crate::search::pieces::test::{ValueTest, values_with};

/// Words of the headings of criteria, which are no criteria and stand in no section.
const OF_HEADINGS: [&str; 6] = [
    "INCLUSION",
    "EXCLUSION",
    "CRITERIA",
    "CRITERION",
    "ELIGIBILITY",
    "ELIGIBLE",
];

/// What is wanted of the leaves of one term.
pub(super) struct Asked<'a> {
    pub(super) wanted: &'a [usize],
    pub(super) sections: &'a Sections,
    pub(super) lookup: &'a Arc<Lookup>,
    pub(super) coverage: Coverage,
    pub(super) exactly: Option<&'a str>,
}

impl Planner<'_> {
    /// The leaf of a concept.
    pub(super) fn leaf(&self, concept: &Arc<Concept>, asked: &Asked<'_>) -> PieceLeaf {
        let pieces = Pieces::bundled();
        let Asked {
            wanted,
            sections,
            coverage,
            exactly,
            ..
        } = asked;
        if exactly.is_some() || *coverage != Coverage::Contains {
            return self.verbatim(concept, asked);
        }
        let mut parts: Vec<Arc<dyn Query>> = Vec::new();
        let sure = self.concept_query(concept, &sections.sure, asked);
        parts.extend(sure.clone().map(|query| Arc::new(query) as Arc<dyn Query>));
        if let Some(maybe) = self.concept_query(concept, &sections.maybe, asked) {
            let test = words_test(concept, *coverage, &sections.checked);
            let check = self.check(
                key_of(concept, asked, &sections.checked),
                &sections.checked,
                &[],
                test,
            );
            let base: Box<dyn Query> = match &sure {
                Some(sure) => Box::new(BooleanQuery::new(vec![
                    (Occur::Must, Box::new(maybe) as Box<dyn Query>),
                    (Occur::MustNot, Box::new(sure.clone())),
                ])),
                None => Box::new(maybe),
            };
            parts.extend(checked(base, check));
        }
        let mut unknown: Vec<usize> = Vec::new();
        for piece in &sections.outside {
            let known = &pieces.pieces[*piece];
            if pieces.indexed.contains(piece) {
                parts.extend(self.indexed(concept, *piece, asked));
            } else if let (PieceKind::Enumeration(_), true) =
                (known.kind, has_column(pieces, *piece))
            {
                let values = values_with(concept, pieces.values_of(*piece));
                if !values.is_empty() {
                    let test = ColumnTest::AnyOf(values);
                    parts.push(Arc::new(column_query(pieces, *piece, test)));
                }
            } else {
                unknown.push(*piece);
            }
        }
        // The headings of criteria are in no section.
        let criteria = pieces.piece("EligibilityCriteria");
        if OF_HEADINGS.contains(&comparable_value(&concept.typed).as_str())
            && let Some(criteria) = criteria.filter(|piece| wanted.contains(piece))
        {
            unknown.push(criteria);
        }
        let check = match unknown.is_empty() {
            true => None,
            false => self.check(
                key_of(concept, asked, &unknown),
                &unknown,
                &[],
                words_test(concept, *coverage, &unknown),
            ),
        };
        let mut all = sections.sure.clone();
        all.extend(&sections.maybe);
        PieceLeaf {
            parts,
            check,
            scored: self.concept_query(concept, &all, asked),
        }
    }

    /// A term that must be the whole of a value, its beginning or end, or as written: what the index finds is checked.
    fn verbatim(&self, concept: &Arc<Concept>, asked: &Asked<'_>) -> PieceLeaf {
        let pieces = Pieces::bundled();
        let mut all = asked.sections.sure.clone();
        all.extend(&asked.sections.maybe);
        let found = self.concept_query(concept, &all, asked);
        let mut bases: Vec<Arc<dyn Query>> = Vec::new();
        bases.extend(found.clone().map(|query| Arc::new(query) as Arc<dyn Query>));
        let mut held: Vec<usize> = asked.wanted.to_vec();
        let mut unknown: Vec<usize> = Vec::new();
        for piece in &asked.sections.outside {
            match pieces.indexed.contains(piece) {
                true => bases.extend(self.indexed_candidates(concept, *piece)),
                false => {
                    held.retain(|known| known != piece);
                    unknown.push(*piece);
                }
            }
        }
        let test = |of: &[usize]| match asked.exactly {
            Some(text) => RecordTest::Any(
                ValueTest::Exactly {
                    text: text.to_owned(),
                    coverage: asked.coverage,
                },
                kinds(of),
            ),
            None => words_test(concept, asked.coverage, of),
        };
        let check = |of: &[usize]| match of.is_empty() {
            true => None,
            false => self.check(key_of(concept, asked, of), of, &[], test(of)),
        };
        let parts = match bases.is_empty() {
            true => Vec::new(),
            false => checked(any_of(&bases), check(&held)).into_iter().collect(),
        };
        PieceLeaf {
            parts,
            check: check(&unknown),
            scored: found,
        }
    }

    fn concept_query(
        &self,
        concept: &Arc<Concept>,
        fields: &[usize],
        asked: &Asked<'_>,
    ) -> Option<ConceptQuery> {
        (!fields.is_empty()).then(|| ConceptQuery {
            concept: Arc::new(concept.in_fields(fields.to_vec())),
            lookup: asked.lookup.clone(),
        })
    }

    /// The documents that have a concept in a piece whose words are indexed one by one.
    fn indexed(
        &self,
        concept: &Arc<Concept>,
        piece: usize,
        asked: &Asked<'_>,
    ) -> Vec<Arc<dyn Query>> {
        let mut single = Concept::clone(concept);
        single
            .alternatives
            .retain(|writing| writing.terms.len() == 1);
        let mut several = Concept::clone(concept);
        several
            .alternatives
            .retain(|writing| writing.terms.len() > 1);
        let mut parts: Vec<Arc<dyn Query>> = self.indexed_candidates(&single, piece);
        if !several.alternatives.is_empty() {
            let check = self.check(
                key_of(&several, asked, &[piece]),
                &[piece],
                &[],
                words_test(&several, Coverage::Contains, &[piece]),
            );
            let candidates = self.indexed_candidates(&several, piece);
            parts.extend(checked(any_of(&candidates), check));
        }
        parts
    }

    /// The documents that have all words of any writing of a concept in such a piece, wherever they stand.
    fn indexed_candidates(&self, concept: &Concept, piece: usize) -> Vec<Arc<dyn Query>> {
        let Some(filters) = &self.filters else {
            return Vec::new();
        };
        let field = filters.finder.index.layout().pieces.words;
        let pieces = Pieces::bundled();
        let term = |word: &str| Term::from_field_text(field, &term_of_piece(pieces, piece, word));
        let mut words: Vec<Term> = Vec::new();
        let mut queries: Vec<Arc<dyn Query>> = Vec::new();
        for writing in &concept.alternatives {
            match writing.terms.as_slice() {
                [one] => words.push(term(&one.term)),
                several => {
                    let clauses = several
                        .iter()
                        .map(|placed| (Occur::Must, any_term([term(&placed.term)])));
                    queries.push(Arc::new(BooleanQuery::new(clauses.collect())));
                }
            }
        }
        if !words.is_empty() {
            queries.push(any_term(words).into());
        }
        queries
    }
}

fn words_test(concept: &Concept, coverage: Coverage, of: &[usize]) -> RecordTest {
    let test = ValueTest::Words {
        concept: concept.clone(),
        coverage,
    };
    RecordTest::Any(test, kinds(of))
}

/// Names a check of words: the writings as well, since what stands for a word may change with the index.
fn key_of(concept: &Concept, asked: &Asked<'_>, of: &[usize]) -> String {
    let writings: Vec<String> = concept
        .alternatives
        .iter()
        .map(|writing| {
            let terms = writing.terms.iter();
            let terms = terms.map(|placed| format!("{}@{}", placed.term, placed.offset));
            terms.collect::<Vec<_>>().join("+")
        })
        .collect();
    format!(
        "{} {:?} {:?} {of:?}",
        writings.join("|"),
        asked.coverage,
        asked.exactly
    )
}
