//! What the values of enumerations were called in the API before this one and in the registry's XML: `PHASE1` was "Phase 1".

/// Values whose former name is not made of their own words; of an enumeration, or of all that have the value.
const NAMES: [(&str, &str, &str); 61] = [
    ("", "ACTIVE_NOT_RECRUITING", "Active, not recruiting"),
    ("Status", "UNKNOWN", "Unknown status"),
    ("Phase", "NA", "Not Applicable"),
    ("Phase", "EARLY_PHASE1", "Early Phase 1"),
    ("Phase", "PHASE1", "Phase 1"),
    ("Phase", "PHASE2", "Phase 2"),
    ("Phase", "PHASE3", "Phase 3"),
    ("Phase", "PHASE4", "Phase 4"),
    ("", "NON_PROBABILITY_SAMPLE", "Non-Probability Sample"),
    (
        "IpdSharingInfoType",
        "SAP",
        "Statistical Analysis Plan (SAP)",
    ),
    ("IpdSharingInfoType", "ICF", "Informed Consent Form (ICF)"),
    ("IpdSharingInfoType", "CSR", "Clinical Study Report (CSR)"),
    ("", "NIH", "NIH"),
    ("", "FDA", "FDA"),
    ("", "VA", "VA"),
    ("", "CDC", "CDC"),
    ("", "AHRQ", "AHRQ"),
    ("", "SAMHSA", "SAMHSA"),
    (
        "SecondaryIdType",
        "OTHER_GRANT",
        "Other Grant/Funding Number",
    ),
    ("SecondaryIdType", "EUDRACT_NUMBER", "EudraCT Number"),
    ("SecondaryIdType", "CTIS", "CTIS"),
    ("SecondaryIdType", "REGISTRY", "Registry Identifier"),
    ("SecondaryIdType", "OTHER", "Other Identifier"),
    (
        "ResponsiblePartyType",
        "SPONSOR_INVESTIGATOR",
        "Sponsor-Investigator",
    ),
    ("", "NON_RANDOMIZED", "Non-Randomized"),
    ("DesignAllocation", "NA", "N/A"),
    (
        "InterventionalAssignment",
        "SINGLE_GROUP",
        "Single Group Assignment",
    ),
    (
        "InterventionalAssignment",
        "PARALLEL",
        "Parallel Assignment",
    ),
    (
        "InterventionalAssignment",
        "CROSSOVER",
        "Crossover Assignment",
    ),
    (
        "InterventionalAssignment",
        "FACTORIAL",
        "Factorial Assignment",
    ),
    (
        "InterventionalAssignment",
        "SEQUENTIAL",
        "Sequential Assignment",
    ),
    ("PrimaryPurpose", "ECT", "Educational/Counseling/Training"),
    ("", "CASE_CONTROL", "Case-Control"),
    ("", "CASE_ONLY", "Case-Only"),
    ("", "CASE_CROSSOVER", "Case-Crossover"),
    ("", "ECOLOGIC_OR_COMMUNITY", "Ecologic or Community"),
    ("", "FAMILY_BASED", "Family-Based"),
    ("", "CROSS_SECTIONAL", "Cross-Sectional"),
    ("", "SAMPLES_WITH_DNA", "Samples With DNA"),
    ("", "SAMPLES_WITHOUT_DNA", "Samples Without DNA"),
    ("", "SUB_INVESTIGATOR", "Sub-Investigator"),
    ("DesignMasking", "NONE", "None (Open Label)"),
    ("", "COUNT_OF_PARTICIPANTS", "Count of Participants"),
    ("", "COUNT_OF_UNITS", "Count of Units"),
    ("MeasureDispersionType", "NA", "Not Applicable"),
    ("", "INTER_QUARTILE_RANGE", "Inter-Quartile Range"),
    ("", "CONFIDENCE_80", "80% Confidence Interval"),
    ("", "CONFIDENCE_90", "90% Confidence Interval"),
    ("", "CONFIDENCE_95", "95% Confidence Interval"),
    ("", "CONFIDENCE_975", "97.5% Confidence Interval"),
    ("", "CONFIDENCE_99", "99% Confidence Interval"),
    ("", "CONFIDENCE_OTHER", "Other Confidence Interval Level"),
    (
        "",
        "GEOMETRIC_COEFFICIENT",
        "Geometric Coefficient of Variation",
    ),
    ("", "OTHER_PRE_SPECIFIED", "Other Pre-specified"),
    ("", "POST_HOC", "Post-Hoc"),
    ("", "NON_SYSTEMATIC_ASSESSMENT", "Non-systematic Assessment"),
    ("", "STANDARD_ERROR_OF_MEAN", "Standard Error of the Mean"),
    ("", "ONE_SIDED", "1-Sided"),
    ("", "TWO_SIDED", "2-Sided"),
    ("NonInferiorityType", "NON_INFERIORITY", "Non-Inferiority"),
    (
        "",
        "NON_INFERIORITY_OR_EQUIVALENCE",
        "Non-Inferiority or Equivalence",
    ),
];

/// Enumerations whose values were written in capitals then as now.
const CAPITALS: [&str; 2] = ["AgencyClass", "AgreementRestrictionType"];

/// Enumerations whose values were written as a sentence begins, and not each word with a capital.
const SENTENCES: [&str; 3] = ["Status", "RecruitmentStatus", "ExpandedAccessStatus"];

/// The former name of a value of an enumeration.
pub(super) fn legacy_value(enumeration: &str, value: &str) -> String {
    if CAPITALS.contains(&enumeration) {
        return value.to_owned();
    }
    let known = NAMES
        .iter()
        .find(|(of, known, _)| *known == value && (of.is_empty() || *of == enumeration));
    if let Some((_, _, name)) = known {
        return (*name).to_owned();
    }
    let lower = value.to_lowercase();
    let words = lower.split('_').enumerate().map(|(place, word)| {
        let mut word = word.to_owned();
        if (place == 0 || !SENTENCES.contains(&enumeration))
            && let Some(first) = word.get_mut(..1)
        {
            first.make_ascii_uppercase();
        }
        word
    });
    words.collect::<Vec<String>>().join(" ")
}
