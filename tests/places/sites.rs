//! Trials by where their sites are.
use proptest::prelude::*;
use serde_json::{Value, json};
use trialfind::place::Point;
use trialfind::search::{Notice, SearchError};

use crate::{Made, ids, record};

const STATUSES: [&str; 4] = ["RECRUITING", "NOT_YET_RECRUITING", "COMPLETED", "WITHDRAWN"];

/// A site made at random: degrees and a status, if it has one.
type Site = (f64, f64, Option<&'static str>);

fn trials() -> impl Strategy<Value = Vec<(&'static str, Vec<Site>)>> {
    let status = prop::sample::select(STATUSES.to_vec());
    // Near each other, near a pole and across the line where the days change.
    let lat = prop_oneof![44.0..47.0_f64, 85.0..90.0_f64];
    let lon = prop_oneof![3.0..6.0_f64, 178.0..180.0_f64, -180.0..-178.0_f64];
    let site = (lat, lon, prop::option::of(status.clone()));
    prop::collection::vec((status, prop::collection::vec(site, 0..6)), 1..25)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn near_is_what_brute_force_finds(
        trials in trials(), lat in 44.0..90.0_f64, lon in prop_oneof![3.0..6.0_f64, 177.0..180.0_f64], km in 1.0..400.0_f64, wanted in 0..3_usize,
    ) {
        let records: Vec<Value> = trials.iter().zip(1..).map(|((status, sites), number)| {
            let sites = sites.iter().map(|(lat, lon, status)| {
                let mut site = json!({"facility": "Hospital", "geoPoint": {"lat": lat, "lon": lon}});
                if let Some(status) = status {
                    site["status"] = json!(status);
                }
                site
            });
            record(number, status, &sites.collect::<Vec<_>>())
        }).collect();
        let made = Made::of(&records);
        let wanted = &STATUSES[..wanted];
        let centre = Point { lat, lon };
        let mut expect: Vec<(i64, String)> = Vec::new();
        for ((overall, sites), number) in trials.iter().zip(1..) {
            let is_open = matches!(*overall, "RECRUITING" | "NOT_YET_RECRUITING");
            let fitting = sites.iter().filter(|(_, _, own)| {
                let status = own.filter(|_| is_open).unwrap_or(overall);
                wanted.is_empty() || wanted.contains(&status)
            });
            let rounded = |degrees: f64| (degrees * 1e5).round() / 1e5;
            let distances = fitting.map(|(lat, lon, _)| centre.kilometres(Point { lat: rounded(*lat), lon: rounded(*lon) }));
            let nearest = distances.filter(|found| *found <= km).min_by(f64::total_cmp);
            expect.extend(nearest.map(|nearest| ((nearest * 1e3) as i64, format!("NCT{number:08}"))));
        }
        expect.sort();
        let hits = made.near(&format!("{lat},{lon}"), km, wanted);
        prop_assert_eq!(ids(&hits), expect.iter().map(|(_, id)| id.as_str()).collect::<Vec<_>>());
        for (hit, (metres, _)) in hits.hits.iter().zip(&expect) {
            let site = hit.nearest_site.as_ref().unwrap();
            prop_assert!((site.km - *metres as f64 / 1e3).abs() < 0.06, "{site:?} {metres}");
        }
    }
}

fn town(city: &str, state: Option<&str>, country: &str) -> Value {
    json!({"facility": "Hospital", "city": city, "state": state, "country": country})
}

fn at(mut site: Value, lat: f64, lon: f64) -> Value {
    site["geoPoint"] = json!({"lat": lat, "lon": lon});
    site
}

fn with_status(mut site: Value, status: &str) -> Value {
    site["status"] = json!(status);
    site
}

#[test]
fn sites_without_coordinates_are_placed_by_their_town() {
    let made = Made::of(&[
        record(1, "COMPLETED", &[town("Lyon Cedex 03", None, "France")]),
        record(2, "COMPLETED", &[town("Pierre-Bénite", None, "France")]),
        record(
            3,
            "COMPLETED",
            &[town("Paris", Some("Texas"), "United States")],
        ),
        record(
            4,
            "COMPLETED",
            &[
                town("Paris 13", None, "France"),
                town("LYON", None, "France"),
            ],
        ),
        record(5, "COMPLETED", &[]),
        // Coordinates that are not those of Milan.
        record(
            6,
            "COMPLETED",
            &[at(town("Milan", None, "Italy"), 42.78235, 12.59836)],
        ),
    ]);
    let check = |place: &str, expect: &[&str]| {
        assert_eq!(ids(&made.near(place, 30.0, &[])), expect, "{place}");
    };
    check(
        "Lyon, France",
        &["NCT00000001", "NCT00000004", "NCT00000002"],
    );
    check("lyon", &["NCT00000001", "NCT00000004", "NCT00000002"]);
    check("Paris", &["NCT00000004"]);
    check("Paris, TX", &["NCT00000003"]);
    check("paris, texas, usa", &["NCT00000003"]);
    check("Milano, Italy", &["NCT00000006"]);
    check("42.78,12.6", &[]);
    let site = made.near("Paris", 30.0, &[]).hits[0]
        .nearest_site
        .clone()
        .unwrap();
    assert_eq!(site.city.as_deref(), Some("Paris 13"));
    let counts = made.finder.index().catalogue().unwrap().sites;
    assert_eq!((counts.sites, counts.unplaced, counts.corrected), (6, 0, 1));
}

#[test]
fn records_teach_places_to_others() {
    let made = Made::of(&[
        record(
            1,
            "COMPLETED",
            &[at(town("Hôpital-les-Bains", None, "France"), 45.7, 4.9)],
        ),
        record(
            2,
            "COMPLETED",
            &[town("Hopital les Bains Cedex", None, "France")],
        ),
        record(
            3,
            "COMPLETED",
            &[town("Hopital les Bains", Some("Rhône"), "France")],
        ),
        record(4, "COMPLETED", &[town("Hopital les Bains", None, "Spain")]),
        record(
            5,
            "COMPLETED",
            &[town("Elsewhere-on-Nothing", None, "France")],
        ),
        record(
            6,
            "COMPLETED",
            &[at(
                town("Fort Unknown", Some("Texas"), "United States"),
                30.0,
                -95.0,
            )],
        ),
        record(
            7,
            "COMPLETED",
            &[town("Fort Unknown", Some("Ohio"), "United States")],
        ),
        record(
            8,
            "COMPLETED",
            &[town("Ft. Unknown", Some("Texas"), "United States")],
        ),
    ]);
    let near_lyon = made.near("Lyon", 50.0, &[]);
    assert_eq!(
        ids(&near_lyon),
        ["NCT00000001", "NCT00000002", "NCT00000003"]
    );
    assert_eq!(near_lyon.notices, [Notice::UnplacedSites { trials: 1 }]);
    assert_eq!(ids(&made.near("Hopital les Bains", 5.0, &[])).len(), 3);
    assert_eq!(
        ids(&made.near("Houston", 100.0, &[])),
        ["NCT00000006", "NCT00000008"]
    );
    let counts = made.finder.index().catalogue().unwrap().sites;
    assert_eq!((counts.unplaced, counts.trials_with_unplaced), (3, 3));
}

#[test]
fn one_site_has_to_fit_in_every_way() {
    let lyon = || town("Lyon", None, "France");
    let lille = || town("Lille", None, "France");
    let made = Made::of(&[
        record(
            1,
            "RECRUITING",
            &[
                with_status(lyon(), "WITHDRAWN"),
                with_status(lille(), "RECRUITING"),
            ],
        ),
        record(
            2,
            "RECRUITING",
            &[
                with_status(lyon(), "RECRUITING"),
                with_status(lille(), "WITHDRAWN"),
            ],
        ),
        record(3, "RECRUITING", &[lyon()]),
        record(4, "COMPLETED", &[with_status(lyon(), "RECRUITING")]),
    ]);
    let check = |place: &str, statuses: &[&str], expect: &[&str]| {
        assert_eq!(
            ids(&made.near(place, 30.0, statuses)),
            expect,
            "{place} {statuses:?}"
        );
    };
    check("Lyon", &["RECRUITING"], &["NCT00000002", "NCT00000003"]);
    check("Lille", &["RECRUITING"], &["NCT00000001"]);
    check("Lyon", &["COMPLETED"], &["NCT00000004"]);
    check(
        "Lyon",
        &["WITHDRAWN", "COMPLETED"],
        &["NCT00000001", "NCT00000004"],
    );
    check(
        "Lyon",
        &[],
        &["NCT00000001", "NCT00000002", "NCT00000003", "NCT00000004"],
    );
    // What is counted is counted among the trials that are near.
    let mut request = made.request("");
    request.near = made.near_filter("Lille");
    request.facets = vec!["status".to_owned()];
    let hits = made.search(&request);
    assert_eq!((hits.total, hits.total_without_filters), (2, 4));
    assert_eq!(
        hits.facets[0]
            .buckets
            .iter()
            .map(|bucket| bucket.count)
            .sum::<u64>(),
        2
    );
    request.near = made.near_filter("Tokyo");
    let without = vec![("near".to_owned(), 4)];
    let expect = Notice::FiltersEmpty {
        without_filters: 4,
        without,
    };
    assert_eq!(made.search(&request).notices, [expect]);
}

/// A place in the query was never named as what leaves nothing; it was said that no trial matches the words.
#[test]
fn a_place_in_the_query_is_named_as_a_filter_to_lift() {
    let made = Made::of(&[
        record(1, "RECRUITING", &[town("Lille", None, "France")]),
        record(2, "COMPLETED", &[town("Lille", None, "France")]),
    ]);
    let check = |query: &str, without_filters: u64, without: &[(&str, u64)]| {
        let mut request = made.request(query);
        request.widen = true;
        let without = without
            .iter()
            .map(|(typed, trials)| ((*typed).to_owned(), *trials));
        let expect = Notice::QueryFiltersEmpty {
            without_filters,
            without: without.collect(),
        };
        assert_eq!(made.search(&request).notices, [expect], "{query}");
    };
    let lyon = "near:\"Lyon, France\"~50km";
    check(&format!("trial {lyon}"), 2, &[(lyon, 2)]);
    check(lyon, 2, &[(lyon, 2)]);
    // Without the place, the status is asked of the trials.
    check(&format!("{lyon} status:recruiting"), 2, &[(lyon, 1)]);
    check(
        &format!("{lyon} status:(recruiting OR withdrawn)"),
        2,
        &[(lyon, 1)],
    );
    check(&format!("{lyon} status:withdrawn"), 2, &[]);
    check(&format!("{lyon} phase:3"), 2, &[]);
    let lille = "near:\"Lille, France\"~50km";
    check(&format!("-{lille}"), 2, &[(lille, 2)]);
}

#[test]
fn a_place_is_never_guessed_in_silence() {
    let made = Made::of(&[record(1, "COMPLETED", &[])]);
    let name = |typed: &str| made.finder.place(typed).map(|place| place.name);
    let check = |typed: &str, expect: &str| assert_eq!(name(typed).unwrap(), expect, "{typed}");
    check("Lyon", "Lyon, France");
    check("Roma", "Rome, Italy");
    check("Cambridge, MA", "Cambridge, Massachusetts, United States");
    check("Cambridge", "Cambridge, United Kingdom");
    check("Portland, Oregon, USA", "Portland, Oregon, United States");
    check(
        "Washington, DC",
        "Washington, District of Columbia, United States",
    );
    check("Lyon, FR", "Lyon, France");
    check("45.76, 4.84", "45.76, 4.84");
    check("-33.9,18.4", "-33.9, 18.4");
    let others = made.finder.place("Cambridge").unwrap().others;
    assert!(
        others
            .iter()
            .any(|other| other == "Cambridge, Massachusetts, United States"),
        "{others:?}"
    );
    assert!(made.finder.place("Lyon, France").unwrap().others.is_empty());
    let check_error = |typed: &str, reason: &str, hint: &str| match made.finder.place(typed) {
        Err(SearchError::UnknownPlace {
            reason: found,
            hint: help,
            ..
        }) => {
            assert!(
                found.contains(reason) && help.contains(hint),
                "{typed}: {found}; {help}"
            );
        }
        other => panic!("{typed}: {other:?}"),
    };
    check_error("Lyonn", "no town", "did you mean `Lyon, France`");
    check_error("Lyon, Texas", "no Lyon in `Texas`", "Lyon, France");
    check_error("France", "no town", "--country");
    check_error("Bavaria", "no town", "region");
    check_error("99,4", "no such coordinates", "-90 to 90");
    check_error("", "no town", "name a town");
    check_error("Xyzzyqwv", "no town", "larger town");
    check_error(", France", "no town", "name a town");
}
