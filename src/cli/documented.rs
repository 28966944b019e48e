//! `search --lines`, `--log` and `--replay`: searches that can be reported and run again.

use std::fs;
use std::path::Path;

use serde::Serialize;

use crate::cli::Outcome;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::search::{
    HitFormat, SearchArguments, USUAL_SNIPPETS, finder, request, run_request,
};
use crate::render::{json_pretty, line_counts_text, replay_text};
use crate::search::{Finder, Hits, Line, LineCount, Request, SearchLog, read_lines};

/// What `--lines --format json` writes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LinesAnswer<'a> {
    lines: Vec<LineAnswer<'a>>,
    /// The answer to the last line.
    answer: Hits,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LineAnswer<'a> {
    number: usize,
    text: &'a str,
    in_full: String,
    #[serde(flatten)]
    count: LineCount,
}

/// A count for each line of a file and the trials of the last.
pub(crate) fn lines(
    file: &Path,
    typed: &SearchArguments,
    context: &Context<'_>,
) -> Result<Outcome, Failure> {
    let text = read(file)?;
    // A wrong line is told before the index is opened.
    let lines = read_lines(&text, &*context.schema.fields).map_err(|error| {
        Failure::new(format!("{}: {error}", file.display()), error.hint.clone())
    })?;
    let finder = finder(typed.synonyms.as_deref(), context)?;
    let Some(last) = lines.last() else {
        return Ok(Outcome::Nothing);
    };
    let asked = request(typed, last.query.clone(), context, &finder)?.documented();
    let mut counts = Vec::with_capacity(lines.len());
    for line in &lines {
        let one = Request {
            query: line.query.clone(),
            ..asked.clone()
        };
        counts.push(finder.count(&one)?);
    }
    if let Some(path) = &typed.log {
        write_log(path, &lines, &asked, &finder)?;
    }
    let console = context.console;
    match typed.format {
        HitFormat::Json => {
            let answer = finder.search(&asked)?;
            let outcome = match answer.total {
                0 => Outcome::Nothing,
                _ => Outcome::Found,
            };
            let answer = LinesAnswer {
                lines: lines
                    .iter()
                    .zip(&counts)
                    .map(|(line, count)| LineAnswer {
                        number: line.number,
                        text: &line.text,
                        in_full: line.query.to_text(),
                        count: *count,
                    })
                    .collect(),
                answer,
            };
            console.print(&console.json(&answer)?)?;
            Ok(outcome)
        }
        HitFormat::Text => {
            let shown = line_counts_text(&lines, &counts, console.look);
            console.print(&(shown + "\n"))?;
            run_request(typed, asked, context, &finder)
        }
        _ => {
            for line in line_counts_text(&lines, &counts, console.look).lines() {
                console.note(line);
            }
            run_request(typed, asked, context, &finder)
        }
    }
}

/// Writes the log of a search.
pub(crate) fn write_log(
    path: &Path,
    lines: &[Line],
    request: &Request,
    finder: &Finder,
) -> Result<(), Failure> {
    let log = finder.document(lines, request)?;
    fs::write(path, json_pretty(&log)? + "\n")
        .map_err(|error| Failure::from(error).context(format!("cannot write `{}`", path.display())))
}

/// Runs a log again and says what differs; found is when nothing does.
pub(crate) fn replay(
    path: &Path,
    typed: &SearchArguments,
    context: &Context<'_>,
) -> Result<Outcome, Failure> {
    nothing_beside(typed)?;
    let reading = |failure: Failure| failure.context(format!("cannot use `{}`", path.display()));
    let log = SearchLog::parse(&read(path)?).map_err(|error| reading(error.into()))?;
    let finder = context.finder()?;
    let replay = finder.replay(&log).map_err(|error| reading(error.into()))?;
    let console = context.console;
    let text = match typed.format {
        HitFormat::Json => console.json(&replay)?,
        HitFormat::Ids => replay.ids.iter().map(|id| format!("{id}\n")).collect(),
        HitFormat::Text => replay_text(&replay, console.look),
        _ => {
            return Err(Failure::new(
                "`--replay` writes text, json or ids",
                "run the search itself for other formats",
            ));
        }
    };
    console.print(&text)?;
    Ok(match replay.ids.is_empty() {
        true => Outcome::Nothing,
        false => Outcome::Found,
    })
}

/// Refuses the options that say how to search: beside a log, which says all of it, they would not be heeded.
fn nothing_beside(typed: &SearchArguments) -> Result<(), Failure> {
    let (chosen, ranking) = (&typed.chosen, &typed.ranking);
    let options = [
        ("--near", chosen.place.near.is_some()),
        ("--filter", !chosen.filters.is_empty()),
        ("--not-verified", chosen.not_verified),
        ("--sort", typed.sort.is_some()),
        ("--limit", typed.limit.is_some()),
        ("--offset", typed.offset != 0),
        ("--facets", typed.facets.is_some()),
        ("--snippets", typed.snippets != USUAL_SNIPPETS),
        ("--no-snippets", typed.no_snippets),
        ("--weight", !ranking.weights.is_empty()),
        ("--k1", ranking.k1.is_some()),
        ("--b", ranking.b.is_some()),
        ("--rarity", ranking.rarity.is_some()),
        ("--feedback", ranking.feedback),
        ("--exact", ranking.exact),
        ("--explain", typed.explain),
        ("--no-widen", typed.no_widen),
        ("--synonyms", typed.synonyms.is_some()),
    ];
    let facets = chosen.facets.chosen.iter();
    let mut beside = facets
        .map(|(facet, _)| format!("--{}", facet.replace('_', "-")))
        .chain(
            options
                .into_iter()
                .filter(|(_, is_typed)| *is_typed)
                .map(|(option, _)| option.to_owned()),
        );
    match beside.next() {
        None => Ok(()),
        Some(option) => Err(Failure::new(
            format!("`--replay` takes no `{option}`: the log says how to search"),
            format!("leave it out, or run the search itself with `{option}` and `--log`"),
        )),
    }
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path)
        .map_err(|error| Failure::from(error).context(format!("cannot read `{}`", path.display())))
}
