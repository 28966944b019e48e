//! The values of filters: what may stand behind `phase:`, `age:`, `start:` and the like, and what it means.
//!
//! Numbers, ages and dates are understood here. The values of a facet are taken as typed: which there are, only the index
//! knows.

use jiff::civil::Date;
use serde::{Serialize, Serializer};

use super::caret::brief;
use super::errors::QueryFault;
use crate::trial::{Age, AgeUnit, PartialDate};

/// A filter that a query may name, told by the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterName {
    /// The filter's own name.
    pub name: String,
    /// What its values are.
    pub kind: FilterKind,
}

impl FilterName {
    /// A value that fits, as it is typed.
    pub(super) fn example(&self) -> &'static str {
        match (self.kind, self.name.as_str()) {
            (FilterKind::Values, "status") => "recruiting",
            (FilterKind::Values, "type") => "interventional",
            (FilterKind::Values, "sex") => "female",
            (FilterKind::Values, "country") => "france",
            (FilterKind::Values, _) => "value",
            (FilterKind::OrderedValues, _) => "2",
            (FilterKind::Age, _) => "45",
            (FilterKind::Number, _) => "100",
            (FilterKind::Date, _) => "2019..2021",
            (FilterKind::Presence, _) => "results",
            (FilterKind::Place, _) => "\"Lyon, France\"~50km",
        }
    }
}

/// What the values of a filter are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterKind {
    /// Names, such as those of a status.
    Values,
    /// Names with an order, such as those of phases.
    OrderedValues,
    /// An age or a range of ages that must be admitted.
    Age,
    /// A whole number or a range of them.
    Number,
    /// A date, a range of dates, or how long ago.
    Date,
    /// Something that a record may have.
    Presence,
    /// A place on the map and a distance from it.
    Place,
}

/// What a filter asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "test", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Test {
    /// The value as typed.
    Value,
    /// A value from one to another, in the order of the values; an end that is absent is open.
    Values(Ends<String>),
    /// Open to somebody of an age from one to another, in minutes; whole years and months run to their end, so that 45 is
    /// from 45 years up to, but not including, 46.
    Ages {
        /// The youngest age.
        from: i64,
        /// The age before which it ends; absent if it does not.
        #[serde(skip_serializing_if = "Option::is_none")]
        before: Option<i64>,
    },
    /// A number from one to another, both included.
    Numbers(Ends<i64>),
    /// A day from one to another, both included.
    Days(Ends<Day>),
    /// A day from so long ago up to today.
    Recent(Ago),
    /// A day so long ago or longer.
    LongAgo(Ago),
    /// The record has it.
    Given,
}

/// The ends of a range.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ends<T> {
    /// The first; absent if the range is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<T>,
    /// The last; absent if the range is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<T>,
    /// Whether `from` itself is left out.
    #[serde(skip_serializing_if = "is_false")]
    pub beyond_from: bool,
    /// Whether `to` itself is left out.
    #[serde(skip_serializing_if = "is_false")]
    pub before_to: bool,
}

fn is_false(value: &bool) -> bool {
    !value
}

/// A day; written as ISO 8601.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub Date);

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// A stretch of time before today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Ago {
    /// How many units.
    pub count: u16,
    /// The unit.
    pub unit: AgoUnit,
}

/// A unit of [`Ago`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AgoUnit {
    /// Days.
    Days,
    /// Weeks.
    Weeks,
    /// Calendar months.
    Months,
    /// Calendar years.
    Years,
}

impl Ago {
    /// The day that long before `today`.
    pub fn before(self, today: Date) -> Date {
        let count = i64::from(self.count);
        let span = jiff::Span::new();
        let span = match self.unit {
            AgoUnit::Days => span.try_days(count),
            AgoUnit::Weeks => span.try_weeks(count),
            AgoUnit::Months => span.try_months(count),
            AgoUnit::Years => span.try_years(count),
        };
        today.saturating_sub(span.unwrap_or_default())
    }

    /// The last day that is more than that long before `today`; none if the calendar begins later.
    pub fn last_before(self, today: Date) -> Option<Date> {
        self.before(today).yesterday().ok()
    }
}

/// What `value` asks of a filter, or what is wrong with it.
pub(super) fn test(filter: &FilterName, value: &str) -> Result<Test, QueryFault> {
    let value = value.trim();
    let found = match filter.kind {
        FilterKind::Values => Some(Test::Value),
        FilterKind::Presence => Some(Test::Given),
        FilterKind::OrderedValues => match range(value) {
            None => None,
            Some(Range::One(_)) => Some(Test::Value),
            Some(Range::Ends(ends)) => ends.try_map(|end| Some(end.to_owned())).map(Test::Values),
        },
        FilterKind::Age => ages(value),
        FilterKind::Number => numbers(value),
        FilterKind::Date => dates(value),
        FilterKind::Place => None,
    };
    found.ok_or_else(|| QueryFault::WrongValue {
        filter: filter.name.clone(),
        value: brief(value),
        kind: filter.kind,
    })
}

/// What a value is by its signs.
enum Range<'v> {
    One(&'v str),
    Ends(Ends<&'v str>),
}

impl<T> Ends<T> {
    /// Both ends changed; nothing if one cannot be.
    fn try_map<U>(self, mut change: impl FnMut(T) -> Option<U>) -> Option<Ends<U>> {
        let mut one = |end: Option<T>| match end {
            None => Some(None),
            Some(end) => change(end).map(Some),
        };
        Some(Ends {
            from: one(self.from)?,
            to: one(self.to)?,
            beyond_from: self.beyond_from,
            before_to: self.before_to,
        })
    }
}

/// `a..b`, `a..`, `..b`, `>a`, `>=a`, `<a`, `<=a`, `=a`, `a`; nothing if an end is missing that must be there.
fn range(value: &str) -> Option<Range<'_>> {
    let ends = |from, to, beyond_from, before_to| {
        Some(Range::Ends(Ends {
            from,
            to,
            beyond_from,
            before_to,
        }))
    };
    for (sign, above, without) in [
        (">=", true, false),
        ("≥", true, false),
        ("<=", false, false),
        ("≤", false, false),
        (">", true, true),
        ("<", false, true),
    ] {
        if let Some(rest) = value.strip_prefix(sign) {
            let rest = rest.trim();
            if rest.is_empty() {
                return None;
            }
            return match above {
                true => ends(Some(rest), None, without, false),
                false => ends(None, Some(rest), false, without),
            };
        }
    }
    if let Some((from, to)) = value.split_once("..") {
        let (from, to) = (from.trim(), to.trim());
        if from.is_empty() && to.is_empty() {
            return None;
        }
        let given = |text: &str| !text.is_empty();
        let (from, to) = (
            Some(from).filter(|end| given(end)),
            Some(to).filter(|end| given(end)),
        );
        return ends(from, to, false, false);
    }
    let one = value.strip_prefix('=').unwrap_or(value).trim();
    (!one.is_empty()).then_some(Range::One(one))
}

/// A point or range as a range with both its ends, if they have the form of `read` and stand in order.
fn ordered<T: PartialOrd + Clone>(
    value: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Option<Ends<T>> {
    let ends = match range(value)? {
        Range::One(one) => Ends {
            from: Some(read(one)?),
            to: Some(read(one)?),
            beyond_from: false,
            before_to: false,
        },
        Range::Ends(ends) => ends.try_map(read)?,
    };
    match (&ends.from, &ends.to) {
        (Some(from), Some(to)) if from > to => None,
        _ => Some(ends),
    }
}

fn numbers(value: &str) -> Option<Test> {
    let number = |text: &str| {
        let digits: String = text
            .chars()
            .filter(|c| !matches!(c, ',' | '_' | ' '))
            .collect();
        let plain = digits.len() <= 12 && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<i64>().ok().filter(|_| plain)
    };
    let ends = ordered(value, number)?;
    Some(Test::Numbers(Ends {
        from: ends.from.map(|from| from + i64::from(ends.beyond_from)),
        to: ends.to.map(|to| to - i64::from(ends.before_to)),
        beyond_from: false,
        before_to: false,
    }))
}

/// An age as its first minute and the first minute past it: 45 years last a year.
fn age(text: &str) -> Option<(i64, i64)> {
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (count, unit) = text.split_at(digits);
    let count: u32 = count.parse().ok().filter(|count| *count <= 1_000_000)?;
    let unit = match unit.trim().to_lowercase().as_str() {
        "" | "y" | "yr" | "yrs" | "year" | "years" => AgeUnit::Years,
        "m" | "mo" | "month" | "months" => AgeUnit::Months,
        "w" | "week" | "weeks" => AgeUnit::Weeks,
        "d" | "day" | "days" => AgeUnit::Days,
        _ => return None,
    };
    let of = |count| Age { count, unit }.minutes();
    Some((of(count), of(count + 1)))
}

fn ages(value: &str) -> Option<Test> {
    let ends = ordered(value, age)?;
    Some(Test::Ages {
        from: ends.from.map_or(0, |(first, end)| match ends.beyond_from {
            true => end,
            false => first,
        }),
        before: ends.to.map(|(first, end)| match ends.before_to {
            true => first,
            false => end,
        }),
    })
}

fn dates(value: &str) -> Option<Test> {
    if let Some(Range::Ends(ends)) = range(value) {
        let long_ago =
            |end: Option<&str>, other: Option<&str>| end.filter(|_| other.is_none()).and_then(ago);
        // More than so long ago is before that day, however it stands on a line of dates.
        if let Some(ago) = long_ago(ends.to, ends.from).filter(|_| !value.starts_with("..")) {
            return Some(Test::Recent(ago));
        }
        if let Some(ago) = long_ago(ends.from, ends.to).filter(|_| !value.ends_with("..")) {
            return Some(Test::LongAgo(ago));
        }
    }
    let ends = ordered(value, PartialDate::parse)?;
    let day = |date: Date| Some(Day(date));
    Some(Test::Days(Ends {
        from: match (ends.from, ends.beyond_from) {
            (Some(from), true) => day(from.last_day().tomorrow().ok()?),
            (Some(from), false) => day(from.first_day()),
            (None, _) => None,
        },
        to: match (ends.to, ends.before_to) {
            (Some(to), true) => day(to.first_day().yesterday().ok()?),
            (Some(to), false) => day(to.last_day()),
            (None, _) => None,
        },
        beyond_from: false,
        before_to: false,
    }))
}

/// `90d`, `6m`, `2 years`.
fn ago(text: &str) -> Option<Ago> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (count, unit) = text.split_at(digits);
    let unit = match unit.trim().to_lowercase().as_str() {
        "d" | "day" | "days" => AgoUnit::Days,
        "w" | "week" | "weeks" => AgoUnit::Weeks,
        "m" | "mo" | "month" | "months" => AgoUnit::Months,
        "y" | "yr" | "year" | "years" => AgoUnit::Years,
        _ => return None,
    };
    // A thousand years and more are a slip.
    let count = count.parse().ok().filter(|count| *count < 10_000)?;
    Some(Ago { count, unit })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: FilterKind, value: &str, expect: &str) {
        let filter = FilterName {
            name: "f".to_owned(),
            kind,
        };
        let found = match test(&filter, value) {
            Ok(test) => serde_json::to_string(&test).unwrap(),
            Err(_) => "wrong".to_owned(),
        };
        let found = found.replace('"', "");
        let found = found.trim_start_matches("{test:").trim_end_matches('}');
        assert_eq!(found, expect, "{value}");
    }

    #[test]
    fn ages_last_to_their_end() {
        let check = |value, expect| check(FilterKind::Age, value, expect);
        check("45", "ages,from:23668200,before:24194160");
        check("0", "ages,from:0,before:525960");
        check("6m", "ages,from:262980,before:306810");
        check("18..65", "ages,from:9467280,before:34713360");
        check("18..", "ages,from:9467280");
        check("..17", "ages,from:0,before:9467280");
        check(">17", "ages,from:9467280");
        check(">=18", "ages,from:9467280");
        check("<18", "ages,from:0,before:9467280");
        check("2 weeks", "ages,from:20160,before:30240");
        check("65..18", "wrong");
        check("old", "wrong");
        check("..", "wrong");
        check("", "wrong");
        check("99999999999", "wrong");
    }

    #[test]
    fn numbers_and_their_ranges() {
        let check = |value, expect| check(FilterKind::Number, value, expect);
        check("100", "numbers,from:100,to:100");
        check(">100", "numbers,from:101");
        check(">=1,000", "numbers,from:1000");
        check("≤20", "numbers,to:20");
        check("<0", "numbers,to:-1");
        check("50..100", "numbers,from:50,to:100");
        check("many", "wrong");
        check("> ", "wrong");
        check("1.5", "wrong");
    }

    #[test]
    fn dates_last_to_their_end() {
        let check = |value, expect| check(FilterKind::Date, value, expect);
        check("2020", "days,from:2020-01-01,to:2020-12-31");
        check("2019..2021", "days,from:2019-01-01,to:2021-12-31");
        check(">=2020-06", "days,from:2020-06-01");
        check(">2020-06", "days,from:2020-07-01");
        check("<2020", "days,to:2019-12-31");
        check("..2020-02", "days,to:2020-02-29");
        check("2020-02-30", "wrong");
        check("soon", "wrong");
        check("2021..2019", "wrong");
        check("<90d", "recent,count:90,unit:days");
        check(">2y", "long_ago,count:2,unit:years");
        check("90d", "wrong");
        check("<90", "wrong");
        check("..90d", "wrong");
    }

    #[test]
    fn long_ago_is_a_day() {
        let ago = |text: &str| ago(text).unwrap().before(Date::constant(2026, 3, 31));
        assert_eq!(ago("90d").to_string(), "2025-12-31");
        assert_eq!(ago("1m").to_string(), "2026-02-28");
        assert_eq!(ago("2y").to_string(), "2024-03-31");
    }
}
