//! What the README says of commands, options, fields and the JSON, against what there is.

use std::collections::BTreeSet;

use clap::{Arg, Command};
use serde_json::Value;
use trialfind::schema::Fields;

use crate::{code, run};

static README: &str = include_str!("../../README.md");

/// The commands by their names, built so that each has the options of all.
fn commands() -> Vec<Command> {
    let mut command = trialfind::cli::command();
    command.build();
    command.get_subcommands().cloned().collect()
}

/// The lines of the table under a heading, its head first, without the line below that.
fn table(heading: &str) -> Vec<&'static str> {
    let (_, section) = README.split_once(&format!("\n{heading}\n")).unwrap();
    let lines = section.lines().skip_while(|line| !line.starts_with('|'));
    let mut lines: Vec<&str> = lines.take_while(|line| line.starts_with('|')).collect();
    assert!(lines[1].starts_with("|---|"), "{heading}: {lines:?}");
    lines.remove(1);
    lines
}

fn cells(row: &str) -> Vec<&str> {
    row.trim_matches('|').split('|').map(str::trim).collect()
}

/// `show --as-of` was not in the README's list of flags.
#[test]
fn every_option_is_in_the_readme() {
    let mut missing = BTreeSet::new();
    for command in commands() {
        let options = command
            .get_arguments()
            .filter(|option| !option.is_hide_set());
        for option in options.filter_map(Arg::get_long) {
            let flag = format!("--{option}");
            let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '-');
            let is_there = README
                .match_indices(&flag)
                .any(|(at, _)| ends(&README[at + flag.len()..]));
            if !is_there && option != "help" {
                missing.insert(format!("{} {flag}", command.get_name()));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_command_is_in_the_table_of_flags() {
    let table = table("### Flags in short");
    assert_eq!(cells(table[0]), ["command", "flags"]);
    let named: String = table[1..].iter().map(|row| cells(row)[0]).collect();
    let names = commands();
    let missing: Vec<&str> = names
        .iter()
        .map(Command::get_name)
        .filter(|name| {
            !named.contains(&format!("`{name}`")) && !named.contains(&format!("`{name} "))
        })
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// The heads of tables were once overwritten by rows of others.
#[test]
fn the_table_of_fields_is_that_of_the_schema() {
    let table = table("### Fields");
    assert_eq!(table[0], "| field | holds | weight | plain words |");
    let rows: Vec<Vec<&str>> = table[1..].iter().map(|row| cells(row)).collect();
    let told: Vec<(String, String, &str)> = rows
        .iter()
        .map(|row| (row[0].to_owned(), row[2].to_owned(), row[3]))
        .collect();
    let fields = Fields::bundled().text.iter();
    let there: Vec<(String, String, &str)> = fields
        .map(|field| {
            let words = if field.default { "yes" } else { "by name only" };
            (format!("`{}`", field.name), field.weight.to_string(), words)
        })
        .collect();
    assert_eq!(told, there);
}

fn names(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                found.insert(name.clone());
                names(value, found);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| names(value, found)),
        _ => {}
    }
}

/// `byContext` of the notices was in the JSON and not in the README.
#[test]
fn every_member_of_an_answer_is_in_the_readme() {
    let arguments = ["search", "intradiscal", "BM-MSC", "--format", "json"];
    let mut answer: Value = serde_json::from_str(&code(&run(&arguments), 0)).unwrap();
    // The tree of the query has a shape of its own.
    answer["query"]["tree"].take();
    let mut found = BTreeSet::new();
    names(&answer, &mut found);
    assert!(found.contains("byContext"));
    let (_, section) = README.split_once("\n## The JSON\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let forms = |name: &String| {
        ["`NAME`", "\"NAME\"", ".NAME`", "`NAME."].map(|form| form.replace("NAME", name))
    };
    found.retain(|name| !forms(name).iter().any(|form| section.contains(form)));
    assert!(found.is_empty(), "{found:?}");
}
