//! Places on the earth: points and distances, names of towns as people and records write them, and the bundled towns.
//!
//! It knows nothing of trials or the index. The towns are data (`gazetteer/places.tsv.zst`, an extract of GeoNames, CC BY 4.0:
//! `gazetteer/LICENSE.md`).

mod country;
mod gazetteer;
mod name;
mod point;

pub use country::country_called;
pub(crate) use country::country_names;
pub use gazetteer::{ATTRIBUTION, Gazetteer, Standing, Town};
pub use name::{fold, names_of};
pub use point::{Circle, Point};
