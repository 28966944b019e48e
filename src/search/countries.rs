//! The writings of a country that the index has, for one that is typed: records say `Korea, Republic of` and `South Korea`,
//! people `UK` and `USA`. Which writings name one country, the gazetteer knows.

use std::collections::BTreeSet;

use crate::place::Gazetteer;

/// Those of some names of countries that are the country of a spelling, in order. None if the gazetteer does not know the
/// spelling, or none of the names is of that country.
pub(crate) fn countries_meant<'n>(
    spelling: &str,
    names: impl Iterator<Item = &'n String>,
) -> Vec<String> {
    let gazetteer = Gazetteer::bundled();
    let spelling = spelling.trim();
    let letters = spelling.to_ascii_uppercase();
    let by_letters = || gazetteer.country_name(&letters).map(|_| letters.as_str());
    let Some(code) = gazetteer.country(spelling).or_else(by_letters) else {
        return Vec::new();
    };
    let meant: BTreeSet<&String> = names
        .filter(|name| gazetteer.country(name) == Some(code))
        .collect();
    meant.into_iter().cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writings_of_a_country() {
        let known = [
            "Czechia",
            "France",
            "Germany",
            "Korea, Republic of",
            "South Korea",
            "Turkey",
            "Turkey (Türkiye)",
            "United Kingdom",
            "United States",
            "Utopia",
        ]
        .map(str::to_owned);
        let check = |spelling: &str, expect: &[&str]| {
            assert_eq!(countries_meant(spelling, known.iter()), expect, "{spelling}");
        };
        for spelling in ["UK", "U.K.", "gb", "Great Britain", "united kingdom"] {
            check(spelling, &["United Kingdom"]);
        }
        for spelling in ["USA", "U.S.A.", "us", "U.S.", "America", "United States of America"] {
            check(spelling, &["United States"]);
        }
        for spelling in ["South Korea", "korea, republic of", "Republic of Korea", "kr"] {
            check(spelling, &["Korea, Republic of", "South Korea"]);
        }
        for spelling in ["Turkey", "Türkiye", "turkiye"] {
            check(spelling, &["Turkey", "Turkey (Türkiye)"]);
        }
        check("Czech Republic", &["Czechia"]);
        check("Deutschland", &["Germany"]);
        check("Spain", &[]);
        check("Utopia", &[]);
        check("x", &[]);
        check("", &[]);
    }
}
