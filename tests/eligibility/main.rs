//! Eligibility criteria to items: what is asked for, what keeps somebody out, what stands under what.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use proptest::prelude::*;
use trialfind::trial::eligibility::{
    Item, ItemKind, items, opens_with_negation, unescape_markdown,
};

/// One line per item: kind (`+` in, `-` out, `?` not told; a second sign where the heading says otherwise), `:` for a
/// lead-in, indentation, marker in angle brackets, text.
fn outline(items: &[Item]) -> String {
    let sign = |kind| match kind {
        ItemKind::Inclusion => '+',
        ItemKind::Exclusion => '-',
        ItemKind::Criterion => '?',
    };
    let mut outline = String::new();
    for item in items {
        outline.push(sign(item.kind));
        if item.section != item.kind {
            outline.push(sign(item.section));
        }
        if item.lead_in {
            outline.push(':');
        }
        outline.push_str(&"  ".repeat(usize::from(item.depth)));
        if let Some(marker) = &item.marker {
            write!(outline, "<{marker}>").expect("a string takes everything");
        }
        outline.push_str(&item.text.replace('\n', " | "));
        outline.push('\n');
    }
    outline
}

#[track_caller]
fn check(criteria: &str, expected: &[&str]) {
    let found = outline(&items(criteria));
    assert_eq!(found.lines().collect::<Vec<_>>(), expected, "\n{found}");
}

#[test]
fn markdown_bullets() {
    check(
        "Inclusion Criteria:\n\n* Adults with gout\n* Serum urate \\> 6 mg/dL\n\n  * measured twice\n  * a week apart\n* Consent\n\nExclusion Criteria:\n\n* Kidney stones",
        &[
            "+<*>Adults with gout",
            "+<*>Serum urate > 6 mg/dL",
            "+  <*>measured twice",
            "+  <*>a week apart",
            "+<*>Consent",
            "-<*>Kidney stones",
        ],
    );
    check(
        "INCLUSION\n• Adults\n‣ Able to walk\n- Consent",
        &["+<•>Adults", "+<‣>Able to walk", "+<->Consent"],
    );
    check(
        "Inclusion Criteria:\n\n* • Adults\n\n  * Consent",
        &["+<•>Adults", "+  <*>Consent"],
    );
    check(
        "Inclusion Criteria:\r\n\r\n*\tAdults\r\n*\tConsent\r\n",
        &["+<*>Adults", "+<*>Consent"],
    );
    check("Inclusion Criteria:\n\n*\n\\-\n\n* Adults", &["+<*>Adults"]);
}

#[test]
fn numbers_and_letters() {
    check(
        "Inclusion criteria\n\n1. Adults\n2. One of\n   a. gout\n   b. lupus\n3) Consent\n\nExclusion criteria\n\n(1) Asthma\n(2) Any of\n   i) fever\n   ii) rash",
        &[
            "+<1.>Adults",
            "+<2.>One of",
            "+  <a.>gout",
            "+  <b.>lupus",
            "+<3)>Consent",
            "-<(1)>Asthma",
            "-<(2)>Any of",
            "-  <i)>fever",
            "-  <ii)>rash",
        ],
    );
    // Right-aligned numbers are one list.
    check(
        "Exclusion Criteria:\n\n 9. Gout\n\n10. Lupus",
        &["-<9.>Gout", "-<10.>Lupus"],
    );
    // A list of another kind at the same column is below the line that announces it.
    check(
        "Inclusion Criteria:\n1. Any of these:\n- gout\n- lupus\n2. Consent",
        &[
            "+<1.>Any of these:",
            "+  <->gout",
            "+  <->lupus",
            "+<2.>Consent",
        ]
        .map(|line| {
            if line.contains("Any") {
                "+:<1.>Any of these:"
            } else {
                line
            }
        }),
    );
    check(
        "Inclusion Criteria:\n\n1- Adults\n2- Consent\n3-Gout",
        &["+<1->Adults", "+<2->Consent", "+<3->Gout"],
    );
    check(
        "Inclusion Criteria:\n\n* 6-Minute walk above 300 m\n* 18-65 years\n* E. coli in urine\n* 1.5 mg daily",
        &[
            "+<*>6-Minute walk above 300 m",
            "+<*>18-65 years",
            "+<*>E. coli in urine",
            "+<*>1.5 mg daily",
        ],
    );
}

#[test]
fn hard_wrapped() {
    check(
        "\n        Inclusion Criteria:\n\n          -  Adults who have had gout in at least two joints for more than half of the last five\n             years, and who walk\n\n          -  Consent\n\n             Further remarks on it.\n\n               1. in writing\n\n        Exclusion Criteria:\n\n          -  Lupus\n      ",
        &[
            "+<->Adults who have had gout in at least two joints for more than half of the last five years, and who walk",
            "+<->Consent | Further remarks on it.",
            "+  <1.>in writing",
            "-<->Lupus",
        ],
    );
    // A wrap may leave a number or a dash at the start of a line.
    check(
        "\n        Patients whose count of white cells was measured within a week and is not below\n        2.5 or above\n        - 4 in the units of the laboratory.\n\n        Consent.\n",
        &[
            "?Patients whose count of white cells was measured within a week and is not below 2.5 or above - 4 in the units of the laboratory.",
            "?Consent.",
        ],
    );
}

#[test]
fn second_paragraph() {
    check(
        "Exclusion criteria\n\n  1. Low counts.\n\n     As the laboratory says.\n\n  2. Gout",
        &["-<1.>Low counts. | As the laboratory says.", "-<2.>Gout"],
    );
    // A negated paragraph must not hide inside an inclusion.
    check(
        "Inclusion criteria\n\n* Gout\n\n  No earlier lupus.\n* Consent",
        &["+<*>Gout", "-+  No earlier lupus.", "+<*>Consent"],
    );
}

#[test]
fn lead_ins() {
    check(
        "Inclusion criteria\n\n  • Main inclusion criteria:\n\n    1. Adults\n    2. Consent\n\nExclusion criteria\n\n  • 2. Main exclusion criteria:\n\n    1. Gout\n\n    2. Lupus",
        &[
            "+:<•>Main inclusion criteria:",
            "+  <1.>Adults",
            "+  <2.>Consent",
            "-:<2.>Main exclusion criteria:",
            "-  <1.>Gout",
            "-  <2.>Lupus",
        ],
    );
    // A lead-in that says something is a criterion.
    check(
        "Exclusion criteria\n* In the month before entry, has received:\n  * steroids\n  * colchicine",
        &[
            "-<*>In the month before entry, has received:",
            "-  <*>steroids",
            "-  <*>colchicine",
        ],
    );
}

#[test]
fn negated_lead_ins() {
    check(
        "Inclusion Criteria:\n\n* Adults\n* No history of any of the following:\n\n  * gout\n  * lupus\n* Consent",
        &[
            "+<*>Adults",
            "-+:<*>No history of any of the following:",
            "-+  <*>gout",
            "-+  <*>lupus",
            "+<*>Consent",
        ],
    );
    check(
        "Inclusion Criteria:\n\n* Adults\n* Patients with any of the following are excluded:\n\n  * gout\n* Consent",
        &[
            "+<*>Adults",
            "-+:<*>Patients with any of the following are excluded:",
            "-  <*>gout",
            "+<*>Consent",
        ],
    );
    // Without indentation nobody knows where it ends: the rest of the list is out.
    check(
        "Inclusion Criteria:\n\n* Adults\n* None of:\n* gout\n* lupus\n\nExclusion Criteria:\n\n* Asthma",
        &[
            "+<*>Adults",
            "-+<*>None of:",
            "-+<*>gout",
            "-+<*>lupus",
            "-<*>Asthma",
        ],
    );
    check(
        "Inclusion Criteria:\n\n* Adults with\n  * Exclusion:\n  * gout\n* Consent",
        &["+<*>Adults with", "-  <*>gout", "+<*>Consent"],
    );
    check(
        "Inclusion Criteria:\n\n* Pregnant women will be excluded.",
        &["-+<*>Pregnant women will be excluded."],
    );
    // Out stays out, however it is put.
    check(
        "Exclusion Criteria:\n\n* No consent\n* Not adult",
        &["-<*>No consent", "-<*>Not adult"],
    );
}

/// Regression: what stood under "EXLUSION CRITERIA:" was taken for inclusion, and a melanoma search returned its trial.
#[test]
fn mistyped_headings() {
    for heading in [
        "EXLUSION CRITERIA:",
        "Exlcusion Criteria",
        "Exclution criteria:",
    ] {
        check(
            &format!("INCLUSION CRITERIA:\n\n1. Adults\n\n{heading}\n\n1. Melanoma"),
            &["+<1.>Adults", "-<1.>Melanoma"],
        );
    }
}

#[test]
fn no_heading() {
    check(
        "* Adults\n* No gout\n* Women must not be pregnant",
        &[
            "?<*>Adults",
            "-?<*>No gout",
            "-?<*>Women must not be pregnant",
        ],
    );
    check(
        "Adults of any age.\n\nAbsence of gout.",
        &["?Adults of any age.", "-?Absence of gout."],
    );
    check("", &[]);
    check(" \n\t\n***\n", &[]);
}

#[test]
fn characteristics() {
    check(
        "\n        DISEASE CHARACTERISTICS:\n\n          -  Proven sarcoma\n\n          -  No spread to the brain\n\n        PATIENT CHARACTERISTICS:\n\n        Age:\n\n          -  18 and over\n\n        Hepatic:\n\n          -  Not specified\n",
        &[
            "?:DISEASE CHARACTERISTICS:",
            "?  <->Proven sarcoma",
            "-?  <->No spread to the brain",
            "?:PATIENT CHARACTERISTICS:",
            "?:  Age:",
            "?    <->18 and over",
            "?:  Hepatic:",
            "?    <->Not specified",
        ],
    );
    check(
        "DISEASE CHARACTERISTICS: Proven sarcoma\n\nPATIENT CHARACTERISTICS: Age: Over 18 Hepatic: No failure",
        &[
            "?:DISEASE CHARACTERISTICS:",
            "?  Proven sarcoma",
            "?:PATIENT CHARACTERISTICS:",
            "?  Age: Over 18",
            "-?  Hepatic: No failure",
        ],
    );
    check(
        "--Disease Characteristics-- Proven gout --Patient Characteristics-- Adults",
        &[
            "?:--Disease Characteristics--",
            "?  Proven gout",
            "?:--Patient Characteristics--",
            "?  Adults",
        ],
    );
}

#[test]
fn sections_within() {
    check(
        "Inclusion Criteria\n\nConcurrent Medication:\n\nAllowed:\n\n* Aspirin\n\nExcluded:\n\n* Warfarin\n\nRequired:\n\n* Colchicine",
        &[
            "+:Concurrent Medication:",
            "+:Allowed:",
            "+  <*>Aspirin",
            "-:Excluded:",
            "-  <*>Warfarin",
            "+:Required:",
            "+  <*>Colchicine",
        ],
    );
    check(
        "You may be eligible for this study if you:\n\n* Are adult\n\nYou will not be eligible for this study if you:\n\n* Have gout",
        &[
            "+:You may be eligible for this study if you:",
            "+  <*>Are adult",
            "-:You will not be eligible for this study if you:",
            "-  <*>Have gout",
        ],
    );
}

#[test]
fn exclusions_in_odd_places() {
    // Indented below the last item of the list before.
    check(
        "Inclusion Criteria:\n\n* Adults\n\n  Exclusion Criteria:\n* Gout",
        &["+<*>Adults", "-<*>Gout"],
    );
    check(
        "Inclusion Criteria:\n\n* Adults\n\n   • Exclusion criteria\n\n* Gout",
        &["+<*>Adults", "-<*>Gout"],
    );
    check(
        "Exclusion criteria included gout and lupus.",
        &["-gout and lupus."],
    );
    check(
        "Exclusion criteria (any of these)\n\n* Gout",
        &["-:Exclusion criteria (any of these)", "-  <*>Gout"],
    );
    check(
        "Exclusion criteria Any sign of gout within the year before the first of the visits",
        &["-Any sign of gout within the year before the first of the visits"],
    );
}

#[test]
fn several_groups() {
    check(
        "Inclusion Criteria for patients:\n\n* Gout\n\nExclusion criteria for patients:\n\n* Lupus\n\nInclusion criteria for healthy controls:\n\n* No gout\n* Adult",
        &[
            "+<*>Gout",
            "-<*>Lupus",
            "+:Inclusion criteria for healthy controls:",
            "-+  <*>No gout",
            "+  <*>Adult",
        ],
    );
}

#[test]
fn one_line() {
    check(
        "Inclusion Criteria: Adults aged 18 - 65; HbA1c above 7; Consent; Exclusion Criteria: Type 1 diabetes; Gout; Lupus",
        &[
            "+Adults aged 18 - 65",
            "+HbA1c above 7",
            "+Consent",
            "-Type 1 diabetes",
            "-Gout",
            "-Lupus",
        ],
    );
    check(
        "Inclusion Criteria: - Adults aged 18 - 65 - Consent Exclusion Criteria: 1. Gout 2. Lupus grade 1 or 2. Any 3. Asthma",
        &[
            "+<->Adults aged 18 - 65",
            "+<->Consent",
            "-<1.>Gout",
            "-<2.>Lupus grade 1 or 2. Any",
            "-<3.>Asthma",
        ],
    );
    check(
        "Inclusion Criteria: Adults; able to walk",
        &["+Adults; able to walk"],
    );
}

#[test]
fn heading_spellings() {
    for heading in [
        "Inclusion Criteria:",
        "INCLUSION",
        "**Inclusion**",
        "Key Inclusion Criteria",
        "Main inclusion criteria :",
        "Criteria for inclusion",
        "Critères d'inclusion:",
        "Criterios de inclusión",
        "Einschlusskriterien:",
        "入选标准：",
        "納入標準",
        "選択基準:",
    ] {
        check(&format!("{heading}\n\n* Gout"), &["+<*>Gout"]);
    }
    for heading in [
        "Exclusion Criteria:",
        "EXCLUSIONS:",
        "\\*\\*Exclusion Criteria\\*\\*",
        "Non-inclusion criteria",
        "Patient exclusion criteria:",
        "Critères de non-inclusion",
        "Criterios de exclusión:",
        "排除标准",
    ] {
        check(&format!("{heading}\n\n* Gout"), &["-<*>Gout"]);
    }
    check("Inclusion and Exclusion Criteria:\n\n* Gout", &["?<*>Gout"]);
    check(
        "入选标准：\n1、成人；\n2、痛风\n排除标准：\n（1）怀孕",
        &["+<1、>成人；", "+<2、>痛风", "-<（1）>怀孕"],
    );
    check(
        "* INCLUSION CRITERIA:\n* Gout\n* EXCLUSION CRITERIA:\n* Lupus",
        &["+<*>Gout", "-<*>Lupus"],
    );
}

#[test]
fn readable_text() {
    check(
        "Inclusion Criteria:\n\n* Platelets \\>= 100 x 10\\^9/L \\[central\\]  lab&nbsp;only, AST \\&lt; 3\u{2028}* Gout",
        &[
            "+<*>Platelets >= 100 x 10^9/L [central] lab only, AST < 3",
            "+<*>Gout",
        ],
    );
    assert_eq!(unescape_markdown("a &amp;lt; b"), "a < b");
}

/// Words of a text, with how often they occur.
fn words(text: &str) -> HashMap<String, i64> {
    let mut words = HashMap::new();
    for word in text
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        *words.entry(word.to_lowercase()).or_default() += 1;
    }
    words
}

fn laws(criteria: &str) -> Result<(), TestCaseError> {
    let found = items(criteria);
    for (index, item) in found.iter().enumerate() {
        prop_assert!(item.parent.is_none_or(|parent| parent < index));
        let parent = item.parent.map(|parent| &found[parent]);
        prop_assert_eq!(item.depth, parent.map_or(0, |parent| parent.depth + 1));
        prop_assert!(item.text.contains(char::is_alphanumeric));
        prop_assert_eq!(item.text.trim(), &item.text);
        prop_assert!(!item.text.contains("  "));
        let out = item.section == ItemKind::Exclusion
            || opens_with_negation(&item.text)
            || parent.is_some_and(|parent| parent.kind == ItemKind::Exclusion);
        prop_assert!(!out || item.kind == ItemKind::Exclusion, "{:?}", item);
    }
    Ok(())
}

/// Words that plain headings are made of, and list markers.
fn may_be_dropped(word: &str) -> bool {
    const HEADING: &[&str] = &["inclusion", "exclusion", "criteria", "patient", "key"];
    HEADING.contains(&word) || word.len() == 1 || word.parse::<u32>().is_ok()
}

fn lost(criteria: &str) -> Vec<String> {
    let mut left = words(&unescape_markdown(criteria));
    for item in items(criteria) {
        for (word, count) in words(&item.text)
            .into_iter()
            .chain(words(item.marker.as_deref().unwrap_or("")))
        {
            *left.entry(word).or_default() -= count;
        }
    }
    left.into_iter()
        .filter(|(word, count)| *count > 0 && !may_be_dropped(word))
        .map(|(word, _)| word)
        .collect()
}

proptest! {
    #[test]
    fn any_text_keeps_the_laws(criteria in "\\PC*") {
        laws(&criteria)?;
        let _ = opens_with_negation(&criteria);
    }

    #[test]
    fn lists_keep_the_laws_and_their_words(
        lines in proptest::collection::vec(("[ ]{0,8}", "([*•-] |[1-9][.)] |a\\) |)", "([a-z]{3,8}[ ;.:]{1,2}){1,6}|Inclusion Criteria:|Exclusion:|No [a-z]{3,9}:"), 0..20),
        separator in "\n|\n\n|\r\n|\u{2028}",
    ) {
        let criteria = lines.iter().map(|(indent, marker, text)| format!("{indent}{marker}{text}{separator}")).collect::<String>();
        laws(&criteria)?;
        let lost = lost(&criteria);
        prop_assert!(lost.is_empty(), "{lost:?}\n{criteria}");
    }
}

#[test]
fn hostile_input_takes_linear_time() {
    let deep: String = (0..1_500)
        .map(|depth| format!("{}* gout\n", "  ".repeat(depth)))
        .collect();
    let hostile = [
        "* gout\n".repeat(200_000),
        "* no gout:\n".repeat(100_000),
        "* ".repeat(1_000_000),
        "**".repeat(1_000_000),
        "&amp;".repeat(400_000),
        "Exclusion Criteria: ".repeat(100_000),
        format!("1. {}", " 2.x".repeat(500_000)),
        "(".repeat(2_000_000),
        "a".repeat(2_000_000),
        deep,
    ];
    for criteria in hostile {
        let found = items(&criteria);
        assert!(found.iter().all(|item| item.depth < 32));
    }
}

/// Criteria texts of the samples that lie beside the repository, if they do.
fn samples() -> Option<Vec<(String, String)>> {
    let shared =
        PathBuf::from(std::env::var_os("TRIALFIND_SHARED").unwrap_or_else(|| "../shared".into()));
    let text =
        std::fs::read_to_string(shared.join("data/samples/ctgov_v2_export_herniated_disc.json"))
            .ok()?;
    let studies: Vec<serde_json::Value> = serde_json::from_str(&text).ok()?;
    let criteria = |study: &serde_json::Value| {
        let protocol = &study["protocolSection"];
        let id = protocol["identificationModule"]["nctId"]
            .as_str()?
            .to_owned();
        Some((
            id,
            protocol["eligibilityModule"]["eligibilityCriteria"]
                .as_str()?
                .to_owned(),
        ))
    };
    Some(studies.iter().filter_map(criteria).collect())
}

#[test]
#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn real_records_keep_the_laws() {
    let Some(samples) = samples() else {
        println!("skipped: no sample records beside the repository");
        return;
    };
    for (id, criteria) in samples {
        laws(&criteria).unwrap_or_else(|broken| panic!("{id}: {broken}"));
    }
}
