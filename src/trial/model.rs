//! The shape of a study in the ClinicalTrials.gov API v2, module by module.
//!
//! Names are those of the API's own data elements (OpenAPI 2.0.5, `Study`), in snake case; the published data
//! structure describes each of them. Values of enumerated elements are kept as text: the canonical value
//! (`PHASE2`) where [`crate::trial::vocabulary`] knows the spelling, else the spelling as it came.
//! Values of other types than the API's are read as [`crate::trial::lenient`] says. This file must not guess or clean anything.

use serde::de::MapAccess;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::trial::Note;
use crate::trial::lenient::{self, Lenient};

/// Whether an element says nothing, so that it is left out when a study is written as JSON.
fn is_absent<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

macro_rules! elements {
    ($($(#[$meta:meta])* $name:ident { $($(#[$attr:meta])* $field:ident: $ty:ty,)* })*) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
            #[serde(rename_all = "camelCase", default)]
            #[expect(missing_docs, reason = "fields are named as the data elements that the API documents")]
            pub struct $name {
                $(
                    $(#[$attr])*
                    #[serde(skip_serializing_if = "is_absent", deserialize_with = "lenient::read")]
                    pub $field: $ty,
                )*
            }

            impl Lenient for $name {
                const WANTED: &'static str = "object";

                fn of_object<'de, A: MapAccess<'de>>(object: A) -> Result<Option<$name>, A::Error> {
                    lenient::object(object)
                }
            }
        )*
    };
}

/// An optional text element.
pub type Text = Option<String>;

elements! {
    /// All that a sponsor registered about a study.
    ProtocolSection {
        identification_module: IdentificationModule,
        status_module: StatusModule,
        sponsor_collaborators_module: SponsorCollaboratorsModule,
        oversight_module: OversightModule,
        description_module: DescriptionModule,
        conditions_module: ConditionsModule,
        design_module: DesignModule,
        arms_interventions_module: ArmsInterventionsModule,
        outcomes_module: OutcomesModule,
        eligibility_module: EligibilityModule,
        contacts_locations_module: ContactsLocationsModule,
        references_module: ReferencesModule,
        ipd_sharing_statement_module: IpdSharingStatementModule,
    }
    /// Registry ids and titles.
    IdentificationModule {
        nct_id: Text,
        nct_id_aliases: Vec<String>,
        org_study_id_info: OrgStudyIdInfo,
        secondary_id_infos: Vec<SecondaryIdInfo>,
        brief_title: Text,
        official_title: Text,
        acronym: Text,
        organization: Organization,
    }
    /// The sponsor's own id of the study.
    OrgStudyIdInfo {
        id: Text,
        #[serde(rename = "type")] kind: Text,
        link: Text,
    }
    /// Another registry's or funder's id of the study.
    SecondaryIdInfo {
        id: Text,
        #[serde(rename = "type")] kind: Text,
        domain: Text,
        link: Text,
    }
    /// The organisation that registered the study.
    Organization {
        full_name: Text,
        class: Text,
    }
    /// Recruitment status and the study's dates.
    StatusModule {
        status_verified_date: Text,
        overall_status: Text,
        last_known_status: Text,
        delayed_posting: Option<bool>,
        why_stopped: Text,
        expanded_access_info: ExpandedAccessInfo,
        start_date_struct: DateStruct,
        primary_completion_date_struct: DateStruct,
        completion_date_struct: DateStruct,
        study_first_submit_date: Text,
        study_first_submit_qc_date: Text,
        study_first_post_date_struct: DateStruct,
        results_waived: Option<bool>,
        results_first_submit_date: Text,
        results_first_submit_qc_date: Text,
        results_first_post_date_struct: DateStruct,
        disp_first_submit_date: Text,
        disp_first_submit_qc_date: Text,
        disp_first_post_date_struct: DateStruct,
        last_update_submit_date: Text,
        last_update_post_date_struct: DateStruct,
    }
    /// Whether the intervention is to be had outside the study.
    ExpandedAccessInfo {
        has_expanded_access: Option<bool>,
        nct_id: Text,
        status_for_nct_id: Text,
    }
    /// A date as `YYYY-MM-DD`, `YYYY-MM` or `YYYY`, and whether it is `ACTUAL` or `ESTIMATED`.
    DateStruct {
        date: Text,
        #[serde(rename = "type")] kind: Text,
    }
    /// Who pays for and answers for the study.
    SponsorCollaboratorsModule {
        responsible_party: ResponsibleParty,
        lead_sponsor: Sponsor,
        collaborators: Vec<Sponsor>,
    }
    /// The party that answers for the record.
    ResponsibleParty {
        #[serde(rename = "type")] kind: Text,
        investigator_full_name: Text,
        investigator_title: Text,
        investigator_affiliation: Text,
        old_name_title: Text,
        old_organization: Text,
    }
    /// A sponsor or collaborator.
    Sponsor {
        name: Text,
        class: Text,
    }
    /// Regulatory oversight.
    OversightModule {
        oversight_has_dmc: Option<bool>,
        is_fda_regulated_drug: Option<bool>,
        is_fda_regulated_device: Option<bool>,
        is_unapproved_device: Option<bool>,
        is_ppsd: Option<bool>,
        is_us_export: Option<bool>,
        #[serde(rename = "fdaaa801Violation")] fdaaa801_violation: Option<bool>,
    }
    /// Summary and description (Markdown).
    DescriptionModule {
        brief_summary: Text,
        detailed_description: Text,
    }
    /// Conditions and keywords.
    ConditionsModule {
        conditions: Vec<String>,
        keywords: Vec<String>,
    }
    /// Study type, phase, design and size.
    DesignModule {
        study_type: Text,
        #[serde(rename = "nPtrsToThisExpAccNctId")] n_ptrs_to_this_exp_acc_nct_id: Option<i64>,
        expanded_access_types: ExpandedAccessTypes,
        patient_registry: Option<bool>,
        target_duration: Text,
        phases: Vec<String>,
        design_info: DesignInfo,
        bio_spec: BioSpec,
        enrollment_info: EnrollmentInfo,
    }
    /// Kinds of expanded access.
    ExpandedAccessTypes {
        individual: Option<bool>,
        intermediate: Option<bool>,
        treatment: Option<bool>,
    }
    /// Allocation, model, purpose and masking.
    DesignInfo {
        allocation: Text,
        intervention_model: Text,
        intervention_model_description: Text,
        primary_purpose: Text,
        observational_model: Text,
        time_perspective: Text,
        masking_info: MaskingInfo,
    }
    /// Masking and who is masked.
    MaskingInfo {
        masking: Text,
        masking_description: Text,
        who_masked: Vec<String>,
    }
    /// Retention of biological samples.
    BioSpec {
        retention: Text,
        description: Text,
    }
    /// Number of participants, `ACTUAL` or `ESTIMATED`.
    EnrollmentInfo {
        count: Option<i64>,
        #[serde(rename = "type")] kind: Text,
    }
    /// Arms and interventions.
    ArmsInterventionsModule {
        arm_groups: Vec<ArmGroup>,
        interventions: Vec<Intervention>,
    }
    /// One arm; `intervention_names` are written `Drug: NAME` as in the API.
    ArmGroup {
        label: Text,
        #[serde(rename = "type")] kind: Text,
        description: Text,
        intervention_names: Vec<String>,
    }
    /// One intervention.
    Intervention {
        #[serde(rename = "type")] kind: Text,
        name: Text,
        description: Text,
        arm_group_labels: Vec<String>,
        other_names: Vec<String>,
    }
    /// Outcome measures by level. `outcomes_of_unknown_level` is no element of the API: a saved page lists
    /// measures whose level (primary, secondary) is lost on it, and they must not be filed under one.
    OutcomesModule {
        primary_outcomes: Vec<Outcome>,
        secondary_outcomes: Vec<Outcome>,
        other_outcomes: Vec<Outcome>,
        outcomes_of_unknown_level: Vec<Outcome>,
    }
    /// One outcome measure.
    Outcome {
        measure: Text,
        description: Text,
        time_frame: Text,
    }
    /// Who may take part. Ages are texts with a unit (`18 Years`); an absent bound is open.
    EligibilityModule {
        eligibility_criteria: Text,
        healthy_volunteers: Option<bool>,
        sex: Text,
        gender_based: Option<bool>,
        gender_description: Text,
        minimum_age: Text,
        maximum_age: Text,
        std_ages: Vec<String>,
        study_population: Text,
        sampling_method: Text,
    }
    /// Contacts, officials and sites. `number_of_locations` is no element of the API: some pages
    /// state how many sites there are without naming them.
    ContactsLocationsModule {
        central_contacts: Vec<Contact>,
        overall_officials: Vec<Official>,
        locations: Vec<Location>,
        number_of_locations: Option<u32>,
    }
    /// A contact person or office.
    Contact {
        name: Text,
        role: Text,
        phone: Text,
        phone_ext: Text,
        email: Text,
    }
    /// A person who answers for the study's conduct.
    Official {
        name: Text,
        affiliation: Text,
        role: Text,
    }
    /// One site.
    Location {
        facility: Text,
        status: Text,
        city: Text,
        state: Text,
        zip: Text,
        country: Text,
        contacts: Vec<Contact>,
        geo_point: Option<GeoPoint>,
    }
    /// Publications and links. `related_trials` is no element of the API: a saved digest page lists trials that
    /// its maker found similar.
    ReferencesModule {
        references: Vec<Reference>,
        see_also_links: Vec<SeeAlsoLink>,
        avail_ipds: Vec<AvailIpd>,
        related_trials: Vec<RelatedTrial>,
    }
    /// A trial that a page names as similar to its own.
    RelatedTrial {
        nct_id: Text,
        title: Text,
    }
    /// A publication; the type is `BACKGROUND`, `RESULT` or `DERIVED`.
    Reference {
        pmid: Text,
        #[serde(rename = "type")] kind: Text,
        citation: Text,
        retractions: Vec<Retraction>,
    }
    /// The notice that a publication was retracted.
    Retraction {
        pmid: Text,
        source: Text,
    }
    /// A link that the record names.
    SeeAlsoLink {
        label: Text,
        url: Text,
    }
    /// Data of individual participants that can be had.
    AvailIpd {
        id: Text,
        #[serde(rename = "type")] kind: Text,
        url: Text,
        comment: Text,
    }
    /// The plan to share data of individual participants.
    IpdSharingStatementModule {
        ipd_sharing: Text,
        description: Text,
        info_types: Vec<String>,
        time_frame: Text,
        access_criteria: Text,
        url: Text,
    }
    /// What the registry derived.
    DerivedSection {
        misc_info_module: MiscInfoModule,
        condition_browse_module: BrowseModule,
        intervention_browse_module: BrowseModule,
    }
    /// The day of the data release and other notes of the registry.
    MiscInfoModule {
        version_holder: Text,
        removed_countries: Vec<String>,
    }
    /// MeSH terms and their ancestors.
    BrowseModule {
        meshes: Vec<Mesh>,
        ancestors: Vec<Mesh>,
    }
    /// A MeSH descriptor.
    Mesh {
        id: Text,
        term: Text,
    }
    /// Documents that came with the record.
    DocumentSection {
        large_document_module: LargeDocumentModule,
    }
    /// Protocols, analysis plans and consent forms.
    LargeDocumentModule {
        no_sap: Option<bool>,
        large_docs: Vec<LargeDoc>,
    }
    /// One document.
    LargeDoc {
        type_abbrev: Text,
        has_protocol: Option<bool>,
        has_sap: Option<bool>,
        has_icf: Option<bool>,
        label: Text,
        date: Text,
        upload_date: Text,
        filename: Text,
        size: Option<i64>,
    }
}

/// Degrees north and east.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[expect(
    missing_docs,
    reason = "fields are named as the data elements that the API documents"
)]
pub struct GeoPoint {
    pub lat: f64,
    pub lon: f64,
}

/// A point with one coordinate is none: the other would be made up.
impl Lenient for GeoPoint {
    const WANTED: &'static str = "object";

    fn of_object<'de, A: MapAccess<'de>>(object: A) -> Result<Option<GeoPoint>, A::Error> {
        let coordinates: Option<Coordinates> = lenient::object(object)?;
        Ok(coordinates.and_then(|at| {
            Some(GeoPoint {
                lat: at.lat?,
                lon: at.lon?,
            })
        }))
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Coordinates {
    #[serde(deserialize_with = "lenient::read")]
    lat: Option<f64>,
    #[serde(deserialize_with = "lenient::read")]
    lon: Option<f64>,
}

/// One study as the API gives it. Results and annotations are kept as the JSON text they came in.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(
    missing_docs,
    reason = "fields are named as the data elements that the API documents"
)]
pub struct Study {
    pub protocol_section: ProtocolSection,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub results_section: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotation_section: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "is_absent", deserialize_with = "lenient::read")]
    pub document_section: DocumentSection,
    #[serde(skip_serializing_if = "is_absent", deserialize_with = "lenient::read")]
    pub derived_section: DerivedSection,
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::read"
    )]
    pub has_results: Option<bool>,
}

impl Study {
    /// Reads a study; with it the values that are not of their element's type and do not say the same in another.
    ///
    /// # Errors
    /// If it is not JSON, or no object.
    pub fn from_json(bytes: &[u8]) -> Result<(Study, Vec<Note>), serde_json::Error> {
        let (study, notes) = lenient::noting(|| serde_json::from_slice(bytes));
        Ok((study?, notes))
    }
}
