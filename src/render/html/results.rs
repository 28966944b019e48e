//! The results of a trial as a page shows them: who took part, how the groups compare at the start, what was measured, what
//! went wrong. Each part is folded; what is longer than anybody reads on a page is cut, said to be, and found in the record.
//!
//! The results are read as the JSON that they are: sponsors write them by hand, and a part that is not as it is documented
//! leaves only itself out. It must not calculate: every number is shown as it was reported.

use serde_json::Value;

use crate::render::html::escape::Html;
use crate::render::html::piece::{Block, Fold, Section, section};
use crate::render::html::prose::prose;
use crate::render::html::results_table::{
    Groups, Table, Told, html, in_words, measure_table, said, values,
};
use crate::render::numbers::counted;
use crate::schema::Element;

/// Outcome measures that are shown: few trials have more than thirty, some have two hundred.
const MOST_MEASURES: usize = 60;

/// The section of the results; `whole` is where the whole record is.
pub(super) fn results(sections: &mut Vec<Section>, results: &Value, whole: &str) {
    let mut blocks = Vec::new();
    let mut told = Told::default();
    flow(&mut blocks, &results["participantFlowModule"], &mut told);
    baseline(
        &mut blocks,
        &results["baselineCharacteristicsModule"],
        &mut told,
    );
    measures(&mut blocks, &results["outcomeMeasuresModule"], &mut told);
    events(&mut blocks, &results["adverseEventsModule"], &mut told);
    caveats(&mut blocks, &results["moreInfoModule"]);
    let is_cut = |block: &Block| match block {
        Block::Fold(fold) => fold.tables.iter().any(Table::is_cut),
        _ => false,
    };
    let measures = values(&results["outcomeMeasuresModule"]["outcomeMeasures"]);
    if blocks.iter().any(is_cut) || measures.len() > MOST_MEASURES {
        blocks.push(Block::Link(
            "These results are longer than this page shows".to_owned(),
            "the whole record as JSON".to_owned(),
            whole.to_owned(),
        ));
    }
    section(sections, "results", "Results", blocks);
}

fn fold(title: &str, kind: &str) -> Fold {
    Fold {
        title: html(title),
        kind: kind.to_owned(),
        notes: Vec::new(),
        lines: Vec::new(),
        tables: Vec::new(),
        analyses: Vec::new(),
    }
}

fn describe(fold: &mut Fold, value: &Value, name: &str) {
    if let Some(text) = said(value, name) {
        fold.lines
            .extend(prose(None, &text, Element::OutcomeDescription));
    }
}

fn note(fold: &mut Fold, label: &str, value: Option<String>) {
    if let Some(value) = value {
        fold.notes.push(html(&format!("{label}: {value}")));
    }
}

/// A fold with something in it.
fn push(blocks: &mut Vec<Block>, fold: Fold) {
    if !(fold.notes.is_empty() && fold.lines.is_empty() && fold.tables.is_empty()) {
        blocks.push(Block::Fold(Box::new(fold)));
    }
}

fn flow(blocks: &mut Vec<Block>, module: &Value, told: &mut Told) {
    let mut fold = fold("Participant flow", "");
    describe(&mut fold, module, "preAssignmentDetails");
    describe(&mut fold, module, "recruitmentDetails");
    let groups = Groups::of(&module["groups"]);
    groups.describe(told, &mut fold.lines);
    for period in values(&module["periods"]) {
        let mut table = Table::new(&said(period, "title").unwrap_or_default(), &groups);
        for milestone in values(&period["milestones"]) {
            let name = in_words(&said(milestone, "type").unwrap_or_default());
            let cells = groups.cells(&milestone["achievements"], flow_cell);
            table.row(&name, 0, &cells);
        }
        let reasons = values(&period["dropWithdraws"]);
        if !reasons.is_empty() {
            table.heading("Why not completed");
        }
        for reason in reasons {
            let name = said(reason, "type").unwrap_or_default();
            table.row(&name, 1, &groups.cells(&reason["reasons"], flow_cell));
        }
        fold.tables.extend(table.full());
    }
    push(blocks, fold);
}

fn flow_cell(value: &Value) -> String {
    let mut cell = said(value, "numSubjects").unwrap_or_default();
    if let Some(units) = said(value, "numUnits") {
        cell.push_str(&format!(" ({units} units)"));
    }
    if let Some(comment) = said(value, "comment") {
        cell.push_str(&format!(" – {comment}"));
    }
    cell
}

fn baseline(blocks: &mut Vec<Block>, module: &Value, told: &mut Told) {
    let mut fold = fold("Baseline characteristics", "");
    describe(&mut fold, module, "populationDescription");
    let groups = Groups::of(&module["groups"]);
    groups.describe(told, &mut fold.lines);
    let mut table = Table::new("Baseline characteristics", &groups);
    table.counts(&module["denoms"], "Analysed", &groups);
    for measure in values(&module["measures"]) {
        let title = said(measure, "title").unwrap_or_default();
        table.heading(&format!("{title}{}", measured_in(measure)));
        measure_table(&mut table, measure, &groups);
    }
    fold.tables.extend(table.full());
    push(blocks, fold);
}

/// How a measure is given: ` (mean ± standard deviation, years)`.
fn measured_in(measure: &Value) -> String {
    let mut how = in_words(&said(measure, "paramType").unwrap_or_default()).to_lowercase();
    let spread = said(measure, "dispersionType").filter(|spread| !spread.is_empty());
    if let Some(spread) = spread.filter(|spread| !spread.eq_ignore_ascii_case("na")) {
        how = format!("{how}, {}", in_words(&spread).to_lowercase());
    }
    let unit = said(measure, "unitOfMeasure").unwrap_or_default();
    let parts: Vec<&str> = [how.as_str(), unit.as_str()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    match parts.is_empty() {
        true => String::new(),
        false => format!(" ({})", parts.join("; ")),
    }
}

fn measures(blocks: &mut Vec<Block>, module: &Value, told: &mut Told) {
    let all = values(&module["outcomeMeasures"]);
    for measure in all.iter().take(MOST_MEASURES) {
        let title = said(measure, "title").unwrap_or_else(|| "(no name)".to_owned());
        let level = in_words(&said(measure, "type").unwrap_or_default()).to_lowercase();
        let mut fold = fold(&title, format!("{level} outcome").trim_start());
        note(&mut fold, "Time frame", said(measure, "timeFrame"));
        if said(measure, "reportingStatus").as_deref() == Some("NOT_POSTED") {
            let when = said(measure, "anticipatedPostingDate");
            let when = when.map_or_else(String::new, |when| format!(", expected {when}"));
            fold.notes.push(html(&format!("Not reported yet{when}")));
        }
        describe(&mut fold, measure, "description");
        note(
            &mut fold,
            "Who was analysed",
            said(measure, "populationDescription"),
        );
        let groups = Groups::of(&measure["groups"]);
        groups.describe(told, &mut fold.lines);
        let caption = format!("Measured{}", measured_in(measure));
        let mut table = Table::new(&caption, &groups);
        table.counts(&measure["denoms"], "Analysed", &groups);
        measure_table(&mut table, measure, &groups);
        fold.tables.extend(table.full());
        for analysis in values(&measure["analyses"]) {
            fold.analyses.extend(analysed(analysis, &groups));
        }
        push(blocks, fold);
    }
    if all.len() > MOST_MEASURES {
        blocks.push(Block::Note(format!(
            "{} of {} are shown.",
            MOST_MEASURES,
            counted(all.len() as u64, "outcome measure", "outcome measures")
        )));
    }
}

/// A statistical analysis in a sentence.
fn analysed(analysis: &Value, groups: &Groups) -> Option<Html> {
    let of = |name: &str| said(analysis, name);
    let mut parts: Vec<String> = Vec::new();
    let compared = groups.titles(&analysis["groupIds"]);
    if !compared.is_empty() {
        parts.push(compared.join(" against "));
    }
    parts.extend(of("groupDescription"));
    parts.extend(of("statisticalMethod"));
    if let Some(p) = of("pValue") {
        let comment =
            of("pValueComment").map_or_else(String::new, |comment| format!(" ({comment})"));
        let sign = if p.starts_with(['<', '>', '=', '≤', '≥']) {
            ""
        } else {
            "= "
        };
        parts.push(format!("p {sign}{p}{comment}"));
    }
    if let Some(value) = of("paramValue") {
        let name = of("paramType").unwrap_or_else(|| "estimate".to_owned());
        let mut said = format!("{name} {value}");
        let (low, high) = (of("ciLowerLimit"), of("ciUpperLimit"));
        if low.is_some() || high.is_some() {
            let percent = of("ciPctValue").map_or_else(String::new, |part| format!("{part} % "));
            said.push_str(&format!(
                " ({percent}confidence interval {} to {})",
                low.as_deref().unwrap_or("…"),
                high.as_deref().unwrap_or("…")
            ));
        }
        parts.push(said);
    }
    parts.extend(of("nonInferiorityComment"));
    parts.extend(of("otherAnalysisDescription"));
    parts.extend(of("estimateComment"));
    (!parts.is_empty()).then(|| html(&format!("Analysis: {}", parts.join("; "))))
}

fn events(blocks: &mut Vec<Block>, module: &Value, told: &mut Told) {
    let groups = Groups::of(&module["eventGroups"]);
    let mut totals = fold("Adverse events", "");
    note(&mut totals, "Time frame", said(module, "timeFrame"));
    note(
        &mut totals,
        "Other events are those of more than",
        said(module, "frequencyThreshold").map(|percent| format!("{percent} %")),
    );
    describe(&mut totals, module, "description");
    groups.describe(told, &mut totals.lines);
    let mut table = Table::new("Participants affected, of those at risk", &groups);
    for (name, affected, at_risk) in [
        ("Deaths", "deathsNumAffected", "deathsNumAtRisk"),
        ("Serious events", "seriousNumAffected", "seriousNumAtRisk"),
        ("Other events", "otherNumAffected", "otherNumAtRisk"),
    ] {
        let cells = values(&module["eventGroups"]).iter();
        let cells = cells.take(groups.len());
        let cells: Vec<String> = cells
            .map(|group| of_those(said(group, affected), said(group, at_risk)))
            .collect();
        if cells.iter().any(|cell| !cell.is_empty()) {
            table.row(name, 0, &cells);
        }
    }
    totals.tables.extend(table.full());
    push(blocks, totals);
    for (title, name) in [
        ("Serious adverse events", "seriousEvents"),
        ("Other adverse events", "otherEvents"),
    ] {
        let mut fold = fold(title, "");
        let mut table = Table::new("Participants affected, of those at risk", &groups);
        let mut system = String::new();
        for event in values(&module[name]) {
            let of = said(event, "organSystem").unwrap_or_default();
            if of != system {
                table.heading(&of);
                system = of;
            }
            let term = said(event, "term").unwrap_or_default();
            let cells = groups.cells(&event["stats"], |stats| {
                of_those(said(stats, "numAffected"), said(stats, "numAtRisk"))
            });
            table.row(&term, 1, &cells);
        }
        fold.tables.extend(table.full());
        push(blocks, fold);
    }
}

fn of_those(affected: Option<String>, at_risk: Option<String>) -> String {
    match (affected, at_risk) {
        (Some(affected), Some(at_risk)) => format!("{affected} of {at_risk}"),
        (Some(affected), None) => affected,
        (None, Some(at_risk)) => format!("not stated, of {at_risk}"),
        (None, None) => String::new(),
    }
}

fn caveats(blocks: &mut Vec<Block>, module: &Value) {
    let mut fold = fold("Limitations and agreements", "");
    describe(&mut fold, &module["limitationsAndCaveats"], "description");
    let agreement = &module["certainAgreement"];
    note(
        &mut fold,
        "Agreement on publishing",
        said(agreement, "otherDetails"),
    );
    let contact = &module["pointOfContact"];
    let who = ["title", "organization", "email", "phone"].iter();
    let who: Vec<String> = who.filter_map(|name| said(contact, name)).collect();
    note(
        &mut fold,
        "Contact for the results",
        (!who.is_empty()).then(|| who.join(", ")),
    );
    push(blocks, fold);
}
