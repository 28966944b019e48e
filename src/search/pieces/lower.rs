//! What is asked of an area or a piece, made a plan: which columns and sections of the index answer it, and what is left to the
//! records. How words become a leaf, `words` says; how one site has it all, `one_site`.

use std::sync::Arc;

use tantivy::Term;
use tantivy::query::{BooleanQuery, Occur, Query as EngineQuery};

use crate::query::{AreaTest, Bound, Coverage, Expansion, Node, Place, Query};
use crate::schema::{PieceKind, Pieces, Ranking, Searched, has_column};
use crate::search::concept::Concept;
use crate::search::expand::Expander;
use crate::search::finder::{Finder, SearchError, View};
use crate::search::lookup::Lookup;
use crate::search::lower::{Filters, NearFilter, Plan, Planner};
use crate::search::pieces::check::{Check, RecordTest};
use crate::search::pieces::judged::{Judge, JudgedQuery};
use crate::search::pieces::leaf::{ColumnQuery, ColumnTest, PieceLeaf, any_of};
use crate::search::pieces::sections::sections_of;
use crate::search::pieces::terms::any_term;
use crate::search::pieces::test::ValueTest;
use crate::search::pieces::tilt::Tilt;
use crate::search::pieces::words::Asked;
use crate::search::request::Request;
use crate::search::sites::SiteFilter;
use crate::search::weights::Weights;
use crate::trial::TrialId;

/// A piece with its kind, as tests of records want it.
pub(super) type Kinds = Vec<(usize, PieceKind)>;

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
        let lookup = Lookup::new(self.area_weights(&members), &filters.view.texts);
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
    pub(super) fn concepts_of(
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
                let lookup = Lookup::new(weights, &view.texts);
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

    pub(super) fn check(
        &self,
        key: String,
        wanted: &[usize],
        sizes: &[usize],
        test: RecordTest,
    ) -> Option<Arc<Check>> {
        let filters = self.filters.as_ref()?;
        Some(Arc::new(Check::new(
            key,
            (wanted, sizes),
            test,
            (filters.finder, &filters.view.searcher),
            &filters.patience,
        )))
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

impl Finder {
    /// The trials that have one of some NCT numbers, or had it before another.
    pub(crate) fn numbered(&self, view: &View, numbers: &[String]) -> Box<dyn EngineQuery> {
        let layout = self.index.layout();
        let term = |field, number: &String| Term::from_field_text(field, number);
        let own = any_term(numbers.iter().map(|number| term(layout.id, number)));
        let any = numbers
            .iter()
            .map(|number| Term::from_field_text(layout.ids, &TrialId::comparable(number)));
        let others = BooleanQuery::new(vec![
            (Occur::Must, any_term(any)),
            (Occur::MustNot, own.box_clone()),
        ]);
        let pieces = Pieces::bundled();
        let wanted: Vec<usize> = ["NCTId", "NCTIdAlias"]
            .iter()
            .filter_map(|name| pieces.piece(name))
            .collect();
        let test = ValueTest::AnyOf(numbers.to_vec());
        let check = Check::new(
            format!("numbers {numbers:?}"),
            (&wanted, &[]),
            RecordTest::Any(test, kinds(&wanted)),
            (self, &view.searcher),
            // The index says which few these are.
            &Arc::default(),
        );
        let mut parts: Vec<Arc<dyn EngineQuery>> = vec![own.into()];
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
        Ok(Plan::Near(Arc::new(NearFilter {
            typed: String::new(),
            filter,
            near,
            statuses: Vec::new(),
        })))
    }
}

pub(super) fn kinds(of: &[usize]) -> Kinds {
    let pieces = Pieces::bundled();
    of.iter()
        .map(|piece| (*piece, pieces.pieces[*piece].kind))
        .collect()
}

pub(super) fn checked(
    base: Box<dyn EngineQuery>,
    check: Option<Arc<Check>>,
) -> Option<Arc<dyn EngineQuery>> {
    Some(Arc::new(JudgedQuery {
        base: base.into(),
        judge: Judge::Check(check?),
        reads_all: false,
    }))
}

pub(super) fn column_query(pieces: &Pieces, piece: usize, test: ColumnTest) -> ColumnQuery {
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
