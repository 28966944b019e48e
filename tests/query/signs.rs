//! What is set on words and groups, nearness, items, filters: trees of all, and the laws on them.

use trialfind::query::parse;

use super::{Fields, check, same_again};

#[test]
fn signs_on_words() {
    check("osteo*", "(prefix osteo)");
    check("osteo*, knee", "(and (prefix osteo) knee)");
    check("title:osteo*", "title:(prefix osteo)");
    check("oedema~ oedema~1", "(and (fuzzy oedema) (fuzzy1 oedema))");
    check("=cells -=cells", "(and (exact cells) (not (exact cells)))");
    check("title:=cells", "title:(exact cells)");
    check("pain^3", "(pain ^3)");
    check("osteo*^0.5", "((prefix osteo) ^0.5)");
    check("title:pain^2", "(title:pain ^2)");
    check("mm^3 kg/m^2 2*10^7", "(and mm^3 kg/m^2 2*10^7)");
}

/// `2x10^7` was the word `2x10` that counts seven times, and `IL-6^2` a word that ends in a power.
#[test]
fn a_power_is_a_word_and_a_boost_on_a_coded_word_is_a_boost() {
    for word in [
        "10^7",
        "2*10^7",
        "2×10^7",
        "2x10^7",
        "3.5x10^9",
        "1x10^6/kg",
    ] {
        check(word, word);
    }
    for word in ["covid-19", "IL-6", "PD-1", "PD1", "CD4", "H1N1-2009"] {
        check(
            &format!("{word}^2 knee"),
            &format!("(and ({word} ^2) knee)"),
        );
        same_again(&format!("{word}^2 knee"));
    }
    for word in ["pain^2^3", "covid-19^2^3", "OR^2^2", "mm^3^2", "pain^-2^3"] {
        check(word, word);
        same_again(word);
    }
}

#[test]
fn signs_on_phrases_and_groups() {
    check("\"stem cells\"~3", "\"stem cells\"~3");
    check("\"stem cells\"=", "\"stem cells\"=");
    check("\"stem cells\"=~2^3 x", "(and (\"stem cells\"=~2 ^3) x)");
    check("\"mesench* stem\"", "\"mesench* stem\"");
    check("(a OR b)^2", "((or a b) ^2)");
    check("title:(a OR b)^2 c", "(and ((or title:a title:b) ^2) c)");
    check("-(a b)^2", "(not ((and a b) ^2))");
    check("((a)^2)^3", "((a ^2) ^3)");
}

#[test]
fn nearness() {
    check("(a OR b) ~5 (c OR d)", "(near5 (or a b) (or c d))");
    check("(a OR b)~5(c OR d)", "(near5 (or a b) (or c d))");
    check("knee ~5 pain", "(near5 knee pain)");
    check("x knee ~5 pain y", "(and x (near5 knee pain) y)");
    check("-knee ~5 pain", "(not (near5 knee pain))");
    check("a ~5 b ~5 c", "(near5 a b c)");
    check("(a ~5 b) ~3 \"c d\"", "(near3 (near5 a b) \"c d\")");
    check("title:(a ~5 b*)", "(near5 title:a title:(prefix b))");
    check("\"a b\" ~5 c", "(near5 \"a b\" c)");
    check("\"a b\"~5 c", "(and \"a b\"~5 c)");
    check("a OR b ~5 c", "(or a (near5 b c))");
}

#[test]
fn items() {
    check(
        "exclusion:{bmi 40}",
        "exclusion:{(and exclusion:bmi exclusion:40)}",
    );
    check("exclusion:{bmi}x", "(and exclusion:{exclusion:bmi} x)");
    check(
        "-exclusion:{\"heart failure\" (iii OR iv) -acute} x",
        "(and (not exclusion:{(and exclusion:\"heart failure\" (or exclusion:iii exclusion:iv) (not exclusion:acute))}) x)",
    );
    check(
        "exclusion:{a ~3 b}^2",
        "(exclusion:{(near3 exclusion:a exclusion:b)} ^2)",
    );
    check(
        "SLIT {Sublingual Therapy}",
        "(and SLIT {Sublingual Therapy})",
    );
}

#[test]
fn filters() {
    check("phase:2 knee", "(and [phase 2] knee)");
    check("phase:2..3", "[phase 2..3]");
    check("phase:(2 OR 3)", "(or [phase 2] [phase 3])");
    check("-status:withdrawn", "(not [status withdrawn])");
    check(
        "status:\"not yet recruiting\"",
        "[status not yet recruiting]",
    );
    check(
        "age:45 age:6m age:18..65",
        "(and [age 45] [age 6m] [age 18..65])",
    );
    check("enrollment:>100", "[enrollment >100]");
    check(
        "start:2019..2021 start:2019..",
        "(and [start 2019..2021] [start 2019..])",
    );
    check(
        "start:>=2020-06, updated:<90d",
        "(and [start >=2020-06] [updated <90d])",
    );
    check(
        "has:results -has:location",
        "(and [has results] (not [has location]))",
    );
    check("near:\"Lyon, France\"~50km", "[50 km of Lyon, France]");
    check("near:45.76,4.84~50km", "[50 km of 45.76 4.84]");
    check("near:Lyon~10mi", "[16.0934 km of Lyon]");
    check("near:-33.9,151.2~5km", "[5 km of -33.9 151.2]");
}

#[test]
fn written_again() {
    for query in [
        "osteo*^2 =cells^2 \"a b\"=~2^3",
        "exclusion:{bmi (a OR b) -c}^0.5 x",
        "a ~5 (b OR c) ~5 \"d e\" -(f ~2 g)",
        "phase:2..3 status:\"not yet recruiting\" start:2019..",
        "near:45.76,4.84~50km near:\"Lyon, France\"~10mi",
        "(pain,)^2 ((S)-ketamine)^2 -((S)-ketamine)^2",
    ] {
        same_again(query);
    }
    let parsed = parse("NOT exclusion:{ bmi 40 }", &Fields).unwrap();
    assert_eq!(parsed.to_text(), "-exclusion:{bmi 40}");
}
