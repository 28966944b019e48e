//! What one site of a record must have, all of it at once.

use crate::schema::{PieceKind, PieceReader, PieceValue};
use crate::search::pieces::test::ValueTest;

/// What a site must have.
#[derive(Debug)]
pub(super) enum SiteTest {
    /// A value that passes, in any of some pieces, each with its kind.
    Any(ValueTest, Vec<(usize, PieceKind)>),
    /// Nothing in any of some pieces.
    Missing(Vec<usize>),
    All(Vec<SiteTest>),
    AnyOf(Vec<SiteTest>),
    Not(Box<SiteTest>),
}

/// A value with its piece.
type Held = (usize, Owned);

/// A value that outlives the text that it was read from.
type Owned = PieceValue<'static>;

impl SiteTest {
    /// Whether a record has such a site.
    pub(super) fn passes(&self, reader: &PieceReader, json: &[u8]) -> bool {
        let mut sites: Vec<Vec<Held>> = Vec::new();
        reader.read(json, &mut |found| {
            let Some(site) = found.site else { return };
            if sites.len() <= site {
                sites.resize_with(site + 1, Vec::new);
            }
            sites[site].push((found.piece, owned(found.value)));
        });
        sites.iter().any(|site| self.holds(site))
    }

    fn holds(&self, site: &[Held]) -> bool {
        match self {
            SiteTest::Any(test, pieces) => site.iter().any(|(piece, value)| {
                let kind = pieces.iter().find(|(known, _)| known == piece);
                kind.is_some_and(|(_, kind)| test.admits(*kind, value))
            }),
            SiteTest::Missing(pieces) => !site.iter().any(|(piece, value)| {
                pieces.contains(piece) && ValueTest::Anything.admits(PieceKind::Text, value)
            }),
            SiteTest::All(tests) => tests.iter().all(|test| test.holds(site)),
            SiteTest::AnyOf(tests) => tests.iter().any(|test| test.holds(site)),
            SiteTest::Not(test) => !test.holds(site),
        }
    }
}

fn owned(value: PieceValue<'_>) -> Owned {
    match value {
        PieceValue::Text(text) => PieceValue::Text(text.into_owned().into()),
        PieceValue::Number(number) => PieceValue::Number(number),
        PieceValue::Flag(flag) => PieceValue::Flag(flag),
        PieceValue::Count(count) => PieceValue::Count(count),
        PieceValue::Point(lat, lon) => PieceValue::Point(lat, lon),
        PieceValue::Present => PieceValue::Present,
    }
}
