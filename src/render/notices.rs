//! What was done beyond what was typed, and what could be done, in sentences.

use crate::query::Span;
use crate::render::clean;
use crate::render::numbers::counted;
use crate::search::{Asked, ExpansionSource, Hits, Notice};

/// The notices of an answer, one line each; empty if there are none.
pub fn notices_text(hits: &Hits) -> Vec<String> {
    let mut lines = expansions_text(&hits.notices);
    lines.extend(
        hits.notices
            .iter()
            .filter_map(|notice| in_words(notice, hits)),
    );
    lines.extend(ignored(&hits.query));
    let said = |notice: &Notice| {
        matches!(
            notice,
            Notice::IdMissing { .. } | Notice::QueryFiltersEmpty { .. }
        )
    };
    if hits.total_without_filters == 0
        && !hits.query.text.trim().is_empty()
        && !hits.notices.iter().any(said)
    {
        lines.push(
            "no trial matches: try fewer or other words, `OR` between alternatives, or see `trialfind help query`"
                .to_owned(),
        );
    }
    lines
}

/// What was searched beside what was typed: one line for each thing typed.
pub fn expansions_text(notices: &[Notice]) -> Vec<String> {
    let mut lines: Vec<(&str, String)> = Vec::new();
    for notice in notices {
        let Notice::Expanded {
            from,
            to,
            source,
            trials,
            by_context,
        } = notice
        else {
            continue;
        };
        let learnt = match (source, trials) {
            (ExpansionSource::Abbreviation, Some(trials)) => {
                format!(", learnt from {}", counted(*trials, "trial", "trials"))
            }
            (ExpansionSource::OtherName, Some(trials)) => {
                format!(", another name in {}", counted(*trials, "trial", "trials"))
            }
            _ => String::new(),
        };
        let context = if *by_context {
            ", as the other words suggest"
        } else {
            ""
        };
        let to = format!("{}{learnt}{context}", clean(to));
        match lines.iter_mut().find(|(known, _)| known == from) {
            Some((_, line)) => line.push_str(&format!("; {to}")),
            None => lines.push((from, format!("{} -> {to}", clean(from)))),
        }
    }
    let mut lines: Vec<String> = lines
        .into_iter()
        .map(|(_, line)| format!("also searched: {line}"))
        .collect();
    if let Some(last) = lines.last_mut() {
        last.push_str(" (`--exact` keeps to what was typed)");
    }
    lines
}

fn in_words(notice: &Notice, hits: &Hits) -> Option<String> {
    Some(match notice {
        Notice::Expanded { .. } => return None,
        Notice::Ambiguous { from, choices } => {
            let choices: Vec<String> = choices
                .iter()
                .map(|choice| {
                    format!(
                        "{} ({})",
                        clean(&choice.to),
                        counted(choice.trials, "trial", "trials")
                    )
                })
                .collect();
            format!(
                "`{}` may mean {}; searched as typed: write out which one you mean",
                clean(from),
                choices.join(", ")
            )
        }
        Notice::DidYouMean {
            typed,
            suggestion,
            typed_trials: 0,
            trials,
        } => format!(
            "no trial has `{}`; did you mean `{}`? {} it",
            clean(typed),
            clean(suggestion),
            has(*trials)
        ),
        Notice::DidYouMean {
            typed,
            suggestion,
            typed_trials,
            trials,
        } => format!(
            "did you mean `{}`? {} it, {} `{}`",
            clean(suggestion),
            has(*trials),
            has(*typed_trials),
            clean(typed)
        ),
        Notice::Respelled {
            typed,
            searched,
            typed_trials,
        } => {
            let few = match typed_trials {
                0 => format!("no trial has `{typed}`"),
                few => format!("no trial has all the words, only {} `{typed}`", has(*few)),
            };
            format!(
                "{few}; searched for `{searched}` instead (`--no-widen` keeps to what was typed)"
            )
        }
        Notice::FilterToo { typed, filter } => {
            format!("`{typed}` was searched as words; `{filter}` finds the trials of that phase")
        }
        Notice::PartialMatches { nowhere } if nowhere.is_empty() => {
            "no trial has all the words; these have some of them (`--no-widen` keeps to what was typed)".to_owned()
        }
        Notice::PartialMatches { nowhere } => format!(
            "no trial has all the words, and none has {}; these have some of the others (`--no-widen` keeps to what was typed)",
            quoted(nowhere)
        ),
        Notice::QueryFiltersEmpty {
            without_filters,
            without,
        } => {
            let mut line = format!(
                "no trial passes the filters in the query; without them there {} {without_filters}",
                if *without_filters == 1 { "is" } else { "are" },
            );
            let lifts: Vec<String> = without
                .iter()
                .map(|(filter, count)| format!("{count} without `{filter}`"))
                .collect();
            if lifts.is_empty() {
                line.push_str("; leave out several of them");
            } else {
                line.push_str(&format!(": {}", lifts.join(", ")));
            }
            line
        }
        Notice::DataOlder {
            data_as_of,
            nothing,
        } => format!(
            "the data are of {data_as_of}{}; what happened since is not in the index",
            if *nothing { ", before all of the time asked for" } else { "" }
        ),
        Notice::Straight { trials } => format!(
            "the query is {}: shown as asked, nothing else was searched (in quotes it is searched as text)",
            if *trials == 1 { "an id" } else { "ids" },
        ),
        Notice::IdMissing { id } => format!(
            "no trial in the index has the id `{id}`; `trialfind info` says what the index holds, `\"{id}\"` in quotes finds trials that mention it"
        ),
        Notice::IdShared { id, trials } => format!("{trials} trials have the id `{id}`"),
        Notice::IdToo { typed, trials } => format!(
            "searched as words; {} `{typed}` as an id: `trialfind show {typed}`",
            if *trials == 1 {
                "one trial has".to_owned()
            } else {
                format!("{trials} trials have")
            }
        ),
        Notice::FiltersIgnored => {
            "filters do not apply to trials asked for by id".to_owned()
        }
        Notice::PlaceTaken {
            typed,
            taken,
            others,
        } => format!(
            "`{typed}` is taken as {taken}; others: {} (name the region or country behind a comma)",
            others.join("; ")
        ),
        Notice::UnplacedSites { trials } => format!(
            "{} not shown {} sites that could not be placed and may be near",
            counted(*trials, "matching trial", "matching trials"),
            if *trials == 1 { "has" } else { "have" },
        ),
        Notice::FiltersEmpty {
            without_filters,
            without,
        } => {
            let mut line = format!(
                "no trial passes the filters; without them there {} {without_filters}",
                if *without_filters == 1 { "is" } else { "are" },
            );
            let lifts: Vec<String> = without
                .iter()
                .map(|(facet, count)| match facet.as_str() {
                    // The age is that of the patient's story, which no option asked for.
                    "age" => format!("{count} with `--no-age`"),
                    facet => format!("{count} without `--{}`", facet.replace('_', "-")),
                })
                .collect();
            if lifts.is_empty() {
                line.push_str("; leave out several of the filters");
            } else {
                line.push_str(&format!(": {}", lifts.join(", ")));
            }
            if hits.query.text.trim().is_empty() {
                line.push_str(" (all trials)");
            }
            line
        }
    })
}

fn has(trials: u64) -> String {
    counted(trials, "trial has", "trials have")
}

fn ignored(asked: &Asked) -> Option<String> {
    let typed: Vec<String> = asked
        .ignored
        .iter()
        .map(|span: &Span| span.of(&asked.text).to_owned())
        .collect();
    (!typed.is_empty()).then(|| {
        format!(
            "{} in the query: no letter and no digit, passed over",
            quoted(&typed)
        )
    })
}

fn quoted(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}
