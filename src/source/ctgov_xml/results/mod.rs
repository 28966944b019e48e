//! `<clinical_results>` as the API's results section: the flow of participants here, measures and events beside it.
//!
//! It must not calculate anything: totals, percentages and units that are not stated stay absent.

mod events;
mod measures;

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::UNKNOWN_ELEMENT;
use super::json::Json;
use super::tree::Element;
use crate::source::reading::Reading;

/// The results section as JSON text; nothing if the element is empty.
pub(super) fn read(results: Element, reading: &mut Reading) -> Option<Box<RawValue>> {
    for child in results.children() {
        if !MODULES.contains(&child.name()) {
            reading.note(UNKNOWN_ELEMENT, child.name());
        }
    }
    let mut json = Json::default();
    if let Some(flow) = results.child("participant_flow") {
        json.object("participantFlowModule", |json| participant_flow(flow, json));
    }
    if let Some(baseline) = results.child("baseline") {
        json.object("baselineCharacteristicsModule", |json| {
            measures::baseline(baseline, json, reading);
        });
    }
    if let Some(outcomes) = results.child("outcome_list") {
        json.object("outcomeMeasuresModule", |json| {
            json.array("outcomeMeasures", |json| {
                for outcome in outcomes.all("outcome") {
                    json.item(|json| measures::outcome(outcome, json, reading));
                }
            });
        });
    }
    if let Some(events) = results.child("reported_events") {
        json.object("adverseEventsModule", |json| {
            events::reported(events, json, reading);
        });
    }
    json.object("moreInfoModule", |json| more_info(results, json, reading));
    json.finish()
}

const MODULES: [&str; 7] = [
    "participant_flow",
    "baseline",
    "outcome_list",
    "reported_events",
    "certain_agreements",
    "point_of_contact",
    "limitations_and_caveats",
];

fn participant_flow(flow: Element, json: &mut Json) {
    json.text(
        "preAssignmentDetails",
        flow.child_lines("pre_assignment_details"),
    );
    json.text(
        "recruitmentDetails",
        flow.child_lines("recruitment_details"),
    );
    groups(flow, "FG", json);
    json.array("periods", |json| {
        for period in listed(flow, "period_list", "period") {
            json.item(|json| {
                json.text("title", period.child_line("title"));
                json.array("milestones", |json| {
                    for milestone in listed(period, "milestone_list", "milestone") {
                        json.item(|json| participants(milestone, "achievements", json));
                    }
                });
                json.array("dropWithdraws", |json| {
                    let reasons =
                        listed(period, "drop_withdraw_reason_list", "drop_withdraw_reason");
                    for reason in reasons {
                        json.item(|json| participants(reason, "reasons", json));
                    }
                });
            });
        }
    });
}

/// A milestone or a reason for leaving, with the participants of each group; a text beside the number is a comment.
fn participants(element: Element, name: &'static str, json: &mut Json) {
    json.text("type", element.child_line("title"));
    json.text("comment", element.child_lines("comment"));
    json.array(name, |json| {
        for participants in listed(element, "participants_list", "participants") {
            json.item(|json| {
                json.text("groupId", group_id(participants, "FG"));
                json.text("comment", participants.lines());
                json.text("numSubjects", participants.attribute("count"));
            });
        }
    });
}

/// The groups of a module, `P1` as `FG000`.
fn groups(element: Element, prefix: &str, json: &mut Json) {
    json.array("groups", |json| {
        for group in listed(element, "group_list", "group") {
            json.item(|json| group_head(group, prefix, json));
        }
    });
}

fn group_head(group: Element, prefix: &str, json: &mut Json) {
    json.text("id", group_id(group, prefix));
    json.text("title", group.child_line("title"));
    json.text("description", group.child_lines("description"));
}

/// The id of a group in the API's writing: prefix of the module and the number from zero, `O12` as `OG011`.
fn group_id(element: Element, prefix: &str) -> Option<String> {
    Some(in_api_writing(element.attribute("group_id")?, prefix))
}

fn in_api_writing(id: Cow<'_, str>, prefix: &str) -> String {
    let number = id
        .trim_start_matches(|c: char| c.is_ascii_alphabetic())
        .parse::<u32>();
    match number {
        Ok(number @ 1..) => {
            // Padded by hand: records of results have such ids by the thousand, and formatting takes several times as long.
            let digits = (number - 1).to_string();
            let zeros = &"000"[digits.len().min(3)..];
            [prefix, zeros, &digits].concat()
        }
        _ => id.into_owned(),
    }
}

/// The elements in a list element, which may be absent.
fn listed<'t>(
    element: Element<'t>,
    list: &'static str,
    name: &'static str,
) -> impl Iterator<Item = Element<'t>> {
    element.all(list).flat_map(move |list| list.all(name))
}

fn more_info(results: Element, json: &mut Json, reading: &mut Reading) {
    json.object("limitationsAndCaveats", |json| {
        let text = results.child_lines("limitations_and_caveats");
        json.text("description", text);
    });
    if let Some(agreements) = results.child("certain_agreements") {
        json.object("certainAgreement", |json| {
            agreement(agreements, json, reading);
        });
    }
    if let Some(contact) = results.child("point_of_contact") {
        json.object("pointOfContact", |json| {
            json.text("title", contact.child_line("name_or_title"));
            json.text("organization", contact.child_line("organization"));
            json.text("email", contact.child_line("email"));
            json.text("phone", contact.child_line("phone"));
            json.text("phoneExt", contact.child_line("phone_ext"));
        });
    }
}

/// The registry spells out choices of a form; the API has the choices: whether the investigators are the sponsor's
/// employees, and whether an agreement restricts what they publish, for up to 60 days, for longer, or otherwise.
fn agreement(agreements: Element, json: &mut Json, reading: &mut Reading) {
    if let Some(employees) = agreements.child_line("pi_employee") {
        if employees.contains(" NOT employed ") {
            json.flag("piSponsorEmployee", Some(false));
        } else if employees.contains(" ARE employed ") {
            json.flag("piSponsorEmployee", Some(true));
        } else {
            reading.note("pi_employee", &employees);
        }
    }
    let Some(restriction) = agreements.child_lines("restrictive_agreement") else {
        return;
    };
    let embargo = restriction.starts_with("The only disclosure restriction on the PI is that")
        && restriction.contains("can embargo communications regarding trial results");
    let kind = if restriction.starts_with("There is NOT an agreement") {
        json.flag("restrictiveAgreement", Some(false));
        return;
    } else if restriction.starts_with("There IS an agreement") {
        None
    } else if embargo && restriction.contains(" less than or equal to 60 days. ") {
        Some("LTE60")
    } else if embargo
        && restriction.contains(" more than 60 days but less than or equal to 180 days. ")
    {
        Some("GT60")
    } else {
        Some("OTHER")
    };
    json.text("restrictionType", kind);
    json.flag("restrictiveAgreement", Some(true));
    if kind == Some("OTHER") {
        json.text("otherDetails", Some(restriction));
    }
}
