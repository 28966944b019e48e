//! The sites of a trial as columns of its document.
//!
//! All columns of [`SiteFields`] but the last three have one value for each site, in the record's order, so that a value's place
//! tells its site. Where a site is, `place` decides; this file must not guess.

use tantivy::TantivyDocument;
use tantivy::schema::{FAST, Field, SchemaBuilder, TextOptions};

use crate::place::{Gazetteer, Point, Standing, fold};
use crate::schema::facets::{NOT_STATED, is_open};
use crate::trial::{Location, Study};

/// Parts of a degree that coordinates are kept in: about a metre.
const PARTS: f64 = 1e5;

/// The latitude of a site that could not be placed when its record came in; no place has it.
const NOWHERE: i64 = 9_999_999;

/// Between the parts of a place's key and of what teaches it.
const APART: char = '\t';

/// The columns that hold the sites.
#[derive(Clone, Copy, Debug)]
pub struct SiteFields {
    /// Degrees north in parts of a degree (`PARTS`).
    pub lat: Field,
    /// Degrees east in parts of a degree (`PARTS`).
    pub lon: Field,
    /// Its status, or that of the trial: see [`status_of`].
    pub status: Field,
    /// City as written, or [`NOT_STATED`].
    pub city: Field,
    /// State as written, or [`NOT_STATED`].
    pub state: Field,
    /// Country as written, or [`NOT_STATED`].
    pub country: Field,
    /// For each site that could not be placed, in their order, the key of its place.
    pub unplaced: Field,
    /// Keys of places that are not among the towns, with the coordinates that the record has for them. Other records' sites are
    /// placed by them, so what is learnt from records lives in the index and is gone with it.
    pub taught: Field,
    /// How many sites were placed in their town although the record has coordinates, because these are far away from it.
    pub corrected: Field,
}

impl SiteFields {
    pub(crate) fn new(builder: &mut SchemaBuilder) -> SiteFields {
        let text = || TextOptions::default().set_fast("raw");
        SiteFields {
            lat: builder.add_i64_field("site_lat", FAST),
            lon: builder.add_i64_field("site_lon", FAST),
            status: builder.add_text_field("site_status", text()),
            city: builder.add_text_field("site_city", text()),
            state: builder.add_text_field("site_state", text()),
            country: builder.add_text_field("site_country", text()),
            unplaced: builder.add_text_field("site_unplaced", text()),
            taught: builder.add_text_field("site_taught", text()),
            corrected: builder.add_i64_field("site_corrected", FAST),
        }
    }

    /// Writes the sites of a trial.
    pub(crate) fn write(&self, document: &mut TantivyDocument, study: &Study) {
        let gazetteer = Gazetteer::bundled();
        let overall = study
            .protocol_section
            .status_module
            .overall_status
            .as_deref();
        let mut corrected = 0;
        for site in &study.protocol_section.contacts_locations_module.locations {
            let stated = site.geo_point.and_then(|at| Point::new(at.lat, at.lon));
            let standing = gazetteer.stand(
                site.city.as_deref(),
                site.state.as_deref(),
                site.country.as_deref(),
                stated,
            );
            let (lat, lon) = match standing {
                Standing::Stated(point)
                | Standing::Teaches(point)
                | Standing::Corrected(point)
                | Standing::Town(point) => to_parts(point),
                Standing::Unknown => (NOWHERE, 0),
            };
            document.add_i64(self.lat, lat);
            document.add_i64(self.lon, lon);
            document.add_text(self.status, status_of(site, overall).unwrap_or(NOT_STATED));
            for (field, text) in [
                (self.city, &site.city),
                (self.state, &site.state),
                (self.country, &site.country),
            ] {
                document.add_text(field, text.as_deref().unwrap_or(NOT_STATED));
            }
            match standing {
                Standing::Unknown => document.add_text(self.unplaced, place_keys(site)[0].as_str()),
                Standing::Teaches(_) => {
                    // A record without a city teaches nothing.
                    let keys = place_keys(site);
                    for key in keys.into_iter().filter(|key| !key.starts_with(APART)) {
                        document.add_text(self.taught, format!("{key}{APART}{lat}{APART}{lon}"));
                    }
                }
                Standing::Corrected(_) => corrected += 1,
                Standing::Stated(_) | Standing::Town(_) => {}
            }
        }
        if corrected > 0 {
            document.add_i64(self.corrected, corrected);
        }
    }
}

/// The status of a site: its own while the trial is open, else that of the trial, which has closed them all.
pub fn status_of<'a>(site: &'a Location, overall: Option<&'a str>) -> Option<&'a str> {
    match (site.status.as_deref(), overall) {
        (Some(own), Some(overall)) if is_open(overall) => Some(own),
        (own, None) => own,
        (_, overall) => overall,
    }
}

/// The coordinates of a site from its columns; `None` if it could not be placed.
pub(crate) fn point_of(lat: i64, lon: i64) -> Option<Point> {
    (lat != NOWHERE).then_some(Point {
        lat: lat as f64 / PARTS,
        lon: lon as f64 / PARTS,
    })
}

/// The latitudes, as they are in the column, that a range of degrees covers.
pub(crate) fn latitudes(from: f64, to: f64) -> std::ops::RangeInclusive<i64> {
    (from * PARTS).floor() as i64..=(to * PARTS).ceil() as i64
}

/// A place's key and where a record says that it is, from a value of the column of taught places.
pub(crate) fn taught(value: &str) -> Option<(&str, Point)> {
    let (rest, lon) = value.rsplit_once(APART)?;
    let (key, lat) = rest.rsplit_once(APART)?;
    Some((key, point_of(lat.parse().ok()?, lon.parse().ok()?)?))
}

/// The keys that the place of a site is looked up and taught by: with its state, and without.
fn place_keys(site: &Location) -> Vec<String> {
    let part = |text: &Option<String>| text.as_deref().map(fold).unwrap_or_default();
    let city = site
        .city
        .as_deref()
        .map(crate::place::names_of)
        .unwrap_or_default();
    let city = city.into_iter().next().unwrap_or_default();
    let country = site.country.as_deref().unwrap_or_default();
    let country = Gazetteer::bundled()
        .country(country)
        .map_or_else(|| fold(country), str::to_owned);
    let state = part(&site.state);
    let mut keys = vec![format!("{city}{APART}{state}{APART}{country}")];
    keys.extend(without_state(&keys[0]));
    keys
}

/// The key of a place without its state; `None` if it has none.
pub(crate) fn without_state(key: &str) -> Option<String> {
    let mut parts = key.split(APART);
    let (city, state, country) = (parts.next()?, parts.next()?, parts.next()?);
    (!state.is_empty()).then(|| format!("{city}{APART}{APART}{country}"))
}

/// The folded city, state and the country of a key.
pub(crate) fn parts_of_key(key: &str) -> Option<[&str; 3]> {
    let parts: Vec<&str> = key.split(APART).collect();
    parts.try_into().ok()
}

fn to_parts(point: Point) -> (i64, i64) {
    (
        (point.lat * PARTS).round() as i64,
        (point.lon * PARTS).round() as i64,
    )
}
