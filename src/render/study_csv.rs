//! Studies as the table that the public API gives for `format=csv`: its column titles, one row a study.
//!
//! Several values in a cell are apart by `|`. A text that a spreadsheet would run as a formula gets an apostrophe before it.

use serde_json::Value;

use crate::render::csv::guarded_cell;

/// The columns in their order.
pub const STUDY_COLUMNS: [&str; 30] = [
    "NCT Number",
    "Study Title",
    "Study URL",
    "Acronym",
    "Study Status",
    "Brief Summary",
    "Study Results",
    "Conditions",
    "Interventions",
    "Primary Outcome Measures",
    "Secondary Outcome Measures",
    "Other Outcome Measures",
    "Sponsor",
    "Collaborators",
    "Sex",
    "Age",
    "Phases",
    "Enrollment",
    "Funder Type",
    "Study Type",
    "Study Design",
    "Other IDs",
    "Start Date",
    "Primary Completion Date",
    "Completion Date",
    "First Posted",
    "Results First Posted",
    "Last Update Posted",
    "Locations",
    "Study Documents",
];

/// The columns of some titles, in any case, in the order of the table; without titles all.
///
/// # Errors
/// The titles that there are not.
pub fn study_columns(titles: &[&str]) -> Result<Vec<&'static str>, Vec<String>> {
    let is_known = |title: &&&str| {
        STUDY_COLUMNS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(title))
    };
    let unknown: Vec<String> = titles
        .iter()
        .filter(|title| !is_known(title))
        .map(|title| (*title).to_owned())
        .collect();
    if !unknown.is_empty() {
        return Err(unknown);
    }
    let columns = STUDY_COLUMNS.iter().copied();
    Ok(columns
        .filter(|column| {
            titles.is_empty()
                || titles
                    .iter()
                    .any(|title| title.eq_ignore_ascii_case(column))
        })
        .collect())
}

/// The row of a study for some columns.
pub fn study_row(study: &Value, columns: &[&str]) -> Vec<String> {
    columns
        .iter()
        .map(|column| guarded_cell(&cell(study, column)))
        .collect()
}

fn cell(study: &Value, column: &str) -> String {
    let protocol = &study["protocolSection"];
    let identification = &protocol["identificationModule"];
    let status = &protocol["statusModule"];
    let design = &protocol["designModule"];
    let arms = &protocol["armsInterventionsModule"];
    let sponsors = &protocol["sponsorCollaboratorsModule"];
    let outcomes = |level: &str| {
        let measures = list(&protocol["outcomesModule"][level]).iter();
        joined(
            measures.map(|outcome| {
                some_of(&[
                    text(&outcome["measure"]),
                    text(&outcome["description"]),
                    text(&outcome["timeFrame"]),
                ])
            }),
            "|",
        )
    };
    let number = text(&identification["nctId"]);
    match column {
        "NCT Number" => number,
        "Study Title" => text(&identification["briefTitle"]),
        "Study URL" => crate::render::source::url(&number).unwrap_or_default(),
        "Acronym" => text(&identification["acronym"]),
        "Study Status" => text(&status["overallStatus"]),
        "Brief Summary" => text(&protocol["descriptionModule"]["briefSummary"]),
        "Study Results" => match study["hasResults"].as_bool() {
            Some(true) => "YES".to_owned(),
            _ => "NO".to_owned(),
        },
        "Conditions" => texts(&protocol["conditionsModule"]["conditions"], "|"),
        "Interventions" => joined(
            list(&arms["interventions"]).iter().map(|intervention| {
                format!(
                    "{}: {}",
                    text(&intervention["type"]),
                    text(&intervention["name"])
                )
            }),
            "|",
        ),
        "Primary Outcome Measures" => outcomes("primaryOutcomes"),
        "Secondary Outcome Measures" => outcomes("secondaryOutcomes"),
        "Other Outcome Measures" => outcomes("otherOutcomes"),
        "Sponsor" => text(&sponsors["leadSponsor"]["name"]),
        "Collaborators" => joined(
            list(&sponsors["collaborators"])
                .iter()
                .map(|collaborator| text(&collaborator["name"])),
            "|",
        ),
        "Sex" => text(&protocol["eligibilityModule"]["sex"]),
        "Age" => texts(&protocol["eligibilityModule"]["stdAges"], ", "),
        "Phases" => texts(&design["phases"], "|"),
        "Enrollment" => text(&design["enrollmentInfo"]["count"]),
        "Funder Type" => text(&sponsors["leadSponsor"]["class"]),
        "Study Type" => text(&design["studyType"]),
        "Study Design" => study_design(design),
        "Other IDs" => joined(
            std::iter::once(text(&identification["orgStudyIdInfo"]["id"])).chain(
                list(&identification["secondaryIdInfos"])
                    .iter()
                    .map(|info| text(&info["id"])),
            ),
            "|",
        ),
        "Start Date" => text(&status["startDateStruct"]["date"]),
        "Primary Completion Date" => text(&status["primaryCompletionDateStruct"]["date"]),
        "Completion Date" => text(&status["completionDateStruct"]["date"]),
        "First Posted" => text(&status["studyFirstPostDateStruct"]["date"]),
        "Results First Posted" => text(&status["resultsFirstPostDateStruct"]["date"]),
        "Last Update Posted" => text(&status["lastUpdatePostDateStruct"]["date"]),
        "Locations" => joined(
            list(&protocol["contactsLocationsModule"]["locations"])
                .iter()
                .map(|site| {
                    some_of(
                        &["facility", "city", "state", "zip", "country"]
                            .map(|part| text(&site[part])),
                    )
                }),
            "|",
        ),
        "Study Documents" => joined(
            list(&study["documentSection"]["largeDocumentModule"]["largeDocs"])
                .iter()
                .map(|document| some_of(&[text(&document["label"]), text(&document["filename"])])),
            "|",
        ),
        _ => String::new(),
    }
}

/// The design in words: an interventional study has a model, an observational one a perspective.
fn study_design(design: &Value) -> String {
    let info = &design["designInfo"];
    let said = |label: &str, value: &Value| format!("{label}: {}", text(value));
    let parts = match design["studyType"].as_str() {
        Some("OBSERVATIONAL") => vec![
            said("Observational Model", &info["observationalModel"]),
            said("Time Perspective", &info["timePerspective"]),
        ],
        Some("INTERVENTIONAL") => {
            let masking = &info["maskingInfo"];
            let who = texts(&masking["whoMasked"], ", ");
            let who = match who.is_empty() {
                true => who,
                false => format!(" ({who})"),
            };
            vec![
                said("Allocation", &info["allocation"]),
                said("Intervention Model", &info["interventionModel"]),
                format!("{}{who}", said("Masking", &masking["masking"])),
                said("Primary Purpose", &info["primaryPurpose"]),
            ]
        }
        _ => Vec::new(),
    };
    parts.join("|")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

fn texts(values: &Value, between: &str) -> String {
    joined(list(values).iter().map(text), between)
}

fn joined(values: impl Iterator<Item = String>, between: &str) -> String {
    let values: Vec<String> = values.filter(|value| !value.is_empty()).collect();
    values.join(between)
}

fn some_of(parts: &[String]) -> String {
    joined(parts.iter().cloned(), ", ")
}
