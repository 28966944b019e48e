//! The words of a search told apart from its options, so that `-surgery` is an exclusion and `--phaze` is a mistake.
//!
//! Behind `search`, what begins with two hyphens is an option; so is one hyphen with a letter of a short option, alone or with
//! a number right behind it (`-n`, `-n5`). All other arguments are words, wherever they stand; they are put behind a `--`, in
//! their order, and no argument parser has to guess. Behind a typed `--` all is words.

use std::ffi::{OsStr, OsString};

use clap::{Arg, Command};

/// The commands whose words these are.
const SEARCHES: [&str; 3] = ["search", "similar", "export"];

/// The arguments with the words of a search behind `--`; those of other commands as they are.
pub(crate) fn apart(typed: Vec<OsString>, mut command: Command) -> Vec<OsString> {
    command.build();
    let Some(place) = place_of_command(&typed, &command) else {
        return typed;
    };
    let name = SEARCHES.iter().find(|name| typed[place] == **name);
    let Some(search) = name.and_then(|name| command.find_subcommand(name)) else {
        return typed;
    };
    let mut options = typed;
    let mut rest = options.split_off(place + 1).into_iter();
    let mut words = Vec::new();
    while let Some(argument) = rest.next() {
        if argument == "--" {
            words.extend(rest.by_ref());
            break;
        }
        match option(&argument, search) {
            Typed::Word => words.push(argument),
            Typed::Option { wants_value } => {
                options.push(argument);
                if wants_value {
                    options.extend(rest.next());
                }
            }
        }
    }
    if !words.is_empty() {
        options.push("--".into());
        options.extend(words);
    }
    options
}

/// The first argument that is neither an option nor the value of one.
fn place_of_command(typed: &[OsString], command: &Command) -> Option<usize> {
    let mut place = 1;
    while place < typed.len() {
        match option(&typed[place], command) {
            Typed::Word => return Some(place),
            Typed::Option { wants_value } => place += 1 + usize::from(wants_value),
        }
    }
    None
}

enum Typed {
    Word,
    Option {
        /// The next argument is its value.
        wants_value: bool,
    },
}

fn option(argument: &OsStr, command: &Command) -> Typed {
    let Some(text) = argument.to_str() else {
        return Typed::Word;
    };
    let takes_value =
        |option: Option<&Arg>| option.is_some_and(|arg| arg.get_action().takes_values());
    if let Some(long) = text.strip_prefix("--") {
        let known = command
            .get_arguments()
            .find(|arg| arg.get_long() == Some(long));
        return Typed::Option {
            wants_value: takes_value(known),
        };
    }
    let Some(rest) = text.strip_prefix('-') else {
        return Typed::Word;
    };
    let mut letters = rest.chars();
    let short = letters.next();
    let known = command
        .get_arguments()
        .find(|arg| short.is_some() && arg.get_short() == short);
    let behind = letters.as_str();
    match known {
        Some(arg) if behind.is_empty() => Typed::Option {
            wants_value: takes_value(Some(arg)),
        },
        Some(arg) if takes_value(Some(arg)) && is_number(behind) => {
            Typed::Option { wants_value: false }
        }
        _ => Typed::Word,
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('=').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::command;

    #[test]
    fn words_are_told_from_options() {
        let check = |typed: &str, expect: &str| {
            let typed = typed.split(' ').map(OsString::from).collect();
            let apart = apart(typed, command());
            let apart: Vec<&str> = apart.iter().map(|part| part.to_str().unwrap()).collect();
            assert_eq!(apart.join(" "), expect);
        };
        check(
            "trialfind search pain --phase 2",
            "trialfind search --phase 2 -- pain",
        );
        check(
            "trialfind search --phase=2 pain -surgery knee",
            "trialfind search --phase=2 -- pain -surgery knee",
        );
        check(
            "trialfind search -nausea -n 5 -n5 -hepatitis -h",
            "trialfind search -n 5 -n5 -h -- -nausea -hepatitis",
        );
        check(
            "trialfind search knee -hip OR -title:pain --explain",
            "trialfind search --explain -- knee -hip OR -title:pain",
        );
        check(
            "trialfind search -- --odd -n 5",
            "trialfind search -- --odd -n 5",
        );
        check("trialfind search - pain", "trialfind search -- - pain");
        check(
            "trialfind search pain --phaze 2",
            "trialfind search --phaze -- pain 2",
        );
        check(
            "trialfind --index search search pain",
            "trialfind --index search search -- pain",
        );
        check(
            "trialfind search pain --index -odd",
            "trialfind search --index -odd -- pain",
        );
        check("trialfind show -x search", "trialfind show -x search");
        check("trialfind", "trialfind");
        check("trialfind search", "trialfind search");
    }
}
