//! What is asked of an area or a piece, made a plan: which sections, columns and words of the index answer it, and what is left to
//! the records.

use std::sync::Arc;

use tantivy::Term;
use tantivy::query::{BooleanQuery, Occur, Query as EngineQuery, TermSetQuery};

use crate::place::{Circle, Point};
use crate::query::{AreaTest, Bound, Coverage, Expansion, Node, Place, Query};
use crate::schema::{
    PieceKind, Pieces, Ranking, Searched, comparable_value, has_column, term_of_piece,
};
use crate::search::concept::Concept;
use crate::search::concept_query::ConceptQuery;
use crate::search::expand::Expander;
use crate::search::finder::{Finder, SearchError, View};
use crate::search::lookup::{Lookup, Weights};
use crate::search::lower::{Filters, NearFilter, Plan, Planner};
use crate::search::pieces::check::{Check, RecordTest};
use crate::search::pieces::judged::{Judge, JudgedQuery};
use crate::search::pieces::leaf::{ColumnQuery, ColumnTest, PieceLeaf, any_of};
use crate::search::pieces::sections::{Sections, sections_of};
use crate::search::pieces::sites::SiteTest;
use crate::search::pieces::test::{ValueTest, values_with};
use crate::search::pieces::tilt::Tilt;
use crate::search::request::Request;
use crate::search::sites::SiteFilter;
use crate::trial::TrialId;

/// Words of the headings of criteria, which are no criteria and stand in no section.
const OF_HEADINGS: [&str; 6] = [
    "INCLUSION",
    "EXCLUSION",
    "CRITERIA",
    "CRITERION",
    "ELIGIBILITY",
    "ELIGIBLE",
];

/// A piece with its kind, as tests of records want it.
type Kinds = Vec<(usize, PieceKind)>;

impl Planner<'_> {
    /// The plan of `AREA[...]`, `SEARCH[Location]` or `TILT[...]`.
    pub(crate) fn pieces(&mut self, node: &Node) -> Result<Plan, SearchError> {
        match node {
            Node::Area { area, test, .. } => {
                let Some(searched) = Pieces::bundled().resolve(area) else {
                    return Ok(Plan::Nothing);
                };
                self.asked(searched, test)
            }
            Node::Site { node, .. } => self.site(node),
            Node::Tilt { node, piece, .. } => {
                let plan = self.plan(node)?;
                Ok(match self.tilt(piece) {
                    Some(tilt) => Plan::Tilt(Box::new(plan), tilt),
                    None => plan,
                })
            }
            _ => Ok(Plan::Nothing),
        }
    }

    fn asked(&mut self, searched: Searched, test: &AreaTest) -> Result<Plan, SearchError> {
        let pieces = Pieces::bundled();
        let members: Vec<usize> = pieces
            .members(searched)
            .into_iter()
            .map(|(piece, _)| piece)
            .collect();
        Ok(match test {
            AreaTest::Words {
                text,
                expansion,
                coverage,
                ..
            } => self.words_of(searched, text, *expansion, *coverage)?,
            AreaTest::Value { value } => {
                self.values(searched, &members, ValueTest::AnyOf(vec![value.clone()]))
            }
            AreaTest::Flag { flag } => {
                let flag = Some(i64::from(*flag));
                self.values(searched, &members, ValueTest::Between(flag, flag))
            }
            AreaTest::Range { ends } => {
                let from = ends.from.map(|bound| place_of(bound, f64::ceil));
                let to = ends.to.map(|bound| place_of(bound, f64::floor));
                self.values(searched, &members, ValueTest::Between(from, to))
            }
            AreaTest::Missing => self.missing(searched, &members),
            AreaTest::Near { place, kilometres } => match &self.filters {
                Some(filters) => filters.near_point(place, kilometres.get())?,
                None => Plan::Nothing,
            },
        })
    }

    /// Values of pieces that have an order, or are one of a few.
    fn values(&self, searched: Searched, members: &[usize], test: ValueTest) -> Plan {
        let pieces = Pieces::bundled();
        let is_size = matches!(searched, Searched::Size(_));
        let in_columns = |piece: &usize| has_column(pieces, *piece) && !is_size;
        let column = match &test {
            ValueTest::AnyOf(values) => Some(ColumnTest::AnyOf(values.clone())),
            ValueTest::Between(from, to) => Some(ColumnTest::Between(*from, *to)),
            _ => None,
        };
        let mut parts: Vec<Arc<dyn EngineQuery>> = Vec::new();
        let mut unknown = Vec::new();
        for piece in members {
            match &column {
                Some(column) if in_columns(piece) => {
                    parts.push(Arc::new(column_query(pieces, *piece, column.clone())));
                }
                _ => unknown.push(*piece),
            }
        }
        let check = match unknown.is_empty() {
            true => None,
            false => {
                let kind = |piece: usize| match is_size {
                    true => PieceKind::Count,
                    false => pieces.pieces[piece].kind,
                };
                let kinds: Kinds = unknown.iter().map(|piece| (*piece, kind(*piece))).collect();
                let key = format!("{} {test:?} {unknown:?}", pieces.name(searched));
                let (wanted, sizes): (&[usize], &[usize]) = match is_size {
                    true => (&[], &unknown),
                    false => (&unknown, &[]),
                };
                self.check(key, wanted, sizes, RecordTest::Any(test, kinds))
            }
        };
        Plan::Piece(Arc::new(PieceLeaf {
            parts,
            check,
            scored: None,
        }))
    }

    fn missing(&self, searched: Searched, members: &[usize]) -> Plan {
        let pieces = Pieces::bundled();
        let is_size = matches!(searched, Searched::Size(_));
        let (columns, records): (Vec<usize>, Vec<usize>) = members
            .iter()
            .partition(|piece| has_column(pieces, **piece) && !is_size);
        let mut plans: Vec<Plan> = columns
            .into_iter()
            .map(|piece| {
                let query = column_query(pieces, piece, ColumnTest::Missing);
                Plan::Piece(Arc::new(PieceLeaf {
                    parts: vec![Arc::new(query)],
                    check: None,
                    scored: None,
                }))
            })
            .collect();
        if !records.is_empty() {
            let key = format!("missing {records:?} {is_size}");
            plans.push(Plan::Piece(Arc::new(PieceLeaf {
                parts: Vec::new(),
                check: self.check(key, &records, &[], RecordTest::Missing),
                scored: None,
            })));
        }
        match plans.len() {
            1 => plans.remove(0),
            _ => Plan::And(plans),
        }
    }

    /// Words in any piece of an area.
    fn words_of(
        &mut self,
        searched: Searched,
        text: &str,
        expansion: Expansion,
        coverage: Coverage,
    ) -> Result<Plan, SearchError> {
        let pieces = Pieces::bundled();
        let members = pieces.members(searched);
        let wanted: Vec<usize> = members.iter().map(|(piece, _)| *piece).collect();
        let sections = sections_of(self.fields, pieces, &wanted);
        let mut fields = sections.sure.clone();
        fields.extend(&sections.maybe);
        fields.sort_unstable();
        let (concepts, any) = self.concepts_of(text, &fields, expansion, &wanted)?;
        if concepts.is_empty() {
            return Ok(Plan::Nothing);
        }
        let Some(filters) = &self.filters else {
            return Ok(Plan::Nothing);
        };
        let (searcher, handles) = (&filters.view.searcher, &filters.finder.handles);
        let lookup = Lookup::new(self.area_weights(&members), searcher, handles);
        let lookup = Arc::new(lookup);
        let exactly = (expansion == Expansion::None).then_some(text);
        let mut plans: Vec<Plan> = concepts
            .iter()
            .map(|concept| {
                let asked = Asked {
                    wanted: &wanted,
                    sections: &sections,
                    lookup: &lookup,
                    coverage,
                    exactly,
                };
                Plan::Piece(Arc::new(self.leaf(concept, &asked)))
            })
            .collect();
        Ok(match plans.len() {
            1 => plans.remove(0),
            _ if any => Plan::Or(plans),
            _ => Plan::And(plans),
        })
    }

    /// The concepts of a term with what stands for them, and whether any of them will do.
    fn concepts_of(
        &mut self,
        text: &str,
        fields: &[usize],
        expansion: Expansion,
        wanted: &[usize],
    ) -> Result<(Vec<Arc<Concept>>, bool), SearchError> {
        let pieces = Pieces::bundled();
        let apart = matches!(expansion, Expansion::Relaxation | Expansion::Lossy);
        let mut concepts = match apart {
            true => self.words_in(text, fields),
            false => Vec::new(),
        };
        if concepts.is_empty() {
            let mut phrase = self.phrase(text, fields.to_vec());
            if let Some(phrase) = &mut phrase {
                phrase.literal = !matches!(
                    expansion,
                    Expansion::Concept | Expansion::Relaxation | Expansion::Lossy
                );
            }
            concepts.extend(phrase);
        }
        let concepts: Vec<Plan> = concepts
            .into_iter()
            .map(|concept| Plan::Concept(Arc::new(concept)))
            .collect();
        let any = expansion == Expansion::Lossy;
        let has_synonyms = wanted.iter().any(|piece| pieces.synonyms.contains(piece));
        let expands = has_synonyms && !matches!(expansion, Expansion::None | Expansion::Term);
        let plan = match any {
            true => Plan::Or(concepts),
            false => Plan::And(concepts),
        };
        let plan = match &self.filters {
            Some(filters) if expands && !fields.is_empty() => {
                let (finder, view) = (filters.finder, filters.view);
                let weights = plain_weights(self.fields);
                let lookup = Lookup::new(weights, &view.searcher, &finder.handles);
                let lookup = Arc::new(lookup);
                let request = Request {
                    today: filters.today,
                    ..Request::new(Query::of_words(text))
                };
                let expanded = Expander::new(finder, view, &lookup, self.analyzer, &request)
                    .and_then(|expander| expander.expand(&plan, any));
                expanded.map_err(|error| finder.engine_error(error))?.0
            }
            _ => plan,
        };
        Ok((plan.concepts(), any))
    }

    /// Weights of text fields that an area's pieces give: a section weighs as its weightiest piece.
    fn area_weights(&self, members: &[(usize, f32)]) -> Weights {
        let pieces = Pieces::bundled();
        let mut weights = plain_weights(self.fields);
        for weight in &mut weights.fields {
            *weight = 0.0;
        }
        for (piece, weight) in members {
            let sections = sections_of(self.fields, pieces, &[*piece]);
            for section in sections.sure.iter().chain(&sections.maybe) {
                let known = &mut weights.fields[*section];
                *known = known.max(weight * pieces.scale);
            }
        }
        weights
    }

    fn leaf(&self, concept: &Arc<Concept>, asked: &Asked<'_>) -> PieceLeaf {
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
        let mut parts: Vec<Arc<dyn EngineQuery>> = Vec::new();
        let sure = self.concept_query(concept, &sections.sure, asked);
        parts.extend(
            sure.clone()
                .map(|query| Arc::new(query) as Arc<dyn EngineQuery>),
        );
        if let Some(maybe) = self.concept_query(concept, &sections.maybe, asked) {
            let test = words_test(concept, *coverage, &sections.checked);
            let check = self.check(
                key_of(concept, asked, &sections.checked),
                &sections.checked,
                &[],
                test,
            );
            let base: Box<dyn EngineQuery> = match &sure {
                Some(sure) => Box::new(BooleanQuery::new(vec![
                    (Occur::Must, Box::new(maybe) as Box<dyn EngineQuery>),
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
        let mut bases: Vec<Arc<dyn EngineQuery>> = Vec::new();
        bases.extend(
            found
                .clone()
                .map(|query| Arc::new(query) as Arc<dyn EngineQuery>),
        );
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
    ) -> Vec<Arc<dyn EngineQuery>> {
        let mut single = Concept::clone(concept);
        single
            .alternatives
            .retain(|writing| writing.terms.len() == 1);
        let mut several = Concept::clone(concept);
        several
            .alternatives
            .retain(|writing| writing.terms.len() > 1);
        let mut parts: Vec<Arc<dyn EngineQuery>> = self.indexed_candidates(&single, piece);
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
    fn indexed_candidates(&self, concept: &Concept, piece: usize) -> Vec<Arc<dyn EngineQuery>> {
        let Some(filters) = &self.filters else {
            return Vec::new();
        };
        let field = filters.finder.index.layout().pieces.words;
        let pieces = Pieces::bundled();
        let term = |word: &str| Term::from_field_text(field, &term_of_piece(pieces, piece, word));
        let mut words: Vec<Term> = Vec::new();
        let mut queries: Vec<Arc<dyn EngineQuery>> = Vec::new();
        for writing in &concept.alternatives {
            match writing.terms.as_slice() {
                [one] => words.push(term(&one.term)),
                several => {
                    let clauses = several.iter().map(|placed| {
                        let one = TermSetQuery::new([term(&placed.term)]);
                        (Occur::Must, Box::new(one) as Box<dyn EngineQuery>)
                    });
                    queries.push(Arc::new(BooleanQuery::new(clauses.collect())));
                }
            }
        }
        if !words.is_empty() {
            queries.push(Arc::new(TermSetQuery::new(words)));
        }
        queries
    }

    fn check(
        &self,
        key: String,
        wanted: &[usize],
        sizes: &[usize],
        test: RecordTest,
    ) -> Option<Arc<Check>> {
        let filters = self.filters.as_ref()?;
        Some(Arc::new(Check::new(
            key,
            wanted,
            sizes,
            test,
            filters.finder.index.clone(),
            filters.view.searcher.clone(),
            filters.finder.remembered.clone(),
        )))
    }

    /// One site that has it all: trials that have each part at any site, and then the site by its record.
    fn site(&mut self, node: &Node) -> Result<Plan, SearchError> {
        let candidates = self.anywhere(node)?;
        let mut wanted = Vec::new();
        let Some(test) = self.site_test(node, &mut wanted)? else {
            return Ok(Plan::Nothing);
        };
        // So that a site is seen that has nothing of what is looked for.
        wanted.extend(Pieces::bundled().piece("Location"));
        wanted.sort_unstable();
        wanted.dedup();
        let check = self.check(format!("site {node}"), &wanted, &[], RecordTest::Site(test));
        let check = Plan::Piece(Arc::new(PieceLeaf {
            parts: Vec::new(),
            check,
            scored: None,
        }));
        Ok(match candidates {
            Plan::All => check,
            Plan::And(mut plans) => {
                plans.push(check);
                Plan::And(plans)
            }
            plan => Plan::And(vec![plan, check]),
        })
    }

    /// What a trial has some of whose sites have all of it: the same without what must not be.
    fn anywhere(&mut self, node: &Node) -> Result<Plan, SearchError> {
        Ok(match node {
            Node::And { nodes } => {
                let mut plans = Vec::with_capacity(nodes.len());
                for node in nodes {
                    match self.anywhere(node)? {
                        Plan::All => {}
                        Plan::And(more) => plans.extend(more),
                        plan => plans.push(plan),
                    }
                }
                match plans.len() {
                    0 => Plan::All,
                    1 => plans.remove(0),
                    _ => Plan::And(plans),
                }
            }
            Node::Or { nodes } => {
                let plans: Result<Vec<Plan>, SearchError> =
                    nodes.iter().map(|node| self.anywhere(node)).collect();
                let plans = plans?;
                match plans.iter().any(|plan| matches!(plan, Plan::All)) {
                    true => Plan::All,
                    false => Plan::Or(plans),
                }
            }
            Node::Area {
                test: AreaTest::Missing,
                ..
            } => Plan::All,
            Node::Area { .. } => {
                let plan = self.pieces(node)?;
                match plan.is_dear() {
                    // The check of sites reads the same records.
                    true => Plan::All,
                    false => plan,
                }
            }
            Node::Tilt { node, .. } | Node::Site { node, .. } => self.anywhere(node)?,
            _ => Plan::All,
        })
    }

    fn site_test(
        &mut self,
        node: &Node,
        wanted: &mut Vec<usize>,
    ) -> Result<Option<SiteTest>, SearchError> {
        let each = |planner: &mut Self, nodes: &[Node], wanted: &mut Vec<usize>| {
            let mut tests = Vec::with_capacity(nodes.len());
            for node in nodes {
                tests.extend(planner.site_test(node, wanted)?);
            }
            Ok::<_, SearchError>(tests)
        };
        Ok(match node {
            Node::And { nodes } => Some(SiteTest::All(each(self, nodes, wanted)?)),
            Node::Or { nodes } => Some(SiteTest::AnyOf(each(self, nodes, wanted)?)),
            Node::Not { node, .. } => self
                .site_test(node, wanted)?
                .map(|test| SiteTest::Not(Box::new(test))),
            Node::Tilt { node, .. } | Node::Site { node, .. } => self.site_test(node, wanted)?,
            Node::Area { area, test, .. } => {
                let pieces = Pieces::bundled();
                let Some(searched) = pieces.resolve(area) else {
                    return Ok(None);
                };
                let members = pieces.members(searched);
                let members: Vec<usize> = members.iter().map(|(piece, _)| *piece).collect();
                wanted.extend(&members);
                let any = |test| SiteTest::Any(test, kinds(&members));
                Some(match test {
                    AreaTest::Missing => SiteTest::Missing(members.clone()),
                    AreaTest::Value { value } => any(ValueTest::AnyOf(vec![value.clone()])),
                    AreaTest::Flag { .. } | AreaTest::Range { .. } => {
                        return Ok(Some(SiteTest::AnyOf(Vec::new())));
                    }
                    AreaTest::Near { place, kilometres } => {
                        let circle = circle_of(place, kilometres.get());
                        match circle {
                            Some(circle) => any(ValueTest::Near(circle)),
                            None => return Ok(None),
                        }
                    }
                    AreaTest::Words {
                        text,
                        expansion,
                        coverage,
                        ..
                    } => {
                        if *expansion == Expansion::None {
                            return Ok(Some(any(ValueTest::Exactly {
                                text: text.clone(),
                                coverage: *coverage,
                            })));
                        }
                        let (concepts, or) = self.concepts_of(text, &[], *expansion, &members)?;
                        let tests = concepts.iter().map(|concept| {
                            any(ValueTest::Words {
                                concept: Concept::clone(concept),
                                coverage: *coverage,
                            })
                        });
                        match or {
                            true => SiteTest::AnyOf(tests.collect()),
                            false => SiteTest::All(tests.collect()),
                        }
                    }
                })
            }
            _ => None,
        })
    }

    fn tilt(&self, piece: &str) -> Option<Tilt> {
        let pieces = Pieces::bundled();
        let place = pieces
            .piece(piece)
            .filter(|place| has_column(pieces, *place))?;
        let piece = pieces.pieces[place].name;
        let filters = self.filters.as_ref()?;
        let mut ends: Option<(i64, i64)> = None;
        for segment in filters.view.searcher.segment_readers() {
            let column = segment
                .fast_fields()
                .column_opt::<i64>(&crate::schema::column_of(piece));
            if let Ok(Some(column)) = column {
                let (low, high) = (column.min_value(), column.max_value());
                ends = Some(ends.map_or((low, high), |(least, most)| {
                    (least.min(low), most.max(high))
                }));
            }
        }
        let (lowest, highest) = ends?;
        Some(Tilt {
            piece,
            lowest,
            highest,
        })
    }
}

/// What is wanted of the leaves of one term.
struct Asked<'a> {
    wanted: &'a [usize],
    sections: &'a Sections,
    lookup: &'a Arc<Lookup>,
    coverage: Coverage,
    exactly: Option<&'a str>,
}

impl Finder {
    /// The trials that have one of some NCT numbers, or had it before another.
    pub(crate) fn numbered(&self, view: &View, numbers: &[String]) -> Box<dyn EngineQuery> {
        let layout = self.index.layout();
        let term = |field, number: &String| Term::from_field_text(field, number);
        let own = TermSetQuery::new(numbers.iter().map(|number| term(layout.id, number)));
        let any = numbers
            .iter()
            .map(|number| Term::from_field_text(layout.ids, &TrialId::comparable(number)));
        let others = BooleanQuery::new(vec![
            (
                Occur::Must,
                Box::new(TermSetQuery::new(any)) as Box<dyn EngineQuery>,
            ),
            (Occur::MustNot, Box::new(own.clone())),
        ]);
        let pieces = Pieces::bundled();
        let wanted: Vec<usize> = ["NCTId", "NCTIdAlias"]
            .iter()
            .filter_map(|name| pieces.piece(name))
            .collect();
        let test = ValueTest::AnyOf(numbers.to_vec());
        let check = Check::new(
            format!("numbers {numbers:?}"),
            &wanted,
            &[],
            RecordTest::Any(test, kinds(&wanted)),
            self.index.clone(),
            view.searcher.clone(),
            self.remembered.clone(),
        );
        let mut parts: Vec<Arc<dyn EngineQuery>> = vec![Arc::new(own)];
        parts.extend(checked(Box::new(others), Some(Arc::new(check))));
        any_of(&parts)
    }
}

impl Filters<'_> {
    /// Trials with a site near a point.
    fn near_point(&self, place: &Place, kilometres: f64) -> Result<Plan, SearchError> {
        let Place::Coordinates {
            latitude,
            longitude,
        } = place
        else {
            return Ok(Plan::Nothing);
        };
        let place = self.finder.place(&format!("{latitude},{longitude}"))?;
        let filter = SiteFilter::new(place, kilometres);
        let near = self.finder.near(self.view, &filter)?;
        Ok(Plan::Near(Arc::new(NearFilter { filter, near })))
    }
}

fn circle_of(place: &Place, kilometres: f64) -> Option<Circle> {
    match place {
        Place::Coordinates {
            latitude,
            longitude,
        } => {
            Point::new(latitude.get(), longitude.get()).map(|point| Circle::new(point, kilometres))
        }
        Place::Named(_) => None,
    }
}

fn kinds(of: &[usize]) -> Kinds {
    let pieces = Pieces::bundled();
    of.iter()
        .map(|piece| (*piece, pieces.pieces[*piece].kind))
        .collect()
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

fn checked(base: Box<dyn EngineQuery>, check: Option<Arc<Check>>) -> Option<Arc<dyn EngineQuery>> {
    Some(Arc::new(JudgedQuery {
        base: base.into(),
        judge: Judge::Check(check?),
    }))
}

fn column_query(pieces: &Pieces, piece: usize, test: ColumnTest) -> ColumnQuery {
    let known = &pieces.pieces[piece];
    ColumnQuery {
        piece: known.name,
        is_text: matches!(known.kind, PieceKind::Enumeration(_)),
        test,
    }
}

/// Where a bound stands in the order of a piece's values.
fn place_of(bound: Bound, round: fn(f64) -> f64) -> i64 {
    match bound {
        Bound::Day(crate::query::Day(date)) => crate::trial::days_of(date),
        Bound::Minutes(minutes) => minutes,
        Bound::Number(number) => round(number.get()) as i64,
    }
}

/// The weights of the schema.
fn plain_weights(fields: &crate::schema::Fields) -> Weights {
    let Ranking { k1, b, rarity } = fields.ranking;
    Weights {
        k1,
        b,
        rarity,
        fields: fields.text.iter().map(|field| field.weight).collect(),
    }
}
