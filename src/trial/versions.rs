//! Several records of one trial become one: which of them wins, and what the others still add.
//!
//! The rule: a full record beats a stub, a dated one an undated, then the later update wins; at equal dates the later
//! snapshot, then the richer format. What the winner's format lacks is taken from the others and remembered as theirs.
//! Between records of the same format nothing is taken over: what a registry removed is gone, not missing.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::trial::{PartialDate, Provenance, SourceFormat, Study, Trial};

/// One record of a trial, ready to be compared with others.
#[derive(Clone, Debug)]
pub struct Version {
    /// What it says.
    pub study: Study,
    /// Its JSON text; empty if only an addition of it is left.
    pub json: Vec<u8>,
    /// Where it came from.
    pub provenance: Provenance,
    /// Tells its bytes from others'.
    pub hash: u64,
}

/// What a record that did not win adds to the one that did.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Addition {
    /// Where it came from.
    pub provenance: Provenance,
    /// Tells its bytes from others'.
    pub hash: u64,
    /// The date of its last update.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub updated: Option<String>,
    /// Its status is the later one although the rest of it is not: an open status lapses to `UNKNOWN` without an update.
    pub later_status: bool,
    /// The sections it adds, and its dates.
    pub study: Study,
}

/// All records of one trial as one.
#[derive(Clone, Debug)]
pub struct Merged {
    /// The record that won; what it says is in `study`.
    pub winner: Version,
    /// What is searched and shown: the winner, and what the others add.
    pub study: Study,
    /// What each of the others adds; records that add nothing and are of the winner's format are left out.
    pub additions: Vec<Addition>,
}

/// Compared from left to right; greater wins.
type Precedence = (bool, bool, Option<Date>, Option<Date>, SourceFormat);

impl Version {
    /// The record of a trial.
    pub fn new(trial: Trial, hash: u64) -> Version {
        Version {
            study: trial.study,
            json: trial.json,
            provenance: trial.provenance,
            hash,
        }
    }

    fn updated(&self) -> Option<PartialDate> {
        self.study.last_update()
    }

    fn precedence(&self) -> Precedence {
        let updated = self.updated().map(PartialDate::first_day);
        let format = self.provenance.format;
        let stub = match format {
            SourceFormat::SearchResult => true,
            SourceFormat::ApiJson => updated.is_none(),
            _ => false,
        };
        let snapshot = self
            .provenance
            .snapshot
            .as_deref()
            .and_then(PartialDate::parse);
        (
            !stub,
            updated.is_some(),
            updated,
            snapshot.map(PartialDate::first_day),
            format,
        )
    }
}

impl From<Addition> for Version {
    fn from(addition: Addition) -> Version {
        Version {
            study: addition.study,
            json: Vec::new(),
            provenance: addition.provenance,
            hash: addition.hash,
        }
    }
}

/// Merges the records of one trial; the outcome does not depend on their order. `None` if there are none.
pub fn merge(mut versions: Vec<Version>) -> Option<Merged> {
    versions.sort_by(|a, b| {
        let partial = |version: &Version| version.json.is_empty();
        (partial(a).cmp(&partial(b)))
            .then_with(|| b.precedence().cmp(&a.precedence()))
            .then_with(|| a.provenance.file.cmp(&b.provenance.file))
            .then_with(|| a.hash.cmp(&b.hash))
    });
    versions.dedup_by_key(|version| version.hash);
    let mut versions = versions.into_iter();
    let mut winner = versions.next()?;
    let mut others: Vec<Version> = versions.collect();
    others.sort_by(|a, b| {
        b.precedence()
            .cmp(&a.precedence())
            .then_with(|| a.hash.cmp(&b.hash))
    });
    let mut study = std::mem::take(&mut winner.study);
    let mut additions = Vec::new();
    for other in others {
        let mut added = Study::default();
        let later_status = lapsed_since(&study, &other.study);
        if later_status {
            overlay_status(&mut study, &other.study, &mut added);
        }
        let same_format = other.provenance.format == winner.provenance.format;
        if !same_format {
            fill(&mut study, &other.study, &mut added);
        }
        if later_status || !same_format {
            let status = &other.study.protocol_section.status_module;
            let kept = &mut added.protocol_section.status_module;
            kept.last_update_post_date_struct = status.last_update_post_date_struct.clone();
            kept.last_update_submit_date
                .clone_from(&status.last_update_submit_date);
            additions.push(Addition {
                provenance: other.provenance,
                hash: other.hash,
                updated: other.study.last_update().map(|date| date.to_string()),
                later_status,
                study: added,
            });
        }
    }
    Some(Merged {
        winner,
        study,
        additions,
    })
}

/// Adds to a study what [`merge`] once took from another record.
pub fn fill_from(study: &mut Study, addition: &Addition) {
    let mut unused = Study::default();
    if addition.later_status {
        overlay_status(study, &addition.study, &mut unused);
    }
    fill(study, &addition.study, &mut unused);
}

/// Whether another record of the same update shows that a study's status has lapsed since.
fn lapsed_since(study: &Study, other: &Study) -> bool {
    let status = |study: &Study| study.protocol_section.status_module.overall_status.clone();
    study.last_update().is_some()
        && study.last_update() == other.last_update()
        && status(other).as_deref() == Some("UNKNOWN")
        && matches!(
            status(study).as_deref(),
            Some(
                "RECRUITING"
                    | "NOT_YET_RECRUITING"
                    | "ACTIVE_NOT_RECRUITING"
                    | "ENROLLING_BY_INVITATION"
            )
        )
}

fn overlay_status(study: &mut Study, other: &Study, added: &mut Study) {
    let target = &mut study.protocol_section.status_module;
    let source = &other.protocol_section.status_module;
    let last_known = source
        .last_known_status
        .clone()
        .or_else(|| target.overall_status.clone());
    target.overall_status.clone_from(&source.overall_status);
    target.last_known_status = last_known;
    let kept = &mut added.protocol_section.status_module;
    kept.overall_status.clone_from(&target.overall_status);
    kept.last_known_status.clone_from(&target.last_known_status);
}

fn take_missing<T: Default + PartialEq + Clone>(target: &mut T, source: &T, added: &mut T) {
    if *target == T::default() && *source != T::default() {
        target.clone_from(source);
        added.clone_from(source);
    }
}

/// Takes the sections that a study lacks from another one, into the study and into the record of what was added.
fn fill(study: &mut Study, other: &Study, added: &mut Study) {
    macro_rules! take {
        ($($($step:ident).+,)*) => {$(
            take_missing(&mut study.$($step).+, &other.$($step).+, &mut added.$($step).+);
        )*};
    }
    take! {
        protocol_section.identification_module.official_title,
        protocol_section.identification_module.acronym,
        protocol_section.identification_module.org_study_id_info,
        protocol_section.identification_module.secondary_id_infos,
        protocol_section.identification_module.nct_id_aliases,
        protocol_section.identification_module.organization,
        protocol_section.status_module.start_date_struct,
        protocol_section.status_module.primary_completion_date_struct,
        protocol_section.status_module.completion_date_struct,
        protocol_section.status_module.study_first_post_date_struct,
        protocol_section.status_module.why_stopped,
        protocol_section.sponsor_collaborators_module.responsible_party,
        protocol_section.sponsor_collaborators_module.lead_sponsor,
        protocol_section.sponsor_collaborators_module.collaborators,
        protocol_section.oversight_module,
        protocol_section.description_module.brief_summary,
        protocol_section.description_module.detailed_description,
        protocol_section.conditions_module.conditions,
        protocol_section.conditions_module.keywords,
        protocol_section.design_module.study_type,
        protocol_section.design_module.phases,
        protocol_section.design_module.design_info,
        protocol_section.design_module.bio_spec,
        protocol_section.design_module.enrollment_info,
        protocol_section.arms_interventions_module.arm_groups,
        protocol_section.arms_interventions_module.interventions,
        protocol_section.eligibility_module.eligibility_criteria,
        protocol_section.eligibility_module.healthy_volunteers,
        protocol_section.eligibility_module.sex,
        protocol_section.eligibility_module.study_population,
        protocol_section.eligibility_module.sampling_method,
        protocol_section.outcomes_module,
        protocol_section.contacts_locations_module.central_contacts,
        protocol_section.contacts_locations_module.overall_officials,
        protocol_section.contacts_locations_module.locations,
        protocol_section.references_module.references,
        protocol_section.references_module.see_also_links,
        protocol_section.references_module.related_trials,
        protocol_section.ipd_sharing_statement_module,
        derived_section.condition_browse_module,
        derived_section.intervention_browse_module,
        document_section,
        has_results,
    }
    let ages = |study: &Study| {
        let eligibility = &study.protocol_section.eligibility_module;
        (
            eligibility.minimum_age.clone(),
            eligibility.maximum_age.clone(),
            eligibility.std_ages.clone(),
        )
    };
    // The bounds belong together: an open upper bound is a statement once the lower one is there.
    if ages(study) == (None, None, Vec::new()) {
        let taken = ages(other);
        for target in [&mut *study, &mut *added] {
            let eligibility = &mut target.protocol_section.eligibility_module;
            (
                eligibility.minimum_age,
                eligibility.maximum_age,
                eligibility.std_ages,
            ) = taken.clone();
        }
    }
    if study.results_section.is_none() && study.has_results == Some(true) {
        study.results_section.clone_from(&other.results_section);
        added.results_section.clone_from(&other.results_section);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(
        format: SourceFormat,
        updated: &str,
        snapshot: &str,
        status: &str,
        hash: u64,
    ) -> Version {
        let mut study = Study::default();
        let module = &mut study.protocol_section.status_module;
        module.overall_status = Some(status.into());
        module.last_update_post_date_struct.date =
            (!updated.is_empty()).then(|| updated.to_owned());
        Version {
            study,
            json: vec![b'{'],
            provenance: Provenance {
                file: hash.to_string(),
                format,
                snapshot: (!snapshot.is_empty()).then(|| snapshot.to_owned()),
                read: "2026-01-01".into(),
            },
            hash,
        }
    }

    #[test]
    fn the_later_fuller_richer_record_wins() {
        use SourceFormat::{ApiJson, ClassicPage, CtgovXml, SearchResult, VeevaPage};
        let check = |a: Version, b: Version, expect: u64| {
            for versions in [vec![a.clone(), b.clone()], vec![b, a]] {
                assert_eq!(merge(versions).unwrap().winner.hash, expect);
            }
        };
        let v = version;
        check(
            v(CtgovXml, "2020-01-01", "", "", 1),
            v(CtgovXml, "2021-01-01", "", "", 2),
            2,
        );
        check(
            v(ApiJson, "2020-01-01", "2024-01-01", "", 1),
            v(ApiJson, "2020-01-01", "2024-02-01", "", 2),
            2,
        );
        check(
            v(CtgovXml, "2020-01-01", "", "", 1),
            v(ApiJson, "2020-01-01", "", "", 2),
            2,
        );
        check(
            v(VeevaPage, "", "", "", 1),
            v(CtgovXml, "2001-01-01", "", "", 2),
            2,
        );
        check(
            v(SearchResult, "2024-01-01", "", "", 1),
            v(ClassicPage, "2001-01-01", "", "", 2),
            2,
        );
        check(v(ApiJson, "", "", "", 1), v(VeevaPage, "", "", "", 2), 2);
    }

    #[test]
    fn an_open_status_lapses_without_an_update() {
        let xml = version(
            SourceFormat::CtgovXml,
            "2019-12-30",
            "2020-07-01",
            "RECRUITING",
            1,
        );
        let mut page = version(SourceFormat::ClassicPage, "2019-12-30", "", "UNKNOWN", 2);
        page.study.protocol_section.status_module.last_known_status = Some("RECRUITING".into());
        let merged = merge(vec![page, xml.clone()]).unwrap();
        assert_eq!(merged.winner.hash, 1);
        let status = &merged.study.protocol_section.status_module;
        assert_eq!(status.overall_status.as_deref(), Some("UNKNOWN"));
        assert_eq!(status.last_known_status.as_deref(), Some("RECRUITING"));
        assert!(merged.additions[0].later_status);
        let older_page = version(SourceFormat::ClassicPage, "2018-12-30", "", "UNKNOWN", 2);
        let merged = merge(vec![older_page, xml]).unwrap();
        assert_eq!(
            merged
                .study
                .protocol_section
                .status_module
                .overall_status
                .as_deref(),
            Some("RECRUITING")
        );
    }

    #[test]
    fn missing_sections_come_from_other_formats_only_and_in_any_order() {
        let winner = version(SourceFormat::ApiJson, "2022-01-01", "", "COMPLETED", 1);
        let mut older = version(SourceFormat::ApiJson, "2021-01-01", "", "RECRUITING", 2);
        older.study.protocol_section.conditions_module.conditions = vec!["asthma".into()];
        let mut xml = version(SourceFormat::CtgovXml, "2020-01-01", "", "RECRUITING", 3);
        xml.study.protocol_section.description_module.brief_summary = Some("a summary".into());
        let at_once = merge(vec![xml.clone(), older.clone(), winner.clone()]).unwrap();
        assert_eq!(
            at_once
                .study
                .protocol_section
                .description_module
                .brief_summary
                .as_deref(),
            Some("a summary")
        );
        assert!(
            at_once
                .study
                .protocol_section
                .conditions_module
                .conditions
                .is_empty()
        );
        assert_eq!(at_once.additions.len(), 1);
        let mut step = merge(vec![xml, winner.clone()]).unwrap();
        step.winner.study = winner.study;
        let mut versions: Vec<Version> = step.additions.into_iter().map(Version::from).collect();
        versions.extend([step.winner, older]);
        let stepwise = merge(versions).unwrap();
        assert_eq!(
            stepwise.study.protocol_section,
            at_once.study.protocol_section
        );
    }
}
