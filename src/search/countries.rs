//! The writings of a country that the index has, for one that is typed: records say `Korea, Republic of` and `South Korea`,
//! people `UK` and `USA`. Which writings name one country, the gazetteer knows.

use std::collections::BTreeSet;

use crate::place::{Gazetteer, fold};

/// Writings of a country that the gazetteer places sites by, and that say less than the country.
const PARTS: [&str; 4] = ["england", "scotland", "wales", "northern ireland"];

/// Those of some names of countries that are the country of a spelling, in order. None if the gazetteer does not know the
/// spelling, or none of the names is of that country.
pub(crate) fn countries_meant<'n>(
    spelling: &str,
    names: impl Iterator<Item = &'n String>,
) -> Vec<String> {
    let gazetteer = Gazetteer::bundled();
    // `U.S.A.`
    let letters = spelling.trim().replace('.', "");
    let code = letters.to_ascii_uppercase();
    let by_code = || gazetteer.country_name(&code).map(|_| code.as_str());
    let Some(code) = gazetteer.country(&letters).or_else(by_code) else {
        return Vec::new();
    };
    if PARTS.contains(&fold(&letters).as_str()) {
        return Vec::new();
    }
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
            assert_eq!(
                countries_meant(spelling, known.iter()),
                expect,
                "{spelling}"
            );
        };
        for spelling in ["UK", "U.K.", "gb", "Great Britain", "united kingdom"] {
            check(spelling, &["United Kingdom"]);
        }
        for spelling in ["USA", "U.S.A.", "us", "U.S.", "United States of America"] {
            check(spelling, &["United States"]);
        }
        for spelling in [
            "South Korea",
            "korea, republic of",
            "Republic of Korea",
            "kr",
        ] {
            check(spelling, &["Korea, Republic of", "South Korea"]);
        }
        for spelling in ["Turkey", "Türkiye", "turkiye"] {
            check(spelling, &["Turkey", "Turkey (Türkiye)"]);
        }
        check("Czech Republic", &["Czechia"]);
        check("de", &["Germany"]);
        check("Scotland", &[]);
        check("Spain", &[]);
        check("Utopia", &[]);
        check("x", &[]);
        check("", &[]);
    }
}
