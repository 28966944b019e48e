//! What people see: every page, what it says, and that nothing of a record is more than text in it.

use trialfind::server::Options;

use crate::{HOSTILE, INDEX, Server, options, server};

#[test]
fn every_page_says_what_it_is_for() {
    let server = server();
    let check = |uri: &str, expect: &[&str]| {
        let answer = server.get(uri);
        assert_eq!(answer.status, 200, "{uri}: {}", answer.text());
        assert_eq!(
            answer.header("content-type"),
            "text/html; charset=utf-8",
            "{uri}"
        );
        let text = answer.text();
        for part in expect {
            assert!(text.contains(part), "{uri} does not say `{part}`:\n{text}");
        }
        for part in [
            "<html lang=\"en\">",
            "<main id=\"main\"",
            "Skip to the content",
        ] {
            assert!(text.contains(part), "{uri} has no `{part}`");
        }
        assert!(
            !text.contains(" style=") && !text.contains("onclick"),
            "{uri}"
        );
    };
    check("/", &["clinical trials</h1>", "name=\"q\""]);
    check("/search", &["<strong>", "Last updated"]);
    check(
        "/search?q=intradiscal+BM-MSC",
        &["<mark>", "verified", "Passages", "Nearest"].map(|part| match part {
            "Passages" => "class=\"passages\"",
            "Nearest" => "Trials like this",
            part => part,
        }),
    );
    // Several values of a facet, each a chip that leads to the search without it.
    check(
        "/search?q=knee&phase=2&phase=3",
        &[
            "class=\"chip\" href=\"/search?q=knee&amp;phase=PHASE3\"",
            "class=\"chip\" href=\"/search?q=knee&amp;phase=PHASE2\"",
            "value=\"PHASE2\" form=\"search\" data-submits checked",
        ],
    );
    check(
        "/search?near=Lyon,+France&within=400km&sort=distance",
        &["Nearest site", " km: "],
    );
    check(
        "/search?q=knee&exact=1&no_widen=1",
        &["only the words typed", "not widened"],
    );
    check("/search?q=knea", &["search exactly this"]);
    check(
        "/search?q=intradiscal+BM-MSC",
        &["Also searched", "search only what I typed"],
    );
    check("/search?q=zzzqqq&no_widen=1", &["No trial matches"]);
    check(
        "/search?status=RECRUITING&country=Peru",
        &["without country"],
    );
    check(
        "/trials/NCT03737461?q=intradiscal",
        &[
            "Back to the search",
            "href=\"/search?q=intradiscal\"",
            "<mark>",
            "Inclusion criteria",
            "Exclusion criteria",
            "Outcome measures",
            "Arms and interventions",
            "Sites",
            "Data: ClinicalTrials.gov",
            "Trials like this one",
            "https://clinicaltrials.gov/study/NCT03737461",
        ]
        .map(|part| {
            if part == "Sites" {
                "id=\"sites\""
            } else {
                part
            }
        }),
    );
    check("/trials/NCT03737461/similar", &["Trials like"]);
    check(
        "/compare?id=NCT03737461&id=NCT09999999",
        &["Participants", "Inclusion criteria", "scope=\"row\""],
    );
    check("/compare", &["Nothing to compare"]);
    check("/selection", &["Nothing is kept yet"]);
    check("/patient", &["method=\"post\"", "name=\"story\""]);
    check("/help", &["The query language", "title:"]);
}

#[test]
fn what_is_wrong_is_said_with_what_to_do() {
    let server = server();
    let check = |uri: &str, status: u16, expect: &[&str]| {
        let answer = server.get(uri);
        assert_eq!(answer.status.as_u16(), status, "{uri}");
        let text = answer.text();
        assert!(text.starts_with("<!DOCTYPE html>"), "{uri}: {text}");
        for part in expect {
            assert!(text.contains(part), "{uri} does not say `{part}`:\n{text}");
        }
    };
    check(
        "/search?q=%22knee",
        400,
        &["this quote is not closed", "^", "value=\"&quot;knee\""],
    );
    check(
        "/search?phaze=2",
        400,
        &["unknown parameter <code>phaze</code>", "known are"],
    );
    check("/search?phase=9", 400, &["unknown phase"]);
    check("/search?country=Frnce", 400, &["did you mean", "France"]);
    check("/search?start_year=20x4", 400, &["a year is four digits"]);
    check("/search?sort=distance", 400, &["without a place"]);
    check("/search?q=knee&near=Nowhereville", 400, &["Nowhereville"]);
    check("/search?page=99999999", 400, &["page"]);
    check(
        "/search?q=knee&page=90",
        200,
        &["ends before this page", "href=\"/search?q=knee\""],
    );
    check(
        "/trials/NCT00000000",
        404,
        &[
            "no trial with the id <code>NCT00000000</code>",
            "words of its title",
        ],
    );
    check("/nothing", 404, &["Not found"]);
    check("/trials/%ff%fe", 400, &["not text in UTF-8"]);
    check("/search?q=%3Cscript%3E%22", 400, &["&lt;script&gt;"]);
}

#[test]
fn nothing_of_a_record_is_more_than_text() {
    let server = server();
    let pages = [
        "/search?q=hostile",
        "/search?q=hostile&sort=id",
        "/trials/NCT09999999",
        "/trials/NCT09999999?q=hostile+onmouseover",
        "/compare?id=NCT09999999&id=NCT03737461",
        "/trials/NCT03737461/similar?q=hostile",
    ];
    for uri in pages {
        let text = server.get(uri).text();
        assert!(
            text.contains("&lt;script&gt;") || uri.contains("similar"),
            "{uri}:\n{text}"
        );
        for bad in [
            "<script>",
            "onmouseover=\"",
            "\u{202e}",
            "\u{2066}",
            "href=\"javascript:",
            "</title><",
        ] {
            assert!(!text.contains(bad), "{uri} has `{bad}`");
        }
        // The only scripts are files of the server's own.
        let scripts = text.matches("<script").count();
        assert_eq!(
            scripts,
            text.matches("<script src=\"/assets/").count(),
            "{uri}"
        );
    }
    assert!(HOSTILE.contains("<script>"));
    // A query and a place are shown as what they are, too.
    let typed = server.get("/search?q=%3Cb%3Eknee%3C%2Fb%3E&exact=1").text();
    assert!(
        typed.contains("value=\"&lt;b&gt;knee&lt;/b&gt;\""),
        "{typed}"
    );
}

#[test]
fn an_address_holds_the_search_and_nothing_else() {
    let server = server();
    let answer = server.get("/search?q=knee&near=&within=&phase=2");
    assert_eq!(answer.status, 303);
    assert_eq!(answer.header("location"), "/search?q=knee&phase=2");
    let answer = server.get("/compare?back=%2Fsearch&shown=NCT1&id=NCT03737461");
    assert_eq!(answer.header("location"), "/compare?id=NCT03737461");
}

#[test]
fn pages_of_a_result_follow_each_other() {
    let server = server();
    let ids = |uri: &str| -> Vec<String> {
        let text = server.get(uri).text();
        let parts = text.split("name=\"shown\" value=\"").skip(1);
        parts
            .map(|part| part.split('"').next().unwrap().to_owned())
            .collect()
    };
    let whole = ids("/search?limit=30");
    let mut pages = ids("/search?limit=10");
    pages.extend(ids("/search?limit=10&page=2"));
    pages.extend(ids("/search?limit=10&page=3"));
    assert_eq!(pages, whole);
    assert_eq!(whole.len(), 30);
}

#[test]
fn trials_are_kept_in_the_browser_and_nowhere_else() {
    let server = server();
    let cookie = |answer: &crate::Answer| {
        answer
            .header("set-cookie")
            .split(';')
            .next()
            .unwrap()
            .to_owned()
    };
    let kept = server.post(
        "/selection",
        &[
            ("id", "NCT03737461"),
            ("shown", "NCT03737461"),
            ("back", "/search?q=knee"),
        ],
    );
    assert_eq!(kept.status, 303);
    assert_eq!(kept.header("location"), "/search?q=knee");
    let first = kept.header("set-cookie");
    assert!(
        first.contains("HttpOnly") && first.contains("SameSite=Strict"),
        "{first}"
    );
    let both = server.post_with(
        "/selection",
        &[("add", "NCT09999999"), ("script", "1")],
        &[("cookie", &cookie(&kept))],
    );
    assert_eq!(both.json()["kept"], 2);
    let page = server
        .get_with("/selection", &[("cookie", &cookie(&both))])
        .text();
    assert!(
        page.contains("/compare?id=NCT03737461&amp;id=NCT09999999"),
        "{page}"
    );
    assert!(
        server
            .get_with("/search?q=intradiscal", &[("cookie", &cookie(&both))])
            .text()
            .contains("value=\"NCT03737461\" checked")
    );
    // What was on the page and is no longer ticked is taken out.
    let one = server.post_with(
        "/selection",
        &[("shown", "NCT03737461")],
        &[("cookie", &cookie(&both))],
    );
    assert!(cookie(&one).ends_with("=NCT09999999"));
    let none = server.post_with(
        "/selection",
        &[("clear", "1")],
        &[("cookie", &cookie(&one))],
    );
    assert!(none.header("set-cookie").contains("Max-Age=0"));
    // Nobody is led elsewhere.
    for back in ["https://example.org/", "//example.org", "/\\example.org"] {
        let answer = server.post("/selection", &[("back", back)]);
        assert_eq!(answer.header("location"), "/selection", "{back}");
    }
}

#[test]
fn a_story_is_posted_and_can_be_taken_back() {
    let server = server();
    let story =
        "A 45-year-old man with chronic low back pain. No diabetes. His mother had breast cancer.";
    let answer = server.post("/patient", &[("story", story)]);
    let text = answer.text();
    assert_eq!(answer.status, 200, "{text}");
    assert_eq!(answer.header("cache-control"), "no-store");
    for part in [
        "45 years",
        "male",
        "low back pain",
        "name=\"no_age\"",
        "name=\"leave_out\"",
        "class=\"card\"",
    ] {
        assert!(text.contains(part), "no `{part}`:\n{text}");
    }
    assert!(!text.contains("?story"), "the story is in an address");
    // Links to trials hold nothing of it.
    assert!(!text.contains("/trials/NCT03737461?"));
    let back = server
        .post(
            "/patient",
            &[
                ("story", story),
                ("no_age", "1"),
                ("leave_out", "low back pain"),
            ],
        )
        .text();
    assert!(back.contains("finding gone\">low back pain"), "{back}");
    assert!(back.contains("no filter"));
    let empty = server.post("/patient", &[("story", "zzz qqq")]);
    assert_eq!(empty.status, 400);
    assert!(empty.text().contains("says nothing that any trial has"));
    assert!(empty.text().contains("zzz qqq"), "the story can be mended");
    // The cards can be kept, and lead to the trial with the words of the story marked, in no address.
    assert!(
        text.contains("formaction=\"/trials/NCT03737461\""),
        "{text}"
    );
    let form = [
        ("story", story),
        ("shown", "NCT03737461"),
        ("id", "NCT03737461"),
    ];
    assert_eq!(server.post("/patient", &form).status, 200);
    let trial = server.post("/trials/NCT03737461", &form);
    let page = trial.text();
    assert!(trial.status == 200 && page.contains("<mark>"), "{page}");
    assert_eq!(trial.header("cache-control"), "no-store");
    assert!(
        !page.contains("story=") && !page.contains("mother"),
        "{page}"
    );
    let kept = server.post("/selection", &form);
    assert_eq!(kept.header("location"), "/selection");
    assert!(
        kept.header("set-cookie")
            .starts_with("trialfind_kept=NCT03737461;")
    );
    // In an address a story is refused, and not searched for.
    assert_eq!(server.get("/search?story=pain").status, 400);
    assert_eq!(server.get("/api/patient?story=pain").status, 405);
}

#[test]
fn a_trial_leads_back_to_the_whole_search() {
    let server = server();
    let hits = server
        .get("/search?q=knee&phase=EARLY_PHASE1&limit=1&page=2")
        .text();
    let (_, rest) = hits.split_once("<a href=\"/trials/").unwrap();
    let trial = format!(
        "/trials/{}",
        rest.split('"').next().unwrap().replace("&amp;", "&")
    );
    let page = server.get(&trial).text();
    let back = "href=\"/search?q=knee&amp;limit=1&amp;phase=EARLY_PHASE1&amp;page=2\"";
    assert!(page.contains(back), "{trial}\n{page}");
}

#[test]
fn results_are_tables() {
    let server = server();
    let page = server.get("/trials/NCT02412735").text();
    for part in [
        "id=\"results\"",
        "Participant flow",
        "Baseline characteristics",
        "primary outcome",
        "<th scope=\"col\"><bdi>",
        "Started</bdi>",
    ] {
        assert!(page.contains(part), "no `{part}`");
    }
    assert!(
        !server
            .get("/trials/NCT03737461")
            .text()
            .contains("id=\"results\"")
    );
}

#[test]
fn it_can_be_served_below_a_path() {
    let server = Server::new(Options {
        base: "/registry/trials".parse().unwrap(),
        ..options(&INDEX)
    });
    let base = "/registry/trials";
    for uri in [
        "/",
        "/search?q=knee",
        "/trials/NCT03737461?q=disc",
        "/compare?id=NCT03737461",
        "/selection",
        "/patient",
        "/help",
        "/nothing",
    ] {
        let page = server.get(&format!("{base}{uri}")).text();
        assert!(page.starts_with("<!DOCTYPE html>"), "{uri}: {page}");
        for attribute in ["href", "src", "action", "formaction"] {
            for (_, rest) in page
                .match_indices(&format!(" {attribute}=\"/"))
                .map(|(at, found)| page.split_at(at + found.len() - 1))
            {
                assert!(
                    rest.starts_with(base),
                    "{uri}: {attribute} {}",
                    &rest[..40.min(rest.len())]
                );
            }
        }
    }
    let style = server.get(base).text();
    let (_, rest) = style.split_once("rel=\"stylesheet\" href=\"").unwrap();
    let style = server.get(rest.split('"').next().unwrap());
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
    let kept = server.post(
        &format!("{base}/selection"),
        &[("add", "NCT03737461"), ("back", "/search?q=knee")],
    );
    assert_eq!(kept.header("location"), format!("{base}/search?q=knee"));
    assert!(
        kept.header("set-cookie")
            .contains(&format!("; Path={base};"))
    );
    assert_eq!(server.get(&format!("{base}/api/search?q=knee")).status, 200);
    // A proxy may take the path off, and who looks after the server asks at its root.
    assert_eq!(server.get("/readyz").status, 200);
    assert_eq!(server.get("/search?q=knee").status, 200);
    assert_eq!(server.get("/registry/trialsome").status, 404);
}
