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
hint: the fields are title, condition, intervention, summary, inclusion, exclusion, criteria, sponsor, country, id (in quotes it is text: `"EGFR:mutated"`)
"#,
    );
    check(
        "phase:2 knee",
        r#"
unknown field `phase`
  phase:2 knee
  ^^^^^
hint: phase is a filter: `--phase 2` (in quotes it is text: `"phase:2"`)
"#,
    );
    check(
        "phase: 2",
        r#"
unknown field `phase`
  phase: 2
  ^^^^^
hint: phase is a filter: `--phase 2` (in quotes it is text: `"phase:"`)
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
hint: the fields are title, condition, intervention, summary, inclusion, exclusion, criteria, sponsor, country, id (in quotes it is text: `"NOT:"`)
"#,
    );
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

#[test]
fn notation_of_other_tools() {
    check(
        "osteo*",
        r#"
`*` is not understood: words are not completed
  osteo*
       ^
hint: leave it out, plurals and other endings match by themselves; write other words out: `(arthritis OR arthrosis)`
"#,
    );
    check(
        "\"stem cell*\"",
        r#"
`*` is not understood: words are not completed
  "stem cell*"
            ^
hint: leave it out, plurals and other endings match by themselves; write other words out: `(arthritis OR arthrosis)`
"#,
    );
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
        "oedema~1",
        r#"
`~1` is not understood: there is no search for words spelt nearly so
  oedema~1
        ^^
hint: write the spellings out: `(oedema OR edema)`; in quotes, `"…"`, the sign is text
"#,
    );
    check(
        "\"back pain\"~5",
        r#"
`~5` is not understood: there is no search for words near each other
  "back pain"~5
             ^^
hint: write the words in quotes if they stand side by side, `"back pain"`, or leave the operator out
"#,
    );
    check(
        "(a) ~5 (b)",
        r#"
`~5` is not understood: there is no search for words near each other
  (a) ~5 (b)
      ^^
hint: write the words in quotes if they stand side by side, `"back pain"`, or leave the operator out
"#,
    );
    check(
        "knee ADJ3 pain",
        r#"
`ADJ3` is not understood: there is no search for words near each other
  knee ADJ3 pain
       ^^^^
hint: write the words in quotes if they stand side by side, `"back pain"`, or leave the operator out
"#,
    );
    check(
        "a NEAR/5 b",
        r#"
`NEAR/5` is not understood: there is no search for words near each other
  a NEAR/5 b
    ^^^^^^
hint: write the words in quotes if they stand side by side, `"back pain"`, or leave the operator out
"#,
    );
    check(
        "pain^3 b",
        r#"
`^3` is not understood: words have no weight of their own
  pain^3 b
      ^^
hint: leave it out; in quotes, `"…"`, the sign is text
"#,
    );
    check(
        "\"a b\"^2",
        r#"
`^2` is not understood: words have no weight of their own
  "a b"^2
       ^^
hint: leave it out; in quotes, `"…"`, the sign is text
"#,
    );
    check(
        "=knee",
        r#"
`=` is not understood: there is no search for one form of a word only
  =knee
  ^
hint: leave the `=` out
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
        "exclusion:{bmi 40}",
        r#"
`{` is not understood: braces are not used
  exclusion:{bmi 40}
            ^
hint: write `title:(back pain)`
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
`ADJ` is not understood: there is no search for words near each other
  ADJ: x
  ^^^
hint: write the words in quotes if they stand side by side, `"back pain"`, or leave the operator out
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
