//! Generated small corpora and generated queries: what is found is what [`crate::brute`] finds.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::civil::Date;
use proptest::prelude::*;
use serde_json::{Value, json};
use trialfind::analysis::Analyzer;
use trialfind::index::{BuildOptions, Index, Progress, SchemaChoice};
use trialfind::query::{Node, Test, parse};
use trialfind::search::{Finder, Request};

use crate::TODAY;
use crate::brute::{Reader, Values, fields_of, values_of};

const WORDS: [&str; 16] = [
    "knee",
    "knees",
    "pain",
    "pains",
    "cell",
    "cells",
    "therapy",
    "therapies",
    "tendon",
    "tendons",
    "osteopenia",
    "osteopathy",
    "hip",
    "hips",
    "kneel",
    "oedema",
];
const PREFIXES: [&str; 7] = ["kne", "tend", "osteop", "therap", "pain", "oe", "c"];
const FUZZY: [&str; 8] = [
    "kne~1",
    "pian~1",
    "tendan~",
    "osteopania~",
    "hop~1",
    "cell~2",
    "theraphy~2",
    "edema~1",
];

fn word() -> impl Strategy<Value = String> {
    prop::sample::select(&WORDS[..]).prop_map(str::to_owned)
}

fn text(longest: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(word(), 1..longest).prop_map(|words| words.join(" "))
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(text(5), 0..4)
}

fn maybe(values: &'static [&'static str]) -> impl Strategy<Value = Option<&'static str>> {
    prop::option::of(prop::sample::select(values))
}

const AGES: &[&str] = &[
    "6 Months", "2 Weeks", "18 Years", "40 Years", "45 Years", "65 Years",
];
const DATES: &[&str] = &[
    "2019",
    "2019-06",
    "2020-01-31",
    "2020-02",
    "2026-03-03",
    "2026-05-30",
];
const STATUSES: &[&str] = &["RECRUITING", "COMPLETED", "NOT_YET_RECRUITING", "WITHDRAWN"];
const PHASES: &[&str] = &["EARLY_PHASE1", "PHASE1", "PHASE2", "PHASE3", "PHASE4", "NA"];

/// A record, without its id.
fn study() -> impl Strategy<Value = Value> {
    let words = (text(6), text(30), texts(), texts(), texts(), texts());
    let design = (
        maybe(AGES),
        maybe(AGES),
        prop::option::of(0_i64..200),
        (maybe(DATES), maybe(DATES), maybe(DATES)),
        maybe(STATUSES),
        prop::sample::subsequence(PHASES, 0..3),
        maybe(&["INTERVENTIONAL", "OBSERVATIONAL"]),
        maybe(&["ALL", "FEMALE", "MALE"]),
        any::<bool>(),
    );
    (words, design).prop_map(|(words, design)| {
        let (title, summary, conditions, keywords, inclusion, exclusion) = words;
        let (minimum, maximum, enrollment, dates, status, phases, kind, sex, results) = design;
        let list = |items: &[String]| {
            items
                .iter()
                .map(|item| format!("* {item}\n"))
                .collect::<String>()
        };
        let criteria = format!(
            "Inclusion Criteria:\n\n{}\nExclusion Criteria:\n\n{}",
            list(&inclusion),
            list(&exclusion)
        );
        let date = |date: Option<&str>| date.map_or(json!({}), |date| json!({"date": date}));
        let mut study = json!({"hasResults": results, "protocolSection": {
            "identificationModule": {"briefTitle": title},
            "descriptionModule": {"briefSummary": summary},
            "conditionsModule": {"conditions": conditions, "keywords": keywords},
            "statusModule": {
                "startDateStruct": date(dates.0),
                "lastUpdatePostDateStruct": date(dates.1),
                "primaryCompletionDateStruct": date(dates.2),
            },
            "designModule": {"phases": phases},
            "eligibilityModule": {"eligibilityCriteria": criteria},
        }});
        let protocol = &mut study["protocolSection"];
        let mut set = |module: &str, name: &str, value: Option<Value>| {
            if let Some(value) = value {
                protocol[module][name] = value;
            }
        };
        set("statusModule", "overallStatus", status.map(Value::from));
        set("designModule", "studyType", kind.map(Value::from));
        set(
            "designModule",
            "enrollmentInfo",
            enrollment.map(|count| json!({"count": count})),
        );
        set("eligibilityModule", "minimumAge", minimum.map(Value::from));
        set("eligibilityModule", "maximumAge", maximum.map(Value::from));
        set("eligibilityModule", "sex", sex.map(Value::from));
        study
    })
}

fn leaf() -> BoxedStrategy<String> {
    prop_oneof![
        4 => word(),
        1 => word().prop_map(|word| format!("={word}")),
        2 => prop::sample::select(&PREFIXES[..]).prop_map(|prefix| format!("{prefix}*")),
        2 => prop::sample::select(&FUZZY[..]).prop_map(str::to_owned),
        2 => phrase(),
    ]
    .boxed()
}

fn phrase() -> impl Strategy<Value = String> {
    let open = (prop::sample::select(&PREFIXES[..]), any::<bool>());
    (
        text(4),
        0_u32..7,
        prop::option::weighted(0.3, open),
        any::<bool>(),
    )
        .prop_map(|(words, slop, open, exact)| {
            let (words, exact) = match open {
                Some((prefix, true)) => (format!("{prefix}* {words}"), false),
                Some((prefix, false)) => (format!("{words} {prefix}*"), false),
                None => (words, exact),
            };
            let exact = if exact { "=" } else { "" };
            match slop {
                0 => format!("\"{words}\"{exact}"),
                slop => format!("\"{words}\"{exact}~{slop}"),
            }
        })
}

fn near() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        2 => leaf(),
        1 => (leaf(), leaf()).prop_map(|(a, b)| format!("({a} OR {b})")),
    ];
    (prop::collection::vec(part, 2..4), 1_u32..7)
        .prop_map(|(parts, within)| parts.join(&format!(" ~{within} ")))
}

fn item() -> impl Strategy<Value = String> {
    let field = prop::sample::select(vec![
        "condition",
        "keyword",
        "inclusion",
        "exclusion",
        "criteria",
        "summary",
        "title",
    ]);
    let inside = prop_oneof![
        prop::collection::vec(leaf(), 1..3).prop_map(|parts| parts.join(" ")),
        (leaf(), leaf(), leaf()).prop_map(|(a, b, c)| format!("({a} OR {b}) {c}")),
        (leaf(), leaf()).prop_map(|(a, b)| format!("{a} -{b}")),
        near(),
    ];
    (field, inside).prop_map(|(field, inside)| format!("{field}:{{{inside}}}"))
}

fn filter() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "age:45",
        "age:6m",
        "age:18..65",
        "age:>65",
        "age:<18",
        "age:2w",
        "age:>=46",
        "age:40..44",
        "enrollment:>100",
        "enrollment:50..100",
        "enrollment:0",
        "enrollment:<=3",
        "start:2019..2020",
        "start:>=2020-02",
        "start:..2019-06-15",
        "start:>2019",
        "start:2020-02",
        "updated:<90d",
        "updated:>2y",
        "updated:2026",
        "completion:>=2020-02-01",
        "completion:<2020-02",
        "phase:2",
        "phase:2..3",
        "phase:>=2",
        "phase:<1",
        "phase:..2",
        "phase:0",
        "phase:na",
        "phase:(2 3)",
        "has:results",
        "has:phase",
        "has:condition",
        "has:exclusion",
        "has:start",
        "has:enrollment",
        "has:age",
        "status:recruiting",
        "status:(completed OR withdrawn)",
        "status:\"not yet recruiting\"",
        "type:interventional",
        "sex:female",
        "sex:male",
        "sex:all",
    ])
    .prop_map(str::to_owned)
}

fn query() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => leaf(),
        4 => near(),
        4 => item(),
        3 => filter(),
        1 => (filter(), near()).prop_map(|(a, b)| format!("{a} {b}")),
        1 => (item(), filter()).prop_map(|(a, b)| format!("{a} -{b}")),
        1 => (filter(), filter()).prop_map(|(a, b)| format!("{a} OR {b}")),
        1 => (near(), leaf()).prop_map(|(a, b)| format!("title:({a}) -{b}")),
    ]
}

fn index(studies: &[Value]) -> (tempfile::TempDir, Finder) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("studies.json");
    std::fs::write(&file, serde_json::to_vec(studies).unwrap()).unwrap();
    let options = BuildOptions {
        threads: 1,
        ..BuildOptions::default()
    };
    let directory = folder.path().join("index");
    let schema = SchemaChoice::bundled;
    Index::build(
        &directory,
        schema(),
        &[file],
        &options,
        &Progress::default(),
        &|rejected| panic!("{rejected:?}"),
    )
    .unwrap();
    let finder = Finder::new(Index::open(&directory, schema()).unwrap());
    (folder, finder)
}

/// The first and the last day of a date, which may be a month or a year.
fn days(date: &str) -> (Date, Date) {
    let first = match date.len() {
        4 => format!("{date}-01-01"),
        7 => format!("{date}-01"),
        _ => date.to_owned(),
    };
    let first: Date = first.parse().unwrap();
    match date.len() {
        4 => (first, first.last_of_year()),
        7 => (first, first.last_of_month()),
        _ => (first, first),
    }
}

/// An age in minutes; `past` is when it ends.
fn minutes(age: &str, past: bool) -> i64 {
    let (count, unit) = age.split_once(' ').unwrap();
    let day = 24 * 60;
    let unit = match unit {
        "Years" => 36_525 * day / 100,
        "Months" => 36_525 * day / 1_200,
        _ => 7 * day,
    };
    (count.parse::<i64>().unwrap() + i64::from(past)) * unit
}

/// Whether a record passes a filter.
fn passes(study: &Value, values: &Values, node: &Node) -> bool {
    let Node::Filter {
        name, value, test, ..
    } = node
    else {
        panic!("{node:?}")
    };
    let protocol = &study["protocolSection"];
    let date = |name: &str| protocol["statusModule"][name]["date"].as_str().map(days);
    let phases: Vec<&str> = protocol["designModule"]["phases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|phase| phase.as_str().unwrap())
        .collect();
    let ages =
        ["minimumAge", "maximumAge"].map(|name| protocol["eligibilityModule"][name].as_str());
    let day = || match name.as_str() {
        "start" => date("startDateStruct").map(|days| days.0),
        "updated" => date("lastUpdatePostDateStruct").map(|days| days.0),
        _ => date("primaryCompletionDateStruct").map(|days| days.1),
    };
    let enrollment = protocol["designModule"]["enrollmentInfo"]["count"].as_i64();
    match test {
        Test::Ages { from, before } => {
            let [minimum, maximum] = ages;
            minimum.is_none_or(|age| before.is_none_or(|before| minutes(age, false) < before))
                && maximum.is_none_or(|age| *from < minutes(age, true))
        }
        Test::Numbers(ends) => enrollment.is_some_and(|count| {
            ends.from.is_none_or(|from| from <= count) && ends.to.is_none_or(|to| count <= to)
        }),
        Test::Days(ends) => day().is_some_and(|day| {
            ends.from.is_none_or(|from| from.0 <= day) && ends.to.is_none_or(|to| day <= to.0)
        }),
        Test::Recent(ago) => day().is_some_and(|day| ago.before(TODAY) <= day && day <= TODAY),
        Test::LongAgo(ago) => day().is_some_and(|day| day < ago.before(TODAY)),
        Test::Values(ends) => {
            let order = ["0", "1", "2", "3", "4"];
            let place = |end: &str| order.iter().position(|known| *known == end).unwrap();
            let from = ends
                .from
                .as_deref()
                .map_or(0, |end| place(end) + usize::from(ends.beyond_from));
            let behind = ends
                .to
                .as_deref()
                .map_or(5, |end| place(end) + usize::from(!ends.before_to));
            let of = |phase: &&str| PHASES[..5].iter().position(|known| known == phase);
            phases
                .iter()
                .filter_map(of)
                .any(|place| (from..behind).contains(&place))
        }
        Test::Value => {
            let is = |text: &Value, of: &str| text.as_str() == Some(of);
            match (name.as_str(), value.as_str()) {
                ("phase", "na") => phases.contains(&"NA"),
                ("phase", "0") => phases.contains(&"EARLY_PHASE1"),
                ("phase", number) => phases.contains(&format!("PHASE{number}").as_str()),
                ("status", value) => is(
                    &protocol["statusModule"]["overallStatus"],
                    &value.to_uppercase().replace(' ', "_"),
                ),
                ("study_type", value) => is(
                    &protocol["designModule"]["studyType"],
                    &value.to_uppercase(),
                ),
                ("sex", value) => {
                    let sex = &protocol["eligibilityModule"]["sex"];
                    is(sex, "ALL") || is(sex, &value.to_uppercase())
                }
                other => panic!("{other:?}"),
            }
        }
        Test::Given => match value.as_str() {
            "results" => study["hasResults"] == true,
            "phase" => !phases.is_empty(),
            "start" => date("startDateStruct").is_some(),
            "enrollment" => enrollment.is_some(),
            "age" => ages.iter().any(Option::is_some),
            field => values
                .iter()
                .any(|(name, tokens)| name == field && !tokens.is_empty()),
        },
        other => panic!("{other:?}"),
    }
}

fn check(mut studies: Vec<Value>, queries: &[String]) -> Result<(), TestCaseError> {
    for (number, study) in studies.iter_mut().enumerate() {
        study["protocolSection"]["identificationModule"]["nctId"] =
            format!("NCT{number:08}").into();
    }
    let (_folder, finder) = index(&studies);
    let fields = finder.index().fields();
    let mut analyzer = Analyzer::new();
    let known: Vec<(String, Values)> = (0..studies.len())
        .map(|number| {
            let id = format!("NCT{number:08}");
            let values = values_of(&finder, &id, &mut analyzer);
            (id, values)
        })
        .collect();
    for text in queries {
        let Ok(query) = parse(text, fields) else {
            continue;
        };
        let root = query.root.clone();
        let mut request = Request::new(query);
        request.limit = 1_000;
        request.widen = false;
        request.expand = false;
        request.today = TODAY;
        let found = match finder.ids(&request) {
            Ok(found) => found,
            Err(error) => return Err(TestCaseError::fail(format!("{text}: {error}"))),
        };
        let found: BTreeSet<String> = found.into_iter().collect();
        let mut expect = BTreeSet::new();
        for ((id, values), study) in known.iter().zip(&studies) {
            let reader = Reader {
                analyze: &|text| Analyzer::new().analyze(text),
                fields: &|name| fields_of(fields, name),
                passes: &|node| passes(study, values, node),
            };
            if reader.matches(&root, values) {
                expect.insert(id.clone());
            }
        }
        let differ: Vec<(&String, bool, String)> = found
            .symmetric_difference(&expect)
            .map(|id| {
                let number: usize = id[3..].parse().unwrap();
                (
                    id,
                    found.contains(id),
                    studies[number]["protocolSection"].to_string(),
                )
            })
            .take(2)
            .collect();
        prop_assert!(differ.is_empty(), "`{text}`: found or not {differ:#?}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn what_is_found_is_what_trying_everything_finds(
        studies in prop::collection::vec(study(), 1..25),
        queries in prop::collection::vec(query(), 80),
    ) {
        check(studies, &queries)?;
    }
}

/// So many trials that words side by side are not looked for in all of them.
static MANY: LazyLock<(tempfile::TempDir, Finder)> = LazyLock::new(|| {
    // Numbers that look drawn, and are the same in every run.
    let mut state = 1_u64;
    let mut words = |count: usize| -> String {
        let drawn = (0..count).map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            WORDS[(state >> 33) as usize % WORDS.len()]
        });
        drawn.collect::<Vec<_>>().join(" ")
    };
    let studies: Vec<Value> = (0..2_500)
        .map(|number| {
            json!({"protocolSection": {
                "identificationModule": {"nctId": format!("NCT{number:08}"), "briefTitle": words(3)},
                "descriptionModule": {"briefSummary": words(number % 9 + 1)},
            }})
        })
        .collect();
    index(&studies)
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// What words side by side add is looked for only in trials that it can bring among the best.
    #[test]
    fn the_best_are_the_first_of_all(
        words in prop::collection::vec((word(), 0.01_f32..100.0), 2..5),
        weighted in any::<bool>(),
        any in any::<bool>(),
        k1 in prop::sample::select(vec![0.0_f32, 0.3, 1.2]),
        b in prop::sample::select(vec![0.0_f32, 0.4, 1.0]),
    ) {
        let finder = &MANY.1;
        let typed = words.iter().map(|(word, boost)| match weighted {
            true => format!("{word}^{boost:.2}"),
            false => word.clone(),
        });
        let typed: Vec<String> = typed.collect();
        let parsed = parse(&typed.join(" "), finder.index().fields()).unwrap();
        let mut request = Request { any, k1: Some(k1), b: Some(b), widen: false, today: TODAY, ..Request::new(parsed) };
        request.limit = usize::MAX;
        let all = finder.ranking(&request).unwrap();
        for limit in [1, 10, 100] {
            request.limit = limit;
            let best = finder.ranking(&request).unwrap();
            prop_assert_eq!(&best[..], &all[..limit.min(all.len())], "{:?} {}", typed, limit);
        }
    }
}
