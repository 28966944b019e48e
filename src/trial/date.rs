//! Dates as registries write them: a day, a month or only a year.

use std::fmt;

use jiff::civil::Date;

/// A date of day, month or year precision (API type `PartialDate`). Ordered by its first day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartialDate {
    first: Date,
    precision: Precision,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Precision {
    Year,
    Month,
    Day,
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

impl PartialDate {
    /// Reads `2019-03-05`, `2019-03`, `2019`, `March 5, 2019`, `March 2019`, `5 March 2019` and the same with
    /// three-letter months. `None` for anything else: a date with only digits and slashes is ambiguous
    /// between countries and is never guessed.
    pub fn parse(text: &str) -> Option<PartialDate> {
        let text = text.trim();
        if text.as_bytes().first()?.is_ascii_digit()
            && text.bytes().all(|b| b.is_ascii_digit() || b == b'-')
        {
            return Self::iso(text);
        }
        let mut year = None;
        let mut month = None;
        let mut day = None;
        for word in text
            .split([' ', ',', '.', '\u{a0}'])
            .filter(|word| !word.is_empty())
        {
            if let Ok(number) = word.parse::<i16>() {
                match word.len() {
                    4 if year.is_none() => year = Some(number),
                    1 | 2 if day.is_none() => day = i8::try_from(number).ok(),
                    _ => return None,
                }
            } else if month.is_none() {
                month = Some(month_number(word)?);
            } else {
                return None;
            }
        }
        Self::new(year?, month, day)
    }

    fn iso(text: &str) -> Option<PartialDate> {
        let mut parts = text.split('-');
        let year = parts.next()?;
        if year.len() != 4 {
            return None;
        }
        let month = parts.next().map(two_digits);
        let day = parts.next().map(two_digits);
        if parts.next().is_some() || month == Some(None) || day == Some(None) {
            return None;
        }
        Self::new(year.parse().ok()?, month.flatten(), day.flatten())
    }

    /// A date from its parts; `None` if there is no such day, or a day without a month.
    pub fn new(year: i16, month: Option<i8>, day: Option<i8>) -> Option<PartialDate> {
        let precision = match (month, day) {
            (None, None) => Precision::Year,
            (Some(_), None) => Precision::Month,
            (Some(_), Some(_)) => Precision::Day,
            (None, Some(_)) => return None,
        };
        let first = Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).ok()?;
        Some(PartialDate { first, precision })
    }

    /// The first day that the date can mean.
    pub fn first_day(self) -> Date {
        self.first
    }

    /// The last day that the date can mean (2019-02 ends on 2019-02-28).
    pub fn last_day(self) -> Date {
        match self.precision {
            Precision::Day => self.first,
            Precision::Month => self.first.last_of_month(),
            Precision::Year => self.first.last_of_year(),
        }
    }

    /// Days from 1970-01-01 to the first day.
    pub fn days(self) -> i64 {
        days_of(self.first)
    }

    /// Days from 1970-01-01 to the last day.
    pub fn last_days(self) -> i64 {
        days_of(self.last_day())
    }

    /// The calendar year.
    pub fn year(self) -> i16 {
        self.first.year()
    }

    /// `March 2019`, `5 March 2019` or `2019`: the way a reader says it.
    pub fn in_words(self) -> String {
        let month = usize::try_from(self.first.month() - 1).unwrap_or(0);
        let name = MONTHS[month];
        let (head, tail) = name.split_at(1);
        let name = format!("{}{tail}", head.to_uppercase());
        match self.precision {
            Precision::Year => self.first.year().to_string(),
            Precision::Month => format!("{name} {}", self.first.year()),
            Precision::Day => format!("{} {name} {}", self.first.day(), self.first.year()),
        }
    }
}

/// Days from 1970-01-01 to a date.
pub(crate) fn days_of(date: Date) -> i64 {
    let epoch = Date::constant(1970, 1, 1);
    i64::from((date - epoch).get_days())
}

/// The date of a number of days since 1970-01-01; the nearest one there is if it is out of all bounds.
pub(crate) fn day(days: i64) -> Date {
    let epoch = Date::constant(1970, 1, 1);
    epoch.saturating_add(jiff::Span::new().try_days(days).unwrap_or_default())
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = (self.first.year(), self.first.month(), self.first.day());
        match self.precision {
            Precision::Year => write!(f, "{year:04}"),
            Precision::Month => write!(f, "{year:04}-{month:02}"),
            Precision::Day => write!(f, "{year:04}-{month:02}-{day:02}"),
        }
    }
}

fn two_digits(text: &str) -> Option<i8> {
    if text.is_empty() || text.len() > 2 {
        return None;
    }
    text.parse().ok()
}

fn month_number(word: &str) -> Option<i8> {
    let word = word.to_lowercase();
    let index = MONTHS.iter().position(|month| {
        *month == word
            || (word.len() == 3 && month.starts_with(&word))
            || (word == "sept" && *month == "september")
    })?;
    i8::try_from(index + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_meet_in_iso() {
        let check = |input: &str, expect: Option<&str>| {
            assert_eq!(
                PartialDate::parse(input)
                    .map(|date| date.to_string())
                    .as_deref(),
                expect,
                "{input}"
            );
        };
        check("2019-03-05", Some("2019-03-05"));
        check("2019-03", Some("2019-03"));
        check("2019", Some("2019"));
        check("March 2019", Some("2019-03"));
        check("March 5, 2019", Some("2019-03-05"));
        check(" 5 March 2019 ", Some("2019-03-05"));
        check("Sep 2008", Some("2008-09"));
        check("2019-02-30", None);
        check("05/03/2019", None);
        check("soon", None);
        check("", None);
        check("2019-", None);
        check("20190305", None);
    }

    #[test]
    fn precision_bounds_the_days() {
        let month = PartialDate::parse("2020-02").unwrap();
        assert_eq!(month.last_day().to_string(), "2020-02-29");
        assert_eq!(month.in_words(), "February 2020");
        assert_eq!(PartialDate::parse("1970-01-02").unwrap().days(), 1);
    }
}
