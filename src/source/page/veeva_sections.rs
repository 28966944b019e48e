//! The headings of the ClinicalTrials.Veeva layout, and where they are on a page.
//!
//! Knows the order of the headings only: a description may have lines that read like one.

use super::text::bare;

/// Headings up to the description: the first line of that wording is the heading.
const EARLY: &[&str] = &[
    "Status and phase",
    "Conditions",
    "Treatments",
    "Study type",
    "Funder types",
    "Identifiers",
    "Details and patient eligibility",
    "About",
    "Full description",
];

/// Headings between the description and the criteria: the description may have lines of the same wording, so the last
/// one before the design is the heading.
const MIDDLE: &[&str] = &["Enrollment", "Sex", "Ages", "Volunteers"];

/// Headings of the criteria: the first ones after those.
const CRITERIA: &[&str] = &[
    "Inclusion and exclusion criteria",
    "Inclusion criteria",
    "Exclusion criteria",
];

/// Where the design begins.
const DESIGN: &str = "Trial design";

/// Headings from the design on: the last of that wording.
const LATE: &[&str] = &[
    "Primary purpose",
    "Allocation",
    "Interventional model",
    "Observational model",
    "Time perspective",
    "Masking",
    "Trial contacts and locations",
    "Central trial contact",
    "Timeline",
    "Start date",
    "Primary completion date",
    "End date",
];

/// What the heading of the arms ends with: `20 participants in 2 patient groups`.
pub(super) const GROUPS: &str = "patient group";

/// The page cut at its headings; what stands before the first one is under the heading "".
pub(super) fn sections(lines: &[String]) -> Vec<(&'static str, Vec<&str>)> {
    let mut cuts = cuts(lines);
    cuts.sort_unstable();
    cuts.dedup_by_key(|(at, _)| *at);
    let mut found = Vec::new();
    let mut from = 0;
    let mut heading = "";
    for (at, next) in cuts.into_iter().chain([(lines.len(), "")]) {
        found.push((
            heading,
            lines[from..at].iter().map(String::as_str).collect(),
        ));
        heading = next;
        from = at + 1;
    }
    found
}

/// Where the headings are.
fn cuts(lines: &[String]) -> Vec<(usize, &'static str)> {
    let is = |line: &String, heading: &str| bare(line) == heading;
    let last = |heading: &str, end: usize| lines[..end].iter().rposition(|line| is(line, heading));
    let first = |heading: &str, start: usize| {
        let at = lines[start..].iter().position(|line| is(line, heading));
        at.map(|at| at + start)
    };
    let design = last(DESIGN, lines.len());
    let end = design.unwrap_or(lines.len());
    let mut cuts: Vec<(usize, &'static str)> = Vec::new();
    cuts.extend(design.map(|at| (at, DESIGN)));
    cuts.extend(
        EARLY
            .iter()
            .filter_map(|heading| Some((first(heading, 0)?, *heading))),
    );
    cuts.extend(
        MIDDLE
            .iter()
            .filter_map(|heading| Some((last(heading, end)?, *heading))),
    );
    let mut from = cuts
        .iter()
        .map(|(at, _)| *at)
        .filter(|at| *at < end)
        .max()
        .unwrap_or(0);
    for heading in CRITERIA {
        if let Some(at) = first(heading, from).filter(|at| *at < end) {
            cuts.push((at, heading));
            from = at;
        }
    }
    cuts.extend(
        LATE.iter()
            .filter_map(|heading| Some((last(heading, lines.len())?, *heading))),
    );
    let groups = lines.iter().rposition(|line| is_groups_heading(line));
    cuts.extend(groups.map(|at| (at, GROUPS)));
    cuts
}

/// `12 participants in 1 patient group`, with more words after it on some pages.
fn is_groups_heading(line: &str) -> bool {
    let line = bare(line);
    line.starts_with(|c: char| c.is_ascii_digit()) && line.contains(" in ") && line.contains(GROUPS)
}
