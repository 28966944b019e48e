//! The pieces of a study and the search areas, read from `index_schema/pieces.tsv` and `index_schema/areas.toml`.
//!
//! A piece is a data element by the name that queries, `fields` and `sort` of the ClinicalTrials.gov API v2 use; an area is a set
//! of pieces with weights that one parameter searches. Here is only what they are; `piece_values` reads them from a record.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use serde::Deserialize;

/// The bundled tables as they stand in the repository.
const PIECES: &str = include_str!("../../index_schema/pieces.tsv");
const AREAS: &str = include_str!("../../index_schema/areas.toml");

/// What the values of a piece are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PieceKind {
    /// None of its own: it holds other pieces.
    Struct,
    /// Words.
    Text,
    /// Words with Markdown.
    Markup,
    /// The name of a city or state.
    GeoName,
    /// An NCT number.
    Nct,
    /// One of some values, by its place in [`Pieces::enumerations`].
    Enumeration(usize),
    /// A day.
    Date,
    /// A day, month or year.
    PartialDate,
    /// A day and the time on it.
    DateTime,
    /// An age with its unit.
    Age,
    /// Yes or no.
    Boolean,
    /// A whole number.
    Integer,
    /// How many values a list has.
    Count,
    /// Degrees north and east.
    GeoPoint,
}

impl PieceKind {
    /// Whether its values are words, of which some are looked for.
    pub fn is_text(self) -> bool {
        matches!(
            self,
            PieceKind::Text | PieceKind::Markup | PieceKind::GeoName
        )
    }

    /// Whether its values have an order that a range goes by.
    pub fn is_ordered(self) -> bool {
        self.is_day() || matches!(self, PieceKind::Age | PieceKind::Integer | PieceKind::Count)
    }

    /// Whether its values are days or stretches of them.
    pub fn is_day(self) -> bool {
        matches!(
            self,
            PieceKind::Date | PieceKind::PartialDate | PieceKind::DateTime
        )
    }
}

/// A data element.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Its name.
    pub name: &'static str,
    /// Where it stands in a study: names apart by full stops.
    pub path: &'static str,
    /// What its values are.
    pub kind: PieceKind,
    /// Whether it may have several values.
    pub is_list: bool,
    /// The kind as the table writes it.
    pub source: &'static str,
}

/// The values of enumerated pieces.
#[derive(Clone, Debug)]
pub struct Enumeration {
    /// Its name in the API.
    pub name: String,
    /// Its values in their order.
    pub values: Vec<String>,
    /// What values were called before, where that is not made of their own words.
    pub former: FxHashMap<String, String>,
}

/// Pieces that are searched as one.
#[derive(Clone, Debug)]
pub struct Area {
    /// Its name.
    pub name: String,
    /// The parameter that searches it.
    pub param: Option<String>,
    /// What people call that.
    pub label: Option<String>,
    /// Its pieces, by their places in [`Pieces::pieces`], with their weights from 0 to 1.
    pub pieces: Vec<(usize, f32)>,
}

/// All pieces and areas.
#[derive(Debug)]
pub struct Pieces {
    /// The pieces in the order of a study.
    pub pieces: Vec<Piece>,
    /// The values of those that are enumerated.
    pub enumerations: Vec<Enumeration>,
    /// The areas.
    pub areas: Vec<Area>,
    /// What an area's weights are multiplied by to be weights of text fields.
    pub scale: f32,
    /// Pieces whose words are indexed one by one.
    pub indexed: Vec<usize>,
    /// Pieces for whose words other names of the same thing are searched as well.
    pub synonyms: Vec<usize>,
    by_name: FxHashMap<String, usize>,
}

/// What a name in a query stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Searched {
    /// A piece, by its place in [`Pieces::pieces`].
    Piece(usize),
    /// How many values a piece has: `Phase:size`.
    Size(usize),
    /// An area, by its place in [`Pieces::areas`].
    Area(usize),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AreasFile {
    scale: f32,
    indexed: Vec<String>,
    synonyms: Vec<String>,
    area: toml::Table,
    #[serde(rename = "enum")]
    enumerations: toml::Table,
    /// By enumeration, or for all of them, and value.
    former: BTreeMap<String, FxHashMap<String, String>>,
}

/// The former names that hold for every enumeration.
const ANY: &str = "any";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AreaEntry {
    param: Option<String>,
    label: Option<String>,
    pieces: Vec<(String, f32)>,
}

impl Pieces {
    /// The tables compiled in.
    pub fn bundled() -> &'static Pieces {
        static CELL: LazyLock<Pieces> = LazyLock::new(|| {
            Pieces::read(PIECES, AREAS).expect("the bundled tables are checked by a test")
        });
        &CELL
    }

    fn read(table: &'static str, areas: &str) -> Result<Pieces, String> {
        let file: AreasFile = toml::from_str(areas).map_err(|error| error.to_string())?;
        let mut enumerations = Vec::new();
        for (name, values) in file.enumerations {
            let values: Vec<String> = values
                .try_into()
                .map_err(|error| format!("enum.{name}: {error}"))?;
            let names = [ANY, &name].map(|of| file.former.get(of));
            let names = names.into_iter().flatten().flatten();
            let former = names
                .filter(|(value, _)| values.contains(value))
                .map(|(value, name)| (value.clone(), name.clone()));
            enumerations.push(Enumeration {
                former: former.collect(),
                name,
                values,
            });
        }
        for (of, names) in &file.former {
            let known = |value: &&String| {
                let mut known = enumerations
                    .iter()
                    .filter(|known| of == ANY || known.name == *of);
                known.any(|known| known.values.contains(value))
            };
            if let Some(unknown) = names.keys().find(|value| !known(value)) {
                return Err(format!("former.{of}: no value `{unknown}`"));
            }
        }
        let mut pieces = Vec::new();
        let mut by_name = FxHashMap::default();
        let lines = table.lines().filter(|line| !line.starts_with('#'));
        for line in lines {
            let mut cells = line.split('\t');
            let (Some(name), Some(path), Some(source)) = (cells.next(), cells.next(), cells.next())
            else {
                return Err(format!("not a name, path and kind: `{line}`"));
            };
            let single = source.strip_suffix("[]").unwrap_or(source);
            let kind = kind_of(single, &enumerations)
                .ok_or_else(|| format!("unknown kind `{source}` of `{name}`"))?;
            let number = pieces.len();
            if by_name.insert(name.to_lowercase(), number).is_some() {
                return Err(format!("the piece `{name}` is given twice"));
            }
            if kind != PieceKind::Count {
                by_name.insert(path.to_lowercase(), number);
            }
            pieces.push(Piece {
                name,
                path,
                kind,
                is_list: source != single,
                source,
            });
        }
        let place = |name: &String| {
            let place = by_name.get(&name.to_lowercase()).copied();
            place.ok_or_else(|| format!("unknown piece `{name}`"))
        };
        let mut found = Vec::new();
        for (name, entry) in file.area {
            let entry: AreaEntry = entry
                .try_into()
                .map_err(|error| format!("area.{name}: {error}"))?;
            let members = entry.pieces.iter();
            let members = members.map(|(piece, weight)| Ok((place(piece)?, *weight)));
            found.push(Area {
                pieces: members.collect::<Result<_, String>>()?,
                param: entry.param,
                label: entry.label,
                name,
            });
        }
        Ok(Pieces {
            indexed: file.indexed.iter().map(place).collect::<Result<_, _>>()?,
            synonyms: file.synonyms.iter().map(place).collect::<Result<_, _>>()?,
            scale: file.scale,
            areas: found,
            enumerations,
            pieces,
            by_name,
        })
    }

    /// What a piece's name or path, or an area's name, stands for, in any case.
    pub fn resolve(&self, name: &str) -> Option<Searched> {
        let same = |area: &Area| area.name.eq_ignore_ascii_case(name);
        if let Some(area) = self.areas.iter().position(same) {
            return Some(Searched::Area(area));
        }
        if let Some(list) = name.strip_suffix(":size") {
            return self.piece(list).map(Searched::Size);
        }
        self.piece(name).map(Searched::Piece)
    }

    /// The place of a piece by its name or path, in any case.
    pub fn piece(&self, name: &str) -> Option<usize> {
        self.by_name.get(&name.to_lowercase()).copied()
    }

    /// The area that a parameter searches.
    pub fn area_of_param(&self, param: &str) -> Option<usize> {
        self.areas
            .iter()
            .position(|area| area.param.as_deref() == Some(param))
    }

    /// The pieces of what is searched, with their weights; one piece weighs 1.
    pub fn members(&self, searched: Searched) -> Vec<(usize, f32)> {
        match searched {
            Searched::Piece(piece) | Searched::Size(piece) => vec![(piece, 1.0)],
            Searched::Area(area) => self.areas[area].pieces.clone(),
        }
    }

    /// The name of what is searched.
    pub fn name(&self, searched: Searched) -> String {
        match searched {
            Searched::Piece(piece) => self.pieces[piece].name.to_owned(),
            Searched::Size(piece) => format!("{}:size", self.pieces[piece].name),
            Searched::Area(area) => self.areas[area].name.clone(),
        }
    }

    /// The values that an enumerated piece may have; none for others.
    pub fn values_of(&self, piece: usize) -> &[String] {
        match self.pieces[piece].kind {
            PieceKind::Enumeration(place) => &self.enumerations[place].values,
            _ => &[],
        }
    }
}

fn kind_of(source: &str, enumerations: &[Enumeration]) -> Option<PieceKind> {
    Some(match source {
        "struct" => PieceKind::Struct,
        "text" => PieceKind::Text,
        "markup" => PieceKind::Markup,
        "GeoName" => PieceKind::GeoName,
        "nct" => PieceKind::Nct,
        "date" => PieceKind::Date,
        "PartialDate" => PieceKind::PartialDate,
        "DateTimeMinutes" => PieceKind::DateTime,
        "NormalizedTime" => PieceKind::Age,
        "boolean" => PieceKind::Boolean,
        "integer" => PieceKind::Integer,
        "count" => PieceKind::Count,
        "GeoPoint" => PieceKind::GeoPoint,
        other => {
            let name = other.strip_prefix("enum ")?;
            let place = enumerations.iter().position(|known| known.name == name)?;
            PieceKind::Enumeration(place)
        }
    })
}

/// A value of an enumeration, and what people write for it, so that the two compare: letters and digits in upper case.
pub fn comparable_value(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_uppercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_tables_are_sound() {
        let pieces = Pieces::read(PIECES, AREAS).unwrap();
        assert_eq!(pieces.areas.len(), 19);
        let area = |name: &str| match pieces.resolve(name) {
            Some(Searched::Area(area)) => pieces.areas[area].pieces.len(),
            other => panic!("{name} is {other:?}"),
        };
        assert_eq!(area("BasicSearch"), 57);
        assert_eq!(area("patientsearch"), 47);
        let piece = |name: &str| pieces.piece(name).map(|piece| pieces.pieces[piece].path);
        assert_eq!(
            piece("NCTId"),
            Some("protocolSection.identificationModule.nctId")
        );
        assert_eq!(
            piece("protocolsection.designmodule.phases"),
            piece("Phase"),
            "paths are names too"
        );
        assert!(matches!(
            pieces.resolve("Phase:size"),
            Some(Searched::Size(_))
        ));
        assert_eq!(pieces.resolve("Phases"), None);
    }
}
