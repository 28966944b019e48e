//! Values in expressions: dates of every precision, ages with units, numbers, distances.

use jiff::civil::Date;

use crate::query::filter::Day;
use crate::query::tree::{Bound, Finite};
use crate::trial::{Age, PartialDate};

/// Kilometres in a mile.
const MILE: f64 = 1.609_344;

/// The longest radius that the API takes, in kilometres.
const LONGEST_RADIUS: f64 = 805.0;

/// The shortest, a kilometre.
const SHORTEST_RADIUS: f64 = 1.0;

/// A point and a radius around it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Circle {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// The radius.
    pub kilometres: f64,
}

/// Reads `39.0, -77.1, 50mi`; a radius without unit is in miles.
pub fn distance(text: &str) -> Option<Circle> {
    let mut parts = text.split(',').map(str::trim);
    let (north, east, radius) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let number = |text: &str| text.parse().ok().filter(|number: &f64| number.is_finite());
    let letters = radius
        .find(|c: char| c.is_ascii_alphabetic())
        .unwrap_or(radius.len());
    let (count, unit) = radius.split_at(letters);
    let kilometres = number(count.trim())?
        * match unit {
            "km" => 1.0,
            "mi" | "" => MILE,
            _ => return None,
        };
    let circle = Circle {
        latitude: number(north)?,
        longitude: number(east)?,
        kilometres,
    };
    let is_sound = (-90.0..=90.0).contains(&circle.latitude)
        && (-180.0..=180.0).contains(&circle.longitude)
        && (SHORTEST_RADIUS..=LONGEST_RADIUS).contains(&circle.kilometres);
    is_sound.then_some(circle)
}

/// The NCT numbers that a text is, if it is nothing else: apart by spaces, commas, semicolons or bars.
pub fn trial_numbers(text: &str) -> Option<Vec<String>> {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|'));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let number = |word: &&str| -> Option<String> {
        let digits = word
            .get(..3)
            .filter(|start| start.eq_ignore_ascii_case("NCT"))
            .and_then(|_| word.get(3..))?
            .trim_start_matches('0');
        let is_number =
            (1..=8).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| format!("NCT{digits:0>8}"))
    };
    match words.is_empty() {
        true => None,
        false => words.iter().map(number).collect(),
    }
}

/// A date as the first and the last day that it may mean. `05/2020` and `01/15/2020` are read as Americans write them, which is
/// how the API documents its dates.
pub(super) fn days(text: &str) -> Option<(Bound, Bound)> {
    let slashed = || -> Option<PartialDate> {
        let parts: Vec<&str> = text.split('/').map(str::trim).collect();
        let iso = match parts.as_slice() {
            [month, day, year] => format!("{year}-{month:0>2}-{day:0>2}"),
            [month, year] => format!("{year}-{month:0>2}"),
            _ => return None,
        };
        PartialDate::parse(&iso)
    };
    let text = text.split_once('T').map_or(text, |(day, _)| day);
    let date = PartialDate::parse(text).or_else(slashed)?;
    let bound = |date: Date| Bound::Day(Day(date));
    Some((bound(date.first_day()), bound(date.last_day())))
}

/// An age in minutes; a number without unit is in years.
pub(super) fn age(text: &str) -> Option<Bound> {
    let text = text.trim();
    let in_years = || format!("{text} years");
    let known = Age::parse(text).or_else(|| Age::parse(&in_years()))?;
    Some(Bound::Minutes(known.minutes()))
}

/// A number.
pub(super) fn number(text: &str) -> Option<Bound> {
    let number: f64 = text.trim().replace(',', "").parse().ok()?;
    Finite::new(number).map(Bound::Number)
}

/// Yes or no.
pub(super) fn flag(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "true" | "yes" | "y" | "1" => Some(true),
        "false" | "no" | "n" | "0" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_every_precision() {
        let check = |text: &str, expect: &str| {
            let found =
                days(text).map_or("none".to_owned(), |(first, last)| format!("{first} {last}"));
            assert_eq!(found, expect, "{text}");
        };
        check("2022", "2022-01-01 2022-12-31");
        check("2022-02", "2022-02-01 2022-02-28");
        check("2022-02-03", "2022-02-03 2022-02-03");
        check("01/15/2020", "2020-01-15 2020-01-15");
        check("1/5/2020", "2020-01-05 2020-01-05");
        check("05/2020", "2020-05-01 2020-05-31");
        check("January 2020", "2020-01-01 2020-01-31");
        check("2020-03-04T10:20", "2020-03-04 2020-03-04");
        check("13/40/2020", "none");
        check("soon", "none");
    }

    #[test]
    fn distances() {
        assert_eq!(distance("1, 2, 10km").unwrap().kilometres, 10.0);
        assert!((distance("39.0,-77.1,50mi").unwrap().kilometres - 80.467).abs() < 0.001);
        for wrong in [
            "",
            "1,2",
            "1,2,3,4",
            "91,0,5km",
            "1,2,0km",
            "1,2,900km",
            "a,b,c",
            "1,2,5 leagues",
        ] {
            assert!(distance(wrong).is_none(), "{wrong}");
        }
    }
}
