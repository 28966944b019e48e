//! Pages saved as HTML give what they give as text.

use super::*;

/// The same page as HTML: what a browser shows of it, in the elements that such sites use.
pub(super) fn as_html(text: &str) -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let title = lines.next().unwrap_or_default();
    let body: String = lines
        .map(|line| format!("<div><span>{}</span></div>\n", escape(line)))
        .collect();
    format!(
        "<html><head><title>x</title><script>NCT ID</script></head><body><nav>Menu</nav><h1>{title}</h1>{body}</body></html>"
    )
}

#[test]
fn layouts_as_html() {
    let check = |text: &str| {
        let text = text
            .trim_start_matches("# ")
            .trim_start_matches("ClinicalTrials.Veeva\n\nMenu\n\n");
        let from_text = parsed(text);
        let from_html = read_html(&as_html(text), Vocabulary::bundled()).unwrap();
        let json = |parsed: &Parsed| {
            // a browser shows no indentation: nested lists are told by elements, below
            let mut study = serde_json::to_value(&parsed.study).unwrap();
            study["protocolSection"]["eligibilityModule"]["eligibilityCriteria"] = Value::Null;
            study
        };
        assert_eq!(json(&from_html), json(&from_text));
        assert_eq!(from_html.format, from_text.format);
    };
    check(DIGEST);
    check(UNLABELLED);
    check(VEEVA);
}

#[test]
fn classic_tables_as_html() {
    let html = "<body><ul><li>Menu</li></ul><h1>Snow &amp; Ice</h1>\
        <table><tr><td>ClinicalTrials.gov Identifier: NCT99000007</td></tr><tr><td><div>\
        <span>Recruitment Status <i class='fa'></i></span> : Recruiting<div>First Posted : May 3, 2019</div></div></td></tr></table>\
        <table><tr><th>Condition or disease <i></i></th><th>Intervention/treatment</th><th>Phase</th></tr>\
        <tr><td><span style='display: block;'>Cold</span><span style='display: block;'>Frost</span></td>\
        <td>Drug: A|B</td><td>Phase 1<br/>Phase 2</td></tr></table>\
        <table><tr><th>Group/Cohort</th><th>Intervention/treatment</th></tr>\
        <tr><td>All<div>Everybody.</div></td><td></td></tr><tr><td>Experimental: Some</td><td>Drug: A|B<div>Twice.</div></td></tr></table>\
        <div>Primary Outcome Measures <i></i>:</div><ol><li>Warmth [ Time Frame: 1 day ]<div>Felt.<ul><li>hands</li></ul></div></li><li>Later</li></ol>\
        <div>Criteria</div><div><p>Inclusion Criteria:</p><ul><li><p>one</p><ol><li>two</li></ol></li><li>three</li></ul></div>\
        <p hidden>Exclusion</p><div>Contacts and Locations</div></body>";
    let page = read_html(html, Vocabulary::bundled()).unwrap();
    assert_eq!(noted(&page), []);
    check(
        &page,
        &[
            ("identificationModule/briefTitle", json!("Snow & Ice")),
            ("statusModule/overallStatus", json!("RECRUITING")),
            ("conditionsModule/conditions", json!(["Cold", "Frost"])),
            ("designModule/phases", json!(["PHASE1", "PHASE2"])),
            (
                "armsInterventionsModule/armGroups",
                json!([
                    {"label": "All", "description": "Everybody."},
                    {"label": "Some", "type": "EXPERIMENTAL", "interventionNames": ["Drug: A|B"]},
                ]),
            ),
            (
                "outcomesModule",
                json!({"primaryOutcomes": [
                    {"measure": "Warmth", "description": "Felt.\n\n* hands", "timeFrame": "1 day"},
                    {"measure": "Later"},
                ]}),
            ),
            (
                "eligibilityModule/eligibilityCriteria",
                json!("Inclusion Criteria:\n\n* one\n  1. two\n* three"),
            ),
        ],
    );
}
