//! What a query may ask of a named piece of the record, or of an area of several pieces.

use std::fmt;

use serde::Serialize;

use super::filter::{Day, Ends};
use super::tree::{Finite, Place};

/// What is asked of a piece or an area.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "asked", rename_all = "snake_case")]
#[non_exhaustive]
pub enum AreaTest {
    /// Words.
    Words {
        /// The words, not analysed; at least one letter or digit.
        text: String,
        /// Whether they stood in quotes, and are wanted side by side.
        quoted: bool,
        /// What may stand for them.
        expansion: Expansion,
        /// How much of a value they must be.
        coverage: Coverage,
    },
    /// One value of an enumerated piece, as the API writes it.
    Value {
        /// The value.
        value: String,
    },
    /// Yes or no.
    Flag {
        /// Which.
        flag: bool,
    },
    /// A value from one end to another; never a missing one.
    Range {
        /// The ends.
        ends: Ends<Bound>,
    },
    /// No value at all.
    Missing,
    /// Coordinates near a point.
    Near {
        /// The point.
        place: Place,
        /// How far from it, in kilometres.
        kilometres: Finite,
    },
}

/// An end of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// A day.
    Day(Day),
    /// An age in minutes.
    Minutes(i64),
    /// A number.
    Number(Finite),
}

/// What may stand for the words of a term.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Expansion {
    /// Nothing: as written, capitals and accents included.
    None,
    /// Their endings and other writings, side by side.
    Term,
    /// Other names of the same thing as well.
    Concept,
    /// Its words apart as well.
    #[default]
    Relaxation,
    /// Some of its words as well.
    Lossy,
}

/// How much of a value a term must be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Coverage {
    /// A part of it.
    #[default]
    Contains,
    /// All of it.
    FullMatch,
    /// Its beginning.
    StartsWith,
    /// Its end.
    EndsWith,
}

impl Expansion {
    /// The choices by name.
    pub(super) const NAMES: [(&'static str, Expansion); 5] = [
        ("None", Expansion::None),
        ("Term", Expansion::Term),
        ("Concept", Expansion::Concept),
        ("Relaxation", Expansion::Relaxation),
        ("Lossy", Expansion::Lossy),
    ];
}

impl Coverage {
    /// The choices by name.
    pub(super) const NAMES: [(&'static str, Coverage); 4] = [
        ("Contains", Coverage::Contains),
        ("FullMatch", Coverage::FullMatch),
        ("StartsWith", Coverage::StartsWith),
        ("EndsWith", Coverage::EndsWith),
    ];

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        let known = Coverage::NAMES.iter().find(|(_, known)| *known == self);
        known.map_or("Contains", |(name, _)| name)
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Bound::Day(Day(date)) => date.fmt(out),
            Bound::Minutes(minutes) => write!(out, "{minutes} minutes"),
            Bound::Number(number) => number.fmt(out),
        }
    }
}

/// As the API's expression language writes it.
impl fmt::Display for AreaTest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AreaTest::Words {
                text,
                quoted,
                expansion,
                coverage,
            } => {
                if *expansion != Expansion::default() {
                    write!(out, "EXPANSION[{expansion:?}]")?;
                }
                if *coverage != Coverage::default() {
                    write!(out, "COVERAGE[{}]", coverage.name())?;
                }
                match quoted {
                    true => write!(out, "\"{}\"", text.replace(['\\', '"'], " ")),
                    false => out.write_str(text),
                }
            }
            AreaTest::Value { value } => write!(out, "\"{value}\""),
            AreaTest::Flag { flag } => flag.fmt(out),
            AreaTest::Range { ends } => {
                let end = |end: &Option<Bound>, open: &str| {
                    end.map_or_else(|| open.to_owned(), |end| end.to_string())
                };
                write!(
                    out,
                    "RANGE[{}, {}]",
                    end(&ends.from, "MIN"),
                    end(&ends.to, "MAX")
                )
            }
            AreaTest::Missing => out.write_str("MISSING"),
            AreaTest::Near { place, kilometres } => match place {
                Place::Named(name) => write!(out, "DISTANCE[{name}, {kilometres}km]"),
                Place::Coordinates {
                    latitude,
                    longitude,
                } => write!(out, "DISTANCE[{latitude}, {longitude}, {kilometres}km]"),
            },
        }
    }
}
