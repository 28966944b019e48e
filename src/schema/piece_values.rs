//! Values of pieces, read from the JSON text of a record; what is not wanted is passed over unread.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::schema::pieces::{PieceKind, Pieces};

/// A value as it stands in a record.
#[derive(Clone, Debug, PartialEq)]
pub enum PieceValue<'t> {
    /// A text, with its escapes taken out.
    Text(Cow<'t, str>),
    /// A number.
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// How many values a list has.
    Count(u64),
    /// Degrees north and east.
    Point(f64, f64),
    /// There is something below it.
    Present,
}

/// A value, with what it is of.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundValue<'t> {
    /// The piece, by its place in [`Pieces::pieces`].
    pub piece: usize,
    /// The place of the site that it belongs to among the record's sites, if it belongs to one.
    pub site: Option<usize>,
    /// The value.
    pub value: PieceValue<'t>,
}

/// Reads the values of some pieces. Made once for many records.
#[derive(Debug)]
pub struct PieceReader {
    root: Step,
    results: bool,
}

/// One name on the way to the wanted pieces.
#[derive(Debug, Default)]
struct Step {
    below: Vec<(&'static str, Step)>,
    /// A piece whose values stand here.
    value: Option<usize>,
    /// A piece that is there if anything stands here.
    present: Option<usize>,
    /// A piece, or a size, that is the number of values here.
    count: Vec<usize>,
    is_point: bool,
    is_site: bool,
}

impl PieceReader {
    /// Reads the values of some pieces, by their places, and for some others only how many they have.
    pub fn new(pieces: &Pieces, wanted: &[usize], sizes: &[usize]) -> PieceReader {
        let mut reader = PieceReader {
            root: Step::default(),
            results: false,
        };
        let wanted = wanted.iter().map(|piece| (*piece, false));
        for (piece, size) in wanted.chain(sizes.iter().map(|piece| (*piece, true))) {
            let Some(known) = pieces.pieces.get(piece) else {
                continue;
            };
            reader.results |= known.path.starts_with("resultsSection");
            let mut step = &mut reader.root;
            for name in known.path.split('.') {
                let place = match step.below.iter().position(|(known, _)| *known == name) {
                    Some(place) => place,
                    None => {
                        step.below.push((name, Step::default()));
                        step.below.len() - 1
                    }
                };
                step = &mut step.below[place].1;
                step.is_site |= name == "locations";
            }
            match known.kind {
                _ if size => step.count.push(piece),
                PieceKind::Count => step.count.push(piece),
                PieceKind::Struct => step.present = Some(piece),
                PieceKind::GeoPoint => {
                    step.value = Some(piece);
                    step.is_point = true;
                }
                _ => step.value = Some(piece),
            }
        }
        reader
    }

    /// Whether what is wanted may stand in the results, which are stored apart.
    pub fn wants_results(&self) -> bool {
        self.results
    }

    /// Gives the values that a record has. What is not as the API writes it is passed over.
    pub fn read<'t>(&self, json: &'t [u8], sink: &mut dyn FnMut(FoundValue<'t>)) {
        // Checked as a whole and not string by string, which takes longer.
        let Ok(json) = std::str::from_utf8(json) else {
            return;
        };
        let mut json = serde_json::Deserializer::from_str(json);
        let walk = Walk {
            step: &self.root,
            site: None,
            sink,
        };
        // A record that is stored was read before; one that is damaged has no values.
        let _ = walk.deserialize(&mut json);
    }
}

struct Walk<'s, 't, 'f> {
    step: &'s Step,
    site: Option<usize>,
    sink: &'f mut dyn FnMut(FoundValue<'t>),
}

impl<'t> Walk<'_, 't, '_> {
    fn give(&mut self, piece: Option<usize>, value: impl FnOnce() -> PieceValue<'t>) {
        if let Some(piece) = piece {
            (self.sink)(FoundValue {
                piece,
                site: self.site,
                value: value(),
            });
        }
    }

    fn text(mut self, text: impl FnOnce() -> Cow<'t, str>) {
        self.give(self.step.value, || PieceValue::Text(text()));
        self.give(self.step.present, || PieceValue::Present);
    }

    fn number(mut self, number: f64) {
        self.give(self.step.value, || PieceValue::Number(number));
        self.give(self.step.present, || PieceValue::Present);
    }
}

impl<'t> DeserializeSeed<'t> for Walk<'_, 't, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'t> Visitor<'t> for Walk<'_, 't, '_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("any JSON")
    }

    fn visit_borrowed_str<E>(self, text: &'t str) -> Result<(), E> {
        self.text(|| Cow::Borrowed(text));
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.text(|| Cow::Owned(text.to_owned()));
        Ok(())
    }

    fn visit_bool<E>(mut self, flag: bool) -> Result<(), E> {
        self.give(self.step.value, || PieceValue::Flag(flag));
        self.give(self.step.present, || PieceValue::Present);
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.number(number as f64);
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        self.number(number as f64);
        Ok(())
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        self.number(number);
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'t>>(mut self, mut values: A) -> Result<(), A::Error> {
        let mut number = 0;
        loop {
            let walk = Walk {
                step: self.step,
                site: match self.step.is_site {
                    true => Some(number),
                    false => self.site,
                },
                sink: &mut *self.sink,
            };
            if values.next_element_seed(walk)?.is_none() {
                break;
            }
            number += 1;
        }
        for piece in &self.step.count {
            self.give(Some(*piece), || PieceValue::Count(number as u64));
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'t>>(mut self, mut object: A) -> Result<(), A::Error> {
        let mut point: (Option<f64>, Option<f64>) = (None, None);
        let mut is_empty = true;
        let mut next = 0;
        while let Some(key) = object.next_key_seed(Key(self.step, next))? {
            is_empty = false;
            match key {
                Named::Below(place) => {
                    next = place + 1;
                    object.next_value_seed(Walk {
                        step: &self.step.below[place].1,
                        site: self.site,
                        sink: &mut *self.sink,
                    })?;
                }
                Named::North => point.0 = object.next_value()?,
                Named::East => point.1 = object.next_value()?,
                Named::Other => {
                    object.next_value::<IgnoredAny>()?;
                }
            }
        }
        if let (Some(lat), Some(lon)) = point {
            self.give(self.step.value, || PieceValue::Point(lat, lon));
        }
        if !is_empty {
            self.give(self.step.present, || PieceValue::Present);
        }
        Ok(())
    }
}

/// Reads a name without keeping it. It is looked for from a place on, since records have names in the order of the documentation, as
/// the pieces are.
struct Key<'s>(&'s Step, usize);

/// What a name leads to.
enum Named {
    Below(usize),
    North,
    East,
    Other,
}

impl<'t> DeserializeSeed<'t> for Key<'_> {
    type Value = Named;

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<Named, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Named;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Named, E> {
        let Key(step, next) = self;
        let (before, behind) = step.below.split_at(next);
        let find = |below: &[(&str, Step)]| below.iter().position(|(known, _)| *known == name);
        let place = find(behind)
            .map(|place| next + place)
            .or_else(|| find(before));
        Ok(match (place, name) {
            (Some(place), _) => Named::Below(place),
            (None, "lat") if step.is_point => Named::North,
            (None, "lon") if step.is_point => Named::East,
            _ => Named::Other,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_with_their_sites() {
        let pieces = Pieces::bundled();
        let piece = |name: &str| pieces.piece(name).unwrap();
        let names = [
            "Phase",
            "LocationCity",
            "Location",
            "LocationGeoPoint",
            "HasResults",
            "NumPhases",
        ];
        let wanted: Vec<usize> = names.iter().map(|name| piece(name)).collect();
        let reader = PieceReader::new(pieces, &wanted, &[piece("Location")]);
        assert!(!reader.wants_results());
        let json = br#"{"protocolSection":{"designModule":{"phases":["PHASE1","PHASE2"],"studyType":"X"},
            "contactsLocationsModule":{"locations":[{"city":"Ly\u006fn","geoPoint":{"lat":45.7,"lon":4}},{},{"city":"Bern"}]}},
            "hasResults":false}"#;
        let mut found = Vec::new();
        reader.read(json, &mut |value| {
            let name = pieces.pieces[value.piece].name;
            found.push(format!("{name} {:?} {:?}", value.site, value.value));
        });
        assert_eq!(
            found,
            [
                "Phase None Text(\"PHASE1\")",
                "Phase None Text(\"PHASE2\")",
                "NumPhases None Count(2)",
                "LocationCity Some(0) Text(\"Lyon\")",
                "LocationGeoPoint Some(0) Point(45.7, 4.0)",
                "Location Some(0) Present",
                "LocationCity Some(2) Text(\"Bern\")",
                "Location Some(2) Present",
                "Location None Count(3)",
                "HasResults None Flag(false)",
            ]
        );
    }
}
