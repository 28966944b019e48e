//! The expression language: what is read as what, what is refused, and that nothing makes it panic.

use proptest::prelude::*;
use trialfind::query::essie::{parse_essie, trial_numbers};
use trialfind::schema::Pieces;

fn check(expression: &str, expect: &str) {
    let found = match parse_essie(expression, "BasicSearch", Pieces::bundled()) {
        Ok(query) => query.to_text(),
        Err(error) => format!("wrong at {}: {error}", error.span.of(expression)),
    };
    assert_eq!(found, expect, "{expression}");
}

#[test]
fn terms_and_operators() {
    check("heart attack", "AREA[BasicSearch]heart attack");
    check(
        "\"back pain\"",
        "AREA[BasicSearch]EXPANSION[Concept]\"back pain\"",
    );
    check(
        "youth OR teen",
        "AREA[BasicSearch]youth OR AREA[BasicSearch]teen",
    );
    check(
        "bethesda NOT maryland",
        "AREA[BasicSearch]bethesda -AREA[BasicSearch]maryland",
    );
    check(
        "(acetaminophen OR aspirin) AND NOT (heart failure OR heart attack)",
        "(AREA[BasicSearch]acetaminophen OR AREA[BasicSearch]aspirin) -(AREA[BasicSearch]heart failure OR AREA[BasicSearch]heart attack)",
    );
    check(
        "heart attack OR stroke OR dizziness AND shortness of breath",
        "AREA[BasicSearch]heart attack OR AREA[BasicSearch]stroke OR AREA[BasicSearch]dizziness AREA[BasicSearch]shortness of breath",
    );
    check(
        "COVERAGE[FullMatch]pain",
        "AREA[BasicSearch]EXPANSION[Concept]COVERAGE[FullMatch]pain",
    );
    check("EXPANSION[None]SLE", "AREA[BasicSearch]EXPANSION[None]SLE");
    check(
        "AREA[InterventionName]aspirin",
        "AREA[InterventionName]aspirin",
    );
    check(
        "AREA[protocolSection.designModule.phases]PHASE2",
        "AREA[Phase]\"PHASE2\"",
    );
    check(
        "AREA[Phase](PHASE2 OR \"Phase 3\")",
        "AREA[Phase]\"PHASE2\" OR AREA[Phase]\"PHASE3\"",
    );
    check(
        "AREA[OverallStatus]Not yet recruiting",
        "AREA[OverallStatus]\"NOT_YET_RECRUITING\"",
    );
    check("AREA[Sex]ALL", "AREA[Sex]\"ALL\"");
    check("ALL", "");
    check("ALL AND cancer", "AREA[BasicSearch]cancer");
    check(
        "AREA[ResultsFirstPostDate]MISSING",
        "AREA[ResultsFirstPostDate]MISSING",
    );
    check(
        "AREA[ResultsFirstPostDate]RANGE[01/01/2015, MAX]",
        "AREA[ResultsFirstPostDate]RANGE[2015-01-01, MAX]",
    );
    check(
        "AREA[StartDate]2022",
        "AREA[StartDate]RANGE[2022-01-01, 2022-12-31]",
    );
    check(
        "AREA[StartDate]RANGE[2022, 2022-02]",
        "AREA[StartDate]RANGE[2022-01-01, 2022-02-28]",
    );
    check(
        "AREA[StartDate]RANGE[January 5, 2020, MAX]",
        "AREA[StartDate]RANGE[2020-01-05, MAX]",
    );
    check(
        "AREA[MinimumAge]RANGE[MIN, 16 years] AND AREA[MaximumAge]RANGE[6 months, MAX]",
        "AREA[MinimumAge]RANGE[MIN, 8415360 minutes] AREA[MaximumAge]RANGE[262980 minutes, MAX]",
    );
    check("AREA[Phase:size] 2", "AREA[Phase:size]RANGE[2, 2]");
    check("AREA[HasResults]true", "AREA[HasResults]true");
    check(
        "heart attack AND SEARCH[Location](AREA[LocationCity]Portland AND AREA[LocationState]Maine)",
        "AREA[BasicSearch]heart attack SEARCH[Location](AREA[LocationCity]Portland AREA[LocationState]Maine)",
    );
    check(
        "AREA[LocationGeoPoint] DISTANCE[39.0019296, -77.1044561, 3.098km]",
        "AREA[LocationGeoPoint]DISTANCE[39.0019296, -77.1044561, 3.098km]",
    );
    check(
        "TILT[StudyFirstPostDate]\"heart attack\"",
        "TILT[StudyFirstPostDate](AREA[BasicSearch]EXPANSION[Concept]\"heart attack\")",
    );
    check(
        "EXPANSION[Concept] NOT (exhaustion)",
        "-AREA[BasicSearch]EXPANSION[Concept]exhaustion",
    );
    check("\\AND \\MISSING", "AREA[BasicSearch]AND MISSING");
    check("CD4/CD8 - ratio", "AREA[BasicSearch]CD4/CD8 - ratio");
    check("  ", "");
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    check("(heart", "wrong at (: missing ')' at '<EOF>'");
    check("heart)", "wrong at ): mismatched input ')'");
    check(
        "heart AND",
        "wrong at : no viable alternative at input '<EOF>'",
    );
    check(
        "OR heart",
        "wrong at OR: no viable alternative at input 'OR'",
    );
    check("()", "wrong at ): no viable alternative at input ')'");
    check("&", "wrong at &: no viable alternative at input '&'");
    check("\"heart", "wrong at \"heart: missing '\"' at '<EOF>'");
    check(
        "AREA[Condition",
        "wrong at AREA[Condition: missing ']' after 'AREA['",
    );
    check(
        "AREA [Condition]x",
        "wrong at [: mismatched input '[': put a text with brackets in quotes",
    );
    check(
        "AREA[Nothing]x",
        "wrong at AREA[Nothing]: Unknown area name: `Nothing`",
    );
    check(
        "AREA[Sex]maybe",
        "wrong at maybe: Allowed values for enum field `protocolSection.eligibilityModule.sex` are `FEMALE`, `MALE`, `ALL`",
    );
    check(
        "AREA[StartDate]soon",
        "wrong at soon: `soon` is not a date, which `StartDate` has",
    );
    check(
        "AREA[Condition]RANGE[1, 2]",
        "wrong at RANGE[1, 2]: RANGE is not applicable to `Condition`: it has no dates, ages or numbers",
    );
    check(
        "AREA[StartDate]RANGE[2020]",
        "wrong at RANGE[2020]: RANGE needs two values, as in RANGE[2020-01-01, MAX]",
    );
    check(
        "EXPANSION[Lossy]COVERAGE[FullMatch]pain",
        "wrong at pain: COVERAGE[FullMatch] can be used only with EXPANSION Concept, Term or None",
    );
    check(
        "SEARCH[Location](AREA[Condition]x)",
        "wrong at AREA[Condition]: `Condition` is not part of `Location`",
    );
    check(
        &format!("{}x{}", "(".repeat(100_000), ")".repeat(100_000)),
        "wrong at : the expression is 200001 bytes long and at most 65536 are read",
    );
    let deep = format!("{}x", "(".repeat(1_000));
    let error = parse_essie(&deep, "BasicSearch", Pieces::bundled()).unwrap_err();
    assert!(error.to_string().starts_with("more than 64"), "{error}");
    let deep = "NOT ".repeat(1_000) + "x";
    assert!(parse_essie(&deep, "BasicSearch", Pieces::bundled()).is_err());
}

#[test]
fn lists_of_numbers() {
    let check = |text: &str, expect: Option<&[&str]>| {
        let found = trial_numbers(text);
        let found: Option<Vec<&str>> = found
            .as_ref()
            .map(|all| all.iter().map(String::as_str).collect());
        assert_eq!(found.as_deref(), expect, "{text}");
    };
    check(
        "NCT00000001, nct2 NCT00000003",
        Some(&["NCT00000001", "NCT00000002", "NCT00000003"]),
    );
    check("NCT000000000012", Some(&["NCT00000012"]));
    check("NCT0", None);
    check("NCT00000001 cancer", None);
    check("é", None);
    check("", None);
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,60}") {
        if let Err(error) = parse_essie(&text, "BasicSearch", Pieces::bundled()) {
            prop_assert!(text.get(error.span.start..error.span.end).is_some());
            error.render(&text);
        }
    }

    #[test]
    fn any_row_of_tokens_is_read_or_refused(
        tokens in proptest::collection::vec(
            prop::sample::select(vec![
                "AND", "OR", "NOT", "ALL", "MISSING", "(", ")", "\"a b\"", "\"", "[", "]", "\\", "é", "x", "AREA[Phase]",
                "AREA[BriefTitle]", "AREA[", "SEARCH[Location]", "RANGE[MIN, 2020]", "RANGE[MAX,MIN]", "AREA[StartDate]",
                "COVERAGE[StartsWith]", "EXPANSION[None]", "TILT[StartDate]", "DISTANCE[1,2,5km]", "AREA[LocationGeoPoint]",
            ]),
            0..14,
        ),
        apart in any::<bool>(),
    ) {
        let text = tokens.join(if apart { " " } else { "" });
        if let Ok(query) = parse_essie(&text, "BasicSearch", Pieces::bundled()) {
            // What is written of it is read as the same.
            let again = query.to_text();
            let _ = again;
        }
    }
}
