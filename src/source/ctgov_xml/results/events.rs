//! Adverse events: groups with their totals, and the events by organ system.
//!
//! It must not add up events.

use super::super::json::Json;
use super::super::tree::Element;
use super::{group_head, group_id, listed};
use crate::source::reading::Reading;

/// The category and the events in it that hold the totals of each group, which the API has with the groups.
const TOTALS: &str = "Total";
const ALL_DEATHS: &str = "Total, all-cause mortality";
const ALL_SERIOUS: &str = "Total, serious adverse events";
const ALL_OTHER: &str = "Total, other adverse events";

pub(super) fn reported(events: Element, json: &mut Json, reading: &mut Reading) {
    let serious = events.child("serious_events");
    let other = events.child("other_events");
    let threshold = |kind: Option<Element>| kind?.child_line("frequency_threshold");
    json.text(
        "frequencyThreshold",
        threshold(other).or_else(|| threshold(serious)),
    );
    json.text("timeFrame", events.child_lines("time_frame"));
    json.text("description", events.child_lines("desc"));
    json.array("eventGroups", |json| {
        let totals: Vec<Element> = [serious, other]
            .into_iter()
            .flatten()
            .flat_map(|kind| listed(kind, "category_list", "category"))
            .filter(|category| is_totals(*category))
            .flat_map(|category| listed(category, "event_list", "event"))
            .collect();
        for group in listed(events, "group_list", "group") {
            json.item(|json| {
                group_head(group, "EG", json);
                group_totals(group, &totals, json);
            });
        }
    });
    for (name, kind) in [("seriousEvents", serious), ("otherEvents", other)] {
        let Some(kind) = kind else { continue };
        json.array(name, |json| by_organ(kind, json, reading));
    }
}

fn is_totals(category: Element) -> bool {
    category.child_line("title").as_deref() == Some(TOTALS)
}

fn group_totals(group: Element, totals: &[Element], json: &mut Json) {
    let id = group.attribute("group_id");
    for (title, affected, at_risk) in [
        (ALL_DEATHS, "deathsNumAffected", "deathsNumAtRisk"),
        (ALL_SERIOUS, "seriousNumAffected", "seriousNumAtRisk"),
        (ALL_OTHER, "otherNumAffected", "otherNumAtRisk"),
    ] {
        let of_title = totals
            .iter()
            .filter(|event| event.child_line("sub_title").as_deref() == Some(title));
        let counts = of_title
            .flat_map(|event| event.all("counts"))
            .find(|counts| counts.attribute("group_id") == id);
        if let Some(counts) = counts {
            json.count(affected, counts.attribute("subjects_affected"));
            json.count(at_risk, counts.attribute("subjects_at_risk"));
        }
    }
}

fn by_organ(kind: Element, json: &mut Json, reading: &mut Reading) {
    let default_vocabulary = kind.child_line("default_vocab");
    let default_assessment = kind
        .child("default_assessment")
        .and_then(|assessment| reading.value("event_assessment", assessment.raw()));
    for category in listed(kind, "category_list", "category") {
        let totals = is_totals(category);
        let organ = category.child_line("title");
        for event in listed(category, "event_list", "event") {
            let term = event.child_line("sub_title");
            let is_total = |term: &str| [ALL_DEATHS, ALL_SERIOUS, ALL_OTHER].contains(&term);
            if totals && term.as_deref().is_some_and(is_total) {
                continue;
            }
            let vocabulary = event
                .child("sub_title")
                .and_then(|title| title.attribute("vocab"));
            let assessment = event
                .child("assessment")
                .and_then(|assessment| reading.value("event_assessment", assessment.raw()));
            json.item(|json| {
                json.text("term", term);
                json.text("organSystem", organ.as_deref());
                json.text(
                    "sourceVocabulary",
                    vocabulary.as_deref().or(default_vocabulary.as_deref()),
                );
                json.text(
                    "assessmentType",
                    assessment.as_deref().or(default_assessment.as_deref()),
                );
                json.text("notes", event.child_lines("description"));
                json.array("stats", |json| {
                    for counts in event.all("counts") {
                        json.item(|json| {
                            json.text("groupId", group_id(counts, "EG"));
                            json.count("numEvents", counts.attribute("events"));
                            json.count("numAffected", counts.attribute("subjects_affected"));
                            json.count("numAtRisk", counts.attribute("subjects_at_risk"));
                        });
                    }
                });
            });
        }
    }
}
