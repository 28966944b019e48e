//! What was understood of a query and done beyond it, said back with a link that takes each of it back.

use crate::render::count;
use crate::search::{ExpansionSource, Hits, Notice};
use crate::server::page::choices::address;
use crate::server::page::layout::trial_address;
use crate::server::parameters::Parameters;

/// Something to know about an answer.
pub(super) struct NoticeView {
    pub(super) text: String,
    pub(super) actions: Vec<Action>,
}

/// A link that does something about it.
pub(super) struct Action {
    pub(super) label: String,
    pub(super) address: String,
}

/// A search that can be changed.
struct Change<'c> {
    path: &'c str,
    clean: &'c Parameters,
}

impl Change<'_> {
    fn with(&self, name: &str, value: &str, label: impl Into<String>) -> Action {
        let changed = self
            .clean
            .without(|known, _| known == name)
            .and(name, value);
        Action {
            label: label.into(),
            address: address(self.path, &changed),
        }
    }

    fn without(&self, names: &[&str], label: impl Into<String>) -> Action {
        let changed = self.clean.without(|known, _| names.contains(&known));
        Action {
            label: label.into(),
            address: address(self.path, &changed),
        }
    }

    /// The query with other words in the place of some.
    fn words(&self, typed: &str, instead: &str, label: impl Into<String>) -> Action {
        let q = self.clean.one("q").ok().flatten().unwrap_or_default();
        self.with("q", &replaced(q, typed, instead), label)
    }
}

/// The first place of some words in a query replaced, in whatever case; other words alone if they are not there.
fn replaced(q: &str, typed: &str, instead: &str) -> String {
    let lower = q.to_lowercase();
    let place = match lower.len() == q.len() {
        true => lower.find(&typed.to_lowercase()),
        false => q.find(typed),
    };
    match place.and_then(|place| Some((q.get(..place)?, q.get(place + typed.len()..)?))) {
        Some((before, after)) => format!("{before}{instead}{after}").trim().to_owned(),
        None => instead.to_owned(),
    }
}

/// The notices of an answer.
pub(super) fn notices(path: &str, clean: &Parameters, hits: &Hits) -> Vec<NoticeView> {
    let change = Change { path, clean };
    let mut views: Vec<NoticeView> = expanded(&change, hits).into_iter().collect();
    views.extend(
        hits.notices
            .iter()
            .filter_map(|notice| view(&change, notice)),
    );
    let ignored: Vec<&str> = hits
        .query
        .ignored
        .iter()
        .map(|span| span.of(&hits.query.text))
        .collect();
    if !ignored.is_empty() {
        views.push(said(format!(
            "Passed over, because there is no letter and no digit in it: {}",
            ignored.join(" ")
        )));
    }
    views
}

fn said(text: impl Into<String>) -> NoticeView {
    NoticeView {
        text: text.into(),
        actions: Vec::new(),
    }
}

/// What was searched beside what was typed.
fn expanded(change: &Change<'_>, hits: &Hits) -> Option<NoticeView> {
    let mut said: Vec<(String, Vec<String>)> = Vec::new();
    for notice in &hits.notices {
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
        let source = match (source, trials) {
            (ExpansionSource::Abbreviation, Some(trials)) => {
                format!("abbreviation in {}", of_trials(*trials))
            }
            (ExpansionSource::OtherName, Some(trials)) => {
                format!("another name in {}", of_trials(*trials))
            }
            (ExpansionSource::Abbreviation, None) => "abbreviation".to_owned(),
            (ExpansionSource::OtherName, None) => "another name".to_owned(),
            (ExpansionSource::List, _) => "synonym".to_owned(),
            (ExpansionSource::User, _) => "synonym of your own list".to_owned(),
        };
        let context = if *by_context {
            ", as the other words suggest"
        } else {
            ""
        };
        let to = format!("{to} ({source}{context})");
        match said.iter_mut().find(|(known, _)| known == from) {
            Some((_, all)) => all.push(to),
            None => said.push((from.clone(), vec![to])),
        }
    }
    if said.is_empty() {
        return None;
    }
    let parts: Vec<String> = said
        .iter()
        .map(|(from, to)| format!("for “{from}”: {}", to.join(", ")))
        .collect();
    let mut actions: Vec<Action> = Vec::new();
    if said.len() > 1 {
        for (from, _) in &said {
            // `=` keeps a word, or a phrase in quotes, to its own letters.
            let only = match from.contains(char::is_whitespace) {
                true => format!("\"{from}\"="),
                false => format!("={from}"),
            };
            actions.push(change.words(from, &only, format!("only “{from}” itself")));
        }
    }
    actions.push(change.with("exact", "1", "search only what I typed"));
    Some(NoticeView {
        text: format!("Also searched {}.", parts.join("; ")),
        actions,
    })
}

fn view(change: &Change<'_>, notice: &Notice) -> Option<NoticeView> {
    let keep = |change: &Change<'_>| change.with("no_widen", "1", "search exactly this");
    Some(match notice {
        Notice::Expanded { .. } => return None,
        Notice::Respelled {
            typed,
            searched,
            typed_trials,
        } => NoticeView {
            text: match typed_trials {
                0 => format!("No trial has “{typed}”: searched for “{searched}” instead."),
                few => format!(
                    "No trial has all the words, and “{typed}” is in {} only: searched for “{searched}” instead.",
                    of_trials(*few)
                ),
            },
            actions: vec![keep(change)],
        },
        Notice::FilterToo { typed, filter } => NoticeView {
            text: format!("“{typed}” was searched as words."),
            actions: vec![change.words(typed, filter, format!("filter by {filter} instead"))],
        },
        Notice::PartialMatches { nowhere } => NoticeView {
            text: match nowhere.is_empty() {
                true => {
                    "No trial has all the words: these are the best partial matches.".to_owned()
                }
                false => format!(
                    "No trial has all the words, and none has “{}”: these are the best partial matches.",
                    nowhere.join("”, “")
                ),
            },
            actions: vec![keep(change)],
        },
        Notice::DidYouMean {
            typed,
            suggestion,
            typed_trials,
            trials,
        } => NoticeView {
            text: format!(
                "Did you mean “{suggestion}”? It is in {}, “{typed}” in {}.",
                of_trials(*trials),
                of_trials(*typed_trials)
            ),
            actions: vec![change.words(typed, suggestion, format!("search “{suggestion}”"))],
        },
        Notice::Ambiguous { from, choices } => NoticeView {
            text: format!(
                "“{from}” has several meanings and was searched as typed. Which one do you mean?"
            ),
            actions: choices
                .iter()
                .map(|choice| {
                    let label = format!("{} ({})", choice.to, count(choice.trials));
                    change.words(from, &format!("\"{}\"", choice.to), label)
                })
                .collect(),
        },
        Notice::QueryFiltersEmpty {
            without_filters,
            without,
        } => NoticeView {
            text: format!(
                "No trial passes the filters in the query; without them there would be {}.",
                of_trials(*without_filters)
            ),
            actions: without
                .iter()
                .map(|(filter, trials)| {
                    let label = format!("without {filter} ({})", count(*trials));
                    change.words(filter, "", label)
                })
                .collect(),
        },
        Notice::FiltersEmpty {
            without_filters,
            without,
        } => NoticeView {
            text: format!(
                "No trial passes the filters; without them there would be {}.",
                of_trials(*without_filters)
            ),
            actions: without
                .iter()
                .map(|(facet, trials)| {
                    let label = format!("without {} ({})", facet.replace('_', " "), count(*trials));
                    match facet.as_str() {
                        "near" => change.without(&["near", "within", "site_status"], label),
                        facet => change.without(&[facet], label),
                    }
                })
                .collect(),
        },
        Notice::DataOlder {
            data_as_of,
            nothing,
        } => said(format!(
            "The data are of {data_as_of}{}; what happened since is not in the index.",
            if *nothing {
                ", before all of the time asked for"
            } else {
                ""
            }
        )),
        Notice::Straight { .. } => {
            let q = change.clean.one("q").ok().flatten().unwrap_or_default();
            NoticeView {
                text: "The query is an id: its trial is shown, nothing else was searched."
                    .to_owned(),
                actions: vec![change.with(
                    "q",
                    &format!("\"{}\"", q.trim().trim_matches('"')),
                    "search it as text",
                )],
            }
        }
        Notice::IdMissing { id } => NoticeView {
            text: format!("No trial in the index has the id “{id}”."),
            actions: vec![change.words(id, &format!("\"{id}\""), "find trials that mention it")],
        },
        Notice::IdShared { id, trials } => {
            said(format!("{} have the id “{id}”.", of_trials(*trials)))
        }
        Notice::IdToo { typed, trials } => NoticeView {
            text: format!(
                "Searched as words; “{typed}” is also an id of {}.",
                of_trials(*trials)
            ),
            actions: vec![Action {
                label: "show by id".to_owned(),
                address: trial_address(typed, ""),
            }],
        },
        Notice::FiltersIgnored => said("Filters do not apply to trials asked for by id."),
        Notice::PlaceTaken {
            typed,
            taken,
            others,
        } => {
            let by_box = change.clean.all("near").any(|near| near == typed);
            NoticeView {
                text: match by_box {
                    true => format!("“{typed}” is taken as {taken}. Others:"),
                    false => format!(
                        "“{typed}” is taken as {taken}; others: {} (name the region or country behind a comma).",
                        others.join("; ")
                    ),
                },
                actions: match by_box {
                    true => {
                        let others = others.iter();
                        others
                            .map(|other| change.with("near", other, other.as_str()))
                            .collect()
                    }
                    false => Vec::new(),
                },
            }
        }
        Notice::UnplacedSites { trials } => said(format!(
            "{} not shown may be near: it is not known where their sites are.",
            of_trials(*trials)
        )),
    })
}

fn of_trials(trials: u64) -> String {
    format!(
        "{} {}",
        count(trials),
        if trials == 1 { "trial" } else { "trials" }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_replaced_where_they_stand() {
        let check = |q: &str, typed: &str, instead: &str, expect: &str| {
            assert_eq!(replaced(q, typed, instead), expect);
        };
        check(
            "knee MSC pain",
            "msc",
            "\"stem cell\"",
            "knee \"stem cell\" pain",
        );
        check("knee phase:2", "phase:2", "", "knee");
        check("İmsc", "msc", "x", "İx");
        check("other", "msc", "stem", "stem");
    }
}
