//! Checks of the protocol section, and of what stands beside it (documents, terms, annotations).

use serde_json::{Value, json};

use super::{check, check_notes, parsed, protocol};
use crate::source::ctgov_xml::read;
use crate::trial::vocabulary::Vocabulary;

#[test]
fn ids_titles_and_sponsors() {
    let record = "<clinical_study><id_info><org_study_id> AB-1\n </org_study_id>\
        <secondary_id>X2</secondary_id><secondary_id type='EudraCT Number' domain=\"EU &amp; co\">2020-000001-11</secondary_id>\
        <nct_id>NCT90000002</nct_id><nct_alias>NCT90000003</nct_alias></id_info></clinical_study>";
    let parsed = read(record.as_bytes(), Vocabulary::bundled()).unwrap();
    let study = serde_json::to_value(&parsed.study).unwrap();
    assert_eq!(
        study["protocolSection"]["identificationModule"],
        json!({
            "nctId": "NCT90000002", "nctIdAliases": ["NCT90000003"], "orgStudyIdInfo": {"id": "AB-1"},
            "secondaryIdInfos": [{"id": "X2"}, {"id": "2020-000001-11", "type": "EUDRACT_NUMBER", "domain": "EU & co"}],
        })
    );
    let title = "<brief_title>Ankle &amp; knee &amp;lt; hip,\n   &#945;-blocker A&B</brief_title>";
    let sponsors = "<sponsors><lead_sponsor><agency>Acme</agency><agency_class>U.S. Fed</agency_class></lead_sponsor>\
        <collaborator><agency>Beta</agency><agency_class>Industry</agency_class></collaborator></sponsors>";
    let identification = "/identificationModule";
    let module = "/sponsorCollaboratorsModule";
    protocol(
        title,
        &format!("{identification}/briefTitle"),
        json!("Ankle & knee < hip, α-blocker A&B"),
    );
    protocol(
        sponsors,
        &format!("{module}/leadSponsor"),
        json!({"name": "Acme", "class": "FED"}),
    );
    protocol(
        sponsors,
        &format!("{module}/collaborators"),
        json!([{"name": "Beta", "class": "INDUSTRY"}]),
    );
    let beta = format!("{sponsors}<source>Beta</source>");
    protocol(
        &beta,
        &format!("{identification}/organization"),
        json!({"fullName": "Beta", "class": "INDUSTRY"}),
    );
    let gamma = format!("{sponsors}<source>Gamma</source>");
    protocol(
        &gamma,
        &format!("{identification}/organization"),
        json!({"fullName": "Gamma"}),
    );
    let old = "<responsible_party><name_title>Dr. No</name_title><organization>Isle</organization></responsible_party>";
    protocol(
        old,
        &format!("{module}/responsibleParty"),
        json!({"oldNameTitle": "Dr. No", "oldOrganization": "Isle"}),
    );
}

#[test]
fn status_and_dates() {
    let check = |content: &str, pointer: &str, expect: Value| {
        protocol(content, &format!("/statusModule{pointer}"), expect);
    };
    check(
        "<overall_status>Unknown status</overall_status>",
        "/overallStatus",
        json!("UNKNOWN"),
    );
    check(
        "<last_known_status>Active, not recruiting</last_known_status>",
        "/lastKnownStatus",
        json!("ACTIVE_NOT_RECRUITING"),
    );
    check(
        "<start_date type=\"Anticipated\">March 5, 2019</start_date>",
        "/startDateStruct",
        json!({"date": "2019-03-05", "type": "ESTIMATED"}),
    );
    check(
        "<completion_date>March 2019</completion_date>",
        "/completionDateStruct",
        json!({"date": "2019-03"}),
    );
    check(
        "<firstreceived_date>July 8, 2011</firstreceived_date>",
        "/studyFirstSubmitDate",
        json!("2011-07-08"),
    );
    check(
        "<lastchanged_date>July 9, 2011</lastchanged_date>",
        "/lastUpdateSubmitDate",
        json!("2011-07-09"),
    );
    check(
        "<firstreceived_results_disposition_date>July 22, 2009</firstreceived_results_disposition_date>",
        "/dispFirstSubmitDate",
        json!("2009-07-22"),
    );
    check(
        "<last_update_posted type=\"Estimate\">July 9, 2011</last_update_posted>",
        "/lastUpdatePostDateStruct",
        json!({"date": "2011-07-09", "type": "ESTIMATED"}),
    );
    check(
        "<has_expanded_access>No</has_expanded_access>",
        "/expandedAccessInfo",
        json!({"hasExpandedAccess": false}),
    );
    check_notes("<start_date>soon</start_date>", &[("start_date", "soon")]);
}

#[test]
fn study_type_and_phase() {
    let check = |content: &str, pointer: &str, expect: Value| {
        protocol(content, &format!("/designModule{pointer}"), expect);
    };
    let interventional = "<study_type>Interventional</study_type>";
    check(
        &format!("<phase>N/A</phase>{interventional}"),
        "/phases",
        json!(["NA"]),
    );
    check(
        &format!("<phase>Phase 1/Phase 2</phase>{interventional}"),
        "/phases",
        json!(["PHASE1", "PHASE2"]),
    );
    check(
        "<phase>N/A</phase><study_type>Observational</study_type>",
        "/phases",
        json!(null),
    );
    let registry = "<study_type>Observational [Patient Registry]</study_type>";
    check(registry, "/studyType", json!("OBSERVATIONAL"));
    check(registry, "/patientRegistry", json!(true));
    check("<study_type>N/A</study_type>", "/studyType", json!(null));
    check(
        "<enrollment type=\"Actual\">12</enrollment>",
        "/enrollmentInfo",
        json!({"count": 12, "type": "ACTUAL"}),
    );
    check_notes(
        "<enrollment>a dozen</enrollment>",
        &[("enrollment", "a dozen")],
    );
    check_notes("<phase>Phase 5</phase>", &[("phase", "Phase 5")]);
}

#[test]
fn designs_of_all_years_meet() {
    let check =
        |content: &str, expect: Value| protocol(content, "/designModule/designInfo", expect);
    check(
        "<study_design_info><allocation>N/A</allocation><intervention_model>Single Group Assignment</intervention_model>\
         <primary_purpose>Basic Science</primary_purpose>\
         <masking>Double (Participant, Outcomes Assessor)</masking></study_design_info>",
        json!({
            "allocation": "NA", "interventionModel": "SINGLE_GROUP", "primaryPurpose": "BASIC_SCIENCE",
            "maskingInfo": {"masking": "DOUBLE", "whoMasked": ["PARTICIPANT", "OUTCOMES_ASSESSOR"]},
        }),
    );
    check(
        "<study_design>Allocation:  Randomized, Endpoint Classification: Safety/Efficacy Study, \
         Intervention Model: Crossover Assignment, Masking: Double Blind (Subject, Caregiver), Primary Purpose: Treatment</study_design>",
        json!({
            "allocation": "RANDOMIZED", "interventionModel": "CROSSOVER", "primaryPurpose": "TREATMENT",
            "maskingInfo": {"masking": "DOUBLE", "whoMasked": ["PARTICIPANT", "CARE_PROVIDER"]},
        }),
    );
    let masking = |text: &str, expect: Value| {
        check(
            &format!("<study_design_info><masking>{text}</masking></study_design_info>"),
            json!({"maskingInfo": expect}),
        );
    };
    masking("None (Open Label)", json!({"masking": "NONE"}));
    masking("Open Label", json!({"masking": "NONE"}));
    masking("Double-Blind", json!({"masking": "DOUBLE"}));
    masking(
        "Participant, Investigator",
        json!({"whoMasked": ["PARTICIPANT", "INVESTIGATOR"]}),
    );
    check("<study_design>N/A</study_design>", json!(null));
    check_notes(
        "<study_design>Observational Model: Case Control, Natural History, Time Perspective: Prospective, Colour: Blue</study_design>",
        &[
            ("observational_model", "Case Control, Natural History"),
            ("study_design", "Colour: Blue"),
        ],
    );
}

#[test]
fn arms_name_their_interventions() {
    let content = "<arm_group><arm_group_label>A</arm_group_label><arm_group_type>Sham Comparator</arm_group_type></arm_group>\
        <intervention><intervention_type>Dietary Supplement</intervention_type><intervention_name>Oats</intervention_name>\
        <arm_group_label>A</arm_group_label><other_name>Porridge</other_name></intervention>";
    protocol(
        content,
        "/armsInterventionsModule",
        json!({
            "armGroups": [{"label": "A", "type": "SHAM_COMPARATOR", "interventionNames": ["Dietary Supplement: Oats"]}],
            "interventions": [{"type": "DIETARY_SUPPLEMENT", "name": "Oats", "armGroupLabels": ["A"], "otherNames": ["Porridge"]}],
        }),
    );
}

#[test]
fn eligibility() {
    let check = |content: &str, expect: Value| {
        protocol(
            &format!("<eligibility>{content}</eligibility>"),
            "/eligibilityModule",
            expect,
        );
    };
    check(
        "<criteria><textblock>\n        Inclusion:\n\n          -  A\n</textblock></criteria><gender>Both</gender>\
         <minimum_age>18 Years</minimum_age><maximum_age>N/A</maximum_age>\
         <healthy_volunteers>Accepts Healthy Volunteers</healthy_volunteers>",
        json!({
            "eligibilityCriteria": "Inclusion:\n\n* A", "sex": "ALL", "minimumAge": "18 Years", "healthyVolunteers": true,
            "stdAges": ["ADULT", "OLDER_ADULT"],
        }),
    );
    check("", json!(null));
    let parsed = parsed("<eligibility><minimum_age>school age</minimum_age></eligibility>");
    let module = &parsed.study.protocol_section.eligibility_module;
    assert_eq!(
        module.std_ages, [""; 0],
        "a bound that is not understood is no open bound"
    );
}

#[test]
fn sites_and_contacts() {
    let content = "<location><facility><name>Ward 9</name><address><city>Lund</city><zip>1</zip><country>Sweden</country>\
        </address></facility><status>Recruiting</status><contact><last_name>Desk</last_name><phone>1-2</phone></contact>\
        <investigator><first_name>Ann</first_name><last_name>Lee</last_name><degrees>MD</degrees>\
        <role>Principal Investigator</role></investigator><contact_backup/></location>\
        <location_countries><country>Sweden</country></location_countries>";
    protocol(
        content,
        "/contactsLocationsModule/locations",
        json!([{
            "facility": "Ward 9", "status": "RECRUITING", "city": "Lund", "zip": "1", "country": "Sweden",
            "contacts": [
                {"name": "Desk", "role": "CONTACT", "phone": "1-2"},
                {"name": "Ann Lee, MD", "role": "PRINCIPAL_INVESTIGATOR"},
            ],
        }]),
    );
    check(
        "<removed_countries><country>Chad</country></removed_countries>",
        "/derivedSection/miscInfoModule/removedCountries",
        json!(["Chad"]),
    );
}

#[test]
fn references_and_documents() {
    protocol(
        "<results_reference><citation>B. 2</citation><PMID>22</PMID></results_reference><reference><citation>A. 1</citation></reference>",
        "/referencesModule/references",
        json!([{"type": "RESULT", "citation": "B. 2", "pmid": "22"}, {"type": "BACKGROUND", "citation": "A. 1"}]),
    );
    check(
        "<provided_document_section><provided_document><document_type>Study Protocol: v2</document_type>\
         <document_has_protocol>Yes</document_has_protocol><document_has_icf>Yes</document_has_icf>\
         <document_has_sap>No</document_has_sap><document_date>May 20, 2019</document_date>\
         <document_url>https://example.org/22/Prot_000.pdf</document_url></provided_document></provided_document_section>",
        "/documentSection/largeDocumentModule/largeDocs",
        json!([{
            "typeAbbrev": "Prot_ICF", "hasProtocol": true, "hasSap": false, "hasIcf": true, "label": "Study Protocol: v2",
            "date": "2019-05-20", "filename": "Prot_000.pdf",
        }]),
    );
    check(
        "<condition_browse><!-- a warning --><mesh_term>Asthma</mesh_term></condition_browse>",
        "/derivedSection/conditionBrowseModule",
        json!({"meshes": [{"term": "Asthma"}]}),
    );
    check(
        "<pending_results><submitted>May 2, 2014</submitted><submission_canceled>Unknown</submission_canceled></pending_results>",
        "/annotationSection/annotationModule/unpostedAnnotation/unpostedEvents",
        json!([{"type": "RELEASE", "date": "2014-05-02"}, {"type": "UNRELEASE", "dateUnknown": true}]),
    );
    check("", "/hasResults", json!(false));
}
