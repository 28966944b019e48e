//! The areas and pieces of the public API as names that an expression may use.

use crate::query::essie::{AreaKind, AreaNames};
use crate::schema::{PieceKind, Pieces, Searched};

impl AreaNames for Pieces {
    fn area(&self, name: &str) -> Option<(String, AreaKind)> {
        let searched = self.resolve(name)?;
        let kind = match searched {
            Searched::Size(_) => AreaKind::Numbers,
            Searched::Piece(piece) => {
                let values = || AreaKind::Values {
                    path: self.pieces[piece].path.to_owned(),
                    values: self.values_of(piece).to_vec(),
                };
                match self.pieces[piece].kind {
                    PieceKind::Struct => AreaKind::Struct,
                    PieceKind::Text | PieceKind::Markup | PieceKind::GeoName | PieceKind::Nct => {
                        AreaKind::Words
                    }
                    PieceKind::Enumeration(_) => values(),
                    PieceKind::Date | PieceKind::PartialDate | PieceKind::DateTime => {
                        AreaKind::Days
                    }
                    PieceKind::Age => AreaKind::Ages,
                    PieceKind::Boolean => AreaKind::Flag,
                    PieceKind::Integer | PieceKind::Count => AreaKind::Numbers,
                    PieceKind::GeoPoint => AreaKind::Point,
                }
            }
            Searched::Area(area) => {
                let members = &self.areas[area].pieces;
                let kinds = members.iter().map(|(piece, _)| self.pieces[*piece].kind);
                let are_values = kinds
                    .clone()
                    .all(|kind| matches!(kind, PieceKind::Enumeration(_)));
                match are_values {
                    false => AreaKind::Words,
                    true => {
                        let mut values: Vec<String> = Vec::new();
                        for (piece, _) in members {
                            for value in self.values_of(*piece) {
                                if !values.contains(value) {
                                    values.push(value.clone());
                                }
                            }
                        }
                        AreaKind::Values {
                            path: self.areas[area].name.clone(),
                            values,
                        }
                    }
                }
            }
        };
        Some((self.name(searched), kind))
    }

    fn is_of_location(&self, name: &str) -> bool {
        let Some(searched) = self.resolve(name) else {
            return false;
        };
        let is_site = |path: &str| path.contains(".locations.") || path.ends_with(".locations");
        !matches!(searched, Searched::Size(_))
            && self
                .members(searched)
                .iter()
                .all(|(piece, _)| is_site(self.pieces[*piece].path))
    }
}
