//! Registry ids: what names a trial, however it is typed.

use std::fmt;

/// The registries whose ids are recognised by their form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Registry {
    /// ClinicalTrials.gov, `NCT` and eight digits.
    ClinicalTrialsGov,
    /// The EU Clinical Trials Register, `2017-002092-25`.
    EudraCt,
    /// The EU Clinical Trials Information System, `2022-500024-30-00`.
    Ctis,
    /// ISRCTN, `ISRCTN` and eight digits.
    Isrctn,
    /// WHO Universal Trial Number, `U1111-1234-5678`.
    Utn,
}

/// The id of a trial in a registry, in its canonical writing. Ordered by that writing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrialId {
    text: String,
    registry: Registry,
}

impl TrialId {
    /// Reads an id in any case, with or without spaces, hyphens and the registry's name before it
    /// (`nct 04104412`, `EudraCT: 2017-002092-25`, `EUCTR2017-002092-25-FR`). `None` if the form is no registry's.
    pub fn parse(text: &str) -> Option<TrialId> {
        let compact: String = text
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_uppercase())
            .collect();
        if text.chars().filter(|c| c.is_alphanumeric()).count() != compact.len() {
            return None;
        }
        let digits_after = |prefix: &str, count: usize| {
            compact
                .strip_prefix(prefix)
                .filter(|rest| rest.len() == count && rest.bytes().all(|b| b.is_ascii_digit()))
        };
        let found = |registry, text: String| Some(TrialId { text, registry });
        if let Some(digits) = digits_after("NCT", 8) {
            return found(Registry::ClinicalTrialsGov, format!("NCT{digits}"));
        }
        if let Some(digits) = digits_after("ISRCTN", 8) {
            return found(Registry::Isrctn, format!("ISRCTN{digits}"));
        }
        if let Some(rest) = digits_after("UTNU", 12).or_else(|| digits_after("U", 12)) {
            let (a, rest) = rest.split_at(4);
            let (b, c) = rest.split_at(4);
            return found(Registry::Utn, format!("U{a}-{b}-{c}"));
        }
        european(text, &compact)
    }

    /// The canonical writing.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The registry whose form it has.
    pub fn registry(&self) -> Registry {
        self.registry
    }

    /// A CTIS number without the version that it may end in, `-01`; nothing of other registries.
    pub(crate) fn without_version(&self) -> Option<&str> {
        const NUMBER: usize = "2022-500024-30".len();
        self.text
            .get(..NUMBER)
            .filter(|_| self.registry == Registry::Ctis)
    }

    /// What an id is compared by, whatever registry or sponsor gave it: letters and digits in upper case.
    pub fn comparable(text: &str) -> String {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_uppercase)
            .collect()
    }
}

impl fmt::Display for TrialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// EudraCT and CTIS numbers: the hyphens are part of their form, as plain digits they could be anything.
fn european(text: &str, compact: &str) -> Option<TrialId> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let name: String = text[..start]
        .chars()
        .filter(|c| c.is_alphabetic())
        .flat_map(char::to_uppercase)
        .collect();
    if ![
        "",
        "EUCTR",
        "EUDRACT",
        "EUDRACTNUMBER",
        "EUDRACTNO",
        "CTIS",
        "EUCT",
        "EUCTNUMBER",
    ]
    .contains(&name.as_str())
    {
        return None;
    }
    let mut parts: Vec<&str> = text[start..]
        .trim()
        .split(['-', '\u{2010}', '\u{2011}', '\u{2013}'])
        .collect();
    if parts.len() == 4 && parts[3].len() == 2 && parts[3].bytes().all(|b| b.is_ascii_uppercase()) {
        parts.pop(); // the country of a EudraCT protocol
    }
    let widths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    if !parts
        .iter()
        .all(|part| part.bytes().all(|b| b.is_ascii_digit()))
        || compact.len() < 12
    {
        return None;
    }
    let registry = match widths[..] {
        [4, 6, 2] if parts[1].starts_with('5') => Registry::Ctis,
        [4, 6, 2] => Registry::EudraCt,
        [4, 6, 2, 2] => Registry::Ctis,
        _ => return None,
    };
    Some(TrialId {
        text: parts.join("-"),
        registry,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_meet_in_one_writing() {
        let check = |input: &str, expect: Option<(&str, Registry)>| {
            let found = TrialId::parse(input);
            assert_eq!(
                found.as_ref().map(|id| (id.as_str(), id.registry())),
                expect,
                "{input}"
            );
        };
        check(
            "NCT04104412",
            Some(("NCT04104412", Registry::ClinicalTrialsGov)),
        );
        check(
            " nct 04104412",
            Some(("NCT04104412", Registry::ClinicalTrialsGov)),
        );
        check(
            "NCT-04104412",
            Some(("NCT04104412", Registry::ClinicalTrialsGov)),
        );
        check("NCT0410441", None);
        check(
            "2017-002092-25",
            Some(("2017-002092-25", Registry::EudraCt)),
        );
        check(
            "EudraCT 2017-002092-25",
            Some(("2017-002092-25", Registry::EudraCt)),
        );
        check(
            "EUCTR2017-002092-25-FR",
            Some(("2017-002092-25", Registry::EudraCt)),
        );
        check(
            "2022-500024-30-00",
            Some(("2022-500024-30-00", Registry::Ctis)),
        );
        check(
            "ISRCTN 12345678",
            Some(("ISRCTN12345678", Registry::Isrctn)),
        );
        check("U1111-1234-5678", Some(("U1111-1234-5678", Registry::Utn)));
        check("2019-03-05", None);
        check("breast cancer", None);
        check("é", None);
        check("", None);
    }
}
