//! Which point a typed place means: coordinates, or a town with as much of its region and country as is typed.
//!
//! Never a guess in silence: a name that several towns have is taken as the largest and the others are told; a name that no
//! town has is an error with the nearest spellings.

use serde::{Deserialize, Serialize};

use crate::analysis::letters_apart;
use crate::index::TaughtPlace;
use crate::place::{Gazetteer, Point, Town, names_of};
use crate::search::finder::{Finder, SearchError};

/// Other towns of the same name are told if they are at least so large a part of the one that was taken.
const WORTH_TELLING: u32 = 100;

/// The most of them.
const MOST_OTHERS: usize = 4;

/// The most spellings that are offered.
const MOST_SPELLINGS: usize = 3;

/// Towns that are so near to each other are one, in kilometres.
const ONE_TOWN_KM: f64 = 25.0;

/// A place that was asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// What was typed.
    pub typed: String,
    /// The town with its country (and state, where states tell towns apart), or the coordinates.
    pub name: String,
    /// Where it is.
    #[serde(flatten)]
    pub point: Point,
    /// Other towns of that name, largest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<String>,
}

impl Finder {
    /// The place that a text means: `45.76,4.84` (degrees north and east), `Lyon`, `Lyon, France`, `Paris, TX`.
    ///
    /// # Errors
    /// [`SearchError::UnknownPlace`] if it is none, with what may have been meant.
    pub fn place(&self, typed: &str) -> Result<Place, SearchError> {
        let typed = typed.trim();
        let unknown = |reason: String, hint: String| SearchError::UnknownPlace {
            place: typed.to_owned(),
            reason,
            hint,
        };
        if let Some(numbers) = coordinates(typed) {
            let [lat, lon] = numbers;
            let point = Point::new(lat, lon).ok_or_else(|| {
                unknown(
                    "no such coordinates".to_owned(),
                    "degrees north (-90 to 90), a comma, degrees east (-180 to 180)".to_owned(),
                )
            })?;
            return Ok(Place {
                typed: typed.to_owned(),
                name: format!("{lat}, {lon}"),
                point,
                others: Vec::new(),
            });
        }
        let gazetteer = Gazetteer::bundled();
        let (city, behind) = match typed.split_once(',') {
            Some((city, behind)) => (
                city.trim(),
                behind
                    .split(',')
                    .map(str::trim)
                    .filter(|part| !part.is_empty())
                    .collect(),
            ),
            None => (typed, Vec::new()),
        };
        let names = names_of(city);
        let mut found: Vec<Found> = Vec::new();
        let mut taught: Option<Vec<TaughtPlace>> = None;
        for name in &names {
            found = gazetteer
                .likely(name)
                .into_iter()
                .map(Found::of_town)
                .collect();
            if found.is_empty() {
                let taught = match &taught {
                    Some(taught) => taught,
                    None => taught.insert(self.index.places_taught(&self.index.searcher())?),
                };
                let places = taught.iter().filter(|place| place.city == *name);
                found = places.map(|place| Found::of_record(place, city)).collect();
            }
            if !found.is_empty() {
                break;
            }
        }
        if found.is_empty() {
            return Err(match large_area(city) {
                Some(hint) => unknown("no town".to_owned(), hint),
                None => unknown(
                    "no town of that name is known".to_owned(),
                    nearest_spellings(&names),
                ),
            });
        }
        for part in &behind {
            let within: Vec<Found> = found
                .iter()
                .filter(|town| town.is_in(part))
                .cloned()
                .collect();
            if within.is_empty() {
                let there: Vec<String> = apart(&found)
                    .iter()
                    .take(MOST_OTHERS)
                    .map(Found::label)
                    .collect();
                return Err(unknown(
                    format!("no {city} in `{part}` is known"),
                    format!("there is {}", there.join("; ")),
                ));
            }
            found = within;
        }
        let towns = apart(&found);
        let Some(first) = towns.first() else {
            return Err(unknown("no town".to_owned(), "name a town".to_owned()));
        };
        let worth = |town: &&Found| {
            town.by_own_name && town.inhabitants.saturating_mul(WORTH_TELLING) >= first.inhabitants
        };
        let others = towns[1..].iter().filter(worth).take(MOST_OTHERS);
        Ok(Place {
            typed: typed.to_owned(),
            name: first.label(),
            point: first.point,
            others: others.map(Found::label).collect(),
        })
    }
}

/// A place that a name may mean.
#[derive(Clone, Debug)]
struct Found {
    name: String,
    country: String,
    region: String,
    point: Point,
    inhabitants: u32,
    by_own_name: bool,
}

impl Found {
    fn of_town(town: Town) -> Found {
        Found {
            name: town.name.to_owned(),
            country: town.country.to_owned(),
            region: town.region.to_owned(),
            point: town.point,
            inhabitants: town.inhabitants,
            by_own_name: town.by_own_name,
        }
    }

    fn of_record(place: &TaughtPlace, typed: &str) -> Found {
        Found {
            name: typed.to_owned(),
            country: place.country.clone(),
            region: place.region.clone(),
            point: place.point,
            inhabitants: 0,
            by_own_name: true,
        }
    }

    /// Whether it is in a country or region, by name or letters.
    fn is_in(&self, part: &str) -> bool {
        let gazetteer = Gazetteer::bundled();
        gazetteer.country(part) == Some(&self.country)
            || (part.len() == 2 && part.eq_ignore_ascii_case(&self.country))
            || gazetteer.region(&self.country, part) == Some(&self.region)
    }

    /// `Lyon, France`; `Paris, Texas, United States`.
    fn label(&self) -> String {
        let country = Gazetteer::bundled()
            .country_name(&self.country)
            .unwrap_or(&self.country);
        match self.country.as_str() {
            "US" | "CA" | "AU" if !self.region.is_empty() => {
                format!("{}, {}, {country}", self.name, with_capitals(&self.region))
            }
            _ => format!("{}, {country}", self.name),
        }
    }
}

/// Without those that are parts or doubles of one before them.
fn apart(found: &[Found]) -> Vec<Found> {
    let mut kept: Vec<Found> = Vec::new();
    for town in found {
        if kept
            .iter()
            .all(|known| known.point.kilometres(town.point) > ONE_TOWN_KM)
        {
            kept.push(town.clone());
        }
    }
    kept
}

fn coordinates(typed: &str) -> Option<[f64; 2]> {
    let (lat, lon) = typed.split_once([',', ';'])?;
    Some([lat.trim().parse().ok()?, lon.trim().parse().ok()?])
}

fn with_capitals(folded: &str) -> String {
    let words = folded.split(' ').map(|word| {
        let mut letters = word.chars();
        match letters.next() {
            Some(first) if !matches!(word, "of" | "and") => {
                first.to_uppercase().chain(letters).collect()
            }
            _ => word.to_owned(),
        }
    });
    words.collect::<Vec<String>>().join(" ")
}

/// What to do about a name that is no town but something larger.
fn large_area(name: &str) -> Option<String> {
    let gazetteer = Gazetteer::bundled();
    if gazetteer.country(name).is_some() {
        return Some(format!(
            "`{name}` is a country: `--country \"{name}\"`, or name a town in it"
        ));
    }
    let is_region = !gazetteer.regions(name).is_empty();
    is_region.then(|| {
        format!("`{name}` is a region: `location:\"{name}\"` in the query, or name a town in it")
    })
}

fn nearest_spellings(names: &[String]) -> String {
    let Some(name) = names.first() else {
        return "name a town, as in `Lyon, France`, or coordinates, as in `45.76,4.84`".to_owned();
    };
    let length = name.chars().count();
    let most = if length < 5 { 1 } else { 2 };
    let mut near: Vec<(usize, std::cmp::Reverse<u32>, String)> = Vec::new();
    // People seldom get the first letter wrong, and the towns are in the order of their letters.
    let start: String = name.chars().take(1).collect();
    for (key, town) in Gazetteer::bundled().towns_from(&start) {
        if key.chars().count().abs_diff(length) <= most {
            let edits = letters_apart(name, key);
            if edits <= most {
                let edits = edits * 2 + usize::from(!town.by_own_name);
                near.push((
                    edits,
                    std::cmp::Reverse(town.inhabitants),
                    Found::of_town(town).label(),
                ));
            }
        }
    }
    near.sort();
    near.dedup_by(|a, b| a.2 == b.2);
    let near: Vec<String> = near
        .into_iter()
        .take(MOST_SPELLINGS)
        .map(|(_, _, label)| format!("`{label}`"))
        .collect();
    if near.is_empty() {
        "name a larger town near it, or coordinates, as in `45.76,4.84`".to_owned()
    } else {
        format!("did you mean {}?", near.join(" or "))
    }
}
