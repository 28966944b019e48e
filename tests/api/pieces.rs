//! Every documented piece, asked for words, values, ranges and what is missing, against plain reading of the records.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use jiff::civil::date;
use serde_json::Value;
use trialfind::analysis::Analyzer;
use trialfind::index::{Index, SchemaChoice};
use trialfind::query::essie::parse_essie;
use trialfind::schema::{Piece, PieceKind, Pieces};
use trialfind::search::{Finder, Patience, SearchError, StudiesRequest};
use trialfind::trial::eligibility::unescape_markdown;
use trialfind::trial::{Age, PartialDate};

use super::{RECORDS, found, matching, values_at};

/// The ids of the records of which one value of a piece passes.
fn by_hand(piece: &Piece, passes: impl Fn(&Value) -> bool) -> BTreeSet<String> {
    let records = RECORDS.iter();
    let matches =
        records.filter(|(_, record)| values_at(record, piece.path).into_iter().any(&passes));
    matches.map(|(id, _)| id.clone()).collect()
}

fn texts<'r>(piece: &Piece) -> Vec<&'r str> {
    let records = RECORDS.values();
    let values = records.flat_map(|record| values_at(record, piece.path));
    values.filter_map(Value::as_str).collect()
}

fn pieces() -> impl Iterator<Item = &'static Piece> {
    Pieces::bundled().pieces.iter()
}

/// Whether a text has the term of a word.
fn has_word(text: &str, term: &str) -> bool {
    let tokens = Analyzer::new().analyze(&unescape_markdown(text));
    tokens.iter().any(|token| token.term == term)
}

#[test]
fn words_of_every_piece() {
    let mut analyzer = Analyzer::new();
    let mut asked = 0;
    for piece in pieces().filter(|piece| piece.kind.is_text()) {
        let mut words: BTreeSet<&str> = BTreeSet::new();
        for text in texts(piece) {
            let plain = text.split(|c: char| !c.is_alphanumeric());
            let plain = plain.filter(|word| {
                word.len() > 4 && word.bytes().all(|byte| byte.is_ascii_lowercase())
            });
            words.extend(plain.take(3));
        }
        // Spread over the alphabet, so that common words and rare ones come.
        let step = (words.len() / 6).max(1);
        for word in words.into_iter().step_by(step) {
            let tokens = analyzer.analyze(word);
            let [token] = tokens.as_slice() else { continue };
            let expect = by_hand(piece, |value| {
                value
                    .as_str()
                    .is_some_and(|text| has_word(text, &token.term))
            });
            let expression = format!("AREA[{}]EXPANSION[Term]\"{word}\"", piece.name);
            assert_eq!(matching(&expression), expect, "{expression}");
            asked += 1;
        }
    }
    assert!(asked > 150, "{asked}");
}

#[test]
fn values_of_every_enumeration() {
    for piece in pieces() {
        let PieceKind::Enumeration(place) = piece.kind else {
            continue;
        };
        for value in &Pieces::bundled().enumerations[place].values {
            let expect = by_hand(piece, |found| found.as_str() == Some(value));
            let expression = format!("AREA[{}]{value}", piece.name);
            assert_eq!(matching(&expression), expect, "{expression}");
        }
    }
}

#[test]
fn flags() {
    for piece in pieces().filter(|piece| piece.kind == PieceKind::Boolean) {
        for flag in [true, false] {
            let expect = by_hand(piece, |value| value.as_bool() == Some(flag));
            let expression = format!("AREA[{}]{flag}", piece.name);
            assert_eq!(matching(&expression), expect, "{expression}");
        }
    }
}

#[test]
fn what_is_missing() {
    let is_there = |value: &Value| match value {
        Value::String(text) => !text.trim().is_empty(),
        Value::Object(object) => !object.is_empty(),
        _ => true,
    };
    for piece in pieces().filter(|piece| piece.kind != PieceKind::Count) {
        let there = by_hand(piece, is_there);
        let expression = format!("NOT AREA[{}]MISSING", piece.name);
        let mut expect = there;
        // An object of coordinates counts by its coordinates, texts that are no date are none.
        if piece.kind.is_ordered() {
            expect = by_hand(piece, |value| place(piece.kind, value).is_some());
        }
        assert_eq!(matching(&expression), expect, "{expression}");
    }
}

fn place(kind: PieceKind, value: &Value) -> Option<i64> {
    match kind {
        PieceKind::Age => Age::parse(value.as_str()?).map(Age::minutes),
        PieceKind::Integer => value.as_i64(),
        _ => {
            let text = value.as_str()?;
            PartialDate::parse(text.split('T').next()?).map(PartialDate::days)
        }
    }
}

#[test]
fn ranges_of_every_ordered_piece() {
    for piece in pieces().filter(|piece| piece.kind.is_ordered() && piece.kind != PieceKind::Count)
    {
        let records = RECORDS.values();
        let mut values: Vec<(i64, String)> = records
            .flat_map(|record| values_at(record, piece.path))
            .filter_map(|value| {
                let text = match value {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                Some((place(piece.kind, value)?, text))
            })
            .collect();
        values.sort();
        let (Some(low), Some(high)) = (
            values.get(values.len() / 4),
            values.get(values.len() * 3 / 4),
        ) else {
            continue;
        };
        // A partial date as the last end runs to its last day.
        let last = |(place, text): &(i64, String)| match piece.kind.is_day() {
            true => PartialDate::parse(text.split('T').next().unwrap())
                .unwrap()
                .last_days(),
            false => *place,
        };
        for (range, from, to) in [
            (format!("{}, {}", low.1, high.1), low.0, last(high)),
            (format!("MIN, {}", low.1), i64::MIN, last(low)),
            (format!("{}, MAX", high.1), high.0, i64::MAX),
            ("MIN, MAX".to_owned(), i64::MIN, i64::MAX),
        ] {
            let expect = by_hand(piece, |value| {
                place(piece.kind, value).is_some_and(|at| from <= at && at <= to)
            });
            let expression = format!("AREA[{}]RANGE[{range}]", piece.name);
            assert_eq!(matching(&expression), expect, "{expression}");
        }
    }
}

#[test]
fn phrases_coverage_and_writing() {
    let piece = |name: &str| &Pieces::bundled().pieces[Pieces::bundled().piece(name).unwrap()];
    for name in [
        "Condition",
        "InterventionName",
        "LeadSponsorName",
        "Acronym",
        "LocationCity",
        "Keyword",
    ] {
        let piece = piece(name);
        let mut all = texts(piece);
        all.sort_unstable();
        all.dedup();
        for text in all.iter().step_by((all.len() / 8).max(1)) {
            if text.contains(['"', '\\']) || !text.contains(char::is_alphanumeric) {
                continue;
            }
            let exact = by_hand(piece, |value| value.as_str() == Some(text));
            let expression = format!("AREA[{name}]EXPANSION[None]COVERAGE[FullMatch]\"{text}\"");
            assert_eq!(matching(&expression), exact, "{expression}");
            for coverage in ["StartsWith", "EndsWith", "Contains", "FullMatch"] {
                let expression =
                    format!("AREA[{name}]EXPANSION[Term]COVERAGE[{coverage}]\"{text}\"");
                assert!(matching(&expression).is_superset(&exact), "{expression}");
            }
            let none = format!("AREA[{name}]EXPANSION[None]COVERAGE[FullMatch]\"{text}x\"");
            assert!(matching(&none).is_empty(), "{none}");
        }
    }
    let whole = matching("AREA[LeadSponsorName]EXPANSION[None]COVERAGE[FullMatch]\"mesoblast\"");
    assert!(whole.is_empty(), "capitals count as written");
}

#[test]
fn one_site_at_a_time() {
    let is = |value: &Value, name: &str, wanted: &str| {
        value[name]
            .as_str()
            .is_some_and(|text| has_word(text, &wanted.to_lowercase()))
    };
    let path = "protocolSection.contactsLocationsModule.locations";
    let mut pairs: BTreeSet<(String, String)> = BTreeSet::new();
    let mut words: [BTreeSet<String>; 2] = [BTreeSet::new(), BTreeSet::new()];
    for record in RECORDS.values() {
        for site in values_at(record, path) {
            for (name, words) in ["city", "country"].iter().zip(&mut words) {
                let text = site[*name].as_str().unwrap_or_default();
                if text.len() > 3
                    && text.bytes().all(|byte| byte.is_ascii_alphabetic())
                    && !text.ends_with('s')
                {
                    words.insert(text.to_owned());
                }
            }
        }
    }
    for city in words[0].iter().step_by((words[0].len() / 12).max(1)) {
        for country in &words[1] {
            pairs.insert((city.clone(), country.clone()));
        }
    }
    let mut analyzer = Analyzer::new();
    for (city, country) in pairs {
        let terms = [&city, &country].map(|word| analyzer.analyze(word).remove(0).term);
        let expect: BTreeSet<String> = RECORDS
            .iter()
            .filter(|(_, record)| {
                values_at(record, path)
                    .into_iter()
                    .any(|site| is(site, "city", &terms[0]) && is(site, "country", &terms[1]))
            })
            .map(|(id, _)| id.clone())
            .collect();
        let expression = format!(
            "SEARCH[Location](AREA[LocationCity]EXPANSION[Term]\"{city}\" AND AREA[LocationCountry]EXPANSION[Term]\"{country}\")"
        );
        assert_eq!(matching(&expression), expect, "{expression}");
    }
    let recruiting = matching(
        "SEARCH[Location](AREA[LocationCountry]\"United States\" AND AREA[LocationStatus]Recruiting)",
    );
    let expect: BTreeSet<String> = RECORDS
        .iter()
        .filter(|(_, record)| {
            values_at(record, path)
                .into_iter()
                .any(|site| site["country"] == "United States" && site["status"] == "RECRUITING")
        })
        .map(|(id, _)| id.clone())
        .collect();
    assert_eq!(recruiting, expect);
    let elsewhere = matching("SEARCH[Location](NOT AREA[LocationCountry]\"United States\")");
    let expect: BTreeSet<String> = RECORDS
        .iter()
        .filter(|(_, record)| {
            values_at(record, path)
                .into_iter()
                .any(|site| site["country"] != "United States")
        })
        .map(|(id, _)| id.clone())
        .collect();
    assert_eq!(elsewhere, expect);
}

#[test]
fn exclusions_make_no_match() {
    // A trial that only excludes people with melanoma is not about melanoma.
    let condition = found(&[("query.cond", "melanoma")]);
    for (id, record) in RECORDS.iter() {
        let paths = [
            "protocolSection.conditionsModule.conditions",
            "protocolSection.conditionsModule.keywords",
            "protocolSection.identificationModule.briefTitle",
            "protocolSection.identificationModule.officialTitle",
            "derivedSection.conditionBrowseModule.meshes.term",
            "derivedSection.conditionBrowseModule.ancestors.term",
        ];
        let says = paths.iter().any(|path| {
            values_at(record, path)
                .into_iter()
                .filter_map(Value::as_str)
                .any(|text| has_word(text, "melanoma"))
        });
        assert!(!condition.contains(id) || says, "{id}");
        assert!(condition.contains(id) || !says, "{id}");
    }
    let anywhere = matching("AREA[EligibilityCriteria]melanoma");
    assert!(
        !anywhere.is_empty() && !anywhere.is_subset(&condition),
        "{anywhere:?} {condition:?}"
    );
}

#[test]
fn open_ages_and_both_sexes() {
    let piece = |name: &str| &Pieces::bundled().pieces[Pieces::bundled().piece(name).unwrap()];
    let all = matching("AREA[Sex]ALL");
    assert_eq!(all, by_hand(piece("Sex"), |value| value == "ALL"));
    assert!(!all.is_empty());
    // A missing bound never matches a range ...
    let stated = matching("AREA[MaximumAge]RANGE[80 years, MAX]");
    assert_eq!(
        stated,
        by_hand(piece("MaximumAge"), |value| {
            place(PieceKind::Age, value).is_some_and(|age| age >= 80 * 525_960)
        })
    );
    // ... and admits everybody where it is asked who may take part.
    let older = found(&[("aggFilters", "ages:older")]);
    assert_eq!(older, matching("AREA[StdAge]OLDER_ADULT"));
    let open: BTreeSet<String> = RECORDS
        .iter()
        .filter(|(_, record)| {
            let eligibility = &record["protocolSection"]["eligibilityModule"];
            eligibility["minimumAge"] == "18 Years" && eligibility["maximumAge"].is_null()
        })
        .map(|(id, _)| id.clone())
        .collect();
    assert!(!open.is_empty() && older.is_superset(&open), "{open:?}");
}

#[test]
fn records_are_read_for_as_long_as_there_is_time() {
    let index = Index::open(&super::FOLDER, SchemaChoice::bundled()).unwrap();
    let finder = Finder::new(index);
    let text = "AREA[IPDSharingDescription]MISSING";
    let expression = parse_essie(text, "BasicSearch", Pieces::bundled()).unwrap();
    let ask = |until: Option<Instant>| {
        finder.studies(&StudiesRequest {
            expressions: vec![expression.clone()],
            filters: Vec::new(),
            numbers: None,
            order: Vec::new(),
            nearness: None,
            limit: 10,
            after: None,
            with_results: false,
            today: date(2026, 6, 1),
            patience: Arc::new(Patience::until(until)),
        })
    };
    let now = Some(Instant::now());
    let error = ask(now).unwrap_err();
    assert!(matches!(error, SearchError::OutOfTime), "{error}");
    assert!(error.hint().unwrap().starts_with("ask again"));
    let found = ask(None).unwrap().total;
    assert!(found > 0);
    // What has been read is known without time.
    assert_eq!(ask(now).unwrap().total, found);
}
