//! Tables and lists of the classic layout: conditions, arms, outcome measures, eligibility, terms.
//!
//! Terms that a saved page runs together are not cut at guessed places.

use super::classic_blocks::Block;
use super::classic_eligibility::eligibility;
use super::classic_outcomes::measures;
use super::shared::{api_name, file_intervention, typed_name};
use super::text::{key, markdown, said};
use crate::source::reading::Reading;
use crate::trial::{ArmGroup, Mesh, Study};

/// Reads a block that is a table or a list; says whether it was one.
pub(super) fn read(block: &Block, reading: &mut Reading, study: &mut Study) -> bool {
    let outcomes = &mut study.protocol_section.outcomes_module;
    match block.label {
        "condition or disease" => conditions(block, reading, study),
        "arms and interventions" => arms(block, reading, study),
        "primary outcome measures" => outcomes.primary_outcomes.extend(measures(block)),
        "secondary outcome measures" => outcomes.secondary_outcomes.extend(measures(block)),
        "other outcome measures" => outcomes.other_outcomes.extend(measures(block)),
        "outcome measures" => outcomes.outcomes_of_unknown_level.extend(measures(block)),
        "ages eligible for study"
        | "sexes eligible for study"
        | "gender based eligibility"
        | "gender eligibility description"
        | "accepts healthy volunteers"
        | "sampling method" => {
            eligibility(block, reading, study);
        }
        "study population" => {
            study.protocol_section.eligibility_module.study_population = text(block);
        }
        "criteria" => {
            study
                .protocol_section
                .eligibility_module
                .eligibility_criteria = text(block);
        }
        "keywords provided by" => {
            let keywords = block.lines().into_iter().map(str::to_owned);
            study
                .protocol_section
                .conditions_module
                .keywords
                .extend(keywords);
        }
        "additional relevant mesh terms" => mesh_terms(block, study),
        "studies a u.s. fda-regulated device product" => {
            trailing_terms(block, reading, study);
            return false; // its own value is still to be read
        }
        _ => {
            if let Some(answer) = results_tab(block) {
                study.has_results = Some(answer);
            }
            return false;
        }
    }
    true
}

/// The lines with their indentation, as Markdown.
fn text(block: &Block) -> Option<String> {
    markdown(&block.cells().concat())
}

/// What the page's tabs say about results.
fn results_tab(block: &Block) -> Option<bool> {
    block
        .lines()
        .into_iter()
        .find_map(|line| match key(line.trim_start_matches("- ")).as_str() {
            "no results posted" | "no study results posted" => Some(false),
            "no study results posted on clinicaltrials.gov for this study" => Some(false),
            "study results" | "has results" => Some(true),
            _ => None,
        })
}

/// One row of three cells: conditions, interventions, phase; the last may be missing with its heading.
fn conditions(block: &Block, reading: &mut Reading, study: &mut Study) {
    let is_head = |line: &&str| ["intervention/treatment", "phase"].contains(&key(line).as_str());
    let mut cells = block.cells();
    let columns = 1 + cells.iter().flatten().filter(|line| is_head(line)).count();
    // the cells of the head: the first one's text is the label itself
    let head = cells.iter().rposition(|cell| cell.iter().any(&is_head));
    cells.drain(..head.map_or(0, |at| at + 1));
    let mut cells = cells.into_iter();
    let own = said(&cells.next().unwrap_or_default())
        .into_iter()
        .map(str::to_owned)
        .collect();
    study.protocol_section.conditions_module.conditions = own;
    for line in said(&cells.next().unwrap_or_default()) {
        for (kind, name) in typed_names(line, reading) {
            let module = &mut study.protocol_section.arms_interventions_module;
            file_intervention(module, Some(kind), name, None, Vec::new(), None);
        }
    }
    if columns >= 3 {
        let cell = cells.next().unwrap_or_default();
        let phases = said(&cell).join(" ");
        study
            .protocol_section
            .design_module
            .phases
            .extend(reading.values("phase", &phases));
    }
}

/// `Drug: A Drug: B` as its parts: saved pages run the lines of a cell together.
fn typed_names<'a>(line: &'a str, reading: &mut Reading) -> Vec<(String, &'a str)> {
    let mut starts = vec![0];
    for (colon, _) in line.match_indices(": ") {
        let mut from = line[..colon].rfind(' ').map_or(0, |at| at + 1);
        // types are of one or two words
        let longer = line[..from].trim_end().rfind(' ').map_or(0, |at| at + 1);
        if reading.knows("intervention_type", &line[longer..colon]) {
            from = longer;
        }
        if from > 0 && reading.knows("intervention_type", &line[from..colon]) {
            starts.push(from);
        }
    }
    let ends: Vec<usize> = starts[1..].iter().copied().chain([line.len()]).collect();
    starts
        .into_iter()
        .zip(ends)
        .filter_map(|(from, to)| typed_name(reading, &line[from..to]))
        .collect()
}

/// Rows of two cells: the arm with its description, its interventions with theirs.
fn arms(block: &Block, reading: &mut Reading, study: &mut Study) {
    let module = &mut study.protocol_section.arms_interventions_module;
    let listed: Vec<String> = module
        .interventions
        .iter()
        .filter_map(|known| known.name.clone())
        .collect();
    let mut cells = block.cells();
    let head = cells.iter().position(|cell| {
        cell.iter()
            .any(|line| key(line).starts_with("intervention"))
    });
    let Some(head) = head else { return };
    cells.drain(..=head);
    let mut cells = cells.into_iter().peekable();
    while let Some(cell) = cells.next() {
        let cell = said(&cell);
        let Some((first, description)) = cell.split_first() else {
            continue;
        };
        let mut arm = ArmGroup {
            label: Some((*first).to_owned()),
            description: markdown(description),
            ..ArmGroup::default()
        };
        if let Some((kind, label)) = first
            .split_once(": ")
            .filter(|(kind, _)| reading.knows("arm_type", kind))
        {
            arm.kind = reading.value("arm_type", kind);
            arm.label = Some(label.trim().to_owned());
        }
        let is_right = |cell: &Vec<&str>, reading: &mut Reading| {
            said(cell)
                .first()
                .is_none_or(|line| typed_name(reading, line).is_some())
        };
        let right = cells
            .next_if(|cell| is_right(cell, reading))
            .unwrap_or_default();
        let label = arm.label.clone().unwrap_or_default();
        for given in interventions(&said(&right), &listed, reading) {
            arm.intervention_names
                .push(api_name(Some(&given.kind), given.name));
            let text = markdown(&given.description);
            file_intervention(
                module,
                Some(given.kind),
                given.name,
                text,
                given.other_names,
                Some(&label),
            );
        }
        module.arm_groups.push(arm);
    }
}

struct Given<'a> {
    kind: String,
    name: &'a str,
    description: Vec<&'a str>,
    other_names: Vec<String>,
}

/// The interventions of a cell: `Drug: NAME`, lines of description, `Other Name: X` or `Other Names:` with a list.
fn interventions<'a>(
    lines: &[&'a str],
    listed: &[String],
    reading: &mut Reading,
) -> Vec<Given<'a>> {
    let mut given: Vec<Given> = Vec::new();
    let mut naming = false;
    for line in lines {
        // a line of description may begin like an intervention: the table of conditions lists them all
        let typed = typed_name(reading, line).filter(|(_, name)| {
            given.is_empty() || listed.is_empty() || listed.iter().any(|known| known == name)
        });
        let other = ["Other Names:", "Other Name:"]
            .iter()
            .find_map(|label| line.strip_prefix(label));
        if let (Some(other), Some(last)) = (other, given.last_mut()) {
            naming = true;
            last.other_names.extend(super::text::stated(other));
        } else if let Some((kind, name)) = typed {
            naming = false;
            given.push(Given {
                kind,
                name,
                description: Vec::new(),
                other_names: Vec::new(),
            });
        } else if let Some(last) = given.last_mut() {
            if naming {
                last.other_names
                    .push(line.trim_start_matches(['-', '*', '•', ' ']).to_owned());
            } else {
                last.description.push(line);
            }
        }
    }
    given
}

/// The list mixes the terms of conditions and interventions with their ancestors. A term that the study names itself
/// is its own; of the others the page does not say more than that they are broader or related.
fn mesh_terms(block: &Block, study: &mut Study) {
    let conditions = &study.protocol_section.conditions_module.conditions;
    let module = &mut study.derived_section.condition_browse_module;
    for line in block.lines() {
        let mesh = Mesh {
            id: None,
            term: Some(line.to_owned()),
        };
        if conditions
            .iter()
            .any(|condition| condition.eq_ignore_ascii_case(line))
        {
            module.meshes.push(mesh);
        } else {
            module.ancestors.push(mesh);
        }
    }
}

/// Keywords and MeSH terms of a saved page that has lost the headings: the keywords come first, run together in one
/// cell. They stay one text; terms that may be MeSH's are reported, not filed.
fn trailing_terms(block: &Block, reading: &mut Reading, study: &mut Study) {
    let (_, rest) = block.value_and_rest();
    let mut lines = said(&rest).into_iter();
    study
        .protocol_section
        .conditions_module
        .keywords
        .extend(lines.next().map(str::to_owned));
    lines.for_each(|line| reading.note("mesh_term", line));
}
