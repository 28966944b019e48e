//! The query language, asked through the public API: trees, errors as they are shown, the laws, the reference.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the checks that tests share fail by panicking"
)]

use proptest::prelude::*;
use trialfind::query::{
    FieldNames, FilterKind, FilterName, Form, LONGEST_QUERY, MOST_NESTED, Node, Place, Span, parse,
    reference,
};

mod errors;
mod signs;

/// Some of the fields that the search has.
struct Fields;

const FIELDS: [&str; 13] = [
    "title",
    "condition",
    "intervention",
    "summary",
    "inclusion",
    "exclusion",
    "criteria",
    "outcome",
    "sponsor",
    "investigator",
    "location",
    "id",
    "mesh",
];

impl FieldNames for Fields {
    fn resolve(&self, name: &str) -> Option<String> {
        let name = if name == "ti" { "title" } else { name };
        FIELDS.contains(&name).then(|| name.to_owned())
    }

    fn names(&self) -> Vec<String> {
        FIELDS.map(String::from).to_vec()
    }

    fn filter(&self, name: &str) -> Option<FilterName> {
        let (name, kind) = *FILTERS.iter().find(|(known, _)| *known == name)?;
        Some(FilterName {
            name: name.to_owned(),
            kind,
        })
    }

    fn filter_names(&self) -> Vec<String> {
        FILTERS.map(|(name, _)| name.to_owned()).to_vec()
    }
}

const FILTERS: [(&str, FilterKind); 13] = [
    ("status", FilterKind::Values),
    ("phase", FilterKind::OrderedValues),
    ("type", FilterKind::Values),
    ("sex", FilterKind::Values),
    ("country", FilterKind::Values),
    ("age", FilterKind::Age),
    ("enrollment", FilterKind::Number),
    ("start", FilterKind::Date),
    ("updated", FilterKind::Date),
    ("completion", FilterKind::Date),
    ("verified", FilterKind::Date),
    ("has", FilterKind::Presence),
    ("near", FilterKind::Place),
];

/// The tree as a compact expression: words bare, phrases quoted, fields before a colon.
fn expression(node: &Node) -> String {
    let with_field = |field: &Option<String>, text: String| match field {
        Some(field) => format!("{field}:{text}"),
        None => text,
    };
    let listed = |name: &str, nodes: &[Node]| {
        let nodes: Vec<String> = nodes.iter().map(expression).collect();
        format!("({name} {})", nodes.join(" "))
    };
    match node {
        Node::All => "all".to_owned(),
        Node::Word {
            text, form, field, ..
        } => {
            let text = match form {
                Form::Stemmed => text.clone(),
                Form::Exact => format!("(exact {text})"),
                Form::Prefix => format!("(prefix {text})"),
                Form::Fuzzy { edits: None } => format!("(fuzzy {text})"),
                Form::Fuzzy { edits: Some(edits) } => format!("(fuzzy{edits} {text})"),
            };
            with_field(field, text)
        }
        Node::Phrase {
            text,
            slop,
            exact,
            field,
            ..
        } => {
            let exact = if *exact { "=" } else { "" };
            let slop = match slop {
                0 => String::new(),
                slop => format!("~{slop}"),
            };
            with_field(field, format!("{text:?}{exact}{slop}"))
        }
        Node::Proximity { nodes, within, .. } => listed(&format!("near{within}"), nodes),
        Node::Item { node, field, .. } => format!("{field}:{{{}}}", expression(node)),
        Node::Filter { name, value, .. } => format!("[{name} {value}]"),
        Node::Near {
            place, kilometres, ..
        } => match place {
            Place::Named(name) => format!("[{kilometres} km of {name}]"),
            Place::Coordinates {
                latitude,
                longitude,
            } => format!("[{kilometres} km of {latitude} {longitude}]"),
        },
        Node::Boost { node, factor, .. } => format!("({} ^{factor})", expression(node)),
        Node::And { nodes } => listed("and", nodes),
        Node::Or { nodes } => listed("or", nodes),
        Node::Not { node, .. } => format!("(not {})", expression(node)),
        _ => "unknown".to_owned(),
    }
}

#[track_caller]
fn check(query: &str, expect: &str) {
    match parse(query, &Fields) {
        Ok(parsed) => assert_eq!(expression(&parsed.root), expect, "tree of `{query}`"),
        Err(error) => panic!("`{query}` is refused:\n{}", error.render(query)),
    }
}

#[test]
fn words_and_phrases() {
    check("", "all");
    check(" \t\n", "all");
    check("knee", "knee");
    check("knee osteoarthritis", "(and knee osteoarthritis)");
    check("  knee\u{a0}hip\tpain\n", "(and knee hip pain)");
    check("\"low back pain\"", "\"low back pain\"");
    check(
        "“low back” „BM MSC“ «le dos»",
        "(and \"low back\" \"BM MSC\" \"le dos\")",
    );
    check("stem\"back pain\"cells", "(and stem \"back pain\" cells)");
    check("\"NOT (a OR b) title:x -y\"", "\"NOT (a OR b) title:x -y\"");
    check("pain, knee; hip.", "(and pain knee hip)");
    check("and or not And Or nOT", "(and and or not And Or nOT)");
    check("間葉系幹細胞 腰痛", "(and 間葉系幹細胞 腰痛)");
    check("腰痛　幹細胞", "(and 腰痛 幹細胞)");
    check("NCT03737461", "NCT03737461");
    check("pain\u{200b}OR\u{feff}ache", "(or pain ache)");
}

#[test]
fn signs_inside_words() {
    check("BM-MSC non-Hodgkin", "(and BM-MSC non-Hodgkin)");
    check("PD-1/PD-L1 5-FU IL-6", "(and PD-1/PD-L1 5-FU IL-6)");
    check("19#iSCLife®-LDP", "19#iSCLife®-LDP");
    check("2*10^7 mm^3 kg/m^2 CD34+", "(and 2*10^7 mm^3 kg/m^2 CD34+)");
    check(
        "STAR*D HLA-A*02:01 2[18F]FA-85380",
        "(and STAR*D HLA-A*02:01 2[18F]FA-85380)",
    );
    check("10:30 1:1 CD34:CD38", "(and 10:30 1:1 CD34:CD38)");
    check(
        "cell(s) CD34(+) Ca(OH)2 F(ab')2",
        "(and cell(s) CD34(+) Ca(OH)2 F(ab')2)",
    );
    check(
        "(S)-ketamine -((S)-ketamine) title:((S)-ketamine)",
        "(and (S)-ketamine (not (S)-ketamine) title:(S)-ketamine)",
    );
    check(
        "receptor (HER2)-negative (14C)-CC-220",
        "(and receptor (HER2)-negative (14C)-CC-220)",
    );
    check(
        "Antibody(Tislelizumab) cancer (NSCLC)",
        "(and Antibody Tislelizumab cancer NSCLC)",
    );
    check(
        "(DoD #7250), ≥18 >=18 <1 ~5ml",
        "(and DoD #7250 ≥18 >=18 <1 ~5ml)",
    );
}

/// What is near the notations of other tools, and is ordinary text of trial records.
#[test]
fn clinical_text_with_slashes() {
    for word in [
        "and/or", "HER2/neu", "1/2", "mg/kg", "w/o", "w/", "pre/post", "N3", "or/1", "NSC#1-2",
        "T1/N3", "kg/",
    ] {
        check(word, word);
    }
    check(
        "relapsed/ refractory (safety/ efficacy)",
        "(and relapsed/ refractory safety/ efficacy)",
    );
    check("and/ or HER2/ neu", "(and and/ or HER2/ neu)");
}

#[test]
fn what_says_nothing_is_reported() {
    let ignored = |query: &str, expect: &str, places: &[&str]| {
        check(query, expect);
        let parsed = parse(query, &Fields).unwrap();
        let found: Vec<&str> = parsed.ignored.iter().map(|span| span.of(query)).collect();
        assert_eq!(found, places, "ignored of `{query}`");
    };
    ignored("knee - hip", "(and knee hip)", &["-"]);
    ignored(
        "safety & efficacy / pilot …",
        "(and safety efficacy pilot)",
        &["&", "/", "…"],
    );
    ignored(
        "a \"\" b -\"--\" -... c",
        "(and a b c)",
        &["\"\"", "-\"--\"", "-..."],
    );
    ignored("--\"&\" x", "x", &["--\"&\""]);
    ignored("a OR & b", "(or a b)", &["&"]);
    ignored("(a)- b", "(and a b)", &["-"]);
    ignored(
        "ABVD (+/-) radiation -(&)",
        "(and ABVD radiation)",
        &["(+/-)", "-(&)"],
    );
    ignored("(-)-epicatechin", "(-)-epicatechin", &[]);
    ignored("pain, knee", "(and pain knee)", &[]);
}

#[test]
fn excluding() {
    check("asthma -child", "(and asthma (not child))");
    check("asthma NOT child", "(and asthma (not child))");
    check("-placebo", "(not placebo)");
    check("-a -b", "(and (not a) (not b))");
    check(
        "-\"non Hodgkin\" -(a OR b)",
        "(and (not \"non Hodgkin\") (not (or a b)))",
    );
    check("−child ‑adult", "(and (not child) (not adult))");
    check("NOT NOT a", "a");
    check("-(-a)", "a");
    check("--a NOT -b NOT(c)", "(and a b (not c))");
    check("-(-(a b)) c", "(and a b c)");
    check("-5-FU", "(not 5-FU)");
    check("(-a)", "(not a)");
}

#[test]
fn precedence_and_flattening() {
    check("a OR b", "(or a b)");
    check("a b OR c d", "(or (and a b) (and c d))");
    check("a AND b OR c AND d", "(or (and a b) (and c d))");
    check("NOT a b OR c", "(or (and (not a) b) c)");
    check("(a OR b) c", "(and (or a b) c)");
    check("(a OR b)(c OR d)", "(and (or a b) (or c d))");
    check("a OR(b)", "(or a b)");
    check("((a))", "a");
    check("a (b (c d))", "(and a b c d)");
    check("a OR (b OR (c OR d))", "(or a b c d)");
    check("(a b) AND c", "(and a b c)");
}

#[test]
fn fields() {
    check("title:knee", "title:knee");
    check("TITLE:knee ti:hip", "(and title:knee title:hip)");
    check("title:\"back pain\"", "title:\"back pain\"");
    check("title:“back pain”", "title:\"back pain\"");
    check("title:(a OR \"b c\")", "(or title:a title:\"b c\")");
    check("title:(a -b) c", "(and title:a (not title:b) c)");
    check("title:(a title:b)", "(and title:a title:b)");
    check("-title:a", "(not title:a)");
    check("NOT title:(a b)", "(not (and title:a title:b))");
    check("title:BM-MSC", "title:BM-MSC");
    check("title:12:30,", "title:12:30");
    check("title:a:b", "title:a:b");
    check("title:\"title:a\"", "title:\"title:a\"");
    check("title:(>5) title:>5", "(and title:>5 title:>5)");
    check("HER2:neu", "HER2:neu");
}

/// Signs of titles that a stricter reading would refuse or turn around.
#[test]
fn titles_with_signs() {
    check(
        "Immunoglobulin E (IgE)-Mediated Allergy",
        "(and Immunoglobulin E (IgE)-Mediated Allergy)",
    );
    check(
        "BIO|MASTER CERAMENT™|BONE",
        "(and BIO|MASTER CERAMENT™|BONE)",
    );
    check(
        "SLIT {Sublingual Therapy}",
        "(and SLIT {Sublingual Therapy})",
    );
    check("NSC #715055 (DoD #7250)", "(and NSC #715055 DoD #7250)");
    check(
        "Squamous – Head and Neck — pilot",
        "(and Squamous Head and Neck pilot)",
    );
}

/// One title in twelve has a colon behind a word; it names no field there.
#[test]
fn titles_with_colons() {
    check(
        "Stem Cells for Back Pain: a Randomised Trial",
        "(and Stem Cells for Back Pain a Randomised Trial)",
    );
    check("Pain: - pilot:", "(and Pain pilot)");
    // Words that are like a field's name.
    check(
        "The DREAM Study: a Trial: b",
        "(and The DREAM Study a Trial b)",
    );
    check("a new titel: b", "(and a new titel b)");
    check("title:(pain: knee)", "(and title:pain title:knee)");
    check("-Asthma: b", "(and (not Asthma) b)");
}

#[test]
fn places_in_the_text() {
    let query = "é -title:(\"β x\" OR 間) NOT b";
    let parsed = parse(query, &Fields).unwrap();
    let mut places = Vec::new();
    spans(&parsed.root, &mut places);
    let places: Vec<&str> = places.iter().map(|span| span.of(query)).collect();
    assert_eq!(
        places,
        ["é", "-title:(\"β x\" OR 間)", "\"β x\"", "間", "NOT b", "b"]
    );
}

#[test]
fn tree_as_json() {
    let parsed = parse("a - title:\"b c\" -d", &Fields).unwrap();
    assert_eq!(
        serde_json::to_string(&parsed).unwrap(),
        "{\"text\":\"a - title:\\\"b c\\\" -d\",\"root\":{\"kind\":\"and\",\"nodes\":[\
         {\"kind\":\"word\",\"text\":\"a\",\"span\":{\"start\":0,\"end\":1}},\
         {\"kind\":\"phrase\",\"text\":\"b c\",\"field\":\"title\",\"span\":{\"start\":10,\"end\":15}},\
         {\"kind\":\"not\",\"node\":{\"kind\":\"word\",\"text\":\"d\",\"span\":{\"start\":17,\"end\":18}},\
         \"span\":{\"start\":16,\"end\":18}}]},\"ignored\":[{\"start\":2,\"end\":3}]}"
    );
}

#[test]
fn canonical_text() {
    let canonical = |query: &str, expect: &str| {
        let parsed = parse(query, &Fields).unwrap();
        assert_eq!(parsed.to_text(), expect, "canonical text of `{query}`");
        same_again(query);
    };
    canonical("", "");
    canonical("a AND (b OR c)", "a (b OR c)");
    canonical(
        "NOT (a b) OR TI:(x OR -\"y z\")",
        "-(a b) OR title:x OR -title:\"y z\"",
    );
    canonical("title:({x) title:(+y)", "title:({x) title:(+y)");
    canonical("“a b” - pain,", "\"a b\" pain");
    canonical("OR, and", "OR, and");
    canonical(
        "-((S)-ketamine) (cell(s) OR x)",
        "-((S)-ketamine) (cell(s) OR x)",
    );
}

/// The deepest and longest queries that are read, and those just beyond, in every shape that could exhaust a stack.
#[test]
fn limits() {
    let nested = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    check(&nested(MOST_NESTED), "a");
    assert!(parse(&nested(MOST_NESTED + 1), &Fields).is_err());
    for open in ["(", "-(", "title:(", "NOT (", "a OR (b ", "a("] {
        assert!(parse(&open.repeat(LONGEST_QUERY / open.len()), &Fields).is_err());
    }
    check(&format!("{}a", "NOT ".repeat(10_001)), "(not a)");
    check(&format!("{}a", "-".repeat(60_000)), "a");
    check(&"a".repeat(LONGEST_QUERY), &"a".repeat(LONGEST_QUERY));
    assert!(parse(&"a".repeat(LONGEST_QUERY + 1), &Fields).is_err());
}

fn spans(node: &Node, places: &mut Vec<Span>) {
    match node {
        Node::Word { span, .. }
        | Node::Phrase { span, .. }
        | Node::Filter { span, .. }
        | Node::Near { span, .. } => places.push(*span),
        Node::Boost { node, span, .. } | Node::Item { node, span, .. } => {
            places.push(*span);
            spans(node, places);
        }
        Node::Proximity { nodes, span, .. } => {
            places.push(*span);
            nodes.iter().for_each(|node| spans(node, places));
        }
        Node::And { nodes } | Node::Or { nodes } => {
            nodes.iter().for_each(|node| spans(node, places));
        }
        Node::Not { node, span } => {
            places.push(*span);
            spans(node, places);
        }
        _ => {}
    }
}

/// Parses `query` and its canonical text and compares the trees.
#[track_caller]
fn same_again(query: &str) {
    let first = parse(query, &Fields).unwrap();
    let text = first.to_text();
    match parse(&text, &Fields) {
        Ok(again) => {
            assert_eq!(
                expression(&again.root),
                expression(&first.root),
                "`{query}`, `{text}`"
            );
            assert_eq!(again.to_text(), text);
            assert!(again.ignored.is_empty(), "`{text}`");
        }
        Err(error) => panic!("`{query}` became what is refused:\n{}", error.render(&text)),
    }
}

/// All the laws, for any text.
fn laws(query: &str) {
    let on_boundary = |span: Span| {
        assert!(
            query.get(span.start..span.end).is_some(),
            "{span:?} of `{query}`"
        );
    };
    match parse(query, &Fields) {
        Err(error) => {
            on_boundary(error.span);
            let shown = error.render(query);
            assert!(shown.lines().count() == 4 && shown.contains('^'), "{shown}");
            assert!(!error.hint().is_empty() && !error.message().is_empty());
            assert!(
                shown.lines().nth(1).unwrap().chars().count() <= 3 * 104,
                "{shown}"
            );
        }
        Ok(parsed) => {
            let mut places = parsed.ignored.clone();
            spans(&parsed.root, &mut places);
            for span in places {
                on_boundary(span);
                assert!(span.start < span.end, "{span:?} of `{query}`");
            }
            well_formed(&parsed.root, query);
            same_again(query);
        }
    }
}

/// `And` and `Or` hold two or more and not themselves, `Not` no `Not`, leaves are what stands at their place.
fn well_formed(node: &Node, query: &str) {
    match node {
        Node::All => assert!(!query.contains(char::is_alphanumeric)),
        Node::Word { text, span, .. } => assert_eq!(text, span.of(query)),
        Node::Phrase { text, span, .. } => {
            let mut inside = span.of(query).chars();
            inside.next();
            inside.next_back();
            assert_eq!(text, inside.as_str());
        }
        Node::And { nodes } | Node::Or { nodes } => {
            assert!(nodes.len() > 1);
            for inner in nodes {
                assert_ne!(std::mem::discriminant(inner), std::mem::discriminant(node));
                well_formed(inner, query);
            }
        }
        Node::Not { node, .. } => {
            assert!(!matches!(**node, Node::Not { .. } | Node::All));
            well_formed(node, query);
        }
        Node::Proximity { nodes, .. } => {
            assert!(nodes.len() > 1);
            nodes.iter().for_each(|node| well_formed(node, query));
        }
        Node::Boost { node, .. } | Node::Item { node, .. } => well_formed(node, query),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_text(query in any::<String>()) {
        laws(&query);
    }

    #[test]
    fn any_signs(query in "[-a1 (\":)&|~*^{}\\[\\]#=!<>.,–“”é間\u{301}\u{200b}\n]{0,40}") {
        laws(&query);
    }

    #[test]
    fn any_pieces(pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..24)) {
        laws(&pieces.concat());
    }

    #[test]
    fn any_long_text(query in "[-a1 (\":)β間\u{301}]{80,400}") {
        laws(&query);
    }
}

/// What queries are made of.
const PIECES: [&str; 66] = [
    " ",
    " ",
    " ",
    " ",
    "(",
    ")",
    "(",
    ")",
    "\"",
    "-",
    "OR",
    "AND",
    "NOT",
    " OR ",
    " AND ",
    " NOT ",
    "title:",
    "ti:",
    "pain:",
    "titel:",
    "OR:",
    "ADJ:",
    "a",
    "knee",
    "β",
    "間",
    "10:30",
    "BM-MSC",
    "cell(s)",
    "(S)-",
    "x",
    ",",
    ".",
    ":",
    "&",
    "\"b c\"",
    "“d”",
    "{",
    "+",
    "2",
    "*",
    "^",
    "~",
    "|",
    "}",
    " ~5 ",
    "~1",
    "^2",
    "=",
    "=cells",
    "*",
    "title:{",
    "phase:",
    "phase:2..3",
    "age:",
    "45",
    "start:>=",
    "2020",
    "near:",
    "~50km",
    "has:results",
    "\"e* f\"",
    "..",
    "<",
    ">",
    "mm^3",
];

/// Every example of the reference is what the reference says it is.
#[test]
fn examples_of_the_reference() {
    let quoted = |line: &str| -> Vec<String> {
        line.split('`')
            .skip(1)
            .step_by(2)
            .map(String::from)
            .collect()
    };
    let (mut count, mut refused) = (0, 0);
    let mut wrong = false;
    for line in reference().lines() {
        if line.starts_with("## ") {
            wrong = line == "## What is refused";
        }
        if !line.starts_with("- `") {
            continue;
        }
        let (examples, instead) = line.split_once(" - ").unwrap_or((line, ""));
        for example in quoted(examples) {
            match (parse(&example, &Fields), wrong) {
                (Ok(_), false) => count += 1,
                (Err(_), true) => refused += 1,
                (Ok(_), true) => panic!("`{example}` is understood"),
                (Err(error), false) => panic!("{}", error.render(&example)),
            }
        }
        if wrong {
            for example in quoted(instead) {
                if let Err(error) = parse(&example, &Fields) {
                    panic!("{}", error.render(&example));
                }
            }
        }
    }
    assert!(
        count > 50 && refused > 5,
        "{count} examples, {refused} refused"
    );
    let shell = reference()
        .lines()
        .find_map(|line| line.trim().strip_prefix("trialfind search '"));
    assert!(parse(shell.unwrap().trim_end_matches('\''), &Fields).is_ok());
}
