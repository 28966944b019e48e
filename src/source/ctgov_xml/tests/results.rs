//! Checks of the results section.

use serde_json::{Value, json};

#[test]
fn results_of_participants_and_measures() {
    let check = |content: &str, pointer: &str, expect: Value| {
        let content = format!("<clinical_results>{content}</clinical_results>");
        super::check(&content, "/hasResults", json!(true));
        super::check(&content, &format!("/resultsSection{pointer}"), expect);
    };
    check(
        "<participant_flow><group_list><group group_id=\"P12\"><title>A</title></group></group_list><period_list><period>\
         <title>All</title><milestone_list><milestone><title>STARTED</title><participants_list>\
         <participants group_id=\"P12\" count=\"7\">one left</participants></participants_list></milestone></milestone_list>\
         </period></period_list></participant_flow>",
        "/participantFlowModule",
        json!({
            "groups": [{"id": "FG011", "title": "A"}],
            "periods": [{"title": "All", "milestones": [{"type": "STARTED", "achievements":
                [{"groupId": "FG011", "comment": "one left", "numSubjects": "7"}]}]}],
        }),
    );
    let measurement = "<measurement_list><measurement group_id=\"O1\" value=\"3\" spread=\"1.5\"/></measurement_list>";
    let counts = "<analyzed_list><analyzed><units>Participants</units><scope>Measure</scope><count_list>\
         <count group_id=\"O1\" value=\"9\"/></count_list></analyzed></analyzed_list>";
    let denominators =
        json!([{"units": "Participants", "counts": [{"groupId": "OG000", "value": "9"}]}]);
    let measurements = json!([{"groupId": "OG000", "value": "3", "spread": "1.5"}]);
    let outcome = |measure: &str| {
        format!(
            "<outcome_list><outcome><type>Post-Hoc</type><title>Pain</title>{measure}</outcome></outcome_list>"
        )
    };
    check(
        &outcome(&format!(
            "<measure><title>Pain</title><units>cm</units><param>Mean</param><dispersion>Standard Deviation</dispersion>{counts}\
             <class_list><class><title>Day 1</title><category_list><category>{measurement}</category></category_list></class>\
             </class_list></measure>"
        )),
        "/outcomeMeasuresModule/outcomeMeasures/0",
        json!({
            "type": "POST_HOC", "title": "Pain", "reportingStatus": "POSTED", "paramType": "MEAN",
            "dispersionType": "Standard Deviation", "unitOfMeasure": "cm", "denoms": denominators,
            "classes": [{"title": "Day 1", "categories": [{"measurements": measurements}]}],
        }),
    );
    // Until 2017: the number of participants is a measure of its own, and classes are called categories.
    check(
        &outcome(&format!(
            "<measure_list><measure><title>Number of Participants</title><category_list><category><measurement_list>\
             <measurement group_id=\"O1\" value=\"9\"/></measurement_list></category></category_list></measure><measure>\
             <units>cm</units><category_list><category><sub_title>Day 1</sub_title>{measurement}</category></category_list>\
             </measure></measure_list>"
        )),
        "/outcomeMeasuresModule/outcomeMeasures/0",
        json!({
            "type": "POST_HOC", "title": "Pain", "reportingStatus": "POSTED", "unitOfMeasure": "cm", "denoms": denominators,
            "classes": [{"title": "Day 1", "categories": [{"measurements": measurements}]}],
        }),
    );
    check(
        &outcome("<posting_date>12/2020</posting_date>"),
        "/outcomeMeasuresModule/outcomeMeasures/0",
        json!({"type": "POST_HOC", "title": "Pain", "reportingStatus": "NOT_POSTED", "anticipatedPostingDate": "2020-12"}),
    );
    check(
        "<limitations_and_caveats>Few.</limitations_and_caveats><certain_agreements>\
         <pi_employee>Principal Investigators are NOT employed by the organization.</pi_employee>\
         <restrictive_agreement>Ask first.</restrictive_agreement></certain_agreements>",
        "/moreInfoModule",
        json!({
            "limitationsAndCaveats": {"description": "Few."},
            "certainAgreement": {
                "piSponsorEmployee": false, "restrictionType": "OTHER", "restrictiveAgreement": true, "otherDetails": "Ask first.",
            },
        }),
    );
}

#[test]
fn results_of_adverse_events() {
    let category = |title: &str, term: &str| {
        format!(
            "<category><title>{title}</title><event_list><event><sub_title>{term}</sub_title>\
             <counts group_id=\"E1\" events=\"4\" subjects_affected=\"3\" subjects_at_risk=\"7\"/></event></event_list></category>"
        )
    };
    let content = format!(
        "<clinical_results><reported_events><group_list><group group_id=\"E1\"/></group_list><serious_events>\
         <default_vocab>Terms 1</default_vocab><default_assessment>Non-systematic Assessment</default_assessment>\
         <category_list>{}{}</category_list></serious_events></reported_events></clinical_results>",
        category("Total", "Total, serious adverse events"),
        category("Eye disorders", "Squint")
    );
    super::check(
        &content,
        "/resultsSection/adverseEventsModule",
        json!({
            "eventGroups": [{"id": "EG000", "seriousNumAffected": 3, "seriousNumAtRisk": 7}],
            "seriousEvents": [{
                "term": "Squint", "organSystem": "Eye disorders", "sourceVocabulary": "Terms 1",
                "assessmentType": "NON_SYSTEMATIC_ASSESSMENT",
                "stats": [{"groupId": "EG000", "numEvents": 4, "numAffected": 3, "numAtRisk": 7}],
            }],
        }),
    );
}
