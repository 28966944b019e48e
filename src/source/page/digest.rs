//! The digest layout: a heading, a fixed sentence about the heading, then values in the API's own spelling,
//! with a label before each or without labels.
//!
//! The sentence under a heading (its blurb) is never content. Unlabelled values are told by vocabulary, form and order.

use super::text::{after_label, bare, join_labels, key, markdown, said, stated};
use super::{digest_arms, digest_people, digest_values, shared};
use crate::source::reading::Reading;
use crate::trial::{Outcome, Study};

/// Headings, and the first words of the blurb that stands under each. Where the blurb's wording is not known it is
/// told by its form.
const HEADINGS: &[(&str, &str)] = &[
    ("basic information", "get a concise"),
    ("official title", ""),
    ("brief summary", "review the sponsor-provided"),
    ("detailed description", "dive into the"),
    ("conditions", "see the medical"),
    ("keywords", ""),
    ("study design", "understand how the"),
    ("study groups", "review each arm"),
    ("interventions", "learn about the"),
    ("other intervention names", "discover alternative or"),
    ("primary outcomes", ""),
    ("primary outcome measures", ""),
    ("secondary outcomes", ""),
    ("secondary outcome measures", ""),
    ("other outcomes", ""),
    ("other outcome measures", ""),
    ("eligibility criteria", "check the participation"),
    ("sponsors", "meet the organizations"),
    ("responsible party", "identify the individual"),
    ("principal investigators", "learn about the"),
    ("locations", "explore where the"),
    ("countries", "review the countries"),
    ("central contacts", "reach out to"),
    ("facility contacts", "find local site"),
    ("provided documents", ""),
    ("references", "explore related publications"),
    ("related links", ""),
    ("other identifiers", "review additional registry"),
    ("more related trials", "additional clinical trials"),
    ("related clinical trials", "explore similar clinical"),
];

/// The verbs that blurbs open with.
const BLURB_VERBS: &[&str] = &[
    "access",
    "additional",
    "browse",
    "check",
    "discover",
    "dive",
    "examine",
    "explore",
    "find",
    "get",
    "identify",
    "learn",
    "meet",
    "reach",
    "read",
    "review",
    "see",
    "understand",
    "view",
];

/// Reads a digest page into a study.
pub(super) fn read(lines: &[String], reading: &mut Reading, study: &mut Study) {
    let sections = Sections::of(lines);
    head(&sections.head, reading, study);
    for (heading, lines) in &sections.sections {
        let protocol = &mut study.protocol_section;
        match *heading {
            "basic information" => digest_values::basic_information(lines, reading, study),
            "official title" => protocol.identification_module.official_title = markdown(lines),
            "brief summary" => protocol.description_module.brief_summary = markdown(lines),
            "detailed description" => {
                protocol.description_module.detailed_description = markdown(lines);
            }
            "conditions" => protocol.conditions_module.conditions = list(lines),
            "keywords" => protocol.conditions_module.keywords = list(lines),
            "study design" => digest_values::design(lines, reading, study),
            "primary outcomes" | "primary outcome measures" => {
                protocol.outcomes_module.primary_outcomes = outcomes(lines);
            }
            "secondary outcomes" | "secondary outcome measures" => {
                protocol.outcomes_module.secondary_outcomes = outcomes(lines);
            }
            "other outcomes" | "other outcome measures" => {
                protocol.outcomes_module.other_outcomes = outcomes(lines);
            }
            "eligibility criteria" => digest_values::eligibility(lines, reading, study),
            _ => {}
        }
    }
    digest_arms::read(
        &sections.get("study groups"),
        &sections.get("interventions"),
        &sections.get("other intervention names"),
        reading,
        &mut study.protocol_section.arms_interventions_module,
    );
    digest_people::read(&sections, reading, study);
}

/// The page cut at its headings.
pub(super) struct Sections<'a> {
    head: Vec<&'a str>,
    sections: Vec<(&'static str, Vec<&'a str>)>,
}

impl<'a> Sections<'a> {
    /// On a page with blurbs only a heading with its blurb is one: a description may have a line `Interventions`.
    fn of(lines: &'a [String]) -> Sections<'a> {
        let heading_of = |line: &str| {
            let key = key(line);
            HEADINGS.iter().find(|(heading, _)| *heading == key)
        };
        let next_said = |at: usize| {
            lines[at + 1..]
                .iter()
                .position(|line| !line.trim().is_empty())
                .map(|gap| at + 1 + gap)
        };
        let has_blurbs = lines.iter().enumerate().any(|(at, line)| {
            heading_of(line).is_some_and(|(_, opening)| {
                !opening.is_empty()
                    && next_said(at).is_some_and(|next| is_blurb(&lines[next], opening))
            })
        });
        let mut found = Sections {
            head: Vec::new(),
            sections: Vec::new(),
        };
        let mut at = 0;
        while at < lines.len() {
            if let Some((heading, opening)) = heading_of(&lines[at]) {
                let blurb = next_said(at).filter(|next| is_blurb(&lines[*next], opening));
                if blurb.is_some() || !has_blurbs {
                    found.sections.push((heading, Vec::new()));
                    at = blurb.unwrap_or(at) + 1;
                    continue;
                }
            }
            match found.sections.last_mut() {
                Some((_, section)) => section.push(&lines[at]),
                None => found.head.push(&lines[at]),
            }
            at += 1;
        }
        found
    }

    /// All lines under a heading; none if the page has no such section.
    pub(super) fn get(&self, heading: &str) -> Vec<&'a str> {
        self.sections
            .iter()
            .filter(|(found, _)| *found == heading)
            .flat_map(|(_, lines)| lines.iter().copied())
            .collect()
    }
}

fn is_blurb(line: &str, opening: &str) -> bool {
    let line = key(line);
    if opening.is_empty() {
        let verb = line.split(' ').next().unwrap_or_default();
        return line.ends_with('.') && BLURB_VERBS.contains(&verb);
    }
    line.starts_with(opening)
}

fn list(lines: &[&str]) -> Vec<String> {
    said(lines)
        .into_iter()
        .map(|line| line.trim_start_matches(['*', '•', '-']).trim())
        .filter_map(stated)
        .collect()
}

fn head(lines: &[&str], reading: &mut Reading, study: &mut Study) {
    let identification = &mut study.protocol_section.identification_module;
    let status = &mut study.protocol_section.status_module;
    let lines = said(lines);
    for (at, line) in lines.iter().enumerate() {
        let value = |label: &str| {
            after_label(line, label).or_else(|| {
                let next = lines.get(at + 1).copied();
                next.filter(|_| key(line) == label)
            })
        };
        let words = key(line);
        if let Some(id) = value("nct id") {
            identification.nct_id = shared::nct_id(id);
        } else if let Some(date) = value("last updated") {
            status.last_update_post_date_struct = reading.date_struct("date", date, None);
        } else if let Some(acronym) = value("acronym") {
            identification.acronym = stated(acronym);
        } else if words.starts_with("results pending")
            || words.starts_with("the study team has not published")
        {
            study.has_results = Some(false);
        } else if [
            "results available",
            "results posted",
            "view results",
            "view study results",
        ]
        .contains(&words.as_str())
        {
            study.has_results = Some(true);
        } else if at == 0 {
            identification.brief_title = stated(bare(line));
        }
    }
}

/// A measure, its description, its time frame under the label `Time Frame`.
fn outcomes(lines: &[&str]) -> Vec<Outcome> {
    let mut outcomes: Vec<Outcome> = Vec::new();
    for line in join_labels(lines, &["time frame", "timeframe"]) {
        let frame = after_label(&line, "time frame").or_else(|| after_label(&line, "timeframe"));
        match (outcomes.last_mut(), frame) {
            (Some(outcome), Some(frame)) => outcome.time_frame = stated(frame),
            (Some(outcome), None)
                if outcome.time_frame.is_none() && outcome.description.is_none() =>
            {
                outcome.description = Some(line);
            }
            (_, None) => outcomes.push(Outcome {
                measure: Some(line),
                ..Outcome::default()
            }),
            (None, Some(_)) => {}
        }
    }
    outcomes
}
