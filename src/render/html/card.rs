//! A hit as a card of a page: what a reader decides by, before the trial itself is opened.

use askama::Template;

use crate::narrative::AgeSaid;
use crate::render::document::Tone;
use crate::render::html::escape::Html;
use crate::render::numbers::{counted, stated};
use crate::render::source::{owner, url};
use crate::render::status::{date_in_words, label, phase_in_words, status_piece};
use crate::search::{Hit, HitStatus, NearestSite};
use crate::trial::vocabulary::Vocabulary;

/// Conditions and interventions that are named; ones that matched come first.
const MOST_NAMES: usize = 8;

/// Countries that are named.
const MOST_COUNTRIES: usize = 5;

/// A word or two that tell a trial at a glance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Badge {
    pub(super) text: String,
    /// What kind it is: `open`, `caution`, `closed`, `phase`.
    pub(super) kind: &'static str,
}

impl Badge {
    pub(super) fn plain(text: &str, kind: &'static str) -> Badge {
        Badge {
            text: text.to_owned(),
            kind,
        }
    }
}

/// The status with the date that it is a claim of, as everywhere.
pub(super) fn status_badge(status: &HitStatus, vocabulary: &Vocabulary) -> Badge {
    let piece = status_piece(status, vocabulary);
    Badge {
        kind: match piece.tone {
            Tone::Open => "open",
            Tone::Caution => "caution",
            _ => "closed",
        },
        text: piece.text,
    }
}

/// Where a card leads to.
#[derive(Clone, Debug, Default)]
pub struct Link {
    /// The trial's page.
    pub trial: String,
    /// Trials like it.
    pub similar: String,
    /// Whether the card stands in a form with a patient's story, which the trial's page can be sent for marking.
    pub with_story: bool,
}

struct Passage {
    label: String,
    text: Html,
    cut_before: bool,
    cut_after: bool,
}

struct Warning {
    finding: String,
    criterion: Html,
}

/// A hit as a card.
#[derive(Template)]
#[template(path = "card.html")]
pub struct Card {
    /// The trial's own id.
    pub id: String,
    title: Html,
    plain_title: String,
    acronym: String,
    badges: Vec<Badge>,
    why_stopped: String,
    conditions: Html,
    interventions: Html,
    facts: Vec<(&'static str, String)>,
    nearest: String,
    passages: Vec<Passage>,
    warnings: Vec<Warning>,
    source: String,
    registry: Option<String>,
    link: Link,
    /// Whether it can be ticked, and is.
    tick: Option<bool>,
}

impl Card {
    /// The card of a hit. `tick` says whether it is ticked, if it can be.
    pub fn new(hit: &Hit, vocabulary: &Vocabulary, link: Link, tick: Option<bool>) -> Card {
        let phase = phase_in_words(&hit.phases, hit.study_type.as_deref(), vocabulary);
        let mut badges = vec![
            status_badge(&hit.status, vocabulary),
            Badge::plain(&phase, "phase"),
        ];
        if hit.status.has_results == Some(true) {
            badges.push(Badge::plain("results posted", "results"));
        }
        let passages = hit.passages.iter().map(|passage| Passage {
            label: passage.label.clone(),
            text: Html::marked(&passage.text),
            cut_before: passage.cut_before,
            cut_after: passage.cut_after,
        });
        let warnings = hit.exclusion_warnings.iter().map(|touched| Warning {
            finding: touched.finding.clone(),
            criterion: Html::marked(&touched.criterion),
        });
        Card {
            id: hit.id.clone(),
            title: match hit.title.text.is_empty() {
                true => Html::text("(no title)"),
                false => Html::marked(&hit.title),
            },
            plain_title: hit.title.text.clone(),
            acronym: hit.acronym.clone().unwrap_or_default(),
            badges,
            why_stopped: hit.status.why_stopped.clone().unwrap_or_default(),
            conditions: names(
                hit.conditions
                    .iter()
                    .map(|condition| (Html::marked(condition), !condition.highlights.is_empty())),
            ),
            interventions: names(hit.interventions.iter().map(|intervention| {
                let kind = intervention.kind.as_deref();
                let kind = kind.map(|kind| label(vocabulary, "intervention_type", kind));
                let name = Html::marked(&intervention.name);
                let name = match kind {
                    Some(kind) => Html::joined(&[Html::text(&kind), name], ": "),
                    None => name,
                };
                (name, !intervention.name.highlights.is_empty())
            })),
            facts: facts(hit, vocabulary),
            nearest: hit
                .nearest_site
                .as_ref()
                .map(|site| nearest(site, vocabulary))
                .unwrap_or_default(),
            passages: passages.collect(),
            warnings: warnings.collect(),
            source: owner(hit.source.format).to_owned(),
            registry: url(&hit.id),
            link,
            tick,
        }
    }
}

/// Names, those that matched first, and how many more there are.
fn names(names: impl Iterator<Item = (Html, bool)>) -> Html {
    let (mut first, others): (Vec<_>, Vec<_>) = names.partition(|(_, matched)| *matched);
    first.extend(others);
    let more = first.len().saturating_sub(MOST_NAMES);
    let shown: Vec<Html> = first
        .into_iter()
        .take(MOST_NAMES)
        .map(|(name, _)| name)
        .filter(|name| !name.is_empty())
        .collect();
    let html = Html::joined(&shown, "; ");
    match more {
        0 => html,
        more => html.and(&format!("; and {more} more")),
    }
}

fn facts(hit: &Hit, vocabulary: &Vocabulary) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if let Some(participants) = hit.enrollment {
        let kind = hit.enrollment_type.as_deref();
        let kind = kind.map(|kind| label(vocabulary, "date_type", kind).to_lowercase());
        let kind = kind.map_or_else(String::new, |kind| format!(" ({kind})"));
        facts.push(("Participants", format!("{}{kind}", stated(participants))));
    }
    let dates = [
        ("Start", &hit.status.start),
        ("Primary completion", &hit.status.primary_completion),
        ("Updated", &hit.status.updated),
    ];
    for (name, date) in dates {
        if let Some(date) = date {
            facts.push((name, date_in_words(date)));
        }
    }
    if let Some(sponsor) = &hit.sponsor {
        facts.push(("Sponsor", sponsor.clone()));
    }
    let mut places = hit.countries.clone();
    let more = places.len().saturating_sub(MOST_COUNTRIES);
    places.truncate(MOST_COUNTRIES);
    if more > 0 {
        places.push(format!("and {more} more"));
    }
    let places = places.join(", ");
    match hit.sites {
        Some(sites) if sites > 0 => {
            let sites = counted(sites as u64, "site", "sites");
            let in_places = if places.is_empty() { "" } else { " in " };
            facts.push(("Sites", format!("{sites}{in_places}{places}")));
        }
        _ if !places.is_empty() => facts.push(("Sites", places)),
        _ => {}
    }
    facts
}

fn nearest(site: &NearestSite, vocabulary: &Vocabulary) -> String {
    let parts: Vec<&str> = [&site.facility, &site.city, &site.state, &site.country]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let status = site.status.as_deref();
    let status = status.map(|status| format!(" ({})", label(vocabulary, "status", status)));
    format!(
        "{:.0} km: {}{}",
        site.km,
        parts.join(", "),
        status.unwrap_or_default()
    )
}

/// A patient's age as a reader says it.
pub fn patient_age(age: &AgeSaid) -> String {
    crate::render::patient::age_in_words(age)
}
