//! Status, phase and dates in words: a status is a claim of a date and is never shown without it.

use crate::render::document::{Piece, Tone, piece};
use crate::schema::is_open;
use crate::search::HitStatus;
use crate::trial::vocabulary::Vocabulary;
use crate::trial::{DateStruct, PartialDate};

/// The words for people for a canonical value; the value itself if there are none.
pub(crate) fn label(vocabulary: &Vocabulary, element: &str, value: &str) -> String {
    let known = vocabulary.label(element, value);
    known.unwrap_or(value).to_owned()
}

/// A date as a reader says it; as it stands if it is none.
pub(crate) fn date_in_words(date: &str) -> String {
    PartialDate::parse(date).map_or_else(|| date.to_owned(), PartialDate::in_words)
}

/// A date with its type: `18 February 2019 (actual)`.
pub(crate) fn dated(date: &DateStruct, vocabulary: &Vocabulary) -> Option<String> {
    let text = date_in_words(date.date.as_deref()?);
    Some(match &date.kind {
        Some(kind) => format!("{text} ({})", label(vocabulary, "date_type", kind)),
        None => text,
    })
}

/// The status with the date that it is a claim of. An unknown status says what was last known, an open one that nobody has
/// verified for long says so first, so that neither can be taken for one that is recruiting.
pub(crate) fn status_piece(status: &HitStatus, vocabulary: &Vocabulary) -> Piece {
    let when = match (&status.verified, &status.updated) {
        (Some(verified), _) => format!("verified {}", date_in_words(verified)),
        (None, Some(updated)) => format!("updated {}", date_in_words(updated)),
        (None, None) => "of no known date".to_owned(),
    };
    let name = |value: &str| label(vocabulary, "status", value);
    match status.overall.as_deref() {
        None => piece(Tone::Caution, format!("Status not stated ({when})")),
        Some("UNKNOWN") => {
            let last = status.last_known.as_deref().map(name);
            let known = last.map_or_else(String::new, |last| format!("last known: {last}, "));
            piece(Tone::Caution, format!("Unknown status ({known}{when})"))
        }
        Some(overall) if status.not_verified_for_two_years => piece(
            Tone::Caution,
            format!(
                "Not verified for two years (last said: {}, {when})",
                name(overall)
            ),
        ),
        Some(overall) => {
            let tone = if is_open(overall) {
                Tone::Open
            } else {
                Tone::Plain
            };
            piece(tone, format!("{} ({when})", name(overall)))
        }
    }
}

/// The phase; for studies that have none by their type, the type.
pub(crate) fn phase_in_words(
    phases: &[String],
    study_type: Option<&str>,
    vocabulary: &Vocabulary,
) -> String {
    match (phases, study_type) {
        ([], Some(other)) if other != "INTERVENTIONAL" => label(vocabulary, "study_type", other),
        ([], _) => "phase not stated".to_owned(),
        ([only], _) if only == "NA" => "phase not applicable".to_owned(),
        (phases, _) => phases
            .iter()
            .map(|phase| label(vocabulary, "phase", phase))
            .collect::<Vec<_>>()
            .join("/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_and_unknown_never_look_like_recruiting() {
        let check = |overall: Option<&str>, last: Option<&str>, stale: bool, expect: &str| {
            let status = HitStatus {
                overall: overall.map(str::to_owned),
                last_known: last.map(str::to_owned),
                verified: Some("2019-12".into()),
                not_verified_for_two_years: stale,
                ..HitStatus::default()
            };
            let shown = status_piece(&status, Vocabulary::bundled());
            assert_eq!(shown.text, expect);
            assert_eq!(shown.tone == Tone::Open, expect.starts_with("Recruiting"));
        };
        check(
            Some("RECRUITING"),
            None,
            false,
            "Recruiting (verified December 2019)",
        );
        check(
            Some("RECRUITING"),
            None,
            true,
            "Not verified for two years (last said: Recruiting, verified December 2019)",
        );
        check(
            Some("UNKNOWN"),
            Some("RECRUITING"),
            false,
            "Unknown status (last known: Recruiting, verified December 2019)",
        );
        check(
            Some("UNKNOWN"),
            None,
            false,
            "Unknown status (verified December 2019)",
        );
        check(
            None,
            None,
            false,
            "Status not stated (verified December 2019)",
        );
        check(
            Some("PAUSED"),
            None,
            false,
            "PAUSED (verified December 2019)",
        );
    }
}
