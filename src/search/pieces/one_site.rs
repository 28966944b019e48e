//! `SEARCH[Location]`: one site that has it all. Trials that have each part at some site are found first, and of these the records
//! tell whether it is the same one.

use std::sync::Arc;

use crate::place::{Circle, Point};
use crate::query::{AreaTest, Expansion, Node, Place};
use crate::schema::Pieces;
use crate::search::concept::Concept;
use crate::search::finder::SearchError;
use crate::search::lower::{Plan, Planner};
use crate::search::pieces::check::RecordTest;
use crate::search::pieces::leaf::PieceLeaf;
use crate::search::pieces::lower::kinds;
use crate::search::pieces::sites::SiteTest;
use crate::search::pieces::test::ValueTest;

impl Planner<'_> {
    /// One site that has it all: trials that have each part at any site, and then the site by its record.
    pub(super) fn site(&mut self, node: &Node) -> Result<Plan, SearchError> {
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
