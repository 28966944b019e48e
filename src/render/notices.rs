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
    if hits.total_without_filters == 0 && !hits.query.text.trim().is_empty() {
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
            typed_trials,
            trials,
        } => format!(
            "did you mean `{}`? {} it, {} `{}`",
            clean(suggestion),
            has(*trials),
            has(*typed_trials),
            clean(typed)
        ),
        Notice::Respelled { typed, searched } => format!(
            "no trial has `{typed}`; searched for `{searched}` instead (`--no-widen` keeps to what was typed)"
        ),
        Notice::PartialMatches { nowhere } if nowhere.is_empty() => {
            "no trial has all the words; these have some of them (`--no-widen` keeps to what was typed)".to_owned()
        }
        Notice::PartialMatches { nowhere } => format!(
            "no trial has all the words, and none has {}; these have some of the others (`--no-widen` keeps to what was typed)",
            quoted(nowhere)
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
                .map(|(facet, count)| {
                    let option = facet.replace('_', "-");
                    format!("{count} without `--{option}`")
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
