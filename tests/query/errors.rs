//! Queries that are refused, as the person who typed them sees it.

use trialfind::query::{LONGEST_QUERY, MOST_NESTED, parse};

use super::Fields;

#[track_caller]
fn check(query: &str, expect: &str) {
    match parse(query, &Fields) {
        Ok(parsed) => panic!(
            "`{query}` is understood as {}",
            super::expression(&parsed.root)
        ),
        Err(error) => assert_eq!(error.render(query), expect.trim_matches('\n')),
    }
}

#[test]
fn fields() {
    check(
        "titel:pain stem",
        r#"
unknown field `titel`
  titel:pain stem
  ^^^^^
hint: did you mean `title`? (in quotes it is text: `"titel:pain"`)
"#,
    );
    check(
        "stem EGFR:mutated",
        r#"
unknown field `EGFR`
  stem EGFR:mutated
       ^^^^
hint: fields are title, condition, intervention, summary, inclusion, exclusion and 20 more; `trialfind help query` lists them (in quotes it is text: `"EGFR:mutated"`)
"#,
    );
    check(
        "phase: 2",
        r#"
nothing right after `phase:`
  phase: 2
  ^^^^^^
hint: write the value right after the colon, `phase:2`, or put it in quotes to search for it as text: `"phase:"`
"#,
    );
    check(
        "titel: knee",
        r#"
unknown field `titel`
  titel: knee
  ^^^^^
hint: did you mean `title`? (in quotes it is text: `"titel:"`)
"#,
    );
    check(
        "cond:\"a b\"",
        r#"
unknown field `cond`
  cond:"a b"
  ^^^^
hint: did you mean `condition`? (in quotes it is text: `"cond:a b"`)
"#,
    );
    check(
        "title:",
        r#"
nothing right after `title:`
  title:
  ^^^^^^
hint: write the word right after the colon, `title:pain`, or put it in quotes to search for it as text: `"title:"`
"#,
    );
    check(
        "title: knee",
        r#"
nothing right after `title:`
  title: knee
  ^^^^^^
hint: write the word right after the colon, `title:pain`, or put it in quotes to search for it as text: `"title:"`
"#,
    );
    check(
        "title:&",
        r#"
nothing right after `title:`
  title:&
  ^^^^^^
hint: write the word right after the colon, `title:pain`, or put it in quotes to search for it as text: `"title:"`
"#,
    );
    check(
        "title:\"\" x",
        r#"
nothing right after `title:`
  title:"" x
  ^^^^^^^^
hint: write the word right after the colon, `title:pain`, or put it in quotes to search for it as text: `"title:"`
"#,
    );
    check(
        "title:OR b",
        r#"
`OR` is an operator, and a word is wanted here
  title:OR b
        ^^
hint: to search for the word itself, write `or` or `"OR"`
"#,
    );
    check(
        "title:-a",
        r#"
a `-` stands before the field, not after `title:`
  title:-a
        ^
hint: write `-title:pain`
"#,
    );
    check(
        "title:(a summary:b)",
        r#"
`summary:` inside the parentheses of `title:`
  title:(a summary:b)
           ^^^^^^^^
hint: close the parenthesis of `title:` first
"#,
    );
    check(
        "NOT: x",
        r#"
unknown field `NOT`
  NOT: x
  ^^^
hint: fields are title, condition, intervention, summary, inclusion, exclusion and 20 more; `trialfind help query` lists them (in quotes it is text: `"NOT:"`)
"#,
    );
}

/// Hints that led to another error, or to none.
#[test]
fn hints_that_fit() {
    let hinted = |query: &str, message: &str, hint: &str| match parse(query, &Fields) {
        Ok(parsed) => panic!("`{query}` is {}", super::expression(&parsed.root)),
        Err(error) => assert_eq!(
            (&*error.message(), &*error.hint()),
            (message, hint),
            "{query}"
        ),
    };
    for query in ["near:45.76,4.84~50", "near:\"Lyon, France\"~500"] {
        let (_, typed) = query.rsplit_once('~').unwrap();
        hinted(
            query,
            &format!("`~{typed}` is no distance on the map"),
            "write kilometres or miles: `near:\"Lyon, France\"~50km`",
        );
    }
    for query in ["knee ~5 -pain", "knee ~5 NOT pain"] {
        hinted(
            query,
            "only words, phrases and `OR` of them can be near each other",
            "write `(a OR b) ~5 (c OR \"d e\")`; what all of it is to have goes beside it",
        );
    }
    hinted(
        "age:-5",
        "a `-` stands before the field, not after `age:`",
        "write `age:45`, or `-age:45` to leave these trials out",
    );
    for (query, value) in [
        ("start:..", "2019..2021"),
        ("status:", "recruiting"),
        ("status:\"\"", "recruiting"),
        ("enrollment:", "100"),
        ("has:", "results"),
        ("near:", "\"Lyon, France\"~50km"),
    ] {
        let name = query.split(':').next().unwrap();
        hinted(
            query,
            &format!("nothing right after `{name}:`"),
            &format!(
                "write the value right after the colon, `{name}:{value}`, or put it in quotes to search for it as text: \
                 `\"{name}:\"`"
            ),
        );
        assert!(parse(&format!("{name}:{value}"), &Fields).is_ok());
    }
}

/// The `~` was dropped, with nothing said.
#[test]
fn letters_that_may_differ_in_quotes() {
    check(
        "the \"knee~ pain\"",
        r#"
`knee~` in quotes: letters may differ in a word by itself only
  the "knee~ pain"
       ^^^^^
hint: write `knee~ ~1 pain` for words side by side, or leave the `~` out
"#,
    );
    assert!(parse("has:\"results~\"", &Fields).is_ok());
    assert!(parse("\"weight~70 kg\" \"dose~5\"", &Fields).is_ok());
    assert!(parse("knee~ ~1 pain \"pH ~7, a ~ b\"", &Fields).is_ok());
}

/// A name with other letters than those of ASCII was a word.
#[test]
fn an_unknown_field_in_any_letters() {
    check(
        "título:knee",
        r#"
unknown field `título`
  título:knee
  ^^^^^^
hint: fields are title, condition, intervention, summary, inclusion, exclusion and 20 more; `trialfind help query` lists them (in quotes it is text: `"título:knee"`)
"#,
    );
    // Chains of antibodies, ratios.
    assert!(parse("α:β κ:λ", &Fields).is_ok());
}

#[test]
fn quotes_and_parentheses() {
    check(
        "\"back pain",
        r#"
this quote is not closed
  "back pain
  ^
hint: add a `"` where the phrase ends, or leave this one out
"#,
    );
    check(
        "5\" needle",
        r#"
this quote is not closed
  5" needle
   ^
hint: add a `"` where the phrase ends, or leave this one out
"#,
    );
    check(
        "(a OR b",
        r#"
this parenthesis is not closed
  (a OR b
  ^
hint: add a `)`, or leave this one out
"#,
    );
    check(
        "a (b",
        r#"
this parenthesis is not closed
  a (b
    ^
hint: add a `)`, or leave this one out
"#,
    );
    check(
        "a)",
        r#"
this parenthesis closes none
  a)
   ^
hint: leave it out, or add the `(` it belongs to
"#,
    );
    check(
        "()",
        r#"
nothing between the parentheses
  ()
  ^^
hint: write words between them, or leave them out
"#,
    );
    check(
        "title:( & )",
        r#"
nothing between the parentheses
  title:( & )
        ^^^^^
hint: write words between them, or leave them out
"#,
    );
    check(
        "(a OR b)-c",
        r#"
a `-` right behind `)` can be a hyphen or exclude
  (a OR b)-c
          ^
hint: put a space before the `-` to leave trials with what follows out, or the whole in quotes if it is a name
"#,
    );
    check(
        "\"a b\"-(c)",
        r#"
a `-` right behind `"` can be a hyphen or exclude
  "a b"-(c)
       ^
hint: put a space before the `-` to leave trials with what follows out, or the whole in quotes if it is a name
"#,
    );
    check(
        "title:(knee)-pain",
        r#"
a `-` right behind `)` can be a hyphen or exclude
  title:(knee)-pain
              ^
hint: put a space before the `-` to leave trials with what follows out, or the whole in quotes if it is a name
"#,
    );
    check(
        "-(knee)-pain",
        r#"
a `-` right behind `)` can be a hyphen or exclude
  -(knee)-pain
         ^
hint: put a space before the `-` to leave trials with what follows out, or the whole in quotes if it is a name
"#,
    );
}

#[test]
fn operators() {
    check(
        "a OR",
        r#"
nothing after `OR`
  a OR
    ^^
hint: complete it, or leave it out; to search for the word itself, write `or` or `"OR"`
"#,
    );
    check(
        "OR a",
        r#"
nothing before `OR`
  OR a
  ^^
hint: complete it, or leave it out; to search for the word itself, write `or` or `"OR"`
"#,
    );
    check(
        "a AND OR b",
        r#"
nothing after `AND`
  a AND OR b
    ^^^
hint: complete it, or leave it out; to search for the word itself, write `and` or `"AND"`
"#,
    );
    check(
        "(NOT)",
        r#"
nothing after `NOT`
  (NOT)
   ^^^
hint: complete it, or leave it out; to search for the word itself, write `not` or `"NOT"`
"#,
    );
    check(
        "a OR )",
        r#"
nothing after `OR`
  a OR )
    ^^
hint: complete it, or leave it out; to search for the word itself, write `or` or `"OR"`
"#,
    );
    check(
        "-OR b",
        r#"
`OR` is an operator, and a word is wanted here
  -OR b
   ^^
hint: to search for the word itself, write `or` or `"OR"`
"#,
    );
    check(
        "???",
        r#"
nothing to search for: there is no letter or digit
  ???
  ^^^
hint: type a word, or nothing for all trials
"#,
    );
    check(
        "- \"\" &",
        r#"
nothing to search for: there is no letter or digit
  - "" &
  ^^^^^^
hint: type a word, or nothing for all trials
"#,
    );
}

/// They were searched as words: only `ADJ3` and `NEAR/3` in capitals were known.
#[test]
fn notation_of_other_tools_in_any_case() {
    for near in [
        "adj3", "Adj3", "near/3", "W/5", "w/5", "PRE/3", "pre/3", "NEXT/3", "next/3",
    ] {
        let carets = "^".repeat(near.len());
        check(
            &format!("knee {near} pain"),
            &format!(
                "`{near}` is not understood: nearness is written otherwise here\n  knee {near} pain\n       {carets}\n\
                 hint: write `knee ~5 pain`, or `(knee OR hip) ~5 (pain OR ache)`; in quotes, `\"…\"`, it is text"
            ),
        );
    }
    for lines in ["#1-2", "#1-#3", "or/1-2", "AND/1-3", "or/1,3"] {
        let carets = "^".repeat(lines.len());
        check(
            lines,
            &format!(
                "`{lines}` is not understood: there are no numbered lines to refer to\n  {lines}\n  {carets}\n\
                 hint: write the words of that line in parentheses; in quotes, `\"…\"`, it is text"
            ),
        );
    }
    check(
        "exp knee/ surgery",
        r#"
`knee/` is not understood: a slash marks no heading here
  exp knee/ surgery
      ^^^^^
hint: write `mesh:knee`, `ancestor:knee` for all headings below it, or leave the slash out; in quotes it is text
"#,
    );
    for query in ["knee/", "(knee/) x", "knee/ or hip", "knee/ AND hip"] {
        let error = parse(query, &Fields).unwrap_err();
        assert!(error.message().starts_with("`knee/`"), "{query}");
    }
    check(
        "AREA[Condition]knee",
        r#"
`AREA[Condition]knee` is not understood: expressions of ClinicalTrials.gov are for the API of `trialfind serve`
  AREA[Condition]knee
  ^^^^^^^^^^^^^^^^^^^
hint: write `condition:knee`, `status:recruiting`, `start:2020..`
"#,
    );
}

#[test]
fn notation_of_other_tools() {
    check(
        "wom?n",
        r#"
`?` is not understood: letters of a word cannot be left open
  wom?n
     ^
hint: write the spellings out: `(woman OR women)`; in quotes, `"…"`, the sign is text
"#,
    );
    check(
        "knee ADJ3 pain",
        r#"
`ADJ3` is not understood: nearness is written otherwise here
  knee ADJ3 pain
       ^^^^
hint: write `knee ~5 pain`, or `(knee OR hip) ~5 (pain OR ache)`; in quotes, `"…"`, it is text
"#,
    );
    check(
        "a NEAR/5 b",
        r#"
`NEAR/5` is not understood: nearness is written otherwise here
  a NEAR/5 b
    ^^^^^^
hint: write `knee ~5 pain`, or `(knee OR hip) ~5 (pain OR ache)`; in quotes, `"…"`, it is text
"#,
    );
    check(
        "#1 AND #2",
        r#"
`#1` is not understood: there are no numbered lines to refer to
  #1 AND #2
  ^^
hint: write the words of that line in parentheses; in quotes, `"…"`, it is text
"#,
    );
    check(
        "pain[ti]",
        r#"
`[ti]` is not understood: a field stands before its word
  pain[ti]
      ^^^^
hint: write `title:pain` or `title:"back pain"`
"#,
    );
    check(
        "\"back pain\"[MeSH Terms]",
        r#"
`[MeSH` is not understood: a field stands before its word
  "back pain"[MeSH Terms]
             ^^^^^
hint: write `title:pain` or `title:"back pain"`
"#,
    );
    check(
        "(a OR b).ti,ab.",
        r#"
`.ti,ab.` is not understood: a field stands before its word
  (a OR b).ti,ab.
          ^^^^^^^
hint: write `title:pain` or `title:"back pain"`
"#,
    );
    check(
        "a || b",
        r#"
`||` is not understood: it is no operator here
  a || b
    ^^
hint: write `OR`, or leave it out
"#,
    );
    check(
        "!knee",
        r#"
`!` is not understood: it does not exclude here
  !knee
  ^
hint: write `-pain` to leave trials with that word out
"#,
    );
    check(
        "a –knee",
        r#"
`–` is not understood: this can be a dash, or a `-` that excludes
  a –knee
    ^
hint: write `-pain` to leave trials with that word out, or put a space behind the dash
"#,
    );
    check(
        "a –(knee)",
        r#"
`–` is not understood: this can be a dash, or a `-` that excludes
  a –(knee)
    ^
hint: write `-pain` to leave trials with that word out, or put a space behind the dash
"#,
    );
    check(
        "ADJ: x",
        r#"
`ADJ` is not understood: nearness is written otherwise here
  ADJ: x
  ^^^
hint: write `knee ~5 pain`, or `(knee OR hip) ~5 (pain OR ache)`; in quotes, `"…"`, it is text
"#,
    );
}

#[test]
fn carets_stand_under_the_place() {
    check(
        "間葉系幹細胞 titel:x",
        r#"
unknown field `titel`
  間葉系幹細胞 titel:x
               ^^^^^
hint: did you mean `title`? (in quotes it is text: `"titel:x"`)
"#,
    );
    check(
        "e\u{301} titel:x",
        r#"
unknown field `titel`
  é titel:x
    ^^^^^
hint: did you mean `title`? (in quotes it is text: `"titel:x"`)
"#,
    );
    check(
        "a\tb\n titel:x \u{202e}y",
        r#"
unknown field `titel`
  a b  titel:x  y
       ^^^^^
hint: did you mean `title`? (in quotes it is text: `"titel:x"`)
"#,
    );
}

#[test]
fn long_queries_are_cut_around_the_place() {
    let knees = "knee pain ".repeat(30);
    let hips = "hip 間 ".repeat(30);
    check(
        &format!("{knees}titel:x {hips}"),
        r#"
unknown field `titel`
  …knee pain knee pain knee pain knee pain titel:x hip 間 hip 間 hip 間 hip 間 hip 間 hip 間 hip 間 hip…
                                           ^^^^^
hint: did you mean `title`? (in quotes it is text: `"titel:x"`)
"#,
    );
    check(
        &format!("{knees}(hip"),
        r#"
this parenthesis is not closed
  … pain knee pain knee pain knee pain knee pain knee pain knee pain knee pain knee pain knee pain (hip
                                                                                                   ^
hint: add a `)`, or leave this one out
"#,
    );
    check(
        &format!("titel:{}", "knee".repeat(30)),
        r#"
unknown field `titel`
  titel:kneekneekneekneekneekneekneekneekneekneekneekneekneekneekneekneekneekneekneekneekneekneekneekn…
  ^^^^^
hint: did you mean `title`? (in quotes it is text: `"titel:kneekneekneekneekneekneekneekneekneekneekneekneekneekn…"`)
"#,
    );
}

#[test]
fn limits() {
    let error = |query: &str| {
        let error = parse(query, &Fields).unwrap_err();
        (error.message(), error.span.start)
    };
    assert_eq!(
        error(&"a ".repeat(LONGEST_QUERY)),
        (
            "the query is 131072 bytes long and at most 65536 are read".to_owned(),
            LONGEST_QUERY
        )
    );
    assert_eq!(
        error(&"(".repeat(MOST_NESTED + 2)),
        (
            "more than 64 parentheses within each other".to_owned(),
            MOST_NESTED
        )
    );
}

#[test]
fn signs() {
    check(
        "title:~1",
        r#"
nothing before `~1`
  title:~1
        ^^
hint: it stands between two words, phrases or groups: `knee ~5 pain`
"#,
    );
    check(
        "osteo$",
        r#"
`$` is not understood: words are completed at a `*` right behind their letters
  osteo$
       ^
hint: write `osteo*`; in a phrase, `"osteo* knee"`
"#,
    );
    check(
        "=osteo*",
        r#"
`*`: a word bears one of `=`, `*` and `~`
  =osteo*
        ^
hint: leave all but one out
"#,
    );
    check(
        "oedema~3",
        r#"
`~3`: two letters at most may differ
  oedema~3
        ^^
hint: write `oedema~1`, `oedema~2` or `oedema~`
"#,
    );
    check(
        "pain^1000",
        r#"
`^1000` is no boost
  pain^1000
      ^^^^^
hint: write a number from 0.01 to 100: `pain^2`, `pain^0.5`
"#,
    );
    check(
        "\"a b\"~99",
        r#"
`~99` is too wide: at most 50 places are looked over
  "a b"~99
       ^^^
hint: for words in one value, however far apart, write `summary:{knee pain}`
"#,
    );
    check(
        "\"a b\"~",
        r#"
`~` right behind a quote, parenthesis or brace is not understood
  "a b"~
       ^
hint: put a space before it if it is a word; the signs here are `"a b"~5`, `"a b"=`, `(a OR b)^2`
"#,
    );
    check(
        "(a b) ~5 c",
        r#"
only words, phrases and `OR` of them can be near each other
  (a b) ~5 c
  ^^^^^
hint: write `(a OR b) ~5 (c OR "d e")`; what all of it is to have goes beside it
"#,
    );
    check(
        "knee ~0 pain",
        r#"
`~0` asks for two words at one place, which no text has
  knee ~0 pain
       ^^
hint: write `~1` for words side by side, in any order
"#,
    );
    check(
        "a ~5 b ~3 c",
        r#"
`~3` after `~5`: words in a row have one distance
  a ~5 b ~3 c
         ^^
hint: write `~5` between all of them, or set parentheses: `(a ~5 b) ~3 c`
"#,
    );
    check(
        "title:a ~5 b",
        r#"
words near each other stand in one field
  title:a ~5 b
  ^^^^^^^^^^^^
hint: write the field before all of it: `title:(knee ~5 pain)`
"#,
    );
    check(
        "~5 a",
        r#"
nothing before `~5`
  ~5 a
  ^^
hint: it stands between two words, phrases or groups: `knee ~5 pain`
"#,
    );
}

#[test]
fn braces() {
    check(
        "exclusion:{bmi 40",
        r#"
this brace is not closed
  exclusion:{bmi 40
            ^
hint: add a `}`
"#,
    );
    check(
        "exclusion:{}",
        r#"
nothing between the braces
  exclusion:{}
            ^^
hint: write words between them, `exclusion:{bmi 40}`
"#,
    );
    check(
        "exclusion:{-bmi}",
        r#"
the braces ask for nothing that one value must have
  exclusion:{-bmi}
            ^^^^^^
hint: write at least one word without `-` between them, in each part of an `OR`
"#,
    );
    check(
        "phase:{2}",
        r#"
braces are for the fields of text, and `phase:` is a filter
  phase:{2}
        ^
hint: write `phase:value` or `phase:(one OR other)`
"#,
    );
    check(
        "exclusion:{bmi^2 40}",
        r#"
what stands in braces has one weight
  exclusion:{bmi^2 40}
             ^^^^^
hint: set it behind the brace: `exclusion:{bmi 40}^2`
"#,
    );
}

#[test]
fn values_of_filters() {
    check(
        "age:old",
        r#"
`old` is no value of `age:`
  age:old
      ^^^
hint: write `age:45`, `age:6m`, `age:18..65` or `age:>=65`
"#,
    );
    check(
        "knee start:soon",
        r#"
`soon` is no value of `start:`
  knee start:soon
             ^^^^
hint: write `start:2020`, `start:2019..2021-06`, `start:>=2020-06-15`, or how long ago: `start:<90d`, `start:>2y`
"#,
    );
    check(
        "near:Lyon",
        r#"
`Lyon` is no value of `near:`
  near:Lyon
       ^^^^
hint: write a place and how far from it: `near:"Lyon, France"~50km` or `near:45.76,4.84~50km`
"#,
    );
    check(
        "title:(a phase:2)",
        r#"
`phase:` inside the parentheses of `title:`
  title:(a phase:2)
           ^^^^^^
hint: close the parenthesis of `title:` first
"#,
    );
}

/// `knee^nan` and `title:title:knee` were searched as words.
#[test]
fn boosts_and_fields_that_pass_for_words() {
    check(
        "knee^nan",
        r#"
`^nan` is no boost
  knee^nan
      ^^^^
hint: write a number from 0.01 to 100: `pain^2`, `pain^0.5`
"#,
    );
    check(
        "a knee^-2 b",
        r#"
`^-2` is no boost
  a knee^-2 b
        ^^^
hint: write a number from 0.01 to 100: `pain^2`, `pain^0.5`
"#,
    );
    check(
        "title:title:knee",
        r#"
`title:` right behind `title:`
  title:title:knee
        ^^^^^^
hint: leave `title:` or `title:` out, or put what stands behind `title:` in quotes to search for it as text
"#,
    );
    check(
        "-phase:TI:2",
        r#"
`TI:` right behind `phase:`
  -phase:TI:2
         ^^^
hint: leave `phase:` or `TI:` out, or put what stands behind `phase:` in quotes to search for it as text
"#,
    );
    check(
        "=title:knee",
        r#"
`title:` right behind `=`
  =title:knee
   ^^^^^^
hint: write `title:=pain`, or put it in quotes to search for it as text
"#,
    );
}

/// Characters that nobody sees asked for every trial.
#[test]
fn characters_that_are_not_seen() {
    for query in ["\u{1}", "\u{200b}", " \u{feff}\u{1} \n"] {
        let error = parse(query, &Fields).unwrap_err();
        assert_eq!(
            error.fault.to_string(),
            "nothing to search for: there is no letter or digit"
        );
        assert_eq!(error.span.of(query), query.trim());
    }
    assert!(parse(" \t\n", &Fields).is_ok());
    // What is not seen behind a heading made it a word, and the query as it is written was refused.
    for query in [
        "knee/\0",
        "knee/ \u{fffd}",
        "exp , knee/ pain",
        "exp\u{200b}knee/ pain",
        "(pain knee/\u{feff})",
    ] {
        let said = parse(query, &Fields).unwrap_err().fault.to_string();
        assert!(
            said.contains("a slash marks no heading"),
            "{query:?}: {said}"
        );
    }
}
