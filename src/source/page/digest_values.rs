//! Values of the digest layout: status, phase, dates, design, eligibility.
//!
//! A value has its label before it or none; without labels it is told by vocabulary, form and order, and what can be
//! told in two ways is reported, not filed.

use std::collections::VecDeque;

use super::text::{after_label, criteria, key, markdown, stated};
use crate::source::reading::Reading;
use crate::trial::{Age, EligibilityModule, PartialDate, Study};

/// The section "Basic Information".
pub(super) fn basic_information(lines: &[&str], reading: &mut Reading, study: &mut Study) {
    let (values, others) = labelled(
        lines,
        &[
            "recruitment status",
            "clinical phase",
            "total enrollment",
            "study classification",
            "study start date",
            "primary completion date",
            "study completion date",
            "why stopped",
            "reason stopped",
        ],
    );
    let status = &mut study.protocol_section.status_module;
    let design = &mut study.protocol_section.design_module;
    for (label, value) in values {
        let Some(value) =
            stated(value).or_else(|| (label == "clinical phase").then(|| value.to_owned()))
        else {
            continue;
        };
        match label {
            "recruitment status" => status.overall_status = reading.value("status", &value),
            "clinical phase" => phases(&value, reading, &mut design.phases),
            "total enrollment" => design.enrollment_info.count = participants(&value),
            "study classification" => design.study_type = reading.value("study_type", &value),
            "study start date" => {
                status.start_date_struct = reading.date_struct("date", &value, None);
            }
            "primary completion date" => {
                status.primary_completion_date_struct = reading.date_struct("date", &value, None);
            }
            "study completion date" => {
                status.completion_date_struct = reading.date_struct("date", &value, None);
            }
            _ => status.why_stopped = Some(value),
        }
    }
    let mut dates = Vec::new();
    for line in others {
        if PartialDate::parse(line).is_some() {
            dates.push(line);
        } else if let Some(count) = participants(line) {
            design.enrollment_info.count = Some(count);
        } else if status.overall_status.is_none() && reading.knows("status", line) {
            status.overall_status = reading.value("status", line);
        } else if design.study_type.is_none() && reading.knows("study_type", line) {
            design.study_type = reading.value("study_type", line);
        } else if design.phases.is_empty()
            && (line.to_lowercase().contains("phase") || reading.knows("phase", line))
        {
            phases(line, reading, &mut design.phases);
        } else if stated(line).is_some() {
            reading.note("basic_information", line);
        }
    }
    match dates[..] {
        [start, completion] => {
            status.start_date_struct = reading.date_struct("date", start, None);
            status.completion_date_struct = reading.date_struct("date", completion, None);
        }
        // one date without a label may be either: it is reported, not guessed
        _ => dates.iter().for_each(|date| reading.note("date", date)),
    }
}

fn phases(text: &str, reading: &mut Reading, phases: &mut Vec<String>) {
    if reading.knows("phase", text) {
        phases.extend(reading.values("phase", text));
    } else {
        for phase in text.split(['/', ',', '|']) {
            phases.extend(reading.values("phase", phase));
        }
    }
}

/// `242 participants`.
fn participants(text: &str) -> Option<i64> {
    let (count, word) = text
        .trim()
        .split_once(' ')
        .unwrap_or((text.trim(), "participants"));
    let plain = count.replace(',', "");
    (word.starts_with("participant") && plain.bytes().all(|b| b.is_ascii_digit()))
        .then(|| plain.parse().ok())
        .flatten()
}

/// The section "Study Design".
pub(super) fn design(lines: &[&str], reading: &mut Reading, study: &mut Study) {
    let (values, others) = labelled(
        lines,
        &[
            "allocation method",
            "intervention model",
            "observational model",
            "observation model",
            "time perspective",
            "primary study purpose",
            "blinding strategy",
            "who is blinded",
            "who masked",
        ],
    );
    let info = &mut study.protocol_section.design_module.design_info;
    for (label, value) in values {
        match label {
            "allocation method" => info.allocation = reading.value("allocation", value),
            "intervention model" => {
                info.intervention_model = reading.value("intervention_model", value);
            }
            "observational model" | "observation model" => {
                info.observational_model = reading.value("observational_model", value);
            }
            "time perspective" => info.time_perspective = reading.value("time_perspective", value),
            "primary study purpose" => {
                info.primary_purpose = reading.value("primary_purpose", value);
            }
            "blinding strategy" => info.masking_info.masking = reading.value("masking", value),
            _ => info.masking_info.who_masked = who_masked(value, reading).unwrap_or_default(),
        }
    }
    let observational =
        study.protocol_section.design_module.study_type.as_deref() == Some("OBSERVATIONAL");
    for line in others {
        let order: [(&'static str, &mut Option<String>); 6] = [
            ("allocation", &mut info.allocation),
            ("intervention_model", &mut info.intervention_model),
            ("primary_purpose", &mut info.primary_purpose),
            ("masking", &mut info.masking_info.masking),
            ("observational_model", &mut info.observational_model),
            ("time_perspective", &mut info.time_perspective),
        ];
        let place = order
            .into_iter()
            .enumerate()
            .find(|(at, (element, value))| {
                value.is_none() && (!observational || *at >= 4) && reading.knows(element, line)
            });
        if let Some((_, (element, value))) = place {
            *value = reading.value(element, line);
        } else if let Some(masked) = who_masked(line, reading) {
            info.masking_info.who_masked.extend(masked);
        } else if stated(line).is_some() {
            reading.note("study_design", line);
        }
    }
}

/// No spelling of who is masked has more words than this.
const MOST_WORDS: usize = 6;

/// The words of a text as runs that the vocabulary knows, each as long as can be: `Participants Outcome Assessors` is two.
fn known_runs(text: &str, reading: &Reading) -> Option<Vec<String>> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut runs = Vec::new();
    let mut rest = words.as_slice();
    while !rest.is_empty() {
        let run = (1..=rest.len().min(MOST_WORDS)).rev().find_map(|length| {
            let run = rest[..length].join(" ");
            reading.knows("who_masked", &run).then_some((length, run))
        });
        let (length, run) = run?;
        runs.push(run);
        rest = &rest[length..];
    }
    Some(runs)
}

/// `Participants, Investigators` or the same words without commas.
fn who_masked(text: &str, reading: &mut Reading) -> Option<Vec<String>> {
    let parts: Vec<String> = if text.contains(',') {
        text.split(',').map(|part| part.trim().to_owned()).collect()
    } else {
        known_runs(text, reading)?
    };
    parts
        .iter()
        .all(|part| reading.knows("who_masked", part))
        .then(|| {
            parts
                .iter()
                .flat_map(|part| reading.values("who_masked", part))
                .collect()
        })
}

const ELIGIBILITY_LABELS: &[&str] = &[
    "minimum eligible age",
    "maximum eligible age",
    "eligible sex",
    "accepts healthy volunteers",
];

/// The section "Eligibility Criteria".
pub(super) fn eligibility(lines: &[&str], reading: &mut Reading, study: &mut Study) {
    let module = &mut study.protocol_section.eligibility_module;
    let is_label = |line: &&str| {
        ELIGIBILITY_LABELS.contains(&key(line).as_str())
            || ELIGIBILITY_LABELS
                .iter()
                .any(|label| after_label(line, label).is_some_and(|value| value.len() < 20))
    };
    let mut end = lines.iter().position(is_label).unwrap_or(lines.len());
    let (values, others) = labelled(&lines[end..], ELIGIBILITY_LABELS);
    for (label, value) in values {
        match label {
            "minimum eligible age" => module.minimum_age = reading.age("age", value),
            "maximum eligible age" => module.maximum_age = reading.age("age", value),
            "eligible sex" => module.sex = reading.value("sex", value),
            _ => module.healthy_volunteers = reading.yes_no(value),
        }
    }
    others
        .iter()
        .for_each(|line| reading.note("eligibility", line));
    if end == lines.len() {
        end = unlabelled_eligibility(lines, reading, module);
    }
    let mut parts: [Vec<&str>; 3] = Default::default();
    let mut part = 0;
    for line in &lines[..end] {
        match key(line).as_str() {
            "inclusion criteria" if part == 0 => part = 1,
            "exclusion criteria" if part < 2 => part = 2,
            _ => parts[part].push(line),
        }
    }
    let [before, inclusion, exclusion] = parts.map(|part| markdown(&part));
    module.eligibility_criteria = criteria(before, inclusion, exclusion);
}

/// The lines after the criteria, from the end: healthy volunteers, sex, two ages. Gives where the criteria end.
fn unlabelled_eligibility(
    lines: &[&str],
    reading: &mut Reading,
    module: &mut EligibilityModule,
) -> usize {
    let mut end = lines.len();
    let mut last = |accept: &dyn Fn(&str) -> bool| {
        let at = lines[..end]
            .iter()
            .rposition(|line| !line.trim().is_empty())?;
        let line = lines[at].trim();
        accept(line).then(|| {
            end = at;
            line
        })
    };
    let healthy = last(&|line| reading.knows("yes_no", line));
    let sex = last(&|line| reading.knows("sex", line));
    let high = last(&|line| Age::parse(line).is_some());
    let low = last(&|line| Age::parse(line).is_some());
    module.healthy_volunteers = healthy.and_then(|line| reading.yes_no(line));
    module.sex = sex.and_then(|line| reading.value("sex", line));
    match (low, high) {
        (Some(low), Some(high)) => {
            module.minimum_age = reading.age("age", low);
            module.maximum_age = reading.age("age", high);
        }
        // one age without a label may be either bound: it is reported, not guessed
        (None, Some(age)) => reading.note("age", age),
        _ => {}
    }
    end
}

/// Labels with their values (on the same line or the next), and the lines that belong to no label, in order.
fn labelled<'a>(
    lines: &[&'a str],
    labels: &[&'static str],
) -> (Vec<(&'static str, &'a str)>, VecDeque<&'a str>) {
    let mut values = Vec::new();
    let mut others = VecDeque::new();
    let mut lines = lines
        .iter()
        .map(|line| line.trim())
        .filter(|line| !line.is_empty())
        .peekable();
    while let Some(line) = lines.next() {
        let words = key(line);
        if let Some(label) = labels.iter().find(|label| **label == words) {
            let next = lines
                .peek()
                .filter(|next| !labels.contains(&key(next).as_str()));
            if let Some(value) = next {
                values.push((*label, *value));
                lines.next();
            }
        } else if let Some(found) = labels
            .iter()
            .find_map(|label| after_label(line, label).map(|value| (*label, value)))
        {
            values.push(found);
        } else {
            others.push_back(line);
        }
    }
    (values, others)
}
