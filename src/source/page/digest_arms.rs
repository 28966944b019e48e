//! Arms and interventions of the digest layout.
//!
//! With labels a type follows its arm or intervention; without them the interventions are told apart by what the
//! two sections have in common: an arm lists its interventions in the words of the section "Interventions".

use std::collections::{HashMap, HashSet};

use super::shared::{api_name, file_intervention};
use super::text::{after_label, join_labels, key, markdown, said, stated};
use crate::source::reading::Reading;
use crate::trial::{ArmGroup, ArmsInterventionsModule};

const GROUP_TYPE: &str = "group type";
const INTERVENTION_TYPE: &str = "intervention type";
const NO_INTERVENTIONS: &str = "no interventions assigned";

/// An intervention as its section prints it.
#[derive(Default)]
struct Listed {
    name: String,
    kind: Option<String>,
    description: Vec<String>,
}

/// Reads the sections about arms, interventions and their other names.
pub(super) fn read(
    groups: &[&str],
    interventions: &[&str],
    other_names: &[&str],
    reading: &mut Reading,
    module: &mut ArmsInterventionsModule,
) {
    let groups = join_labels(groups, &[GROUP_TYPE, INTERVENTION_TYPE]);
    let interventions = join_labels(interventions, &[INTERVENTION_TYPE]);
    let listed = if interventions.iter().any(|line| kind_of(line).is_some()) {
        typed(&interventions)
    } else {
        untyped(&interventions, &groups)
    };
    for intervention in &listed {
        let kind = canonical_kind(intervention.kind.as_deref(), reading);
        file_intervention(
            module,
            kind,
            &intervention.name,
            markdown(&intervention.description),
            Vec::new(),
            None,
        );
    }
    let mut by_name: HashMap<&str, Vec<&Listed>> = HashMap::new();
    for intervention in &listed {
        by_name
            .entry(&intervention.name)
            .or_default()
            .push(intervention);
    }
    arms(&groups, &by_name, reading, module);
    let names: Vec<String> = said(other_names).into_iter().filter_map(stated).collect();
    if let [only] = module.interventions.as_mut_slice() {
        only.other_names = names;
    } else {
        // the page does not say which intervention they belong to
        names
            .iter()
            .for_each(|name| reading.note("intervention_other_name", name));
    }
}

fn kind_of(line: &str) -> Option<&str> {
    after_label(line, INTERVENTION_TYPE)
}

fn canonical_kind(kind: Option<&str>, reading: &mut Reading) -> Option<String> {
    kind.and_then(stated)
        .and_then(|kind| reading.value("intervention_type", &kind))
}

/// Name, description, type; or, if lines are left after the last type, name, type, description.
fn typed(lines: &[String]) -> Vec<Listed> {
    let type_last = lines.last().is_some_and(|line| kind_of(line).is_some());
    let mut listed: Vec<Listed> = Vec::new();
    let mut block: Option<Listed> = None;
    for (at, line) in lines.iter().enumerate() {
        if let Some(kind) = kind_of(line) {
            let mut done = block.take().unwrap_or_default();
            done.kind = Some(kind.to_owned());
            if type_last {
                listed.push(done);
            } else {
                block = Some(done);
            }
            continue;
        }
        let opens = match &block {
            None => true,
            Some(_) if type_last => false,
            Some(_) => lines
                .get(at + 1)
                .is_some_and(|next| kind_of(next).is_some()),
        };
        if opens {
            listed.extend(block.take());
            block = Some(Listed {
                name: line.clone(),
                ..Listed::default()
            });
        } else if let Some(block) = &mut block {
            block.description.push(line.clone());
        }
    }
    listed.extend(block);
    listed.retain(|intervention| !intervention.name.is_empty());
    listed
}

/// Names and descriptions without any type between them.
fn untyped(lines: &[String], groups: &[String]) -> Vec<Listed> {
    // the arms show that two lines do not belong to one intervention: they have the first, but never before the second
    let known: HashSet<&String> = groups.iter().collect();
    let pairs: HashSet<(&String, &String)> =
        groups.windows(2).map(|pair| (&pair[0], &pair[1])).collect();
    let parted = |first, second| known.contains(first) && !pairs.contains(&(first, second));
    let mut listed: Vec<Listed> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let opens = match listed.last() {
            None => true,
            Some(_) if parted(&lines[at - 1], line) => true,
            Some(last) if last.description.is_empty() => {
                !is_prose(line) && lines.get(at + 1).is_some_and(|next| is_prose(next))
            }
            Some(_) => !is_prose(line),
        };
        match listed.last_mut() {
            Some(last) if !opens => last.description.push(line.clone()),
            _ => listed.push(Listed {
                name: line.clone(),
                ..Listed::default()
            }),
        }
    }
    listed
}

/// Whether a line reads like a description, not like a name.
fn is_prose(line: &str) -> bool {
    line.chars().count() > 100
        || line.ends_with(['.', ';'])
        || line.contains(". ")
        || opens_with_amount(line)
}

/// `10 mg`, `2x10^6`; but `5-fluorouracil` is a name.
fn opens_with_amount(line: &str) -> bool {
    let word = line.split(' ').next().unwrap_or_default();
    word.starts_with(|c: char| c.is_ascii_digit())
        && word.chars().filter(|c| c.is_alphabetic()).count() <= 2
}

fn arms(
    lines: &[String],
    listed: &HashMap<&str, Vec<&Listed>>,
    reading: &mut Reading,
    module: &mut ArmsInterventionsModule,
) {
    let has_types = lines.iter().any(|line| kind_of(line).is_some());
    let mut at = 0;
    while at < lines.len() {
        let mut arm = ArmGroup::default();
        if !opens_arm(&lines[at]) {
            at += 1;
            continue;
        }
        arm.label = Some(lines[at].clone());
        at += 1;
        let mut description = Vec::new();
        let mut typed = false;
        while at < lines.len() && block_at(lines, at, listed, has_types).is_none() {
            if let Some(kind) = after_label(&lines[at], GROUP_TYPE) {
                arm.kind = stated(kind).and_then(|kind| reading.value("arm_type", &kind));
                typed = true;
            } else if says_no_interventions(&lines[at]) || typed {
                break;
            } else if kind_of(&lines[at]).is_none() {
                description.push(lines[at].as_str());
            }
            at += 1;
        }
        arm.description = markdown(&description);
        while let Some(block) = block_at(lines, at, listed, has_types) {
            let kind = canonical_kind(block.kind.as_deref(), reading);
            arm.intervention_names
                .push(api_name(kind.as_deref(), &block.name));
            let text = markdown(&block.description);
            file_intervention(
                module,
                kind,
                &block.name,
                text,
                Vec::new(),
                arm.label.as_deref(),
            );
            at = block.end;
        }
        if lines
            .get(at)
            .is_some_and(|line| says_no_interventions(line))
        {
            at += 1;
        }
        module.arm_groups.push(arm);
    }
}

fn opens_arm(line: &str) -> bool {
    after_label(line, GROUP_TYPE).is_none()
        && kind_of(line).is_none()
        && !says_no_interventions(line)
}

fn says_no_interventions(line: &str) -> bool {
    key(line).starts_with(NO_INTERVENTIONS)
}

/// An intervention inside an arm, and where the lines go on after it.
struct Block {
    name: String,
    kind: Option<String>,
    description: Vec<String>,
    end: usize,
}

/// The intervention that begins at a line: a listed one with its whole description, or any name with a type after it.
fn block_at(
    lines: &[String],
    at: usize,
    listed: &HashMap<&str, Vec<&Listed>>,
    has_types: bool,
) -> Option<Block> {
    let name = lines.get(at)?;
    let kind = lines.get(at + 1).and_then(|line| kind_of(line));
    let mut end = at + 1 + usize::from(kind.is_some());
    let known = listed
        .get(name.as_str())
        .into_iter()
        .flatten()
        .copied()
        .find(|known| {
            lines
                .get(end..)
                .is_some_and(|rest| rest.starts_with(&known.description))
        });
    // where types are printed, a name without one is that of an arm
    if kind.is_none() && (known.is_none() || has_types) {
        return None;
    }
    if let Some(known) = known {
        // without a type or description a name may as well be the label of an arm that is called like it
        if kind.is_none() && known.description.is_empty() && lines.get(end) == Some(name) {
            return None;
        }
        end += known.description.len();
    }
    let mut description: Vec<String> = known
        .map(|known| known.description.clone())
        .unwrap_or_default();
    if known.is_none() {
        // not listed in its own section: what is left before the next name or arm is its description, if it reads like one
        while let Some(line) = lines
            .get(end)
            .filter(|line| is_prose(line) && opens_arm(line))
        {
            if lines
                .get(end + 1)
                .is_some_and(|next| kind_of(next).is_some())
            {
                break;
            }
            description.push(line.clone());
            end += 1;
        }
    }
    Some(Block {
        name: name.clone(),
        kind: kind
            .map(str::to_owned)
            .or_else(|| known.and_then(|known| known.kind.clone())),
        description,
        end,
    })
}
