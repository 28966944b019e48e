//! `aggFilters`: the boxes that people tick on the site, as its addresses hold them. Each becomes an expression.
//!
//! The options are the site's short forms (`rec`, `f`, `2`) and the values of the pieces themselves (`RECRUITING`, `FEMALE`,
//! `PHASE2`).

use crate::query::Query;
use crate::schema::{Pieces, comparable_value};
use crate::server::api_v2::answer::wrong;
use crate::server::problem::Problem;

/// A filter: its id, the piece or area that it asks, and short forms with what they stand for.
struct Aggregation {
    id: &'static str,
    area: &'static str,
    short: &'static [(&'static str, &'static [&'static str])],
}

const AGGREGATIONS: [Aggregation; 6] = [
    Aggregation {
        id: "status",
        area: "OverallStatus",
        short: &[
            ("not", &["NOT_YET_RECRUITING"]),
            ("rec", &["RECRUITING"]),
            ("enr", &["ENROLLING_BY_INVITATION"]),
            ("act", &["ACTIVE_NOT_RECRUITING"]),
            ("com", &["COMPLETED"]),
            ("sus", &["SUSPENDED"]),
            ("ter", &["TERMINATED"]),
            ("wit", &["WITHDRAWN"]),
            ("unk", &["UNKNOWN"]),
            ("ava", &["AVAILABLE"]),
            ("nla", &["NO_LONGER_AVAILABLE"]),
            ("nol", &["NO_LONGER_AVAILABLE"]),
            ("tna", &["TEMPORARILY_NOT_AVAILABLE"]),
            ("tem", &["TEMPORARILY_NOT_AVAILABLE"]),
            ("afm", &["APPROVED_FOR_MARKETING"]),
            ("app", &["APPROVED_FOR_MARKETING"]),
            ("wih", &["WITHHELD"]),
        ],
    },
    Aggregation {
        id: "phase",
        area: "Phase",
        short: &[
            ("0", &["EARLY_PHASE1"]),
            ("early", &["EARLY_PHASE1"]),
            ("1", &["PHASE1"]),
            ("2", &["PHASE2"]),
            ("3", &["PHASE3"]),
            ("4", &["PHASE4"]),
        ],
    },
    Aggregation {
        id: "sex",
        area: "Sex",
        short: &[("f", &["FEMALE"]), ("m", &["MALE"]), ("a", &["ALL"])],
    },
    Aggregation {
        id: "ages",
        area: "StdAge",
        short: &[
            ("older", &["OLDER_ADULT"]),
            ("olderadult", &["OLDER_ADULT"]),
        ],
    },
    Aggregation {
        id: "studyType",
        area: "StudyType",
        short: &[
            ("int", &["INTERVENTIONAL"]),
            ("obs", &["OBSERVATIONAL"]),
            ("exp", &["EXPANDED_ACCESS"]),
        ],
    },
    Aggregation {
        id: "funderType",
        area: "FunderTypeSearch",
        short: &[(
            "other",
            &["OTHER", "OTHER_GOV", "INDIV", "NETWORK", "AMBIG", "UNKNOWN"],
        )],
    },
];

/// Filters whose options are no values: the id, the option in its forms, and the expression that it stands for.
const OTHERS: [(&str, &[&str], &str); 12] = [
    ("results", &["with", "y"], "AREA[HasResults]true"),
    (
        "results",
        &["without", "n"],
        "AREA[HasResults]false OR AREA[HasResults]MISSING",
    ),
    ("healthy", &["y", "yes"], "AREA[HealthyVolunteers]true"),
    ("healthy", &["n", "no"], "AREA[HealthyVolunteers]false"),
    ("violation", &["y"], "AREA[FDAAA801Violation]true"),
    ("docs", &["prot"], "AREA[LargeDocHasProtocol]true"),
    ("docs", &["sap"], "AREA[LargeDocHasSAP]true"),
    ("docs", &["icf"], "AREA[LargeDocHasICF]true"),
    ("studyType", &["obs_patreg"], "AREA[PatientRegistry]true"),
    (
        "studyType",
        &["exp_indiv"],
        "AREA[ExpAccTypeIndividual]true",
    ),
    (
        "studyType",
        &["exp_inter"],
        "AREA[ExpAccTypeIntermediate]true",
    ),
    ("studyType", &["exp_treat"], "AREA[ExpAccTypeTreatment]true"),
];

/// The expressions of a value of `aggFilters`, one for each of its filters.
///
/// # Errors
/// A filter or an option that there is not.
pub(super) fn expressions(value: &str) -> Result<Vec<String>, Problem> {
    let mut all: Vec<(String, Vec<String>)> = Vec::new();
    for part in value.split([',', '|']).map(str::trim) {
        if part.is_empty() {
            continue;
        }
        let Some((id, options)) = part.split_once(':') else {
            return Err(wrong(format!(
                "`aggFilters` parameter: `{part}` is not of the form `filter:options`"
            )));
        };
        let id = id.trim();
        let mut any = Vec::new();
        for option in options.split_whitespace() {
            any.push(expression(id, option)?);
        }
        if any.is_empty() {
            return Err(wrong(format!(
                "`aggFilters` parameter: `{id}` has no options"
            )));
        }
        match all.iter_mut().find(|(known, _)| known == id) {
            Some((_, known)) => known.extend(any),
            None => all.push((id.to_owned(), any)),
        }
    }
    Ok(all.into_iter().map(|(_, any)| any.join(" OR ")).collect())
}

fn expression(id: &str, option: &str) -> Result<String, Problem> {
    let lower = option.to_lowercase();
    let other = OTHERS
        .iter()
        .find(|(known, names, _)| *known == id && names.contains(&lower.as_str()));
    if let Some((.., expression)) = other {
        return Ok((*expression).to_owned());
    }
    let Some(aggregation) = AGGREGATIONS.iter().find(|known| known.id == id) else {
        let is_known = OTHERS.iter().any(|(known, ..)| *known == id);
        return Err(match is_known {
            true => unknown_option(id, option),
            false => wrong(format!("`aggFilters` parameter has unknown filter `{id}`")),
        });
    };
    let short = aggregation.short.iter().find(|(name, _)| *name == lower);
    let values: Vec<String> = match short {
        Some((_, values)) => values.iter().map(|value| (*value).to_owned()).collect(),
        None => {
            let pieces = Pieces::bundled();
            let searched = pieces.resolve(aggregation.area);
            let members = searched.map(|searched| pieces.members(searched));
            let mut known = members
                .iter()
                .flatten()
                .flat_map(|(piece, _)| pieces.values_of(*piece));
            let typed = comparable_value(option);
            let value = known.find(|value| comparable_value(value) == typed);
            vec![value.ok_or_else(|| unknown_option(id, option))?.clone()]
        }
    };
    let areas: Vec<String> = values
        .iter()
        .map(|value| format!("AREA[{}]\"{value}\"", aggregation.area))
        .collect();
    Ok(areas.join(" OR "))
}

fn unknown_option(id: &str, option: &str) -> Problem {
    wrong(format!(
        "`aggFilters` parameter: `{id}` has no option `{option}`"
    ))
}

/// Reads an expression that was made here.
pub(super) fn made(expression: &str) -> Result<Query, Problem> {
    crate::query::essie::parse_essie(expression, "BasicSearch", Pieces::bundled()).map_err(
        |error| {
            tracing::error!("a filter became the wrong expression `{expression}`: {error}");
            Problem::fault()
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &str, expect: &str) {
        let found = match expressions(value) {
            Ok(all) => {
                for expression in &all {
                    assert!(made(expression).is_ok(), "{expression}");
                }
                all.join(" & ")
            }
            Err(problem) => problem.message,
        };
        assert_eq!(found, expect, "{value}");
    }

    #[test]
    fn forms_of_the_site() {
        check(
            "phase:2 3",
            "AREA[Phase]\"PHASE2\" OR AREA[Phase]\"PHASE3\"",
        );
        check("phase:PHASE3", "AREA[Phase]\"PHASE3\"");
        check("phase:na", "AREA[Phase]\"NA\"");
        check("sex:f", "AREA[Sex]\"FEMALE\"");
        check("sex:all", "AREA[Sex]\"ALL\"");
        check(
            "results:with,status:com",
            "AREA[HasResults]true & AREA[OverallStatus]\"COMPLETED\"",
        );
        check(
            "status:not rec,sex:f,healthy:y",
            "AREA[OverallStatus]\"NOT_YET_RECRUITING\" OR AREA[OverallStatus]\"RECRUITING\" & AREA[Sex]\"FEMALE\" & \
             AREA[HealthyVolunteers]true",
        );
        check(
            "studyType:int exp",
            "AREA[StudyType]\"INTERVENTIONAL\" OR AREA[StudyType]\"EXPANDED_ACCESS\"",
        );
        check("funderType:industry", "AREA[FunderTypeSearch]\"INDUSTRY\"");
        check(
            "ages:child older",
            "AREA[StdAge]\"CHILD\" OR AREA[StdAge]\"OLDER_ADULT\"",
        );
        check(
            "phase:9",
            "`aggFilters` parameter: `phase` has no option `9`",
        );
        check(
            "colour:red",
            "`aggFilters` parameter has unknown filter `colour`",
        );
        check(
            "phase",
            "`aggFilters` parameter: `phase` is not of the form `filter:options`",
        );
        check("phase:", "`aggFilters` parameter: `phase` has no options");
    }
}
