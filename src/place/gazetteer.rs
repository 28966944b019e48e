//! The bundled towns: which town a name in a country means. The file and its making: `gazetteer/`.
//!
//! The towns stay one text, in the order of their folded names; a look-up is a binary search in it. Unpacking it takes some
//! 10 ms, which only those pay who ask.

use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use rustc_hash::FxHashMap;

use crate::place::name::{fold, names_of};
use crate::place::point::{Circle, Point};

/// Whose data the towns are.
pub const ATTRIBUTION: &str = "GeoNames, CC BY 4.0 (shortened)";

pub(super) static PACKED: &[u8] = include_bytes!("../../gazetteer/places.tsv.zst");

/// More than the unpacked file, in bytes.
const MOST_BYTES: usize = 16 << 20;

/// In a country, another name of a town so many times as large is what is meant: Rome by Roma, not a village of that name.
const TIMES_IN_COUNTRY: u64 = 50;

/// The same without a country: the other names of all large towns of the world are many.
const TIMES_IN_WORLD: u64 = 10;

/// Towns that a record's own coordinates are checked by, in inhabitants: their names are not taken by others.
const LARGE: u32 = 100_000;

/// Coordinates that are farther from every town of the name are those of something else, in kilometres.
const FAR_KM: f64 = 50.0;

/// A town.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Town {
    /// Its name in English or as GeoNames has it.
    pub name: &'static str,
    /// The country by its two letters (ISO 3166).
    pub country: &'static str,
    /// Folded name of the region (state, province), empty if not known.
    pub region: &'static str,
    /// Where it is, to a hundredth of a degree.
    pub point: Point,
    /// Inhabitants, to two digits; 1 for a part of a large town that shares its name with another.
    pub inhabitants: u32,
    /// Whether it was found by its own name, not another one.
    pub by_own_name: bool,
}

/// Where a site is, judged by its own coordinates and the town that it names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Standing {
    /// Where the record says.
    Stated(Point),
    /// Where the record says, in a place that is not among the towns: the record teaches it.
    Teaches(Point),
    /// In its town, because the record's coordinates are those of another place far away.
    Corrected(Point),
    /// In its town, as the record says nothing more.
    Town(Point),
    /// Not known.
    Unknown,
}

/// The towns.
pub struct Gazetteer {
    countries: FxHashMap<&'static str, (&'static str, &'static str)>,
    /// Country and folded name of each region, and its letters.
    regions: Vec<[&'static str; 3]>,
    /// One town or other name of one a line.
    towns: &'static str,
    /// Where the towns are, with country and region, once that was asked for.
    points: OnceLock<Vec<(Point, &'static str, &'static str)>>,
    /// Towns that sites were looked up in, by what the sites say: a few thousand towns have most of all sites.
    stood_in: Mutex<FxHashMap<String, Arc<[Candidate]>>>,
}

/// A town that a site may be in: where it is, and how many live there.
type Candidate = (Point, u32);

/// Sites' towns that are remembered before all are forgotten; some 10 MB.
const MOST_REMEMBERED: usize = 1 << 16;

static BUNDLED: LazyLock<Gazetteer> = LazyLock::new(Gazetteer::unpack);

impl Gazetteer {
    /// The bundled towns.
    pub fn bundled() -> &'static Gazetteer {
        &BUNDLED
    }

    fn unpack() -> Gazetteer {
        let bytes =
            zstd::bulk::decompress(PACKED, MOST_BYTES).expect("bundled, and read by a test");
        let text = String::from_utf8(bytes).expect("bundled, and read by a test");
        let text: &'static str = text.leak();
        let (regions, rest) = text.split_once("\n\n").unwrap_or_default();
        let (countries, towns) = rest.split_once("\n\n").unwrap_or_default();
        Gazetteer {
            countries: countries
                .lines()
                .filter_map(|line| {
                    let [folded, code, name] = fields(line)?;
                    Some((folded, (code, name)))
                })
                .collect(),
            regions: regions.lines().filter_map(fields).collect(),
            towns,
            points: OnceLock::new(),
            stood_in: Mutex::default(),
        }
    }

    /// The two letters of a country and the writing that was recognised.
    pub fn country(&self, name: &str) -> Option<&'static str> {
        self.countries
            .get(fold(name).as_str())
            .map(|(code, _)| *code)
    }

    /// The English name of a country.
    pub fn country_name(&self, code: &str) -> Option<&'static str> {
        let mut writings: Vec<&'static str> = self
            .countries
            .values()
            .filter(|(known, _)| *known == code)
            .map(|(_, name)| *name)
            .collect();
        writings.sort_unstable();
        writings.first().copied()
    }

    /// The folded name of a region of a country by its name or letters.
    pub fn region(&self, country: &str, name: &str) -> Option<&'static str> {
        let folded = fold(name);
        if folded.is_empty() {
            return None;
        }
        // The regions stand by their countries.
        let start = self.regions.partition_point(|[of, ..]| *of < country);
        let regions = self.regions[start..].iter();
        regions
            .take_while(|[of, ..]| *of == country)
            .find(|[_, region, letters]| *region == folded || *letters == folded)
            .map(|[_, region, _]| *region)
    }

    /// Regions by name or letters in whatever country: country and folded name.
    pub fn regions(&self, name: &str) -> Vec<(&'static str, &'static str)> {
        let folded = fold(name);
        let named = self.regions.iter().filter(|[_, region, letters]| {
            !folded.is_empty() && (*region == folded || *letters == folded)
        });
        named
            .map(|[country, region, _]| (*country, *region))
            .collect()
    }

    /// All towns of a folded name, own or other.
    pub fn towns(&self, folded: &str) -> impl Iterator<Item = Town> + '_ {
        let start = self.first_at_least(folded);
        self.towns[start..]
            .lines()
            .map_while({
                let folded = folded.to_owned();
                move |line| line.strip_prefix(folded.as_str())?.strip_prefix('\t')
            })
            .filter_map(|rest| self.town(rest))
    }

    /// The folded own names of towns that begin with some letters, with the towns.
    pub fn towns_from(&self, start: &str) -> impl Iterator<Item = (&'static str, Town)> + '_ {
        let place = self.first_at_least(start);
        let start = start.to_owned();
        self.towns[place..]
            .lines()
            .take_while(move |line| line.starts_with(start.as_str()))
            .filter_map(|line| {
                let (key, rest) = line.split_once('\t')?;
                Some((key, self.town(rest)?))
            })
    }

    /// Where the first line begins whose folded name is not before another.
    fn first_at_least(&self, folded: &str) -> usize {
        let bytes = self.towns.as_bytes();
        let line_start =
            |place: usize| memchr::memrchr(b'\n', &bytes[..place]).map_or(0, |end| end + 1);
        let (mut low, mut high) = (0, bytes.len());
        while low < high {
            let start = line_start(low + (high - low) / 2);
            let end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |end| start + end);
            let key_end = memchr::memchr(b'\t', &bytes[start..end]).map_or(end, |end| start + end);
            if &bytes[start..key_end] < folded.as_bytes() {
                low = (end + 1).min(bytes.len());
            } else {
                high = start;
            }
        }
        low
    }

    /// The rest of a line behind the folded name.
    fn town(&self, rest: &'static str) -> Option<Town> {
        let mut fields = rest.split('\t');
        let own = fields.next()?;
        let country = fields.next()?;
        let region: usize = fields.next()?.parse().ok()?;
        let mut number = || fields.next()?.parse::<f64>().ok();
        let (lat, lon, inhabitants) = (number()?, number()?, number()?);
        Some(Town {
            name: if own.is_empty() { fields.next()? } else { own },
            country,
            region: self.regions.get(region).map_or("", |[_, name, _]| *name),
            point: Point::new(lat / 100.0, lon / 100.0)?,
            inhabitants: inhabitants as u32,
            by_own_name: !own.is_empty(),
        })
    }

    /// The town that most likely is meant by a folded name without a country, and those it might be too, most likely first.
    pub fn likely(&self, folded: &str) -> Vec<Town> {
        let mut towns: Vec<Town> = self.towns(folded).collect();
        towns.sort_by_key(|town| {
            let inhabitants = u64::from(town.inhabitants);
            let weight = if town.by_own_name { TIMES_IN_WORLD } else { 1 };
            std::cmp::Reverse(inhabitants * weight)
        });
        towns
    }

    /// The towns that a record may mean: in its country and, if the state that it names is one of that country, in that state. The
    /// most likely one is first.
    pub fn candidates(&self, city: &str, state: Option<&str>, country: &str) -> Vec<Town> {
        let Some(country) = self.country(country) else {
            return Vec::new();
        };
        let region = state.and_then(|state| self.region(country, state));
        let in_scope = |town: &Town| {
            town.country == country && region.is_none_or(|region| town.region == region)
        };
        let names = names_of(city);
        for name in &names {
            let towns: Vec<Town> = self.towns(name).filter(in_scope).collect();
            if !towns.is_empty() {
                return most_likely_first(towns, region.is_some());
            }
        }
        // "Sapporo Hokkaido", "Osaka Osaka": the region stands behind the town.
        for name in &names {
            for (place, _) in name.match_indices(' ') {
                let (town, behind) = (&name[..place], &name[place + 1..]);
                let is_region =
                    |found: &Town| in_scope(found) && (found.region == behind || town == behind);
                let towns: Vec<Town> = self.towns(town).filter(is_region).collect();
                if !towns.is_empty() {
                    return most_likely_first(towns, true);
                }
            }
        }
        // Hong Kong, China.
        let as_country = names
            .iter()
            .find_map(|name| Some((name, self.countries.get(name.as_str())?.0)));
        match as_country {
            Some((name, code)) if code != country => {
                let towns = self.towns(name).filter(|town| town.country == code);
                most_likely_first(towns.collect(), false)
            }
            _ => Vec::new(),
        }
    }

    /// The countries with their regions that have a town in a circle: where a place that is known by no more may be.
    pub fn areas(&self, circle: &Circle) -> Vec<(&'static str, &'static str)> {
        let mut areas: Vec<(&'static str, &'static str)> = Vec::new();
        for (point, country, region) in self.points.get_or_init(|| self.read_points()) {
            let area = (*country, *region);
            if circle.distance(*point).is_some() && !areas.contains(&area) {
                areas.push(area);
            }
        }
        areas
    }

    fn read_points(&self) -> Vec<(Point, &'static str, &'static str)> {
        let towns = self.towns.lines().filter_map(|line| {
            let (_, rest) = line.split_once('\t')?;
            // A line that begins with another tab is one of another name.
            let town = (!rest.starts_with('\t')).then(|| self.town(rest))??;
            Some((town.point, town.country, town.region))
        });
        towns.collect()
    }

    fn towns_of_site(&self, city: &str, state: Option<&str>, country: &str) -> Arc<[Candidate]> {
        let key = format!("{city}\t{}\t{country}", state.unwrap_or_default());
        let known = || self.stood_in.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(towns) = known().get(&key) {
            return towns.clone();
        }
        let towns = self.candidates(city, state, country);
        let towns: Arc<[Candidate]> = towns
            .iter()
            .map(|town| (town.point, town.inhabitants))
            .collect();
        let mut known = known();
        if known.len() >= MOST_REMEMBERED {
            known.clear();
        }
        known.insert(key, towns.clone());
        towns
    }

    /// Where a site is.
    pub fn stand(
        &self,
        city: Option<&str>,
        state: Option<&str>,
        country: Option<&str>,
        stated: Option<Point>,
    ) -> Standing {
        let towns = match (city, country) {
            (Some(city), Some(country)) => self.towns_of_site(city, state, country),
            _ => Arc::from([]),
        };
        match (stated, towns.first()) {
            (None, None) => Standing::Unknown,
            (None, Some((town, _))) => Standing::Town(*town),
            (Some(point), None) => Standing::Teaches(point),
            (Some(point), Some((town, inhabitants))) => {
                let is_near = towns
                    .iter()
                    .any(|(town, _)| town.kilometres(point) <= FAR_KM);
                if is_near || *inhabitants < LARGE {
                    Standing::Stated(point)
                } else {
                    Standing::Corrected(*town)
                }
            }
        }
    }
}

pub(super) fn fields<const N: usize>(line: &'static str) -> Option<[&'static str; N]> {
    let fields: Vec<&'static str> = line.split('\t').collect();
    fields.try_into().ok()
}

fn most_likely_first(mut towns: Vec<Town>, in_region: bool) -> Vec<Town> {
    towns.sort_by_key(|town| {
        let inhabitants = u64::from(town.inhabitants);
        // In one region a town of the very name is meant, however small.
        let own = in_region && town.by_own_name;
        let weight = if town.by_own_name {
            TIMES_IN_COUNTRY
        } else {
            1
        };
        std::cmp::Reverse((own, inhabitants * weight))
    });
    towns
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(town: &Town) -> String {
        format!("{} {} {}", town.name, town.country, town.region)
    }

    #[test]
    fn the_file_is_whole_and_folded_as_here() {
        let gazetteer = Gazetteer::bundled();
        assert!(gazetteer.countries.len() > 250);
        assert!(gazetteer.regions.len() > 2500);
        let mut before = "";
        let mut lines = 0;
        for line in gazetteer.towns.lines() {
            let (key, rest) = line.split_once('\t').unwrap();
            let town = gazetteer.town(rest).unwrap();
            assert!(before <= key, "{before} {key}");
            assert_eq!(fold(key), key);
            if town.by_own_name {
                assert_eq!(fold(town.name), key);
            }
            before = key;
            lines += 1;
        }
        assert!(lines > 100_000);
        assert!(gazetteer.countries.keys().all(|name| fold(name) == *name));
        assert!(
            gazetteer
                .regions
                .iter()
                .all(|[_, name, _]| fold(name) == *name)
        );
    }

    #[test]
    fn every_name_is_found_where_it_stands() {
        let gazetteer = Gazetteer::bundled();
        for line in gazetteer.towns.lines().step_by(997) {
            let key = line.split('\t').next().unwrap();
            let expect = gazetteer
                .towns
                .lines()
                .filter(|line| line.split('\t').next() == Some(key))
                .count();
            assert_eq!(gazetteer.towns(key).count(), expect, "{key}");
        }
        for nothing in ["", "zzzz", "lyo", "lyonn", "0", "\u{10FFFF}"] {
            assert_eq!(gazetteer.towns(nothing).count(), 0, "{nothing}");
        }
    }

    #[test]
    fn towns_of_records() {
        let check = |city: &str, state: Option<&str>, country: &str, expect: &str| {
            let towns = Gazetteer::bundled().candidates(city, state, country);
            assert_eq!(
                towns.first().map(label).unwrap_or_default(),
                expect,
                "{city}"
            );
        };
        check("Lyon", None, "France", "Lyon FR rhone alpes");
        check("Lyon Cedex 03", None, "France", "Lyon FR rhone alpes");
        check("Roma", Some("RM"), "Italy", "Rome IT latium");
        check(
            "Saint Louis",
            Some("Missouri"),
            "United States",
            "St. Louis US missouri",
        );
        check(
            "Springfield",
            Some("Illinois"),
            "United States",
            "Springfield US illinois",
        );
        check("Springfield", Some("Utah"), "United States", "");
        check(
            "New York",
            Some("New York"),
            "United States",
            "New York City US new york",
        );
        check("Seoul", None, "Korea, Republic of", "Seoul KR seoul");
        check("München", Some("Bayern"), "Germany", "Munich DE bavaria");
        check("Hong Kong", None, "China", "Hong Kong HK wanchai");
        check("Salamanca", None, "Spain", "Salamanca ES castille and leon");
        check("Osaka Osaka", None, "Japan", "Osaka JP osaka");
        check(
            "Brussels (Bruxelles)",
            None,
            "Belgium",
            "Brussels BE brussels capital",
        );
        check(
            "Hampstead, London",
            Some("England"),
            "United Kingdom",
            "London GB england",
        );
        check("Nowhere-at-all", None, "France", "");
        check("Lyon", None, "Atlantis", "");
    }

    #[test]
    fn coordinates_of_another_place_are_not_believed() {
        let point = |lat, lon| Point::new(lat, lon);
        let stand = |city, country, stated| {
            Gazetteer::bundled().stand(Some(city), None, Some(country), stated)
        };
        // Real records have these for Milan; they are 400 km away from it.
        assert!(
            matches!(stand("Milan", "Italy", point(42.78, 12.6)), Standing::Corrected(at) if (at.lat - 45.46).abs() < 0.01)
        );
        assert!(matches!(
            stand("Milan", "Italy", point(45.5, 9.2)),
            Standing::Stated(_)
        ));
        assert!(matches!(stand("Milan", "Italy", None), Standing::Town(_)));
        assert!(matches!(
            stand("Some Hamlet", "Italy", point(45.5, 9.2)),
            Standing::Teaches(_)
        ));
        assert_eq!(stand("Some Hamlet", "Italy", None), Standing::Unknown);
    }
}
