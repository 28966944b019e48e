//! The sites of the index's trials: where each is, and what records teach about places that are not among the towns.
//!
//! Records that name a place with its coordinates place the sites of records that have none. That is read from the values of
//! one small column (each once, however many records have it) when sites are first asked for; reading it from all sites, or
//! writing a table beside the index, would cost more or could disagree with the commit.

use rustc_hash::FxHashMap;
use serde::Serialize;
use tantivy::columnar::{Column, StrColumn};
use tantivy::index::SegmentId;
use tantivy::{DocId, Searcher, SegmentReader, TantivyError};

use crate::index::errors::IndexError;
use crate::index::open::{Index, all_texts};
use crate::place::{Circle, Gazetteer, Point};
use crate::schema::{Layout, latitudes, parts_of_key, point_of, taught, without_state};

/// Coordinates that records give one place are taken together when they are so near, in kilometres.
const ONE_PLACE_KM: f64 = 30.0;

/// Sites counted by how they were placed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SiteCounts {
    /// All sites.
    pub sites: u64,
    /// Sites that could not be placed.
    pub unplaced: u64,
    /// Trials with such a site.
    pub trials_with_unplaced: u64,
    /// Sites placed in their town because the record's coordinates are far away from it.
    pub corrected: u64,
}

/// The sites of one segment.
pub(crate) struct SegmentSites {
    pub(crate) segment: SegmentId,
    lat: Column<i64>,
    lon: Column<i64>,
    status: Column<u64>,
    statuses: Vec<String>,
    unplaced: Column<u64>,
    /// The keys of the places of unplaced sites, by ordinal.
    places: Vec<String>,
    /// Where these places are after all, by ordinal.
    learnt: Vec<Option<Point>>,
    corrected: Column<i64>,
}

/// Where records say that places are, by key.
type Taught = FxHashMap<String, Vec<Point>>;

impl Index {
    /// The sites of each segment of a view.
    pub(crate) fn sites(&self, searcher: &Searcher) -> Result<Vec<SegmentSites>, IndexError> {
        let failed = |error| IndexError::engine(&self.directory, error);
        let known = self.taught(searcher).map_err(failed)?;
        let segments = searcher.segment_readers().iter();
        segments
            .map(|segment| SegmentSites::open(segment, self.layout(), &known).map_err(failed))
            .collect()
    }

    /// Folded names of places that records teach, with where they are and in which country.
    pub(crate) fn places_taught(
        &self,
        searcher: &Searcher,
    ) -> Result<Vec<TaughtPlace>, IndexError> {
        let known = self
            .taught(searcher)
            .map_err(|error| IndexError::engine(&self.directory, error))?;
        let mut places: Vec<TaughtPlace> = known
            .iter()
            .filter_map(|(key, points)| {
                let [city, state, country] = parts_of_key(key)?;
                Some(TaughtPlace {
                    city: city.to_owned(),
                    region: state.to_owned(),
                    country: country.to_owned(),
                    point: most_agreed(points)?,
                })
            })
            .collect();
        places.sort_by(|a, b| {
            (&a.city, &a.country, &a.region).cmp(&(&b.city, &b.country, &b.region))
        });
        Ok(places)
    }

    fn taught(&self, searcher: &Searcher) -> tantivy::Result<Taught> {
        let mut known = Taught::default();
        for segment in searcher.segment_readers() {
            let column = text_column(segment, self.layout(), self.layout().sites.taught)?;
            let Some(column) = column else { continue };
            let mut stream = column.dictionary().stream()?;
            while stream.advance() {
                let value = std::str::from_utf8(stream.key()).unwrap_or_default();
                if let Some((key, point)) = taught(value) {
                    match known.get_mut(key) {
                        Some(points) => points.push(point),
                        None => {
                            known.insert(key.to_owned(), vec![point]);
                        }
                    }
                }
            }
        }
        Ok(known)
    }

    /// Counts sites by how they were placed.
    pub(crate) fn count_sites(&self) -> Result<SiteCounts, IndexError> {
        let searcher = self.searcher();
        let mut counts = SiteCounts::default();
        for (sites, segment) in self
            .sites(&searcher)?
            .iter()
            .zip(searcher.segment_readers())
        {
            for doc in segment.doc_ids_alive() {
                let mut unplaced = 0;
                sites.points(doc, &mut |point| {
                    counts.sites += 1;
                    unplaced += u64::from(point.is_none());
                });
                counts.unplaced += unplaced;
                counts.trials_with_unplaced += u64::from(unplaced > 0);
                counts.corrected += sites.corrected.first(doc).unwrap_or(0).unsigned_abs();
            }
        }
        Ok(counts)
    }
}

/// A place that records teach.
#[derive(Clone, Debug)]
pub(crate) struct TaughtPlace {
    pub(crate) city: String,
    pub(crate) region: String,
    pub(crate) country: String,
    pub(crate) point: Point,
}

/// A site near some point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct NearSite {
    /// Its place among the sites of its record, from 0.
    pub(crate) place: usize,
    pub(crate) km: f64,
}

impl SegmentSites {
    fn open(
        segment: &SegmentReader,
        layout: &Layout,
        known: &Taught,
    ) -> tantivy::Result<SegmentSites> {
        let number = |field| {
            segment
                .fast_fields()
                .i64(layout.schema.get_field_name(field))
        };
        let text = |field| -> tantivy::Result<StrColumn> {
            text_column(segment, layout, field)?.ok_or_else(|| {
                let name = layout.schema.get_field_name(field);
                TantivyError::SchemaError(format!("the index has no column `{name}`"))
            })
        };
        let status = text(layout.sites.status)?;
        let unplaced = text(layout.sites.unplaced)?;
        let places = all_texts(&unplaced)?;
        let learnt = places.iter().map(|key| learn(key, known)).collect();
        let statuses = all_texts(&status)?;
        Ok(SegmentSites {
            segment: segment.segment_id(),
            lat: number(layout.sites.lat)?,
            lon: number(layout.sites.lon)?,
            status: status.ords().clone(),
            statuses,
            unplaced: unplaced.ords().clone(),
            places,
            learnt,
            corrected: number(layout.sites.corrected)?,
        })
    }

    /// Tells for each site of a document, in the record's order, where it is.
    pub(crate) fn points(&self, doc: DocId, sink: &mut dyn FnMut(Option<Point>)) {
        let mut unplaced = self.unplaced.values_for_doc(doc);
        for row in self.lat.index.value_row_ids(doc) {
            let point = point_of(self.lat.values.get_val(row), self.lon.values.get_val(row));
            sink(point.or_else(|| {
                self.learnt
                    .get(unplaced.next()? as usize)
                    .copied()
                    .flatten()
            }));
        }
    }

    /// Whether a document has a site that could not be placed and is of a place that may be meant
    /// ([`SegmentSites::unplaced_in`]).
    pub(crate) fn has_unplaced(&self, doc: DocId, meant: &[bool]) -> bool {
        let mut unplaced = self.unplaced.values_for_doc(doc);
        unplaced.any(|ordinal| meant.get(ordinal as usize).copied().unwrap_or(false))
    }

    /// Which places that could not be placed, by ordinal, may lie in some areas (country and folded region) for all that is known.
    pub(crate) fn unplaced_in(&self, areas: &[(&str, &str)]) -> Vec<bool> {
        let gazetteer = Gazetteer::bundled();
        let may_lie = |key: &String| {
            let Some([_, state, country]) = parts_of_key(key) else {
                return true;
            };
            let region = gazetteer.region(country, state);
            // A country that is not known is in the key as it was written.
            let is_known = country.len() == 2;
            let is_it = |(of, name): &(&str, &str)| {
                *of == country && region.is_none_or(|region| region == *name)
            };
            !is_known || areas.iter().any(is_it)
        };
        let places = self.places.iter().zip(&self.learnt);
        places
            .map(|(key, learnt)| learnt.is_none() && may_lie(key))
            .collect()
    }

    /// Which statuses, by ordinal, are among some; all if there are none.
    pub(crate) fn among(&self, statuses: &[String]) -> Vec<bool> {
        let known = self.statuses.iter();
        known
            .map(|status| statuses.is_empty() || statuses.contains(status))
            .collect()
    }

    /// The nearest site of a document in a circle whose status is admitted ([`SegmentSites::among`]); of several at one place the
    /// first of the record.
    pub(crate) fn nearest(
        &self,
        doc: DocId,
        circle: &Circle,
        admitted: &[bool],
    ) -> Option<NearSite> {
        let rows = self.lat.index.value_row_ids(doc);
        let first = rows.start;
        let reach = circle.reach();
        let around = latitudes(circle.centre().lat - reach, circle.centre().lat + reach);
        let mut unplaced = self.unplaced.values_for_doc(doc);
        let mut nearest: Option<NearSite> = None;
        for row in rows {
            let lat = self.lat.values.get_val(row);
            let point = if around.contains(&lat) {
                point_of(lat, self.lon.values.get_val(row))
            } else if point_of(lat, 0).is_none() {
                unplaced
                    .next()
                    .and_then(|ordinal| self.learnt.get(ordinal as usize).copied().flatten())
            } else {
                None
            };
            let Some(km) = point.and_then(|point| circle.distance(point)) else {
                continue;
            };
            let status = self.status.values.get_val(row) as usize;
            if admitted.get(status).copied().unwrap_or(false)
                && nearest.is_none_or(|nearest| km < nearest.km)
            {
                let place = (row - first) as usize;
                nearest = Some(NearSite { place, km });
            }
        }
        nearest
    }
}

fn text_column(
    segment: &SegmentReader,
    layout: &Layout,
    field: tantivy::schema::Field,
) -> tantivy::Result<Option<StrColumn>> {
    segment
        .fast_fields()
        .str(layout.schema.get_field_name(field))
}

/// Where records say that a place is. Without its state only if the state is none that tells towns apart.
fn learn(key: &str, known: &Taught) -> Option<Point> {
    if let Some(points) = known.get(key) {
        return most_agreed(points);
    }
    let [_, state, country] = parts_of_key(key)?;
    if Gazetteer::bundled().region(country, state).is_some() {
        return None;
    }
    most_agreed(known.get(&without_state(key)?)?)
}

/// The point that most of some points are near to; the same whatever their order.
fn most_agreed(points: &[Point]) -> Option<Point> {
    let near = |one: &Point| {
        points
            .iter()
            .filter(|other| one.kilometres(**other) <= ONE_PLACE_KM)
            .count()
    };
    let order = |a: &Point, b: &Point| (a.lat, a.lon).partial_cmp(&(b.lat, b.lon));
    points.iter().copied().max_by(|a, b| {
        near(a)
            .cmp(&near(b))
            .then_with(|| order(b, a).unwrap_or(std::cmp::Ordering::Equal))
    })
}
