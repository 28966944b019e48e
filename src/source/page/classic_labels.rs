//! The labels and headings of the classic ClinicalTrials.gov layout, and where each of them may stand.
//!
//! Must not know what a label's value means.

use super::classic_blocks::{Block, Token};
use super::text::{bare, key};

/// Labels and headings in lower case. The part of the page that each belongs to says which of them may stand inside
/// the free text of another: a summary may well have a line `Primary Purpose: Treatment`.
const LABELS: &[(&str, Part)] = &[
    ("clinicaltrials.gov identifier", Part::Opening),
    ("recruitment status was", Part::Value),
    ("recruitment status", Part::Value),
    ("expanded access status", Part::Value),
    ("verified", Part::Value),
    ("first posted", Part::Value),
    ("results first posted", Part::Value),
    ("last update posted", Part::Value),
    ("last verified", Part::Value),
    ("sponsors and collaborators", Part::Heading),
    ("sponsor", Part::Value),
    ("collaborators", Part::Value),
    ("collaborator", Part::Value),
    ("information provided by (responsible party)", Part::Value),
    ("information provided by", Part::Value),
    ("study description", Part::Heading),
    ("brief summary", Part::Opening),
    ("detailed description", Part::Opening),
    ("condition or disease", Part::Opening),
    ("study design", Part::Heading),
    ("study type", Part::Opening),
    ("expanded access type", Part::Value),
    ("estimated enrollment", Part::Value),
    ("actual enrollment", Part::Value),
    ("enrollment", Part::Value),
    ("allocation", Part::Value),
    ("intervention model description", Part::Value),
    ("intervention model", Part::Value),
    ("observational model", Part::Value),
    ("time perspective", Part::Value),
    ("masking description", Part::Value),
    ("masking", Part::Value),
    ("primary purpose", Part::Value),
    ("target follow-up duration", Part::Value),
    ("official title", Part::Value),
    ("actual study start date", Part::Value),
    ("estimated study start date", Part::Value),
    ("study start date", Part::Value),
    ("actual primary completion date", Part::Value),
    ("estimated primary completion date", Part::Value),
    ("primary completion date", Part::Value),
    ("actual study completion date", Part::Value),
    ("estimated study completion date", Part::Value),
    ("study completion date", Part::Value),
    ("biospecimen retention", Part::Value),
    ("biospecimen description", Part::Value),
    ("arms and interventions", Part::Heading),
    ("groups and cohorts", Part::Heading),
    ("outcome measures", Part::Heading),
    ("primary outcome measures", Part::Value),
    ("secondary outcome measures", Part::Value),
    ("other outcome measures", Part::Value),
    ("eligibility criteria", Part::Heading),
    ("choosing to participate in a study", Part::Opening),
    ("ages eligible for study", Part::Opening),
    ("sexes eligible for study", Part::Opening),
    ("genders eligible for study", Part::Opening),
    ("gender based eligibility", Part::Value),
    ("gender eligibility description", Part::Value),
    ("accepts healthy volunteers", Part::Opening),
    ("sampling method", Part::Value),
    ("study population", Part::Value),
    ("criteria", Part::Value),
    ("contacts and locations", Part::Heading),
    ("to learn more about this study", Part::Opening),
    ("please refer to this study by its", Part::Opening),
    ("no contacts or locations provided", Part::Opening),
    ("contacts", Part::Value),
    ("locations", Part::Value),
    ("investigators", Part::Heading),
    ("principal investigator", Part::Official),
    ("study director", Part::Official),
    ("study chair", Part::Official),
    ("more information", Part::Heading),
    ("additional information", Part::Heading),
    ("publications of results", Part::Heading),
    (
        "publications automatically indexed to this study",
        Part::Opening,
    ),
    ("other publications", Part::Heading),
    ("publications", Part::Heading),
    ("responsible party", Part::Opening),
    ("other study id numbers", Part::Opening),
    (
        "individual participant data (ipd) sharing statement",
        Part::Opening,
    ),
    ("plan to share ipd", Part::Value),
    ("plan description", Part::Value),
    ("supporting materials", Part::Value),
    ("time frame", Part::Value),
    ("access criteria", Part::Value),
    ("url", Part::Value),
    ("has data monitoring committee", Part::Value),
    ("studies a u.s. fda-regulated drug product", Part::Value),
    ("studies a u.s. fda-regulated device product", Part::Value),
    (
        "device product not approved or cleared by u.s. fda",
        Part::Value,
    ),
    (
        "pediatric postmarket surveillance of a device product",
        Part::Value,
    ),
    (
        "product manufactured in and exported from the u.s.",
        Part::Value,
    ),
    ("keywords provided by", Part::Opening),
    ("additional relevant mesh terms", Part::Opening),
    ("to top", Part::Opening),
    ("for patients and families", Part::Opening),
];

/// How a label may cut.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    /// Begins a part of the page, also after free text: no other text has a line with this label and nothing after it.
    Opening,
    /// Begins a part of the page, but with a colon it may be a line of a description.
    Heading,
    /// A value among others: no cut inside free text.
    Value,
    /// A person of the whole study where the name is in the next cell; with the name on the line, a person of a site.
    Official,
}

/// Labels whose text is free and may have any line in it.
const FREE: &[&str] = &[
    "brief summary",
    "detailed description",
    "study population",
    "criteria",
    "publications",
    "primary outcome measures",
    "secondary outcome measures",
    "other outcome measures",
    "outcome measures",
    "arms and interventions",
];

/// Labels that are sentences: what follows on the line is no value.
const SENTENCES: &[&str] = &[
    "choosing to participate in a study",
    "to learn more about this study",
    "please refer to this study by its",
    "publications automatically indexed to this study",
    "keywords provided by",
];

/// The label that a line opens, with the value that stands on the same line.
pub(super) fn opened_by<'a>(
    line: &'a str,
    following: &[Token],
    current: &Block,
) -> Option<(&'static str, Option<&'a str>)> {
    let text = bare(line).trim_start_matches("- ").trim_start();
    // the criteria follow the last value of the table above them, on some pages without a heading
    let free = FREE.contains(&current.label)
        || (current.label.ends_with("for study") || current.label == "accepts healthy volunteers")
            && current.has_lines(2);
    if ["arm", "group/cohort", "arms", "cohort"].contains(&key(text).as_str()) {
        let follows = following.iter().take(2).any(
            |token| matches!(token, Token::Line(line) if key(line).starts_with("intervention")),
        );
        return follows.then_some(("arms and interventions", None));
    }
    let in_arms = current.label == "arms and interventions";
    if text.contains("[ Time Frame:") && (!free || in_arms) {
        return Some(("outcome measures", Some(line)));
    }
    for (label, part) in LABELS {
        let Some(head) = text.get(..label.len()) else {
            continue;
        };
        if !head.eq_ignore_ascii_case(label)
            || (*label == "verified" && current.label != "recruitment status")
        {
            continue;
        }
        let after = text[label.len()..].trim_start();
        let sentence = SENTENCES.contains(label);
        if !after.is_empty() && !after.starts_with(':') && !sentence && *label != "verified" {
            continue;
        }
        let rest = after.trim_start_matches([':', ' ']);
        let next_measures = (in_arms || current.label.ends_with("outcome measures"))
            && label.ends_with("outcome measures");
        let criteria_heading = *label == "criteria"
            && (current.label == "study population" || current.label.ends_with("outcome measures"));
        // an official may be called "Study Director"
        let officials = ["principal investigator", "study director", "study chair"];
        let awaits_name = officials.contains(&current.label) && !current.has_lines(1);
        let cuts = match part {
            Part::Opening => !free || sentence || rest.is_empty(),
            Part::Heading => !free || (after.is_empty() && may_follow(current.label, label)),
            Part::Value => !free || next_measures || criteria_heading && after.is_empty(),
            Part::Official => {
                rest.is_empty()
                    && !awaits_name
                    && !current.label.ends_with("summary")
                    && !current.label.ends_with("description")
            }
        };
        return cuts.then_some((
            canonical(label),
            (!rest.is_empty() && !sentence).then_some(rest),
        ));
    }
    None
}

/// Whether a heading can be the next one after free text: a description has lines `Study Design` of its own.
fn may_follow(free: &str, heading: &str) -> bool {
    let closing = [
        "contacts and locations",
        "sponsors and collaborators",
        "more information",
    ];
    match free {
        "brief summary" | "detailed description" => false,
        "arms and interventions" => heading != "arms and interventions",
        label if label.ends_with("outcome measures") => {
            heading == "eligibility criteria" || closing.contains(&heading)
        }
        "publications" => true,
        _ => closing.contains(&heading),
    }
}

/// Headings that open the same kind of text.
fn canonical(label: &'static str) -> &'static str {
    match label {
        "collaborators" => "collaborator",
        "genders eligible for study" => "sexes eligible for study",
        "information provided by" => "information provided by (responsible party)",
        "locations"
        | "please refer to this study by its"
        | "to learn more about this study"
        | "contacts and locations" => "contacts",
        "groups and cohorts" => "arms and interventions",
        "other publications" => "publications",
        other => other,
    }
}
