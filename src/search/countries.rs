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
    let Some(code) = code_of(spelling) else {
        return Vec::new();
    };
    let meant: BTreeSet<&String> = names
        .filter(|name| gazetteer.country(name) == Some(code.as_str()))
        .collect();
    meant.into_iter().cloned().collect()
}

/// Whether the gazetteer knows a spelling as a country, whatever the index has.
pub(crate) fn is_country(spelling: &str) -> bool {
    code_of(spelling).is_some()
}

/// The two letters of the country that a spelling means.
fn code_of(spelling: &str) -> Option<String> {
    let gazetteer = Gazetteer::bundled();
    // `U.S.A.`
    let letters = spelling.trim().replace('.', "");
    if PARTS.contains(&fold(&letters).as_str()) {
        return None;
    }
    let code = letters.to_ascii_uppercase();
    match gazetteer.country(&letters) {
        Some(code) => Some(code.to_owned()),
        None => gazetteer.country_name(&code).map(|_| code),
    }
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
