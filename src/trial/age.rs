//! Ages of eligibility: `18 Years`, `6 Months`, and the standard age groups that follow from them.

use std::fmt;

/// The units that registries state ages in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AgeUnit {
    /// Calendar years.
    Years,
    /// Calendar months.
    Months,
    /// Weeks.
    Weeks,
    /// Days.
    Days,
    /// Hours, for newborns.
    Hours,
    /// Minutes, for newborns.
    Minutes,
}

/// An age as stated, written back as the API writes it (`18 Years`, `1 Year`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Age {
    /// How many units.
    pub count: u32,
    /// The unit.
    pub unit: AgeUnit,
}

const UNITS: [(AgeUnit, &str, f64); 6] = [
    (AgeUnit::Years, "Year", 1.0),
    (AgeUnit::Months, "Month", 1.0 / 12.0),
    (AgeUnit::Weeks, "Week", 7.0 / 365.25),
    (AgeUnit::Days, "Day", 1.0 / 365.25),
    (AgeUnit::Hours, "Hour", 1.0 / 8766.0),
    (AgeUnit::Minutes, "Minute", 1.0 / 525_960.0),
];

/// Whether a text in the place of an age says that there is no limit.
pub(crate) fn is_no_limit(text: &str) -> bool {
    const SPELLINGS: [&str; 5] = ["", "n/a", "none", "no limit", "not applicable"];
    let text = text.trim();
    SPELLINGS
        .iter()
        .any(|known| text.eq_ignore_ascii_case(known))
}

impl Age {
    /// Reads a number and a unit, singular or plural, in any case. `None` for `N/A` and anything else.
    pub fn parse(text: &str) -> Option<Age> {
        let text = text.trim();
        let digits = text.find(|c: char| !c.is_ascii_digit())?;
        let count = text[..digits].parse().ok()?;
        let unit = text[digits..].trim().to_lowercase();
        let (unit, ..) = *UNITS
            .iter()
            .find(|(_, name, _)| unit.strip_suffix('s').unwrap_or(&unit) == name.to_lowercase())?;
        Some(Age { count, unit })
    }

    /// The age in years, for comparing ages of different units.
    pub fn years(self) -> f64 {
        let factor = UNITS
            .iter()
            .find(|(unit, ..)| *unit == self.unit)
            .map_or(1.0, |(_, _, factor)| *factor);
        f64::from(self.count) * factor
    }
}

impl Age {
    /// The age in minutes, for comparing ages of different units exactly: a year is 365.25 days, a month a twelfth of it.
    pub fn minutes(self) -> i64 {
        let unit = match self.unit {
            AgeUnit::Years => 525_960,
            AgeUnit::Months => 43_830,
            AgeUnit::Weeks => 10_080,
            AgeUnit::Days => 1_440,
            AgeUnit::Hours => 60,
            AgeUnit::Minutes => 1,
        };
        i64::from(self.count) * unit
    }
}

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = UNITS
            .iter()
            .find(|(unit, ..)| *unit == self.unit)
            .map_or("Year", |(_, name, _)| *name);
        let plural = if self.count == 1 { "" } else { "s" };
        write!(f, "{} {name}{plural}", self.count)
    }
}

/// The standard age groups (`CHILD` to 17, `ADULT` 18 to 64, `OLDER_ADULT` from 65) that two bounds admit;
/// an absent bound is open. Source: data element `StdAge`.
pub fn standard_ages(minimum: Option<Age>, maximum: Option<Age>) -> Vec<String> {
    let low = minimum.map_or(0.0, Age::years);
    let high = maximum.map_or(f64::INFINITY, Age::years);
    let mut groups = Vec::new();
    for (group, from, below) in [
        ("CHILD", 0.0, 18.0),
        ("ADULT", 18.0, 65.0),
        ("OLDER_ADULT", 65.0, f64::INFINITY),
    ] {
        if low < below && high >= from {
            groups.push(group.to_owned());
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_read_and_compared() {
        let check = |input: &str, expect: Option<&str>| {
            assert_eq!(
                Age::parse(input).map(|age| age.to_string()).as_deref(),
                expect,
                "{input}"
            );
        };
        check("18 Years", Some("18 Years"));
        check("1 year", Some("1 Year"));
        check("18 Months", Some("18 Months"));
        check("2 Weeks", Some("2 Weeks"));
        check("36 Hours", Some("36 Hours"));
        check("N/A", None);
        check("18", None);
        check("eighteen Years", None);
        assert!(Age::parse("18 Months").unwrap().years() < Age::parse("2 Years").unwrap().years());
    }

    #[test]
    fn groups_follow_from_bounds() {
        let check = |low: &str, high: &str, expect: &[&str]| {
            assert_eq!(
                standard_ages(Age::parse(low), Age::parse(high)),
                expect,
                "{low} {high}"
            );
        };
        check("18 Years", "N/A", &["ADULT", "OLDER_ADULT"]);
        check("18 Years", "60 Years", &["ADULT"]);
        check("6 Months", "17 Years", &["CHILD"]);
        check("N/A", "N/A", &["CHILD", "ADULT", "OLDER_ADULT"]);
        check("65 Years", "N/A", &["OLDER_ADULT"]);
    }
}
