//! Points and the distance between them.

use serde::{Deserialize, Serialize};

/// The mean radius of the earth, in kilometres (IUGG).
const RADIUS_KM: f64 = 6371.0088;

/// A place in degrees north and east.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Degrees north, -90 to 90.
    pub lat: f64,
    /// Degrees east, -180 to 180.
    pub lon: f64,
}

impl Point {
    /// A point; `None` if a coordinate is out of its range or no number.
    pub fn new(lat: f64, lon: f64) -> Option<Point> {
        let is_one = (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon);
        is_one.then_some(Point { lat, lon })
    }

    /// Kilometres to another point along the surface of a sphere (haversine formula); off by half a percent at most.
    pub fn kilometres(self, other: Point) -> f64 {
        let (from, to) = (self.lat.to_radians(), other.lat.to_radians());
        let north = ((to - from) / 2.0).sin();
        let east = ((other.lon - self.lon).to_radians() / 2.0).sin();
        let half = north * north + from.cos() * to.cos() * east * east;
        2.0 * RADIUS_KM * half.sqrt().min(1.0).asin()
    }
}

/// All points within a distance of one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Circle {
    centre: Point,
    km: f64,
    /// How far north or south of the centre a point of the circle may be, in degrees.
    reach: f64,
}

impl Circle {
    /// The points within some kilometres of a centre.
    pub fn new(centre: Point, km: f64) -> Circle {
        Circle {
            centre,
            km,
            // A little more than exact, so that rounding loses no point.
            reach: (km / RADIUS_KM).to_degrees() + 1e-6,
        }
    }

    /// The middle.
    pub fn centre(&self) -> Point {
        self.centre
    }

    /// The radius in kilometres.
    pub fn km(&self) -> f64 {
        self.km
    }

    /// How far north or south of the centre a point of the circle may be, in degrees.
    pub fn reach(&self) -> f64 {
        self.reach
    }

    /// The kilometres to a point that lies in the circle. Most points of the world are told by their latitude alone.
    pub fn distance(&self, point: Point) -> Option<f64> {
        if (point.lat - self.centre.lat).abs() > self.reach {
            return None;
        }
        let km = self.centre.kilometres(point);
        (km <= self.km).then_some(km)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn distances() {
        let check = |from: (f64, f64), to: (f64, f64), expect: f64| {
            let [from, to] = [from, to].map(|(lat, lon)| Point { lat, lon });
            let km = from.kilometres(to);
            assert!(
                (km - expect).abs() <= expect * 0.005 + 0.01,
                "{km} {expect}"
            );
        };
        check((45.76, 4.84), (48.86, 2.35), 392.0); // Lyon to Paris
        check((40.71, -74.01), (51.51, -0.13), 5_570.0); // New York to London
        check((0.0, 179.5), (0.0, -179.5), 111.2);
        check((90.0, 0.0), (-90.0, 0.0), 20_015.0);
        check((45.0, 7.0), (45.0, 7.0), 0.0);
    }

    #[test]
    fn what_is_no_point() {
        assert!(Point::new(91.0, 0.0).is_none());
        assert!(Point::new(f64::NAN, 0.0).is_none());
        assert!(Point::new(-90.0, 180.0).is_some());
    }

    proptest! {
        #[test]
        fn a_circle_holds_what_is_near(
            a in -90.0..90.0_f64, b in -180.0..180.0_f64, c in -90.0..90.0_f64, d in -180.0..180.0_f64, km in 0.0..21_000.0_f64,
        ) {
            let (from, to) = (Point { lat: a, lon: b }, Point { lat: c, lon: d });
            let distance = from.kilometres(to);
            prop_assert!((distance - to.kilometres(from)).abs() < 1e-6);
            prop_assert_eq!(Circle::new(from, km).distance(to), (distance <= km).then_some(distance));
        }
    }
}
